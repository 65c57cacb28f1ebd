//! The row of what was found of a target: made when there is something to know.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::metering::rows::Discovery;
use crate::store::Conn;
use crate::store::schema::target_discoveries;

/// What was found of a target; one of which nothing is known is unread.
pub fn discovery_of(c: &mut Conn, id: SnmpTargetId) -> Result<Discovery, Fault> {
    let there = target_discoveries::table
        .find(id)
        .select(Discovery::as_select())
        .first(c)
        .optional()?;
    Ok(there.unwrap_or(Discovery::unread(id)))
}

/// Changes what is known of a target; makes the row when it is the first.
pub(super) fn discovery_change(
    c: &mut Conn,
    id: SnmpTargetId,
    change: impl FnOnce(&mut Discovery),
) -> Result<(), Fault> {
    use target_discoveries as d;
    let there: Option<Discovery> = d::table
        .find(id)
        .select(Discovery::as_select())
        .first(c)
        .optional()?;
    let mut row = there.clone().unwrap_or(Discovery::unread(id));
    change(&mut row);
    if there.as_ref() == Some(&row) {
        return Ok(());
    }
    let columns = (
        d::take_over.eq(row.take_over),
        d::asked_at.eq(row.asked_at),
        d::surveyed_at.eq(row.surveyed_at),
        d::own_chassis_id.eq(row.own_chassis_id),
        d::neighbours_state.eq(row.neighbours_state),
        d::neighbours_detail.eq(row.neighbours_detail),
        d::unplaced.eq(row.unplaced),
        d::chassis_state.eq(row.chassis_state),
        d::chassis_detail.eq(row.chassis_detail),
        d::trap_at.eq(row.trap_at),
        d::trap_kind.eq(row.trap_kind),
        d::traps.eq(row.traps),
        d::hinted_at.eq(row.hinted_at),
    );
    match there {
        Some(_) => diesel::update(d::table.find(id)).set(columns).execute(c)?,
        None => diesel::insert_into(d::table)
            .values((d::target_id.eq(id), columns))
            .execute(c)?,
    };
    Ok(())
}
