//! What machines tell: read by the task from pretended BMCs, kept, compared, shown.

use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::fault::FaultKind;
use coldaisle::base::gauge::GaugeMissing;
use coldaisle::base::ids::{DeviceFactId, DeviceId, MachineSensorId};
use coldaisle::base::machine::{Controller, Health, Light, Quantity};
use coldaisle::base::page::PageRequest;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::inventory::{device_by_id, device_compared, device_fact_accept, device_fact_ignore};
use coldaisle::metering::{gauges_now, gauges_of_device};
use coldaisle::power::ops::{
    LogFilter, endpoint_of_device, facts_ask, log_expire, log_list, parts_of_device,
    reading_of_device, sensors_of_device,
};
use coldaisle::power::port::PortFaultKind;
use coldaisle::power::telling::Pace;
use coldaisle::power::{LogOrigin, MachineReading};
use coldaisle::store::schema::{
    bmc_endpoints, device_facts, machine_log, machine_readings, machine_sensors,
};
use coldaisle::tasks::Task;
use coldaisle::tasks::bmc_facts::BmcFacts;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::tells::{disk, entry, product, sensor, timeless};
use super::{ADDRESS, Room};
use crate::harness::{TestDb, both};

/// Everything is due at once.
const RESTLESS: Pace = Pace {
    sensors_ms: 0,
    log_ms: 0,
    parts_ms: 0,
};

impl Room {
    /// A room whose BMC has answered the last look at its power.
    pub fn answering(db: TestDb) -> Self {
        let room = Self::new(db);
        room.db.put(|c| {
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::last_answer_at.eq(Timestamp::now()))
                .execute(c)?;
            Ok(())
        });
        room
    }

    /// Changes or reads what the BMC tells.
    pub fn tells<T>(&self, look: impl FnOnce(&mut super::tells::Tells) -> T) -> T {
        self.port.bmc(ADDRESS, |bmc| look(&mut bmc.tells))
    }

    /// Reads all machines that are due.
    pub async fn read(&self) {
        let task = BmcFacts::new(
            self.db.store.clone(),
            self.keyring.clone(),
            Arc::new(self.port.clone()),
            Duration::from_secs(1),
            RESTLESS,
            64,
        );
        task.activate(CancellationToken::new()).await.unwrap();
    }

    fn reading(&self) -> MachineReading {
        let actor = self.staff();
        let found = self.db.get(|c| reading_of_device(c, &actor, self.device));
        found.expect("a reading")
    }

    /// Texts of the log, oldest first; `#` for a note about clearing.
    fn log(&self) -> Vec<String> {
        let actor = self.staff();
        let all = PageRequest {
            limit: 1000,
            ..PageRequest::first()
        };
        let page = self
            .db
            .get(|c| log_list(c, &actor, self.device, &LogFilter::default(), &all));
        let lines = page.rows.into_iter().rev();
        lines
            .map(|line| match line.origin {
                LogOrigin::Cleared => "#".to_owned(),
                LogOrigin::Entry => line.text,
            })
            .collect()
    }

    /// Serial numbers of the parts, with `!` before those that are gone.
    fn parts(&self) -> Vec<String> {
        let actor = self.staff();
        let parts = self.db.get(|c| parts_of_device(c, &actor, self.device));
        let shown = parts.into_iter().map(|part| {
            let gone = if part.gone_at.is_some() { "!" } else { "" };
            format!("{gone}{}", part.serial)
        });
        shown.collect()
    }

    /// Makes a reading due although the last one failed.
    fn due(&self) {
        self.db.put(|c| {
            diesel::update(machine_readings::table)
                .set(machine_readings::next_at.eq(Timestamp::from_millis(0)))
                .execute(c)?;
            diesel::update(bmc_endpoints::table)
                .set((
                    bmc_endpoints::credential_fault.eq(None::<String>),
                    bmc_endpoints::consecutive_failures.eq(0),
                ))
                .execute(c)?;
            Ok(())
        });
    }
}

