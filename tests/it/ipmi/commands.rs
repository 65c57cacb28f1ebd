//! Every command against OpenIPMI's simulator, and the same asked of it by `ipmitool`: sensors,
//! event log, inventory, network, users, boot override, identify.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{
    BmcAccess, BmcError, BmcSession, BmcTarget, Boot, BootDevice, Health, LogEntry, LogMark,
    PartKind, Priority, Privilege, Quantity, SensorReading,
};

use super::peers::{Bmc17, IpmiSim, ipmitool, program, run};

fn access() -> BmcAccess {
    BmcAccess::new(Duration::ZERO)
}

fn administrator(sim: &IpmiSim) -> BmcTarget {
    BmcTarget {
        privilege: Privilege::Administrator,
        ..sim.target()
    }
}

async fn open(access: &BmcAccess, target: &BmcTarget) -> Box<dyn BmcSession> {
    access.open(target, Priority::Status).await.unwrap()
}

/// What ipmitool says to a command that has to succeed.
async fn said(sim: &IpmiSim, command: &str) -> String {
    let tool = ipmitool(sim.address, 3, &sim.password, command).await;
    assert_eq!(tool.code, 0, "{command}: {tool:?}");
    tool.out
}

/// A command of the simulator's own.
async fn steer(sim: &IpmiSim, command: &str) {
    let port = format!("TCP:{}:26230,shut-none", sim.address.ip());
    let arguments = ["-t", "0.5", "-", &port];
    let said = run(
        &program("socat", "socat"),
        &arguments,
        &format!("{command}\n"),
    )
    .await;
    assert!(said.out.contains(command), "{said:?}");
}

