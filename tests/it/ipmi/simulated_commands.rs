//! Our simulated BMC's sensors, log, inventory and settings: the driver and `ipmitool` see the
//! same, and what is set takes effect.

use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::gate::{Gates, Sharing};
use coldaisle::drivers::bmc::ipmi::{IpmiHub, SdrCache};
use coldaisle::drivers::bmc::{
    BmcAccess, BmcSession, BmcTarget, Boot, BootDevice, Health, LogMark, PartKind, PowerAction,
    Priority, Privilege, Quantity,
};
use coldaisle::sim::bmc::{Faults, Power, SimBmc};

use super::peers::{ipmitool, until};
use super::simulated::{config, target};

const PASSWORD: &str = "sim-secret";

fn administrator(bmc: &SimBmc) -> BmcTarget {
    BmcTarget {
        privilege: Privilege::Administrator,
        ..target(bmc)
    }
}

async fn started(seed: u64) -> (SimBmc, BmcAccess, Box<dyn BmcSession>) {
    let bmc = SimBmc::start(config(seed)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let session = access
        .open(&administrator(&bmc), Priority::Power)
        .await
        .unwrap();
    (bmc, access, session)
}

async fn said(bmc: &SimBmc, command: &str) -> String {
    let tool = ipmitool(bmc.address(), 17, PASSWORD, command).await;
    assert_eq!(tool.code, 0, "{command}: {tool:?}");
    tool.out
}

#[tokio::test]
async fn a_second_reading_takes_one_pair_a_sensor_and_one_more() {
    let (bmc, access, mut session) = started(90).await;
    let before = bmc.counters().commands;
    let first = session.sensors().await.unwrap();
    let walked = bmc.counters().commands - before;
    session.close().await.unwrap();
    // Another session: the records are kept per BMC, not per session.
    let mut session = access.open(&target(&bmc), Priority::Sensors).await.unwrap();
    let before = bmc.counters().commands;
    let second = session.sensors().await.unwrap();
    let kept = bmc.counters().commands - before;
    assert_eq!(kept, second.len() as u64 + 1, "the first took {walked}");
    assert!(walked > 2 * kept, "{walked}");
    let keys = |readings: &[coldaisle::drivers::bmc::SensorReading]| {
        readings
            .iter()
            .map(|r| (r.key.clone(), r.thresholds))
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&first), keys(&second));
    session.close().await.unwrap();
}

#[tokio::test]
async fn kept_records_are_a_value_and_are_read_anew_when_the_stamp_differs() {
    let bmc = SimBmc::start(config(91)).await.unwrap();
    let hub = IpmiHub::new();
    let target = target(&bmc);
    let (urgency, shared) = (Priority::Sensors, Sharing::Shared);
    let gates = Gates::new(Duration::ZERO);
    let permit = gates.enter_with(&target, urgency, shared).await.unwrap();
    let mut session = hub.open(&target, urgency, permit).await.unwrap();
    let (first, cache) = session.sensors_with(None).await.unwrap();
    assert_eq!(
        (first.len(), cache.len(), cache.is_empty()),
        (22, 27, false)
    );
    let kept = serde_json::to_value(&cache).unwrap();
    let again: SdrCache = serde_json::from_value(kept.clone()).unwrap();
    let before = bmc.counters().commands;
    session.sensors_with(Some(again)).await.unwrap();
    assert_eq!(bmc.counters().commands - before, 23);
    for (field, value) in [
        ("stamp", serde_json::json!([1, 2, 3])),
        ("guid", serde_json::json!([9, 9])),
    ] {
        let mut stale = kept.clone();
        stale[field] = value;
        stale["records"] = serde_json::json!([]);
        let stale: SdrCache = serde_json::from_value(stale).unwrap();
        let (readings, _) = session.sensors_with(Some(stale)).await.unwrap();
        assert_eq!(readings.len(), 22, "{field}");
    }
    assert!(session.close().await);
}

