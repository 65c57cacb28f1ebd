//! The driver against BMCs that others wrote.

use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{
    BmcAccess, BmcError, BmcSession, BmcTarget, CipherSuite, CredentialFault, PowerAction,
    PowerState, Priority, Privilege, Timing,
};

use super::peers::{Bmc17, IpmiSim, ipmitool, until};

fn access() -> BmcAccess {
    BmcAccess::new(Duration::ZERO)
}

async fn open(access: &BmcAccess, target: &BmcTarget) -> Box<dyn BmcSession> {
    access.open(target, Priority::Status).await.unwrap()
}

async fn refused(access: &BmcAccess, target: &BmcTarget) -> BmcError {
    match access.open(target, Priority::Status).await {
        Ok(_) => panic!("{} was let in", target.user),
        Err(error) => error,
    }
}

/// Reads the power in a session of its own.
async fn power(access: &BmcAccess, target: &BmcTarget) -> PowerState {
    read_power(access, target).await.unwrap()
}

async fn read_power(access: &BmcAccess, target: &BmcTarget) -> Result<PowerState, BmcError> {
    let mut session = open(access, target).await;
    let state = session.power_state().await;
    session.close().await.unwrap();
    state
}

/// Reads until it is so. While the simulator's own script switches, it answers FFh now and then.
async fn until_power(access: &BmcAccess, target: &BmcTarget, wanted: PowerState) {
    let read = || read_power(access, target);
    let seen = until("power", read, |seen| match seen {
        Ok(state) => *state == wanted,
        Err(BmcError::Completion { code: 0xFF, .. }) => false,
        Err(error) => panic!("{error}"),
    })
    .await;
    assert_eq!(seen, Ok(wanted));
}

#[tokio::test]
async fn openipmis_simulator_is_switched_and_ipmitool_agrees() {
    let sim = IpmiSim::start().await;
    let (access, target) = (access(), sim.target());
    until_power(&access, &target, PowerState::Off).await;
    for (action, state, word) in [
        (PowerAction::On, PowerState::On, "is on"),
        (PowerAction::Reset, PowerState::On, "is on"),
        (PowerAction::Off, PowerState::Off, "is off"),
        (PowerAction::On, PowerState::On, "is on"),
        (PowerAction::SoftOff, PowerState::Off, "is off"),
        (PowerAction::On, PowerState::On, "is on"),
        (PowerAction::Cycle, PowerState::On, "is on"),
    ] {
        let mut session = access.open(&target, Priority::Power).await.unwrap();
        assert_eq!(session.cipher_suite(), Some(CipherSuite::Three));
        session.power(action).await.unwrap();
        session.close().await.unwrap();
        until_power(&access, &target, state).await;
        let tool = ipmitool(sim.address, 3, &sim.password, "chassis power status").await;
        assert!(tool.out.contains(word), "{action:?}: {tool:?}");
    }
    let log = sim.chassis_log();
    let counted = |what: &str| log.iter().filter(|line| line.starts_with(what)).count();
    assert_eq!((counted("reset"), counted("shutdown")), (1, 1), "{log:?}");
}

#[tokio::test]
async fn identity_and_sensors_read_right() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    let identity = session.identity().await.unwrap();
    assert_eq!(
        (identity.manufacturer_id, identity.product_id),
        (4753, 3842)
    );
    assert_eq!(identity.firmware, "9.08");
    let guid = identity.guid.unwrap();
    assert!(
        guid.is_also("53494d42-4d43-0000-0000-000000000000"),
        "{guid}"
    );
    let sensors = session.sensors().await.unwrap();
    let seen: Vec<_> = sensors
        .iter()
        .map(|s| (s.name.as_str(), s.value, s.unit, s.state.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("CPU1 Temp", Some(48.0), Some("°C"), "ok"),
            ("Inlet Temp", Some(-12.0), Some("°C"), "ok"),
            ("Fan1", Some(4200.0), Some("rpm"), "ok"),
            ("P12V", Some(12.033), Some("V"), "ok"),
            ("Sys Power", Some(308.0), Some("W"), "ok"),
            ("PSU1 Status", None, None, "states:0x0001"),
            ("DIMM1 Temp", None, Some("°C"), "disabled"),
        ]
    );
    session.close().await.unwrap();
}

#[tokio::test]
async fn sessions_are_closed_when_asked_to_and_when_dropped() {
    let sim = IpmiSim::start().await;
    let access = access();
    // The simulator has 63 slots and keeps a forgotten session for longer than this test runs.
    let target = sim.target_for("oper", "oper-pass");
    for round in 0..70 {
        let session = open(&access, &target).await;
        if round % 2 == 0 {
            session.close().await.unwrap();
        }
    }
    for _ in 0..35 {
        drop(open(&access, &target).await);
    }
    for _ in 0..6 {
        // Cancelled in the middle of a login.
        let target = target.clone();
        tokio::select! {
            biased;
            _ = access.open(&target, Priority::Status) => {}
            () = tokio::time::sleep(Duration::from_millis(2)) => {}
        }
    }
    assert_eq!(power(&access, &target).await, PowerState::Off);
    assert_eq!(access.shutdown(Duration::from_secs(10)).await, 0);
}

