//! What a poll needs to know: where, as whom, how much and how long.

use std::net::SocketAddr;
use std::time::Duration;

use super::column::Column;
use super::pdu::family::Family;
use crate::base::secret::Secret;

/// A device that answers SNMP.
#[derive(Clone, Debug)]
pub struct SnmpTarget {
    /// Address and UDP port (161 unless told otherwise).
    pub address: SocketAddr,
    /// As whom to ask.
    pub credentials: Credentials,
    /// How long to wait for one answer.
    pub timeout: Duration,
    /// How often a question is asked again after that.
    pub retries: u32,
}

/// As whom a device is asked; the kind decides the version of the protocol.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Version 2c with a community.
    V2c {
        /// The community string.
        community: Secret,
    },
    /// Version 3 with the user-based security model (RFC 3414).
    V3 {
        /// Security name.
        user: String,
        /// Authentication; without it nothing is checked.
        auth: Option<(AuthProtocol, Secret)>,
        /// Privacy; needs authentication.
        privacy: Option<(PrivProtocol, Secret)>,
        /// Context name, mostly empty.
        context: String,
    },
}

impl Credentials {
    /// `2c` or `3`.
    #[must_use]
    pub const fn version(&self) -> &'static str {
        match self {
            Self::V2c { .. } => "2c",
            Self::V3 { .. } => "3",
        }
    }
}

/// Authentication of version 3 (RFC 3414, RFC 7860).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say all")]
pub enum AuthProtocol {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// Privacy of version 3 (RFC 3414, RFC 3826 and the two key extensions in use for longer keys).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrivProtocol {
    /// DES-CBC: old, weak.
    Des,
    /// AES-128-CFB.
    Aes128,
    /// AES-192-CFB, keys extended as Blumenthal's draft says (net-snmp, most vendors).
    Aes192,
    /// AES-256-CFB, keys extended as Blumenthal's draft says.
    Aes256,
    /// AES-192-CFB, keys extended as Reeder's draft says (Cisco).
    Aes192Cisco,
    /// AES-256-CFB, keys extended as Reeder's draft says (Cisco).
    Aes256Cisco,
}

/// A name of no protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {allowed}")]
pub struct UnknownProtocol {
    /// What was given.
    pub found: String,
    /// What is allowed.
    pub allowed: &'static str,
}

impl AuthProtocol {
    /// All of them, weakest first.
    pub const ALL: [Self; 6] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
    ];

    /// Stable name for records, CSV and flags.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}

impl PrivProtocol {
    /// All of them, weakest first.
    pub const ALL: [Self; 6] = [
        Self::Des,
        Self::Aes128,
        Self::Aes192,
        Self::Aes256,
        Self::Aes192Cisco,
        Self::Aes256Cisco,
    ];

    /// Stable name for records, CSV and flags.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Des => "des",
            Self::Aes128 => "aes128",
            Self::Aes192 => "aes192",
            Self::Aes256 => "aes256",
            Self::Aes192Cisco => "aes192c",
            Self::Aes256Cisco => "aes256c",
        }
    }
}

