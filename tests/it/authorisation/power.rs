//! Routes of power and BMCs.

use coldaisle::base::fields::Fields;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Permission, Role};
use coldaisle::power::console::Seat;
use coldaisle::power::console::ops::{console_open, grant_set};
use coldaisle::power::ops::{endpoint_create, intent_request};
use coldaisle::power::{Action, BmcDraft, Limits, Wish};
use rocket::http::Method;

use super::{Line, Rule, World};

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
        action: Action::On,
        reason: String::new(),
        acknowledge_presence: false,
        confirm_unknown_state: true,
        key: None,
    };
    let limits = Limits::default();
    let asked = db.put(|c| intent_request(c, &asker, device, &wish, &limits));
    let intent = asked.into_result().unwrap();
    let view = Rule::Needs(Permission::ViewPower);
    let own = Rule::Own(Permission::ViewPower);
    let control = Rule::Own(Permission::ControlPower);
    let approve = Rule::Needs(Permission::ApprovePower);
    let bmc = Rule::Needs(Permission::EditBmc);
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
            "/devices/<id>/bmc/remove",
            format!("{machine}/bmc/remove"),
            bmc,
        ),
        Line::post(
            "/devices/<id>/bmc/remove",
            format!("{machine}/bmc/remove"),
            bmc,
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/power",
            format!("/api/v1/devices/{device}/power"),
            control,
        ),
        Line::get("/api/v1/power/intents", "/api/v1/power/intents", view),
        Line::get(
            "/api/v1/power/intents/<id>",
            format!("/api/v1/power/intents/{intent}"),
            own,
        ),
    ]
}
