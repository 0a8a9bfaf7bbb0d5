//! The programs of docs/snippets.md, run as they stand there but for the two addresses in them,
//! against a service that is busy at first.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::clients::installed;
use crate::made;
use crate::manifest::say;
use crate::origin::{LOOPBACK, Origin};
use crate::programs::skip;
use crate::service::Service;

/// The address of the service in the programs.
const SERVICE: &str = "http://127.0.0.1:8080";
/// The picture's in them, which has something in it that must be escaped.
const PICTURE: (&str, &str) = ("https://example.org", "/picture.png?size=1&style=2");

/// The one program in that language.
fn program(language: &str) -> String {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/snippets.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, behind) = page.split_once(&format!("\n```{language}\n")).unwrap();
    let (program, rest) = behind.split_once("\n```\n").unwrap();
    assert!(
        !rest.contains(&format!("\n```{language}\n")),
        "a second one"
    );
    format!("{program}\n")
}

/// A service behind this address is busy for its first visitor, and serves the others.
fn busy_at_first(service: &Service) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let port = service.port();
    thread::spawn(move || {
        for (number, visitor) in listener.incoming().flatten().enumerate() {
            thread::spawn(move || match number {
                0 => turn_away(visitor),
                _ => connect(visitor, port),
            });
        }
    });
    address
}

fn turn_away(mut visitor: TcpStream) {
    let body = r#"{"message":"The queue is full.","code":"overloaded"}"#;
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    // An answer that is there before its question belongs to none.
    let _ = visitor.read(&mut [0]);
    let _ = visitor.write_all(answer.as_bytes());
    let _ = visitor.shutdown(Shutdown::Write);
    // Whoever is still sending would otherwise find the connection reset before the answer.
    let _ = visitor.read_to_end(&mut Vec::new());
}

fn connect(visitor: TcpStream, port: u16) {
    let service = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut from, mut to) = (visitor.try_clone().unwrap(), service.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let (mut from, mut to) = (service, visitor);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Writes the program to a file, runs what `command` makes of that, and looks at what came of it.
fn does_what_the_page_says(language: &str, file: &Path, mut command: Command) {
    let photo = made::png(&made::opaque_still(60, 40));
    let picture = made::png(&made::still(24, 16));
    let origin = Origin::serving([(PICTURE.1, picture.clone())]);
    let service = Service::with(&[LOOPBACK]);
    let here = tempfile::tempdir().unwrap();
    std::fs::write(here.path().join("picture.jpg"), &photo).unwrap();

    let text = program(language);
    assert!(text.contains(SERVICE) && text.contains(PICTURE.0) && text.contains(PICTURE.1));
    let text = text.replace(SERVICE, &busy_at_first(&service));
    std::fs::write(file, text.replace(PICTURE.0, &origin.url(""))).unwrap();
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    let output = command.current_dir(here.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{language}: {told}");

    let is = |name: &str, path: &str, source: &[u8]| {
        let made = std::fs::read(here.path().join(name)).unwrap();
        let answer = service.post(path, source);
        assert_eq!(answer.verdict(), (200, String::new()));
        assert_eq!(made, answer.body, "{language}: {name}");
    };
    let pipeline = "/v1/process?op=resize:320&op=sepia&format=webp&quality=70";
    is("small.webp", pipeline, &photo);
    is("pixels.png", "/v1/process?op=pixel:4", &picture);
    let refusal = service.post("/v1/process?op=blur:999", &photo).json();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.trim(), refusal["message"].as_str().unwrap());
    say(&format!("docs/snippets.md: the {language} works"));
}

/// Whether there is such a program; said if not.
fn is_there(name: &str) -> bool {
    let there = Command::new(name).arg("--version").output().is_ok();
    if !there {
        skip(&format!("{name} not installed"));
    }
    there
}

#[test]
fn the_python_of_the_page_works() {
    if is_there("python3") {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("snippet.py");
        let mut command = Command::new("python3");
        command.arg(&file);
        does_what_the_page_says("python", &file, command);
    }
}

#[test]
fn the_javascript_of_the_page_works() {
    if is_there("node") {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("snippet.mjs");
        let mut command = Command::new("node");
        command.arg(&file);
        does_what_the_page_says("js", &file, command);
    }
}

#[test]
fn the_rust_of_the_page_works() {
    let folder = installed(
        "what the Rust of docs/snippets.md needs",
        "snippets",
        "target",
    );
    let Some(folder) = folder else { return };
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--locked", "--offline"]);
    command
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"));
    command.arg("--target-dir").arg(folder.join("target"));
    does_what_the_page_says("rust", &folder.join("src/main.rs"), command);
}
