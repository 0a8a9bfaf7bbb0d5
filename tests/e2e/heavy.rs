//! A job that keeps a real worker busy for many seconds, for tests that interrupt it.

use std::sync::OnceLock;

use crate::made;
use crate::service::{Answer, Service};

/// A picture of 6 megapixels that compresses to next to nothing.
pub(crate) fn picture() -> Vec<u8> {
    static PICTURE: OnceLock<Vec<u8>> = OnceLock::new();
    let made = || made::png(&made::opaque_still(3000, 2000));
    PICTURE.get_or_init(made).clone()
}

/// Has it blurred towards the middle 32 times.
pub(crate) fn post(service: &Service) -> Answer {
    let ops = ["op=zoomblur"; 32].join("&");
    service.post(&format!("/v1/process?{ops}"), &picture())
}
