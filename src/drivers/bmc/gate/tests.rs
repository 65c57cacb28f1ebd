#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::base::secret::Secret;

const PAUSE: Duration = Duration::from_millis(500);

fn print(octet: u8) -> Fingerprint {
    Fingerprint([octet; 32])
}

fn caller(priority: Priority, octet: u8, sharing: Sharing) -> Caller {
    let login = LoginKey {
        credentials: print(octet),
        privilege: Privilege::Operator,
        lookup: Lookup::NameOnly,
        suites: 1 << 17,
        old_sessions: OldSessions::Refused,
    };
    Caller {
        priority,
        login,
        sharing,
    }
}

fn alone(priority: Priority, octet: u8) -> Caller {
    caller(priority, octet, Sharing::Alone)
}

fn shared(priority: Priority, octet: u8) -> Caller {
    caller(priority, octet, Sharing::Shared)
}

fn target(password: &str) -> BmcTarget {
    let address = SocketAddr::from(([127, 0, 0, 1], 623));
    BmcTarget::new(address, "ADMIN", Secret::new(password))
}

#[test]
fn the_urgent_come_first_and_equals_in_order() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let enter = |queue: &mut Queue, priority| queue.enter(alone(priority, 1), now).unwrap();
    let sensors = enter(&mut queue, Priority::Sensors);
    assert_eq!(queue.next(sensors, now), Ok(Next::Go));
    let later_sensors = enter(&mut queue, Priority::Sensors);
    let status = enter(&mut queue, Priority::Status);
    let status_2 = enter(&mut queue, Priority::Status);
    let power = enter(&mut queue, Priority::Power);
    let mut holder = sensors;
    for expected in [power, status, status_2, later_sensors] {
        for waiting in [later_sensors, status, status_2, power] {
            if waiting == holder {
                continue;
            }
            assert_ne!(queue.next(waiting, now), Ok(Next::Go), "one at a time");
        }
        queue.leave(holder, now);
        for waiting in [later_sensors, status_2, status, power] {
            let go = queue.next(waiting, now) == Ok(Next::Go);
            assert!(
                !go || waiting == expected,
                "{waiting:?} before {expected:?}"
            );
        }
        assert_eq!(queue.next(expected, now), Ok(Next::Go));
        holder = expected;
    }
}

#[test]
fn callers_of_different_lanes_share_a_session_and_those_of_one_lane_do_not() {
    let (mut queue, now) = (Queue::new(PAUSE), Instant::now());
    let console = queue.enter(shared(Priority::Console, 1), now).unwrap();
    assert_eq!(queue.next(console, now), Ok(Next::Go));
    for priority in [Priority::Sensors, Priority::Status, Priority::Power] {
        let ticket = queue.enter(shared(priority, 1), now).unwrap();
        assert_eq!(queue.next(ticket, now), Ok(Next::Go), "{priority:?}");
        let second = queue.enter(shared(priority, 1), now).unwrap();
        assert_eq!(queue.next(second, now), Ok(Next::Wait), "{priority:?}");
        queue.leave(ticket, now);
        assert_eq!(queue.next(second, now), Ok(Next::Go), "{priority:?}");
        queue.leave(second, now);
    }
}

#[test]
fn who_logs_in_otherwise_waits_for_all_but_a_console_and_is_not_starved() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let console = queue.enter(shared(Priority::Console, 1), now).unwrap();
    let status = queue.enter(shared(Priority::Status, 1), now).unwrap();
    assert_eq!(queue.next(console, now), Ok(Next::Go));
    assert_eq!(queue.next(status, now), Ok(Next::Go));
    let changed = queue.enter(shared(Priority::Power, 2), now).unwrap();
    assert_eq!(queue.next(changed, now), Ok(Next::Wait));
    let late = queue.enter(shared(Priority::Sensors, 1), now).unwrap();
    assert_eq!(queue.next(late, now), Ok(Next::Wait), "not past the other");
    queue.leave(status, now);
    assert_eq!(
        queue.next(changed, now),
        Ok(Next::Go),
        "a console gives way"
    );
    assert_eq!(queue.next(late, now), Ok(Next::Wait));
}

