//! The executor against BMCs that count what they are told.

use std::time::Duration;

use coldaisle::base::ids::IntentId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::power::ops::{
    Sent, endpoint_of_device, intent_claim, intent_finish, intent_send, intent_verifying,
    leases_release,
};
use coldaisle::power::port::PortFaultKind;
use coldaisle::power::{
    Action, BootChoice, BootDevice, Detail, IntentState, PowerState, Setting, Wish,
};
use coldaisle::store::schema::{devices, outbox, power_intents};
use coldaisle::tasks::Task;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::fake::Obeys;
use super::{ADDRESS, Room, letters, wish};
use crate::harness::{TestDb, both};

/// Runs an executor until nothing is left.
async fn work_off(room: &Room) {
    let executor = room.executor();
    let done = executor.activate(CancellationToken::new());
    tokio::time::timeout(Duration::from_secs(30), done)
        .await
        .expect("the executor comes to an end")
        .unwrap();
}

fn outcome(room: &Room, id: IntentId) -> (IntentState, String) {
    let last = room.steps(id).pop().unwrap();
    (room.intent(id).state, last)
}

/// Brings an intent to the moment after the command, with an executor that is gone.
fn sent_by_a_dead_executor(room: &Room, action: Action) -> IntentId {
    let id = room.asked(action);
    let now = Timestamp::now();
    room.db.put(|c| intent_claim(c, "dead", now, 1));
    let sent = room.db.put(|c| intent_send(c, "dead", id, now, 600));
    assert!(matches!(sent, Sent::Go { .. }));
    id
}

