//! Device types and devices as CSV; the same columns both ways. References are by name.

use super::fields::{device_fields, device_type_fields};
use super::model::{DeviceDraft, DeviceFilter, DeviceTypeDraft};
use super::ops::{
    device_archive, device_by_id, device_by_name, device_create, device_list, device_type_archive,
    device_type_by_slug, device_type_create, device_type_list, device_type_update, device_update,
};
use super::rows::{DeviceRow, DeviceType};
use crate::base::change::Change;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::page::every_page;
use crate::facility::csv::{at_columns, customer_of_row, rack_of_row, room_of_row, site_of_row};
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `device-types`; keyed by `slug`.
pub const DEVICE_TYPE_COLUMNS: &[&str] = &[
    "manufacturer",
    "model",
    "slug",
    "height_units",
    "full_depth",
    "role",
    "airflow",
    "weight_kg",
    "watts",
    "note",
    "part_number",
    "subdevice_role",
    "half_width",
    "passive",
];

/// Columns of the kind `devices`; keyed by `name`.
pub const DEVICE_COLUMNS: &[&str] = &[
    "name",
    "label",
    "serial",
    "asset_tag",
    "device_type",
    "customer",
    "status",
    "site",
    "room",
    "rack",
    "unit",
    "face",
    "half",
    "chassis",
    "bay",
    "cpu",
    "memory_gib",
    "disks",
    "nics",
    "warranty_until",
    "purchased_on",
    "protected",
    "note",
    "role",
];

/// Fields of a form and the columns that stand for them.
const COLUMN_OF_FIELD: &[(&str, &str)] = &[
    ("device_type_id", "device_type"),
    ("customer_id", "customer"),
    ("rack_id", "rack"),
    ("chassis_id", "chassis"),
];

/// Creates or updates a type from a row.
pub fn device_type_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    let there = device_type_by_slug(c, row.get("slug"))?;
    if let Some(there) = &there {
        let known = device_type_fields(there);
        keep_missing(
            &mut fields,
            &known,
            &["part_number", "subdevice_role", "half_width", "passive"],
        );
    }
    let draft = DeviceTypeDraft::parse(&fields)?;
    let Some(there) = there else {
        device_type_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        device_type_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if DeviceTypeDraft::parse(&device_type_fields(&there)).is_ok_and(|same| same == draft) {
        return Ok(Change::Unchanged);
    }
    device_type_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

/// All live types as rows.
pub fn device_type_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let mut rows = Vec::new();
    every_page(|page| {
        let part = device_type_list(c, actor, "", page)?;
        rows.extend(part.rows.iter().map(|(row, _)| device_type_row(row)));
        Ok(part.next)
    })?;
    Ok(rows)
}

fn device_type_row(there: &DeviceType) -> Vec<String> {
    let fields = device_type_fields(there);
    DEVICE_TYPE_COLUMNS
        .iter()
        .map(|column| fields.get(column).to_owned())
        .collect()
}

/// Creates or updates a device from a row.
pub fn device_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    device_import_fields(c, actor, row).map_err(|fault| at_columns(fault, COLUMN_OF_FIELD))
}

fn device_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    fields.set("device_type_id", type_of_row(c, row)?);
    fields.set("customer_id", customer_of_row(c, row)?);
    fields.set("rack_id", rack_id_of_row(c, row)?);
    fields.set("chassis_id", chassis_of_row(c, row)?);
    let Some(there) = device_by_name(c, row.get("name"))? else {
        device_create(c, actor, &DeviceDraft::parse(&fields)?)?;
        return Ok(Change::Created);
    };
    let before = device_by_id(c, actor, there.id)?;
    if !row.has("chassis") {
        stay_in_bay(&mut fields, &device_fields(&before));
    }
    keep_missing(
        &mut fields,
        &device_fields(&before),
        &["purchased_on", "role"],
    );
    let draft = DeviceDraft::parse(&fields)?;
    let mut version = there.version;
    if there.archived_at.is_some() {
        device_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else {
        if DeviceDraft::parse(&device_fields(&before)).is_ok_and(|same| same == draft) {
            return Ok(Change::Unchanged);
        }
    }
    device_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

/// A file without some of the columns, as older ones are, leaves what they hold as it is.
fn keep_missing(row: &mut Fields, there: &Fields, columns: &[&str]) {
    for column in columns {
        if !row.has(column) {
            row.set(*column, there.get(column));
        }
    }
}

/// A file that knows no chassis leaves a device in its bay or half as long as it names no other place.
fn stay_in_bay(row: &mut Fields, there: &Fields) {
    if row.get("unit").trim().is_empty() && row.get("face").trim().is_empty() {
        keep_missing(row, there, &["bay"]);
        row.set("chassis_id", there.get("chassis_id"));
    } else {
        keep_missing(row, there, &["half"]);
    }
}

/// The id of the device that column `chassis` names, as text; empty for none.
fn chassis_of_row(c: &mut Conn, row: &Fields) -> Result<String, Fault> {
    let name = row.get("chassis").trim();
    if name.is_empty() {
        return Ok(String::new());
    }
    match device_by_name(c, name)?.filter(|chassis| chassis.archived_at.is_none()) {
        Some(chassis) => Ok(chassis.id.to_string()),
        None => Err(Fault::field(
            "chassis",
            Message::new("inventory-csv-no-chassis").with("name", name),
        )),
    }
}

fn type_of_row(c: &mut Conn, row: &Fields) -> Result<String, Fault> {
    let slug = row.get("device_type").trim();
    if slug.is_empty() {
        return Err(Fault::field("device_type", Message::new("fault-required")));
    }
    match device_type_by_slug(c, slug)?.filter(|found| found.archived_at.is_none()) {
        Some(found) => Ok(found.id.to_string()),
        None => Err(Fault::field(
            "device_type",
            Message::new("inventory-csv-no-type").with("slug", slug),
        )),
    }
}

/// The rack a row names. A site or room without a rack only says where the device lies about; they must exist.
fn rack_id_of_row(c: &mut Conn, row: &Fields) -> Result<String, Fault> {
    let named = |column| !row.get(column).trim().is_empty();
    if named("rack") {
        return Ok(rack_of_row(c, row)?.id.to_string());
    }
    if named("room") {
        room_of_row(c, row)?;
    } else if named("site") {
        site_of_row(c, row)?;
    }
    Ok(String::new())
}

/// All live devices as rows.
pub fn device_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let filter = DeviceFilter::default();
    let for_customer = actor.role.is_customer();
    let mut rows = Vec::new();
    every_page(|page| {
        let part = device_list(c, actor, &filter, page)?;
        rows.extend(part.rows.iter().map(|row| device_row(row, for_customer)));
        Ok(part.next)
    })?;
    Ok(rows)
}

/// One device as a row; notes are for the operator's eyes.
fn device_row(row: &DeviceRow, for_customer: bool) -> Vec<String> {
    let fields = device_fields(row);
    let place = row.place.as_ref();
    DEVICE_COLUMNS
        .iter()
        .map(|column| match *column {
            "device_type" => row.device_type.slug.clone(),
            "customer" => row
                .customer
                .as_ref()
                .map_or_else(String::new, |customer| customer.code.clone()),
            "site" => place.map_or_else(String::new, |place| place.site.clone()),
            "room" => place.map_or_else(String::new, |place| place.room.clone()),
            "rack" => place.map_or_else(String::new, |place| place.rack.clone()),
            "chassis" => row
                .chassis
                .as_ref()
                .map_or_else(String::new, |chassis| chassis.name.clone()),
            "note" if for_customer => String::new(),
            column => fields.get(column).to_owned(),
        })
        .collect()
}
