//! Outlets as those who switch them need them. For the operations of this program: the caller has checked the rights.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::gauge::OutletState;
use crate::base::ids::{DeviceId, OutletId};
use crate::base::time::Timestamp;
use crate::store::Conn;
use crate::store::schema::{devices, outlets};

/// An outlet that is on record for a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutletToSwitch {
    /// Row id.
    pub id: OutletId,
    /// Its PDU.
    pub pdu: DeviceId,
    /// Name of the PDU.
    pub pdu_name: String,
    /// Index in the PDU's tables.
    pub place: String,
    /// Which, counted from 1.
    pub number: i64,
    /// Which of the machine's supplies.
    pub supply: String,
    /// Whether it gave power when it was last seen.
    pub state: OutletState,
    /// Since when that is known.
    pub state_at: Timestamp,
    /// A person has said that the cable goes there.
    pub is_confirmed: bool,
    /// The PDU does not tell of it any more, or was taken out.
    pub is_missing: bool,
}

impl OutletToSwitch {
    /// `PDU-A01 / 7`
    pub fn label(&self) -> String {
        format!("{} / {}", self.pdu_name, self.number)
    }
}

type Found = (
    OutletId,
    DeviceId,
    String,
    String,
    i64,
    String,
    OutletState,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
);

/// All outlets on record for a machine, confirmed or not, by supply, PDU and number.
pub fn outlets_to_switch(c: &mut Conn, device: DeviceId) -> Result<Vec<OutletToSwitch>, Fault> {
    let found: Vec<Found> = outlets::table
        .inner_join(devices::table.on(devices::id.eq(outlets::device_id)))
        .filter(outlets::mapped_device_id.eq(device))
        .order((
            outlets::supply.asc(),
            outlets::device_id.asc(),
            outlets::number.asc(),
        ))
        .select((
            outlets::id,
            outlets::device_id,
            devices::name,
            outlets::place,
            outlets::number,
            outlets::supply,
            outlets::state,
            outlets::state_at,
            outlets::confirmed_at,
            outlets::missing_since,
            devices::archived_at,
        ))
        .load(c)?;
    Ok(found.into_iter().map(outlet).collect())
}

fn outlet(found: Found) -> OutletToSwitch {
    let (id, pdu, pdu_name, place, number, supply, state, state_at, confirmed, missing, archived) =
        found;
    OutletToSwitch {
        id,
        pdu,
        pdu_name,
        place,
        number,
        supply,
        state,
        state_at,
        is_confirmed: confirmed.is_some(),
        is_missing: missing.is_some() || archived.is_some(),
    }
}

/// Keeps what an outlet showed when it was switched.
pub fn outlet_seen(
    c: &mut Conn,
    id: OutletId,
    state: OutletState,
    at: Timestamp,
) -> Result<(), Fault> {
    let changed = outlets::table.find(id).filter(outlets::state.ne(state));
    diesel::update(changed)
        .set((
            outlets::state.eq(state),
            outlets::state_at.eq(at),
            outlets::updated_at.eq(at),
        ))
        .execute(c)?;
    Ok(())
}
