//! Sites, rooms and racks as CSV; the same columns both ways. References are by name.

use super::model::{RackDraft, RackFilter, RoomDraft, SiteDraft};
use super::ops::{
    rack_archive, rack_by_name, rack_create, rack_list, rack_update, room_archive, room_by_name,
    room_create, room_list, room_update, site_archive, site_by_code, site_create, site_list,
    site_update,
};
use super::rows::{Rack, RackRow, Room, Site};
use crate::base::change::Change;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::page::every_page;
use crate::base::units::Grams;
use crate::identity::Actor;
use crate::store::Conn;
use crate::tenancy::customer_by_code;

/// Columns of the kind `sites`; keyed by `code`.
pub const SITE_COLUMNS: &[&str] = &["code", "name", "time_zone", "address", "contact", "note"];

/// Columns of the kind `rooms`; keyed by `site` and `name`.
pub const ROOM_COLUMNS: &[&str] = &[
    "site",
    "name",
    "grid_columns",
    "grid_rows",
    "tile_mm",
    "aisles",
    "note",
];

/// Columns of the kind `racks`; keyed by `site`, `room` and `name`.
pub const RACK_COLUMNS: &[&str] = &[
    "site",
    "room",
    "name",
    "row_name",
    "position_in_row",
    "units",
    "starting_unit",
    "numbering",
    "depth_mm",
    "max_watts",
    "max_weight_kg",
    "ownership",
    "customer",
    "width_mm",
    "grid_x",
    "grid_y",
    "rotation",
    "contracted_watts",
    "note",
];

/// Creates or updates a site from a row.
pub fn site_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let draft = SiteDraft::parse(row)?;
    let Some(there) = site_by_code(c, &draft.code)? else {
        site_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        site_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if SiteDraft::from(&there) == draft {
        return Ok(Change::Unchanged);
    }
    site_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

impl From<&Site> for SiteDraft {
    fn from(there: &Site) -> Self {
        let there = there.clone();
        Self {
            code: there.code,
            name: there.name,
            time_zone: there.time_zone,
            address: there.address,
            contact: there.contact,
            note: there.note,
        }
    }
}

/// All live sites as rows.
pub fn site_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = site_list(c, actor)?.into_iter().map(|site| {
        vec![
            site.code,
            site.name,
            site.time_zone,
            site.address,
            site.contact,
            site.note,
        ]
    });
    Ok(rows.collect())
}

/// The site a row names, in column `site`.
pub fn site_of_row(c: &mut Conn, row: &Fields) -> Result<Site, Fault> {
    let code = row.get("site").trim();
    if code.is_empty() {
        return Err(Fault::field("site", Message::new("fault-required")));
    }
    site_by_code(c, code)?
        .filter(|site| site.archived_at.is_none())
        .ok_or_else(|| {
            let message = Message::new("facility-csv-no-site").with("code", code);
            Fault::field("site", message)
        })
}

/// The room a row names, in columns `site` and `room`.
pub fn room_of_row(c: &mut Conn, row: &Fields) -> Result<Room, Fault> {
    let site = site_of_row(c, row)?;
    let name = row.get("room").trim();
    if name.is_empty() {
        return Err(Fault::field("room", Message::new("fault-required")));
    }
    room_by_name(c, site.id, name)?
        .filter(|room| room.archived_at.is_none())
        .ok_or_else(|| {
            let message = Message::new("facility-csv-no-room")
                .with("name", name)
                .with("site", site.code);
            Fault::field("room", message)
        })
}

/// The rack a row names, in columns `site`, `room` and `rack`.
pub fn rack_of_row(c: &mut Conn, row: &Fields) -> Result<Rack, Fault> {
    let room = room_of_row(c, row)?;
    let name = row.get("rack").trim();
    rack_by_name(c, room.id, name)?
        .filter(|rack| rack.archived_at.is_none())
        .ok_or_else(|| {
            let message = Message::new("facility-csv-no-rack")
                .with("name", name)
                .with("room", room.name);
            Fault::field("rack", message)
        })
}

/// The id of the customer that column `customer` names, as text; empty for none.
pub fn customer_of_row(c: &mut Conn, row: &Fields) -> Result<String, Fault> {
    let code = row.get("customer").trim();
    if code.is_empty() {
        return Ok(String::new());
    }
    match customer_by_code(c, code)?.filter(|customer| customer.archived_at.is_none()) {
        Some(customer) => Ok(customer.id.to_string()),
        None => Err(Fault::field(
            "customer",
            Message::new("fault-no-such-customer").with("code", code),
        )),
    }
}

/// Names the columns of a file instead of the fields of a form.
pub fn at_columns(fault: Fault, columns: &[(&'static str, &'static str)]) -> Fault {
    let mut fault = fault;
    for field in &mut fault.fields {
        let column = columns.iter().find(|(name, _)| *name == field.field);
        if let Some((_, column)) = column {
            field.field = (*column).into();
        }
    }
    fault
}

