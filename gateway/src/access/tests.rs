//! Tokens from their file to what they allow.

use super::secret::Fingerprint;
use super::*;
use crate::http::Dialect;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn entry(name: &str, token: &str, more: &str) -> String {
    let sha256 = Fingerprint::of(token.as_bytes());
    format!("[[token]]\nname = \"{name}\"\nsha256 = \"{sha256}\"\n{more}\n")
}

fn list(text: &str) -> Credentials {
    Credentials {
        tokens: Some(TokenList::from_toml(text).unwrap()),
        keys: None,
    }
}

fn access(text: &str) -> Access {
    Access::new(&Settings::with(&[]), &list(text))
}

fn of(access: &Access, token: &str) -> Result<Client, Stranger> {
    access.client(Some(token.as_bytes()), || HOME)
}

#[test]
fn an_entry_has_defaults_for_all_but_its_name_and_hash() {
    let access = access(&entry("bot", "secret", ""));
    let client = of(&access, "secret").unwrap();
    assert_eq!(client.account.name(), "bot");
    assert_eq!(client.account.share().priority, Priority::Normal);
    let terms = client.account.terms().unwrap();
    assert_eq!(
        (terms.requests_per_minute, terms.burst, terms.jobs_max),
        (60, 60, 4)
    );
    assert!(
        Dialect::ALL
            .iter()
            .all(|one| client.allowed.dialect(*one).is_ok())
    );
}

#[test]
fn what_an_entry_says_is_what_holds() {
    let more = "requests_per_minute = 6\nburst = 2\njobs_max = 1\ndialects = [\"effects\"]\n\
                operations = [\"blur\", \"invert\"]\npriority = \"high\"";
    let access = access(&entry("bot", "secret", more));
    let client = of(&access, "secret").unwrap();
    assert_eq!(client.account.share().priority, Priority::High);
    assert_eq!(client.account.terms().unwrap().burst, 2);
    assert_eq!(client.allowed.dialect(Dialect::V1), Err(vec!["effects"]));
    let operations = |texts: &[&str]| {
        protocol::Operation::list(texts, |text| protocol::Operation::from_text(text)).unwrap()
    };
    let allowed = |texts: &[&str]| client.allowed.operations(&operations(texts));
    assert_eq!(allowed(&["blur:2", "invert"]), Ok(()));
    assert_eq!(
        allowed(&["blur", "flip"]),
        Err(("flip", vec!["blur", "invert"]))
    );
}

#[test]
fn a_burst_is_allowed_and_then_a_wait_is_named() {
    let access = access(&entry(
        "bot",
        "secret",
        "requests_per_minute = 1\nburst = 3",
    ));
    let account = of(&access, "secret").unwrap().account;
    for remaining in [2, 1, 0] {
        let (quota, allowed) = account.count().unwrap();
        assert_eq!((quota.limit, quota.remaining), (3, remaining));
        assert_eq!(allowed, Ok(()));
    }
    let (quota, allowed) = account.count().unwrap();
    assert_eq!(quota.remaining, 0);
    let Err(Excess::Rate { wait, .. }) = allowed else {
        panic!("{allowed:?}");
    };
    // A minute for the next one, unless this machine has stood still.
    assert!(wait.as_secs() <= 60, "{wait:?}");
    assert_eq!(account.requests(), (4, 1));
}

#[test]
fn requests_in_progress_are_bounded_and_end_with_their_permits() {
    let access = access(&entry("bot", "secret", "jobs_max = 2"));
    let account = of(&access, "secret").unwrap().account;
    let first = account.enter().unwrap();
    let _second = account.enter().unwrap();
    assert_eq!(account.enter().unwrap_err(), Excess::Jobs { max: 2 });
    drop(first);
    assert!(account.enter().is_ok());
}

