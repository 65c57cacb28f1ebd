//! Finding goods passes: lists with filters, one pass, what a form offers.

use std::collections::HashMap;

use diesel::prelude::*;

use super::pass_row;
use super::rows::{GoodsEvent, GoodsItem, GoodsLine, GoodsPass, GoodsRecord};
use crate::access::goods::Direction;
use crate::access::goods_state::GoodsState;
use crate::access::rows::{HostName, SiteName};
use crate::base::fault::Fault;
use crate::base::fold::contains_pattern;
use crate::base::ids::{CustomerId, DeviceId, DeviceTypeId, GoodsPassId, RackId, SiteId, VisitId};
use crate::base::page::{Page, PageRequest};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{
    customers, device_types, devices, goods_events, goods_items, goods_passes, racks, sites, visits,
};

/// Which goods passes to list.
#[derive(Debug, Clone, Default)]
pub struct GoodsFilter {
    /// Part of number, carrier, plate, customer, device, description or serial number.
    pub query: String,
    /// Where they stand.
    pub state: Option<GoodsState>,
    /// Which way.
    pub direction: Option<Direction>,
    /// At this site.
    pub site: Option<SiteId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// With this device.
    pub device: Option<DeviceId>,
}

type Passes<'a> = goods_passes::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

fn filtered(actor: &Actor, filter: &GoodsFilter) -> Passes<'static> {
    let mut query = goods_passes::table.into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(goods_passes::customer_id.eq(own));
    }
    if let Some(state) = filter.state {
        query = query.filter(goods_passes::state.eq(state));
    }
    if let Some(direction) = filter.direction {
        query = query.filter(goods_passes::direction.eq(direction));
    }
    if let Some(site) = filter.site {
        query = query.filter(goods_passes::site_id.eq(site));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(goods_passes::customer_id.eq(customer));
    }
    if let Some(device) = filter.device {
        query = query.filter(
            goods_passes::id.eq_any(
                goods_items::table
                    .filter(goods_items::device_id.eq(device))
                    .select(goods_items::goods_pass_id),
            ),
        );
    }
    if !filter.query.trim().is_empty() {
        let pattern = contains_pattern(&filter.query);
        query = query.filter(goods_passes::search_folded.like(pattern).escape('\\'));
    }
    query
}

/// Key of a row in the order of the list: the latest pass first.
fn key(pass: &GoodsPass) -> String {
    pass.id.to_string()
}

/// A page of goods passes, the latest first.
pub fn goods_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &GoodsFilter,
    page: &PageRequest,
) -> Result<Page<GoodsRecord>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let total = filtered(actor, filter).count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX) + 1;
    let read = |key: &Option<String>| -> Option<GoodsPassId> { key.as_deref()?.parse().ok() };
    let after = read(&page.after);
    let before = read(&page.before).filter(|_| after.is_none());
    let mut query = filtered(actor, filter);
    if let Some(id) = after {
        query = query.filter(goods_passes::id.lt(id));
    }
    if let Some(id) = before {
        query = query.filter(goods_passes::id.gt(id));
    }
    query = if before.is_some() {
        query.order(goods_passes::id.asc())
    } else {
        query.order(goods_passes::id.desc())
    };
    let mut found: Vec<GoodsPass> = query.limit(wanted).select(GoodsPass::as_select()).load(c)?;
    let more = found.len() > limit;
    found.truncate(limit);
    if before.is_some() {
        found.reverse();
    }
    let (has_previous, has_next) = match (before.is_some(), after.is_some()) {
        (true, _) => (more, true),
        (false, after) => (after, more),
    };
    let previous = has_previous.then(|| found.first().map(key)).flatten();
    let next = has_next.then(|| found.last().map(key)).flatten();
    Ok(Page {
        rows: assemble(c, found)?,
        next,
        previous,
        total,
    })
}

/// Every goods pass that fits, for a file; at most 100,000.
pub fn goods_export(
    c: &mut Conn,
    actor: &Actor,
    filter: &GoodsFilter,
) -> Result<Vec<GoodsRecord>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let found: Vec<GoodsPass> = filtered(actor, filter)
        .order(goods_passes::id.desc())
        .limit(100_000)
        .select(GoodsPass::as_select())
        .load(c)?;
    let mut records = Vec::with_capacity(found.len());
    for part in found.chunks(1000) {
        records.extend(assemble(c, part.to_vec())?);
    }
    Ok(records)
}

/// One goods pass by its number.
pub fn goods_by_number(c: &mut Conn, actor: &Actor, number: &str) -> Result<GoodsRecord, Fault> {
    actor.require(Permission::ViewVisits)?;
    let pass = pass_row(c, actor, number)?;
    assemble(c, vec![pass])?
        .into_iter()
        .next()
        .ok_or_else(Fault::not_found)
}

/// The record of entries of a goods pass, oldest first.
pub fn goods_events_of(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
) -> Result<Vec<GoodsEvent>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let pass = pass_row(c, actor, number)?;
    Ok(goods_events::table
        .filter(goods_events::goods_pass_id.eq(pass.id))
        .order((goods_events::at.asc(), goods_events::id.asc()))
        .select(GoodsEvent::as_select())
        .load(c)?)
}

