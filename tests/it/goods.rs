//! Goods passes: drafted, released by two people, checked at the door, and what the inventory says afterwards.

use coldaisle::access::*;
use coldaisle::audit::{Verdict, verify};
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{CustomerId, DeviceId, RackId, SiteId, UserId};
use coldaisle::base::page::PageRequest;
use coldaisle::identity::{Actor, Role};
use coldaisle::search::search_find;
use coldaisle::store::schema::{bmc_endpoints, device_stock, devices};
use diesel::prelude::*;
use rocket::http::{Method, Status};
use serde_json::json;

use crate::harness::{NOW, TestDb, TestWeb, both};

/// A site with a rack and devices of two customers, and who works there.
struct Gate {
    db: TestDb,
    site: SiteId,
    rack: RackId,
    acme: CustomerId,
    server: DeviceId,
    foreign: DeviceId,
}

impl Gate {
    fn new(db: TestDb) -> Self {
        let site = db.site("s1");
        let rack = db.rack(db.room(site, "Room A"), "A01");
        let (acme, other) = (db.customer("ACME"), db.customer("OTHER"));
        let server = db.device("web-1", Some(acme));
        let foreign = db.device("mail-1", Some(other));
        db.install(server, rack, 0);
        db.put(|c| {
            for (device, serial) in [(server, "SN-1"), (foreign, "SN-2")] {
                diesel::update(devices::table.find(device))
                    .set(devices::serial.eq(Some(serial)))
                    .execute(c)?;
            }
            Ok(())
        });
        Self {
            db,
            site,
            rack,
            acme,
            server,
            foreign,
        }
    }

    /// Reception: writes passes down and checks them at the door.
    fn desk(&self) -> Actor {
        self.db.actor(Role::Reception)
    }

    /// Operations: releases.
    fn releaser(&self) -> Actor {
        self.db.actor(Role::Operations)
    }

    fn customer(&self) -> Actor {
        self.db.actor_of(Role::CustomerAdmin, Some(self.acme))
    }

    fn fields(&self, direction: &str, more: &[(&str, &str)]) -> Fields {
        let mut fields: Fields = more.iter().copied().collect();
        fields.set("direction", direction);
        fields.set("site_id", self.site.to_string());
        fields.set("customer_id", self.acme.to_string());
        fields.set("carrier_name", "李明");
        fields
    }

    fn draft(&self, actor: &Actor, fields: &Fields) -> Result<String, Fault> {
        self.db
            .store
            .write_blocking("draft", |c| goods_draft(c, actor, fields))
    }

    fn out(&self, actor: &Actor, device: &str) -> String {
        let fields = self.fields("out", &[("device", device)]);
        self.draft(actor, &fields).unwrap()
    }

    fn approve(&self, actor: &Actor, number: &str) -> Result<(), Fault> {
        self.db
            .store
            .write_blocking("approve", |c| goods_approve(c, actor, number, ""))
    }

    fn finish(&self, actor: &Actor, number: &str) -> Result<(), Fault> {
        self.db
            .store
            .write_blocking("finish", |c| goods_finish(c, actor, number, ""))
    }

    fn hold(&self, actor: &Actor, subject: HoldSubject, kind: HoldKind) -> Hold {
        let draft = HoldDraft {
            kind,
            reason: "见工单 42".to_owned(),
        };
        self.db.put(|c| {
            let id = hold_set(c, actor, subject, &draft)?;
            hold_by_id(c, actor, id)
        })
    }

    fn lift(&self, actor: &Actor, hold: &Hold) -> Result<Hold, Fault> {
        self.db
            .store
            .write_blocking("lift", |c| hold_lift(c, actor, hold.id, "已了结"))
    }

    fn pass(&self, number: &str) -> GoodsRecord {
        let desk = self.desk();
        self.db.get(|c| goods_by_number(c, &desk, number))
    }

