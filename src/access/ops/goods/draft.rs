//! Writing goods passes down.

use diesel::prelude::*;
use serde_json::json;

use super::rows::GoodsPass;
use super::{audit_pass, note_entry};
use crate::access::goods::{Direction, GoodsDraft, ItemDraft, ItemFields, goods_number};
use crate::access::goods_state::GoodsState;
use crate::access::ops::places::site_named;
use crate::access::ops::visit_row;
use crate::access::rows::SiteName;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::fold::fold_all;
use crate::base::ids::{
    CustomerId, DeviceId, DeviceTypeId, GoodsPassId, PersonId, RackId, SiteId, VisitId,
};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added};
use crate::store::Conn;
use crate::store::schema::{
    customers, device_types, devices, goods_items, goods_passes, people, racks, rooms, sites,
    visit_people,
};
use crate::store::settings::{set_setting, setting};
use crate::tenancy::customer_choices;

/// Writes a goods pass down, and hands it in unless it is kept as a draft. What staff bring in may come in at once; what goes
/// out, and what a customer announces, waits for approval.
pub fn goods_draft(c: &mut Conn, actor: &Actor, fields: &Fields) -> Result<String, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    let site = site_named(c, fields)?;
    let mut draft = GoodsDraft::parse(fields)?;
    let is_customer = actor.wall().customer().is_some();
    if is_customer || draft.direction == Direction::Out {
        // Places and types are the operator's to choose, for what comes in.
        for item in &mut draft.items {
            item.device_type_id = None;
            item.rack_id = None;
            item.unit.clear();
            item.face.clear();
        }
    }
    let owner = owner(c, actor, draft.customer_id)?;
    let customer = owner.as_ref().map(|(id, _)| *id);
    let carrier = carrier(c, actor, &draft, (site.id, customer))?;
    let items = resolve_all(c, actor, &draft, (site.id, customer))?;
    let state = match (draft.is_kept, draft.direction, is_customer) {
        (true, ..) => GoodsState::Drafted,
        (false, Direction::In, false) => GoodsState::Approved,
        (false, ..) => GoodsState::Submitted,
    };
    let number = next_number(c, actor, &site)?;
    let words: Vec<&str> = [
        number.as_str(),
        carrier.name.as_str(),
        carrier.company.as_str(),
        draft.vehicle_plate.as_str(),
    ]
    .into_iter()
    .chain(owner.iter().map(|(_, name)| name.as_str()))
    .chain(items.iter().flat_map(|item| {
        [
            item.description.as_str(),
            item.serial.as_str(),
            item.device_name.as_str(),
        ]
    }))
    .collect();
    let id: GoodsPassId = diesel::insert_into(goods_passes::table)
        .values((
            (
                goods_passes::number.eq(&number),
                goods_passes::site_id.eq(site.id),
                goods_passes::direction.eq(draft.direction),
                goods_passes::customer_id.eq(customer),
                goods_passes::visit_id.eq(carrier.visit),
                goods_passes::carrier_person_id.eq(carrier.person),
                goods_passes::carrier_name.eq(&carrier.name),
                goods_passes::carrier_company.eq(&carrier.company),
                goods_passes::vehicle_plate.eq(&draft.vehicle_plate),
                goods_passes::note.eq(&draft.note),
            ),
            (
                goods_passes::state.eq(state),
                goods_passes::search_folded.eq(fold_all(words)),
                goods_passes::created_by_user_id.eq(actor.user_id),
                goods_passes::created_by_name.eq(&actor.name),
                goods_passes::created_at.eq(actor.now),
                goods_passes::updated_at.eq(actor.now),
            ),
        ))
        .returning(goods_passes::id)
        .get_result(c)?;
    search_added(c, Searched::Goods(id))?;
    insert_items(c, id, &items)?;
    note_entry(c, actor, id, GoodsState::Drafted, "")?;
    if state != GoodsState::Drafted {
        note_entry(c, actor, id, state, "")?;
    }
    if state == GoodsState::Approved {
        diesel::update(goods_passes::table.find(id))
            .set((
                goods_passes::released_by_user_id.eq(actor.user_id),
                goods_passes::released_by_name.eq(&actor.name),
                goods_passes::released_at.eq(Some(actor.now)),
            ))
            .execute(c)?;
    }
    let pass: GoodsPass = goods_passes::table
        .find(id)
        .select(GoodsPass::as_select())
        .first(c)?;
    let carried: Vec<String> = items.iter().map(Resolved::told).collect();
    let detail = json!({
        "direction": draft.direction,
        "state": state,
        "site": site.code,
        "carrier": carrier.name,
        "vehicle_plate": draft.vehicle_plate,
        "items": carried,
    });
    audit_pass(c, actor, &pass, "goods.draft", detail)?;
    Ok(number)
}

