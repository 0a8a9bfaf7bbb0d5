//! Pictures that stand in the URL itself: `data:image/png;base64,…`. Nothing is fetched for them;
//! the limits of a source hold. The media type is not looked at, as no other source's is.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::FetchError;
use crate::intake::{Intake, Source};

const SCHEME: &str = "data:";

/// With or without `=` at the end.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether the picture stands in this URL.
pub(super) fn is_inline(url: &str) -> bool {
    let scheme = url.get(..SCHEME.len());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
}

/// The picture in a URL that [`is_inline`].
pub(super) fn read(url: &str, intake: &Intake) -> Result<Source, FetchError> {
    let invalid = |why: &str| FetchError::InvalidUrl(why.to_owned());
    let (head, text) = url
        .split_once(',')
        .ok_or_else(|| invalid("a data URL needs a comma before its data"))?;
    let is_base64 = head.rsplit(';').next();
    if !is_base64.is_some_and(|last| last.eq_ignore_ascii_case("base64")) {
        return Err(invalid(
            "of data URLs only base64 is read, like data:image/png;base64,…",
        ));
    }
    // A + that was not escaped has become a space in the query; - and _ are those of URLs.
    let text = text.trim_end_matches('=').bytes();
    let text: Vec<u8> = text
        .map(|byte| match byte {
            b' ' | b'-' => b'+',
            b'_' => b'/',
            byte => byte,
        })
        .collect();
    let length = text.len() as u64 * 3 / 4;
    let mut receipt = intake.begin(Some(length))?;
    let bytes = ENGINE
        .decode(text)
        .map_err(|error| FetchError::InvalidUrl(format!("its data is not base64: {error}")))?;
    receipt.push(&bytes)?;
    Ok(receipt.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read_with(limit: &str, url: &str) -> Result<Vec<u8>, FetchError> {
        let intake = Intake::new(&Settings::with(&[("source_bytes_max", limit)]));
        read(url, &intake).map(|source| source.bytes.to_vec())
    }

    #[test]
    fn base64_is_read_in_the_spellings_that_arrive() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        for text in ["+//+AQ==", "+//+AQ", " // AQ==", "-__-AQ"] {
            for head in [
                "data:image/png;base64",
                "DATA:;BASE64",
                "data:text/plain;charset=x;base64",
            ] {
                let url = format!("{head},{text}");
                assert!(is_inline(&url));
                assert_eq!(read_with("1 KiB", &url).unwrap(), bytes, "{url}");
            }
        }
        assert!(read_with("1 KiB", "data:;base64,").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_base64_is_invalid() {
        for (url, why) in [
            ("data:image/png,abc", "only base64"),
            ("data:", "comma"),
            ("data:;base64,A", "not base64"),
            ("data:;base64,A!==", "not base64"),
            ("data:;base64,AAAA=AAAA", "not base64"),
        ] {
            let error = read_with("1 KiB", url).unwrap_err();
            assert!(error.to_string().contains(why), "{url}: {error}");
        }
    }

    #[test]
    fn the_limit_of_a_source_holds_for_the_decoded_bytes() {
        assert_eq!(read_with("3", "data:;base64,AAAA").unwrap(), [0; 3]);
        let (value, max) = (Some(4), 3);
        assert_eq!(
            read_with("3", "data:;base64,AAAAAA=="),
            Err(FetchError::TooLarge { value, max })
        );
    }
}
