//! `coldaisle power` and `coldaisle console` as a person in a terminal has them: the built program, a running `serve`,
//! and simulated BMCs.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use coldaisle::base::ids::DeviceId;
use coldaisle::base::seal::Keyring;
use coldaisle::base::secret::Secret;
use coldaisle::identity::Role;
use coldaisle::power::{Action, PowerState};
use coldaisle::sim::bmc::{Delays, Faults, Power, SimBmc, SimBmcConfig};
use coldaisle::store::schema::{console_sessions, devices, power_bulks, power_intents};
use diesel::prelude::*;

use super::kill::{Served, serve};
use super::{keys_in, record};
use crate::cli::coldaisle_ran;
use crate::harness::{TestDb, both};

const PASSWORD: &str = "sim-secret";
/// As long as a slow machine may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database, its key file, and machines with a BMC each.
struct Place {
    db: TestDb,
    key: PathBuf,
    ring: Keyring,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new(db: TestDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let ring = keys_in(&key);
        Self {
            db,
            key,
            ring,
            _folder: folder,
        }
    }

    /// A machine with a BMC at an address, last seen in a state.
    fn machine(&self, name: &str, at: SocketAddr, password: &str, state: PowerState) -> DeviceId {
        let device = self.db.device(name, None);
        let actor = self.db.actor(Role::Operations);
        let way = (at, password);
        self.db
            .put(|c| record(c, &actor, &self.ring, device, way, state));
        device
    }

    /// The same with a simulated BMC that is really there.
    async fn simulated(&self, name: &str, seed: u64) -> SimBmc {
        let bmc = simulated(seed).await;
        self.machine(name, bmc.address(), PASSWORD, PowerState::On);
        bmc
    }

    /// Runs the program to its end: its exit code and what it said, on both ways.
    fn ran(&self, words: &[&str]) -> (i32, String, String) {
        let set = ["--set", "power.cool_down_s=0"];
        let words: Vec<&str> = set.iter().chain(words).copied().collect();
        coldaisle_ran(&self.db.url.to_string(), &self.key, &words)
    }

    fn serve(&self) -> Served {
        let set = ["power.hard_timeout_s=10", "power.soft_timeout_s=10"];
        serve(&self.db, &self.key, &set)
    }

    fn set_device(&self, device: DeviceId, protected: bool, locked: bool) {
        self.db.put(|c| {
            diesel::update(devices::table.find(device))
                .set((
                    devices::protected.eq(protected),
                    devices::locked_at.eq(locked.then_some(1_i64)),
                    devices::lock_reason.eq(locked.then_some("evidence hold")),
                ))
                .execute(c)?;
            Ok(())
        });
    }

    fn bulks(&self) -> i64 {
        self.db
            .get(|c| Ok(power_bulks::table.count().get_result(c)?))
    }

    fn actions(&self) -> Vec<Action> {
        self.db.get(|c| {
            Ok(power_intents::table
                .order(power_intents::id)
                .select(power_intents::action)
                .load(c)?)
        })
    }
}

async fn simulated(seed: u64) -> SimBmc {
    let config = SimBmcConfig {
        delays: Delays::quick(),
        ..SimBmcConfig::new(([127, 0, 0, 1], 0).into(), Secret::new(PASSWORD), seed)
    };
    SimBmc::start(config).await.unwrap()
}

/// An address where no BMC is; nobody asks it.
fn nowhere(last: u8) -> SocketAddr {
    ([192, 0, 2, last], 623).into()
}

/// The program in a terminal of its own, with what it shows.
struct Terminal {
    child: Child,
    keyboard: Option<ChildStdin>,
    pieces: mpsc::Receiver<Vec<u8>>,
    shown: String,
}

