//! What is done with goods passes.

mod draft;
mod life;
mod list;
mod release;
mod rows;

use diesel::prelude::*;
use serde_json::Value;

use crate::access::goods_state::{GoodsAction, GoodsState};
use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::ids::GoodsPassId;
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::{goods_events, goods_items, goods_passes};

pub use draft::goods_draft;
pub use life::{goods_approve, goods_cancel, goods_finish, goods_refuse, goods_submit};
pub use list::{
    GoodsFilter, goods_by_number, goods_devices, goods_events_of, goods_export, goods_list,
    goods_types,
};
pub use rows::{GoodsEvent, GoodsItem, GoodsLine, GoodsPass, GoodsRecord};

/// A goods pass that the actor may see.
pub(super) fn pass_row(c: &mut Conn, actor: &Actor, number: &str) -> Result<GoodsPass, Fault> {
    let mut query = goods_passes::table
        .filter(goods_passes::number.eq(number.trim().to_uppercase()))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(goods_passes::customer_id.eq(own));
    }
    query
        .select(GoodsPass::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The items of a pass, line by line.
pub(super) fn items_of(c: &mut Conn, pass: GoodsPassId) -> Result<Vec<GoodsItem>, Fault> {
    Ok(goods_items::table
        .filter(goods_items::goods_pass_id.eq(pass))
        .order((goods_items::sort.asc(), goods_items::id.asc()))
        .select(GoodsItem::as_select())
        .load(c)?)
}

/// Appends an entry to the record of a pass.
pub(super) fn note_entry(
    c: &mut Conn,
    actor: &Actor,
    pass: GoodsPassId,
    event: GoodsState,
    note: &str,
) -> Result<(), Fault> {
    diesel::insert_into(goods_events::table)
        .values((
            goods_events::goods_pass_id.eq(pass),
            goods_events::at.eq(actor.now),
            goods_events::event.eq(event),
            goods_events::author_user_id.eq(actor.user_id),
            goods_events::author_name.eq(&actor.name),
            goods_events::remote.eq(&actor.remote),
            goods_events::note.eq(note),
        ))
        .execute(c)?;
    Ok(())
}

/// Leaves the audit entry of something done to a pass.
pub(super) fn audit_pass(
    c: &mut Conn,
    actor: &Actor,
    pass: &GoodsPass,
    action: &'static str,
    detail: Value,
) -> Result<(), Fault> {
    let event = Event::new(action, "goods_pass", pass.id.get(), &pass.number)
        .for_customer(pass.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Moves a pass along its table of transitions; the row tells the new state afterwards.
pub(super) fn advance(
    c: &mut Conn,
    actor: &Actor,
    pass: &mut GoodsPass,
    action: GoodsAction,
) -> Result<(), Fault> {
    let state = pass.state.after(action)?;
    let changed = diesel::update(
        goods_passes::table
            .find(pass.id)
            .filter(goods_passes::version.eq(pass.version)),
    )
    .set((
        goods_passes::state.eq(state),
        goods_passes::version.eq(goods_passes::version + 1),
        goods_passes::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    pass.state = state;
    pass.version += 1;
    Ok(())
}
