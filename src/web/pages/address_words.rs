//! What the pages of networks and addresses have in common.

use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::addressing::{AssignmentDraft, AssignmentRow, TreeRow, Vrf, vlan_list, vrf_list};
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, VrfId};
use crate::base::time::Timestamp;
use crate::facility::site_list;
use crate::identity::{Actor, Permission};
use crate::tenancy::customer_choices;
use crate::web::guards::Signed;
use crate::web::{Failure, Web};

/// The section of the navigation that addresses are in.
pub(super) fn area(actor: &Actor) -> &'static str {
    if actor.role.is_customer() {
        "bandwidth"
    } else {
        "network"
    }
}

/// Fails unless the signed-in person may change addresses.
pub(super) fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditAddresses)
        .map_err(|fault| signed.failure(fault))
}

/// An assignment as templates want it.
pub(super) fn held_value(row: &AssignmentRow, now: Timestamp) -> Value {
    let kept = &row.assignment;
    json!({
        "id": kept.id,
        "device": row.device,
        "interface": kept.interface,
        "customer": row.customer,
        "from": kept.from_at,
        "until": kept.until_at,
        "note": kept.note,
        "is_now": kept.times().covers(now),
        "is_over": kept.until_at.is_some_and(|until| until <= now),
    })
}

/// A network of the tree as templates want it.
pub(super) fn tree_value(row: &TreeRow, now: Timestamp) -> Value {
    let prefix = &row.row.prefix;
    json!({
        "id": prefix.id,
        "prefix": prefix.prefix().to_string(),
        "vrf": row.row.vrf,
        "depth": row.depth.min(8),
        "status": prefix.status,
        "role": prefix.role,
        "note": prefix.note,
        "site": row.row.site,
        "vlan": row.row.vlan,
        "held": row.row.held.as_ref().map(|held| held_value(held, now)),
        "used": row.usage.used.to_string(),
        "percent": row.usage.percent(),
    })
}

/// What forms offer to choose from.
pub(super) struct Choices {
    /// Live routing tables.
    pub vrfs: Vec<Vrf>,
    /// Live sites: id and code.
    pub sites: Vec<Value>,
    /// Live VLANs.
    pub vlans: Vec<Value>,
    /// Live customers by code.
    pub customers: Vec<Value>,
}

/// The routing table that a new address or network begins with: the one asked for, or the only one there is.
pub(super) async fn table_for(
    web: &Web,
    signed: &Signed,
    asked: Option<i64>,
) -> Result<Option<VrfId>, Failure> {
    if let Some(asked) = asked {
        return Ok(Some(VrfId::new(asked)));
    }
    let actor = signed.actor.clone();
    let all = web
        .store
        .read(move |c| vrf_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(match all.as_slice() {
        [only] => Some(only.id),
        _ => None,
    })
}

impl Choices {
    /// Reads them.
    pub(super) async fn of(web: &Web, signed: &Signed) -> Result<Self, Failure> {
        let actor = signed.actor.clone();
        web.store
            .read(move |c| {
                let sites = site_list(c, &actor)?
                    .into_iter()
                    .map(|site| json!({"value": site.id.to_string(), "label": format!("{} {}", site.code, site.name)}));
                let sites = sites.collect();
                let vlans = vlan_list(c, &actor)?.into_iter().map(|row| {
                    let place = row.site.map_or(row.vlan.group_name, |site| site.name);
                    json!({"value": row.vlan.id.to_string(), "label": format!("{} {} · {place}", row.vlan.number, row.vlan.name)})
                });
                let vlans = vlans.collect();
                let customers = customer_choices(c, &actor)?;
                let customer = |(_, code, name): (CustomerId, String, String)| json!({"value": code, "label": format!("{name} ({code})")});
                Ok(Self {
                    vrfs: vrf_list(c, &actor)?,
                    sites,
                    vlans,
                    customers: customers.into_iter().map(customer).collect(),
                })
            })
            .await
            .map_err(|fault| signed.failure(fault))
    }

    /// Routing tables to choose from.
    pub(super) fn tables(&self) -> Vec<Value> {
        self.vrfs
            .iter()
            .map(|vrf| json!({"value": vrf.id.to_string(), "label": vrf.name}))
            .collect()
    }
}

/// The assignment that a form wants besides; none when it names nobody.
pub(super) fn wanted(
    fields: &Fields,
    zone: Tz,
    now: Timestamp,
) -> Result<Option<AssignmentDraft>, Fault> {
    AssignmentDraft::is_wanted(fields)
        .then(|| AssignmentDraft::parse(fields, zone, now))
        .transpose()
}
