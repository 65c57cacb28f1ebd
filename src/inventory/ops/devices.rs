//! Finding devices.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::fold::{contains_pattern, fold};
use crate::base::ids::{CustomerId, DeviceId, DeviceTypeId, RackId};
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::facility::rack_places;
use crate::identity::{Actor, Permission};
use crate::inventory::chassis::{Blade, SubdeviceRole};
use crate::inventory::model::DeviceFilter;
use crate::inventory::rows::{ChassisName, Device, DeviceRow, JoinedDevice};
use crate::inventory::sorting::DeviceSort;
use crate::store::Conn;
use crate::store::schema::{customers, device_stock, device_types, devices, racks, rooms, sites};

/// A filter with its words looked up in the small tables, so that the large one is read by its own columns only.
struct Criteria {
    pattern: Option<String>,
    types_named: Vec<DeviceTypeId>,
    customers_named: Vec<CustomerId>,
    of_types: Option<Vec<DeviceTypeId>>,
    of_racks: Option<Vec<RackId>>,
    of_stock: Option<Vec<DeviceId>>,
    customer: Option<CustomerId>,
}

fn criteria(c: &mut Conn, actor: &Actor, filter: &DeviceFilter) -> Result<Criteria, Fault> {
    let wall = actor.wall();
    let mut criteria = Criteria {
        pattern: None,
        types_named: Vec::new(),
        customers_named: Vec::new(),
        of_types: None,
        of_racks: None,
        of_stock: None,
        customer: wall.customer().or(filter.customer_id),
    };
    if let Some(role) = filter.role {
        let of_role = device_types::table
            .filter(device_types::role.eq(role))
            .select(device_types::id)
            .load(c)?;
        criteria.of_types = Some(of_role);
    }
    if filter.site_id.is_some() || filter.room_id.is_some() {
        let mut there = racks::table.inner_join(rooms::table).into_boxed();
        if let Some(site) = filter.site_id {
            there = there.filter(rooms::site_id.eq(site));
        }
        if let Some(room) = filter.room_id {
            there = there.filter(racks::room_id.eq(room));
        }
        criteria.of_racks = Some(there.select(racks::id).load(c)?);
    }
    if let Some(site) = filter.stock_site_id {
        let there = device_stock::table
            .filter(device_stock::site_id.eq(site))
            .select(device_stock::device_id)
            .load(c)?;
        criteria.of_stock = Some(there);
    }
    let wanted = fold(&filter.query);
    if wanted.is_empty() {
        return Ok(criteria);
    }
    criteria.pattern = Some(contains_pattern(&wanted));
    let types: Vec<(DeviceTypeId, String, String)> = device_types::table
        .select((
            device_types::id,
            device_types::manufacturer,
            device_types::model,
        ))
        .load(c)?;
    criteria.types_named = types
        .into_iter()
        .filter(|(_, maker, model)| fold(&format!("{maker} {model}")).contains(&wanted))
        .map(|(id, ..)| id)
        .collect();
    if wall.customer().is_none() {
        let owners: Vec<(CustomerId, String, String)> = customers::table
            .select((customers::id, customers::code, customers::name))
            .load(c)?;
        criteria.customers_named = owners
            .into_iter()
            .filter(|(_, code, name)| fold(&format!("{code} {name}")).contains(&wanted))
            .map(|(id, ..)| id)
            .collect();
    }
    Ok(criteria)
}

