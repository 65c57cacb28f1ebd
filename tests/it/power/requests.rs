//! Interlocks, idempotency, approval, cancelling.

use coldaisle::base::fault::FaultKind;
use coldaisle::base::ids::UserId;
use coldaisle::base::page::PageRequest;
use coldaisle::identity::Role;
use coldaisle::power::ops::{
    Asked, IntentFilter, intent_approve, intent_cancel, intent_list, intent_request,
};
use coldaisle::power::{Action, IntentState, Limits, PowerState, Wish};
use coldaisle::store::schema::{
    audit_entries, bmc_endpoints, devices, people, power_intents, visit_people, visit_racks, visits,
};
use diesel::prelude::*;

use super::{RESTLESS, Room, letters, wish};
use crate::harness::{TestDb, both};

/// Sets the first person into rack A01.
pub fn visitor(room: &Room) {
    let now = room.staff().now;
    room.db.put(|c| {
        let (rack, site): (Option<coldaisle::base::ids::RackId>, i64) = (
            devices::table
                .find(room.device)
                .select(devices::rack_id)
                .first(c)?,
            coldaisle::store::schema::sites::table
                .select(coldaisle::store::schema::sites::id)
                .first(c)?,
        );
        let person: i64 = diesel::insert_into(people::table)
            .values((
                people::name.eq("Wang Fang"),
                people::identity_kind.eq("none"),
                people::created_at.eq(now),
                people::updated_at.eq(now),
            ))
            .returning(people::id)
            .get_result(c)?;
        let visit: i64 = diesel::insert_into(visits::table)
            .values((
                visits::number.eq("V-2026-000001"),
                visits::site_id.eq(site),
                visits::purpose.eq("repair"),
                visits::planned_from.eq(now),
                visits::planned_until.eq(now.plus_seconds(3600)),
                visits::state.eq("checked_in"),
                visits::pass_code.eq("K7Q2MX"),
                visits::created_by_name.eq("desk"),
                visits::created_at.eq(now),
                visits::updated_at.eq(now),
            ))
            .returning(visits::id)
            .get_result(c)?;
        diesel::insert_into(visit_racks::table)
            .values((
                visit_racks::visit_id.eq(visit),
                visit_racks::rack_id.eq(rack.unwrap()),
            ))
            .execute(c)?;
        diesel::insert_into(visit_people::table)
            .values((
                visit_people::visit_id.eq(visit),
                visit_people::person_id.eq(person),
                visit_people::checked_in_at.eq(now),
            ))
            .execute(c)?;
        Ok(())
    });
}

fn lock(room: &Room, locked: bool) {
    let owner: UserId = room.actor(Role::Administrator).user_id.unwrap();
    let now = room.staff().now;
    room.db.put(|c| {
        diesel::update(devices::table.find(room.device))
            .set((
                devices::locked_at.eq(locked.then_some(now)),
                devices::lock_reason.eq(locked.then_some("evidence hold")),
                devices::locked_by_user_id.eq(locked.then_some(owner)),
            ))
            .execute(c)?;
        Ok(())
    });
}

fn protect(room: &Room) {
    room.db.put(|c| {
        diesel::update(devices::table.find(room.device))
            .set(devices::protected.eq(true))
            .execute(c)?;
        Ok(())
    });
}

fn refused(room: &Room, wish: &Wish) -> (FaultKind, &'static str) {
    let fault = room.ask(&room.staff(), wish).unwrap_err();
    (fault.kind, fault.message.key)
}

fn intents(room: &Room) -> i64 {
    room.db
        .get(|c| Ok(power_intents::table.count().get_result(c)?))
}