/// Whose goods they are: a customer's own, whatever was typed; for staff the one that was picked.
fn owner(
    c: &mut Conn,
    actor: &Actor,
    typed: Option<CustomerId>,
) -> Result<Option<(CustomerId, String)>, Fault> {
    let Some(wanted) = actor.wall().customer().or(typed) else {
        return Ok(None);
    };
    customer_choices(c, actor)?
        .into_iter()
        .find(|(id, ..)| *id == wanted)
        .map(|(id, code, name)| Some((id, format!("{name} {code}"))))
        .ok_or_else(|| Fault::field("customer_id", Message::new("visit-fault-customer")))
}

/// Who carries the goods, and the visit they go with.
struct Carrier {
    visit: Option<VisitId>,
    person: Option<PersonId>,
    name: String,
    company: String,
}

fn carrier(
    c: &mut Conn,
    actor: &Actor,
    draft: &GoodsDraft,
    (site, customer): (SiteId, Option<CustomerId>),
) -> Result<Carrier, Fault> {
    let mut carrier = Carrier {
        visit: None,
        person: None,
        name: draft.carrier_name.clone(),
        company: draft.carrier_company.clone(),
    };
    if !draft.visit.is_empty() {
        let none = || Fault::field("visit", Message::new("goods-fault-visit"));
        let visit = match visit_row(c, actor, &draft.visit) {
            Ok(visit) => visit,
            Err(fault) if fault.kind == FaultKind::NotFound => return Err(none()),
            Err(fault) => return Err(fault),
        };
        let is_for_another = visit.customer_id.is_some() && visit.customer_id != customer;
        if visit.site_id != site || is_for_another {
            return Err(none());
        }
        let there: Vec<(PersonId, String, String)> = visit_people::table
            .inner_join(people::table)
            .filter(visit_people::visit_id.eq(visit.id))
            .order(visit_people::id.asc())
            .select((people::id, people::name, people::company))
            .load(c)?;
        let is_only = there.len() == 1;
        let found = there
            .into_iter()
            .find(|(_, name, _)| *name == carrier.name || (carrier.name.is_empty() && is_only));
        carrier.visit = Some(visit.id);
        if let Some((id, name, company)) = found {
            carrier.person = Some(id);
            carrier.name = name;
            if carrier.company.is_empty() {
                carrier.company = company;
            }
        }
    }
    if carrier.name.is_empty() {
        let message = Message::new("goods-fault-carrier");
        return Err(Fault::field("carrier_name", message));
    }
    Ok(carrier)
}

/// An item with what it refers to found.
struct Resolved {
    description: String,
    serial: String,
    count: i64,
    device: Option<DeviceId>,
    device_name: String,
    device_type: Option<DeviceTypeId>,
    rack: Option<RackId>,
    unit: String,
    face: String,
}

impl Resolved {
    fn told(&self) -> String {
        let parts = [
            self.device_name.as_str(),
            self.description.as_str(),
            self.serial.as_str(),
        ];
        let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{} × {}", self.count, words.join(", "))
    }
}

