//! The playground as files: what a browser is told with them, and that operators can do without.

use protocol::CATALOGUE;

use crate::service::{Answer, Service};

fn policy(answer: &Answer) -> &str {
    answer.header("content-security-policy").unwrap_or_default()
}

#[test]
fn the_pages_may_load_nothing_from_elsewhere_and_run_nothing_of_their_own() {
    let service = Service::start();
    for path in ["/", "/docs"] {
        is_strict(&service.get(path));
    }
}

fn is_strict(page: &Answer) {
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
    ] {
        assert!(policy(page).contains(rule), "{}", policy(page));
    }
    assert!(!policy(page).contains("unsafe"), "{}", policy(page));
    let text = String::from_utf8(page.body.clone()).unwrap();
    assert!(!text.contains("http://") && !text.contains("https://"));
    let scripts = text.matches("<script").count();
    assert_eq!(
        scripts,
        text.matches("<script type=\"module\" src=\"").count()
    );
}

#[test]
fn a_browser_that_has_a_file_is_not_sent_it_again() {
    let service = Service::start();
    for path in [
        "/",
        "/docs",
        "/openapi.json",
        "/playground/main.js",
        "/playground/windmill.webp",
    ] {
        let first = service.get(path);
        let tag = first.header("etag").expect("a tag");
        let second = service.get_with(path, &[("if-none-match", tag)]);
        assert_eq!((first.status, second.status), (200, 304), "{path}");
        assert!(second.body.is_empty());
        assert_eq!(second.header("etag"), Some(tag));
        let other = service.get_with(path, &[("if-none-match", "\"another\"")]);
        assert_eq!(other.body, first.body, "{path}");
    }
}

#[test]
fn effects_keep_their_names_beside_the_playground() {
    let service = Service::start();
    let names = CATALOGUE.iter().flat_map(|spec| {
        let aliases = spec.aliases.iter().map(|alias| alias.name);
        std::iter::once(spec.name).chain(aliases)
    });
    let taken = [
        "playground",
        "docs",
        "openapi.json",
        "livez",
        "readyz",
        "image",
        "v1",
    ];
    assert!(!names.into_iter().any(|name| taken.contains(&name)));
    assert_eq!(service.get("/playground/").verdict().0, 404);
    assert_eq!(
        service.get("/playground/no.js").verdict(),
        (404, "not_found".to_owned())
    );
    assert_eq!(
        service.get("/invert/").verdict(),
        (422, "bad_parameter".to_owned())
    );
    assert_eq!(
        service.post("/", b"").verdict(),
        (405, "method_not_allowed".to_owned())
    );
}

#[test]
fn without_playground_there_are_no_pages() {
    let service = Service::with(&[("playground", "false")]);
    for path in ["/", "/playground/main.js", "/docs", "/docs/main.js"] {
        let verdict = service.get(path).verdict();
        assert_eq!(verdict, (404, "not_found".to_owned()), "{path}");
    }
    for path in ["/v1/effects", "/openapi.json"] {
        assert_eq!(service.get(path).status, 200);
    }
}
