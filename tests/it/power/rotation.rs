//! Changing a BMC's password: what holds after every way it can go.

use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::fault::FaultKind;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::BmcRotationId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::power::ops::{
    Settling, endpoint_of_device, endpoint_update, poll_claim, rotation_claim, rotation_of_device,
    rotation_request, rotation_sending, rotation_settle, target,
};
use coldaisle::power::port::PortFaultKind;
use coldaisle::power::rotation::RotationDraft;
use coldaisle::power::{BmcDraft, Protocol, Rotation, RotationState};
use coldaisle::store::schema::{audit_entries, bmc_rotation_steps, bmc_rotations, outbox};
use coldaisle::tasks::Task;
use coldaisle::tasks::bmc_rotation::BmcRotation;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::tells::Sets;
use super::{ADDRESS, Room, endpoint_fields, wish};
use crate::harness::{TestDb, both};

const NEW: &str = "quiet-river-77";

impl Room {
    /// A room whose BMC takes only the password on record.
    fn with_password(db: TestDb) -> Self {
        let room = Self::answering(db);
        room.tells(|tells| tells.password = Some("calvin".into()));
        room
    }

    fn change(&self) -> BmcRotationId {
        let actor = self.staff();
        let fields: Fields = [("password", NEW), ("password_again", NEW)]
            .into_iter()
            .collect();
        let draft = RotationDraft::parse(&fields, Protocol::Ipmi).unwrap();
        self.db
            .put(|c| rotation_request(c, &actor, &self.keyring, self.device, &draft))
    }

    async fn carry_on(&self) {
        let task = BmcRotation::new(
            self.db.store.clone(),
            self.keyring.clone(),
            Arc::new(self.port.clone()),
            Duration::from_secs(1),
        );
        task.activate(CancellationToken::new()).await.unwrap();
    }

    /// The last change, and the keys of its steps without what they have in common.
    fn changed(&self) -> (Rotation, Vec<String>) {
        let actor = self.staff();
        let found = self.db.get(|c| rotation_of_device(c, &actor, self.device));
        let (rotation, steps) = found.unwrap();
        let key = |key: &str| key.strip_prefix("rotation-step-").unwrap().to_owned();
        let steps = steps.iter().map(|step| key(&step.words().unwrap().key));
        (rotation, steps.collect())
    }

    /// The password on record.
    fn recorded(&self) -> String {
        let actor = self.staff();
        let bmc = self
            .db
            .get(|c| endpoint_of_device(c, &actor, self.device))
            .unwrap();
        target(&bmc, &self.keyring, false)
            .unwrap()
            .password
            .expose()
            .to_owned()
    }

    /// Makes what waits due.
    fn hurry(&self) {
        self.db.put(|c| {
            diesel::update(bmc_rotations::table)
                .set(bmc_rotations::next_at.eq(Timestamp::from_millis(0)))
                .execute(c)?;
            Ok(())
        });
    }
}