/// Lower case without dashes, as `SHA-256`, `sha256` and `SHA_256` mean the same.
fn plain(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

impl std::str::FromStr for AuthProtocol {
    type Err = UnknownProtocol;

    fn from_str(text: &str) -> Result<Self, UnknownProtocol> {
        let name = match plain(text).as_str() {
            "sha" => "sha1".to_owned(),
            name => name.to_owned(),
        };
        let found = Self::ALL.into_iter().find(|known| known.as_str() == name);
        found.ok_or_else(|| UnknownProtocol {
            found: text.to_owned(),
            allowed: "md5, sha1, sha224, sha256, sha384, sha512",
        })
    }
}

impl std::str::FromStr for PrivProtocol {
    type Err = UnknownProtocol;

    fn from_str(text: &str) -> Result<Self, UnknownProtocol> {
        let name = match plain(text).as_str() {
            "aes" => "aes128".to_owned(),
            name => name.to_owned(),
        };
        let found = Self::ALL.into_iter().find(|known| known.as_str() == name);
        found.ok_or_else(|| UnknownProtocol {
            found: text.to_owned(),
            allowed: "des, aes128, aes192, aes256, aes192c, aes256c",
        })
    }
}

/// How much of a device is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollPlan {
    /// What metering needs each time: uptime, port names, state, octets, discontinuity. Where
    /// ifName does not tell the ports apart, ifDescr and ifAlias too.
    Counters,
    /// Counters, and errors and discards.
    CountersAndErrors,
    /// Counters, errors and discards, and unicast packets.
    CountersAndPackets,
    /// Everything the inventory shows as well: system, descriptions, aliases, types, speeds.
    Full {
        /// Unicast packets, errors and discards too.
        packets: bool,
    },
}

impl PollPlan {
    /// Its columns, counters first.
    pub(super) fn columns(self) -> Vec<Column> {
        let mut columns = Column::COUNTERS.to_vec();
        match self {
            Self::Counters => {}
            Self::CountersAndErrors => columns.extend(Column::ERRORS),
            Self::CountersAndPackets => columns.extend(Column::PACKETS),
            Self::Full { packets } => {
                columns.extend(Column::DESCRIPTION);
                if packets {
                    columns.extend(Column::PACKETS);
                }
            }
        }
        columns
    }

    /// Whether rows that are known from the last poll will do, instead of whole columns.
    pub(super) const fn may_use_known_rows(self) -> bool {
        !matches!(self, Self::Full { .. })
    }
}

/// The bounds of one poll.
#[derive(Clone, Copy, Debug)]
pub struct PollOptions {
    /// The whole poll ends within this time.
    pub deadline: Duration,
    /// Rows to ask for at once: what the last report of this device said, else the default of 25.
    pub max_repetitions: u32,
    /// A device with more ports than this is refused.
    pub max_ports: usize,
    /// The kind of name ports are known by; it is looked at in every poll.
    pub known_by: Column,
    /// The family of PDUs it was found to be of; a full poll finds out anew.
    pub family: Option<&'static Family>,
}

impl PollOptions {
    /// Most rows ever asked for at once.
    pub const MOST_REPETITIONS: u32 = 25;

    /// A poll that ends within `deadline`, with the usual bounds.
    #[must_use]
    pub const fn within(deadline: Duration) -> Self {
        Self {
            deadline,
            max_repetitions: Self::MOST_REPETITIONS,
            max_ports: 10_000,
            known_by: Column::IfName,
            family: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn protocols_are_known_by_the_names_people_write() {
        for known in AuthProtocol::ALL {
            assert_eq!(known.as_str().parse(), Ok(known));
        }
        for known in PrivProtocol::ALL {
            assert_eq!(known.as_str().parse(), Ok(known));
        }
        assert_eq!("SHA".parse(), Ok(AuthProtocol::Sha1));
        assert_eq!("SHA-512".parse(), Ok(AuthProtocol::Sha512));
        assert_eq!("AES".parse(), Ok(PrivProtocol::Aes128));
        assert_eq!("AES-256".parse(), Ok(PrivProtocol::Aes256));
        assert_eq!("AES-256-C".parse(), Ok(PrivProtocol::Aes256Cisco));
        assert_eq!(
            "rot13".parse::<PrivProtocol>().unwrap_err().to_string(),
            "`rot13` is not one of des, aes128, aes192, aes256, aes192c, aes256c"
        );
    }

    #[test]
    fn nothing_secret_is_printed() {
        let target = SnmpTarget {
            address: ([127, 0, 0, 1], 161).into(),
            credentials: Credentials::V2c {
                community: Secret::new("hunter2"),
            },
            timeout: Duration::from_secs(1),
            retries: 1,
        };
        assert!(!format!("{target:?}").contains("hunter2"));
    }
}
