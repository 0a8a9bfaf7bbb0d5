//! Forms, and jobs with as many pictures as their operations take.

use protocol::Operation;

use crate::service::{Answer, Service};

/// The names of a form's pictures.
const PARTS: [&str; 4] = ["image", "image2", "image3", "image4"];

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

/// Has `op` done to a picture, which is also what lies on it if the operation takes another.
/// `output` is the rest of the query.
pub(crate) fn done(service: &Service, op: &str, output: &str, picture: &[u8]) -> Answer {
    let path = format!("/v1/process?op={op}{output}");
    // What is refused is for the service to say.
    let operation = Operation::from_text(op).ok();
    match operation.and_then(|operation| operation.picture()) {
        None => service.post(&path, picture),
        Some(number) => {
            let parts = PARTS.map(|part| (part, picture));
            form(service, &path, &parts[..number as usize])
        }
    }
}
