//! What becomes an event when machines are watched, and when it is over.

use std::time::Duration;

use coldaisle::base::ids::CustomerId;
use coldaisle::base::machine::{Health, Quantity, SensorReading};
use coldaisle::base::time::Timestamp;
use coldaisle::metering::threshold::{RuleDraft, RuleKind};
use coldaisle::metering::{machine_rules, rule_update};
use coldaisle::notify::event::Severity;
use coldaisle::power::Action;
use coldaisle::power::PowerState;
use coldaisle::store::schema::{bmc_endpoints, events, power_intents};
use coldaisle::tasks::machine_watcher::MachineWatcher;
use diesel::prelude::*;

use super::Room;
use super::tells::sensor;
use crate::harness::{TestDb, both};

/// Kind, label, severity and customer of the open events.
type Open = Vec<(String, String, Severity, Option<CustomerId>)>;

macro_rules! endpoint {
    ($room:expr, $($column:ident = $value:expr),+) => {
        $room.db.put(|c| {
            diesel::update(bmc_endpoints::table)
                .set(($(bmc_endpoints::$column.eq($value),)+))
                .execute(c)?;
            Ok(())
        })
    };
}

impl Room {
    /// Looks at all machines some minutes from now, and gives what is open then.
    async fn watched(&self, minutes: i64) -> Open {
        let watcher = MachineWatcher::new(self.db.store.clone(), Duration::from_secs(60));
        let now = Timestamp::now().plus_seconds(60 * minutes);
        watcher.watch(now).await.unwrap();
        self.db.get(|c| {
            Ok(events::table
                .filter(events::ended_at.is_null())
                .order(events::id)
                .select((
                    events::kind,
                    events::subject_label,
                    events::severity,
                    events::customer_id,
                ))
                .load(c)?)
        })
    }

    async fn kinds(&self, minutes: i64) -> Vec<String> {
        let open = self.watched(minutes).await;
        open.into_iter().map(|(kind, ..)| kind).collect()
    }
}

fn supply(health: Health) -> SensorReading {
    SensorReading {
        name: "PSU2 Status".into(),
        entity: Some("power supply 2".into()),
        states: vec!["Power Supply input lost".into()],
        ..sensor("20.0.9", Quantity::Discrete, 0.0, health)
    }
}

both! {
    async fn a_machine_that_should_be_on_is_told_of_once_it_has_been_off_for_a_while(db: TestDb) {
        let room = Room::answering(db);
        room.read().await;
        endpoint!(room, power_state = PowerState::Off);
        assert_eq!(room.kinds(0).await, Vec::<String>::new());
        assert_eq!(room.kinds(4).await, Vec::<String>::new());
        let open = room.watched(5).await;
        assert_eq!(open, [("machine_off".into(), "SRV-0001".into(), Severity::Critical, Some(room.customer))]);
        endpoint!(room, power_state = PowerState::Unknown);
        assert_eq!(room.kinds(6).await, ["machine_off"], "what is not known ends nothing");
        endpoint!(room, power_state = PowerState::On);
        assert_eq!(room.kinds(7).await, Vec::<String>::new());
        // Off again counts from the beginning.
        endpoint!(room, power_state = PowerState::Off);
        assert_eq!(room.kinds(8).await, Vec::<String>::new());
        assert_eq!(room.kinds(12).await, Vec::<String>::new());
        assert_eq!(room.kinds(13).await, ["machine_off"]);
    }

    async fn a_machine_that_was_switched_off_on_purpose_is_no_event(db: TestDb) {
        let room = Room::answering(db);
        room.read().await;
        let off = room.asked(Action::Off);
        room.db.put(|c| {
            diesel::update(power_intents::table.find(off))
                .set(power_intents::state.eq("succeeded"))
                .execute(c)?;
            Ok(())
        });
        endpoint!(room, power_state = PowerState::Off);
        room.watched(0).await;
        assert_eq!(room.kinds(60).await, Vec::<String>::new());
        // Switched on since, and off all the same.
        let on = room.asked(Action::On);
        room.db.put(|c| {
            diesel::update(power_intents::table.find(on))
                .set(power_intents::state.eq("succeeded"))
                .execute(c)?;
            Ok(())
        });
        room.watched(61).await;
        assert_eq!(room.kinds(70).await, ["machine_off"]);
    }

    async fn sensors_and_power_supplies_are_told_of_by_the_bmcs_judgement(db: TestDb) {
        let room = Room::answering(db);
        let hot = |health| sensor("20.0.1", Quantity::Temperature, 97.0, health);
        room.tells(|tells| tells.sensors = vec![hot(Health::Warning), supply(Health::Critical)]);
        room.read().await;
        let open = room.watched(0).await;
        assert_eq!(open, [("supply_lost".into(), "SRV-0001 PSU2 Status".into(), Severity::Critical, Some(room.customer))]);
        let open = room.watched(2).await;
        let hot_event = open.iter().find(|(kind, ..)| kind == "sensor_over").unwrap();
        assert_eq!((hot_event.1.as_str(), hot_event.2), ("SRV-0001 Sensor 20.0.1", Severity::Warning));
        // Worse: the same event, more severe.
        room.tells(|tells| tells.sensors = vec![hot(Health::Critical), supply(Health::Ok)]);
        room.read().await;
        let open = room.watched(3).await;
        assert_eq!(open.len(), 1, "the supply is back at once: {open:?}");
        assert_eq!((open[0].0.as_str(), open[0].2), ("sensor_over", Severity::Critical));
        room.tells(|tells| tells.sensors = vec![hot(Health::Ok)]);
        room.read().await;
        assert_eq!(room.kinds(4).await, ["sensor_over"], "not yet over for long enough");
        assert_eq!(room.kinds(6).await, Vec::<String>::new());
    }

    async fn a_silent_bmc_and_a_stopped_credential_are_the_operators_events(db: TestDb) {
        let room = Room::answering(db);
        endpoint!(room, consecutive_failures = 3);
        assert_eq!(room.kinds(14).await, Vec::<String>::new());
        let open = room.watched(16).await;
        assert_eq!(open, [("bmc_silent".into(), "SRV-0001".into(), Severity::Warning, None)]);
        endpoint!(room, credential_fault = "credentials: refused", credential_fault_at = Timestamp::now());
        assert_eq!(room.kinds(17).await, ["credential_stopped"], "what is not asked is not silent");
        endpoint!(room, credential_fault = None::<String>, credential_fault_at = None::<Timestamp>, consecutive_failures = 0);
        assert_eq!(room.kinds(18).await, Vec::<String>::new());
    }

    async fn a_rule_that_is_switched_off_ends_its_events(db: TestDb) {
        let room = Room::answering(db);
        room.read().await;
        endpoint!(room, power_state = PowerState::Off);
        room.watched(0).await;
        assert_eq!(room.kinds(5).await, ["machine_off"]);
        let rules = room.db.get(machine_rules);
        let rule = rules.iter().find(|rule| rule.kind == RuleKind::MachineOff).unwrap();
        let draft = RuleDraft {
            kind: rule.kind,
            scope: rule.scope,
            scope_id: rule.scope_id,
            severity: rule.severity,
            raise_percent: 0,
            clear_percent: 0,
            raise_minutes: 5,
            clear_minutes: 0,
            errors_per_minute: 0,
            enabled: false,
        };
        let actor = room.staff();
        room.db.put(|c| rule_update(c, &actor, rule.id, rule.version, &draft));
        assert_eq!(room.kinds(6).await, Vec::<String>::new());
    }
}
