//! The table again, in a network where every address answers, from 0.0.0.1 to ffff::, so that
//! whatever the service sent would arrive somewhere; and what only a network of the test's own can
//! show: redirects from public addresses, and names that mean now this address and now that one.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::network::{Names, counter, inside, serve_names};
use super::{Row, escaped, everywhere, rows};
use crate::made;
use crate::manifest::say;
use crate::raw::Connection;
use crate::service::Service;

/// An address that is as public as any.
const PUBLIC: &str = "93.184.216.34";

/// What a place sends back for a path.
type Replies = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

enum Reply {
    Picture,
    Redirect(String),
}

/// A server on every address, which remembers on which ones it was visited.
struct Everyone {
    port: u16,
    visited: Arc<Mutex<Vec<IpAddr>>>,
}

impl Everyone {
    fn start(replies: impl FnOnce(u16) -> Replies) -> Self {
        let listener = everywhere(0);
        let port = listener.local_addr().unwrap().port();
        let visited = Arc::default();
        let (remembered, replies) = (Arc::clone(&visited), replies(port));
        thread::spawn(move || serve(&listener, &remembered, &replies));
        Self { port, visited }
    }

    fn visited(&self) -> Vec<IpAddr> {
        std::mem::take(&mut *self.visited.lock().unwrap())
    }
}

fn serve(listener: &TcpListener, visited: &Mutex<Vec<IpAddr>>, replies: &Replies) {
    for stream in listener.incoming().flatten() {
        let address = stream.local_addr().unwrap().ip().to_canonical();
        visited.lock().unwrap().push(address);
        let replies = Arc::clone(replies);
        thread::spawn(move || reply(stream, &replies));
    }
}

