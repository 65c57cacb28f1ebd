//! Cables.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::ends::{ends_of, places, ports_named, shown_ends, side_text, with_taken};
use super::shown::for_reader;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::{CableId, CustomerId, DevicePortId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::cabling::fit::{Plug, check};
use crate::cabling::model::{CableDraft, CableFilter};
use crate::cabling::rows::{Cable, CableEnd, CableRow};
use crate::cabling::side::Side;
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::portable::one_at_a_time;
use crate::store::schema::{cable_ends, cables, device_ports, devices};

diesel::define_sql_function! {
    /// Lower case, as both databases have it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

type Boxed<'a> = cables::BoxedQuery<'a, crate::store::conn::MultiBackend>;

/// What a filter lets through; of a customer's those that are in a port of theirs.
fn filtered<'a>(filter: &'a CableFilter, own: Option<CustomerId>) -> Boxed<'a> {
    let mut query = cables::table.into_boxed();
    query = if filter.archived && own.is_none() {
        query.filter(cables::archived_at.is_not_null())
    } else {
        query.filter(cables::archived_at.is_null())
    };
    if let Some(kind) = filter.kind {
        query = query.filter(cables::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(cables::status.eq(status));
    }
    if !filter.bundle.is_empty() && own.is_none() {
        query = query.filter(cables::bundle.eq(filter.bundle.as_str()));
    }
    if let Some(device) = filter.device_id {
        let ports = device_ports::table
            .filter(device_ports::device_id.eq(device))
            .select(device_ports::id);
        let at = cable_ends::table
            .filter(cable_ends::device_port_id.eq_any(ports))
            .select(cable_ends::cable_id);
        query = query.filter(cables::id.eq_any(at));
    }
    if let Some(own) = own {
        let theirs = devices::table
            .filter(devices::customer_id.eq(own))
            .select(devices::id);
        let ports = device_ports::table
            .filter(device_ports::device_id.eq_any(theirs))
            .select(device_ports::id);
        let at = cable_ends::table
            .filter(cable_ends::device_port_id.eq_any(ports))
            .select(cable_ends::cable_id);
        query = query.filter(cables::id.eq_any(at));
    }
    if !filter.query.trim().is_empty() {
        let pattern = contains_pattern(&filter.query);
        let by_label = lower(cables::label).like(pattern.clone()).escape('\\');
        // A customer finds by the own devices only: a hit on another's would tell its name.
        query = match own {
            Some(own) => {
                let theirs = devices::table
                    .filter(devices::customer_id.eq(own))
                    .filter(devices::search_folded.like(pattern).escape('\\'))
                    .select(devices::id);
                let ports = device_ports::table
                    .filter(device_ports::device_id.eq_any(theirs))
                    .select(device_ports::id);
                let at = cable_ends::table
                    .filter(cable_ends::device_port_id.eq_any(ports))
                    .select(cable_ends::cable_id);
                query.filter(by_label.or(cables::id.eq_any(at)))
            }
            None => {
                let named = devices::table
                    .filter(devices::search_folded.like(pattern.clone()).escape('\\'))
                    .select(devices::id);
                let ports = device_ports::table
                    .filter(device_ports::device_id.eq_any(named))
                    .select(device_ports::id);
                let at = cable_ends::table
                    .filter(cable_ends::device_port_id.eq_any(ports))
                    .select(cable_ends::cable_id);
                let by_bundle = lower(cables::bundle).like(pattern).escape('\\');
                query.filter(by_label.or(by_bundle).or(cables::id.eq_any(at)))
            }
        };
    }
    query
}

/// Cables by label and number, a page of them. A customer's are those in a port of theirs.
pub fn cable_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &CableFilter,
    page: &PageRequest,
) -> Result<Page<CableRow>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let own = actor.wall().customer();
    if let Some(device) = filter.device_id.filter(|_| own.is_some()) {
        // Which of the own cables go to another's device is not for a customer to try out.
        device_by_id(c, actor, device)?;
    }
    let total: i64 = filtered(filter, own).count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let is_back = page.after.is_none() && page.before.is_some();
    let edge = match page.after.as_deref().or(page.before.as_deref()) {
        Some(key) => edge(c, filter, own, key)?,
        None => None,
    };
    let mut found = beyond(c, filter, own, edge.as_ref(), is_back, limit)?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    if is_back {
        found.reverse();
    }
    let key = |row: Option<&Cable>| row.map(|cable| cable.id.to_string());
    let next = (is_more || is_back).then(|| key(found.last())).flatten();
    let previous = match is_back {
        true => is_more.then(|| key(found.first())).flatten(),
        false => edge.is_some().then(|| key(found.first())).flatten(),
    };
    Ok(Page {
        rows: with_ends(c, found, own)?,
        next,
        previous,
        total,
    })
}

