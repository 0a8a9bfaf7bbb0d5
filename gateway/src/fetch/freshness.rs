//! What the origin of a picture says about keeping it (`Cache-Control` and `Age`). `Expires` is not
//! read: it means what two clocks agree on.

use std::time::Duration;

use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap};

/// Nobody keeps anything for longer, seconds: a year.
const MAX_S: u64 = 365 * 24 * 60 * 60;

/// See the module. Several pictures have the strictest of all that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Freshness {
    /// It must not be kept at all.
    pub(crate) never_kept: bool,
    /// It is for one user only.
    pub(crate) private: bool,
    /// The shortest time that was said, seconds.
    max_age_s: Option<u64>,
    /// Somebody said no time.
    silent: bool,
}

/// Nothing was said.
impl Default for Freshness {
    fn default() -> Self {
        Self {
            never_kept: false,
            private: false,
            max_age_s: None,
            silent: true,
        }
    }
}

impl Freshness {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut freshness = Self::default();
        let values = headers.get_all(CACHE_CONTROL).into_iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        let (mut max_age, mut shared_max_age, mut unchecked) = (None, None, true);
        for directive in texts.flat_map(|text| text.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let seconds = || value.trim().trim_matches('"').parse().unwrap_or(0);
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" => freshness.never_kept = true,
                "private" => freshness.private = true,
                "no-cache" => unchecked = false,
                "max-age" => max_age = shorter(max_age, Some(seconds())),
                "s-maxage" => shared_max_age = shorter(shared_max_age, Some(seconds())),
                _ => {}
            }
        }
        let age = headers.get(AGE).and_then(|age| age.to_str().ok());
        let age = age.and_then(|age| age.trim().parse().ok()).unwrap_or(0);
        let said: Option<u64> = match unchecked {
            true => shared_max_age.or(max_age),
            false => Some(0),
        };
        freshness.max_age_s = said.map(|seconds| seconds.saturating_sub(age).min(MAX_S));
        freshness.silent = said.is_none();
        freshness
    }

    /// Of this picture and another one together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            never_kept: self.never_kept || other.never_kept,
            private: self.private || other.private,
            max_age_s: shorter(self.max_age_s, other.max_age_s),
            silent: self.silent || other.silent,
        }
    }

    /// The same after a time.
    pub(super) fn aged(self, time: Duration) -> Self {
        let left = |seconds: u64| seconds.saturating_sub(time.as_secs());
        Self {
            max_age_s: self.max_age_s.map(left),
            ..self
        }
    }

    /// Seconds for which others may keep it; `unsaid` for whoever said nothing.
    pub(crate) fn max_age_s(&self, unsaid: u64) -> u64 {
        let unsaid = self.silent.then_some(unsaid);
        shorter(self.max_age_s, unsaid).unwrap_or(0)
    }
}

fn shorter(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn of(cache_control: &'static str, age: &'static str) -> Freshness {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
        headers.insert(AGE, HeaderValue::from_static(age));
        Freshness::of(&headers)
    }

    #[test]
    fn what_an_origin_says_is_what_holds() {
        for (text, age, seconds) in [
            ("max-age=60", "", 60),
            ("public, Max-Age=\"60\"", "50", 10),
            ("max-age=60", "70", 0),
            ("max-age=60, s-maxage=5", "", 5),
            ("max-age=60, max-age=9", "", 9),
            ("max-age=soon", "", 0),
            ("no-cache, max-age=60", "", 0),
            ("max-age=99999999999", "", MAX_S),
            ("immutable", "", 300),
            ("", "", 300),
        ] {
            assert_eq!(of(text, age).max_age_s(300), seconds, "{text}");
        }
        assert!(of("no-store", "").never_kept);
        assert!(of("private, max-age=1", "").private);
        assert_eq!(Freshness::default(), Freshness::of(&HeaderMap::new()));
    }

    #[test]
    fn of_several_pictures_the_strictest_word_holds() {
        let both = of("max-age=60", "").and(of("max-age=7, private", ""));
        assert_eq!((both.max_age_s(300), both.private), (7, true));
        let one_is_silent = of("max-age=600", "").and(Freshness::default());
        assert_eq!(one_is_silent.max_age_s(300), 300);
        assert!(of("no-store", "").and(of("", "")).never_kept);
    }
}
