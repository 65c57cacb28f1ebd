//! Our simulated BMCs before programs of other hands, and our driver before many of them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{
    BmcAccess, BmcError, BmcTarget, CipherSuite, CredentialFault, PowerAction, PowerState,
    Priority, Privilege,
};
use coldaisle::sim::bmc::{Delays, Faults, Power, SimBmc, SimBmcConfig};

use super::peers::{ipmitool, own_address, program, run, until};

const PASSWORD: &str = "sim-secret";

pub fn config(seed: u64) -> SimBmcConfig {
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    SimBmcConfig {
        delays: Delays::quick(),
        ..SimBmcConfig::new(bind, Secret::new(PASSWORD), seed)
    }
}

pub fn target(bmc: &SimBmc) -> BmcTarget {
    BmcTarget::new(bmc.address(), "ADMIN", Secret::new(PASSWORD))
}

fn access() -> BmcAccess {
    BmcAccess::new(Duration::ZERO)
}

async fn until_power(bmc: &SimBmc, wanted: Power) {
    until("power", || async { bmc.power() }, |seen| *seen == wanted).await;
}

#[tokio::test]
async fn ipmitool_switches_a_simulated_bmc_with_both_suites() {
    for suite in [3, 17] {
        let bmc = SimBmc::start(config(1)).await.unwrap();
        let tool = async |command: &str| ipmitool(bmc.address(), suite, PASSWORD, command).await;
        let status = tool("chassis power status").await;
        assert!(status.out.contains("is on"), "{status:?}");
        for (command, power) in [("off", Power::Off), ("on", Power::On), ("soft", Power::Off)] {
            let said = tool(&format!("chassis power {command}")).await;
            assert_eq!(said.code, 0, "{said:?}");
            until_power(&bmc, power).await;
        }
        let said = tool("chassis power cycle").await;
        assert!(
            said.code != 0 && said.err.contains("present state"),
            "{said:?}"
        );
        bmc.set_power(Power::On);
        let said = tool("chassis power cycle").await;
        assert_eq!(said.code, 0, "{said:?}");
        until_power(&bmc, Power::Off).await;
        until_power(&bmc, Power::On).await;
        assert_eq!(bmc.counters().open_sessions, 0);
    }
}

