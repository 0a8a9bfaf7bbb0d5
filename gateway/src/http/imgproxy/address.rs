//! The parts of such a path: signature, options, the source's address, extension. What they mean is
//! not known here.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use super::super::code::Code;
use super::super::problem::Problem;

/// Libraries leave the padding out, people copy it along.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const FORM: &str = "/{signature}/{options}/plain/{escaped URL}@{extension} or /{signature}/{options}/{URL in base64}.{extension}";

/// See the module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// Each `name:argument:…`.
    pub(super) options: Vec<&'a str>,
    pub(super) source: String,
    pub(super) extension: Option<String>,
}

/// The signature, and all that it signs, with its slash.
pub(super) fn signature(rest: &str) -> Result<(&str, &str), Problem> {
    let path = rest.trim_start_matches('/');
    let end = path
        .find('/')
        .ok_or_else(|| malformed("ends before the address of a picture"))?;
    Ok(path.split_at(end))
}

impl<'a> Address<'a> {
    /// What follows the signature.
    pub(super) fn read(signed: &'a str) -> Result<Self, Problem> {
        let mut rest = signed.trim_start_matches('/');
        let mut options = Vec::new();
        // Base64 has no colon, and neither has the word before a plain address.
        while let Some((option, behind)) = rest.split_once('/') {
            if !option.contains(':') {
                break;
            }
            options.push(option);
            rest = behind;
        }
        let (source, extension) = match rest.split_once('/') {
            Some(("plain", plain)) => plain_address(plain)?,
            Some(("enc", _)) => {
                return Err(malformed(
                    "has an encrypted address, which is not served here",
                ));
            }
            _ => encoded_address(rest)?,
        };
        if source.is_empty() {
            return Err(malformed("has no address of a picture"));
        }
        Ok(Self {
            options,
            source,
            extension: extension.filter(|text| !text.is_empty()),
        })
    }
}

fn plain_address(text: &str) -> Result<(String, Option<String>), Problem> {
    let (source, extension) = parted(text, '@')?;
    let source = percent_decode_str(source).decode_utf8();
    let source = source.map_err(|_| malformed("has an address that is not UTF-8"))?;
    Ok((source.into_owned(), extension))
}

fn encoded_address(text: &str) -> Result<(String, Option<String>), Problem> {
    let (source, extension) = parted(text, '.')?;
    // Long ones are cut into pieces for the sake of file systems.
    let bytes = BASE64.decode(source.replace('/', ""));
    let source = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let source = source.ok_or_else(|| malformed("has an address that is not URL-safe base64"))?;
    Ok((source, extension))
}

fn parted(text: &str, mark: char) -> Result<(&str, Option<String>), Problem> {
    match text.split_once(mark) {
        None => Ok((text, None)),
        Some((_, extension)) if extension.contains([mark, '/']) => Err(malformed(&format!(
            "has more than an extension behind the first {mark:?}, which must be escaped in an address"
        ))),
        Some((source, extension)) => Ok((source, Some(extension.to_owned()))),
    }
}

fn malformed(what: &str) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!("The path {what}; it must be {FORM}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_address_are_taken_apart() {
        for (path, options, source, extension) in [
            (
                "/plain/http://a/b.png@webp",
                &[][..],
                "http://a/b.png",
                Some("webp"),
            ),
            (
                "/w:1/h:2/plain/http://a/b%3Fc%40d%20e",
                &["w:1", "h:2"],
                "http://a/b?c@d e",
                None,
            ),
            (
                "/rs:fit:1/aHR0cDovL2Ev/Yg==.png",
                &["rs:fit:1"],
                "http://a/b",
                Some("png"),
            ),
            ("/aHR0cDovL2EvYg", &[], "http://a/b", None),
            ("/aHR0cDovL2EvYg.", &[], "http://a/b", None),
            ("/w:1/plain/a:b/c", &["w:1"], "a:b/c", None),
        ] {
            let address = Address::read(path).unwrap();
            assert_eq!(address.options, options, "{path}");
            assert_eq!(address.source, source);
            assert_eq!(address.extension.as_deref(), extension);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for path in [
            "/",
            "/w:1",
            "/w:1/",
            "/plain/",
            "/plain/a@b@c",
            "/plain/%ff",
            "/enc/abc",
            "/a*",
            "/aGk.a.b",
        ] {
            assert!(Address::read(path).is_err(), "{path}");
        }
        assert!(signature("/unsafe").is_err());
        assert_eq!(signature("/sig/a/b").unwrap(), ("sig", "/a/b"));
    }
}