/// A sensor and a fact of a machine, for the table of who may use what.
pub fn told(db: &TestDb, device: DeviceId) -> (MachineSensorId, DeviceFactId) {
    let now = Timestamp::now();
    db.put(|c| {
        diesel::insert_into(machine_readings::table)
            .values(MachineReading::new(device, "192.0.2.77 623".into(), now))
            .execute(c)?;
        let sensor = diesel::insert_into(machine_sensors::table)
            .values((
                machine_sensors::device_id.eq(device),
                machine_sensors::sensor_key.eq("20.0.1"),
                machine_sensors::name.eq("CPU1 Temp"),
                machine_sensors::quantity.eq(Quantity::Temperature),
                machine_sensors::health.eq(Health::Ok),
                machine_sensors::health_since.eq(now),
                machine_sensors::created_at.eq(now),
                machine_sensors::updated_at.eq(now),
            ))
            .returning(machine_sensors::id)
            .get_result(c)?;
        let fact = diesel::insert_into(device_facts::table)
            .values((
                device_facts::device_id.eq(device),
                device_facts::source.eq("bmc"),
                device_facts::field.eq("serial"),
                device_facts::value.eq("SN-AUTH-1"),
                device_facts::seen_at.eq(now),
            ))
            .returning(device_facts::id)
            .get_result(c)?;
        Ok((sensor, fact))
    })
}

