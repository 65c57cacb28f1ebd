//! Cipher suites: which algorithms protect a session.

use serde::{Deserialize, Serialize};

/// A cipher suite of IPMI 2.0 (table 22-20). Only suites with authentication, integrity and
/// confidentiality are known here; the others let anyone in or show the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum CipherSuite {
    /// Suite 3: RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128.
    Three,
    /// Suite 8: RAKP-HMAC-MD5, HMAC-MD5-128, AES-CBC-128.
    Eight,
    /// Suite 12: RAKP-HMAC-MD5, MD5-128, AES-CBC-128.
    Twelve,
    /// Suite 17: RAKP-HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128.
    Seventeen,
}

/// Numbers of the three algorithms as they stand in Open Session (IPMI 13.28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Algorithms {
    /// RAKP authentication algorithm: 1 HMAC-SHA1, 2 HMAC-MD5, 3 HMAC-SHA256.
    pub authentication: u8,
    /// Integrity algorithm: 1 HMAC-SHA1-96, 2 HMAC-MD5-128, 3 MD5-128,
    /// 4 HMAC-SHA256-128.
    pub integrity: u8,
    /// Confidentiality algorithm: 1 AES-CBC-128.
    pub confidentiality: u8,
}

impl CipherSuite {
    /// The order in which suites are tried when nothing is known of a BMC: strongest first.
    /// Suites 8 and 12 stand on MD5 and are tried only where a person names them.
    pub const PREFERRED: [Self; 2] = [Self::Seventeen, Self::Three];

    /// All suites known here, strongest first.
    pub const ALL: [Self; 4] = [Self::Seventeen, Self::Three, Self::Eight, Self::Twelve];

    /// The suite's number, as `ipmitool -C` takes it.
    pub const fn number(self) -> u8 {
        match self {
            Self::Three => 3,
            Self::Eight => 8,
            Self::Twelve => 12,
            Self::Seventeen => 17,
        }
    }

    /// The suite of a number, if it is one of those known here.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            3 => Some(Self::Three),
            8 => Some(Self::Eight),
            12 => Some(Self::Twelve),
            17 => Some(Self::Seventeen),
            _ => None,
        }
    }

    /// The algorithms that make up the suite.
    pub const fn algorithms(self) -> Algorithms {
        match self {
            Self::Three => Algorithms {
                authentication: 1,
                integrity: 1,
                confidentiality: 1,
            },
            Self::Eight => Algorithms {
                authentication: 2,
                integrity: 2,
                confidentiality: 1,
            },
            Self::Twelve => Algorithms {
                authentication: 2,
                integrity: 3,
                confidentiality: 1,
            },
            Self::Seventeen => Algorithms {
                authentication: 3,
                integrity: 4,
                confidentiality: 1,
            },
        }
    }

    /// The suite with exactly these algorithms.
    pub fn from_algorithms(algorithms: Algorithms) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|suite| suite.algorithms() == algorithms)
    }

    /// Octets of the integrity code behind a packet and in RAKP message 4.
    pub const fn code_len(self) -> usize {
        match self {
            Self::Three => 12,
            Self::Eight | Self::Twelve | Self::Seventeen => 16,
        }
    }

    /// Octets of the key exchange codes in RAKP messages 2 and 3.
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Three => 20,
            Self::Eight | Self::Twelve => 16,
            Self::Seventeen => 32,
        }
    }
}

impl From<CipherSuite> for u8 {
    fn from(suite: CipherSuite) -> Self {
        suite.number()
    }
}

impl TryFrom<u8> for CipherSuite {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::from_number(number).ok_or_else(|| {
            format!("cipher suite {number} is not supported; allowed are 17, 3, 8 and 12")
        })
    }
}

impl std::fmt::Display for CipherSuite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.number())
    }
}
