//! What the pages of cables and of lines have in common.

use serde_json::{Value, json};

use super::found_words::neighbour_context;
use crate::base::ids::DevicePortId;
use crate::cabling::{
    Cable, CableRow, EndRow, FarEnd, Plugged, Side, Sighting, Verdict, hex, metres_text,
};
use crate::identity::{Actor, Permission};
use crate::web::Failure;
use crate::web::guards::Signed;

/// The section of the navigation that cables are in.
pub(super) fn area(actor: &Actor) -> &'static str {
    if actor.role.is_customer() {
        "servers"
    } else {
        "network"
    }
}

/// Fails unless the signed-in person may change cables.
pub(super) fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(|fault| signed.failure(fault))
}

/// A cable without its ends as templates want it.
pub(super) fn cable_facts(cable: &Cable) -> Value {
    let is_word = !cable.colour.is_empty() && !cable.colour.starts_with('#');
    json!({
        "id": cable.id,
        "name": cable.name(),
        "label": cable.label,
        "kind": cable.kind,
        "status": cable.status,
        "colour": cable.colour,
        "colour_word": is_word.then_some(&cable.colour),
        "colour_hex": hex(&cable.colour),
        "length": cable.length_mm.map(metres_text),
        "bundle": cable.bundle,
        "bundle_href": (!cable.bundle.is_empty()).then(|| {
            let name = rocket::http::RawStr::new(&cable.bundle).percent_encode();
            format!("/cables?bundle={name}")
        }),
        "note": cable.note,
        "archived_at": cable.archived_at,
    })
}

fn end_value(end: &EndRow) -> Value {
    json!({"position": end.position, "plug": end.plug})
}

/// A cable with its ends as templates want it.
pub(super) fn cable_value(row: &CableRow) -> Value {
    let mut value = cable_facts(&row.cable);
    if let Some(object) = value.as_object_mut() {
        for side in Side::ALL {
            let ends: Vec<Value> = row.side(*side).map(end_value).collect();
            object.insert(side.to_string(), ends.into());
        }
    }
    value
}

/// Where the line of a port ends, for the list of a device's ports.
pub(super) fn far_value(end: &FarEnd) -> Value {
    json!({
        "cable": end.cable,
        "label": end.label,
        "kind": end.kind,
        "status": end.status,
        "ends": end.ends,
    })
}

fn plugs_value(plugs: Option<&Vec<Plugged>>) -> Value {
    plugs.map_or(Value::Null, |plugs| json!(plugs))
}

/// What is seen at a port beside the record, as templates want it.
pub(super) fn sighting_value(row: &Sighting) -> Value {
    let href = row
        .new_cable()
        .map(|(here, there): (_, Option<DevicePortId>)| {
            let there = there.map_or_else(String::new, |there| format!("&b={there}"));
            format!("/cables/new?a={here}{there}")
        });
    json!({
        "metered": row.metered,
        "device": {"id": row.device.0, "name": row.device.1},
        "name": row.name,
        "here": row.here,
        "neighbours": row.neighbours.iter().map(neighbour_context).collect::<Vec<_>>(),
        "record": plugs_value(row.record.as_ref()),
        "verdict": row.verdict,
        "mark": match row.verdict {
            Verdict::Agrees => "ok",
            Verdict::Differs => "warning",
            Verdict::NotOnRecord => "note",
            Verdict::Unknown => "off",
        },
        "new_href": href,
    })
}
