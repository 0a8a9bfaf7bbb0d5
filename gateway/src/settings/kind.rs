//! How the text of a setting becomes a value, one type for each kind of setting. The same
//! value says what is allowed, so a range and its description cannot disagree.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::{GIB, MIB};

const KIB: u64 = 1 << 10;

/// Reads the text of one kind of setting.
pub(super) trait Kind {
    type Value;

    /// What a text may be, to follow "must be".
    fn allowed(&self) -> String;

    fn read(&self, text: &str) -> Option<Self::Value>;
}

/// [`Kind::allowed`] of a kind whose numbers take their type from the setting's.
pub(super) fn allowed<V, K: Kind<Value = V>>(kind: &K) -> String {
    kind.allowed()
}

pub(super) struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn allowed(&self) -> String {
        "an IP address with a port, like 127.0.0.1:8080 or [::1]:8080".to_owned()
    }

    fn read(&self, text: &str) -> Option<SocketAddr> {
        text.parse().ok()
    }
}

pub(super) struct Path;

impl Kind for Path {
    type Value = Option<PathBuf>;

    fn allowed(&self) -> String {
        "a path, or empty for none".to_owned()
    }

    fn read(&self, text: &str) -> Option<Option<PathBuf>> {
        Some(Some(PathBuf::from(text)).filter(|_| !text.is_empty()))
    }
}

pub(super) struct Switch;

impl Kind for Switch {
    type Value = bool;

    fn allowed(&self) -> String {
        "true or false".to_owned()
    }

    fn read(&self, text: &str) -> Option<bool> {
        text.parse().ok()
    }
}

/// A plain number.
pub(super) struct Count<T>(pub(super) RangeInclusive<T>);

impl<T: Copy + Display + PartialOrd + TryFrom<u64>> Kind for Count<T> {
    type Value = T;

    fn allowed(&self) -> String {
        format!("a whole number from {} to {}", self.0.start(), self.0.end())
    }

    fn read(&self, text: &str) -> Option<T> {
        let number = T::try_from(whole(text)?).ok()?;
        self.0.contains(&number).then_some(number)
    }
}

/// A size.
pub(super) struct Bytes(pub(super) RangeInclusive<u64>);

impl Kind for Bytes {
    type Value = u64;

    fn allowed(&self) -> String {
        format!(
            "a size from {} to {}, in bytes or with KiB, MiB or GiB",
            size(*self.0.start()),
            size(*self.0.end())
        )
    }

    fn read(&self, text: &str) -> Option<u64> {
        let units = [("KiB", KIB), ("MiB", MIB), ("GiB", GIB)];
        let (number, unit) = units
            .iter()
            .find_map(|&(suffix, unit)| Some((text.strip_suffix(suffix)?.trim_end(), unit)))
            .unwrap_or((text, 1));
        let bytes = whole(number)?.checked_mul(unit)?;
        self.0.contains(&bytes).then_some(bytes)
    }
}

/// A time.
pub(super) struct Millis(pub(super) RangeInclusive<u64>);

impl Kind for Millis {
    type Value = Duration;

    fn allowed(&self) -> String {
        format!(
            "a whole number of milliseconds from {} to {}",
            self.0.start(),
            self.0.end()
        )
    }

    fn read(&self, text: &str) -> Option<Duration> {
        let millis = whole(text)?;
        self.0
            .contains(&millis)
            .then(|| Duration::from_millis(millis))
    }
}

/// Names and what they stand for, and a remark on what is missing from them.
pub(super) struct Choice<T: 'static>(
    pub(super) &'static [(&'static str, T)],
    pub(super) &'static str,
);

impl<T: Copy> Kind for Choice<T> {
    type Value = T;

    fn allowed(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|&(name, _)| name).collect();
        match self.1 {
            "" => names.join(" or "),
            remark => format!("{} ({remark})", names.join(" or ")),
        }
    }

    fn read(&self, text: &str) -> Option<T> {
        let (_, value) = self.0.iter().find(|&&(name, _)| name == text)?;
        Some(*value)
    }
}

pub(super) struct Networks;

impl Kind for Networks {
    type Value = Vec<IpNet>;

    fn allowed(&self) -> String {
        "networks like 10.0.0.0/8 or fd00::/8, or addresses, separated by commas".to_owned()
    }

    fn read(&self, text: &str) -> Option<Vec<IpNet>> {
        text.split(',')
            .map(str::trim)
            .filter(|network| !network.is_empty())
            .map(|network| match network.parse::<IpAddr>() {
                Ok(address) => Some(IpNet::from(address)),
                Err(_) => network.parse().ok().map(|network: IpNet| network.trunc()),
            })
            .collect()
    }
}

pub(super) struct Directives;

impl Kind for Directives {
    type Value = String;

    fn allowed(&self) -> String {
        "off, error, warn, info, debug or trace, or directives like info,gateway=debug".to_owned()
    }

    fn read(&self, text: &str) -> Option<String> {
        // EnvFilter takes a mistyped level for the name of a target, and then logs nothing.
        let level_or_pair = |directive: &str| {
            directive.contains(['=', '[']) || directive.parse::<LevelFilter>().is_ok()
        };
        let plausible =
            !text.trim().is_empty() && text.split(',').map(str::trim).all(level_or_pair);
        let parses = EnvFilter::builder().parse(text).is_ok();
        (plausible && parses).then(|| text.to_owned())
    }
}

/// Digits, grouped by underscores if at all: `50_000_000`.
fn whole(text: &str) -> Option<u64> {
    let starts_well = text.starts_with(|first: char| first.is_ascii_digit());
    let digits = text.replace('_', "");
    // A sign would otherwise slip through.
    (starts_well && !text.ends_with('_'))
        .then(|| digits.parse().ok())
        .flatten()
}

/// The largest unit that keeps the number whole.
fn size(bytes: u64) -> String {
    let units = [("GiB", GIB), ("MiB", MIB), ("KiB", KIB)];
    units
        .iter()
        .find(|(_, unit)| bytes >= *unit && bytes.is_multiple_of(*unit))
        .map_or_else(
            || format!("{bytes} B"),
            |(suffix, unit)| format!("{} {suffix}", bytes / unit),
        )
}
