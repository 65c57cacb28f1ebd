//! The budget of a rack's page: what it may draw when its worst feed is away, and what it does.

use serde_json::{Value, json};

use crate::base::fault::Fault;
use crate::base::ids::RackId;
use crate::facility::chain::{Budget, Verdict};
use crate::facility::{RackPower, rack_power};
use crate::identity::{Actor, Permission};
use crate::metering::draws_now;
use crate::store::Conn;

/// The three budgets of a rack.
pub(in crate::web) struct Budgets {
    /// The rack with its feeds.
    pub power: RackPower,
    /// By what was measured.
    pub measured: Budget,
    /// By what the types are planned to draw.
    pub allocated: Budget,
    /// By contract.
    pub contracted: Budget,
}

/// Computes the budgets of a rack.
pub(in crate::web) fn budgets(c: &mut Conn, actor: &Actor, rack: RackId) -> Result<Budgets, Fault> {
    let power = rack_power(c, actor, rack)?;
    let draws = draws_now(c, actor, &power.machines())?;
    Ok(Budgets {
        measured: power.measured(&draws),
        allocated: power.allocated(),
        contracted: power.contracted(),
        power,
    })
}

/// The value `budget` of a rack's page; null for those who may not see where devices hang.
pub(super) fn budget_section(c: &mut Conn, actor: &Actor, rack: RackId) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewPower) || !actor.may(Permission::ViewDevices) {
        return Ok(Value::Null);
    }
    let of = budgets(c, actor, rack)?;
    let feeds: Vec<Value> = of
        .power
        .serving()
        .map(|feed| {
            json!({
                "id": feed.id,
                "name": feed.name,
                "side": feed.side,
                "usable": feed.usable,
            })
        })
        .collect();
    let rows = [
        ("measured", &of.measured),
        ("allocated", &of.allocated),
        ("contracted", &of.contracted),
    ];
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(basis, budget)| budget_value(&of.power, basis, budget))
        .collect();
    Ok(json!({"feeds": feeds, "rows": rows}))
}

fn budget_value(power: &RackPower, basis: &str, budget: &Budget) -> Value {
    let worst = budget.worst.map(|pinch| {
        json!({
            "failed": power.feed_name(pinch.failed),
            "on": power.feed_name(pinch.on),
            "own": pinch.own,
            "others": pinch.others,
            "usable": pinch.usable,
            "budget": pinch.budget(),
            "margin": pinch.margin(),
            "percent": pinch.percent(),
            "meter": pinch.percent().min(100),
        })
    });
    json!({
        "basis": basis,
        "verdict": budget.verdict,
        "kind": kind(budget.verdict),
        "watts": budget.watts,
        "dark": budget.dark,
        "unknown": budget.unknown,
        "worst": worst,
    })
}

/// The state in which a verdict is shown.
const fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fits => "ok",
        Verdict::Over => "fault",
        Verdict::NothingLeft => "warning",
        Verdict::NoFeeds | Verdict::NoFigures => "off",
    }
}
