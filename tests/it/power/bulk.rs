//! One wish for several machines: interlocks of each, staggered starts, stopping, approval, the share of an hour.

use std::time::Duration;

use coldaisle::base::ids::DeviceId;
use coldaisle::base::page::PageRequest;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::bulk::{BulkWish, Order};
use coldaisle::power::ops::{
    BulkAsked, Choice, bulk_approve, bulk_by_id, bulk_list, bulk_machines, bulk_preview,
    bulk_request, bulk_stop, candidates,
};
use coldaisle::power::{Action, Bulk, BulkMachine, IntentState, Wish};
use coldaisle::store::schema::devices;
use coldaisle::tasks::Task;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::fake::Obeys;
use super::{RESTLESS, Room, wish};
use crate::harness::{TestDb, both};

/// A room with further machines of the same customer, each with a BMC that was last seen on.
pub fn room_of(db: TestDb, count: u8) -> (Room, Vec<DeviceId>) {
    let room = Room::new(db);
    let mut machines = vec![room.device];
    for number in 2..=count {
        let device = room
            .db
            .device(&format!("SRV-{number:04}"), Some(room.customer));
        room.bmc(device, &format!("192.0.2.{}", 100 + number), "");
        machines.push(device);
    }
    (room, machines)
}

fn bulk_of(machines: &[DeviceId], action: Action) -> BulkWish {
    BulkWish {
        wish: wish(action),
        machines: machines.to_vec(),
        order: Order {
            stagger_ms: 0,
            stop_after: 2,
        },
    }
}

fn ask(room: &Room, actor: &Actor, bulk: &BulkWish) -> BulkAsked {
    room.db
        .put(|c| bulk_request(c, actor, bulk, &RESTLESS, None))
}

fn look(room: &Room, asked: BulkAsked) -> (Bulk, Vec<BulkMachine>) {
    let actor = room.staff();
    room.db.get(|c| {
        let bulk = bulk_by_id(c, &actor, asked.id)?;
        let machines = bulk_machines(c, &bulk)?;
        Ok((bulk, machines))
    })
}

fn states(machines: &[BulkMachine]) -> Vec<IntentState> {
    machines.iter().map(BulkMachine::state).collect()
}

async fn work_off(room: &Room) {
    let executor = room.executor();
    let done = executor.activate(CancellationToken::new());
    tokio::time::timeout(Duration::from_secs(30), done)
        .await
        .expect("the executor comes to an end")
        .unwrap();
}

