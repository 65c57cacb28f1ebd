//! Routing tables, VLANs, networks, ranges, addresses and assignments as CSV; the same columns both ways, keyed by names.

use std::collections::HashMap;

use super::holding::{AssignmentDraft, Subject};
use super::model::{AddressDraft, PrefixDraft, RangeDraft, VlanDraft, VrfDraft};
use super::ops::{
    address_archive, address_create, address_named, address_update, addresses_all, assignment_add,
    assignment_end, assignments_all, assignments_of, prefix_archive, prefix_create, prefix_named,
    prefix_rows, prefix_update, range_archive, range_create, range_list, range_named, range_update,
    site_codes, vlan_archive, vlan_create, vlan_list, vlan_named, vlan_update, vrf_archive,
    vrf_create, vrf_list, vrf_named, vrf_update,
};
use super::rows::{AssignmentRow, IpAddress, IpRange, Prefix, Vlan, Vrf};
use crate::base::change::Change;
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::SiteId;
use crate::base::ip::Ip;
use crate::base::ip_prefix::IpPrefix;
use crate::base::time::Timestamp;
use crate::facility::site_by_code;
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `vrfs`; keyed by `name`.
pub const VRF_COLUMNS: &[&str] = &["name", "route_distinguisher", "refuse_duplicates", "note"];

/// Columns of the kind `vlans`; keyed by `number` in its `site` or `group_name`.
pub const VLAN_COLUMNS: &[&str] = &["site", "group_name", "number", "name", "note"];

/// Columns of the kind `prefixes`; keyed by `vrf` and `prefix`. A VLAN is one of the site, or of `vlan_group`.
pub const PREFIX_COLUMNS: &[&str] = &[
    "vrf",
    "prefix",
    "site",
    "vlan",
    "vlan_group",
    "status",
    "role",
    "is_pool",
    "note",
];

/// Columns of the kind `ip-ranges`; keyed by `vrf`, `first` and `last`.
pub const RANGE_COLUMNS: &[&str] = &["vrf", "first", "last", "name", "purpose", "note"];

/// Columns of the kind `addresses`; keyed by `vrf` and `address`.
pub const ADDRESS_COLUMNS: &[&str] = &["vrf", "address", "dns_name", "role", "status", "note"];

/// Columns of the kind `address-assignments`; keyed by `vrf`, `address` (or a network) and `from`. A row that is there only
/// changes its end; times without an offset are UTC.
pub const ASSIGNMENT_COLUMNS: &[&str] = &[
    "vrf",
    "address",
    "device",
    "interface",
    "customer",
    "from",
    "until",
    "note",
];

type Table = Vec<Vec<String>>;

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// Faults of a form's fields at the columns that stand for them.
fn at_columns(mut fault: Fault) -> Fault {
    for at in &mut fault.fields {
        let column = match at.field.as_ref() {
            "vrf_id" => "vrf",
            "site_id" => "site",
            "vlan_id" => "vlan",
            _ => continue,
        };
        *at = FieldFault::new(column, at.message.clone());
    }
    fault
}

/// The live routing table that a row names; `global` when it names none.
fn vrf_of(c: &mut Conn, row: &Fields) -> Result<Vrf, Fault> {
    let name = match row.get("vrf").trim() {
        "" => "global",
        name => name,
    };
    let found = vrf_named(c, name)?.filter(|vrf| vrf.archived_at.is_none());
    found.ok_or_else(|| {
        let message = Message::new("addressing-csv-no-vrf").with("name", name);
        Fault::field("vrf", message)
    })
}

/// The site that a row names, when it does.
fn site_of(c: &mut Conn, row: &Fields) -> Result<Option<SiteId>, Fault> {
    let code = row.get("site").trim();
    if code.is_empty() {
        return Ok(None);
    }
    match site_by_code(c, code)? {
        Some(site) => Ok(Some(site.id)),
        None => {
            let message = Message::new("addressing-csv-no-site").with("code", code);
            Err(Fault::field("site", message))
        }
    }
}

