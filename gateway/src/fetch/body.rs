//! The body of an answer on its way in: as it is, or inflated when its origin sent it by gzip although
//! it was asked not to. Other compressions are refused by name.
//!
//! What counts against `source_bytes_max` is what has arrived and what it inflates to, each for
//! itself, so that a bomb has cost the limit when it is refused, and no more.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::intake::{Intake, IntakeError, Receipt, Source};

/// Inflated at a stretch before others have their turn on this thread, bytes: about a millisecond.
const STRETCH_BYTES: u64 = 256 * 1024;

/// Why a body is not taken in.
#[derive(Debug)]
pub(super) enum BodyError {
    /// It, or all sources together, are too long.
    Refused(IntakeError),
    /// It is compressed, and cannot be inflated.
    Broken(String),
}

impl From<IntakeError> for BodyError {
    fn from(error: IntakeError) -> Self {
        Self::Refused(error)
    }
}

/// See the module.
pub(super) enum Body {
    AsItIs(Receipt),
    Gzip(Box<Inflating>),
}

/// A stream of gzip members, one behind the other, as the format allows.
pub(super) struct Inflating {
    decoder: MultiGzDecoder<Sink>,
    compressed: u64,
}

/// What inflates into the receipt, and remembers why that refused.
struct Sink {
    receipt: Receipt,
    inflated: u64,
    refused: Option<IntakeError>,
}

impl Body {
    /// For an answer with these headers, whose body has that length as it is sent.
    pub(super) fn begin(
        headers: &HeaderMap,
        announced: Option<u64>,
        intake: &Intake,
    ) -> Result<Self, BodyError> {
        let coding = coding(headers);
        let is_gzip = match coding.as_deref() {
            None => false,
            Some("gzip" | "x-gzip") => true,
            Some(other) => {
                return Err(BodyError::Broken(format!(
                    "it sent the file compressed ({}), although asked for it as it is, and only \
                     gzip is inflated here",
                    protocol::clip(other)
                )));
            }
        };
        let receipt = intake.begin(announced)?;
        Ok(match is_gzip {
            false => Self::AsItIs(receipt),
            true => Self::Gzip(Box::new(Inflating {
                decoder: MultiGzDecoder::new(Sink {
                    receipt,
                    inflated: 0,
                    refused: None,
                }),
                compressed: 0,
            })),
        })
    }

    /// Takes in the next piece. Nothing more may be pushed after an error.
    pub(super) async fn push(&mut self, piece: &[u8]) -> Result<(), BodyError> {
        match self {
            Self::AsItIs(receipt) => Ok(receipt.push(piece)?),
            Self::Gzip(inflating) => inflating.push(piece).await,
        }
    }

    /// The body is complete.
    pub(super) fn finish(self) -> Result<Source, BodyError> {
        match self {
            Self::AsItIs(receipt) => Ok(receipt.finish()),
            Self::Gzip(inflating) => inflating.finish(),
        }
    }
}

