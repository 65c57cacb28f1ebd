//! Polls of known rows over the quick way: that it is taken, and that no lie on it is believed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use coldaisle::drivers::snmp::{Extent, PollPlan, PollReport, SnmpHub, SnmpTarget};

use super::hostile::{
    Asked, GET_BULK, Hostile, Name, Reply, Tlv, bindings, honest, number, response, response_as,
    switch, tlv,
};
use super::{hasty, options, v2c};

type Objects = BTreeMap<Name, Tlv>;

const PORTS: u32 = 30;

fn x(column: u32, port: u32) -> Name {
    vec![1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, port]
}

/// A switch that answers questions for known rows, which have names asked once, as a test says, and is honest else.
fn agent(
    objects: Objects,
    behave: impl Fn(&Asked, &Objects) -> Vec<Reply> + Send + 'static,
) -> (Hostile, Arc<Mutex<Vec<Asked>>>) {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let noted = Arc::clone(&asked);
    let agent = Hostile::start(move |asked| {
        noted.lock().unwrap().push(asked.clone());
        match (asked.kind, asked.single) {
            (GET_BULK, 1..) => behave(asked, &objects),
            _ => vec![honest(asked, &objects).into()],
        }
    });
    (agent, asked)
}

async fn poll(hub: &SnmpHub, target: &SnmpTarget) -> PollReport {
    hub.poll(target, PollPlan::Counters, options())
        .await
        .unwrap()
}

fn inward(report: &PollReport) -> Vec<u64> {
    let ports = report.ports.iter();
    ports.map(|port| port.in_octets.unwrap()).collect()
}

fn honest_octets() -> Vec<u64> {
    (1..=PORTS).map(|port| 1000 + u64::from(port)).collect()
}

/// Every counter another, as a liar would have it.
fn lies(objects: &Objects) -> Objects {
    let lie = |(name, value): (&Name, &Tlv)| match value[0] {
        0x46 => (name.clone(), number(0x46, 7)),
        _ => (name.clone(), value.clone()),
    };
    objects.iter().map(lie).collect()
}

#[tokio::test]
async fn a_lie_before_the_truth_changes_nothing() {
    type Lie = fn(&Asked, &Objects) -> Reply;
    let table: [(&str, Lie); 6] = [
        ("another source", |asked, lies| Reply {
            elsewhere: true,
            ..honest(asked, lies).into()
        }),
        ("another request", |asked, lies| {
            let id = asked.request_id ^ (1 << 20);
            response(id, 0, &bindings(asked, lies)).into()
        }),
        ("another community", |asked, lies| {
            response_as(b"private", asked.request_id, 0, &bindings(asked, lies)).into()
        }),
        ("cut short", |asked, lies| {
            let whole = honest(asked, lies);
            whole[..whole.len() - 3].to_vec().into()
        }),
        ("a value that cannot be", |asked, lies| {
            let mut all = bindings(asked, lies);
            all.last_mut().unwrap().1 = tlv(0x46, &[1; 12]);
            response(asked.request_id, 0, &all).into()
        }),
        ("a question", |asked, lies| {
            let mut whole = honest(asked, lies);
            // The mark of the answer behind version and community.
            let at = whole.iter().position(|octet| *octet == 0xa2).unwrap();
            whole[at] = 0xa5;
            whole.into()
        }),
    ];
    for (name, lie) in table {
        let (agent, asked) = agent(switch(PORTS), move |asked, objects| {
            vec![lie(asked, &lies(objects)), honest(asked, objects).into()]
        });
        let (hub, target) = (SnmpHub::new(), hasty(v2c(agent.address, "public")));
        poll(&hub, &target).await;
        let before = hub.stats();
        let report = poll(&hub, &target).await;
        assert_eq!(report.extent, Extent::KnownRows, "{name}");
        assert_eq!(inward(&report), honest_octets(), "{name}");
        assert_eq!(report.timeouts, 0, "{name}");
        assert!(asked.lock().unwrap().iter().any(|asked| asked.single > 0));
        let after = hub.stats();
        let refused = after.discarded + after.malformed - before.discarded - before.malformed;
        assert!(refused > 0, "{name}: nobody lied");
    }
}

