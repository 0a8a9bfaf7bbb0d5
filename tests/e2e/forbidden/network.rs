//! A network of its own for a test: every address there is, is this machine, and names are what the
//! test says. The test runs in a process of its own there, by `unshare`, as root or in a user
//! namespace.

use std::collections::HashMap;
use std::net::{IpAddr, UdpSocket};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::manifest::say;
use crate::programs::skip;

/// Set in the process that is inside.
const INSIDE: &str = "TEST_INSIDE_NETWORK";

/// Runs `body` inside; `test` is the full name of the test that calls this.
pub(crate) fn inside(test: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        prepare();
        return body();
    }
    let Some(entrance) = entrance() else {
        return skip("no network of its own can be had (unshare --net --mount, as root or not)");
    };
    let output = Command::new(entrance[0])
        .args(&entrance[1..])
        .args(["env", &format!("{INSIDE}=1")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{failed}"
    );
    for line in failed.lines().filter(|line| line.starts_with("inside: ")) {
        say(line);
    }
}

/// The first of the ways in that is open.
fn entrance() -> Option<Vec<&'static str>> {
    let ways = [
        vec!["unshare", "--net", "--mount"],
        vec!["unshare", "--map-root-user", "--net", "--mount"],
        vec!["sudo", "-n", "unshare", "--net", "--mount"],
    ];
    ways.into_iter().find(|way| {
        let tried = Command::new(way[0])
            .args(&way[1..])
            .args(["ip", "link", "set", "lo", "up"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    })
}

fn prepare() {
    run("ip link set lo up");
    run("ip route add local 0.0.0.0/0 dev lo");
    // A kernel without IPv6 sends nothing by it either.
    if std::fs::exists("/proc/net/if_inet6").unwrap() {
        run("ip -6 route add local ::/0 dev lo");
    }
    // What names mean is read from files that the whole machine shares, so others lie over them.
    let folder = std::env::temp_dir();
    for (name, text) in [
        ("resolv.conf", "nameserver 127.0.0.1\n"),
        ("hosts", "127.0.0.1 localhost\n::1 localhost\n"),
        ("nsswitch.conf", "hosts: files dns\n"),
    ] {
        let target = format!("/etc/{name}");
        if std::fs::exists(&target).unwrap() {
            let file = folder.join(format!("{}-{name}", std::process::id()));
            std::fs::write(&file, text).unwrap();
            run(&format!("mount --bind {} {target}", file.display()));
            std::fs::remove_file(file).unwrap();
        }
    }
}

fn run(command: &str) {
    let mut words = command.split(' ');
    let status = Command::new(words.next().unwrap()).args(words).status();
    assert!(status.unwrap().success(), "{command}");
}

/// A counter of this network's kernel, such as ("Tcp", "ActiveOpens"): connections begun.
pub(crate) fn counter(protocol: &str, name: &str) -> u64 {
    let table = std::fs::read_to_string("/proc/net/snmp").unwrap();
    let prefix = format!("{protocol}: ");
    let mut lines = table.lines().filter_map(|line| line.strip_prefix(&prefix));
    let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
    let mut pairs = names.split(' ').zip(values.split(' '));
    let (_, value) = pairs.find(|(found, _)| *found == name).unwrap();
    value.parse().unwrap()
}

/// The addresses of a name, when it is asked for the first time, the second and so on; the last
/// answer stays.
pub(crate) type Names = HashMap<&'static str, Vec<Vec<IpAddr>>>;

/// Answers questions for addresses as `names` says; other names do not exist.
pub(crate) fn serve_names(names: Names) {
    let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
    let asked = Arc::new(Mutex::new(HashMap::<(String, u16), usize>::new()));
    thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            let answer = answer(&question[..length], &names, &mut asked.lock().unwrap());
            socket.send_to(&answer, from).unwrap();
        }
    });
}

const A: u16 = 1;
const AAAA: u16 = 28;

/// An answer to a question as resolvers ask them: one name, no compression.
fn answer(question: &[u8], names: &Names, asked: &mut HashMap<(String, u16), usize>) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_lowercase());
        at = end;
    }
    let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
    let name = labels.join(".");
    let times = asked.entry((name.clone(), kind)).or_default();
    let given = names.get(name.as_str());
    let addresses = given.and_then(|answers| answers.get(*times).or(answers.last()));
    *times += 1;
    let records: Vec<Vec<u8>> = addresses
        .into_iter()
        .flatten()
        .filter_map(|address| match (address, kind) {
            (IpAddr::V4(address), A) => Some(address.octets().to_vec()),
            (IpAddr::V6(address), AAAA) => Some(address.octets().to_vec()),
            _ => None,
        })
        .collect();

    let mut answer = question[..2].to_vec();
    // A recursive answer; 3: there is no such name.
    answer.extend([0x81, if given.is_some() { 0x80 } else { 0x83 }]);
    answer.extend([0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
    answer.extend(&question[12..at + 5]);
    for record in records {
        // The name of the question, its kind, the internet, for no time at all.
        answer.extend([
            0xc0,
            12,
            0,
            kind as u8,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            record.len() as u8,
        ]);
        answer.extend(record);
    }
    answer
}
