//! Where pages are served, how links are made, and which proxies are believed.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::{Deserialize, Deserializer};

use super::fault::Findings;
use super::key::{Key, Kind};
use crate::base::fault::Message;

/// Section `web`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct WebConfig {
    /// Address to listen on.
    pub address: IpAddr,
    /// Port to listen on; 0 lets the system choose.
    pub port: u16,
    /// Address that people type, without a slash at the end; empty means `http(s)://address:port`.
    pub public_url: String,
    /// Name of the one who runs the machine room, on reports; empty means the host of `public_url`.
    pub operator_name: String,
    /// PEM file with the certificate chain.
    pub tls_certificate: Option<PathBuf>,
    /// PEM file with the certificate's key.
    pub tls_key: Option<PathBuf>,
    /// Proxies whose `X-Forwarded-For` is believed; whether people use https is what `public_url` says.
    pub trusted_proxies: Vec<Network>,
    /// Largest upload in MiB.
    pub upload_limit_mib: u32,
    /// Zone of times that belong to no site.
    #[serde(deserialize_with = "zone")]
    pub time_zone: Tz,
    /// Folder with templates of the operator's own brand.
    pub brand_folder: Option<PathBuf>,
    /// Whether the counters of all ports are served to Prometheus at `/metrics/ports`.
    pub port_metrics: bool,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8080,
            public_url: String::new(),
            operator_name: String::new(),
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
            upload_limit_mib: 32,
            time_zone: Tz::Asia__Shanghai,
            brand_folder: None,
            port_metrics: false,
        }
    }
}

impl WebConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::text("web.address"),
        Key::whole("web.port", 0, 65535),
        Key::text("web.public_url"),
        Key::text("web.operator_name"),
        Key::text("web.tls_certificate"),
        Key::text("web.tls_key"),
        Key::new("web.trusted_proxies", Kind::List),
        Key::whole("web.upload_limit_mib", 1, 1024),
        Key::text("web.time_zone"),
        Key::text("web.brand_folder"),
        Key::new("web.port_metrics", Kind::Switch),
    ];

    /// Whether browsers come in by TLS at this program itself.
    pub const fn has_tls(&self) -> bool {
        self.tls_certificate.is_some() && self.tls_key.is_some()
    }

    /// The address that people type, without a slash at the end.
    pub fn public_url(&self) -> String {
        if self.public_url.is_empty() {
            return self.url_at_port(self.port);
        }
        self.public_url.trim_end_matches('/').to_owned()
    }

    /// Name of the one who runs the machine room.
    pub fn operator_name(&self) -> String {
        if !self.operator_name.trim().is_empty() {
            return self.operator_name.trim().to_owned();
        }
        let url = self.public_url();
        let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
        host.to_owned()
    }

    /// The address with the port that is really listened on.
    pub fn url_at_port(&self, port: u16) -> String {
        let scheme = if self.has_tls() { "https" } else { "http" };
        let host = match self.address {
            IpAddr::V4(address) if address.is_unspecified() => "localhost".to_owned(),
            IpAddr::V6(address) if address.is_unspecified() => "localhost".to_owned(),
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        format!("{scheme}://{host}:{port}")
    }

    /// Whether cookies may only travel by TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// Whether a client's address is one of the trusted proxies.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        if !self.public_url.is_empty() && !is_web_address(&self.public_url) {
            let message = Message::new("config-web-address");
            findings.wrong("web.public_url", &self.public_url, message);
        }
        match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => findings.missing("web.tls_key", Message::new("config-tls-pair")),
            (None, Some(_)) => {
                findings.missing("web.tls_certificate", Message::new("config-tls-pair"));
            }
            _ => {}
        }
        for (key, file) in [
            ("web.tls_certificate", &self.tls_certificate),
            ("web.tls_key", &self.tls_key),
        ] {
            if let Some(path) = file.as_ref().filter(|path| !path.is_file()) {
                findings.wrong(key, path.display(), Message::new("config-file-missing"));
            }
        }
        if let Some(path) = self.brand_folder.as_ref().filter(|path| !path.is_dir()) {
            findings.wrong(
                "web.brand_folder",
                path.display(),
                Message::new("config-folder-missing"),
            );
        }
    }
}

/// Whether a text is `http(s)://HOST[:PORT]` and nothing more than a slash.
fn is_web_address(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let host = rest.strip_suffix('/').unwrap_or(rest);
    !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    Tz::from_str(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// A block of addresses, like `10.0.0.0/8` or one address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// First address of the block as written, and how many bits of it count.
    pub const fn parts(self) -> (IpAddr, u8) {
        (self.address, self.prefix)
    }

    /// Whether an address is in the block; an IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(mine), IpAddr::V4(other)) => same_prefix(
                u32::from(mine).into(),
                u32::from(other).into(),
                32,
                self.prefix,
            ),
            (IpAddr::V6(mine), IpAddr::V6(other)) => {
                same_prefix(mine.into(), other.into(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, width: u8, prefix: u8) -> bool {
    let spare = u32::from(width.saturating_sub(prefix));
    (a ^ b).checked_shr(spare).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no address and no block like 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            None => (text, None),
            Some((address, prefix)) => (address, Some(prefix)),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(prefix) => prefix.trim().parse().map_err(|_| wrong())?,
        };
        if prefix > width {
            return Err(wrong());
        }
        Ok(Self { address, prefix })
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_block_holds_its_own_addresses_only() {
        let block: Network = "10.1.0.0/16".parse().unwrap();
        for (address, inside) in [
            ("10.1.255.255", true),
            ("10.2.0.0", false),
            ("::ffff:10.1.2.3", true),
            ("::1", false),
        ] {
            assert_eq!(
                block.contains(address.parse().unwrap()),
                inside,
                "{address}"
            );
        }
        let everything: Network = "::/0".parse().unwrap();
        assert!(everything.contains("2001:db8::1".parse().unwrap()));
        let one: Network = "192.0.2.1".parse().unwrap();
        assert!(!one.contains("192.0.2.2".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "x", "::/129", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn web_addresses_have_no_path() {
        assert!(is_web_address("https://dc.example:8443"));
        assert!(is_web_address("http://[::1]:8080/"));
        for wrong in [
            "dc.example",
            "ftp://dc",
            "https://",
            "https://dc/coldaisle",
            "https://a b",
        ] {
            assert!(!is_web_address(wrong), "{wrong}");
        }
    }
}
