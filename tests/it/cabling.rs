//! Cables on both databases: rules, one cable a port under concurrency, traces, the wall, what is seen, pages and interface.

use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{CableId, DeviceId, DevicePortId, PortId};
use coldaisle::base::page::PageRequest;
use coldaisle::cabling::{
    CableDraft, CableFilter, Shown, Verdict, cable_archive, cable_by_id, cable_create,
    cable_fields, cable_list, cable_update, differences, far_ends_of_device, port_trace,
};
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    PortDraft, device_archive, device_port_archive, device_port_create, device_port_update,
};
use coldaisle::store::schema::{cable_ends, neighbours, ports};
use diesel::prelude::*;
use rocket::http::Method;
use serde_json::json;

use crate::harness::{NOW, TestDb, TestWeb, both};

/// Devices with ports, and someone who may do everything.
pub struct Lines {
    pub db: TestDb,
    pub actor: Actor,
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn at_fault(fault: &Fault) -> (String, &'static str) {
    match fault.fields.first() {
        Some(field) => (field.field.to_string(), field.message.key),
        None => (String::new(), fault.message.key),
    }
}

impl Lines {
    pub fn new(db: TestDb) -> Self {
        let actor = db.actor(Role::Operations);
        Self { db, actor }
    }

    pub fn port(&self, device: DeviceId, kind: &str, name: &str) -> DevicePortId {
        self.port_with(device, kind, name, &[])
    }

    fn port_with(
        &self,
        device: DeviceId,
        kind: &str,
        name: &str,
        more: &[(&str, &str)],
    ) -> DevicePortId {
        let mut row = fields(more);
        row.set("kind", kind);
        row.set("name", name);
        let draft = PortDraft::parse(&row).unwrap();
        self.db
            .put(|c| device_port_create(c, &self.actor, device, &draft))
    }

    /// A panel with a rear port `R` of four strands and as many front ports.
    fn panel(&self, name: &str) -> DeviceId {
        let panel = self.db.device(name, None);
        self.port_with(panel, "rear", "R", &[("positions", "4")]);
        for strand in ["1", "2", "3", "4"] {
            let through = [("through_port", "R"), ("through_position", strand)];
            self.port_with(panel, "front", strand, &through);
        }
        panel
    }

    fn draft(a: (&str, &str), b: (&str, &str), more: &[(&str, &str)]) -> Result<CableDraft, Fault> {
        let mut row = fields(more);
        row.set("device_a", a.0);
        row.set("port_a", a.1);
        row.set("device_b", b.0);
        row.set("port_b", b.1);
        CableDraft::parse(&row)
    }

    fn try_connect(
        &self,
        a: (&str, &str),
        b: (&str, &str),
        more: &[(&str, &str)],
    ) -> Result<CableId, Fault> {
        let draft = Self::draft(a, b, more)?;
        self.db
            .store
            .write_blocking("t", |c| cable_create(c, &self.actor, &draft))
    }

    pub fn connect(&self, a: (&str, &str), b: (&str, &str), more: &[(&str, &str)]) -> CableId {
        self.try_connect(a, b, more).unwrap()
    }

    fn archive(&self, id: CableId, version: i64, archived: bool) -> Result<(), Fault> {
        self.db.store.write_blocking("t", |c| {
            cable_archive(c, &self.actor, id, version, archived)
        })
    }

    /// `SW-1 eth1 = PP-1 1 ~ …` of a trace, `?` for what has no name.
    fn drawn(&self, actor: &Actor, port: DevicePortId) -> String {
        let shown: Shown = self.db.get(|c| port_trace(c, actor, port));
        let mut text = String::new();
        for (at, hop) in shown.hops.iter().enumerate() {
            if at > 0 {
                text.push_str(if hop.by_cable { " = " } else { " ~ " });
            }
            match &hop.plug {
                Some(plug) => text.push_str(&format!("{} {}", plug.device, plug.port)),
                None => text.push('?'),
            }
        }
        text
    }