/// Label and id of the cable whose key a page begins behind; `None` for what is no key of this list. A customer's list has
/// own keys only: where it begins would tell the label of another's cable.
fn edge(
    c: &mut Conn,
    filter: &CableFilter,
    own: Option<CustomerId>,
    key: &str,
) -> Result<Option<(String, CableId)>, Fault> {
    let Ok(id) = key.parse::<CableId>() else {
        return Ok(None);
    };
    if own.is_some() {
        let listed: Vec<(String, CableId)> = filtered(filter, own)
            .filter(cables::id.eq(id))
            .limit(1)
            .select((cables::label, cables::id))
            .load(c)?;
        return Ok(listed.into_iter().next());
    }
    Ok(cables::table
        .find(id)
        .select((cables::label, cables::id))
        .first(c)
        .optional()?)
}

/// One more than `limit` cables behind an edge, or before it and backwards.
fn beyond(
    c: &mut Conn,
    filter: &CableFilter,
    own: Option<CustomerId>,
    edge: Option<&(String, CableId)>,
    is_back: bool,
    limit: usize,
) -> Result<Vec<Cable>, Fault> {
    let mut query = filtered(filter, own);
    if let Some((label, id)) = edge {
        query = if is_back {
            query.filter(
                cables::label
                    .lt(label.clone())
                    .or(cables::label.eq(label.clone()).and(cables::id.lt(*id))),
            )
        } else {
            query.filter(
                cables::label
                    .gt(label.clone())
                    .or(cables::label.eq(label.clone()).and(cables::id.gt(*id))),
            )
        };
    }
    query = if is_back {
        query.order((cables::label.desc(), cables::id.desc()))
    } else {
        query.order((cables::label.asc(), cables::id.asc()))
    };
    let most = i64::try_from(limit).unwrap_or(1000).saturating_add(1);
    Ok(query.limit(most).select(Cable::as_select()).load(c)?)
}

fn with_ends(
    c: &mut Conn,
    found: Vec<Cable>,
    own: Option<CustomerId>,
) -> Result<Vec<CableRow>, Fault> {
    let ids: Vec<CableId> = found.iter().map(|cable| cable.id).collect();
    let ends = ends_of(c, &ids)?;
    let all = ends.values().flatten().map(|end| end.device_port_id);
    let places = places(c, all)?;
    let row = |cable: Cable| {
        let of_cable = ends.get(&cable.id).map(Vec::as_slice).unwrap_or_default();
        CableRow {
            ends: shown_ends(of_cable, &places, own),
            cable: for_reader(cable, own),
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// All live cables by label and number with their ends, for exports.
pub fn cables_all(c: &mut Conn, actor: &Actor) -> Result<Vec<CableRow>, Fault> {
    // An export is the operator's: a customer has no wall to stand behind here.
    actor.require(Permission::ImportExport)?;
    let found: Vec<Cable> = cables::table
        .filter(cables::archived_at.is_null())
        .order((cables::label.asc(), cables::id.asc()))
        .select(Cable::as_select())
        .load(c)?;
    with_ends(c, found, None)
}

/// One cable, archived ones too; for a customer a live one in a port of theirs.
pub fn cable_by_id(c: &mut Conn, actor: &Actor, id: CableId) -> Result<CableRow, Fault> {
    actor.require(Permission::ViewDevices)?;
    let own = actor.wall().customer();
    let found: Option<Cable> = cables::table
        .find(id)
        .select(Cable::as_select())
        .first(c)
        .optional()?;
    let row = with_ends(c, found.into_iter().collect(), own)?.pop();
    row.filter(|row| {
        let is_theirs = || row.ends.iter().any(|end| end.plug.is_some());
        own.is_none() || (row.cable.archived_at.is_none() && is_theirs())
    })
    .ok_or_else(Fault::not_found)
}

/// The live cable of a label, for imports.
pub fn cable_labelled(c: &mut Conn, label: &str) -> Result<Option<CableId>, Fault> {
    Ok(cables::table
        .filter(cables::label.eq(label))
        .filter(cables::archived_at.is_null())
        .select(cables::id)
        .first(c)
        .optional()?)
}

/// The one live cable that is in all of these ports and in no other.
pub fn cable_of_ports(
    c: &mut Conn,
    a: &[DevicePortId],
    b: &[DevicePortId],
) -> Result<Option<CableId>, Fault> {
    let Some(first) = a.first() else {
        return Ok(None);
    };
    let cable: Option<CableId> = cable_ends::table
        .filter(cable_ends::device_port_id.eq(first))
        .filter(cable_ends::archived_at.is_null())
        .select(cable_ends::cable_id)
        .first(c)
        .optional()?;
    let Some(cable) = cable else { return Ok(None) };
    let there = ends_of(c, &[cable])?.remove(&cable).unwrap_or_default();
    let at = |side: Side| {
        let mut ports: Vec<DevicePortId> = there
            .iter()
            .filter(|end| end.side == side)
            .map(|end| end.device_port_id)
            .collect();
        ports.sort_unstable();
        ports
    };
    let sorted = |ports: &[DevicePortId]| {
        let mut ports = ports.to_vec();
        ports.sort_unstable();
        ports
    };
    let (a, b) = (sorted(a), sorted(b));
    let (of_a, of_b) = (at(Side::A), at(Side::B));
    let is_same = (of_a == a && of_b == b) || (of_a == b && of_b == a);
    Ok(is_same.then_some(cable))
}

fn refuse_label(c: &mut Conn, label: &str, except: Option<CableId>) -> Result<(), Fault> {
    if label.is_empty() {
        return Ok(());
    }
    let Some(other) = cable_labelled(c, label)?.filter(|id| Some(*id) != except) else {
        return Ok(());
    };
    let ends = ends_of(c, &[other])?.remove(&other).unwrap_or_default();
    let places = places(c, ends.iter().map(|end| end.device_port_id))?;
    let message = Message::new("cables-label-taken")
        .with("a", side_text(&ends, &places, Side::A))
        .with("b", side_text(&ends, &places, Side::B));
    Err(Fault::field("label", message))
}

fn refuse_wrong(
    draft: &CableDraft,
    (a, b): (&[Plug], &[Plug]),
    own: Option<CableId>,
) -> Result<(), Fault> {
    let faults = check(draft.kind, a, b, own);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Fault::invalid(faults))
    }
}

/// A leg's number where a side has several.
fn position(at: usize, count: usize) -> Option<i64> {
    (count > 1).then(|| i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1))
}

