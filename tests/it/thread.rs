//! From a form on a page to real hardware and a real mail box: a machine switched, a visit announced.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::ids::DeviceId;
use coldaisle::drivers::bmc::BmcAccess;
use coldaisle::identity::Role;
use coldaisle::power::ops::Letters;
use coldaisle::store::schema::{contacts, racks, users};
use coldaisle::tasks::Task;
use coldaisle::tasks::bmc_poll::BmcPoll;
use coldaisle::tasks::bmc_port::BmcPort;
use coldaisle::tasks::power::{Pace, PowerExecutor};
use diesel::prelude::*;
use rocket::http::Status;
use tokio_util::sync::CancellationToken;

use crate::harness::{Caller, TestDb, TestWeb, both};
use crate::ipmi::peers::{Bmc17, IpmiSim, ipmitool};
use crate::mail::{Sink, activate, mailer};
use crate::power::RESTLESS;

/// A room with one machine, someone of operations with a mail address, and the tasks that do the work.
struct Site {
    web: TestWeb,
    device: DeviceId,
    staff: Caller,
    executor: PowerExecutor,
    poll: BmcPoll,
}

impl Site {
    async fn new(db: TestDb, locale: &str) -> Self {
        let customer = db.customer("ACME");
        let device = db.device("SRV-0001", Some(customer));
        let rack = db.rack(db.room(db.site("SHA1"), "3A"), "A01");
        db.install(device, rack, 40);
        let user = db.user("night-shift", Role::Operations, None);
        db.put(|c| {
            diesel::update(users::table.find(user))
                .set((users::email.eq("night@x.example"), users::locale.eq(locale)))
                .execute(c)?;
            Ok(())
        });
        let web = TestWeb::with_limits(db, RESTLESS).await;
        let staff = web.browser_of(user);
        let port = Arc::new(BmcPort::new(Arc::new(BmcAccess::new(Duration::ZERO))));
        let (store, keyring) = (web.db.store.clone(), web.web.keyring.clone());
        let letters = Letters {
            public_url: web.web.settings.public_url.clone(),
            zone: web.web.settings.zone,
        };
        let pace = Pace {
            interval: Duration::from_millis(50),
            hard_timeout: Duration::from_secs(20),
            soft_timeout: Duration::from_secs(20),
            look: Duration::from_millis(50),
            at_once: 8,
        };
        let executor =
            PowerExecutor::new(store.clone(), keyring.clone(), port.clone(), letters, pace);
        let minute = Duration::from_secs(60);
        Self {
            web,
            device,
            staff,
            executor: executor.unwrap(),
            poll: BmcPoll::new(store, keyring, port, minute, minute, 4),
        }
    }

    /// Records the BMC on its page.
    async fn record(&self, at: SocketAddr, password: &str) {
        let path = format!("/devices/{}/bmc", self.device);
        let (address, port) = (at.ip().to_string(), at.port().to_string());
        let fields = [
            ("address", address.as_str()),
            ("port", port.as_str()),
            ("username", "ADMIN"),
            ("password", password),
        ];
        let done = self.web.post(&self.staff, &path, &fields).await;
        assert_eq!(done.status, Status::SeeOther, "{}", done.body);
        done_within(self.poll.activate(CancellationToken::new())).await;
    }

    /// Asks in the dialog, lets the executor work, and gives the page of the intent as it then is.
    async fn switch(&self, action: &str) -> String {
        let path = format!("/devices/{}/power/{action}", self.device);
        let fields = [("confirm", "SRV-0001"), ("reason", "hangs")];
        let asked = self.web.post(&self.staff, &path, &fields).await;
        assert_eq!(asked.status, Status::SeeOther, "{}", asked.body);
        done_within(self.executor.activate(CancellationToken::new())).await;
        let page = asked.header("location").unwrap().to_owned();
        self.web.get(&self.staff, &page).await.body
    }
}

async fn done_within<T, E: std::fmt::Debug>(work: impl Future<Output = Result<T, E>>) {
    let done = tokio::time::timeout(Duration::from_secs(60), work).await;
    done.expect("the task comes to an end").unwrap();
}

