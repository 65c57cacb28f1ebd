//! PDUs: which family a device is of, what its columns mean, and reading them after the counters of a poll.
//!
//! What is known of the families is a table ([`family`]); [`rules`] makes gauges and outlets of what was said and
//! knows no sockets; [`columns`] asks.

mod columns;
pub(super) mod family;
mod rules;

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::asker::Asker;
use crate::base::gauge::{GaugeSeen, OutletSeen};
use crate::base::time::Timestamp;

pub use family::{Control, Family, FamilyError, family_named, family_of, pdu_families};

/// Time that is kept for the rest of a poll.
const RESERVE: Duration = Duration::from_millis(200);

/// What a PDU said in one poll.
#[derive(Clone, Debug)]
pub struct PduReport {
    /// The family it was read as.
    pub family: &'static Family,
    /// The time its values stand for.
    pub at: Timestamp,
    /// What it measures, by part, index and quantity.
    pub gauges: Vec<GaugeSeen>,
    /// Its outlets, by index.
    pub outlets: Vec<OutletSeen>,
    /// What went wrong while it was read; what came before is there all the same.
    pub troubles: Vec<PduTrouble>,
}

/// What went wrong while a PDU was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PduTrouble {
    /// A column never comes to its end.
    #[error("{object} loops at {oid}")]
    Looping {
        /// Its name in the vendor's MIB.
        object: String,
        /// The name that came twice or out of order.
        oid: String,
    },
    /// A column has more rows than any PDU.
    #[error("{object} has more than {most} rows")]
    TooLarge {
        /// Its name in the vendor's MIB.
        object: String,
        /// What is allowed.
        most: usize,
    },
    /// The time of the poll was over.
    #[error("not read to the end in time")]
    Deadline,
    /// The device did not answer as it should.
    #[error("{0}")]
    Asking(String),
}

/// Reads a PDU in what is left of the poll's time; what goes wrong is told beside what came before it.
pub(super) async fn read(
    asker: &mut Asker<'_>,
    family: &'static Family,
    deadline: Duration,
) -> PduReport {
    let until = asker.begun + deadline.saturating_sub(RESERVE);
    let begun = Timestamp::now();
    let mut said = columns::Said::default();
    let mut troubles = Vec::new();
    if Instant::now() >= until {
        troubles.push(PduTrouble::Deadline);
    } else {
        match timeout_at(until, columns::read(asker, family, &mut said)).await {
            Ok(Ok(found)) => troubles.extend(found),
            Ok(Err(kind)) => troubles.push(PduTrouble::Asking(kind.to_string())),
            Err(_) => troubles.push(PduTrouble::Deadline),
        }
    }
    let (gauges, outlets) = rules::judge(family, &said.values);
    let half_ms = Timestamp::now().since_millis(begun).max(0) / 2;
    PduReport {
        family,
        at: begun.plus_millis(half_ms),
        gauges,
        outlets,
        troubles,
    }
}