    fn entries(&self, number: &str) -> Vec<&'static str> {
        let desk = self.desk();
        self.db
            .get(|c| goods_events_of(c, &desk, number))
            .into_iter()
            .map(|entry| entry.event.as_str())
            .collect()
    }

    /// Status and rack of a device.
    fn stands(&self, device: DeviceId) -> (String, Option<RackId>) {
        self.db.get(|c| {
            Ok(devices::table
                .find(device)
                .select((devices::status, devices::rack_id))
                .first(c)?)
        })
    }

    fn named(&self, name: &str) -> Option<(DeviceId, Option<CustomerId>, String, Option<RackId>)> {
        self.db.get(|c| {
            Ok(devices::table
                .filter(devices::name.eq(name))
                .select((
                    devices::id,
                    devices::customer_id,
                    devices::status,
                    devices::rack_id,
                ))
                .first(c)
                .optional()?)
        })
    }

    fn stock_site(&self, device: DeviceId) -> Option<SiteId> {
        self.db.get(|c| {
            Ok(device_stock::table
                .filter(device_stock::device_id.eq(device))
                .select(device_stock::site_id)
                .first::<Option<SiteId>>(c)
                .optional()?
                .flatten())
        })
    }
}

fn at_field(fault: Result<impl std::fmt::Debug, Fault>) -> (String, &'static str) {
    let fault = fault.unwrap_err();
    match fault.fields.first() {
        Some(field) => (field.field.to_string(), field.message.key),
        None => (String::new(), fault.message.key),
    }
}

/// How many of those who asked at once were done; the others heard of it.
async fn count_done(asked: Vec<tokio::task::JoinHandle<Result<(), Fault>>>) -> usize {
    let mut done = 0;
    for one in asked {
        match one.await.unwrap() {
            Ok(()) => done += 1,
            Err(fault) => assert!(
                matches!(fault.kind, FaultKind::Conflict | FaultKind::Stale),
                "{fault}"
            ),
        }
    }
    done
}

/// Another user of a role that has one already.
fn second(gate: &Gate, role: Role) -> Actor {
    let user: UserId = gate.db.user("second", role, None);
    Actor {
        user_id: Some(user),
        name: "second".to_owned(),
        ..gate.db.actor(role)
    }
}

