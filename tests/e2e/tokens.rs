//! Who may come in, and for what: tokens from a file, which a reload reads again.

use crate::made;
use crate::programs::framefarm;
use crate::service::{Answer, Service};
use crate::token_file::{Tokens, sha256, token};

const PIPELINE: &str = "/v1/process?op=invert";
const EFFECT: &str = "/image/invert/";

fn post(service: &Service, path: &str, authorization: &str) -> Answer {
    let picture = made::png(&made::still(8, 8));
    service.post_with(path, &[("authorization", authorization)], &picture)
}

#[test]
fn a_token_is_taken_bare_or_behind_bearer_in_both_dialects() {
    let tokens = Tokens::new(&[("bot", "")]);
    let service = tokens.service(&[]);
    let bot = token("bot");
    for path in [PIPELINE, EFFECT, "/invert/", "/invert"] {
        for authorization in [
            bot.clone(),
            format!("Bearer {bot}"),
            format!("bearer  {bot}"),
        ] {
            assert_eq!(post(&service, path, &authorization).status, 200, "{path}");
        }
    }
    let log = service.log();
    let line = log
        .lines()
        .find(|line| line.contains("/v1/process"))
        .unwrap();
    assert!(line.contains("token=\"bot\""), "{line}");
    assert!(!log.contains(&bot), "a token is never logged");
}

#[test]
fn a_missing_or_wrong_token_is_401_in_v1_and_403_to_effect_clients() {
    let tokens = Tokens::new(&[("bot", "")]);
    let service = tokens.service(&[]);
    let picture = made::png(&made::still(8, 8));
    let wrong = token("nobody");
    let truncated = &token("bot")[..63];
    let lower = token("bot").to_uppercase();
    for (path, status) in [(PIPELINE, 401), (EFFECT, 403), ("/invert", 403)] {
        let answers = [
            service.post(path, &picture),
            post(&service, path, &wrong),
            post(&service, path, truncated),
            post(&service, path, &lower),
            post(&service, path, &sha256(&token("bot"))),
            post(&service, path, "Bearer "),
            service.get(&format!("{path}?url=http://127.0.0.1/")),
        ];
        for answer in answers {
            assert_eq!(
                answer.verdict(),
                (status, "unauthorized".to_owned()),
                "{path}"
            );
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge, (status == 401).then_some("Bearer"));
            assert!(
                answer.json()["message"]
                    .as_str()
                    .unwrap()
                    .contains("Authorization")
            );
            assert!(answer.header("x-process-time").is_some());
        }
    }
    let workers = service.workers();
    assert!(workers.iter().all(|worker| worker.job.is_none()));
}

#[test]
fn what_leads_to_no_job_needs_no_token() {
    let tokens = Tokens::new(&[]);
    let service = tokens.service(&[]);
    for path in ["/livez", "/readyz", "/v1/effects", "/image/", "/image"] {
        let answer = service.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("x-ratelimit-limit").is_none(), "{path}");
    }
    // An empty file lets nobody in.
    assert_eq!(
        post(&service, PIPELINE, &token("bot")).code(),
        "unauthorized"
    );
}

#[test]
fn without_tokens_whatever_a_client_sends_as_one_is_ignored() {
    let service = Service::start();
    let answer = post(&service, EFFECT, "anything");
    assert_eq!(answer.status, 200);
    assert!(answer.header("x-ratelimit-limit").is_none());
    assert!(service.status()["tokens"].is_null());
}

#[test]
fn a_dialect_that_a_token_is_not_for_is_forbidden_by_name() {
    let tokens = Tokens::new(&[
        ("bot", "dialects = [\"effects\"]"),
        ("web", "dialects = [\"pipelines\"]"),
    ]);
    let service = tokens.service(&[]);
    assert_eq!(post(&service, EFFECT, &token("bot")).status, 200);
    assert_eq!(post(&service, PIPELINE, &token("web")).status, 200);
    for (path, name, other) in [(PIPELINE, "bot", "pipelines"), (EFFECT, "web", "effects")] {
        let answer = post(&service, path, &token(name));
        assert_eq!(answer.verdict(), (403, "forbidden".to_owned()));
        let body = answer.json();
        assert_eq!(body["dialect"], other);
        assert_ne!(body["allowed"][0], other);
        assert!(body["message"].as_str().unwrap().contains(other), "{body}");
        assert!(answer.header("x-ratelimit-left").is_some(), "it counts");
    }
}

