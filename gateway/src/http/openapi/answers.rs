//! Answers: headers that all have, the body of errors, and for each dialect and status the codes that
//! come with it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Members, reference};
use crate::http::code::{Code, Dialect};

/// Codes that a route which leads to a job never gives: they belong to paths and methods.
const OF_PATHS: [Code; 2] = [Code::NotFound, Code::MethodNotAllowed];

/// The dialects that the document has paths of; imgproxy's is described by imgproxy.
pub(super) const DIALECTS: [Dialect; 2] = [Dialect::Effects, Dialect::V1];

/// Headers by name: description, and the type of the value.
const HEADERS: [(&str, &str, &str); 10] = [
    (
        "X-Request-Id",
        "string",
        "Names this request in the logs: the caller's, if it sent a plain one of at most 64 letters, digits, -, _ and dots.",
    ),
    (
        "X-Process-Time",
        "number",
        "How long the answer took, seconds.",
    ),
    (
        "Server-Timing",
        "string",
        "Where that time went, ms: fetch, queue, decode, ops, encode, total.",
    ),
    (
        "X-Ratelimit-Limit",
        "integer",
        "Most requests at once, after a pause. Only where requests are counted.",
    ),
    (
        "X-Ratelimit-Remaining",
        "integer",
        "Requests that may follow right now.",
    ),
    ("X-Ratelimit-Left", "integer", "The same."),
    (
        "X-Ratelimit-Reset",
        "integer",
        "When all of them may again, unix seconds.",
    ),
    (
        "Retry-After",
        "integer",
        "When to come back, seconds; not with every code.",
    ),
    (
        "X-Framefarm-Traded",
        "string",
        "What was given up for max_bytes, such as colors=64, scale=70; absent: nothing.",
    ),
    ("WWW-Authenticate", "string", "Bearer."),
];
/// The component of answers to a HEAD.
const BODILESS: &str = "bodiless";
/// The first of them are on every answer.
const OF_ALL: usize = 3;
/// Up to here they are on every answer that is counted.
const OF_COUNTED: usize = 7;

/// The components of headers.
pub(super) fn headers() -> Members {
    let headers = HEADERS.iter().enumerate().map(|(at, (name, kind, text))| {
        let header =
            json!({"description": text, "required": at < OF_ALL, "schema": {"type": kind}});
        ((*name).to_owned(), header)
    });
    headers.collect()
}

/// References to the headers that every answer has, those of counted answers if it is one, and those named.
fn with_headers(counted: bool, more: &[&str]) -> Value {
    let names = HEADERS.iter().map(|(name, ..)| *name);
    let names = names.take(if counted { OF_COUNTED } else { OF_ALL });
    let names = names.chain(more.iter().copied());
    let headers: Members = names
        .map(|name| (name.to_owned(), reference("headers", name)))
        .collect();
    headers.into()
}

/// The body of every error.
pub(super) fn schemas() -> Members {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let mut properties = json!({
        "message": {"type": "string", "description": "One sentence: what, which limit, what to do."},
        "code": {"type": "string", "enum": names, "description": "For programs; x-error-codes says what each means."},
        "request_id": {"type": "string", "description": "The same as in X-Request-Id."},
        "limit": {"type": "string", "description": "The limit that was hit, as its setting is called."},
        "value": {"description": "What was given, or what the picture has."},
        "max": {"type": "number"},
        "min": {"type": "number"},
        "expected": {"type": "string", "description": "What is allowed."},
        "detail": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "msg", "type"],
                "properties": {
                    "loc": {"type": "array", "items": {"type": "string"}},
                    "msg": {"type": "string"},
                    "type": {"type": "string"},
                },
            },
        },
        "source": {"type": "string", "description": "Of a memory_limit: allocator, rlimit or cgroup."},
        "allowed": {"type": "array", "items": {"type": "string"}},
    });
    for name in [
        "parameter",
        "did_you_mean",
        "op",
        "phase",
        "stderr",
        "panic",
        "host",
        "tried",
        "dialect",
    ] {
        properties[name] = text.clone();
    }
    for name in [
        "signal",
        "exit_code",
        "pid",
        "retry_after_s",
        "frame",
        "syscall",
        "asked",
        "status",
        "burst",
        "picture",
    ] {
        properties[name] = whole.clone();
    }
    let error = json!({
        "type": "object",
        "description": "The body of every error: three members always, the others where the code is about them.",
        "required": ["message", "code", "request_id"],
        "properties": properties,
    });
    Members::from_iter([("Error".to_owned(), error)])
}