#[tokio::test]
async fn a_suite_the_bmc_does_not_have_is_named() {
    let sim = IpmiSim::start().await;
    let mut target = sim.target();
    target.suites = vec![CipherSuite::Seventeen];
    match refused(&access(), &target).await {
        BmcError::SuiteRefused {
            offered,
            status: Some(_),
            ..
        } => assert_eq!(offered, [CipherSuite::Seventeen]),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn wrong_credentials_are_told_apart_and_stop() {
    let sim = IpmiSim::start().await;
    let access = access();
    for (user, password, fault) in [
        ("ADMIN", "guess", CredentialFault::UserOrPassword),
        ("ADMIN", "guess", CredentialFault::Stopped),
        ("nobody", "guess", CredentialFault::User),
        ("nobody", "guess", CredentialFault::Stopped),
    ] {
        match refused(&access, &sim.target_for(user, password)).await {
            BmcError::Credentials { fault: seen, at } => {
                assert_eq!(seen, fault);
                assert_eq!(at.target, sim.address);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(access.gates().stopped(), [sim.address]);
    assert_eq!(power(&access, &sim.target()).await, PowerState::Off);
}

#[tokio::test]
async fn k_g_is_used_and_its_absence_noticed() {
    let sim = IpmiSim::with(&[("BMC_KG", "room-key")]).await;
    let access = access();
    let mut target = sim.target();
    match refused(&access, &target).await {
        BmcError::Credentials { fault, .. } => assert_eq!(fault, CredentialFault::Kg),
        other => panic!("{other:?}"),
    }
    target.kg = Some(Secret::new("room-key"));
    assert_eq!(power(&access, &target).await, PowerState::Off);
}

#[tokio::test]
async fn a_session_of_privilege_user_reads_but_does_not_switch() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut target = sim.target_for("viewer", "viewer-pass");
    target.privilege = Privilege::User;
    let mut session = open(&access, &target).await;
    assert_eq!(session.power_state().await, Ok(PowerState::Off));
    let error = session.power(PowerAction::On).await.unwrap_err();
    assert!(matches!(error, BmcError::Privilege { .. }), "{error:?}");
    session.close().await.unwrap();
    assert!(sim.chassis_log().is_empty());
}

#[tokio::test]
async fn a_slow_bmc_is_reset_once_and_waited_for() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut target = sim.target();
    target.timing = Timing {
        first_wait: Duration::from_millis(100),
        longest_wait: Duration::from_secs(2),
        attempts: 6,
    };
    let mut session = open(&access, &target).await;
    session.power(PowerAction::On).await.unwrap();
    // This simulator carries a repeated datagram out again, so reset must not be repeated.
    std::fs::write(sim.folder.join("slow"), "1").unwrap();
    session.power(PowerAction::Reset).await.unwrap();
    std::fs::remove_file(sim.folder.join("slow")).unwrap();
    session.close().await.unwrap();
    until_power(&access, &target, PowerState::On).await;
    let log = sim.chassis_log();
    let resets = log.iter().filter(|line| *line == "reset 1").count();
    assert_eq!(resets, 1, "{log:?}");
}

#[tokio::test]
async fn a_refused_command_keeps_its_completion_code() {
    let sim = IpmiSim::start().await;
    let access = access();
    let mut session = open(&access, &sim.target()).await;
    std::fs::write(sim.folder.join("refuse"), "").unwrap();
    let error = session.power(PowerAction::On).await.unwrap_err();
    assert!(
        matches!(error, BmcError::Completion { code: 0xFF, .. }),
        "{error:?}"
    );
    session.close().await.unwrap();
}

#[tokio::test]
async fn suite_17_works_with_a_bmc_of_other_hands() {
    let bmc = Bmc17::start(&["--only", "17"]).await;
    let (access, target) = (access(), bmc.target());
    let mut session = open(&access, &target).await;
    assert_eq!(session.cipher_suite(), Some(CipherSuite::Seventeen));
    assert_eq!(session.power_state().await, Ok(PowerState::Off));
    let error = session.power(PowerAction::Cycle).await.unwrap_err();
    assert!(
        matches!(error, BmcError::NotInThisState { .. }),
        "{error:?}"
    );
    session.power(PowerAction::On).await.unwrap();
    assert_eq!(session.power_state().await, Ok(PowerState::On));
    let identity = session.identity().await.unwrap();
    let guid = identity.guid.unwrap().to_string();
    assert_eq!(guid, "00112233-4455-6677-8899-aabbccddeeff");
    assert_eq!(session.sensors().await, Ok(Vec::new()), "it lists none");
    session.close().await.unwrap();
    let tool = ipmitool(bmc.address, 17, Bmc17::PASSWORD, "chassis power status").await;
    assert!(tool.out.contains("is on"), "{tool:?}");
    let mut only_three = target;
    only_three.suites = vec![CipherSuite::Three];
    let error = refused(&access, &only_three).await;
    assert_eq!(error.code(), "suite-refused");
}

#[tokio::test]
async fn suite_17_with_k_g_and_with_wrong_credentials() {
    let bmc = Bmc17::start(&["--kg", "room-key"]).await;
    let access = access();
    let mut target = bmc.target();
    target.kg = Some(Secret::new("room-key"));
    assert_eq!(power(&access, &target).await, PowerState::Off);
    target.kg = Some(Secret::new("other-key"));
    assert_eq!(refused(&access, &target).await.code(), "credentials");
    target.password = Secret::new("guess");
    assert_eq!(refused(&access, &target).await.code(), "credentials");
    assert_eq!(
        refused(&access, &target).await.code(),
        "credentials-stopped"
    );
}
