//! What malformed, spoofed, oversized, looping, wrong and late answers do: a typed error or a
//! missing value, and never a wrong one.

use std::time::Duration;

use coldaisle::drivers::snmp::{
    Column, Extent, MissingReason, NotUnderstood, PollOptions, PollPlan, PollReport, SnmpError,
    SnmpErrorKind, SnmpHub, Warning,
};

use super::hostile::{
    Asked, GET, GET_BULK, Hostile, Reply, bindings, honest, number, response, response_as, switch,
    tlv,
};
use super::{hasty, options, v2c};

async fn poll(agent: &Hostile) -> (Result<PollReport, SnmpError>, SnmpHub) {
    let hub = SnmpHub::new();
    let target = hasty(v2c(agent.address, "public"));
    let outcome = hub.poll(&target, PollPlan::Counters, options()).await;
    assert!(agent.replies() > 0, "the agent did nothing");
    (outcome, hub)
}

/// An agent that is honest until it is asked for a table.
fn at_tables(behave: impl Fn(&Asked) -> Vec<Reply> + Send + 'static) -> Hostile {
    let objects = switch(3);
    Hostile::start(move |asked| match asked.kind {
        GET => vec![honest(asked, &objects).into()],
        _ => behave(asked),
    })
}

#[tokio::test]
async fn the_agent_can_be_honest() {
    let objects = switch(60);
    let agent = Hostile::start(move |asked| vec![honest(asked, &objects).into()]);
    let report = poll(&agent).await.0.unwrap();
    assert_eq!(report.ports.len(), 60);
    assert_eq!(report.uptime_ms, Some(3_600_000));
    assert_eq!(report.system.name.as_deref(), Some("hostile"));
    let last = report.ports.last().unwrap();
    assert_eq!((last.if_index, last.name.as_deref()), (60, Some("port60")));
    assert_eq!((last.in_octets, last.out_octets), (Some(1060), Some(2060)));
    assert_eq!(report.timeouts, 0);
    assert_eq!(report.warnings, []);
}

#[tokio::test]
async fn truncated_answers_are_no_answers() {
    let objects = switch(3);
    let agent = Hostile::start(move |asked| {
        let whole = honest(asked, &objects);
        [1, 2, 5, 12, 20, whole.len() / 2, whole.len() - 1]
            .map(|length| whole[..length].to_vec().into())
            .into()
    });
    let (outcome, hub) = poll(&agent).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");
    let stats = hub.stats();
    assert!(stats.malformed > 0, "{stats:?}");
}

#[tokio::test]
async fn garbage_is_no_answer() {
    let agent = Hostile::start(|asked| {
        let seed = asked.request_id as u8;
        vec![
            Vec::new().into(),
            vec![0x30; 1400].into(),
            (0..900)
                .map(|n: u32| (n as u8).wrapping_mul(seed | 1))
                .collect::<Vec<_>>()
                .into(),
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec().into(),
        ]
    });
    let (outcome, hub) = poll(&agent).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");
    assert!(hub.stats().malformed > 0);
}

#[tokio::test]
async fn spoofed_answers_are_not_taken() {
    type Spoof = fn(&Asked) -> Reply;
    let table: [(&str, Spoof); 3] = [
        ("wrong request id", |asked| {
            let bindings = bindings(asked, &switch(3));
            response(asked.request_id.wrapping_add(1) & 0x7fff_ffff, 0, &bindings).into()
        }),
        ("wrong source", |asked| Reply {
            elsewhere: true,
            ..honest(asked, &switch(3)).into()
        }),
        ("wrong community", |asked| {
            response_as(
                b"private",
                asked.request_id,
                0,
                &bindings(asked, &switch(3)),
            )
            .into()
        }),
    ];
    for (name, spoof) in table {
        let agent = Hostile::start(move |asked| vec![spoof(asked)]);
        let (outcome, hub) = poll(&agent).await;
        let error = outcome.unwrap_err();
        assert!(
            matches!(error.kind, SnmpErrorKind::NoAnswer),
            "{name}: {error}"
        );
        assert!(hub.stats().discarded > 0, "{name}: {:?}", hub.stats());
    }
    // A lie before the truth changes nothing.
    let agent = Hostile::start(|asked| {
        let mut lies = switch(3);
        lies.values_mut().for_each(|value| *value = number(0x46, 7));
        let lie = Reply {
            elsewhere: true,
            ..honest(asked, &lies).into()
        };
        vec![lie, honest(asked, &switch(3)).into()]
    });
    let (outcome, hub) = poll(&agent).await;
    assert_eq!(outcome.unwrap().ports[0].in_octets, Some(1001));
    assert!(hub.stats().discarded > 0);
}

