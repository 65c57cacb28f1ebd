//! Reading intents.

use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::fold::contains_pattern;
use crate::base::ids::{DeviceId, IntentId};
use crate::base::page::{Page, PageRequest};
use crate::identity::{Actor, Permission};
use crate::power::model::{Action, IntentState};
use crate::power::rows::{Intent, Step};
use crate::power::state::LIVE;
use crate::store::Conn;
use crate::store::schema::{devices, power_intent_steps, power_intents};

/// Which intents to show.
#[derive(Debug, Clone, Default)]
pub struct IntentFilter {
    /// Machines whose name, label or serial contains this.
    pub text: String,
    /// In this state.
    pub state: Option<IntentState>,
    /// Only those not finished.
    pub live: bool,
    /// This action.
    pub action: Option<Action>,
    /// Of this machine.
    pub device: Option<DeviceId>,
}

/// Most rows of a CSV file.
const CSV_ROWS: i64 = 100_000;

/// Intents with the names of their machines, newest first.
pub fn intent_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &IntentFilter,
    request: &PageRequest,
) -> Result<Page<(Intent, String)>, Fault> {
    actor.require(Permission::ViewPower)?;
    let limit = i64::try_from(request.limit.clamp(1, 1000)).unwrap_or(1000);
    let key = |text: &Option<String>| text.as_deref().and_then(|key| key.parse::<IntentId>().ok());
    let (after, before) = (key(&request.after), key(&request.before));
    let total = filtered(actor, filter).count().get_result(c)?;
    let query = filtered(actor, filter)
        .select((Intent::as_select(), devices::name))
        .limit(limit + 1);
    // One row more than asked tells whether there is another page.
    let mut rows: Vec<(Intent, String)> = match (after, before) {
        (Some(after), _) => query
            .filter(power_intents::id.lt(after))
            .order(power_intents::id.desc())
            .load(c)?,
        (None, Some(before)) => query
            .filter(power_intents::id.gt(before))
            .order(power_intents::id.asc())
            .load(c)?,
        (None, None) => query.order(power_intents::id.desc()).load(c)?,
    };
    let backwards = after.is_none() && before.is_some();
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if backwards {
        rows.reverse();
    }
    let key_of = |row: Option<&(Intent, String)>| row.map(|(intent, _)| intent.id.to_string());
    let (is_older, is_newer) = if backwards {
        (true, more)
    } else {
        (more, after.is_some())
    };
    Ok(Page {
        next: is_older.then(|| key_of(rows.last())).flatten(),
        previous: is_newer.then(|| key_of(rows.first())).flatten(),
        rows,
        total,
    })
}

/// All intents that fit, for CSV.
pub fn intents_all(
    c: &mut Conn,
    actor: &Actor,
    filter: &IntentFilter,
) -> Result<Vec<(Intent, String)>, Fault> {
    actor.require(Permission::ViewPower)?;
    Ok(filtered(actor, filter)
        .select((Intent::as_select(), devices::name))
        .order(power_intents::id.desc())
        .limit(CSV_ROWS)
        .load(c)?)
}

type Joined = InnerJoin<power_intents::table, devices::table>;
type Filtered = IntoBoxed<'static, Joined, <Conn as Connection>::Backend>;

fn filtered(actor: &Actor, filter: &IntentFilter) -> Filtered {
    let mut query = power_intents::table.inner_join(devices::table).into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    if !filter.text.trim().is_empty() {
        let pattern = contains_pattern(&filter.text);
        query = query.filter(devices::search_folded.like(pattern).escape('\\'));
    }
    if let Some(state) = filter.state {
        query = query.filter(power_intents::state.eq(state));
    }
    if filter.live {
        query = query.filter(power_intents::state.eq_any(LIVE));
    }
    if let Some(action) = filter.action {
        query = query.filter(power_intents::action.eq(action));
    }
    if let Some(device) = filter.device {
        query = query.filter(power_intents::device_id.eq(device));
    }
    query
}

/// One intent on the actor's side of the wall.
pub fn intent_by_id(c: &mut Conn, actor: &Actor, id: IntentId) -> Result<Intent, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut query = power_intents::table
        .inner_join(devices::table)
        .filter(power_intents::id.eq(id))
        .select(Intent::as_select())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    query.first(c).optional()?.ok_or_else(Fault::not_found)
}

/// The steps of an intent, oldest first.
pub fn intent_steps(c: &mut Conn, actor: &Actor, id: IntentId) -> Result<Vec<Step>, Fault> {
    intent_by_id(c, actor, id)?;
    Ok(power_intent_steps::table
        .filter(power_intent_steps::intent_id.eq(id))
        .order(power_intent_steps::id.asc())
        .select(Step::as_select())
        .load(c)?)
}

/// The last intents of a machine, newest first; for its page.
pub fn intents_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    limit: i64,
) -> Result<Vec<Intent>, Fault> {
    let filter = IntentFilter {
        device: Some(device),
        ..IntentFilter::default()
    };
    actor.require(Permission::ViewPower)?;
    Ok(filtered(actor, &filter)
        .select(Intent::as_select())
        .order(power_intents::id.desc())
        .limit(limit)
        .load(c)?)
}
