//! A socket in the file system.

use super::{said, status};
use crate::{
    scratch::Scratch,
    world::{Proxy, full, telling, upstream},
};
use brevity_proxy::{AdminAddress, Base, Config, Listen, LogRecorder, ServeError, Server};
use hyper::Response;
use std::{
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _},
        net::UnixListener,
    },
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{io::AsyncWriteExt as _, net::UnixStream, sync::Notify};

const GET: &str = "GET /v1/models HTTP/1.1\r\nhost: any.example\r\nconnection: close\r\n\r\n";

fn at(path: &Path) -> impl FnOnce(&mut Config) {
    let path = path.to_owned();
    |config| (config.listen, config.admin) = (Listen::Unix(path), AdminAddress::Off)
}

async fn at_socket(base: Base, path: &Path) -> Proxy {
    Proxy::with(base, at(path)).await
}

fn socket(folder: &Scratch) -> PathBuf {
    folder.path().join("brevity.sock")
}

async fn connect(path: &Path) -> UnixStream {
    UnixStream::connect(path).await.unwrap()
}

/// Why nothing listens at `path`.
async fn refused(path: &Path) -> ServeError {
    let mut config = Config::default();
    at(path)(&mut config);
    match Server::bind(config, Arc::new(LogRecorder)).await {
        Ok(_) => panic!("it must not start"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn requests_come_through_it_and_it_goes_at_the_end() {
    let folder = Scratch::folder();
    let path = socket(&folder);
    let (base, mut told) = telling().await;
    let proxy = at_socket(base, &path).await;
    let about = std::fs::symlink_metadata(&path).unwrap();
    assert!(about.file_type().is_socket());
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    // Nobody's name leads there, so no name is asked for.
    assert_eq!(status(&said(connect(&path).await, GET).await), 200);
    assert_eq!(told.recv().await.unwrap().head.uri.path(), "/v1/models");
    proxy.stop().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn one_that_was_left_behind_is_replaced() {
    let folder = Scratch::folder();
    let path = socket(&folder);
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let (base, _told) = telling().await;
    let proxy = at_socket(base, &path).await;
    assert_eq!(status(&said(connect(&path).await, GET).await), 200);
    drop(proxy);
}

#[tokio::test]
async fn one_on_which_somebody_listens_is_in_use() {
    let folder = Scratch::folder();
    let path = socket(&folder);
    let listener = UnixListener::bind(&path).unwrap();
    let error = refused(&path).await;
    assert!(error.to_string().contains("brevity.sock is in use"), "{error}");
    assert!(matches!(error, ServeError::InUse(Listen::Unix(taken)) if taken == path));
    // It was not harmed.
    drop(connect(&path).await);
    drop(listener);
}

#[tokio::test]
async fn another_kind_of_file_stays() {
    let folder = Scratch::of(&[("file", "mine")]);
    let file = folder.path().join("file");
    let link = socket(&folder);
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &link, &folder.path().to_owned()] {
        let error = refused(path).await;
        assert!(matches!(error, ServeError::NoSocket(_)), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let nowhere = refused(&folder.path().join("none/x.sock")).await;
    assert!(matches!(nowhere, ServeError::Bind { .. }), "{nowhere}");
}

#[tokio::test]
async fn what_somebody_else_put_there_stays_at_the_end() {
    let folder = Scratch::folder();
    let path = socket(&folder);
    let (base, _told) = telling().await;
    let proxy = at_socket(base, &path).await;
    std::fs::remove_file(&path).unwrap();
    let _theirs = UnixListener::bind(&path).unwrap();
    proxy.stop().await;
    assert!(path.exists());
}

#[tokio::test]
async fn all_of_one_user_are_one_client() {
    let folder = Scratch::folder();
    let path = socket(&folder);
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (asked.clone(), go.clone());
    let base = upstream(move |_| {
        let (tell, wait) = (tell.clone(), wait.clone());
        async move {
            tell.notify_one();
            wait.notified().await;
            Response::new(full("{}"))
        }
    });
    let place = at(&path);
    let proxy = Proxy::with(base.await, |config| {
        place(config);
        config.caps.requests_per_client = 1;
    });
    let proxy = proxy.await;
    let mut first = connect(&path).await;
    first.write_all(GET.as_bytes()).await.unwrap();
    asked.notified().await;
    assert_eq!(status(&said(connect(&path).await, GET).await), 429);
    go.notify_one();
    assert_eq!(status(&said(first, "").await), 200);
    drop(proxy);
}