/// Names of a customer's own devices, to choose from; staff type theirs.
pub fn goods_devices(c: &mut Conn, actor: &Actor) -> Result<Vec<String>, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    let Some(own) = actor.wall().customer() else {
        return Ok(Vec::new());
    };
    Ok(devices::table
        .filter(devices::customer_id.eq(own))
        .filter(devices::archived_at.is_null())
        .order(devices::name.asc())
        .limit(500)
        .select(devices::name)
        .load(c)?)
}

/// Types that a device which comes in may be of; for staff.
pub fn goods_types(c: &mut Conn, actor: &Actor) -> Result<Vec<(DeviceTypeId, String)>, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    if actor.wall().customer().is_some() {
        return Ok(Vec::new());
    }
    let found: Vec<(DeviceTypeId, String, String)> = device_types::table
        .filter(device_types::archived_at.is_null())
        .order((device_types::manufacturer.asc(), device_types::model.asc()))
        .limit(2000)
        .select((
            device_types::id,
            device_types::manufacturer,
            device_types::model,
        ))
        .load(c)?;
    Ok(found
        .into_iter()
        .map(|(id, maker, model)| (id, format!("{maker} {model}")))
        .collect())
}

/// Passes with site, customer, visit and items.
fn assemble(c: &mut Conn, found: Vec<GoodsPass>) -> Result<Vec<GoodsRecord>, Fault> {
    let ids: Vec<GoodsPassId> = found.iter().map(|pass| pass.id).collect();
    let all_sites: Vec<SiteName> = sites::table.select(SiteName::as_select()).load(c)?;
    let owners: Vec<CustomerId> = found.iter().filter_map(|pass| pass.customer_id).collect();
    let hosts: Vec<(CustomerId, String, String)> = customers::table
        .filter(customers::id.eq_any(owners))
        .select((customers::id, customers::code, customers::name))
        .load(c)?;
    let of_visits: Vec<VisitId> = found.iter().filter_map(|pass| pass.visit_id).collect();
    let numbers: Vec<(VisitId, String)> = visits::table
        .filter(visits::id.eq_any(of_visits))
        .select((visits::id, visits::number))
        .load(c)?;
    let mut items = lines_of(c, &ids)?;
    let mut records = Vec::with_capacity(found.len());
    for pass in found {
        let site = all_sites
            .iter()
            .find(|site| site.id == pass.site_id)
            .cloned()
            .ok_or_else(|| Fault::internal(format!("pass {} has no site", pass.number)))?;
        let customer = hosts
            .iter()
            .find(|(id, ..)| Some(*id) == pass.customer_id)
            .map(|(id, code, name)| HostName {
                id: *id,
                code: code.clone(),
                name: name.clone(),
            });
        let visit = numbers
            .iter()
            .find(|(id, _)| Some(*id) == pass.visit_id)
            .map(|(_, number)| number.clone());
        records.push(GoodsRecord {
            items: items.remove(&pass.id).unwrap_or_default(),
            site,
            customer,
            visit,
            pass,
        });
    }
    Ok(records)
}

fn lines_of(
    c: &mut Conn,
    passes: &[GoodsPassId],
) -> Result<HashMap<GoodsPassId, Vec<GoodsLine>>, Fault> {
    let items: Vec<GoodsItem> = goods_items::table
        .filter(goods_items::goods_pass_id.eq_any(passes.to_vec()))
        .order((goods_items::sort.asc(), goods_items::id.asc()))
        .select(GoodsItem::as_select())
        .load(c)?;
    let mut by_pass: HashMap<GoodsPassId, Vec<GoodsLine>> = HashMap::new();
    for line in lines(c, items)? {
        by_pass
            .entry(line.item.goods_pass_id)
            .or_default()
            .push(line);
    }
    Ok(by_pass)
}

/// Items with the names of what they refer to.
fn lines(c: &mut Conn, items: Vec<GoodsItem>) -> Result<Vec<GoodsLine>, Fault> {
    let of_devices: Vec<DeviceId> = items.iter().filter_map(|item| item.device_id).collect();
    let of_types: Vec<DeviceTypeId> = items
        .iter()
        .filter_map(|item| item.device_type_id)
        .collect();
    let of_racks: Vec<RackId> = items.iter().filter_map(|item| item.rack_id).collect();
    let devices: HashMap<DeviceId, String> = devices::table
        .filter(devices::id.eq_any(of_devices))
        .select((devices::id, devices::name))
        .load::<(DeviceId, String)>(c)?
        .into_iter()
        .collect();
    let types: HashMap<DeviceTypeId, String> = device_types::table
        .filter(device_types::id.eq_any(of_types))
        .select((
            device_types::id,
            device_types::manufacturer,
            device_types::model,
        ))
        .load::<(DeviceTypeId, String, String)>(c)?
        .into_iter()
        .map(|(id, maker, model)| (id, format!("{maker} {model}")))
        .collect();
    let racks: HashMap<RackId, String> = racks::table
        .filter(racks::id.eq_any(of_racks))
        .select((racks::id, racks::name))
        .load::<(RackId, String)>(c)?
        .into_iter()
        .collect();
    Ok(items
        .into_iter()
        .map(|item| GoodsLine {
            device: item.device_id.and_then(|id| devices.get(&id).cloned()),
            device_type: item.device_type_id.and_then(|id| types.get(&id).cloned()),
            rack: item.rack_id.and_then(|id| racks.get(&id).cloned()),
            item,
        })
        .collect())
}