/// Creates or updates a room from a row.
pub fn room_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    room_import_fields(c, actor, row).map_err(|fault| at_columns(fault, &[("site_id", "site")]))
}

fn room_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    let site = site_of_row(c, row)?.id;
    fields.set("site_id", site.to_string());
    let there = room_by_name(c, site, row.get("name"))?;
    if let Some(there) = &there {
        keep_missing(&mut fields, &floor_fields(there));
    }
    let draft = RoomDraft::parse(&fields)?;
    let Some(there) = there else {
        room_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        room_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if RoomDraft::from(&there) == draft {
        return Ok(Change::Unchanged);
    }
    room_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

impl From<&Room> for RoomDraft {
    fn from(there: &Room) -> Self {
        Self {
            site_id: there.site_id,
            name: there.name.clone(),
            floor: there.floor(),
            note: there.note.clone(),
        }
    }
}

/// A file without some of the columns, as older ones are, leaves what they hold as it is.
pub(super) fn keep_missing(row: &mut Fields, there: &Fields) {
    for (column, text) in there.iter() {
        if !row.has(column) {
            row.set(column, text);
        }
    }
}

fn floor_fields(there: &Room) -> Fields {
    [
        ("grid_columns", there.grid_columns.to_string()),
        ("grid_rows", there.grid_rows.to_string()),
        ("tile_mm", there.tile_mm.get().to_string()),
        ("aisles", there.aisles.clone()),
    ]
    .into_iter()
    .collect()
}

/// What older files do not have.
fn later_fields(there: &Rack) -> Fields {
    let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
    [
        ("width_mm", number(there.width_mm.map(|width| width.get()))),
        ("grid_x", number(there.grid_x)),
        ("grid_y", number(there.grid_y)),
        ("rotation", there.rotation.to_string()),
        (
            "contracted_watts",
            number(there.contracted_watts.map(|watts| watts.get())),
        ),
    ]
    .into_iter()
    .collect()
}

/// All live rooms as rows.
pub fn room_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = room_list(c, actor)?.into_iter().map(|row| {
        let floor = floor_fields(&row.room);
        let cell = |column| floor.get(column).to_owned();
        vec![
            row.site.code,
            row.room.name,
            cell("grid_columns"),
            cell("grid_rows"),
            cell("tile_mm"),
            cell("aisles"),
            row.room.note,
        ]
    });
    Ok(rows.collect())
}

/// Creates or updates a rack from a row.
pub fn rack_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let columns = [("room_id", "room"), ("customer_id", "customer")];
    rack_import_fields(c, actor, row).map_err(|fault| at_columns(fault, &columns))
}

fn rack_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    let room = room_of_row(c, row)?.id;
    fields.set("room_id", room.to_string());
    fields.set("customer_id", customer_of_row(c, row)?);
    let there = rack_by_name(c, room, row.get("name"))?;
    if let Some(there) = &there {
        keep_missing(&mut fields, &later_fields(there));
    }
    let draft = RackDraft::parse(&fields)?;
    let Some(there) = there else {
        rack_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        rack_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if RackDraft::from(&there) == draft {
        return Ok(Change::Unchanged);
    }
    rack_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

impl From<&Rack> for RackDraft {
    fn from(there: &Rack) -> Self {
        Self {
            room_id: there.room_id,
            name: there.name.clone(),
            row_name: there.row_name.clone(),
            position_in_row: there.position_in_row,
            units: there.units,
            starting_unit: there.starting_unit,
            numbering: there.numbering,
            width_mm: there.width_mm,
            depth_mm: there.depth_mm,
            spot: there.spot(),
            max_watts: there.max_watts,
            contracted_watts: there.contracted_watts,
            max_weight_g: there.max_weight_g,
            ownership: there.ownership,
            customer_id: there.customer_id,
            note: there.note.clone(),
        }
    }
}

/// All live racks as rows.
pub fn rack_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let filter = RackFilter::default();
    let mut rows = Vec::new();
    every_page(|page| {
        let part = rack_list(c, actor, &filter, page)?;
        rows.extend(part.rows.into_iter().map(rack_row));
        Ok(part.next)
    })?;
    Ok(rows)
}

/// One rack as a row.
fn rack_row(row: RackRow) -> Vec<String> {
    let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
    let rack = row.rack;
    let later = later_fields(&rack);
    let cell = |column| later.get(column).to_owned();
    vec![
        row.site.code,
        row.room.name,
        rack.name,
        rack.row_name,
        rack.position_in_row.to_string(),
        rack.units.to_string(),
        rack.starting_unit.to_string(),
        rack.numbering.to_string(),
        number(rack.depth_mm.map(|depth| depth.get())),
        number(rack.max_watts.map(|watts| watts.get())),
        rack.max_weight_g
            .map_or_else(String::new, Grams::to_kilograms_text),
        rack.ownership.to_string(),
        row.customer
            .map_or_else(String::new, |customer| customer.code),
        cell("width_mm"),
        cell("grid_x"),
        cell("grid_y"),
        cell("rotation"),
        cell("contracted_watts"),
        rack.note,
    ]
}
