//! Changing several devices alike: what to change, what would become of each, and writing it.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::alike::{Line, Preview, SEEN, above, ticked};
use super::device_forms::type_choice;
use super::devices::{Narrowing, filter};
use super::racks::label_in;
use super::saving::form_status;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::base::page::PageRequest;
use crate::identity::{Actor, Permission};
use crate::inventory::{
    BulkDraft, BulkField, BulkRow, DeviceRow, DeviceStatus, FieldChange, MOST_CHANGED, SeenDevice,
    device_by_id, device_list, device_type_list, devices_change, devices_change_preview,
};
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
        .require(Permission::EditDevices)
        .map_err(|fault| signed.failure(fault))
}

/// What owners and types are called.
struct Choices {
    customers: Vec<Value>,
    types: Vec<Value>,
}

impl Choices {
    fn of(c: &mut Conn, actor: &Actor) -> Result<Self, Fault> {
        let every = PageRequest::largest();
        let types = device_type_list(c, actor, "", &every)?.rows;
        let customers = customer_choices(c, actor)?;
        Ok(Self {
            customers: customers
                .iter()
                .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
                .collect(),
            types: types.iter().map(|(row, _)| type_choice(row)).collect(),
        })
    }
}

/// The devices that shall be changed, and how many there are where not all of them are taken.
struct Chosen {
    rows: Vec<DeviceRow>,
    total: i64,
}

/// All that a filter finds, as far as they can be changed at once.
fn found(c: &mut Conn, actor: &Actor, narrowing: &Narrowing) -> Result<Chosen, Fault> {
    let shown = narrowing.shown(actor)?;
    let filter = filter(c, actor, narrowing, &shown)?;
    let page = PageRequest {
        limit: MOST_CHANGED,
        ..PageRequest::first()
    };
    let page = device_list(c, actor, &filter, &page)?;
    Ok(Chosen {
        rows: page.rows,
        total: page.total,
    })
}

fn of_ids(
    c: &mut Conn,
    actor: &Actor,
    ids: impl Iterator<Item = DeviceId>,
) -> Result<Chosen, Fault> {
    let rows: Vec<DeviceRow> = ids
        .map(|id| device_by_id(c, actor, id))
        .collect::<Result<_, Fault>>()?;
    Ok(Chosen {
        total: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        rows,
    })
}

#[get("/devices/bulk?<id>&<all>&<narrowing..>")]
async fn choose(
    web: &State<Web>,
    signed: Signed,
    id: Vec<String>,
    all: Option<String>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let actor = signed.actor.clone();
    let read = web
        .store
        .read(move |c| {
            let chosen = match all.as_deref() {
                Some("yes") => found(c, &actor, &narrowing)?,
                _ => of_ids(c, &actor, ticked::<DeviceId>(&id)?.into_iter())?,
            };
            if chosen.rows.is_empty() {
                return Err(Fault::field("id", Message::new("devices-bulk-none")));
            }
            Ok((chosen, Choices::of(c, &actor)?))
        })
        .await;
    let (chosen, choices) = read.map_err(|fault| signed.failure(fault))?;
    form_view(web, &signed, &chosen, choices, &Fields::new(), None)
}

fn form_view(
    web: &Web,
    signed: &Signed,
    chosen: &Chosen,
    choices: Choices,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = Message::new("devices-bulk-title").with("count", chosen.rows.len());
    let statuses: Vec<Value> = DeviceStatus::ALL
        .iter()
        .map(|status| json!({"value": status, "label": web.words.text(locale, &format!("device-status-{status}"))}))
        .collect();
    let yes_no = [("yes", "facility-yes"), ("no", "facility-no")]
        .map(|(word, key)| json!({"value": word, "label": web.words.text(locale, key)}));
    let seen: Vec<String> = chosen.rows.iter().map(seen_text).collect();
    let names: Vec<Value> = chosen
        .rows
        .iter()
        .map(|row| json!({"id": row.device.id, "name": row.device.name}))
        .collect();
    let count = i64::try_from(chosen.rows.len()).unwrap_or(i64::MAX);
    View::new(
        web,
        &signed.reader,
        "devices/bulk.html",
        &web.words.say(locale, &title),
        "devices",
    )
    .crumbs(&[(&web.words.text(locale, "devices-title"), "/devices")])
    .with(
        "form",
        form_context(web, locale, "/devices/bulk/preview", fields, fault),
    )
    .with("picked", fields.all("set").collect::<Vec<_>>())
    .with("seen", seen)
    .with("names", names)
    .with("left_out", chosen.total.saturating_sub(count).max(0))
    .with("most", MOST_CHANGED)
    .with("statuses", statuses)
    .with("yes_no", yes_no)
    .with("customers", choices.customers)
    .with("types", choices.types)
    .status(form_status(fault))
    .answer()
}

fn seen_text(row: &DeviceRow) -> String {
    let seen = SeenDevice {
        id: row.device.id,
        version: row.device.version,
    };
    seen.to_text()
}

