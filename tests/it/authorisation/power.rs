//! Routes of power and BMCs.

use coldaisle::base::fields::Fields;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Permission, Role};
use coldaisle::power::bulk::{BulkWish, Order};
use coldaisle::power::console::Seat;
use coldaisle::power::console::ops::{console_open, grant_set};
use coldaisle::power::ops::{bulk_request, endpoint_create, intent_request, schedule_create};
use coldaisle::power::{Action, BmcDraft, Limits, ScheduleDraft, Wish};
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::power::facts::told;

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let device = db.device("SRV-POWER", Some(world.a));
    let fields: Fields = [
        ("address", "192.0.2.77"),
        ("username", "operator"),
        ("password", "calvin"),
    ]
    .into_iter()
    .collect();
    let draft = BmcDraft::parse(&fields).unwrap();
    let staff = db.actor(Role::Administrator);
    db.put(|c| endpoint_create(c, &staff, &world.web.web.keyring, device, &draft));
    let asker = Actor {
        now: Timestamp::now(),
        ..db.actor_of(Role::CustomerAdmin, Some(world.a))
    };
    let wish = Wish {
        confirm_unknown_state: true,
        ..Wish::of(Action::On)
    };
    let limits = Limits::default();
    let asked = db.put(|c| intent_request(c, &asker, device, &wish, &limits));
    let intent = asked.into_result().unwrap();
    let (sensor, fact) = told(db, device);
    let view = Rule::Needs(Permission::ViewPower);
    let own = Rule::Own(Permission::ViewPower);
    let control = Rule::Own(Permission::ControlPower);
    let may_control = Rule::Needs(Permission::ControlPower);
    let approve = Rule::Needs(Permission::ApprovePower);
    let bmc = Rule::Needs(Permission::EditBmc);
    let bulk_wish = BulkWish {
        wish: Wish::of(Action::On),
        machines: vec![device],
        order: Order::default(),
    };
    let bulk = db
        .put(|c| bulk_request(c, &asker, &bulk_wish, &limits, None))
        .id;
    let plan: Fields = [
        ("name", "Nightly"),
        ("action", "off"),
        ("machines", "SRV-POWER"),
        ("zone", "Asia/Shanghai"),
        ("rhythm", "weekly"),
        ("weekdays", "mon"),
        ("time", "19:30"),
    ]
    .into_iter()
    .collect();
    let plan = ScheduleDraft::parse(&plan).unwrap();
    let schedule = db.put(|c| schedule_create(c, &asker, &plan));
    let bulks = format!("/power/bulks/{bulk}");
    let schedules = format!("/power/schedules/{schedule}");
    let watch = Rule::Own(Permission::WatchConsole);
    let now = Actor {
        now: Timestamp::now(),
        ..staff.clone()
    };
    let console = db.put(|c| {
        grant_set(c, &now, device, true)?;
        console_open(c, &now, device, Seat::Write, "table")
    });
    let page = format!("/power/intents/{intent}");
    let machine = format!("/devices/{device}");
    vec![
        Line::get(
            "/consoles",
            "/consoles",
            Rule::Needs(Permission::WatchConsole),
        ),
        Line::get("/consoles/<id>", format!("/consoles/{console}"), watch),
        Line::get(
            "/consoles/<id>/recording",
            format!("/consoles/{console}/recording"),
            watch,
        ),
        Line::get(
            "/consoles/<id>/recording.cast",
            format!("/consoles/{console}/recording.cast"),
            watch,
        ),
        Line::get("/devices/<id>/console", format!("{machine}/console"), watch),
        Line::get(
            "/devices/<id>/console/line",
            format!("{machine}/console/line"),
            watch,
        ),
        Line {
            sent: super::Sent::Form(&[("open", "true")]),
            ..Line::post(
                "/devices/<id>/console/grant",
                format!("{machine}/console/grant"),
                bmc,
            )
        },
        Line::get("/power", "/power", view),
        Line::get("/power.csv", "/power.csv", view),
        Line::get("/power/intents/<id>", page.clone(), own),
        Line::get(
            "/power/intents/<id>/events",
            format!("{page}/events?within=0"),
            own,
        ),
        Line::get(
            "/devices/<id>/power-events",
            format!("{machine}/power-events?within=0"),
            own,
        ),
        Line::get("/power/bulk", "/power/bulk", may_control),
        Line::post("/power/bulk/preview", "/power/bulk/preview", may_control),
        Line::post("/power/bulk", "/power/bulk", may_control),
        Line::get("/power/bulks", "/power/bulks", view),
        Line::get("/power/bulks/<id>", bulks.clone(), own),
        Line::get(
            "/power/bulks/<id>/events",
            format!("{bulks}/events?within=0"),
            own,
        ),
        Line::get(
            "/power/bulks/<id>/result.csv",
            format!("{bulks}/result.csv"),
            own,
        ),
        Line::get("/power/bulks/<id>/stop", format!("{bulks}/stop"), control),
        Line::post("/power/bulks/<id>/stop", format!("{bulks}/stop"), control),
        Line::get(
            "/power/bulks/<id>/approve",
            format!("{bulks}/approve"),
            approve,
        ),
        Line::post(
            "/power/bulks/<id>/approve",
            format!("{bulks}/approve"),
            approve,
        ),
        Line::get("/power/schedules", "/power/schedules", view),
        Line::get("/power/schedules/new", "/power/schedules/new", may_control),
        Line::post("/power/schedules/new", "/power/schedules/new", may_control),
        Line::get("/power/schedules/<id>", schedules.clone(), own),
        Line::get(
            "/power/schedules/<id>/edit",
            format!("{schedules}/edit"),
            control,
        ),
        Line::post(
            "/power/schedules/<id>/edit",
            format!("{schedules}/edit"),
            control,
        ),
        Line::post(
            "/power/schedules/<id>/pause",
            format!("{schedules}/pause"),
            control,
        ),
        Line::get(
            "/power/schedules/<id>/archive",
            format!("{schedules}/archive"),
            control,
        ),
        Line::post(
            "/power/schedules/<id>/archive",
            format!("{schedules}/archive"),
            control,
        ),
        Line::get(
            "/power/intents/<id>/approve",
            format!("{page}/approve"),
            approve,
        ),
        Line::post(
            "/power/intents/<id>/approve",
            format!("{page}/approve"),
            approve,
        ),
        Line::get(
            "/power/intents/<id>/cancel",
            format!("{page}/cancel"),
            control,
        ),
        Line::post(
            "/power/intents/<id>/cancel",
            format!("{page}/cancel"),
            control,
        ),
        Line::get(
            "/devices/<id>/power/<action>",
            format!("{machine}/power/cycle"),
            control,
        ),
        Line::post(
            "/devices/<id>/power/<action>",
            format!("{machine}/power/cycle"),
            control,
        ),
        Line::get("/devices/<id>/bmc", format!("{machine}/bmc"), bmc),
        Line::post("/devices/<id>/bmc", format!("{machine}/bmc"), bmc),
        Line::get(
            "/devices/<id>/bmc/certificate",
            format!("{machine}/bmc/certificate"),
            Rule::NeedsGone(Permission::EditBmc),
        ),
        Line::post(
            "/devices/<id>/bmc/certificate",
            format!("{machine}/bmc/certificate"),
            Rule::NeedsGone(Permission::EditBmc),
        ),
        Line::get(
            "/devices/<id>/bmc/remove",
            format!("{machine}/bmc/remove"),
            bmc,
        ),
        Line::post(
            "/devices/<id>/bmc/remove",
            format!("{machine}/bmc/remove"),
            bmc,
        ),
        Line::get(
            "/devices/<id>/bmc/password",
            format!("{machine}/bmc/password"),
            bmc,
        ),
        Line::post(
            "/devices/<id>/bmc/password",
            format!("{machine}/bmc/password"),
            bmc,
        ),
        Line::post(
            "/devices/<id>/bmc/password/settle",
            format!("{machine}/bmc/password/settle"),
            bmc,
        ),
        Line::post(
            "/devices/<id>/read-again",
            format!("{machine}/read-again"),
            control,
        ),
        Line::get(
            "/devices/<id>/event-log",
            format!("{machine}/event-log"),
            own,
        ),
        Line::get(
            "/devices/<id>/event-log.csv",
            format!("{machine}/event-log.csv"),
            own,
        ),
        Line::get("/sensors/<id>", format!("/sensors/{sensor}"), own),
        Line::post(
            "/devices/<id>/facts/<fact>/accept",
            format!("{machine}/facts/{fact}/accept"),
            Rule::Needs(Permission::EditDevices),
        ),
        Line::post(
            "/devices/<id>/facts/<fact>/set-aside",
            format!("{machine}/facts/{fact}/set-aside"),
            Rule::Needs(Permission::EditDevices),
        ),
        Line::get(
            "/api/v1/devices/<id>/sensors",
            format!("/api/v1{machine}/sensors"),
            own,
        ),
        Line::get(
            "/api/v1/devices/<id>/event-log",
            format!("/api/v1{machine}/event-log"),
            own,
        ),
        Line::get(
            "/api/v1/devices/<id>/parts",
            format!("/api/v1{machine}/parts"),
            own,
        ),
        Line::get(
            "/api/v1/devices/<id>/bmc",
            format!("/api/v1{machine}/bmc"),
            Rule::Needs(Permission::ViewBmc),
        ),
        Line::json(
            Method::Put,
            "/api/v1/devices/<id>/bmc",
            format!("/api/v1{machine}/bmc"),
            bmc,
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/bmc/remove",
            format!("/api/v1{machine}/bmc/remove"),
            bmc,
        ),
        Line::get(
            "/api/v1/devices/<id>/bmc/password",
            format!("/api/v1{machine}/bmc/password"),
            Rule::NeedsGone(Permission::ViewBmc),
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/bmc/password",
            format!("/api/v1{machine}/bmc/password"),
            bmc,
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/bmc/password/settle",
            format!("/api/v1{machine}/bmc/password/settle"),
            bmc,
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/facts/<fact>/accept",
            format!("/api/v1{machine}/facts/{fact}/accept"),
            Rule::Needs(Permission::EditDevices),
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/facts/<fact>/set-aside",
            format!("/api/v1{machine}/facts/{fact}/set-aside"),
            Rule::Needs(Permission::EditDevices),
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/power",
            format!("/api/v1/devices/{device}/power"),
            control,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/bulks",
            "/api/v1/power/bulks",
            may_control,
        ),
        Line::get("/api/v1/power/bulks/<id>", format!("/api/v1{bulks}"), own),
        Line::get("/api/v1/power/bulks", "/api/v1/power/bulks", view),
        Line::get(
            "/api/v1/power/bulks/<id>/result.csv",
            format!("/api/v1{bulks}/result.csv"),
            own,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/bulks/<id>/approve",
            format!("/api/v1{bulks}/approve"),
            approve,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/bulks/<id>/stop",
            format!("/api/v1{bulks}/stop"),
            control,
        ),
        Line::get("/api/v1/power/schedules", "/api/v1/power/schedules", view),
        Line::json(
            Method::Post,
            "/api/v1/power/schedules",
            "/api/v1/power/schedules",
            may_control,
        ),
        Line::get(
            "/api/v1/power/schedules/<id>",
            format!("/api/v1{schedules}"),
            own,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/schedules/<id>/pause",
            format!("/api/v1{schedules}/pause"),
            control,
        ),
        Line::json(
            Method::Put,
            "/api/v1/power/schedules/<id>",
            format!("/api/v1{schedules}"),
            control,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/schedules/<id>/archive",
            format!("/api/v1{schedules}/archive"),
            control,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/intents/<id>/approve",
            format!("/api/v1{page}/approve"),
            approve,
        ),
        Line::json(
            Method::Post,
            "/api/v1/power/intents/<id>/cancel",
            format!("/api/v1{page}/cancel"),
            control,
        ),
        Line::get(
            "/api/v1/consoles",
            "/api/v1/consoles",
            Rule::Needs(Permission::WatchConsole),
        ),
        Line::get(
            "/api/v1/consoles/<id>",
            format!("/api/v1/consoles/{console}"),
            watch,
        ),
        Line::get(
            "/api/v1/consoles/<id>/recording.cast",
            format!("/api/v1/consoles/{console}/recording.cast"),
            watch,
        ),
        Line::get("/api/v1/power/intents", "/api/v1/power/intents", view),
        Line::get(
            "/api/v1/power/intents/<id>",
            format!("/api/v1/power/intents/{intent}"),
            own,
        ),
    ]
}