fn resolve_all(
    c: &mut Conn,
    actor: &Actor,
    draft: &GoodsDraft,
    (site, customer): (SiteId, Option<CustomerId>),
) -> Result<Vec<Resolved>, Fault> {
    let mut all: Vec<Resolved> = Vec::new();
    for item in &draft.items {
        let resolved = resolve(c, actor, draft.direction, item, customer)?;
        let is_twice =
            resolved.device.is_some() && all.iter().any(|other| other.device == resolved.device);
        if is_twice {
            let message = Message::new("goods-fault-twice");
            return Err(Fault::field(at_fault(item), message));
        }
        refuse_unknown_place(c, site, item)?;
        all.push(resolved);
    }
    Ok(all)
}

/// The field that named the device.
const fn at_fault(item: &ItemDraft) -> &'static str {
    let names: &ItemFields = &item.fields;
    if item.device.is_empty() {
        names.serial
    } else {
        names.device
    }
}

/// A device as far as a pass needs to know it.
type Known = (DeviceId, String, Option<String>);

fn resolve(
    c: &mut Conn,
    actor: &Actor,
    direction: Direction,
    item: &ItemDraft,
    customer: Option<CustomerId>,
) -> Result<Resolved, Fault> {
    let named = match item.device.as_str() {
        "" => None,
        typed => Some(named_device(c, actor, item, typed, customer)?),
    };
    let numbered = match item.serial.as_str() {
        "" => None,
        serial => device_of_serial(c, actor, item, serial, customer)?,
    };
    let differs = match (&named, &numbered) {
        (Some((named, ..)), Some((numbered, ..))) => named != numbered,
        (Some((_, _, Some(serial))), None) => !item.serial.is_empty() && *serial != item.serial,
        _ => false,
    };
    if differs {
        let message = Message::new("goods-fault-serial-differs");
        return Err(Fault::field(item.fields.serial, message));
    }
    let found = named.or(numbered);
    let mut resolved = Resolved {
        description: item.description.clone(),
        serial: item.serial.clone(),
        count: item.count,
        device: None,
        device_name: String::new(),
        device_type: item.device_type_id,
        rack: item.rack_id,
        unit: item.unit.clone(),
        face: item.face.clone(),
    };
    if let Some((id, name, serial)) = found {
        if resolved.serial.is_empty() {
            resolved.serial = serial.unwrap_or_default();
        }
        resolved.device = Some(id);
        resolved.device_name = name;
        resolved.device_type = None;
        resolved.count = 1;
    }
    if direction == Direction::In && resolved.rack.is_some() {
        let is_device = resolved.device.is_some() || resolved.device_type.is_some();
        if !is_device {
            let message = Message::new("goods-fault-place-of-what");
            return Err(Fault::field(item.fields.rack_id, message));
        }
    }
    Ok(resolved)
}

/// The device of a name, serial number or asset tag that was typed; the customer's of the pass.
fn named_device(
    c: &mut Conn,
    actor: &Actor,
    item: &ItemDraft,
    typed: &str,
    customer: Option<CustomerId>,
) -> Result<Known, Fault> {
    let mut query = devices::table
        .filter(
            devices::name
                .eq(typed)
                .or(devices::serial.eq(typed))
                .or(devices::asset_tag.eq(typed)),
        )
        .filter(devices::archived_at.is_null())
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(own));
    }
    let found: Option<(DeviceId, String, Option<String>, Option<CustomerId>)> = query
        .order(devices::id.asc())
        .select((
            devices::id,
            devices::name,
            devices::serial,
            devices::customer_id,
        ))
        .first(c)
        .optional()?;
    match found {
        Some((id, name, serial, owner)) if owner == customer => Ok((id, name, serial)),
        Some((_, name, ..)) => {
            let message = Message::new("goods-fault-owner").with("name", name);
            Err(Fault::field(item.fields.device, message))
        }
        None => Err(Fault::field(
            item.fields.device,
            Message::new("goods-fault-no-device"),
        )),
    }
}