/// Switches on, cycles and switches off through the page; each time the suite's own tool sees what the page says.
async fn switched(db: TestDb, at: SocketAddr, suite: u8, password: &str) {
    let site = Site::new(db, "en").await;
    let sink = Sink::start(&[]);
    let post = mailer(&site.web.db.store, sink.server());
    site.record(at, password).await;
    let shown = site
        .web
        .get(&site.staff, &format!("/devices/{}", site.device))
        .await;
    let fact = format!("<dt>Cipher suite</dt><dd>{suite}</dd>");
    assert!(shown.body.contains(&fact), "no {fact} in {}", shown.body);
    for (n, (action, word)) in [("on", "is on"), ("cycle", "is on"), ("off", "is off")]
        .into_iter()
        .enumerate()
    {
        let page = site.switch(action).await;
        assert!(page.contains("data-settled"), "{action}: {page}");
        assert!(page.contains("Succeeded"), "{action}: {page}");
        let said = ipmitool(at, suite, password, "chassis power status").await;
        assert!(said.out.contains(word), "{action}: {said:?}");
        assert_eq!(
            activate(&post).await.unwrap(),
            "tasks-said-mailer sent=1 later=0 dead=0"
        );
        let mails = sink.mails();
        let (facts, _) = &mails[n];
        assert_eq!(facts["to"][0], "night@x.example");
        let (subject, text) = (
            facts["subject"].as_str().unwrap(),
            facts["text"].as_str().unwrap(),
        );
        assert!(
            subject.starts_with("SRV-0001") && subject.ends_with("done"),
            "{subject}"
        );
        assert!(text.contains("SHA1") && text.contains("A01"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_behind_openipmi_is_cycled_on_the_page_and_a_mail_tells() {
    let sim = IpmiSim::start().await;
    let password = sim.password.clone();
    switched(TestDb::sqlite(), sim.address, 3, &password).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_with_suite_17_alone_is_cycled_on_the_page_and_a_mail_tells() {
    let bmc = Bmc17::start(&["--only", "17"]).await;
    switched(TestDb::postgres(), bmc.address, 17, Bmc17::PASSWORD).await;
}

both! {
    /// A customer announces on the page; the contact gets the pass in the own language.
    async fn an_announced_visit_reaches_the_contact_s_mail_box(db: TestDb) {
        let rack = db.rack(db.room(db.site("s1"), "Room A"), "A01");
        let acme = db.customer("ACME");
        let now = coldaisle::base::time::Timestamp::now();
        db.put(|c| {
            diesel::update(racks::table.find(rack)).set(racks::customer_id.eq(acme)).execute(c)?;
            diesel::insert_into(contacts::table)
                .values((
                    contacts::customer_id.eq(acme),
                    contacts::name.eq("李雷"),
                    contacts::email.eq("li@x.example"),
                    contacts::locale.eq("zh-CN"),
                    contacts::receives_notices.eq(true),
                    contacts::created_at.eq(now),
                    contacts::updated_at.eq(now),
                ))
                .execute(c)?;
            Ok(())
        });
        let web = TestWeb::new(db).await;
        let customer = web.browser(Role::CustomerAdmin, Some(acme));
        let zone = chrono_tz::Asia::Shanghai;
        let (from, until) = (now.plus_seconds(3600).local_minute(zone), now.plus_seconds(7200).local_minute(zone));
        let rack = rack.to_string();
        let typed = [
            ("visitor_name", "万晓达"), ("purpose", "repair"), ("rack_ids", rack.as_str()),
            ("planned_from", from.as_str()), ("planned_until", until.as_str()),
        ];
        let done = web.post(&customer, "/visits/new", &typed).await;
        assert_eq!(done.status, Status::SeeOther, "{}", done.body);
        let page = web.get(&customer, done.header("location").unwrap()).await;

        let sink = Sink::start(&[]);
        let post = mailer(&web.db.store, sink.server());
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=0");
        let mails = sink.mails();
        let (facts, mail) = &mails[0];
        assert_eq!(facts["to"][0], "li@x.example");
        assert!(mail.contains("Content-Language: zh-CN"), "{mail}");
        let text = facts["text"].as_str().unwrap();
        assert!(text.contains("万晓达") && text.contains("李雷") && text.contains(&from), "{text}");
        let code = text.lines().find_map(|line| line.split_once("通行码：")).map(|(_, code)| code.trim());
        let code = code.unwrap_or_else(|| panic!("no code in {text}"));
        assert!(!code.is_empty() && page.body.contains(code), "{code} is on the page too");
        let files = facts["files"].as_array().unwrap();
        assert_eq!(files.len(), 2, "{facts}");
        let number = files[0]["name"].as_str().unwrap().trim_end_matches(".ics");
        assert_eq!((files[0]["type"].as_str(), files[1]["type"].as_str()), (Some("text/calendar"), Some("image/png")));
        let entry = files[0]["text"].as_str().unwrap().replace("\r\n ", "");
        let starts = now.plus_seconds(3600).to_utc().format("DTSTART:%Y%m%dT%H%M00Z").to_string();
        assert!(entry.contains(&starts) && entry.contains("METHOD:PUBLISH") && entry.contains(code), "{entry}");
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=0 later=0 dead=0");

        // Called off, it leaves the calendar again: the same entry, a later version.
        let off = web.post(&customer, &format!("/visits/{number}/step/cancel"), &[("note", "改天")]).await;
        assert_eq!(off.status, Status::SeeOther, "{}", off.body);
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=0");
        let mails = sink.mails();
        let facts = &mails[1].0;
        assert!(facts["text"].as_str().unwrap().contains("改天"), "{facts}");
        let gone = facts["files"][0]["text"].as_str().unwrap().replace("\r\n ", "");
        let line = |text: &str, name: &str| -> String {
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name} in {text}")).to_owned()
        };
        assert_eq!(line(&gone, "UID:"), line(&entry, "UID:"));
        assert!(line(&gone, "SEQUENCE:").parse::<i64>().unwrap() > line(&entry, "SEQUENCE:").parse::<i64>().unwrap());
        assert!(gone.contains("METHOD:CANCEL"), "{gone}");
    }
}