#[tokio::test]
async fn more_values_than_asked_for_are_refused() {
    let agent = at_tables(|asked| {
        let mut greedy = asked.clone();
        greedy.repetitions *= 10;
        let answer = honest(&greedy, &switch(300));
        assert!(answer.len() > 10_000, "{}", answer.len());
        vec![answer.into()]
    });
    let error = poll(&agent).await.0.unwrap_err();
    let SnmpErrorKind::NotUnderstood(NotUnderstood::TooMany { got, asked }) = error.kind else {
        panic!("{error}");
    };
    assert!(got > asked && asked == 5 * 25, "{got} for {asked}");
}

#[tokio::test]
async fn a_table_that_never_moves_on_is_a_loop() {
    let agent = at_tables(|asked| {
        // The same two rows for ever.
        let mut looping = asked.clone();
        for name in &mut looping.names {
            name.truncate(if name[6] == 31 { 11 } else { 10 });
        }
        vec![honest(&looping, &switch(100)).into()]
    });
    let error = poll(&agent).await.0.unwrap_err();
    let SnmpErrorKind::Looping { column, oid } = &error.kind else {
        panic!("{error}");
    };
    assert_eq!(*column, Column::IfHcInOctets);
    assert_eq!(oid.to_string(), "1.3.6.1.2.1.31.1.1.1.6.1");
    assert_eq!(agent.replies(), 3, "one for the system, two for the table");
}

#[tokio::test]
async fn a_table_without_end_is_too_large() {
    let agent = at_tables(|asked| {
        let mut all = Vec::new();
        for row in 1..=asked.repetitions as u32 {
            for name in &asked.names {
                let width = if name[6] == 31 { 11 } else { 10 };
                let last = name.get(width).copied().unwrap_or(0);
                let name = [&name[..width], &[last + row]].concat();
                all.push((name, number(0x46, 5)));
            }
        }
        vec![response(asked.request_id, 0, &all).into()]
    });
    let hub = SnmpHub::new();
    let mut limits = options();
    limits.max_ports = 500;
    let target = v2c(agent.address, "public");
    let error = hub
        .poll(&target, PollPlan::Counters, limits)
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind, SnmpErrorKind::TooLarge { max_ports: 500 }),
        "{error}"
    );
    assert!(agent.replies() < 40);
}

