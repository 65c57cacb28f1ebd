//! An IP address of either family, as one number that orders and compares the same on every database.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Binary};

use super::fault::{FieldFault, Message};

/// Which kind of address.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = BigInt)]
pub enum Family {
    /// IPv4, 32 bits.
    V4,
    /// IPv6, 128 bits.
    V6,
}

impl Family {
    /// Bits of an address.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// 4 or 6.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::V4 => 4,
            Self::V6 => 6,
        }
    }

    /// The largest address as a number.
    #[must_use]
    pub const fn highest(self) -> u128 {
        match self {
            Self::V4 => u32::MAX as u128,
            Self::V6 => u128::MAX,
        }
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Family
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        let number: &'static i64 = match self {
            Self::V4 => &4,
            Self::V6 => &6,
        };
        number.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Family
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        match i64::from_sql(bytes)? {
            4 => Ok(Self::V4),
            6 => Ok(Self::V6),
            other => Err(format!("{other} is no family of addresses").into()),
        }
    }
}

/// An address as a column keeps it: 16 octets, most significant first; an IPv4 address in the last four.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Binary)]
pub struct IpOctets([u8; 16]);

impl IpOctets {
    /// From a number.
    #[must_use]
    pub const fn new(value: u128) -> Self {
        Self(value.to_be_bytes())
    }

    /// As a number.
    #[must_use]
    pub const fn value(self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

impl<DB: Backend> ToSql<Binary, DB> for IpOctets
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <[u8] as ToSql<Binary, DB>>::to_sql(&self.0, out)
    }
}

impl<DB: Backend> FromSql<Binary, DB> for IpOctets
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let octets = <Vec<u8> as FromSql<Binary, DB>>::from_sql(bytes)?;
        let octets = <[u8; 16]>::try_from(octets.as_slice())
            .map_err(|_| format!("{} octets are no address", octets.len()))?;
        Ok(Self(octets))
    }
}

/// An IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ip {
    family: Family,
    value: u128,
}

impl Ip {
    /// An address from its number; bits beyond the family's are dropped.
    #[must_use]
    pub const fn new(family: Family, value: u128) -> Self {
        Self {
            family,
            value: value & family.highest(),
        }
    }

    /// Its family.
    #[must_use]
    pub const fn family(self) -> Family {
        self.family
    }

    /// As a number.
    #[must_use]
    pub const fn value(self) -> u128 {
        self.value
    }

    /// As a column keeps it.
    #[must_use]
    pub const fn octets(self) -> IpOctets {
        IpOctets::new(self.value)
    }

    /// Reads an address as people type it: dotted decimal, or RFC 4291 section 2.2. Refused with a reason: octets with
    /// zeros in front (some programs read them as octal), and IPv4 addresses in the clothes of IPv6.
    pub fn parse(field: &'static str, raw: &str) -> Result<Self, FieldFault> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(FieldFault::new(field, Message::new("fault-required")));
        }
        let read = if text.contains(':') {
            v6(text)
        } else {
            v4(text)
        };
        read.map_err(|message| FieldFault::new(field, message))
    }
}

fn no_address(text: &str) -> Message {
    let given: String = text.chars().take(60).collect();
    Message::new("ip-no-address").with("given", given)
}

fn v4(text: &str) -> Result<Ip, Message> {
    let parts: Vec<&str> = text.split('.').collect();
    let digits = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.len() != 4 || !parts.iter().all(digits) {
        return Err(no_address(text));
    }
    let padded = parts
        .iter()
        .any(|part| part.len() > 1 && part.starts_with('0'));
    let numbers: Option<Vec<String>> = parts
        .iter()
        .map(|part| part.parse::<u8>().ok().map(|octet| octet.to_string()))
        .collect();
    let Some(numbers) = numbers else {
        return Err(no_address(text));
    };
    let right = numbers.join(".");
    if padded {
        return Err(Message::new("ip-zero-padded").with("right", right));
    }
    let address: Ipv4Addr = right.parse().map_err(|_| no_address(text))?;
    Ok(Ip::new(Family::V4, u128::from(address.to_bits())))
}

fn v6(text: &str) -> Result<Ip, Message> {
    let address: Ipv6Addr = text.parse().map_err(|_| no_address(text))?;
    if let Some(inner) = address.to_ipv4_mapped() {
        return Err(Message::new("ip-mapped").with("right", inner.to_string()));
    }
    Ok(Ip::new(Family::V6, address.to_bits()))
}

impl fmt::Display for Ip {
    /// Dotted decimal, or the canonical text of RFC 5952.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.family, u32::try_from(self.value)) {
            (Family::V4, Ok(bits)) => write!(f, "{}", Ipv4Addr::from_bits(bits)),
            _ => write!(f, "{}", Ipv6Addr::from_bits(self.value)),
        }
    }
}
