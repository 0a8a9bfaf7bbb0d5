//! Where pictures come from in tests: a real server on the loopback address, which only an
//! allow-list opens to the service.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use crate::made;

/// The setting that opens it.
pub(crate) const LOOPBACK: (&str, &str) = ("allow_source_networks", "127.0.0.0/8");

/// An origin that answers by path until the test ends.
pub(crate) struct Origin {
    pub(crate) port: u16,
}

type Files = HashMap<String, Vec<u8>>;

impl Origin {
    pub(crate) fn start() -> Self {
        Self::serving([])
    }

    /// With files of its own, by path.
    pub(crate) fn serving<const N: usize>(files: [(&str, Vec<u8>); N]) -> Self {
        let files = files.map(|(path, bytes)| (path.to_owned(), bytes));
        let files: Arc<Files> = Arc::new(files.into());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let files = Arc::clone(&files);
                thread::spawn(move || answer(stream, port, &files));
            }
        });
        Self { port }
    }

    /// With `/away`, which leads to that address.
    pub(crate) fn redirecting(to: &str) -> Self {
        Self::serving([("/away", to.as_bytes().to_vec())])
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn answer(mut stream: TcpStream, port: u16, files: &Files) {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    // A client that only connects is no request.
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default();
    let redirect = |to: &str| (302, format!("location: {to}\r\n"), Vec::new());
    let (status, headers, body) = match path {
        "/away" => redirect(&String::from_utf8_lossy(&files[path])),
        path if files.contains_key(path) => {
            let is_gzip = path.ends_with(".gz");
            let headers = if is_gzip {
                "content-encoding: gzip\r\n"
            } else {
                ""
            };
            (200, headers.to_owned(), files[path].clone())
        }
        "/a%20picture.png?x=1&y=2" | "/picture.png" => {
            (200, String::new(), made::png(&made::still(12, 8)))
        }
        // Its origin says how long it may be kept.
        path if path.starts_with("/says/") => {
            let control = format!("cache-control: {}\r\n", &path["/says/".len()..]);
            (200, control, made::png(&made::still(12, 8)))
        }
        "/moved" => redirect("/picture.png"),
        "/loop" => redirect("/loop"),
        "/to-metadata" => redirect("http://169.254.169.254/latest/"),
        "/to-ipv6" => redirect(&format!("http://[::1]:{port}/picture.png")),
        "/text" => (200, String::new(), b"hello".to_vec()),
        "/large" => (200, String::new(), vec![0; 2 << 20]),
        "/slow" => {
            thread::park_timeout(crate::service::PATIENCE);
            return;
        }
        _ => (404, String::new(), b"no".to_vec()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    // The service may have hung up on purpose.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&body));
}
