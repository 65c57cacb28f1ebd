//! BMCs without IPMI 2.0: OpenIPMI's simulator, which speaks 1.5 too, behind a network that takes
//! what it says of 2.0 away. And suites 8 and 12 before programs of other hands.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::ipmi::{ConsoleError, IpmiConsole};
use coldaisle::drivers::bmc::{
    Acted, BmcAccess, BmcError, BmcTarget, CipherSuite, CredentialFault, OldSessions, PowerAction,
    PowerState, Priority, Timing, V15Fault,
};
use coldaisle::sim::bmc::{SimBmc, SimBmcConfig};
use coldaisle::wire::ipmi::message::Response;
use coldaisle::wire::rmcp::{DecodeKind, open, plain_v15};

use super::hostile::{Network, Way};
use super::peers::{IpmiSim, ipmitool, program, run, until};
use super::simulated::config;

/// Activate Session is sent only twice: a busy machine needs time to answer.
const BRISK: Timing = Timing {
    first_wait: Duration::from_millis(300),
    longest_wait: Duration::from_secs(1),
    attempts: 4,
};

/// Packets of a session of IPMI 1.5 with MD5.
fn is_v15_session(datagram: &[u8]) -> bool {
    datagram.get(4) == Some(&2)
}

fn is_rmcp_plus(datagram: &[u8]) -> bool {
    datagram.get(4) == Some(&6)
}

/// The answer to Get Channel Authentication Capabilities without what 2.0 brought; `kinds` is
/// what is left of the authentication types, `status` what is added.
fn aged(datagram: &[u8], kinds: u8, status: u8) -> Option<Vec<u8>> {
    let packet = open(datagram, None).ok().filter(|packet| packet.v15)?;
    let mut response = Response::decode(&packet.payload).ok()?;
    if response.command != 0x38 || response.completion != 0 {
        return None;
    }
    response.data[1] &= kinds;
    response.data[2] |= status;
    response.data[3] = 0;
    Some(plain_v15(&response.encode()))
}

/// A BMC from before 2.0: it says so, and is silent to RMCP+.
fn elder(way: Way, datagram: Vec<u8>) -> Vec<Vec<u8>> {
    match way {
        Way::ToBmc if is_rmcp_plus(&datagram) => vec![],
        Way::ToBmc => vec![datagram],
        Way::ToConsole => vec![aged(&datagram, 0x7F, 0).unwrap_or(datagram)],
    }
}

struct Elder {
    sim: IpmiSim,
    network: Network,
}

impl Elder {
    async fn with(mut mischief: impl FnMut(Way, Vec<u8>) -> Vec<Vec<u8>> + Send + 'static) -> Self {
        let sim = IpmiSim::start().await;
        let both = move |way, datagram| {
            let mut arrives = Vec::new();
            for datagram in elder(way, datagram) {
                arrives.extend(mischief(way, datagram));
            }
            arrives
        };
        let network = Network::before(sim.address, Box::new(both)).await;
        Self { sim, network }
    }

    async fn start() -> Self {
        Self::with(|_, datagram| vec![datagram]).await
    }

    fn target(&self) -> BmcTarget {
        BmcTarget {
            address: self.network.address,
            timing: BRISK,
            old_sessions: OldSessions::Allowed,
            ..self.sim.target()
        }
    }
}

fn access() -> BmcAccess {
    BmcAccess::new(Duration::ZERO)
}

async fn power(access: &BmcAccess, target: &BmcTarget) -> Result<PowerState, BmcError> {
    let mut session = access.open(target, Priority::Status).await?;
    let state = session.power_state().await?;
    session.close().await?;
    Ok(state)
}

#[tokio::test]
async fn a_bmc_without_2_0_is_read_and_switched_where_that_is_allowed() {
    let elder = Elder::start().await;
    let (access, target) = (access(), elder.target());
    for (action, state, word) in [
        (PowerAction::On, PowerState::On, "is on"),
        (PowerAction::Off, PowerState::Off, "is off"),
    ] {
        let mut session = access.open(&target, Priority::Power).await.unwrap();
        assert_eq!(
            (session.cipher_suite(), session.is_unencrypted()),
            (None, true)
        );
        session.power(action).await.unwrap();
        session.close().await.unwrap();
        let seen = until(
            "power",
            || power(&access, &target),
            |seen| *seen == Ok(state),
        )
        .await;
        assert_eq!(seen, Ok(state));
        let tool = ipmitool(elder.sim.address, 3, "sim-pass-0", "chassis power status").await;
        assert!(tool.out.contains(word), "{tool:?}");
    }
    assert!(elder.network.faults() > 0, "it said nothing of 2.0");
    // Everything else goes over it as well.
    let mut session = access.open(&target, Priority::Sensors).await.unwrap();
    let identity = session.identity().await.unwrap();
    assert_eq!(identity.manufacturer_id, 4753);
    let guid = identity.guid.unwrap();
    assert!(
        guid.is_also("53494d42-4d43-0000-0000-000000000000"),
        "{guid}"
    );
    assert_eq!(session.sensors().await.unwrap().len(), 7);
    assert!(!session.parts().await.unwrap().is_empty());
    session.close().await.unwrap();
    // It has 63 slots: closed ones are free again.
    for _ in 0..70 {
        assert_eq!(power(&access, &target).await, Ok(PowerState::Off));
    }
}

