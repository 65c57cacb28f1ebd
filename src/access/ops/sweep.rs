//! What becomes of visits when nobody does anything: those that nobody came to, and those that nobody left.

use diesel::prelude::*;
use serde_json::json;

use super::{advance, audit_visit, note_event};
use crate::access::model::VisitEventKind;
use crate::access::rows::Visit;
use crate::access::state::{VisitAction, VisitState};
use crate::base::fault::Fault;
use crate::base::ids::VisitId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::{visit_events, visits};
use crate::store::settings::{set_setting, setting};

/// When the last look was.
const LOOKED_AT: &str = "visits.looked_at";
/// A longer time between two looks is a clock that was set, or a program that stood still: the next look decides.
const LONGEST_GAP_S: i64 = 6 * 3600;
/// Visits of one look.
const AT_ONCE: i64 = 500;

/// What one look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Visits that nobody came to.
    pub no_show: usize,
    /// Visits that someone is still on after the planned end, told for the first time.
    pub overdue: usize,
}

/// Marks visits nobody came to, `no_show_h` hours after their planned end, and notes those that are overdue, once each.
///
/// It takes the clock's word only when the look before was a short while ago by the same clock: after a step forwards
/// or back it does nothing but remember the time, so that a wrong clock has to stay wrong over two looks to do harm.
pub fn visits_sweep(c: &mut Conn, now: Timestamp, no_show_h: i64) -> Result<Swept, Fault> {
    let before = setting(c, LOOKED_AT)?
        .and_then(|text| text.parse::<i64>().ok())
        .map(Timestamp::from_millis);
    set_setting(c, LOOKED_AT, &now.millis().to_string(), now)?;
    let trusted = before.is_some_and(|before| {
        let gap = now.since_millis(before);
        (0..=LONGEST_GAP_S * 1000).contains(&gap)
    });
    let mut swept = Swept {
        no_show: 0,
        overdue: 0,
    };
    if !trusted {
        return Ok(swept);
    }
    let actor = Actor::task("visits", now);
    let missed: Vec<Visit> = visits::table
        .filter(visits::state.eq_any([VisitState::Announced, VisitState::Expected]))
        .filter(visits::planned_until.le(now.plus_seconds(-no_show_h * 3600)))
        .order(visits::id.asc())
        .limit(AT_ONCE)
        .select(Visit::as_select())
        .load(c)?;
    for mut visit in missed {
        let before = visit.state;
        advance(c, &actor, &mut visit, VisitAction::NoShow)?;
        note_event(c, &actor, visit.id, None, VisitEventKind::NoShow, "")?;
        let detail = json!({"before": before, "after": visit.state});
        audit_visit(c, &actor, &visit, "visit.no_show", detail)?;
        swept.no_show += 1;
    }
    let told = visit_events::table
        .filter(visit_events::event.eq(VisitEventKind::Overdue))
        .select(visit_events::visit_id);
    let late: Vec<VisitId> = visits::table
        .filter(visits::state.eq(VisitState::CheckedIn))
        .filter(visits::planned_until.lt(now))
        .filter(visits::id.ne_all(told))
        .order(visits::id.asc())
        .limit(AT_ONCE)
        .select(visits::id)
        .load(c)?;
    for visit in late {
        note_event(c, &actor, visit, None, VisitEventKind::Overdue, "")?;
        swept.overdue += 1;
    }
    Ok(swept)
}
