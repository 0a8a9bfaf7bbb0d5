//! Forms.

use crate::service::{Answer, Service};

/// The content type of [`body`].
pub(crate) const FORM: &str = "multipart/form-data; boundary=boundary";

/// Posts a form of the given parts.
pub(crate) fn form(service: &Service, path: &str, parts: &[(&str, &[u8])]) -> Answer {
    service.post_as(path, FORM, &body(parts))
}

/// A form of the given parts.
pub(crate) fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!(
            "--boundary\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--boundary--\r\n");
    body
}
