//! How the operations of the catalogue are asked for in tests of all of them: with their examples.
//! An operation that needs more than one picture gets the others here and nowhere else.

use crate::service::{Answer, Service};

/// The answer to a pipeline of those `op=` values; `options` is what else stands in the query.
pub(crate) fn ask(service: &Service, operations: &[&str], options: &str, source: &[u8]) -> Answer {
    let operations: String = operations.iter().map(|one| format!("op={one}&")).collect();
    service.post(&format!("/v1/process?{operations}{options}"), source)
}

/// The body of the same, or what went wrong.
pub(crate) fn made(
    service: &Service,
    operations: &[&str],
    options: &str,
    source: &[u8],
) -> Result<Vec<u8>, String> {
    let answer = ask(service, operations, options, source);
    match answer.status {
        200 => Ok(answer.body),
        status => Err(format!(
            "{}: status {status}, {}",
            operations.join(", "),
            answer.json()
        )),
    }
}
