//! Neighbours and chassis: recordings of real devices against their files, a simulated switch against net-snmp's
//! walk, and hostile tables.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::{IdKind, LldpNeighbour, PollPlan, SideFault, SnmpHub, Survey};
use coldaisle::sim::switch::{
    Beside, ChassisSpec, NeighbourSpec, SimAccess, SimSwitch, SwitchSpec,
};

use super::hostile::{Asked, Hostile, Name, Tlv, bindings, honest, number, response, switch, tlv};
use super::peers::{SnmpSim, column};
use super::{FULL, hasty, options, v2c};

const REM: &str = "1.0.8802.1.1.2.1.4.1.1.";
const LOC_PORT_ID: &str = "1.0.8802.1.1.2.1.3.7.1.3.";
const ENTITY: &str = "1.3.6.1.2.1.47.1.1.1.1.";
const IF_NAME: &str = "1.3.6.1.2.1.31.1.1.1.1.";
const BUDGET: Duration = Duration::from_secs(20);

/// Lines of a recording under a name: what is behind it, and the value as text or hexadecimal digits.
fn lines(name: &str, root: &str) -> BTreeMap<String, String> {
    let file = SnmpSim::recordings()
        .unwrap()
        .join(format!("{name}.snmprec"));
    let octets = std::fs::read(file).unwrap();
    String::from_utf8_lossy(&octets)
        .lines()
        .filter_map(|line| {
            let mut parts = line.splitn(3, '|');
            let (oid, _, value) = (parts.next()?, parts.next()?, parts.next()?);
            Some((oid.strip_prefix(root)?.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Octets that the file has as hexadecimal digits, as people write a MAC address.
fn mac(digits: &str) -> String {
    let lower = digits.to_lowercase();
    let pairs: Vec<&str> = (0..6).map(|n| &lower[2 * n..2 * n + 2]).collect();
    pairs.join(":")
}

async fn survey(sim: &SnmpSim, name: &str) -> Survey {
    let hub = SnmpHub::new();
    let mut target = v2c(sim.address, name);
    target.timeout = Duration::from_secs(5);
    let report = hub.poll(&target, FULL, options()).await.unwrap();
    hub.survey(&target, &report.ports, BUDGET).await.unwrap()
}

#[tokio::test]
async fn neighbours_of_real_switches_are_at_the_ports_their_files_say() {
    let Some(sim) = SnmpSim::start() else { return };
    // (recording, neighbours in the file, of these at ports that can be told)
    for (name, all, placed) in [
        ("arista_eos_vrf", 4, 4),
        ("fs-centec_s5850-48s2q4c", 16, 16),
        ("procurve_e2910", 2, 2),
        ("voss_7432cq", 8, 8),
        ("junos_qfx5100", 2, 2),
    ] {
        let chassis = lines(name, &format!("{REM}5."));
        let (names, locals) = (lines(name, &format!("{REM}9.")), lines(name, LOC_PORT_ID));
        let if_names = lines(name, IF_NAME);
        let found = survey(&sim, name).await.neighbours.unwrap();
        assert_eq!(
            (chassis.len(), found.found.len(), found.unplaced),
            (all, placed, all - placed),
            "{name}"
        );
        for (index, digits) in &chassis {
            let local = index.split('.').nth(1).unwrap();
            let id = &locals[local];
            // By its ifName, or as its ifIndex where the device gives that.
            let if_index = if_names
                .iter()
                .find(|(_, if_name)| *if_name == id)
                .map_or(id, |(if_index, _)| if_index);
            let said = names.get(index).map(|name| name.trim().to_owned());
            let is = |one: &&LldpNeighbour| {
                one.if_index.to_string() == *if_index
                    && one.chassis.text == mac(digits)
                    && one.system_name == said.clone().filter(|name| !name.is_empty())
            };
            let one = found.found.iter().find(is);
            let one = one.unwrap_or_else(|| panic!("{name} {index} at {if_index}: {found:?}"));
            assert_eq!(one.chassis.kind, IdKind::Mac, "{name}");
        }
    }
    // One that its maker sends as text; rows without an id are nobody.
    let found = survey(&sim, "dnos_z9100-on").await.neighbours.unwrap();
    let chassis: Vec<&str> = found.found.iter().map(|one| &*one.chassis.text).collect();
    assert_eq!(chassis, ["3c:2c:30:16:74:80"]);
    let found = survey(&sim, "ruijie").await.neighbours.unwrap();
    assert_eq!((found.found.len(), found.unplaced), (0, 0));
    // Rows without a local port belong to none.
    let found = survey(&sim, "routeros_crs317").await.neighbours.unwrap();
    let rows: BTreeSet<String> = lines("routeros_crs317", &format!("{REM}5."))
        .into_keys()
        .collect();
    assert_eq!((found.found.len(), found.unplaced), (0, rows.len()));
    let none = survey(&sim, "fortigate_100e").await.neighbours.unwrap();
    assert_eq!(
        (none.own_chassis, none.found.len(), none.unplaced),
        (None, 0, 0)
    );
}

#[tokio::test]
async fn management_addresses_come_from_the_names_of_rows() {
    let Some(sim) = SnmpSim::start() else { return };
    let found = survey(&sim, "voss_7432cq").await.neighbours.unwrap();
    let managed: BTreeSet<String> = found
        .found
        .iter()
        .filter_map(|one| one.management.clone())
        .collect();
    // lldpRemManAddrIfSubtype of local port 296, neighbour 28: 10.255.254.21.
    assert!(
        managed.contains("10.255.254.21") && managed.contains("10.254.75.11"),
        "{managed:?}"
    );
}

#[tokio::test]
async fn chassis_of_real_switches_are_what_their_files_say() {
    let Some(sim) = SnmpSim::start() else { return };
    // (recording, entPhysicalIndex of its chassis)
    for (name, number) in [
        ("arista_eos_vrf", "1"),
        ("comware_a5500", "2"),
        ("nxos_n9k-c93180yc-fx3", "149"),
        ("procurve_e2910", "1"),
        ("vrp_s5328c-ei", "67108867"),
    ] {
        let cell = |column: u32| {
            let text = lines(name, &format!("{ENTITY}{column}."));
            text.get(number)
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let found = survey(&sim, name).await.chassis.unwrap();
        let [chassis] = &found[..] else {
            panic!("{name}: {found:?}")
        };
        assert_eq!(
            (
                &chassis.serial,
                &chassis.model,
                &chassis.maker,
                &chassis.revision
            ),
            (&cell(11), &cell(13), &cell(12), &cell(10)),
            "{name}"
        );
        assert!(chassis.maker.is_some(), "{name}");
    }
    assert_eq!(survey(&sim, "junos_qfx5100").await.chassis.unwrap(), []);
}

fn beside(chassis: usize) -> Beside {
    let neighbour = |port: &str, last: u8| NeighbourSpec {
        port: port.to_owned(),
        mac: [2, 0, 0, 0, 0, last],
        remote_port: format!("Eth1/{last}"),
        name: format!("sw-{last}"),
        descr: "simulated".to_owned(),
        address: Some([192, 0, 2, last]),
    };
    Beside {
        mac: Some([2, 0, 0, 0, 0, 1]),
        neighbours: vec![
            neighbour("GigabitEthernet0/0/2", 7),
            neighbour("XGigabitEthernet0/0/1", 8),
        ],
        chassis: (0..chassis)
            .map(|n| ChassisSpec {
                serial: format!("SN{n}"),
                model: "S1".to_owned(),
                maker: "Acme".to_owned(),
                revision: "1.0".to_owned(),
            })
            .collect(),
    }
}

async fn start(beside: Beside) -> SimSwitch {
    let boot = Timestamp::from_millis(Timestamp::now().millis() - 86_400_000);
    let spec = SwitchSpec {
        beside,
        ..SwitchSpec::top_of_rack("sim-1", 42, 8, boot)
    };
    SimSwitch::start(
        ([127, 0, 0, 1], 0).into(),
        spec,
        SimAccess::community("public"),
    )
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_switch_says_what_it_is_and_who_is_around_it() {
    for stack in [1, 2] {
        let sim = start(beside(stack)).await;
        let (hub, target) = (SnmpHub::new(), v2c(sim.address(), "public"));
        let report = hub.poll(&target, FULL, options()).await.unwrap();
        let survey = hub.survey(&target, &report.ports, BUDGET).await.unwrap();
        let serials = column(sim.address(), "public", "1.3.6.1.2.1.47.1.1.1.1.11");
        let found = survey.chassis.unwrap();
        let said: Vec<&str> = found
            .iter()
            .filter_map(|one| one.serial.as_deref())
            .collect();
        assert_eq!(
            said,
            serials.values().collect::<Vec<_>>(),
            "as net-snmp walks it"
        );
        assert_eq!(said.len(), stack);
        let neighbours = survey.neighbours.unwrap();
        let own = neighbours.own_chassis.unwrap();
        assert_eq!((own.kind, &*own.text), (IdKind::Mac, "02:00:00:00:00:01"));
        let seen: Vec<(u32, &str, Option<&str>)> = neighbours
            .found
            .iter()
            .map(|one| (one.if_index, &*one.port.text, one.management.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                (6, "Eth1/7", Some("192.0.2.7")),
                (13, "Eth1/8", Some("192.0.2.8"))
            ]
        );
        // The counters are read the short way all the same.
        let again = hub
            .poll(&target, PollPlan::Counters, options())
            .await
            .unwrap();
        assert_eq!(again.extent, coldaisle::drivers::snmp::Extent::KnownRows);
    }
}

/// A row of lldpRemTable with a chassis id.
fn remote(objects: &mut BTreeMap<Name, Tlv>, index: [u32; 3], column: u32, value: Tlv) {
    let root = [1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, column];
    objects.insert([&root[..], &index[..]].concat(), value);
}

fn local(objects: &mut BTreeMap<Name, Tlv>, number_: u32, name: &[u8]) {
    let root = [1, 0, 8802, 1, 1, 2, 1, 3, 7, 1];
    objects.insert([&root[..], &[2, number_]].concat(), number(2, 5));
    objects.insert([&root[..], &[3, number_]].concat(), tlv(4, name));
}

async fn survey_of(agent: &Hostile) -> Survey {
    let hub = SnmpHub::new();
    let target = hasty(v2c(agent.address, "public"));
    let report = hub
        .poll(&target, PollPlan::Counters, options())
        .await
        .unwrap();
    let begun = Instant::now();
    let survey = hub
        .survey(&target, &report.ports, Duration::from_secs(10))
        .await
        .unwrap();
    assert!(agent.replies() > 0 && begun.elapsed() < Duration::from_secs(12));
    survey
}

fn asks_below(asked: &Asked, root: &[u32]) -> bool {
    asked.names.iter().any(|name| name.starts_with(root))
}

#[tokio::test]
async fn what_makes_no_sense_is_left_out_and_the_rest_is_kept() {
    let mut objects = switch(4);
    for port in 1..=4 {
        local(&mut objects, port, format!("port{port}").as_bytes());
    }
    // Wrong types for the id; then binary junk; then no id at all; then all right.
    remote(&mut objects, [0, 1, 1], 5, number(2, 4711));
    remote(&mut objects, [0, 2, 1], 4, tlv(4, b"four"));
    remote(
        &mut objects,
        [0, 2, 1],
        5,
        tlv(4, &[0, 255, 27, b'[', b'2', b'J', 7]),
    );
    remote(&mut objects, [0, 2, 1], 9, tlv(4, b"\x1b[31mred\0"));
    remote(&mut objects, [0, 3, 1], 9, tlv(4, b"nobody"));
    remote(&mut objects, [0, 4, 1], 4, number(2, 4));
    remote(&mut objects, [0, 4, 1], 5, tlv(4, &[2, 0, 0, 0, 0, 9]));
    remote(&mut objects, [0, 77, 1], 5, tlv(4, b"nowhere"));
    let agent = Hostile::start(move |asked| vec![honest(asked, &objects).into()]);
    let found = survey_of(&agent).await.neighbours.unwrap();
    let seen: Vec<(u32, IdKind, &str, Option<&str>)> = found
        .found
        .iter()
        .map(|one| {
            (
                one.if_index,
                one.chassis.kind,
                &*one.chassis.text,
                one.system_name.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (
                2,
                IdKind::Unknown,
                "\\x00\\xff\\x1b[2J\\x07",
                Some("[31mred")
            ),
            (4, IdKind::Mac, "02:00:00:00:00:09", None),
        ]
    );
    assert_eq!(found.unplaced, 1);
}

#[tokio::test]
async fn a_neighbour_under_many_time_marks_is_one() {
    let mut objects = switch(2);
    local(&mut objects, 1, b"port1");
    for mark in 1..=50 {
        remote(&mut objects, [mark, 1, 1], 5, tlv(4, b"chassis"));
        remote(
            &mut objects,
            [mark, 1, 1],
            9,
            tlv(4, format!("at {mark}").as_bytes()),
        );
    }
    let agent = Hostile::start(move |asked| vec![honest(asked, &objects).into()]);
    let found = survey_of(&agent).await.neighbours.unwrap().found;
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].system_name.as_deref(),
        Some("at 50"),
        "the last mark counts"
    );
}

#[tokio::test]
async fn a_looping_table_and_one_without_end_fail_by_themselves() {
    const LLDP: [u32; 6] = [1, 0, 8802, 1, 1, 2];
    let objects = switch(2);
    let looping = Hostile::start(move |asked| {
        let again = asks_below(asked, &[&LLDP[..], &[1, 4]].concat());
        let mut all = bindings(asked, &objects);
        if again {
            let name = [&LLDP[..], &[1, 4, 1, 1, 5, 0, 1, 1]].concat();
            all = vec![(name, tlv(4, b"again")); 2];
        }
        vec![response(asked.request_id, 0, &all).into()]
    });
    let survey = survey_of(&looping).await;
    assert!(
        matches!(survey.neighbours, Err(SideFault::Looping(_))),
        "{survey:?}"
    );
    assert_eq!(
        survey.chassis.unwrap(),
        [],
        "the other part is read all the same"
    );

    let mut objects = switch(2);
    for row in 1..=10_000 {
        remote(&mut objects, [0, row, 1], 5, tlv(4, b"x"));
    }
    let endless = Hostile::start(move |asked| vec![honest(asked, &objects).into()]);
    let survey = survey_of(&endless).await;
    assert!(
        matches!(survey.neighbours, Err(SideFault::TooManyRows(4_096))),
        "{:?}",
        survey.neighbours.map(|found| found.unplaced)
    );
}

#[tokio::test]
async fn a_device_that_is_silent_about_itself_costs_only_its_time() {
    let objects = switch(2);
    let agent = Hostile::start(move |asked| {
        let beside = asks_below(asked, &[1, 0, 8802]) || asks_below(asked, &[1, 3, 6, 1, 2, 1, 47]);
        match beside {
            true => Vec::new(),
            false => vec![honest(asked, &objects).into()],
        }
    });
    let survey = survey_of(&agent).await;
    assert!(
        survey.neighbours.is_err() && survey.chassis.is_err(),
        "{survey:?}"
    );
}
