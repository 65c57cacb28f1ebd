//! A network and its length, and stretches of addresses.

use std::fmt;

use super::fault::{FieldFault, Message};
use super::ip::{Family, Ip, IpOctets};

/// Addresses from `first` to `last`, both within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The lowest.
    pub first: u128,
    /// The highest.
    pub last: u128,
}

impl Span {
    /// Whether a number lies within.
    #[must_use]
    pub const fn holds(&self, value: u128) -> bool {
        self.first <= value && value <= self.last
    }

    /// Whether all of another lies within.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether both have a number in common.
    #[must_use]
    pub const fn meets(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// How many numbers it has; one less than the truth for all of IPv6.
    #[must_use]
    pub const fn size(&self) -> u128 {
        (self.last - self.first).saturating_add(1)
    }
}

/// A network in canonical form: no bit set beyond its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IpPrefix {
    network: Ip,
    length: u32,
}

impl IpPrefix {
    /// The network of a length that holds an address; `None` when the length is beyond the family's bits.
    #[must_use]
    pub const fn around(ip: Ip, length: u32) -> Option<Self> {
        let bits = ip.family().bits();
        if length > bits {
            return None;
        }
        let network = Ip::new(ip.family(), ip.value() & !host_mask(bits - length));
        Some(Self { network, length })
    }

    /// The network as its columns have it.
    #[must_use]
    pub fn stored(family: Family, network: IpOctets, length: i64) -> Self {
        let ip = Ip::new(family, network.value());
        let length = u32::try_from(length).unwrap_or(family.bits());
        Self {
            network: ip,
            length: length.min(family.bits()),
        }
    }

    /// Its first address.
    #[must_use]
    pub const fn network(&self) -> Ip {
        self.network
    }

    /// Its family.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.network.family()
    }

    /// Bits that all its addresses share.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.length
    }

    /// All its addresses.
    #[must_use]
    pub const fn span(&self) -> Span {
        let first = self.network.value();
        Span {
            first,
            last: first | host_mask(self.family().bits() - self.length),
        }
    }

    /// Its last address; in IPv4 the broadcast address.
    #[must_use]
    pub const fn last(&self) -> Ip {
        Ip::new(self.family(), self.span().last)
    }

    /// Whether an address lies within.
    #[must_use]
    pub fn holds(&self, ip: Ip) -> bool {
        self.family() == ip.family() && self.span().holds(ip.value())
    }

    /// Whether all of another network lies within; a network contains itself.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.length <= other.length && self.holds(other.network)
    }

    /// Whether first and last address mean the network itself and all its hosts, and no host may have them
    /// (RFC 919; RFC 3021 for /31).
    #[must_use]
    pub fn has_ends(&self) -> bool {
        self.family() == Family::V4 && self.length < 31
    }

    /// The addresses that may be handed out: without the ends of an IPv4 network, and without the first of an IPv6 network,
    /// which all its routers share (RFC 4291 section 2.6.1; RFC 6164 for /127). A pool gives all.
    #[must_use]
    pub fn usable(&self, is_pool: bool) -> Span {
        let all = self.span();
        match self.family() {
            _ if is_pool => all,
            Family::V4 if self.has_ends() => Span {
                first: all.first + 1,
                last: all.last - 1,
            },
            Family::V6 if self.length < 127 => Span {
                first: all.first + 1,
                last: all.last,
            },
            _ => all,
        }
    }

    /// Every network that could hold an address, the narrowest first, from `longest` bits on.
    pub fn all_around(ip: Ip, longest: u32) -> impl Iterator<Item = Self> {
        (0..=longest.min(ip.family().bits()))
            .rev()
            .filter_map(move |length| Self::around(ip, length))
    }

    /// Reads `address/length`. What has bits beyond its length is refused with the network that would be right.
    pub fn parse(field: &'static str, raw: &str) -> Result<Self, FieldFault> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(FieldFault::new(field, Message::new("fault-required")));
        }
        let (address, length) = text
            .split_once('/')
            .ok_or_else(|| FieldFault::new(field, Message::new("ip-no-length")))?;
        let ip = Ip::parse(field, address)?;
        let max = ip.family().bits();
        let wrong = || {
            let message = Message::new("ip-length").with("max", i64::from(max));
            FieldFault::new(field, message)
        };
        let length = length_of(length).ok_or_else(wrong)?;
        let prefix = Self::around(ip, length).ok_or_else(wrong)?;
        if prefix.network != ip {
            let message = Message::new("ip-host-bits").with("right", prefix.to_string());
            return Err(FieldFault::new(field, message));
        }
        Ok(prefix)
    }
}

/// A length without sign and without zeros in front.
fn length_of(text: &str) -> Option<u32> {
    let plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

/// As many low bits as given, at most 128.
const fn host_mask(bits: u32) -> u128 {
    match 1_u128.checked_shl(bits) {
        Some(over) => over - 1,
        None => u128::MAX,
    }
}

impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.length)
    }
}

#[cfg(test)]
#[path = "ip_tests.rs"]
mod tests;