/// Every code with its status in both dialects.
pub(super) fn codes() -> Members {
    let codes = Code::ALL.iter().map(|code| {
        let entry = json!({
            "meaning": code.meaning(),
            "v1": code.status(Dialect::V1).as_u16(),
            "effects": code.status(Dialect::Effects).as_u16(),
        });
        (code.name().to_owned(), entry)
    });
    codes.collect()
}

fn by_status(dialect: Dialect) -> BTreeMap<u16, Vec<Code>> {
    let mut statuses: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.iter().filter(|code| !OF_PATHS.contains(code)) {
        statuses
            .entry(code.status(dialect).as_u16())
            .or_default()
            .push(*code);
    }
    statuses
}

/// An answer for each dialect and status, and the few others.
pub(super) fn components() -> Members {
    let mut components = Members::new();
    for dialect in DIALECTS {
        for (status, codes) in by_status(dialect) {
            let mut more = Vec::new();
            if codes
                .iter()
                .any(|code| matches!(code, Code::RateLimited | Code::Overloaded))
            {
                more.push("Retry-After");
            }
            if status == 401 {
                more.push("WWW-Authenticate");
            }
            components.insert(component(dialect, status), error(&codes, true, &more));
        }
    }
    components.insert("not_found".to_owned(), error(&[Code::NotFound], false, &[]));
    let text = "What a GET answers, without its body.";
    let bodiless = plain(text, None, &Value::Null);
    components.insert(BODILESS.to_owned(), bodiless);
    components
}

fn component(dialect: Dialect, status: u16) -> String {
    format!("{}_{status}", dialect.name())
}

fn error(codes: &[Code], counted: bool, headers: &[&str]) -> Value {
    let names: Vec<_> = codes.iter().map(|code| code.name()).collect();
    let lines: Vec<_> = codes
        .iter()
        .map(|code| format!("- `{}`: {}", code.name(), code.meaning()))
        .collect();
    json!({
        "description": lines.join("\n"),
        "headers": with_headers(counted, headers),
        "content": {"application/json": {"schema": {
            "allOf": [reference("schemas", "Error"), {"properties": {"code": {"enum": names}}}],
        }}},
    })
}

/// All answers of a route that leads to a job: a picture of one of these types, or an error.
pub(super) fn of_job(dialect: Dialect, types: &[&str], operation_is_known: bool) -> Value {
    let pictures: Members = types
        .iter()
        .map(|name| ((*name).to_owned(), json!({})))
        .collect();
    let picture = json!({
        "description": "The picture.",
        "headers": with_headers(true, &["X-Framefarm-Traded"]),
        "content": pictures,
    });
    let kept = json!({
        "description": "The caller has that picture already, by If-None-Match.",
        "headers": with_headers(true, &[]),
    });
    let mut answers = Members::from_iter([("200".to_owned(), picture), ("304".to_owned(), kept)]);
    for (status, _) in by_status(dialect) {
        if status != 404 || !operation_is_known {
            let answer = reference("responses", &component(dialect, status));
            answers.insert(status.to_string(), answer);
        }
    }
    answers.into()
}

/// The same answers to a HEAD.
pub(super) fn bodiless(answers: &Value) -> Value {
    let statuses = answers.as_object().into_iter().flat_map(Members::keys);
    let bodiless = statuses.map(|status| (status.clone(), reference("responses", BODILESS)));
    Value::Object(bodiless.collect())
}

/// An answer that no counting goes with; without a type it has no body.
pub(super) fn plain(description: &str, kind: Option<&str>, schema: &Value) -> Value {
    let mut answer = json!({"description": description, "headers": with_headers(false, &[])});
    if let Some(kind) = kind {
        answer["content"][kind] = json!({"schema": schema});
    }
    answer
}