#[tokio::test]
async fn ipmitool_reads_identity_and_sensors_of_a_simulated_bmc() {
    let bmc = SimBmc::start(config(2)).await.unwrap();
    let tool = |command| ipmitool(bmc.address(), 17, PASSWORD, command);
    let said = tool("mc info").await;
    assert!(
        said.out.contains("Firmware Revision         : 1.07"),
        "{said:?}"
    );
    assert!(
        said.out.contains("Manufacturer ID           : 10794"),
        "{said:?}"
    );
    let said = tool("mc guid").await;
    assert!(said.out.to_lowercase().contains("436f6c64"), "{said:?}");
    let said = tool("sdr list").await;
    for wanted in [
        "CPU1 Temp",
        "degrees C",
        "Fan1",
        "RPM",
        "Sys Power",
        "Watts",
        "PSU1 Status",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    let said = tool("sensor get Inlet\u{20}Temp").await;
    assert!(!said.out.contains("Unable"), "{said:?}");
}

#[tokio::test]
async fn freeipmi_reads_the_power_of_simulated_bmcs() {
    let tool = program("ipmipower", "freeipmi-tools");
    let bmc = SimBmc::start(config(3)).await.unwrap();
    let host = bmc.address().to_string();
    for suite in ["3", "17"] {
        let arguments = [
            "-D", "LAN_2_0", "-I", suite, "-l", "OPERATOR", "-u", "ADMIN", "-p", PASSWORD, "-h",
            &host, "-s",
        ];
        let said = run(&tool, &arguments, "").await;
        assert!(said.out.contains(": on"), "{suite}: {said:?}");
    }
}

#[tokio::test]
async fn ipmitool_is_refused_as_a_real_bmc_refuses() {
    let mut only_three = config(4);
    only_three.suites = vec![CipherSuite::Three];
    let bmc = SimBmc::start(only_three).await.unwrap();
    for (suite, password) in [(3, "guess"), (17, PASSWORD)] {
        let said = ipmitool(bmc.address(), suite, password, "chassis power status").await;
        assert!(said.code != 0 && said.out.is_empty(), "{said:?}");
    }
    assert_eq!(bmc.counters().logins, 0);
}

#[tokio::test]
async fn the_driver_reads_and_switches_and_leaves_no_session() {
    let bmc = SimBmc::start(config(5)).await.unwrap();
    let access = access();
    let mut session = access.open(&target(&bmc), Priority::Power).await.unwrap();
    assert_eq!(session.cipher_suite(), Some(CipherSuite::Seventeen));
    let identity = session.identity().await.unwrap();
    assert_eq!((identity.manufacturer_id, identity.product_id), (0x2A2A, 7));
    let sensors = session.sensors().await.unwrap();
    let names: Vec<_> = sensors.iter().map(|s| s.name.as_str()).collect();
    let wanted = ["CPU1 Temp", "Inlet Temp", "Fan1", "P12V", "Sys Power"];
    assert_eq!((&names[..5], names.len()), (&wanted[..], 22));
    assert!(
        sensors
            .iter()
            .take(14)
            .all(|s| s.value.is_some() && s.state == "ok"),
        "{sensors:?}"
    );
    session.power(PowerAction::Off).await.unwrap();
    until_power(&bmc, Power::Off).await;
    assert_eq!(session.power_state().await, Ok(PowerState::Off));
    let sensors = session.sensors().await.unwrap();
    assert_eq!(
        (sensors[2].value, sensors[2].state.as_str()),
        (None, "unavailable")
    );
    let error = session.power(PowerAction::Reset).await.unwrap_err();
    assert!(
        matches!(error, BmcError::NotInThisState { .. }),
        "{error:?}"
    );
    session.close().await.unwrap();
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn ipv6_works_as_well() {
    let mut over_ipv6 = config(13);
    over_ipv6.bind = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0));
    let bmc = SimBmc::start(over_ipv6).await.unwrap();
    let access = access();
    let mut session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    assert_eq!(session.power_state().await, Ok(PowerState::On));
    session.close().await.unwrap();
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn a_status_takes_ten_packets() {
    let bmc = SimBmc::start(config(6)).await.unwrap();
    let access = access();
    let mut session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    session.power_state().await.unwrap();
    session.power_state().await.unwrap();
    session.close().await.unwrap();
    let seen = bmc.counters();
    // Open, RAKP 1, RAKP 3, two statuses, close: each with one answer.
    assert_eq!((seen.datagrams, seen.logins, seen.commands), (6, 1, 3));
}

#[tokio::test]
async fn after_a_wrong_password_no_packet_is_sent_until_it_changes() {
    let bmc = SimBmc::start(config(7)).await.unwrap();
    let access = access();
    let mut wrong = target(&bmc);
    wrong.password = Secret::new("guess");
    let fault = |result: Result<_, BmcError>| match result {
        Err(BmcError::Credentials { fault, .. }) => fault,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("let in"),
    };
    let first = fault(access.open(&wrong, Priority::Status).await.map(drop));
    assert_eq!(first, CredentialFault::UserOrPassword);
    let told = || async { bmc.counters() };
    let before = until("the refusal arrives", told, |seen| seen.refused_logins == 1).await;
    for priority in [Priority::Power, Priority::Status, Priority::Sensors] {
        let again = fault(access.open(&wrong, priority).await.map(drop));
        assert_eq!(again, CredentialFault::Stopped);
    }
    assert_eq!(bmc.counters(), before, "not one datagram more");
    assert_eq!(
        before.open_sessions, 0,
        "the half-open session was given up"
    );
    let session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    session.close().await.unwrap();
}

#[tokio::test]
async fn full_slots_are_told_and_freed_ones_used() {
    let bmc = SimBmc::start(config(8)).await.unwrap();
    // Four doors of their own: one access would let one session in at a time.
    let doors: Vec<_> = (0..5).map(|_| access()).collect();
    let mut sessions = Vec::new();
    for door in &doors[..4] {
        sessions.push(door.open(&target(&bmc), Priority::Status).await.unwrap());
    }
    let Err(error) = doors[4].open(&target(&bmc), Priority::Status).await else {
        panic!("a fifth session");
    };
    assert!(
        matches!(error, BmcError::SessionSlotsFull { .. }),
        "{error:?}"
    );
    sessions.pop().unwrap().close().await.unwrap();
    let fifth = doors[4]
        .open(&target(&bmc), Priority::Status)
        .await
        .unwrap();
    fifth.close().await.unwrap();
    drop(sessions);
    for door in &doors {
        assert_eq!(door.shutdown(Duration::from_secs(5)).await, 0);
    }
    assert_eq!(
        bmc.counters().open_sessions,
        0,
        "dropped sessions are closed"
    );
}

#[tokio::test]
async fn privilege_is_limited_by_the_bmc() {
    let mut limited = config(9);
    limited.limit = Privilege::User;
    let bmc = SimBmc::start(limited).await.unwrap();
    let access = access();
    let Err(error) = access.open(&target(&bmc), Priority::Power).await else {
        panic!("operator on a BMC that allows user");
    };
    assert!(matches!(error, BmcError::Privilege { .. }), "{error:?}");
    let mut as_user = target(&bmc);
    as_user.privilege = Privilege::User;
    let mut session = access.open(&as_user, Priority::Power).await.unwrap();
    let error = session.power(PowerAction::Off).await.unwrap_err();
    assert!(matches!(error, BmcError::Privilege { .. }), "{error:?}");
    session.close().await.unwrap();
    assert_eq!(bmc.power(), Power::On);
}

#[tokio::test]
async fn shutdown_cancels_what_runs_and_closes_what_is_open() {
    let bmc = SimBmc::start(config(10)).await.unwrap();
    let silent = SimBmc::start(config(11)).await.unwrap();
    silent.set_faults(Faults {
        silent: true,
        ..Faults::default()
    });
    let access = access();
    let session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    let target_of_silent = target(&silent);
    let waiting = access.open(&target_of_silent, Priority::Status);
    let stop = async {
        let heard = || async { silent.counters().lost };
        until("a login is under way", heard, |lost| *lost > 0).await;
        drop(session);
        access.shutdown(Duration::from_secs(5)).await
    };
    let (waited, left) = tokio::join!(waiting, stop);
    assert!(matches!(waited, Err(BmcError::Cancelled { .. })));
    assert_eq!((left, bmc.counters().open_sessions), (0, 0));
    let late = access.open(&target(&bmc), Priority::Power).await;
    assert!(matches!(late, Err(BmcError::Cancelled { .. })));
}

#[tokio::test]
async fn a_soft_off_may_be_ignored() {
    let bmc = SimBmc::start(config(12)).await.unwrap();
    bmc.set_faults(Faults {
        ignore_soft_off: true,
        ..Faults::default()
    });
    let access = access();
    let mut session = access.open(&target(&bmc), Priority::Power).await.unwrap();
    session.power(PowerAction::SoftOff).await.unwrap();
    assert_eq!(bmc.counters().controls, 1);
    let begun = Instant::now();
    while begun.elapsed() <= *Delays::quick().soft_off.end() {
        assert_eq!(session.power_state().await, Ok(PowerState::On));
    }
    session.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_bmcs_share_one_socket() {
    const COUNT: u64 = 300;
    let ip = own_address();
    let mut bmcs = Vec::new();
    for seed in 0..COUNT {
        let mut config = config(seed);
        config.bind = SocketAddr::new(ip, 0);
        bmcs.push(SimBmc::start(config).await.unwrap());
    }
    let sockets = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = sockets();
    let access = std::sync::Arc::new(access());
    let begun = Instant::now();
    let mut sweep = tokio::task::JoinSet::new();
    for bmc in &bmcs {
        let (access, target) = (access.clone(), target(bmc));
        sweep.spawn(async move {
            let mut session = access.open(&target, Priority::Status).await?;
            let state = session.power_state().await;
            session.close().await?;
            state
        });
    }
    while let Some(state) = sweep.join_next().await {
        assert_eq!(state.unwrap(), Ok(PowerState::On));
    }
    println!("{COUNT} BMCs in {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(10));
    // Other tests of this process open files too, but not hundreds.
    assert!(sockets() < before + 100, "no socket per BMC");
    let sessions: usize = bmcs.iter().map(|bmc| bmc.counters().open_sessions).sum();
    assert_eq!(sessions, 0);
}