#[tokio::test]
async fn nothing_is_tried_where_it_is_not_allowed_and_the_reason_is_named() {
    let logins = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&logins);
    let elder = Elder::with(move |way, datagram| {
        let is_login = way == Way::ToBmc && (is_v15_session(&datagram) || datagram.len() > 30);
        counted.fetch_add(u64::from(is_login), Ordering::Relaxed);
        vec![datagram]
    })
    .await;
    let refused = BmcTarget {
        old_sessions: OldSessions::Refused,
        ..elder.target()
    };
    let error = power(&access(), &refused).await.unwrap_err();
    assert!(
        matches!(
            &error,
            BmcError::V15 {
                fault: V15Fault::NotAllowed,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(error.code(), "only-v15");
    assert_eq!(logins.load(Ordering::Relaxed), 0);
    assert_eq!(power(&access(), &elder.target()).await, Ok(PowerState::Off));
    assert!(
        logins.load(Ordering::Relaxed) > 0,
        "the count would have shown it"
    );
}

#[tokio::test]
async fn a_bmc_with_2_0_is_never_spoken_to_with_1_5() {
    let sim = IpmiSim::start().await;
    let old = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&old);
    let watch = move |_, datagram: Vec<u8>| {
        counted.fetch_add(u64::from(is_v15_session(&datagram)), Ordering::Relaxed);
        vec![datagram]
    };
    let network = Network::before(sim.address, Box::new(watch)).await;
    let allowed = |password: &str, suites: &[CipherSuite]| BmcTarget {
        address: network.address,
        timing: BRISK,
        old_sessions: OldSessions::Allowed,
        suites: suites.to_vec(),
        ..sim.target_for("ADMIN", password)
    };
    let usual = CipherSuite::PREFERRED;
    let access = access();
    let mut session = access
        .open(&allowed("sim-pass-0", &usual), Priority::Status)
        .await
        .unwrap();
    assert_eq!(session.cipher_suite(), Some(CipherSuite::Three));
    assert_eq!(session.power_state().await, Ok(PowerState::Off));
    session.close().await.unwrap();
    // Not after a wrong password, and not where the suites are refused.
    let error = power(&access, &allowed("guess", &usual)).await.unwrap_err();
    assert_eq!(error.code(), "credentials");
    let only = [CipherSuite::Seventeen];
    let error = power(&access, &allowed("sim-pass-0", &only))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "suite-refused");
    assert_eq!(old.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn wrong_credentials_are_told_and_stop_at_few_attempts() {
    let activations = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&activations);
    let elder = Elder::with(move |way, datagram| {
        let activates = way == Way::ToBmc && is_v15_session(&datagram);
        counted.fetch_add(u64::from(activates), Ordering::Relaxed);
        vec![datagram]
    })
    .await;
    let access = access();
    let as_user = |user: &str, password: &str| BmcTarget {
        user: user.to_owned(),
        password: Secret::new(password),
        ..elder.target()
    };
    for (user, password, fault) in [
        ("ADMIN", "guess", CredentialFault::UserOrPassword),
        ("ADMIN", "guess", CredentialFault::Stopped),
        ("nobody", "guess", CredentialFault::User),
    ] {
        match power(&access, &as_user(user, password)).await {
            Err(BmcError::Credentials { fault: seen, .. }) => assert_eq!(seen, fault),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(activations.load(Ordering::Relaxed), 2);
    let long = "a-password-of-20-oct";
    let error = power(&access, &as_user("ADMIN", long)).await.unwrap_err();
    assert!(
        error.to_string().contains("16 octets of IPMI 1.5"),
        "{error}"
    );
    let error = power(&access, &as_user("viewer", "viewer-pass"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "privilege", "operator is above its limit");
}

#[tokio::test]
async fn silence_at_the_login_is_a_wrong_password_only_where_the_bmc_is_there() {
    let elder = Elder::with(|way, datagram| match way {
        Way::ToBmc if is_v15_session(&datagram) => vec![],
        _ => vec![datagram],
    })
    .await;
    // The BMC answers other questions still: a stop is the safe reading.
    let error = power(&access(), &elder.target()).await.unwrap_err();
    assert_eq!(error.code(), "credentials");
    let mut gone = false;
    let elder = Elder::with(move |way, datagram| {
        gone |= way == Way::ToBmc && is_v15_session(&datagram);
        if gone { vec![] } else { vec![datagram] }
    })
    .await;
    let error = power(&access(), &elder.target()).await.unwrap_err();
    assert!(
        matches!(
            error,
            BmcError::NoAnswer {
                acted: Acted::No,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn too_weak_a_login_is_refused_and_the_reason_is_named() {
    for (kinds, status, fault) in [
        (0x7B, 0x00, V15Fault::NoMd5),
        (0x7F, 0x10, V15Fault::Unprotected),
    ] {
        let sim = IpmiSim::start().await;
        let weak = move |way, datagram: Vec<u8>| match way {
            Way::ToBmc => vec![datagram],
            Way::ToConsole => vec![aged(&datagram, kinds, status).unwrap_or(datagram)],
        };
        let network = Network::before(sim.address, Box::new(weak)).await;
        let target = BmcTarget {
            address: network.address,
            old_sessions: OldSessions::Allowed,
            ..sim.target()
        };
        let error = power(&access(), &target).await.unwrap_err();
        assert!(network.faults() > 0);
        match &error {
            BmcError::V15 { fault: seen, .. } => assert_eq!(*seen, fault),
            other => panic!("{other:?}"),
        }
        assert_eq!(error.code(), "weak-v15");
    }
}

/// What the mischief does to packets of a session from the BMC, from the fourth on: those of the
/// login and of the first question are let through.
async fn spoilt(
    spoil: impl FnMut(Vec<u8>) -> Vec<Vec<u8>> + Send + 'static,
) -> (Elder, Arc<AtomicU64>) {
    let spoilt = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&spoilt);
    let (mut seen, mut spoil) = (0, spoil);
    let elder = Elder::with(move |way, datagram| {
        if way == Way::ToBmc || !is_v15_session(&datagram) {
            return vec![datagram];
        }
        seen += 1;
        if seen < 4 {
            return vec![datagram];
        }
        counted.fetch_add(1, Ordering::Relaxed);
        spoil(datagram)
    })
    .await;
    (elder, spoilt)
}

/// Reads the power twice: the first answer is as the BMC sent it.
async fn second_answer(elder: &Elder) -> Result<PowerState, BmcError> {
    let access = access();
    let mut session = access
        .open(&elder.target(), Priority::Status)
        .await
        .unwrap();
    assert_eq!(session.power_state().await, Ok(PowerState::Off));
    session.power_state().await
}

#[tokio::test]
async fn a_wrong_code_a_replay_and_a_wrong_number_are_not_believed() {
    let (elder, spoilt_count) = spoilt(|mut datagram| {
        datagram[13] ^= 1;
        vec![datagram]
    })
    .await;
    let outcome = second_answer(&elder).await;
    assert!(spoilt_count.load(Ordering::Relaxed) > 0);
    match outcome {
        Err(BmcError::NotUnderstood { fault, .. }) => assert_eq!(fault.kind, DecodeKind::Integrity),
        other => panic!("{other:?}"),
    }
    // No code at all.
    let (elder, spoilt_count) = spoilt(|datagram| {
        let message = &datagram[30..30 + usize::from(datagram[29])];
        vec![plain_v15(message)]
    })
    .await;
    let outcome = second_answer(&elder).await;
    assert!(spoilt_count.load(Ordering::Relaxed) > 0);
    match outcome {
        Err(BmcError::NotUnderstood { fault, .. }) => {
            assert_eq!(fault.kind, DecodeKind::Unprotected);
        }
        other => panic!("{other:?}"),
    }
    // An answer that was there before, again and again in the place of each new one.
    let mut kept = None;
    let (elder, spoilt_count) = spoilt(move |datagram| {
        let first = kept.get_or_insert(datagram);
        vec![first.clone(), first.clone()]
    })
    .await;
    let access = access();
    let mut session = access
        .open(&elder.target(), Priority::Status)
        .await
        .unwrap();
    assert_eq!(session.power_state().await, Ok(PowerState::Off));
    assert_eq!(
        session.power_state().await,
        Ok(PowerState::Off),
        "the first is authentic"
    );
    let error = session.power_state().await.unwrap_err();
    assert!(matches!(error, BmcError::NoAnswer { .. }), "{error:?}");
    assert!(spoilt_count.load(Ordering::Relaxed) > 1);
    // Another number under the same code.
    let (elder, spoilt_count) = spoilt(|mut datagram| {
        datagram[6] ^= 0x40;
        vec![datagram]
    })
    .await;
    assert!(second_answer(&elder).await.is_err());
    assert!(spoilt_count.load(Ordering::Relaxed) > 0);
}

#[tokio::test]
async fn a_lossy_network_is_made_good() {
    let mut count = 0u32;
    let lost = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&lost);
    let elder = Elder::with(move |_, datagram| {
        count += 1;
        // Neither question nor answer of Activate Session, which is sent only twice.
        let may_be_lost =
            datagram.len() < 55 && !(datagram.len() > 45 && is_v15_session(&datagram));
        if may_be_lost && count.is_multiple_of(4) {
            counted.fetch_add(1, Ordering::Relaxed);
            return vec![];
        }
        vec![datagram]
    })
    .await;
    let access = access();
    for _ in 0..5 {
        assert_eq!(power(&access, &elder.target()).await, Ok(PowerState::Off));
    }
    assert!(lost.load(Ordering::Relaxed) > 5);
}

#[tokio::test]
async fn a_console_says_that_it_needs_2_0() {
    let elder = Elder::start().await;
    let access = access();
    let session = access.console(&elder.target()).await.unwrap();
    match IpmiConsole::open(session, None, false).await {
        Err(ConsoleError::NeedsV20 { .. }) => {}
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("a console over IPMI 1.5"),
    }
    access.shutdown(Duration::from_secs(5)).await;
}

async fn with_suite(suite: CipherSuite, kg: Option<&str>) -> SimBmc {
    let config = SimBmcConfig {
        suites: vec![suite],
        kg: kg.map(Secret::new),
        ..config(4)
    };
    SimBmc::start(config).await.unwrap()
}

async fn ipmipower(bmc: SocketAddr, suite: CipherSuite, more: &[&str]) -> String {
    let (host, suite) = (bmc.to_string(), suite.to_string());
    let mut arguments = vec![
        "-D",
        "LAN_2_0",
        "-W",
        "opensesspriv",
        "-I",
        &suite,
        "-l",
        "OPERATOR",
        "-u",
        "ADMIN",
        "-p",
        "sim-secret",
        "-h",
        &host,
        "-s",
    ];
    arguments.extend(more);
    let program = program("ipmipower", "freeipmi-tools");
    run(&program, &arguments, "").await.out
}

#[tokio::test]
async fn suites_8_and_12_work_with_programs_of_other_hands_and_with_our_driver() {
    for (suite, kg) in [
        (CipherSuite::Eight, None),
        (CipherSuite::Eight, Some("room-key")),
        (CipherSuite::Twelve, None),
        (CipherSuite::Twelve, Some("room-key")),
    ] {
        let bmc = with_suite(suite, kg).await;
        let more = kg.map_or_else(Vec::new, |kg| vec!["-k", kg]);
        let said = ipmipower(bmc.address(), suite, &more).await;
        assert!(said.contains(": on"), "{suite} {kg:?}: {said}");
        let target = BmcTarget {
            kg: kg.map(Secret::new),
            ..BmcTarget::new(bmc.address(), "ADMIN", Secret::new("sim-secret"))
        };
        let error = power(&access(), &target).await.unwrap_err();
        assert_eq!(
            error.code(),
            "suite-refused",
            "not tried unless it is named"
        );
        let named = BmcTarget {
            suites: vec![CipherSuite::Seventeen, suite],
            ..target
        };
        let access = access();
        let mut session = access.open(&named, Priority::Status).await.unwrap();
        assert_eq!(session.cipher_suite(), Some(suite));
        assert_eq!(session.power_state().await, Ok(PowerState::On));
        session.close().await.unwrap();
    }
    // ipmitool has suite 8 too; it ends by an assertion of its own on suite 12.
    let bmc = with_suite(CipherSuite::Eight, None).await;
    let tool = ipmitool(bmc.address(), 8, "sim-secret", "chassis power status").await;
    assert!(tool.out.contains("is on"), "{tool:?}");
}
