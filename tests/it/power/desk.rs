//! A room with several machines, the pages over it, and who asks.

use std::time::Duration;

use coldaisle::base::ids::DeviceId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::store::schema::{devices, power_bulks};
use coldaisle::tasks::Task;
use diesel::prelude::*;
use rocket::http::Status;
use tokio_util::sync::CancellationToken;

use super::bulk::room_of;
use super::{RESTLESS, Room};
use crate::harness::{Caller, Reply, TestDb, TestWeb};

pub struct Desk {
    pub room: Room,
    pub web: TestWeb,
    /// Machines of the room's customer, `SRV-0001` and so on; the first stands in rack A01.
    pub machines: Vec<DeviceId>,
    pub staff: Caller,
}

impl Desk {
    pub async fn new(db: TestDb, count: u8) -> Self {
        let web = TestWeb::with_limits(db.clone(), RESTLESS).await;
        let (room, machines) = room_of(db, count);
        let staff = web.browser(Role::Operations, None);
        Self {
            room,
            web,
            machines,
            staff,
        }
    }

    /// The administrator of the customer whose machines they are.
    pub fn owner(&self) -> Caller {
        self.web
            .browser(Role::CustomerAdmin, Some(self.room.customer))
    }

    /// One of another customer.
    pub fn stranger(&self) -> Caller {
        let other = self.room.db.customer("OTHER");
        self.web.browser(Role::CustomerAdmin, Some(other))
    }

    /// A form with machines that are ticked.
    pub async fn post(
        &self,
        caller: &Caller,
        path: &str,
        fields: &[(&str, &str)],
        machines: &[DeviceId],
    ) -> Reply {
        let ids: Vec<String> = machines.iter().map(DeviceId::to_string).collect();
        let mut all = fields.to_vec();
        all.extend(ids.iter().map(|id| ("devices", id.as_str())));
        self.web.post(caller, path, &all).await
    }

    pub fn lock(&self, machine: DeviceId) {
        self.room.db.put(|c| {
            diesel::update(devices::table.find(machine))
                .set((
                    devices::locked_at.eq(Timestamp::now()),
                    devices::lock_reason.eq("evidence hold"),
                ))
                .execute(c)?;
            Ok(())
        });
    }

    pub fn protect(&self, machine: DeviceId) {
        self.room.db.put(|c| {
            diesel::update(devices::table.find(machine))
                .set(devices::protected.eq(true))
                .execute(c)?;
            Ok(())
        });
    }

    pub fn bulks(&self) -> i64 {
        self.room
            .db
            .get(|c| Ok(power_bulks::table.count().get_result(c)?))
    }

    /// Carries out what can be carried out now.
    pub async fn work_off(&self) {
        let executor = self.room.executor();
        let done = executor.activate(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(30), done)
            .await
            .expect("the executor comes to an end")
            .unwrap();
    }
}

/// Where a form that was taken sends its reader.
pub fn sent_to(reply: &Reply) -> String {
    assert_eq!(reply.status, Status::SeeOther, "{}", reply.body);
    reply.header("location").expect("a place").to_owned()
}

pub fn says(reply: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(reply.body.contains(part), "no {part} in {}", reply.body);
    }
}

pub fn is_silent_about(reply: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(!reply.body.contains(part), "{part} in {}", reply.body);
    }
}
