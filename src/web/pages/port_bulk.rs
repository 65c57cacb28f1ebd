//! Changing several ports alike: what to change, what would become of each, and writing it.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::alike::{Line, Preview, SEEN, above, ticked};
use super::ports::section;
use super::saving::form_status;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PortId;
use crate::identity::{Actor, Permission};
use crate::metering::{
    PortChange, PortField, PortRow, PortsDraft, PortsRow, SeenPort, port_by_id, ports_change,
    ports_change_preview,
};
use crate::store::Conn;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![choose, preview, write]
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditNetwork)
        .map_err(|fault| signed.failure(fault))
}

/// Yes or no, to choose from.
fn yes_no(web: &Web, signed: &Signed) -> Vec<Value> {
    let locale = signed.reader.locale;
    [("yes", "facility-yes"), ("no", "facility-no")]
        .map(|(word, key)| json!({"value": word, "label": web.words.text(locale, key)}))
        .to_vec()
}

/// A port as people name it.
fn name_of(row: &PortRow) -> String {
    format!("{} {}", row.device, row.port.name)
}

fn of_ids(c: &mut Conn, actor: &Actor, ids: &[PortId]) -> Result<Vec<PortRow>, Fault> {
    ids.iter()
        .map(|id| Ok(port_by_id(c, actor, *id)?.row))
        .collect()
}

fn seen_text(row: &PortRow) -> String {
    let seen = SeenPort {
        id: row.port.id,
        version: row.port.version,
    };
    seen.to_text()
}

#[get("/ports/bulk?<id>")]
async fn choose(web: &State<Web>, signed: Signed, id: Vec<String>) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let actor = signed.actor.clone();
    let rows = web
        .store
        .read(move |c| {
            let ids: Vec<PortId> = ticked(&id)?;
            of_ids(c, &actor, &ids)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    form_view(web, &signed, &rows, &Fields::new(), None)
}

fn form_view(
    web: &Web,
    signed: &Signed,
    rows: &[PortRow],
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = Message::new("ports-bulk-title").with("count", rows.len());
    let seen: Vec<String> = rows.iter().map(seen_text).collect();
    let names: Vec<Value> = rows
        .iter()
        .map(|row| json!({"id": row.port.id, "name": name_of(row)}))
        .collect();
    View::new(
        web,
        &signed.reader,
        "ports/bulk.html",
        &web.words.say(locale, &title),
        section(signed),
    )
    .crumbs(&[(&web.words.text(locale, "ports-title"), "/ports")])
    .with(
        "form",
        form_context(web, locale, "/ports/bulk/preview", fields, fault),
    )
    .with("picked", fields.all("set").collect::<Vec<_>>())
    .with("seen", seen)
    .with("names", names)
    .with("yes_no", yes_no(web, signed))
    .status(form_status(fault))
    .answer()
}

/// What a form sends: the ports, and what they shall get.
fn wanted(fields: &Fields) -> Result<(Vec<SeenPort>, PortsDraft), Fault> {
    let seen = SeenPort::all(SEEN, fields.all(SEEN))?;
    Ok((seen, PortsDraft::parse(fields)?))
}

#[post("/ports/bulk/preview", data = "<form>")]
async fn preview(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    match wanted(&form.fields) {
        Ok((seen, draft)) => preview_view(web, &signed, &form.fields, seen, draft, None).await,
        Err(fault) => form_again(web, &signed, &form.fields, &fault).await,
    }
}

/// The form with what is wrong with it, for the ports that it names.
async fn form_again(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: &Fault,
) -> Result<Answer, Failure> {
    let seen = SeenPort::all(SEEN, fields.all(SEEN)).map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    let rows = web
        .store
        .read(move |c| {
            let ids: Vec<PortId> = seen.iter().map(|one| one.id).collect();
            of_ids(c, &actor, &ids)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    form_view(web, signed, &rows, fields, Some(fault))
}

async fn preview_view(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    seen: Vec<SeenPort>,
    draft: PortsDraft,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let rows = web
        .store
        .write("ports.preview", move |c| {
            ports_change_preview(c, &actor, &seen, &draft)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let text = |key: &str| web.words.text(signed.reader.locale, key);
    let line = |row: &PortsRow| Line {
        id: row.row.port.id.get(),
        name: name_of(&row.row),
        seen: seen_text(&row.row),
        changes: row
            .changes
            .iter()
            .map(|change| change_value(change, &text))
            .collect(),
        refusal: row.refusal.clone(),
    };
    let lines: Vec<Line> = rows.iter().map(line).collect();
    Preview {
        web,
        signed,
        template: "ports/bulk_preview.html",
        path: "/ports",
        area: section(signed),
        list: text("ports-title"),
        name: text("ports-port"),
        title: |count| Message::new("ports-bulk-title").with("count", count),
        submit: |count| Message::new("ports-bulk-submit").with("count", count),
        without: |count| Message::new("ports-bulk-without").with("count", count),
    }
    .view(fields, &lines, fault)
}

/// A change in words.
fn change_value(change: &PortChange, text: &impl Fn(&str) -> String) -> Value {
    let label = match change.field {
        PortField::Speed => text("ports-speed"),
        PortField::Uplink => text("ports-is-uplink"),
    };
    let shown = |value: &str| match (change.field, value) {
        (PortField::Uplink, "yes") => text("facility-yes"),
        (PortField::Uplink, _) => text("facility-no"),
        (PortField::Speed, "") => String::new(),
        (PortField::Speed, speed) => format!("{speed} Mbps"),
    };
    json!({"label": label, "before": shown(&change.before), "after": shown(&change.after)})
}

#[post("/ports/bulk", data = "<form>")]
async fn write(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (seen, draft) = match wanted(&form.fields) {
        Ok(wanted) => wanted,
        Err(fault) => return form_again(web, &signed, &form.fields, &fault).await,
    };
    let (actor, asked, what) = (signed.actor.clone(), seen.clone(), draft.clone());
    let outcome = web
        .store
        .write("ports.change", move |c| {
            ports_change(c, &actor, &asked, &what)
        })
        .await;
    match outcome {
        Ok(rows) => {
            let changed = rows.iter().filter(|row| !row.changes.is_empty()).count();
            let said = Message::new("ports-bulk-done").with("count", changed);
            Ok(done(web, signed.reader.locale, "/ports", &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            let fault = above(fault);
            preview_view(web, &signed, &form.fields, seen, draft, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
