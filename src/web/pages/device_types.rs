//! Device types.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::record_history::{entries_of, history_value};
use super::saving::{Archive, changed, created, form_status, saved};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceTypeId;
use crate::base::units::Grams;
use crate::identity::Permission;
use crate::inventory::{
    DeviceRole, DeviceType, DeviceTypeDraft, PortKind, TypePort, csv, device_type_archive,
    device_type_by_id, device_type_create, device_type_fields, device_type_list, device_type_parts,
    device_type_update,
};
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        create,
        show,
        edit,
        update,
        archive_dialog,
        archive
    ]
}

#[get("/device-types?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, asked) = (signed.actor.clone(), query.clone());
    let page = web
        .store
        .read(move |c| device_type_list(c, &actor, asked.text(), &asked.page()))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = page
        .rows
        .iter()
        .map(|(row, count)| {
            let mut value = type_value(row);
            if let Some(object) = value.as_object_mut() {
                object.insert("devices".into(), (*count).into());
            }
            value
        })
        .collect();
    let locale = signed.reader.locale;
    let list = ListView::new(
        web,
        locale,
        "/device-types",
        &query,
        ("types-empty", "types-empty-text"),
    )
    .csv()
    .action(
        signed.actor.may(Permission::EditDevices),
        "types-new",
        "/device-types/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "types-title");
    View::new(
        web,
        &signed.reader,
        "device_types/list.html",
        &title,
        "devices",
    )
    .crumbs(&[(&web.words.text(locale, "devices-title"), "/devices")])
    .flash(said.as_ref())
    .with("list", list)
    .answer()
}

fn type_value(row: &DeviceType) -> Value {
    json!({
        "id": row.id,
        "manufacturer": row.manufacturer,
        "model": row.model,
        "slug": row.slug,
        "height_units": row.height_half_units.to_units_text(),
        "full_depth": row.full_depth,
        "half_width": row.half_width,
        "role": row.role,
        "airflow": row.airflow,
        "weight_kg": row.weight_g.map(Grams::to_kilograms_text),
        "watts": row.watts,
        "note": row.note,
        "part_number": row.part_number,
        "subdevice_role": row.subdevice_role,
        "passive": row.passive,
        "archived_at": row.archived_at,
    })
}

#[get("/device-types.csv")]
async fn list_csv(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| csv::device_type_export(c, &actor))
        .await
        .and_then(|rows| csv_answer("device-types", csv::DEVICE_TYPE_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(|fault| signed.failure(fault))
}

async fn device_type(web: &Web, signed: &Signed, id: i64) -> Result<DeviceType, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| device_type_by_id(c, &actor, DeviceTypeId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/device-types/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let there = device_type(web, &signed, id).await?;
    let (actor, type_id) = (signed.actor.clone(), there.id);
    let ((ports, bays), history) = web
        .store
        .read(move |c| {
            let parts = device_type_parts(c, &actor, type_id)?;
            let history = entries_of(c, &actor, "device_type", type_id.get())?;
            Ok((parts, history))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let by_kind: Vec<Value> = PortKind::ALL
        .iter()
        .filter_map(|kind| {
            let rows: Vec<&TypePort> = ports.iter().filter(|port| port.kind == *kind).collect();
            (!rows.is_empty()).then(|| json!({"kind": kind, "rows": rows}))
        })
        .collect();
    let locale = signed.reader.locale;
    View::new(
        web,
        &signed.reader,
        "device_types/show.html",
        &format!("{} {}", there.manufacturer, there.model),
        "devices",
    )
    .crumbs(&[
        (&web.words.text(locale, "devices-title"), "/devices"),
        (&web.words.text(locale, "types-title"), "/device-types"),
    ])
    .flash(said.as_ref())
    .with("device_type", type_value(&there))
    .with("ports", by_kind)
    .with("port_count", ports.len())
    .with("bays", bays)
    .with(
        "history",
        history_value(web, locale, history.as_deref(), None),
    )
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .answer()
}

fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&DeviceType>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "types-new"),
            "/device-types/new".to_owned(),
            "/device-types".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.model.as_str()),
            ),
            format!("/device-types/{}/edit", row.id),
            format!("/device-types/{}", row.id),
        ),
    };
    let roles: Vec<Value> = DeviceRole::ALL
        .iter()
        .map(|role| json!({"value": role, "label": web.words.text(locale, &format!("device-role-{role}"))}))
        .collect();
    View::new(
        web,
        &signed.reader,
        "device_types/form.html",
        &title,
        "devices",
    )
    .crumbs(&[(&web.words.text(locale, "types-title"), "/device-types")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("roles", roles)
    .with("cancel_href", back)
    .status(form_status(fault))
    .answer()
}

#[get("/device-types/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let fields: Fields = [("full_depth", "true"), ("role", "server")]
        .into_iter()
        .collect();
    form_view(web, &signed, None, &fields, None)
}

#[post("/device-types/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "device_type.create",
        DeviceTypeDraft::parse,
        device_type_create,
    )
    .await;
    let outcome = outcome.map(|id| format!("/device-types/{id}"));
    saved(web, &signed, outcome, |fault| {
        form_view(web, &signed, None, &form.fields, Some(fault))
    })
}

#[get("/device-types/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = device_type(web, &signed, id).await?;
    let fields = device_type_fields(&there);
    form_view(web, &signed, Some(&there), &fields, None)
}

#[post("/device-types/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = device_type(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "device_type.update",
        DeviceTypeDraft::parse,
        move |c, actor, version, draft| device_type_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/device-types/{id}"));
    saved(web, &signed, outcome, |fault| {
        form_view(web, &signed, Some(&there), &form.fields, Some(fault))
    })
}

fn archive_of(there: &DeviceType) -> Archive<'_> {
    Archive {
        name: &there.model,
        action: format!("/device-types/{}/archive", there.id),
        back: format!("/device-types/{}", there.id),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "devices",
    }
}

#[get("/device-types/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = device_type(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/device-types/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = device_type(web, &signed, id).await?;
    let id = there.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "device_type.archive",
            move |c, actor, version, archive| device_type_archive(c, actor, id, version, archive),
        )
        .await
}
