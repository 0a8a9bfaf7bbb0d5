//! What the farm itself costs: whole requests to the real service for a picture of one pixel, by
//! one client and by several. `livez` beside them is HTTP alone.
//!
//! `cargo bench --bench pool`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measuring tool stops where it cannot"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long the service may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// One opaque pixel.
const PICTURE: &[u8] = b"P6 1 1 255\nabc";

static SERVICE: OnceLock<Service> = OnceLock::new();

struct Service {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Service {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let port_file = folder.path().join("port");
        let process = Command::new(env!("CARGO_BIN_EXE_framefarm"))
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args([
                "--workers",
                "2",
                // Equal requests are what is measured with, and what caches are for.
                "--cache-bytes=0",
                "--source-cache-bytes=0",
                "--sandbox",
                "best-effort",
                "--log",
                "warn",
            ])
            .arg("--port-file")
            .arg(&port_file)
            .stdout(Stdio::null())
            .spawn()
            .expect("the service");
        let deadline = Instant::now() + PATIENCE;
        let port = loop {
            let text = std::fs::read_to_string(&port_file).unwrap_or_default();
            if let Ok(port) = text.trim().parse() {
                break port;
            }
            assert!(Instant::now() < deadline, "the service did not start");
            std::thread::sleep(Duration::from_millis(20));
        };
        Self {
            process,
            port,
            _folder: folder,
        }
    }

    fn stop(&self) {
        let pid = Pid::from_raw(self.process.id().try_into().expect("a process id"));
        // It stops its workers, and they would end without it.
        let _ = kill(pid, Signal::SIGTERM);
    }
}

fn main() {
    divan::main();
    if let Some(service) = SERVICE.get() {
        service.stop();
    }
}

/// A connection that is kept.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new() -> Self {
        let port = SERVICE.get_or_init(Service::start).port;
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the service");
        stream.set_nodelay(true).expect("a socket");
        Self(BufReader::new(stream))
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8]) {
        let length = body.len();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n")
                .into_bytes();
        request.extend(body);
        self.0.get_mut().write_all(&request).expect("a connection");
        let (mut line, mut length) = (String::new(), 0);
        self.0.read_line(&mut line).expect("an answer");
        assert!(line.contains(" 200 "), "{line}");
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).expect("a head");
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
    }
}

thread_local! {
    static CLIENT: std::cell::RefCell<Client> = std::cell::RefCell::new(Client::new());
}

fn ask(method: &str, path: &str, body: &[u8]) {
    CLIENT.with_borrow_mut(|client| client.ask(method, path, body));
}

/// No job.
#[divan::bench(sample_count = 50, sample_size = 20)]
fn livez(bencher: Bencher<'_, '_>) {
    bencher.bench(|| ask("GET", "/livez", b""));
}

/// A job that is nothing but its way there and back.
#[divan::bench(threads = [1, 2, 8], sample_count = 50, sample_size = 20)]
fn one_pixel(bencher: Bencher<'_, '_>) {
    bencher.bench(|| ask("POST", "/v1/process?op=invert", PICTURE));
}
