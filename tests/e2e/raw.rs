//! A client that speaks HTTP by hand, for what a well-behaved client does not do: send half a
//! request, leave early, never read.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::service::{PATIENCE, Service};

/// Pause between two drops.
const DRIP: Duration = Duration::from_millis(20);

/// A connection to the service.
pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) fn to(service: &Service) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", service.port())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// A whole `POST` of `body`.
    pub(crate) fn post(&mut self, path: &str, body: &[u8]) {
        self.post_as("", path, body);
    }

    /// The same with an `Authorization` header, unless it is empty.
    pub(crate) fn post_as(&mut self, token: &str, path: &str, body: &[u8]) {
        let length = body.len();
        let token = match token {
            "" => String::new(),
            token => format!("authorization: {token}\r\n"),
        };
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\n{token}content-length: {length}\r\n\r\n");
        self.send(head.as_bytes());
        self.send(body);
    }

    /// A whole `GET`: the status of its answer, and the code if it is an error.
    pub(crate) fn get(&mut self, path: &str) -> (u16, String) {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
        let head = self.read_until_body();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        match status {
            200 => (200, String::new()),
            status => {
                let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
                (status, body["code"].as_str().unwrap().to_owned())
            }
        }
    }

    /// The status and head of the next answer; its body is read and dropped.
    pub(crate) fn answer(&mut self) -> (u16, String) {
        let head = self.read_until_body();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        self.read_body(length.unwrap().trim().parse().unwrap());
        (status, head)
    }

    /// The head of the next answer, in lower case.
    pub(crate) fn read_until_body(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if self.0.read(&mut byte).unwrap() == 0 {
                panic!("the connection ended: {}", String::from_utf8_lossy(&head));
            }
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap().to_ascii_lowercase()
    }

    /// Reads and drops so many bytes.
    pub(crate) fn read_body(&mut self, length: usize) {
        self.0.read_exact(&mut vec![0; length]).unwrap();
    }

    /// Whether the other side has closed; waits for it.
    pub(crate) fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0]), Ok(0) | Err(_))
    }

    /// Sends this again and again until the other side has closed; gives back all that it said.
    pub(crate) fn drip(&mut self, bytes: &[u8]) -> String {
        self.0.set_read_timeout(Some(DRIP)).unwrap();
        let until = Instant::now() + PATIENCE;
        let mut said = Vec::new();
        let mut piece = [0; 4096];
        while Instant::now() < until {
            match self.0.read(&mut piece) {
                Ok(0) => return String::from_utf8(said).unwrap(),
                Ok(length) => said.extend_from_slice(&piece[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    // The other side may have closed meanwhile; then the next read says so.
                    let _ = self.0.write(bytes);
                }
                Err(_) => return String::from_utf8(said).unwrap(),
            }
        }
        panic!("still open: {}", String::from_utf8_lossy(&said));
    }

    /// All that it says until it closes.
    pub(crate) fn everything(&mut self) -> String {
        self.drip(b"")
    }

    /// The stream itself, to speak something else on it.
    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.0
    }
}
