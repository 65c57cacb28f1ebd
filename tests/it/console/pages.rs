//! The page of a machine's console, the list, and what is let go.

use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::console::ops::{
    console_open, consoles_close_abandoned, consoles_expire, part_append, seat_join,
};
use coldaisle::power::console::{Part, Seat};
use coldaisle::store::schema::{console_parts, console_seats, console_sessions};
use diesel::prelude::*;
use rocket::http::Status;

use super::far::Site;
use crate::harness::{Reply, TestDb, both};

fn says(reply: &Reply, parts: &[&str]) {
    assert_eq!(reply.status, Status::Ok, "{}", reply.body);
    for part in parts {
        assert!(reply.body.contains(part), "no {part} in {}", reply.body);
    }
}

both! {
    async fn a_console_is_opened_to_the_customer_and_closed_again(db: TestDb) {
        let site = Site::new(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let own = site.web.browser(Role::CustomerAdmin, Some(site.customer));
        let path = format!("/devices/{}/console", site.device);
        let device = format!("/devices/{}", site.device);
        says(&site.web.get(&staff, &path).await, &["Console of SRV-0001", "Connect", "Customer ACME does not see this console"]);
        says(&site.web.get(&staff, &device).await, &["&#x2f;console\""]);
        assert_eq!(site.web.get(&own, &path).await.status, Status::NotFound);
        assert!(!site.web.get(&own, &device).await.body.contains("&#x2f;console\""));
        let done = site.web.post(&staff, &format!("{path}/grant"), &[("open", "true")]).await;
        assert_eq!(done.status, Status::SeeOther, "{}", done.body);
        let page = site.web.get(&own, &path).await;
        says(&page, &["Connect"]);
        assert!(!page.body.contains("does not see") && !page.body.contains("may use this console"));
        says(&site.web.get(&own, &device).await, &["&#x2f;console\""]);
        site.web.post(&staff, &format!("{path}/grant"), &[("open", "false")]).await;
        assert_eq!(site.web.get(&own, &path).await.status, Status::NotFound);
        let auditor = site.web.browser(Role::Auditor, None);
        let page = site.web.get(&auditor, &path).await;
        says(&page, &["Only watch"]);
        assert!(!page.body.contains("data-mode=\"write\""));
    }

    async fn old_recordings_go_and_sessions_of_dead_programs_end(db: TestDb) {
        let site = Site::new(db).await;
        let db = &site.web.db;
        let then = Timestamp::now().plus_seconds(-3600);
        let li = Actor { now: then, ..db.actor(Role::Operations) };
        let part = Part { number: 0, octets: 12, content: vec![1, 2, 3] };
        let id = db.put(|c| {
            let id = console_open(c, &li, site.device, Seat::Write, "then")?;
            seat_join(c, &li, site.device, id, Seat::Write, "then")?;
            part_append(c, id, Some(&part), then)?;
            Ok(id)
        });
        let staff = site.web.browser(Role::Operations, None);
        says(&site.web.get(&staff, "/consoles?state=live").await, &["SRV-0001", "then", "live"]);
        let now = Actor::task("consoles", Timestamp::now());
        assert_eq!(db.put(|c| consoles_close_abandoned(c, &now)), 1);
        assert_eq!(db.put(|c| consoles_close_abandoned(c, &now)), 0);
        says(&site.web.get(&staff, &format!("/consoles/{id}")).await, &["the program was gone", "SRV-0001"]);
        says(&site.web.get(&staff, "/consoles?q=srv-0001").await, &["ended: the program was gone"]);
        assert_eq!(db.put(|c| consoles_expire(c, now.now, 10)), 0);
        assert_eq!(db.put(|c| consoles_expire(c, now.now.plus_seconds(1), 10)), 1);
        let left: (i64, i64, i64) = db.get(|c| {
            Ok((
                console_sessions::table.count().get_result(c)?,
                console_parts::table.count().get_result(c)?,
                console_seats::table.count().get_result(c)?,
            ))
        });
        assert_eq!(left, (0, 0, 0));
        says(&site.web.get(&staff, "/consoles").await, &["No console was opened yet"]);
    }
}
