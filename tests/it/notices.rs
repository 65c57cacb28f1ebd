//! From a reading to a message: events raised and ended by the watcher, and their notices to real receivers.

mod interface;
mod order;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coldaisle::base::fault::Message;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{ChannelId, CustomerId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::webhook::{Dialect, Request, WebhookClient, WebhookError};
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::rule_create;
use coldaisle::metering::threshold::RuleDraft;
use coldaisle::notify::Event;
use coldaisle::notify::channel::ChannelDraft;
use coldaisle::notify::event::{EventFilter, EventScope, Raise, Raised, Severity, Subject};
use coldaisle::notify::ops::channels::{channel_by_id, channel_create, channel_test};
use coldaisle::notify::ops::events::{event_ack, event_by_id, event_list, event_raise};
use coldaisle::store::outbox::{self, Entry};
use coldaisle::store::schema::{contacts, outbox as outbox_rows, snmp_targets};
use coldaisle::tasks::Task;
use coldaisle::tasks::notifier::{NoticePlace, Notifier};
use coldaisle::tasks::watcher::Watcher;
use coldaisle::words::Words;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::harness::{TestDb, both};
use crate::mail::{Sink, activate, mailer};
use crate::metering::world::{Switch, allocation, at, link, sample, seen};

/// A program that takes requests and answers with what it is given, one answer each, the last one for ever.
struct Receiver {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    fn start(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = taken.clone();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let text = request(&mut stream);
                kept.lock().unwrap().push(text);
                let answer = answers.get(number).or(answers.last()).copied().unwrap();
                if answer == "silent" {
                    // Held open until the other side goes.
                    let _ = stream.read(&mut [0; 16]);
                    continue;
                }
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { port, taken }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook/s3cret-token", self.port)
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    fn bodies(&self) -> Vec<serde_json::Value> {
        let body = |text: &String| {
            let (_, body) = text.split_once("\r\n\r\n").unwrap();
            serde_json::from_str(body).unwrap()
        };
        self.taken().iter().map(body).collect()
    }
}

/// Reads one request: head, and as much body as it announces.
fn request(stream: &mut std::net::TcpStream) -> String {
    let mut octets = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part).unwrap_or(0);
        octets.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&octets).into_owned();
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().unwrap())
        });
        let head = text.find("\r\n\r\n");
        if count == 0 || head.is_some_and(|head| octets.len() >= head + 4 + length.unwrap_or(0)) {
            return text;
        }
    }
}

