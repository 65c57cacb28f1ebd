//! Cables: the list, one cable, its form.

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::cable_words::{allowed, area, cable_value, sighting_value};
use super::entry::Said;
use super::record_history::{entries_of, history_value};
use super::saving::{Archive, changed, created, form_status, saved};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CableId, DeviceId, DevicePortId};
use crate::cabling::{
    COLOURS, CableDraft, CableFilter, CableKind, CableRow, CableStatus, Side, cable_archive,
    cable_by_id, cable_create, cable_fields, cable_list, cable_update, metres_text,
    port_named_for_form, sightings_of_ports,
};
use crate::identity::Permission;
use crate::inventory::device_by_id;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView, every_row};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        add,
        show,
        edit,
        save,
        archive_dialog,
        archive_post
    ]
}

/// Search, page and filters of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    bundle: Option<String>,
    device: Option<i64>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn filter(narrowing: &Narrowing, query: &ListQuery) -> Result<CableFilter, Fault> {
    let kind = given(narrowing.kind.as_ref());
    let status = given(narrowing.status.as_ref());
    Ok(CableFilter {
        query: query.text().to_owned(),
        kind: kind
            .map(|word| CableKind::from_word(word).ok_or_else(Fault::not_found))
            .transpose()?,
        status: status
            .map(|word| CableStatus::from_word(word).ok_or_else(Fault::not_found))
            .transpose()?,
        bundle: given(narrowing.bundle.as_ref())
            .unwrap_or_default()
            .to_owned(),
        device_id: narrowing.device.map(DeviceId::new),
        archived: false,
    })
}

#[get("/cables?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.clone(), narrowing.clone());
    let (page, device) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let filter = filter(&narrow, &asked)?;
            let device = match filter.device_id {
                Some(id) => Some(device_by_id(c, &actor, id)?.device.name),
                None => None,
            };
            Ok((cable_list(c, &actor, &filter, &asked.page())?, device))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let is_staff = !signed.actor.role.is_customer();
    let rows: Vec<Value> = page.rows.iter().map(cable_value).collect();
    let list = ListView::new(
        web,
        locale,
        "/cables",
        &query,
        if is_staff {
            ("cables-empty", "cables-empty-text")
        } else {
            ("cables-empty-own", "cables-empty-own-text")
        },
    )
    .filter("kind", narrowing.kind, |word| {
        web.words.text(locale, &format!("cables-kind-{word}"))
    })
    .filter("status", narrowing.status, |word| {
        web.words.text(locale, &format!("cables-status-{word}"))
    })
    .filter("bundle", narrowing.bundle, str::to_owned)
    .filter("device", narrowing.device.map(|id| id.to_string()), |id| {
        device.unwrap_or_else(|| id.to_owned())
    })
    .csv()
    .action(
        signed.actor.may(Permission::EditDevices),
        "cables-new",
        "/cables/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "cables-title");
    View::new(
        web,
        &signed.reader,
        "cabling/list.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("kinds", kinds(web, &signed))
    .with("statuses", statuses(web, &signed))
    .with("is_staff", is_staff)
    .answer()
}

/// Columns of the file: those of the page. A customer is told of no bundle.
const COLUMNS: &[&str] = &[
    "label", "side_a", "side_b", "kind", "length_m", "colour", "status", "bundle",
];
const OWN_COLUMNS: &[&str] = &[
    "label", "side_a", "side_b", "kind", "length_m", "colour", "status",
];

#[get("/cables.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let (actor, query) = (signed.actor.clone(), narrowing.query());
    let is_staff = !signed.actor.role.is_customer();
    let columns = if is_staff { COLUMNS } else { OWN_COLUMNS };
    web.store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let filter = filter(&narrowing, &query)?;
            let rows = every_row(|page| cable_list(c, &actor, &filter, page))?;
            Ok(rows.iter().map(|row| cells(row, is_staff)).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("cables", columns, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(row: &CableRow, is_staff: bool) -> Vec<String> {
    let cable = &row.cable;
    let side = |side: Side| {
        let plugs = row.side(side).filter_map(|end| end.plug.as_ref());
        let named: Vec<String> = plugs
            .map(|plug| format!("{} {}", plug.device, plug.port))
            .collect();
        named.join("; ")
    };
    let mut cells = vec![
        cable.name(),
        side(Side::A),
        side(Side::B),
        cable.kind.to_string(),
        cable.length_mm.map(metres_text).unwrap_or_default(),
        cable.colour.clone(),
        cable.status.to_string(),
    ];
    if is_staff {
        cells.push(cable.bundle.clone());
    }
    cells
}

fn kinds(web: &Web, signed: &Signed) -> Vec<Value> {
    let locale = signed.reader.locale;
    let label = |kind: &CableKind| web.words.text(locale, &format!("cables-kind-{kind}"));
    let choice = |kind: &CableKind| json!({"value": kind, "label": label(kind)});
    CableKind::ALL.iter().map(choice).collect()
}

fn statuses(web: &Web, signed: &Signed) -> Vec<Value> {
    let locale = signed.reader.locale;
    let label = |status: &CableStatus| web.words.text(locale, &format!("cables-status-{status}"));
    let choice = |status: &CableStatus| json!({"value": status, "label": label(status)});
    CableStatus::ALL.iter().map(choice).collect()
}

fn ports_of(row: &CableRow) -> Vec<DevicePortId> {
    row.ends
        .iter()
        .filter_map(|end| end.plug.as_ref())
        .map(|plug| plug.port_id)
        .collect()
}

#[get("/cables/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (row, seen, history) = web
        .store
        .read(move |c| {
            let row = cable_by_id(c, &actor, CableId::new(id))?;
            let seen = match row.cable.archived_at {
                None => sightings_of_ports(c, &actor, &ports_of(&row))?,
                Some(_) => Vec::new(),
            };
            let history = entries_of(c, &actor, "cable", row.cable.id.get())?;
            Ok((row, seen, history))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    View::new(
        web,
        &signed.reader,
        "cabling/show.html",
        &row.cable.name(),
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "cables-title"), "/cables")])
    .flash(said.as_ref())
    .with("cable", cable_value(&row))
    .with("seen", seen.iter().map(sighting_value).collect::<Vec<_>>())
    .with(
        "history",
        history_value(web, locale, history.as_deref(), None),
    )
    .with("is_staff", !signed.actor.role.is_customer())
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .answer()
}

fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&CableRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "cables-new"),
            "/cables/new".to_owned(),
            "/cables".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.cable.name()),
            ),
            format!("/cables/{}/edit", row.cable.id),
            format!("/cables/{}", row.cable.id),
        ),
    };
    let colours: Vec<Value> = COLOURS
        .iter()
        .map(|(word, ..)| json!({"value": word, "label": web.words.text(locale, &format!("cables-colour-{word}"))}))
        .collect();
    View::new(
        web,
        &signed.reader,
        "cabling/form.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "cables-title"), "/cables")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("kinds", kinds(web, signed))
    .with("statuses", statuses(web, signed))
    .with("colours", colours)
    .with("back", back)
    .status(form_status(fault))
    .answer()
}

fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&CableRow>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    saved(web, signed, outcome, |fault| {
        form_view(web, signed, there, fields, Some(fault))
    })
}

/// The form of a new cable; `a` and `b` are ports that it begins with.
#[get("/cables/new?<a>&<b>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    a: Option<i64>,
    b: Option<i64>,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let actor = signed.actor.clone();
    let fields = web
        .store
        .read(move |c| {
            let mut fields: Fields = [("kind", "cat6a"), ("status", "connected")]
                .into_iter()
                .collect();
            for (id, device, port) in [(a, "device_a", "port_a"), (b, "device_b", "port_b")] {
                if let Some(id) = id {
                    let named = port_named_for_form(c, &actor, DevicePortId::new(id))?;
                    fields.set(device, named.device);
                    fields.set(port, named.port);
                }
            }
            Ok(fields)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    form_view(web, &signed, None, &fields, None)
}

#[post("/cables/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "cable.create",
        CableDraft::parse,
        cable_create,
    )
    .await;
    let outcome = outcome.map(|id| format!("/cables/{id}"));
    answer(web, &signed, None, &form.fields, outcome)
}

async fn cable(web: &Web, signed: &Signed, id: i64) -> Result<CableRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| cable_by_id(c, &actor, CableId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/cables/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = cable(web, &signed, id).await?;
    let mut fields = cable_fields(&CableDraft::from(&there));
    fields.set("version", there.cable.version.to_string());
    form_view(web, &signed, Some(&there), &fields, None)
}

#[post("/cables/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = cable(web, &signed, id).await?;
    let id = there.cable.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "cable.update",
        CableDraft::parse,
        move |c, actor, version, draft| cable_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/cables/{}", there.cable.id));
    answer(web, &signed, Some(&there), &form.fields, outcome)
}

fn archive_of<'a>(there: &CableRow, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/cables/{}/archive", there.cable.id),
        back: format!("/cables/{}", there.cable.id),
        version: there.cable.version,
        archived: there.cable.archived_at.is_some(),
        consequence: "cables-archive-consequence",
        section: "network",
    }
}

#[get("/cables/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = cable(web, &signed, id).await?;
    let name = there.cable.name();
    archive_of(&there, &name).view(web, &signed, None)
}

#[post("/cables/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = cable(web, &signed, id).await?;
    let (id, name) = (there.cable.id, there.cable.name());
    archive_of(&there, &name)
        .post(
            web,
            &signed,
            &form,
            "cable.archive",
            move |c, actor, version, archive| cable_archive(c, actor, id, version, archive),
        )
        .await
}