    /// A measured port of a device that sees somebody.
    fn sees(&self, device: DeviceId, port: &str, (system, remote): (&str, &str)) -> PortId {
        self.db.put(|c| {
            let id: PortId = diesel::insert_into(ports::table)
                .values((
                    ports::device_id.eq(device),
                    ports::name.eq(port),
                    ports::created_at.eq(NOW),
                    ports::updated_at.eq(NOW),
                ))
                .returning(ports::id)
                .get_result(c)?;
            diesel::insert_into(neighbours::table)
                .values((
                    neighbours::port_id.eq(id),
                    neighbours::chassis_id_kind.eq("mac"),
                    neighbours::chassis_id.eq(format!("id of {system}")),
                    neighbours::port_id_kind.eq("name"),
                    neighbours::remote_port_id.eq(remote),
                    neighbours::system_name.eq(system),
                    neighbours::first_seen_at.eq(NOW),
                    neighbours::last_seen_at.eq(NOW),
                ))
                .execute(c)?;
            Ok(id)
        })
    }
}

both! {
    /// A port has one cable: said with the cable and where it goes; archived it is free, and comes back only while it still is.
    async fn a_port_has_one_cable(db: TestDb) {
        let lines = Lines::new(db);
        let (switch, server, other) = (lines.db.device("SW-1", None), lines.db.device("SRV-1", None), lines.db.device("SRV-2", None));
        let eth1 = lines.port(switch, "interface", "eth1");
        lines.port(switch, "power_port", "PSU1");
        lines.port(server, "interface", "eno1");
        lines.port(other, "interface", "eno1");
        let first = lines.connect(("SW-1", "eth1"), ("SRV-1", "eno1"), &[("label", "C-1"), ("kind", "cat6a"), ("length_m", "2.5"), ("colour", "blue")]);
        for (a, b, more, wanted) in [
            (("SW-1", "eth1"), ("SRV-2", "eno1"), &[][..], ("port_a", "cables-port-taken")),
            (("SRV-2", "eno1"), ("SW-1", "eth1"), &[][..], ("port_b", "cables-port-taken")),
            (("SRV-2", "eno1"), ("SRV-2", "eno1"), &[][..], ("port_b", "cables-to-itself")),
            (("SRV-2", "eno1"), ("SW-1", "PSU1"), &[][..], ("port_b", "cables-unfit")),
            (("SRV-2", "eno1"), ("SW-9", "eth1"), &[][..], ("device_b", "cables-no-device")),
            (("SRV-2", "eno1"), ("SW-1", "eth9"), &[][..], ("port_b", "cables-no-port")),
        ] {
            let fault = lines.try_connect(a, b, more).unwrap_err();
            assert_eq!(at_fault(&fault), (wanted.0.to_owned(), wanted.1), "{a:?} {b:?}");
        }
        let fault = lines.try_connect(("SW-1", "eth1"), ("SRV-2", "eno1"), &[]).unwrap_err();
        let said = fault.fields[0].message.to_string();
        assert!(said.contains("C-1") && said.contains("SRV-1 eno1"), "{said}");
        // The database itself refuses a second live end of a port.
        let twice = lines.db.store.write_blocking("t", |c| {
            Ok(diesel::insert_into(cable_ends::table)
                .values((cable_ends::cable_id.eq(first), cable_ends::side.eq("b"), cable_ends::device_port_id.eq(eth1)))
                .execute(c)?)
        });
        assert_eq!(twice.unwrap_err().kind, FaultKind::Conflict);

        for refused in [
            lines.db.store.write_blocking("t", |c| device_port_archive(c, &lines.actor, eth1, 1, true)),
            lines.db.store.write_blocking("t", |c| device_archive(c, &lines.actor, switch, 1, true)),
            {
                let draft = PortDraft::parse(&fields(&[("kind", "console"), ("name", "eth1")])).unwrap();
                lines.db.store.write_blocking("t", |c| device_port_update(c, &lines.actor, eth1, 1, &draft))
            },
        ] {
            let fault = refused.unwrap_err();
            assert!(fault.message.key.starts_with("cables-in-"), "{fault}");
        }
        assert_eq!(lines.archive(first, 7, true).unwrap_err().kind, FaultKind::Stale);
        lines.archive(first, 1, true).unwrap();
        let second = lines.connect(("SW-1", "eth1"), ("SRV-2", "eno1"), &[("label", "C-1")]);
        assert_eq!(at_fault(&lines.archive(first, 2, false).unwrap_err()).1, "cables-label-taken");
        lines.archive(second, 1, true).unwrap();
        lines.archive(first, 2, false).unwrap();
        let row = lines.db.get(|c| cable_by_id(c, &lines.actor, first));
        assert_eq!((row.cable.version, row.cable.length_mm.unwrap().get(), row.ends.len()), (3, 2500, 2));
        assert_eq!(lines.archive(second, 2, false).unwrap_err().message.key, "cables-label-taken");
    }

    /// What a cable is plugged into may change, with the version that was read; its own ports are not in its way.
    async fn a_cable_is_changed(db: TestDb) {
        let lines = Lines::new(db);
        for name in ["SW-1", "SRV-1", "SRV-2"] {
            let device = lines.db.device(name, None);
            lines.port(device, "interface", "p1");
            lines.port(device, "interface", "p2");
        }
        let cable = lines.connect(("SW-1", "p1"), ("SRV-1", "p1"), &[("label", "C-1")]);
        lines.connect(("SW-1", "p2"), ("SRV-2", "p2"), &[]);
        let row = lines.db.get(|c| cable_by_id(c, &lines.actor, cable));
        let mut typed = cable_fields(&CableDraft::from(&row));
        let change = |typed: &Fields, version| {
            let draft = CableDraft::parse(typed)?;
            lines.db.store.write_blocking("t", |c| cable_update(c, &lines.actor, cable, version, &draft))
        };
        typed.set("device_b", "SRV-1; SRV-1; SRV-2");
        typed.set("port_b", "p1; p2; p1");
        change(&typed, 1).unwrap();
        assert_eq!(change(&typed, 1).unwrap_err().kind, FaultKind::Stale);
        let row = lines.db.get(|c| cable_by_id(c, &lines.actor, cable));
        let legs: Vec<_> = row.ends.iter().map(|end| (end.side.as_str(), end.position)).collect();
        assert_eq!(legs, [("a", None), ("b", Some(1)), ("b", Some(2)), ("b", Some(3))]);
        assert_eq!(CableDraft::parse(&typed).unwrap().ends, CableDraft::from(&row).ends);
        typed.set("port_b", "p1; p2; p2");
        assert_eq!(at_fault(&change(&typed, 2).unwrap_err()), ("port_b".into(), "cables-port-taken"));
    }

    /// Twenty who plug into the same port at once: one gets it, the others hear what is in it.
    async fn of_many_who_connect_one_wins(db: TestDb) {
        let lines = Lines::new(db);
        let switch = lines.db.device("SW-1", None);
        lines.port(switch, "interface", "eth1");
        let server = lines.db.device("SRV-1", None);
        for number in 0..20 {
            lines.port(server, "interface", &format!("p{number}"));
        }
        let mut asked = Vec::new();
        for number in 0..20 {
            let (store, actor) = (lines.db.store.clone(), lines.actor.clone());
            let draft = Lines::draft(("SW-1", "eth1"), ("SRV-1", &format!("p{number}")), &[]).unwrap();
            asked.push(tokio::spawn(async move { store.write("race", move |c| cable_create(c, &actor, &draft)).await }));
        }
        let mut won = 0;
        for one in asked {
            match one.await.unwrap() {
                Ok(_) => won += 1,
                Err(fault) => assert_eq!(at_fault(&fault), ("port_a".into(), "cables-port-taken"), "{fault}"),
            }
        }
        assert_eq!(won, 1);
        let page = lines.db.get(|c| cable_list(c, &lines.actor, &CableFilter::default(), &PageRequest::first()));
        assert_eq!(page.total, 1);
    }

    /// A line goes through panels by its strand; a port whose name its device has twice says its kind.
    async fn a_line_is_followed_through_panels(db: TestDb) {
        let lines = Lines::new(db);
        let (switch, server) = (lines.db.device("SW-1", None), lines.db.device("SRV-1", None));
        let eth1 = lines.port(switch, "interface", "eth1");
        let eno1 = lines.port(server, "interface", "eno1");
        let (near, _) = (lines.panel("PP-1"), lines.panel("PP-2"));
        lines.port(near, "rear", "2");
        lines.connect(("SW-1", "eth1"), ("PP-1", "front:2"), &[]);
        assert_eq!(at_fault(&lines.try_connect(("SRV-1", "eno1"), ("PP-1", "2"), &[]).unwrap_err()).1, "cables-port-ambiguous");
        lines.connect(("PP-1", "R"), ("PP-2", "R"), &[("label", "T-1")]);
        lines.connect(("PP-2", "2"), ("SRV-1", "eno1"), &[]);
        let whole = "SW-1 eth1 = PP-1 front:2 ~ PP-1 R = PP-2 R ~ PP-2 2 = SRV-1 eno1";
        assert_eq!(lines.drawn(&lines.actor, eth1), whole);
        assert_eq!(lines.drawn(&lines.actor, eno1), "SRV-1 eno1 = PP-2 2 ~ PP-2 R = PP-1 R ~ PP-1 front:2 = SW-1 eth1");
        let far = lines.db.get(|c| far_ends_of_device(c, &lines.actor, switch));
        let end = far[&eth1].ends[0].as_ref().unwrap();
        assert_eq!((end.device.as_str(), end.port.as_str(), far.len()), ("SRV-1", "eno1", 1));
    }

    /// A customer sees own cables and own hops; of the others neither name nor label, on no way in.
    async fn the_wall_stands_around_cables(db: TestDb) {
        let lines = Lines::new(db);
        let (acme, bolt) = (lines.db.customer("ACME"), lines.db.customer("BOLT"));
        let a = lines.db.actor_of(Role::CustomerAdmin, Some(acme));
        let b = lines.db.actor_of(Role::CustomerMember, Some(bolt));
        let (switch, server, foreign) = (lines.db.device("SW-SECRET", None), lines.db.device("SRV-A", Some(acme)), lines.db.device("SRV-B", Some(bolt)));
        lines.port(switch, "interface", "eth1");
        lines.port(switch, "interface", "eth2");
        let mine = lines.port(server, "interface", "eno1");
        lines.port(foreign, "interface", "eno1");
        lines.panel("PP-SECRET");
        let own = lines.connect(("SRV-A", "eno1"), ("PP-SECRET", "1"), &[("label", "C-OWN"), ("bundle", "B-SECRET"), ("note", "N-SECRET")]);
        let trunk = lines.connect(("PP-SECRET", "R"), ("SW-SECRET", "eth1"), &[("label", "T-SECRET")]);
        let theirs = lines.connect(("SRV-B", "eno1"), ("SW-SECRET", "eth2"), &[("label", "C-THEIRS")]);
        assert_eq!(lines.drawn(&a, mine), "SRV-A eno1 = ? ~ ? = ?");
        let listed = |actor: &Actor, query: &str| {
            let filter = CableFilter { query: query.to_owned(), ..CableFilter::default() };
            let page = lines.db.get(|c| cable_list(c, actor, &filter, &PageRequest::first()));
            assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
            page.rows.iter().map(|row| row.cable.id).collect::<Vec<_>>()
        };
        assert_eq!((listed(&a, ""), listed(&b, "")), (vec![own], vec![theirs]));
        assert_eq!((listed(&a, "srv-a"), listed(&a, "c-own")), (vec![own], vec![own]));
        for hidden in ["SECRET", "SW-", "PP-", "B-SEC"] {
            assert!(listed(&a, hidden).is_empty(), "{hidden}: a hit would tell");
        }
assert_eq!(listed(&lines.actor, "secret"), [own, theirs, trunk], "staff find by device and bundle, by label in order");
        let at = |device| {
            let filter = CableFilter { device_id: Some(device), ..CableFilter::default() };
            lines.db.store.read_blocking(|c| cable_list(c, &a, &filter, &PageRequest::first())).map(|page| page.total).map_err(|fault| fault.kind)
        };
        assert_eq!((at(server), at(switch)), (Ok(1), Err(FaultKind::NotFound)));
        for id in [trunk, theirs] {
            assert_eq!(lines.db.store.read_blocking(|c| cable_by_id(c, &a, id)).unwrap_err().kind, FaultKind::NotFound);
        }
        // What comes behind another's cable would tell where its label stands.
        let walk = |after: Option<&str>, before: Option<&str>| {
            let page = PageRequest { after: after.map(str::to_owned), before: before.map(str::to_owned), limit: 50 };
            let page = lines.db.get(|c| cable_list(c, &a, &CableFilter::default(), &page));
            (page.rows.iter().map(|row| row.cable.id).collect::<Vec<_>>(), page.next, page.previous)
        };
        let (behind, first) = (walk(Some("999999"), None), walk(None, None));
        assert_eq!(behind, first);
        for key in [trunk.to_string(), theirs.to_string(), "x".to_owned(), "9223372036854775808".to_owned(), "1~n2".to_owned(), "-1".to_owned()] {
            assert_eq!(walk(Some(&key), None), first, "{key}");
            assert_eq!(walk(None, Some(&key)), walk(None, Some("999999")), "{key}");
        }
        assert!(lines.db.store.read_blocking(|c| differences(c, &a, None)).is_err());

        let web = TestWeb::new(lines.db.clone()).await;
        let browser = web.browser(Role::CustomerMember, Some(acme));
        let program = web.program(Role::CustomerAdmin, Some(acme), "read");
        for (caller, path) in [
            (&browser, "/cables".to_owned()),
            (&browser, format!("/cables/{own}")),
            (&browser, format!("/device-ports/{mine}/trace")),
            (&browser, format!("/device-ports/{mine}/trace.svg")),
            (&browser, format!("/devices/{server}")),
            (&program, "/api/v1/cables".to_owned()),
            (&program, format!("/api/v1/cables/{own}")),
            (&program, format!("/api/v1/device-ports/{mine}/trace")),
        ] {
            let reply = web.get(caller, &path).await;
            assert_eq!(reply.status.code, 200, "{path}: {}", reply.body);
            assert!(!reply.body.contains("SECRET"), "{path}: {}", reply.body);
            assert!(reply.body.contains("C-OWN"), "{path}: {}", reply.body);
            assert!(!reply.body.contains(&format!("/devices/{switch}")), "{path}");
        }
        let foreign = web.browser(Role::CustomerMember, Some(bolt));
        for path in [format!("/cables/{own}"), format!("/device-ports/{mine}/trace"), format!("/device-ports/{mine}/trace.svg"), "/cables/differences".to_owned()] {
            assert_eq!(web.get(&foreign, &path).await.status.code, 404, "{path}");
        }
    }

    /// What a switch sees is compared with the end of the line behind the panels, and a cable that is missing is offered.
    async fn what_is_seen_stands_beside_the_record(db: TestDb) {
        let lines = Lines::new(db);
        let switch = lines.db.device("SW-1", None);
        for name in ["eth1", "eth2", "eth3", "eth4"] {
            lines.port(switch, "interface", name);
        }
        for name in ["SRV-1", "SRV-2", "SRV-3"] {
            let device = lines.db.device(name, None);
            lines.port(device, "interface", "eno1");
        }
        lines.panel("PP-1");
        lines.panel("PP-2");
        lines.connect(("SW-1", "eth1"), ("PP-1", "1"), &[]);
        lines.connect(("PP-1", "R"), ("PP-2", "R"), &[]);
        lines.connect(("PP-2", "1"), ("SRV-1", "eno1"), &[]);
        lines.connect(("SW-1", "eth2"), ("SRV-2", "eno1"), &[("label", "C-2")]);
        lines.sees(switch, "eth1", ("srv-1", "eno1"));
        let second = lines.sees(switch, "eth2", ("SRV-3.example.com", "eno1"));
        let third = lines.sees(switch, "ETH3", ("SRV-3", "ENO1"));
        lines.sees(switch, "eth9", ("nobody", "x"));
        let found = lines.db.get(|c| differences(c, &lines.actor, None));
        let told: Vec<_> = found.rows.iter().map(|row| (row.name.as_str(), row.verdict)).collect();
        assert_eq!(told, [("eth2", Verdict::Differs), ("ETH3", Verdict::NotOnRecord), ("eth9", Verdict::NotOnRecord)]);
        assert_eq!(found.rows[0].record.as_ref().unwrap()[0].device, "SRV-2");
        assert_eq!((found.rows[0].new_cable(), found.rows[2].new_cable(), found.next), (None, None, None));
        let (here, there) = found.rows[1].new_cable().unwrap();
        let after = lines.db.get(|c| differences(c, &lines.actor, Some(second)));
        assert_eq!(after.rows.first().map(|row| row.metered), Some(third));

        let web = TestWeb::new(lines.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        let page = web.get(&staff, "/cables/differences").await.body.replace("&#x2f;", "/").replace("&amp;", "&");
        let href = format!("/cables/new?a={here}&b={}", there.unwrap());
        assert!(page.contains(&href), "{page}");
        let form = web.get(&staff, &href).await.body;
        assert!(form.contains("ETH3") || form.contains("eth3"), "{form}");
        assert!(form.contains("SRV-3"), "{form}");
        let line = web.get(&staff, &format!("/device-ports/{here}/trace")).await;
        assert!(line.body.contains("SRV-3"), "{}", line.body);
    }

    /// Found by label, bundle and device; pages join without overlap both ways.
    async fn cables_are_found_and_paged(db: TestDb) {
        let lines = Lines::new(db);
        for name in ["SW-1", "SRV-1"] {
            let device = lines.db.device(name, None);
            for port in ["p1", "p2", "p3", "p4", "p5"] {
                lines.port(device, "interface", port);
            }
        }
        for (port, label, bundle) in [("p1", "c", ""), ("p2", "", ""), ("p3", "a", "Tray 7"), ("p4", "", ""), ("p5", "b", "")] {
            lines.connect(("SW-1", port), ("SRV-1", port), &[("label", label), ("bundle", bundle)]);
        }
        let found = |query: &str, after: Option<String>, before: Option<String>, limit| {
            let filter = CableFilter { query: query.to_owned(), ..CableFilter::default() };
            let page = lines.db.get(|c| cable_list(c, &lines.actor, &filter, &PageRequest { after, before, limit }));
            (page.rows.iter().map(|row| row.cable.name()).collect::<Vec<_>>(), page.next, page.previous)
        };
        let (all, ..) = found("", None, None, 50);
        assert_eq!((all.len(), &all[2..]), (5, &["a".to_owned(), "b".to_owned(), "c".to_owned()][..]));
        assert_eq!(found("tray", None, None, 50).0, ["a"]);
        assert_eq!(found("srv-1", None, None, 50).0.len(), 5);
        assert_eq!(found("nothing", None, None, 50).0.len(), 0);
        let (first, next, previous) = found("", None, None, 2);
        assert_eq!((&first[..], previous), (&all[..2], None));
        let (second, next, previous) = found("", next, None, 2);
        assert_eq!(second, all[2..4]);
        assert_eq!(found("", None, previous, 2).0, all[..2]);
        let (third, end, _) = found("", next, None, 2);
        assert_eq!((&third[..], end), (&all[4..], None));
    }

    /// Each end of a cable has a label with this end first; a customer's has no name of another.
    async fn cables_have_labels_for_both_ends(db: TestDb) {
        let lines = Lines::new(db);
        let (own, other) = (lines.db.customer("AAA"), lines.db.customer("BBB"));
        let (switch, server) = (lines.db.device("SW-1", None), lines.db.device("SRV-1", Some(own)));
        for (device, port) in [(switch, "eth1"), (server, "eno1"), (switch, "eth2")] {
            lines.port(device, "interface", port);
        }
        let foreign = lines.db.device("SRV-2", Some(other));
        lines.port(foreign, "interface", "eno1");
        let cable = lines.connect(("SW-1", "eth1"), ("SRV-1", "eno1"), &[("label", "C-7"), ("length_m", "2.5"), ("bundle", "Tray 7")]);
        let hidden = lines.connect(("SW-1", "eth2"), ("SRV-2", "eno1"), &[]);
        let web = TestWeb::new(lines.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        let page = web.get(&staff, &format!("/labels?kind=cable&id={cable}")).await.body;
        for text in ["C-7", "A: SW-1 · eth1 · B: SRV-1 · eno1 · 2.5 m · Tray 7", "B: SRV-1 · eno1 · A: SW-1 · eth1"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert_eq!(page.matches("name=\"id\"").count(), 1, "{page}");
        for asked in [format!("kind=cable&id={cable}&id={hidden}&stock=tape-62"), format!("kind=cable&device={switch}&stock=a4-5x13")] {
            let sheet = web.get(&staff, &format!("/labels/sheet.pdf?{asked}")).await;
            assert!(sheet.octets.starts_with(b"%PDF"), "{asked}: {}", sheet.body);
        }
        let tape = web.get(&staff, &format!("/labels/sheet.pdf?kind=cable&device={switch}&stock=tape-62")).await;
        assert_eq!(String::from_utf8_lossy(&tape.octets).matches("/MediaBox").count(), 4);
        let list = web.get(&staff, &format!("/cables?device={switch}")).await.body;
        assert!(list.contains(&format!("/labels?kind=cable&amp;device={switch}")) && list.contains("data-tick"), "{list}");

        let customer = web.browser(Role::CustomerMember, Some(own));
        let page = web.get(&customer, &format!("/labels?kind=cable&id={cable}")).await.body;
        assert!(page.contains("B: SRV-1 · eno1") && !page.contains("SW-1") && !page.contains("Tray"), "{page}");
        for asked in [format!("id={hidden}"), format!("device={switch}")] {
            assert_eq!(web.get(&customer, &format!("/labels?kind=cable&{asked}")).await.status.code, 404, "{asked}");
        }
    }

    /// A whole walk through the pages and the interface, and what is wrong stays in its form.
    async fn pages_and_interface_tell_the_same(db: TestDb) {
        let lines = Lines::new(db);
        let (switch, server) = (lines.db.device("SW-1", None), lines.db.device("SRV-<b>", None));
        let eth1 = lines.port(switch, "interface", "eth1");
        lines.port(switch, "interface", "eth2");
        lines.port(server, "interface", "eno1");
        lines.port(server, "interface", "eno2");
        let web = TestWeb::new(lines.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        let device = web.get(&staff, &format!("/devices/{switch}")).await.body.replace("&#x2f;", "/");
        assert!(device.contains(&format!("/cables/new?a={eth1}")), "{device}");
        let form = web.get(&staff, &format!("/cables/new?a={eth1}")).await;
        assert!(form.status.code == 200 && form.body.contains("SW-1") && form.body.contains("eth1"));
        let typed = |port_b: &'static str| vec![("device_a", "SW-1"), ("port_a", "eth1"), ("device_b", "SRV-<b>"), ("port_b", port_b), ("label", "C-1"), ("kind", "cat6a"), ("status", "connected"), ("colour", "#AA1409"), ("length_m", "2,5"), ("bundle", "Tray & co"), ("note", "")];
        let wrong = web.post(&staff, "/cables/new", &typed("eno9")).await;
        assert_eq!(wrong.status.code, 422);
        assert!(wrong.body.contains("eno1, eno2") && wrong.body.contains("C-1"), "its ports are named, nothing typed is lost: {}", wrong.body);
        let made = web.post(&staff, "/cables/new", &typed("eno1")).await;
        let at = made.header("location").unwrap().to_owned();
        let page = web.get(&staff, &at).await;
        for text in ["C-1", "eth1", "eno1", "2.5", "#aa1409", "Tray &amp; co"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        assert!(!page.body.contains("<b>"));
        for path in ["/cables".to_owned(), "/cables?q=tray".to_owned(), "/cables?kind=cat6a&status=connected".to_owned(), format!("/cables?device={switch}"), "/cables?bundle=Tray%20%26%20co".to_owned(), "/cables/differences".to_owned(), format!("{at}/edit"), format!("{at}/archive")] {
            let page = web.get(&staff, &path).await;
            assert!(page.status.code == 200 && !page.body.contains("<b>"), "{path}: {}", page.body);
        }
        let line = web.get(&staff, &format!("/device-ports/{eth1}/trace")).await;
        assert!(line.body.contains("<svg") && line.body.contains("<desc") && line.body.contains("eno1"), "{}", line.body);
        let svg = web.get(&staff, &format!("/device-ports/{eth1}/trace.svg")).await;
        assert_eq!(svg.header("content-type").unwrap(), "image/svg+xml");
        assert!(svg.body.contains("SRV-&lt;b&gt;") && svg.body.contains("#aa1409") && !svg.body.contains("style="), "{}", svg.body);
        let device = web.get(&staff, &format!("/devices/{switch}")).await.body;
        assert!(device.contains("eno1") && device.contains("C-1"), "{device}");

        let program = web.program(Role::Operations, None, "write");
        let body = json!({"device_a": "SW-1", "port_a": "eth2", "device_b": "SRV-<b>", "port_b": ["eno2"], "kind": "dac"});
        let reply = web.json(&program, Method::Post, "/api/v1/cables", &body).await;
        assert_eq!(reply.status.code, 201, "{}", reply.body);
        let made = reply.json();
        assert_eq!((&made["a"][0]["port"], &made["b"][0]["device"], &made["length_mm"]), (&json!("eth2"), &json!("SRV-<b>"), &json!(null)));
        let path = format!("/api/v1/cables/{}", made["id"]);
        let reply = web.json(&program, Method::Post, "/api/v1/cables", &body).await;
        assert_eq!((reply.status.code, &reply.json()["errors"][0]["code"]), (422, &json!("cables-port-taken")));
        let mut changed = body.clone();
        changed["version"] = json!(1);
        changed["length_m"] = json!(3);
        let reply = web.json(&program, Method::Put, &path, &changed).await;
        assert_eq!((reply.status.code, &reply.json()["length_mm"]), (200, &json!(3000)), "{}", reply.body);
        let reply = web.json(&program, Method::Put, &path, &changed).await;
        assert_eq!(reply.status.code, 409, "a stale version");
        let list = web.get(&program, &format!("/api/v1/cables?device_id={switch}")).await.json();
        assert_eq!((&list["total"], &list["items"][1]["label"]), (&json!(2), &json!("C-1")));
        let trace = web.get(&program, &format!("/api/v1/device-ports/{eth1}/trace")).await.json();
        assert_eq!((&trace["start"], &trace["hops"][1]["link"], &trace["hops"][1]["cable"], &trace["hops"][1]["port"]), (&json!(0), &json!("cable"), &json!("C-1"), &json!("eno1")));
        let reply = web.json(&program, Method::Post, &format!("{path}/archive"), &json!({"archived": true, "version": 2})).await;
        assert!(reply.status.code == 200 && !reply.json()["archived_at"].is_null(), "{}", reply.body);
        let reader = web.program(Role::Operations, None, "read");
        assert_eq!(web.get(&reader, &path).await.status.code, 200);
    }
}