/// The live device of a serial number. One that is on record for somebody else is refused: staff are told whose it is, a
/// customer only that it can't be.
fn device_of_serial(
    c: &mut Conn,
    actor: &Actor,
    item: &ItemDraft,
    serial: &str,
    customer: Option<CustomerId>,
) -> Result<Option<Known>, Fault> {
    let found: Option<(DeviceId, String, Option<CustomerId>, Option<Timestamp>)> = devices::table
        .filter(devices::serial.eq(serial))
        .select((
            devices::id,
            devices::name,
            devices::customer_id,
            devices::archived_at,
        ))
        .first(c)
        .optional()?;
    let Some((id, name, owner, archived)) = found else {
        return Ok(None);
    };
    if owner == customer {
        let known = (id, name, Some(serial.to_owned()));
        return Ok(archived.is_none().then_some(known));
    }
    let message = if actor.wall().customer().is_some() {
        Message::new("goods-fault-serial")
    } else {
        let owner = owner_code(c, owner)?;
        Message::new("goods-fault-serial-of")
            .with("name", name)
            .with("owner", owner)
    };
    Err(Fault::field(item.fields.serial, message))
}

/// Code of an owner; a dash for the operator.
fn owner_code(c: &mut Conn, owner: Option<CustomerId>) -> Result<String, Fault> {
    let Some(owner) = owner else {
        return Ok("–".to_owned());
    };
    Ok(customers::table
        .find(owner)
        .select(customers::code)
        .first(c)?)
}

/// Refuses a rack that is not at the site and a type that is not there.
fn refuse_unknown_place(c: &mut Conn, site: SiteId, item: &ItemDraft) -> Result<(), Fault> {
    if let Some(rack) = item.rack_id {
        let there: i64 = racks::table
            .inner_join(rooms::table)
            .filter(racks::id.eq(rack))
            .filter(racks::archived_at.is_null())
            .filter(rooms::site_id.eq(site))
            .count()
            .get_result(c)?;
        if there == 0 {
            let message = Message::new("visit-fault-rack");
            return Err(Fault::field(item.fields.rack_id, message));
        }
    }
    if let Some(kind) = item.device_type_id {
        let there: i64 = device_types::table
            .filter(device_types::id.eq(kind))
            .filter(device_types::archived_at.is_null())
            .count()
            .get_result(c)?;
        if there == 0 {
            let message = Message::new("inventory-no-such-type");
            return Err(Fault::field(item.fields.device_type_id, message));
        }
    }
    Ok(())
}

fn insert_items(c: &mut Conn, pass: GoodsPassId, items: &[Resolved]) -> Result<(), Fault> {
    for (line, item) in (1_i64..).zip(items) {
        diesel::insert_into(goods_items::table)
            .values((
                goods_items::goods_pass_id.eq(pass),
                goods_items::sort.eq(line),
                goods_items::description.eq(&item.description),
                goods_items::serial.eq(&item.serial),
                goods_items::count.eq(item.count),
                goods_items::device_id.eq(item.device),
                goods_items::device_type_id.eq(item.device_type),
                goods_items::rack_id.eq(item.rack),
                goods_items::unit.eq(&item.unit),
                goods_items::face.eq(&item.face),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// The next number of the site and year, in the site's zone: the counter is a row of the same transaction, so that no number
/// is left out.
fn next_number(c: &mut Conn, actor: &Actor, site: &SiteName) -> Result<String, Fault> {
    let year = actor.now.local_year(site.zone()?);
    let name = format!("goods.last_number.{}.{year}", site.id);
    let last: i64 = match setting(c, &name)? {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Fault::internal(format!("setting {name} is {text:?}")))?,
    };
    set_setting(c, &name, &(last + 1).to_string(), actor.now)?;
    let first: SiteId = sites::table
        .order(sites::id.asc())
        .select(sites::id)
        .first(c)?;
    let code = (first != site.id).then_some(site.code.as_str());
    Ok(goods_number(code, year, last + 1))
}
