//! BMCs that log in properly and then tell things that can't be. Each test looks first whether
//! the simulated BMC did misbehave.

use std::time::Duration;

use coldaisle::drivers::bmc::{BmcAccess, BmcError, BmcSession, LogMark, Priority};
use coldaisle::sim::bmc::{Faults, SimBmc};
use coldaisle::wire::ipmi::DecodeKind;

use super::simulated::{config, target};

async fn lying(seed: u64, faults: Faults) -> (SimBmc, BmcAccess, Box<dyn BmcSession>) {
    let bmc = SimBmc::start(config(seed)).await.unwrap();
    bmc.set_faults(faults);
    let access = BmcAccess::new(Duration::ZERO);
    let session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    (bmc, access, session)
}

fn is_endless<T: std::fmt::Debug>(outcome: Result<T, BmcError>) -> bool {
    matches!(
        outcome,
        Err(BmcError::NotUnderstood { fault, .. }) if fault.kind == DecodeKind::Loop
    )
}

/// The session works on, and closes.
async fn is_usable(bmc: &SimBmc, mut session: Box<dyn BmcSession>) {
    session.power_state().await.unwrap();
    session.close().await.unwrap();
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn records_that_come_back_to_themselves_end() {
    let faults = Faults {
        endless_records: true,
        ..Faults::default()
    };
    let (bmc, _access, mut session) = lying(80, faults).await;
    let outcome = session.sensors().await;
    assert!(bmc.counters().spoilt > 0, "the records did come back");
    assert!(is_endless(outcome));
    // The log and the inventory do without names.
    let part = session.event_log(LogMark::default(), 10).await.unwrap();
    assert!(
        part.entries
            .iter()
            .all(|entry| entry.source.starts_with("#0x"))
    );
    let parts = session.parts().await.unwrap();
    assert!(parts.len() == 4, "device 0 and firmware: {parts:?}");
    is_usable(&bmc, session).await;
}

#[tokio::test]
async fn a_log_without_end_ends() {
    let faults = Faults {
        endless_log: true,
        ..Faults::default()
    };
    let (bmc, _access, mut session) = lying(81, faults).await;
    let part = session.event_log(LogMark::default(), 20).await.unwrap();
    assert_eq!((part.entries.len(), part.more), (20, true));
    let before = bmc.counters();
    assert!(is_endless(
        session.event_log(LogMark::default(), 100_000).await
    ));
    let after = bmc.counters();
    assert!(after.spoilt > before.spoilt, "the log did not end");
    assert!(after.datagrams - before.datagrams < 200, "{after:?}");
    is_usable(&bmc, session).await;
}

#[tokio::test]
async fn an_inventory_that_lies_about_its_length_is_read_as_far_as_it_goes() {
    let faults = Faults {
        lying_inventory: true,
        ..Faults::default()
    };
    let (bmc, _access, mut session) = lying(82, faults).await;
    let parts = session.parts().await.unwrap();
    let seen = bmc.counters();
    assert!(seen.spoilt > 0 && seen.datagrams < 600, "{seen:?}");
    let chassis = parts.first().unwrap();
    assert!(
        chassis.detail.contains("area longer than the inventory"),
        "{chassis:?}"
    );
    assert_eq!(chassis.part_number, "LIES");
    is_usable(&bmc, session).await;
}
