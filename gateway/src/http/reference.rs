//! The reference: a page at `/docs` that shows what `/openapi.json` says, to read and to try. Like the
//! playground it is files only, some of them the playground's own, and goes away with it.

use actix_web::{HttpRequest, HttpResponse, web};

use super::assets::{Asset, assets, send};
use super::exchange::Current;

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
    send(FILES, "index.html", exchange, request).await
}

/// `GET /docs/{file}`
pub(crate) async fn file(
    exchange: Current,
    name: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    send(FILES, &name, exchange, request).await
}
