//! Power: endpoints, interlocks, the executor against counted commands, and real BMCs.

mod bulk;
mod bulk_pages;
mod desk;
mod endpoint_interface;
mod endpoints;
mod executor;
pub mod facts;
mod fake;
mod kill;
mod machine_events;
mod machine_pages;
mod outlet_peer;
mod outlets;
mod pages;
mod plan_interface;
mod real;
mod requests;
mod rotation;
mod schedule_pages;
mod schedules;
mod soak;
mod tells;
mod terminal;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::fault::Fault;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{CustomerId, DeviceId, IntentId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::config::KeyFile;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::ops::{
    Asked, Letters, endpoint_create, intent_by_id, intent_request, intent_steps,
};
use coldaisle::power::{Action, BmcDraft, Intent, Limits, PowerState, Wish};
use coldaisle::store::Conn;
use coldaisle::store::schema::{bmc_endpoints, users};
use coldaisle::tasks::power::{Pace, PowerExecutor};
use diesel::prelude::*;

use crate::harness::TestDb;
use fake::FakePort;

/// No rest between two actions, so that tests need not wait for it.
pub const RESTLESS: Limits = Limits {
    cool_down_ms: 0,
    customer_actions_per_hour: 3,
};

/// Everything around one machine of the customer `ACME` in rack A01, with a BMC whose state is known.
pub struct Room {
    pub db: TestDb,
    pub keyring: Arc<Keyring>,
    pub port: FakePort,
    pub customer: CustomerId,
    pub device: DeviceId,
}

pub const ADDRESS: &str = "192.0.2.7:623";

pub fn letters() -> Letters {
    Letters {
        public_url: "https://dc.example".into(),
        zone: chrono_tz::Asia::Shanghai,
    }
}

pub fn endpoint_fields(address: &str) -> Fields {
    [
        ("address", address),
        ("username", "operator"),
        ("password", "calvin"),
    ]
    .into_iter()
    .collect()
}

/// Keys of a file, made where there is none.
pub fn keys_in(file: &Path) -> Keyring {
    let file = KeyFile::open_or_create(file, || true).unwrap();
    file.ring().clone()
}

/// Records a BMC that is there, with the user of simulated ones, and when its machine was last seen in a state.
pub fn record(
    c: &mut Conn,
    actor: &Actor,
    ring: &Keyring,
    device: DeviceId,
    (at, password): (SocketAddr, &str),
    state: PowerState,
) -> Result<(), Fault> {
    let mut fields = endpoint_fields(&at.ip().to_string());
    fields.set("port", at.port().to_string());
    fields.set("username", "ADMIN");
    fields.set("password", password);
    endpoint_create(c, actor, ring, device, &BmcDraft::parse(&fields)?)?;
    seen(c, device, state)
}

/// The state that a machine was last seen in.
pub fn seen(c: &mut Conn, device: DeviceId, state: PowerState) -> Result<(), Fault> {
    diesel::update(bmc_endpoints::table.filter(bmc_endpoints::device_id.eq(device)))
        .set(bmc_endpoints::power_state.eq(state))
        .execute(c)?;
    Ok(())
}

pub fn wish(action: Action) -> Wish {
    Wish {
        reason: "hangs".into(),
        ..Wish::of(action)
    }
}

impl Room {
    pub fn new(db: TestDb) -> Self {
        let customer = db.customer("ACME");
        let device = db.device("SRV-0001", Some(customer));
        let rack = db.rack(db.room(db.site("SHA1"), "3A"), "A01");
        db.install(device, rack, 40);
        let room = Self {
            db,
            keyring: Arc::new(Keyring::generate().unwrap()),
            port: FakePort::default(),
            customer,
            device,
        };
        room.bmc(device, "192.0.2.7", "");
        room
    }

    /// Records a BMC that was last seen on.
    pub fn bmc(&self, device: DeviceId, address: &str, guid: &str) {
        let mut fields = endpoint_fields(address);
        fields.set("expected_guid", guid);
        let draft = BmcDraft::parse(&fields).unwrap();
        let actor = self.staff();
        self.db
            .put(|c| endpoint_create(c, &actor, &self.keyring, device, &draft));
        self.seen(device, PowerState::On);
    }

    pub fn seen(&self, device: DeviceId, state: PowerState) {
        self.db.put(|c| seen(c, device, state));
    }

    /// An actor of a role, now.
    pub fn actor(&self, role: Role) -> Actor {
        let customer = role.is_customer().then_some(self.customer);
        Actor {
            now: Timestamp::now(),
            ..self.db.actor_of(role, customer)
        }
    }

    pub fn staff(&self) -> Actor {
        self.actor(Role::Operations)
    }

    pub fn ask(
        &self,
        actor: &Actor,
        wish: &Wish,
    ) -> Result<IntentId, coldaisle::base::fault::Fault> {
        let device = self.device;
        let asked: Asked = self.db.store.write_blocking("test", |c| {
            intent_request(c, actor, device, wish, &RESTLESS)
        })?;
        asked.into_result()
    }

    /// Asks as operations; must be let through.
    pub fn asked(&self, action: Action) -> IntentId {
        self.ask(&self.staff(), &wish(action)).unwrap()
    }

    /// The same on another machine.
    pub fn asked_on(&self, device: DeviceId, action: Action) -> IntentId {
        let staff = self.staff();
        let asked = self
            .db
            .put(|c| intent_request(c, &staff, device, &wish(action), &RESTLESS));
        asked.into_result().unwrap()
    }

    pub fn intent(&self, id: IntentId) -> Intent {
        let actor = self.staff();
        self.db.get(|c| intent_by_id(c, &actor, id))
    }

    /// Keys of the words of an intent's steps.
    pub fn steps(&self, id: IntentId) -> Vec<String> {
        let actor = self.staff();
        let steps = self.db.get(|c| intent_steps(c, &actor, id));
        steps
            .iter()
            .map(|step| {
                let key = step.words().unwrap().key();
                key.strip_prefix("power-detail-").unwrap().to_owned()
            })
            .collect()
    }

    pub fn executor(&self) -> PowerExecutor {
        let pace = Pace {
            interval: Duration::from_millis(20),
            hard_timeout: Duration::from_millis(600),
            soft_timeout: Duration::from_millis(900),
            look: Duration::from_millis(10),
            at_once: 64,
        };
        PowerExecutor::new(
            self.db.store.clone(),
            self.keyring.clone(),
            Arc::new(self.port.clone()),
            letters(),
            pace,
        )
        .unwrap()
    }

    pub fn commands(&self) -> Vec<Action> {
        self.port.bmc(ADDRESS, |bmc| bmc.commands.clone())
    }

    pub fn set_mail(&self, actor: &Actor, address: &str) {
        let user = actor.user_id.unwrap();
        self.db.put(|c| {
            diesel::update(users::table.find(user))
                .set(users::email.eq(address))
                .execute(c)?;
            Ok(())
        });
    }
}
