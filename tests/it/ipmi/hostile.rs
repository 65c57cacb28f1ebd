//! The driver over a network and before BMCs that do everything wrong. Every fixture counts the
//! faults it made, and every test looks at that count first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coldaisle::drivers::bmc::{
    Acted, BmcAccess, BmcError, BmcTarget, CipherSuite, PowerAction, PowerState, Priority, Step,
    Timing,
};
use coldaisle::sim::bmc::{Faults, Power, SimBmc};
use coldaisle::wire::rmcp::{
    Algorithms, OpenGrant, OpenReply, OpenRequest, PayloadKind, open, plain,
};
use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use super::peers::until;
use super::simulated::{config, target};

/// What happens to a datagram on its way: the datagrams that arrive instead.
pub type Mischief = dyn FnMut(Way, Vec<u8>) -> Vec<Vec<u8>> + Send;

/// Direction of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    ToBmc,
    ToConsole,
}

/// A network between the driver and one BMC that does mischief.
pub struct Network {
    pub address: SocketAddr,
    faults: Arc<AtomicU64>,
    task: AbortHandle,
}

impl Network {
    pub async fn before(bmc: SocketAddr, mut mischief: Box<Mischief>) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let back = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        back.connect(bmc).await.unwrap();
        let address = front.local_addr().unwrap();
        let faults = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&faults);
        let mut honest = move |way, datagram: Vec<u8>| {
            let arrives = mischief(way, datagram.clone());
            let changed = arrives != [datagram];
            counted.fetch_add(u64::from(changed), Ordering::Relaxed);
            arrives
        };
        let task = tokio::spawn(async move {
            let (mut out, mut home) = ([0; 2048], [0; 2048]);
            let mut console = None;
            loop {
                tokio::select! {
                    Ok((length, peer)) = front.recv_from(&mut out) => {
                        console = Some(peer);
                        for datagram in honest(Way::ToBmc, out[..length].to_vec()) {
                            let _ = back.send(&datagram).await;
                        }
                    }
                    Ok(length) = back.recv(&mut home) => {
                        for datagram in honest(Way::ToConsole, home[..length].to_vec()) {
                            let _ = front.send_to(&datagram, console.unwrap()).await;
                        }
                    }
                }
            }
        });
        Self {
            address,
            faults,
            task: task.abort_handle(),
        }
    }

    pub fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Quick retransmission: the mischief does not take seconds.
pub const QUICK: Timing = Timing {
    first_wait: Duration::from_millis(40),
    longest_wait: Duration::from_millis(160),
    attempts: 6,
};

fn through(address: SocketAddr, bmc: &SimBmc) -> BmcTarget {
    BmcTarget {
        address,
        timing: QUICK,
        ..target(bmc)
    }
}

/// Opens, reads, switches off, closes.
async fn a_whole_job(target: &BmcTarget) -> Result<PowerState, BmcError> {
    let access = BmcAccess::new(Duration::ZERO);
    let mut session = access.open(target, Priority::Power).await?;
    let state = session.power_state().await?;
    session.power(PowerAction::Off).await?;
    session.close().await?;
    Ok(state)
}

/// Lets a job through mischief that it has to survive.
async fn survives(name: &str, seed: u64, mischief: Box<Mischief>) {
    let bmc = SimBmc::start(config(seed)).await.unwrap();
    let network = Network::before(bmc.address(), mischief).await;
    let state = a_whole_job(&through(network.address, &bmc)).await;
    assert!(
        network.faults() > 0,
        "{name}: nothing went wrong on the way"
    );
    assert_eq!(state, Ok(PowerState::On), "{name}");
    let off = || async { (bmc.power(), bmc.counters().open_sessions) };
    until(name, off, |seen| *seen == (Power::Off, 0)).await;
    assert_eq!(bmc.counters().logins, 1, "{name}");
}

#[tokio::test]
async fn lost_doubled_and_late_datagrams_are_survived() {
    let mut count = 0;
    let two_of_five_lost = move |_, datagram| {
        count += 1;
        if matches!(count % 5, 0 | 2) {
            vec![]
        } else {
            vec![datagram]
        }
    };
    survives("lost", 20, Box::new(two_of_five_lost)).await;

    let doubled = |_, datagram: Vec<u8>| vec![datagram.clone(), datagram];
    survives("doubled", 21, Box::new(doubled)).await;

    let mut held: Option<Vec<u8>> = None;
    let reordered = move |way, datagram| match (way, held.take()) {
        (Way::ToBmc, kept) => {
            held = kept;
            vec![datagram]
        }
        (Way::ToConsole, Some(earlier)) => vec![datagram, earlier],
        (Way::ToConsole, None) => {
            held = Some(datagram);
            vec![]
        }
    };
    survives("reordered", 22, Box::new(reordered)).await;
}

