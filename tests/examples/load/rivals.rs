//! The processes: the upstream and what stands in front of it. Each ends when it is dropped.

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Where Debian puts what only root has in its path.
const PLACES: [&str; 3] = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];

/// How long a process may take to listen.
const START: Duration = Duration::from_secs(10);

/// Clock ticks a second in `/proc/PID/stat`, the same on every Linux.
const TICKS: f64 = 100.0;

/// A process that listens on a port of 127.0.0.1.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    child: Child,
}

/// The upstream and all proxies that there are.
pub(crate) struct World {
    pub(crate) upstream: Server,
    pub(crate) rivals: Vec<Server>,
    _folder: Folder,
}

/// A folder for configurations and logs, which goes with the world.
struct Folder(PathBuf);

impl World {
    /// Starts the upstream and the rivals of these names that are installed and wished for.
    pub(crate) fn start(names: &[&'static str]) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("brevity-load-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let folder = Folder(folder);
        let wished = std::env::var("LOAD_RIVALS").ok();
        let wished = |name: &str| {
            name == "brevity"
                || wished.as_ref().is_none_or(|list| list.split(',').any(|it| it == name))
        };
        let own = std::env::current_exe()?;
        let upstream = Server::told("upstream", Command::new(&own).arg("upstream"))?;
        let to = format!("127.0.0.1:{}", upstream.port);
        let mut rivals = Vec::new();
        for name in names.iter().filter(|name| wished(name)) {
            rivals.extend(match *name {
                "bare" => Some(Server::told("bare", Command::new(&own).args(["bare", &to]))?),
                "nginx" => nginx(&folder.0, &to)?,
                "haproxy" => haproxy(&folder.0, &to)?,
                _ => Some(brevity(&folder.0, &to)?),
            });
        }
        Ok(Self { upstream, rivals, _folder: folder })
    }

    /// The proxy of this name, if it runs.
    pub(crate) fn rival(&self, name: &str) -> Option<&Server> {
        self.rivals.iter().find(|rival| rival.name == name)
    }

    /// Brevity.
    pub(crate) fn brevity(&self) -> io::Result<&Server> {
        self.rival("brevity").ok_or_else(|| io::Error::other("brevity does not run"))
    }
}

impl Server {
    /// A program that prints its port.
    fn told(name: &'static str, command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        // Digits behind the last colon of what looks like an address, or the line alone.
        let port = line.split("127.0.0.1:").nth(1).unwrap_or(&line);
        let digits: String = port.trim().chars().take_while(char::is_ascii_digit).collect();
        let server = Self { name, port: digits.parse().unwrap_or(0), child };
        match server.port {
            0 => Err(io::Error::other(format!("{name} did not start: {line}"))),
            _ => Ok(server),
        }
    }

    /// A program that was told its port.
    fn at(name: &'static str, port: u16, command: &mut Command) -> io::Result<Self> {
        let child = command.stdout(Stdio::null()).spawn()?;
        let server = Self { name, port, child };
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if start.elapsed() > START {
                return Err(io::Error::other(format!("{name} does not listen")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// CPU seconds of the process and its children so far, in user and system mode.
    pub(crate) fn cpu(&self) -> f64 {
        self.pids().iter().filter_map(|pid| ticks(*pid)).sum::<f64>() / TICKS
    }

    /// Resident memory of the process and its children, in MiB.
    pub(crate) fn memory(&self) -> f64 {
        self.pids().iter().filter_map(|pid| status(*pid, "VmRSS:")).sum::<f64>() / 1024.0
    }

    /// How many files and sockets are open.
    pub(crate) fn files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, Iterator::count)
    }

    fn pids(&self) -> Vec<u32> {
        let own = self.pid();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let children = children.unwrap_or_default();
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        std::iter::once(own).chain(children).collect()
    }
}

impl Drop for Server {
    /// A signal to end, which a master passes on to its workers. What does not end is killed.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.pid().to_string()).stderr(Stdio::null()).status();
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < START {
            std::thread::sleep(Duration::from_millis(10));
            if start.elapsed() > Duration::from_secs(2) {
                let _ = self.child.kill();
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn ticks(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
}

fn status(pid: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn brevity(folder: &Path, to: &str) -> io::Result<Server> {
    let binary = std::env::var_os("BREVITY")
        .ok_or_else(|| io::Error::other("set BREVITY to the binary, or run tests/load.sh"))?;
    let log = fs::File::create(folder.join("brevity.log"))?;
    let mut command = Command::new(binary);
    command.args(["proxy", "--listen", "127.0.0.1:0", "--upstream", &format!("http://{to}")]);
    if std::env::var_os("BREVITY_LOG").is_none() {
        command.env("BREVITY_LOG", "warn");
    }
    Server::told("brevity", command.stderr(log))
}

fn nginx(folder: &Path, to: &str) -> io::Result<Option<Server>> {
    let Some(binary) = installed("nginx") else { return Ok(None) };
    let (port, home) = (free_port()?, folder.display());
    let path = folder.join("nginx.conf");
    fs::write(
        &path,
        format!(
            "daemon off; worker_processes 2; pid {home}/nginx.pid; error_log {home}/nginx.log;\n\
             worker_rlimit_nofile 20000; events {{ worker_connections 10000; }}\n\
             http {{ access_log off; client_max_body_size 64m; keepalive_requests 10000000;\n\
             client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f;\n\
             uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;\n\
             upstream u {{ server {to}; keepalive 512; keepalive_requests 10000000; }}\n\
             server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://u;\n\
             proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_read_timeout 900s;\n\
             proxy_buffering off; proxy_request_buffering off; }} }} }}\n"
        ),
    )?;
    let mut command = Command::new(binary);
    command.arg("-e").arg(folder.join("nginx.log")).arg("-p").arg(folder).arg("-c").arg(path);
    Server::at("nginx", port, &mut command).map(Some)
}

fn haproxy(folder: &Path, to: &str) -> io::Result<Option<Server>> {
    let Some(binary) = installed("haproxy") else { return Ok(None) };
    let port = free_port()?;
    let path = folder.join("haproxy.cfg");
    fs::write(
        &path,
        format!(
            "global\n maxconn 9000\n nbthread 2\n\
             defaults\n mode http\n timeout connect 10s\n timeout client 900s\n timeout server 900s\n \
             http-reuse always\n option http-no-delay\n\
             frontend f\n bind 127.0.0.1:{port}\n default_backend u\n\
             backend u\n server s {to}\n"
        ),
    )?;
    let mut command = Command::new(binary);
    command.arg("-q").arg("-db").arg("-f").arg(path);
    Server::at("haproxy", port, &mut command).map(Some)
}

fn installed(name: &str) -> Option<PathBuf> {
    let found = PLACES.iter().map(|place| Path::new(place).join(name)).find(|path| path.exists());
    if found.is_none() {
        println!("{name} is not installed: left out (apt-get install nginx-light haproxy)");
    }
    found
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