/// The columns of ipmitool's tables.
fn columns(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

/// A column with a number, as it is written on both sides.
fn column(value: Option<f64>) -> String {
    value.map_or_else(|| "na".to_owned(), |value| format!("{value:.3}"))
}

/// Our reading as a line of `ipmitool sensor list`, without name and unit.
fn line(sensor: &SensorReading) -> Vec<String> {
    let state = match (sensor.health, sensor.state.as_str()) {
        (Health::Ok, _) => "ok",
        (Health::Warning, _) => "nc",
        (Health::Critical, _) => "cr",
        (Health::Fatal, _) => "nr",
        (Health::Unknown, _) => "na",
    };
    let t = sensor.thresholds;
    let limits = [
        t.lower_fatal,
        t.lower_critical,
        t.lower_warning,
        t.upper_warning,
        t.upper_critical,
        t.upper_fatal,
    ];
    let mut line = vec![column(sensor.value), state.to_owned()];
    line.extend(limits.map(column));
    line
}

#[tokio::test]
async fn sensors_and_thresholds_are_those_of_ipmitool() {
    let sim = IpmiSim::start().await;
    steer(&sim, "sensor_set_value 0x20 0 1 97 1").await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    let sensors = session.sensors().await.unwrap();
    let theirs = said(&sim, "sensor list").await;
    let analog = |s: &&SensorReading| s.quantity != Quantity::Discrete && s.value.is_some();
    let ours: Vec<_> = sensors.iter().filter(analog).map(line).collect();
    let theirs: Vec<Vec<String>> = theirs
        .lines()
        .map(columns)
        .filter(|line| line[1] != "na" && line[2] != "discrete")
        .map(|line| {
            let kept = [1, 3, 4, 5, 6, 7, 8, 9];
            kept.iter().map(|index| line[*index].to_owned()).collect()
        })
        .collect();
    assert!(ours.len() == 5 && ours[0][1] == "cr", "{ours:?}");
    assert_eq!(ours, theirs);
    let entities: Vec<_> = sensors
        .iter()
        .map(|s| s.entity.as_deref().unwrap())
        .collect();
    assert_eq!(
        entities,
        [
            "processor 1",
            "external environment 1",
            "fan 1",
            "system board 1",
            "power supply 1",
            "power supply 1",
            "memory device 1",
        ]
    );
    let supply = &sensors[5];
    assert_eq!(supply.states, ["Presence detected"]);
    let theirs = said(&sim, "sdr elist compact").await;
    assert!(theirs.contains("Presence detected"), "{theirs}");
    assert_eq!(
        (supply.key.as_str(), supply.health),
        ("20.0.06", Health::Ok)
    );
    // What a person changes at the BMC is noticed with the next look at the limits.
    steer(&sim, "sensor_set_bit 0x20 0 6 3 1 1").await;
    let sensors = session.sensors().await.unwrap();
    assert_eq!(sensors[5].health, Health::Critical);
    assert_eq!(
        sensors[5].states,
        ["Presence detected", "Power Supply AC lost"]
    );
    session.close().await.unwrap();
}

/// An entry as a line of `ipmitool sel elist`: number, kind and source, text, direction.
fn elist(entry: &LogEntry) -> Vec<String> {
    let id: u16 = entry.id.parse().unwrap();
    let who = format!("{} {}", entry.kind, entry.source);
    let what = entry.text.replace("°C", "degrees C");
    let (what, detail) = what.split_once("; ").unwrap_or((&what, ""));
    let direction = if entry.asserted {
        "Asserted"
    } else {
        "Deasserted"
    };
    let mut line = vec![format!("{id:x}"), who.trim().to_owned()];
    line.extend([what.to_owned(), direction.to_owned()]);
    line.extend((!detail.is_empty()).then(|| detail.to_owned()));
    line
}

/// The same of what ipmitool said; its time is one or two columns wide.
fn elist_of_ipmitool(line: &str) -> Vec<String> {
    let mut line: Vec<_> = columns(line).into_iter().map(str::to_owned).collect();
    line.drain(1..3);
    line
}

#[tokio::test]
async fn the_event_log_reads_as_ipmitools_and_only_what_is_new() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    let first = session.event_log(LogMark::default(), 100).await.unwrap();
    let theirs = said(&sim, "sel elist").await;
    let theirs: Vec<_> = theirs.lines().map(elist_of_ipmitool).collect();
    let ours: Vec<_> = first.entries.iter().map(elist).collect();
    assert_eq!(ours, theirs);
    assert_eq!((ours.len(), first.cleared, first.more), (3, false, false));
    assert!(first.free_percent.is_some_and(|percent| percent > 90));
    // Its clock was not set: uptime, and no drift can be told.
    assert!(first.entries.iter().all(|entry| entry.at.is_none()));
    assert!(
        first.entries[0]
            .since_start
            .is_some_and(|since| since > Duration::ZERO)
    );
    assert_eq!(first.drift_ms, None);

    let quiet = session.event_log(first.mark.clone(), 100).await.unwrap();
    assert_eq!((quiet.entries.len(), quiet.cleared), (0, false));

    said(&sim, "sel time set now").await;
    steer(&sim, "sensor_set_value 0x20 0 1 97 1").await;
    steer(&sim, "sel_add 0x20 0xc1 0 0 0 0 0x57 1 0 1 2 3 4 5 6 0").await;
    let next = session.event_log(quiet.mark, 1).await.unwrap();
    assert_eq!(
        (next.entries.len(), next.more, next.cleared),
        (1, true, false)
    );
    let rest = session.event_log(next.mark, 100).await.unwrap();
    assert!(!rest.more && rest.entries.len() == 2, "{rest:?}");
    let theirs = said(&sim, "sel elist").await;
    let theirs: Vec<_> = theirs
        .lines()
        .skip(3)
        .map(columns)
        .map(|c| c.join("|"))
        .collect();
    let ours: Vec<_> = next.entries.iter().chain(&rest.entries).collect();
    assert_eq!(theirs.len(), 3, "{theirs:?}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!(
            theirs.contains(&ours.text.split("; ").next().unwrap()[..6]),
            "{ours:?} {theirs}"
        );
        let date = ours.at.unwrap().to_utc().format("%m/%d/").to_string();
        assert!(theirs.contains(&date), "{ours:?} {theirs}");
    }
    assert_eq!(ours[1].health, Health::Critical, "{ours:?}");
    assert!(ours[2].kind == "OEM record c1" && theirs[2].contains("OEM record c1"));
    let drift = rest.drift_ms.unwrap();
    assert!(drift.abs() < 60_000, "its clock is set now: {drift}");

    said(&sim, "sel clear").await;
    steer(&sim, "sensor_set_value 0x20 0 1 48 1").await;
    let anew = session.event_log(rest.mark, 100).await.unwrap();
    assert!(anew.cleared && !anew.entries.is_empty(), "{anew:?}");
    said(&sim, "sel clear").await;
    let empty = session.event_log(anew.mark, 100).await.unwrap();
    assert!(empty.cleared && empty.entries.is_empty(), "{empty:?}");
    let empty = session.event_log(empty.mark, 100).await.unwrap();
    assert!(!empty.cleared, "told once");
    session.close().await.unwrap();
}

