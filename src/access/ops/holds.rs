//! What holds devices and customers' goods back in the building.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use crate::access::goods::{HoldDraft, HoldKind};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, HoldId, UserId};
use crate::base::text;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{customers, devices, holds};

/// What holds a device back in the building, or all goods of a customer.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = holds)]
pub struct Hold {
    /// Row id.
    pub id: HoldId,
    /// The device, when it is one.
    pub device_id: Option<DeviceId>,
    /// The customer, when it is all of theirs.
    pub customer_id: Option<CustomerId>,
    /// Why, in a word.
    pub kind: HoldKind,
    /// Why, in words.
    pub reason: String,
    /// Who set it.
    pub set_by_user_id: Option<UserId>,
    /// The name of who set it.
    pub set_by_name: String,
    /// Since when.
    pub set_at: Timestamp,
    /// The name of who lifted it, or empty.
    pub lifted_by_name: String,
    /// When.
    pub lifted_at: Option<Timestamp>,
    /// Why it was lifted.
    pub lift_reason: String,
    /// Version for changes.
    pub version: i64,
}

/// What a hold is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldSubject {
    /// One device.
    Device(DeviceId),
    /// All goods of a customer.
    Customer(CustomerId),
}

impl HoldSubject {
    const fn device(self) -> Option<DeviceId> {
        match self {
            Self::Device(id) => Some(id),
            Self::Customer(_) => None,
        }
    }

    const fn customer(self) -> Option<CustomerId> {
        match self {
            Self::Device(_) => None,
            Self::Customer(id) => Some(id),
        }
    }
}

/// Holds are the operator's business: customers see none, whatever their rights.
fn require_sight(actor: &Actor) -> Result<(), Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewCustomers)
}

/// Name of what a hold is on, and whose it is.
fn subject_named(
    c: &mut Conn,
    subject: HoldSubject,
) -> Result<(String, Option<CustomerId>), Fault> {
    let found: Option<(String, Option<CustomerId>)> = match subject {
        HoldSubject::Device(id) => devices::table
            .find(id)
            .select((devices::name, devices::customer_id))
            .first(c)
            .optional()?,
        HoldSubject::Customer(id) => customers::table
            .find(id)
            .select(customers::code)
            .first::<String>(c)
            .optional()?
            .map(|code| (code, Some(id))),
    };
    found.ok_or_else(Fault::not_found)
}

/// Name of what a hold is on, for whoever may set one.
pub fn hold_subject(c: &mut Conn, actor: &Actor, subject: HoldSubject) -> Result<String, Fault> {
    actor.require(Permission::SetHolds)?;
    Ok(subject_named(c, subject)?.0)
}

/// Holds a device back, or all goods of a customer; one of a kind at a time.
pub fn hold_set(
    c: &mut Conn,
    actor: &Actor,
    subject: HoldSubject,
    draft: &HoldDraft,
) -> Result<HoldId, Fault> {
    actor.require(Permission::SetHolds)?;
    let (name, owner) = subject_named(c, subject)?;
    let there = holds_on(c, subject)?;
    if there
        .iter()
        .any(|hold| hold.lifted_at.is_none() && hold.kind == draft.kind)
    {
        let message = Message::new("hold-fault-there");
        return Err(Fault::field("kind", message));
    }
    let id: HoldId = diesel::insert_into(holds::table)
        .values((
            holds::device_id.eq(subject.device()),
            holds::customer_id.eq(subject.customer()),
            holds::kind.eq(draft.kind),
            holds::reason.eq(&draft.reason),
            holds::set_by_user_id.eq(actor.user_id),
            holds::set_by_name.eq(&actor.name),
            holds::set_at.eq(actor.now),
        ))
        .returning(holds::id)
        .get_result(c)?;
    let detail = json!({"kind": draft.kind, "reason": draft.reason});
    note(c, actor, "hold.set", subject, (name, owner), detail)?;
    Ok(id)
}

