//! What is old goes, but neither what an open billing period needs nor an event that is not over; and what can't be
//! read stops nothing.

use std::time::Duration;

use coldaisle::base::fault::Message;
use coldaisle::base::time::Timestamp;
use coldaisle::metering::day::Day;
use coldaisle::metering::{SETTLED_MS, days_held};
use coldaisle::notify::event::{Raise, Severity, Subject};
use coldaisle::notify::ops::events::{event_end, event_raise};
use coldaisle::store::schema::{bandwidth_allocations, events, reading_days};
use coldaisle::tasks::retention::{KeptDays, Retention};
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::sealing::{days, midnight, seal_all, with_history};
use super::world::{MINUTE, allocation, link};
use crate::harness::{NOW, TestDb, both};

fn kept_days(db: &TestDb) -> Vec<i64> {
    db.get(|c| {
        Ok(reading_days::table
            .order(reading_days::day.asc())
            .select(reading_days::day)
            .load(c)?)
    })
}

async fn let_go(db: &TestDb, keep: i64, now: Timestamp) -> String {
    let keep = KeptDays {
        readings: keep,
        hours: 4_000,
        events: 400,
        log: 400,
        log_faults: 1_096,
    };
    let task = Retention::new(db.store.clone(), Duration::from_secs(60), keep);
    let said = task.activate_at(now, &CancellationToken::new()).await;
    said.unwrap().to_string()
}

fn numbers(from: i64, until: i64) -> Vec<i64> {
    (from..until)
        .map(|n| Day::of(midnight(n)).number())
        .collect()
}

both! {
    async fn what_an_open_period_needs_stays_whatever_its_age(db: TestDb) {
        let switch = with_history(&db, days(-8, 0));
        assert_eq!(seal_all(&db, midnight(0).plus_millis(SETTLED_MS)), 8);
        let id = allocation(&db, db.customer("ACME-1"), "BGP");
        // It belonged to the allocation for a day, six days ago.
        let minutes = |days: i64| midnight(days).since_millis(NOW) / MINUTE;
        link(&db, id, switch.port_id("Gi1"), minutes(-6), Some(minutes(-5)));
        let now = midnight(10);
        let held = db.get(|c| days_held(c, now, Day::of(now)));
        let of: Vec<bool> = (-8..0).map(|n| held.holds(switch.target, Day::of(midnight(n)))).collect();
        assert_eq!(of, [false, true, true, true, true, false, false, false], "with a day on each side");
        let said = let_go(&db, 11, now).await;
        assert!(said.contains("days=3 ") && said.contains("held=4 "), "{said}");
        assert_eq!(kept_days(&db), [numbers(-7, -3), numbers(-1, 0)].concat());
        // When the contract was over before, nothing needs them.
        db.put(|c| Ok(diesel::update(bandwidth_allocations::table)
            .set(bandwidth_allocations::active_until.eq(midnight(-20)))
            .execute(c)?));
        let said = let_go(&db, 11, now).await;
        assert!(said.contains("days=4 ") && said.contains("held=0 "), "{said}");
        assert_eq!(kept_days(&db), numbers(-1, 0));
    }

    async fn a_day_that_cannot_be_read_keeps_no_other(db: TestDb) {
        with_history(&db, days(-4, 0));
        assert_eq!(seal_all(&db, midnight(0).plus_millis(SETTLED_MS)), 4);
        let bad = Day::of(midnight(-4)).number();
        db.put(|c| Ok(diesel::update(reading_days::table.filter(reading_days::day.eq(bad)))
            .set(reading_days::body.eq(vec![0_u8, 1, 2]))
            .execute(c)?));
        let said = let_go(&db, 1, midnight(0)).await;
        assert!(said.contains("days=2 ") && said.contains("unreadable=1"), "{said}");
        assert_eq!(kept_days(&db), [numbers(-4, -3), numbers(-1, 0)].concat());
    }

    async fn events_go_when_they_are_over_for_long_and_open_ones_never(db: TestDb) {
        for (id, label) in [(1, "old"), (2, "recent"), (3, "open")] {
            let raise = Raise {
                kind: "port_down",
                subject: Subject { kind: "port", id },
                label: label.into(),
                customer: None,
                severity: Severity::Notice,
                tell_customer: false,
                facts: Message::new("events-title"),
            };
            db.put(|c| event_raise(c, &raise, midnight(-500)));
        }
        assert!(db.put(|c| event_end(c, "port_down", "port", 1, midnight(-401))));
        assert!(db.put(|c| event_end(c, "port_down", "port", 2, midnight(-399))));
        let said = let_go(&db, 11, midnight(0)).await;
        assert!(said.contains("events=1 "), "{said}");
        let left: Vec<String> = db.get(|c| Ok(events::table.order(events::id.asc()).select(events::subject_label).load(c)?));
        assert_eq!(left, ["recent", "open"]);
    }
}
