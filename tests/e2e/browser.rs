//! The playground, the reference and the status page in a real browser: `tests/browser` drives Chromium, each test
//! here starts the service and plays one scenario of that folder.
//!
//! `REGENERATE=1` makes the screenshots in `docs` anew; they are not compared, because every
//! machine has other fonts.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::made;
use crate::programs::skip;
use crate::service::Service;
use crate::token_file::{Tokens, token};

/// Where a Chromium may be: Debian's, and what machines of GitHub have instead.
const BROWSERS: [&str; 2] = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// The browser, if it and what drives it are there; says so if not.
fn browser() -> Option<&'static str> {
    let runs = |program: &str| {
        let version = Command::new(program).arg("--version").output();
        version.is_ok_and(|version| version.status.success())
    };
    let browser = BROWSERS.into_iter().find(|path| Path::new(path).exists());
    if browser.is_none() {
        skip("chromium not installed");
    } else if !runs("node") {
        skip("node not installed");
    } else if !folder().join("node_modules/playwright-core").exists() {
        skip("playwright-core not installed; npm ci --prefix tests/browser");
    } else {
        return browser;
    }
    None
}

/// Plays a scenario on a service with these settings. A scenario gets the addresses of both
/// listeners and a GIF of eight frames, 96 × 64 px, 40 ms each, that plays for ever.
fn play(scenario: &str, settings: &[(&str, &str)]) {
    play_on(|| Service::with(settings), scenario, &[]);
}

/// The same on a service of the caller's, for a scenario that is told more.
fn play_on(service: impl FnOnce() -> Service, scenario: &str, more: &[&str]) {
    let Some(browser) = browser() else { return };
    let service = service();
    let file = service.folder().join("moving.gif");
    std::fs::write(&file, made::long_animation(96, 64, 8)).unwrap();
    let played = Command::new("node")
        .arg(folder().join("run.mjs"))
        .args([scenario, service.url("").as_str()])
        .arg(service.admin_url(""))
        .arg(&file)
        .args(more)
        .env("CHROMIUM", browser)
        .output()
        .unwrap();
    assert!(
        played.status.success(),
        "{scenario}: {}{}\n{}",
        String::from_utf8_lossy(&played.stdout),
        String::from_utf8_lossy(&played.stderr),
        service.log()
    );
}

#[test]
fn a_dropped_gif_moves_after_two_operations_and_is_the_same_by_every_spelling() {
    play("gif", &[]);
}

#[test]
fn the_playground_needs_no_pointer() {
    play("keyboard", &[]);
}

#[test]
fn steps_are_put_in_order_by_pointer_and_take_a_second_picture() {
    play("pointer", &[]);
}

#[test]
fn the_playground_spells_every_operation_as_the_service_reads_it() {
    play("spelling", &[]);
}

#[test]
fn the_preview_asks_once_for_many_changes_and_drops_what_is_no_longer_wanted() {
    play("live", &[]);
}

#[test]
fn a_phone_needs_no_scrolling_sideways() {
    play("phone", &[]);
}

#[test]
fn what_goes_wrong_is_said_on_the_playground_in_the_services_words() {
    play("errors", &[]);
}

#[test]
fn the_playground_takes_an_address_and_keeps_a_token_to_itself() {
    play("address", &[("allow_source_networks", "127.0.0.0/8")]);
}

#[test]
fn the_playground_asks_for_a_token_where_one_is_needed() {
    let tokens = Tokens::new(&[("gallery", "")]);
    let secret = token("gallery");
    play_on(|| tokens.service(&[]), "token", &[&secret, "gallery"]);
}

#[test]
fn no_one_is_kept_out_of_any_page_in_either_scheme() {
    play("accessible", &[]);
}

#[test]
fn the_reference_shows_every_route_and_has_it_tried() {
    play("reference", &[]);
}

#[test]
fn the_curves_of_the_status_page_follow_the_load() {
    play("status", &[]);
}

#[test]
fn the_pictures_of_both_pages_are_made_when_asked_for() {
    if std::env::var_os("REGENERATE").is_some_and(|value| value == "1") {
        play("pictures", &[]);
    }
    for picture in ["playground", "playground-dark", "status"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{picture}.webp"));
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert_eq!(bytes.get(8..12), Some(&b"WEBP"[..]), "{}", path.display());
    }
}
