//! By the outlets of PDUs: against simulated PDUs over SNMP, dual-fed machines in order, and only when confirmed.

use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::fields::Fields;
use coldaisle::base::gauge::{OutletSeen, OutletState};
use coldaisle::base::ids::{DeviceId, IntentId, RackId};
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::SnmpHub;
use coldaisle::facility::{OutletDraft, outlet_map, outlets_of_pdu, outlets_to_switch, pdu_seen};
use coldaisle::inventory::{PlaceDraft, device_by_id, device_move};
use coldaisle::metering::{TargetDraft, target_create};
use coldaisle::power::ops::intent_steps;
use coldaisle::power::{Action, IntentState, Path, PowerState, Wish};
use coldaisle::sim::switch::{
    Fault as SimFault, OutletSpec, PduSpec, SimAccess, SimSwitch, SwitchSpec,
};
use coldaisle::store::schema::{bmc_endpoints, power_intents};
use coldaisle::tasks::Task;
use coldaisle::tasks::outlet_port::PduPort;
use coldaisle::tasks::power::PowerExecutor;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::{Room, wish};
use crate::harness::{TestDb, both};

/// Ten looks of the room's executor: the rest without power in a cycle.
const OUTLET_REST_MS: i64 = 100;

/// The room's machine, plugged into the first outlet of two PDUs.
struct Fed {
    room: Room,
    pdus: Vec<SimSwitch>,
    executor: PowerExecutor,
}

