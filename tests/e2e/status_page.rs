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
    assert!(!policy.contains("unsafe"), "{policy}");
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

#[test]
fn the_last_seconds_are_there_for_whoever_comes_later() {
    let service = Service::start();
    let picture = crate::made::png(&crate::made::still(12, 8));
    assert_eq!(service.post("/v1/process?op=invert", &picture).status, 200);
    assert_eq!(service.post("/blur/?sigma=0", &picture).status, 422);
    // Health checks and the page's own questions are no load.
    service.get("/livez");
    let seconds = || service.admin("/status/history.json").json()["seconds"].clone();
    let sum = |name: &str| -> u64 {
        let seconds = seconds();
        let seconds = seconds.as_array().unwrap().iter();
        seconds.map(|second| second[name].as_u64().unwrap()).sum()
    };
    service.wait_until("both are counted", || {
        sum("finished") == 1 && sum("refused") == 1
    });
    assert_eq!(sum("failed"), 0);
    let all = seconds();
    let newest = all.as_array().unwrap().last().unwrap();
    assert_eq!(
        (newest["workers"].as_u64(), newest["queue_jobs"].as_u64()),
        (Some(2), Some(0))
    );
    let after = format!("/status/history.json?after={}", newest["number"]);
    service.wait_until("there is a newer second", || {
        let newer = service.admin(&after).json();
        let newer = newer["seconds"].as_array().unwrap();
        newer
            .first()
            .is_some_and(|second| second["number"].as_u64() > newest["number"].as_u64())
    });
}
