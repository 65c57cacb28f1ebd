//! One session with a BMC for all its callers: shared, kept for the next one, made anew when the
//! BMC has lost it, given up when nothing answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coldaisle::drivers::bmc::{
    BmcAccess, BmcError, BmcTarget, PowerAction, PowerState, Priority, Privilege, Timing,
};
use coldaisle::sim::bmc::{Delays, Faults, Power, SimBmc};
use coldaisle::wire::rmcp::{Addressee, addressee};
use tokio::sync::watch;

use super::hostile::{Network, QUICK, Way};
use super::peers::{Bmc17, until};
use super::simulated::{config, target};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(50);

fn kept(bmc: &SimBmc) -> BmcTarget {
    BmcTarget {
        keep: LONG,
        timing: QUICK,
        ..target(bmc)
    }
}

async fn status(access: &BmcAccess, target: &BmcTarget) -> Result<PowerState, BmcError> {
    let mut session = access.open(target, Priority::Status).await?;
    let state = session.power_state().await;
    session.close().await?;
    state
}

async fn until_no_session(bmc: &SimBmc) {
    let open = || async { bmc.counters().open_sessions };
    until("no session is left", open, |open| *open == 0).await;
}

/// The BMC restarts: the same address, and no session is known any more.
async fn restarted(bmc: SimBmc, seed: u64) -> SimBmc {
    let address = bmc.address();
    bmc.stop();
    let again = || async {
        let mut config = config(seed);
        config.bind = address;
        SimBmc::start(config).await.ok()
    };
    let mut started = None;
    for _ in 0..1_000 {
        started = again().await;
        if started.is_some() {
            break;
        }
        tokio::task::yield_now().await;
    }
    started.expect("the address is free again")
}

