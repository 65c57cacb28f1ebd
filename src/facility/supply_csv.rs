//! Power feeds, what PDUs are connected to, and what is plugged into their outlets, as CSV; the same columns both ways.

use super::csv::{at_columns, room_of_row};
use super::feed::{FeedDraft, OutletDraft, PduDraft};
use super::ops::{
    feed_archive, feed_by_name, feed_create, feed_list, feed_update, outlet_map, outlet_numbered,
    outlets_named, pdu_named, pdu_update, pdus_named,
};
use super::rows::{FeedRow, Outlet, PowerFeed};
use crate::base::change::Change;
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerFeedId;
use crate::base::number::required_whole;
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `power-feeds`; keyed by `site`, `room` and `name`.
pub const FEED_COLUMNS: &[&str] = &[
    "site", "room", "name", "side", "phases", "volts", "amps", "note",
];

/// Columns of the kind `pdus`; keyed by `pdu`. The PDU was read before, the feed is one of `power-feeds`.
pub const PDU_COLUMNS: &[&str] = &["pdu", "site", "room", "feed"];

/// Columns of the kind `outlets`; keyed by `pdu` and `number`. The PDU told of the outlet before.
pub const OUTLET_COLUMNS: &[&str] = &["pdu", "number", "device", "supply", "confirmed"];

/// Creates or updates a feed from a row.
pub fn feed_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    feed_import_fields(c, actor, row).map_err(|fault| at_columns(fault, &[("room_id", "room")]))
}

fn feed_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    fields.set("room_id", room_of_row(c, row)?.id.to_string());
    let draft = FeedDraft::parse(&fields)?;
    let Some(there) = feed_by_name(c, draft.room_id, &draft.name)? else {
        feed_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        feed_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if FeedDraft::from(&there) == draft {
        return Ok(Change::Unchanged);
    }
    feed_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

impl From<&PowerFeed> for FeedDraft {
    fn from(there: &PowerFeed) -> Self {
        Self {
            room_id: there.room_id,
            name: there.name.clone(),
            side: there.side,
            phases: there.phases,
            volts: there.volts,
            amps: there.amps,
            note: there.note.clone(),
        }
    }
}

/// All live feeds as rows.
pub fn feed_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = feed_list(c, actor)?.into_iter().map(|row| {
        let feed = row.feed;
        vec![
            row.site.code,
            row.room.name,
            feed.name,
            feed.side.to_string(),
            feed.phases.to_string(),
            feed.volts.to_string(),
            feed.amps.to_string(),
            feed.note,
        ]
    });
    Ok(rows.collect())
}

fn no_pdu(name: &str) -> Fault {
    let message = Message::new("supply-csv-no-pdu").with("name", name);
    Fault::field("pdu", message)
}

/// The feed a row names, in columns `site`, `room` and `feed`; none when `feed` is empty.
fn feed_of_row(c: &mut Conn, row: &Fields) -> Result<Option<PowerFeedId>, Fault> {
    let name = row.get("feed").trim();
    if name.is_empty() {
        return Ok(None);
    }
    let room = room_of_row(c, row)?;
    let feed = feed_by_name(c, room.id, name)?.filter(|feed| feed.archived_at.is_none());
    let missing = || {
        Message::new("supply-csv-no-feed")
            .with("name", name)
            .with("room", room.name)
    };
    let feed = feed.ok_or_else(|| Fault::field("feed", missing()))?;
    Ok(Some(feed.id))
}

/// Connects a PDU to the feed of a row, or to none.
pub fn pdu_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let name = row.get("pdu").trim();
    let pdu = pdu_named(c, name)?.ok_or_else(|| no_pdu(name))?;
    let feed_id = feed_of_row(c, row)?;
    if pdu.feed_id == feed_id {
        return Ok(Change::Unchanged);
    }
    pdu_update(c, actor, pdu.device_id, pdu.version, &PduDraft { feed_id })?;
    Ok(Change::Updated)
}

/// All PDUs of live devices as rows.
pub fn pdu_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let feeds = feed_list(c, actor)?;
    let row = |(name, feed): (String, Option<PowerFeedId>)| {
        let feed: Option<&FeedRow> = feeds.iter().find(|row| Some(row.feed.id) == feed);
        let mut cells = vec![name];
        cells.extend(match feed {
            Some(row) => [&row.site.code, &row.room.name, &row.feed.name].map(Clone::clone),
            None => Default::default(),
        });
        cells
    };
    Ok(pdus_named(c, actor)?.into_iter().map(row).collect())
}

/// Says what is plugged into the outlet of a row. With `confirmed` somebody has followed the cable; without, a
/// confirmation that is there stays while the cable does.
pub fn outlet_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut faults = Faults::new();
    let number = faults.keep(required_whole("number", row.get("number"), 1, 100_000));
    let number = faults.into_result(number)?;
    let draft = OutletDraft::parse(row)?;
    let name = row.get("pdu").trim();
    let pdu = pdu_named(c, name)?.ok_or_else(|| no_pdu(name))?;
    let (outlet, plugged) = outlet_numbered(c, pdu.device_id, number)?.ok_or_else(|| {
        let message = Message::new("supply-csv-no-outlet").with("name", name);
        Fault::field("number", message)
    })?;
    if is_said(&outlet, plugged.as_deref(), &draft) {
        return Ok(Change::Unchanged);
    }
    outlet_map(c, actor, outlet.id, outlet.version, &draft)?;
    Ok(Change::Updated)
}

fn is_said(there: &Outlet, plugged: Option<&str>, draft: &OutletDraft) -> bool {
    plugged == draft.device.as_deref()
        && there.supply == draft.supply
        && (there.confirmed_at.is_some() || !draft.confirmed)
}

/// All outlets of live PDUs as rows.
pub fn outlet_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = outlets_named(c, actor)?.into_iter().map(|named| {
        let confirmed = named.outlet.confirmed_at.is_some();
        vec![
            named.pdu,
            named.outlet.number.to_string(),
            named.plugged.unwrap_or_default(),
            named.outlet.supply,
            if confirmed { "yes" } else { "" }.to_owned(),
        ]
    });
    Ok(rows.collect())
}