/// `Label : value` lines.
fn labelled(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once(" : ").or_else(|| line.split_once(": ")))
        .map(|(label, value)| (label.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[tokio::test]
async fn the_inventory_is_that_of_ipmitool() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    let parts = session.parts().await.unwrap();
    session.close().await.unwrap();
    let theirs = labelled(&said(&sim, "fru print").await);
    let part = |kind| parts.iter().find(|part| part.kind == kind).unwrap();
    let (chassis, board, product) = (
        part(PartKind::Chassis),
        part(PartKind::Board),
        part(PartKind::Product),
    );
    for (label, ours) in [
        ("Chassis Type", &chassis.model),
        ("Chassis Part Number", &chassis.part_number),
        ("Chassis Serial", &chassis.serial),
        ("Board Mfg", &board.manufacturer),
        ("Board Product", &board.model),
        ("Board Serial", &board.serial),
        ("Board Part Number", &board.part_number),
        ("Product Manufacturer", &product.manufacturer),
        ("Product Name", &product.model),
        ("Product Part Number", &product.part_number),
        ("Product Version", &product.revision),
        ("Product Serial", &product.serial),
        ("Product Asset Tag", &product.asset_tag),
    ] {
        assert_eq!(theirs.get(label), Some(ours), "{label}");
        assert!(!ours.is_empty(), "{label}");
    }
    assert!(theirs["Board Mfg Date"].contains("Nov 14") && board.detail == "made 2023-11-14");
    assert_eq!(part(PartKind::Firmware).revision, "9.08");
}

#[tokio::test]
async fn network_and_users_are_those_of_ipmitool() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    let seen = session.controller().await.unwrap();
    session.close().await.unwrap();
    let theirs = labelled(&said(&sim, "lan print 1").await);
    for (label, ours) in [
        ("IP Address", &seen.address),
        ("Subnet Mask", &seen.netmask),
        ("MAC Address", &seen.mac),
        ("Default Gateway IP", &seen.gateway),
    ] {
        assert_eq!(theirs.get(label), Some(ours), "{label}");
    }
    assert_eq!(theirs["IP Address Source"], "Static Address");
    assert_eq!((seen.address_source.as_str(), seen.vlan), ("static", None));
    let theirs = said(&sim, "user list 1").await;
    let theirs: BTreeSet<String> = theirs
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.len() == 6 && words[4] == "true")
        .map(|words| format!("{}: {}", words[1], words[5].to_lowercase()))
        .collect();
    let ours: BTreeSet<String> = seen.users.iter().cloned().collect();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), 3, "those who may log in: {ours:?}");
    let theirs = said(&sim, "mc watchdog get").await;
    // The simulator answers this command with nothing that can be a watchdog; ipmitool prints what it never got.
    let is_none = theirs.contains("Reserved (0x00)");
    let expected = if is_none { "" } else { "stopped" };
    assert_eq!(seen.watchdog, expected, "{theirs}");
}

