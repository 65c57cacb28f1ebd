#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::base::secret::Secret;

const PAUSE: Duration = Duration::from_millis(500);

fn print(octet: u8) -> Fingerprint {
    Fingerprint([octet; 32])
}

fn target(password: &str) -> BmcTarget {
    let address = SocketAddr::from(([127, 0, 0, 1], 623));
    BmcTarget::new(address, "ADMIN", Secret::new(password))
}

#[test]
fn the_urgent_come_first_and_equals_in_order() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let sensors = queue.enter(Priority::Sensors, print(1)).unwrap();
    assert_eq!(queue.next(sensors, now), Ok(Next::Go));
    let later_sensors = queue.enter(Priority::Sensors, print(1)).unwrap();
    let status = queue.enter(Priority::Status, print(1)).unwrap();
    let status_2 = queue.enter(Priority::Status, print(1)).unwrap();
    let power = queue.enter(Priority::Power, print(1)).unwrap();
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
fn a_pause_lies_between_sessions_but_power_does_not_wait_for_it() {
    let (mut queue, now) = (Queue::new(PAUSE), Instant::now());
    let first = queue.enter(Priority::Status, print(1)).unwrap();
    assert_eq!(queue.next(first, now), Ok(Next::Go));
    queue.leave(first, now);
    let second = queue.enter(Priority::Status, print(1)).unwrap();
    assert_eq!(queue.next(second, now), Ok(Next::At(now + PAUSE)));
    let power = queue.enter(Priority::Power, print(1)).unwrap();
    assert_eq!(queue.next(power, now), Ok(Next::Go));
    queue.leave(power, now);
    assert_eq!(queue.next(second, now + PAUSE), Ok(Next::Go));
}

#[test]
fn who_stops_waiting_does_not_block_the_next() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let power = queue.enter(Priority::Power, print(1)).unwrap();
    let status = queue.enter(Priority::Status, print(1)).unwrap();
    assert_eq!(queue.next(status, now), Ok(Next::Wait));
    queue.leave(power, now);
    assert_eq!(queue.next(status, now), Ok(Next::Go));
}

#[test]
fn refused_credentials_stop_and_changed_ones_go_on() {
    let (mut queue, now) = (Queue::new(Duration::ZERO), Instant::now());
    let first = queue.enter(Priority::Status, print(1)).unwrap();
    assert_eq!(queue.next(first, now), Ok(Next::Go));
    let same = queue.enter(Priority::Power, print(1)).unwrap();
    let changed = queue.enter(Priority::Sensors, print(2)).unwrap();
    queue.stop(print(1));
    queue.leave(first, now);
    assert_eq!(queue.next(same, now), Err(Stopped));
    assert_eq!(
        queue.next(changed, now),
        Ok(Next::Go),
        "not behind the stopped one"
    );
    assert_eq!(queue.enter(Priority::Power, print(1)), Err(Stopped));
    queue.stop(print(2));
    assert_eq!(
        queue.enter(Priority::Power, print(1)),
        Err(Stopped),
        "still"
    );
    queue.resume();
    assert!(queue.enter(Priority::Power, print(1)).is_ok());
}

#[test]
fn a_fingerprint_changes_with_every_part() {
    let mut with_kg = target("a");
    with_kg.kg = Some(Secret::new("k"));
    let mut other_user = target("a");
    other_user.user = "oper".to_owned();
    let prints = [target("a"), target("b"), with_kg, other_user].map(|t| Fingerprint::of(&t));
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
