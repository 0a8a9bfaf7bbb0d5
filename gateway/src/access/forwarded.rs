//! Where a request really came from, when it came through proxies. Each proxy adds the address that
//! it saw behind all that it was told, so the list is read from its end, and only as far as those who
//! wrote it are trusted. The rest is whatever the client liked to write.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// What a request says of its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// All `X-Forwarded-For` headers, in their order, joined by commas.
    pub(crate) x_forwarded_for: Option<String>,
    /// All `Forwarded` headers (RFC 7239), likewise.
    pub(crate) forwarded: Option<String>,
}

/// The client's address: the last one on the way that is not a trusted proxy's.
///
/// A proxy writes one of the two headers and may pass on the other as the client wrote it. When they
/// disagree it cannot be told which is true; then the proxy itself counts as the client, and
/// whoever writes such headers shares its account with his like.
pub(crate) fn client_address(peer: IpAddr, claims: &Claims, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let of_list = |list: &str| walk(peer, list.split(',').map(address), trusted);
    let of_pairs = |list: &str| walk(peer, list.split(',').map(from_pairs), trusted);
    let one = claims.x_forwarded_for.as_deref().map(of_list);
    let other = claims.forwarded.as_deref().map(of_pairs);
    match (one, other) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(address), _) | (None, Some(address)) => address,
        (None, None) => peer,
    }
}

/// From the end to the first that is not trusted. What is no address ends the walk: who wrote what
/// stands before it is not known.
fn walk(
    peer: IpAddr,
    hops: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = peer;
    for hop in hops.rev() {
        let Some(address) = hop else { break };
        client = address;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    client
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

/// `for=192.0.2.1;proto=https` or `For="[2001:db8::1]:80"`. Quoted commas do not occur in addresses.
fn from_pairs(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_for = name.trim().eq_ignore_ascii_case("for");
        is_for
            .then(|| address(value.trim().trim_matches('"')))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, x_forwarded_for: &str, forwarded: &str) -> String {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let claims = Claims {
            x_forwarded_for: given(x_forwarded_for),
            forwarded: given(forwarded),
        };
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_address(peer.parse().unwrap(), &claims, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("192.0.2.1", "198.51.100.7", ""), "192.0.2.1");
        assert_eq!(client("10.0.0.1", "198.51.100.7", ""), "198.51.100.7");
        assert_eq!(
            client("::ffff:10.0.0.1", "198.51.100.7", ""),
            "198.51.100.7"
        );
        assert_eq!(client("10.0.0.1", "", ""), "10.0.0.1");
    }

    #[test]
    fn the_last_address_that_is_not_a_proxy_counts_whatever_the_client_wrote_before_it() {
        let list = "1.1.1.1, 203.0.113.9, 10.2.3.4";
        assert_eq!(client("10.0.0.1", list, ""), "203.0.113.9");
        assert_eq!(client("10.0.0.1", "10.2.3.4, fd00::1", ""), "10.2.3.4");
    }

    #[test]
    fn what_is_no_address_ends_the_walk() {
        assert_eq!(client("10.0.0.1", "1.1.1.1, unknown", ""), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", "1.1.1.1, rubbish, 10.9.9.9", ""),
            "10.9.9.9"
        );
        assert_eq!(client("10.0.0.1", ",", ""), "10.0.0.1");
    }

    #[test]
    fn ports_and_brackets_are_understood() {
        for (text, expected) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            assert_eq!(client("10.0.0.1", text, ""), expected);
            let forwarded = format!("proto=http;For=\"{text}\";by=10.0.0.1");
            assert_eq!(client("10.0.0.1", "", &forwarded), expected);
        }
        let two = "for=198.51.100.7;proto=https, for=10.1.1.1";
        assert_eq!(client("10.0.0.1", "", two), "198.51.100.7");
        assert_eq!(client("10.0.0.1", "", "for=_hidden"), "10.0.0.1");
    }

    #[test]
    fn of_two_headers_that_disagree_neither_is_believed() {
        assert_eq!(client("10.0.0.1", "1.1.1.1", "for=2.2.2.2"), "10.0.0.1");
        assert_eq!(client("10.0.0.1", "1.1.1.1", "for=1.1.1.1"), "1.1.1.1");
    }
}
