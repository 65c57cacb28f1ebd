//! PDUs: recordings of real ones read into what their files say, and agents that misbehave.

use std::collections::BTreeMap;
use std::time::Duration;

use coldaisle::base::gauge::{GaugeMissing, GaugePart, OutletState, Quantity};
use coldaisle::drivers::snmp::{PduReport, PduTrouble, PollPlan, SnmpHub, family_of};

use super::hostile::{Hostile, Name, Tlv, bindings, honest, number, response, switch, tlv};
use super::peers::SnmpSim;
use super::{FULL, hasty, options, v2c};

use GaugePart::{Bank, Input, Line, Outlet, Phase, Probe};
use Quantity::{ActivePower, ApparentPower, Current, Energy, Humidity, Temperature, Voltage};

type Values = BTreeMap<(GaugePart, String, Quantity), Result<i64, GaugeMissing>>;

fn values(report: &PduReport) -> Values {
    let all = report.gauges.iter();
    all.map(|one| ((one.part, one.index.clone(), one.quantity), one.value))
        .collect()
}

/// Family, outlets, of these on and off, and some numbers as they stand in the files, in our units.
struct Expected {
    recording: &'static str,
    family: &'static str,
    outlets: (usize, usize, usize),
    names: &'static [(&'static str, &'static str)],
    numbers: &'static [(GaugePart, &'static str, Quantity, i64)],
    missing: &'static [(GaugePart, &'static str, Quantity)],
}

const EXPECTED: &[Expected] = &[
    Expected {
        recording: "apc_ap8959eu3",
        family: "apc",
        outlets: (24, 23, 1),
        names: &[("18", "18"), ("24", "Outlet 24")],
        numbers: &[
            (Input, "1", ActivePower, 270),
            (Input, "1", ApparentPower, 300),
            (Input, "1", Energy, 1_967_700),
            (Phase, "1", Current, 1300),
            (Phase, "1", Voltage, 231_000),
            (Phase, "1", ActivePower, 250),
        ],
        missing: &[],
    },
    Expected {
        recording: "apc_ap7900b",
        family: "apc",
        outlets: (8, 8, 0),
        names: &[("1", "NAS PSU"), ("3", "Switch PSU (L)")],
        // The newer table says -1 for its power, the older one has it in watts.
        numbers: &[(Input, "1", ActivePower, 312), (Phase, "1", Current, 2700)],
        missing: &[(Input, "1", Energy), (Phase, "1", Voltage)],
    },
    Expected {
        recording: "raritan-pdu_px2-temp",
        family: "raritan_px2",
        outlets: (0, 0, 0),
        names: &[],
        numbers: &[
            (Input, "1.1", Current, 3497),
            (Input, "1.1", Voltage, 209_000),
            (Input, "1.1", ActivePower, 673),
            (Probe, "1.1", Temperature, 22_900),
            (Probe, "1.2", Humidity, 150),
            (Probe, "1.4", Temperature, 23_700),
        ],
        missing: &[],
    },
    Expected {
        recording: "hpe-mapdu_pdu2",
        family: "hpe_pdu2",
        outlets: (8, 2, 6),
        names: &[("0.1", "Outlet L1-1")],
        numbers: &[
            (Input, "0", ActivePower, 97),
            (Phase, "0.1", Voltage, 242_440),
            (Phase, "0.1", Current, 535),
            (Phase, "0.1", ActivePower, 97),
            (Outlet, "0.6", Current, 450),
            (Outlet, "0.7", ActivePower, 14),
        ],
        missing: &[],
    },
    Expected {
        recording: "sentry3_switched",
        family: "sentry3",
        outlets: (30, 0, 0),
        names: &[("1.1.8", "Outlet AA8"), ("1.3.10", "Outlet AC10")],
        numbers: &[
            (Input, "1.1", Current, 3090),
            (Input, "1.3", Voltage, 208_700),
            (Outlet, "1.1.8", Current, 640),
            (Outlet, "1.1.1", Current, 0),
        ],
        missing: &[(Probe, "1.1", Temperature), (Probe, "1.2", Humidity)],
    },
    Expected {
        recording: "sentry4",
        family: "sentry4",
        outlets: (0, 0, 0),
        names: &[],
        numbers: &[
            (Input, "1.1", ActivePower, 1701),
            (Input, "2.1", ActivePower, 1265),
            (Input, "1.1", ApparentPower, 1790),
            (Input, "1.1", Energy, 893_700),
            (Line, "1.1.1", Current, 5600),
            (Phase, "1.1.1", Voltage, 207_900),
            (Phase, "1.1.3", ActivePower, 848),
        ],
        missing: &[(Probe, "1.1", Temperature), (Probe, "2.2", Humidity)],
    },
    Expected {
        recording: "eatonpdu_2",
        family: "eaton_epdu",
        outlets: (24, 24, 0),
        names: &[("0.2", "DC Converter-1")],
        numbers: &[
            (Input, "0.1", ActivePower, 1584),
            (Input, "0.1", Energy, 8_185_493),
            (Phase, "0.1.1", Voltage, 118_450),
            (Phase, "0.1.1", Current, 14_108),
            (Outlet, "0.1", Current, 790),
            (Outlet, "0.1", ActivePower, 80),
            (Outlet, "0.2", ApparentPower, 260),
            (Outlet, "0.4", Energy, 1_252_525),
        ],
        missing: &[],
    },
    Expected {
        recording: "vertiv-pdu_mn03edr1",
        family: "geist_v5",
        outlets: (0, 0, 0),
        names: &[],
        numbers: &[
            (Phase, "1", Voltage, 206_800),
            (Phase, "1", Current, 7250),
            (Phase, "2", ActivePower, 1477),
            (Phase, "3", Energy, 5_191_126),
            (Line, "1", Current, 12_550),
            (Bank, "4", Current, 2570),
        ],
        missing: &[],
    },
    Expected {
        recording: "atenpdu",
        family: "aten_pe",
        outlets: (42, 0, 0),
        names: &[("2", "02")],
        numbers: &[
            (Outlet, "2", Current, 610),
            (Outlet, "2", Voltage, 237_470),
            (Outlet, "2", ActivePower, 116),
            (Outlet, "2", Energy, 719_706),
        ],
        missing: &[],
    },
];

