//! Devices with what programs reach them by, page after page: for service discovery and for inventories.

use std::collections::HashMap;

use rocket::form::FromForm;
use utoipa::IntoParams;

use crate::addressing::primary_addresses;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, RackId, RoomId, SiteId};
use crate::base::page::every_page;
use crate::identity::{Actor, Permission};
use crate::inventory::{DeviceFilter, DeviceRole, DeviceRow, DeviceStatus, device_list};
use crate::metering::{TargetAddress, target_addresses};
use crate::power::ops::{EndpointAddress, endpoint_addresses};
use crate::store::Conn;
use crate::tenancy::customer_sought;

/// Devices in one answer; more are asked for by site, room, rack or customer.
pub const MOST_HOSTS: usize = 50_000;

/// Which devices are meant.
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HostQuery {
    /// Only of this site, by its number.
    pub site: Option<i64>,
    /// Only of this room, by its number.
    pub room: Option<i64>,
    /// Only of this rack, by its number.
    pub rack: Option<i64>,
    /// Only of this customer, by its code.
    pub customer: Option<String>,
    /// Only of this role, like `server` or `switch`.
    pub role: Option<String>,
}

impl HostQuery {
    fn filter(&self, c: &mut Conn, actor: &Actor) -> Result<DeviceFilter, Fault> {
        let customer_id = match self.customer.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(code) => Some(customer_sought(c, actor, code)?),
        };
        let role = match self.role.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(word) => Some(DeviceRole::from_word(word).ok_or_else(|| {
                let message = Message::new("fault-choice").with("allowed", DeviceRole::words());
                Fault::field("role", message)
            })?),
        };
        Ok(DeviceFilter {
            customer_id,
            role,
            site_id: self.site.map(SiteId::new),
            room_id: self.room.map(RoomId::new),
            rack_id: self.rack.map(RackId::new),
            ..DeviceFilter::default()
        })
    }
}

/// What is looked up beside the devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Their own addresses.
    Addresses,
    /// Their SNMP agents.
    Agents,
    /// Their BMCs.
    Controllers,
    /// Their own addresses and, for who may see them, their BMCs.
    All,
}

/// A device and how it is reached.
pub struct Host<'a> {
    /// The device.
    pub row: &'a DeviceRow,
    /// Its own address.
    pub address: Option<&'a str>,
    /// Its SNMP agent.
    pub agent: Option<&'a TargetAddress>,
    /// Its BMC.
    pub controller: Option<&'a EndpointAddress>,
}

/// Goes through the devices that the actor may see, by name, a page of them in memory at a time. Those that are gone are
/// left out.
pub fn hosts(
    c: &mut Conn,
    actor: &Actor,
    query: &HostQuery,
    wanted: Wanted,
    mut each: impl FnMut(&Host<'_>),
) -> Result<(), Fault> {
    actor.require(Permission::ViewDevices)?;
    let filter = query.filter(c, actor)?;
    every_page(|page| {
        let part = device_list(c, actor, &filter, page)?;
        if usize::try_from(part.total).unwrap_or(usize::MAX) > MOST_HOSTS {
            let message = Message::new("hosts-too-many")
                .with("count", part.total)
                .with("most", MOST_HOSTS);
            return Err(Fault::conflict(message));
        }
        let ids: Vec<DeviceId> = part.rows.iter().map(|row| row.device.id).collect();
        let mut addresses = HashMap::new();
        let mut agents = HashMap::new();
        let mut controllers = HashMap::new();
        if matches!(wanted, Wanted::Addresses | Wanted::All) {
            addresses = primary_addresses(c, actor, &ids)?;
        }
        if wanted == Wanted::Agents {
            agents = target_addresses(c, actor, &ids)?;
        }
        let may_see_controllers = actor.may(Permission::ViewBmc);
        if wanted == Wanted::Controllers || (wanted == Wanted::All && may_see_controllers) {
            controllers = endpoint_addresses(c, actor, &ids)?;
        }
        for row in &part.rows {
            if row.device.status != DeviceStatus::Removed {
                let id = row.device.id;
                each(&Host {
                    row,
                    address: addresses.get(&id).map(String::as_str),
                    agent: agents.get(&id),
                    controller: controllers.get(&id),
                });
            }
        }
        Ok(part.next)
    })
}

/// What is known of a device under short names: its record, its owner and its place. Empty where nothing is.
pub fn host_facts(row: &DeviceRow) -> Vec<(&'static str, String)> {
    let position = row.position();
    let placed = |pick: fn(&crate::inventory::Position) -> &str| {
        position
            .as_ref()
            .map_or_else(String::new, |one| pick(one).to_owned())
    };
    let unit = position.as_ref().and_then(|one| one.unit.clone());
    vec![
        ("device", row.device.name.clone()),
        ("device_id", row.device.id.to_string()),
        ("status", row.device.status.to_string()),
        ("serial", row.device.serial.clone().unwrap_or_default()),
        ("role", row.role().to_string()),
        ("type", row.device_type.slug.clone()),
        (
            "customer",
            row.customer
                .as_ref()
                .map_or_else(String::new, |owner| owner.code.clone()),
        ),
        ("site", placed(|one| &one.site)),
        ("room", placed(|one| &one.room)),
        ("rack", placed(|one| &one.rack)),
        ("unit", unit.unwrap_or_default()),
    ]
}