both! {
    async fn each_action_is_sent_once_and_seen(db: TestDb) {
        let room = Room::new(db);
        for (action, before, last) in [
            (Action::Off, PowerState::On, "observed"),
            (Action::On, PowerState::Off, "observed"),
            (Action::SoftOff, PowerState::On, "observed"),
            (Action::Cycle, PowerState::On, "cycled"),
            (Action::Reset, PowerState::On, "reset-accepted"),
        ] {
            room.port.bmc(ADDRESS, |bmc| { bmc.state = before; bmc.commands.clear(); });
            let id = room.asked(action);
            work_off(&room).await;
            assert_eq!(outcome(&room, id), (IntentState::Succeeded, last.to_owned()), "{action}");
            assert_eq!(room.commands(), [action]);
            let intent = room.intent(id);
            assert_eq!(intent.observed_before.as_deref(), Some(before.as_str()));
            assert!(intent.finished_at >= intent.command_sent_at && intent.lease_owner.is_none());
        }
        let staff = room.staff();
        let bmc = room.db.get(|c| endpoint_of_device(c, &staff, room.device)).unwrap();
        assert_eq!((bmc.power_state, bmc.remembered_suite), (PowerState::On, Some(17)));
        assert_eq!(room.port.bmc(ADDRESS, |bmc| (bmc.open, bmc.most_open)), (0, 1));
    }

    async fn what_leaves_the_power_alone_is_sent_once_and_seen_as_far_as_it_can_be(db: TestDb) {
        let room = Room::new(db);
        let pxe = BootChoice { device: BootDevice::Pxe, persistent: false, uefi: true };
        for (action, setting, last) in [
            (Action::Nmi, Setting::None, "nmi-accepted"),
            (Action::Identify, Setting::Light(15), "identify-accepted"),
            (Action::BootDevice, Setting::Boot(pxe), "boot-set"),
            (Action::BmcReset, Setting::None, "bmc-back"),
        ] {
            room.port.bmc(ADDRESS, |bmc| bmc.commands.clear());
            let id = room.ask(&room.staff(), &Wish { setting, ..wish(action) }).unwrap();
            work_off(&room).await;
            assert_eq!(outcome(&room, id), (IntentState::Succeeded, last.to_owned()), "{action}");
            assert_eq!(room.commands(), [action]);
        }
        assert_eq!(room.port.bmc(ADDRESS, |bmc| (bmc.light, bmc.boot, bmc.away)), (Some(15), Some(pxe), 0));
        // It takes the override and reads back another, a lost answer is not asked for again.
        for (obeys, action, setting, ended) in [
            (Obeys::No, Action::BootDevice, Setting::Boot(BootChoice { device: BootDevice::Disk, ..pxe }), (IntentState::TimedOut, "boot-not-seen")),
            (Obeys::Deaf, Action::Identify, Setting::Light(15), (IntentState::TimedOut, "untold")),
            (Obeys::Mute, Action::BmcReset, Setting::None, (IntentState::Succeeded, "bmc-back")),
            (Obeys::Refuses, Action::Nmi, Setting::None, (IntentState::Refused, "bmc-refused")),
        ] {
            room.port.bmc(ADDRESS, |bmc| { bmc.commands.clear(); bmc.obeys = obeys; });
            let id = room.ask(&room.staff(), &Wish { setting, ..wish(action) }).unwrap();
            work_off(&room).await;
            assert_eq!(outcome(&room, id), (ended.0, ended.1.to_owned()), "{action}");
            assert_eq!(room.commands(), [action]);
        }
    }

    async fn what_is_so_already_is_not_sent(db: TestDb) {
        let room = Room::new(db);
        for (action, state, expected) in [
            (Action::On, PowerState::On, (IntentState::Succeeded, "already-on")),
            (Action::Off, PowerState::Off, (IntentState::Succeeded, "already-off")),
            (Action::SoftOff, PowerState::Off, (IntentState::Succeeded, "already-off")),
            (Action::Cycle, PowerState::Off, (IntentState::Refused, "is-off")),
            (Action::Reset, PowerState::Off, (IntentState::Refused, "is-off")),
            (Action::Cycle, PowerState::Unknown, (IntentState::Refused, "state-unknown")),
        ] {
            room.port.bmc(ADDRESS, |bmc| bmc.state = state);
            room.seen(room.device, PowerState::On);
            let id = room.asked(action);
            work_off(&room).await;
            assert_eq!(outcome(&room, id), (expected.0, expected.1.to_owned()), "{action} {state}");
        }
        assert_eq!(room.commands(), []);
    }

    async fn soft_never_becomes_hard(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.obeys = Obeys::No);
        let id = room.asked(Action::SoftOff);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::TimedOut, "timed-out-soft".to_owned()));
        assert_eq!(room.commands(), [Action::SoftOff]);
        let count: i64 = room.db.get(|c| Ok(power_intents::table.count().get_result(c)?));
        assert_eq!(count, 1, "the hard action is only offered");
        assert_eq!(room.intent(id).action.harder(), Some(Action::Off));
    }

    async fn a_command_without_effect_times_out(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.obeys = Obeys::No);
        let id = room.asked(Action::Off);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::TimedOut, "timed-out".to_owned()));
        let intent = room.intent(id);
        let allowed = intent.deadline_at.unwrap().since_millis(intent.command_sent_at.unwrap());
        assert_eq!(allowed, 600);
        assert!(intent.finished_at >= intent.deadline_at);
        assert_eq!(room.commands(), [Action::Off]);
    }

    async fn a_lost_answer_is_looked_at_and_not_repeated(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.obeys = Obeys::Mute);
        let id = room.asked(Action::Cycle);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Succeeded, "cycled".to_owned()));
        assert!(room.steps(id).contains(&"reply-lost".to_owned()));
        room.port.bmc(ADDRESS, |bmc| bmc.obeys = Obeys::Deaf);
        let id = room.asked(Action::Reset);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::TimedOut, "unseen".to_owned()));
        assert_eq!(room.commands(), [Action::Cycle, Action::Reset]);
    }

    async fn a_refusal_of_the_bmc_ends_it(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.obeys = Obeys::Refuses);
        let id = room.asked(Action::Cycle);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Refused, "bmc-refused".to_owned()));
    }

    async fn a_bmc_that_cannot_be_reached_is_given_up_without_a_command(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.login = Some(PortFaultKind::Passing));
        let id = room.asked(Action::Off);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Failed, "bmc-not-reached".to_owned()));
        assert!(room.port.bmc(ADDRESS, |bmc| bmc.logins) > 5);
        assert_eq!(room.commands(), []);
        assert_eq!(room.intent(id).command_sent_at, None);
    }

    async fn one_wrong_password_stops_all_attempts(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.login = Some(PortFaultKind::Credential));
        let id = room.asked(Action::Off);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Failed, "credentials".to_owned()));
        assert_eq!(room.port.bmc(ADDRESS, |bmc| bmc.logins), 1);
        let staff = room.staff();
        let bmc = room.db.get(|c| endpoint_of_device(c, &staff, room.device)).unwrap();
        assert!(bmc.credential_fault.unwrap().starts_with("credentials: "));
        let fault = room.ask(&staff, &wish(Action::Off)).unwrap_err();
        assert_eq!(fault.message.key, "power-refuse-credential");
        work_off(&room).await;
        assert_eq!(room.port.bmc(ADDRESS, |bmc| bmc.logins), 1);
    }

    async fn a_bmc_of_another_machine_is_not_told_anything(db: TestDb) {
        let room = Room::new(db);
        let expected = "42bdfe50-c199-42d9-8e0b-c9d634020082";
        for (guid, last) in [
            (Some("b61c9c86-ea81-4dce-b3eb-9c253d9538cc"), (IntentState::Refused, "wrong-machine")),
            (None, (IntentState::Refused, "no-guid")),
            (Some(expected), (IntentState::Succeeded, "observed")),
        ] {
            let name = format!("SRV-{last:?}");
            let device = room.db.device(&name, None);
            let address = format!("192.0.2.{}", device.get() + 100);
            room.bmc(device, &address, if last.1 == "wrong-machine" { expected } else { "" });
            room.db.put(|c| {
                use coldaisle::store::schema::bmc_endpoints as bmcs;
                diesel::update(bmcs::table.filter(bmcs::device_id.eq(device)))
                    .set(bmcs::expected_guid.eq(expected))
                    .execute(c)?;
                Ok(())
            });
            room.port.bmc(&format!("{address}:623"), |bmc| bmc.guid = guid.map(str::to_owned));
            let id = room.asked_on(device, Action::Off);
            work_off(&room).await;
            assert_eq!(outcome(&room, id), (last.0, last.1.to_owned()));
            let sent = room.port.bmc(&format!("{address}:623"), |bmc| bmc.commands.len());
            assert_eq!(sent, usize::from(last.0 == IntentState::Succeeded));
        }
    }

    /// Without a UUID the serial number decides; it is asked for only then.
    async fn a_bmc_with_another_serial_number_is_not_told_anything(db: TestDb) {
        let room = Room::new(db);
        for (told, last) in [
            (&["SN-OTHER"][..], (IntentState::Refused, "wrong-serial")),
            (&["chassis-1", "sn-own"], (IntentState::Succeeded, "observed")),
            (&["To be filled by O.E.M."], (IntentState::Succeeded, "observed")),
        ] {
            let device = room.db.device(&format!("SRV-{}", told.join("-")), None);
            let address = format!("192.0.2.{}", device.get() + 100);
            room.bmc(device, &address, "");
            room.db.put(|c| {
                diesel::update(devices::table.find(device)).set(devices::serial.eq("SN-own")).execute(c)?;
                Ok(())
            });
            room.port.bmc(&format!("{address}:623"), |bmc| {
                bmc.tells.serials = told.iter().map(|&serial| serial.to_owned()).collect();
            });
            let id = room.asked_on(device, Action::Off);
            work_off(&room).await;
            assert_eq!(outcome(&room, id), (last.0, last.1.to_owned()), "{told:?}");
            let (sent, asked) = room.port.bmc(&format!("{address}:623"), |bmc| (bmc.commands.len(), bmc.tells.serials_asked));
            assert_eq!((sent, asked), (usize::from(last.0 == IntentState::Succeeded), 1), "{told:?}");
            room.db.put(|c| {
                diesel::update(devices::table.find(device)).set(devices::serial.eq(None::<String>)).execute(c)?;
                Ok(())
            });
        }
    }

    async fn a_lock_that_comes_meanwhile_stops_the_command(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        room.db.put(|c| {
            diesel::update(devices::table.find(room.device))
                .set((devices::locked_at.eq(1_i64), devices::lock_reason.eq("hold")))
                .execute(c)?;
            Ok(())
        });
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Refused, "locked".to_owned()));
        assert_eq!(room.commands(), []);
    }

    async fn after_a_restart_a_sent_command_is_only_watched(db: TestDb) {
        let room = Room::new(db);
        let id = sent_by_a_dead_executor(&room, Action::Off);
        // While the lease holds, nobody touches it.
        work_off(&room).await;
        assert_eq!(room.intent(id).state, IntentState::Running);
        room.db.put(|c| leases_release(c, "dead"));
        room.port.bmc(ADDRESS, |bmc| bmc.state = PowerState::Off);
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Succeeded, "observed".to_owned()));
        assert_eq!(room.commands(), [], "sent again");
        assert!(room.steps(id).contains(&"resumed".to_owned()));
    }

    async fn after_a_restart_an_accepted_cycle_goes_on_from_what_was_seen(db: TestDb) {
        let room = Room::new(db);
        let id = sent_by_a_dead_executor(&room, Action::Cycle);
        room.db.put(|c| intent_verifying(c, "dead", id, Timestamp::now(), true));
        room.db.put(|c| coldaisle::power::ops::intent_note(
            c, "dead", id, Timestamp::now(), &Detail::new("power-detail-seen-off"), Some(PowerState::Off)));
        room.db.put(|c| leases_release(c, "dead"));
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Succeeded, "cycled".to_owned()));
        assert_eq!(room.commands(), []);
    }

    async fn after_a_restart_without_a_command_it_begins_anew(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        room.db.put(|c| intent_claim(c, "dead", Timestamp::now(), 1));
        room.db.put(|c| leases_release(c, "dead"));
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Succeeded, "observed".to_owned()));
        assert_eq!(room.commands(), [Action::Off]);
        assert!(room.steps(id).contains(&"started-again".to_owned()));
    }

    async fn who_lost_the_lease_changes_nothing_more(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        let now = Timestamp::now();
        room.db.put(|c| intent_claim(c, "first", now, 1));
        let later = now.plus_seconds(46);
        assert_eq!(room.db.put(|c| intent_claim(c, "second", later, 1)).len(), 1);
        let send = |owner: &'static str| {
            room.db.store.write_blocking("test", |c| intent_send(c, owner, id, later, 600))
        };
        assert!(send("first").is_err());
        assert!(matches!(send("second"), Ok(Sent::Go { .. })));
        assert!(send("second").is_err(), "sent twice");
        let finish = room.db.store.write_blocking("test", |c| intent_finish(
            c, &letters(), "first", id, later, IntentState::Failed, &Detail::new("power-detail-is-off"), None));
        assert!(finish.is_err());
    }

    async fn two_executors_never_run_one_intent_twice(db: TestDb) {
        let room = Room::new(db);
        let mut ids = vec![room.asked(Action::Off)];
        for number in 2..=12 {
            let device = room.db.device(&format!("SRV-{number:04}"), None);
            room.bmc(device, &format!("192.0.2.{}", 100 + number), "");
            ids.push(room.asked_on(device, Action::Cycle));
        }
        let (one, two, three) = tokio::join!(work_off(&room), work_off(&room), work_off(&room));
        let ((), (), ()) = (one, two, three);
        // Whoever came late may have left while another still worked; nothing is left over.
        work_off(&room).await;
        for id in &ids {
            assert_eq!(room.intent(*id).state, IntentState::Succeeded, "{id}");
            let starts = room.steps(*id).iter().filter(|step| *step == "started").count();
            assert_eq!(starts, 1);
        }
        for number in 2..=12 {
            let address = format!("192.0.2.{}:623", 100 + number);
            let (sent, open) = room.port.bmc(&address, |bmc| (bmc.commands.clone(), bmc.most_open));
            assert_eq!((sent, open), (vec![Action::Cycle], 1), "{address}");
        }
    }

    async fn a_stop_leaves_a_watch_to_the_next_process(db: TestDb) {
        let room = Room::new(db);
        room.port.bmc(ADDRESS, |bmc| bmc.obeys = Obeys::No);
        let id = room.asked(Action::SoftOff);
        let stop = CancellationToken::new();
        let executor = room.executor();
        let running = tokio::spawn({
            let stop = stop.clone();
            async move { executor.activate(stop).await }
        });
        let patience = std::time::Instant::now() + Duration::from_secs(20);
        while room.intent(id).state != IntentState::Verifying {
            assert!(std::time::Instant::now() < patience);
            tokio::task::yield_now().await;
        }
        stop.cancel();
        tokio::time::timeout(Duration::from_secs(10), running).await.expect("it stops").unwrap().unwrap();
        let left = room.intent(id);
        assert_eq!((left.state, left.lease_owner), (IntentState::Verifying, None));
        room.port.bmc(ADDRESS, |bmc| bmc.state = PowerState::Off);
        work_off(&room).await;
        assert_eq!(room.intent(id).state, IntentState::Succeeded);
        assert_eq!(room.commands(), [Action::SoftOff]);
    }

    async fn what_waited_too_long_is_not_done_any_more(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        let late = Timestamp::now().plus_seconds(-700);
        room.db.put(|c| {
            diesel::update(power_intents::table.find(id))
                .set(power_intents::not_before.eq(late))
                .execute(c)?;
            Ok(())
        });
        work_off(&room).await;
        assert_eq!(outcome(&room, id), (IntentState::Refused, "too-old".to_owned()));
        assert_eq!(room.commands(), []);
    }

    async fn the_requester_is_told_by_mail_once(db: TestDb) {
        let room = Room::new(db);
        let asker = room.actor(Role::CustomerAdmin);
        room.set_mail(&asker, "ops@acme.example");
        let id = room.ask(&asker, &wish(Action::Off)).unwrap();
        work_off(&room).await;
        let mails: Vec<String> = room.db.get(|c| Ok(outbox::table.select(outbox::payload).load(c)?));
        assert_eq!(mails.len(), 1);
        for part in ["ops@acme.example", "power_finished", "SRV-0001", "A01 U21", "succeeded", &format!("https://dc.example/power/intents/{id}")] {
            assert!(mails[0].contains(part), "{part} in {}", mails[0]);
        }
    }
}
