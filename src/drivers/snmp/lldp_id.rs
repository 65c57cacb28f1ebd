//! Names of chassis and ports as LLDP has them: what the octets are depends on their subtype
//! (IEEE 802.1AB sections 8.5.2 and 8.5.3).

use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest id kept, in letters (the standard allows 255 octets).
const LONGEST: usize = 255;

/// What kind of name an id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// entPhysicalAlias of a chassis or backplane.
    Component,
    /// ifAlias.
    InterfaceAlias,
    /// entPhysicalAlias of a port.
    PortComponent,
    /// A MAC address.
    Mac,
    /// An address with its IANA family.
    NetworkAddress,
    /// ifName.
    InterfaceName,
    /// A DHCP agent's circuit.
    AgentCircuit,
    /// Whatever the device likes.
    Local,
    /// The device does not say, or says what the standard does not know.
    Unknown,
}

impl IdKind {
    /// Stable word for records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::InterfaceAlias => "interface_alias",
            Self::PortComponent => "port_component",
            Self::Mac => "mac",
            Self::NetworkAddress => "network_address",
            Self::InterfaceName => "interface_name",
            Self::AgentCircuit => "agent_circuit",
            Self::Local => "local",
            Self::Unknown => "unknown",
        }
    }

    /// LldpChassisIdSubtype.
    pub(super) const fn of_chassis(subtype: Option<u32>) -> Self {
        match subtype {
            Some(1) => Self::Component,
            Some(2) => Self::InterfaceAlias,
            Some(3) => Self::PortComponent,
            Some(4) => Self::Mac,
            Some(5) => Self::NetworkAddress,
            Some(6) => Self::InterfaceName,
            Some(7) => Self::Local,
            _ => Self::Unknown,
        }
    }

    /// LldpPortIdSubtype.
    pub(super) const fn of_port(subtype: Option<u32>) -> Self {
        match subtype {
            Some(1) => Self::InterfaceAlias,
            Some(2) => Self::PortComponent,
            Some(3) => Self::Mac,
            Some(4) => Self::NetworkAddress,
            Some(5) => Self::InterfaceName,
            Some(6) => Self::AgentCircuit,
            Some(7) => Self::Local,
            _ => Self::Unknown,
        }
    }
}

/// A chassis' or port's name, readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LldpId {
    /// What kind of name it is.
    pub kind: IdKind,
    /// The name: a MAC or network address as people write it, else its letters, what can't be printed escaped.
    pub text: String,
}

impl LldpId {
    pub(super) fn new(kind: IdKind, octets: &[u8]) -> Self {
        let text = match kind {
            IdKind::Mac => mac(octets),
            IdKind::NetworkAddress => network_address(octets),
            _ => None,
        };
        Self {
            kind,
            text: text.unwrap_or_else(|| printable(octets)),
        }
    }
}

/// Six octets as a MAC address; some devices send it as text.
fn mac(octets: &[u8]) -> Option<String> {
    if octets.len() == 6 {
        let parts: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        return Some(parts.join(":"));
    }
    let text = std::str::from_utf8(octets).ok()?;
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ':' | '-' | '.' | ' '))
        .collect();
    let fits = digits.len() == 12 && digits.chars().all(|c| c.is_ascii_hexdigit());
    fits.then(|| {
        let lower = digits.to_ascii_lowercase();
        let pairs: Vec<&str> = (0..6).filter_map(|n| lower.get(2 * n..2 * n + 2)).collect();
        pairs.join(":")
    })
}

/// An address behind its family's number (1 is IPv4, 2 is IPv6), or four octets without one.
pub(super) fn network_address(octets: &[u8]) -> Option<String> {
    match octets {
        [1, rest @ ..] if rest.len() == 4 => address(rest),
        [2, rest @ ..] if rest.len() == 16 => address(rest),
        rest if rest.len() == 4 => address(rest),
        _ => None,
    }
}

/// Four or sixteen octets as an address.
pub(super) fn address(octets: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Some(Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(octets).ok()?;
    Some(Ipv6Addr::from(sixteen).to_string())
}

/// Letters as they are, everything else as `\x07`; NULs at the end are filling.
fn printable(octets: &[u8]) -> String {
    let end = octets
        .iter()
        .rposition(|octet| *octet != 0)
        .map_or(0, |at| at + 1);
    let octets = octets.get(..end).unwrap_or_default();
    let text: String = match std::str::from_utf8(octets) {
        Ok(text) => text.chars().flat_map(shown).collect(),
        Err(_) => octets.iter().flat_map(|octet| escaped(*octet)).collect(),
    };
    text.trim().chars().take(LONGEST).collect()
}

fn shown(letter: char) -> Vec<char> {
    match letter {
        letter if letter.is_control() || is_invisible(letter) => letter.escape_unicode().collect(),
        letter => vec![letter],
    }
}

/// Letters without a shape of their own, and those that turn the direction of what follows.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn escaped(octet: u8) -> Vec<char> {
    match octet {
        b' '..=b'~' => vec![char::from(octet)],
        octet => format!("\\x{octet:02x}").chars().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_by_table() {
        let table: [(IdKind, &[u8], &str); 14] = [
            (
                IdKind::Mac,
                &[0, 0x1c, 0x73, 0xb3, 0xaf, 0xbb],
                "00:1c:73:b3:af:bb",
            ),
            (IdKind::Mac, b"001C.73B3.AFBB", "00:1c:73:b3:af:bb"),
            (IdKind::Mac, b"3c 2c 30 16 74 80", "3c:2c:30:16:74:80"),
            (IdKind::Mac, &[1, 2, 3], "\\u{1}\\u{2}\\u{3}"),
            (IdKind::NetworkAddress, &[1, 192, 0, 2, 7], "192.0.2.7"),
            (IdKind::NetworkAddress, &[192, 0, 2, 7], "192.0.2.7"),
            (
                IdKind::NetworkAddress,
                &[2, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                "2001:db8::1",
            ),
            (IdKind::NetworkAddress, &[2, 1], "\\u{2}\\u{1}"),
            (IdKind::InterfaceName, b"Ethernet1/1\0\0", "Ethernet1/1"),
            (IdKind::Local, "上联".as_bytes(), "上联"),
            (IdKind::Local, &[0xff, 0x41], "\\xffA"),
            (IdKind::Local, "a\u{202e}b".as_bytes(), "a\\u{202e}b"),
            (IdKind::Local, b"", ""),
            (IdKind::Unknown, &[0x80; 100], &"\\x80".repeat(100)[..255]),
        ];
        for (kind, octets, expected) in table {
            assert_eq!(
                LldpId::new(kind, octets).text,
                expected,
                "{kind:?} {octets:02x?}"
            );
        }
    }

    #[test]
    fn subtypes_differ_between_chassis_and_port() {
        assert_eq!(IdKind::of_chassis(Some(4)), IdKind::Mac);
        assert_eq!(IdKind::of_port(Some(4)), IdKind::NetworkAddress);
        assert_eq!(IdKind::of_port(Some(3)), IdKind::Mac);
        assert_eq!(IdKind::of_chassis(Some(0)), IdKind::Unknown);
    }
}
