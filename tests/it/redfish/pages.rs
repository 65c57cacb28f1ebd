//! From the form to a Redfish service and back: recorded, read, its certificate pinned, changed by a person.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::ids::DeviceId;
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::bmc::BmcAccess;
use coldaisle::identity::Role;
use coldaisle::power::ops::endpoint_of_device;
use coldaisle::power::{BmcEndpoint, PowerState};
use coldaisle::sim::redfish::{Certificate, SimRedfish, SimRedfishConfig};
use coldaisle::store::schema::{audit_entries, bmc_endpoints};
use coldaisle::tasks::Task;
use coldaisle::tasks::bmc_poll::BmcPoll;
use coldaisle::tasks::bmc_port::BmcPort;
use diesel::prelude::*;
use rocket::http::Status;
use tokio_util::sync::CancellationToken;

use crate::harness::{Caller, TestDb, TestWeb, both};

const UUID: &str = "38947555-4212-4248-9784-823347823834";
const LONG: &str = "a-password-of-more-than-twenty-octets";

struct Desk {
    web: TestWeb,
    staff: Caller,
    device: DeviceId,
    poll: BmcPoll,
}

impl Desk {
    async fn new(db: TestDb) -> Self {
        let device = db.device("SRV-0001", None);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let port = Arc::new(BmcPort::new(Arc::new(BmcAccess::new(Duration::ZERO))));
        let minute = Duration::from_secs(60);
        let keyring = web.web.keyring.clone();
        let poll = BmcPoll::new(web.db.store.clone(), keyring, port, minute, minute, 4);
        Self {
            web,
            staff,
            device,
            poll,
        }
    }

    /// Reads the BMC now.
    async fn read(&self) -> BmcEndpoint {
        self.web.db.put(|c| {
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::next_poll_at.eq(Timestamp::from_millis(0)))
                .execute(c)?;
            Ok(())
        });
        let done = self.poll.activate(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(60), done)
            .await
            .expect("the poller comes to an end")
            .unwrap();
        let (actor, device) = (self.web.db.actor(Role::Operations), self.device);
        let there = self.web.db.get(|c| endpoint_of_device(c, &actor, device));
        there.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let path = format!("/devices/{}/bmc{path}", self.device);
        let page = self.web.get(&self.staff, &path).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        page.body
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Status {
        let path = format!("/devices/{}/bmc{path}", self.device);
        self.web.post(&self.staff, &path, fields).await.status
    }
}

async fn service(name: &str, bind: SocketAddr) -> SimRedfish {
    let config = SimRedfishConfig {
        certificate: Some(Certificate::new(name, bind.ip()).unwrap()),
        ..SimRedfishConfig::new(bind, Secret::new(LONG), UUID)
    };
    SimRedfish::start(config).await.unwrap()
}

fn hex(fingerprint: [u8; 32]) -> String {
    fingerprint
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect()
}

both! {
    async fn a_certificate_is_pinned_by_the_first_reading_and_changed_by_a_person_only(db: TestDb) {
        let desk = Desk::new(db).await;
        let first = service("first", "127.0.0.1:0".parse().unwrap()).await;
        let at = first.address();
        let (ip, port) = (at.ip().to_string(), at.port().to_string());
        let form = desk.page("?protocol=redfish").await;
        assert!(form.contains("value=\"443\"") && !form.contains("name=\"kg\""), "{form}");
        let form = desk.page("").await;
        assert!(form.contains("value=\"623\"") && form.contains("name=\"kg\""), "{form}");
        let fields = [("protocol", "redfish"), ("address", ip.as_str()), ("port", port.as_str()), ("username", "admin"),
            ("password", LONG), ("trust", "pin"), ("expected_guid", UUID)];
        assert_eq!(desk.post("", &fields).await, Status::SeeOther);
        let there = desk.read().await;
        let pinned = hex(first.fingerprint());
        assert_eq!(there.last_error, None);
        assert_eq!((there.power_state, there.firmware.as_deref()), (PowerState::On, Some("3.12")));
        assert_eq!(there.certificate_sha256.as_deref(), Some(pinned.as_str()));
        assert!(desk.page("").await.contains(&pinned));
        assert_eq!(first.counters().open_sessions, 0);

        first.stop().await;
        let second = service("second", at).await;
        let shown = hex(second.fingerprint());
        let there = desk.read().await;
        assert!(there.last_error.as_deref().is_some_and(|error| error.starts_with("certificate: ")), "{there:?}");
        assert_eq!(there.certificate_refused.as_deref(), Some(shown.as_str()));
        assert_eq!(there.certificate_sha256.as_deref(), Some(pinned.as_str()));
        assert_eq!(second.counters().logins, 0);
        assert!(desk.page("").await.contains("shows another certificate"));
        let device = desk.web.get(&desk.staff, &format!("/devices/{}", desk.device)).await.body;
        for there in [&pinned, &shown, "/bmc/certificate"] {
            assert!(device.replace("&#x2f;", "/").contains(there), "{there}: {device}");
        }
        let observer = desk.web.browser(Role::Auditor, None);
        let device = desk.web.get(&observer, &format!("/devices/{}", desk.device)).await.body;
        assert!(device.contains("Certificate refused") && !device.contains(&shown), "{device}");
        let dialog = desk.page("/certificate").await;
        assert!(dialog.contains(&pinned) && dialog.contains(&shown), "{dialog}");

        // Somebody else may stand there by the time the person decides.
        assert_eq!(desk.post("/certificate", &[("shown", &pinned)]).await, Status::Conflict);
        assert_eq!(desk.post("/certificate", &[("shown", &shown)]).await, Status::SeeOther);
        let there = desk.read().await;
        assert_eq!((there.last_error, there.power_state), (None, PowerState::On));
        assert_eq!(there.certificate_sha256.as_deref(), Some(shown.as_str()));
        assert_eq!(there.certificate_refused, None);
        assert_eq!(second.counters().logins, 1);
        let trusted: i64 = desk.web.db.get(|c| {
            Ok(audit_entries::table.filter(audit_entries::action.eq("bmc.certificate")).count().get_result(c)?)
        });
        assert_eq!(trusted, 1);
        let gone = format!("/devices/{}/bmc/certificate", desk.device);
        assert_eq!(desk.web.get(&desk.staff, &gone).await.status, Status::NotFound);

        // Another place has another certificate: what was pinned there is forgotten.
        let version = there.version.to_string();
        let moved = [("protocol", "redfish"), ("address", ip.as_str()), ("port", "9"), ("username", "admin"),
            ("password", ""), ("trust", "pin"), ("version", version.as_str())];
        assert_eq!(desk.post("", &moved).await, Status::SeeOther);
        let there = desk.read().await;
        assert_eq!(there.certificate_sha256, None);
    }
}
