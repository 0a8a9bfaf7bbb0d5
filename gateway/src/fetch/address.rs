//! Which addresses a source may be fetched from: the public internet, and the networks that
//! the operator allows beside it. The tables follow the IANA special-purpose registries
//! (IPv4 and IPv6) and are stricter where an address could stand for another one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// IPv4: everything is public except these.
#[rustfmt::skip]
const REFUSED_V4: &[(Ipv4Net, &str)] = &[
    (v4([0, 0, 0, 0], 8), "this network; Linux connects 0.0.0.0 to itself"),
    (v4([10, 0, 0, 0], 8), "private"),
    (v4([100, 64, 0, 0], 10), "carrier-grade NAT, and metadata of some clouds"),
    (v4([127, 0, 0, 0], 8), "loopback"),
    (v4([168, 63, 129, 16], 32), "host agent of Azure, which hands out credentials"),
    (v4([169, 254, 0, 0], 16), "link-local, and metadata of most clouds"),
    (v4([172, 16, 0, 0], 12), "private"),
    (v4([192, 0, 0, 0], 24), "IETF protocol assignments, and metadata of some clouds"),
    (v4([192, 0, 2, 0], 24), "documentation"),
    (v4([192, 88, 99, 0], 24), "6to4 relays, withdrawn"),
    (v4([192, 168, 0, 0], 16), "private"),
    (v4([198, 18, 0, 0], 15), "benchmarking"),
    (v4([198, 51, 100, 0], 24), "documentation"),
    (v4([203, 0, 113, 0], 24), "documentation"),
    (v4([224, 0, 0, 0], 4), "multicast"),
    (v4([240, 0, 0, 0], 4), "reserved, and broadcast"),
];

/// IPv6: only this is public, except [`REFUSED_V6`].
const PUBLIC_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// The first lines lie outside [`PUBLIC_V6`] and are there to give the log a better reason.
#[rustfmt::skip]
const REFUSED_V6: &[(Ipv6Net, &str)] = &[
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "loopback"),
    (Ipv6Net::new_assert(V4_MAPPED, 96), "IPv4-mapped"),
    (v6([0, 0, 0, 0], 96), "unspecified, or IPv4-compatible"),
    (v6([0x64, 0xff9b, 0, 0], 96), "NAT64, reaches IPv4"),
    (v6([0x64, 0xff9b, 1, 0], 48), "local NAT64, reaches IPv4"),
    (v6([0x100, 0, 0, 0], 64), "discard-only"),
    (v6([0x5f00, 0, 0, 0], 16), "segment routing"),
    (v6([0xfc00, 0, 0, 0], 7), "private (unique local)"),
    (v6([0xfe80, 0, 0, 0], 10), "link-local"),
    (v6([0xfec0, 0, 0, 0], 10), "private (site-local, withdrawn)"),
    (v6([0xff00, 0, 0, 0], 8), "multicast"),
    (v6([0x2001, 0, 0, 0], 32), "Teredo, reaches IPv4"),
    (v6([0x2001, 0, 0, 0], 23), "IETF protocol assignments, benchmarking and ORCHID"),
    (v6([0x2001, 0xdb8, 0, 0], 32), "documentation"),
    (v6([0x2002, 0, 0, 0], 16), "6to4, reaches IPv4"),
    (v6([0x3fff, 0, 0, 0], 20), "documentation"),
];

const V4_MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d]: [u16; 4], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

/// The addresses that may be connected to.
#[derive(Debug, Clone)]
pub(super) struct AllowedAddresses {
    beside_public: Arc<[IpNet]>,
}

impl AllowedAddresses {
    /// The public internet and `networks`; a network of IPv4 also covers its IPv4-mapped form.
    pub(super) fn new(networks: &[IpNet]) -> Self {
        Self {
            beside_public: networks.into(),
        }
    }

    /// Whether `host` may be reached at `address`. A refusal is logged, because its caller
    /// must not learn which address it was.
    pub(super) fn allows(&self, host: &str, address: IpAddr) -> bool {
        let Some(reason) = self.refusal(address) else {
            return true;
        };
        tracing::info!(host, %address, reason, "source address refused");
        false
    }

