//! Reading the power state of all endpoints in turn.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::execution::credential_refused;
use crate::base::fault::Fault;
use crate::base::ids::BmcId;
use crate::base::time::Timestamp;
use crate::power::model::{PowerState, RotationState};
use crate::power::port::{BmcIdentity, PortFault, PortFaultKind};
use crate::power::reach::Trust;
use crate::power::rows::BmcEndpoint;
use crate::power::state::ACTING;
use crate::store::Conn;
use crate::store::schema::{bmc_endpoints, bmc_rotations, devices, power_intents};

/// A reading that isn't recorded within this time, milliseconds, is taken up again.
const CLAIM_MS: i64 = 120_000;
/// Wait after the first failure, milliseconds; doubled by each further one.
const FIRST_RETRY_MS: i64 = 30_000;
/// Longest wait between two attempts, milliseconds.
const LONGEST_RETRY_MS: i64 = 3_600_000;
/// After this many failures in a row the last state says nothing any more.
const FAILURES_TO_UNKNOWN: i64 = 3;

/// One reading of one endpoint.
#[derive(Debug, Clone)]
pub struct PollResult {
    /// The endpoint as it was claimed.
    pub endpoint: BmcEndpoint,
    /// When it was read.
    pub at: Timestamp,
    /// State, identity and cipher suite, or what went wrong.
    pub outcome: Result<(PowerState, BmcIdentity, Option<i64>), PortFault>,
    /// SHA-256 of the certificate that was shown and accepted.
    pub certificate: Option<String>,
}

