//! A URL that may be asked for: checked once, for the first hop and for every redirect.
//! What may be asked for is said by `fetch/rules.rs`.

use reqwest::Url;

use super::error::FetchError;
use super::rules::Rules;

/// One hop: `http` or `https`, with a host, without credentials, within the rules.
#[derive(Debug, Clone)]
pub(super) struct Target {
    url: Url,
    host: String,
}

impl Target {
    /// Checks the URL that a caller gave.
    pub(super) fn parse(text: &str, rules: &Rules) -> Result<Self, FetchError> {
        let url = Url::parse(text).map_err(|why| FetchError::InvalidUrl(why.to_string()))?;
        Self::check(url, rules)
    }

    /// Checks where this hop redirects to. A bad place is the host's fault, not the caller's.
    pub(super) fn redirect(&self, location: &[u8], rules: &Rules) -> Result<Self, FetchError> {
        let text = String::from_utf8_lossy(location);
        let joined = self.url.join(&text);
        let url = joined.map_err(|why| FetchError::InvalidUrl(why.to_string()));
        url.and_then(|url| Self::check(url, rules))
            .map_err(|error| match error {
                FetchError::InvalidUrl(why) => FetchError::Unreachable {
                    host: self.host.clone(),
                    why: format!("it redirects to a URL that cannot be used: {why}"),
                },
                error => error,
            })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// As in the URL, without port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    fn check(url: Url, rules: &Rules) -> Result<Self, FetchError> {
        let invalid = |why: &str| Err(FetchError::InvalidUrl(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            let scheme = protocol::clip(url.scheme());
            return invalid(&format!("{scheme} is not fetched, only http and https are"));
        }
        // Credentials would end up in logs and go to whichever host the URL names.
        if !url.username().is_empty() || url.password().is_some() {
            return invalid("user names and passwords are not accepted in it");
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return invalid("it names no host");
        };
        let host = host.to_owned();
        rules.check(&url, &host)?;
        Ok(Self { url, host })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn rules(changes: &[(&str, &str)]) -> Rules {
        Rules::new(&Settings::with(changes))
    }

    fn parse(text: &str) -> Result<Target, FetchError> {
        Target::parse(text, &rules(&[]))
    }

    #[test]
    fn an_address_is_refused_in_every_notation() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://１２７.0.0.1/",
            "http://0/",
            "http://[::]/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "https://169.254.169.254/latest/meta-data/",
            "http:127.0.0.1",
            "http:\\\\127.0.0.1\\",
            " http://127.0.0.1/",
        ] {
            let error = parse(text).expect_err(text);
            assert!(
                matches!(error, FetchError::Forbidden { .. }),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn what_is_not_a_plain_http_url_is_invalid() {
        for (text, why) in [
            ("file:///etc/passwd", "file is not fetched"),
            ("ftp://example.com/", "ftp is not fetched"),
            ("data:image/png;base64,AAAA", "data is not fetched"),
            ("gopher://127.0.0.1:70/_", "gopher is not fetched"),
            ("blob:http://example.com/", "blob is not fetched"),
            ("http://", "empty host"),
            ("http:///", "empty host"),
            ("example.com/a.png", "relative URL"),
            ("", "relative URL"),
            ("http://1.2.3.256/", "invalid IPv4"),
            ("http://a:99999/", "invalid port"),
            ("http://user@example.com/", "not accepted"),
            ("http://:secret@example.com/", "not accepted"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(
                matches!(error, FetchError::InvalidUrl(_)),
                "{text}: {error}"
            );
            assert!(error.to_string().contains(why), "{text}: {error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn public_urls_pass() {
        for text in [
            "http://example.com/a.png?b=c#d",
            "HTTPS://EXAMPLE.com:8443/",
            "http://1.1.1.1/",
            "http://[2606:4700:4700::1111]/",
            "http://bücher.example/",
        ] {
            parse(text).expect(text);
        }
    }

    #[test]
    fn a_redirect_is_relative_to_its_hop_and_checked_like_it() {
        let rules = rules(&[]);
        let hop = parse("https://example.com/a/b").unwrap();
        let next = hop.redirect(b"../c", &rules).unwrap();
        assert_eq!(next.url().as_str(), "https://example.com/c");
        let inside = hop.redirect(b"http://10.0.0.1/", &rules);
        assert!(matches!(inside, Err(FetchError::Forbidden { host, .. }) if host == "10.0.0.1"));
        let file = hop.redirect(b"file:///etc/passwd", &rules);
        assert!(matches!(file, Err(FetchError::Unreachable { host, .. }) if host == "example.com"));
    }

    #[test]
    fn hosts_and_ports_are_those_of_the_settings_on_every_hop() {
        let rules = rules(&[
            ("allow_source_hosts", "example.org, *.example.net"),
            ("deny_source_hosts", "bad.example.net"),
            ("allow_source_ports", "80, 443, 8000-8999"),
        ]);
        let target = Target::parse("https://EXAMPLE.org./a", &rules).unwrap();
        for text in ["http://a.example.net:8080/", "https://a.example.net:443/"] {
            Target::parse(text, &rules).expect(text);
            target.redirect(text.as_bytes(), &rules).expect(text);
        }
        for (text, why) in [
            ("http://bad.example.net/", "deny_source_hosts"),
            ("http://bad.example.net./", "deny_source_hosts"),
            ("http://example.com/", "allow_source_hosts"),
            ("http://1.1.1.1/", "allow_source_hosts"),
            ("http://example.org:25/", "port 25"),
            ("http://example.org:9000/", "allow_source_ports"),
        ] {
            for error in [
                Target::parse(text, &rules).expect_err(text),
                target.redirect(text.as_bytes(), &rules).expect_err(text),
            ] {
                let forbidden = matches!(error, FetchError::Forbidden { .. });
                assert!(
                    forbidden && error.to_string().contains(why),
                    "{text}: {error}"
                );
            }
        }
    }
}
