//! The address that stands for a device, for programs that ask for many devices at once.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::addressing::rows::{Assignment, IpAddress};
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, IpAddressId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_assignments};

/// The lowest live address that each of these devices has now, version 4 before version 6, as far as the actor may see
/// it; nothing for devices without one, and nothing for who may see no addresses.
pub fn primary_addresses(
    c: &mut Conn,
    actor: &Actor,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, String>, Fault> {
    if devices.is_empty() || !actor.may(Permission::ViewAddresses) {
        return Ok(HashMap::new());
    }
    let mut held: Vec<Assignment> = ip_assignments::table
        .filter(ip_assignments::device_id.eq_any(devices.to_vec()))
        .filter(ip_assignments::address_id.is_not_null())
        .filter(ip_assignments::from_at.le(actor.now))
        .filter(
            ip_assignments::until_at
                .is_null()
                .or(ip_assignments::until_at.gt(actor.now)),
        )
        .select(Assignment::as_select())
        .load(c)?;
    held.retain(|row| actor.wall().shows(row.customer_id));
    let ids: Vec<IpAddressId> = held.iter().filter_map(|row| row.address_id).collect();
    let addresses: Vec<IpAddress> = ip_addresses::table
        .filter(ip_addresses::id.eq_any(ids))
        .filter(ip_addresses::archived_at.is_null())
        .select(IpAddress::as_select())
        .load(c)?;
    let known: HashMap<IpAddressId, &IpAddress> =
        addresses.iter().map(|one| (one.id, one)).collect();
    let mut first: HashMap<DeviceId, &IpAddress> = HashMap::new();
    for row in &held {
        let (Some(device), Some(id)) = (row.device_id, row.address_id) else {
            continue;
        };
        let Some(address) = known.get(&id).copied() else {
            continue;
        };
        let there = first.entry(device).or_insert(address);
        if (address.family, address.address) < (there.family, there.address) {
            *there = address;
        }
    }
    Ok(first
        .into_iter()
        .map(|(device, address)| (device, address.ip().to_string()))
        .collect())
}