#[tokio::test]
async fn spoilt_answers_before_the_good_ones_are_survived() {
    type Spoil = fn(&[u8]) -> Vec<u8>;
    let kinds: [(&str, Spoil); 5] = [
        ("cut", |good| good[..good.len() / 2].to_vec()),
        ("tampered", |good| {
            let mut bad = good.to_vec();
            let last = bad.len() - 1;
            // Not the console's session id or tag: then it would be another's datagram.
            bad[last.min(60)] ^= 0x40;
            bad[4] = bad[4].wrapping_add(u8::from(bad[5] & 0x3F != 0));
            bad
        }),
        ("lying about its length", |good| {
            let mut bad = good.to_vec();
            bad[14] = 0xFF;
            bad
        }),
        ("rubbish", |good| good.iter().map(|octet| !octet).collect()),
        ("empty", |_| vec![]),
    ];
    for (seed, (name, spoil)) in (30..).zip(kinds) {
        let mischief = move |way, datagram: Vec<u8>| match way {
            Way::ToBmc => vec![datagram],
            Way::ToConsole => vec![spoil(&datagram), datagram],
        };
        survives(name, seed, Box::new(mischief)).await;
    }
}

#[tokio::test]
async fn an_answer_from_another_address_counts_for_nothing() {
    let bmc = SimBmc::start(config(40)).await.unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    // The BMC of this target is silent; a stranger answers in its place.
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let impostor = async {
        let mut buffer = [0; 2048];
        let (length, console) = silent.recv_from(&mut buffer).await.unwrap();
        let request = open(&buffer[..length], None).unwrap();
        let request = OpenRequest::decode(&request.payload).unwrap();
        let reply = plain(
            PayloadKind::OpenReply,
            &granted(&request, request.algorithms),
        );
        stranger.send_to(&reply, console).await.unwrap()
    };
    let target = through(silent.local_addr().unwrap(), &bmc);
    let (outcome, sent) = tokio::join!(a_whole_job(&target), impostor);
    assert!(sent > 0, "the impostor answered");
    assert!(
        matches!(outcome, Err(BmcError::NoAnswer { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn faulty_bmcs_end_in_typed_errors_that_say_where() {
    type Expected = fn(&BmcError) -> bool;
    let cases: [(Faults, Expected); 4] = [
        (
            Faults {
                silent: true,
                ..Faults::default()
            },
            |e| {
                matches!(
                    e,
                    BmcError::NoAnswer {
                        acted: Acted::No,
                        ..
                    }
                )
            },
        ),
        (
            Faults {
                garbage: true,
                ..Faults::default()
            },
            |e| matches!(e, BmcError::NotUnderstood { .. }),
        ),
        (
            Faults {
                slots_full: true,
                ..Faults::default()
            },
            |e| matches!(e, BmcError::SessionSlotsFull { .. }),
        ),
        (
            Faults {
                delay: Duration::from_secs(30),
                ..Faults::default()
            },
            |e| matches!(e, BmcError::NoAnswer { .. }),
        ),
    ];
    for (seed, (faults, expected)) in (50..).zip(cases) {
        let bmc = SimBmc::start(config(seed)).await.unwrap();
        bmc.set_faults(faults.clone());
        let error = a_whole_job(&through(bmc.address(), &bmc))
            .await
            .unwrap_err();
        assert!(bmc.counters().datagrams > 0, "{faults:?}: it was asked");
        assert!(expected(&error), "{faults:?}: {error:?}");
        let at = error.at();
        assert_eq!(at.target, bmc.address());
        assert!(
            matches!(at.step, Step::Login(_)) && at.attempt >= 1,
            "{at:?}"
        );
        assert_eq!(bmc.power(), Power::On);
    }
}

#[tokio::test]
async fn answers_spoilt_within_a_session_change_nothing_and_the_session_is_closed() {
    let bmc = SimBmc::start(config(60)).await.unwrap();
    let target = through(bmc.address(), &bmc);
    let access = BmcAccess::new(Duration::ZERO);
    let mut session = access.open(&target, Priority::Power).await.unwrap();
    session.power_state().await.unwrap();
    bmc.set_faults(Faults {
        wrong_checksum: true,
        ..Faults::default()
    });
    let error = session.power_state().await.unwrap_err();
    assert!(bmc.counters().spoilt > 0);
    assert!(matches!(error, BmcError::NotUnderstood { .. }), "{error:?}");
    bmc.set_faults(Faults::default());
    assert_eq!(session.power_state().await, Ok(PowerState::On));
    session.close().await.unwrap();
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn a_lost_answer_to_a_command_that_acts_says_that_it_may_have_happened() {
    let bmc = SimBmc::start(config(61)).await.unwrap();
    let deaf = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let switch = Arc::clone(&deaf);
    let mischief = move |way, datagram| {
        if way == Way::ToConsole && switch.load(Ordering::Relaxed) {
            return vec![];
        }
        vec![datagram]
    };
    let network = Network::before(bmc.address(), Box::new(mischief)).await;
    let access = BmcAccess::new(Duration::ZERO);
    let target = through(network.address, &bmc);
    let mut session = access.open(&target, Priority::Power).await.unwrap();
    // The first action raises the privilege; after that only the control itself is sent.
    session.power(PowerAction::On).await.unwrap();
    let before = bmc.counters().controls;
    deaf.store(true, Ordering::Relaxed);
    let error = session.power(PowerAction::Cycle).await.unwrap_err();
    assert!(network.faults() > 0);
    assert!(error.may_have_acted(), "{error:?}");
    assert_eq!(
        bmc.counters().controls,
        before + 1,
        "sent once, not blindly again"
    );
    deaf.store(false, Ordering::Relaxed);
    session.power_state().await.unwrap();
    session.close().await.unwrap();
}

#[tokio::test]
async fn one_dead_bmc_does_not_disturb_the_others() {
    let (dead, alive) = (
        SimBmc::start(config(62)).await.unwrap(),
        SimBmc::start(config(63)).await.unwrap(),
    );
    dead.set_faults(Faults {
        silent: true,
        ..Faults::default()
    });
    let access = BmcAccess::new(Duration::ZERO);
    let dead_target = through(dead.address(), &dead);
    let alive_target = through(alive.address(), &alive);
    let dead_job = access.open(&dead_target, Priority::Status);
    let alive_job = async {
        for _ in 0..20 {
            let mut session = access.open(&alive_target, Priority::Status).await?;
            session.power_state().await?;
            session.close().await?;
        }
        Ok::<_, BmcError>(())
    };
    let (failed, done) = tokio::join!(dead_job, alive_job);
    assert!(dead.counters().lost > 0);
    assert!(failed.is_err_and(|e| e.code() == "no-answer"));
    assert_eq!(done, Ok(()));
}

fn granted(request: &OpenRequest, algorithms: Algorithms) -> Vec<u8> {
    OpenReply {
        tag: request.tag,
        privilege: 4,
        console_session: request.console_session,
        outcome: Ok(OpenGrant {
            bmc_session: 0x5555,
            algorithms,
        }),
    }
    .encode()
}

#[tokio::test]
async fn a_bmc_that_answers_another_suite_than_asked_is_not_believed() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let downgraded = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&downgraded);
    let task = tokio::spawn(async move {
        let mut buffer = [0; 2048];
        loop {
            let (length, console) = socket.recv_from(&mut buffer).await.unwrap();
            let packet = open(&buffer[..length], None).unwrap();
            let request = OpenRequest::decode(&packet.payload).unwrap();
            let none = Algorithms {
                authentication: 0,
                integrity: 0,
                confidentiality: 0,
            };
            let reply = plain(PayloadKind::OpenReply, &granted(&request, none));
            socket.send_to(&reply, console).await.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let bmc = SimBmc::start(config(64)).await.unwrap();
    let error = a_whole_job(&through(address, &bmc)).await.unwrap_err();
    task.abort();
    assert_eq!(downgraded.load(Ordering::Relaxed), 2, "one for each suite");
    match error {
        BmcError::SuiteRefused {
            offered,
            status: None,
            ..
        } => assert_eq!(offered, CipherSuite::PREFERRED),
        other => panic!("{other:?}"),
    }
}