/// Creates or updates a routing table from a row.
pub fn vrf_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let draft = VrfDraft::parse(row)?;
    let Some(there) = vrf_named(c, &draft.name)? else {
        vrf_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        vrf_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if vrf_draft(&there) == draft {
        return Ok(Change::Unchanged);
    }
    vrf_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

fn vrf_draft(there: &Vrf) -> VrfDraft {
    VrfDraft {
        name: there.name.clone(),
        route_distinguisher: there.route_distinguisher.clone(),
        refuse_duplicates: there.refuse_duplicates,
        note: there.note.clone(),
    }
}

/// All live routing tables as rows.
pub fn vrf_export(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    let rows = vrf_list(c, actor)?.into_iter().map(|vrf| {
        vec![
            vrf.name,
            vrf.route_distinguisher.unwrap_or_default(),
            yes(vrf.refuse_duplicates),
            vrf.note,
        ]
    });
    Ok(rows.collect())
}

/// Creates or updates a VLAN from a row.
pub fn vlan_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    vlan_import_fields(c, actor, row).map_err(at_columns)
}

fn vlan_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    if let Some(site) = site_of(c, row)? {
        fields.set("site_id", site.to_string());
    }
    let draft = VlanDraft::parse(&fields)?;
    let Some(there) = vlan_named(c, draft.site_id, &draft.group_name, draft.number)? else {
        vlan_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        vlan_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if vlan_draft(&there) == draft {
        return Ok(Change::Unchanged);
    }
    vlan_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

fn vlan_draft(there: &Vlan) -> VlanDraft {
    VlanDraft {
        site_id: there.site_id,
        group_name: there.group_name.clone(),
        number: there.number,
        name: there.name.clone(),
        note: there.note.clone(),
    }
}

/// All live VLANs as rows.
pub fn vlan_export(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    let rows = vlan_list(c, actor)?.into_iter().map(|row| {
        vec![
            row.site.map(|site| site.name).unwrap_or_default(),
            row.vlan.group_name,
            row.vlan.number.to_string(),
            row.vlan.name,
            row.vlan.note,
        ]
    });
    Ok(rows.collect())
}

/// Creates or updates a network from a row.
pub fn prefix_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    prefix_import_fields(c, actor, row).map_err(at_columns)
}

fn prefix_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    fields.set("vrf_id", vrf_of(c, row)?.id.to_string());
    let site = site_of(c, row)?;
    if let Some(site) = site {
        fields.set("site_id", site.to_string());
    }
    if !row.get("vlan").trim().is_empty() {
        fields.set("vlan_id", vlan_of(c, row, site)?.id.to_string());
    }
    let draft = PrefixDraft::parse(&fields)?;
    match prefix_named(c, draft.vrf_id, draft.prefix)? {
        None => prefix_create(c, actor, &draft).map(|_| Change::Created),
        Some(there) if there.archived_at.is_some() => {
            prefix_archive(c, actor, there.id, there.version, false)?;
            prefix_update(c, actor, there.id, there.version + 1, &draft)?;
            Ok(Change::Updated)
        }
        Some(there) if prefix_draft(&there) == draft => Ok(Change::Unchanged),
        Some(there) => {
            prefix_update(c, actor, there.id, there.version, &draft)?;
            Ok(Change::Updated)
        }
    }
}

fn vlan_of(c: &mut Conn, row: &Fields, site: Option<SiteId>) -> Result<Vlan, Fault> {
    let (number, group) = (row.get("vlan").trim(), row.get("vlan_group").trim());
    let site = site.filter(|_| group.is_empty());
    let found = match number.parse() {
        Ok(number) => vlan_named(c, site, group, number)?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        let message = Message::new("addressing-csv-no-vlan").with("number", number);
        Fault::field("vlan", message)
    })
}

fn prefix_draft(there: &Prefix) -> PrefixDraft {
    PrefixDraft {
        vrf_id: there.vrf_id,
        prefix: there.prefix(),
        site_id: there.site_id,
        vlan_id: there.vlan_id,
        status: there.status,
        role: there.role.clone(),
        is_pool: there.is_pool,
        note: there.note.clone(),
    }
}

