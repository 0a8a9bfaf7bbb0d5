//! The effect routes: `/{effect}/`, `/image/{effect}/`, with or without the last slash.
//!
//! One operation, its parameters in the query; unknown ones are ignored, because clients that
//! do not escape the `&` of a picture's URL must still work.

use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{Arguments, FormatChoice, Operation, Output, OutputFormat, Unknown};

use super::State;
use super::code::Dialect;
use super::exchange::{Current, Exchange};
use super::pictures::{self, Uploads};
use super::problem::Problem;
use super::query::Query;
use super::{admission, render, source};

/// What the clients of this dialect take for stills, whatever the source: of an animation its first
/// frame. Pipelines, and the same operations under other names, do them to every frame.
const STILLS: [&str; 7] = [
    "ascii", "colors", "glitch", "hog", "rgb", "sobel", "triangle",
];

/// `GET`, with `url=`.
pub(crate) async fn by_url(
    state: web::Data<State>,
    Current(exchange): Current,
    effect: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    exchange.set_dialect(Dialect::Effects);
    let result = async {
        let _permit = admission::admit(&exchange, &request)?;
        let query = Query::of(&request)?;
        let operation = operation(&effect, &query)?;
        rendered(&state, &exchange, &query, None, (&effect, operation)).await
    };
    finish(result.await, &exchange)
}

/// `POST`, with the picture as body or as part `image` of a form.
pub(crate) async fn by_upload(
    state: web::Data<State>,
    Current(exchange): Current,
    effect: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    exchange.set_dialect(Dialect::Effects);
    let result = async {
        let _permit = admission::admit(&exchange, &request)?;
        let query = Query::of(&request)?;
        let operation = operation(&effect, &query)?;
        admission::may_do(&exchange, std::slice::from_ref(&operation))?;
        let upload = source::upload(&state, &exchange, &request, payload).await?;
        let effect = (effect.as_str(), operation);
        rendered(&state, &exchange, &query, Some(upload.images), effect).await
    };
    finish(result.await, &exchange)
}

/// `GET /image/`: tells clients of this dialect that they have come to the right place.
pub(crate) async fn ping() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("content-type", "application/json"))
        .body(r#"{"message":"framefarm: GET /image/{effect}/?url=… or POST a picture; /v1/effects lists the effects"}"#)
}

fn operation(effect: &str, query: &Query) -> Result<Operation, Problem> {
    let arguments = Arguments::from_pairs(query.pairs());
    Ok(Operation::from_arguments(
        effect,
        &arguments,
        Unknown::Ignore,
    )?)
}

async fn rendered(
    state: &State,
    exchange: &Exchange,
    query: &Query,
    uploads: Option<Uploads>,
    (name, operation): (&str, Operation),
) -> Result<HttpResponse, Problem> {
    let mut output = Output::EFFECT();
    if STILLS.contains(&name) {
        output.format = FormatChoice::Exactly(OutputFormat::Png);
    }
    let operations = vec![operation];
    let pictures = pictures::gather(state, exchange, query, uploads, &operations).await?;
    render::render(state, exchange, pictures, operations, output).await
}

fn finish(result: Result<HttpResponse, Problem>, exchange: &Exchange) -> HttpResponse {
    result.unwrap_or_else(|problem| problem.respond(Dialect::Effects, exchange))
}