#[tokio::test]
async fn ipmitool_reads_what_the_driver_reads() {
    let (bmc, _access, mut session) = started(15).await;
    let parts = session.parts().await.unwrap();
    let theirs = said(&bmc, "fru print").await;
    for part in parts.iter().filter(|part| part.kind != PartKind::Firmware) {
        assert!(theirs.contains(&part.serial), "{part:?} {theirs}");
        assert!(
            part.detail.is_empty() || part.detail.starts_with("made "),
            "{part:?}"
        );
    }
    let kinds: Vec<_> = parts
        .iter()
        .map(|part| (part.kind, part.slot.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (PartKind::Chassis, ""),
            (PartKind::Board, ""),
            (PartKind::Product, ""),
            (PartKind::PowerSupply, "PSU1"),
            (PartKind::PowerSupply, "PSU2"),
            (PartKind::Memory, "DIMM A1"),
            (PartKind::Memory, "DIMM B1"),
            (PartKind::Firmware, "BMC"),
        ]
    );
    let log = session.event_log(LogMark::default(), 100).await.unwrap();
    let theirs = said(&bmc, "sel elist").await;
    assert_eq!(theirs.lines().count(), log.entries.len());
    for (entry, line) in log.entries.iter().zip(theirs.lines()) {
        let at = entry.at.unwrap().to_utc();
        let direction = if entry.asserted {
            "Asserted"
        } else {
            "Deasserted"
        };
        for wanted in [
            &format!("{} {}", entry.kind, entry.source),
            &entry.text,
            direction,
            &at.format("%m/%d/").to_string(),
        ] {
            assert!(line.contains(wanted), "{entry:?} {line}");
        }
    }
    // Seed 15 had a power supply without input and a memory error.
    assert_eq!(log.entries.len(), 6);
    assert!(
        log.entries
            .iter()
            .any(|entry| entry.health == Health::Critical)
    );
    assert!(
        log.drift_ms.is_some_and(|drift| drift.abs() < 4_000),
        "{:?}",
        log.drift_ms
    );
    let controller = session.controller().await.unwrap();
    let theirs = said(&bmc, "lan print 1").await;
    for ours in [&controller.address, &controller.mac, &controller.gateway] {
        assert!(
            !ours.is_empty() && theirs.contains(ours.as_str()),
            "{ours} {theirs}"
        );
    }
    assert_eq!(controller.users, ["ADMIN: administrator"]);
    let theirs = said(&bmc, "user list 1").await;
    assert!(theirs.contains("ADMINISTRATOR"), "{theirs}");
    session.close().await.unwrap();
}

#[tokio::test]
async fn the_draw_follows_the_power_and_ipmitool_agrees() {
    let (bmc, access, mut session) = started(93).await;
    let on = session.power_draw().await.unwrap().unwrap();
    let theirs = said(&bmc, "dcmi power reading").await;
    assert!(theirs.contains("Instantaneous power reading"), "{theirs}");
    assert!((200..=444).contains(&on), "{on}");
    session.close().await.unwrap();
    let mut without_power = config(94);
    without_power.power = Power::Off;
    let bmc = SimBmc::start(without_power).await.unwrap();
    let mut session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    assert_eq!(session.power_draw().await, Ok(Some(16)));
    let sensors = session.sensors().await.unwrap();
    let power = sensors.iter().find(|s| s.name == "Sys Power").unwrap();
    assert_eq!((power.quantity, power.value), (Quantity::Power, Some(16.0)));
    session.close().await.unwrap();
}

#[tokio::test]
async fn a_boot_override_is_obeyed_once_or_kept() {
    let (bmc, _access, mut session) = started(94).await;
    assert_eq!(session.boot().await, Ok(None));
    let pxe = Boot {
        device: BootDevice::Pxe,
        persistent: false,
        uefi: true,
    };
    session.set_boot(pxe).await.unwrap();
    assert_eq!(session.boot().await, Ok(Some(pxe)));
    let theirs = said(&bmc, "chassis bootparam get 5").await;
    for wanted in ["Boot Flag Valid", "EFI boot", "Force PXE", "only next boot"] {
        assert!(theirs.contains(wanted), "{wanted}: {theirs}");
    }
    session.power(PowerAction::Reset).await.unwrap();
    assert_eq!(session.boot().await, Ok(None), "obeyed by that boot");
    let disk = Boot {
        device: BootDevice::Disk,
        persistent: true,
        uefi: false,
    };
    session.set_boot(disk).await.unwrap();
    session.power(PowerAction::Reset).await.unwrap();
    assert_eq!(session.boot().await, Ok(Some(disk)));
    let none = Boot {
        device: BootDevice::Default,
        ..disk
    };
    session.set_boot(none).await.unwrap();
    assert_eq!(session.boot().await, Ok(None));
    assert!(!bmc.identify_lit());
    session.identify(240).await.unwrap();
    assert!(bmc.identify_lit());
    session.identify(0).await.unwrap();
    assert!(!bmc.identify_lit());
    session.identify(255).await.unwrap();
    assert!(bmc.identify_lit());
    session.close().await.unwrap();
}