/// All live networks as rows.
pub fn prefix_export(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    let codes = site_codes(c)?;
    let rows = prefix_rows(c, actor)?.into_iter().map(|row| {
        let prefix = row.prefix;
        let own = row.site.map(|site| site.name);
        let of_vlan = row.vlan.as_ref().and_then(|vlan| vlan.site_id);
        // A network without a site on a VLAN of a site: the site is what finds the VLAN again.
        let site = own.or_else(|| of_vlan.and_then(|id| codes.get(&id).cloned()));
        vec![
            row.vrf,
            prefix.prefix().to_string(),
            site.unwrap_or_default(),
            row.vlan
                .as_ref()
                .map(|vlan| vlan.number.to_string())
                .unwrap_or_default(),
            row.vlan.map(|vlan| vlan.group_name).unwrap_or_default(),
            prefix.status.to_string(),
            prefix.role,
            yes(prefix.is_pool),
            prefix.note,
        ]
    });
    Ok(rows.collect())
}

/// Creates or updates a range from a row.
pub fn range_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    range_import_fields(c, actor, row).map_err(at_columns)
}

fn range_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    fields.set("vrf_id", vrf_of(c, row)?.id.to_string());
    let draft = RangeDraft::parse(&fields)?;
    match range_named(c, draft.vrf_id, draft.first, draft.last)? {
        None => range_create(c, actor, &draft).map(|_| Change::Created),
        Some(there) if there.archived_at.is_some() => {
            range_archive(c, actor, there.id, there.version, false)?;
            range_update(c, actor, there.id, there.version + 1, &draft)?;
            Ok(Change::Updated)
        }
        Some(there) if range_draft(&there) == draft => Ok(Change::Unchanged),
        Some(there) => {
            range_update(c, actor, there.id, there.version, &draft)?;
            Ok(Change::Updated)
        }
    }
}

fn range_draft(there: &IpRange) -> RangeDraft {
    let (first, last) = there.ends();
    RangeDraft {
        vrf_id: there.vrf_id,
        first,
        last,
        name: there.name.clone(),
        purpose: there.purpose,
        note: there.note.clone(),
    }
}

/// All live ranges as rows.
pub fn range_export(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    let rows = range_list(c, actor)?.into_iter().map(|row| {
        let (first, last) = row.range.ends();
        vec![
            row.vrf,
            first.to_string(),
            last.to_string(),
            row.range.name,
            row.range.purpose.to_string(),
            row.range.note,
        ]
    });
    Ok(rows.collect())
}

/// Creates or updates an address from a row. Where a table lets an address be there twice, the name in the DNS tells them apart.
pub fn address_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    address_import_fields(c, actor, row).map_err(at_columns)
}

fn address_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let vrf = vrf_of(c, row)?;
    let mut fields = row.clone();
    fields.set("vrf_id", vrf.id.to_string());
    let draft = AddressDraft::parse(&fields)?;
    let known = address_named(c, draft.vrf_id, draft.address)?;
    let there = known
        .iter()
        .find(|there| vrf.refuse_duplicates || there.dns_name == draft.dns_name);
    match there {
        None => address_create(c, actor, &draft).map(|_| Change::Created),
        Some(there) if there.archived_at.is_some() => {
            address_archive(c, actor, there.id, there.version, false)?;
            address_update(c, actor, there.id, there.version + 1, &draft)?;
            Ok(Change::Updated)
        }
        Some(there) if address_draft(there) == draft => Ok(Change::Unchanged),
        Some(there) => {
            address_update(c, actor, there.id, there.version, &draft)?;
            Ok(Change::Updated)
        }
    }
}

fn address_draft(there: &IpAddress) -> AddressDraft {
    AddressDraft {
        vrf_id: there.vrf_id,
        address: there.ip(),
        dns_name: there.dns_name.clone(),
        role: there.role,
        status: there.status,
        note: there.note.clone(),
    }
}

