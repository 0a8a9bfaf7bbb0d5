//! What the environment and the settings say of buckets, and what they must say.

use nix::sys::signal::Signal;

use super::cloud::{Cloud, KEY_ID, Object, SECRET};
use super::*;
use crate::programs::framefarm_in;

#[test]
fn without_leave_nothing_is_sent_in_the_clear_and_a_wrong_secret_stays_one() {
    let cloud = Cloud::start();
    cloud.put("/box/public/a.png", Object::new(TAG, picture()));
    let endpoint = cloud.endpoint();
    let mut environment = vec![
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", "another-secret"),
    ];
    let roots = [("source_roots", "s3://box"), ("fetch_timeout_ms", "3000")];
    let service = service_in(&environment, &roots);
    let clear = ask(&service, "s3://box/public/a.png");
    assert_eq!(clear.verdict(), verdict(502, "source_unreachable"));
    assert_eq!(cloud.requests(), 0);

    environment.push(("AWS_ALLOW_HTTP", "true"));
    let service = service_in(&environment, &roots);
    let wrong = ask(&service, "s3://box/public/a.png");
    assert_eq!((wrong.status, &wrong.json()["status"]), (502, &403.into()));
    let told = format!("{} {}", service.log(), wrong.json());
    assert!(!told.contains("another-secret"), "{told}");
}

#[test]
fn what_the_environment_does_not_say_is_a_mistake_of_the_settings() {
    let check = |roots: &str, environment: &[(&str, &str)]| {
        let output = framefarm_in(
            &["check-config", &format!("--source-roots={roots}")],
            environment,
        );
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), told)
    };
    for (roots, environment, why) in [
        (
            "az://box",
            [("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")],
            "Account must be specified",
        ),
        (
            "az://box",
            [("AZURE_CREDENTIAL_TYPE", "azure_cli")],
            "not taken from the program az",
        ),
        (
            "s3://box",
            [("AWS_ACCESS_KEY_ID", "only-one")],
            "Missing SecretAccessKey",
        ),
        (
            "gs://box",
            [("GOOGLE_SERVICE_ACCOUNT", "/nonexistent")],
            "/nonexistent",
        ),
        ("file:///nonexistent", [("A", "B")], "cannot be opened"),
        ("file:///etc/passwd", [("A", "B")], "cannot be opened"),
        ("file:///", [("A", "B")], "must be folders and buckets"),
        (
            "http://example.org",
            [("A", "B")],
            "must be folders and buckets",
        ),
    ] {
        let (fine, told) = check(roots, &environment);
        assert!(
            !fine && told.contains("source_roots") && told.contains(why),
            "{roots}: {told}"
        );
        assert!(!told.contains("c2VjcmV0"), "{told}");
    }
    let (fine, told) = check("file:///usr,s3://box/a", &[("A", "B")]);
    assert!(fine, "{told}");
}

#[test]
fn a_bucket_is_one_more_root_after_a_reload() {
    let cloud = Cloud::start();
    cloud.put("/box/a.png", Object::new(TAG, picture()));
    let endpoint = format!("AWS_ENDPOINT={}", cloud.endpoint());
    let (id, secret) = (
        format!("AWS_ACCESS_KEY_ID={KEY_ID}"),
        format!("AWS_SECRET_ACCESS_KEY={SECRET}"),
    );
    let service = Service::with_file_behind(
        &["env", &endpoint, &id, &secret, "AWS_ALLOW_HTTP=true"],
        &[("source_roots", "file:///usr")],
    );
    assert_eq!(
        ask(&service, "s3://box/a.png").verdict(),
        verdict(422, "bad_parameter")
    );
    for (roots, status) in [("file:///usr,s3://box", 200), ("s3://box/b", 403)] {
        service.write_settings(&[("source_roots", roots)]);
        service.signal(Signal::SIGHUP);
        service.wait_until("it counts", || {
            ask(&service, "s3://box/a.png").status == status
        });
    }
}
