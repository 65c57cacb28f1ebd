//! Polls that ask for the rows of the last poll: what they cost, and what happens when the rows are
//! not what they were.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::{Extent, PollPlan, PollReport, SnmpErrorKind, SnmpHub, SnmpTarget};
use coldaisle::sim::switch::{SimAccess, SimSwitch, SwitchSpec};

use super::hostile::{
    Asked, GET, GET_BULK, Hostile, Name, Reply, Tlv, bindings, number, response, switch, tlv,
};
use super::{FULL, hasty, options, v2c};

const LIGHT: PollPlan = PollPlan::Counters;
const ERRORS: PollPlan = PollPlan::CountersAndErrors;

type Objects = BTreeMap<Name, Tlv>;
/// What becomes of the honest answer to the so-many-th question.
type Tamper = Box<dyn Fn(usize, &Asked, Vec<(Name, Tlv)>) -> Vec<Reply> + Send>;

/// A switch whose objects a test changes, which notes what it is asked.
struct Lab {
    agent: Hostile,
    objects: Arc<Mutex<Objects>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    hub: SnmpHub,
    target: SnmpTarget,
}

impl Lab {
    fn honest(ports: u32) -> Self {
        Self::tampering(ports, Box::new(|_, asked, all| vec![whole(asked, &all)]))
    }

    fn tampering(ports: u32, tamper: Tamper) -> Self {
        let mut objects = switch(ports);
        objects.insert(if_number(), number(0x02, i64::from(ports)));
        let objects = Arc::new(Mutex::new(objects));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (there, noted) = (objects.clone(), asked.clone());
        let agent = Hostile::start(move |asked| {
            let nth = {
                let mut noted = noted.lock().unwrap();
                noted.push(asked.clone());
                noted.len()
            };
            let all = bindings(asked, &there.lock().unwrap());
            tamper(nth, asked, all)
        });
        let target = hasty(v2c(agent.address, "public"));
        Self {
            agent,
            objects,
            asked,
            hub: SnmpHub::new(),
            target,
        }
    }

    async fn poll(&self) -> PollReport {
        self.asked.lock().unwrap().clear();
        self.hub.poll(&self.target, LIGHT, options()).await.unwrap()
    }

    fn change(&self, how: impl FnOnce(&mut Objects)) {
        how(&mut self.objects.lock().unwrap());
    }

