//! Changing several racks alike: what to change, what would become of each, and writing it.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::alike::{Line, Preview, SEEN, above, ticked};
use super::racks::label_in;
use super::saving::form_status;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::RackId;
use crate::facility::{
    Ownership, RackChange, RackField, RackRow, RacksDraft, RacksRow, SeenRack, rack_by_id,
    racks_change, racks_change_preview,
};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::tenancy::customer_choices;
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
        .require(Permission::EditFacility)
        .map_err(|fault| signed.failure(fault))
}

/// Customers to choose from.
fn customers(c: &mut Conn, actor: &Actor) -> Result<Vec<Value>, Fault> {
    let all = customer_choices(c, actor)?;
    Ok(all
        .iter()
        .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
        .collect())
}

/// Whose racks can be: the operator's, shared, or a customer's.
fn owners(web: &Web, signed: &Signed, customers: Vec<Value>) -> Vec<Value> {
    let locale = signed.reader.locale;
    let mut owners: Vec<Value> = [Ownership::Operator, Ownership::Shared]
        .iter()
        .map(|one| json!({"value": one, "label": web.words.text(locale, &format!("ownership-{one}"))}))
        .collect();
    owners.extend(customers);
    owners
}

fn of_ids(c: &mut Conn, actor: &Actor, ids: &[RackId]) -> Result<Vec<RackRow>, Fault> {
    ids.iter().map(|id| rack_by_id(c, actor, *id)).collect()
}

fn seen_text(row: &RackRow) -> String {
    let seen = SeenRack {
        id: row.rack.id,
        version: row.rack.version,
    };
    seen.to_text()
}

#[get("/racks/bulk?<id>")]
async fn choose(web: &State<Web>, signed: Signed, id: Vec<String>) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let actor = signed.actor.clone();
    let (rows, customers) = web
        .store
        .read(move |c| {
            let ids: Vec<RackId> = ticked(&id)?;
            Ok((of_ids(c, &actor, &ids)?, customers(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    form_view(web, &signed, &rows, customers, &Fields::new(), None)
}

fn form_view(
    web: &Web,
    signed: &Signed,
    rows: &[RackRow],
    customers: Vec<Value>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = Message::new("racks-bulk-title").with("count", rows.len());
    let seen: Vec<String> = rows.iter().map(seen_text).collect();
    let names: Vec<Value> = rows
        .iter()
        .map(|row| json!({"id": row.rack.id, "name": row.rack.name}))
        .collect();
    View::new(
        web,
        &signed.reader,
        "facility/racks_bulk.html",
        &web.words.say(locale, &title),
        "racks",
    )
    .crumbs(&[(&web.words.text(locale, "racks-title"), "/racks")])
    .with(
        "form",
        form_context(web, locale, "/racks/bulk/preview", fields, fault),
    )
    .with("picked", fields.all("set").collect::<Vec<_>>())
    .with("seen", seen)
    .with("names", names)
    .with("owners", owners(web, signed, customers))
    .status(form_status(fault))
    .answer()
}

/// What a form sends: the racks, and what they shall get.
fn wanted(fields: &Fields) -> Result<(Vec<SeenRack>, RacksDraft), Fault> {
    let seen = SeenRack::all(SEEN, fields.all(SEEN))?;
    Ok((seen, RacksDraft::parse(fields)?))
}

#[post("/racks/bulk/preview", data = "<form>")]
async fn preview(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    match wanted(&form.fields) {
        Ok((seen, draft)) => preview_view(web, &signed, &form.fields, seen, draft, None).await,
        Err(fault) => form_again(web, &signed, &form.fields, &fault).await,
    }
}

/// The form with what is wrong with it, for the racks that it names.
async fn form_again(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: &Fault,
) -> Result<Answer, Failure> {
    let seen = SeenRack::all(SEEN, fields.all(SEEN)).map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    let (rows, customers) = web
        .store
        .read(move |c| {
            let ids: Vec<RackId> = seen.iter().map(|one| one.id).collect();
            Ok((of_ids(c, &actor, &ids)?, customers(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    form_view(web, signed, &rows, customers, fields, Some(fault))
}

async fn preview_view(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    seen: Vec<SeenRack>,
    draft: RacksDraft,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (rows, customers) = web
        .store
        .write("racks.preview", move |c| {
            let rows = racks_change_preview(c, &actor, &seen, &draft)?;
            Ok((rows, customers(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let text = |key: &str| web.words.text(signed.reader.locale, key);
    let owners = owners(web, signed, customers);
    let line = |row: &RacksRow| Line {
        id: row.row.rack.id.get(),
        name: row.row.rack.name.clone(),
        seen: seen_text(&row.row),
        changes: row
            .changes
            .iter()
            .map(|change| change_value(change, &owners, text(label(change.field))))
            .collect(),
        refusal: row.refusal.clone(),
    };
    let lines: Vec<Line> = rows.iter().map(line).collect();
    Preview {
        web,
        signed,
        template: "facility/racks_bulk_preview.html",
        path: "/racks",
        area: "racks",
        list: text("racks-title"),
        name: text("racks-name"),
        title: |count| Message::new("racks-bulk-title").with("count", count),
        submit: |count| Message::new("racks-bulk-submit").with("count", count),
        without: |count| Message::new("racks-bulk-without").with("count", count),
    }
    .view(fields, &lines, fault)
}

/// What a field is called.
const fn label(field: RackField) -> &'static str {
    match field {
        RackField::Owner => "racks-owner",
        RackField::Row => "racks-row",
        RackField::MaxWatts => "racks-max-watts",
        RackField::ContractedWatts => "racks-contracted",
        RackField::MaxWeight => "racks-max-weight",
        RackField::Note => "facility-note",
    }
}

/// A change in words: an owner by name, a figure with its unit.
fn change_value(change: &RackChange, owners: &[Value], label: String) -> Value {
    let shown = |value: &str| match change.field {
        RackField::Owner => label_in(owners, value),
        RackField::MaxWatts | RackField::ContractedWatts if !value.is_empty() => {
            format!("{value} W")
        }
        RackField::MaxWeight if !value.is_empty() => format!("{value} kg"),
        _ => value.to_owned(),
    };
    json!({"label": label, "before": shown(&change.before), "after": shown(&change.after)})
}

#[post("/racks/bulk", data = "<form>")]
async fn write(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (seen, draft) = match wanted(&form.fields) {
        Ok(wanted) => wanted,
        Err(fault) => return form_again(web, &signed, &form.fields, &fault).await,
    };
    let (actor, asked, what) = (signed.actor.clone(), seen.clone(), draft.clone());
    let outcome = web
        .store
        .write("racks.change", move |c| {
            racks_change(c, &actor, &asked, &what)
        })
        .await;
    match outcome {
        Ok(rows) => {
            let changed = rows.iter().filter(|row| !row.changes.is_empty()).count();
            let said = Message::new("racks-bulk-done").with("count", changed);
            Ok(done(web, signed.reader.locale, "/racks", &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            let fault = above(fault);
            preview_view(web, &signed, &form.fields, seen, draft, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