#[test]
fn one_who_shares_nothing_waits_for_everybody() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let console = queue.enter(shared(Priority::Console, 1), now).unwrap();
    assert_eq!(queue.next(console, now), Ok(Next::Go));
    let power = queue.enter(alone(Priority::Power, 1), now).unwrap();
    assert_eq!(queue.next(power, now), Ok(Next::Wait));
    queue.leave(console, now);
    assert_eq!(queue.next(power, now), Ok(Next::Go));
}

#[test]
fn a_pause_lies_between_sessions_but_power_does_not_wait_for_it() {
    let (mut queue, now) = (Queue::new(PAUSE), Instant::now());
    let first = queue.enter(shared(Priority::Status, 1), now).unwrap();
    assert_eq!(queue.next(first, now), Ok(Next::Go));
    queue.leave(first, now);
    let second = queue.enter(shared(Priority::Status, 1), now).unwrap();
    assert_eq!(queue.next(second, now), Ok(Next::At(now + PAUSE)));
    let power = queue.enter(shared(Priority::Power, 1), now).unwrap();
    assert_eq!(queue.next(power, now), Ok(Next::Go));
    queue.leave(power, now);
    assert_eq!(queue.next(second, now + PAUSE), Ok(Next::Go));
}

#[test]
fn who_stops_waiting_does_not_block_the_next() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let power = queue.enter(alone(Priority::Power, 1), now).unwrap();
    let status = queue.enter(alone(Priority::Status, 1), now).unwrap();
    assert_eq!(queue.next(status, now), Ok(Next::Wait));
    queue.leave(power, now);
    assert_eq!(queue.next(status, now), Ok(Next::Go));
}

#[test]
fn refused_credentials_stop_and_changed_ones_go_on() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let first = queue.enter(shared(Priority::Status, 1), now).unwrap();
    assert_eq!(queue.next(first, now), Ok(Next::Go));
    let same = queue.enter(shared(Priority::Power, 1), now).unwrap();
    let changed = queue.enter(shared(Priority::Sensors, 2), now).unwrap();
    queue.stop(print(1));
    queue.leave(first, now);
    assert_eq!(queue.next(same, now), Err(Refusal::Stopped));
    assert_eq!(
        queue.next(changed, now),
        Ok(Next::Go),
        "not behind the stopped one"
    );
    let again = |queue: &mut Queue| queue.enter(shared(Priority::Power, 1), now);
    assert_eq!(again(&mut queue), Err(Refusal::Stopped));
    queue.stop(print(2));
    assert_eq!(again(&mut queue), Err(Refusal::Stopped), "still");
    queue.resume();
    assert!(again(&mut queue).is_ok());
}

/// Lets a caller in and have no answer; whether it was let in.
fn silent_try(queue: &mut Queue, priority: Priority, now: Instant) -> bool {
    let Ok(ticket) = queue.enter(shared(priority, 1), now) else {
        return false;
    };
    let went = queue.next(ticket, now) == Ok(Next::Go);
    queue.silent(now);
    queue.leave(ticket, now);
    went
}

#[test]
fn after_three_silences_only_power_goes_until_the_pause_is_over() {
    let (mut queue, start) = (Queue::new(Duration::ZERO), Instant::now());
    for _ in 0..3 {
        assert_eq!(queue.pause(), None);
        assert!(silent_try(&mut queue, Priority::Status, start));
    }
    let ms = Duration::from_millis;
    let (mut now, mut lengths) = (start, Vec::new());
    for round in 0..8 {
        let pause = queue.pause().unwrap();
        assert_eq!((pause.since, pause.failures), (start, 3 + round * 2));
        lengths.push((pause.next_trial - now).as_secs());
        for priority in [Priority::Status, Priority::Sensors, Priority::Console] {
            let refused = queue.enter(shared(priority, 1), pause.next_trial - ms(1));
            assert_eq!(refused, Err(Refusal::Paused(pause)), "{priority:?}");
        }
        assert!(silent_try(&mut queue, Priority::Power, now + ms(1)));
        let after = queue.pause().unwrap().next_trial;
        assert_eq!(after, pause.next_trial, "power makes it no longer");
        now = pause.next_trial;
        assert!(silent_try(&mut queue, Priority::Status, now), "the trial");
    }
    assert_eq!(lengths, [10, 20, 40, 80, 160, 300, 300, 300]);
    let ticket = queue.enter(shared(Priority::Power, 1), now).unwrap();
    assert_eq!(queue.next(ticket, now), Ok(Next::Go));
    queue.answered();
    assert_eq!(queue.pause(), None);
    assert!(queue.enter(shared(Priority::Status, 1), now).is_ok());
}