/// Polls a PDU at a port of this machine, with outlets `1` and `2` that were seen.
pub fn polled(room: &Room, name: &str, port: u16, community: &str, on: bool) -> DeviceId {
    let device = room.db.device(name, None);
    let fields: Fields = [
        ("address", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("community", community.to_owned()),
        ("enabled", "true".to_owned()),
    ]
    .into_iter()
    .collect();
    let draft = TargetDraft::parse(&fields).unwrap();
    let staff = room.staff();
    let keyring = room.keyring.clone();
    room.db
        .put(|c| target_create(c, &staff, &keyring, device, &draft));
    let state = if on {
        OutletState::On
    } else {
        OutletState::Off
    };
    let seen: Vec<OutletSeen> = (1..=2)
        .map(|number: u32| OutletSeen {
            index: number.to_string(),
            name: None,
            state,
        })
        .collect();
    room.db
        .put(|c| pdu_seen(c, device, Timestamp::now(), "apc", None, &seen));
    device
}

async fn pdu(room: &Room, name: &str, on: bool) -> (DeviceId, SimSwitch) {
    let boot = Timestamp::now().plus_seconds(-3600);
    let mut spec = SwitchSpec::top_of_rack(name, 1, 1, boot);
    spec.object_id = vec![1, 3, 6, 1, 4, 1, 318, 1, 3, 4, 6];
    let outlet = |number: u32| OutletSpec {
        name: format!("outlet {number}"),
        watts: 100,
        on,
    };
    spec.pdu = Some(PduSpec {
        seed: 5,
        outlets: (1..=2).map(outlet).collect(),
    });
    let place = "127.0.0.1:0".parse().unwrap();
    let sim = SimSwitch::start(place, spec, SimAccess::community("public"))
        .await
        .unwrap();
    let device = polled(room, name, sim.address().port(), "public", on);
    (device, sim)
}

impl Fed {
    async fn new(db: TestDb, on: bool) -> Self {
        let room = Room::new(db);
        let mut pdus = Vec::new();
        for (name, supply) in [("PDU-A", "PSU1"), ("PDU-B", "PSU2")] {
            let (device, sim) = pdu(&room, name, on).await;
            plug(&room, device, supply, true);
            pdus.push(sim);
        }
        let hub = Arc::new(SnmpHub::new());
        let port = PduPort::new(room.db.store.clone(), room.keyring.clone(), hub);
        let executor = room.executor().with_outlets(Arc::new(port));
        Self {
            room,
            pdus,
            executor,
        }
    }

    fn ask(&self, action: Action) -> Result<IntentId, coldaisle::base::fault::Fault> {
        let wish = Wish {
            path: Path::Outlets,
            ..wish(action)
        };
        self.room.ask(&self.room.staff(), &wish)
    }

    async fn work_off(&self) {
        let done = self.executor.activate(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(60), done)
            .await
            .expect("the executor comes to an end")
            .unwrap();
    }

    fn commands(&self) -> Vec<u32> {
        let first = |pdu: &SimSwitch| pdu.switched().outlet(0).commands;
        self.pdus.iter().map(first).collect()
    }

    fn on(&self) -> Vec<Option<bool>> {
        let first = |pdu: &SimSwitch| pdu.switched().outlet(0).on;
        self.pdus.iter().map(first).collect()
    }

    fn ended(&self, id: IntentId) -> (IntentState, String) {
        let last = self.room.steps(id).pop().unwrap();
        (self.room.intent(id).state, last)
    }

    /// What the records say of the machine's outlets.
    fn recorded(&self) -> Vec<OutletState> {
        let device = self.room.device;
        let found = self.room.db.get(|c| outlets_to_switch(c, device));
        found.iter().map(|outlet| outlet.state).collect()
    }
}

/// Says that the first outlet of a PDU feeds the room's machine.
pub fn plug(room: &Room, pdu: DeviceId, supply: &str, confirmed: bool) {
    plug_at(room, pdu, 0, supply, confirmed);
}

/// The same of any of its outlets.
pub fn plug_at(room: &Room, pdu: DeviceId, place: usize, supply: &str, confirmed: bool) {
    let staff = room.staff();
    let outlet = room.db.get(|c| outlets_of_pdu(c, &staff, pdu))[place]
        .outlet
        .clone();
    let draft = OutletDraft {
        device: Some("SRV-0001".into()),
        supply: supply.into(),
        confirmed,
    };
    room.db
        .put(|c| outlet_map(c, &staff, outlet.id, outlet.version, &draft));
}

both! {
    async fn a_dual_fed_machine_is_switched_by_all_its_outlets(db: TestDb) {
        let fed = Fed::new(db, true).await;
        for (action, last, on, commands) in [
            (Action::Off, "outlets-shown", false, [1, 1]),
            (Action::Off, "already-off", false, [1, 1]),
            (Action::Cycle, "is-off", false, [1, 1]),
            (Action::On, "outlets-shown", true, [2, 2]),
            (Action::Cycle, "outlets-cycled", true, [4, 4]),
            (Action::On, "already-on", true, [4, 4]),
        ] {
            let id = fed.ask(action).unwrap();
            fed.work_off().await;
            let (state, found) = fed.ended(id);
            assert_eq!(found, last, "{action}: {:?}", fed.room.steps(id));
            let wanted = if last == "is-off" { IntentState::Refused } else { IntentState::Succeeded };
            assert_eq!(state, wanted, "{action}");
            assert_eq!((fed.on(), fed.commands()), (vec![Some(on); 2], commands.to_vec()), "{action}");
            let recorded = if on { OutletState::On } else { OutletState::Off };
            assert_eq!(fed.recorded(), [recorded; 2]);
        }
        // The neighbours' outlets were never told anything.
        assert!(fed.pdus.iter().all(|pdu| pdu.switched().outlet(1).commands == 0));
        // Nor was the BMC.
        assert!(fed.room.commands().is_empty());
    }

    async fn a_cycle_tells_one_outlet_after_the_other_and_rests_without_power(db: TestDb) {
        let fed = Fed::new(db, true).await;
        let id = fed.ask(Action::Cycle).unwrap();
        fed.work_off().await;
        assert_eq!(fed.ended(id), (IntentState::Succeeded, "outlets-cycled".into()));
        let staff = fed.room.staff();
        let steps = fed.room.db.get(|c| intent_steps(c, &staff, id));
        let told: Vec<(String, Timestamp)> = steps
            .iter()
            .filter_map(|step| {
                let words = step.words()?;
                let said = match (words.key(), words.text("outlet"), words.text("state")) {
                    ("power-detail-outlet-sending", Some(outlet), Some(state)) => format!("{outlet} {state}"),
                    ("power-detail-outlets-off", ..) => "all are off".to_owned(),
                    _ => return None,
                };
                Some((said, step.at))
            })
            .collect();
        let order: Vec<&str> = told.iter().map(|(said, _)| said.as_str()).collect();
        assert_eq!(order, ["PDU-A / 1 off", "PDU-B / 1 off", "all are off", "PDU-A / 1 on", "PDU-B / 1 on"]);
        assert!(told[3].1.since_millis(told[2].1) >= OUTLET_REST_MS, "{told:?}");
    }

    async fn a_stuck_outlet_is_named_and_the_other_is_switched_on_again(db: TestDb) {
        let fed = Fed::new(db, true).await;
        fed.pdus[1].switched().stick(0, true);
        let id = fed.ask(Action::Cycle).unwrap();
        fed.work_off().await;
        assert_eq!(fed.ended(id), (IntentState::TimedOut, "outlets-restored".into()));
        assert_eq!((fed.on(), fed.commands()), (vec![Some(true), None], vec![2, 1]));
        let id = fed.ask(Action::Off).unwrap();
        fed.work_off().await;
        assert_eq!(fed.ended(id), (IntentState::TimedOut, "outlets-timed-out".into()));
        let words = fed.room.intent(id).detail().unwrap();
        assert_eq!(words.text("outlets"), Some("PDU-B / 1"));
        assert_eq!(fed.pdus[1].switched().outlet(0).commands, 2, "told once an action");
    }

    async fn unconfirmed_outlets_are_never_switched(db: TestDb) {
        let fed = Fed::new(db, true).await;
        let (third, sim) = pdu(&fed.room, "PDU-C", true).await;
        plug(&fed.room, third, "PSU3", false);
        assert_eq!(fed.ask(Action::Off).unwrap_err().message.key, "power-refuse-outlets-unconfirmed");
        plug(&fed.room, third, "PSU3", true);
        let id = fed.ask(Action::Off).unwrap();
        // Somebody takes the confirmation back before it begins.
        fed.room.db.put(|c| coldaisle::facility::outlets_unconfirm(c, fed.room.device, Timestamp::now()));
        fed.work_off().await;
        assert_eq!(fed.ended(id), (IntentState::Refused, "no-outlets".into()));
        assert_eq!((fed.commands(), sim.switched().outlet(0).commands), (vec![0, 0], 0));
        assert_eq!(fed.ask(Action::SoftOff).unwrap_err().fields[0].field, "path");
    }

    async fn a_silent_pdu_is_left_alone_and_it_is_said(db: TestDb) {
        let fed = Fed::new(db, true).await;
        fed.pdus[0].set_fault(SimFault::Silent).await;
        let id = fed.ask(Action::Off).unwrap();
        fed.work_off().await;
        assert_eq!(fed.ended(id), (IntentState::Failed, "outlets-not-reached".into()));
        assert_eq!(fed.commands(), [0, 0]);
    }

    async fn outlets_are_no_substitute_that_is_chosen_by_itself(db: TestDb) {
        let fed = Fed::new(db, true).await;
        fed.room.db.put(|c| { diesel::delete(bmc_endpoints::table).execute(c)?; Ok(()) });
        let refused = fed.room.ask(&fed.room.staff(), &wish(Action::Off)).unwrap_err();
        assert_eq!(refused.message.key, "power-refuse-no-bmc");
        assert_eq!(fed.ended(fed.ask(Action::Off).unwrap()).0, IntentState::Queued);
    }

    /// A machine that left its rack is not switched by the outlets it had there, until somebody has looked at the cables again.
    async fn who_leaves_the_rack_loses_the_confirmation(db: TestDb) {
        let room = Room::new(db);
        let pdu = polled(&room, "PDU-A", 161, "public", true);
        let hall = room.db.room(room.db.site("MOVES"), "1");
        let racks = [room.db.rack(hall, "R1"), room.db.rack(hall, "R2")];
        let staff = room.staff();
        let to = |place: &PlaceDraft| {
            let version = room.db.get(|c| device_by_id(c, &staff, room.device)).device.version;
            room.db.put(|c| device_move(c, &staff, room.device, version, place));
        };
        let at = |rack: RackId, unit: &str| {
            let typed: Fields = [("rack_id", rack.to_string()), ("unit", unit.to_owned())].into_iter().collect();
            PlaceDraft::parse(&typed).unwrap()
        };
        let is_confirmed = || room.db.get(|c| outlets_to_switch(c, room.device))[0].is_confirmed;
        to(&at(racks[0], "10"));
        plug(&room, pdu, "PSU1", true);
        to(&at(racks[0], "12"));
        assert!(is_confirmed(), "the same rack, the same cables");
        to(&at(racks[1], "12"));
        assert!(!is_confirmed(), "another rack");
        plug(&room, pdu, "PSU1", true);
        to(&PlaceDraft::default());
        assert!(!is_confirmed(), "in stock");
    }

    /// The program ends after the off of a cycle: the next one switches on again, and tells nobody off twice.
    async fn a_cycle_goes_on_after_a_restart(db: TestDb) {
        let fed = Fed::new(db, true).await;
        let id = fed.ask(Action::Cycle).unwrap();
        let stop = CancellationToken::new();
        let running = fed.executor.clone();
        let task = tokio::spawn({ let stop = stop.clone(); async move { running.activate(stop).await } });
        let until = tokio::time::Instant::now() + Duration::from_secs(30);
        while fed.on() != [Some(false), Some(false)] {
            assert!(tokio::time::Instant::now() < until);
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
        assert!(!fed.room.intent(id).state.is_final());
        fed.room.db.put(|c| {
            diesel::update(power_intents::table)
                .set(power_intents::lease_until.eq(Timestamp::now().plus_seconds(-1)))
                .execute(c)?;
            Ok(())
        });
        let before = fed.commands();
        fed.work_off().await;
        let (state, last) = fed.ended(id);
        assert!(state == IntentState::Succeeded && last == "outlets-cycled", "{:?}", fed.room.steps(id));
        assert!(fed.room.steps(id).contains(&"resumed".to_owned()));
        assert_eq!((fed.on(), before), (vec![Some(true); 2], vec![1, 1]));
        assert_eq!(fed.commands(), [2, 2]);
        assert_eq!(fed.room.intent(id).observed_before.as_deref(), Some(PowerState::On.as_str()));
    }
}