#[tokio::test]
async fn wrong_types_are_missing_and_never_zero() {
    let x = |column: u32, port: u32| vec![1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, port];
    let agent = Hostile::start(move |asked| {
        let mut objects = switch(7);
        objects.insert(x(6, 1), tlv(0x04, b"12"));
        objects.insert(x(6, 2), tlv(0x05, b""));
        objects.insert(x(6, 3), number(0x41, 12));
        objects.insert(x(6, 4), vec![0x46, 0]);
        objects.insert(x(6, 5), vec![0x80, 0]);
        objects.insert(x(1, 6), number(0x02, 6));
        objects.remove(&x(6, 7));
        vec![honest(asked, &objects).into()]
    });
    let report = poll(&agent).await.0.unwrap();
    assert_eq!(report.ports.len(), 7);
    let reasons: Vec<_> = report.ports[..5]
        .iter()
        .map(|port| {
            assert_eq!(port.in_octets, None, "{port:?}");
            assert_eq!(port.out_octets, Some(2000 + u64::from(port.if_index)));
            let [missing] = port.missing[..] else {
                panic!("{port:?}")
            };
            assert_eq!(missing.column, Column::IfHcInOctets);
            missing.reason
        })
        .collect();
    assert!(matches!(reasons[0], MissingReason::WrongType { .. }));
    assert_eq!(reasons[1], MissingReason::Null);
    assert!(matches!(reasons[2], MissingReason::WrongType { .. }));
    assert_eq!(reasons[3], MissingReason::Null, "a counter without octets");
    assert_eq!(reasons[4], MissingReason::NoSuch);
    assert_eq!(
        (&report.ports[5].name, report.ports[5].in_octets),
        (&None, Some(1006))
    );
    assert_eq!(report.ports[6].missing[0].reason, MissingReason::Absent);
    let wrong = report
        .warnings
        .iter()
        .filter(|w| matches!(w, Warning::WrongType { .. }));
    assert_eq!(wrong.count(), 3);
}

#[tokio::test]
async fn late_answers_are_nobodys() {
    let agent = Hostile::start(|asked| {
        let late = Reply {
            after: Duration::from_millis(200),
            ..honest(asked, &switch(3)).into()
        };
        vec![late]
    });
    let hub = SnmpHub::new();
    let target = hasty(v2c(agent.address, "public"));
    let error = hub
        .poll(&target, PollPlan::Counters, options())
        .await
        .unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");
    // Both answers come in at last and fit no question.
    let until = tokio::time::Instant::now() + Duration::from_secs(5);
    while hub.stats().discarded < 2 {
        assert!(tokio::time::Instant::now() < until, "{:?}", hub.stats());
        tokio::task::yield_now().await;
    }
    assert_eq!(hub.stats().answers, 0);
}

#[tokio::test]
async fn fewer_rows_are_asked_for_after_too_big_and_after_silence() {
    const TOO_BIG: i64 = 1;
    let too_big = at_tables(|asked| {
        vec![
            match asked.repetitions {
                0..=3 => honest(asked, &switch(20)),
                _ => response(asked.request_id, TOO_BIG, &[]),
            }
            .into(),
        ]
    });
    let silent = at_tables(|asked| match asked.repetitions {
        0..=3 => vec![honest(asked, &switch(20)).into()],
        _ => vec![],
    });
    for (agent, timeouts) in [(&too_big, 0), (&silent, 3)] {
        let report = poll(agent).await.0.unwrap();
        assert_eq!(report.ports.len(), 20);
        assert_eq!(report.timeouts, timeouts);
        assert_eq!(report.max_repetitions, 3, "25, 12, 6, 3");
        assert_eq!(report.warnings, [Warning::FewerRows { max_repetitions: 3 }]);
    }
}

#[tokio::test]
async fn empty_and_failing_answers_have_their_names() {
    let empty = at_tables(|asked| vec![response(asked.request_id, 0, &[]).into()]);
    let error = poll(&empty).await.0.unwrap_err();
    assert!(
        matches!(
            error.kind,
            SnmpErrorKind::NotUnderstood(NotUnderstood::Empty)
        ),
        "{error}"
    );

    const TOO_BIG: i64 = 1;
    const GEN_ERR: i64 = 5;
    let failing = |status| {
        at_tables(move |asked| {
            assert_eq!(asked.kind, GET_BULK);
            vec![response(asked.request_id, status, &[]).into()]
        })
    };
    let error = poll(&failing(GEN_ERR)).await.0.unwrap_err();
    assert!(
        matches!(&error.kind, SnmpErrorKind::NotUnderstood(NotUnderstood::AgentError { status }) if status == "genErr"),
        "{error}"
    );
    let error = poll(&failing(TOO_BIG)).await.0.unwrap_err();
    assert!(
        matches!(
            error.kind,
            SnmpErrorKind::NotUnderstood(NotUnderstood::TooBig)
        ),
        "{error}"
    );
    assert_eq!(error.attempt, 5, "25, 12, 6, 3, 1");
}

