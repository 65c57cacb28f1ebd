//! What polls leave behind.

use coldaisle::base::fault::FaultKind;
use coldaisle::base::seal::Keyring;
use coldaisle::identity::Role;
use coldaisle::metering::counter::{GapReason, Width};
use coldaisle::metering::note::{Note, NoteWord};
use coldaisle::metering::period::Period;
use coldaisle::metering::slot::SlotFlags;
use coldaisle::metering::{
    COMMUNITY_PURPOSE, PortState, Series, TargetDraft, TargetState, csv, poll_measured,
    poll_succeeded, port_series, target_by_id, target_create, target_list, target_poll,
    target_poll_now, target_update, targets_claim, targets_due, targets_release,
};
use coldaisle::store::schema::{audit_entries, ports, readings, snmp_targets};
use diesel::prelude::*;

use super::world::{MINUTE, OWNER, Switch, at, measured, sample, seen, target_fields};
use crate::harness::{Engine, NOW, TestDb, both};

fn series(switch: &Switch<'_>, name: &str, from: i64, until: i64) -> Series {
    let mut staff = switch.staff.clone();
    staff.now = at(until);
    let asked = Period {
        from: at(from),
        until: at(until),
    };
    let id = switch.port_id(name);
    switch.db.get(|c| port_series(c, &staff, id, asked))
}

/// Octets received per slot, gaps as none.
fn inward(series: &Series) -> Vec<Option<u64>> {
    series.slots.iter().map(|slot| slot.in_octets).collect()
}

fn readings_of(switch: &Switch<'_>) -> i64 {
    switch.db.get(|c| {
        Ok(readings::table
            .filter(readings::target_id.eq(switch.target))
            .count()
            .get_result(c)?)
    })
}

