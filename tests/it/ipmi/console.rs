//! Serial over LAN of our driver: against our simulator with and without loss, OpenIPMI's, and
//! the suite 17 peer; and what two programs of other hands said to each other.

use std::time::{Duration, Instant};

use coldaisle::drivers::bmc::ipmi::{ConsoleError, ConsoleEvent, IpmiConsole};
use coldaisle::drivers::bmc::{BmcAccess, BmcTarget, PowerAction, Priority};
use coldaisle::sim::bmc::{Faults, SimBmc};

use super::peers::{Bmc17, IpmiSim};
use super::simulated::{config, target};

const PATIENCE: Duration = Duration::from_secs(60);

async fn open(access: &BmcAccess, target: &BmcTarget) -> Result<IpmiConsole, ConsoleError> {
    IpmiConsole::open(access.console(target).await?, None, false).await
}

/// Types all, as there is room, and reads until the end of what is shown is as wanted.
async fn talk(console: &mut IpmiConsole, typed: &[u8], ending: &str) -> String {
    let mut left = typed;
    let mut seen = Vec::new();
    let talking = async {
        loop {
            left = &left[console.write(left)..];
            if let ConsoleEvent::Characters(characters) = console.event().await.unwrap() {
                seen.extend(characters);
            }
            if left.is_empty() && seen.ends_with(ending.as_bytes()) {
                return;
            }
        }
    };
    let done = tokio::time::timeout(PATIENCE, talking).await.is_ok();
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert!(done, "no {ending:?} at the end of {seen:?}");
    seen
}

/// Presses Enter until the console behind OpenIPMI's simulator answers. The simulator takes what
/// is typed, and throws it away, while it is not joined to its console, which is up to ten seconds
/// after its start; and what the console said before we came (the banner) is not kept.
async fn wake(console: &mut IpmiConsole) {
    const ANSWER: &[u8] = b"you said: \r\nlogin: ";
    let begun = Instant::now();
    let mut seen = Vec::new();
    while !seen.ends_with(ANSWER) {
        assert!(begun.elapsed() < PATIENCE, "no answer in {seen:?}");
        assert_eq!(console.write(b"\n"), 1);
        let answer = async {
            while !seen.ends_with(ANSWER) {
                if let ConsoleEvent::Characters(characters) = console.event().await.unwrap() {
                    seen.extend(characters);
                }
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), answer).await;
    }
}

#[tokio::test]
async fn what_is_typed_comes_back_also_when_a_fifth_of_all_packets_is_lost() {
    let bmc = SimBmc::start(config(5)).await.unwrap();
    let access = BmcAccess::new(Duration::ZERO);
    let mut console = open(&access, &target(&bmc)).await.unwrap();
    talk(&mut console, b"root\r", "Password: ").await;
    let seen = talk(&mut console, b"secret\r", "# ").await;
    assert!(!seen.contains("secret"));
    bmc.set_faults(Faults {
        drop_percent: 20,
        ..Faults::default()
    });
    let text: String = (0..300).map(|n| format!("{n:04} ")).collect();
    let seen = talk(&mut console, format!("echo {text}\r").as_bytes(), "# ").await;
    assert!(bmc.counters().lost > 0, "nothing was lost");
    // Once as typed, once as answered.
    assert_eq!(seen.matches(text.trim()).count(), 2, "{seen}");
    bmc.set_faults(Faults::default());
    console.send_break();
    talk(&mut console, b"", "[sysrq] break\r\n").await;
    console.close().await;
    access.shutdown(Duration::from_secs(5)).await;
    assert_eq!(bmc.counters().open_sessions, 0);
}

#[tokio::test]
async fn a_console_in_use_is_said_and_can_be_taken_and_power_goes_on_beside_it() {
    let bmc = SimBmc::start(config(6)).await.unwrap();
    let (one, two) = (
        BmcAccess::new(Duration::ZERO),
        BmcAccess::new(Duration::ZERO),
    );
    let target = target(&bmc);
    let mut console = open(&one, &target).await.unwrap();
    talk(&mut console, b"", "login: ").await;
    let other = open(&two, &target).await;
    assert!(matches!(other, Err(ConsoleError::InUse { .. })));
    // The same session serves both.
    let mut session = one.open(&target, Priority::Power).await.unwrap();
    session.power(PowerAction::Cycle).await.unwrap();
    talk(&mut console, b"", "login: ").await;
    session.close().await.unwrap();
    let session = two.console(&target).await.unwrap();
    let mut taken = IpmiConsole::open(session, None, true).await.unwrap();
    talk(&mut taken, b"root\r", "Password: ").await;
    // The first one notices as soon as nothing it types is taken.
    console.write(b"x");
    let lost = loop {
        match console.event().await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(lost, ConsoleError::Lost { .. }), "{lost}");
    // A second console of one program waits for the first to end.
    drop(console);
    let wrong = one.console(&target).await.unwrap();
    let guid = Some("00112233-4455-6677-8899-aabbccddeeff");
    let wrong = IpmiConsole::open(wrong, guid, true).await;
    assert!(matches!(wrong, Err(ConsoleError::OtherMachine { .. })));
    taken.close().await;
}

#[tokio::test]
async fn openipmi_s_simulator_shows_a_console() {
    let sim = IpmiSim::start().await;
    let access = BmcAccess::new(Duration::ZERO);
    let mut console = open(&access, &sim.target()).await.unwrap();
    wake(&mut console).await;
    talk(&mut console, b"hello\n", "you said: hello\r\nlogin: ").await;
    let seen = talk(&mut console, b"blob\n", "x\r\n").await;
    assert!(seen.contains(&"x".repeat(4000)), "{}", seen.len());
    console.close().await;
    // Closed, it can be opened again at once.
    let mut console = open(&access, &sim.target()).await.unwrap();
    talk(&mut console, b"again\n", "you said: again\r\nlogin: ").await;
    console.close().await;
    access.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn the_suite_17_peer_echoes() {
    let peer = Bmc17::start(&["--only", "17"]).await;
    let access = BmcAccess::new(Duration::ZERO);
    let mut session = access.open(&peer.target(), Priority::Power).await.unwrap();
    session.power(PowerAction::On).await.unwrap();
    session.close().await.unwrap();
    let mut console = open(&access, &peer.target()).await.unwrap();
    let text: String = (0..40).map(|n| format!("line {n} ")).collect();
    let seen = talk(&mut console, text.as_bytes(), "line 39 ").await;
    assert_eq!(seen, text);
    console.close().await;
    access.shutdown(Duration::from_secs(5)).await;
}