const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 26\r\nConnection: close\r\n\r\n{\"errcode\":0,\"errmsg\":\"\"}\n";

struct Room {
    db: TestDb,
    keyring: Arc<Keyring>,
    staff: Actor,
    notifier: Notifier,
    watcher: Watcher,
}

impl Room {
    fn new(db: TestDb) -> Self {
        let keyring = Arc::new(Keyring::generate().unwrap());
        let staff = db.actor(Role::Operations);
        let place = NoticePlace {
            public_url: "https://dc.example".into(),
            zone: chrono_tz::Asia::Shanghai,
        };
        let notifier = Notifier::new(
            db.store.clone(),
            keyring.clone(),
            Words::load().unwrap(),
            place,
            Duration::from_secs(60),
        );
        let watcher = Watcher::new(db.store.clone(), Duration::from_secs(60));
        Self {
            notifier: notifier.unwrap(),
            watcher,
            keyring,
            staff,
            db,
        }
    }

    fn channel(&self, more: &[(&str, &str)]) -> ChannelId {
        let mut fields: Fields = [
            ("name", "NOC"),
            ("kind", "webhook"),
            ("locale", "en"),
            ("min_severity", "notice"),
            ("enabled", "true"),
        ]
        .into_iter()
        .collect();
        more.iter()
            .for_each(|(name, text)| fields.set(*name, *text));
        let draft = ChannelDraft::parse(&fields, chrono_tz::Asia::Shanghai).unwrap();
        self.db
            .put(|c| channel_create(c, &self.staff, &self.keyring, &draft))
    }

    async fn watch(&self, minute: i64) -> String {
        self.watcher.watch(at(minute)).await.unwrap().to_string()
    }

    async fn send(&self) -> String {
        self.notifier
            .activate(CancellationToken::new())
            .await
            .unwrap()
            .to_string()
    }

    fn events(&self, actor: &Actor) -> Vec<Event> {
        let filter = EventFilter {
            scope: Some(EventScope::All),
            ..EventFilter::default()
        };
        self.db
            .get(|c| event_list(c, actor, &filter, &PageRequest::first()))
            .rows
    }

    fn outbox(&self) -> Vec<Entry> {
        self.db.get(|c| outbox::unfinished(c, 100))
    }

    /// A rule of one customer that says what the one of everywhere says.
    fn commitment_rule_for(&self, customer: CustomerId) {
        let customer = customer.to_string();
        let fields: Fields = [
            ("kind", "above_commitment"),
            ("scope", "customer"),
            ("scope_id", customer.as_str()),
            ("severity", "warning"),
            ("raise_percent", "100"),
            ("clear_percent", "90"),
            ("raise_minutes", "15"),
            ("clear_minutes", "15"),
            ("enabled", "true"),
        ]
        .into_iter()
        .collect();
        let draft = RuleDraft::parse(&fields).unwrap();
        self.db.put(|c| rule_create(c, &self.staff, &draft));
    }

    /// Raises an event about a port.
    fn raise(&self, port: i64, customer: Option<CustomerId>, severity: Severity) -> Raised {
        let raise = Raise {
            kind: "port_down",
            subject: Subject {
                kind: "port",
                id: port,
            },
            label: format!("SW Gi{port}"),
            customer,
            severity,
            tell_customer: false,
            facts: Message::new("events-title"),
        };
        self.db.put(|c| event_raise(c, &raise, at(0)))
    }

    /// Makes all that waits due.
    fn hurry(&self) {
        self.db.put(|c| {
            diesel::update(outbox_rows::table)
                .set(outbox_rows::not_before.eq(at(0)))
                .execute(c)?;
            Ok(())
        });
    }

    /// A contact who wants notices.
    fn contact(&self, customer: CustomerId, address: &str) {
        self.db.put(|c| {
            diesel::insert_into(contacts::table)
                .values((
                    contacts::customer_id.eq(customer),
                    contacts::name.eq("李雷"),
                    contacts::email.eq(address),
                    contacts::locale.eq("zh-CN"),
                    contacts::receives_notices.eq(true),
                    contacts::created_at.eq(at(0)),
                    contacts::updated_at.eq(at(0)),
                ))
                .execute(c)?;
            Ok(())
        });
    }
}

/// A poll with one port that carries a rate all the time since an hour before, in Mbit/s.
fn busy(switch: &Switch<'_>, minute: i64, octets: u64, up: bool) {
    let mut port = seen(1, "Gi1", (octets, 0));
    port.oper_up = Some(up);
    assert!(
        switch.poll(&sample(at(minute), vec![port])),
        "poll at {minute}"
    );
}

/// Octets of five minutes at a rate in Mbit/s.
const fn five_minutes(mbps: u64) -> u64 {
    mbps * 37_500_000
}

both! {
    /// Above the commitment for fifteen minutes; over when it was below for fifteen; told once each, whatever runs twice.
    async fn a_customer_above_the_commitment_is_an_event_and_told_once(db: TestDb) {
        let acme = db.customer("ACME");
        let other = db.customer("OTHER");
        let room = Room::new(db);
        let switch = Switch::new(&room.db, "SW-1");
        busy(&switch, 0, 0, true);
        let id = allocation(&room.db, acme, "A1");
        link(&room.db, id, switch.port_id("Gi1"), -600, None);
        room.channel(&[("kind", "mail"), ("address", "noc@x.example"), ("name", "mails")]);
        room.commitment_rule_for(acme);
        room.contact(acme, "li@acme.example");
        room.contact(other, "other@x.example");
        let mut octets = 0;
        let mut poll = |minute: i64, mbps: u64| {
            octets += five_minutes(mbps);
            busy(&switch, minute, octets, true);
        };
        for minute in [5, 10] {
            poll(minute, 150);
            assert!(room.watch(minute).await.ends_with("raised=0 ended=0"), "{minute}");
        }
        poll(15, 150);
        assert!(room.watch(15).await.ends_with("raised=1 ended=0"));
        assert!(room.watch(16).await.ends_with("raised=0 ended=0"), "nothing new");
        // Another process that knows nothing yet.
        let second = Watcher::new(room.db.store.clone(), Duration::from_secs(60));
        assert!(second.watch(at(16)).await.unwrap().to_string().ends_with("raised=0 ended=0"));
        let events = room.events(&room.staff);
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!((events[0].kind.as_str(), events[0].customer_id), ("above_commitment", Some(acme)));
        // The wall.
        let (own, foreign) = (room.db.actor_of(Role::CustomerMember, Some(acme)), room.db.actor_of(Role::CustomerAdmin, Some(other)));
        assert_eq!(room.events(&own).len(), 1);
        assert!(room.events(&foreign).is_empty());
        let event = events[0].id;
        assert!(room.db.store.read_blocking(|c| event_by_id(c, &foreign, event)).is_err());

        let sink = Sink::start(&[]);
        let post = mailer(&room.db.store, sink.server());
        assert!(room.send().await.contains("mailed=2"));
        assert!(room.send().await.contains("mailed=0"));
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=2 later=0 dead=0");
        let mails = sink.mails();
        let of = |address: &str| {
            let found = mails.iter().find(|(facts, _)| facts["to"][0] == address);
            let (facts, _) = found.unwrap_or_else(|| panic!("no mail to {address}"));
            format!("{}\n{}", facts["subject"].as_str().unwrap(), facts["text"].as_str().unwrap())
        };
        let (noc, contact) = (of("noc@x.example"), of("li@acme.example"));
        assert!(noc.contains("Warning: Above the commitment") && noc.contains("150 Mbps"), "{noc}");
        assert!(contact.contains("超过保底带宽") && contact.contains(&format!("https://dc.example/events/{event}")), "{contact}");

        // Hysteresis: between the levels nothing happens, however long.
        for minute in [20, 25, 30, 35] {
            poll(minute, 95);
            assert!(room.watch(minute).await.ends_with("raised=0 ended=0"), "{minute}");
        }
        for (minute, ended) in [(40, 0), (45, 0), (50, 1)] {
            poll(minute, 10);
            assert!(room.watch(minute).await.ends_with(&format!("raised=0 ended={ended}")), "{minute}");
        }
        assert!(room.send().await.contains("mailed=2"));
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=2 later=0 dead=0");
        assert_eq!(room.events(&room.staff)[0].ended_at, Some(at(50)));
    }

    async fn a_port_that_goes_down_and_a_target_that_falls_silent_are_events(db: TestDb) {
        let acme = db.customer("ACME");
        let room = Room::new(db);
        let switch = Switch::new(&room.db, "SW-1");
        busy(&switch, 0, 0, true);
        let id = allocation(&room.db, acme, "A1");
        link(&room.db, id, switch.port_id("Gi1"), -600, None);
        for (minute, up, expected) in [
            (5, false, "raised=0 ended=0"), (10, false, "raised=1 ended=0"), (15, false, "raised=0 ended=0"),
            (20, true, "raised=0 ended=0"), (25, true, "raised=0 ended=1"),
        ] {
            busy(&switch, minute, 0, up);
            assert!(room.watch(minute).await.ends_with(expected), "{minute}");
        }
        for (minute, expected) in [(30, "raised=0 ended=0"), (35, "raised=0 ended=0"), (40, "raised=1 ended=0"), (45, "raised=0 ended=0")] {
            switch.fail(at(minute));
            assert!(room.watch(minute).await.ends_with(expected), "{minute}");
        }
        let kinds: Vec<String> = room.events(&room.staff).into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["target_silent", "port_down"]);
        // A target that is switched off is not silent.
        room.db.put(|c| {
            diesel::update(snmp_targets::table).set(snmp_targets::enabled.eq(false)).execute(c)?;
            Ok(())
        });
        assert!(room.watch(46).await.ends_with("raised=0 ended=1"));
    }

    async fn what_happens_in_quiet_hours_is_one_message_after_them(db: TestDb) {
        let acme = db.customer("ACME");
        let room = Room::new(db);
        let receiver = Receiver::start(&[TAKEN]);
        // All day and all night, but for what is critical.
        let url = receiver.url();
        room.channel(&[
            ("kind", "wecom"), ("address", &url), ("quiet_from", "00:00"), ("quiet_until", "00:00"), ("critical_passes", "true"),
        ]);
        let switch = Switch::new(&room.db, "SW-1");
        busy(&switch, 0, 0, true);
        for name in ["A1", "A2"] {
            let id = allocation(&room.db, acme, name);
            // One port serves one allocation at a time; the second gets its own.
            let port = if name == "A1" { "Gi1" } else { "Gi2" };
            if name == "A2" {
                assert!(switch.poll(&sample(at(1), vec![seen(1, "Gi1", (0, 0)), seen(2, "Gi2", (0, 0))])));
            }
            link(&room.db, id, switch.port_id(port), -600, None);
        }
        for minute in [6, 11, 16, 21] {
            let octets = u64::try_from(minute - 1).unwrap() / 5 * five_minutes(200);
            let ports = vec![seen(1, "Gi1", (octets, 0)), seen(2, "Gi2", (octets, 0))];
            assert!(switch.poll(&sample(at(minute), ports)));
        }
        assert!(room.watch(21).await.ends_with("raised=2 ended=0"));
        let waiting = room.outbox();
        assert_eq!(waiting.len(), 2);
        let midnight = at(21).end_of_local_day(chrono_tz::Asia::Shanghai);
        assert!(waiting.iter().all(|entry| entry.not_before == midnight), "{waiting:?}");
        // The night is over.
        room.db.put(|c| {
            diesel::update(outbox_rows::table).set(outbox_rows::not_before.eq(at(22))).execute(c)?;
            Ok(())
        });
        assert!(room.send().await.contains("sent=1"));
        let bodies = receiver.bodies();
        assert_eq!(bodies.len(), 1);
        let text = bodies[0]["text"]["content"].as_str().unwrap();
        assert!(text.starts_with("2 notices of the quiet hours") && text.contains("A1") && text.contains("A2"), "{text}");
        assert!(room.outbox().is_empty());
    }

    /// A receiver that fails is tried again, one that refuses is not; no address is ever kept in an error.
    async fn a_receiver_that_fails_is_tried_again_and_one_that_refuses_is_not(db: TestDb) {
        let acme = db.customer("ACME");
        let room = Room::new(db);
        let failing = Receiver::start(&["HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", TAKEN]);
        let refusing = Receiver::start(&["HTTP/1.1 200 OK\r\nContent-Length: 40\r\nConnection: close\r\n\r\n{\"errcode\":93000,\"errmsg\":\"invalid url\"}\n"]);
        let (failing_url, refusing_url) = (failing.url(), refusing.url());
        room.channel(&[("address", &failing_url), ("signing", "k3y")]);
        room.channel(&[("name", "robot"), ("kind", "wecom"), ("address", &refusing_url)]);
        let switch = Switch::new(&room.db, "SW-1");
        busy(&switch, 0, 0, true);
        let id = allocation(&room.db, acme, "A1");
        link(&room.db, id, switch.port_id("Gi1"), -600, None);
        busy(&switch, 5, 0, false);
        busy(&switch, 10, 0, false);
        assert!(room.watch(10).await.ends_with("raised=1 ended=0"));
        let said = room.send().await;
        assert!(said.contains("sent=0") && said.contains("later=1") && said.contains("dead=1"), "{said}");
        for entry in room.outbox() {
            let error = entry.last_error.clone().unwrap();
            assert!(error.contains("127.0.0.1:") && !error.contains("s3cret"), "{error}");
            assert_eq!(entry.dead_at.is_some(), error.contains("93000"), "{error}");
        }
        room.db.put(|c| {
            diesel::update(outbox_rows::table).set(outbox_rows::not_before.eq(at(10))).execute(c)?;
            Ok(())
        });
        assert!(room.send().await.contains("sent=1"));
        let body = &failing.bodies()[1];
        assert_eq!((body["schema"].as_str(), body["events"][0]["kind"].as_str()), (Some("coldaisle.notice.v1"), Some("port_down")));
        assert!(failing.taken()[1].to_ascii_lowercase().contains("x-coldaisle-signature: "), "{:?}", failing.taken());
    }

    async fn a_reminder_goes_out_unless_somebody_took_note(db: TestDb) {
        let acme = db.customer("ACME");
        let room = Room::new(db);
        let receiver = Receiver::start(&[TAKEN]);
        let url = receiver.url();
        room.channel(&[("address", &url), ("escalate_minutes", "30")]);
        let switch = Switch::new(&room.db, "SW-1");
        busy(&switch, 0, 0, true);
        let id = allocation(&room.db, acme, "A1");
        link(&room.db, id, switch.port_id("Gi1"), -600, None);
        busy(&switch, 5, 0, false);
        busy(&switch, 10, 0, false);
        room.watch(10).await;
        let waiting: Vec<Timestamp> = room.outbox().iter().map(|entry| entry.not_before).collect();
        assert_eq!(waiting, [at(40), at(10)]);
        let event = room.events(&room.staff)[0].id;
        let member = room.db.actor_of(Role::CustomerAdmin, Some(acme));
        assert!(room.db.store.write_blocking("t", |c| event_ack(c, &member, event, "")).is_err());
        room.db.put(|c| event_ack(c, &room.staff, event, "on it"));
        let said = room.send().await;
        assert!(said.contains("sent=1") && said.contains("dropped=1"), "{said}");
        assert_eq!(receiver.bodies().len(), 1);
        assert!(room.db.store.write_blocking("t", |c| event_ack(c, &room.staff, event, "")).is_err(), "once");
    }

    async fn a_test_of_a_channel_shows_what_came_of_it(db: TestDb) {
        let room = Room::new(db);
        let receiver = Receiver::start(&[TAKEN, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]);
        let url = receiver.url();
        let id = room.channel(&[("address", &url)]);
        for expected in ["channel-test-taken", "channel-test-failed"] {
            room.db.put(|c| channel_test(c, &room.staff, id));
            room.send().await;
            let channel = room.db.get(|c| channel_by_id(c, &room.staff, id));
            assert!(channel.test_outcome.contains(expected), "{}", channel.test_outcome);
            assert!(!channel.test_outcome.contains("s3cret"), "{}", channel.test_outcome);
            assert!(channel.tested_at.is_some());
        }
        assert_eq!(receiver.bodies()[0]["test"], true);
        assert!(room.outbox().is_empty(), "a test is made once");
    }
}

