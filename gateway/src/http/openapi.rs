//! `GET /openapi.json`: the public listener as an OpenAPI 3.1 document, made from the tables that the
//! service itself runs on: the catalogue, the options of output, the error codes. What stands here by hand is
//! only what no table holds; `tests.rs` compares the paths with the router's.
//!
//! It describes what a request should look like. Spellings that are understood besides (numbers as texts
//! in a job, a missing last slash) are told in words.

mod answers;
mod jobs;
mod names;
mod others;
mod parameters;
mod paths;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::assets::Asset;

/// A picture of 24 × 16 px in two colours on a third, so that examples need nobody else.
const EXAMPLE_PICTURE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAMAAAA7+k+nAAAACVBMVEXz7+awMBoNCwqZLg3xAAAAN0lEQVR42q3PKRIAMAzDwFT/f3RBQY6JWA21yBGfd96sV6H1FAQQQAABBBCgQCyd8ZwB+WuH0rmNlwEKqSn9aQAAAABJRU5ErkJggg==";

/// Name and value of each member, for objects that are put together from tables.
type Members = Map<String, Value>;

/// It is the same for as long as the program runs.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| whole().to_string().into_bytes());

/// `GET /openapi.json`
pub(crate) async fn document(request: HttpRequest) -> HttpResponse {
    let file = Asset {
        name: "openapi.json",
        bytes: TEXT.as_slice(),
    };
    file.respond(&request)
}

fn whole() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "framefarm",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Image manipulation that a bad image cannot take down",
            "description": "Two dialects, one pipeline: /{effect}/ does one operation and knows few statuses, /v1/process does up to 32 of them in order. Both take a picture by its address or as an upload. The content of a picture tells its format, never a name or a header. URLs of imgproxy's form are served besides, and not described here.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": paths::tags(),
        "paths": paths::all(),
        "components": {
            "schemas": schemas(),
            "parameters": parameters::components(),
            "responses": answers::components(),
            "headers": answers::headers(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of this service. Only where the operator has set up tokens.",
                },
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "The token alone, without \"Bearer \" before it, as older clients send it.",
                },
                "signature": {
                    "type": "apiKey",
                    "in": "query",
                    "name": "signature",
                    "description": "In place of a token, on a URL that somebody with a key has made: HMAC-SHA256 over path and query, the parameters expires (seconds since 1970) and key (its name) included. `framefarm sign` makes them.",
                },
            },
        },
        "x-error-codes": answers::codes(),
    })
}

fn schemas() -> Members {
    let mut schemas = jobs::schemas();
    schemas.extend(answers::schemas());
    schemas
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}