    fn questions(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn whole(asked: &Asked, all: &[(Name, Tlv)]) -> Reply {
    response(asked.request_id, 0, all).into()
}

fn if_number() -> Name {
    vec![1, 3, 6, 1, 2, 1, 2, 1, 0]
}

fn uptime() -> Name {
    vec![1, 3, 6, 1, 2, 1, 1, 3, 0]
}

fn x(column: u32, port: u32) -> Name {
    vec![1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, port]
}

/// Name and octets received of each port.
fn inward(report: &PollReport) -> Vec<(String, u64)> {
    let ports = report.ports.iter();
    ports
        .map(|port| (port.name.clone().unwrap(), port.in_octets.unwrap()))
        .collect()
}

fn expected(ports: impl IntoIterator<Item = u32>) -> Vec<(String, u64)> {
    let ports = ports.into_iter();
    ports
        .map(|port| (format!("port{port}"), 1000 + u64::from(port)))
        .collect()
}

#[tokio::test]
async fn a_48_port_switch_costs_few_packets_and_octets() {
    let spec = SwitchSpec::top_of_rack("wire", 9, 44, Timestamp::from_millis(1_700_000_000_000));
    let access = SimAccess::community("public");
    let sim = SimSwitch::start(([127, 0, 0, 1], 0).into(), spec, access)
        .await
        .unwrap();
    let (hub, target) = (SnmpHub::new(), v2c(sim.address(), "public"));
    let poll = async |plan| hub.poll(&target, plan, options()).await.unwrap();
    let full = poll(FULL).await;
    assert_eq!((full.ports.len(), full.extent), (48, Extent::WholeTable));
    // Octets and packets a port with 5 columns (what is metered) and with 9.
    for (plan, most_packets, most_octets) in [(LIGHT, 10, 160), (ERRORS, 16, 240)] {
        let mut known = poll(plan).await;
        for _ in 0..3 {
            assert_eq!(known.extent, Extent::KnownRows);
            assert!(
                known.packets <= most_packets,
                "{plan:?}: {} packets",
                known.packets
            );
            let octets = known.wire_octets() / 48;
            assert!(octets <= most_octets, "{plan:?}: {octets} octets a port");
            assert_eq!(known.packets, 2 * u64::from(known.requests));
            assert_eq!(known.ports.len(), 48);
            let names = |report: &PollReport| -> Vec<_> {
                let ports = report.ports.iter();
                ports
                    .map(|port| (port.if_index, port.name.clone()))
                    .collect()
            };
            assert_eq!(names(&known), names(&full));
            for (now, before) in known.ports.iter().zip(&full.ports) {
                assert!(now.in_octets >= before.in_octets && now.missing.is_empty());
                let errors = now.packets.in_errors.is_some();
                assert_eq!(errors, plan == ERRORS);
            }
            known = poll(plan).await;
        }
        println!(
            "{plan:?}: {} packets, {} octets a port, {} values",
            known.packets,
            known.wire_octets() / 48,
            known.varbinds
        );
    }
}

#[tokio::test]
async fn known_rows_are_asked_by_index_and_nothing_behind_them() {
    let lab = Lab::honest(40);
    assert_eq!(lab.poll().await.extent, Extent::WholeTable);
    assert!(lab.questions().iter().any(|asked| asked.kind == GET));
    lab.change(|objects| {
        objects.insert(x(6, 7), number(0x46, 77_777));
        objects.insert(uptime(), number(0x43, 360_500));
    });
    let report = lab.poll().await;
    assert_eq!(report.extent, Extent::KnownRows);
    assert_eq!(report.uptime_ms, Some(3_605_000));
    let mut octets = expected(1..=40);
    octets[6].1 = 77_777;
    assert_eq!(inward(&report), octets);
    let questions = lab.questions();
    assert!(questions.iter().all(|asked| asked.kind == GET_BULK));
    let rows: usize = questions.iter().map(|asked| asked.repetitions).sum();
    assert_eq!(rows, 40, "{questions:?}");
    assert_eq!(
        report.varbinds,
        40 * 5 + 2,
        "five columns, uptime and ifNumber"
    );
    let singles: usize = questions.iter().map(|asked| asked.single).sum();
    assert_eq!(singles, 2);
}

#[tokio::test]
async fn a_name_under_another_index_takes_its_counter_along() {
    let lab = Lab::honest(12);
    lab.poll().await;
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
    lab.change(|objects| {
        for column in [1, 6] {
            let (one, two) = (
                objects[&x(column, 3)].clone(),
                objects[&x(column, 9)].clone(),
            );
            objects.insert(x(column, 3), two);
            objects.insert(x(column, 9), one);
        }
    });
    let report = lab.poll().await;
    assert_eq!(
        report.extent,
        Extent::WholeTable,
        "at once, in the same poll"
    );
    let mut octets = inward(&report);
    assert_eq!(
        (report.ports[2].if_index, octets[2].0.as_str()),
        (3, "port9")
    );
    octets.sort();
    let mut same = expected(1..=12);
    same.sort();
    assert_eq!(octets, same, "each name with its own counter");
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
}

#[tokio::test]
async fn ports_that_come_and_go_are_seen_at_once() {
    let add = |objects: &mut Objects, port: u32| {
        let all = switch(port);
        let row = all
            .into_iter()
            .filter(|(name, _)| name.last() == Some(&port));
        objects.extend(row);
    };
    // Between known rows; behind the last, where only ifNumber tells.
    let lab = Lab::honest(12);
    lab.change(|objects| objects.retain(|name, _| name.len() < 11 || name.last() != Some(&6)));
    assert_eq!(lab.poll().await.ports.len(), 11);
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
    lab.change(|objects| add(objects, 6));
    let report = lab.poll().await;
    assert_eq!(
        (report.extent, inward(&report)),
        (Extent::WholeTable, expected(1..=12))
    );
    lab.change(|objects| {
        add(objects, 13);
        objects.insert(if_number(), number(0x02, 13));
    });
    let report = lab.poll().await;
    assert_eq!(
        (report.extent, inward(&report)),
        (Extent::WholeTable, expected(1..=13))
    );
    lab.change(|objects| objects.retain(|name, _| name.len() < 11 || name.last() != Some(&13)));
    let report = lab.poll().await;
    assert_eq!(
        (report.extent, inward(&report)),
        (Extent::WholeTable, expected(1..=12))
    );
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
}

#[tokio::test]
async fn a_restart_makes_it_read_everything() {
    let lab = Lab::honest(3);
    lab.poll().await;
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
    lab.change(|objects| {
        objects.insert(uptime(), number(0x43, 100));
    });
    let report = lab.poll().await;
    assert_eq!(
        (report.extent, report.uptime_ms),
        (Extent::WholeTable, Some(1000))
    );
    lab.change(|objects| {
        objects.remove(&uptime());
    });
    let report = lab.poll().await;
    assert_eq!(
        (report.extent, report.uptime_ms),
        (Extent::WholeTable, None)
    );
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
}

#[tokio::test]
async fn answers_cut_in_the_middle_of_a_row_are_completed_and_remembered() {
    const FIT: usize = 33;
    let lab = Lab::tampering(
        48,
        Box::new(|_, asked, mut all| {
            all.truncate(FIT);
            vec![whole(asked, &all)]
        }),
    );
    lab.poll().await;
    let most_rows = |lab: &Lab| lab.questions().iter().map(|asked| asked.repetitions).max();
    let first = lab.poll().await;
    assert_eq!(
        (first.extent, inward(&first)),
        (Extent::KnownRows, expected(1..=48))
    );
    assert!(
        most_rows(&lab) > Some(FIT / 5),
        "nothing was cut: {:?}",
        most_rows(&lab)
    );
    for _ in 0..2 {
        let report = lab.poll().await;
        assert_eq!(
            (report.extent, inward(&report)),
            (Extent::KnownRows, expected(1..=48))
        );
    }
    let rows = most_rows(&lab).unwrap();
    assert!(
        rows * 5 <= FIT,
        "still asks for {rows} rows where {FIT} values fit"
    );
    assert!(lab.poll().await.requests <= 12);
}

#[tokio::test]
async fn what_is_too_big_for_the_device_is_asked_in_parts() {
    const TOO_BIG: i64 = 1;
    let lab = Lab::tampering(
        20,
        Box::new(|_, asked, all| {
            vec![match asked.repetitions {
                0..=3 => whole(asked, &all),
                _ => response(asked.request_id, TOO_BIG, &[]).into(),
            }]
        }),
    );
    let first = lab.poll().await;
    assert_eq!(
        (first.extent, first.max_repetitions),
        (Extent::WholeTable, 2),
        "21, 10, 5, 2"
    );
    let mut repetitions = first.max_repetitions;
    let mut refused = Vec::new();
    for _ in 0..6 {
        lab.asked.lock().unwrap().clear();
        let mut limits = options();
        limits.max_repetitions = repetitions;
        let report = lab.hub.poll(&lab.target, LIGHT, limits).await.unwrap();
        assert_eq!(
            (report.extent, inward(&report)),
            (Extent::KnownRows, expected(1..=20))
        );
        repetitions = report.max_repetitions;
        refused.push(
            lab.questions()
                .iter()
                .filter(|asked| asked.repetitions > 3)
                .count(),
        );
    }
    // One more is tried once; what failed is not tried again within the hour.
    assert!(refused.iter().any(|refused| *refused > 0), "{refused:?}");
    assert_eq!(refused[3..], [0, 0, 0], "{refused:?}");
}

#[tokio::test]
async fn a_lost_packet_costs_one_question_more() {
    let lab = Lab::tampering(
        48,
        Box::new(|nth, asked, all| match (asked.kind, nth) {
            (GET_BULK, 3) => vec![],
            _ => vec![whole(asked, &all)],
        }),
    );
    lab.poll().await;
    let report = lab.poll().await;
    assert_eq!((report.extent, report.timeouts), (Extent::KnownRows, 1));
    assert_eq!(inward(&report), expected(1..=48));
}

#[tokio::test]
async fn an_agent_that_repeats_everything_is_read_whole_and_then_left_in_peace() {
    // It takes the names asked once for columns, as some old agents do.
    let objects = switch(10);
    let lab = Lab::tampering(
        10,
        Box::new(move |_, asked, all| {
            let mut wrong = asked.clone();
            wrong.single = 0;
            if asked.kind == GET {
                return vec![whole(asked, &all)];
            }
            let all = bindings(&wrong, &objects);
            let most = (asked.names.len() - asked.single) * asked.repetitions + asked.single;
            vec![whole(asked, &all[..most.min(all.len())])]
        }),
    );
    let mut questions = Vec::new();
    for nth in 0..6 {
        let report = lab.poll().await;
        let asked = lab.questions();
        assert_eq!(inward(&report), expected(1..=10));
        assert_eq!(report.extent, Extent::WholeTable, "{nth}: {asked:?}");
        questions.push(asked.iter().filter(|asked| asked.single > 0).count());
    }
    assert_eq!(questions, [0, 1, 1, 1, 0, 0]);
}

#[tokio::test]
async fn silence_forgets_what_was_known() {
    let silent = Arc::new(Mutex::new(false));
    let mute = silent.clone();
    let lab = Lab::tampering(
        8,
        Box::new(move |_, asked, all| match *mute.lock().unwrap() {
            true => vec![],
            false => vec![whole(asked, &all)],
        }),
    );
    lab.poll().await;
    assert_eq!(lab.poll().await.extent, Extent::KnownRows);
    *silent.lock().unwrap() = true;
    let error = lab
        .hub
        .poll(&lab.target, LIGHT, options())
        .await
        .unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");
    *silent.lock().unwrap() = false;
    let report = lab.poll().await;
    assert_eq!(
        (report.extent, inward(&report)),
        (Extent::WholeTable, expected(1..=8))
    );
    assert!(lab.agent.replies() > 0);
}

#[tokio::test]
async fn ports_without_names_are_known_by_the_next_best() {
    let lab = Lab::honest(6);
    let descr = |port: u32| vec![1, 3, 6, 1, 2, 1, 2, 2, 1, 2, port];
    lab.change(|objects| {
        for port in 1..=6 {
            objects.insert(x(1, port), tlv(0x04, b""));
            objects.insert(descr(port), tlv(0x04, format!("slot {port}").as_bytes()));
        }
    });
    lab.poll().await;
    let report = lab.poll().await;
    assert_eq!(report.extent, Extent::KnownRows);
    assert_eq!(report.ports[4].descr.as_deref(), Some("slot 5"));
    lab.change(|objects| {
        objects.insert(descr(5), tlv(0x04, b"slot 50"));
    });
    let report = lab.poll().await;
    assert_eq!(report.extent, Extent::WholeTable);
    assert_eq!(report.ports[4].descr.as_deref(), Some("slot 50"));
}
