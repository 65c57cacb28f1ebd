//! What happens to a goods pass: handed in, released, refused, cancelled, done.

use diesel::prelude::*;
use serde_json::json;

use super::release::{carry_in, carry_out, check_out};
use super::rows::GoodsPass;
use super::{advance, audit_pass, items_of, note_entry, pass_row};
use crate::access::goods::Direction;
use crate::access::goods_state::GoodsAction;
use crate::access::ops::holds::is_same_one;
use crate::base::fault::{Fault, Message};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::goods_passes;

/// Takes one step, with its entry and its audit entry.
fn take(
    c: &mut Conn,
    actor: &Actor,
    pass: &mut GoodsPass,
    action: GoodsAction,
    note: &str,
) -> Result<(), Fault> {
    let before = pass.state;
    advance(c, actor, pass, action)?;
    note_entry(c, actor, pass.id, pass.state, note)?;
    let audited = match action {
        GoodsAction::Submit => "goods.submit",
        GoodsAction::Approve => "goods.approve",
        GoodsAction::Refuse => "goods.refuse",
        GoodsAction::Cancel => "goods.cancel",
        GoodsAction::Finish => "goods.finish",
    };
    let detail = json!({"before": before, "after": pass.state, "note": note});
    audit_pass(c, actor, pass, audited, detail)
}

/// Who may let goods pass or not: the desk for what comes in, those who release for what goes out.
fn require_release(actor: &Actor, pass: &GoodsPass) -> Result<(), Fault> {
    match pass.direction {
        Direction::In => actor.require(Permission::DeskVisits),
        Direction::Out => actor.require(Permission::ReleaseGoods),
    }
}

/// A draft is handed in.
pub fn goods_submit(c: &mut Conn, actor: &Actor, number: &str) -> Result<(), Fault> {
    actor.require(Permission::AnnounceVisits)?;
    let mut pass = pass_row(c, actor, number)?;
    take(c, actor, &mut pass, GoodsAction::Submit, "")
}

/// The goods may pass the door. What goes out belongs to the customer of the pass, is not held back, and is released by
/// somebody who did not draft the pass.
pub fn goods_approve(c: &mut Conn, actor: &Actor, number: &str, note: &str) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut pass = pass_row(c, actor, number)?;
    require_release(actor, &pass)?;
    let note = text::line("note", note, 500)?;
    // Where it stands comes first: a second click is told that, not what else is wrong.
    pass.state.after(GoodsAction::Approve)?;
    if pass.direction == Direction::Out {
        if is_same_one(actor, pass.created_by_user_id, &pass.created_by_name) {
            return Err(Fault::conflict(Message::new("goods-fault-own-draft")));
        }
        let items = items_of(c, pass.id)?;
        check_out(c, &pass, &items)?;
    }
    take(c, actor, &mut pass, GoodsAction::Approve, &note)?;
    diesel::update(goods_passes::table.find(pass.id))
        .set((
            goods_passes::released_by_user_id.eq(actor.user_id),
            goods_passes::released_by_name.eq(&actor.name),
            goods_passes::released_at.eq(Some(actor.now)),
        ))
        .execute(c)?;
    Ok(())
}

/// The goods may not pass the door, and why.
pub fn goods_refuse(c: &mut Conn, actor: &Actor, number: &str, why: &str) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut pass = pass_row(c, actor, number)?;
    require_release(actor, &pass)?;
    let why = text::required_line("note", why, 500)?;
    take(c, actor, &mut pass, GoodsAction::Refuse, &why)
}

/// It is called off before the goods passed the door.
pub fn goods_cancel(c: &mut Conn, actor: &Actor, number: &str, why: &str) -> Result<(), Fault> {
    actor.require(Permission::AnnounceVisits)?;
    let mut pass = pass_row(c, actor, number)?;
    let why = text::line("note", why, 500)?;
    take(c, actor, &mut pass, GoodsAction::Cancel, &why)
}

/// The goods were checked and passed the door: the inventory says so in the same transaction. What goes out is checked at the
/// door by somebody who did not release it, and once more against holds and owners.
pub fn goods_finish(c: &mut Conn, actor: &Actor, number: &str, note: &str) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut pass = pass_row(c, actor, number)?;
    let note = text::line("note", note, 500)?;
    pass.state.after(GoodsAction::Finish)?;
    let items = items_of(c, pass.id)?;
    match pass.direction {
        Direction::Out => {
            if is_same_one(actor, pass.released_by_user_id, &pass.released_by_name) {
                return Err(Fault::conflict(Message::new("goods-fault-own-release")));
            }
            check_out(c, &pass, &items)?;
            carry_out(c, actor, &pass, &items)?;
        }
        Direction::In => carry_in(c, actor, &pass, &items)?,
    }
    take(c, actor, &mut pass, GoodsAction::Finish, &note)?;
    diesel::update(goods_passes::table.find(pass.id))
        .set((
            goods_passes::done_by_user_id.eq(actor.user_id),
            goods_passes::done_by_name.eq(&actor.name),
            goods_passes::done_at.eq(Some(actor.now)),
        ))
        .execute(c)?;
    Ok(())
}