both! {
    async fn counters_become_slots_whatever_the_jitter(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        for (minute, octets) in [(-5, 1_000), (0, 1_300), (6, 1_900), (10, 2_300), (15, 2_800)] {
            assert!(switch.poll(&sample(at(minute), vec![seen(1, "Gi1", (octets, 10 * octets))])));
        }
        let series = series(&switch, "Gi1", 0, 15);
        assert_eq!(inward(&series), [Some(500), Some(500), Some(500)]);
        assert_eq!(series.summary.inward.p95.map(|rate| rate.get()), Some(500 * 8 / 300));
        assert_eq!(series.summary.outward.volume_octets, 15_000);
        let row = switch.row();
        assert_eq!((row.state(), row.last_good_at, row.system_name.as_str()), (TargetState::Good, Some(at(15)), "SW"));
        assert!(row.next_poll_at > at(15) && row.next_poll_at <= at(20));
    }

    async fn a_failed_poll_keeps_only_its_error(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(0), vec![seen(1, "Gi1", (0, 0))]));
        for (minute, state) in [(5, TargetState::Failing), (10, TargetState::Failing), (15, TargetState::BackingOff)] {
            assert!(switch.fail(at(minute)));
            assert_eq!(switch.row().state(), state, "{minute}");
        }
        let row = switch.row();
        assert_eq!((readings_of(&switch), row.consecutive_failures), (1, 3));
        assert!(row.last_error.unwrap().starts_with("no_answer: 127.20.0.1"));
        assert!(row.next_poll_at > at(20) && row.next_poll_at <= at(25), "back-off of ten minutes");
        switch.poll(&sample(at(30), vec![seen(1, "Gi1", (6_000, 0))]));
        assert_eq!(switch.row().state(), TargetState::Good);
        let series = series(&switch, "Gi1", 0, 30);
        assert_eq!(inward(&series), [Some(1_000); 6]);
        assert!(series.slots.iter().all(|slot| slot.flags.contains(SlotFlags::ESTIMATED)));
    }

    async fn a_restart_is_a_gap_with_its_reason(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let poll = |minute: i64, octets: u64, uptime_min: i64| {
            let mut sample = sample(at(minute), vec![seen(1, "Gi1", (octets, octets))]);
            sample.uptime_ms = Some(u64::try_from(uptime_min * MINUTE).unwrap());
            sample.with_names = minute == 0;
            switch.poll(&sample);
        };
        poll(0, 1_000_000, 60);
        poll(5, 1_000_300, 65);
        assert_eq!(switch.row().names_read_at, Some(at(0)));
        poll(10, 40, 2);
        assert_eq!(switch.row().names_read_at, None, "after a restart names are read again");
        poll(15, 340, 7);
        let series = series(&switch, "Gi1", 0, 15);
        assert_eq!(inward(&series), [Some(300), None, Some(300)]);
        assert_eq!(series.slots[1].gap, Some(GapReason::Restart));
        assert_eq!((series.summary.gap, series.summary.inward.volume_octets), (1, 600));
    }

    async fn a_renumbered_port_stays_the_same_port(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(0), vec![seen(1, "Gi1", (100, 0)), seen(2, "Gi2", (9_000, 0))]));
        let ids = (switch.port_id("Gi1"), switch.port_id("Gi2"));
        let mut moved = sample(at(5), vec![seen(101, "Gi2", (9_300, 0)), seen(102, "Gi1", (400, 0))]);
        moved.with_names = false;
        switch.poll(&moved);
        assert_eq!((switch.port_id("Gi1"), switch.port_id("Gi2")), ids);
        assert_eq!(switch.port("Gi1").if_index, Some(102));
        assert_eq!(switch.port("Gi1").descr, "Gi1 long", "counters alone do not wipe what names told");
        assert_eq!(switch.row().names_read_at, None, "new numbers: names are read again");
        for name in ["Gi1", "Gi2"] {
            assert_eq!(inward(&series(&switch, name, 0, 5)), [Some(300)], "{name}");
        }
    }

    async fn a_vanished_port_is_kept_and_comes_back(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let both = |minute: i64, octets: u64| sample(at(minute), vec![seen(1, "Gi1", (octets, 0)), seen(2, "Gi2", (octets, 0))]);
        switch.poll(&both(0, 100));
        switch.poll(&sample(at(5), vec![seen(1, "Gi1", (400, 0))]));
        let gone = switch.port("Gi2");
        assert_eq!((gone.state(), gone.missing_since, gone.last_seen_at), (PortState::Missing, Some(at(5)), Some(at(0))));
        assert_eq!(gone.if_index, None);
        switch.poll(&both(10, 700));
        let back = switch.port("Gi2");
        assert_eq!((back.id, back.state(), back.missing_since), (gone.id, PortState::Up, None));
        assert_eq!(inward(&series(&switch, "Gi2", 0, 10)), [Some(300), Some(300)], "the difference across the gap is exact");
    }

    async fn doubled_names_fall_back_and_say_so(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let mut ports = vec![seen(1, "Gi1", (0, 0)), seen(2, "lan", (0, 0)), seen(3, "lan", (0, 0)), seen(4, "", (0, 0))];
        ports[1].names.descr = Some("slot 1 lan".into());
        ports[2].names.descr = Some("slot 2 lan".into());
        ports[3].names = Default::default();
        switch.poll(&sample(at(0), ports));
        assert_eq!((switch.port("slot 1 lan").warning.as_str(), switch.port("Gi1").warning.as_str()), ("fell_back", ""));
        let row = switch.row();
        assert_eq!(row.state(), TargetState::Warned);
        assert_eq!(row.last_error.as_deref(), Some("nameless: 1 / 4"));
    }

    async fn a_port_whose_counters_froze_is_named_until_they_count(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let poll = |minute: i64, frozen: bool| {
            let busy = u64::try_from(minute).unwrap() * 1_000;
            let first = if frozen { 45_000 } else { busy };
            let ports = [("Gi1", first), ("Gi2", busy), ("Gi3", busy)];
            let seen = |(n, (name, octets)): (usize, &(&str, u64))| seen(n as u32 + 1, name, (*octets, *octets / 2));
            assert!(switch.poll(&sample(at(minute), ports.iter().enumerate().map(seen).collect())));
        };
        let notes = |minute: i64, with_names: bool| {
            db.put(|c| poll_measured(c, switch.target, &measured(with_names, Vec::new()), at(minute)));
            db.get(|c| target_poll(c, switch.target)).expect("a row").notes()
        };
        for minute in (0..=45).step_by(5) {
            poll(minute, false);
        }
        assert!(notes(45, true).is_empty());
        for minute in (50..=75).step_by(5) {
            poll(minute, true);
        }
        let said = notes(75, true);
        assert_eq!(said, [Note::new(NoteWord::Frozen).about("Gi1").counted(1, 3)]);
        assert_eq!((switch.port("Gi1").warning.as_str(), switch.port("Gi2").warning.as_str()), ("frozen", ""));
        poll(80, true);
        assert_eq!((notes(80, false), switch.port("Gi1").warning.as_str()), (said.clone(), "frozen"), "it stands between readings of names");
        poll(85, true);
        assert_eq!(notes(85, true), said);
        poll(90, false);
        assert!(notes(90, true).is_empty());
        assert_eq!(switch.port("Gi1").warning, "");
    }

    async fn a_32_bit_wrap_counts_and_a_reset_does_not(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let poll = |minute: i64, octets: u64| {
            let mut port = seen(1, "Gi1", (octets, octets));
            port.width = Some(Width::Bits32);
            switch.poll(&sample(at(minute), vec![port]));
        };
        poll(0, 4_294_967_000);
        poll(5, 704);
        poll(10, 1_004);
        poll(15, 900);
        let series = series(&switch, "Gi1", 0, 15);
        // 900 after 1,004 would be a wrap at 114 Mbit/s, within the line: still a wrap.
        assert_eq!(inward(&series)[..2], [Some(1_000), Some(300)]);
        assert_eq!(switch.port("Gi1").counter_bits, Some(32));
    }

    async fn what_was_not_said_is_missing_and_never_zero(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(0), vec![seen(1, "Gi1", (100, 100))]));
        let mut half = seen(1, "Gi1", (400, 0));
        half.out_octets = None;
        switch.poll(&sample(at(5), vec![half]));
        let series = series(&switch, "Gi1", 0, 5);
        assert_eq!((series.slots[0].in_octets, series.slots[0].out_octets), (Some(300), None));
        assert_eq!(series.summary.outward.p95, None);
    }

    async fn one_poller_at_a_time_and_none_for_ever(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        assert!(db.get(|c| targets_due(c, NOW, at(1))));
        let mine = db.put(|c| targets_claim(c, "one", NOW, at(1), 10));
        assert_eq!((mine.len(), mine[0].with_names), (1, true));
        assert_eq!(db.put(|c| targets_claim(c, "two", NOW, at(1), 10)).len(), 0);
        assert!(!db.get(|c| targets_due(c, NOW, at(1))));
        let taken = db.put(|c| targets_claim(c, "two", at(6), at(7), 10));
        assert_eq!(taken.len(), 1, "a lease ends");
        let late = sample(at(6), vec![seen(1, "Gi1", (1, 1))]);
        assert!(!db.put(|c| poll_succeeded(c, "one", switch.target, &late, at(6))), "who lost the lease keeps nothing");
        assert_eq!(readings_of(&switch), 0);
        db.put(|c| targets_release(c, "two", switch.target));
        assert!(switch.poll(&late));
        assert!(!switch.poll(&late), "the same instant twice");
        assert_eq!(readings_of(&switch), 1);
    }

    async fn the_ports_of_a_new_chassis_are_made_at_once_and_the_stamp_rises_with_each_change(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let stamp = || -> i64 {
            db.get(|c| Ok(snmp_targets::table.find(switch.target).select(snmp_targets::ports_stamp).first(c)?))
        };
        let chassis = |minute: i64, up: bool| {
            let ports = (1..=1_200).map(|n| seen(n, &format!("Gi{n}"), (0, 0)));
            let mut sample = sample(at(minute), ports.collect());
            sample.ports[700].oper_up = Some(up);
            assert!(switch.poll(&sample));
        };
        let none = stamp();
        chassis(0, true);
        let made = stamp() - none;
        assert_eq!(switch.port("Gi1200").if_index, Some(1_200));
        match db.engine {
            // 500 rows a statement.
            Engine::Postgres => assert_eq!(made, 3),
            Engine::Sqlite => assert!(made >= 3),
        }
        let before = stamp();
        chassis(5, true);
        assert_eq!(stamp(), before, "nothing changed");
        chassis(10, false);
        assert_eq!(stamp(), before + 1);
        assert_eq!(switch.port("Gi701").state(), PortState::Down);
        let other = db.device("SW-2", None);
        let id = switch.port_id("Gi1");
        db.put(|c| Ok(diesel::update(ports::table.find(id)).set(ports::device_id.eq(other)).execute(c)?));
        assert_eq!(stamp(), before + 2, "a port that goes to another device");
        db.put(|c| Ok(diesel::delete(ports::table.find(id)).execute(c)?));
        assert_eq!(stamp(), before + 2);
    }

    async fn ports_are_written_only_when_they_change(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(0), vec![seen(1, "Gi1", (0, 0))]));
        switch.poll(&sample(at(5), vec![seen(1, "Gi1", (9, 9))]));
        assert_eq!(switch.port("Gi1").updated_at, at(0));
        let mut down = seen(1, "Gi1", (9, 9));
        down.oper_up = Some(false);
        switch.poll(&sample(at(10), vec![down]));
        assert_eq!((switch.port("Gi1").updated_at, switch.port("Gi1").state()), (at(10), PortState::Down));
    }

    async fn secrets_are_sealed_kept_and_never_told(db: TestDb) {
        let keyring = Keyring::generate().unwrap();
        let staff = db.actor(Role::Operations);
        let device = db.device("SW-1", None);
        let mut typed = target_fields();
        let draft = TargetDraft::parse(&typed).unwrap();
        let id = db.put(|c| target_create(c, &staff, &keyring, device, &draft));
        let community = |c: &mut coldaisle::store::Conn| {
            let sealed = target_by_id(c, &staff, id)?.target.community_sealed;
            Ok(sealed.map(|sealed| keyring.open(COMMUNITY_PURPOSE, &sealed).unwrap().expose().to_owned()))
        };
        assert_eq!(db.get(community).as_deref(), Some("public-ro"));
        typed.set("community", "");
        typed.set("interval_s", "60");
        let draft = TargetDraft::parse(&typed).unwrap();
        db.put(|c| target_update(c, &staff, &keyring, id, 1, &draft));
        assert_eq!(db.get(community).as_deref(), Some("public-ro"), "left empty, it stays");
        let stale = db.store.write_blocking("t", |c| target_update(c, &staff, &keyring, id, 1, &draft)).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
        let second = db.store.write_blocking("t", |c| target_create(c, &staff, &keyring, device, &draft)).unwrap_err();
        assert_eq!(second.fields[0].field, "device");
        typed.set("version", "v3");
        typed.set("v3_user", "collector");
        typed.set("v3_auth_protocol", "SHA");
        let draft = TargetDraft::parse(&typed).unwrap();
        let none = db.store.write_blocking("t", |c| target_update(c, &staff, &keyring, id, 2, &draft)).unwrap_err();
        assert_eq!(none.fields[0].field, "v3_auth_password", "a new secret must be given");
        typed.set("v3_auth_password", "sample-auth-pass");
        let draft = TargetDraft::parse(&typed).unwrap();
        db.put(|c| target_update(c, &staff, &keyring, id, 2, &draft));
        assert_eq!(db.get(community), None, "what the version has no use for goes");
        let said: Vec<String> = db.get(|c| Ok(audit_entries::table.select(audit_entries::detail).load(c)?));
        assert!(said.iter().any(|detail| detail.contains("v3_auth_password")), "{said:?}");
        for detail in said {
            assert!(!detail.contains("public-ro") && !detail.contains("sample-auth-pass"), "{detail}");
        }
        let rows = db.get(|c| csv::target_export(c, &staff));
        assert_eq!(rows[0][..4], ["SW-1", "127.20.0.1", "10161", "v3"]);
        assert!(!rows[0].iter().any(|cell| cell.contains("pass")));
    }

    async fn targets_are_for_staff_with_the_right(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let first = || coldaisle::base::page::PageRequest::first();
        for (role, kind) in [
            (Role::CustomerAdmin, FaultKind::NotFound),
            (Role::Reception, FaultKind::Forbidden),
        ] {
            let actor = db.actor(role);
            let fault = db.store.read_blocking(|c| target_list(c, &actor, "", &first())).unwrap_err();
            assert_eq!(fault.kind, kind, "{role}");
            let fault = db.store.write_blocking("t", |c| target_poll_now(c, &actor, switch.target)).unwrap_err();
            assert_eq!(fault.kind, kind, "{role}");
        }
        let auditor = db.actor(Role::Auditor);
        assert_eq!(db.get(|c| target_list(c, &auditor, "sw-", &first())).total, 1);
        let fault = db.store.write_blocking("t", |c| target_poll_now(c, &auditor, switch.target)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
    }

    async fn poll_now_ends_a_back_off(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        for minute in 0..6 {
            switch.fail(at(minute * 120));
        }
        let later = at(601);
        assert!(switch.row().next_poll_at > later);
        let mut staff = switch.staff.clone();
        staff.now = later;
        db.put(|c| target_poll_now(c, &staff, switch.target));
        assert_eq!(db.put(|c| targets_claim(c, OWNER, later, later.plus_millis(1), 10)).len(), 1);
    }
}
