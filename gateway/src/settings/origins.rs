//! Origins of web pages, in the spelling in which browsers name them.

use reqwest::Url;

use super::kind::Kind;

/// Origins, as `cors_origins` lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OriginList(Vec<String>);

/// What stands for all origins.
const EVERYBODY: &str = "*";

impl OriginList {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_everybody(&self) -> bool {
        self.0.iter().any(|origin| origin == EVERYBODY)
    }

    /// Whether that value of the header `Origin` is listed, or all are.
    pub(crate) fn lists(&self, origin: &str) -> bool {
        self.is_everybody() || self.0.iter().any(|listed| listed == origin)
    }
}

/// The kind of setting.
pub(super) struct Origins;

impl Kind for Origins {
    type Value = OriginList;

    fn allowed(&self) -> String {
        "origins like https://example.org or http://localhost:3000, separated by commas, or * for all".to_owned()
    }

    fn read(&self, text: &str) -> Option<OriginList> {
        let origins = text.split(',').map(str::trim);
        let origins = origins.filter(|origin| !origin.is_empty());
        origins.map(spelled).collect::<Option<_>>().map(OriginList)
    }
}

/// As browsers write it: in lower case and ASCII, without the scheme's own port.
fn spelled(text: &str) -> Option<String> {
    if text == EVERYBODY {
        return Some(text.to_owned());
    }
    let url = Url::parse(text).ok()?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && !text.ends_with('/')
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains(['?', '#', '\\', '*', '@']);
    is_origin.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_as_browsers_write_them() {
        let list = Origins
            .read("HTTPS://BÜCHER.example:443, http://localhost:3000")
            .unwrap();
        assert!(list.lists("https://xn--bcher-kva.example"));
        assert!(list.lists("http://localhost:3000"));
        for other in [
            "http://localhost",
            "https://localhost:3000",
            "null",
            "",
            "*",
        ] {
            assert!(!list.lists(other), "{other}");
        }
        let everybody = Origins.read("*").unwrap();
        assert!(everybody.lists("https://anywhere.example") && everybody.is_everybody());
        assert!(Origins.read("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "example.org",
            "https://example.org/",
            "https://example.org/path",
            "https://a@example.org",
            "https://*.example.org",
            "https://example.org?x",
            "ftp://example.org",
            "null",
            "https://",
        ] {
            assert_eq!(Origins.read(text), None, "{text}");
        }
    }
}
