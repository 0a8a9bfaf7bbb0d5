//! How the operations of the catalogue are asked for in tests of all of them: with their examples.
//! An operation that needs more than one picture gets the others here and nowhere else.

use protocol::Operation;

use crate::forms::form;
use crate::made::png;
use crate::picture::Picture;
use crate::service::{Answer, Service};

/// The answer to a pipeline of those `op=` values; `options` is what else stands in the query.
pub(crate) fn ask(service: &Service, operations: &[&str], options: &str, source: &[u8]) -> Answer {
    let query: String = operations.iter().map(|one| format!("op={one}&")).collect();
    let path = format!("/v1/process?{query}{options}");
    // What cannot be read is for the service to refuse.
    let read = operations
        .iter()
        .filter_map(|one| Operation::from_text(one).ok());
    match read.filter_map(|operation| operation.picture()).max() {
        None => service.post(&path, source),
        Some(last) => {
            let (names, second) = ((2..=last).map(|number| format!("image{number}")), second());
            let names: Vec<_> = names.collect();
            let others = names.iter().map(|name| (name.as_str(), second.as_slice()));
            let parts: Vec<_> = [("image", source)].into_iter().chain(others).collect();
            form(service, &path, &parts)
        }
    }
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

/// What those get that take a second picture: a seal of three rings with soft edges, 64 × 64 px.
pub(crate) fn second() -> Vec<u8> {
    const RINGS: [(f64, [u8; 3]); 3] = [
        (31.0, [180, 22, 46]),
        (25.0, [255, 255, 255]),
        (20.0, [30, 60, 140]),
    ];
    png(&Picture::painted(64, 64, |x, y| {
        let far = (x as f64 - 31.5).hypot(y as f64 - 31.5);
        let inside = |radius: f64| (radius - far + 0.5).clamp(0.0, 1.0);
        let mut colour = RINGS[0].1.map(f64::from);
        for (radius, ring) in &RINGS[1..] {
            for (channel, ring) in colour.iter_mut().zip(ring) {
                *channel += (f64::from(*ring) - *channel) * inside(*radius);
            }
        }
        let [red, green, blue] = colour.map(|channel| channel.round() as u8);
        [red, green, blue, (inside(RINGS[0].0) * 255.0).round() as u8]
    }))
}