impl Inflating {
    async fn push(&mut self, mut piece: &[u8]) -> Result<(), BodyError> {
        self.compressed += piece.len() as u64;
        let max = self.decoder.get_ref().receipt.bytes_max();
        if self.compressed > max {
            return Err(IntakeError::TooLong { value: None, max }.into());
        }
        let mut rested = self.decoder.get_ref().inflated;
        while !piece.is_empty() {
            // Each call writes what fits a small buffer, however much there is.
            match self.decoder.write(piece) {
                Ok(0) => return Err(broken("it does not go on")),
                Ok(taken) => piece = &piece[taken..],
                Err(error) => return Err(self.failed(&error)),
            }
            let inflated = self.decoder.get_ref().inflated;
            if inflated - rested >= STRETCH_BYTES {
                rested = inflated;
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Source, BodyError> {
        if let Err(error) = self.decoder.try_finish() {
            return Err(self.failed(&error));
        }
        let sink = self.decoder.finish();
        let sink = sink.map_err(|error| broken(&error.to_string()))?;
        Ok(sink.receipt.finish())
    }

    fn failed(&self, error: &io::Error) -> BodyError {
        match self.decoder.get_ref().refused {
            Some(refused) => BodyError::Refused(refused),
            None if error.kind() == io::ErrorKind::UnexpectedEof => broken("it is cut off"),
            None => broken(&error.to_string()),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.receipt.push(piece).map_err(|refused| {
            self.refused = Some(refused);
            io::Error::from(io::ErrorKind::FileTooLarge)
        })?;
        self.inflated += piece.len() as u64;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn broken(why: &str) -> BodyError {
    BodyError::Broken(format!(
        "it sent the file compressed (gzip), and that is broken ({why})"
    ))
}

/// What the body was compressed with, if it was, in lower case; several in their order.
fn coding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(CONTENT_ENCODING).into_iter();
    let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let codings: Vec<_> = values
        .flat_map(|value| {
            let codings = value.split(',').map(|one| one.trim().to_ascii_lowercase());
            codings.collect::<Vec<_>>()
        })
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    (!codings.is_empty()).then(|| codings.join(", "))
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::settings::Settings;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn intake(limit: &str) -> Intake {
        Intake::new(&Settings::with(&[("source_bytes_max", limit)]))
    }

    fn begin(coding: &'static str, intake: &Intake) -> Result<Body, BodyError> {
        let coding = HeaderValue::from_static(coding);
        let headers = [(CONTENT_ENCODING, coding)].into_iter().collect();
        Body::begin(&headers, None, intake)
    }

    /// In pieces of that length.
    async fn inflate(intake: &Intake, sent: &[u8], length: usize) -> Result<Source, BodyError> {
        let mut body = begin("gzip", intake)?;
        for piece in sent.chunks(length) {
            body.push(piece).await?;
        }
        body.finish()
    }

    fn pattern(length: usize) -> Vec<u8> {
        let value = |at: usize| (at.wrapping_mul(at) >> 7) as u8;
        (0..length).map(value).collect()
    }

    #[tokio::test]
    async fn members_one_behind_the_other_are_one_file_in_pieces_of_any_length() {
        let (first, second) = (pattern(100_000), pattern(77));
        let sent = [gzip(&first), gzip(b""), gzip(&second)].concat();
        let file = [first, second].concat();
        for length in [1, 2, 7, 1000, sent.len()] {
            let source = inflate(&intake("1 MiB"), &sent, length).await.unwrap();
            assert!(source.bytes == file, "in pieces of {length}");
        }
    }

    #[tokio::test]
    async fn what_is_cut_off_changed_or_followed_by_something_is_broken() {
        let whole = gzip(&pattern(5000));
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        let followed = [whole.as_slice(), b"\0\0"].concat();
        let mut all = vec![
            Vec::new(),
            changed,
            followed,
            b"zzzzzzzzzzzzzzzzzzzz".to_vec(),
        ];
        all.extend((1..whole.len()).map(|length| whole[..length].to_vec()));
        for sent in all {
            for length in [1, 4096] {
                let result = inflate(&intake("1 MiB"), &sent, length).await;
                let Err(BodyError::Broken(why)) = result else {
                    panic!("{} bytes: {result:?}", sent.len());
                };
                assert!(
                    why.contains("compressed (gzip), and that is broken"),
                    "{why}"
                );
            }
        }
    }

    #[tokio::test]
    async fn the_limit_holds_for_what_it_inflates_to_and_nothing_is_held_afterwards() {
        let too_long = |result| match result {
            Err(BodyError::Refused(IntakeError::TooLong { value: None, max })) => max,
            other => panic!("{other:?}"),
        };
        let intake = intake("64 KiB");
        let exactly = gzip(&vec![0; 65536]);
        let source = inflate(&intake, &exactly, 9).await.unwrap();
        assert_eq!((source.bytes.len(), intake.held()), (65536, 65536));
        drop(source);
        let bomb = gzip(&vec![0; 50 << 20]);
        assert!(bomb.len() < 60_000);
        for sent in [gzip(&vec![0; 65537]), bomb] {
            assert_eq!(too_long(inflate(&intake, &sent, 4096).await), 65536);
            assert_eq!(intake.held(), 0);
        }
        // Nothing comes of these, for ever.
        let empty = gzip(b"").repeat(4000);
        assert_eq!(too_long(inflate(&intake, &empty, 4096).await), 65536);
    }

    #[test]
    fn other_compressions_are_refused_by_name() {
        let intake = intake("1 KiB");
        for as_it_is in ["", "identity", "Identity, identity"] {
            assert!(matches!(begin(as_it_is, &intake), Ok(Body::AsItIs(_))));
        }
        for gzip in ["gzip", "X-Gzip", "identity,GZIP"] {
            assert!(matches!(begin(gzip, &intake), Ok(Body::Gzip(_))), "{gzip}");
        }
        for other in ["br", "deflate", "zstd", "gzip, gzip", "gzip, br"] {
            let Err(BodyError::Broken(why)) = begin(other, &intake) else {
                panic!("{other}");
            };
            assert!(why.contains(&format!("({other})")), "{why}");
        }
    }
}