/// Each fault is one, and named as what the caller can do.
#[tokio::test]
async fn the_driver_says_what_a_receiver_did() {
    let cases: &[(&'static [&'static str], Dialect, &str, bool)] = &[
        (&[TAKEN], Dialect::ErrorCode, "", false),
        (
            &["HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"],
            Dialect::Plain,
            "said later (429)",
            false,
        ),
        (
            &["HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"],
            Dialect::Plain,
            "points elsewhere (307)",
            true,
        ),
        (
            &["HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"],
            Dialect::Plain,
            "refused (404)",
            true,
        ),
        (
            &["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
            Dialect::Code,
            "not understood",
            false,
        ),
        (&["nonsense\r\n\r\n"], Dialect::Plain, "not reached", false),
        (&["silent"], Dialect::Plain, "not reached", false),
    ];
    let client = WebhookClient::new(Duration::from_millis(1_500)).unwrap();
    for (answers, dialect, expected, permanent) in cases {
        let receiver = Receiver::start(answers);
        let request = Request {
            url: Secret::new(receiver.url()),
            body: "{}".into(),
            header: None,
            dialect: *dialect,
        };
        let said: Result<(), WebhookError> = client.post(&request).await;
        assert_eq!(receiver.taken().len(), 1, "{expected}: it was asked");
        match said {
            Ok(()) => assert_eq!(*expected, ""),
            Err(error) => {
                let text = error.to_string();
                assert!(
                    text.contains(expected) && !expected.is_empty(),
                    "{expected}: {text}"
                );
                assert!(
                    !text.contains("s3cret") && !format!("{error:?}").contains("s3cret"),
                    "{error:?}"
                );
                assert_eq!(error.is_permanent(), *permanent, "{text}");
            }
        }
    }
}
