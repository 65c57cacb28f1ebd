//! What a correction of a closed period must be.

use super::model::rate;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::text;
use crate::base::units::{BitsPerSecond, Octets, decimal};

/// A correction of a closed period as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionDraft {
    /// Credited off the figure.
    pub credit: Option<BitsPerSecond>,
    /// Credited off the volume.
    pub volume: Option<Octets>,
    /// Why.
    pub reason: String,
}

impl CorrectionDraft {
    /// Checks what was typed; one of both amounts is needed.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let credit = faults.keep(rate("credit_mbps", fields.get("credit_mbps")));
        let volume = faults.keep(volume("credit_gigabytes", fields.get("credit_gigabytes")));
        let reason = faults.keep(text::required_line("reason", fields.get("reason"), 500));
        if (credit, volume) == (Some(None), Some(None)) {
            faults.add("credit_mbps", Message::new("fault-correction-amount"));
        }
        let draft = (|| {
            Some(Self {
                credit: credit?,
                volume: volume?,
                reason: reason?,
            })
        })();
        faults.into_result(draft)
    }
}

/// Decimal gigabytes, to the octet.
fn volume(field: &'static str, raw: &str) -> Result<Option<Octets>, FieldFault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    decimal(raw, 9)
        .filter(|octets| *octets > 0)
        .map(|octets| Some(Octets::new(octets)))
        .ok_or_else(|| FieldFault::new(field, Message::new("fault-correction-volume")))
}