both! {
    /// A light that the BMC does not tell of leaves what was seen before, and its time.
    async fn the_light_is_kept_with_the_time_it_was_seen(db: TestDb) {
        let room = Room::answering(db);
        room.read().await;
        assert_eq!(room.reading().light_told(), None);
        room.tells(|tells| tells.light = Some(Light::On));
        room.read().await;
        let seen = room.reading().light_told().unwrap();
        assert_eq!(seen.0, Light::On);
        room.tells(|tells| tells.light = None);
        room.read().await;
        assert_eq!(room.reading().light_told(), Some(seen));
    }

    async fn sensors_are_kept_as_a_list_and_their_values_as_gauges(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| {
            tells.watts = Some(248);
            tells.sensors = vec![
                sensor("20.0.1", Quantity::Temperature, 41.5, Health::Ok),
                sensor("20.0.2", Quantity::FanSpeed, 5400.0, Health::Ok),
                // A BMC that lists one twice.
                sensor("20.0.2", Quantity::FanSpeed, 1.0, Health::Ok),
            ];
        });
        room.read().await;
        let actor = room.staff();
        let device = room.device;
        let (sensors, draw) = room.db.get(|c| sensors_of_device(c, &actor, device));
        let values: Vec<_> = sensors.iter().map(|one| (one.sensor.sensor_key.clone(), one.value)).collect();
        assert_eq!(values, [("20.0.1".into(), Some(41.5)), ("20.0.2".into(), Some(5400.0))]);
        assert_eq!(sensors[0].sensor.thresholds().upper_critical, Some(95.0));
        let now = room.db.get(|c| gauges_now(c, &[device], Timestamp::now()));
        assert_eq!(now[&sensors[0].gauge.unwrap()].value, 41_500);
        assert_eq!(now[&draw.unwrap()].value, 248);
        assert_eq!(now[&sensors[1].gauge.unwrap()].value, 5400);

        // The value alone changes no row of the list; the judgement does.
        let rows = |room: &Room| -> Vec<(Timestamp, Timestamp, Health)> {
            room.db.get(|c| Ok(machine_sensors::table
                .order(machine_sensors::id)
                .select((machine_sensors::updated_at, machine_sensors::health_since, machine_sensors::health))
                .load(c)?))
        };
        let before = rows(&room);
        room.tells(|tells| tells.sensors[0].value = Some(43.0));
        room.read().await;
        assert_eq!(rows(&room), before);
        assert_eq!(room.reading().last_values().0["20.0.1"], 43.0);
        room.tells(|tells| {
            tells.sensors[0] = sensor("20.0.1", Quantity::Temperature, 97.0, Health::Critical);
            tells.sensors.truncate(1);
        });
        room.read().await;
        let after = rows(&room);
        assert_eq!(after[0].2, Health::Critical);
        assert!(after[0].1 > before[0].1, "judged so since now");
        let (sensors, _) = room.db.get(|c| sensors_of_device(c, &actor, device));
        assert!(sensors[1].sensor.missing_since.is_some(), "no longer listed");
        assert_eq!(sensors[1].value, None);
        // What is gone is missing as a gauge too.
        room.tells(|tells| tells.sensors.clear());
        room.read().await;
        let gauges = room.db.get(|c| gauges_of_device(c, &actor, device));
        let gone = gauges.iter().find(|gauge| gauge.place == "20.0.1").unwrap();
        assert_eq!(gone.missing, Some(GaugeMissing::NoSuch));
    }

    async fn the_log_is_read_on_from_its_mark_and_kept_when_it_is_cleared(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| {
            tells.drift_ms = Some(-90_000);
            tells.log = (1..=700).map(|id| entry(id, &format!("e{id}"))).collect();
        });
        room.read().await;
        assert_eq!(room.tells(|tells| tells.looks), 3, "256 entries at once");
        assert_eq!(room.log().len(), 700);
        assert_eq!(room.reading().log_drift_ms, Some(-90_000));
        room.read().await;
        assert_eq!(room.log().len(), 700, "nothing twice");
        room.tells(|tells| tells.log.push(entry(701, "e701")));
        room.read().await;
        assert_eq!(room.log().last().unwrap(), "e701");

        // Cleared and filled anew, with the same ids.
        room.tells(|tells| tells.log = vec![timeless(1, "after"), timeless(2, "after 2")]);
        room.read().await;
        let log = room.log();
        assert_eq!(&log[700..], ["e701", "#", "after", "after 2"]);
        // Cleared again: the same clockless entries are others now.
        room.tells(|tells| tells.log = Vec::new());
        room.read().await;
        room.read().await;
        room.tells(|tells| tells.log = vec![timeless(1, "after")]);
        room.read().await;
        assert_eq!(&room.log()[702..], ["after", "after 2", "#", "after"]);
    }

    async fn a_log_whose_mark_was_lost_is_not_a_cleared_one(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| tells.log = (1..=5).map(|id| entry(id, &format!("e{id}"))).collect());
        room.read().await;
        // The BMC drops its oldest and the very last: the mark is not found, the others are known.
        room.tells(|tells| {
            tells.log.remove(4);
            tells.log.remove(0);
            tells.log.push(entry(6, "e6"));
        });
        room.read().await;
        assert_eq!(room.log(), ["e1", "e2", "e3", "e4", "e5", "e6"]);
    }

    async fn the_log_is_found_by_words_and_judgement_page_by_page_and_let_go_by_age(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| {
            tells.log = (1..=30).map(|id| entry(id, &format!("e{id}"))).collect();
            for quiet in tells.log.iter_mut().skip(20) {
                quiet.health = Health::Ok;
                quiet.text = "Fan PRESENT".into();
            }
        });
        room.read().await;
        let actor = room.staff();
        let device = room.device;
        let list = |filter: LogFilter, page: PageRequest| room.db.get(|c| log_list(c, &actor, device, &filter, &page));
        let by_text = LogFilter { text: "fan present".into(), ..LogFilter::default() };
        assert_eq!(list(by_text, PageRequest::first()).total, 10);
        let by_health = LogFilter { health: vec![Health::Critical, Health::Fatal], ..LogFilter::default() };
        assert_eq!(list(by_health, PageRequest::first()).total, 20);
        let mut page = PageRequest { limit: 12, ..PageRequest::first() };
        let mut seen = Vec::new();
        loop {
            let found = list(LogFilter::default(), page.clone());
            seen.extend(found.rows.iter().map(|line| line.entry_id.clone()));
            match found.next {
                None => break,
                Some(next) => page.after = Some(next),
            }
        }
        let expected: Vec<String> = (1..=30).rev().map(|id| id.to_string()).collect();
        assert_eq!(seen, expected);
        let later = Timestamp::now().plus_seconds(60);
        let never = Timestamp::from_millis(0);
        assert_eq!(room.db.put(|c| log_expire(c, later, never, 6)), 6);
        assert_eq!(room.db.put(|c| log_expire(c, later, never, 100)), 4);
        assert_eq!(room.log().len(), 20, "faults stay longer");
        assert_eq!(room.db.put(|c| log_expire(c, later, later, 100)), 20);
    }

    async fn parts_that_are_replaced_stay_on_record_as_gone(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| tells.parts = vec![product("P1"), disk("Bay 1", "D1"), disk("Bay 2", "D2")]);
        room.read().await;
        assert_eq!(room.parts(), ["P1", "D1", "D2"]);
        room.tells(|tells| tells.parts[2] = disk("Bay 2", "D3"));
        room.read().await;
        assert_eq!(room.parts(), ["P1", "D1", "D3", "!D2"]);
        // A BMC that tells nothing takes nothing out.
        room.tells(|tells| tells.parts.clear());
        room.read().await;
        assert_eq!(room.parts(), ["P1", "D1", "D3", "!D2"]);
        // The old one is put back.
        room.tells(|tells| tells.parts = vec![product("P1"), disk("Bay 1", "D1"), disk("Bay 2", "D2")]);
        room.read().await;
        assert_eq!(room.parts(), ["P1", "D1", "D2", "!D3"]);
    }

    async fn a_difference_is_taken_over_or_set_aside_until_the_machine_says_another(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| tells.parts = vec![product("SN-4711")]);
        room.read().await;
        let actor = room.staff();
        let device = room.device;
        let serial = |room: &Room| {
            let (_, compared) = room.db.get(|c| device_compared(c, &actor, device));
            compared.into_iter().find(|one| one.field == "serial").unwrap()
        };
        let one = serial(&room);
        assert_eq!((one.verdict.as_str(), one.ignored_at), ("not_on_record", None));
        let fact = one.fact.unwrap();
        room.db.put(|c| device_fact_ignore(c, &actor, device, fact, true));
        assert!(serial(&room).ignored_at.is_some());
        room.read().await;
        assert!(serial(&room).ignored_at.is_some(), "the same is said again");
        room.tells(|tells| tells.parts = vec![product("SN-4712")]);
        room.read().await;
        let one = serial(&room);
        assert_eq!(one.ignored_at, None, "another difference");
        let version = room.db.get(|c| device_by_id(c, &actor, device)).device.version;
        let stale = room.db.store.write_blocking("test", |c| {
            device_fact_accept(c, &actor, device, one.fact.unwrap(), version + 1)
        });
        assert_eq!(stale.unwrap_err().kind, FaultKind::Stale);
        room.db.put(|c| device_fact_accept(c, &actor, device, one.fact.unwrap(), version));
        let record = room.db.get(|c| device_by_id(c, &actor, device)).device;
        assert_eq!(record.serial.as_deref(), Some("SN-4712"));
        assert_eq!(serial(&room).verdict.as_str(), "same");
        let customer = room.actor(Role::CustomerAdmin);
        assert_eq!(room.db.get(|c| device_compared(c, &customer, device)), (Vec::new(), Vec::new()));
    }

    async fn a_bmc_that_fails_is_left_in_peace_and_the_scout_is_sent(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| tells.sensors = vec![sensor("1", Quantity::Temperature, 20.0, Health::Ok)]);
        room.read().await;
        room.db.put(|c| {
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::next_poll_at.eq(Timestamp::now().plus_seconds(300)))
                .execute(c)?;
            Ok(())
        });
        room.tells(|tells| tells.fault = Some(PortFaultKind::Passing));
        room.read().await;
        let reading = room.reading();
        assert_eq!(reading.failures, 1, "the fault happened");
        assert!(reading.sensors_trouble.starts_with("no-answer"), "{}", reading.sensors_trouble);
        assert_eq!(reading.last_values().0["1"], 20.0, "what was known stays");
        let actor = room.staff();
        let bmc = |room: &Room| room.db.get(|c| endpoint_of_device(c, &actor, room.device)).unwrap();
        assert!(bmc(&room).next_poll_at <= Timestamp::now(), "the power state is read soon");
        let logins = room.port.bmc(ADDRESS, |bmc| bmc.logins);
        room.read().await;
        assert_eq!(room.port.bmc(ADDRESS, |bmc| bmc.logins), logins, "not at once again");

        // While the scout finds it silent nobody else knocks, although it is due.
        room.due();
        room.db.put(|c| {
            diesel::update(bmc_endpoints::table).set(bmc_endpoints::consecutive_failures.eq(1)).execute(c)?;
            Ok(())
        });
        room.read().await;
        assert_eq!(room.port.bmc(ADDRESS, |bmc| bmc.logins), logins);

        // A refused credential stops everything.
        room.due();
        room.port.bmc(ADDRESS, |bmc| bmc.login = Some(PortFaultKind::Credential));
        room.read().await;
        assert!(bmc(&room).credential_fault.is_some());
        let logins = room.port.bmc(ADDRESS, |bmc| bmc.logins);
        room.read().await;
        assert_eq!(room.port.bmc(ADDRESS, |bmc| bmc.logins), logins);
    }

    async fn what_another_machine_says_is_not_kept(db: TestDb) {
        let room = Room::answering(db);
        room.db.put(|c| {
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::expected_guid.eq("42bdfe50-c199-42d9-8e0b-c9d634020082"))
                .execute(c)?;
            Ok(())
        });
        room.port.bmc(ADDRESS, |bmc| bmc.guid = Some("00000000-0000-4000-8000-000000000001".into()));
        room.tells(|tells| tells.log = vec![entry(1, "of another")]);
        room.read().await;
        assert_eq!(room.log(), Vec::<String>::new());
        assert!(room.reading().sensors_trouble.starts_with("wrong-machine"));
    }

    async fn another_bmc_starts_its_log_anew_and_the_old_entries_stay(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| tells.log = vec![entry(9, "old board")]);
        room.read().await;
        room.db.put(|c| {
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::address.eq("192.0.2.8"))
                .execute(c)?;
            Ok(())
        });
        room.port.bmc("192.0.2.8:623", |bmc| bmc.tells.log = vec![entry(1, "new board")]);
        room.read().await;
        assert_eq!(room.log(), ["old board", "new board"], "and no word of clearing");
    }

    async fn a_person_can_ask_for_a_reading_and_customers_see_only_their_own(db: TestDb) {
        let room = Room::answering(db);
        room.tells(|tells| {
            tells.controller = Some(Controller { address: "192.0.2.7".into(), ..Controller::default() });
        });
        room.read().await;
        let actor = room.staff();
        let device = room.device;
        room.db.put(|c| facts_ask(c, &actor, device));
        assert!(room.reading().is_awaited());
        room.read().await;
        assert!(!room.reading().is_awaited());
        assert_eq!(room.reading().controller_told().unwrap().address, "192.0.2.7");
        let other = room.db.customer("OTHER");
        let stranger = room.db.actor_of(Role::CustomerAdmin, Some(other));
        for outcome in [
            room.db.store.read_blocking(|c| sensors_of_device(c, &stranger, device).map(drop)),
            room.db.store.read_blocking(|c| parts_of_device(c, &stranger, device).map(drop)),
            room.db.store.read_blocking(|c| log_list(c, &stranger, device, &LogFilter::default(), &PageRequest::first()).map(drop)),
            room.db.store.write_blocking("test", |c| facts_ask(c, &stranger, device)),
        ] {
            assert_eq!(outcome.unwrap_err().kind, FaultKind::NotFound);
        }
        let lines: i64 = room.db.get(|c| Ok(machine_log::table.count().get_result(c)?));
        assert_eq!(lines, 0);
    }
}
