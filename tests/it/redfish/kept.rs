//! Sessions kept for the next caller, and what the gate learns of a service.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{BmcAccess, BmcTarget, Light, PowerState, Privilege, Trust};
use coldaisle::sim::redfish::{SimRedfish, SimRedfishConfig};

use super::{access, open, refused, target};
use crate::ipmi::peers::until;

const UUID: &str = "38947555-4212-4248-9784-823347823834";

async fn sim() -> (SimRedfish, BmcTarget) {
    let bind = "127.0.0.1:0".parse().unwrap();
    let sim = SimRedfish::start(SimRedfishConfig::new(bind, Secret::new("pass-1"), UUID));
    let sim = sim.await.unwrap();
    let target = BmcTarget {
        keep: Duration::from_secs(40),
        ..target(sim.address(), "admin", "pass-1")
    };
    (sim, target)
}

async fn reads(access: &BmcAccess, target: &BmcTarget) {
    let mut session = open(access, target).await;
    assert_eq!(session.power_state().await, Ok(PowerState::On));
    session.close().await.unwrap();
}

async fn until_no_session(sim: &SimRedfish) {
    let open = || async { sim.counters().open_sessions };
    until("sessions end", open, |open| *open == 0).await;
}

#[tokio::test]
async fn one_session_does_for_many_callers_and_ends_with_the_program() {
    let (sim, target) = sim().await;
    let access = access();
    reads(&access, &target).await;
    // The certificate that was shown first is on record by now: the session is still the same.
    let pinned = target.clone().redfish(Trust::Pin(Some(sim.fingerprint())));
    for _ in 0..3 {
        reads(&access, &pinned).await;
    }
    let counters = sim.counters();
    assert_eq!((counters.logins, counters.open_sessions), (1, 1));
    assert_eq!(access.shutdown(Duration::from_secs(10)).await, 0);
    assert_eq!(sim.counters().open_sessions, 0);
    assert_eq!(refused(&access, &target).await.code(), "cancelled");
}

#[tokio::test]
async fn a_kept_session_ends_when_nobody_comes() {
    let (sim, target) = sim().await;
    let access = access();
    let short = BmcTarget {
        keep: Duration::from_millis(40),
        ..target
    };
    reads(&access, &short).await;
    until_no_session(&sim).await;
    reads(&access, &short).await;
    let counters = sim.counters();
    assert_eq!((counters.logins, counters.most_open), (2, 1));
}

#[tokio::test]
async fn who_logs_in_otherwise_gets_a_session_of_their_own_after_the_kept_one_ended() {
    let (sim, target) = sim().await;
    let access = access();
    reads(&access, &target).await;
    let other = BmcTarget {
        privilege: Privilege::Administrator,
        ..target.clone()
    };
    reads(&access, &other).await;
    reads(&access, &target).await;
    let counters = sim.counters();
    assert_eq!((counters.logins, counters.most_open), (3, 1));
    // Another certificate: nothing is sent in the session that is kept.
    let wrong = target.redfish(Trust::Pin(Some([7; 32])));
    assert_eq!(refused(&access, &wrong).await.code(), "certificate");
    until_no_session(&sim).await;
}

#[tokio::test]
async fn a_kept_session_that_is_no_more_is_made_anew_once() {
    let (sim, target) = sim().await;
    let access = access();
    reads(&access, &target).await;
    // Another program restarts the controller: its sessions are gone.
    let elsewhere = super::access();
    let mut session = open(&elsewhere, &super::target(sim.address(), "admin", "pass-1")).await;
    session.reset_controller().await.unwrap();
    session.close().await.unwrap();
    assert_eq!(sim.counters().open_sessions, 0);
    let before = sim.counters().logins;
    reads(&access, &target).await;
    let counters = sim.counters();
    assert_eq!((counters.logins - before, counters.open_sessions), (1, 1));
    assert_eq!(access.shutdown(Duration::from_secs(10)).await, 0);
    assert_eq!(sim.counters().open_sessions, 0);
}

#[tokio::test]
async fn a_password_that_changed_while_a_session_was_kept_is_tried_once() {
    let (sim, target) = sim().await;
    let access = access();
    reads(&access, &target).await;
    let elsewhere = super::access();
    let mut session = open(&elsewhere, &super::target(sim.address(), "admin", "pass-1")).await;
    session.set_password(Secret::new("pass-2")).await.unwrap();
    session.reset_controller().await.unwrap();
    session.close().await.unwrap();
    let mut session = open(&access, &target).await;
    let error = session.power_state().await.unwrap_err();
    assert_eq!(error.code(), "credentials");
    drop(session);
    assert_eq!(sim.counters().refused_logins, 1);
    assert_eq!(
        refused(&access, &target).await.code(),
        "credentials-stopped"
    );
    assert_eq!(sim.counters().refused_logins, 1, "it was tried again");
}

#[tokio::test]
async fn a_session_in_which_an_account_changed_is_not_kept() {
    let (sim, target) = sim().await;
    let access = access();
    let mut session = open(&access, &target).await;
    session.set_password(Secret::new("pass-2")).await.unwrap();
    session.close().await.unwrap();
    assert_eq!(sim.counters().open_sessions, 0);
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_left_alone_after_three_attempts() {
    let nobody: SocketAddr = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let access = access();
    let target = target(nobody, "admin", "pass-1");
    for _ in 0..3 {
        assert_eq!(refused(&access, &target).await.code(), "no-answer");
    }
    assert!(access.gates().pause(nobody).is_some());
    assert_eq!(refused(&access, &target).await.code(), "paused");
}

#[tokio::test]
async fn an_answer_ends_the_count_of_lost_ones() {
    let (sim, target) = sim().await;
    let access = access();
    let gone = sim.address();
    drop(sim);
    for _ in 0..2 {
        assert_eq!(refused(&access, &target).await.code(), "no-answer");
    }
    let bind = SimRedfishConfig::new(gone, Secret::new("pass-1"), UUID);
    let sim = SimRedfish::start(bind).await.unwrap();
    reads(&access, &target).await;
    assert_eq!(access.shutdown(Duration::from_secs(10)).await, 0);
    let _ = sim;
    assert!(access.gates().pause(gone).is_none());
}

#[tokio::test]
async fn the_light_is_read_back_and_the_serial_number_told() {
    let (_sim, target) = sim().await;
    let access = access();
    let mut session = open(&access, &target).await;
    assert_eq!(session.light().await, Ok(Some(Light::Off)));
    session.identify(255).await.unwrap();
    assert_eq!(session.light().await, Ok(Some(Light::On)));
    assert_eq!(session.serials().await, Ok(vec!["SIM38947555".to_owned()]));
    session.close().await.unwrap();
}
