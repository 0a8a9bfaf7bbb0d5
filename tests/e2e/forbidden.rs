//! URLs that would lead this server to where its callers may not look (`forbidden/urls.txt` is the
//! table): each is refused, and nothing is sent for it.
//!
//! Here that is shown by a listener on every address of this machine. `forbidden/everywhere.rs` does
//! it again in a network where every address there is answers.

mod everywhere;
mod network;

use std::io::ErrorKind;
use std::net::TcpListener;

use crate::manifest::say;
use crate::service::Service;

/// A row of the table.
pub(crate) struct Row {
    /// The place is at fault, and not the URL.
    is_forbidden: bool,
    reason: &'static str,
    pub(crate) url: String,
}

impl Row {
    /// The same in both dialects.
    pub(crate) fn verdict(&self) -> (u16, String) {
        match self.is_forbidden {
            true => (403, "source_forbidden".to_owned()),
            false => (422, "bad_parameter".to_owned()),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{}: {:?}", self.reason, self.url)
    }
}

pub(crate) fn rows(port: u16) -> Vec<Row> {
    let table = include_str!("forbidden/urls.txt").lines();
    let table = table.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows = table.map(|line| {
        let [verdict, reason, url] = line.splitn(3, " | ").collect::<Vec<_>>()[..] else {
            panic!("{line:?}");
        };
        let url = url.replace("{port}", &port.to_string());
        Row {
            is_forbidden: match verdict {
                "forbidden" => true,
                "invalid" => false,
                _ => panic!("{line:?}"),
            },
            reason,
            url: url.replace("\\t", "\t").replace("\\n", "\n"),
        }
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() >= 80, "only {}", rows.len());
    rows
}

/// As the value of a query parameter, everything escaped.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// On every address, of both families where there are both.
fn everywhere(port: u16) -> TcpListener {
    let listener = TcpListener::bind(("::", port));
    listener.unwrap_or_else(|_| TcpListener::bind(("0.0.0.0", port)).unwrap())
}

#[test]
fn what_leads_inside_is_refused_and_nothing_is_sent() {
    let listener = everywhere(0);
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let service = Service::start();
    let rows = rows(port);
    for row in &rows {
        for route in ["/invert/?", "/v1/process?op=invert&"] {
            let answer = service.get(&format!("{route}url={}", escaped(&row.url)));
            assert_eq!(answer.verdict(), row.verdict(), "{}", row.name());
        }
    }
    // A connection would stand in the listener's queue before the fetch could fail.
    let accepted = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(accepted, Err(ErrorKind::WouldBlock));
    say(&format!("{} URLs refused, no connection made", rows.len()));
}

#[test]
fn a_second_picture_is_held_to_the_same() {
    let listener = everywhere(0);
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let service = Service::start();
    for url in [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
    ] {
        let url = escaped(&url.replace("{port}", &port.to_string()));
        let inline = escaped("data:image/png;base64,AAAA");
        let answer = service.get(&format!("/overlay/?url={inline}&url2={url}"));
        assert_eq!(answer.verdict(), (403, "source_forbidden".to_owned()));
    }
    let accepted = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(accepted, Err(ErrorKind::WouldBlock));
}
