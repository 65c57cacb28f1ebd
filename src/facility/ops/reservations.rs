//! Stretches of racks that are kept for somebody.

use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::occupants::occupants;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{RackId, ReservationId};
use crate::facility::model::{Faces, Ownership, ReservationKind};
use crate::facility::occupancy::clashes;
use crate::facility::placement::{Hold, Place};
use crate::facility::reservation::ReservationDraft;
use crate::facility::rows::{RackRow, Reservation, ReservationRow, stretch};
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{customers, rack_reservations, racks, rooms, sites};

/// The day at a site, `2026-11-22`; by UTC when its zone is unknown.
fn today(actor: &Actor, zone: &str) -> String {
    actor.now.local_date(zone.parse::<Tz>().unwrap_or(Tz::UTC))
}

/// What a rack keeps today. For the operations of this program: the caller has checked the right to see the rack.
pub fn holds(c: &mut Conn, actor: &Actor, rack: &RackRow) -> Result<Vec<Hold>, Fault> {
    let today = today(actor, &rack.site.time_zone);
    let frame = rack.rack.frame();
    Ok(live_of(c, rack.rack.id)?
        .iter()
        .filter(|there| there.holds_on(&today))
        .filter_map(|there| there.hold(frame))
        .collect())
}

fn live_of(c: &mut Conn, rack: RackId) -> Result<Vec<Reservation>, Fault> {
    Ok(rack_reservations::table
        .filter(rack_reservations::rack_id.eq(rack))
        .filter(rack_reservations::archived_at.is_null())
        .order(rack_reservations::first_unit.asc())
        .select(Reservation::as_select())
        .load(c)?)
}

/// Reservations of racks that were not ended, by first unit; those whose day is over as well.
pub fn reservations_of_racks(
    c: &mut Conn,
    actor: &Actor,
    of: &[RackId],
) -> Result<Vec<ReservationRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    reservation_rows(c, of)
}

/// Reservations of a rack that were not ended, for its drawing. For the operations of this program: the caller has
/// checked the right to see the rack, and draws what the reader may not know without a name.
pub fn reservations_kept(c: &mut Conn, rack: RackId) -> Result<Vec<ReservationRow>, Fault> {
    reservation_rows(c, &[rack])
}

fn reservation_rows(c: &mut Conn, of: &[RackId]) -> Result<Vec<ReservationRow>, Fault> {
    Ok(rack_reservations::table
        .left_join(customers::table)
        .filter(rack_reservations::rack_id.eq_any(of))
        .filter(rack_reservations::archived_at.is_null())
        .order((
            rack_reservations::first_unit.asc(),
            rack_reservations::id.asc(),
        ))
        .select(ReservationRow::as_select())
        .load(c)?)
}

/// All reservations that were not ended, with their racks.
pub fn reservation_list(
    c: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(ReservationRow, RackRow)>, Fault> {
    actor.require(Permission::ViewFacility)?;
    let rows: Vec<ReservationRow> = rack_reservations::table
        .left_join(customers::table)
        .filter(rack_reservations::archived_at.is_null())
        .order((
            rack_reservations::rack_id.asc(),
            rack_reservations::first_unit.asc(),
            rack_reservations::id.asc(),
        ))
        .select(ReservationRow::as_select())
        .load(c)?;
    let ids: Vec<RackId> = rows.iter().map(|row| row.reservation.rack_id).collect();
    let racks = rack_rows_of(c, &ids)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let rack = racks
                .iter()
                .find(|rack| rack.rack.id == row.reservation.rack_id)
                .filter(|rack| rack.rack.archived_at.is_none())?;
            Some((row, rack.clone()))
        })
        .collect())
}

fn rack_rows_of(c: &mut Conn, ids: &[RackId]) -> Result<Vec<RackRow>, Fault> {
    Ok(racks::table
        .inner_join(rooms::table.inner_join(sites::table))
        .left_join(customers::table)
        .filter(racks::id.eq_any(ids))
        .select(RackRow::as_select())
        .load(c)?)
}

