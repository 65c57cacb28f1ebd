//! Pages of schedules: the form and what is wrong with it, versions, the wall, and the clock of a site.

use coldaisle::base::ids::PowerScheduleId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Actor;
use coldaisle::power::ScheduleDraft;
use coldaisle::power::ops::{
    ScheduleRan, schedule_by_id, schedule_create, schedule_pause, schedule_run,
};
use coldaisle::store::schema::{power_schedules, sites};
use diesel::prelude::*;
use rocket::http::Status;

use super::RESTLESS;
use super::desk::{Desk, is_silent_about, says, sent_to};
use crate::harness::{TestDb, both};

const NEW: &str = "/power/schedules/new";

/// What a person types for a weekly schedule.
const WEEKLY: [(&str, &str); 11] = [
    ("name", "Lab off at night"),
    ("action", "off"),
    ("path", "bmc"),
    ("machines", "SRV-0001\nSRV-0002"),
    ("rhythm", "weekly"),
    ("weekdays", "fri"),
    ("time", "19:30"),
    ("zone", "Asia/Shanghai"),
    ("reason", "saves power"),
    ("stagger_s", "2"),
    ("stop_after", "3"),
];

/// The same with another text in one field.
fn typed(name: &'static str, text: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut fields: Vec<_> = WEEKLY
        .into_iter()
        .filter(|(known, _)| *known != name)
        .collect();
    fields.push((name, text));
    fields
}

fn schedules(desk: &Desk) -> i64 {
    desk.room
        .db
        .get(|c| Ok(power_schedules::table.count().get_result(c)?))
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse_in(text, chrono_tz::Tz::UTC).unwrap()
}

/// A schedule of Berlin's machines on Sundays, made at an instant.
fn in_berlin(desk: &Desk, time: &str, made_at: &str) -> PowerScheduleId {
    let fields = typed("zone", "Europe/Berlin")
        .into_iter()
        .map(|(name, text)| match name {
            "weekdays" => (name, "sun"),
            "time" => (name, time),
            _ => (name, text),
        })
        .collect();
    let draft = ScheduleDraft::parse(&fields).unwrap();
    let actor = Actor {
        now: at(made_at),
        ..desk.room.staff()
    };
    desk.room.db.put(|c| schedule_create(c, &actor, &draft))
}

/// The next `count` runs, each run at its time.
fn runs(desk: &Desk, id: PowerScheduleId, count: usize) -> Vec<String> {
    let staff = desk.room.staff();
    let mut found = Vec::new();
    for _ in 0..count {
        let due = desk.room.db.get(|c| schedule_by_id(c, &staff, id));
        let due = due.next_run_at.expect("another run");
        found.push(due.to_rfc3339());
        let ran = desk.room.db.put(|c| schedule_run(c, id, due, &RESTLESS));
        assert!(matches!(ran, ScheduleRan::Bulk(_)), "{ran:?}");
    }
    found
}

