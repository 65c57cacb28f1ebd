//! Evidence of a period, made from what is frozen and what the switches said.

use super::allocations::allocation_by_id;
use super::members::{compute, members_said};
use super::periods::{find, frozen_of};
use crate::base::fault::{Fault, Message};
use crate::base::ids::AllocationId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::metering::evidence::package::evidence;
use crate::metering::evidence::verify::verify;
use crate::store::Conn;

/// Evidence as a file.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    /// A name for it, in ASCII.
    pub name: String,
    /// SHA-256 of what is frozen in it.
    pub hash: String,
    /// The ZIP file.
    pub body: Vec<u8>,
}

/// The evidence of the period that an instant lies in. Of a closed period document and slots are those that were
/// frozen; the readings are those that were stored then, and it is made only when they still lead to the figure.
pub fn period_evidence(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    at: Timestamp,
) -> Result<EvidenceFile, Fault> {
    let named = allocation_by_id(c, actor, id)?;
    let (period, closed) = find(c, &named.allocation, at)?;
    let (frozen, members) = match &closed {
        None => {
            let computed = compute(c, actor.now, &named, period)?;
            (computed.frozen, computed.members)
        }
        Some(closed) => {
            let frozen = frozen_of(c, closed)?;
            let counted = frozen.document.counted.into();
            let members = members_said(c, &frozen.document.ports, counted, closed.closed_at)?;
            (frozen, members)
        }
    };
    let closed_at = closed.map(|closed| closed.closed_at);
    let body = evidence(&frozen, &members, actor.now, closed_at).map_err(Fault::internal)?;
    if closed_at.is_some() {
        proven(&body)?;
    }
    Ok(EvidenceFile {
        name: name(
            &named.customer_code,
            id,
            period.from,
            named.allocation.zone(),
        ),
        hash: frozen.hash(),
        body,
    })
}

/// Evidence of a closed period that does not lead to what was closed is worse than none: its readings are past
/// their retention, or something is wrong.
fn proven(body: &[u8]) -> Result<(), Fault> {
    let first = match verify(body) {
        Ok(report) if report.faults.is_empty() => return Ok(()),
        Ok(report) => report.faults.first().map(ToString::to_string),
        Err(fault) => Some(fault.to_string()),
    };
    let message = Message::new("fault-evidence-gone");
    Err(Fault::conflict(message).because(first.unwrap_or_default()))
}

fn name(customer: &str, id: AllocationId, from: Timestamp, zone: chrono_tz::Tz) -> String {
    let plain: String = customer
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let date = from.local_date(zone);
    format!("evidence-{plain}-{id}-{date}.zip")
}
