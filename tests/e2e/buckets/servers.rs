//! Servers that other people wrote: moto for S3 (its listening program in Python) and Azurite for Azure, which
//! checks signatures. `tests/clients/install clouds` brings them; without them these tests say so
//! and pass, except in CI.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::cloud::mac;
use super::*;
use crate::clients::installed;
use crate::service::{PATIENCE, holds_within};

/// Azurite's own, which it documents; its account is devstoreaccount1.
const ACCOUNT: &str = "devstoreaccount1";
const ACCOUNT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const DATE: &str = "x-ms-date";
const VERSION: (&str, &str) = ("x-ms-version", "2023-11-03");

/// A server, which ends with the test.
struct Server {
    child: Child,
    port: u16,
    /// What it writes goes away with it.
    folder: tempfile::TempDir,
}

impl Server {
    /// Started with the port that it shall take, and up.
    fn start(prepare: impl FnOnce(&str, &std::path::Path) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = tempfile::tempdir().unwrap();
        let mut command = prepare(&port.to_string(), folder.path());
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self {
            child,
            port,
            folder,
        };
        let is_up = holds_within(2 * PATIENCE, || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        let log = std::fs::read_to_string(server.folder.path().join("log"));
        assert!(is_up, "{log:?}");
        server
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn put(url: &str, headers: &[(&str, &str)], body: &[u8]) {
    let mut request = ureq::put(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request
        .config()
        .http_status_as_error(false)
        .build()
        .send(body);
    let mut answer = answer.unwrap();
    let told = answer.body_mut().read_to_string().unwrap();
    assert!(
        answer.status().is_success(),
        "{url}: {} {told}",
        answer.status()
    );
}

/// What is the same whoever keeps the object, which is there as `a b+c%.png`.
fn reads_everything(service: &Service, root: &str) {
    let uploaded = service.post("/v1/process?op=invert", &picture());
    for _ in 0..2 {
        let answer = ask(service, &format!("{root}/folder/a b+c%25.png"));
        assert_eq!(
            answer.verdict(),
            verdict(200, ""),
            "{answer:?} {}",
            service.log()
        );
        assert_eq!(answer.body, uploaded.body);
    }
    assert_eq!(service.status()["cache"]["sources"]["entries"], 1);
    let missing = ask(service, &format!("{root}/folder/missing.png"));
    assert_eq!(
        (missing.status, &missing.json()["status"]),
        (502, &404.into())
    );
    let outside = ask(service, &format!("{root}/other/a.png"));
    assert_eq!(outside.verdict(), verdict(403, "source_forbidden"));
}

#[test]
fn moto_gives_its_objects() {
    let Some(packages) = installed("moto", "clouds", "python/moto") else {
        return;
    };
    let server = Server::start(|port, _| {
        let mut command = Command::new("python3");
        let packages = packages.join("python");
        command.env("PYTHONPATH", packages).args([
            "-B",
            "-m",
            "moto.server",
            "-H",
            "127.0.0.1",
            "-p",
            port,
        ]);
        command
    });
    put(&server.url("/box"), &[], b"");
    put(&server.url("/box/folder/a%20b%2Bc%25.png"), &[], &picture());
    let endpoint = server.url("");
    let environment = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    let service = service_in(&environment, &[("source_roots", "s3://box/folder")]);
    reads_everything(&service, "s3://box");
}

#[test]
fn azurite_gives_its_blobs() {
    let program = "node/node_modules/azurite/dist/src/blob/main.js";
    let Some(packages) = installed("Azurite", "clouds", program) else {
        return;
    };
    let server = Server::start(|port, folder| {
        let mut command = Command::new("node");
        command
            .arg(packages.join(program))
            .args(["--blobHost", "127.0.0.1", "--blobPort", port]);
        command
            .args(["--skipApiVersionCheck", "--disableTelemetry", "--location"])
            .arg(folder);
        command
    });
    let blob = format!("/{ACCOUNT}/box/folder/a%20b%2Bc%25.png");
    let picture = picture();
    for (path, query, kind, body) in [
        (
            format!("/{ACCOUNT}/box"),
            "?restype=container",
            "",
            b"".as_slice(),
        ),
        (blob, "", "BlockBlob", &picture),
    ] {
        put_signed(&server, &path, query, kind, body);
    }
    let endpoint = server.url(&format!("/{ACCOUNT}"));
    let mut environment = [
        ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
        ("AZURE_STORAGE_ACCOUNT_KEY", ACCOUNT_KEY),
        ("AZURE_ENDPOINT", endpoint.as_str()),
        ("AZURE_ALLOW_HTTP", "true"),
    ];
    let roots = [
        ("source_roots", "az://box/folder"),
        ("log", "debug,hyper=info"),
    ];
    let service = service_in(&environment, &roots);
    reads_everything(&service, "az://box");
    let abs = ask(&service, "abs://box/folder/a b+c%25.png");
    assert_eq!(abs.status, 200);
    assert!(!service.log().contains(ACCOUNT_KEY));

    let wrong = BASE64.encode("another key");
    environment[1].1 = &wrong;
    let service = service_in(&environment, &roots);
    let refused = ask(&service, "az://box/folder/a b+c%25.png");
    assert_eq!(
        (refused.status, &refused.json()["status"]),
        (502, &403.into())
    );
    assert!(!service.log().contains(&wrong));
}

/// As Azure's documentation of "Shared Key" wants it.
fn put_signed(server: &Server, path: &str, query: &str, kind: &str, body: &[u8]) {
    let date = "Mon, 23 Nov 2026 10:00:00 GMT";
    let length = match body.len() {
        0 => String::new(),
        length => length.to_string(),
    };
    let mut headers = vec![(DATE, date), VERSION];
    let mut kind_line = String::new();
    if !kind.is_empty() {
        headers.push(("x-ms-blob-type", kind));
        kind_line = format!("x-ms-blob-type:{kind}\n");
    }
    let (version, number) = VERSION;
    let resource = match query {
        "" => String::new(),
        _ => "\nrestype:container".to_owned(),
    };
    let content = "application/octet-stream";
    headers.push(("content-type", content));
    let text = format!(
        "PUT\n\n\n{length}\n\n{content}\n\n\n\n\n\n\n{kind_line}{DATE}:{date}\n{version}:{number}\n/{ACCOUNT}{path}{resource}"
    );
    let signature = BASE64.encode(mac(&BASE64.decode(ACCOUNT_KEY).unwrap(), &text));
    let proof = format!("SharedKey {ACCOUNT}:{signature}");
    headers.push(("authorization", &proof));
    put(&server.url(&format!("{path}{query}")), &headers, body);
}
