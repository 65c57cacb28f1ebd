//! Why a poll failed, by what the caller can do about it.

use std::net::SocketAddr;
use std::time::Duration;

use ::snmp::Oid;

use super::column::Column;
use super::target::{Credentials, SnmpTarget};

/// A poll that failed, and where and when.
#[derive(Debug, thiserror::Error)]
#[error(
    "{target}: {kind}, while reading {stage}, after {} ms, attempt {attempt}",
    elapsed.as_millis()
)]
pub struct SnmpError {
    /// The device.
    pub target: SocketAddr,
    /// What was being read.
    pub stage: Stage,
    /// Time since the poll began.
    pub elapsed: Duration,
    /// How often this question had been asked.
    pub attempt: u32,
    /// What happened.
    pub kind: SnmpErrorKind,
}

/// What was being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing yet: sockets and keys.
    Preparation,
    /// The system group.
    System,
    /// The interface tables.
    Ports,
    /// The 32-bit counters of ports without 64-bit ones.
    NarrowCounters,
    /// Descriptions and aliases of ports without a name of their own.
    Names,
    /// What a PDU measures.
    Gauges,
    /// One outlet of a PDU.
    Outlet,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Preparation => "nothing yet",
            Self::System => "the system group",
            Self::Ports => "the ports",
            Self::NarrowCounters => "the 32-bit counters",
            Self::Names => "other names of ports",
            Self::Gauges => "what it measures",
            Self::Outlet => "an outlet",
        })
    }
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum SnmpErrorKind {
    /// Silence: off, unreachable, filtered, or (2c) a wrong community.
    #[error("no answer")]
    NoAnswer,
    /// The network of this machine refused.
    #[error("the network failed")]
    Network(#[source] std::io::Error),
    /// The device answered that these credentials will not do.
    #[error("credentials refused: {0}")]
    Credentials(Refusal),
    /// The device answered something that is not understood.
    #[error("answer not understood: {0}")]
    NotUnderstood(NotUnderstood),
    /// The device never comes to the end of a table: what follows is not behind what was.
    #[error("{column} loops at {oid}")]
    Looping {
        /// The column that does not move on.
        column: Column,
        /// The name that came twice or out of order.
        oid: Oid,
    },
    /// More ports than allowed.
    #[error("more than {max_ports} ports")]
    TooLarge {
        /// What was allowed.
        max_ports: usize,
    },
    /// The poll's time was over before its end.
    #[error("not finished within {} ms", deadline.as_millis())]
    Deadline {
        /// What was allowed.
        deadline: Duration,
    },
    /// The target cannot be asked as it is set up.
    #[error("cannot be asked: {0}")]
    Settings(String),
}

/// Why credentials were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user is not known there (usmStatsUnknownUserNames).
    #[error("unknown user")]
    UnknownUser,
    /// The authentication password or protocol is wrong (usmStatsWrongDigests).
    #[error("wrong authentication password or protocol")]
    WrongDigest,
    /// The privacy password or protocol is wrong (usmStatsDecryptionErrors).
    #[error("wrong privacy password or protocol")]
    Decryption,
    /// The user may not ask at this level (usmStatsUnsupportedSecLevels).
    #[error("security level not allowed for this user")]
    SecurityLevel,
    /// Clocks or boot counts do not agree (usmStatsNotInTimeWindows).
    #[error("outside the time window")]
    NotInTimeWindow,
    /// The device told its engine id and then was silent: it cannot read the question. Devices
    /// drop what decrypts to nonsense.
    #[error("silence after discovery: probably a wrong privacy password or protocol")]
    SilentAfterDiscovery,
    /// The answer was not signed as this user's must be, or by another engine.
    #[error("answer not authenticated")]
    Unauthenticated,
    /// The user may not read this (authorizationError, noAccess).
    #[error("no access to these objects")]
    NoAccess,
}

/// What was wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// It was not a message, or not one that fits the question.
    #[error("malformed message")]
    Malformed,
    /// It had no values.
    #[error("empty answer")]
    Empty,
    /// It had more values than were asked for.
    #[error("{got} values where at most {asked} were asked for")]
    TooMany {
        /// Values in the answer.
        got: usize,
        /// Values that were asked for.
        asked: usize,
    },
    /// Even a single row is too big for the device.
    #[error("a single row is too big for the device")]
    TooBig,
    /// The device said that it failed.
    #[error("the device said {status}")]
    AgentError {
        /// Its error status (RFC 3416 section 3).
        status: String,
    },
    /// Another SNMPv3 engine than before.
    #[error("another engine than before")]
    EngineChanged,
    /// A report of an unknown kind.
    #[error("report {0}")]
    Report(String),
}

impl SnmpError {
    /// Silence at the first private question right after the device told its engine id is about
    /// the key, not about the network.
    pub(super) fn with_discovery(mut self, discovered: bool, target: &SnmpTarget) -> Self {
        let private = matches!(
            target.credentials,
            Credentials::V3 {
                privacy: Some(_),
                ..
            }
        );
        let silent = matches!(self.kind, SnmpErrorKind::NoAnswer) && self.stage == Stage::System;
        if discovered && private && silent {
            self.kind = SnmpErrorKind::Credentials(Refusal::SilentAfterDiscovery);
        }
        self
    }
}

impl SnmpErrorKind {
    /// The kind for an error of the protocol library.
    pub(super) fn from_library(error: &::snmp::Error) -> Self {
        use ::snmp::Error;
        match error.exchange_source() {
            Error::Timeout { .. } => Self::NoAnswer,
            Error::Network { source, .. } => {
                Self::Network(std::io::Error::new(source.kind(), source.to_string()))
            }
            Error::Auth { .. } => Self::Credentials(Refusal::Unauthenticated),
            Error::Report { status, .. } => Self::from_report(status),
            Error::Snmp { status, .. } => Self::from_status(*status),
            Error::Decode(_) | Error::MalformedResponse { .. } | Error::ResponseShape { .. } => {
                Self::NotUnderstood(NotUnderstood::Malformed)
            }
            other => Self::Settings(other.to_string()),
        }
    }

    fn from_report(status: &::snmp::v3::ReportStatus) -> Self {
        use ::snmp::v3::ReportStatus;
        match status {
            ReportStatus::UnsupportedSecurityLevel { .. } => {
                Self::Credentials(Refusal::SecurityLevel)
            }
            ReportStatus::NotInTimeWindow { .. } => Self::Credentials(Refusal::NotInTimeWindow),
            ReportStatus::UnknownUserName { .. } => Self::Credentials(Refusal::UnknownUser),
            ReportStatus::WrongDigest { .. } => Self::Credentials(Refusal::WrongDigest),
            ReportStatus::DecryptionError { .. } => Self::Credentials(Refusal::Decryption),
            ReportStatus::UnknownEngineId { .. } => {
                Self::NotUnderstood(NotUnderstood::EngineChanged)
            }
            other => Self::NotUnderstood(NotUnderstood::Report(other.to_string())),
        }
    }

    pub(super) fn from_status(status: ::snmp::ErrorStatus) -> Self {
        use ::snmp::ErrorStatus;
        match status {
            ErrorStatus::AuthorizationError | ErrorStatus::NoAccess => {
                Self::Credentials(Refusal::NoAccess)
            }
            ErrorStatus::TooBig => Self::NotUnderstood(NotUnderstood::TooBig),
            other => Self::NotUnderstood(NotUnderstood::AgentError {
                status: other.to_string(),
            }),
        }
    }
}
