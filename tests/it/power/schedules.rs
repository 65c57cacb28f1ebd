//! Schedules become bulks of whoever answers for them, once, under the interlocks of their time.

use std::time::Duration;

use coldaisle::base::fields::Fields;
use coldaisle::base::ids::PowerScheduleId;
use coldaisle::base::page::PageRequest;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::notify::Event;
use coldaisle::notify::ops::events::events_open;
use coldaisle::power::ops::{
    ScheduleRan, bulk_list, bulk_machines, schedule_archive, schedule_by_id, schedule_create,
    schedule_pause, schedule_run, schedules_due,
};
use coldaisle::power::{Bulk, IntentState, Schedule, ScheduleDraft};
use coldaisle::store::schema::{devices, power_schedules, users};
use coldaisle::tasks::Task;
use coldaisle::tasks::power_schedule::PowerSchedules;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::{RESTLESS, Room};
use crate::harness::{TestDb, both};

fn draft(action: &str) -> ScheduleDraft {
    let fields: Fields = [
        ("name", "Lab off at night"),
        ("action", action),
        ("machines", "SRV-0001"),
        ("zone", "Asia/Shanghai"),
        ("rhythm", "weekly"),
        ("weekdays", "mon"),
        ("weekdays", "fri"),
        ("time", "19:30"),
        ("reason", "saves power"),
    ]
    .into_iter()
    .collect();
    ScheduleDraft::parse(&fields).unwrap()
}

fn made(room: &Room, actor: &Actor, action: &str) -> PowerScheduleId {
    let draft = draft(action);
    room.db.put(|c| schedule_create(c, actor, &draft))
}

fn of(room: &Room, id: PowerScheduleId) -> Schedule {
    let actor = room.staff();
    room.db.get(|c| schedule_by_id(c, &actor, id))
}

/// Moves the next run to an instant.
fn due_at(room: &Room, id: PowerScheduleId, at: Timestamp) {
    room.db.put(|c| {
        diesel::update(power_schedules::table.find(id))
            .set(power_schedules::next_run_at.eq(at))
            .execute(c)?;
        Ok(())
    });
}

fn ran(room: &Room, id: PowerScheduleId, now: Timestamp) -> ScheduleRan {
    room.db.put(|c| schedule_run(c, id, now, &RESTLESS))
}

fn runs(room: &Room, id: PowerScheduleId) -> Vec<Bulk> {
    let actor = room.staff();
    room.db
        .get(|c| bulk_list(c, &actor, Some(id), &PageRequest::default()))
        .rows
}

fn open(room: &Room) -> Vec<Event> {
    room.db.get(|c| events_open(c, &["schedule_stopped"]))
}

