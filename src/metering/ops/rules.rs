//! What is done with the rules for events.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::ThresholdRuleId;
use crate::identity::{Actor, Permission};
use crate::metering::rows::{RuleColumns, RuleRow};
use crate::metering::threshold::{Rule, RuleDraft, RuleScope};
use crate::store::Conn;
use crate::store::schema::{bandwidth_allocations, customers, devices, ports, threshold_rules};

/// Rules exist for the operator only.
fn require(actor: &Actor, permission: Permission) -> Result<(), Fault> {
    if actor.wall().customer().is_some() {
        return Err(Fault::not_found());
    }
    actor.require(permission)
}

/// All rules: a kind's together, that of everywhere first.
pub(super) fn rules_all(c: &mut Conn) -> Result<Vec<Rule>, Fault> {
    let rows: Vec<RuleRow> = threshold_rules::table
        .select(RuleRow::as_select())
        .load(c)?;
    let mut rules: Vec<Rule> = rows.into_iter().map(Rule::from).collect();
    rules.sort_by_key(|rule| (rule.kind, rule.scope, rule.scope_id));
    Ok(rules)
}

/// The rules for machines; for the task that judges them.
pub fn machine_rules(c: &mut Conn) -> Result<Vec<Rule>, Fault> {
    let mut rules = rules_all(c)?;
    rules.retain(|rule| rule.kind.is_of_machines());
    Ok(rules)
}

/// All rules, each with the name of the place it is for; empty for everywhere.
pub fn rule_list(c: &mut Conn, actor: &Actor) -> Result<Vec<(Rule, String)>, Fault> {
    require(actor, Permission::ViewNetwork)?;
    let rules = rules_all(c)?;
    let mut named = Vec::with_capacity(rules.len());
    for rule in rules {
        let name = place_name(c, rule.scope, rule.scope_id)?.unwrap_or_default();
        named.push((rule, name));
    }
    Ok(named)
}

/// One rule.
pub fn rule_by_id(c: &mut Conn, actor: &Actor, id: ThresholdRuleId) -> Result<Rule, Fault> {
    require(actor, Permission::ViewNetwork)?;
    let row: Option<RuleRow> = threshold_rules::table
        .find(id)
        .select(RuleRow::as_select())
        .first(c)
        .optional()?;
    row.map(Rule::from).ok_or_else(Fault::not_found)
}

/// The name of the customer, device, port or allocation that a rule is for; `None` when there is no such thing.
fn place_name(c: &mut Conn, scope: RuleScope, id: i64) -> Result<Option<String>, Fault> {
    let name = match scope {
        RuleScope::All => Some(String::new()),
        RuleScope::Customer => customers::table
            .filter(customers::id.eq(id))
            .select(customers::name)
            .first(c)
            .optional()?,
        RuleScope::Device => devices::table
            .filter(devices::id.eq(id))
            .select(devices::name)
            .first(c)
            .optional()?,
        RuleScope::Port => ports::table
            .inner_join(devices::table)
            .filter(ports::id.eq(id))
            .select((devices::name, ports::name))
            .first::<(String, String)>(c)
            .optional()?
            .map(|(device, port)| format!("{device} {port}")),
        RuleScope::Allocation => bandwidth_allocations::table
            .filter(bandwidth_allocations::id.eq(id))
            .select(bandwidth_allocations::name)
            .first(c)
            .optional()?,
    };
    Ok(name)
}

/// Refuses a place that is not there, and a second rule of a kind for the same place.
fn refuse(c: &mut Conn, draft: &RuleDraft, except: Option<ThresholdRuleId>) -> Result<(), Fault> {
    if place_name(c, draft.scope, draft.scope_id)?.is_none() {
        return Err(Fault::field("scope_id", Message::new("fault-rule-place")));
    }
    let there: Option<ThresholdRuleId> = threshold_rules::table
        .filter(threshold_rules::kind.eq(draft.kind))
        .filter(threshold_rules::scope.eq(draft.scope))
        .filter(threshold_rules::scope_id.eq(draft.scope_id))
        .select(threshold_rules::id)
        .first(c)
        .optional()?;
    match there {
        Some(id) if Some(id) != except => {
            Err(Fault::field("scope", Message::new("fault-rule-twice")))
        }
        _ => Ok(()),
    }
}

fn told(draft: &RuleDraft) -> serde_json::Value {
    json!({"scope": draft.scope, "scope_id": draft.scope_id, "severity": draft.severity,
        "raise_percent": draft.raise_percent, "clear_percent": draft.clear_percent,
        "raise_minutes": draft.raise_minutes, "clear_minutes": draft.clear_minutes,
        "errors_per_minute": draft.errors_per_minute, "enabled": draft.enabled})
}

/// Adds a rule.
pub fn rule_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &RuleDraft,
) -> Result<ThresholdRuleId, Fault> {
    require(actor, Permission::EditNetwork)?;
    refuse(c, draft, None)?;
    let id: ThresholdRuleId = diesel::insert_into(threshold_rules::table)
        .values((
            RuleColumns::from(draft),
            threshold_rules::created_at.eq(actor.now),
            threshold_rules::updated_at.eq(actor.now),
        ))
        .returning(threshold_rules::id)
        .get_result(c)?;
    let event = Event::new("rule.create", "rule", id.get(), draft.kind.as_str())
        .with(json!({"after": told(draft)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a rule; `version` is the one that was read.
pub fn rule_update(
    c: &mut Conn,
    actor: &Actor,
    id: ThresholdRuleId,
    version: i64,
    draft: &RuleDraft,
) -> Result<(), Fault> {
    require(actor, Permission::EditNetwork)?;
    let before = rule_by_id(c, actor, id)?;
    refuse(c, draft, Some(id))?;
    let changed = diesel::update(
        threshold_rules::table
            .find(id)
            .filter(threshold_rules::version.eq(version)),
    )
    .set((
        RuleColumns::from(draft),
        threshold_rules::version.eq(threshold_rules::version + 1),
        threshold_rules::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("rule.update", "rule", id.get(), draft.kind.as_str()).with(json!({
        "before": {"scope": before.scope, "scope_id": before.scope_id, "severity": before.severity,
            "raise_percent": before.raise_percent, "clear_percent": before.clear_percent,
            "raise_minutes": before.raise_minutes, "clear_minutes": before.clear_minutes,
            "errors_per_minute": before.errors_per_minute, "enabled": before.enabled},
        "after": told(draft),
    }));
    audit::record(c, &actor.author(), actor.now, event)
}
