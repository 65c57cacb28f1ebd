//! The program is killed in the middle of a hundred intents: each comes to a right end, and none is executed twice.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use coldaisle::base::ids::{DeviceId, IntentId};
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::power::ops::{intent_by_id, intent_request, intent_steps};
use coldaisle::power::{Action, Intent, IntentState, PowerState};
use coldaisle::sim::bmc::{Delays, Power, SimBmc, SimBmcConfig};
use coldaisle::store::schema::power_intents;
use diesel::prelude::*;
use tokio::time::{Instant, sleep};

use super::{RESTLESS, keys_in, record, wish};
use crate::harness::{TestDb, both};

const MACHINES: usize = 100;
const PASSWORD: &str = "sim-secret";
/// As long as a slow machine may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends the program when the test does.
pub struct Served(Child);

impl Served {
    /// Asks the program to stop, which it does by itself.
    pub async fn stop(mut self) {
        let id = self.0.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(told.success());
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not stop");
            sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(status.code(), Some(0));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running program with some keys of its configuration set.
pub fn serve(db: &TestDb, key: &Path, set: &[&str]) -> Served {
    let child = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
        .args(["--lang", "en", "--database", &db.url.to_string(), "--set"])
        .arg(format!("keys.file={}", key.display()))
        .args(["--set", "web.port=0", "--set", "tasks.power_interval_s=1"])
        .args(set.iter().flat_map(|set| ["--set", set]))
        .arg("serve")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Served(child)
}

struct Hall {
    bmcs: Vec<SimBmc>,
    intents: Vec<IntentId>,
}

impl Hall {
    /// A hundred machines that are on and are to be switched off, or cycled.
    async fn new(db: &TestDb, key: &Path) -> Self {
        let ring = keys_in(key);
        let actor = coldaisle::identity::Actor {
            now: Timestamp::now(),
            ..db.actor(Role::Operations)
        };
        let mut hall = Self {
            bmcs: Vec::new(),
            intents: Vec::new(),
        };
        for number in 0..MACHINES {
            let bind = SocketAddr::from(([127, 0, 0, 1], 0));
            let config = SimBmcConfig {
                delays: Delays::quick(),
                ..SimBmcConfig::new(bind, Secret::new(PASSWORD), 1000 + number as u64)
            };
            let bmc = SimBmc::start(config).await.unwrap();
            let device: DeviceId = db.device(&format!("SRV-{number:03}"), None);
            let way = (bmc.address(), PASSWORD);
            let action = if number % 2 == 0 {
                Action::Off
            } else {
                Action::Cycle
            };
            let asked = db.put(|c| {
                record(c, &actor, &ring, device, way, PowerState::On)?;
                intent_request(c, &actor, device, &wish(action), &RESTLESS)
            });
            hall.intents.push(asked.into_result().unwrap());
            hall.bmcs.push(bmc);
        }
        hall
    }

    fn controls(&self) -> Vec<u64> {
        self.bmcs
            .iter()
            .map(|bmc| bmc.counters().controls)
            .collect()
    }

    fn intents(&self, db: &TestDb) -> Vec<Intent> {
        let actor = db.actor(Role::Operations);
        let all = self.intents.iter();
        all.map(|id| db.get(|c| intent_by_id(c, &actor, *id)))
            .collect()
    }
}

/// What an intent that has ended must have left behind.
fn check(db: &TestDb, intent: &Intent, bmc: &SimBmc) {
    let controls = bmc.counters().controls;
    let actor = db.actor(Role::Operations);
    let steps = db.get(|c| intent_steps(c, &actor, intent.id));
    let told: Vec<&str> = steps
        .iter()
        .map(|step| step.words().unwrap().key())
        .collect();
    let sent = told
        .iter()
        .filter(|key| **key == "power-detail-sending")
        .count();
    assert!(controls <= 1 && sent <= 1, "{controls} commands: {told:?}");
    match intent.state {
        IntentState::Succeeded => {
            let wanted = if intent.action == Action::Off {
                Power::Off
            } else {
                Power::On
            };
            assert_eq!((controls, bmc.power()), (1, wanted), "{told:?}");
        }
        // Killed between the record and the datagram: nothing happened, and nobody says that it did.
        IntentState::TimedOut if controls == 0 => assert_eq!(bmc.power(), Power::On, "{told:?}"),
        // Killed before the answer of a cycle that was over when the next process looked: it says that it can't tell.
        IntentState::TimedOut => assert_eq!(told.last(), Some(&"power-detail-unseen")),
        other => panic!("{other}: {told:?}"),
    }
}

both! {
    async fn a_kill_in_the_middle_leaves_no_intent_behind_and_none_twice(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let hall = Hall::new(&db, &key).await;
        let first = serve(&db, &key, &["power.hard_timeout_s=20"]);
        let until = Instant::now() + PATIENCE;
        // In the middle: some commands are out, and some intents are not over.
        loop {
            let out = hall.controls().iter().sum::<u64>();
            if out >= 10 {
                break;
            }
            assert!(Instant::now() < until, "{out} commands");
            sleep(Duration::from_millis(2)).await;
        }
        drop(first);
        let over = hall.intents(&db).iter().filter(|intent| intent.state.is_final()).count();
        assert!(over < MACHINES, "the kill came too late");
        // The dead process's claims run out.
        db.put(|c| {
            diesel::update(power_intents::table.filter(power_intents::lease_until.is_not_null()))
                .set(power_intents::lease_until.eq(Timestamp::now().plus_seconds(-1)))
                .execute(c)?;
            Ok(())
        });
        let second = serve(&db, &key, &["power.hard_timeout_s=20"]);
        let until = Instant::now() + PATIENCE;
        let ended = loop {
            let intents = hall.intents(&db);
            if intents.iter().all(|intent| intent.state.is_final()) {
                break intents;
            }
            assert!(Instant::now() < until, "not all ended");
            sleep(Duration::from_millis(100)).await;
        };
        drop(second);
        for (intent, bmc) in ended.iter().zip(&hall.bmcs) {
            check(&db, intent, bmc);
        }
        let resumed = ended.iter().filter(|intent| intent.state == IntentState::Succeeded).count();
        assert!(resumed >= MACHINES - 64, "{resumed} of {MACHINES} succeeded");
    }
}