    fn refusal(&self, address: IpAddr) -> Option<&'static str> {
        let plain = address.to_canonical();
        let listed = |network: &IpNet| network.contains(&address) || network.contains(&plain);
        if self.beside_public.iter().any(listed) {
            return None;
        }
        match address {
            IpAddr::V4(address) => reason(REFUSED_V4, |network| network.contains(&address)),
            IpAddr::V6(address) => reason(REFUSED_V6, |network| network.contains(&address))
                .or((!PUBLIC_V6.contains(&address)).then_some("not allocated")),
        }
    }
}

fn reason<N>(table: &[(N, &'static str)], holds: impl Fn(&N) -> bool) -> Option<&'static str> {
    let (_, reason) = table.iter().find(|(network, _)| holds(network))?;
    Some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(networks: &[&str], address: &str) -> Option<&'static str> {
        let networks: Vec<_> = networks.iter().map(|net| net.parse().unwrap()).collect();
        AllowedAddresses::new(&networks).refusal(address.parse().unwrap())
    }

    #[test]
    fn every_special_network_is_refused_from_its_first_to_its_last_address() {
        let networks = REFUSED_V4.iter().map(|&(net, _)| IpNet::V4(net));
        for network in networks.chain(REFUSED_V6.iter().map(|&(net, _)| IpNet::V6(net))) {
            assert_eq!(
                network,
                network.trunc(),
                "written with bits outside its prefix"
            );
            for address in [network.network(), network.broadcast()] {
                let refusal = AllowedAddresses::new(&[]).refusal(address);
                assert!(refusal.is_some(), "{address} of {network}");
            }
        }
    }

    #[test]
    fn each_category_is_refused_for_its_own_reason() {
        for (address, reason) in [
            ("0.0.0.0", "this network"),
            ("10.20.30.40", "private"),
            ("100.100.100.200", "carrier-grade"),
            ("127.255.255.255", "loopback"),
            ("168.63.129.16", "Azure"),
            ("169.254.169.254", "link-local"),
            ("172.31.255.255", "private"),
            ("192.0.0.192", "IETF"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "6to4"),
            ("192.168.0.1", "private"),
            ("198.19.0.1", "benchmarking"),
            ("198.51.100.9", "documentation"),
            ("203.0.113.9", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::127.0.0.1", "IPv4-compatible"),
            ("::ffff:127.0.0.1", "IPv4-mapped"),
            ("::ffff:1.1.1.1", "IPv4-mapped"),
            ("64:ff9b::10.0.0.1", "NAT64"),
            ("64:ff9b:1:2::1", "local NAT64"),
            ("100::1", "discard"),
            ("1000::1", "not allocated"),
            ("2001::1", "Teredo"),
            ("2001:2::1", "benchmarking"),
            ("2001:db8::1", "documentation"),
            ("2002:7f00:1::", "6to4"),
            ("3fff:fff::1", "documentation"),
            ("4000::1", "not allocated"),
            ("5f00::1", "segment"),
            ("fd00:ec2::254", "private"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
        ] {
            let refusal = refusal(&[], address);
            assert!(
                refusal.is_some_and(|text| text.contains(reason)),
                "{address}: {refusal:?}"
            );
        }
    }

    #[test]
    fn the_neighbours_of_special_networks_are_public() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "203.0.114.0",
            "223.255.255.255",
            "8.8.8.8",
            "2000::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700:4700::1111",
            "3ffe:ffff::1",
            "3fff:1000::1",
        ] {
            assert_eq!(refusal(&[], address), None, "{address}");
        }
    }

    #[test]
    fn an_allowed_network_is_reached_and_nothing_beside_it() {
        let networks = ["10.1.0.0/16", "fd00:1::/32", "192.168.7.7/32"];
        for address in ["10.1.2.3", "fd00:1::5", "192.168.7.7", "1.1.1.1"] {
            assert_eq!(refusal(&networks, address), None, "{address}");
        }
        for address in ["10.2.0.1", "fd00:2::5", "192.168.7.8", "127.0.0.1", "::1"] {
            assert!(refusal(&networks, address).is_some(), "{address}");
        }
    }

    #[test]
    fn an_allowed_network_covers_its_mapped_form_and_no_other_disguise() {
        assert_eq!(refusal(&["10.0.0.0/8"], "::ffff:10.0.0.1"), None);
        for disguise in [
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:a00:1::",
            "::ffff:11.0.0.1",
        ] {
            assert!(refusal(&["10.0.0.0/8"], disguise).is_some(), "{disguise}");
        }
    }
}
