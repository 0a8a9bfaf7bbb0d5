//! The trace that a caller keeps (W3C Trace Context): its id goes into the log, so that lines of several
//! services can be put together, and what is exported (`../spans.rs`) becomes a part of it. Nothing is passed
//! on: where pictures come from is no part of anybody's trace.

use actix_web::http::header::HeaderMap;

use crate::spans::Trace;

/// What the header `traceparent` says; a header that is not as it should be says nothing.
pub(super) fn in_headers(headers: &HeaderMap) -> Option<Trace> {
    let mut given = headers.get_all("traceparent");
    let (first, second) = (given.next()?, given.next());
    let text = first.to_str().ok().filter(|_| second.is_none())?;
    trace(text)
}

/// `version-trace-parent-flags`, in lower-case hexadecimal.
fn trace(text: &str) -> Option<Trace> {
    let mut parts = text.splitn(5, '-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let (parent, flags) = (parts.next()?, parts.next()?);
    let is_known = version == "00";
    let sizes = [(version, 2), (trace, 32), (parent, 16), (flags, 2)];
    let sound = sizes.iter().all(|(part, size)| is_hex(part, *size))
        && version != "ff"
        // Later versions may add parts.
        && (!is_known || parts.next().is_none());
    let is_null = |part: &str| part.bytes().all(|byte| byte == b'0');
    (sound && !is_null(trace) && !is_null(parent)).then(|| Trace {
        id: trace.to_owned(),
        parent: parent.to_owned(),
        // The last of the flags.
        sampled: flags.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']),
    })
}

fn is_hex(part: &str, size: usize) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    part.len() == size && part.bytes().all(digit)
}

#[cfg(test)]
mod tests {
    use super::trace;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_sound_header_names_its_trace() {
        for sound in [
            format!("00-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-00"),
            format!("cc-{TRACE}-00f067aa0ba902b7-01"),
            format!("cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later"),
        ] {
            let trace = trace(&sound).unwrap_or_else(|| panic!("{sound}"));
            assert_eq!(
                (trace.id.as_str(), trace.parent.as_str()),
                (TRACE, "00f067aa0ba902b7")
            );
            assert_eq!(trace.sampled, !sound.ends_with("-00"), "{sound}");
        }
    }

    #[test]
    fn anything_else_names_none() {
        for unsound in [
            String::new(),
            TRACE.to_owned(),
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}0-00f067aa0ba902b7-01"),
            format!(" 00-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-1"),
        ] {
            assert_eq!(trace(&unsound), None, "{unsound}");
        }
    }
}
