//! Answers to what never became a request, so that they too are what every error is: JSON with a code.
//! The server underneath has answers of its own for that, without a body; what leaves in their place is
//! made here, and put there by `line.rs`.

use serde_json::json;

use super::code::Code;
use super::exchange::fresh_id;

/// What went wrong before there was a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    Malformed,
    HeadTooLate,
    HeadTooLarge,
}

impl Unread {
    /// What a bare answer of the server underneath says; `None` for any other bytes.
    pub(super) fn said_by(answer: &[u8]) -> Option<Self> {
        let is_bare = answer.ends_with(b"\r\n\r\n")
            && answer.windows(BARE.len()).any(|window| window == BARE);
        let status = answer.strip_prefix(b"HTTP/1.").filter(|_| is_bare)?;
        // After the digit of the version, which is that of the request before.
        let status = status.get(2..)?;
        [Self::Malformed, Self::HeadTooLarge]
            .into_iter()
            .find(|unread| status.starts_with(unread.status().as_bytes()))
    }

    /// The whole answer, after which the connection is closed.
    pub(super) fn answer(self) -> String {
        let (id, status) = (fresh_id(), self.status());
        let (code, limit, message) = match self {
            Self::Malformed => (
                Code::BadRequest,
                None,
                "This is no HTTP request that can be read: its head or the coding of its body is malformed.",
            ),
            Self::HeadTooLate => (
                Code::RequestTimeout,
                Some("head_timeout_ms"),
                "The head of the request was not complete in time (head_timeout_ms).",
            ),
            Self::HeadTooLarge => (
                Code::BadRequest,
                Some("head"),
                "The head of the request is too large: at most 128 KiB and 96 headers.",
            ),
        };
        let mut body = json!({"code": code.name(), "message": message, "request_id": id});
        if let (Some(limit), Some(members)) = (limit, body.as_object_mut()) {
            members.insert("limit".to_owned(), limit.into());
        }
        tracing::debug!(request_id = id, status, code = code.name(), "no request");
        let body = body.to_string();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\nx-request-id: {id}\r\nx-content-type-options: nosniff\r\n\r\n{body}",
            body.len()
        )
    }

    fn status(self) -> &'static str {
        match self {
            Self::Malformed => "400 Bad Request",
            Self::HeadTooLate => "408 Request Timeout",
            Self::HeadTooLarge => "431 Request Header Fields Too Large",
        }
    }
}

const BARE: &[u8] = b"\r\ncontent-length: 0\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_answer_of_the_server_is_taken_for_one() {
        let bare = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert_eq!(Unread::said_by(bare.as_bytes()), Some(Unread::Malformed));
        let large = bare.replace("400 Bad Request", "431 Request Header Fields Too Large");
        assert_eq!(
            Unread::said_by(large.as_bytes()),
            Some(Unread::HeadTooLarge)
        );
        for other in [
            "",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n",
        ] {
            assert_eq!(Unread::said_by(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn every_answer_is_as_long_as_it_says() {
        for unread in [Unread::Malformed, Unread::HeadTooLate, Unread::HeadTooLarge] {
            let answer = unread.answer();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            assert!(head.contains(body["request_id"].as_str().unwrap()));
        }
    }
}
