//! PDUs and outlets by their names, for files.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PowerFeedId};
use crate::facility::rows::{Outlet, Pdu};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{devices, outlets, pdus};

/// An outlet with the names of its PDU and of what is plugged in.
#[derive(Debug, Clone)]
pub struct OutletNamed {
    /// Name of the PDU.
    pub pdu: String,
    /// The outlet.
    pub outlet: Outlet,
    /// Name of the device that is plugged in.
    pub plugged: Option<String>,
}

/// The PDU that a live device of a name is; the caller has checked the right.
pub fn pdu_named(c: &mut Conn, name: &str) -> Result<Option<Pdu>, Fault> {
    Ok(pdus::table
        .inner_join(devices::table.on(devices::id.eq(pdus::device_id)))
        .filter(devices::name.eq(name))
        .filter(devices::archived_at.is_null())
        .select(Pdu::as_select())
        .first(c)
        .optional()?)
}

/// Live PDUs by name, each with its feed.
pub fn pdus_named(
    c: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(String, Option<PowerFeedId>)>, Fault> {
    actor.require(Permission::ViewFacility)?;
    Ok(pdus::table
        .inner_join(devices::table.on(devices::id.eq(pdus::device_id)))
        .filter(devices::archived_at.is_null())
        .order(devices::name.asc())
        .select((devices::name, pdus::feed_id))
        .load(c)?)
}

/// An outlet of a PDU by its number, with the name of what is plugged in; the caller has checked the right.
pub fn outlet_numbered(
    c: &mut Conn,
    pdu: DeviceId,
    number: i64,
) -> Result<Option<(Outlet, Option<String>)>, Fault> {
    let found: Option<Outlet> = outlets::table
        .filter(outlets::device_id.eq(pdu))
        .filter(outlets::number.eq(number))
        .select(Outlet::as_select())
        .first(c)
        .optional()?;
    let Some(outlet) = found else {
        return Ok(None);
    };
    let plugged = match outlet.mapped_device_id {
        None => None,
        Some(id) => devices::table
            .find(id)
            .select(devices::name)
            .first(c)
            .optional()?,
    };
    Ok(Some((outlet, plugged)))
}

/// All outlets of live PDUs, by the name of the PDU and their number.
pub fn outlets_named(c: &mut Conn, actor: &Actor) -> Result<Vec<OutletNamed>, Fault> {
    actor.require(Permission::ViewFacility)?;
    actor.require(Permission::ViewPower)?;
    let rows: Vec<(Outlet, String)> = outlets::table
        .inner_join(devices::table.on(devices::id.eq(outlets::device_id)))
        .filter(devices::archived_at.is_null())
        .order((devices::name.asc(), outlets::number.asc()))
        .select((Outlet::as_select(), devices::name))
        .load(c)?;
    let names: Vec<(DeviceId, String)> = devices::table
        .filter(
            devices::id.nullable().eq_any(
                outlets::table
                    .filter(outlets::mapped_device_id.is_not_null())
                    .select(outlets::mapped_device_id),
            ),
        )
        .select((devices::id, devices::name))
        .load(c)?;
    let names: BTreeMap<DeviceId, String> = names.into_iter().collect();
    let named = rows.into_iter().map(|(outlet, pdu)| OutletNamed {
        pdu,
        plugged: outlet
            .mapped_device_id
            .and_then(|id| names.get(&id).cloned()),
        outlet,
    });
    Ok(named.collect())
}
