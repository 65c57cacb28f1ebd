//! Sitting at a console.

use coldaisle::base::ids::ConsoleId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::console::ops::{console_by_id, console_people, grant_set};
use coldaisle::power::console::{EndReason, LineFaultKind};
use coldaisle::store::schema::{audit_entries, console_sessions, devices, sessions, users};
use diesel::prelude::*;
use rocket::http::Status;

use super::far::Site;
use crate::harness::{Caller, TestDb, both};

fn audited(db: &TestDb) -> Vec<String> {
    db.get(|c| {
        Ok(audit_entries::table
            .filter(audit_entries::action.like("console.%"))
            .order(audit_entries::id.asc())
            .select(audit_entries::action)
            .load(c)?)
    })
}

fn only_console(db: &TestDb) -> ConsoleId {
    db.get(|c| {
        Ok(console_sessions::table
            .select(console_sessions::id)
            .first(c)?)
    })
}

both! {
    async fn one_types_and_the_others_look_on(db: TestDb) {
        let site = Site::new(db).await;
        let (li, wang) = (site.web.browser(Role::Operations, None), site.web.browser(Role::Technician, None));
        let mut li = site.seat(&li, &format!("{}?reason=hangs", site.line())).await;
        li.stands("open", true).await;
        site.far.shows(b"login: ");
        li.sees(b"login: ").await;
        // Who comes later sees what was shown before, and does not type.
        let mut wang = site.seat(&wang, &site.line()).await;
        wang.sees(b"login: ").await;
        wang.stands("open", false).await;
        wang.types("XXX").await;
        wang.wishes("break").await;
        li.types("root\r").await;
        li.wishes("break").await;
        li.hears("sent a break").await;
        assert_eq!(site.far.typed.lock().unwrap().as_slice(), b"root\r<break>");
        site.far.shows(b"root\r\nPassword: ");
        wang.sees(b"Password: ").await;
        wang.wishes("take").await;
        li.hears("took the keyboard from").await;
        li.stands("open", false).await;
        li.types("YYY").await;
        wang.stands("open", true).await;
        wang.types("secret").await;
        wang.wishes("break").await;
        wang.hears("technician").await;
        li.until("the second break", |own| own.said.iter().filter(|said| said.to_string().contains("sent a break")).count() == 2).await;
        assert_eq!(site.far.typed.lock().unwrap().as_slice(), b"root\r<break>secret<break>");
        assert_eq!(audited(&site.web.db), ["console.open", "console.open", "console.take_over"]);
    }

    async fn only_those_with_the_right_get_in_and_only_from_pages_of_ours(db: TestDb) {
        let site = Site::new(db).await;
        let db = &site.web.db;
        let line = site.line();
        let own = site.web.browser(Role::CustomerAdmin, Some(site.customer));
        let other = site.web.browser(Role::CustomerAdmin, Some(db.customer("OTHER")));
        let staff = site.web.browser(Role::Operations, None);
        let here = Some("http://127.0.0.1:8000");
        for (who, wanted) in [
            (&Caller::nobody(), Status::SeeOther),
            (&site.web.browser(Role::Finance, None), Status::Forbidden),
            (&site.web.browser(Role::CustomerMember, Some(site.customer)), Status::NotFound),
            (&own, Status::NotFound),
            (&other, Status::NotFound),
        ] {
            assert_eq!(site.sit(who, &line, here).await.err(), Some(wanted));
        }
        for origin in [None, Some("https://evil.example"), Some("null")] {
            assert_eq!(site.sit(&staff, &line, origin).await.err(), Some(Status::Forbidden), "{origin:?}");
        }
        assert!(site.far.opened.lock().unwrap().is_empty());
        let actor = Actor { now: Timestamp::now(), ..db.actor(Role::Operations) };
        db.put(|c| grant_set(c, &actor, site.device, true));
        assert_eq!(site.sit(&other, &line, here).await.err(), Some(Status::NotFound));
        assert!(site.sit(&own, &line, here).await.is_ok());
        // An auditor looks and never types.
        let mut auditor = site.seat(&site.web.browser(Role::Auditor, None), &line).await;
        auditor.stands("open", false).await;
        auditor.wishes("take").await;
        auditor.types("x").await;
        auditor.wishes("reopen").await;
        site.far.shows(b"there");
        auditor.sees(b"there").await;
        assert!(site.far.typed.lock().unwrap().is_empty());
    }

    async fn it_ends_with_the_right(db: TestDb) {
        let site = Site::new(db).await;
        let db = &site.web.db;
        let staff = site.web.browser(Role::Operations, None);
        let mut disabled = site.seat(&staff, &site.line()).await;
        disabled.stands("open", true).await;
        db.put(|c| {
            diesel::update(users::table).set(users::disabled_at.eq(Timestamp::now())).execute(c)?;
            Ok(())
        });
        disabled.hears("the right to use it was withdrawn").await;
        let signed_out = site.web.browser(Role::Technician, None);
        let mut signed_out = site.seat(&signed_out, &site.line()).await;
        signed_out.stands("open", true).await;
        db.put(|c| {
            diesel::delete(sessions::table).execute(c)?;
            Ok(())
        });
        signed_out.hears("the right to use it was withdrawn").await;
        // The machine goes to another owner.
        let actor = Actor { now: Timestamp::now(), ..db.actor(Role::Operations) };
        db.put(|c| grant_set(c, &actor, site.device, true));
        let owner = site.web.browser(Role::CustomerAdmin, Some(site.customer));
        let mut owner = site.seat(&owner, &site.line()).await;
        owner.stands("open", true).await;
        let other = db.customer("OTHER");
        db.put(|c| {
            diesel::update(devices::table).set(devices::customer_id.eq(other)).execute(c)?;
            Ok(())
        });
        owner.hears("the right to use it was withdrawn").await;
    }

    async fn a_lost_line_is_opened_again_and_nothing_is_typed_into_the_dark(db: TestDb) {
        let site = Site::new(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let mut li = site.seat(&staff, &site.line()).await;
        li.stands("open", true).await;
        site.far.refuse.lock().unwrap().push_back(LineFaultKind::InUse);
        site.far.is_lost();
        li.hears("connection to the BMC lost: 192.0.2.7:623: gone").await;
        li.stands("waiting", true).await;
        li.types("reboot\r").await;
        li.hears("7 typed characters were not sent").await;
        li.hears("another session of this BMC has the console").await;
        li.stands("in_use", true).await;
        li.wishes("evict").await;
        li.hears("connected to the BMC again").await;
        li.stands("open", true).await;
        assert!(site.far.typed.lock().unwrap().is_empty());
        assert_eq!(site.far.opened.lock().unwrap().as_slice(), [false, false, true]);
        site.far.shows(b"still here");
        li.sees(b"still here").await;
        assert_eq!(audited(&site.web.db), ["console.open", "console.evict"]);
    }

    async fn the_recording_is_what_was_shown(db: TestDb) {
        let site = Site::new(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let mut li = site.seat(&staff, &format!("{}?reason=%E5%8D%A1%E6%AD%BB", site.line())).await;
        li.stands("open", true).await;
        li.types("secret").await;
        site.far.shows(b"\x1b]0;title\x07\x1b[1mboot\xff\xfe\x1b[6n");
        site.far.shows("机柜\r\n".as_bytes());
        li.sees("机柜\r\n".as_bytes()).await;
        assert_eq!(li.shown, [&b"\x1b[1mboot\xff\xfe"[..], "机柜\r\n".as_bytes()].concat());
        assert_eq!(site.hub.shutdown(std::time::Duration::from_secs(20)).await, 0);
        li.hears("the program was stopped").await;
        let db = &site.web.db;
        let (id, auditor) = (only_console(db), db.actor(Role::Auditor));
        let session = db.get(|c| console_by_id(c, &auditor, id));
        assert_eq!((session.end_reason, session.reason.as_str()), (Some(EndReason::Stopped), "卡死"));
        let people = db.get(|c| console_people(c, &auditor, id));
        assert_eq!((people.len(), people[0].wrote, people[0].left_at.is_some()), (1, true, true));
        let reply = site.web.get(&staff, &format!("/consoles/{id}/recording")).await;
        assert_eq!(reply.status, Status::Ok);
        let shown = frames_of(&reply.octets, b'o');
        assert_eq!(shown, li.shown);
        let notes = String::from_utf8(frames_of(&reply.octets, b'n')).unwrap();
        assert!(notes.contains("connected to the BMC") && !notes.contains("secret"), "{notes}");
        assert!(!reply.octets.windows(6).any(|part| part == b"secret"));
        let cast = site.web.get(&staff, &format!("/consoles/{id}/recording.cast")).await;
        assert!(cast.body.starts_with("{\"version\":2,") && cast.body.contains("机柜\\r\\n"), "{}", cast.body);
        let audited = audited(db);
        assert_eq!(audited, ["console.open", "console.close", "console.replay", "console.replay"]);
        // It does not move to the next owner, and not to customers at all unless it is open to them.
        let own = site.web.browser(Role::CustomerAdmin, Some(site.customer));
        let page = format!("/consoles/{id}");
        assert_eq!(site.web.get(&own, &page).await.status, Status::NotFound);
        let actor = Actor { now: Timestamp::now(), ..db.actor(Role::Operations) };
        db.put(|c| grant_set(c, &actor, site.device, true));
        assert_eq!(site.web.get(&own, &page).await.status, Status::Ok);
    }
}

/// The contents of all frames of a kind, one behind the other.
fn frames_of(mut octets: &[u8], kind: u8) -> Vec<u8> {
    let mut found = Vec::new();
    while octets.len() >= 9 {
        let length = u32::from_le_bytes(octets[5..9].try_into().unwrap());
        let end = 9 + usize::try_from(length).unwrap();
        if octets[4] == kind {
            found.extend(&octets[9..end]);
        }
        octets = &octets[end..];
    }
    found
}