fn note(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    subject: HoldSubject,
    (name, owner): (String, Option<CustomerId>),
    detail: serde_json::Value,
) -> Result<(), Fault> {
    let (kind, id) = match subject {
        HoldSubject::Device(id) => ("device", id.get()),
        HoldSubject::Customer(id) => ("customer", id.get()),
    };
    let event = Event::new(action, kind, id, name)
        .for_customer(owner)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// One hold, for whoever may lift it.
pub fn hold_by_id(c: &mut Conn, actor: &Actor, id: HoldId) -> Result<Hold, Fault> {
    require_sight(actor)?;
    holds::table
        .find(id)
        .select(Hold::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Lets goods go again. What was held as evidence is let go only by somebody else than who held it, with the right to release
/// goods.
pub fn hold_lift(c: &mut Conn, actor: &Actor, id: HoldId, reason: &str) -> Result<Hold, Fault> {
    actor.require(Permission::SetHolds)?;
    let hold = hold_by_id(c, actor, id)?;
    let reason = text::required_line("reason", reason, 500)?;
    if hold.lifted_at.is_some() {
        return Err(Fault::conflict(Message::new("hold-fault-lifted")));
    }
    if hold.kind == HoldKind::Evidence {
        actor.require(Permission::ReleaseGoods)?;
        if is_same_one(actor, hold.set_by_user_id, &hold.set_by_name) {
            return Err(Fault::conflict(Message::new("hold-fault-evidence")));
        }
    }
    let changed = diesel::update(
        holds::table
            .find(id)
            .filter(holds::version.eq(hold.version)),
    )
    .set((
        holds::lifted_by_user_id.eq(actor.user_id),
        holds::lifted_by_name.eq(&actor.name),
        holds::lifted_at.eq(Some(actor.now)),
        holds::lift_reason.eq(&reason),
        holds::version.eq(holds::version + 1),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let subject = subject_of(&hold)?;
    let named = subject_named(c, subject)?;
    let detail = json!({"kind": hold.kind, "reason": reason, "held": hold.reason});
    note(c, actor, "hold.lift", subject, named, detail)?;
    hold_by_id(c, actor, id)
}

fn subject_of(hold: &Hold) -> Result<HoldSubject, Fault> {
    match (hold.device_id, hold.customer_id) {
        (Some(device), _) => Ok(HoldSubject::Device(device)),
        (None, Some(customer)) => Ok(HoldSubject::Customer(customer)),
        (None, None) => Err(Fault::internal(format!("hold {} is on nothing", hold.id))),
    }
}

fn holds_on(c: &mut Conn, subject: HoldSubject) -> Result<Vec<Hold>, Fault> {
    let mut query = holds::table.into_boxed();
    query = match subject {
        HoldSubject::Device(id) => query.filter(holds::device_id.eq(id)),
        HoldSubject::Customer(id) => query.filter(holds::customer_id.eq(id)),
    };
    let mut found: Vec<Hold> = query
        .order(holds::id.desc())
        .limit(100)
        .select(Hold::as_select())
        .load(c)?;
    found.sort_by_key(|hold| hold.lifted_at.is_some());
    Ok(found)
}

/// The holds on a device or a customer, those in force first.
pub fn holds_of(c: &mut Conn, actor: &Actor, subject: HoldSubject) -> Result<Vec<Hold>, Fault> {
    require_sight(actor)?;
    subject_named(c, subject)?;
    holds_on(c, subject)
}

/// The holds in force against some devices and against all goods of their owner. For the operations of this program: the
/// caller has checked the right.
pub(super) fn holds_against(
    c: &mut Conn,
    on: &[DeviceId],
    owner: Option<CustomerId>,
) -> Result<Vec<Hold>, Fault> {
    let mut found: Vec<Hold> = holds::table
        .filter(holds::device_id.eq_any(on.to_vec()))
        .filter(holds::lifted_at.is_null())
        .order(holds::id.asc())
        .select(Hold::as_select())
        .load(c)?;
    if let Some(owner) = owner {
        let all: Vec<Hold> = holds::table
            .filter(holds::customer_id.eq(owner))
            .filter(holds::lifted_at.is_null())
            .order(holds::id.asc())
            .select(Hold::as_select())
            .load(c)?;
        found.extend(all);
    }
    Ok(found)
}

/// Whether the actor is the one who did something before; programs and terminals are told apart by name.
pub(super) fn is_same_one(actor: &Actor, user: Option<UserId>, name: &str) -> bool {
    match (actor.user_id, user) {
        (Some(now), Some(before)) => now == before,
        (None, None) => actor.name == name,
        _ => false,
    }
}
