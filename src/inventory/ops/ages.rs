//! Devices by warranty and age.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::devices::device_count;
use crate::base::fault::Fault;
use crate::identity::{Actor, Permission};
use crate::inventory::ages::{AgeDraft, Ages, WARRANTY_STEPS, WarrantyEnd, by_year};
use crate::store::Conn;
use crate::store::schema::devices;

/// How many live devices there are by the end of their warranty and by year of purchase; `today` is like `2026-11-22`.
/// A customer's are the own.
pub fn device_ages(c: &mut Conn, actor: &Actor, today: &str) -> Result<Ages, Fault> {
    actor.require(Permission::ViewDevices)?;
    let mut count = |end: WarrantyEnd| {
        let asked = AgeDraft {
            warranty: Some(end),
            ..AgeDraft::default()
        };
        device_count(c, actor, &asked.filter(today))
    };
    let ended = count(WarrantyEnd::Ended)?;
    let mut within = Vec::new();
    for days in WARRANTY_STEPS {
        within.push(count(WarrantyEnd::Within(days))?);
    }
    let live = devices::table.filter(devices::archived_at.is_null());
    let counted = (devices::purchased_on, count_star());
    let days: Vec<(Option<String>, i64)> = match actor.wall().customer() {
        None => live
            .group_by(devices::purchased_on)
            .select(counted)
            .load(c)?,
        Some(customer) => live
            .filter(devices::customer_id.eq(customer))
            .group_by(devices::purchased_on)
            .select(counted)
            .load(c)?,
    };
    let (years, undated) = by_year(days);
    Ok(Ages {
        ended,
        within,
        years,
        undated,
    })
}