both! {
    /// A device goes out: drafted, released by somebody else, checked by a third step, and gone from its rack.
    async fn what_goes_out_leaves_its_rack_and_the_inventory(db: TestDb) {
        let gate = Gate::new(db);
        let (desk, releaser) = (gate.desk(), gate.releaser());
        let number = gate.out(&desk, "web-1");
        assert_eq!(number, "G-2026-000001");
        assert_eq!(gate.pass(&number).pass.state, GoodsState::Submitted);
        assert_eq!(gate.finish(&desk, &number).unwrap_err().message.key, "goods-fault-is-submitted");
        assert_eq!(gate.approve(&desk, &number).unwrap_err().kind, FaultKind::Forbidden);
        gate.approve(&releaser, &number).unwrap();
        assert_eq!(gate.stands(gate.server).0, "installed", "nothing has moved yet");

        gate.finish(&desk, &number).unwrap();
        assert_eq!(gate.stands(gate.server), ("removed".to_owned(), None));
        assert_eq!(gate.entries(&number), ["drafted", "submitted", "approved", "done"]);
        let pass = gate.pass(&number).pass;
        assert_eq!(pass.released_by_name, releaser.name);
        assert_eq!(pass.done_by_name, desk.name);

        // The second click of a double click changes nothing.
        assert_eq!(gate.finish(&desk, &number).unwrap_err().message.key, "goods-fault-is-done");
        assert_eq!(gate.entries(&number).len(), 4);
        // A device that has left does not leave again.
        let again = gate.out(&desk, "web-1");
        gate.approve(&releaser, &again).unwrap();
        assert_eq!(gate.finish(&desk, &again).unwrap_err().message.key, "inventory-has-left");
        assert_eq!(gate.pass(&again).pass.state, GoodsState::Approved);
        assert!(matches!(gate.db.get(verify), Verdict::Whole { .. }));
    }

    /// Who drafted does not release, who released does not check at the door.
    async fn what_goes_out_is_seen_by_a_second_pair_of_eyes(db: TestDb) {
        let gate = Gate::new(db);
        let releaser = gate.releaser();
        let other = second(&gate, Role::Operations);
        let number = gate.out(&releaser, "web-1");
        assert_eq!(gate.approve(&releaser, &number).unwrap_err().message.key, "goods-fault-own-draft");
        gate.approve(&other, &number).unwrap();
        assert_eq!(gate.finish(&other, &number).unwrap_err().message.key, "goods-fault-own-release");
        gate.finish(&releaser, &number).unwrap();
        assert_eq!(gate.stands(gate.server).0, "removed");
    }

    /// Two who release at once, and two who finish at once: one does it, the other is told.
    async fn two_at_once_do_it_once(db: TestDb) {
        let gate = Gate::new(db);
        let (desk, releaser) = (gate.desk(), gate.releaser());
        let other = second(&gate, Role::Operations);
        let number = gate.out(&desk, "web-1");
        let mut asked = Vec::new();
        for actor in [releaser, other] {
            let (store, number) = (gate.db.store.clone(), number.clone());
            asked.push(tokio::spawn(async move {
                store.write("approve", move |c| goods_approve(c, &actor, &number, "")).await
            }));
        }
        assert_eq!(count_done(asked).await, 1);
        let mut asked = Vec::new();
        for actor in [desk.clone(), desk] {
            let (store, number) = (gate.db.store.clone(), number.clone());
            asked.push(tokio::spawn(async move {
                store.write("finish", move |c| goods_finish(c, &actor, &number, "")).await
            }));
        }
        assert_eq!(count_done(asked).await, 1);
        assert_eq!(gate.entries(&number), ["drafted", "submitted", "approved", "done"]);
    }

    /// A hold on the device or on the customer stops the release and the door; evidence is lifted by another person only.
    async fn holds_stop_what_goes_out(db: TestDb) {
        let gate = Gate::new(db);
        let (desk, releaser) = (gate.desk(), gate.releaser());
        let finance = gate.db.actor(Role::Finance);
        let number = gate.out(&desk, "web-1");
        let unpaid = gate.hold(&finance, HoldSubject::Customer(gate.acme), HoldKind::Unpaid);
        let held = gate.approve(&releaser, &number).unwrap_err();
        assert_eq!(held.message.key, "goods-fault-held");
        gate.lift(&finance, &unpaid).unwrap();
        assert_eq!(gate.lift(&finance, &unpaid).unwrap_err().message.key, "hold-fault-lifted");
        gate.approve(&releaser, &number).unwrap();

        // Set between release and door, it stops the door.
        let evidence = gate.hold(&releaser, HoldSubject::Device(gate.server), HoldKind::Evidence);
        assert_eq!(gate.finish(&desk, &number).unwrap_err().message.key, "goods-fault-held");
        assert_eq!(gate.stands(gate.server).0, "installed");
        assert_eq!(gate.lift(&finance, &evidence).unwrap_err().kind, FaultKind::Forbidden);
        assert_eq!(gate.lift(&releaser, &evidence).unwrap_err().message.key, "hold-fault-evidence");
        assert_eq!(gate.lift(&desk, &evidence).unwrap_err().kind, FaultKind::Forbidden);
        gate.lift(&second(&gate, Role::Operations), &evidence).unwrap();
        gate.finish(&desk, &number).unwrap();

        // Customers see no holds.
        let customer = gate.customer();
        let seen = gate.db.store.read_blocking(|c| holds_of(c, &customer, HoldSubject::Device(gate.server)));
        assert_eq!(seen.unwrap_err().kind, FaultKind::NotFound);
    }

    /// What is in the way is named, and nothing is changed.
    async fn a_running_or_locked_device_does_not_go_out(db: TestDb) {
        let gate = Gate::new(db);
        let (desk, releaser) = (gate.desk(), gate.releaser());
        let number = gate.out(&desk, "web-1");
        gate.approve(&releaser, &number).unwrap();
        gate.db.put(|c| {
            diesel::update(devices::table.find(gate.server))
                .set(devices::lock_reason.eq(Some("审计中")))
                .execute(c)?;
            Ok(())
        });
        assert_eq!(gate.finish(&desk, &number).unwrap_err().message.key, "inventory-locked");
        gate.db.put(|c| {
            diesel::insert_into(bmc_endpoints::table)
                .values((
                    bmc_endpoints::device_id.eq(gate.server),
                    bmc_endpoints::protocol.eq("ipmi"),
                    bmc_endpoints::address.eq("192.0.2.9"),
                    bmc_endpoints::port.eq(623),
                    bmc_endpoints::username.eq("admin"),
                    bmc_endpoints::password_sealed.eq(vec![0_u8]),
                    bmc_endpoints::power_state.eq("on"),
                    bmc_endpoints::created_at.eq(NOW),
                    bmc_endpoints::updated_at.eq(NOW),
                ))
                .execute(c)?;
            Ok(())
        });
        assert_eq!(gate.finish(&desk, &number).unwrap_err().message.key, "goods-fault-powered");
        assert_eq!(gate.stands(gate.server), ("installed".to_owned(), Some(gate.rack)));
        assert_eq!(gate.entries(&number).len(), 3);
    }

    /// A device or serial number of somebody else: neutral to customers, clear to staff.
    async fn devices_of_others_are_refused(db: TestDb) {
        let gate = Gate::new(db);
        let (desk, customer) = (gate.desk(), gate.customer());
        let named = gate.fields("out", &[("device", "mail-1")]);
        assert_eq!(at_field(gate.draft(&desk, &named)), ("device".into(), "goods-fault-owner"));
        assert_eq!(at_field(gate.draft(&customer, &named)), ("device".into(), "goods-fault-no-device"));
        let numbered = gate.fields("in", &[("description", "服务器"), ("count", "1"), ("serial", "SN-2")]);
        assert_eq!(at_field(gate.draft(&desk, &numbered)), ("serial".into(), "goods-fault-serial-of"));
        assert_eq!(at_field(gate.draft(&customer, &numbered)), ("serial".into(), "goods-fault-serial"));
        // The own serial number finds the own device.
        let own = gate.fields("out", &[("description", "服务器"), ("count", "1"), ("serial", "SN-1")]);
        let number = gate.draft(&customer, &own).unwrap();
        assert_eq!(gate.pass(&number).items[0].item.device_id, Some(gate.server));
        // Sold in between: the release notices.
        let other = gate.db.get(|c| {
            Ok(devices::table.find(gate.foreign).select(devices::customer_id).first::<Option<CustomerId>>(c)?)
        });
        gate.db.put(|c| {
            diesel::update(devices::table.find(gate.server))
                .set(devices::customer_id.eq(other))
                .execute(c)?;
            Ok(())
        });
        assert_eq!(gate.approve(&gate.releaser(), &number).unwrap_err().message.key, "goods-fault-owner");
    }

    /// What comes in is on record afterwards: back in stock, into a rack, or as a device that is new.
    async fn what_comes_in_is_on_record(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        gate.db.put(|c| {
            diesel::update(devices::table.find(gate.server))
                .set((
                    devices::status.eq("removed"),
                    devices::rack_id.eq(None::<RackId>),
                    devices::position_half_units.eq(None::<i64>),
                    devices::face.eq(None::<String>),
                ))
                .execute(c)?;
            Ok(())
        });
        let kind = gate.db.device_type("switch-1u", 2).to_string();
        let rack = gate.rack.to_string();
        let fields = gate.fields("in", &[
            ("device", "web-1"),
            ("description_2", "交换机"), ("count_2", "1"), ("serial_2", "SN-9"),
            ("device_type_id_2", &kind), ("rack_id_2", &rack), ("unit_2", "10"),
            ("description_3", "网线"), ("count_3", "20"),
        ]);
        let number = gate.draft(&desk, &fields).unwrap();
        assert_eq!(gate.entries(&number), ["drafted", "approved"]);
        assert!(gate.named("SN-9").is_none(), "it is not here yet");
        gate.finish(&desk, &number).unwrap();
        assert_eq!(gate.stands(gate.server).0, "in_stock");
        assert_eq!(gate.stock_site(gate.server), Some(gate.site));
        let (made, owner, status, stands) = gate.named("SN-9").unwrap();
        assert_eq!((owner, status.as_str(), stands), (Some(gate.acme), "installed", Some(gate.rack)));
        let items = gate.pass(&number).items;
        assert_eq!(items[1].item.device_id, Some(made));
        assert_eq!((items[2].item.device_id, items[2].item.count), (None, 20));
        assert!(matches!(gate.db.get(verify), Verdict::Whole { .. }));
    }

    /// A place that is taken stops the whole pass.
    async fn what_does_not_fit_leaves_nothing_behind(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let kind = gate.db.device_type("switch-1u", 2).to_string();
        let rack = gate.rack.to_string();
        let fields = gate.fields("in", &[
            ("description", "交换机"), ("count", "1"), ("serial", "SN-8"), ("device_type_id", &kind),
            ("description_2", "交换机"), ("count_2", "1"), ("serial_2", "SN-9"), ("device_type_id_2", &kind),
            ("rack_id_2", &rack), ("unit_2", "1"),
        ]);
        let number = gate.draft(&desk, &fields).unwrap();
        assert_eq!(at_field(gate.finish(&desk, &number)).0, "unit");
        assert!(gate.named("SN-8").is_none() && gate.named("SN-9").is_none());
        assert_eq!(gate.pass(&number).pass.state, GoodsState::Approved);
    }

    /// A customer drafts, sees and cancels the own passes and nobody else's.
    async fn the_wall_stands_around_goods_passes(db: TestDb) {
        let gate = Gate::new(db);
        let (customer, desk) = (gate.customer(), gate.desk());
        let mut typed = gate.fields("in", &[
            ("description", "硬盘"), ("count", "1"), ("rack_id", "999"), ("device_type_id", "999"),
        ]);
        typed.set("customer_id", "2");
        let own = gate.draft(&customer, &typed).unwrap();
        let record = gate.pass(&own);
        assert_eq!(record.customer.unwrap().id, gate.acme, "whatever customer is typed, it is the own one");
        assert_eq!(record.pass.state, GoodsState::Submitted);
        assert_eq!((record.items[0].item.rack_id, record.items[0].item.device_type_id), (None, None));
        let mut of_operator = gate.fields("in", &[("description", "工具"), ("count", "1")]);
        of_operator.set("customer_id", "");
        let hidden = gate.draft(&desk, &of_operator).unwrap();

        let all = GoodsFilter::default();
        let seen = gate.db.get(|c| goods_list(c, &customer, &all, &PageRequest::first()));
        assert_eq!((seen.total, seen.rows[0].pass.number.as_str()), (1, own.as_str()));
        let gone = gate.db.store.read_blocking(|c| goods_by_number(c, &customer, &hidden));
        assert_eq!(gone.unwrap_err().kind, FaultKind::NotFound);
        let cancelled = gate.db.store.write_blocking("cancel", |c| goods_cancel(c, &customer, &hidden, ""));
        assert_eq!(cancelled.unwrap_err().kind, FaultKind::NotFound);
        let finds = |actor: &Actor, number: &str| {
            let groups = gate.db.get(|c| search_find(c, actor, number, 8));
            groups.iter().flat_map(|group| &group.hits).any(|hit| hit.label == number)
        };
        assert!(finds(&customer, &own) && finds(&desk, &hidden) && !finds(&customer, &hidden));
        gate.db.put(|c| goods_cancel(c, &customer, &own, "不来了"));
        assert_eq!(gate.entries(&own), ["drafted", "submitted", "cancelled"]);
        assert_eq!(gate.approve(&desk, &own).unwrap_err().message.key, "goods-fault-is-cancelled");
    }

    /// Numbers run on without gaps, per site and year; a refused draft takes none.
    async fn numbers_have_no_gaps(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let second = gate.db.site("sz2");
        let box_in = gate.fields("in", &[("description", "箱子"), ("count", "1")]);
        assert_eq!(gate.draft(&desk, &box_in).unwrap(), "G-2026-000001");
        gate.draft(&desk, &gate.fields("out", &[("device", "mail-1")])).unwrap_err();
        assert_eq!(gate.draft(&desk, &box_in).unwrap(), "G-2026-000002");
        let mut there = box_in.clone();
        there.set("site_id", second.to_string());
        assert_eq!(gate.draft(&desk, &there).unwrap(), "G-SZ2-2026-000001");
        let next_year = Actor { now: NOW.plus_seconds(60 * 86_400), ..desk.clone() };
        assert_eq!(gate.draft(&next_year, &box_in).unwrap(), "G-2027-000001");
    }

    /// The pages in both languages, the slip, the CSV and the interface.
    async fn the_pages_walk_a_pass_through(db: TestDb) {
        let gate = Gate::new(db);
        let (server, acme) = (gate.server, gate.acme.to_string());
        let web = TestWeb::new(gate.db).await;
        let desk = web.browser(Role::Technician, None);
        let typed = [
            ("direction", "out"), ("customer_id", acme.as_str()), ("device", "web-1"), ("count", "1"),
            ("carrier_name", "李明"), ("vehicle_plate", "闽a12345"),
        ];
        let wrong = web.post(&desk, "/goods/new", &typed[..4]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert!(wrong.body.contains("web-1"), "what was typed stays");
        let made = web.post(&desk, "/goods/new", &typed).await;
        assert_eq!(made.status, Status::SeeOther, "{}", made.body);
        let number = made.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
        let page = format!("/goods/{number}");
        let device = format!("/devices/{server}");
        let paths = [
            "/goods".to_owned(),
            "/goods/new".to_owned(),
            page.clone(),
            format!("{page}/slip"),
            format!("{page}/step/finish"),
            device.clone(),
            format!("/customers/{acme}"),
            "/goods?state=submitted&direction=out&q=web-1".to_owned(),
        ];
        for path in paths {
            for caller in [desk.clone(), desk.clone().reading_chinese()] {
                let reply = web.get(&caller, &path).await;
                assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
                assert!(!reply.body.contains("goods-fault") && !reply.body.contains("style="), "{path}");
            }
        }
        assert!(web.get(&desk, &page).await.body.contains("闽A12345"));
        assert!(web.get(&desk, "/goods.csv").await.body.contains(&format!("{number},out,submitted")));

        let operations = web.browser(Role::Operations, None);
        let hold = format!("/devices/{server}/holds/new");
        assert_eq!(web.get(&operations, &hold).await.status, Status::Ok);
        let set = web.post(&operations, &hold, &[("kind", "other"), ("reason", "等待交接")]).await;
        assert_eq!(set.status, Status::SeeOther, "{}", set.body);
        assert!(web.get(&operations, &device).await.body.contains("等待交接"));
        let held = web.post(&operations, &format!("{page}/step/approve"), &[]).await;
        assert_eq!(held.status, Status::UnprocessableEntity);
        assert!(held.body.contains("等待交接"));
        assert_eq!(web.get(&operations, "/holds/1/lift").await.status, Status::Ok);
        let lifted = web.post(&operations, "/holds/1/lift", &[("reason", "交接完成")]).await;
        assert_eq!(lifted.status, Status::SeeOther, "{}", lifted.body);

        let program = web.program(Role::Operations, None, "write");
        let approved = web.json(&program, Method::Post, &format!("/api/v1{page}/approve"), &json!({})).await;
        assert_eq!(approved.json()["state"], "approved", "{}", approved.body);
        let done = web.post(&desk, &format!("{page}/step/finish"), &[("note", "已核对")]).await;
        assert_eq!(done.status, Status::SeeOther, "{}", done.body);
        let read = web.get(&program, &format!("/api/v1{page}")).await;
        assert_eq!(read.json()["state"], "done");
        assert_eq!(read.json()["items"][0]["device"], "web-1");
        assert_eq!(read.header("etag"), Some("\"3\""));
    }
}