both! {
    async fn the_new_password_is_on_record_once_it_has_worked(db: TestDb) {
        let room = Room::with_password(db);
        room.change();
        assert_eq!(room.recorded(), "calvin");
        room.carry_on().await;
        let (rotation, steps) = room.changed();
        assert_eq!(steps, ["asked", "sending", "accepted", "stored"]);
        assert_eq!(rotation.state, RotationState::Done);
        assert_eq!(rotation.password_sealed, None, "it is kept in one place only");
        assert_eq!(room.recorded(), NEW);
        assert_eq!(room.tells(|tells| (tells.set, tells.wrong)), (1, 0));
        // Nobody reads it in a log or a letter.
        let texts: Vec<String> = room.db.get(|c| {
            let mut texts: Vec<String> = audit_entries::table.select(audit_entries::detail).load(c)?;
            texts.extend(bmc_rotation_steps::table.select(bmc_rotation_steps::said).load::<String>(c)?);
            texts.extend(outbox::table.select(outbox::payload).load::<String>(c)?);
            Ok(texts)
        });
        assert!(texts.len() > 5);
        assert!(texts.iter().all(|text| !text.contains(NEW) && !text.contains("calvin")));
    }

    async fn a_lost_answer_is_settled_by_trying_and_never_sent_again(db: TestDb) {
        for (sets, state, last, recorded, wrong) in [
            (Sets::Mute, RotationState::Done, "stored", NEW, 0),
            (Sets::Deaf, RotationState::Failed, "old-holds", "calvin", 1),
        ] {
            let room = Room::with_password(match db.engine {
                crate::harness::Engine::Sqlite => TestDb::sqlite(),
                crate::harness::Engine::Postgres => TestDb::postgres(),
            });
            room.tells(|tells| tells.sets = sets);
            room.change();
            room.carry_on().await;
            let (rotation, steps) = room.changed();
            assert_eq!(steps, ["asked", "sending", "reply-lost", last], "{sets:?}");
            assert_eq!(rotation.state, state);
            assert_eq!(room.recorded(), recorded);
            assert_eq!(room.tells(|tells| (tells.set, tells.wrong)), (1, wrong));
            room.hurry();
            room.carry_on().await;
            assert_eq!(room.tells(|tells| tells.set), 1);
        }
    }

    async fn a_bmc_that_refuses_keeps_its_password(db: TestDb) {
        let room = Room::with_password(db);
        room.tells(|tells| tells.sets = Sets::Refuses);
        room.change();
        room.carry_on().await;
        assert_eq!(room.changed().1, ["asked", "sending", "refused"]);
        assert_eq!(room.recorded(), "calvin");
        assert_eq!(room.changed().0.password_sealed, None);
    }

    async fn a_program_that_was_killed_after_the_command_only_tries_the_passwords(db: TestDb) {
        for (got_through, state, last) in [
            (true, RotationState::Done, "stored"),
            (false, RotationState::Failed, "old-holds"),
        ] {
            let room = Room::with_password(match db.engine {
                crate::harness::Engine::Sqlite => TestDb::sqlite(),
                crate::harness::Engine::Postgres => TestDb::postgres(),
            });
            let id = room.change();
            let now = Timestamp::now();
            // What the dead one did: claim it, say that it sends, and perhaps send.
            assert_eq!(room.db.put(|c| rotation_claim(c, now, 9)).len(), 1);
            room.db.put(|c| rotation_sending(c, id, now));
            if got_through {
                room.tells(|tells| tells.password = Some(NEW.into()));
            }
            room.carry_on().await;
            assert_eq!(room.changed().0.state, RotationState::Sending, "its claim holds for a while");
            room.hurry();
            room.carry_on().await;
            let (rotation, steps) = room.changed();
            assert_eq!(steps, ["asked", "sending", "resumed", last]);
            assert_eq!(rotation.state, state);
            assert_eq!(room.tells(|tells| tells.set), 0, "never sent again");
            assert_eq!(room.recorded(), if got_through { NEW } else { "calvin" });
        }
    }

    async fn when_neither_works_a_person_settles_it_and_readings_rest(db: TestDb) {
        let room = Room::with_password(db);
        room.tells(|tells| tells.sets = Sets::Locks);
        room.change();
        let polls = |room: &Room| {
            let later = Timestamp::now().plus_seconds(100_000);
            room.db.put(|c| poll_claim(c, later, 9)).len()
        };
        assert_eq!(polls(&room), 0, "nobody else logs in while it changes");
        room.carry_on().await;
        let (rotation, steps) = room.changed();
        assert_eq!(steps, ["asked", "sending", "accepted", "neither"]);
        assert_eq!(rotation.state, RotationState::Unclear);
        assert!(rotation.password_sealed.is_some(), "still needed");
        assert_eq!(room.tells(|tells| tells.wrong), 2, "each was tried once");
        room.hurry();
        room.carry_on().await;
        assert_eq!(room.tells(|tells| tells.wrong), 2, "and no more");
        assert_eq!(polls(&room), 0);

        // The account is unlocked on the BMC, with the new password.
        room.tells(|tells| tells.password = Some(NEW.into()));
        let actor = room.staff();
        room.db.put(|c| rotation_settle(c, &actor, &room.keyring, room.device, Settling::Test));
        room.carry_on().await;
        assert_eq!(room.changed().0.state, RotationState::Done);
        assert_eq!(room.recorded(), NEW);
        assert_eq!(polls(&room), 1);
        let again = room.db.store.write_blocking("test", |c| {
            rotation_settle(c, &actor, &room.keyring, room.device, Settling::Old)
        });
        assert_eq!(again.unwrap_err().kind, FaultKind::Conflict);
    }

    async fn a_person_may_say_which_one_holds_or_record_another_by_hand(db: TestDb) {
        for (how, recorded) in [(Some(Settling::New), NEW), (Some(Settling::Old), "calvin"), (None, "by-hand-1")] {
            let room = Room::with_password(match db.engine {
                crate::harness::Engine::Sqlite => TestDb::sqlite(),
                crate::harness::Engine::Postgres => TestDb::postgres(),
            });
            room.tells(|tells| tells.sets = Sets::Locks);
            room.change();
            room.carry_on().await;
            assert_eq!(room.changed().0.state, RotationState::Unclear);
            let actor = room.staff();
            match how {
                Some(how) => room.db.put(|c| rotation_settle(c, &actor, &room.keyring, room.device, how)),
                None => {
                    let mut fields = endpoint_fields("192.0.2.7");
                    fields.set("password", recorded);
                    let draft = BmcDraft::parse(&fields).unwrap();
                    let version = room.db.get(|c| endpoint_of_device(c, &actor, room.device)).unwrap().version;
                    room.db.put(|c| endpoint_update(c, &actor, &room.keyring, room.device, version, &draft));
                }
            }
            let (rotation, _) = room.changed();
            assert!(!RotationState::LIVE.contains(&rotation.state), "{how:?}");
            assert_eq!(rotation.password_sealed, None);
            assert_eq!(room.recorded(), recorded);
        }
    }

    async fn a_silent_bmc_is_tried_again_and_given_up(db: TestDb) {
        let room = Room::with_password(db);
        room.change();
        room.port.bmc(ADDRESS, |bmc| bmc.login = Some(PortFaultKind::Passing));
        for _ in 0..20 {
            room.hurry();
            room.carry_on().await;
        }
        let (rotation, steps) = room.changed();
        assert_eq!(rotation.state, RotationState::Failed);
        assert_eq!(steps.last().unwrap(), "not-reached");
        assert_eq!(room.port.bmc(ADDRESS, |bmc| bmc.logins), 8);
        assert_eq!(room.tells(|tells| tells.set), 0);
        assert_eq!(room.recorded(), "calvin");
    }

    async fn what_is_under_way_is_not_crossed(db: TestDb) {
        let room = Room::with_password(db);
        let id = room.asked(coldaisle::power::Action::Off);
        let actor = room.staff();
        let fields: Fields = [("password", NEW), ("password_again", NEW)].into_iter().collect();
        let draft = RotationDraft::parse(&fields, Protocol::Ipmi).unwrap();
        let ask = |room: &Room| {
            room.db.store.write_blocking("test", |c| {
                rotation_request(c, &actor, &room.keyring, room.device, &draft)
            })
        };
        assert_eq!(ask(&room).unwrap_err().kind, FaultKind::Conflict, "intent {id} is under way");
        room.db.put(|c| {
            diesel::update(coldaisle::store::schema::power_intents::table)
                .set(coldaisle::store::schema::power_intents::state.eq("cancelled"))
                .execute(c)?;
            Ok(())
        });
        ask(&room).unwrap();
        assert_eq!(ask(&room).unwrap_err().kind, FaultKind::Conflict, "one at a time");
        // An intent asked for meanwhile waits for its turn.
        let intent = room.ask(&room.staff(), &wish(coldaisle::power::Action::Cycle)).unwrap();
        let claimed = room.db.put(|c| {
            coldaisle::power::ops::intent_claim(c, "test", Timestamp::now(), 9)
        });
        assert!(claimed.is_empty(), "intent {intent} waits");
        room.carry_on().await;
        let claimed = room.db.put(|c| {
            coldaisle::power::ops::intent_claim(c, "test", Timestamp::now(), 9)
        });
        assert_eq!(claimed.len(), 1);
        for role in [Role::Technician, Role::CustomerAdmin] {
            let other = room.actor(role);
            let refused = room.db.store.write_blocking("test", |c| {
                rotation_request(c, &other, &room.keyring, room.device, &draft)
            });
            let kind = refused.unwrap_err().kind;
            assert!(matches!(kind, FaultKind::Forbidden | FaultKind::NotFound), "{role}: {kind:?}");
        }
    }
}
