//! The paths that lead to a job: one for each name of an effect, and the pipeline.

use protocol::{CATALOGUE, OPERATIONS_MAX, OUTPUT_OPTIONS, OutputFormat};
use serde_json::{Value, json};

use super::answers::{bodiless, of_job};
use super::names::{self, Name};
use super::{Members, others, parameters, reference};
use crate::http::code::Dialect;
use crate::http::pictures::{PARTS, PICTURES};

/// What the effect routes answer with.
const EFFECT_TYPES: [&str; 2] = ["image/png", "image/gif"];

/// The groups of paths.
pub(super) fn tags() -> Value {
    json!([
        {"name": "pipelines", "description": "Several operations, and every output format."},
        {"name": "effects", "description": "One operation. The same under /image/{effect}/; the last slash may be left out. Parameters that the operation does not have are ignored."},
        {"name": "catalogue", "description": "What there is."},
        {"name": "health", "description": "For load balancers and supervisors."},
        {"name": "pages", "description": "For people."},
    ])
}

/// Every path.
pub(super) fn all() -> Members {
    let names = names::all();
    let mut paths = Members::new();
    paths.insert("/v1/process".to_owned(), process());
    for name in &names {
        paths.insert(format!("/{}/", name.text), effect(name));
    }
    paths.insert("/image/{effect}/".to_owned(), any_effect(&names));
    paths.extend(others::all());
    paths
}

/// No token, a token after `Bearer`, or a token alone; where there is no upload, a signature.
fn security(method: &str) -> Value {
    match method {
        "get" => json!([{}, {"bearer": []}, {"token": []}, {"signature": []}]),
        _ => json!([{}, {"bearer": []}, {"token": []}]),
    }
}

fn effect(name: &Name) -> Value {
    let taken = if name.takes_pictures() { PICTURES } else { 1 };
    let urls = |posted: bool| -> Vec<Value> {
        let first = usize::from(posted);
        let urls = (first..taken).map(|at| parameters::url(at, !posted && at < 2));
        urls.collect()
    };
    let mut described = one_effect(name.text, &name.description(), &urls, taken, true);
    described["parameters"] = parameters::query(name).into();
    described
}

/// The routes that older clients know, whose parameters depend on the effect.
fn any_effect(names: &[Name]) -> Value {
    let names: Vec<_> = names.iter().map(|name| name.text).collect();
    let urls = |posted: bool| match posted {
        true => Vec::new(),
        false => vec![parameters::url(0, true)],
    };
    let text = "The effect of that name, with its parameters.";
    let mut described = one_effect("image", text, &urls, PICTURES, false);
    described["parameters"] = json!([
        {"name": "effect", "in": "path", "required": true, "schema": {"type": "string", "enum": names}, "example": "invert"},
        {"name": "parameters", "in": "query", "description": "Those of the effect.", "style": "form", "explode": true,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}}},
    ]);
    described
}

fn one_effect(
    id: &str,
    description: &str,
    urls: &dyn Fn(bool) -> Vec<Value>,
    pictures: usize,
    operation_is_known: bool,
) -> Value {
    let answers = of_job(Dialect::Effects, &EFFECT_TYPES, operation_is_known);
    let operation = |method: &str, summary: &str| {
        json!({
            "operationId": format!("{method}_{id}"),
            "tags": ["effects"],
            "summary": summary,
            "description": description,
            "parameters": urls(method == "post"),
            "security": security(method),
            "responses": answers,
        })
    };
    let mut post = operation("post", "To a picture that is uploaded");
    post["requestBody"] = upload(pictures, None);
    let get = operation("get", "To a picture by its address");
    let head = headed(&get, &format!("head_{id}"));
    json!({"get": get, "head": head, "post": post})
}

fn process() -> Value {
    let types: Vec<_> = OutputFormat::ALL.map(OutputFormat::content_type).into();
    let answers = of_job(Dialect::V1, &types, false);
    let examples: Vec<_> = CATALOGUE.iter().map(|spec| spec.example).collect();
    let names: Vec<_> = names::all().iter().map(|name| name.text).collect();
    let mut shared = vec![json!({
        "name": "op",
        "in": "query",
        "description": "An operation with its arguments, by position (resize:480:270) or by name (resize:height=270); done in order.",
        "style": "form",
        "explode": true,
        "schema": {
            "type": "array",
            "maxItems": OPERATIONS_MAX,
            "items": {"type": "string", "pattern": format!("^({})(:[^:]*)*$", names.join("|")), "examples": examples},
        },
        "example": ["resize:32", "blur:2"],
    })];
    shared.push(reference("parameters", "format"));
    shared.extend(
        OUTPUT_OPTIONS
            .iter()
            .map(|option| reference("parameters", option.parameter.name)),
    );
    let operation = |method: &str, summary: &str| {
        let first = usize::from(method == "post");
        let urls = (first..PICTURES).map(|at| parameters::url(at, at == 0));
        json!({
            "operationId": format!("{method}_process"),
            "tags": ["pipelines"],
            "summary": summary,
            "parameters": urls.collect::<Vec<_>>(),
            "security": security(method),
            "responses": answers,
        })
    };
    let mut post = operation("post", "Operations on a picture that is uploaded");
    post["requestBody"] = upload(PICTURES, Some(&reference("schemas", "Job")));
    let get = operation("get", "Operations on a picture by its address");
    let head = headed(&get, "head_process");
    json!({"parameters": shared, "get": get, "head": head, "post": post})
}

/// What a HEAD takes and answers, as the GET of the same path does.
fn headed(get: &Value, id: &str) -> Value {
    let mut head = get.clone();
    head["operationId"] = id.into();
    head["summary"] = "The head of what a GET answers".into();
    head["responses"] = bodiless(&get["responses"]);
    head
}

/// The picture as it is, or a form with up to that many, and perhaps a job.
fn upload(pictures: usize, job: Option<&Value>) -> Value {
    let file = json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"});
    let mut parts: Members = PARTS
        .iter()
        .take(pictures)
        .map(|part| ((*part).to_owned(), file.clone()))
        .collect();
    let mut encoding = Members::new();
    if let Some(job) = job {
        parts.insert("job".to_owned(), job.clone());
        encoding.insert("job".to_owned(), json!({"contentType": "application/json"}));
    }
    let form = json!({"type": "object", "required": ["image"], "properties": parts});
    json!({
        "required": true,
        "description": "The picture itself, under any type but multipart/form-data, or a form.",
        "content": {
            "application/octet-stream": {"schema": file},
            "multipart/form-data": {"schema": form, "encoding": encoding},
        },
    })
}