fn reply(mut stream: TcpStream, replies: &Replies) {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default();
    let (status, header, body) = match replies(path) {
        Reply::Picture => (200, String::new(), made::png(&made::still(12, 8))),
        Reply::Redirect(to) => (302, format!("location: {to}\r\n"), Vec::new()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{header}\r\n"
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

/// All requests go over this one connection, so that every other one is the service's doing.
fn ask(connection: &mut Connection, url: &str) -> (u16, String) {
    connection.get(&format!("/invert/?url={}", escaped(url)))
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Connections begun and datagrams sent in this network so far.
fn sent() -> (u64, u64) {
    (
        counter("Tcp", "ActiveOpens"),
        counter("Udp", "OutDatagrams"),
    )
}

fn nothing_is_sent() {
    let everyone = Everyone::start(|_| Arc::new(|_| Reply::Picture));
    let service = Service::start();
    let rows = rows(everyone.port);
    let mut connection = Connection::to(&service);
    let before = sent();
    for row in &rows {
        assert_eq!(
            ask(&mut connection, &row.url),
            row.verdict(),
            "{}",
            row.name()
        );
    }
    assert_eq!(sent(), before, "connections begun, datagrams sent");
    assert!(everyone.visited().is_empty());

    // The same network does answer, and the same counters do count.
    let public = format!("http://{PUBLIC}:{}/", everyone.port);
    assert_eq!(ask(&mut connection, &public).0, 200);
    assert_eq!(sent(), (before.0 + 1, before.1));
    assert_eq!(everyone.visited(), [address(PUBLIC)]);
    say(&format!(
        "inside: {} URLs refused, not one packet",
        rows.len()
    ));
}

fn redirects_are_held_to_the_table() {
    let everyone = Everyone::start(|port| {
        let rows: Vec<Row> = rows(port);
        Arc::new(move |path| match path[1..].parse::<usize>() {
            Ok(number) => Reply::Redirect(rows[number].url.clone()),
            Err(_) => Reply::Redirect(path.replace("/twice-", "/")),
        })
    });
    let service = Service::start();
    let mut connection = Connection::to(&service);
    let mut asked = 0;
    for (number, row) in rows(everyone.port).iter().enumerate() {
        // What is invalid by itself may be fine after a URL that it goes on from, as what lacks its
        // slashes is; and a header has one line.
        let goes_on = ["loopback, no slashes", "loopback, one slash"].contains(&row.reason);
        if !row.is_forbidden || goes_on || row.url.contains('\n') {
            continue;
        }
        for (path, hops) in [(format!("/{number}"), 1), (format!("/twice-{number}"), 2)] {
            let before = sent();
            let url = format!("http://{PUBLIC}:{}{path}", everyone.port);
            assert_eq!(ask(&mut connection, &url), row.verdict(), "{}", row.name());
            let only_public = vec![address(PUBLIC); hops];
            assert_eq!(everyone.visited(), only_public, "{}", row.name());
            assert_eq!(sent(), (before.0 + hops as u64, before.1), "{}", row.name());
            asked += 1;
        }
    }
    say(&format!("inside: {asked} redirects refused, none followed"));
}

fn names_are_judged_by_their_addresses() {
    let list = |texts: &[&str]| texts.iter().map(|text| address(text)).collect::<Vec<_>>();
    let once = |texts: &[&str]| vec![list(texts)];
    serve_names(Names::from([
        ("public.test", once(&[PUBLIC])),
        (
            "mixed.test",
            once(&["10.0.0.1", "127.0.0.1", PUBLIC, "::1", "fd00::1", "fe80::1"]),
        ),
        ("inside.test", once(&["10.0.0.1", "192.168.0.1", "fd00::1"])),
        ("loopback.test", once(&["127.0.0.1"])),
        ("loopback6.test", once(&["::1"])),
        ("mapped.test", once(&["::ffff:127.0.0.1"])),
        ("nat64.test", once(&["64:ff9b::7f00:1"])),
        ("metadata.google.internal", once(&["169.254.169.254"])),
        // With a dot behind it, the files of the machine do not know it.
        ("localhost", once(&["127.0.0.1"])),
        // Public at the first look, loopback at the next.
        (
            "rebinding.test",
            vec![list(&[PUBLIC]), list(&["127.0.0.1"])],
        ),
    ]));
    let everyone = Everyone::start(|port| {
        Arc::new(move |path| match path {
            "/" => Reply::Picture,
            path => Reply::Redirect(format!("http://{}:{port}/", &path[1..])),
        })
    });
    let service = Service::start();
    let mut connection = Connection::to(&service);
    let mut of = |host: &str, path: &str| {
        let verdict = ask(
            &mut connection,
            &format!("http://{host}:{}{path}", everyone.port),
        );
        let visited: BTreeSet<_> = everyone.visited().into_iter().collect();
        (verdict, visited.into_iter().collect::<Vec<_>>())
    };
    let forbidden = || (403, "source_forbidden".to_owned());
    let public = || vec![address(PUBLIC)];
    for host in ["public.test", "mixed.test", "rebinding.test"] {
        assert_eq!(of(host, "/"), ((200, String::new()), public()), "{host}");
    }
    let inside = [
        "inside.test",
        "loopback.test",
        "loopback6.test",
        "mapped.test",
        "nat64.test",
        "rebinding.test",
        "metadata.google.internal",
        "LOOPBACK.test.",
        "localhost",
        "localhost.",
    ];
    for host in inside {
        assert_eq!(of(host, "/"), (forbidden(), vec![]), "{host}");
        let redirected = of("public.test", &format!("/{host}"));
        assert_eq!(redirected, (forbidden(), public()), "redirected to {host}");
    }
    say(&format!(
        "inside: {} names refused by what they mean",
        inside.len()
    ));
}

#[test]
fn where_every_address_answers_nothing_is_sent_for_the_table() {
    let name = "forbidden::everywhere::where_every_address_answers_nothing_is_sent_for_the_table";
    inside(name, nothing_is_sent);
}

#[test]
fn where_every_address_answers_no_redirect_leads_inside() {
    let name = "forbidden::everywhere::where_every_address_answers_no_redirect_leads_inside";
    inside(name, redirects_are_held_to_the_table);
}

#[test]
fn where_every_address_answers_no_name_leads_inside() {
    let name = "forbidden::everywhere::where_every_address_answers_no_name_leads_inside";
    inside(name, names_are_judged_by_their_addresses);
}