impl Terminal {
    /// `script` of util-linux makes the terminal and hands on what the program ends with.
    fn open(place: &Place, words: &[&str]) -> Self {
        let key = format!("keys.file={}", place.key.display());
        let url = place.db.url.to_string();
        let program = [
            env!("CARGO_BIN_EXE_coldaisle"),
            "--lang",
            "en",
            "--database",
            &url,
        ];
        let line: Vec<String> = program
            .iter()
            .chain(&["--set", key.as_str()])
            .chain(words)
            .map(|word| format!("'{word}'"))
            .collect();
        let mut child = Command::new("script")
            .args(["-q", "-f", "-e", "-c", &line.join(" "), "/dev/null"])
            .env_remove("RUST_LOG")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian package bsdutils");
        let mut screen = child.stdout.take().unwrap();
        let (sender, pieces) = mpsc::channel();
        std::thread::spawn(move || {
            let mut piece = [0; 1024];
            while let Ok(read @ 1..) = screen.read(&mut piece) {
                if sender.send(piece[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            keyboard: child.stdin.take(),
            child,
            pieces,
            shown: String::new(),
        }
    }

    fn sees(&mut self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.shown.contains(text) {
            let left = until.saturating_duration_since(Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok(piece) => self.shown.push_str(&String::from_utf8_lossy(&piece)),
                Err(why) => panic!("no {text:?} ({why}) in {:?}", self.shown),
            }
        }
    }

    fn types(&mut self, text: &str) {
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(text.as_bytes()).unwrap();
        keyboard.flush().unwrap();
    }

    /// The exit code, once the program has ended by itself.
    fn ended(mut self) -> (i32, String) {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok(piece) => self.shown.push_str(&String::from_utf8_lossy(&piece)),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("it goes on: {:?}", self.shown),
            }
        }
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, std::mem::take(&mut self.shown))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

both! {
    async fn what_is_not_understood_asks_for_nothing(db: TestDb) {
        let place = Place::new(db);
        place.machine("SRV-001", nowhere(1), PASSWORD, PowerState::On);
        for (words, said) in [
            (["power", "SRV-001", "SRV-404", "on", "--reason", "x"].as_slice(), "There is no device named SRV-404."),
            (&["power", "SRV-001", "explode", "--reason", "x"], "action: Choose one of: on, off"),
            (&["power", "SRV-001", "off", "--reason", "x"], "so give --yes. Nothing was done."),
            (&["power", "SRV-001", "on", "--reason", "x", "--stagger", "601"], "stagger_s: A whole number from 0 to 600."),
            (&["power", "SRV-001", "identify", "--light", "256", "--reason", "x"], "--light"),
            (&["power", "SRV-001", "on"], "--reason"),
            (&["power", "on", "--reason", "x"], "DEVICE"),
        ] {
            let (code, answer, fault) = place.ran(words);
            assert_eq!((code, answer.as_str()), (2, ""), "{words:?}: {fault}");
            assert!(fault.contains(said), "{words:?}: {fault}");
        }
        assert_eq!(place.bulks(), 0);
    }

    async fn what_interlocks_say_is_told_without_a_server(db: TestDb) {
        let place = Place::new(db);
        let free = place.machine("SRV-001", nowhere(1), PASSWORD, PowerState::On);
        let locked = place.machine("SRV-002", nowhere(2), PASSWORD, PowerState::On);
        let protected = place.machine("SRV-003", nowhere(3), PASSWORD, PowerState::On);
        place.machine("SRV-004", nowhere(4), PASSWORD, PowerState::Unknown);
        place.set_device(locked, false, true);
        place.set_device(protected, true, false);
        assert_ne!(free, locked);
        // Taken up, by nobody so far.
        let (code, said, _) = place.ran(&["power", "SRV-001", "off", "--reason", "change 4711", "--yes"]);
        assert!(code == 0 && said.contains("taken up for 1, refused for 0."), "{said}");
        // One of two is locked, the other is busy with the action before.
        let (code, said, _) = place.ran(&["power", "SRV-001", "SRV-002", "off", "--reason", "x", "--yes"]);
        assert!(code == 4 && said.contains("taken up for 0, refused for 2."), "{said}");
        for part in ["SRV-001: Refused: ", "is not finished", "SRV-002: Refused: ", "evidence hold"] {
            assert!(said.contains(part), "no {part} in {said}");
        }
        let (code, said, _) = place.ran(&["power", "SRV-004", "cycle", "--reason", "x", "--yes"]);
        assert!(code == 4 && said.contains("Nobody knows whether SRV-004 is on"), "{said}");
        let (code, said, _) = place.ran(&["power", "SRV-003", "off", "--reason", "x", "--yes", "--by-outlets"]);
        assert!(code == 4 && said.contains("No outlet of a PDU is on record for SRV-003."), "{said}");
        // A protected machine waits for a second person; this one does not wait for ever.
        let (code, said, fault) = place.ran(&["power", "SRV-003", "off", "--reason", "x", "--yes", "--wait", "--wait-s", "1"]);
        assert_eq!(code, 3, "{said}{fault}");
        assert!(said.contains("taken up for 1") && fault.contains("1 have not come to their end"), "{said}{fault}");
        assert_eq!(place.actions(), [Action::Off, Action::Off]);
    }

    async fn the_exit_code_tells_what_became_of_the_machines(db: TestDb) {
        let place = Place::new(db);
        let good = [place.simulated("SRV-001", 1).await, place.simulated("SRV-002", 2).await];
        let deaf = place.simulated("SRV-003", 3).await;
        deaf.set_faults(Faults { ignore_soft_off: true, ..Faults::default() });
        let silent = place.simulated("SRV-004", 4).await;
        silent.set_faults(Faults { silent: true, ..Faults::default() });
        let _served = place.serve();
        let (code, said, fault) = place.ran(&["power", "SRV-001", "SRV-002", "off", "--reason", "change 4711", "--yes", "--wait", "--stagger", "0"]);
        assert_eq!(code, 0, "{said}{fault}");
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines[0].ends_with("taken up for 2, refused for 0."), "{said}");
        let mut ended: Vec<&str> = lines[1..].iter().map(|line| line.split(": ").next().unwrap()).collect();
        ended.sort_unstable();
        assert_eq!(ended, ["SRV-001", "SRV-002"], "a line each: {said}");
        assert!(lines[1..].iter().all(|line| line.contains(": Succeeded: ")), "{said}");
        assert!(good.iter().all(|bmc| bmc.power() == Power::Off && bmc.counters().controls == 1));
        // Nothing happens to a machine that is off, and that is no success.
        let (code, said, fault) = place.ran(&["power", "SRV-001", "cycle", "--reason", "x", "--yes", "--wait"]);
        assert!(code == 4 && said.contains("SRV-001: Refused: "), "{said}{fault}");
        assert_eq!((good[0].power(), good[0].counters().controls), (Power::Off, 1));
        let (code, said, fault) = place.ran(&["power", "SRV-003", "soft_off", "--reason", "x", "--yes", "--wait"]);
        assert!(code == 3 && said.contains("SRV-003: Timed out: "), "{said}{fault}");
        assert_eq!(deaf.power(), Power::On, "soft never becomes hard by itself");
        // The worst of them is what the exit code tells.
        let (code, said, fault) = place.ran(&["power", "SRV-001", "SRV-004", "on", "--reason", "x", "--confirm-unknown-state", "--wait", "--stagger", "0"]);
        assert!(code == 1 && said.contains("SRV-004: Failed: ") && said.contains("SRV-001: Succeeded: "), "{said}{fault}");
        assert_eq!(silent.counters().controls, 0);
    }

    async fn a_console_needs_a_terminal(db: TestDb) {
        let place = Place::new(db);
        place.machine("SRV-001", nowhere(1), PASSWORD, PowerState::On);
        let (code, said, fault) = place.ran(&["console", "SRV-001"]);
        assert!(code == 1 && said.is_empty() && fault.contains("A console needs a terminal"), "{fault}");
        let (code, said) = Terminal::open(&place, &["console", "SRV-404"]).ended();
        assert!(code == 1 && said.contains("There is no live machine called SRV-404."), "{code} {said}");
        let consoles: i64 = place.db.get(|c| Ok(console_sessions::table.count().get_result(c)?));
        assert_eq!(consoles, 0);
    }

    /// Without any server: it may be the one that hangs.
    async fn a_person_types_at_the_console_of_a_machine(db: TestDb) {
        let place = Place::new(db);
        let bmc = place.simulated("SRV-001", 1).await;
        let (ended, said) = tokio::task::block_in_place(|| {
            let mut terminal = Terminal::open(&place, &["console", "SRV-001", "--reason", "change 4711"]);
            terminal.sees("Console of SRV-001.");
            terminal.types("\r");
            terminal.sees("sim login: ");
            terminal.types("root\r");
            terminal.sees("Password: ");
            terminal.types("x\r");
            terminal.sees("root@sim:~# ");
            terminal.types("echo seen\r");
            terminal.sees("\r\nseen");
            terminal.types("\r~?");
            terminal.sees("~.");
            terminal.types("~.");
            terminal.ended()
        });
        assert_eq!(ended, 0, "{said}");
        type Row = (String, String, Option<String>, i64);
        let console: Row = place.db.get(|c| {
            Ok(console_sessions::table
                .select((
                    console_sessions::machine,
                    console_sessions::reason,
                    console_sessions::end_reason,
                    console_sessions::octets,
                ))
                .first(c)?)
        });
        assert_eq!((console.0.as_str(), console.1.as_str(), console.2.as_deref()), ("SRV-001", "change 4711", Some("stopped")));
        // The program ended when its person left.
        assert!(console.3 > 0, "what it showed is recorded");
        assert_eq!(bmc.counters().open_sessions, 0, "the session was closed");
    }
}
