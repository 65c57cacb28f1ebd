//! Who a BMC says it is, against the record, before anything is sent.

use crate::power::Detail;
use crate::power::identity::{Finding, OnRecord, Reported, compare};
use crate::power::port::{PortFault, PortFaultKind, PowerSession};

/// Compares who the BMC says it is with the record. Serial numbers take many packets to read over IPMI: they are asked
/// for only where they decide.
pub(super) async fn what_is_wrong(
    session: &mut dyn PowerSession,
    record: OnRecord<'_>,
) -> Result<Option<Detail>, PortFault> {
    let identity = session.identity().await?;
    let mut reported = Reported {
        guid: identity.guid.as_deref(),
        is_expected: identity.is_expected,
        serials: None,
    };
    let mut finding = compare(record, reported);
    let serials;
    if finding == Finding::AskSerials {
        serials = match session.serials().await {
            Err(fault) if fault.kind == PortFaultKind::Lasting => Vec::new(),
            told => told?,
        };
        reported.serials = Some(&serials);
        finding = compare(record, reported);
    }
    let wrong = |key, expected: String, reported: String| {
        let detail = Detail::new(key).with("expected", expected);
        Some(detail.with("reported", reported))
    };
    Ok(match finding {
        Finding::Right | Finding::NothingToCompare | Finding::AskSerials => None,
        Finding::OtherGuid { expected, reported } => {
            wrong("power-detail-wrong-machine", expected, reported)
        }
        Finding::OtherSerial { expected, reported } => {
            wrong("power-detail-wrong-serial", expected, reported)
        }
        Finding::Unconfirmed { expected } => {
            Some(Detail::new("power-detail-no-guid").with("expected", expected))
        }
    })
}
