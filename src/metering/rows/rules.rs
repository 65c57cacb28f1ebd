//! Rules as they are stored.

use diesel::prelude::*;

use crate::base::ids::ThresholdRuleId;
use crate::base::time::Timestamp;
use crate::metering::threshold::{Rule, RuleDraft, RuleKind, RuleScope};
use crate::notify::event::Severity;
use crate::store::schema::threshold_rules;

/// A stored rule.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = threshold_rules)]
pub(in crate::metering) struct RuleRow {
    id: ThresholdRuleId,
    kind: RuleKind,
    scope: RuleScope,
    scope_id: i64,
    severity: Severity,
    raise_percent: i64,
    clear_percent: i64,
    raise_minutes: i64,
    clear_minutes: i64,
    errors_per_minute: i64,
    enabled: bool,
    version: i64,
    updated_at: Timestamp,
}

impl From<RuleRow> for Rule {
    fn from(row: RuleRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            scope: row.scope,
            scope_id: row.scope_id,
            severity: row.severity,
            raise_percent: row.raise_percent,
            clear_percent: row.clear_percent,
            raise_minutes: row.raise_minutes,
            clear_minutes: row.clear_minutes,
            errors_per_minute: row.errors_per_minute,
            enabled: row.enabled,
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}

/// What people enter of a rule, as stored.
#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = threshold_rules)]
pub(in crate::metering) struct RuleColumns {
    kind: RuleKind,
    scope: RuleScope,
    scope_id: i64,
    severity: Severity,
    raise_percent: i64,
    clear_percent: i64,
    raise_minutes: i64,
    clear_minutes: i64,
    errors_per_minute: i64,
    enabled: bool,
}

impl From<&RuleDraft> for RuleColumns {
    fn from(draft: &RuleDraft) -> Self {
        Self {
            kind: draft.kind,
            scope: draft.scope,
            scope_id: draft.scope_id,
            severity: draft.severity,
            raise_percent: draft.raise_percent,
            clear_percent: draft.clear_percent,
            raise_minutes: draft.raise_minutes,
            clear_minutes: draft.clear_minutes,
            errors_per_minute: draft.errors_per_minute,
            enabled: draft.enabled,
        }
    }
}