/// What a form sends: the devices, and what they shall get.
fn wanted(fields: &Fields) -> Result<(Vec<SeenDevice>, BulkDraft), Fault> {
    let seen = SeenDevice::all(SEEN, fields.all(SEEN))?;
    Ok((seen, BulkDraft::parse(fields)?))
}

#[post("/devices/bulk/preview", data = "<form>")]
async fn preview(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    match wanted(&form.fields) {
        Ok((seen, draft)) => preview_view(web, &signed, &form.fields, seen, draft, None).await,
        Err(fault) => form_again(web, &signed, &form.fields, &fault).await,
    }
}

/// The form with what is wrong with it, for the devices that it names.
async fn form_again(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: &Fault,
) -> Result<Answer, Failure> {
    let seen = SeenDevice::all(SEEN, fields.all(SEEN)).map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    let read = web
        .store
        .read(move |c| {
            let chosen = of_ids(c, &actor, seen.iter().map(|one| one.id))?;
            Ok((chosen, Choices::of(c, &actor)?))
        })
        .await;
    let (chosen, choices) = read.map_err(|fault| signed.failure(fault))?;
    form_view(web, signed, &chosen, choices, fields, Some(fault))
}

async fn preview_view(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    seen: Vec<SeenDevice>,
    draft: BulkDraft,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let outcome = web
        .store
        .write("devices.preview", move |c| {
            let rows = devices_change_preview(c, &actor, &seen, &draft)?;
            Ok((rows, Choices::of(c, &actor)?))
        })
        .await;
    let (rows, choices) = outcome.map_err(|fault| signed.failure(fault))?;
    let shown = Shown {
        web,
        signed,
        choices: &choices,
    };
    let lines: Vec<Line> = rows.iter().map(|row| shown.line(row)).collect();
    Preview {
        web,
        signed,
        template: "devices/bulk_preview.html",
        path: "/devices",
        area: "devices",
        list: shown.text("devices-title"),
        name: shown.text("devices-name"),
        title: |count| Message::new("devices-bulk-title").with("count", count),
        submit: |count| Message::new("devices-bulk-submit").with("count", count),
        without: |count| Message::new("devices-bulk-without").with("count", count),
    }
    .view(fields, &lines, fault)
}

/// Words for what becomes different.
struct Shown<'a> {
    web: &'a Web,
    signed: &'a Signed,
    choices: &'a Choices,
}

impl Shown<'_> {
    fn text(&self, key: &str) -> String {
        self.web.words.text(self.signed.reader.locale, key)
    }

    fn line(&self, row: &BulkRow) -> Line {
        let changes = row.changes.iter();
        Line {
            id: row.row.device.id.get(),
            name: row.row.device.name.clone(),
            seen: seen_text(&row.row),
            changes: changes
                .map(|change| self.change(&row.row, change))
                .collect(),
            refusal: row.refusal.clone(),
        }
    }

    fn change(&self, row: &DeviceRow, change: &FieldChange) -> Value {
        let (before, after) = (change.before.as_str(), change.after.as_str());
        let (key, before, after) = match change.field {
            BulkField::Status => (
                "devices-status",
                self.text(&format!("device-status-{before}")),
                self.text(&format!("device-status-{after}")),
            ),
            BulkField::Customer => {
                let owner = row.customer.as_ref().map(|owner| owner.name.clone());
                let operator = self.text("devices-operator");
                let after = match after {
                    "" => operator.clone(),
                    id => label_in(&self.choices.customers, id),
                };
                ("devices-owner", owner.unwrap_or(operator), after)
            }
            BulkField::DeviceType => (
                "devices-type",
                format!("{} {}", row.device_type.manufacturer, row.device_type.model),
                label_in(&self.choices.types, after),
            ),
            BulkField::WarrantyUntil => ("devices-warranty", before.to_owned(), after.to_owned()),
            BulkField::Protected => ("devices-protected", self.yes(before), self.yes(after)),
            BulkField::Locked => ("devices-bulk-locked", self.yes(before), self.yes(after)),
            BulkField::Note => ("facility-note", before.to_owned(), after.to_owned()),
        };
        json!({"label": self.text(key), "before": before, "after": after})
    }

    fn yes(&self, word: &str) -> String {
        match word {
            "yes" => self.text("facility-yes"),
            _ => self.text("facility-no"),
        }
    }
}

#[post("/devices/bulk", data = "<form>")]
async fn write(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (seen, draft) = match wanted(&form.fields) {
        Ok(wanted) => wanted,
        Err(fault) => return form_again(web, &signed, &form.fields, &fault).await,
    };
    let (actor, asked, what) = (signed.actor.clone(), seen.clone(), draft.clone());
    let outcome = web
        .store
        .write("devices.change", move |c| {
            devices_change(c, &actor, &asked, &what)
        })
        .await;
    match outcome {
        Ok(rows) => {
            let changed = rows.iter().filter(|row| !row.changes.is_empty()).count();
            let said = Message::new("devices-bulk-done").with("count", changed);
            Ok(done(web, signed.reader.locale, "/devices", &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            let fault = above(fault);
            preview_view(web, &signed, &form.fields, seen, draft, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