/// All live addresses as rows.
pub fn address_export(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    let rows = addresses_all(c, actor)?.into_iter().map(|row| {
        let address = row.address;
        vec![
            row.vrf,
            address.ip().to_string(),
            address.dns_name,
            address.role.to_string(),
            address.status.to_string(),
            address.note,
        ]
    });
    Ok(rows.collect())
}

/// The live address or network of a row, in column `address`.
fn subject_of(c: &mut Conn, row: &Fields) -> Result<Subject, Fault> {
    let vrf = vrf_of(c, row)?;
    let text = row.get("address");
    let found = if text.contains('/') {
        let prefix = IpPrefix::parse("address", text)?;
        prefix_named(c, vrf.id, prefix)?
            .filter(|prefix| prefix.archived_at.is_none())
            .map(|prefix| Subject::Prefix(prefix.id))
    } else {
        let ip = Ip::parse("address", text)?;
        address_named(c, vrf.id, ip)?
            .into_iter()
            .find(|address| address.archived_at.is_none())
            .map(|address| Subject::Address(address.id))
    };
    found.ok_or_else(|| {
        let message = Message::new("addressing-csv-no-address").with("vrf", vrf.name);
        Fault::field("address", message)
    })
}

/// Adds an assignment from a row, or sets the end of the one that begins at the same instant.
pub fn assignment_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    if row.get("from").trim().is_empty() {
        return Err(Fault::field("from", Message::new("fault-required")));
    }
    let subject = subject_of(c, row)?;
    let draft = AssignmentDraft::parse(row, chrono_tz::UTC, actor.now)?;
    let there = assignments_of(c, actor, subject)?
        .into_iter()
        .find(|there| there.assignment.from_at == draft.times.from);
    let Some(there) = there else {
        assignment_add(c, actor, subject, &draft)?;
        return Ok(Change::Created);
    };
    refuse_other(&there, &draft)?;
    let kept = &there.assignment;
    if kept.until_at == draft.times.until {
        return Ok(Change::Unchanged);
    }
    assignment_end(c, actor, kept.id, kept.version, draft.times.until)?;
    Ok(Change::Updated)
}

/// What is on record of who had an address is not changed by an import.
fn refuse_other(there: &AssignmentRow, draft: &AssignmentDraft) -> Result<(), Fault> {
    let device = there.device.as_ref().map_or("", |device| &device.name);
    let customer = there
        .customer
        .as_ref()
        .map_or("", |customer| &customer.code);
    let same_customer = draft.customer.is_empty() || draft.customer.eq_ignore_ascii_case(customer);
    for (field, is_same) in [
        ("device", draft.device == device),
        ("interface", draft.interface == there.assignment.interface),
        ("customer", same_customer),
        ("note", draft.note == there.assignment.note),
    ] {
        if !is_same {
            let message = Message::new("assignments-on-record");
            return Err(Fault::field(field, message));
        }
    }
    Ok(())
}

fn instant_text(at: Timestamp) -> String {
    at.to_utc()
        .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// The assignments of what is live as rows.
pub fn assignment_export(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    let mut texts: HashMap<(bool, i64), (String, String)> = HashMap::new();
    for row in addresses_all(c, actor)? {
        let text = row.address.ip().to_string();
        texts.insert((true, row.address.id.get()), (row.vrf, text));
    }
    for row in prefix_rows(c, actor)? {
        let text = row.prefix.prefix().to_string();
        texts.insert((false, row.prefix.id.get()), (row.vrf, text));
    }
    let rows = assignments_all(c, actor)?.into_iter().filter_map(|row| {
        let kept = row.assignment;
        let key = match (kept.address_id, kept.prefix_id) {
            (Some(id), _) => (true, id.get()),
            (None, id) => (false, id?.get()),
        };
        let (vrf, text) = texts.get(&key)?.clone();
        Some(vec![
            vrf,
            text,
            row.device.map(|device| device.name).unwrap_or_default(),
            kept.interface,
            row.customer
                .map(|customer| customer.code)
                .unwrap_or_default(),
            instant_text(kept.from_at),
            kept.until_at.map(instant_text).unwrap_or_default(),
            kept.note,
        ])
    });
    Ok(rows.collect())
}
