//! A month of one port from readings to the billed figure, one poll of a switch as bytes, the points of a graph.

use coldaisle::base::time::Timestamp;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::metering::counter::{Reading, Rules, Width, intervals};
use coldaisle::metering::packed::{PackedPort, decode, encode, find};
use coldaisle::metering::percentile::{Direction, GapRule, percentile};
use coldaisle::metering::series::{points, summary};
use coldaisle::metering::slot::{Slot, slots};
use divan::{Bencher, black_box};

/// 2026-11-01T00:00:00Z, a multiple of 300 s.
const FROM: Timestamp = Timestamp::from_seconds(1_793_491_200);
const DAYS: i64 = 30;
const POLL_SECONDS: i64 = 300;
/// What the graph of a month asks for.
const POINTS: usize = 800;
/// Ports of a switch with its uplinks.
const PORTS: i64 = 48;

fn until() -> Timestamp {
    FROM.plus_seconds(DAYS * 86_400)
}

/// Numbers that repeat from run to run (Knuth's 64-bit generator, upper half).
fn chance(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// A reading every 300 s with some seconds of jitter; one is left out before and one after the month.
fn readings() -> Vec<Reading> {
    let (mut state, mut received, mut sent) = (7, 1 << 40, 1 << 41);
    let polls = DAYS * 86_400 / POLL_SECONDS;
    (-1..=polls + 1)
        .map(|n| {
            received += chance(&mut state) % 3_000_000_000;
            sent += chance(&mut state) % 1_000_000_000;
            let jitter_ms = i64::try_from(chance(&mut state) % 2_000).unwrap_or(0);
            let at = FROM.plus_seconds(n * POLL_SECONDS).plus_millis(jitter_ms);
            Reading {
                at,
                uptime_ms: u64::try_from(at.millis() - FROM.millis() + 86_400_000).ok(),
                discontinuity: Some(0),
                in_octets: Some(received),
                out_octets: Some(sent),
                width: Width::Bits64,
            }
        })
        .collect()
}

fn rules() -> Rules {
    Rules::new(Some(BitsPerSecond::new(1_000_000_000)), 300_000)
}

fn month(readings: &[Reading]) -> Vec<Slot> {
    slots(intervals(readings.iter().copied(), rules()), FROM, until())
}

fn poll() -> Vec<PackedPort> {
    let mut state = 11;
    (1..=PORTS)
        .map(|n| PackedPort {
            port_id: 4_000 + n,
            flags: 0,
            in_octets: Some(chance(&mut state) << 12),
            out_octets: Some(chance(&mut state) << 12),
            width: Width::Bits64,
            discontinuity: Some(0),
            oper_up: Some(n % 5 != 0),
            packets: coldaisle::metering::packets::PacketCounters::NONE,
        })
        .collect()
}

#[divan::bench]
fn month_intervals_and_slots(bencher: Bencher) {
    let readings = readings();
    bencher.bench(|| month(black_box(&readings)));
}

#[divan::bench]
fn month_percentile_of_both_directions(bencher: Bencher) {
    let slots = month(&readings());
    bencher.bench(|| percentile(black_box(&slots), Direction::MaxOfP95, GapRule::Drop));
}

#[divan::bench]
fn month_readings_to_billed_figure(bencher: Bencher) {
    let readings = readings();
    bencher.bench(|| {
        percentile(
            &month(black_box(&readings)),
            Direction::MaxOfP95,
            GapRule::Drop,
        )
    });
}

#[divan::bench]
fn month_points_of_a_graph(bencher: Bencher) {
    let slots = month(&readings());
    bencher.bench(|| points(black_box(&slots), FROM, until(), POINTS));
}

#[divan::bench]
fn month_figures_beside_a_graph(bencher: Bencher) {
    let slots = month(&readings());
    bencher.bench(|| summary(black_box(&slots)));
}

#[divan::bench]
fn poll_of_48_ports_encode(bencher: Bencher) {
    let ports = poll();
    bencher.bench(|| encode(black_box(&ports)));
}

#[divan::bench]
fn poll_of_48_ports_decode(bencher: Bencher) {
    let bytes = encode(&poll());
    bencher.bench(|| decode(black_box(&bytes)));
}

#[divan::bench]
fn poll_of_48_ports_find_the_last(bencher: Bencher) {
    let bytes = encode(&poll());
    bencher.bench(|| find(black_box(&bytes), 4_000 + PORTS));
}
