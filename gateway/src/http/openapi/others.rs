//! The paths that lead to no job: health checks, the catalogue, pages for people.

use serde_json::{Value, json};

use super::answers::{bodiless, plain};
use super::{Members, reference};
use crate::http::assets::Asset;
use crate::http::{playground, reference as docs};

const JSON: Option<&str> = Some("application/json");
const HTML: Option<&str> = Some("text/html; charset=utf-8");

/// Every one of them.
pub(super) fn all() -> Members {
    let paths = health().into_iter().chain(catalogue()).chain(pages());
    paths.map(|(path, item)| (path.to_owned(), item)).collect()
}

type Path = (&'static str, Value);

/// An operation without parameters; `answers` by status.
fn get(tag: &str, id: &str, summary: &str, answers: &Value) -> Value {
    json!({"operationId": id, "tags": [tag], "summary": summary, "responses": answers})
}

/// The same with and without a body.
fn get_and_head(tag: &str, id: &str, summary: &str, answers: &Value) -> Value {
    let head = format!("{id}_head");
    json!({
        "get": get(tag, id, summary, answers),
        "head": get(tag, &head, summary, &bodiless(answers)),
    })
}

fn health() -> Vec<Path> {
    let word = |text: &str, words: &[&str]| {
        let status = json!({"status": {"enum": words}});
        let schema = json!({"type": "object", "required": ["status"], "properties": status});
        plain(text, JSON, &schema)
    };
    let live = json!({"200": word("It runs.", &["alive"])});
    let ready = json!({
        "200": word("They do.", &["ready"]),
        "503": word("They do not, or will not for long.", &["draining", "no worker answers"]),
    });
    vec![
        (
            "/livez",
            get_and_head("health", "livez", "Whether the process runs", &live),
        ),
        (
            "/readyz",
            get_and_head("health", "readyz", "Whether pictures get done", &ready),
        ),
    ]
}

fn catalogue() -> Vec<Path> {
    let described = |members: &[&str]| {
        let item = json!({"type": "object", "required": members});
        json!({"type": "array", "items": item})
    };
    let effects = json!({
        "type": "object",
        "required": ["operations", "formats", "output"],
        "properties": {
            "operations": described(&["name", "group", "description", "example", "parameters"]),
            "formats": {"type": "array", "items": {"type": "string"}},
            "output": described(&["name", "type", "description", "formats"]),
        },
    });
    let greeting = json!({"type": "object", "required": ["message"]});
    let one = |id: &str, summary: &str, schema: &Value| {
        let answers = json!({"200": plain("As JSON.", JSON, schema)});
        get_and_head("catalogue", id, summary, &answers)
    };
    let options = "Operations, their parameters, and the options of output";
    let welcome = "Tells clients of effects that they have come to the right place";
    vec![
        ("/v1/effects", one("catalogue", options, &effects)),
        (
            "/openapi.json",
            one("openapi", "This document", &json!({"type": "object"})),
        ),
        ("/image/", one("image", welcome, &greeting)),
    ]
}

/// With the setting `playground` at false there are none.
fn pages() -> Vec<Path> {
    let missing = reference("responses", "not_found");
    let html = json!({"type": "string"});
    let page = json!({"200": plain("The page.", HTML, &html), "404": missing});
    let file = json!({"200": plain("The file.", Some("*/*"), &json!({})), "404": missing});
    let files = |id: &str, assets: &[Asset]| {
        let names = json!({"enum": Asset::names(assets)});
        let mut item = get_and_head("pages", id, "A file of the page", &file);
        item["parameters"] =
            json!([{"name": "file", "in": "path", "required": true, "schema": names}]);
        item
    };
    vec![
        (
            "/",
            get_and_head("pages", "playground", "The playground", &page),
        ),
        (
            "/playground/{file}",
            files("playground_file", playground::FILES),
        ),
        (
            "/docs",
            get_and_head("pages", "docs", "The reference", &page),
        ),
        ("/docs/{file}", files("docs_file", docs::FILES)),
    ]
}
