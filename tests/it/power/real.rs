//! From a wish to real BMCs: our simulated ones and OpenIPMI's, over the driver, with ipmitool as witness.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::bmc::{BmcAccess, CipherSuite};
use coldaisle::power::ops::{endpoint_of_device, endpoint_update};
use coldaisle::power::{Action, BmcDraft, BmcEndpoint, IntentState, PowerState};
use coldaisle::sim::bmc::{Delays, Power, SimBmc, SimBmcConfig};
use coldaisle::sim::redfish::{SimRedfish, SimRedfishConfig};
use coldaisle::tasks::Task;
use coldaisle::tasks::bmc_poll::BmcPoll;
use coldaisle::tasks::bmc_port::BmcPort;
use coldaisle::tasks::power::{Pace, PowerExecutor};
use coldaisle::wire::rmcp::{OpenRequest, PayloadKind, open};
use tokio_util::sync::CancellationToken;

use super::{Room, letters, wish};
use crate::harness::{TestDb, both};
use crate::ipmi::hostile::{Network, Way};
use crate::ipmi::peers::{IpmiSim, ipmitool};

const PASSWORD: &str = "sim-secret";

fn there(room: &Room) -> BmcEndpoint {
    let (actor, device) = (room.staff(), room.device);
    room.db
        .get(|c| endpoint_of_device(c, &actor, device))
        .unwrap()
}

/// Points the room's machine at a BMC.
fn point(room: &Room, at: SocketAddr, user: &str, password: &str, guid: &str) {
    let fields = [
        ("address", at.ip().to_string()),
        ("port", at.port().to_string()),
        ("username", user.to_owned()),
        ("password", password.to_owned()),
        ("expected_guid", guid.to_owned()),
    ]
    .into_iter()
    .collect();
    let draft = BmcDraft::parse(&fields).unwrap();
    let (actor, version) = (room.staff(), there(room).version);
    room.db
        .put(|c| endpoint_update(c, &actor, &room.keyring, room.device, version, &draft));
}

struct Driven {
    executor: PowerExecutor,
    poll: BmcPoll,
}

impl Driven {
    fn new(room: &Room) -> Self {
        let access = Arc::new(BmcAccess::new(Duration::ZERO));
        let port = Arc::new(BmcPort::new(access));
        let pace = Pace {
            interval: Duration::from_millis(50),
            hard_timeout: Duration::from_secs(20),
            soft_timeout: Duration::from_secs(20),
            look: Duration::from_millis(50),
            at_once: 8,
        };
        let executor = PowerExecutor::new(
            room.db.store.clone(),
            room.keyring.clone(),
            port.clone(),
            letters(),
            pace,
        );
        let minute = Duration::from_secs(60);
        Self {
            executor: executor.unwrap(),
            poll: BmcPoll::new(
                room.db.store.clone(),
                room.keyring.clone(),
                port,
                minute,
                minute,
                4,
            ),
        }
    }

    async fn run(&self) {
        let done = self.executor.activate(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(60), done)
            .await
            .expect("the executor comes to an end")
            .unwrap();
    }

    async fn read(&self) {
        let done = self.poll.activate(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(60), done)
            .await
            .expect("the poller comes to an end")
            .unwrap();
    }
}

async fn simulated() -> SimBmc {
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = SimBmcConfig {
        delays: Delays::quick(),
        ..SimBmcConfig::new(bind, Secret::new(PASSWORD), 7)
    };
    SimBmc::start(config).await.unwrap()
}

/// A network to a BMC, and the authentication algorithms that logins proposed on it.
async fn proposals_to(bmc: SocketAddr) -> (Network, Arc<Mutex<Vec<u8>>>) {
    let proposed = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&proposed);
    let watch = move |way, datagram: Vec<u8>| {
        if let (Way::ToBmc, Ok(packet)) = (way, open(&datagram, None))
            && packet.kind == PayloadKind::OpenRequest
        {
            let request = OpenRequest::decode(&packet.payload).unwrap();
            noted
                .lock()
                .unwrap()
                .push(request.algorithms.authentication);
        }
        vec![datagram]
    };
    (Network::before(bmc, Box::new(watch)).await, proposed)
}