/// Narrows a boxed query of devices; a macro because the two queries have different types.
macro_rules! narrowed {
    ($query:expr, $filter:expr, $criteria:expr) => {{
        let mut query = $query;
        query = if $filter.archived {
            query.filter(devices::archived_at.is_not_null())
        } else {
            query.filter(devices::archived_at.is_null())
        };
        if let Some(customer) = $criteria.customer {
            query = query.filter(devices::customer_id.eq(customer));
        } else if $filter.of_operator {
            query = query.filter(devices::customer_id.is_null());
        }
        if let Some(status) = $filter.status {
            query = query.filter(devices::status.eq(status));
        }
        if let Some(rack) = $filter.rack_id {
            query = query.filter(devices::rack_id.eq(rack));
        }
        if let Some(device_type) = $filter.device_type_id {
            query = query.filter(devices::device_type_id.eq(device_type));
        }
        if let (Some(role), Some(of_types)) = ($filter.role, &$criteria.of_types) {
            let as_its_type = devices::device_type_id.eq_any(of_types.clone());
            let by_type = devices::role.is_null().and(as_its_type);
            query = query.filter(by_type.or(devices::role.eq(role)));
        }
        if let Some(of_racks) = &$criteria.of_racks {
            query = query.filter(devices::rack_id.eq_any(of_racks.clone()));
        }
        if let Some(of_stock) = &$criteria.of_stock {
            query = query.filter(devices::id.eq_any(of_stock.clone()));
        }
        if let Some(day) = &$filter.warranty_from {
            query = query.filter(devices::warranty_until.ge(day.clone()));
        }
        if let Some(day) = &$filter.purchased_from {
            query = query.filter(devices::purchased_on.ge(day.clone()));
        }
        if let Some(day) = &$filter.purchased_before {
            query = query.filter(devices::purchased_on.lt(day.clone()));
        }
        if let Some(day) = &$filter.warranty_before {
            query = query.filter(devices::warranty_until.lt(day.clone()));
        }
        if let Some(pattern) = &$criteria.pattern {
            query = query.filter(
                devices::search_folded
                    .like(pattern.clone())
                    .escape('\\')
                    .or(devices::device_type_id.eq_any($criteria.types_named.clone()))
                    .or(devices::customer_id.eq_any($criteria.customers_named.clone())),
            );
        }
        query
    }};
}

/// Devices as the filter sorts them; a page of them.
pub fn device_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &DeviceFilter,
    page: &PageRequest,
) -> Result<Page<DeviceRow>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let criteria = criteria(c, actor, filter)?;
    // A customer who asks for another customer's devices gets none of them.
    if filter.customer_id.is_some() && filter.customer_id != criteria.customer {
        return Ok(Page {
            rows: Vec::new(),
            next: None,
            previous: None,
            total: 0,
        });
    }
    let total: i64 = narrowed!(devices::table.into_boxed(), filter, criteria)
        .count()
        .get_result(c)?;
    let walk = Walk::of(page, filter.is_descending);
    let found = walked(c, filter, &criteria, &walk)?;
    let rows = with_places(c, actor, found)?;
    Ok(walk.page(rows, total, |row| mark(filter.sort, row)))
}

/// How many devices a filter lets through.
pub(super) fn device_count(
    c: &mut Conn,
    actor: &Actor,
    filter: &DeviceFilter,
) -> Result<i64, Fault> {
    actor.require(Permission::ViewDevices)?;
    let criteria = criteria(c, actor, filter)?;
    Ok(narrowed!(devices::table.into_boxed(), filter, criteria)
        .count()
        .get_result(c)?)
}

/// The type of each device that a filter lets through; of a customer's own only.
pub(super) fn types_of_devices(
    c: &mut Conn,
    actor: &Actor,
    filter: &DeviceFilter,
) -> Result<Vec<DeviceTypeId>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let criteria = criteria(c, actor, filter)?;
    Ok(narrowed!(devices::table.into_boxed(), filter, criteria)
        .select(devices::device_type_id)
        .load(c)?)
}

