//! What is where on the public listener, as one table: the router is made of it, and the tests hold
//! the OpenAPI document (`openapi.rs`) against it. The first path that fits wins, so names of effects come last.

use actix_web::{FromRequest, Handler, Resource, Responder, web};

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

// Whatever can be got can be asked for without its body: link previews and caches do.
routes! {
    "/livez" "GET, HEAD" |at| reading(at, health::live);
    "/readyz" "GET, HEAD" |at| reading(at, health::ready);
    "/v1/effects" "GET, HEAD" |at| reading(at, process::effects);
    "/v1/process" "GET, HEAD, POST" |at| {
        reading(at, process::by_url).route(web::post().to(process::by_upload))
    };
    "/openapi.json" "GET, HEAD" |at| reading(at, openapi::document);
    "/" "GET, HEAD" |at| reading(at, playground::page);
    "/playground/{file}" "GET, HEAD" |at| reading(at, playground::file);
    "/docs" "GET, HEAD" |at| reading(at, reference::page);
    "/docs/{file}" "GET, HEAD" |at| reading(at, reference::file);
    "/image" "GET, HEAD" |at| reading(at, effects::ping);
    "/image/" "GET, HEAD" |at| reading(at, effects::ping);
    "/image/{effect}" "GET, HEAD, POST" effect;
    "/image/{effect}/" "GET, HEAD, POST" effect;
    "/{effect}" "GET, HEAD, POST" effect;
    "/{effect}/" "GET, HEAD, POST" effect;
}

/// The same for GET and HEAD; the server leaves the body of the second away.
fn reading<H, A>(at: Resource, handler: H) -> Resource
where
    H: Handler<A> + Copy,
    A: FromRequest + 'static,
    H::Output: Responder + 'static,
{
    at.route(web::get().to(handler))
        .route(web::head().to(handler))
}

fn effect(at: Resource) -> Resource {
    reading(at, effects::by_url).route(web::post().to(effects::by_upload))
}
