//! Machines to choose from for a bulk.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::fold::contains_pattern;
use crate::base::ids::{CustomerId, DeviceId, RackId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::bulk::MOST_MACHINES;
use crate::power::model::PowerState;
use crate::store::Conn;
use crate::store::schema::{bmc_endpoints, customers, devices, outlets, racks, rooms, sites};

/// Which machines to offer; without any of them none are.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// In this rack.
    pub rack: Option<RackId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Whose name, label or serial contains this.
    pub text: String,
}

/// A machine that could be switched.
#[derive(Debug, Clone, Queryable)]
pub struct Candidate {
    /// The machine.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its owner's name.
    pub customer: Option<String>,
    /// Its rack's name.
    pub rack: Option<String>,
    /// Whether it has power, as its BMC last said; none without a BMC.
    pub state: Option<PowerState>,
    /// When it said so.
    pub state_at: Option<Timestamp>,
    /// A second person must agree to actions.
    pub protected: bool,
}

/// Machines with a BMC or with confirmed outlets, by name.
pub fn candidates(c: &mut Conn, actor: &Actor, choice: &Choice) -> Result<Vec<Candidate>, Fault> {
    actor.require(Permission::ControlPower)?;
    let by_outlets: Vec<Option<DeviceId>> = outlets::table
        .filter(outlets::confirmed_at.is_not_null())
        .filter(outlets::mapped_device_id.is_not_null())
        .select(outlets::mapped_device_id)
        .distinct()
        .load(c)?;
    let by_outlets: Vec<DeviceId> = by_outlets.into_iter().flatten().collect();
    let mut query = devices::table
        .left_join(customers::table)
        .left_join(racks::table)
        .left_join(bmc_endpoints::table)
        .filter(devices::archived_at.is_null())
        .filter(devices::status.ne("removed"))
        .filter(
            bmc_endpoints::id
                .is_not_null()
                .or(devices::id.eq_any(by_outlets)),
        )
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    if let Some(rack) = choice.rack {
        query = query.filter(devices::rack_id.eq(rack));
    }
    if let Some(customer) = choice.customer {
        query = query.filter(devices::customer_id.eq(customer));
    }
    if !choice.text.trim().is_empty() {
        let pattern = contains_pattern(&choice.text);
        query = query.filter(devices::search_folded.like(pattern).escape('\\'));
    }
    Ok(query
        .order(devices::name.asc())
        .limit(i64::try_from(MOST_MACHINES).unwrap_or(i64::MAX))
        .select((
            devices::id,
            devices::name,
            customers::name.nullable(),
            racks::name.nullable(),
            bmc_endpoints::power_state.nullable(),
            bmc_endpoints::power_state_at.nullable(),
            devices::protected,
        ))
        .load(c)?)
}

/// What machines can be chosen by.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Racks with site and name.
    pub racks: Vec<(RackId, String, String)>,
    /// Customers; none for a customer.
    pub customers: Vec<(CustomerId, String)>,
}

/// The racks and customers of machines that the actor may see.
pub fn places(c: &mut Conn, actor: &Actor) -> Result<Places, Fault> {
    actor.require(Permission::ControlPower)?;
    let wall = actor.wall().customer();
    let mut in_racks = devices::table
        .inner_join(racks::table.inner_join(rooms::table.inner_join(sites::table)))
        .filter(devices::archived_at.is_null())
        .into_boxed();
    if let Some(customer) = wall {
        in_racks = in_racks.filter(devices::customer_id.eq(customer));
    }
    let racks = in_racks
        .select((racks::id, sites::code, racks::name))
        .distinct()
        .order((sites::code.asc(), racks::name.asc(), racks::id.asc()))
        .load(c)?;
    let customers = match wall {
        Some(_) => Vec::new(),
        None => devices::table
            .inner_join(customers::table)
            .filter(devices::archived_at.is_null())
            .select((customers::id, customers::name))
            .distinct()
            .order((customers::name.asc(), customers::id.asc()))
            .load(c)?,
    };
    Ok(Places { racks, customers })
}
