//! A job that keeps a real worker busy for many seconds, for tests that interrupt it.

use crate::made;
use crate::service::{Answer, Service};

/// A picture of 6 megapixels that compresses to next to nothing.
pub(crate) fn picture() -> Vec<u8> {
    made::png(&made::opaque_still(3000, 2000))
}

/// Has it blurred 32 times.
pub(crate) fn post(service: &Service) -> Answer {
    let ops = ["op=blur:250"; 32].join("&");
    service.post(&format!("/v1/process?{ops}"), &picture())
}