fn plug_in(c: &mut Conn, cable: CableId, a: &[Plug], b: &[Plug]) -> Result<(), Fault> {
    for (side, plugs) in [(Side::A, a), (Side::B, b)] {
        for (at, plug) in plugs.iter().enumerate() {
            diesel::insert_into(cable_ends::table)
                .values((
                    cable_ends::cable_id.eq(cable),
                    cable_ends::side.eq(side),
                    cable_ends::device_port_id.eq(plug.port),
                    cable_ends::position.eq(position(at, plugs.len())),
                ))
                .execute(c)?;
        }
    }
    Ok(())
}

fn texts(plugs: &[Plug]) -> Vec<&str> {
    plugs.iter().map(|plug| plug.text.as_str()).collect()
}

fn facts(draft: &CableDraft, a: &[&str], b: &[&str]) -> Value {
    json!({
        "label": draft.label,
        "kind": draft.kind,
        "status": draft.status,
        "colour": draft.colour,
        "length_mm": draft.length,
        "bundle": draft.bundle,
        "a": a.join(", "),
        "b": b.join(", "),
    })
}

/// Adds a cable.
pub fn cable_create(c: &mut Conn, actor: &Actor, draft: &CableDraft) -> Result<CableId, Fault> {
    actor.require(Permission::EditDevices)?;
    one_at_a_time(c, "cable_ends")?;
    refuse_label(c, &draft.label, None)?;
    let (a, b) = ports_named(c, actor, &draft.ends)?;
    refuse_wrong(draft, (&a, &b), None)?;
    let id: CableId = diesel::insert_into(cables::table)
        .values((
            cables::label.eq(&draft.label),
            cables::kind.eq(draft.kind),
            cables::status.eq(draft.status),
            cables::colour.eq(&draft.colour),
            cables::length_mm.eq(draft.length),
            cables::bundle.eq(&draft.bundle),
            cables::note.eq(&draft.note),
            cables::created_at.eq(actor.now),
            cables::updated_at.eq(actor.now),
        ))
        .returning(cables::id)
        .get_result(c)?;
    plug_in(c, id, &a, &b)?;
    search_added(c, Searched::Cable(id))?;
    let event = Event::new("cable.create", "cable", id.get(), name(&draft.label, id))
        .with(json!({"after": facts(draft, &texts(&a), &texts(&b))}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn name(label: &str, id: CableId) -> String {
    if label.is_empty() {
        format!("#{id}")
    } else {
        label.to_owned()
    }
}

/// What is at a side of a cable, for the log and for what is drafted from it.
fn side_texts(row: &CableRow, side: Side) -> Vec<String> {
    row.side(side)
        .filter_map(|end| end.plug.as_ref())
        .map(|plug| format!("{} {}", plug.device, plug.port))
        .collect()
}

/// Changes a live cable and what it is plugged into; `version` is the one that was read.
pub fn cable_update(
    c: &mut Conn,
    actor: &Actor,
    id: CableId,
    version: i64,
    draft: &CableDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    one_at_a_time(c, "cable_ends")?;
    let before = cable_by_id(c, actor, id)?;
    if before.cable.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("cables-archived")));
    }
    refuse_label(c, &draft.label, Some(id))?;
    let (a, b) = ports_named(c, actor, &draft.ends)?;
    refuse_wrong(draft, (&a, &b), Some(id))?;
    let changed = diesel::update(cables::table.find(id).filter(cables::version.eq(version)))
        .set((
            cables::label.eq(&draft.label),
            cables::kind.eq(draft.kind),
            cables::status.eq(draft.status),
            cables::colour.eq(&draft.colour),
            cables::length_mm.eq(draft.length),
            cables::bundle.eq(&draft.bundle),
            cables::note.eq(&draft.note),
            cables::version.eq(cables::version + 1),
            cables::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    diesel::delete(cable_ends::table.filter(cable_ends::cable_id.eq(id))).execute(c)?;
    plug_in(c, id, &a, &b)?;
    search_changed(c, Searched::Cable(id))?;
    let kept = &before.cable;
    let event = Event::new("cable.update", "cable", id.get(), name(&draft.label, id)).with(json!({
        "before": {
            "label": kept.label,
            "kind": kept.kind,
            "status": kept.status,
            "colour": kept.colour,
            "length_mm": kept.length_mm,
            "bundle": kept.bundle,
            "a": side_texts(&before, Side::A).join(", "),
            "b": side_texts(&before, Side::B).join(", "),
        },
        "after": facts(draft, &texts(&a), &texts(&b)),
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// The ports of an archived cable as they are now; a fault when one of them or its device has gone.
fn plugs_again(c: &mut Conn, id: CableId) -> Result<(Vec<Plug>, Vec<Plug>), Fault> {
    let ends = ends_of(c, &[id])?.remove(&id).unwrap_or_default();
    let ids: Vec<DevicePortId> = ends.iter().map(|end| end.device_port_id).collect();
    let live: Vec<DevicePortId> = device_ports::table
        .inner_join(devices::table)
        .filter(device_ports::id.eq_any(&ids))
        .filter(device_ports::archived_at.is_null())
        .filter(devices::archived_at.is_null())
        .select(device_ports::id)
        .load(c)?;
    let places = places(c, ids)?;
    let mut sides = (Vec::new(), Vec::new());
    for CableEnd {
        side,
        device_port_id,
        ..
    } in &ends
    {
        let Some(place) = places.get(device_port_id) else {
            continue;
        };
        let plug = &place.plug;
        let text = format!("{} {}", plug.device, plug.port);
        if !live.contains(device_port_id) {
            let message = Message::new("cables-port-gone").with("port", text);
            return Err(Fault::conflict(message));
        }
        let plug = Plug {
            port: plug.port_id,
            kind: plug.kind,
            text,
            taken: None,
        };
        match side {
            Side::A => sides.0.push(plug),
            Side::B => sides.1.push(plug),
        }
    }
    with_taken(c, sides.0, sides.1)
}

/// Archives a cable, which frees its ports, or brings one back where they are still free.
pub fn cable_archive(
    c: &mut Conn,
    actor: &Actor,
    id: CableId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    one_at_a_time(c, "cable_ends")?;
    let before = cable_by_id(c, actor, id)?;
    let kept = &before.cable;
    if !archived {
        refuse_label(c, &kept.label, Some(id)).map_err(as_conflict)?;
        let (a, b) = plugs_again(c, id)?;
        if let Some(fault) = check(kept.kind, &a, &b, Some(id)).into_iter().next() {
            return Err(Fault::conflict(fault.message));
        }
    }
    let at: Option<Timestamp> = archived.then_some(actor.now);
    let changed = diesel::update(cables::table.find(id).filter(cables::version.eq(version)))
        .set((
            cables::archived_at.eq(at),
            cables::version.eq(cables::version + 1),
            cables::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    diesel::update(cable_ends::table.filter(cable_ends::cable_id.eq(id)))
        .set(cable_ends::archived_at.eq(at))
        .execute(c)?;
    search_changed(c, Searched::Cable(id))?;
    let action = if archived {
        "cable.archive"
    } else {
        "cable.restore"
    };
    let event = Event::new(action, "cable", id.get(), kept.name()).with(json!({
        "a": side_texts(&before, Side::A).join(", "),
        "b": side_texts(&before, Side::B).join(", "),
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// A fault at a field as one of the whole: the dialog that brings back has no fields.
fn as_conflict(fault: Fault) -> Fault {
    match fault.fields.into_iter().next() {
        Some(field) => Fault::conflict(field.message),
        None => Fault::conflict(fault.message),
    }
}
