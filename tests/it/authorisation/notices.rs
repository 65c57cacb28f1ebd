//! Routes of events, of the rules for them and of the channels for notices.

use coldaisle::base::fault::Message;
use coldaisle::base::fields::Fields;
use coldaisle::base::page::PageRequest;
use coldaisle::identity::{Permission, Role};
use coldaisle::notify::channel::ChannelDraft;
use coldaisle::notify::event::EventFilter;
use coldaisle::notify::event::{Raise, Severity, Subject};
use coldaisle::notify::ops::channels::channel_create;
use coldaisle::notify::ops::events::{event_list, event_raise};
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::harness::NOW;

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let staff = db.actor(Role::Operations);
    let raise = Raise {
        kind: "port_down",
        subject: Subject {
            kind: "port",
            id: 4711,
        },
        label: "SW Gi1".into(),
        customer: Some(world.a),
        severity: Severity::Critical,
        tell_customer: false,
        facts: Message::new("events-title"),
    };
    db.put(|c| event_raise(c, &raise, NOW));
    let events = db.get(|c| event_list(c, &staff, &EventFilter::default(), &PageRequest::first()));
    let event = events.rows[0].id;
    let typed: Fields = [
        ("name", "NOC"),
        ("kind", "mail"),
        ("address", "noc@x.example"),
        ("locale", "en"),
        ("min_severity", "notice"),
    ]
    .into_iter()
    .collect();
    let draft = ChannelDraft::parse(&typed, chrono_tz::UTC).unwrap();
    let keyring = world.web.web.keyring.clone();
    let channel = db.put(|c| channel_create(c, &staff, &keyring, &draft));
    let view = Rule::Needs(Permission::ViewDevices);
    let own = Rule::Own(Permission::ViewDevices);
    let staff = Rule::StaffNeeds(Permission::ViewNetwork);
    let edit = Rule::Needs(Permission::EditNetwork);
    let ch = |rest: &str| format!("/settings/channels/{channel}{rest}");
    vec![
        Line::get("/events", "/events", view),
        Line::get("/events.csv", "/events.csv?scope=all", view),
        Line::get("/events/<id>", format!("/events/{event}"), own),
        Line::post(
            "/events/<id>/ack",
            format!("/events/{event}/ack"),
            Rule::Own(Permission::EditDevices),
        ),
        Line::get("/api/v1/events", "/api/v1/events?scope=all", view),
        Line::get(
            "/api/v1/events/<id>",
            format!("/api/v1/events/{event}"),
            own,
        ),
        Line::json(
            Method::Post,
            "/api/v1/events/<id>/acknowledge",
            format!("/api/v1/events/{event}/acknowledge"),
            Rule::Own(Permission::EditDevices),
        ),
        Line::get("/api/v1/rules", "/api/v1/rules", staff),
        Line::get("/api/v1/rules/<id>", "/api/v1/rules/1", staff),
        Line::json(Method::Post, "/api/v1/rules", "/api/v1/rules", edit),
        Line::json(Method::Put, "/api/v1/rules/<id>", "/api/v1/rules/1", edit),
        Line::get("/settings/rules", "/settings/rules", staff),
        Line::get("/settings/rules/new", "/settings/rules/new", edit),
        Line::post("/settings/rules/new", "/settings/rules/new", edit),
        Line::get("/settings/rules/<id>/edit", "/settings/rules/1/edit", edit),
        Line::post("/settings/rules/<id>/edit", "/settings/rules/1/edit", edit),
        Line::get("/settings/channels", "/settings/channels", staff),
        Line::get("/settings/channels/new", "/settings/channels/new", edit),
        Line::post("/settings/channels/new", "/settings/channels/new", edit),
        Line::get("/settings/channels/<id>", ch(""), staff),
        Line::get("/settings/channels/<id>/edit", ch("/edit"), edit),
        Line::post("/settings/channels/<id>/edit", ch("/edit"), edit),
        Line::get("/settings/channels/<id>/archive", ch("/archive"), edit),
        Line::post("/settings/channels/<id>/archive", ch("/archive"), edit),
        Line::post("/settings/channels/<id>/test", ch("/test"), edit),
    ]
}