#[tokio::test]
async fn recordings_of_pdus_are_read_as_their_files_say() {
    let Some(sim) = SnmpSim::start() else { return };
    let hub = SnmpHub::new();
    for expected in EXPECTED {
        let name = expected.recording;
        let mut target = v2c(sim.address, name);
        target.timeout = Duration::from_secs(5);
        let report = hub.poll(&target, FULL, options()).await;
        let report = report.unwrap_or_else(|error| panic!("{name}: {error}"));
        let pdu = report.pdu.unwrap_or_else(|| panic!("{name}: no PDU"));
        assert_eq!(pdu.family.word, expected.family, "{name}");
        assert_eq!(pdu.troubles, [], "{name}");
        let found = values(&pdu);
        for (part, index, quantity, value) in expected.numbers {
            let place = (*part, (*index).to_owned(), *quantity);
            assert_eq!(found.get(&place), Some(&Ok(*value)), "{name} {place:?}");
        }
        for (part, index, quantity) in expected.missing {
            let place = (*part, (*index).to_owned(), *quantity);
            let missing = Err(GaugeMissing::NotMeasured);
            assert_eq!(found.get(&place), Some(&missing), "{name} {place:?}");
        }
        let state = |wanted| pdu.outlets.iter().filter(|one| one.state == wanted).count();
        assert_eq!(
            (
                pdu.outlets.len(),
                state(OutletState::On),
                state(OutletState::Off)
            ),
            expected.outlets,
            "{name}"
        );
        for (index, wanted) in expected.names {
            let outlet = pdu.outlets.iter().find(|one| one.index == *index);
            let outlet = outlet.unwrap_or_else(|| panic!("{name}: no outlet {index}"));
            assert_eq!(outlet.name.as_deref(), Some(*wanted), "{name}");
        }

        // The light poll is told what the device is, and reads the same.
        let mut again = options();
        again.family = Some(pdu.family);
        let again = hub.poll(&target, PollPlan::Counters, again).await.unwrap();
        assert_eq!(values(&again.pdu.unwrap()), found, "{name}");
        println!(
            "{name}: {} gauges, {} outlets, {} packets",
            found.len(),
            pdu.outlets.len(),
            again.packets
        );
    }
}

