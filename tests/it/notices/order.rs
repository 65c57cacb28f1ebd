//! Who is told and in what order: whose events they are, many at once, what was put off, what does not open.

use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::notify::event::{Raised, Severity};
use coldaisle::notify::ops::events::event_end;
use coldaisle::store::schema::{channels, outbox as outbox_rows, ports, snmp_targets};
use diesel::prelude::*;

use super::{Receiver, Room, TAKEN, busy, five_minutes};
use crate::harness::{TestDb, both};
use crate::mail::{Sink, activate, mailer};
use crate::metering::world::{Switch, allocation, at, link, sample, seen};

both! {
    /// The rule of everywhere is nobody's decision to write to customers.
    async fn contacts_are_told_only_where_a_rule_says_so(db: TestDb) {
        let acme = db.customer("ACME");
        let room = Room::new(db);
        let switch = Switch::new(&room.db, "SW-1");
        busy(&switch, 0, 0, true);
        let id = allocation(&room.db, acme, "A1");
        link(&room.db, id, switch.port_id("Gi1"), -600, None);
        room.contact(acme, "li@acme.example");
        for minute in [5, 10, 15] {
            busy(&switch, minute, u64::try_from(minute).unwrap() / 5 * five_minutes(150), true);
        }
        assert!(room.watch(15).await.ends_with("raised=1 ended=0"));
        assert!(!room.events(&room.staff)[0].tell_customer);
        assert!(room.outbox().is_empty(), "{:?}", room.outbox());
    }

    /// What can no longer be judged is over: the port is not metered, or its target is switched off.
    async fn what_is_no_longer_read_is_over(db: TestDb) {
        let acme = db.customer("ACME");
        let room = Room::new(db);
        let switch = Switch::new(&room.db, "SW-1");
        let poll = |minute: i64| {
            let mut both = vec![seen(1, "Gi1", (0, 0)), seen(2, "Gi2", (0, 0))];
            both.iter_mut().for_each(|port| port.oper_up = Some(minute == 0));
            assert!(switch.poll(&sample(at(minute), both)));
        };
        poll(0);
        for (name, port) in [("A1", "Gi1"), ("A2", "Gi2")] {
            let id = allocation(&room.db, acme, name);
            link(&room.db, id, switch.port_id(port), -600, None);
        }
        poll(5);
        poll(10);
        assert!(room.watch(10).await.ends_with("raised=2 ended=0"));
        let first = switch.port_id("Gi1");
        room.db.put(|c| {
            diesel::update(ports::table.find(first)).set(ports::metered.eq(false)).execute(c)?;
            Ok(())
        });
        assert!(room.watch(11).await.ends_with("raised=0 ended=1"));
        room.db.put(|c| {
            diesel::update(snmp_targets::table).set(snmp_targets::enabled.eq(false)).execute(c)?;
            Ok(())
        });
        assert!(room.watch(12).await.ends_with("raised=0 ended=1"));
    }

    /// A thing that changes hands: the old customer's event ends, a new one begins.
    async fn an_event_stays_on_its_side_of_the_wall(db: TestDb) {
        let (acme, other) = (db.customer("ACME"), db.customer("OTHER"));
        let room = Room::new(db);
        assert_eq!(room.raise(1, Some(acme), Severity::Warning), Raised::New);
        assert_eq!(room.raise(1, Some(acme), Severity::Critical), Raised::Still);
        assert_eq!(room.events(&room.staff)[0].severity, Severity::Critical, "taken over");
        assert_eq!(room.raise(1, Some(other), Severity::Critical), Raised::New);
        for (customer, ended) in [(acme, true), (other, false)] {
            let events = room.events(&room.db.actor_of(Role::CustomerMember, Some(customer)));
            assert_eq!(events.len(), 1, "{events:?}");
            assert_eq!(events[0].ended_at.is_some(), ended, "{events:?}");
        }
    }

    /// Five go one by one, six as one message; what was not tried loses no attempt.
    async fn many_at_once_are_one_message_and_waiting_costs_nothing(db: TestDb) {
        let room = Room::new(db);
        let failing = Receiver::start(&["HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", TAKEN]);
        let url = failing.url();
        room.channel(&[("address", &url)]);
        for port in 1..=5 {
            room.raise(port, None, Severity::Warning);
        }
        let said = room.send().await;
        assert!(said.contains("later=5") && said.contains("sent=0"), "{said}");
        let mut attempts: Vec<i64> = room.outbox().iter().map(|entry| entry.attempts).collect();
        attempts.sort_unstable();
        assert_eq!(attempts, [0, 0, 0, 0, 1]);
        assert_eq!(failing.taken().len(), 1);
        room.raise(6, None, Severity::Warning);
        room.hurry();
        assert!(room.send().await.contains("sent=1"));
        let body = &failing.bodies()[1];
        assert_eq!(body["title"], "6 notices at once");
        assert_eq!(body["events"].as_array().unwrap().len(), 6);
        assert!(room.outbox().is_empty());
    }

    /// Nobody hears that something began after hearing that it is over.
    async fn a_beginning_that_was_put_off_is_not_told_after_the_end(db: TestDb) {
        let room = Room::new(db);
        let failing = Receiver::start(&["HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", TAKEN]);
        let url = failing.url();
        room.channel(&[("address", &url)]);
        room.raise(1, None, Severity::Warning);
        assert!(room.send().await.contains("later=1"));
        assert!(room.db.put(|c| event_end(c, "port_down", "port", 1, at(1))));
        room.hurry();
        let said = room.send().await;
        assert!(said.contains("sent=1") && said.contains("dropped=1"), "{said}");
        assert_eq!(failing.bodies()[1]["events"][0]["transition"], "ended");
    }

    /// A channel whose secret does not open stops nobody else.
    async fn a_secret_that_does_not_open_stops_no_other_channel(db: TestDb) {
        let room = Room::new(db);
        let receiver = Receiver::start(&[TAKEN]);
        let url = receiver.url();
        let broken = room.channel(&[("address", &url)]);
        room.channel(&[("name", "good"), ("address", &url)]);
        room.db.put(|c| {
            diesel::update(channels::table.find(broken)).set(channels::address_sealed.eq(vec![1_u8; 40])).execute(c)?;
            Ok(())
        });
        room.raise(1, None, Severity::Warning);
        let said = room.send().await;
        assert!(said.contains("sent=1") && said.contains("dead=1"), "{said}");
        assert_eq!(receiver.taken().len(), 1);
    }

    /// A storm is one mail, which lists what fits and counts the rest; what comes later is another.
    async fn a_storm_is_one_mail_that_says_how_much_it_leaves_out(db: TestDb) {
        let room = Room::new(db);
        room.channel(&[("kind", "mail"), ("address", "noc@x.example")]);
        for port in 1..=37 {
            room.raise(port, None, Severity::Warning);
        }
        assert_eq!(room.outbox().len(), 37, "a row each, until somebody sends them");
        let said = room.send().await;
        assert!(said.contains("mailed=1 "), "{said}");
        room.db.put(|c| {
            diesel::update(outbox_rows::table).set(outbox_rows::not_before.eq(Timestamp::now())).execute(c)?;
            Ok(())
        });
        let sink = Sink::start(&[]);
        let post = mailer(&room.db.store, sink.server());
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=0");
        let mails = sink.mails();
        let text = mails[0].0["text"].as_str().unwrap();
        assert_eq!((mails.len(), mails[0].0["subject"].as_str()), (1, Some("37 notices at once")));
        assert!(text.contains("… and 7 more"), "{text}");
        assert!(room.outbox().is_empty());
        room.raise(38, None, Severity::Warning);
        assert!(room.send().await.contains("mailed=1"));
    }

    /// An old alarm is no alarm: its mail is settled and not sent.
    async fn a_mail_of_an_event_that_is_a_day_old_is_not_sent(db: TestDb) {
        let room = Room::new(db);
        room.channel(&[("kind", "mail"), ("address", "noc@x.example")]);
        room.raise(1, None, Severity::Warning);
        assert!(room.send().await.contains("mailed=1"));
        room.db.put(|c| {
            let old = Timestamp::now().plus_millis(-25 * 3_600_000);
            diesel::update(outbox_rows::table).set(outbox_rows::created_at.eq(old)).execute(c)?;
            Ok(())
        });
        let sink = Sink::start(&[]);
        let post = mailer(&room.db.store, sink.server());
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=0 later=0 dead=0");
        assert!(sink.mails().is_empty() && room.outbox().is_empty());
    }
}