/// One more than a page of devices, in the order of the walk.
fn walked(
    c: &mut Conn,
    filter: &DeviceFilter,
    criteria: &Criteria,
    walk: &Walk,
) -> Result<Vec<JoinedDevice>, Fault> {
    let joined = devices::table
        .inner_join(device_types::table)
        .left_join(customers::table)
        .left_join(racks::table)
        .left_join(rooms::table.on(racks::room_id.eq(rooms::id)))
        .left_join(sites::table.on(rooms::site_id.eq(sites::id)))
        .select(JoinedDevice::as_select())
        .into_boxed();
    let query = narrowed!(joined, filter, criteria).limit(walk.fetch());
    let id = devices::id;
    let query = match filter.sort {
        DeviceSort::Name => {
            // The name is unique and never empty: its index alone is the order.
            let from = walk.from.as_ref().and_then(|mark| mark.value.as_ref());
            let is_up = walk.is_descending == walk.is_back;
            let query = match (from, is_up) {
                (None, _) => query,
                (Some(name), true) => query.filter(devices::name.gt(name.text())),
                (Some(name), false) => query.filter(devices::name.lt(name.text())),
            };
            match is_up {
                true => query.order(devices::name.asc()),
                false => query.order(devices::name.desc()),
            }
        }
        DeviceSort::Label => crate::walked!(query, devices::label, id, walk, text, full),
        DeviceSort::Model => crate::walked!(query, device_types::model, id, walk, text, full),
        DeviceSort::Customer => {
            crate::walked!(query, customers::name.nullable(), id, walk, text)
        }
        DeviceSort::Site => crate::walked!(query, sites::code.nullable(), id, walk, text),
        DeviceSort::Room => crate::walked!(query, rooms::name.nullable(), id, walk, text),
        DeviceSort::Rack => crate::walked!(query, racks::name.nullable(), id, walk, text),
        DeviceSort::Serial => crate::walked!(query, devices::serial, id, walk, text),
        DeviceSort::AssetTag => crate::walked!(query, devices::asset_tag, id, walk, text),
        DeviceSort::Status => crate::walked!(query, devices::status, id, walk, text, full),
        DeviceSort::Memory => crate::walked!(query, devices::memory_mib, id, walk, number),
        DeviceSort::Warranty => crate::walked!(query, devices::warranty_until, id, walk, text),
        DeviceSort::Purchase => crate::walked!(query, devices::purchased_on, id, walk, text),
        DeviceSort::Updated => crate::walked!(query, devices::updated_at, id, walk, number, full),
    };
    Ok(query.load(c)?)
}

/// Where a row stands in a list that is sorted by this.
fn mark(sort: DeviceSort, row: &DeviceRow) -> Mark {
    let device = &row.device;
    let id = device.id.get();
    let place = row.place.as_ref();
    let text = |text: Option<&str>| Mark::of_text(id, text);
    match sort {
        DeviceSort::Name => text(Some(&device.name)),
        DeviceSort::Label => text(Some(&device.label)),
        DeviceSort::Model => text(Some(&row.device_type.model)),
        DeviceSort::Customer => text(row.customer.as_ref().map(|owner| owner.name.as_str())),
        DeviceSort::Site => text(place.map(|place| place.site.as_str())),
        DeviceSort::Room => text(place.map(|place| place.room.as_str())),
        DeviceSort::Rack => text(place.map(|place| place.rack.as_str())),
        DeviceSort::Serial => text(device.serial.as_deref()),
        DeviceSort::AssetTag => text(device.asset_tag.as_deref()),
        DeviceSort::Status => text(Some(device.status.as_str())),
        DeviceSort::Memory => Mark::of_number(id, device.memory_mib.map(|memory| memory.get())),
        DeviceSort::Warranty => text(device.warranty_until.as_deref()),
        DeviceSort::Purchase => text(device.purchased_on.as_deref()),
        DeviceSort::Updated => Mark::of_number(id, Some(device.updated_at.millis())),
    }
}

fn with_places(
    c: &mut Conn,
    actor: &Actor,
    rows: Vec<JoinedDevice>,
) -> Result<Vec<DeviceRow>, Fault> {
    let chassis = chassis_names(c, actor, &rows)?;
    let mut racks: Vec<RackId> = rows.iter().filter_map(|row| row.device.rack_id).collect();
    racks.sort_unstable();
    racks.dedup();
    let places = rack_places(c, &racks)?;
    Ok(rows
        .into_iter()
        .map(|row| DeviceRow {
            place: row
                .device
                .rack_id
                .and_then(|rack| places.get(&rack).cloned()),
            chassis: row
                .device
                .chassis_id
                .and_then(|id| chassis.iter().find(|known| known.id == id).cloned()),
            device: row.device,
            device_type: row.device_type,
            customer: row.customer,
        })
        .collect())
}