both! {
    async fn a_schedule_is_typed_changed_paused_and_archived(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let web = &desk.web;
        let form = web.get(&desk.staff, NEW).await;
        // The zone of the site where machines are stands first.
        says(&form, &["Shanghai (SHA1)", "name=\"weekdays\"", "value=\"weekly\" checked"]);
        let page = sent_to(&web.post(&desk.staff, NEW, &WEEKLY).await);
        let shown = web.get(&desk.staff, &page).await;
        says(&shown, &["Lab off at night", "SRV-0002", "19:30", "Shanghai", "Fri", "saves power", "It has not run yet."]);
        let edit = format!("{page}/edit");
        says(&web.get(&desk.staff, &edit).await, &["value=\"19:30\"", "SRV-0001\nSRV-0002", "name=\"version\" value=\"1\""]);
        let mut changed = typed("time", "7:05");
        changed.push(("version", "1"));
        assert_eq!(sent_to(&web.post(&desk.staff, &edit, &changed).await), page);
        says(&web.get(&desk.staff, &page).await, &["07:05"]);
        let stale = web.post(&desk.staff, &edit, &changed).await;
        assert_eq!(stale.status, Status::UnprocessableEntity);
        says(&stale, &["Someone else saved this record"]);
        sent_to(&web.post(&desk.staff, &format!("{page}/pause"), &[("version", "2"), ("paused", "true")]).await);
        says(&web.get(&desk.staff, "/power/schedules").await, &["Lab off at night", "Paused"]);
        sent_to(&web.post(&desk.staff, &format!("{page}/pause"), &[("version", "3"), ("paused", "")]).await);
        let archive = format!("{page}/archive");
        says(&web.get(&desk.staff, &archive).await, &["It does not run any more. Its runs stay on record."]);
        sent_to(&web.post(&desk.staff, &archive, &[("version", "4")]).await);
        says(&web.get(&desk.staff, "/power/schedules").await, &["No schedule yet"]);
        let shown = web.get(&desk.staff, &page).await;
        says(&shown, &["Archived"]);
        is_silent_about(&shown, &["/edit\""]);
    }

    async fn what_is_wrong_is_said_beside_what_was_typed(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let web = &desk.web;
        for (name, text, words) in [
            ("name", "", "Fill this in."),
            ("action", "explode", "Choose one of: "),
            ("machines", "SRV-0001\nSRV-0404", "There is no device named SRV-0404."),
            ("machines", "", "Choose at least one machine"),
            ("rhythm", "hourly", "Choose one of: "),
            ("weekdays", "someday", "Choose one of: "),
            ("time", "25:00", "A time from 00:00 to 23:59"),
            ("zone", "Mars/Base", "A time zone by its name"),
            ("stagger_s", "601", "A whole number from 0 to 600."),
            ("stop_after", "0", "A whole number from 1 to 500."),
        ] {
            let mut fields = typed(name, text);
            if name != "reason" {
                fields.retain(|(known, _)| *known != "reason");
                fields.push(("reason", "burns & hangs"));
            }
            let wrong = web.post(&desk.staff, NEW, &fields).await;
            assert_eq!(wrong.status, Status::UnprocessableEntity, "{name}={text}");
            says(&wrong, &[words, "burns &amp; hangs"]);
        }
        let no_day: Vec<_> = WEEKLY.into_iter().filter(|(name, _)| *name != "weekdays").collect();
        let wrong = web.post(&desk.staff, NEW, &no_day).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        says(&wrong, &["Fill this in."]);
        let mut past = typed("rhythm", "once");
        past.push(("date", "2020-02-29"));
        let wrong = web.post(&desk.staff, NEW, &past).await;
        says(&wrong, &["That is over. Choose a later day or time.", "2020-02-29"]);
        let chinese = desk.staff.clone().reading_chinese();
        is_silent_about(&web.post(&chinese, NEW, &past).await, &["That is over"]);
        let forged = web.post_raw(&desk.staff, NEW, &WEEKLY).await;
        assert_eq!((forged.status, schedules(&desk)), (Status::Forbidden, 0));
    }

    async fn customers_have_schedules_of_their_own_machines(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let web = &desk.web;
        let (owner, stranger) = (desk.owner(), desk.stranger());
        let foreign = web.post(&stranger, NEW, &WEEKLY).await;
        assert_eq!(foreign.status, Status::UnprocessableEntity);
        says(&foreign, &["There is no device named SRV-0001."]);
        is_silent_about(&web.get(&stranger, NEW).await, &["SHA1"]);
        let own = sent_to(&web.post(&owner, NEW, &WEEKLY).await);
        let of_staff = sent_to(&web.post(&desk.staff, NEW, &typed("name", "Ours")).await);
        for (page, not) in [(&own, &stranger), (&of_staff, &owner)] {
            for path in [page.clone(), format!("{page}/edit"), format!("{page}/archive")] {
                assert_eq!(web.get(not, &path).await.status, Status::NotFound, "{path}");
            }
            let mut changed = typed("name", "Mine now");
            changed.push(("version", "1"));
            for (path, fields) in [("edit", changed.as_slice()), ("pause", &changed), ("archive", &changed)] {
                let hidden = web.post(not, &format!("{page}/{path}"), fields).await;
                assert_eq!(hidden.status, Status::NotFound, "{path}");
            }
        }
        let list = web.get(&owner, "/power/schedules").await;
        says(&list, &["Lab off at night"]);
        is_silent_about(&list, &["Ours"]);
        says(&web.get(&desk.staff, "/power/schedules").await, &["Lab off at night", "Ours"]);
    }

    async fn runs_follow_the_clock_of_the_site_when_it_changes(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        desk.room.db.put(|c| {
            diesel::update(sites::table).set(sites::time_zone.eq("Europe/Berlin")).execute(c)?;
            Ok(())
        });
        says(&desk.web.get(&desk.staff, NEW).await, &["Berlin (SHA1)"]);
        // 2030-10-27, 03:00 becomes 02:00: the doubled half past two is run once, the first time.
        let id = in_berlin(&desk, "02:30", "2030-10-24T00:00:00Z");
        let shown = desk.web.get(&desk.staff, &format!("/power/schedules/{id}")).await;
        says(&shown, &["2030-10-27 02:30 +02:00 Europe/Berlin", "2030-10-27T00:30:00"]);
        assert_eq!(runs(&desk, id, 2), ["2030-10-27T00:30:00.000Z", "2030-11-03T01:30:00.000Z"]);
        let list = desk.web.get(&desk.staff, "/power/schedules").await;
        says(&list, &["2030-11-10 02:30 +01:00 Europe/Berlin"]);
        // 2031-03-30, 02:00 becomes 03:00: half past two is run at three.
        let staff = desk.room.staff();
        desk.room.db.put(|c| schedule_pause(c, &staff, id, 1, true));
        let id = in_berlin(&desk, "02:30", "2031-03-24T00:00:00Z");
        let shown = desk.web.get(&desk.staff, &format!("/power/schedules/{id}")).await;
        says(&shown, &["2031-03-30 03:00 +02:00 Europe/Berlin"]);
        let due = desk.room.db.get(|c| schedule_by_id(c, &staff, id)).next_run_at.unwrap();
        assert_eq!(due.to_rfc3339(), "2031-03-30T01:00:00.000Z");
    }
}
