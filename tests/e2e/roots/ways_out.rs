//! Every way that could lead out of a root, or to something that is no file.

use std::os::unix::fs::symlink;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::*;

#[test]
fn what_lies_beside_a_root_is_refused_however_it_is_written() {
    let tree = Tree::new();
    let service = Service::with(&[("source_roots", &tree.root())]);
    let out = |place: &str| format!("{}/{place}", tree.root());
    for url in [
        tree.root(),
        tree.url("secret.png"),
        tree.url("pictures2/secret.png"),
        "file:///etc/passwd".to_owned(),
        "file:/etc/passwd".to_owned(),
        "FILE://localhost/etc/passwd".to_owned(),
        "file:///proc/self/environ".to_owned(),
        out("../secret.png"),
        out("%2e%2e/secret.png"),
        out(".%2E/secret.png"),
        out("below/../../secret.png"),
        out("..\\secret.png"),
        out(".\t./secret.png"),
        tree.root().replace("pictures", "Pictures") + "/a.png",
        "local:///".to_owned(),
    ] {
        assert_eq!(ask(&service, &url).verdict(), forbidden(), "{url}");
    }
    for url in [
        out("..%2fsecret.png"),
        out("..%2Fsecret.png"),
        out("a.png%00"),
        out("/a.png"),
        out("a.png/"),
        out("a.png?x"),
        tree.root().replace("file://", "file://host") + "/a.png",
        "s3://bucket/a.png".to_owned(),
        "local:a.png".to_owned(),
    ] {
        let verdict = (422, "bad_parameter".to_owned());
        assert_eq!(ask(&service, &url).verdict(), verdict, "{url}");
    }
    for url in [
        out("%252e%252e/secret.png"),
        out("..%5csecret.png"),
        out("%C0%AE%C0%AE/secret.png"),
        out("missing.png"),
        out("a.png/x"),
        out(&"x".repeat(300)),
        out(&"x/".repeat(3000)) + "x",
        "local:///secret.png".to_owned(),
    ] {
        let verdict = (502, "source_unreachable".to_owned());
        assert_eq!(ask(&service, &url).verdict(), verdict, "{url}");
    }
}

#[test]
fn links_that_lead_out_and_what_is_no_file_are_refused_and_never_waited_for() {
    let tree = Tree::new();
    let inside = |name: &str| tree.path(&format!("pictures/{name}"));
    for (to, name) in [
        ("../secret.png", "relative"),
        ("below/../../secret.png", "winding"),
        (tree.path("secret.png").as_str(), "absolute"),
        // It leads back in, by a way that leads out.
        (tree.path("pictures/a.png").as_str(), "around"),
        ("/proc/self/environ", "environ"),
        ("/proc/self/root/etc/passwd", "magic"),
        ("loop", "loop"),
        ("..", "folder"),
    ] {
        symlink(to, inside(name)).unwrap();
    }
    mkfifo(inside("pipe").as_str(), Mode::S_IRWXU).unwrap();
    symlink("pipe", inside("to-pipe")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(inside("socket")).unwrap();
    let service = Service::with(&[
        ("source_roots", &tree.root()),
        ("fetch_timeout_ms", "20000"),
    ]);
    for name in [
        "relative", "winding", "absolute", "around", "environ", "magic",
    ] {
        let answer = ask(&service, &tree.url(&format!("pictures/{name}")));
        assert_eq!(answer.verdict(), forbidden(), "{name}");
    }
    let through = ask(&service, &tree.url("pictures/folder/secret.png"));
    assert_eq!(through.verdict(), forbidden());
    let circle = ask(&service, &tree.url("pictures/loop"));
    assert_eq!(circle.verdict(), (502, "source_unreachable".to_owned()));
    for name in ["pipe", "to-pipe", "socket", "below"] {
        let answer = ask(&service, &tree.url(&format!("pictures/{name}")));
        assert_eq!(
            answer.verdict(),
            (502, "source_unreachable".to_owned()),
            "{name}"
        );
        let message = answer.json()["message"].to_string();
        assert!(message.contains("what is there is no file"), "{message}");
    }
    assert_eq!(service.status()["source_bytes"], 0);
}

#[test]
fn devices_are_not_read() {
    // Where everybody has some.
    let service = Service::with(&[("source_roots", "file:///dev")]);
    for name in ["zero", "null", "tty", "full"] {
        let answer = ask(&service, &format!("file:///dev/{name}"));
        assert_eq!(
            answer.verdict(),
            (502, "source_unreachable".to_owned()),
            "{name}"
        );
    }
}