#[tokio::test]
async fn a_chassis_of_10_000_ports_is_read_and_one_more_is_refused() {
    for ports in [10_000, 10_001] {
        let objects = switch(ports);
        let agent = Hostile::start(move |asked| vec![honest(asked, &objects).into()]);
        let hub = SnmpHub::new();
        let mut target = v2c(agent.address, "public");
        target.timeout = Duration::from_secs(5);
        let limits = PollOptions::within(Duration::from_secs(120));
        let first = hub.poll(&target, PollPlan::Counters, limits).await;
        if ports > 10_000 {
            let error = first.unwrap_err();
            assert!(
                matches!(error.kind, SnmpErrorKind::TooLarge { max_ports: 10_000 }),
                "{error}"
            );
            assert!(agent.replies() > 300, "it was read up to there");
            continue;
        }
        let first = first.unwrap();
        let again = hub.poll(&target, PollPlan::Counters, limits).await.unwrap();
        for (report, extent) in [(&first, Extent::WholeTable), (&again, Extent::KnownRows)] {
            assert_eq!((report.ports.len(), report.extent), (10_000, extent));
            assert!(report.ports.iter().all(|port| {
                port.in_octets == Some(1000 + u64::from(port.if_index)) && port.missing.is_empty()
            }));
        }
    }
}

#[tokio::test]
async fn an_answer_after_the_deadline_is_nobodys() {
    let agent = Hostile::start(|asked| {
        let late = Reply {
            after: Duration::from_millis(400),
            ..honest(asked, &switch(3)).into()
        };
        vec![late]
    });
    let hub = SnmpHub::new();
    let target = v2c(agent.address, "public");
    let limits = PollOptions::within(Duration::from_millis(100));
    let error = hub
        .poll(&target, PollPlan::Counters, limits)
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind, SnmpErrorKind::Deadline { .. }),
        "{error}"
    );
    let until = tokio::time::Instant::now() + Duration::from_secs(5);
    while hub.stats().discarded < 1 {
        assert!(tokio::time::Instant::now() < until, "{:?}", hub.stats());
        tokio::task::yield_now().await;
    }
    assert_eq!((agent.replies(), hub.stats().answers), (1, 0));
}

#[tokio::test]
async fn a_text_of_thirty_thousand_octets_is_cut() {
    let agent = Hostile::start(|asked| {
        let mut objects = switch(2);
        let name = vec![1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1, 2];
        objects.insert(name, tlv(0x04, &vec![b'x'; 30_000]));
        let answer = honest(asked, &objects);
        vec![answer.into()]
    });
    let report = poll(&agent).await.0.unwrap();
    assert!(report.octets > 30_000, "it came: {}", report.octets);
    assert_eq!(report.ports[1].name.as_ref().map(String::len), Some(255));
    assert_eq!(report.ports[1].in_octets, Some(1002));
}

#[tokio::test]
async fn rows_that_come_round_again_are_a_loop() {
    // Row 3, then 1 again, for ever.
    let agent = at_tables(|asked| {
        let mut all = Vec::new();
        for row in 0..asked.repetitions as u32 {
            for name in &asked.names {
                let width = if name[6] == 31 { 11 } else { 10 };
                let name = [&name[..width], &[1 + 2 * (row % 2)]].concat();
                all.push((name, number(0x46, 5)));
            }
        }
        vec![response(asked.request_id, 0, &all).into()]
    });
    let error = poll(&agent).await.0.unwrap_err();
    let SnmpErrorKind::Looping { oid, .. } = &error.kind else {
        panic!("{error}");
    };
    assert_eq!(oid.to_string(), "1.3.6.1.2.1.31.1.1.1.6.1");
}