#[test]
fn who_keeps_a_name_keeps_what_was_used_up_and_others_end() {
    let before = access(&[entry("a", "one", "burst = 1"), entry("b", "two", "")].concat());
    let account = of(&before, "one").unwrap().account;
    account.count();
    let permit = account.enter().unwrap();
    // Another token under the same name, other limits of jobs; the second token is revoked.
    let text = entry("a", "three", "burst = 1\njobs_max = 1");
    let after = before.with(&Settings::with(&[]), &list(&text));
    assert_eq!(of(&after, "one").unwrap_err(), Stranger::UnknownToken);
    assert_eq!(of(&after, "two").unwrap_err(), Stranger::UnknownToken);
    let account = of(&after, "three").unwrap().account;
    assert!(account.count().unwrap().1.is_err(), "its burst is used up");
    assert!(account.enter().is_err(), "its job is still in progress");
    drop(permit);
    assert!(account.enter().is_ok());
    // Another rate is a new beginning.
    let text = entry("a", "three", "burst = 2");
    let renewed = after.with(&Settings::with(&[]), &list(&text));
    let account = of(&renewed, "three").unwrap().account;
    assert!(account.count().unwrap().1.is_ok());
}

#[test]
fn without_a_file_everybody_may_come_and_with_one_only_if_that_is_said() {
    let open = Access::new(&Settings::with(&[]), &Credentials::default());
    for token in [None, Some(&b"whatever"[..])] {
        let client = open.client(token, || HOME).unwrap();
        assert!(client.account.count().is_none(), "nobody is counted");
    }
    let closed = access(&entry("bot", "secret", ""));
    assert_eq!(closed.client(None, || HOME).unwrap_err(), Stranger::NoToken);
    let settings = [("allow_anonymous", "true"), ("anonymous_burst", "5")];
    let text = entry("bot", "secret", "");
    let both = Access::new(&Settings::with(&settings), &list(&text));
    let anonymous = both.client(None, || HOME).unwrap();
    assert_eq!(anonymous.account.count().unwrap().0.limit, 5);
    assert_eq!(anonymous.account.share().priority, Priority::Low);
    assert_eq!(of(&both, "wrong").unwrap_err(), Stranger::UnknownToken);
}

#[test]
fn everything_wrong_with_a_file_is_told_with_the_nearest_name() {
    let text = [
        entry("a", "one", "request_per_minute = 3"),
        entry("a", "one", "burst = 0"),
        entry("x y", "two", "priority = \"urgent\""),
        "[[token]]\nname = \"raw\"\nsha256 = \"secret\"\n".to_owned(),
        entry(
            "e",
            "five",
            "operations = [\"blurr\"]\ndialects = \"effects\"",
        ),
        entry("anonymous", "six", "jobs_max = \"many\""),
    ];
    let mistakes = TokenList::from_toml(&text.concat()).unwrap_err().join("\n");
    for part in [
        "token 1 (\"a\"): request_per_minute is not known here; did you mean requests_per_minute?",
        "token 2 (\"a\"): burst = 0 must be a whole number from 1 to 1000000",
        "token 3 (\"x y\"): name must be",
        "priority: \"urgent\" must be high or normal or low",
        "token 4 (\"raw\"): sha256 must be the 64 hexadecimal digits",
        "operations: \"blurr\" is no operation; did you mean blur?",
        "dialects must be a list of names",
        "token 6 (\"anonymous\"): name must be",
        "jobs_max = \"many\" must be",
        "two tokens with the name \"a\"",
        "has the sha256 of another one",
    ] {
        assert!(mistakes.contains(part), "{part} is not in:\n{mistakes}");
    }
    for (text, part) in [
        ("token = 3", "[[token]]"),
        ("[[tokens]]\nname = \"a\"", "did you mean that?"),
        ("token = =", "is not TOML"),
        ("token = [3]", "must be a table"),
    ] {
        let mistakes = TokenList::from_toml(text).unwrap_err().join("\n");
        assert!(mistakes.contains(part), "{part} is not in:\n{mistakes}");
    }
    assert_eq!(
        list("").tokens,
        Some(TokenList::default()),
        "nobody may come in"
    );
}

#[test]
fn what_token_new_prints_is_a_file_with_that_token() {
    let printed = new_entry("bot").unwrap();
    let token = printed
        .lines()
        .find_map(|line| line.strip_prefix("#     "))
        .unwrap();
    let client = of(&access(&printed), token).unwrap();
    assert_eq!(client.account.name(), "bot");
}