both! {
    async fn the_suite_that_worked_is_tried_first_the_next_time(db: TestDb) {
        let room = Room::new(db);
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = SimBmcConfig {
            suites: vec![CipherSuite::Three],
            ..SimBmcConfig::new(bind, Secret::new(PASSWORD), 8)
        };
        let bmc = SimBmc::start(config).await.unwrap();
        let (network, proposed) = proposals_to(bmc.address()).await;
        let driven = Driven::new(&room);
        for (proposals, round) in [(vec![3, 1], "nothing is known"), (vec![1], "suite 3 worked")] {
            // Saving the endpoint has it read at once.
            point(&room, network.address, "ADMIN", PASSWORD, "");
            driven.read().await;
            assert_eq!(there(&room).remembered_suite, Some(3), "{round}");
            assert_eq!(std::mem::take(&mut *proposed.lock().unwrap()), proposals, "{round}");
        }
    }

    async fn a_simulated_bmc_is_read_and_switched(db: TestDb) {
        let room = Room::new(db);
        let bmc = simulated().await;
        let driven = Driven::new(&room);
        point(&room, bmc.address(), "ADMIN", PASSWORD, "");
        driven.read().await;
        let seen = there(&room);
        assert_eq!((seen.power_state, seen.remembered_suite, seen.manufacturer_id), (PowerState::On, Some(17), Some(0x2A2A)));
        for (action, power, last) in [
            (Action::Cycle, Power::On, "cycled"),
            (Action::SoftOff, Power::Off, "observed"),
            (Action::On, Power::On, "observed"),
            (Action::Off, Power::Off, "observed"),
        ] {
            let id = room.asked(action);
            driven.run().await;
            let steps = room.steps(id);
            assert_eq!((room.intent(id).state, steps.last().unwrap().as_str()), (IntentState::Succeeded, last), "{action}: {steps:?}");
            assert_eq!(bmc.power(), power, "{action}");
        }
        let id = room.asked(Action::Cycle);
        driven.run().await;
        assert_eq!((room.intent(id).state, bmc.power()), (IntentState::Refused, Power::Off));
        assert_eq!(bmc.counters().open_sessions, 0);
    }

    async fn a_redfish_service_is_switched_like_any_bmc(db: TestDb) {
        let room = Room::new(db);
        let uuid = "38947555-4212-4248-9784-823347823834";
        let config = SimRedfishConfig {
            delay: Duration::from_millis(200),
            ..SimRedfishConfig::new("127.0.0.1:0".parse().unwrap(), Secret::new(PASSWORD), uuid)
        };
        let service = SimRedfish::start(config).await.unwrap();
        let driven = Driven::new(&room);
        let at = service.address();
        let fields = [("protocol", "redfish".to_owned()), ("address", at.ip().to_string()), ("port", at.port().to_string()),
            ("username", "admin".to_owned()), ("password", PASSWORD.to_owned()), ("expected_guid", uuid.to_owned())];
        let draft = BmcDraft::parse(&fields.into_iter().collect()).unwrap();
        let (actor, version) = (room.staff(), there(&room).version);
        room.db.put(|c| endpoint_update(c, &actor, &room.keyring, room.device, version, &draft));
        driven.read().await;
        assert_eq!((there(&room).power_state, there(&room).last_error), (PowerState::On, None));
        for (action, last) in [(Action::Cycle, "cycled"), (Action::SoftOff, "observed"), (Action::On, "observed"), (Action::Off, "observed")] {
            let id = room.asked(action);
            driven.run().await;
            let steps = room.steps(id);
            assert_eq!((room.intent(id).state, steps.last().unwrap().as_str()), (IntentState::Succeeded, last), "{action}: {steps:?}");
        }
        let counters = service.counters();
        assert_eq!(counters.resets, ["PowerCycle", "GracefulShutdown", "On", "ForceOff"]);
        assert_eq!((counters.open_sessions, counters.most_open), (0, 1));
    }

    async fn a_wrong_password_is_tried_once_until_it_is_changed(db: TestDb) {
        let room = Room::new(db);
        let bmc = simulated().await;
        let driven = Driven::new(&room);
        point(&room, bmc.address(), "ADMIN", "not-this-one", "");
        driven.read().await;
        let seen = there(&room);
        assert!(seen.credential_fault.unwrap().starts_with("credentials: "));
        let id = room.ask(&room.staff(), &wish(Action::Off)).unwrap_err();
        assert_eq!(id.message.key, "power-refuse-credential");
        point(&room, bmc.address(), "ADMIN", PASSWORD, "");
        driven.read().await;
        assert_eq!((there(&room).credential_fault, there(&room).power_state), (None, PowerState::On));
    }

    async fn the_identity_of_a_real_bmc_is_compared(db: TestDb) {
        let room = Room::new(db);
        let bmc = simulated().await;
        let driven = Driven::new(&room);
        point(&room, bmc.address(), "ADMIN", PASSWORD, "42bdfe50-c199-42d9-8e0b-c9d634020082");
        driven.read().await;
        assert!(there(&room).last_error.unwrap().starts_with("wrong-machine: "));
        room.seen(room.device, PowerState::On);
        let id = room.asked(Action::Off);
        driven.run().await;
        assert_eq!((room.intent(id).state, bmc.power()), (IntentState::Refused, Power::On));
        assert_eq!(room.steps(id).last().unwrap(), "wrong-machine");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openipmi_s_bmc_does_as_asked_and_ipmitool_agrees() {
    let room = Room::new(TestDb::sqlite());
    let sim = IpmiSim::start().await;
    let driven = Driven::new(&room);
    point(&room, sim.address, "ADMIN", &sim.password, "");
    driven.read().await;
    let first = there(&room);
    assert!(first.last_answer_at <= Some(Timestamp::now()), "{first:?}");
    if first.power_state == PowerState::Off {
        let id = room.asked(Action::On);
        driven.run().await;
        assert_eq!(room.intent(id).state, IntentState::Succeeded);
    }
    for (action, word) in [
        (Action::Cycle, "is on"),
        (Action::Off, "is off"),
        (Action::On, "is on"),
    ] {
        let id = room.asked(action);
        driven.run().await;
        assert_eq!(
            room.intent(id).state,
            IntentState::Succeeded,
            "{action}: {:?}",
            room.steps(id)
        );
        let said = ipmitool(sim.address, 3, &sim.password, "chassis power status").await;
        assert!(said.out.contains(word), "{action}: {said:?}");
    }
    assert!(!sim.chassis_log().is_empty());
}
