//! Power cycles over a network that loses every fifth datagram, doubles and reorders others.
//!
//! 100 cycles in the test run; `COLDAISLE_SOAK_CYCLES=2000` for a soak (`scripts/bench soak`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coldaisle::drivers::bmc::{
    BmcAccess, BmcError, BmcSession, BmcTarget, PowerAction, PowerState, Priority,
};
use coldaisle::sim::bmc::{Delays, Power, SimBmc};

use super::hostile::{Network, QUICK};
use super::peers::until;
use super::simulated::{config, target};

const MACHINES: u64 = 50;
const LOSS_PERCENT: u64 = 20;

/// What a bad network did, over all machines.
#[derive(Default)]
pub struct Deeds {
    pub passed: AtomicU64,
    pub lost: AtomicU64,
    doubled: AtomicU64,
    reordered: AtomicU64,
}

/// What came of the cycles.
#[derive(Default)]
struct Outcomes {
    accepted: AtomicU64,
    /// No answer, and it was carried out.
    doubtful_done: AtomicU64,
    /// No answer, and it never arrived.
    doubtful_not_done: AtomicU64,
    not_reached: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

pub fn told(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// A number below a hundred, the same in every run.
fn percent(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) % 100
}

pub async fn bad_network(bmc: &SimBmc, seed: u64, deeds: Arc<Deeds>) -> Network {
    let mut dice = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut held: [Option<Vec<u8>>; 2] = [None, None];
    let mischief = move |way, datagram: Vec<u8>| {
        let held = &mut held[usize::from(way == super::hostile::Way::ToBmc)];
        let mut arrives = Vec::new();
        if percent(&mut dice) < LOSS_PERCENT {
            count(&deeds.lost);
        } else if percent(&mut dice) < 10 && held.is_none() {
            // Later, behind the next one.
            *held = Some(datagram);
            return arrives;
        } else {
            count(&deeds.passed);
            if percent(&mut dice) < 10 {
                count(&deeds.doubled);
                arrives.push(datagram.clone());
            }
            arrives.push(datagram);
        }
        if let Some(late) = held.take_if(|_| !arrives.is_empty()) {
            count(&deeds.reordered);
            arrives.push(late);
        }
        arrives
    };
    Network::before(bmc.address(), Box::new(mischief)).await
}

/// Asks until the answer is there; the network loses some.
async fn state_of(access: &BmcAccess, target: &BmcTarget) -> PowerState {
    let read = || async {
        let mut session = access.open(target, Priority::Power).await?;
        let state = session.power_state().await;
        session.close().await?;
        state
    };
    let state = until("the state", read, Result::is_ok).await;
    state.unwrap()
}

async fn act(access: &BmcAccess, target: &BmcTarget) -> Result<(), BmcError> {
    let mut session = access.open(target, Priority::Power).await?;
    assert_eq!(session.power_state().await?, PowerState::On);
    let acted = session.power(PowerAction::Cycle).await;
    leave(session, &acted).await;
    acted
}

/// Some close, some just go.
async fn leave(session: Box<dyn BmcSession>, acted: &Result<(), BmcError>) {
    if acted.is_ok() {
        session.close().await.unwrap();
    }
}

async fn one_machine(seed: u64, cycles: u64, deeds: Arc<Deeds>, outcomes: Arc<Outcomes>) {
    let ms = Duration::from_millis;
    let mut sim = config(1_000 + seed);
    sim.delays = Delays {
        cycle_pause: ms(10)..=ms(30),
        ..Delays::quick()
    };
    let bmc = SimBmc::start(sim).await.unwrap();
    let network = bad_network(&bmc, seed, deeds).await;
    let access = BmcAccess::new(Duration::ZERO);
    let target = BmcTarget {
        address: network.address,
        timing: QUICK,
        // Half of them keep their sessions.
        keep: ms(50 * (seed % 2)),
        ..target(&bmc)
    };
    for _ in 0..cycles {
        let before = bmc.counters().controls;
        let acted = act(&access, &target).await;
        let done = bmc.counters().controls - before;
        match (&acted, done) {
            (Ok(()), 1) => count(&outcomes.accepted),
            (Err(error), 0 | 1) if error.may_have_acted() => count(if done == 1 {
                &outcomes.doubtful_done
            } else {
                &outcomes.doubtful_not_done
            }),
            (Err(error), 0) if error.is_passing() => count(&outcomes.not_reached),
            wrong => panic!("machine {seed}: {wrong:?}"),
        }
        // What an executor does: it looks, and sends nothing again.
        let on = || state_of(&access, &target);
        until("on again", on, |state| *state == PowerState::On).await;
        let late = bmc.counters().controls - before;
        assert!(late <= 1, "machine {seed}: cycled {late} times");
        // What is under way would make the next cycle a matter of luck.
        bmc.set_power(Power::On);
    }
    assert_eq!(access.shutdown(Duration::from_secs(20)).await, 0);
    let open = || async { bmc.counters().open_sessions };
    until("no session is left", open, |open| *open == 0).await;
}

/// How often each of `machines` is cycled: `usual` times in all, or as often as was asked for.
pub fn cycles_each(machines: u64, usual: u64) -> u64 {
    let asked = std::env::var("COLDAISLE_SOAK_CYCLES").ok();
    let asked = asked.map_or(usual, |text| text.parse().unwrap());
    u64::div_ceil(asked, machines)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cycles_over_a_bad_network_end_right_and_leave_no_session() {
    let cycles = cycles_each(MACHINES, 100);
    let (deeds, outcomes) = (Arc::new(Deeds::default()), Arc::new(Outcomes::default()));
    let mut machines = tokio::task::JoinSet::new();
    for seed in 0..MACHINES {
        let (deeds, outcomes) = (Arc::clone(&deeds), Arc::clone(&outcomes));
        machines.spawn(one_machine(seed, cycles, deeds, outcomes));
    }
    while let Some(ended) = machines.join_next().await {
        ended.unwrap();
    }
    let (passed, lost) = (told(&deeds.passed), told(&deeds.lost));
    let (doubled, reordered) = (told(&deeds.doubled), told(&deeds.reordered));
    let share = 100 * lost / (passed + lost).max(1);
    println!(
        "{passed} datagrams passed, {lost} lost ({share} %), {doubled} doubled, {reordered} reordered"
    );
    assert!((15..=25).contains(&share), "it lost {share} %");
    assert!(doubled > 100 && reordered > 100);
    let accepted = told(&outcomes.accepted);
    let doubtful = told(&outcomes.doubtful_done) + told(&outcomes.doubtful_not_done);
    let not_reached = told(&outcomes.not_reached);
    println!(
        "{} cycles: {accepted} accepted, {} done without an answer, {} lost on the way, {not_reached} not reached",
        cycles * MACHINES,
        told(&outcomes.doubtful_done),
        told(&outcomes.doubtful_not_done),
    );
    assert_eq!(accepted + doubtful + not_reached, cycles * MACHINES);
    assert!(
        accepted > 0 && told(&outcomes.doubtful_done) > 0,
        "both happened"
    );
}
