//! Rows that the measurements start from: a customer, switches with their targets.

use coldaisle::base::fault::Fault;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{CustomerId, DeviceId, DeviceTypeId, SnmpTargetId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Actor;
use coldaisle::metering::{TargetDraft, target_create};
use coldaisle::store::Conn;
use coldaisle::store::schema::{customers, device_types, devices};
use diesel::prelude::*;

/// A switch on record.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    /// The device.
    pub device: DeviceId,
    /// Its target, read every 300 s.
    pub target: SnmpTargetId,
}

/// What was typed, by field.
pub fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

/// A customer.
pub fn customer(c: &mut Conn, at: Timestamp) -> Result<CustomerId, Fault> {
    Ok(diesel::insert_into(customers::table)
        .values((
            customers::code.eq("bench"),
            customers::name.eq("Bench"),
            customers::locale.eq("en"),
            customers::created_at.eq(at),
            customers::updated_at.eq(at),
        ))
        .returning(customers::id)
        .get_result(c)?)
}

/// So many switches.
pub fn switches(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    count: usize,
) -> Result<Vec<Switch>, Fault> {
    let device_type: DeviceTypeId = diesel::insert_into(device_types::table)
        .values((
            device_types::manufacturer.eq("Example"),
            device_types::model.eq("Switch"),
            device_types::slug.eq("example-switch"),
            device_types::height_half_units.eq(2),
            device_types::full_depth.eq(true),
            device_types::role.eq("switch"),
            device_types::created_at.eq(actor.now),
            device_types::updated_at.eq(actor.now),
        ))
        .returning(device_types::id)
        .get_result(c)?;
    (0..count)
        .map(|number| switch(c, actor, keyring, device_type, number))
        .collect()
}

fn switch(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device_type: DeviceTypeId,
    number: usize,
) -> Result<Switch, Fault> {
    let name = format!("sw-{number:05}");
    let device: DeviceId = diesel::insert_into(devices::table)
        .values((
            devices::name.eq(&name),
            devices::device_type_id.eq(device_type),
            devices::status.eq("in_stock"),
            devices::search_folded.eq(&name),
            devices::created_at.eq(actor.now),
            devices::updated_at.eq(actor.now),
        ))
        .returning(devices::id)
        .get_result(c)?;
    let address = format!("10.0.{}.{}", number / 250, number % 250 + 1);
    let typed = fields(&[
        ("address", &address),
        ("port", "161"),
        ("version", "v2c"),
        ("community", "bench-ro"),
        ("interval_s", "300"),
        ("enabled", "yes"),
    ]);
    let target = target_create(c, actor, keyring, device, &TargetDraft::parse(&typed)?)?;
    Ok(Switch { device, target })
}