/// One reservation with its rack.
pub fn reservation_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: ReservationId,
) -> Result<(ReservationRow, RackRow), Fault> {
    actor.require(Permission::ViewFacility)?;
    let row: ReservationRow = rack_reservations::table
        .left_join(customers::table)
        .filter(rack_reservations::id.eq(id))
        .select(ReservationRow::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let rack = rack_rows_of(c, &[row.reservation.rack_id])?
        .into_iter()
        .next()
        .ok_or_else(Fault::not_found)?;
    Ok((row, rack))
}

/// The reservation of these units that was not ended, for imports.
pub fn reservation_by_key(
    c: &mut Conn,
    rack: RackId,
    units: (i64, i64),
    faces: Faces,
) -> Result<Option<Reservation>, Fault> {
    Ok(live_of(c, rack)?
        .into_iter()
        .find(|there| (there.first_unit, there.last_unit) == units && there.faces == faces))
}

/// Checks a draft against its rack, what stands there and what is kept there already; gives the rack.
fn refuse_wrong(
    c: &mut Conn,
    actor: &Actor,
    draft: &ReservationDraft,
    except: Option<ReservationId>,
) -> Result<RackRow, Fault> {
    let no_rack = || Fault::field("rack_id", Message::new("inventory-no-such-rack"));
    let rack = rack_rows_of(c, &[draft.rack_id])?
        .into_iter()
        .next()
        .filter(|rack| rack.rack.archived_at.is_none())
        .ok_or_else(no_rack)?;
    refuse_wrong_customer(c, &rack, draft)?;
    let frame = rack.rack.frame();
    let place =
        stretch(frame, draft.first_unit, draft.last_unit, draft.faces).ok_or_else(|| {
            let (first, last) = frame.span();
            let message = Message::new("inventory-out-of-rack")
                .with("rack", rack.rack.name.as_str())
                .with("first", first)
                .with("last", last);
            Fault::field("last_unit", message)
        })?;
    refuse_other_reservations(c, actor, &rack, place, except)?;
    refuse_what_stands_there(c, &rack, place, draft)?;
    Ok(rack)
}

fn refuse_wrong_customer(
    c: &mut Conn,
    rack: &RackRow,
    draft: &ReservationDraft,
) -> Result<(), Fault> {
    if draft.kind == ReservationKind::Rented && rack.rack.ownership != Ownership::Shared {
        let message = Message::new("reservation-not-shared").with("rack", rack.rack.name.as_str());
        return Err(Fault::field("kind", message));
    }
    let Some(customer) = draft.customer_id else {
        return Ok(());
    };
    let live: i64 = customers::table
        .filter(customers::id.eq(customer))
        .filter(customers::archived_at.is_null())
        .count()
        .get_result(c)?;
    if live == 0 {
        let message = Message::new("facility-no-such-customer");
        return Err(Fault::field("customer_id", message));
    }
    if rack.rack.ownership == Ownership::Customer && rack.rack.customer_id != Some(customer) {
        let message = Message::new("inventory-foreign-rack").with("rack", rack.rack.name.as_str());
        return Err(Fault::field("customer_id", message));
    }
    Ok(())
}

fn refuse_other_reservations(
    c: &mut Conn,
    actor: &Actor,
    rack: &RackRow,
    place: Place,
    except: Option<ReservationId>,
) -> Result<(), Fault> {
    let holds = holds(c, actor, rack)?;
    let others: Vec<&str> = holds
        .iter()
        .filter(|hold| Some(hold.id) != except && hold.place.overlaps(place))
        .map(|hold| hold.units.as_str())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let message = Message::new("reservation-kept-already").with("units", others.join(", "));
    Err(Fault::field("first_unit", message))
}

fn refuse_what_stands_there(
    c: &mut Conn,
    rack: &RackRow,
    place: Place,
    draft: &ReservationDraft,
) -> Result<(), Fault> {
    let inside = occupants(c, rack.rack.id)?;
    let others: Vec<&str> = clashes(&inside, place)
        .into_iter()
        .filter(|there| there.customer_id != draft.customer_id)
        .map(|there| there.name.as_str())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let message = Message::new("reservation-others-stand").with("names", others.join(", "));
    Err(Fault::field("first_unit", message))
}

/// Keeps units of a rack for somebody.
pub fn reservation_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &ReservationDraft,
) -> Result<ReservationId, Fault> {
    actor.require(Permission::EditFacility)?;
    let rack = refuse_wrong(c, actor, draft, None)?;
    let id: ReservationId = diesel::insert_into(rack_reservations::table)
        .values((
            rack_reservations::rack_id.eq(draft.rack_id),
            rack_reservations::kind.eq(draft.kind),
            rack_reservations::first_unit.eq(draft.first_unit),
            rack_reservations::last_unit.eq(draft.last_unit),
            rack_reservations::faces.eq(draft.faces),
            rack_reservations::customer_id.eq(draft.customer_id),
            rack_reservations::reason.eq(&draft.reason),
            rack_reservations::until_date.eq(&draft.until_date),
            rack_reservations::made_by_name.eq(&actor.name),
            rack_reservations::created_at.eq(actor.now),
            rack_reservations::updated_at.eq(actor.now),
        ))
        .returning(rack_reservations::id)
        .get_result(c)?;
    search_added(c, Searched::Reservation(id))?;
    let detail = json!({"after": facts(draft)});
    note(c, actor, "reservation.create", id, &rack, draft, detail)?;
    Ok(id)
}