#[tokio::test]
async fn what_happens_to_the_machine_is_in_the_log() {
    let (bmc, _access, mut session) = started(91).await;
    let past = session.event_log(LogMark::default(), 100).await.unwrap();
    assert!(!past.more && !past.entries.is_empty());
    session.power(PowerAction::Nmi).await.unwrap();
    session.power(PowerAction::Cycle).await.unwrap();
    for wanted in [Power::Off, Power::On] {
        until("power", || async { bmc.power() }, |seen| *seen == wanted).await;
    }
    bmc.set_faults(Faults {
        supply_lost: true,
        ..Faults::default()
    });
    let sensors = session.sensors().await.unwrap();
    let supply = sensors.iter().find(|s| s.name == "PSU2 Status").unwrap();
    assert_eq!(supply.states, ["Presence detected", "Power Supply AC lost"]);
    let part = session.event_log(past.mark, 100).await.unwrap();
    let texts: Vec<_> = part
        .entries
        .iter()
        .map(|entry| entry.text.as_str())
        .collect();
    assert_eq!(
        texts,
        [
            "NMI/Diag Interrupt",
            "S4/S5: soft-off",
            "Initiated by power up",
            "S0/G0: working",
            "Power Supply AC lost",
        ]
    );
    assert_eq!(part.entries[4].source, "PSU2 Status");
    assert!(!part.cleared);
    said(&bmc, "sel clear").await;
    let anew = session.event_log(part.mark, 100).await.unwrap();
    assert!(anew.cleared, "{anew:?}");
    assert_eq!(anew.entries[0].text, "Log area reset/cleared");
    session.close().await.unwrap();
}

#[tokio::test]
async fn a_new_password_of_either_length_takes_effect() {
    let (bmc, access, mut session) = started(96).await;
    let mut known = administrator(&bmc);
    for password in ["sixteen-or-less", "more-than-sixteen-19"] {
        session.set_password(Secret::new(password)).await.unwrap();
        session.close().await.unwrap();
        let old = access.open(&known, Priority::Status).await;
        assert_eq!(old.err().map(|e| e.code()), Some("credentials"));
        known.password = Secret::new(password);
        session = access.open(&known, Priority::Status).await.unwrap();
        let tool = ipmitool(bmc.address(), 17, password, "chassis power status").await;
        assert!(tool.out.contains("is on"), "{tool:?}");
    }
    session.close().await.unwrap();
    // An operator may not, and is told so.
    let mut operator = known.clone();
    operator.privilege = Privilege::Operator;
    let mut session = access.open(&operator, Priority::Status).await.unwrap();
    let error = session
        .set_password(Secret::new("other"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "privilege");
    session.close().await.unwrap();
}

#[tokio::test]
async fn a_restarted_controller_comes_back_without_sessions() {
    let (bmc, access, mut session) = started(97).await;
    session.reset_controller().await.unwrap();
    assert_eq!(bmc.counters().open_sessions, 0);
    drop(session);
    let known = target(&bmc);
    let back = || async {
        let mut session = access.open(&known, Priority::Status).await?;
        let state = session.power_state().await;
        session.close().await?;
        state
    };
    until("it is back", back, Result::is_ok).await.unwrap();
    assert!(bmc.counters().lost > 0, "it was away");
    assert_eq!(bmc.power(), Power::On, "the machine ran on");
}
