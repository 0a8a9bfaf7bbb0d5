//! Files of the pages for people that are built into the program: how one is sent, and how a
//! browser is told that it has it already. What they hold is not looked at here.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    VARY,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use ring::digest::{SHA256, digest};

use super::coding;
use super::exchange::Current;
use super::nothing_here;

/// What a page may do: load files from here, show pictures that it made itself, and ask this listener.
/// Its texts become text and never markup: assigning markup is refused by the browser.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Bytes of the digest that tell one version of a file from another.
const TAG_BYTES: usize = 8;

/// A file of a page; see the module.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static [u8],
}

/// Declares the files of a folder as a table of [`Asset`]s.
macro_rules! assets {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(Asset { name: $name, bytes: include_bytes!(concat!($folder, "/", $name)) }),+]
    };
}
pub(crate) use assets;

impl Asset {
    /// The names of all files.
    pub(crate) fn names(assets: &[Self]) -> Vec<&'static str> {
        assets.iter().map(|asset| asset.name).collect()
    }

    /// The file of that name.
    pub(crate) fn find(assets: &'static [Self], name: &str) -> Option<&'static Self> {
        assets.iter().find(|asset| asset.name == name)
    }

    /// The answer: the file, or that the browser's copy still holds. It is asked for again each
    /// time, because the next build may have another under the same name.
    pub(crate) fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let tag = self.tag();
        let known = request.headers().get_all(IF_NONE_MATCH);
        let mut known = known.filter_map(|value| value.to_str().ok());
        if known.any(|tags| tags.split(',').any(|given| names(given, &tag))) {
            let mut response = HttpResponse::NotModified();
            if coding::is_text_type(self.content_type().as_bytes()) {
                // As the file itself says.
                response.insert_header((VARY, "Accept-Encoding"));
            }
            return dressed(&mut response, &tag).finish();
        }
        let mut response = HttpResponse::Ok();
        response.insert_header((CONTENT_TYPE, self.content_type()));
        if self.name.ends_with(".html") {
            response.insert_header((CONTENT_SECURITY_POLICY, POLICY));
        }
        dressed(&mut response, &tag).body(self.bytes)
    }

    fn tag(&self) -> String {
        let digest = digest(&SHA256, self.bytes);
        let bytes = digest.as_ref().iter().take(TAG_BYTES);
        let text: String = bytes.map(|byte| format!("{byte:02x}")).collect();
        format!("\"{text}\"")
    }

    fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("jpg") => "image/jpeg",
            Some("webp") => "image/webp",
            _ => "application/octet-stream",
        }
    }
}

/// The file of that name, if there are to be pages for people.
pub(crate) async fn send(
    assets: &'static [Asset],
    name: &str,
    exchange: Current,
    request: HttpRequest,
) -> HttpResponse {
    match Asset::find(assets, name) {
        Some(file) if exchange.0.settings().playground => file.respond(&request),
        _ => nothing_here(exchange, request).await,
    }
}

/// Whether one of a client's tags is this. Caches in between may have made it a weak one.
pub(crate) fn names(given: &str, tag: &str) -> bool {
    let given = given.trim();
    given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag
}

fn dressed<'a>(response: &'a mut HttpResponseBuilder, tag: &str) -> &'a mut HttpResponseBuilder {
    response
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const PAGE: Asset = Asset {
        name: "page.html",
        bytes: b"<p>",
    };

    fn status(known: &str) -> u16 {
        let request = TestRequest::default().insert_header((IF_NONE_MATCH, known));
        PAGE.respond(&request.to_http_request()).status().as_u16()
    }

    #[test]
    fn a_browser_that_has_the_file_is_told_so_and_any_other_gets_it() {
        let tag = PAGE.tag();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            assert_eq!(status(&known), 304, "{known}");
        }
        for known in ["\"x\"".to_owned(), String::new(), tag.replace('"', "")] {
            assert_eq!(status(&known), 200, "{known}");
        }
    }

    #[test]
    fn two_files_have_two_tags() {
        let other = Asset {
            name: "page.html",
            bytes: b"<b>",
        };
        assert_ne!(PAGE.tag(), other.tag());
    }
}