#[tokio::test]
async fn a_status_in_a_kept_session_takes_two_packets() {
    let bmc = SimBmc::start(config(70)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let target = kept(&bmc);
    for round in 1..=5 {
        assert_eq!(status(&access, &target).await, Ok(PowerState::On));
        let seen = bmc.counters();
        // Open, RAKP 1, RAKP 3, and a status each.
        assert_eq!((seen.datagrams, seen.logins), (3 + round, 1));
        assert_eq!(seen.open_sessions, 1);
    }
    assert_eq!(access.shutdown(Duration::from_secs(5)).await, 0);
    assert_eq!(bmc.counters().open_sessions, 0, "closed at the end");
}

#[tokio::test]
async fn a_session_is_closed_when_it_was_kept_long_enough() {
    let bmc = SimBmc::start(config(71)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let mut target = kept(&bmc);
    target.keep = Duration::from_millis(30);
    status(&access, &target).await.unwrap();
    until_no_session(&bmc).await;
    assert_eq!(bmc.counters().commands, 2, "a status and Close Session");
}

#[tokio::test]
async fn other_credentials_do_not_get_a_kept_session_and_there_is_never_a_second() {
    let bmc = SimBmc::start(config(72)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    status(&access, &kept(&bmc)).await.unwrap();
    let mut other = kept(&bmc);
    other.privilege = Privilege::Administrator;
    status(&access, &other).await.unwrap();
    let seen = bmc.counters();
    assert_eq!((seen.logins, seen.open_sessions), (2, 1));
    let mut wrong = kept(&bmc);
    wrong.password = coldaisle::base::secret::Secret::new("guess");
    let error = status(&access, &wrong).await.unwrap_err();
    assert_eq!(error.code(), "credentials", "not let in by the kept one");
    assert_eq!(access.shutdown(Duration::from_secs(5)).await, 0);
}

#[tokio::test]
async fn a_kept_session_that_the_bmc_lost_is_made_anew_unseen() {
    let bmc = SimBmc::start(config(73)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let target = kept(&bmc);
    status(&access, &target).await.unwrap();
    let bmc = restarted(bmc, 73).await;
    assert_eq!(status(&access, &target).await, Ok(PowerState::On));
    assert_eq!(bmc.counters().logins, 1, "one fresh login");
    // An action first of all, in a session that the BMC has lost again.
    let bmc = restarted(bmc, 73).await;
    let mut session = access.open(&target, Priority::Power).await.unwrap();
    session.power(PowerAction::Cycle).await.unwrap();
    session.close().await.unwrap();
    let seen = bmc.counters();
    assert_eq!((seen.logins, seen.controls), (1, 1), "and it acted once");
    assert_eq!(access.shutdown(Duration::from_secs(5)).await, 0);
}

#[tokio::test]
async fn another_bmc_at_the_same_address_is_not_taken_for_the_first() {
    let bmc = SimBmc::start(config(74)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let target = kept(&bmc);
    let mut session = access.open(&target, Priority::Power).await.unwrap();
    session.power(PowerAction::On).await.unwrap();
    drop(session);
    let other = restarted(bmc, 75).await;
    let mut session = access.open(&target, Priority::Power).await.unwrap();
    let error = session.power(PowerAction::Off).await.unwrap_err();
    assert!(matches!(error, BmcError::Closed { .. }), "{error:?}");
    assert_eq!((other.power(), other.counters().controls), (Power::On, 0));
    session.close().await.unwrap();
    until_no_session(&other).await;
}

#[tokio::test]
async fn power_and_status_go_through_the_session_that_a_console_holds() {
    let bmc = SimBmc::start(config(76)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let target = target(&bmc);
    let mut console = access.console(&target).await.unwrap();
    let mut sensors = access.open(&target, Priority::Sensors).await.unwrap();
    assert_eq!(status(&access, &target).await, Ok(PowerState::On));
    let mut power = access.open(&target, Priority::Power).await.unwrap();
    power.power(PowerAction::Off).await.unwrap();
    power.close().await.unwrap();
    sensors.sensors().await.unwrap();
    console.keep_alive().await.unwrap();
    let seen = bmc.counters();
    assert_eq!((seen.logins, seen.open_sessions), (1, 1), "one for all");
    sensors.close().await.unwrap();
    assert_eq!(bmc.counters().open_sessions, 1, "the console is there");
    assert!(console.close().await, "confirmed");
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn a_link_for_serial_over_lan_ends_with_its_session() {
    let bmc = SimBmc::start(config(77)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let target = kept(&bmc);
    let mut console = access.console(&target).await.unwrap();
    let mut first = console.sol();
    assert!(first.send(vec![0, 0, 0, 0]).await);
    let arrived = || async { bmc.counters().datagrams };
    until("the payload arrives", arrived, |seen| *seen == 4).await;
    let mut second = console.sol();
    assert_eq!(first.receive().await, None, "the second took its place");
    // The BMC loses the session: the next question finds out, and the link ends.
    let bmc = restarted(bmc, 77).await;
    bmc.set_faults(Faults {
        silent: true,
        ..Faults::default()
    });
    let error = console.keep_alive().await.unwrap_err();
    assert!(matches!(error, BmcError::NoAnswer { .. }), "{error:?}");
    bmc.set_faults(Faults::default());
    console.keep_alive().await.unwrap();
    assert_eq!(second.receive().await, None);
    assert_eq!(bmc.counters().logins, 1);
    let mut third = console.sol();
    assert_eq!(access.shutdown(Duration::from_secs(5)).await, 0);
    assert_eq!(third.receive().await, None, "the program stops");
    assert!(!third.send(vec![0]).await);
}

#[tokio::test]
async fn a_silent_bmc_is_left_alone_but_not_by_power() {
    let bmc = SimBmc::start(config(78)).await.unwrap();
    bmc.set_faults(Faults {
        silent: true,
        ..Faults::default()
    });
    let access = BmcAccess::new(Duration::ZERO);
    let mut target = target(&bmc);
    target.timing = Timing {
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(5),
        attempts: 2,
    };
    for _ in 0..3 {
        let error = status(&access, &target).await.unwrap_err();
        assert_eq!(error.code(), "no-answer");
    }
    let asked = bmc.counters().lost;
    assert_eq!(
        asked, 12,
        "asked in vain, and whether it is of an older kind"
    );
    for priority in [Priority::Status, Priority::Sensors, Priority::Console] {
        let error = access.open(&target, priority).await.err().unwrap();
        assert!(
            matches!(error, BmcError::Paused { failures: 3, .. }),
            "{error:?}"
        );
    }
    assert_eq!(bmc.counters().lost, asked, "not one datagram more");
    assert!(access.gates().pause(bmc.address()).is_some());
    let error = access.open(&target, Priority::Power).await.err().unwrap();
    assert_eq!(error.code(), "no-answer", "power tries");
    bmc.set_faults(Faults::default());
    target.timing = Timing::default();
    let session = access.open(&target, Priority::Power).await.unwrap();
    session.close().await.unwrap();
    assert_eq!(status(&access, &target).await, Ok(PowerState::On));
    assert!(access.gates().pause(bmc.address()).is_none());
}

/// A network that tells how many datagrams went to the BMC, and loses none.
async fn counting(bmc: SocketAddr) -> (Network, watch::Receiver<usize>) {
    let (counted, seen) = watch::channel(0);
    let pass = move |way, datagram| {
        if way == Way::ToBmc {
            counted.send_modify(|count| *count += 1);
        }
        vec![datagram]
    };
    (Network::before(bmc, Box::new(pass)).await, seen)
}

#[tokio::test]
async fn a_task_that_is_aborted_anywhere_leaves_no_session() {
    // Open, RAKP 1, RAKP 3, status, raise, control, close: aborted when the BMC has been sent so
    // many of them.
    for (stage, keep) in (1..=7).flat_map(|stage| [(stage, Duration::ZERO), (stage, LONG)]) {
        let bmc = SimBmc::start(config(80)).await.unwrap();
        let (network, mut seen) = counting(bmc.address()).await;
        let access = Arc::new(BmcAccess::new(Duration::ZERO));
        let target = BmcTarget {
            address: network.address,
            keep,
            ..target(&bmc)
        };
        let job = {
            let (access, target) = (Arc::clone(&access), target.clone());
            tokio::spawn(async move {
                let mut session = access.open(&target, Priority::Power).await?;
                session.power_state().await?;
                session.power(PowerAction::Off).await?;
                session.close().await?;
                std::future::pending::<Result<(), BmcError>>().await
            })
        };
        // With a session that is kept there is no close to wait for.
        let last = if keep.is_zero() { stage } else { stage.min(6) };
        seen.wait_for(|count| *count >= last).await.unwrap();
        job.abort();
        assert!(job.await.unwrap_err().is_cancelled());
        if keep.is_zero() {
            until_no_session(&bmc).await;
        }
        // Also half a session, whose first answer was on its way, is closed and not left to the
        // BMC, which would take ten seconds to forget it.
        assert_eq!(access.shutdown(Duration::from_secs(5)).await, 0, "{stage}");
        assert_eq!(bmc.counters().open_sessions, 0, "{stage} {keep:?}");
    }
}

#[tokio::test]
async fn an_aborted_caller_does_not_take_the_session_from_the_others() {
    let bmc = SimBmc::start(config(81)).await.unwrap();
    let (network, mut seen) = counting(bmc.address()).await;
    let access = Arc::new(BmcAccess::new(Duration::ZERO));
    let target = BmcTarget {
        address: network.address,
        ..target(&bmc)
    };
    let job = {
        let (access, target) = (Arc::clone(&access), target.clone());
        tokio::spawn(async move { access.open(&target, Priority::Power).await.map(drop) })
    };
    seen.wait_for(|count| *count >= 1).await.unwrap();
    let waiting = access.open(&target, Priority::Status);
    let abort = async { job.abort() };
    let (session, ()) = tokio::join!(waiting, abort);
    let mut session = session.unwrap();
    assert_eq!(session.power_state().await, Ok(PowerState::On));
    session.close().await.unwrap();
    until_no_session(&bmc).await;
}

#[tokio::test]
async fn many_callers_at_once_have_one_session_and_the_urgent_one_is_served() {
    let mut slow = config(82);
    slow.delays = Delays::quick();
    let bmc = SimBmc::start(slow).await.unwrap();
    let access = Arc::new(BmcAccess::new(Duration::ZERO));
    let served = Arc::new(AtomicUsize::new(0));
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (access, target) = (Arc::clone(&access), target(&bmc));
        let served = Arc::clone(&served);
        callers.spawn(async move {
            let lanes = [Priority::Power, Priority::Status, Priority::Sensors];
            let mut session = access.open(&target, lanes[number % 3]).await.unwrap();
            assert_eq!(session.power_state().await, Ok(PowerState::On));
            served.fetch_add(1, Ordering::Relaxed);
            session.close().await.unwrap();
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
        assert!(bmc.counters().open_sessions <= 1, "never two");
    }
    assert_eq!(served.load(Ordering::Relaxed), 40);
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn the_offered_suites_are_told_without_a_login() {
    let ours = SimBmc::start(config(83)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let offered = access.offered_suites(&target(&ours)).await;
    assert_eq!(offered, Ok(vec![17, 3]));
    assert_eq!(ours.counters().logins, 0);
    let theirs = Bmc17::start(&[]).await;
    let offered = access.offered_suites(&theirs.target()).await;
    assert_eq!(offered, Ok(vec![3, 17]), "of other hands");
    ours.set_faults(Faults {
        silent: true,
        ..Faults::default()
    });
    let mut silent = target(&ours);
    silent.timing = QUICK;
    let error = access.offered_suites(&silent).await.unwrap_err();
    assert!(ours.counters().lost > 0);
    assert_eq!((error.code(), error.at().attempt), ("no-answer", 6));
}

#[test]
fn a_sealed_datagram_names_its_session() {
    // What the hub goes by when two sessions with one address are alive, one of them closing.
    let datagram = [6, 0, 0xFF, 7, 6, 0xC1, 1, 2, 3, 4, 1, 0, 0, 0, 0, 0];
    assert_eq!(
        addressee(&datagram),
        Some(Addressee::Session(0x0403_0201)),
        "serial over LAN as well"
    );
}
