//! Names of hosts, each for itself or for all names below it, brought into the spelling that URLs
//! have once they are parsed.

use reqwest::Url;

use super::kind::Kind;

/// Host names, as `allow_source_hosts` and `deny_source_hosts` list them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HostList(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// In lower case and ASCII, without a dot at the end.
    name: String,
    /// All names below this one, and not this one itself.
    below: bool,
}

impl HostList {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the host of a parsed URL is listed.
    pub(crate) fn lists(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        self.0.iter().any(|pattern| pattern.covers(host))
    }
}

impl Pattern {
    fn covers(&self, host: &str) -> bool {
        match host.strip_suffix(self.name.as_str()) {
            Some("") => !self.below,
            Some(front) => self.below && front.ends_with('.'),
            None => false,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (name, below) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let url = Url::parse(&format!("http://{name}/")).ok()?;
        // Anything that is more than a host would otherwise be dropped in silence.
        let only_host = url.path() == "/"
            && url.port().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && !name.contains(['/', '\\', '@', '*'])
            && (name.ends_with(']') || !name.contains(':'));
        let name = url.host_str().filter(|_| only_host)?;
        let name = name.strip_suffix('.').unwrap_or(name).to_owned();
        (!name.is_empty()).then_some(Self { name, below })
    }
}

/// The kind of setting.
pub(super) struct Hosts;

impl Kind for Hosts {
    type Value = HostList;

    fn allowed(&self) -> String {
        "host names like example.org, or *.example.org for all below it, separated by commas"
            .to_owned()
    }

    fn read(&self, text: &str) -> Option<HostList> {
        let patterns = text.split(',').map(str::trim);
        let patterns = patterns.filter(|pattern| !pattern.is_empty());
        patterns
            .map(Pattern::read)
            .collect::<Option<_>>()
            .map(HostList)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> HostList {
        Hosts.read(text).unwrap_or_else(|| panic!("{text:?}"))
    }

    #[test]
    fn a_name_stands_for_itself_and_a_star_for_what_is_below() {
        let list = list("example.org, *.example.net");
        for listed in [
            "example.org",
            "example.org.",
            "a.example.net",
            "a.b.example.net.",
        ] {
            assert!(list.lists(listed), "{listed}");
        }
        for other in [
            "a.example.org",
            "example.net",
            "notexample.net",
            "example.org.evil.test",
            "",
        ] {
            assert!(!list.lists(other), "{other}");
        }
    }

    #[test]
    fn names_are_compared_in_the_spelling_of_urls() {
        let list = list("BÜCHER.example., 127.1, [0::1]");
        for listed in ["xn--bcher-kva.example", "127.0.0.1", "[::1]"] {
            assert!(list.lists(listed), "{listed}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "http://example.org",
            "example.org/path",
            "example.org:80",
            "a@b",
            "*",
            "*.",
            "a*.b",
            "a b",
            "::1",
            "example.org?x",
            "example.org#x",
            ".",
        ] {
            assert_eq!(Hosts.read(text), None, "{text}");
        }
        assert!(list("").is_empty());
    }
}
