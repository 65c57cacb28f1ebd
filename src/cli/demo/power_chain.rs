//! Feeds, PDUs and outlets of the demo, and what was measured of them.

use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::gauge::{GaugePart, GaugeSeen, OutletSeen, OutletState, Quantity};
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::facility::{
    FeedDraft, OutletDraft, PduDraft, feed_by_name, feed_create, outlet_map, outlets_of_pdu,
    panel_by_name, pdu_of_device, pdu_seen, pdu_update, room_list,
};
use crate::identity::Actor;
use crate::inventory::device_by_name;
use crate::metering::gauges_fill;
use crate::sim::switch::PduSpec;
use crate::store::{Conn, Store};

use super::{models, sample};

/// Milliseconds between two readings of the past.
const STEP_MS: i64 = 300_000;
const DAY_MS: i64 = 86_400_000;
const FAMILY: &str = "apc";

/// Makes a feed for each PDU of the sample, says what is plugged into it, and stores `days` of readings up to `now`.
pub fn make(store: &Store, days: u16, now: Timestamp) -> Result<(), Fault> {
    let devices = sample::rows("devices")?;
    let actor = Actor::task("demo", now);
    for row in &devices {
        let name = row.get("name");
        let Some(spec) = models::pdu(name, &devices) else {
            continue;
        };
        store.write_blocking("demo.power", |c| {
            let Some(device) = device_by_name(c, name)? else {
                return Ok(());
            };
            if pdu_of_device(c, device.id)?.is_some() {
                return Ok(());
            }
            let begun = now.plus_millis(-i64::from(days) * DAY_MS);
            pdu_seen(c, device.id, begun, FAMILY, None, &outlets(&spec))?;
            connect(c, &actor, device.id, row)?;
            // What was measured before somebody looked at the cable would be nobody's.
            let looked = Actor::task("demo", begun);
            plug(c, &looked, device.id, &spec, name)?;
            let count = i64::from(days) * DAY_MS / STEP_MS;
            let times = (0..count).map(|n| begun.plus_millis(n * STEP_MS + 1_700));
            gauges_fill(c, device.id, &gauges(&spec), times, |at| values(&spec, at)).map(drop)
        })?;
    }
    Ok(())
}

fn outlets(spec: &PduSpec) -> Vec<OutletSeen> {
    let all = spec.outlets.iter().zip(1..).map(|(outlet, number)| {
        let number: u32 = number;
        OutletSeen {
            index: number.to_string(),
            name: Some(outlet.name.clone()),
            state: if outlet.on {
                OutletState::On
            } else {
                OutletState::Off
            },
        }
    });
    all.collect()
}

/// The feed of a PDU: the A side for the one whose name ends so.
fn connect(c: &mut Conn, actor: &Actor, device: DeviceId, row: &Fields) -> Result<(), Fault> {
    let side = if row.get("name").ends_with('B') {
        "b"
    } else {
        "a"
    };
    let rooms = room_list(c, actor)?;
    let room = rooms
        .iter()
        .find(|found| found.room.name == row.get("room") && found.site.code == row.get("site"));
    let Some(room) = room else { return Ok(()) };
    let name = format!("UPS-{}-{}", side.to_uppercase(), row.get("rack"));
    let panel = panel_by_name(c, room.room.id, &format!("LP-{}", side.to_uppercase()))?;
    let fields: Fields = [
        ("room_id", room.room.id.to_string()),
        (
            "panel_id",
            panel.map_or_else(String::new, |panel| panel.id.to_string()),
        ),
        ("name", name),
        ("side", side.to_owned()),
        ("phases", "1".to_owned()),
        ("volts", "220".to_owned()),
        ("amps", "32".to_owned()),
    ]
    .into_iter()
    .collect();
    let draft = FeedDraft::parse(&fields)?;
    let feed = match feed_by_name(c, draft.room_id, &draft.name)? {
        Some(feed) => feed.id,
        None => feed_create(c, actor, &draft)?,
    };
    let version = pdu_of_device(c, device)?.map_or(1, |pdu| pdu.version);
    let draft = PduDraft {
        feed_id: Some(feed),
    };
    pdu_update(c, actor, device, version, &draft)
}

/// Says of each outlet that feeds a machine which of its two supplies that is; the last one is still to be confirmed.
fn plug(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    spec: &PduSpec,
    pdu: &str,
) -> Result<(), Fault> {
    let supply = if pdu.ends_with('B') { "PSU2" } else { "PSU1" };
    let rows = outlets_of_pdu(c, actor, device)?;
    let plugged: Vec<_> = rows
        .iter()
        .zip(&spec.outlets)
        .filter(|(_, outlet)| outlet.watts > 0)
        .collect();
    let last = plugged.len().saturating_sub(1);
    for (place, (row, outlet)) in plugged.into_iter().enumerate() {
        let fields: Fields = [
            ("device", outlet.name.as_str()),
            ("supply", supply),
            ("confirmed", if place == last { "" } else { "yes" }),
        ]
        .into_iter()
        .collect();
        let draft = OutletDraft::parse(&fields)?;
        outlet_map(c, actor, row.outlet.id, row.outlet.version, &draft)?;
    }
    Ok(())
}

/// Gauges as a reading of such a PDU finds them; only those that are drawn: the inlet, the outlets in use, the probe.
fn gauges(spec: &PduSpec) -> Vec<GaugeSeen> {
    let gauge = |part, index: String, name: &str, quantity| GaugeSeen {
        part,
        index,
        quantity,
        name: Some(name.to_owned()),
        value: Ok(0),
    };
    let one = || "1".to_owned();
    let mut all = vec![
        gauge(GaugePart::Input, one(), "RackPDU", Quantity::ActivePower),
        gauge(GaugePart::Probe, one(), "Front", Quantity::Temperature),
        gauge(GaugePart::Probe, one(), "Front", Quantity::Humidity),
    ];
    for (place, outlet) in spec.outlets.iter().enumerate() {
        let index = (place + 1).to_string();
        all.push(gauge(
            GaugePart::Outlet,
            index,
            &outlet.name,
            Quantity::ActivePower,
        ));
    }
    all
}

/// Their numbers at a time, in the same order; the inlet in steps of 10 W, as such a PDU tells it.
fn values(spec: &PduSpec, at: Timestamp) -> Vec<i64> {
    let mut all = vec![
        (spec.inlet_watts_at(at) + 5) / 10 * 10,
        spec.tenths_celsius_at(at) * 100,
        spec.percent_humidity_at(at) * 10,
    ];
    all.extend((0..spec.outlets.len()).map(|outlet| spec.watts_at(outlet, at)));
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn both_pdus_of_the_sample_feed_the_machines_of_their_rack() {
        let devices = sample::rows("devices").unwrap();
        for name in ["PDU-A02-A", "PDU-A02-B"] {
            let spec = models::pdu(name, &devices).unwrap();
            let fed = spec.outlets.iter().filter(|outlet| outlet.watts > 0);
            assert!(fed.clone().any(|outlet| outlet.name == "SRV-0001"));
            assert!(fed.count() >= 8);
            let at = Timestamp::from_seconds(1_780_000_000);
            assert_eq!(gauges(&spec).len(), values(&spec, at).len());
        }
        assert!(models::pdu("SW-A01-1", &devices).is_none());
    }
}
