//! Saved views: keeping the present address of a list, naming, sharing and removing it.

use rocket::{Route, State, get, post, routes};
use serde_json::json;

use super::ages::AGES;
use super::device_columns::DEVICES;
use super::port_columns::PORTS;
use super::rack_columns::RACKS;
use super::saving::{form_status, saved};
use super::stock::STOCK;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::SavedViewId;
use crate::identity::ops::{view_by_id, view_create, view_remove, view_update};
use crate::identity::{Actor, SavedView, ViewDraft, ViewedList};
use crate::web::columns::Known;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, create, edit, update, remove_dialog, remove]
}

const fn known(list: ViewedList) -> &'static Known {
    match list {
        ViewedList::Devices => &DEVICES,
        ViewedList::Racks => &RACKS,
        ViewedList::Ports => &PORTS,
        ViewedList::Stock => &STOCK,
        ViewedList::Ages => &AGES,
    }
}

/// The area of the navigation that a list is in.
const fn section(list: ViewedList, is_customer: bool) -> &'static str {
    match (list, is_customer) {
        (ViewedList::Devices | ViewedList::Stock | ViewedList::Ages, false) => "devices",
        (ViewedList::Devices | ViewedList::Stock | ViewedList::Ages, true) => "servers",
        (ViewedList::Racks, _) => "racks",
        (ViewedList::Ports, false) => "network",
        (ViewedList::Ports, true) => "bandwidth",
    }
}

fn list_named(word: &str) -> Result<ViewedList, Fault> {
    ViewedList::from_word(word.trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", ViewedList::words());
        Fault::field("list", message)
    })
}

/// A view as typed; its query in the one form in which it is kept.
fn draft(actor: &Actor, list: ViewedList, fields: &Fields) -> Result<ViewDraft, Fault> {
    let query = known(list).checked(fields.get("query"), actor.role.is_customer())?;
    ViewDraft::new(fields.get("name"), &query, fields.yes("is_shared"))
}

fn href(list: ViewedList, query: &str) -> String {
    match query.is_empty() {
        true => list.path().to_owned(),
        false => format!("{}?{query}", list.path()),
    }
}

fn form_view(
    web: &Web,
    signed: &Signed,
    list: ViewedList,
    there: Option<&SavedView>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let is_customer = signed.actor.role.is_customer();
    let (title, action) = match there {
        Some(view) => {
            let title = Message::new("views-edit").with("name", view.name.as_str());
            let action = format!("/views/{}/edit", view.id);
            (web.words.say(locale, &title), action)
        }
        None => (web.words.text(locale, "views-new"), "/views".to_owned()),
    };
    let back = there.map_or_else(|| list.path().to_owned(), |view| href(list, &view.query));
    View::new(
        web,
        &signed.reader,
        "views/form.html",
        &title,
        section(list, is_customer),
    )
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("list_word", list)
    .with("may_share", !is_customer)
    .with("back", back)
    .with(
        "remove_href",
        there.map(|view| format!("/views/{}/remove", view.id)),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/views/new?<list>&<query>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    list: Option<&str>,
    query: Option<&str>,
) -> Result<Answer, Failure> {
    let list = list_named(list.unwrap_or_default()).map_err(|fault| signed.failure(fault))?;
    signed
        .actor
        .require(list.permission())
        .map_err(|fault| signed.failure(fault))?;
    let is_customer = signed.actor.role.is_customer();
    let query = known(list)
        .checked(query.unwrap_or_default(), is_customer)
        .map_err(|fault| signed.failure(fault))?;
    let fields: Fields = [("list", list.to_string()), ("query", query)]
        .into_iter()
        .collect();
    form_view(web, &signed, list, None, &fields, None)
}

#[post("/views", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let list = list_named(form.fields.get("list")).map_err(|fault| signed.failure(fault))?;
    let outcome = match draft(&signed.actor, list, &form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            let there = href(list, &draft.query);
            web.store
                .write("view.create", move |c| {
                    view_create(c, &actor, list, &draft).map(drop)
                })
                .await
                .map(|()| there)
        }
        Err(fault) => Err(fault),
    };
    saved(web, &signed, outcome, |fault| {
        form_view(web, &signed, list, None, &form.fields, Some(fault))
    })
}

async fn view(web: &Web, signed: &Signed, id: i64) -> Result<SavedView, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| view_by_id(c, &actor, SavedViewId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/views/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = view(web, &signed, id).await?;
    let is_shared = if there.is_shared { "yes" } else { "" };
    let fields: Fields = [
        ("name", there.name.clone()),
        ("query", there.query.clone()),
        ("is_shared", is_shared.to_owned()),
        ("version", there.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, there.list, Some(&there), &fields, None)
}

#[post("/views/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = view(web, &signed, id).await?;
    let (id, list) = (there.id, there.list);
    let parsed = draft(&signed.actor, list, &form.fields)
        .and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let actor = signed.actor.clone();
            let back = href(list, &draft.query);
            web.store
                .write("view.update", move |c| {
                    view_update(c, &actor, id, version, &draft)
                })
                .await
                .map(|()| back)
        }
        Err(fault) => Err(fault),
    };
    saved(web, &signed, outcome, |fault| {
        form_view(web, &signed, list, Some(&there), &form.fields, Some(fault))
    })
}

fn dialog_view(
    web: &Web,
    signed: &Signed,
    there: &SavedView,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let name = there.name.as_str();
    let title = Message::new("views-remove-title").with("name", name);
    let submit = Message::new("views-remove-submit").with("name", name);
    let fields: Fields = [("version", there.version.to_string())]
        .into_iter()
        .collect();
    let action = format!("/views/{}/remove", there.id);
    View::new(
        web,
        &signed.reader,
        "views/remove.html",
        &web.words.say(locale, &title),
        section(there.list, signed.actor.role.is_customer()),
    )
    .with("is_shared", there.is_shared)
    .with("form", form_context(web, locale, &action, &fields, fault))
    .with(
        "dialog",
        json!({
            "submit": web.words.say(locale, &submit),
            "danger": true,
            "cancel_href": href(there.list, &there.query),
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/views/<id>/remove")]
async fn remove_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = view(web, &signed, id).await?;
    dialog_view(web, &signed, &there, None)
}

#[post("/views/<id>/remove", data = "<form>")]
async fn remove(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = view(web, &signed, id).await?;
    let outcome = match version(&form.fields) {
        Ok(version) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("view.remove", move |c| view_remove(c, &actor, id, version))
                .await
                .map(|()| there.list.path().to_owned())
        }
        Err(fault) => Err(fault),
    };
    saved(web, &signed, outcome, |fault| {
        dialog_view(web, &signed, &there, Some(fault))
    })
}
