//! Cycles asked for as intents, carried out by the running program over a network that loses every fifth datagram,
//! doubles and reorders others: each intent ends as it should, no machine is cycled twice, no session is left.
//!
//! 50 intents in the test run; `COLDAISLE_SOAK_CYCLES=2000` for a soak (`scripts/bench soak`).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::ids::{DeviceId, IntentId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::ops::{intent_by_id, intent_request, intent_steps};
use coldaisle::power::{Action, IntentState, PowerState};
use coldaisle::sim::bmc::{Delays, Power, SimBmc, SimBmcConfig};
use tokio::time::{Instant, sleep};

use super::kill::serve;
use super::{RESTLESS, keys_in, record, seen, wish};
use crate::harness::{TestDb, both};
use crate::ipmi::hostile::Network;
use crate::ipmi::peers::until;
use crate::ipmi::soak::{Deeds, bad_network, cycles_each, told};

const MACHINES: u64 = 50;
const PASSWORD: &str = "sim-secret";
/// What one round of intents may take.
const PATIENCE: Duration = Duration::from_secs(180);

struct Machine {
    bmc: SimBmc,
    _network: Network,
    device: DeviceId,
}

impl Machine {
    async fn new(db: &TestDb, ring: &Keyring, number: u64, deeds: &Arc<Deeds>) -> Self {
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = SimBmcConfig {
            delays: Delays {
                cycle_pause: Duration::from_secs(5)..=Duration::from_secs(8),
                ..Delays::quick()
            },
            ..SimBmcConfig::new(bind, Secret::new(PASSWORD), 5_000 + number)
        };
        let bmc = SimBmc::start(config).await.unwrap();
        let network = bad_network(&bmc, number, Arc::clone(deeds)).await;
        let device = db.device(&format!("SRV-{number:03}"), None);
        let (actor, way) = (now(db), (network.address, PASSWORD));
        db.put(|c| record(c, &actor, ring, device, way, PowerState::On));
        Self {
            bmc,
            _network: network,
            device,
        }
    }

    fn controls(&self) -> u64 {
        self.bmc.counters().controls
    }

    /// Asks for a cycle of the machine, which is known to be on.
    fn ask(&self, db: &TestDb) -> IntentId {
        let actor = now(db);
        self.bmc.set_power(Power::On);
        db.put(|c| {
            seen(c, self.device, PowerState::On)?;
            intent_request(c, &actor, self.device, &wish(Action::Cycle), &RESTLESS)
        })
        .into_result()
        .unwrap()
    }
}

fn now(db: &TestDb) -> Actor {
    Actor {
        now: Timestamp::now(),
        ..db.actor(Role::Operations)
    }
}

/// Waits for the end of an intent and holds it against what the BMC was told since `before`.
async fn ended(db: &TestDb, machine: &Machine, id: IntentId, before: u64) -> &'static str {
    let actor = now(db);
    let begun = Instant::now();
    let intent = loop {
        let intent = db.get(|c| intent_by_id(c, &actor, id));
        if intent.state.is_final() {
            break intent;
        }
        assert!(begun.elapsed() < PATIENCE, "still {}", intent.state);
        sleep(Duration::from_millis(100)).await;
    };
    let steps = db.get(|c| intent_steps(c, &actor, id));
    let keys: Vec<&str> = steps
        .iter()
        .map(|step| step.words().unwrap().key())
        .collect();
    let sent = keys.iter().filter(|key| **key == "power-detail-sending");
    let (sent, done) = (sent.count(), machine.controls() - before);
    assert!(sent <= 1 && done <= 1, "sent {sent}, done {done}: {keys:?}");
    match (intent.state, sent, done) {
        (IntentState::Succeeded, 1, 1) => {
            assert_eq!(machine.bmc.power(), Power::On, "{keys:?}");
            "succeeded"
        }
        // Nothing arrived, or nobody saw it happen: it does not say that it did.
        (IntentState::TimedOut, _, 0) => "not done, and timed out",
        (IntentState::TimedOut, 1, 1) => "done unseen, and timed out",
        // The BMC was not reached, with the question or with the command: it says that nothing was done.
        (IntentState::Failed, 0 | 1, 0) => "not reached",
        wrong => panic!("{wrong:?}: {keys:?}"),
    }
}

both! {
    async fn intents_over_a_bad_network_end_right_and_leave_no_session(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let ring = keys_in(&key);
        let deeds = Arc::new(Deeds::default());
        let mut machines = Vec::new();
        for number in 0..MACHINES {
            machines.push(Machine::new(&db, &ring, number, &deeds).await);
        }
        let program = serve(&db, &key, &["power.hard_timeout_s=20"]);
        let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
        let cycles = cycles_each(MACHINES, 50);
        for _ in 0..cycles {
            let asked: Vec<_> = machines.iter().map(|m| (m, m.controls(), m.ask(&db))).collect();
            for (machine, before, id) in asked {
                *outcomes.entry(ended(&db, machine, id, before).await).or_default() += 1;
            }
        }
        program.stop().await;
        let (passed, lost) = (told(&deeds.passed), told(&deeds.lost));
        println!("{passed} datagrams passed, {lost} lost; of {} intents: {outcomes:?}", cycles * MACHINES);
        assert!((15..=25).contains(&(100 * lost / (passed + lost))), "lost {lost}, passed {passed}");
        // A command is sent once: every fifth is lost on the way, and every fifth answer on the way back.
        let succeeded = outcomes.get("succeeded").copied().unwrap_or_default();
        assert!(10 * succeeded >= 4 * cycles * MACHINES, "{outcomes:?}");
        for machine in &machines {
            let open = || async { machine.bmc.counters().open_sessions };
            until("no session is left", open, |open| *open == 0).await;
        }
    }
}
