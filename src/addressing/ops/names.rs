//! Names of what addresses belong to.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::addressing::rows::{Assignment, AssignmentRow, Named};
use crate::base::fault::Fault;
use crate::base::ids::{CustomerId, DeviceId, SiteId, VrfId};
use crate::facility::CustomerName;
use crate::store::Conn;
use crate::store::schema::{customers, devices, sites, vrfs};

/// Ids a statement may name at once; SQLite allows 32,766 values.
const MANY: usize = 10_000;

fn distinct<T: Ord>(ids: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Codes of sites.
pub(super) fn site_names(
    c: &mut Conn,
    ids: impl IntoIterator<Item = SiteId>,
) -> Result<HashMap<SiteId, Named>, Fault> {
    let found: Vec<(SiteId, String)> = sites::table
        .filter(sites::id.eq_any(distinct(ids)))
        .select((sites::id, sites::code))
        .load(c)?;
    let named = |(id, name): (SiteId, String)| (id, Named { id: id.get(), name });
    Ok(found.into_iter().map(named).collect())
}

/// Names of all routing tables.
pub(super) fn vrf_names(c: &mut Conn) -> Result<HashMap<VrfId, String>, Fault> {
    let found: Vec<(VrfId, String)> = vrfs::table.select((vrfs::id, vrfs::name)).load(c)?;
    Ok(found.into_iter().collect())
}

/// Codes of all sites, for exports.
pub fn site_codes(c: &mut Conn) -> Result<HashMap<SiteId, String>, Fault> {
    let found: Vec<(SiteId, String)> = sites::table.select((sites::id, sites::code)).load(c)?;
    Ok(found.into_iter().collect())
}

/// Assignments with the names of who has them.
pub(super) fn with_holders(
    c: &mut Conn,
    found: Vec<Assignment>,
) -> Result<Vec<AssignmentRow>, Fault> {
    let mut device_names: HashMap<DeviceId, String> = HashMap::new();
    for ids in distinct(found.iter().filter_map(|row| row.device_id)).chunks(MANY) {
        let named: Vec<(DeviceId, String)> = devices::table
            .filter(devices::id.eq_any(ids))
            .select((devices::id, devices::name))
            .load(c)?;
        device_names.extend(named);
    }
    let ids = distinct(found.iter().filter_map(|row| row.customer_id));
    let named: Vec<(CustomerId, String, String)> = customers::table
        .filter(customers::id.eq_any(ids))
        .select((customers::id, customers::code, customers::name))
        .load(c)?;
    let owners: HashMap<CustomerId, CustomerName> = named
        .into_iter()
        .map(|(id, code, name)| (id, CustomerName { id, code, name }))
        .collect();
    let row = |assignment: Assignment| {
        let device = assignment.device_id.and_then(|id| {
            let name = device_names.get(&id)?.clone();
            Some(Named { id: id.get(), name })
        });
        let customer = assignment
            .customer_id
            .and_then(|id| owners.get(&id).cloned());
        AssignmentRow {
            assignment,
            device,
            customer,
        }
    };
    Ok(found.into_iter().map(row).collect())
}
