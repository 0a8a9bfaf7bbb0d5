//! `/status`, for people.

use crate::service::Service;

#[test]
fn a_browser_gets_a_page_and_a_program_gets_json() {
    let service = Service::start();
    let page = service.admin_as("/status", "text/html,application/xhtml+xml,*/*;q=0.8");
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let text = String::from_utf8(page.body).unwrap();
    assert!(
        !text.contains("http://") && !text.contains("https://"),
        "it needs nothing from elsewhere"
    );
    for accept in ["application/json", "*/*"] {
        let answer = service.admin_as("/status", accept);
        assert_eq!(answer.json()["workers"][0]["slot"], 0, "{accept}");
    }
}
