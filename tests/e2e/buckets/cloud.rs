//! A bucket on the loopback address: enough of S3 and Google Cloud Storage to be read from, with
//! signatures that are checked by a second implementation, and enough mischief.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use ring::digest::{SHA256, digest};
use ring::hmac;

/// What the bucket knows of its one user.
pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "a-secret-that-nobody-may-be-told";
/// What Google's metadata server gives out.
pub(crate) const TOKEN: &str = "a-token-that-nobody-may-be-told";

/// An object, or what goes wrong instead.
#[derive(Clone)]
pub(crate) struct Object {
    pub(crate) status: u16,
    /// Each with its line's end.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
    /// What it says of its length, if that is not true.
    pub(crate) length: Option<usize>,
}

impl Object {
    pub(crate) fn new(headers: &str, body: Vec<u8>) -> Self {
        Self {
            status: 200,
            headers: headers.to_owned(),
            body,
            length: None,
        }
    }

    pub(crate) fn failing(status: u16, headers: &str) -> Self {
        Self {
            status,
            // Some repeat what they were sent.
            ..Self::new(
                headers,
                format!("<Error><Code>Oops</Code><Request>{SECRET}</Request></Error>").into_bytes(),
            )
        }
    }
}

/// See the module.
pub(crate) struct Cloud {
    pub(crate) port: u16,
    objects: Arc<Mutex<HashMap<String, Object>>>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Cloud {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let cloud = Self {
            port: listener.local_addr().unwrap().port(),
            objects: Arc::default(),
            heads: Arc::default(),
        };
        let (objects, heads) = (Arc::clone(&cloud.objects), Arc::clone(&cloud.heads));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (objects, heads) = (Arc::clone(&objects), Arc::clone(&heads));
                // The service may have hung up on purpose.
                thread::spawn(move || serve(stream, &objects, &heads));
            }
        });
        cloud
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Puts it at a path as it is sent: `/bucket/key`, escaped.
    pub(crate) fn put(&self, path: &str, object: Object) {
        self.objects.lock().unwrap().insert(path.to_owned(), object);
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }

    pub(crate) fn last_request(&self) -> String {
        self.heads.lock().unwrap().last().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    objects: &Mutex<HashMap<String, Object>>,
    heads: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        heads.lock().unwrap().push(head.clone());
        let path = head.split(' ').nth(1).unwrap_or_default();
        let found = objects.lock().unwrap().get(path).cloned();
        let object = match (found, who_asks(&head)) {
            _ if path.starts_with("/computeMetadata/v1/") => {
                assert!(head.contains("metadata-flavor: Google\r\n"), "{head}");
                let token = format!(
                    "{{\"access_token\":\"{TOKEN}\",\"expires_in\":3600,\"token_type\":\"Bearer\"}}"
                );
                Object::new("", token.into_bytes())
            }
            (_, false) => Object::failing(403, ""),
            (None, true) => Object::failing(404, ""),
            (Some(object), true) if is_known(&head, &object) => Object {
                body: Vec::new(),
                length: None,
                status: 304,
                ..object
            },
            (Some(object), true) => object,
        };
        let length = object.length.unwrap_or(object.body.len());
        let head = format!(
            "HTTP/1.1 {} X\r\ncontent-length: {length}\r\nlast-modified: Sun, 22 Nov 2026 10:00:00 GMT\r\n{}\r\n",
            object.status, object.headers
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(&object.body)?;
        if length != object.body.len() {
            // The rest never comes; whether the connection stands is the header's to say.
            while object.headers.contains("x-waits") {
                thread::park();
            }
            return Ok(());
        }
    }
}

fn is_known(head: &str, object: &Object) -> bool {
    let tag = object
        .headers
        .lines()
        .find_map(|line| line.strip_prefix("etag: "));
    tag.is_some_and(|tag| header(head, "if-none-match") == Some(tag))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    lines.find_map(|(given, value)| given.eq_ignore_ascii_case(name).then_some(value))
}

/// Whether it is the one user, by either kind of proof.
fn who_asks(head: &str) -> bool {
    let Some(proof) = header(head, "authorization") else {
        return false;
    };
    if let Some(bearer) = proof.strip_prefix("Bearer ") {
        return bearer == TOKEN;
    }
    let part = |name: &str| {
        let (_, rest) = proof.split_once(&format!("{name}=")).unwrap();
        rest.split(',').next().unwrap().trim().to_owned()
    };
    let (credential, names) = (part("Credential"), part("SignedHeaders"));
    let scope = credential.strip_prefix(&format!("{KEY_ID}/"));
    scope.is_some_and(|scope| part("Signature") == signature(head, scope, &names))
}

/// AWS Signature Version 4 of a request without a body.
fn signature(head: &str, scope: &str, names: &str) -> String {
    let mut line = head.lines().next().unwrap().split(' ');
    let (method, target) = (line.next().unwrap(), line.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let lines = names
        .split(';')
        .map(|name| format!("{name}:{}\n", header(head, name).unwrap()));
    let lines: String = lines.collect();
    let content = header(head, "x-amz-content-sha256").unwrap();
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{content}");
    let hashed = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let date = header(head, "x-amz-date").unwrap();
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}");
    let key = scope
        .split('/')
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| {
            mac(&key, part)
        });
    hex(&mac(&key, &text))
}

pub(crate) fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
