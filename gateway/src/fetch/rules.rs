//! What this server fetches from, as its operator says: which hosts, which ports, which addresses.
//! Asked for every hop, before anything is sent. Names are not resolved here; the addresses behind
//! them are judged when they are (`fetch/resolver.rs`).

use std::net::IpAddr;

use reqwest::Url;

use super::address::AllowedAddresses;
use super::error::FetchError;
use crate::settings::{HostList, PortList, Settings};

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    hosts: HostList,
    denied_hosts: HostList,
    ports: PortList,
    addresses: AllowedAddresses,
}

impl Rules {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            hosts: settings.allow_source_hosts.clone(),
            denied_hosts: settings.deny_source_hosts.clone(),
            ports: settings.allow_source_ports.clone(),
            addresses: AllowedAddresses::new(&settings.allow_source_networks),
        }
    }

    /// Whether `url`, whose host is `host`, may be asked for.
    pub(super) fn check(&self, url: &Url, host: &str) -> Result<(), FetchError> {
        if self.denied_hosts.lists(host) {
            return refuse(host, "this server does not use it (deny_source_hosts)");
        }
        if !self.hosts.is_empty() && !self.hosts.lists(host) {
            return refuse(
                host,
                "it is none of the hosts that this server uses (allow_source_hosts)",
            );
        }
        match url.port_or_known_default() {
            Some(port) if self.ports.lists(port) => {}
            port => {
                let port = port.map_or_else(String::new, |port| format!(" {port}"));
                return refuse(
                    host,
                    format!("its port{port} is not for web pages (allow_source_ports)"),
                );
            }
        }
        // The URL parser has brought every notation of an address (0x7f.1, 2130706433) into
        // the usual one, and the client connects to addresses without asking the resolver.
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        match literal.parse::<IpAddr>() {
            Ok(address) if !self.addresses.allows(host, address) => {
                Err(FetchError::not_public(host))
            }
            _ => Ok(()),
        }
    }
}

fn refuse(host: &str, why: impl Into<String>) -> Result<(), FetchError> {
    Err(FetchError::Forbidden {
        host: host.to_owned(),
        why: why.into(),
    })
}
