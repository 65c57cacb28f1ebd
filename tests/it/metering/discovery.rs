//! Which ports are metered, what is kept of neighbours and chassis, and what a notification does.

use coldaisle::base::fault::FaultKind;
use coldaisle::base::ids::PortId;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::inventory::facts::{FROM_SNMP, MODEL, SERIAL, Verdict};
use coldaisle::inventory::{device_compared, device_facts_keep};
use coldaisle::metering::packed;
use coldaisle::metering::survey::{NeighbourSeen, Part, SurveySeen};
use coldaisle::metering::{
    LinkDates, SurveyState, TakeOver, TargetDraft, discovery_of, neighbours_of_device,
    neighbours_of_port, ports_meter, ports_take_over, survey_keep, target_discovery, target_hint,
    target_poll_now, target_take_over, target_update,
};
use coldaisle::store::schema::{devices, neighbours, ports, readings};
use diesel::prelude::*;

use super::world::{OWNER, Switch, allocation, at, link, sample, seen, target_fields};
use crate::harness::{NOW, TestDb, both};

fn three() -> Vec<coldaisle::metering::poll::PortSeen> {
    vec![
        seen(1, "Gi1", (10, 20)),
        seen(2, "Gi2", (30, 40)),
        seen(3, "Gi3", (50, 60)),
    ]
}

/// Ports in each reading, oldest first.
fn kept(switch: &Switch<'_>) -> Vec<Vec<PortId>> {
    let bodies: Vec<Vec<u8>> = switch.db.get(|c| {
        Ok(readings::table
            .filter(readings::target_id.eq(switch.target))
            .order(readings::at.asc())
            .select(readings::body)
            .load(c)?)
    });
    let there = |body: &Vec<u8>| {
        ["Gi1", "Gi2", "Gi3"]
            .into_iter()
            .map(|name| switch.port_id(name))
            .filter(|id| packed::find(body, id.get()).unwrap().is_some())
            .collect()
    };
    bodies.iter().map(there).collect()
}

fn rule(switch: &Switch<'_>, rule: TakeOver) {
    switch
        .db
        .put(|c| target_take_over(c, &switch.staff, switch.target, rule));
}

fn meter(switch: &Switch<'_>, ids: &[PortId], metered: bool) -> usize {
    switch
        .db
        .put(|c| ports_meter(c, &switch.staff, switch.target, ids, metered))
}

fn neighbour(if_index: u32, chassis: &str, port: &str, name: &str) -> NeighbourSeen {
    NeighbourSeen {
        if_index,
        chassis_id_kind: "mac".into(),
        chassis_id: chassis.into(),
        port_id_kind: "interface_name".into(),
        port_id: port.into(),
        system_name: name.into(),
        ..NeighbourSeen::default()
    }
}

fn survey(own: &str, found: Vec<NeighbourSeen>) -> SurveySeen {
    SurveySeen {
        own_chassis_id: Some(own.into()),
        neighbours: Part::Read(found),
        unplaced: 0,
        chassis: Part::Absent,
    }
}

fn keep(switch: &Switch<'_>, seen: &SurveySeen, at: Timestamp) {
    switch.db.put(|c| survey_keep(c, switch.target, seen, at));
}

