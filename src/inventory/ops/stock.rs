//! The stock room: since when a device is in it, and where.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::change::{changed_one, refuse_archived};
use super::devices::{device_by_id, device_list, types_of_devices};
use super::stocking::stock_follow;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, DeviceTypeId, SiteId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::model::{DeviceFilter, DeviceStatus};
use crate::inventory::stock::{StockDraft, StockPlace, StockRow, TypeCount};
use crate::store::Conn;
use crate::store::schema::{device_stock, device_types, devices, sites};

/// Where some devices lie, by device; a device that came before stock was kept is missing.
fn stock_places(c: &mut Conn, ids: &[DeviceId]) -> Result<HashMap<DeviceId, StockPlace>, Fault> {
    type Found = (DeviceId, Option<SiteId>, Option<String>, String, Timestamp);
    let found: Vec<Found> = device_stock::table
        .left_join(sites::table)
        .filter(device_stock::device_id.eq_any(ids.to_vec()))
        .select((
            device_stock::device_id,
            device_stock::site_id,
            sites::code.nullable(),
            device_stock::place,
            device_stock::since,
        ))
        .load(c)?;
    let place = |(id, site_id, site, place, since): Found| {
        let known = StockPlace {
            site_id,
            site: site.unwrap_or_default(),
            place,
            since,
        };
        (id, known)
    };
    Ok(found.into_iter().map(place).collect())
}

/// What lies in stock, as the filter narrows and sorts it; a page of it. A customer sees the own.
pub fn stock_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &DeviceFilter,
    page: &PageRequest,
) -> Result<Page<StockRow>, Fault> {
    let filter = in_stock(filter);
    let found = device_list(c, actor, &filter, page)?;
    let ids: Vec<DeviceId> = found.rows.iter().map(|row| row.device.id).collect();
    let mut places = stock_places(c, &ids)?;
    Ok(found.map(|row| StockRow {
        stock: places.remove(&row.device.id),
        row,
    }))
}

fn in_stock(filter: &DeviceFilter) -> DeviceFilter {
    DeviceFilter {
        status: Some(DeviceStatus::InStock),
        ..filter.clone()
    }
}

/// How many of each type a filter finds in stock, most first.
pub fn stock_counts(
    c: &mut Conn,
    actor: &Actor,
    filter: &DeviceFilter,
) -> Result<Vec<TypeCount>, Fault> {
    let mut counts: HashMap<DeviceTypeId, i64> = HashMap::new();
    for id in types_of_devices(c, actor, &in_stock(filter))? {
        *counts.entry(id).or_default() += 1;
    }
    let ids: Vec<DeviceTypeId> = counts.keys().copied().collect();
    let named: Vec<(DeviceTypeId, String, String)> = device_types::table
        .filter(device_types::id.eq_any(ids))
        .select((
            device_types::id,
            device_types::manufacturer,
            device_types::model,
        ))
        .load(c)?;
    let mut all: Vec<TypeCount> = named
        .into_iter()
        .map(|(id, manufacturer, model)| TypeCount {
            id,
            name: format!("{manufacturer} {model}"),
            count: counts.get(&id).copied().unwrap_or_default(),
        })
        .collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    Ok(all)
}

/// A device in stock and where it lies, for whoever may change that.
pub fn stock_by_device(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<StockRow, Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, id)?;
    refuse_archived(&row)?;
    if row.device.status != DeviceStatus::InStock {
        return Err(Fault::conflict(Message::new("stock-not-in-stock")));
    }
    let mut places = stock_places(c, &[id])?;
    Ok(StockRow {
        stock: places.remove(&id),
        row,
    })
}

/// Says where a device lies in stock; `version` is the device's that was read.
pub fn stock_put(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    draft: &StockDraft,
) -> Result<(), Fault> {
    let before = stock_by_device(c, actor, id)?;
    if let Some(site) = draft.site_id {
        let live: i64 = sites::table
            .filter(sites::id.eq(site))
            .count()
            .get_result(c)?;
        if live == 0 {
            return Err(Fault::field("site_id", Message::new("stock-no-such-site")));
        }
    }
    let changed = diesel::update(devices::table.find(id).filter(devices::version.eq(version)))
        .set((
            devices::version.eq(devices::version + 1),
            devices::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_one(changed)?;
    stock_follow(c, id, None, DeviceStatus::InStock, actor.now)?;
    diesel::update(device_stock::table.filter(device_stock::device_id.eq(id)))
        .set((
            device_stock::site_id.eq(draft.site_id),
            device_stock::place.eq(&draft.place),
        ))
        .execute(c)?;
    let after = stock_places(c, &[id])?;
    let told = |there: Option<&StockPlace>| {
        json!({
            "stock_site": there.map(|there| there.site.as_str()),
            "stock_place": there.map(|there| there.place.as_str()),
        })
    };
    let detail = json!({"before": told(before.stock.as_ref()), "after": told(after.get(&id))});
    let event = Event::new("device.stock", "device", id.get(), before.row.device.name)
        .for_customer(before.row.device.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}