#[tokio::test]
async fn guid_and_unknown_commands_are_as_with_ipmitool() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    let identity = session.identity().await.unwrap();
    let theirs = said(&sim, "mc guid").await.to_lowercase().replace('-', "");
    let ours = identity.guid.unwrap().0;
    let written: String = ours.iter().map(|octet| format!("{octet:02x}")).collect();
    let guid = labelled(&theirs)["system guid"].clone();
    assert!(identity.guid.unwrap().is_also(&guid), "{written} {theirs}");
    // It has no DCMI: nothing is measured, and that is no error.
    assert_eq!(session.power_draw().await, Ok(None));
    session.close().await.unwrap();
}

#[tokio::test]
async fn the_boot_override_is_set_and_the_light_switched() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    for (device, word) in [
        (BootDevice::Pxe, "Force PXE"),
        (BootDevice::Cdrom, "CD/DVD"),
        (BootDevice::Bios, "BIOS Setup"),
    ] {
        let boot = Boot {
            device,
            persistent: false,
            uefi: false,
        };
        session.set_boot(boot).await.unwrap();
        let theirs = said(&sim, "chassis bootparam get 5").await;
        assert!(theirs.contains(word), "{device:?}: {theirs}");
        // This simulator gives the valid bit back clear: nothing would obey it.
        assert!(theirs.contains("Boot Flag Invalid"), "{theirs}");
        assert_eq!(session.boot().await, Ok(None));
    }
    // It does not keep UEFI, and the driver does not believe that it did.
    let uefi = Boot {
        device: BootDevice::Pxe,
        persistent: true,
        uefi: true,
    };
    let error = session.set_boot(uefi).await.unwrap_err();
    assert!(matches!(error, BmcError::Unsupported { .. }), "{error:?}");
    session.identify(15).await.unwrap();
    session.identify(0).await.unwrap();
    session.identify(255).await.unwrap();
    session.close().await.unwrap();
    let log = sim.chassis_log();
    let lights: Vec<_> = log
        .iter()
        .filter(|line| line.starts_with("identify"))
        .collect();
    assert_eq!(lights.len(), 3, "{log:?}");
    assert!(
        lights[0].starts_with("identify 15") && lights[2].ends_with('1'),
        "{lights:?}"
    );
    assert!(log.iter().any(|line| line == "boot pxe"), "{log:?}");
}

#[tokio::test]
async fn a_password_is_set_compared_and_used() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut target = administrator(&sim);
    // Sixteen octets at most: after the long form no password at all fits this simulator.
    let password = "short-one";
    let mut session = open(&access, &target).await;
    session.set_password(Secret::new(password)).await.unwrap();
    session.close().await.unwrap();
    target.password = Secret::new(password);
    let mut session = open(&access, &target).await;
    session.power_state().await.unwrap();
    let error = session.set_password(Secret::new("x".repeat(21))).await;
    assert_eq!(error.unwrap_err().code(), "credentials");
    session.close().await.unwrap();
    let tool = ipmitool(sim.address, 3, password, "chassis power status").await;
    assert!(tool.out.contains("Chassis Power is"), "{tool:?}");
    let old = ipmitool(sim.address, 3, &sim.password, "chassis power status").await;
    assert_ne!(old.code, 0, "the old one is of no use: {old:?}");
}

#[tokio::test]
async fn a_bmc_that_has_next_to_nothing_is_not_blamed() {
    let bmc = Bmc17::start(&[]).await;
    let access = access();
    let mut session = open(&access, &bmc.target()).await;
    assert_eq!(session.sensors().await, Ok(Vec::new()));
    let parts = session.parts().await.unwrap();
    assert_eq!(parts.len(), 1, "its firmware alone: {parts:?}");
    assert_eq!(session.power_draw().await, Ok(None));
    let controller = session.controller().await.unwrap();
    assert_eq!(
        (controller.address.as_str(), controller.users.len()),
        ("", 0)
    );
    let error = session.event_log(LogMark::default(), 10).await.unwrap_err();
    assert!(
        matches!(error, BmcError::Completion { code: 0xC1, .. }),
        "{error:?}"
    );
    session.close().await.unwrap();
}