both! {
    async fn a_wish_becomes_a_queued_intent_on_record(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Cycle);
        let intent = room.intent(id);
        assert_eq!((intent.state, intent.action, intent.reason.as_str()), (IntentState::Queued, Action::Cycle, "hangs"));
        assert_eq!(intent.requested_by_name, "operations");
        assert_eq!(room.steps(id), ["requested"]);
        let actions: Vec<String> = room.db.get(|c| {
            Ok(audit_entries::table.order(audit_entries::id.desc()).select(audit_entries::action).load(c)?)
        });
        assert_eq!(actions[0], "power.request");
    }

    async fn who_may_ask_and_what_the_rest_is_told(db: TestDb) {
        let room = Room::new(db);
        for (role, kind) in [
            (Role::Auditor, FaultKind::Forbidden),
            (Role::Reception, FaultKind::Forbidden),
            (Role::Finance, FaultKind::Forbidden),
            (Role::CustomerMember, FaultKind::NotFound),
        ] {
            let fault = room.ask(&room.actor(role), &wish(Action::On)).unwrap_err();
            assert_eq!(fault.kind, kind, "{role}");
        }
        let stranger = room.db.actor_of(Role::CustomerAdmin, Some(room.db.customer("OTHER")));
        assert_eq!(room.ask(&stranger, &wish(Action::On)).unwrap_err().kind, FaultKind::NotFound);
        assert_eq!(intents(&room), 0);
        room.ask(&room.actor(Role::CustomerAdmin), &wish(Action::On)).unwrap();
    }

    async fn a_lock_stops_it_and_the_attempt_is_on_record(db: TestDb) {
        let room = Room::new(db);
        lock(&room, true);
        let fault = room.ask(&room.staff(), &wish(Action::Cycle)).unwrap_err();
        assert_eq!(fault.message.key, "power-refuse-locked");
        let words = fault.message.to_string();
        assert!(words.contains("administrator") && words.contains("evidence hold"), "{words}");
        let fault = room.ask(&room.actor(Role::CustomerAdmin), &wish(Action::Cycle)).unwrap_err();
        assert_eq!(fault.message.key, "power-refuse-locked-customer");
        let entries: i64 = room.db.get(|c| {
            Ok(audit_entries::table.filter(audit_entries::action.eq("power.refuse")).count().get_result(c)?)
        });
        assert_eq!((entries, intents(&room)), (2, 0));
        lock(&room, false);
        room.asked(Action::Cycle);
    }

    async fn a_machine_without_a_working_bmc_or_gone_is_left_alone(db: TestDb) {
        let room = Room::new(db);
        let change = |gone: Option<i64>, fault: Option<&'static str>| room.db.put(|c| {
            diesel::update(devices::table.find(room.device)).set(devices::archived_at.eq(gone)).execute(c)?;
            diesel::update(bmc_endpoints::table).set(bmc_endpoints::credential_fault.eq(fault)).execute(c)?;
            Ok(())
        });
        change(Some(1), None);
        assert_eq!(refused(&room, &wish(Action::On)).1, "power-refuse-gone");
        change(None, Some("credentials: no"));
        assert_eq!(refused(&room, &wish(Action::On)).1, "power-refuse-credential");
        change(None, None);
        room.db.put(|c| { diesel::delete(bmc_endpoints::table).execute(c)?; Ok(()) });
        assert_eq!(refused(&room, &wish(Action::On)).1, "power-refuse-no-bmc");
    }

    async fn one_at_a_time_then_a_rest(db: TestDb) {
        let room = Room::new(db);
        let first = room.asked(Action::Off);
        assert_eq!(refused(&room, &wish(Action::On)), (FaultKind::Conflict, "power-refuse-live"));
        let ended = room.staff().now;
        room.db.put(|c| {
            diesel::update(power_intents::table.find(first))
                .set((
                    power_intents::state.eq(IntentState::Succeeded),
                    power_intents::command_sent_at.eq(ended.plus_seconds(-5)),
                    power_intents::finished_at.eq(ended),
                ))
                .execute(c)?;
            Ok(())
        });
        let limits = Limits { cool_down_ms: 30_000, ..RESTLESS };
        let ask = |after: i64| {
            let mut actor = room.staff();
            actor.now = ended.plus_seconds(after);
            room.db.put(|c| intent_request(c, &actor, room.device, &wish(Action::On), &limits))
        };
        assert!(matches!(ask(29), Asked::Refused(fault) if fault.kind == FaultKind::TooMany));
        assert!(matches!(ask(30), Asked::Accepted(_)));
    }

    async fn a_wish_that_did_nothing_needs_no_rest(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        let actor = room.staff();
        room.db.put(|c| intent_cancel(c, &actor, &letters(), id));
        let limits = Limits { cool_down_ms: 3_600_000, ..RESTLESS };
        let asked = room.db.put(|c| intent_request(c, &actor, room.device, &wish(Action::On), &limits));
        assert!(matches!(asked, Asked::Accepted(_)));
    }

    async fn a_customer_has_a_share_and_staff_have_none(db: TestDb) {
        let room = Room::new(db);
        let customer = room.actor(Role::CustomerAdmin);
        for _ in 0..RESTLESS.customer_actions_per_hour {
            let id = room.ask(&customer, &wish(Action::On)).unwrap();
            room.db.put(|c| intent_cancel(c, &customer, &letters(), id));
        }
        let fault = room.ask(&customer, &wish(Action::On)).unwrap_err();
        assert_eq!((fault.kind, fault.message.key), (FaultKind::TooMany, "power-refuse-hourly"));
        let mut later = customer.clone();
        later.now = customer.now.plus_seconds(3601);
        let id = room.ask(&later, &wish(Action::On)).unwrap();
        room.db.put(|c| intent_cancel(c, &later, &letters(), id));
        room.asked(Action::On);
    }

    async fn an_unknown_state_needs_a_word_and_allows_only_on_and_off(db: TestDb) {
        let room = Room::new(db);
        room.seen(room.device, PowerState::Unknown);
        for action in [Action::SoftOff, Action::Cycle, Action::Reset] {
            let confirmed = Wish { confirm_unknown_state: true, ..wish(action) };
            assert_eq!(refused(&room, &confirmed).1, "power-refuse-unknown", "{action}");
        }
        let fault = room.ask(&room.staff(), &wish(Action::Off)).unwrap_err();
        assert_eq!(fault.fields[0].field, "confirm_unknown_state");
        room.ask(&room.staff(), &Wish { confirm_unknown_state: true, ..wish(Action::Off) }).unwrap();
    }

    async fn a_person_at_the_rack_is_acknowledged(db: TestDb) {
        let room = Room::new(db);
        visitor(&room);
        let fault = room.ask(&room.staff(), &wish(Action::Cycle)).unwrap_err();
        assert_eq!((fault.kind, fault.fields[0].field.as_ref()), (FaultKind::Invalid, "acknowledge_presence"));
        assert_eq!(fault.fields[0].message.to_string(), "power-confirm-presence count=1 rack=A01");
        room.ask(&room.staff(), &Wish { acknowledge_presence: true, ..wish(Action::Cycle) }).unwrap();
        let now = room.staff().now;
        room.db.put(|c| {
            diesel::update(visit_people::table).set(visit_people::checked_out_at.eq(now)).execute(c)?;
            diesel::delete(coldaisle::store::schema::power_intent_steps::table).execute(c)?;
            diesel::delete(power_intents::table).execute(c)?;
            Ok(())
        });
        room.asked(Action::Cycle);
    }

    async fn the_same_key_is_the_same_intent(db: TestDb) {
        let room = Room::new(db);
        let keyed = Wish { key: Some("a-1".into()), ..wish(Action::Cycle) };
        let first = room.ask(&room.staff(), &keyed).unwrap();
        assert_eq!(room.ask(&room.staff(), &keyed).unwrap(), first);
        assert_eq!((intents(&room), room.steps(first)), (1, vec!["requested".to_owned()]));
        for other in [
            Wish { action: Action::Off, ..keyed.clone() },
            Wish { reason: "other".into(), ..keyed.clone() },
            Wish { acknowledge_presence: true, ..keyed.clone() },
        ] {
            assert_eq!(refused(&room, &other), (FaultKind::Conflict, "power-refuse-key-reused"));
        }
        // Another person's key is another key.
        let fault = room.ask(&room.actor(Role::Administrator), &keyed).unwrap_err();
        assert_eq!(fault.message.key, "power-refuse-live");
    }

    async fn one_key_at_the_same_moment_makes_one_intent(db: TestDb) {
        let room = std::sync::Arc::new(Room::new(db));
        let actor = room.staff();
        let keyed = Wish { key: Some("a-1".into()), ..wish(Action::Cycle) };
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (room, actor, keyed) = (room.clone(), actor.clone(), keyed.clone());
                std::thread::spawn(move || room.ask(&actor, &keyed).unwrap())
            })
            .collect();
        let ids: std::collections::BTreeSet<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        assert_eq!((ids.len(), intents(&room)), (1, 1));
    }

    async fn a_protected_machine_needs_a_second_person(db: TestDb) {
        let room = Room::new(db);
        protect(&room);
        let asker = room.staff();
        let id = room.ask(&asker, &wish(Action::Cycle)).unwrap();
        assert_eq!(room.intent(id).state, IntentState::AwaitingApproval);
        let approve = |actor: &coldaisle::identity::Actor| {
            room.db.store.write_blocking("test", |c| intent_approve(c, actor, id, false, &RESTLESS))
        };
        assert_eq!(approve(&asker).unwrap_err().message.key, "power-refuse-same-person");
        assert_eq!(approve(&room.actor(Role::Technician)).unwrap_err().kind, FaultKind::Forbidden);
        assert_eq!(approve(&room.actor(Role::CustomerAdmin)).unwrap_err().kind, FaultKind::NotFound);
        lock(&room, true);
        let second = room.actor(Role::Administrator);
        assert_eq!(approve(&second).unwrap_err().message.key, "power-refuse-locked");
        lock(&room, false);
        visitor(&room);
        assert_eq!(approve(&second).unwrap_err().fields[0].field, "acknowledge_presence");
        room.db.put(|c| intent_approve(c, &second, id, true, &RESTLESS));
        let intent = room.intent(id);
        assert_eq!((intent.state, intent.approved_by_user_id), (IntentState::Queued, second.user_id));
        assert_eq!(room.steps(id), ["requested", "needs-approval", "approved"]);
        assert_eq!(approve(&second).unwrap_err().message.key, "power-refuse-not-awaiting");
    }

    async fn an_intent_is_taken_back_only_before_it_runs(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        let cancel = |actor: &coldaisle::identity::Actor| {
            room.db.store.write_blocking("test", |c| intent_cancel(c, actor, &letters(), id))
        };
        let fault = cancel(&room.actor(Role::CustomerAdmin)).unwrap_err();
        assert_eq!(fault.message.key, "power-refuse-not-yours");
        let now = room.staff().now.plus_seconds(1);
        room.db.put(|c| coldaisle::power::ops::intent_claim(c, "me", now, 1));
        assert_eq!(cancel(&room.staff()).unwrap_err().message.key, "power-refuse-not-cancellable");
        assert_eq!(room.intent(id).state, IntentState::Running);
    }

    async fn lists_are_walled_filtered_and_paged(db: TestDb) {
        let room = Room::new(db);
        let other = room.db.device("SRV-0002", None);
        room.bmc(other, "192.0.2.8", "");
        let staff = room.staff();
        for action in [Action::Off, Action::On, Action::Cycle] {
            let id = room.asked(action);
            room.db.put(|c| intent_cancel(c, &staff, &letters(), id));
        }
        room.db.put(|c| intent_request(c, &staff, other, &wish(Action::Off), &RESTLESS));
        let list = |actor: &coldaisle::identity::Actor, filter: IntentFilter, page: PageRequest| {
            room.db.get(|c| intent_list(c, actor, &filter, &page))
        };
        let customer = room.actor(Role::CustomerMember);
        let all = list(&staff, IntentFilter::default(), PageRequest::first());
        assert_eq!((all.total, all.rows[0].1.as_str()), (4, "SRV-0002"));
        assert_eq!(list(&customer, IntentFilter::default(), PageRequest::first()).total, 3);
        let live = IntentFilter { live: true, ..IntentFilter::default() };
        assert_eq!(list(&staff, live, PageRequest::first()).total, 1);
        let text = IntentFilter { text: "srv-0001".into(), action: Some(Action::On), ..IntentFilter::default() };
        assert_eq!(list(&staff, text, PageRequest::first()).total, 1);
        let two = PageRequest { limit: 2, ..PageRequest::first() };
        let first = list(&staff, IntentFilter::default(), two.clone());
        assert_eq!((first.rows.len(), first.previous.as_deref()), (2, None));
        let second = list(&staff, IntentFilter::default(), PageRequest { after: first.next, ..two.clone() });
        assert_eq!((second.rows.len(), second.next.as_deref()), (2, None));
        let back = list(&staff, IntentFilter::default(), PageRequest { before: second.previous, ..two });
        assert_eq!(back.rows[0].0.id, first.rows[0].0.id);
    }
}
