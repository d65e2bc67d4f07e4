//! The bare hyper proxy: what a proxy in hyper costs that does nothing but forward. Nagle's delay is
//! off and header names keep their letter case, as with ours.

use hyper::{Request, Uri, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use std::{io, process::ExitCode};
use tokio::net::TcpListener;

/// Forwards to `to`, a host and a port, until it is killed. Prints its own port.
pub(crate) async fn run(to: &str) -> io::Result<ExitCode> {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    let mut client = Client::builder(TokioExecutor::new());
    let client = client.http1_preserve_header_case(true).build::<_, Incoming>(tcp);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (client, to) = (client.clone(), to.to_owned());
        let forward = service_fn(move |mut request: Request<Incoming>| {
            let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
            let uri = Uri::builder().scheme("http").authority(to.as_str()).path_and_query(target);
            *request.uri_mut() = uri.build().expect("the parts of a URL");
            client.request(request)
        });
        let mut server = http1::Builder::new();
        let server = server.preserve_header_case(true);
        tokio::spawn(server.serve_connection(TokioIo::new(stream), forward));
    }
}