/// Takes up to `limit` endpoints that are due. Left out: refused credentials, archived machines, and machines with
/// an intent or a change of the password under way.
pub fn poll_claim(c: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<BmcEndpoint>, Fault> {
    let busy = power_intents::table
        .filter(power_intents::device_id.eq(bmc_endpoints::device_id))
        .filter(power_intents::state.eq_any(ACTING));
    let rotating = bmc_rotations::table
        .filter(bmc_rotations::device_id.eq(bmc_endpoints::device_id))
        .filter(bmc_rotations::state.eq_any(RotationState::LIVE));
    let due: Vec<BmcEndpoint> = bmc_endpoints::table
        .inner_join(devices::table)
        .filter(bmc_endpoints::next_poll_at.le(now))
        .filter(bmc_endpoints::credential_fault.is_null())
        .filter(devices::archived_at.is_null())
        .filter(not(exists(busy)))
        .filter(not(exists(rotating)))
        .order((bmc_endpoints::next_poll_at.asc(), bmc_endpoints::id.asc()))
        .limit(limit)
        .select(BmcEndpoint::as_select())
        .load(c)?;
    let ids: Vec<BmcId> = due.iter().map(|bmc| bmc.id).collect();
    diesel::update(bmc_endpoints::table.filter(bmc_endpoints::id.eq_any(ids)))
        .set(bmc_endpoints::next_poll_at.eq(now.plus_millis(CLAIM_MS)))
        .execute(c)?;
    Ok(due)
}

/// Keeps readings, and when each endpoint is read next. What somebody changed meanwhile is left alone.
pub fn poll_record(c: &mut Conn, results: &[PollResult], interval_ms: i64) -> Result<(), Fault> {
    for result in results {
        match &result.outcome {
            Ok((state, identity, suite)) => {
                answered(c, result, *state, identity, *suite, interval_ms)?;
            }
            Err(fault) if fault.kind == PortFaultKind::Credential => {
                let bmc = &result.endpoint;
                credential_refused(c, bmc.id, bmc.version, result.at, &fault.to_string())?;
            }
            Err(fault) => failed(c, result, fault, interval_ms)?,
        }
    }
    Ok(())
}

/// Spreads the readings of many endpoints over the interval: always the same share for the same one.
pub(super) fn jitter_ms(id: BmcId, interval_ms: i64) -> i64 {
    id.get().wrapping_mul(7919).rem_euclid(997) * (interval_ms / 10) / 997
}

fn answered(
    c: &mut Conn,
    result: &PollResult,
    state: PowerState,
    identity: &BmcIdentity,
    suite: Option<i64>,
    interval_ms: i64,
) -> Result<(), Fault> {
    let bmc = &result.endpoint;
    let wrong = bmc.expected_guid.is_some() && identity.is_expected != Some(true);
    let error = wrong.then(|| {
        let reported = identity.guid.as_deref().unwrap_or("none");
        format!("wrong-machine: the BMC reports GUID {reported}")
    });
    let state = if wrong { PowerState::Unknown } else { state };
    let row = bmc_endpoints::table
        .find(bmc.id)
        .filter(bmc_endpoints::version.eq(bmc.version));
    diesel::update(row)
        .set((
            bmc_endpoints::last_answer_at.eq(result.at),
            bmc_endpoints::last_error_at.eq(error.is_some().then_some(result.at)),
            bmc_endpoints::last_error.eq(error),
            bmc_endpoints::consecutive_failures.eq(0),
            bmc_endpoints::remembered_suite.eq(suite.or(bmc.remembered_suite)),
            bmc_endpoints::certificate_sha256.eq(pinned(result)),
            bmc_endpoints::certificate_refused.eq(None::<String>),
            bmc_endpoints::manufacturer_id.eq(identity.manufacturer_id),
            bmc_endpoints::product_id.eq(identity.product_id),
            bmc_endpoints::firmware.eq(&identity.firmware),
            bmc_endpoints::next_poll_at.eq(result
                .at
                .plus_millis(interval_ms.saturating_sub(jitter_ms(bmc.id, interval_ms)))),
        ))
        .execute(c)?;
    // An intent may have seen a later state meanwhile.
    let older = bmc_endpoints::table
        .find(bmc.id)
        .filter(bmc_endpoints::version.eq(bmc.version))
        .filter(
            bmc_endpoints::power_state_at
                .is_null()
                .or(bmc_endpoints::power_state_at.le(result.at)),
        );
    diesel::update(older)
        .set((
            bmc_endpoints::power_state.eq(state),
            bmc_endpoints::power_state_at.eq(result.at),
        ))
        .execute(c)?;
    Ok(())
}

/// The certificate to trust from now on: what is there, else what was shown where it is to be pinned.
fn pinned(result: &PollResult) -> Option<&String> {
    let bmc = &result.endpoint;
    let shown = result
        .certificate
        .as_ref()
        .filter(|_| bmc.trust == Trust::Pin);
    bmc.certificate_sha256.as_ref().or(shown)
}

/// Wait before the next attempt after this many failures in a row.
pub(super) fn retry_ms(failures: i64) -> i64 {
    let doubled = u32::try_from(failures.clamp(1, 16) - 1).unwrap_or(0);
    FIRST_RETRY_MS
        .saturating_mul(1_i64 << doubled)
        .min(LONGEST_RETRY_MS)
}

fn failed(
    c: &mut Conn,
    result: &PollResult,
    fault: &PortFault,
    interval_ms: i64,
) -> Result<(), Fault> {
    let bmc = &result.endpoint;
    let failures = bmc.consecutive_failures.saturating_add(1);
    let rest = retry_ms(failures).max(interval_ms.min(FIRST_RETRY_MS));
    // Until a person decides, or the trusted one is back.
    let refused = fault
        .certificate_refused
        .as_ref()
        .or(bmc.certificate_refused.as_ref());
    let row = bmc_endpoints::table
        .find(bmc.id)
        .filter(bmc_endpoints::version.eq(bmc.version));
    diesel::update(row)
        .set((
            bmc_endpoints::last_error.eq(fault.to_string()),
            bmc_endpoints::last_error_at.eq(result.at),
            bmc_endpoints::certificate_refused.eq(refused),
            bmc_endpoints::consecutive_failures.eq(failures),
            bmc_endpoints::next_poll_at.eq(result.at.plus_millis(rest + jitter_ms(bmc.id, rest))),
        ))
        .execute(c)?;
    if failures >= FAILURES_TO_UNKNOWN {
        let row = bmc_endpoints::table
            .find(bmc.id)
            .filter(bmc_endpoints::version.eq(bmc.version));
        diesel::update(row)
            .set(bmc_endpoints::power_state.eq(PowerState::Unknown))
            .execute(c)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let minutes: Vec<_> = [1, 2, 3, 7, 8, 9, 1000]
            .iter()
            .map(|failures| retry_ms(*failures) / 1000)
            .collect();
        assert_eq!(minutes, [30, 60, 120, 1920, 3600, 3600, 3600]);
    }

    #[test]
    fn readings_are_spread_within_a_tenth_of_the_interval() {
        let spread: Vec<_> = (1..200)
            .map(|id| jitter_ms(BmcId::new(id), 300_000))
            .collect();
        assert!(spread.iter().all(|ms| (0..30_000).contains(ms)));
        assert!(spread.iter().filter(|ms| **ms > 15_000).count() > 60);
    }
}
