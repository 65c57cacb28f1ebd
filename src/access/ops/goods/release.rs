//! What must hold before goods leave, and what the inventory says after they passed the door.

use diesel::prelude::*;

use super::rows::{GoodsItem, GoodsPass};
use crate::access::goods::place_of;
use crate::access::ops::holds::holds_against;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceId, DeviceTypeId};
use crate::identity::{Actor, Role, TokenScope};
use crate::inventory::{DeviceDraft, device_arrive, device_create, device_leave};
use crate::store::Conn;
use crate::store::schema::{bmc_endpoints, devices, goods_items};

/// Refuses goods that are not the customer's of the pass, and goods that are held back.
pub(super) fn check_out(c: &mut Conn, pass: &GoodsPass, items: &[GoodsItem]) -> Result<(), Fault> {
    let named = devices_named(c, items)?;
    refuse_other_owners(pass, &named)?;
    for serial in items
        .iter()
        .filter(|item| item.device_id.is_none() && !item.serial.is_empty())
        .map(|item| &item.serial)
    {
        let found: Option<(String, Option<CustomerId>)> = devices::table
            .filter(devices::serial.eq(serial))
            .select((devices::name, devices::customer_id))
            .first(c)
            .optional()?;
        if let Some((name, owner)) = found
            && owner != pass.customer_id
        {
            let message = Message::new("goods-fault-owner").with("name", name);
            return Err(Fault::conflict(message));
        }
    }
    let ids: Vec<DeviceId> = named.iter().map(|(id, ..)| *id).collect();
    let holds = holds_against(c, &ids, pass.customer_id)?;
    if holds.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = holds
        .iter()
        .map(|hold| {
            let device = named.iter().find(|(id, ..)| Some(*id) == hold.device_id);
            match device {
                Some((_, name, _)) => format!("{name}: {}", hold.reason),
                None => hold.reason.clone(),
            }
        })
        .collect();
    let message = Message::new("goods-fault-held").with("holds", told.join("; "));
    Err(Fault::conflict(message))
}

/// The devices of some items with names and owners.
type Named = (DeviceId, String, Option<CustomerId>);

fn devices_named(c: &mut Conn, items: &[GoodsItem]) -> Result<Vec<Named>, Fault> {
    let ids: Vec<DeviceId> = items.iter().filter_map(|item| item.device_id).collect();
    Ok(devices::table
        .filter(devices::id.eq_any(ids))
        .order(devices::id.asc())
        .select((devices::id, devices::name, devices::customer_id))
        .load(c)?)
}

fn refuse_other_owners(pass: &GoodsPass, named: &[Named]) -> Result<(), Fault> {
    let foreign = named.iter().find(|(.., owner)| *owner != pass.customer_id);
    match foreign {
        Some((_, name, _)) => {
            let message = Message::new("goods-fault-owner").with("name", name.as_str());
            Err(Fault::conflict(message))
        }
        None => Ok(()),
    }
}

/// Who changes the inventory at the door: the one who acts, with the right that the released pass gives. Reception has no
/// other right to change devices.
fn on_the_pass(actor: &Actor) -> Actor {
    Actor {
        role: Role::Operations,
        customer_id: None,
        scope: TokenScope::Write,
        ..actor.clone()
    }
}

/// Takes the devices of a pass out of the building. What is in the way is named and nothing is changed: power that is on,
/// cables, blades, a lock.
pub(super) fn carry_out(
    c: &mut Conn,
    actor: &Actor,
    pass: &GoodsPass,
    items: &[GoodsItem],
) -> Result<(), Fault> {
    let acting = on_the_pass(actor);
    for item in items {
        let Some(device) = item.device_id else {
            continue;
        };
        refuse_powered(c, device)?;
        device_leave(c, &acting, device, &pass.number)?;
    }
    Ok(())
}

fn refuse_powered(c: &mut Conn, device: DeviceId) -> Result<(), Fault> {
    let on: Option<String> = bmc_endpoints::table
        .inner_join(devices::table)
        .filter(bmc_endpoints::device_id.eq(device))
        .filter(bmc_endpoints::power_state.eq("on"))
        .select(devices::name)
        .first(c)
        .optional()?;
    match on {
        Some(name) => Err(Fault::conflict(
            Message::new("goods-fault-powered").with("name", name),
        )),
        None => Ok(()),
    }
}

/// Brings the goods of a pass into the building: a device on record comes into stock there or into its place, one with a type
/// comes onto record first; the rest is written down on the pass alone.
pub(super) fn carry_in(
    c: &mut Conn,
    actor: &Actor,
    pass: &GoodsPass,
    items: &[GoodsItem],
) -> Result<(), Fault> {
    let acting = on_the_pass(actor);
    let named = devices_named(c, items)?;
    refuse_other_owners(pass, &named)?;
    for item in items {
        let device = match (item.device_id, item.device_type_id) {
            (Some(device), _) => device,
            (None, Some(kind)) => put_on_record(c, &acting, pass, item, kind)?,
            (None, None) => continue,
        };
        let place = place_of(item.rack_id, &item.unit, &item.face)?;
        device_arrive(c, &acting, device, (pass.site_id, &place), &pass.number)?;
    }
    Ok(())
}

/// Makes the record of a device that came in; it is called by its serial number, or by the pass and the line.
fn put_on_record(
    c: &mut Conn,
    acting: &Actor,
    pass: &GoodsPass,
    item: &GoodsItem,
    kind: DeviceTypeId,
) -> Result<DeviceId, Fault> {
    let name = if item.serial.is_empty() {
        format!("{}-{}", pass.number, item.sort)
    } else {
        item.serial.clone()
    };
    let owner = pass
        .customer_id
        .map_or_else(String::new, |owner| owner.to_string());
    let fields: Fields = [
        ("name", name),
        ("serial", item.serial.clone()),
        ("device_type_id", kind.to_string()),
        ("customer_id", owner),
        ("note", item.description.clone()),
    ]
    .into_iter()
    .collect();
    let device = device_create(c, acting, &DeviceDraft::parse(&fields)?)?;
    diesel::update(goods_items::table.find(item.id))
        .set(goods_items::device_id.eq(Some(device)))
        .execute(c)?;
    Ok(device)
}
