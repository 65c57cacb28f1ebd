//! What `coldaisle probe bmc` does about Redfish alone: whose certificate is trusted, and what a service says before a
//! login.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::console::Console;
use crate::base::fault::Message;
use crate::base::token::{hex, hex_bytes};
use crate::drivers::bmc::{ServiceSeen, Trust};

/// How the BMC is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Spoken {
    /// IPMI 2.0 over UDP
    Ipmi,
    /// Redfish over HTTPS
    Redfish,
}

impl Spoken {
    /// The port where none is given.
    pub(super) const fn port(self) -> u16 {
        match self {
            Self::Ipmi => 623,
            Self::Redfish => 443,
        }
    }
}

/// Whose certificate is trusted with the password.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct TrustArguments {
    /// Redfish: log in only where the certificate has this SHA-256 fingerprint; 64 digits, with or without colons
    #[arg(long, value_name = "SHA256", value_parser = fingerprint)]
    pub fingerprint: Option<[u8; 32]>,
    /// Redfish: log in only where a certificate authority of this system, or of this PEM file, vouches for the address
    #[arg(long, value_name = "PEM", num_args = 0..=1, default_missing_value = "")]
    pub authority: Option<PathBuf>,
    /// Redfish: log in whatever certificate is shown, and send the password to whoever that is
    #[arg(long)]
    pub trust_shown: bool,
}

impl TrustArguments {
    /// The certificate that is trusted; none when nothing was said of it.
    pub(super) fn trust(&self) -> Option<Trust> {
        match (self.fingerprint, &self.authority) {
            (Some(pin), _) => Some(Trust::Pin(Some(pin))),
            (None, Some(_)) => Some(Trust::Authority),
            (None, None) => self.trust_shown.then_some(Trust::Pin(None)),
        }
    }

    /// File of further authorities.
    pub(super) fn authority_file(&self) -> Option<&PathBuf> {
        self.authority
            .as_ref()
            .filter(|file| !file.as_os_str().is_empty())
    }
}

fn fingerprint(text: &str) -> Result<[u8; 32], String> {
    let digits: String = text.trim().chars().filter(|c| *c != ':').collect();
    hex_bytes(&digits.to_lowercase())
        .and_then(|octets| octets.try_into().ok())
        .ok_or_else(|| "a SHA-256 fingerprint has 64 hexadecimal digits".to_owned())
}

/// What a service said without a login.
#[derive(Debug, Serialize)]
pub(super) struct Stranger {
    target: String,
    protocol: &'static str,
    certificate_sha256: Option<String>,
    redfish_version: String,
    product: String,
    uuid: String,
    logged_in: bool,
}

impl Stranger {
    pub(super) fn new(target: String, seen: ServiceSeen) -> Self {
        Self {
            target,
            protocol: "redfish",
            certificate_sha256: seen.certificate.map(|shown| hex(&shown)),
            redfish_version: seen.version,
            product: seen.product,
            uuid: seen.uuid,
            logged_in: false,
        }
    }

    /// For people: the fingerprint, and how to go on.
    pub(super) fn text(&self, console: &Console) -> String {
        let shown = self.certificate_sha256.as_deref().unwrap_or("-");
        let mut text = String::new();
        for (label, value) in [
            ("probe-target", self.target.as_str()),
            ("probe-certificate", shown),
            ("probe-redfish-version", &self.redfish_version),
            ("probe-product", &self.product),
            ("probe-guid", &self.uuid),
        ] {
            let plain = value
                .chars()
                .map(|c| if c.is_control() { '\u{FFFD}' } else { c });
            let plain: String = plain.collect();
            let plain = if plain.is_empty() { "-" } else { &plain };
            text.push_str(&format!("{}: {plain}\n", console.text(label)));
        }
        let next = Message::new("probe-not-logged-in").with("fingerprint", shown);
        text.push_str(&console.say(&next));
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_people_copy_it() {
        let plain = "0123456789abcdef".repeat(4);
        let octets = fingerprint(&plain);
        assert!(octets.is_ok());
        let pairs: Vec<&str> = (0..32)
            .filter_map(|at| plain.get(2 * at..2 * at + 2))
            .collect();
        assert_eq!(fingerprint(&pairs.join(":").to_uppercase()), octets);
        for wrong in ["", "01", &plain[1..], "zz"] {
            assert!(fingerprint(wrong).is_err(), "{wrong}");
        }
    }
}
