//! Settings from outside: the program refuses wrong ones all at once, and shows the right ones.

use crate::programs::{framefarm, framefarm_in};

#[test]
fn every_mistake_is_reported_at_once_with_its_origin_and_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("framefarm.toml");
    std::fs::write(&file, "workers = 0\nquue_jobs = 3\n").unwrap();
    let config = format!("--config={}", file.display());
    let flags = [config.as_str(), "--frames-max=many", "check-config"];
    let output = framefarm_in(&flags, &[("FRAMEFARM_LISTEN", "8080")]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    for part in [
        "workers",
        "quue_jobs",
        "queue_jobs",
        "frames-max",
        "many",
        "FRAMEFARM_LISTEN",
        "8080",
        "1024",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("framefarm.toml");
    std::fs::write(&file, "workers = 3\nframes_max = 30\npixels_max = 300\n").unwrap();
    let config = format!("--config={}", file.display());
    let environment = [("FRAMEFARM_WORKERS", "4"), ("FRAMEFARM_FRAMES_MAX", "40")];
    let output = framefarm_in(&[&config, "--workers=5", "--print-config"], &environment);
    let printed = String::from_utf8(output.stdout).unwrap();
    for line in ["workers = 5", "frames_max = 40", "pixels_max = 300"] {
        assert!(
            printed.lines().any(|printed| printed == line),
            "{line} is not in:\n{printed}"
        );
    }
}

#[test]
fn a_public_address_is_refused_without_saying_that_strangers_may_use_it() {
    let output = framefarm(&["--listen=0.0.0.0:8080", "check-config"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("allow_anonymous"));
    let output = framefarm(&["--admin-listen=0.0.0.0:9090", "check-config"]);
    assert_eq!(output.status.code(), Some(2));
    let output = framefarm(&[
        "--listen=0.0.0.0:8080",
        "--allow-anonymous=true",
        "check-config",
    ]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_settings_that_are_shipped_are_right() {
    let config = concat!(
        "--config=",
        env!("CARGO_MANIFEST_DIR"),
        "/deploy/framefarm.toml"
    );
    let output = framefarm(&[config, "check-config"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = framefarm(&["--listen", &address, "--admin-listen=127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&address) && said.contains("listen"), "{said}");
}

#[test]
fn the_catalogue_can_be_read_from_the_command_line() {
    let output = framefarm(&["effects"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("blur") && text.contains("sigma") && text.contains("0.1"),
        "{text}"
    );
}
