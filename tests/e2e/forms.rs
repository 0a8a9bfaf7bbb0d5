//! Forms.

use crate::service::{Answer, Service};

/// Posts a form of the given parts.
pub(crate) fn form(service: &Service, path: &str, parts: &[(&str, &[u8])]) -> Answer {
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
    service.post_as(path, "multipart/form-data; boundary=boundary", &body)
}