both! {
    async fn each_machine_has_its_own_interlocks_and_its_own_start(db: TestDb) {
        let (room, machines) = room_of(db, 4);
        room.db.put(|c| {
            diesel::update(devices::table.find(machines[1]))
                .set((devices::locked_at.eq(1_i64), devices::lock_reason.eq("evidence hold")))
                .execute(c)?;
            Ok(())
        });
        let bulk = BulkWish {
            order: Order { stagger_ms: 2_000, stop_after: 2 },
            ..bulk_of(&machines, Action::Off)
        };
        let staff = room.staff();
        let preview = room.db.get(|c| bulk_preview(c, &staff, &bulk.wish, &machines, &RESTLESS));
        let verdicts: Vec<bool> = preview.iter().map(|one| one.verdict.is_ok()).collect();
        assert_eq!(verdicts, [true, false, true, true]);
        assert_eq!(preview[1].verdict.as_ref().unwrap_err().key, "power-refuse-locked");
        let asked = ask(&room, &staff, &bulk);
        assert_eq!((asked.accepted, asked.refused), (3, 1));
        let (_, found) = look(&room, asked);
        assert_eq!(found[1].refused.as_ref().unwrap().key, "power-refuse-locked");
        let starts: Vec<i64> = found
            .iter()
            .filter_map(|one| one.intent.as_ref())
            .map(|intent| intent.not_before.since_millis(intent.requested_at))
            .collect();
        assert_eq!(starts, [0, 2_000, 4_000]);
    }

    async fn a_bulk_comes_to_its_end_and_is_asked_once_a_key(db: TestDb) {
        let (room, machines) = room_of(db, 3);
        let staff = room.staff();
        let mut bulk = bulk_of(&machines, Action::Off);
        bulk.wish.key = Some("night-1".into());
        let asked = ask(&room, &staff, &bulk);
        work_off(&room).await;
        let (found, rows) = look(&room, asked);
        assert_eq!(states(&rows), [IntentState::Succeeded; 3]);
        assert_eq!(found.stopped_at, None);
        assert_eq!(ask(&room, &staff, &bulk), asked);
        bulk.machines.pop();
        let reused = room.db.store.write_blocking("test", |c| bulk_request(c, &staff, &bulk, &RESTLESS, None));
        assert_eq!(reused.unwrap_err().message.key, "power-refuse-key-reused");
    }

    async fn failures_take_back_what_has_not_begun(db: TestDb) {
        let (room, machines) = room_of(db, 5);
        for address in ["192.0.2.7:623", "192.0.2.102:623", "192.0.2.103:623"] {
            room.port.bmc(address, |bmc| bmc.obeys = Obeys::Refuses);
        }
        // The last two begin only after the others have ended.
        let bulk = BulkWish {
            order: Order { stagger_ms: 400, stop_after: 2 },
            ..bulk_of(&machines, Action::Off)
        };
        let asked = ask(&room, &room.staff(), &bulk);
        let executor = room.executor();
        let until = tokio::time::Instant::now() + Duration::from_secs(30);
        let (found, rows) = loop {
            executor.activate(CancellationToken::new()).await.unwrap();
            let (found, rows) = look(&room, asked);
            if rows.iter().all(|one| one.state().is_final()) {
                break (found, rows);
            }
            assert!(tokio::time::Instant::now() < until, "{:?}", states(&rows));
        };
        assert_eq!(found.stopped_why.map(|why| why.to_string()).as_deref(), Some("failures"));
        assert_eq!(states(&rows)[..2], [IntentState::Refused; 2]);
        assert_eq!(states(&rows)[3..], [IntentState::Cancelled; 2]);
        for address in ["192.0.2.104:623", "192.0.2.105:623"] {
            assert!(room.port.bmc(address, |bmc| bmc.commands.is_empty()), "{address}");
        }
        let last = rows[4].intent.as_ref().unwrap();
        assert_eq!(room.steps(last.id).last().unwrap(), "bulk-stopped");
    }

    async fn a_person_stops_what_has_not_begun(db: TestDb) {
        let (room, machines) = room_of(db, 2);
        let asked = ask(&room, &room.staff(), &bulk_of(&machines, Action::Off));
        let (found, _) = look(&room, asked);
        let staff = room.staff();
        assert_eq!(room.db.put(|c| bulk_stop(c, &staff, &found)), 2);
        let (found, rows) = look(&room, asked);
        assert_eq!(states(&rows), [IntentState::Cancelled; 2]);
        assert_eq!(found.stopped_by_name, staff.name);
        let again = room.db.store.write_blocking("test", |c| bulk_stop(c, &staff, &found));
        assert_eq!(again.unwrap_err().message.key, "power-refuse-bulk-begun");
        work_off(&room).await;
        assert!(room.commands().is_empty());
    }

    async fn protected_machines_of_a_bulk_wait_for_a_second_person(db: TestDb) {
        let (room, machines) = room_of(db, 3);
        room.db.put(|c| {
            diesel::update(devices::table.filter(devices::id.ne(machines[0])))
                .set(devices::protected.eq(true))
                .execute(c)?;
            Ok(())
        });
        let staff = room.staff();
        let asked = ask(&room, &staff, &bulk_of(&machines, Action::Off));
        let (bulk, rows) = look(&room, asked);
        assert_eq!(states(&rows)[1..], [IntentState::AwaitingApproval; 2]);
        let own = room.db.store.write_blocking("test", |c| bulk_approve(c, &staff, &bulk, false, &RESTLESS));
        assert_eq!(own.unwrap_err().message.key, "power-refuse-same-person");
        let second = room.actor(Role::Administrator);
        assert_eq!(room.db.put(|c| bulk_approve(c, &second, &bulk, false, &RESTLESS)), 2);
        work_off(&room).await;
        assert_eq!(states(&look(&room, asked).1), [IntentState::Succeeded; 3]);
    }

    async fn a_customer_has_own_machines_and_the_share_of_an_hour(db: TestDb) {
        let (room, machines) = room_of(db, 5);
        let own = room.actor(Role::CustomerAdmin);
        let other = room.db.customer("OTHER");
        let foreign = room.db.device("FOREIGN", Some(other));
        room.bmc(foreign, "192.0.2.200", "");
        let choice = Choice::default();
        let offered = room.db.get(|c| candidates(c, &own, &choice));
        assert_eq!(offered.len(), 5);
        let with_foreign = bulk_of(&[room.device, foreign], Action::Off);
        let refused = room.db.store.write_blocking("test", |c| bulk_request(c, &own, &with_foreign, &RESTLESS, None));
        assert_eq!(refused.unwrap_err().message.key, "fault-not-found");
        let staff = room.staff();
        assert_eq!(room.db.get(|c| bulk_list(c, &staff, None, &PageRequest::default())).total, 0);
        // Three an hour.
        let asked = ask(&room, &own, &bulk_of(&machines, Action::Off));
        assert_eq!((asked.accepted, asked.refused), (3, 2));
        let (bulk, rows) = look(&room, asked);
        assert_eq!(rows[3].refused.as_ref().unwrap().key, "power-refuse-hourly");
        let stranger = room.db.actor_of(Role::CustomerAdmin, Some(other));
        let hidden = room.db.store.read_blocking(|c| bulk_by_id(c, &stranger, bulk.id));
        assert_eq!(hidden.unwrap_err().message.key, "fault-not-found");
    }

    async fn a_bulk_of_something_else_than_power_works_too(db: TestDb) {
        let (room, machines) = room_of(db, 2);
        let mut bulk = bulk_of(&machines, Action::Identify);
        bulk.wish = Wish { setting: coldaisle::power::Setting::Light(0), ..bulk.wish };
        let asked = ask(&room, &room.staff(), &bulk);
        work_off(&room).await;
        assert_eq!(states(&look(&room, asked).1), [IntentState::Succeeded; 2]);
        assert_eq!(room.port.bmc("192.0.2.102:623", |bmc| bmc.light), Some(0));
    }
}