/// Changes a reservation; `version` is the one that was read. It stays in its rack.
pub fn reservation_update(
    c: &mut Conn,
    actor: &Actor,
    id: ReservationId,
    version: i64,
    draft: &ReservationDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let (before, _) = reservation_by_id(c, actor, id)?;
    let draft = ReservationDraft {
        rack_id: before.reservation.rack_id,
        ..draft.clone()
    };
    let rack = refuse_wrong(c, actor, &draft, Some(id))?;
    let changed = diesel::update(
        rack_reservations::table
            .find(id)
            .filter(rack_reservations::version.eq(version))
            .filter(rack_reservations::archived_at.is_null()),
    )
    .set((
        rack_reservations::kind.eq(draft.kind),
        rack_reservations::first_unit.eq(draft.first_unit),
        rack_reservations::last_unit.eq(draft.last_unit),
        rack_reservations::faces.eq(draft.faces),
        rack_reservations::customer_id.eq(draft.customer_id),
        rack_reservations::reason.eq(&draft.reason),
        rack_reservations::until_date.eq(&draft.until_date),
        rack_reservations::version.eq(rack_reservations::version + 1),
        rack_reservations::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Reservation(id))?;
    let before = ReservationDraft::from(&before.reservation);
    let detail = json!({"before": facts(&before), "after": facts(&draft)});
    note(c, actor, "reservation.update", id, &rack, &draft, detail)
}

/// Ends a reservation, or brings one back when its units are still free.
pub fn reservation_archive(
    c: &mut Conn,
    actor: &Actor,
    id: ReservationId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let (row, rack) = reservation_by_id(c, actor, id)?;
    let draft = ReservationDraft::from(&row.reservation);
    if !archived {
        refuse_wrong(c, actor, &draft, Some(id))?;
    }
    let changed = diesel::update(
        rack_reservations::table
            .find(id)
            .filter(rack_reservations::version.eq(version)),
    )
    .set((
        rack_reservations::archived_at.eq(archived.then_some(actor.now)),
        rack_reservations::version.eq(rack_reservations::version + 1),
        rack_reservations::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Reservation(id))?;
    let action = if archived {
        "reservation.archive"
    } else {
        "reservation.restore"
    };
    note(c, actor, action, id, &rack, &draft, json!({}))
}

fn facts(draft: &ReservationDraft) -> Value {
    json!({
        "kind": draft.kind, "first_unit": draft.first_unit, "last_unit": draft.last_unit, "faces": draft.faces,
        "customer_id": draft.customer_id, "reason": draft.reason, "until_date": draft.until_date,
    })
}

fn note(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    id: ReservationId,
    rack: &RackRow,
    draft: &ReservationDraft,
    detail: Value,
) -> Result<(), Fault> {
    let name = format!(
        "{} {}–{}",
        rack.rack.name, draft.first_unit, draft.last_unit
    );
    let event = Event::new(action, "reservation", id.get(), name)
        .for_customer(draft.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}
