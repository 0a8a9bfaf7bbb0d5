//! What is where on the public listener, as one table: the router is made of it, and the tests hold
//! the OpenAPI document (`openapi.rs`) against it. The first path that fits wins, so names of effects come last.

use actix_web::{Resource, web};

use super::{effects, health, openapi, playground, process, reference};

/// A path and what it takes.
pub(crate) struct Route {
    /// In the router's spelling, with `{names}` for what varies.
    pub(crate) path: &'static str,
    /// As the header `Allow` names them.
    pub(crate) methods: &'static str,
    /// Adds a handler for each of them.
    pub(crate) handlers: fn(Resource) -> Resource,
}

macro_rules! routes {
    ($($path:literal $methods:literal $handlers:expr;)+) => {
        /// See the module.
        pub(crate) static PUBLIC: &[Route] = &[$(Route {
            path: $path,
            methods: $methods,
            handlers: $handlers,
        }),+];
    };
}

routes! {
    "/livez" "GET, HEAD" |at| {
        // Some load balancers ask without wanting the body.
        at.route(web::get().to(health::live)).route(web::head().to(health::live))
    };
    "/readyz" "GET, HEAD" |at| {
        at.route(web::get().to(health::ready)).route(web::head().to(health::ready))
    };
    "/v1/effects" "GET" |at| at.route(web::get().to(process::effects));
    "/v1/process" "GET, POST" |at| {
        at.route(web::get().to(process::by_url)).route(web::post().to(process::by_upload))
    };
    "/openapi.json" "GET" |at| at.route(web::get().to(openapi::document));
    "/" "GET, HEAD" |at| {
        at.route(web::get().to(playground::page)).route(web::head().to(playground::page))
    };
    "/playground/{file}" "GET" |at| at.route(web::get().to(playground::file));
    "/docs" "GET, HEAD" |at| {
        at.route(web::get().to(reference::page)).route(web::head().to(reference::page))
    };
    "/docs/{file}" "GET" |at| at.route(web::get().to(reference::file));
    "/image" "GET" |at| at.route(web::get().to(effects::ping));
    "/image/" "GET" |at| at.route(web::get().to(effects::ping));
    "/image/{effect}" "GET, POST" effect;
    "/image/{effect}/" "GET, POST" effect;
    "/{effect}" "GET, POST" effect;
    "/{effect}/" "GET, POST" effect;
}

fn effect(at: Resource) -> Resource {
    at.route(web::get().to(effects::by_url))
        .route(web::post().to(effects::by_upload))
}
