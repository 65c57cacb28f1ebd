#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use crate::metering::counter::Width;
use crate::metering::packets::{PacketCounters, tests::any_packets};
use proptest::prelude::*;

const DAY: Day = Day::from_number(20_779);

fn target() -> SnmpTargetId {
    SnmpTargetId::new(3)
}

fn any_port() -> impl Strategy<Value = PackedPort> {
    (
        (0_i64..6, prop_oneof![Just(0_u32), any::<u32>()]),
        (any::<Option<u64>>(), any::<Option<u64>>()),
        (any::<bool>(), any::<Option<u64>>(), any::<Option<bool>>()),
        any_packets(),
    )
        .prop_map(
            |(
                (port_id, flags),
                (in_octets, out_octets),
                (narrow, discontinuity, oper_up),
                packets,
            )| {
                PackedPort {
                    port_id,
                    flags,
                    in_octets,
                    out_octets,
                    width: if narrow { Width::Bits32 } else { Width::Bits64 },
                    discontinuity,
                    oper_up,
                    packets,
                }
            },
        )
}

fn any_polls() -> impl Strategy<Value = Vec<Poll>> {
    let poll = (
        1_i64..2_000_000,
        any::<Option<i64>>(),
        prop::collection::vec(any_port(), 0..5),
    );
    prop::collection::vec(poll, 1..40).prop_map(|polls| {
        let mut at = DAY.start().plus_millis(-1);
        polls
            .into_iter()
            .map(|(step, uptime_ms, mut ports)| {
                at = at.plus_millis(step);
                ports.sort_by_key(|port| port.port_id);
                ports.dedup_by_key(|port| port.port_id);
                Poll {
                    at,
                    uptime_ms,
                    ports,
                }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_day_taken_apart_is_the_same_day_together(polls in any_polls()) {
        let sealed = seal(target(), DAY, &polls).unwrap();
        prop_assert_eq!((sealed.first_at, sealed.count), (polls[0].at, polls.len()));
        prop_assert_eq!(open(target(), DAY, &sealed.polls, &sealed.blocks).unwrap(), polls);
    }
}

#[test]
fn what_can_not_be_kept_is_refused() {
    let poll = |ms: i64, ports: &[i64]| Poll {
        at: DAY.start().plus_millis(ms),
        uptime_ms: None,
        ports: ports
            .iter()
            .map(|id| PackedPort {
                port_id: *id,
                flags: 0,
                in_octets: Some(1),
                out_octets: None,
                width: Width::Bits64,
                discontinuity: None,
                oper_up: None,
                packets: PacketCounters::NONE,
            })
            .collect(),
    };
    let error = |polls: &[Poll]| seal(target(), DAY, polls).unwrap_err();
    assert!(matches!(error(&[]), SealError::Empty));
    assert!(matches!(error(&[poll(-1, &[])]), SealError::Order(_)));
    assert!(matches!(
        error(&[poll(5, &[]), poll(5, &[])]),
        SealError::Order(_)
    ));
    assert!(matches!(
        error(&[poll(5, &[1, 1])]),
        SealError::Twice { port: 1, .. }
    ));
    assert!(matches!(error(&[poll(5, &[2, 1])]), SealError::Order(_)));
    assert!(seal(target(), DAY, &[poll(5, &[])]).is_ok());

    let mut parts = Sealing::new(target(), DAY);
    parts.part(&[poll(5, &[1]), poll(6, &[1])]).unwrap();
    let missing = parts.part(&[poll(5, &[2])]);
    assert!(matches!(missing, Err(SealError::Order(_))), "other polls");
    let again = parts.part(&[poll(5, &[]), poll(6, &[1])]);
    assert!(matches!(again, Err(SealError::Twice { port: 1, .. })));
}

proptest! {
    #[test]
    fn a_day_in_parts_is_the_day_at_once(polls in any_polls(), size in 1_usize..4) {
        let ids: Vec<i64> = (0..6).collect();
        let mut sealing = Sealing::new(target(), DAY);
        for ids in ids.chunks(size) {
            let part: Vec<Poll> = polls
                .iter()
                .map(|poll| Poll {
                    ports: poll.ports.iter().copied().filter(|port| ids.contains(&port.port_id)).collect(),
                    ..*poll
                })
                .collect();
            sealing.part(&part).unwrap();
        }
        prop_assert_eq!(sealing.finish().unwrap(), seal(target(), DAY, &polls).unwrap());
    }
}

/// Numbers that look random (SplitMix64), evenly and normally spread.
struct Random(u64);

impl Random {
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (one, two) = (1.0 - self.even(), self.even());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
    }
}

/// A room of ports: 5 % down, 25 % with keep-alives, 60 % following the day at 0.1 to 30 MB/s, 10 % at 1 to 10 Gbit/s.
/// Noise of 5 to 10 %, part of it lasting. Gives counters and the octets that the noise of a value needs.
fn counters(random: &mut Random, kind: u64, polls: usize, step_s: f64) -> (Vec<u64>, f64) {
    let (octets_s, swing, lasting, white) = match kind {
        0 => (0.0, 0.0, 0.0, 0.0),
        1..=5 => (20.0 + 200.0 * random.even(), 0.0, 0.3, 0.3),
        6..=17 => (1e5 * 300_f64.powf(random.even()), 0.7, 0.10, 0.05),
        _ => (1.25e8 * (1.0 + 9.0 * random.even()), 0.3, 0.05, 0.05),
    };
    let (mut counter, mut noise) = (random.even() * 1e15, 0.0);
    let phase = random.even() * std::f64::consts::TAU;
    let fresh = lasting * (1.0 - 0.81_f64).sqrt();
    let (mut values, mut bits) = (Vec::new(), 0.0);
    for n in 0..polls {
        values.push(counter as u64);
        let day = std::f64::consts::TAU * n as f64 / polls as f64;
        let usual = octets_s * step_s * (1.0 + swing * (day + phase).sin());
        noise = 0.9 * noise + fresh * random.normal();
        counter += (usual * (1.0 + noise + white * random.normal()))
            .max(0.0)
            .floor();
        let spread = usual * fresh.hypot(white);
        bits += (spread * (std::f64::consts::TAU * std::f64::consts::E).sqrt())
            .max(1.0)
            .log2();
    }
    (values, bits / 8.0 / polls as f64)
}

/// Octets per counter value of a day of 200 ports, all in, and what of that the noise alone needs.
fn octets_per_value(polls: usize, kinds: std::ops::Range<u64>) -> (f64, f64) {
    let step_ms = 86_400_000 / polls as i64;
    let mut random = Random(7);
    let mut day: Vec<Poll> = (0..polls as i64)
        .map(|n| {
            let at = DAY
                .start()
                .plus_millis(n * step_ms + 1_000 + (random.even() * 40.0) as i64);
            Poll {
                at,
                uptime_ms: Some(at.millis() / 10 * 10 - 1_700_000_000_000),
                ports: Vec::new(),
            }
        })
        .collect();
    let kinds: Vec<u64> = (0..200)
        .map(|n| n % 20)
        .filter(|kind| kinds.contains(kind))
        .collect();
    let mut floor = 0.0;
    for (id, kind) in (1_i64..).zip(&kinds) {
        let (inward, one) = counters(&mut random, *kind, polls, step_ms as f64 / 1000.0);
        let (outward, two) = counters(&mut random, *kind, polls, step_ms as f64 / 1000.0);
        floor += (one + two) / 2.0 / kinds.len() as f64;
        for (poll, (inward, outward)) in day.iter_mut().zip(inward.into_iter().zip(outward)) {
            poll.ports.push(PackedPort {
                port_id: id,
                flags: 0,
                in_octets: Some(inward),
                out_octets: Some(outward),
                width: Width::Bits64,
                discontinuity: Some(0),
                oper_up: Some(true),
                packets: PacketCounters::NONE,
            });
        }
    }
    let sealed = seal(target(), DAY, &day).unwrap();
    let blocks: usize = sealed.blocks.iter().map(|(_, body)| body.len()).sum();
    let octets = (blocks + sealed.polls.len()) as f64;
    (octets / (2 * polls * kinds.len()) as f64, floor)
}

#[test]
fn a_counter_value_takes_little_more_than_its_noise() {
    for (polls, kinds, most, most_over) in [
        (288, 0..20, 3.3, 0.34),
        (1440, 0..20, 3.0, 0.30),
        (288, 6..18, 3.7, 0.34),
        (1440, 6..18, 3.3, 0.34),
        (288, 18..20, 4.8, 0.34),
    ] {
        let (octets, floor) = octets_per_value(polls, kinds.clone());
        eprintln!(
            "{polls} polls, ports {kinds:?}: {octets:.3} octets a value, {floor:.3} of them noise"
        );
        assert!(
            octets <= most && octets - floor <= most_over,
            "{polls} polls, ports {kinds:?}: {octets} of {floor}"
        );
    }
}