#[tokio::test]
async fn a_switch_is_asked_for_no_gauges() {
    let agent = Hostile::start(|asked| vec![honest(asked, &switch(2)).into()]);
    let target = hasty(v2c(agent.address, "public"));
    let report = SnmpHub::new().poll(&target, FULL, options()).await.unwrap();
    assert!(report.pdu.is_none());
    assert_eq!(report.ports.len(), 2);
}

const APC: [u32; 10] = [1, 3, 6, 1, 4, 1, 318, 1, 1, 26];

fn apc(rest: &[u32]) -> Name {
    [&APC[..], rest].concat()
}

/// A small APC with power, two outlets and a probe.
fn small_pdu() -> BTreeMap<Name, Tlv> {
    let mut objects = switch(1);
    let object_id = [0x2b, 6, 1, 4, 1, 0x82, 0x3e, 1, 3, 4, 6];
    objects.insert(vec![1, 3, 6, 1, 2, 1, 1, 2, 0], tlv(0x06, &object_id));
    objects.insert(apc(&[4, 3, 1, 5, 1]), number(0x02, 27));
    for outlet in 1..=2 {
        let name = format!("Outlet {outlet}");
        objects.insert(apc(&[9, 2, 3, 1, 3, outlet]), tlv(0x04, name.as_bytes()));
        objects.insert(apc(&[9, 2, 3, 1, 5, outlet]), number(0x02, 2));
    }
    objects.insert(apc(&[10, 2, 2, 1, 6, 1]), number(0x02, 2));
    objects.insert(apc(&[10, 2, 2, 1, 8, 1]), number(0x02, 231));
    objects.insert(apc(&[10, 2, 2, 1, 10, 1]), number(0x02, 41));
    objects
}

#[tokio::test]
async fn a_column_that_loops_does_not_hold_up_the_others() {
    let looping = apc(&[9, 2, 3, 1, 3]);
    let (objects, column) = (small_pdu(), looping.clone());
    let agent = Hostile::start(move |asked| {
        let mut pairs = bindings(asked, &objects);
        for (name, _) in &mut pairs {
            if name.starts_with(&column) {
                *name = [&column[..], &[1]].concat();
            }
        }
        vec![response(asked.request_id, 0, &pairs).into()]
    });
    let target = hasty(v2c(agent.address, "public"));
    let report = SnmpHub::new().poll(&target, FULL, options()).await.unwrap();
    assert_eq!(report.ports.len(), 1);
    let pdu = report.pdu.unwrap();
    let dotted: Vec<String> = looping.iter().map(u32::to_string).collect();
    let expected = PduTrouble::Looping {
        object: "rPDU2OutletSwitchedStatusName".to_owned(),
        oid: format!("{}.1", dotted.join(".")),
    };
    assert_eq!(pdu.troubles, [expected]);
    assert_eq!(pdu.outlets.len(), 2);
    let found = values(&pdu);
    assert_eq!(found[&(Input, "1".to_owned(), ActivePower)], Ok(270));
    assert_eq!(found[&(Probe, "1".to_owned(), Temperature)], Ok(23_100));
    assert_eq!(found[&(Probe, "1".to_owned(), Humidity)], Ok(410));
    assert!(agent.replies() > 0);
}

#[tokio::test]
async fn a_column_without_end_is_given_up_and_wrong_types_are_missing() {
    let mut objects = small_pdu();
    for row in 1..=1100 {
        objects.insert(apc(&[8, 3, 1, 5, row]), number(0x02, 7));
    }
    objects.insert(apc(&[4, 3, 1, 5, 1]), tlv(0x04, b"notsupported"));
    objects.insert(apc(&[10, 2, 2, 1, 8, 1]), number(0x02, -2_000_000));
    let agent = Hostile::start(move |asked| vec![honest(asked, &objects).into()]);
    let target = hasty(v2c(agent.address, "public"));
    let report = SnmpHub::new().poll(&target, FULL, options()).await.unwrap();
    let pdu = report.pdu.unwrap();
    let expected = PduTrouble::TooLarge {
        object: "rPDU2BankStatusCurrent".to_owned(),
        most: 1000,
    };
    assert_eq!(pdu.troubles, [expected]);
    let found = values(&pdu);
    let of = |part, quantity| found[&(part, "1".to_owned(), quantity)];
    assert_eq!(of(Input, ActivePower), Err(GaugeMissing::WrongType));
    assert_eq!(of(Probe, Temperature), Err(GaugeMissing::OutOfRange));
    assert_eq!(of(Probe, Humidity), Ok(410));
}