/// The chassis that devices are in, as far as the actor may see them.
fn chassis_names(
    c: &mut Conn,
    actor: &Actor,
    rows: &[JoinedDevice],
) -> Result<Vec<ChassisName>, Fault> {
    let mut ids: Vec<DeviceId> = rows
        .iter()
        .filter_map(|row| row.device.chassis_id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(DeviceId, String, Option<CustomerId>)> = devices::table
        .filter(devices::id.eq_any(ids))
        .select((devices::id, devices::name, devices::customer_id))
        .load(c)?;
    Ok(found
        .into_iter()
        .filter(|(.., owner)| actor.wall().shows(*owner))
        .map(|(id, name, _)| ChassisName { id, name })
        .collect())
}

/// Live chassis by name, to choose from.
pub fn chassis_list(c: &mut Conn, actor: &Actor) -> Result<Vec<ChassisName>, Fault> {
    actor.require(Permission::EditDevices)?;
    let found: Vec<(DeviceId, String)> = devices::table
        .inner_join(device_types::table)
        .filter(device_types::subdevice_role.eq(SubdeviceRole::Parent))
        .filter(devices::archived_at.is_null())
        .order(devices::name.asc())
        .select((devices::id, devices::name))
        .load(c)?;
    Ok(found
        .into_iter()
        .map(|(id, name)| ChassisName { id, name })
        .collect())
}

/// The live blades of a chassis by bay. For the operations of this program: the caller has checked the right.
pub fn blades_of(c: &mut Conn, chassis: DeviceId) -> Result<Vec<Blade>, Fault> {
    let rows: Vec<(DeviceId, String, Option<String>)> = devices::table
        .filter(devices::chassis_id.eq(chassis))
        .filter(devices::archived_at.is_null())
        .order((devices::bay.asc(), devices::id.asc()))
        .select((devices::id, devices::name, devices::bay))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(device_id, name, bay)| Blade {
            device_id,
            name,
            bay: bay.unwrap_or_default(),
        })
        .collect())
}

/// One device with type, owner and place.
pub fn device_by_id(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<DeviceRow, Fault> {
    actor.require(Permission::ViewDevices)?;
    let mut query = devices::table
        .inner_join(device_types::table)
        .left_join(customers::table)
        .filter(devices::id.eq(id))
        .select(JoinedDevice::as_select())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query
            .filter(devices::customer_id.eq(customer))
            .filter(devices::archived_at.is_null());
    }
    let found: Vec<JoinedDevice> = query.load(c)?;
    with_places(c, actor, found)?
        .into_iter()
        .next()
        .ok_or_else(Fault::not_found)
}

/// Devices by their ids, archived ones too. For the operations of this program: the caller has checked the right, and that
/// nobody behind a wall is served.
pub(super) fn devices_of_ids(
    c: &mut Conn,
    actor: &Actor,
    ids: &[DeviceId],
) -> Result<Vec<DeviceRow>, Fault> {
    let found: Vec<JoinedDevice> = devices::table
        .inner_join(device_types::table)
        .left_join(customers::table)
        .filter(devices::id.eq_any(ids.to_vec()))
        .select(JoinedDevice::as_select())
        .load(c)?;
    with_places(c, actor, found)
}

/// The device of a name, for imports; archived ones too.
pub fn device_by_name(c: &mut Conn, name: &str) -> Result<Option<Device>, Fault> {
    Ok(devices::table
        .filter(devices::name.eq(name.trim()))
        .select(Device::as_select())
        .first(c)
        .optional()?)
}

/// The devices of a rack that the actor may see, from the top down, those at the sides last.
pub fn devices_in_rack(c: &mut Conn, actor: &Actor, rack: RackId) -> Result<Vec<DeviceRow>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let mut query = devices::table
        .inner_join(device_types::table)
        .left_join(customers::table)
        .filter(devices::rack_id.eq(rack))
        .filter(devices::archived_at.is_null())
        .select(JoinedDevice::as_select())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    let mut found: Vec<JoinedDevice> = query.load(c)?;
    found.sort_by_key(|row| {
        let offset = row.device.position_half_units.map_or(-1, |at| at.get());
        (std::cmp::Reverse(offset), row.device.name.clone())
    });
    with_places(c, actor, found)
}