#[test]
fn an_operation_that_a_token_is_not_for_is_forbidden_wherever_it_stands() {
    let tokens = Tokens::new(&[("bot", "operations = [\"invert\", \"blur\"]")]);
    let service = tokens.service(&[]);
    let bot = token("bot");
    assert_eq!(post(&service, EFFECT, &bot).status, 200);
    assert_eq!(
        post(&service, "/v1/process?op=blur:2&op=invert", &bot).status,
        200
    );
    assert_eq!(post(&service, "/v1/process?format=gif", &bot).status, 200);
    let forbidden = |answer: &Answer| {
        assert_eq!(answer.verdict(), (403, "forbidden".to_owned()));
        let body = answer.json();
        assert_eq!(body["op"], "flip", "{body}");
        assert_eq!(body["allowed"], serde_json::json!(["blur", "invert"]));
    };
    for path in ["/flip/", "/image/flip", "/v1/process?op=invert&op=flip"] {
        forbidden(&post(&service, path, &bot));
    }
    // Said before anything is fetched: nothing is there.
    let url = "/v1/process?op=flip&url=http://192.0.2.1/none.png";
    forbidden(&service.get_with(url, &[("authorization", &bot)]));
    // And of a form's job.
    let form = crate::forms::body(&[
        ("image", &made::png(&made::still(8, 8))),
        ("job", br#"{"ops":[{"op":"flip"}]}"#),
    ]);
    let headers = [
        ("authorization", bot.as_str()),
        ("content-type", crate::forms::FORM),
    ];
    forbidden(&service.post_with("/v1/process", &headers, &form));
}

#[test]
fn tokens_are_read_again_with_the_settings_and_a_broken_file_changes_nothing() {
    let tokens = Tokens::new(&[("old", ""), ("both", "")]);
    let service = tokens.service(&[]);
    let status = |name: &str| post(&service, PIPELINE, &token(name)).status;
    assert_eq!(
        (status("old"), status("both"), status("new")),
        (200, 200, 401)
    );
    tokens.write(&[("both", ""), ("new", "")]);
    service.reload("in force now: tokens_file");
    assert_eq!(
        (status("old"), status("both"), status("new")),
        (401, 200, 200)
    );
    for (text, named) in [
        (
            "[[token]]\nname = \"new\"\nsha265 = \"\"",
            "did you mean sha256?",
        ),
        ("[[token", "is not TOML"),
    ] {
        tokens.write_text(text);
        service.reload("the settings stay as they are");
        let log = service.log();
        let line = log
            .lines()
            .rev()
            .find(|line| line.contains("stay as they are"))
            .unwrap();
        assert!(
            line.contains("ERROR") && line.contains(named),
            "{named} is not in {line}"
        );
        assert_eq!(
            (status("old"), status("both"), status("new")),
            (401, 200, 200)
        );
    }
    std::fs::remove_file(tokens.path()).unwrap();
    service.reload("the settings stay as they are");
    assert_eq!(status("both"), 200);
    tokens.write(&[("both", ""), ("new", "")]);
    service.reload("the settings are as they were");
}

#[test]
fn check_config_judges_the_tokens_too() {
    let tokens = Tokens::new(&[("bot", "priority = \"high\"")]);
    let (_, path) = tokens.setting();
    let flag = format!("--tokens-file={path}");
    assert!(framefarm(&[&flag, "check-config"]).status.success());
    tokens.write(&[("bot", "job_max = 3\noperations = [\"blurr\"]")]);
    let output = framefarm(&[&flag, "--frames-max=0", "check-config"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    for part in [
        &path,
        "did you mean jobs_max?",
        "did you mean blur?",
        "frames_max",
        "\"bot\"",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn a_public_address_may_be_listened_on_with_tokens_but_not_the_operators() {
    let tokens = Tokens::new(&[("bot", "")]);
    let flag = format!("--tokens-file={}", tokens.setting().1);
    let checked = |more: &str| framefarm(&[&flag, more, "check-config"]);
    assert!(checked("--listen=0.0.0.0:8080").status.success());
    let output = checked("--admin-listen=0.0.0.0:9090");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("allow_anonymous_admin = true"), "{said}");
}

#[test]
fn a_new_token_is_printed_once_and_works_as_printed() {
    let output = framefarm(&["token", "new", "bot"]);
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("shown this once"), "{printed}");
    let alphanumeric =
        |word: &&str| word.len() == 64 && word.chars().all(|letter| letter.is_ascii_alphanumeric());
    let new = printed.split_whitespace().find(alphanumeric).unwrap();
    let tokens = Tokens::new(&[]);
    tokens.write_text(&printed);
    let service = tokens.service(&[]);
    assert_eq!(post(&service, EFFECT, new).status, 200);
    let again = framefarm(&["token", "new", "bot"]).stdout;
    assert!(!String::from_utf8(again).unwrap().contains(new));
    for wrong in ["two words", "anonymous", ""] {
        let output = framefarm(&["token", "new", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}
