//! Files below a folder that the operator has named, and nothing else.

mod ways_out;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use nix::sys::signal::Signal;

use crate::forbidden;
use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::service::{Answer, Service};

/// A folder with a root in it, and things beside the root.
struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        let tree = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir_all(tree.path("pictures/below")).unwrap();
        std::fs::create_dir(tree.path("pictures2")).unwrap();
        for place in [
            "pictures/a.png",
            "pictures/below/b c%25.png",
            "pictures2/secret.png",
            "secret.png",
        ] {
            std::fs::write(tree.path(place), picture()).unwrap();
        }
        tree
    }

    fn path(&self, place: &str) -> String {
        let folder = self.folder.path().canonicalize().unwrap();
        folder.join(place).to_str().unwrap().to_owned()
    }

    /// The URL of a file there, which is escaped already.
    fn url(&self, place: &str) -> String {
        format!("file://{}", self.path(place))
    }

    fn root(&self) -> String {
        self.url("pictures")
    }
}

fn picture() -> Vec<u8> {
    made::png(&made::still(12, 8))
}

/// In the dialect of pipelines.
fn ask(service: &Service, url: &str) -> Answer {
    let url = forbidden::escaped(url);
    service.get(&format!("/v1/process?op=invert&url={url}"))
}

fn forbidden() -> (u16, String) {
    (403, "source_forbidden".to_owned())
}

#[test]
fn a_file_below_a_root_is_worked_on_like_an_upload() {
    let tree = Tree::new();
    symlink("below/b c%25.png", tree.path("pictures/inside.png")).unwrap();
    let service = Service::with(&[("source_roots", &tree.root())]);
    let uploaded = service.post("/v1/process?op=invert", &picture());
    assert_eq!(uploaded.status, 200);
    for url in [
        tree.url("pictures/a.png"),
        tree.url("pictures/below/../%61.png"),
        tree.url("pictures/below/b%20c%2525.png"),
        // A link that stays inside.
        tree.url("pictures/inside.png"),
        "local:///a.png".to_owned(),
        "local:///below/b c%2525.png".to_owned(),
    ] {
        let answer = ask(&service, &url);
        assert_eq!(answer.verdict(), (200, String::new()), "{url}");
        assert_eq!(answer.body, uploaded.body);
    }
    let effect = format!("/invert/?url={}", tree.url("pictures/a.png"));
    assert_eq!(service.get(&effect).status, 200);
    let plain = format!(
        "/imgproxy/unsafe/w:6/plain/{}@png",
        tree.url("pictures/a.png")
    );
    assert_eq!(service.get(&plain).status, 200);
    assert_eq!(
        service
            .get("/imgproxy/unsafe/w:6/plain/local:///a.png")
            .status,
        200
    );
    assert_eq!(service.status()["source_bytes"], 0);
}

#[test]
fn limits_hold_for_files_whatever_length_they_say() {
    let tree = Tree::new();
    std::fs::write(tree.path("pictures/long.png"), [0; 2049]).unwrap();
    std::fs::write(tree.path("pictures/fits.png"), [0; 2048]).unwrap();
    let unreadable = tree.path("pictures/unreadable.png");
    std::fs::write(&unreadable, picture()).unwrap();
    std::fs::set_permissions(&unreadable, PermissionsExt::from_mode(0o000)).unwrap();
    let roots = format!("{}, file:///proc/self", tree.root());
    let service = Service::with(&[("source_roots", &roots), ("source_bytes_max", "2 KiB")]);
    let long = ask(&service, &tree.url("pictures/long.png"));
    assert_eq!(long.verdict(), (413, "too_large".to_owned()));
    assert_eq!(
        (&long.json()["value"], &long.json()["max"]),
        (&2049.into(), &2048.into())
    );
    let fits = ask(&service, &tree.url("pictures/fits.png"));
    assert_eq!(fits.verdict(), (415, "not_an_image".to_owned()));
    // The kernel says that it is empty.
    let says_nothing = ask(&service, "file:///proc/self/smaps");
    assert_eq!(says_nothing.verdict(), (413, "too_large".to_owned()));
    if !nix::unistd::geteuid().is_root() {
        let answer = ask(&service, &tree.url("pictures/unreadable.png"));
        assert_eq!(answer.verdict(), (502, "source_unreachable".to_owned()));
    }
}

#[test]
fn no_origin_can_send_this_server_into_a_root() {
    let tree = Tree::new();
    let service = Service::with(&[LOOPBACK, ("source_roots", &tree.root())]);
    assert_eq!(ask(&service, &tree.url("pictures/a.png")).status, 200);
    for to in [tree.url("pictures/a.png"), "local:///a.png".to_owned()] {
        let origin = Origin::redirecting(&to);
        let answer = ask(&service, &origin.url("/away"));
        assert_eq!(
            answer.verdict(),
            (502, "source_unreachable".to_owned()),
            "{to}"
        );
        let message = answer.json()["message"].to_string();
        assert!(
            message.contains("redirects to a URL that cannot be used"),
            "{message}"
        );
    }
}

#[test]
fn the_table_of_hostile_urls_is_refused_with_roots_as_well() {
    let tree = Tree::new();
    let service = Service::with(&[("source_roots", &tree.root())]);
    for row in forbidden::rows(1) {
        let verdict = ask(&service, &row.url).verdict();
        let of_a_root = row.url.trim().to_ascii_lowercase().starts_with("file:");
        let expected = match of_a_root && verdict == forbidden() {
            true => forbidden(),
            false => row.verdict(),
        };
        assert_eq!(verdict, expected, "{}", row.name());
    }
}

#[test]
fn roots_come_and_go_with_the_settings() {
    let tree = Tree::new();
    let url = tree.url("pictures/a.png");
    let service = Service::with_file(&[]);
    assert_eq!(
        ask(&service, &url).verdict(),
        (422, "bad_parameter".to_owned())
    );
    let root = tree.root();
    for (roots, status) in [(root.as_str(), 200), ("file:///usr", 403), ("", 422)] {
        service.write_settings(&[("source_roots", roots)]);
        service.signal(Signal::SIGHUP);
        service.wait_until("the roots count", || ask(&service, &url).status == status);
    }
    service.write_settings(&[("source_roots", &tree.url("nowhere"))]);
    service.signal(Signal::SIGHUP);
    service.wait_until("the mistake is told", || {
        let log = service.log();
        log.contains("the settings stay as they are") && log.contains("that cannot be opened")
    });
}

#[test]
fn a_folder_that_was_replaced_is_the_new_one() {
    let tree = Tree::new();
    let service = Service::with(&[("source_roots", &tree.root())]);
    let url = tree.url("pictures/a.png");
    let before = ask(&service, &url);
    std::fs::rename(tree.path("pictures"), tree.path("old")).unwrap();
    let missing = ask(&service, &url);
    assert_eq!(missing.verdict(), (502, "source_unreachable".to_owned()));
    std::fs::create_dir(tree.path("pictures")).unwrap();
    let other = made::png(&made::still(30, 8));
    std::fs::write(Path::new(&tree.path("pictures/a.png")), other).unwrap();
    let after = ask(&service, &url);
    assert_eq!((before.status, after.status), (200, 200));
    assert_ne!(before.body, after.body);
}
