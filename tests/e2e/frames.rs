//! A client that speaks HTTP/2 by hand, frame by frame, for what a well-behaved client does not do. Heads
//! are written without compression, and those that come back are not read.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::service::{PATIENCE, Service};

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// The setting of how much of an answer may be sent before the client has room for more.
pub(crate) const INITIAL_WINDOW: u16 = 4;

/// A frame that came.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The code of a `RST_STREAM`, or of a `GOAWAY`.
    pub(crate) fn reason(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }
}

/// A connection that has begun.
pub(crate) struct Frames(pub(crate) TcpStream);

impl Frames {
    /// With these settings.
    pub(crate) fn to(service: &Service, settings: &[(u16, u32)]) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", service.port())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let mut frames = Self(stream);
        frames
            .0
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            .unwrap();
        let settings: Vec<u8> = settings
            .iter()
            .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        assert!(frames.send(SETTINGS, 0, 0, &settings));
        frames
    }

    /// Whether the other side still takes it.
    pub(crate) fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        self.0
            .write_all(&frame(kind, flags, stream, payload))
            .is_ok()
    }

    /// A whole `POST` of `body`.
    pub(crate) fn post(&mut self, stream: u32, path: &str, body: &[u8]) {
        let head = head("POST", path);
        assert!(self.send(HEADERS, END_HEADERS, stream, &head));
        assert!(self.send(DATA, END_STREAM, stream, body));
    }

    /// A whole `GET`.
    pub(crate) fn get(&mut self, stream: u32, path: &str) {
        let flags = END_HEADERS | END_STREAM;
        assert!(self.send(HEADERS, flags, stream, &head("GET", path)));
    }

    /// The next frame; none at the end of the connection.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        let mut prefix = [0; 9];
        self.0.read_exact(&mut prefix).ok()?;
        let [a, b, c, kind, flags, id @ ..] = prefix;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.0.read_exact(&mut payload).ok()?;
        Some(Frame {
            kind,
            flags,
            stream: u32::from_be_bytes(id) & (u32::MAX >> 1),
            payload,
        })
    }

    /// The next frame of that kind, whatever comes before it; none at the end.
    pub(crate) fn next_of(&mut self, kind: u8) -> Option<Frame> {
        std::iter::from_fn(|| self.next()).find(|frame| frame.kind == kind)
    }

    /// The body of a stream's answer, whole.
    pub(crate) fn body(&mut self, stream: u32) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let frame = self.next_of(DATA).expect("an answer");
            if frame.stream == stream {
                let more = (frame.payload.len() as u32).to_be_bytes();
                if !frame.payload.is_empty() {
                    self.send(WINDOW_UPDATE, 0, 0, &more);
                    self.send(WINDOW_UPDATE, 0, stream, &more);
                }
                body.extend(frame.payload);
                if frame.flags & END_STREAM != 0 {
                    return body;
                }
            }
        }
    }
}

/// A frame as it is on the wire.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = (payload.len() as u32).to_be_bytes();
    [&length[..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A head, as literals that nobody needs to remember.
pub(crate) fn head(method: &str, path: &str) -> Vec<u8> {
    let fields = [
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "x"),
    ];
    fields
        .iter()
        .flat_map(|(name, value)| field(name, value))
        .collect()
}

/// One of its fields; name and value are shorter than 127 bytes.
pub(crate) fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}