both! {
    async fn a_run_is_a_bulk_of_who_made_it_and_comes_once(db: TestDb) {
        let room = Room::new(db);
        let staff = room.staff();
        let id = made(&room, &staff, "off");
        let next = of(&room, id).next_run_at.unwrap();
        assert!(next > staff.now);
        let zone = chrono_tz::Asia::Shanghai;
        assert!(next.local_minute(zone).ends_with(" 19:30"), "{}", next.local_minute(zone));
        let now = Timestamp::now();
        assert_eq!(ran(&room, id, now), ScheduleRan::NotDue);
        due_at(&room, id, now);
        assert_eq!(room.db.get(|c| schedules_due(c, now)), [id]);
        let ScheduleRan::Bulk(asked) = ran(&room, id, now) else { panic!("it ran") };
        assert_eq!((asked.accepted, asked.refused), (1, 0));
        assert_eq!(ran(&room, id, now), ScheduleRan::NotDue);
        let there = of(&room, id);
        assert_eq!((there.next_run_at, there.last_run_at), (Some(next), Some(now)));
        assert_eq!(there.last_words().unwrap().key, "power-schedule-ran");
        let bulks = runs(&room, id);
        assert_eq!((bulks.len(), bulks[0].requested_by_name.as_str()), (1, staff.name.as_str()));
        let machines = room.db.get(|c| bulk_machines(c, &bulks[0]));
        let intent = machines[0].intent.as_ref().unwrap();
        assert_eq!((intent.state, intent.requested_by_user_id), (IntentState::Queued, staff.user_id));
    }

    async fn the_interlocks_of_the_time_hold(db: TestDb) {
        let room = Room::new(db);
        let id = made(&room, &room.staff(), "off");
        room.db.put(|c| {
            diesel::update(devices::table).set(devices::locked_at.eq(1_i64)).execute(c)?;
            Ok(())
        });
        let now = Timestamp::now();
        due_at(&room, id, now);
        let ScheduleRan::Bulk(asked) = ran(&room, id, now) else { panic!("it ran") };
        assert_eq!((asked.accepted, asked.refused), (0, 1));
    }

    async fn who_lost_the_right_switches_nothing_and_it_is_said(db: TestDb) {
        let room = Room::new(db);
        let staff = room.staff();
        let id = made(&room, &staff, "off");
        let user = staff.user_id.unwrap();
        let now = Timestamp::now();
        let set = |role: Role, disabled: Option<Timestamp>| room.db.put(|c| {
            diesel::update(users::table.find(user))
                .set((users::role.eq(role), users::disabled_at.eq(disabled)))
                .execute(c)?;
            Ok(())
        });
        for (role, disabled) in [(Role::Auditor, None), (Role::Operations, Some(now))] {
            set(role, disabled);
            due_at(&room, id, now);
            assert_eq!(ran(&room, id, now), ScheduleRan::Not);
            assert!(runs(&room, id).is_empty());
            assert_eq!(of(&room, id).last_words().unwrap().key, "power-schedule-no-right");
            let events = open(&room);
            assert_eq!((events.len(), events[0].subject_label.as_str()), (1, "Lab off at night"));
        }
        set(Role::Operations, None);
        due_at(&room, id, now);
        assert!(matches!(ran(&room, id, now), ScheduleRan::Bulk(_)));
        assert!(open(&room).is_empty());
    }

    async fn a_run_that_was_slept_through_is_not_made_up_for(db: TestDb) {
        let room = Room::new(db);
        let id = made(&room, &room.staff(), "off");
        let now = Timestamp::now();
        due_at(&room, id, now.plus_seconds(-601));
        assert_eq!(ran(&room, id, now), ScheduleRan::Not);
        assert_eq!(of(&room, id).last_words().unwrap().key, "power-schedule-missed");
        assert!(runs(&room, id).is_empty() && of(&room, id).next_run_at > Some(now));
    }

    async fn a_paused_or_archived_one_does_not_run(db: TestDb) {
        let room = Room::new(db);
        let staff = room.staff();
        let id = made(&room, &staff, "off");
        let now = Timestamp::now();
        room.db.put(|c| schedule_pause(c, &staff, id, 1, true));
        due_at(&room, id, now);
        assert!(room.db.get(|c| schedules_due(c, now)).is_empty());
        assert_eq!(ran(&room, id, now), ScheduleRan::NotDue);
        room.db.put(|c| schedule_pause(c, &staff, id, 2, false));
        assert!(of(&room, id).next_run_at > Some(now), "what was passed over is not made up for");
        room.db.put(|c| schedule_archive(c, &staff, id, 3, true));
        assert_eq!(of(&room, id).next_run_at, None);
        let stale = room.db.store.write_blocking("test", |c| schedule_pause(c, &staff, id, 3, true));
        assert_eq!(stale.unwrap_err().message.key, "fault-stale");
    }

    async fn a_customer_plans_for_own_machines_only(db: TestDb) {
        let room = Room::new(db);
        let other = room.db.actor_of(Role::CustomerAdmin, Some(room.db.customer("OTHER")));
        let wanted = draft("off");
        let refused = room.db.store.write_blocking("test", |c| schedule_create(c, &other, &wanted));
        assert_eq!(refused.unwrap_err().fields[0].field, "machines");
        let own = room.actor(Role::CustomerAdmin);
        let id = made(&room, &own, "off");
        let hidden = room.db.store.read_blocking(|c| schedule_by_id(c, &other, id));
        assert_eq!(hidden.unwrap_err().message.key, "fault-not-found");
        // The machine changes hands: nothing of it is switched any more.
        room.db.put(|c| {
            diesel::update(devices::table).set(devices::customer_id.eq(other.customer_id)).execute(c)?;
            Ok(())
        });
        let now = Timestamp::now();
        due_at(&room, id, now);
        assert_eq!(ran(&room, id, now), ScheduleRan::Not);
        assert_eq!(of(&room, id).last_words().unwrap().key, "power-schedule-no-machines");
    }

    async fn the_task_runs_what_is_due(db: TestDb) {
        let room = Room::new(db);
        let id = made(&room, &room.staff(), "cycle");
        due_at(&room, id, Timestamp::now());
        let task = PowerSchedules::new(room.db.store.clone(), RESTLESS, Duration::from_secs(5));
        let said = task.activate(CancellationToken::new()).await.unwrap();
        assert_eq!(said.to_string(), "tasks-said-power-schedule ran=1 not=0");
        let said = task.activate(CancellationToken::new()).await.unwrap();
        assert_eq!(said.to_string(), "tasks-said-power-schedule ran=0 not=0");
    }
}