#[tokio::test]
async fn a_pdu_that_falls_silent_loses_its_gauges_and_not_its_ports() {
    let objects = small_pdu();
    let agent = Hostile::start(move |asked| {
        if asked.names.iter().any(|name| name.starts_with(&APC)) {
            return Vec::new();
        }
        vec![honest(asked, &objects).into()]
    });
    let target = hasty(v2c(agent.address, "public"));
    let mut options = options();
    options.family = family_of("1.3.6.1.4.1.318.1.3.4.6");
    let report = SnmpHub::new().poll(&target, FULL, options).await.unwrap();
    assert_eq!(report.ports.len(), 1);
    let pdu = report.pdu.unwrap();
    assert!(
        matches!(&pdu.troubles[..], [PduTrouble::Asking(_)]),
        "{:?}",
        pdu.troubles
    );
    assert_eq!((pdu.gauges.len(), pdu.outlets.len()), (0, 0));
}

/// authorizationError: the view of the credentials ends before the vendor's objects.
#[tokio::test]
async fn a_pdu_that_refuses_its_columns_keeps_its_ports() {
    let objects = small_pdu();
    let agent = Hostile::start(move |asked| {
        if asked.names.iter().any(|name| name.starts_with(&APC)) {
            return vec![response(asked.request_id, 16, &[]).into()];
        }
        vec![honest(asked, &objects).into()]
    });
    let target = hasty(v2c(agent.address, "public"));
    let mut options = options();
    options.family = family_of("1.3.6.1.4.1.318.1.3.4.6");
    let report = SnmpHub::new().poll(&target, FULL, options).await.unwrap();
    assert_eq!(report.ports.len(), 1);
    let troubles = report.pdu.unwrap().troubles;
    assert!(
        matches!(&troubles[..], [PduTrouble::Asking(_)]),
        "{troubles:?}"
    );
}

#[tokio::test]
async fn a_simulated_pdu_is_read_like_a_real_one() {
    use coldaisle::base::time::Timestamp;
    use coldaisle::sim::switch::{OutletSpec, PduSpec, SimAccess, SimSwitch, SwitchSpec};

    let boot = Timestamp::now().plus_seconds(-3600);
    let mut spec = SwitchSpec::top_of_rack("PDU-1", 1, 1, boot);
    spec.object_id = vec![1, 3, 6, 1, 4, 1, 318, 1, 3, 4, 6];
    let outlet = |number: u32| OutletSpec {
        name: format!("srv-{number}"),
        watts: 100 * number,
        on: number != 3,
    };
    let pdu = PduSpec {
        seed: 5,
        outlets: (1..=3).map(outlet).collect(),
    };
    spec.pdu = Some(pdu.clone());
    let place = "127.0.0.1:0".parse().unwrap();
    let sim = SimSwitch::start(place, spec, SimAccess::community("public"))
        .await
        .unwrap();
    let before = Timestamp::now();
    let target = v2c(sim.address(), "public");
    let report = SnmpHub::new().poll(&target, FULL, options()).await.unwrap();
    let said = report.pdu.unwrap();
    assert_eq!((said.family.word.as_str(), said.troubles.len()), ("apc", 0));
    let states: Vec<_> = said.outlets.iter().map(|one| one.state).collect();
    use OutletState::{Off, On};
    assert_eq!(states, [On, On, Off]);
    let found = values(&said);
    let near = |part, index: &str, quantity, wanted: i64, by: i64| {
        let value = found[&(part, index.to_owned(), quantity)].unwrap();
        assert!(
            value.abs_diff(wanted) <= by.unsigned_abs(),
            "{part} {index}: {value}, {wanted}"
        );
    };
    near(Outlet, "2", ActivePower, pdu.watts_at(1, before), 2);
    near(Outlet, "3", ActivePower, 0, 0);
    near(Input, "1", ActivePower, pdu.inlet_watts_at(before), 7);
    near(
        Probe,
        "1",
        Temperature,
        pdu.tenths_celsius_at(before) * 100,
        200,
    );
    near(Phase, "1", Voltage, 229_000, 0);
}
