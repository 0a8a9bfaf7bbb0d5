//! The playground: a page at `/` on which people try operations on pictures of their own. It is
//! files only and knows nothing that `/v1/effects` does not tell it; what it asks for goes through
//! the same routes as everybody's requests.

use actix_web::{HttpRequest, HttpResponse, web};

use super::assets::{Asset, assets, send};
use super::exchange::Current;

/// Under `/playground/`, because a name alone would be an effect's.
pub(crate) static FILES: &[Asset] = assets!("playground":
    "index.html",
    "style.css",
    "controls.css",
    "main.js",
    "catalogue.js",
    "code.js",
    "colour.js",
    "compare.js",
    "controls.js",
    "dom.js",
    "file.js",
    "output.js",
    "picker.js",
    "pictures.js",
    "preview.js",
    "request.js",
    "state.js",
    "steps.js",
    "icon.svg",
    "windmill.webp",
    "cat.jpg",
    "rosette.png",
);

/// `GET /`
pub(crate) async fn page(exchange: Current, request: HttpRequest) -> HttpResponse {
    send(FILES, "index.html", exchange, request).await
}

/// `GET /playground/{file}`
pub(crate) async fn file(
    exchange: Current,
    name: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    send(FILES, &name, exchange, request).await
}