#[tokio::test]
async fn the_same_answer_twice_counts_once() {
    let (agent, _) = agent(switch(PORTS), |asked, objects| {
        let answer = honest(asked, objects);
        vec![answer.clone().into(), answer.into()]
    });
    let (hub, target) = (SnmpHub::new(), hasty(v2c(agent.address, "public")));
    poll(&hub, &target).await;
    let report = poll(&hub, &target).await;
    assert_eq!(
        (report.extent, inward(&report)),
        (Extent::KnownRows, honest_octets())
    );
    assert_eq!(
        report.varbinds,
        u64::from(PORTS) * 5 + 1,
        "five columns and uptime"
    );
}

#[tokio::test]
async fn values_that_mean_nothing_are_missing_with_their_reason() {
    use coldaisle::drivers::snmp::MissingReason as Reason;
    let mut objects = switch(PORTS);
    objects.insert(x(6, 1), tlv(0x04, b"12"));
    objects.insert(x(6, 2), tlv(0x05, b""));
    objects.insert(x(6, 3), vec![0x46, 0]);
    objects.insert(x(6, 4), vec![0x80, 0]);
    let (agent, _) = agent(objects, |asked, objects| {
        vec![honest(asked, objects).into()]
    });
    let (hub, target) = (SnmpHub::new(), hasty(v2c(agent.address, "public")));
    let thorough = poll(&hub, &target).await;
    let quick = poll(&hub, &target).await;
    assert_eq!(
        (thorough.extent, quick.extent),
        (Extent::WholeTable, Extent::KnownRows)
    );
    assert_eq!(thorough.ports, quick.ports);
    assert_eq!(thorough.warnings, quick.warnings);
    let reasons: Vec<Reason> = quick.ports[..4]
        .iter()
        .map(|port| port.missing[0].reason)
        .collect();
    assert!(matches!(
        reasons[0],
        Reason::WrongType {
            got: "octet_string"
        }
    ));
    assert_eq!(reasons[1..], [Reason::Null, Reason::Null, Reason::NoSuch]);
}

#[tokio::test]
async fn rows_of_two_numbers_are_left_to_the_thorough_way() {
    let mut objects = switch(PORTS);
    objects.insert([&x(6, 12)[..], &[1]].concat(), number(0x46, 99));
    let (agent, asked) = agent(objects, |asked, objects| {
        vec![honest(asked, objects).into()]
    });
    let (hub, target) = (SnmpHub::new(), hasty(v2c(agent.address, "public")));
    poll(&hub, &target).await;
    let mut questions = Vec::new();
    for _ in 0..3 {
        asked.lock().unwrap().clear();
        let report = poll(&hub, &target).await;
        assert_eq!(
            (report.extent, inward(&report)),
            (Extent::KnownRows, honest_octets())
        );
        let heads = asked
            .lock()
            .unwrap()
            .iter()
            .filter(|asked| asked.single > 0)
            .count();
        questions.push(heads);
    }
    assert_eq!(questions, [2, 1, 1], "the quick way is tried once");
}

#[tokio::test]
async fn what_goes_out_both_ways_is_counted() {
    let (agent, asked) = agent(switch(PORTS), |asked, objects| {
        vec![honest(asked, objects).into()]
    });
    let (hub, target) = (SnmpHub::new(), v2c(agent.address, "public"));
    poll(&hub, &target).await;
    asked.lock().unwrap().clear();
    let before = hub.stats();
    let report = poll(&hub, &target).await;
    let questions = asked.lock().unwrap().len();
    assert_eq!(report.requests as usize, questions);
    assert_eq!(report.packets as usize, 2 * questions);
    assert_eq!((hub.stats().answers - before.answers) as usize, questions);
    assert!(report.octets > u64::from(PORTS) * 5 * 20);
}
