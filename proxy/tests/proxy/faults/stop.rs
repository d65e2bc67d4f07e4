//! The proxy is told to stop.

use super::wire::{NEVER, Scene, post, until};

#[tokio::test]
async fn readiness_is_false_from_then_on_and_a_stream_still_ends_whole() {
    let scene = Scene::with(|config| config.timeouts.drain = NEVER).await;
    let load = scene.proxy.load.clone();
    assert!(load.is_ready());
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n").await;
    client.until("1\r\na\r\n").await;
    let stopped = tokio::spawn(scene.proxy.stop());
    until(|| !load.is_ready(), || "it is still ready".into()).await;
    assert_eq!((load.connections(), load.requests()), (1, 1));
    upstream.send("1\r\nb\r\n0\r\n\r\n").await;
    assert_eq!(client.until("0\r\n\r\n").await, "1\r\nb\r\n0\r\n\r\n");
    assert_eq!(client.rest().await, "", "no further request is taken");
    stopped.await.unwrap();
    assert_eq!((load.connections(), load.requests()), (0, 0));
    // The cache guard may still look at the body.
    until(|| load.held() == 0, || "bytes are held".into()).await;
}

#[tokio::test]
async fn it_stops_at_once_when_nothing_is_on_its_way() {
    let scene = Scene::with(|config| config.timeouts.drain = NEVER).await;
    let load = scene.proxy.load.clone();
    let mut silent = scene.client().await;
    let mut used = scene.sends("GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
    used.message().await;
    until(|| load.connections() == 2, || "two connections".into()).await;
    scene.proxy.stop().await;
    assert_eq!((silent.rest().await, used.rest().await), (String::new(), String::new()));
}

/// The program itself, told by signals.
#[cfg(unix)]
mod signals {
    use super::super::wire::{Wire, post};
    use rustix::process::{Pid, Signal, kill_process};
    use std::{
        io::{BufRead as _, BufReader},
        process::{Child, Command, Stdio},
    };
    use tokio::net::{TcpListener, TcpStream};

    /// A running program, and a client of it whose answer has begun.
    struct Running {
        child: Child,
        client: Wire,
        upstream: Wire,
    }

    impl Running {
        async fn new() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
            command.args(["proxy", "--listen", "127.0.0.1:0", "--upstream", &base]);
            command.env("BREVITY_CONFIG", "/dev/null");
            command.stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let line = lines.map(Result::unwrap).next().unwrap();
            let (_, rest) = line.split_once("http://").unwrap();
            let address = rest.split(' ').next().unwrap();
            let mut client = Wire::new(TcpStream::connect(address).await.unwrap());
            client.send(post("{}")).await;
            let mut upstream = Wire::new(listener.accept().await.unwrap().0);
            upstream.message().await;
            upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n").await;
            client.until("1\r\na\r\n").await;
            Self { child, client, upstream }
        }

        fn tell(&self, signal: Signal) {
            let pid = Pid::from_child(&self.child);
            kill_process(pid, signal).unwrap();
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    #[tokio::test]
    async fn the_first_one_lets_what_is_under_way_end() {
        let mut running = Running::new().await;
        running.tell(Signal::TERM);
        running.upstream.send("1\r\nb\r\n0\r\n\r\n").await;
        assert_eq!(running.client.rest().await, "1\r\nb\r\n0\r\n\r\n");
        assert_eq!(running.child.wait().unwrap().code(), Some(0));
    }

    #[tokio::test]
    async fn it_ends_at_once_when_idle() {
        let mut running = Running::new().await;
        running.upstream.send("0\r\n\r\n").await;
        running.client.until("0\r\n\r\n").await;
        running.tell(Signal::TERM);
        assert_eq!(running.client.rest().await, "");
        assert_eq!(running.child.wait().unwrap().code(), Some(0));
    }

    #[tokio::test]
    async fn the_second_one_ends_it_at_once() {
        let mut running = Running::new().await;
        running.tell(Signal::TERM);
        // Two that come together may be one: told again until it has ended.
        let code = loop {
            running.tell(Signal::TERM);
            tokio::task::yield_now().await;
            if let Some(status) = running.child.try_wait().unwrap() {
                break status.code();
            }
        };
        assert_eq!(code, Some(1));
        assert!(!running.client.rest().await.ends_with("0\r\n\r\n"));
        assert_eq!(running.upstream.rest().await, "");
    }
}