#[test]
fn one_tries_at_a_time_and_one_who_gives_up_lets_the_next_try() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    for _ in 0..3 {
        silent_try(&mut queue, Priority::Status, now);
    }
    let due = queue.pause().unwrap().next_trial;
    let first = queue.enter(shared(Priority::Status, 1), due).unwrap();
    let waiting = queue.enter(shared(Priority::Sensors, 1), due).unwrap();
    assert_eq!(queue.next(first, due), Ok(Next::Go));
    assert!(matches!(queue.next(waiting, due), Err(Refusal::Paused(_))));
    let second = queue.enter(shared(Priority::Sensors, 1), due);
    assert!(matches!(second, Err(Refusal::Paused(_))));
    queue.leave(waiting, due);
    queue.leave(first, due);
    let third = queue.enter(shared(Priority::Sensors, 1), due).unwrap();
    assert_eq!(queue.next(third, due), Ok(Next::Go));
}

#[test]
fn an_answer_between_silences_starts_the_count_anew() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    for _ in 0..5 {
        silent_try(&mut queue, Priority::Status, now);
        silent_try(&mut queue, Priority::Status, now);
        queue.answered();
    }
    assert_eq!(queue.pause(), None);
}

#[test]
fn a_fingerprint_changes_with_every_part() {
    let mut with_kg = target("a");
    with_kg.kg = Some(Secret::new("k"));
    let mut other_user = target("a");
    other_user.user = "oper".to_owned();
    let prints = [target("a"), target("b"), with_kg, other_user].map(|t| Fingerprint::of(&t));
    let mut other_order = target("a");
    other_order.suites.reverse();
    assert_eq!(LoginKey::of(&target("a")), LoginKey::of(&other_order));
    let mut other_level = target("a");
    other_level.privilege = Privilege::User;
    assert_ne!(LoginKey::of(&target("a")), LoginKey::of(&other_level));
    for (index, one) in prints.iter().enumerate() {
        assert!(prints.iter().skip(index + 1).all(|other| other != one));
    }
    assert_eq!(Fingerprint::of(&target("a")), Fingerprint::of(&target("a")));
}

#[tokio::test]
async fn a_dropped_permit_or_waiter_lets_the_next_in() {
    let gates = Gates::new(Duration::ZERO);
    let target = target("a");
    let held = gates.enter(&target, Priority::Sensors).await.unwrap();
    let mut waiter = Box::pin(gates.enter(&target, Priority::Power));
    tokio::select! {
        biased;
        _ = &mut waiter => panic!("two at once"),
        () = tokio::task::yield_now() => {}
    }
    drop(waiter);
    let status = gates.enter(&target, Priority::Status);
    let release = async { drop(held) };
    let (granted, ()) = tokio::join!(status, release);
    assert!(granted.is_ok());
}

#[tokio::test]
async fn whoever_waits_with_refused_credentials_is_told() {
    let gates = Gates::new(Duration::ZERO);
    let target = target("a");
    let held = gates.enter(&target, Priority::Status).await.unwrap();
    let waiting = gates.enter(&target, Priority::Power);
    let refuse = async { held.credentials_refused() };
    let (waited, ()) = tokio::join!(waiting, refuse);
    let Err(error) = waited else {
        panic!("let in with refused credentials");
    };
    assert_eq!(error.code(), "credentials-stopped");
    assert_eq!(gates.stopped(), [target.address]);
}

#[tokio::test]
async fn whoever_waits_for_a_bmc_that_falls_silent_is_told_and_sees_until_when() {
    let gates = Gates::new(Duration::ZERO);
    let target = target("a");
    let held = gates.enter(&target, Priority::Status).await.unwrap();
    let waiting = gates.enter(&target, Priority::Status);
    let silence = async {
        for _ in 0..3 {
            held.reporter().silent();
        }
    };
    let (waited, ()) = tokio::join!(waiting, silence);
    let error = waited.err().unwrap();
    assert!(
        matches!(&error, BmcError::Paused { failures: 3, next, .. } if !next.is_zero()),
        "{error:?}"
    );
    assert!(error.is_passing() && !error.may_have_acted());
    let paused: Vec<_> = gates.paused().iter().map(|(address, _)| *address).collect();
    assert_eq!(paused, [target.address]);
    assert!(gates.pause(target.address).is_some());
}
