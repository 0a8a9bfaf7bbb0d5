//! Ports that sources may be fetched from.

use std::ops::RangeInclusive;

use super::kind::Kind;

/// Ports, as `allow_source_ports` lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortList(Vec<RangeInclusive<u16>>);

/// Ports of protocols that could take a request of ours for one of theirs: what browsers refuse by
/// the Fetch standard ("port blocking"), and the two that take commands line by line and are found
/// open most often (memcached, Redis).
#[rustfmt::skip]
const REFUSED: [u16; 85] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
    526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
];

impl PortList {
    pub(crate) fn lists(&self, port: u16) -> bool {
        self.0.iter().any(|range| range.contains(&port))
    }

    /// All but [`REFUSED`].
    pub(super) fn for_the_web() -> Self {
        let between = REFUSED.windows(2).filter_map(|pair| {
            let (first, last) = (pair[0] + 1, pair[1] - 1);
            (first <= last).then_some(first..=last)
        });
        let above = REFUSED.last().map(|last| last + 1..=u16::MAX);
        Self(between.chain(above).collect())
    }
}

/// The kind of setting.
pub(super) struct Ports;

impl Kind for Ports {
    type Value = PortList;

    fn allowed(&self) -> String {
        "ports and ranges of them like 80, 443, 8000-8999".to_owned()
    }

    fn read(&self, text: &str) -> Option<PortList> {
        let port = |text: &str| {
            let digits = text.trim();
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let range = |text: &str| match text.split_once('-') {
            Some((first, last)) => {
                let (first, last) = (port(first)?, port(last)?);
                (first <= last).then_some(first..=last)
            }
            None => port(text).map(|port| port..=port),
        };
        text.split(',')
            .map(range)
            .collect::<Option<_>>()
            .map(PortList)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_every_port_is_listed_but_those_refused() {
        let list = PortList::for_the_web();
        for port in 0..=u16::MAX {
            assert_eq!(list.lists(port), !REFUSED.contains(&port), "{port}");
        }
        assert!(REFUSED.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn ports_and_ranges_are_read() {
        let list = Ports.read("80, 443,8000-8999").unwrap();
        let listed: Vec<u16> = (0..=u16::MAX).filter(|port| list.lists(*port)).collect();
        let expected: Vec<u16> = [80, 443].into_iter().chain(8000..=8999).collect();
        assert_eq!(listed, expected);
        for wrong in ["", "80,", "65536", "-1", "+80", "90-80", "1-2-3", "http"] {
            assert_eq!(Ports.read(wrong), None, "{wrong}");
        }
    }
}