both! {
    async fn chosen_ports_are_metered_and_the_others_only_shown(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        rule(&switch, TakeOver::Chosen);
        switch.poll(&sample(at(-20), three()));
        assert!(["Gi1", "Gi2", "Gi3"].iter().all(|name| !switch.port(name).metered));
        let (one, two) = (switch.port_id("Gi1"), switch.port_id("Gi2"));
        assert_eq!(meter(&switch, &[one, two], true), 2);
        assert_eq!(meter(&switch, &[one, two], true), 0, "a second time changes nothing");
        let mut later = sample(at(-15), three());
        later.with_names = false;
        later.ports[2].oper_up = Some(false);
        switch.poll(&later);
        assert_eq!(switch.port("Gi3").oper_up, Some(false), "its state is kept all the same");
        assert_eq!(meter(&switch, &[one], false), 1);
        switch.poll(&sample(at(-10), three()));
        assert_eq!(kept(&switch), [vec![], vec![one, two], vec![two]]);
        rule(&switch, TakeOver::All);
        let mut more = three();
        more.push(seen(4, "Gi4", (1, 1)));
        switch.poll(&sample(at(-5), more));
        assert!(switch.port("Gi4").metered && !switch.port("Gi3").metered, "the rule is for ports found later");
    }

    async fn a_port_of_an_allocation_is_metered_in_any_case(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        rule(&switch, TakeOver::Chosen);
        switch.poll(&sample(at(-20), three()));
        let customer = db.customer("AAA");
        let (allocation, gi1, gi2) = (allocation(&db, customer, "A1"), switch.port_id("Gi1"), switch.port_id("Gi2"));
        link(&db, allocation, gi1, 600, None);
        assert!(switch.port("Gi1").metered, "linking meters, even from a later date");
        meter(&switch, &[gi2], true);
        let staff = switch.staff.clone();
        let target = switch.target;
        let fault = db.store.write("test", move |c| ports_meter(c, &staff, target, &[gi1, gi2], false)).await.unwrap_err();
        assert_eq!((fault.kind, fault.fields.len()), (FaultKind::Invalid, 1));
        assert_eq!(fault.fields[0].field, format!("port-{gi1}"));
        assert_eq!(fault.fields[0].message.key, "fault-discovery-linked");
        assert!(switch.port("Gi2").metered, "all or nothing");
    }

    async fn taking_over_links_all_of_the_ports_or_none(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        rule(&switch, TakeOver::Chosen);
        switch.poll(&sample(at(-20), three()));
        let customer = db.customer("AAA");
        let (old, new) = (allocation(&db, customer, "OLD"), allocation(&db, customer, "NEW"));
        let ids: Vec<PortId> = ["Gi1", "Gi2", "Gi3"].iter().map(|name| switch.port_id(name)).collect();
        link(&db, old, ids[1], -600, None);
        let dates = LinkDates { from: at(0), until: None };
        let (staff, target, all) = (switch.staff.clone(), switch.target, ids.clone());
        let fault = db.store.write("test", move |c| ports_take_over(c, &staff, target, &all, Some((new, dates)))).await.unwrap_err();
        assert_eq!(fault.fields.iter().map(|field| field.field.to_string()).collect::<Vec<_>>(), [format!("port-{}", ids[1])]);
        assert!(!switch.port("Gi1").metered && !switch.port("Gi3").metered, "nothing was changed");
        let free = [ids[0], ids[2]];
        let taken = db.put(|c| ports_take_over(c, &switch.staff, switch.target, &free, Some((new, dates))));
        assert_eq!(taken, 2);
        let view = db.get(|c| target_discovery(c, &switch.staff, switch.target));
        let links: Vec<(&str, bool, Option<&str>)> = view.ports.iter()
            .map(|found| (found.port.name.as_str(), found.port.metered, found.links.first().map(|link| link.allocation.as_str())))
            .collect();
        assert_eq!(links, [("Gi1", true, Some("NEW")), ("Gi2", true, Some("OLD")), ("Gi3", true, Some("NEW"))]);
        let other = Switch::new(&db, "SW-2");
        let (staff, target) = (switch.staff.clone(), other.target);
        let fault = db.store.write("test", move |c| ports_take_over(c, &staff, target, &free, None)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound, "ports of another device");
        let (staff, target) = (db.actor(Role::Auditor), switch.target);
        let fault = db.store.write("test", move |c| ports_meter(c, &staff, target, &free, false)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
    }

    async fn a_reading_is_awaited_until_it_came_after_the_wish(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let awaited = || db.get(|c| target_discovery(c, &switch.staff, switch.target)).awaited_since();
        assert_eq!(awaited(), Some(NOW), "a new target is being read");
        switch.poll(&sample(at(1), three()));
        assert_eq!(awaited(), None);
        let staff = coldaisle::identity::Actor { now: at(10), ..switch.staff.clone() };
        db.put(|c| target_poll_now(c, &staff, switch.target));
        assert_eq!((awaited(), switch.row().next_poll_at), (Some(at(10)), at(10)));
        // A poll that was under way when it was asked is not what was asked for.
        let before = sample(at(9), three());
        let claimed = db.put(|c| coldaisle::metering::targets_claim(c, OWNER, at(10), at(20), 10));
        assert_eq!(claimed.len(), 1);
        assert!(db.put(|c| coldaisle::metering::poll_succeeded(c, OWNER, switch.target, &before, at(11))));
        assert_eq!((awaited(), switch.row().next_poll_at), (Some(at(10)), at(11)), "and it is asked again at once");
        switch.poll(&sample(at(12), three()));
        assert_eq!(awaited(), None);
        assert!(switch.row().next_poll_at > at(12));
        let staff = coldaisle::identity::Actor { now: at(20), ..switch.staff.clone() };
        db.put(|c| target_poll_now(c, &staff, switch.target));
        switch.fail(at(21));
        assert_eq!(awaited(), None, "a failure ends the waiting");
        let staff = coldaisle::identity::Actor { now: at(30), ..switch.staff.clone() };
        let (draft, keyring) = (TargetDraft::parse(&target_fields()).unwrap(), Keyring::generate().unwrap());
        let version = switch.row().version;
        db.put(|c| target_update(c, &staff, &keyring, switch.target, version, &draft));
        assert_eq!(awaited(), Some(at(30)), "a changed target is read anew");
    }

    async fn neighbours_come_go_and_are_found_on_record(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(-20), three()));
        let mut typed = target_fields();
        typed.set("address", "127.20.0.2");
        let core = Switch::of(&db, "core-1", &typed);
        core.poll(&sample(at(-20), vec![seen(1, "Eth1/1", (1, 1)), seen(2, "Eth1/2", (1, 1))]));
        keep(&core, &survey("02:00:00:00:00:01", vec![]), at(-20));
        let plain = db.device("SRV-1", None);
        keep(&switch, &survey("02:00:00:00:00:ff", vec![
            neighbour(1, "02:00:00:00:00:01", "Eth1/1", "CORE-1.example.net"),
            neighbour(2, "02:00:00:00:00:77", "eno1", "srv-1"),
            neighbour(3, "02:00:00:00:00:01", "Eth1/2", "srv-1"),
            neighbour(99, "02:00:00:00:00:88", "x", "at no port"),
        ]), at(-19));
        let by_port = db.get(|c| neighbours_of_device(c, &switch.staff, switch.device));
        let one = &by_port[&switch.port_id("Gi1")][0];
        assert_eq!(one.device, Some((core.device, "core-1".into())), "by chassis and name");
        assert_eq!(one.port, Some((core.port_id("Eth1/1"), "Eth1/1".into())));
        let two = &by_port[&switch.port_id("Gi2")][0];
        assert_eq!((two.device.clone(), two.port.clone()), (Some((plain, "SRV-1".into())), None), "by name alone");
        assert_eq!(by_port[&switch.port_id("Gi3")][0].device, None, "chassis and name disagree");
        assert_eq!(by_port.len(), 3);
        // Read again: one is gone, one is new, one stays with its first date.
        keep(&switch, &survey("", vec![
            neighbour(1, "02:00:00:00:00:01", "Eth1/1", "core-1"),
            neighbour(3, "02:00:00:00:00:99", "Eth9", ""),
        ]), at(-10));
        let of_port = |name: &str| db.get(|c| neighbours_of_port(c, &switch.staff, switch.port_id(name)));
        let stays = of_port("Gi1").remove(0).neighbour;
        assert_eq!((stays.first_seen_at, stays.last_seen_at, stays.gone_at), (at(-19), at(-10), None));
        assert_eq!(of_port("Gi2")[0].neighbour.gone_at, Some(at(-10)));
        assert_eq!(of_port("Gi3").iter().map(|one| one.neighbour.gone_at).collect::<Vec<_>>(), [None, Some(at(-10))]);
        // What could not be read stays; what is not there any more goes.
        let failed = SurveySeen { neighbours: Part::Failed("the table loops at 1.2".into()), ..survey("", vec![]) };
        keep(&switch, &failed, at(-9));
        let row = db.get(|c| discovery_of(c, switch.target));
        assert_eq!((row.neighbours_state, row.neighbours_detail.as_str()), (SurveyState::Failed, "the table loops at 1.2"));
        assert_eq!(of_port("Gi1")[0].neighbour.gone_at, None);
        keep(&switch, &SurveySeen { neighbours: Part::Absent, ..survey("", vec![]) }, at(-8));
        assert_eq!(of_port("Gi1")[0].neighbour.gone_at, Some(at(-8)));
        keep(&switch, &survey("", vec![neighbour(1, "02:00:00:00:00:01", "Eth1/1", "core-1")]), at(-7));
        let back = of_port("Gi1").remove(0).neighbour;
        assert_eq!((back.id, back.first_seen_at, back.gone_at), (stays.id, at(-19), None), "the same one again");
        // A customer learns nothing of them.
        let customer = db.customer("AAA");
        link(&db, allocation(&db, customer, "A1"), switch.port_id("Gi1"), -600, None);
        let theirs = db.actor_of(Role::CustomerAdmin, Some(customer));
        assert!(db.get(|c| neighbours_of_port(c, &theirs, switch.port_id("Gi1"))).is_empty());
    }

    async fn a_port_that_sees_another_neighbour_each_hour_fills_nothing(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(-20), three()));
        for hour in 0..40 {
            keep(&switch, &survey("", vec![neighbour(1, &format!("id-{hour}"), "p", "")]), at(hour));
        }
        let rows: i64 = db.get(|c| Ok(neighbours::table.count().get_result(c)?));
        assert!((20..=23).contains(&rows), "{rows}");
        let crowd = (0..500).map(|n| neighbour(2, &format!("crowd-{n}"), "p", "")).collect();
        keep(&switch, &survey("", crowd), at(60));
        let rows: i64 = db.get(|c| Ok(neighbours::table.filter(neighbours::gone_at.is_null()).count().get_result(c)?));
        assert_eq!(rows, 32, "as many as one port may have");
    }

    async fn what_a_device_says_of_itself_stands_beside_its_record(db: TestDb) {
        let device = db.device("SW-1", None);
        db.put(|c| Ok(diesel::update(devices::table.find(device)).set(devices::serial.eq(Some("FOC1234"))).execute(c)?));
        let staff = db.actor(Role::Operations);
        let compared = || db.get(|c| device_compared(c, &staff, device));
        assert_eq!(compared(), (vec![], vec![]), "a device that says nothing");
        let say = |said: &[(i64, &'static str, &str)], at| {
            let said: Vec<_> = said.iter().map(|(part, field, value)| (*part, *field, (*value).to_owned())).collect();
            db.put(|c| device_facts_keep(c, device, FROM_SNMP, &said, at));
        };
        say(&[(1, SERIAL, "other"), (1, MODEL, "X"), (2, SERIAL, "foc1234 \u{200b}")], at(1));
        let (facts, both) = compared();
        assert_eq!(facts.len(), 3);
        assert_eq!((both[0].field, both[0].verdict), (SERIAL, Verdict::Same), "one of a stack fits");
        assert_eq!((both[1].field, both[1].verdict), (MODEL, Verdict::Differs));
        say(&[(1, SERIAL, "other")], at(2));
        let (facts, both) = compared();
        assert_eq!((facts.len(), facts[0].seen_at), (1, at(2)), "what is not said any more goes");
        assert_eq!((both[0].verdict, both[0].said.clone()), (Verdict::Differs, vec!["other".to_owned()]));
        assert_eq!(both[1].verdict, Verdict::NotSaid);
    }

    async fn a_notification_makes_a_target_due_once_in_ten_seconds(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        switch.poll(&sample(at(0), three()));
        let beat = switch.row().next_poll_at;
        assert!(beat > at(0));
        let hint = |seconds: i64, kind: &str| {
            let now = at(0).plus_millis(seconds * 1000);
            (db.put(|c| target_hint(c, switch.target, kind, now)), now)
        };
        let (heeded, now) = hint(1, "link_down");
        assert_eq!((heeded, switch.row().next_poll_at), (true, now));
        assert_eq!(hint(9, "link_up"), (false, at(0).plus_millis(9_000)));
        assert_eq!(switch.row().next_poll_at, now, "not again so soon");
        // One so soon is for after the poll that the first one brought.
        assert!(switch.poll(&sample(at(0).plus_millis(3_000), three())));
        let beat = switch.row().next_poll_at;
        assert!(!hint(5, "link_up").0);
        assert_eq!(switch.row().next_poll_at, beat.min(at(0).plus_millis(11_000)), "later, not never");
        // And one that came while the poll was under way.
        let claimed = db.put(|c| coldaisle::metering::targets_claim(c, OWNER, at(0).plus_millis(6_000), at(20), 10));
        assert_eq!(claimed.len(), 1);
        assert!(!hint(8, "link_up").0);
        let (taken, kept) = (sample(at(0).plus_millis(7_000), three()), at(0).plus_millis(9_000));
        assert!(db.put(|c| coldaisle::metering::poll_succeeded(c, OWNER, switch.target, &taken, kept)));
        assert_eq!(switch.row().next_poll_at, beat.min(at(0).plus_millis(19_000)));
        let row = db.get(|c| discovery_of(c, switch.target));
        assert_eq!((row.traps, row.trap_kind.as_str(), row.trap_at), (4, "link_up", Some(at(0).plus_millis(8_000))));
        assert!(hint(12, "1.3.6.1.4.1.2011.5.25").0);
        let state = db.get(|c| Ok(ports::table.find(switch.port_id("Gi1")).select(ports::oper_up).first::<Option<bool>>(c)?));
        assert_eq!(state, Some(true), "what it says is not believed");
    }
}
