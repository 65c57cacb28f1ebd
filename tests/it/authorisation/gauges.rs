//! Routes of feeds, outlets and what hardware measures.

use coldaisle::facility::{FeedDraft, PanelDraft, feed_create, outlets_of_pdu, panel_create};
use coldaisle::identity::{Permission, Role};
use coldaisle::metering::gauges_of_device;
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::metering::gauges::{plug, read_pdu};
use crate::metering::world::at;

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let staff = db.actor(Role::Operations);
    let room = db.room(db.site("POWER"), "Power");
    let rack = db.rack(room, "P01");
    let fields = [
        ("room_id", room.to_string()),
        ("name", "UPS-A".to_owned()),
        ("side", "a".to_owned()),
        ("phases", "1".to_owned()),
        ("volts", "220".to_owned()),
        ("amps", "32".to_owned()),
    ];
    let draft = FeedDraft::parse(&fields.into_iter().collect()).unwrap();
    let feed = db.put(|c| feed_create(c, &staff, &draft));
    let fields = [("room_id", room.to_string()), ("name", "LP-A".to_owned())];
    let draft = PanelDraft::parse(&fields.into_iter().collect()).unwrap();
    let panel = db.put(|c| panel_create(c, &staff, &draft));
    let pdu = db.device("PDU-AUTH", None);
    db.device("plugged-auth", Some(world.a));
    let own = db.device("powered-auth", Some(world.a));
    read_pdu(db, pdu, at(-5), 100, [60, 40]);
    plug(db, pdu, 1, "plugged-auth", true);
    let outlet = db.get(|c| outlets_of_pdu(c, &staff, pdu))[0].outlet.id;
    let gauges = db.get(|c| gauges_of_device(c, &staff, pdu));
    let gauge = gauges
        .iter()
        .find(|gauge| gauge.part.as_str() == "outlet" && gauge.place == "1")
        .unwrap()
        .id;
    let view = Rule::Needs(Permission::ViewFacility);
    let edit = Rule::Needs(Permission::EditFacility);
    let power = Rule::StaffNeeds(Permission::ViewPower);
    let own_power = Rule::Own(Permission::ViewPower);
    let a = world.a;
    vec![
        get("/feeds", "/feeds", view),
        get("/feeds.csv", "/feeds.csv", view),
        get("/feeds/new", "/feeds/new", edit),
        Line::post("/feeds/new", "/feeds/new", edit),
        get("/feeds/<id>", format!("/feeds/{feed}"), view),
        get("/feeds/<id>/edit", format!("/feeds/{feed}/edit"), edit),
        Line::post("/feeds/<id>/edit", format!("/feeds/{feed}/edit"), edit),
        get(
            "/feeds/<id>/archive",
            format!("/feeds/{feed}/archive"),
            edit,
        ),
        Line::post(
            "/feeds/<id>/archive",
            format!("/feeds/{feed}/archive"),
            edit,
        ),
        get("/panels", "/panels", view),
        get("/panels.csv", "/panels.csv", view),
        get("/panels/new", "/panels/new", edit),
        Line::post("/panels/new", "/panels/new", edit),
        get("/panels/<id>", format!("/panels/{panel}"), view),
        get("/panels/<id>/edit", format!("/panels/{panel}/edit"), edit),
        Line::post("/panels/<id>/edit", format!("/panels/{panel}/edit"), edit),
        get(
            "/panels/<id>/archive",
            format!("/panels/{panel}/archive"),
            edit,
        ),
        Line::post(
            "/panels/<id>/archive",
            format!("/panels/{panel}/archive"),
            edit,
        ),
        get(
            "/feeds/<id>/failure.svg",
            format!("/feeds/{feed}/failure.svg"),
            power,
        ),
        get(
            "/panels/<id>/failure.svg",
            format!("/panels/{panel}/failure.svg"),
            power,
        ),
        get(
            "/devices/<id>/failure",
            format!("/devices/{pdu}/failure"),
            power,
        ),
        get(
            "/devices/<id>/failure.svg",
            format!("/devices/{pdu}/failure.svg"),
            power,
        ),
        get("/power/redundancy", "/power/redundancy", power),
        get("/power/redundancy.csv", "/power/redundancy.csv", power),
        get("/devices/<id>/pdu", format!("/devices/{pdu}/pdu"), edit),
        Line::post("/devices/<id>/pdu", format!("/devices/{pdu}/pdu"), edit),
        get(
            "/outlets/<id>/edit",
            format!("/outlets/{outlet}/edit"),
            edit,
        ),
        Line::post(
            "/outlets/<id>/edit",
            format!("/outlets/{outlet}/edit"),
            edit,
        ),
        get("/gauges/<id>", format!("/gauges/{gauge}"), own_power),
        get(
            "/gauges/<id>/series.csv",
            format!("/gauges/{gauge}/series.csv"),
            own_power,
        ),
        get("/racks/<id>/power", format!("/racks/{rack}/power"), power),
        get(
            "/racks/<id>/power.csv",
            format!("/racks/{rack}/power.csv"),
            power,
        ),
        get("/feeds/<id>/power", format!("/feeds/{feed}/power"), power),
        get(
            "/feeds/<id>/power.csv",
            format!("/feeds/{feed}/power.csv"),
            power,
        ),
        get(
            "/customers/<id>/power",
            format!("/customers/{a}/power"),
            own_power,
        ),
        get(
            "/customers/<id>/power.csv",
            format!("/customers/{a}/power.csv"),
            own_power,
        ),
        get(
            "/devices/<id>/power-course",
            format!("/devices/{own}/power-course"),
            own_power,
        ),
        get(
            "/devices/<id>/power-course.csv",
            format!("/devices/{own}/power-course.csv"),
            own_power,
        ),
        get("/api/v1/feeds", "/api/v1/feeds", view),
        get("/api/v1/feeds/<id>", format!("/api/v1/feeds/{feed}"), view),
        Line::json(Method::Post, "/api/v1/feeds", "/api/v1/feeds", edit),
        Line::json(
            Method::Put,
            "/api/v1/feeds/<id>",
            format!("/api/v1/feeds/{feed}"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/feeds/<id>/archive",
            format!("/api/v1/feeds/{feed}/archive"),
            edit,
        ),
        get("/api/v1/panels", "/api/v1/panels", view),
        get(
            "/api/v1/panels/<id>",
            format!("/api/v1/panels/{panel}"),
            view,
        ),
        Line::json(Method::Post, "/api/v1/panels", "/api/v1/panels", edit),
        Line::json(
            Method::Put,
            "/api/v1/panels/<id>",
            format!("/api/v1/panels/{panel}"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/panels/<id>/archive",
            format!("/api/v1/panels/{panel}/archive"),
            edit,
        ),
        get(
            "/api/v1/feeds/<id>/failure",
            format!("/api/v1/feeds/{feed}/failure"),
            power,
        ),
        get(
            "/api/v1/panels/<id>/failure",
            format!("/api/v1/panels/{panel}/failure"),
            power,
        ),
        get(
            "/api/v1/devices/<id>/failure",
            format!("/api/v1/devices/{pdu}/failure"),
            power,
        ),
        get(
            "/api/v1/racks/<id>/power-budget",
            format!("/api/v1/racks/{rack}/power-budget"),
            power,
        ),
        get("/api/v1/redundancy", "/api/v1/redundancy", power),
        get(
            "/api/v1/feeds/<id>/power",
            format!("/api/v1/feeds/{feed}/power"),
            power,
        ),
        get(
            "/api/v1/racks/<id>/power",
            format!("/api/v1/racks/{rack}/power"),
            power,
        ),
        get(
            "/api/v1/customers/<id>/power",
            format!("/api/v1/customers/{a}/power"),
            own_power,
        ),
        get(
            "/api/v1/devices/<id>/power",
            format!("/api/v1/devices/{own}/power"),
            own_power,
        ),
        get(
            "/api/v1/devices/<id>/gauges",
            format!("/api/v1/devices/{own}/gauges"),
            own_power,
        ),
        get(
            "/api/v1/devices/<id>/outlets",
            format!("/api/v1/devices/{own}/outlets"),
            own_power,
        ),
        get(
            "/api/v1/outlets/<id>",
            format!("/api/v1/outlets/{outlet}"),
            own_power,
        ),
        Line::json(
            Method::Put,
            "/api/v1/outlets/<id>",
            format!("/api/v1/outlets/{outlet}"),
            edit,
        ),
        get(
            "/api/v1/devices/<id>/pdu",
            format!("/api/v1/devices/{pdu}/pdu"),
            power,
        ),
        Line::json(
            Method::Put,
            "/api/v1/devices/<id>/pdu",
            format!("/api/v1/devices/{pdu}/pdu"),
            edit,
        ),
        get(
            "/api/v1/gauges/<id>/series",
            format!("/api/v1/gauges/{gauge}/series"),
            own_power,
        ),
    ]
}

fn get(route: &'static str, path: impl Into<String>, rule: Rule) -> Line {
    Line::get(route, path, rule)
}
