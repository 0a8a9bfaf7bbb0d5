//! The reference: a page at `/docs` that shows what `/openapi.json` says, to read and to try. Like the
//! playground it is files only, some of them the playground's own, and goes away with it.

use actix_web::{HttpRequest, HttpResponse, web};

use super::assets::{Asset, assets};
use super::exchange::Current;
use super::nothing_here;

/// Under `/docs/`.
pub(crate) static FILES: &[Asset] = assets!("reference":
    "index.html",
    "page.css",
    "main.js",
    "document.js",
    "entry.js",
    "trial.js",
);

/// `GET /docs`
pub(crate) async fn page(exchange: Current, request: HttpRequest) -> HttpResponse {
    send("index.html", exchange, request).await
}

/// `GET /docs/{file}`
pub(crate) async fn file(
    exchange: Current,
    name: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    send(&name, exchange, request).await
}

async fn send(name: &str, exchange: Current, request: HttpRequest) -> HttpResponse {
    match Asset::find(FILES, name) {
        Some(file) if exchange.0.settings().playground => file.respond(&request),
        _ => nothing_here(exchange, request).await,
    }
}
