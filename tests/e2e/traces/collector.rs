//! A collector of traces: a plain HTTP server that reads what it is told by hand, protobuf as OTLP has it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

/// A span as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Span {
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    pub(super) name: String,
    pub(super) begun: u64,
    pub(super) ended: u64,
}

pub(super) type Spans = Arc<Mutex<Vec<Span>>>;

/// The address of a collector, and what it was told.
pub(super) fn collector() -> (String, Spans) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let spans = Spans::default();
    let told = Arc::clone(&spans);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let told = Arc::clone(&told);
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                while let Some(body) = request(&mut reader) {
                    told.lock().unwrap().extend(spans_in(&body));
                    let word = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                    (&stream).write_all(word.as_bytes()).unwrap();
                }
            });
        }
    });
    (address, spans)
}

fn request(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("post /v1/traces "), "{head}");
    assert!(
        head.contains("content-type: application/x-protobuf"),
        "{head}"
    );
    let length = head.split("content-length: ").nth(1)?.lines().next()?;
    let mut body = vec![0; length.trim().parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

/// The fields of a message: number, and bytes or a number.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8], u64)> {
    fn number(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = bytes.split_first().unwrap();
            *bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    }
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = number(&mut bytes);
        let (length, value) = match key & 7 {
            0 => (0, number(&mut bytes)),
            1 => (8, 0),
            2 => (number(&mut bytes) as usize, 0),
            5 => (4, 0),
            kind => panic!("no wire type {kind}"),
        };
        let (content, rest) = bytes.split_at(length);
        bytes = rest;
        fields.push((key >> 3, content, value));
    }
    fields
}

fn spans_in(export: &[u8]) -> Vec<Span> {
    let inner = |bytes, wanted| {
        let found = fields(bytes)
            .into_iter()
            .filter(move |field| field.0 == wanted);
        found.map(|(_, content, _)| content)
    };
    // Resources, scopes, spans.
    let spans = inner(export, 1).flat_map(|resource| inner(resource, 2));
    let spans = spans.flat_map(|scope| inner(scope, 2));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let time = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
    let mut all = Vec::new();
    for span in spans {
        let mut read = Span::default();
        for (number, content, _) in fields(span) {
            match number {
                1 => read.trace = hex(content),
                2 => read.id = hex(content),
                4 => read.parent = hex(content),
                5 => read.name = String::from_utf8(content.to_vec()).unwrap(),
                7 => read.begun = time(content),
                8 => read.ended = time(content),
                _ => {}
            }
        }
        all.push(read);
    }
    all
}
