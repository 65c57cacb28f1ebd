//! Boards, power feeds, what PDUs are connected to, and what is plugged into their outlets, as CSV; the same columns both ways.

use super::csv::{at_columns, keep_missing, room_of_row, site_of_row};
use super::feed::{FeedDraft, OutletDraft, PanelDraft, PduDraft};
use super::ops::{
    feed_archive, feed_by_name, feed_create, feed_list, feed_update, outlet_map, outlet_numbered,
    outlets_named, panel_by_name, panel_create, panel_list, panel_update, pdu_named, pdu_update,
    pdus_named, room_by_name,
};
use super::rows::{FeedRow, Outlet, PowerFeed, PowerPanel};
use crate::base::change::Change;
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerFeedId;
use crate::base::number::required_whole;
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `power-panels`; keyed by `site`, `room` and `name`.
pub const PANEL_COLUMNS: &[&str] = &["site", "room", "name", "note"];

/// Columns of the kind `power-feeds`; keyed by `site`, `room` and `name`. The board is one of `power-panels` of the
/// same site; without `panel_room` it stands in the room of the feed.
pub const FEED_COLUMNS: &[&str] = &[
    "site",
    "room",
    "name",
    "side",
    "phases",
    "volts",
    "amps",
    "panel_room",
    "panel",
    "max_percent",
    "contracted_watts",
    "note",
];

/// Columns of the kind `pdus`; keyed by `pdu`. The PDU was read before, the feed is one of `power-feeds`.
pub const PDU_COLUMNS: &[&str] = &["pdu", "site", "room", "feed"];

/// Columns of the kind `outlets`; keyed by `pdu` and `number`. The PDU told of the outlet before.
pub const OUTLET_COLUMNS: &[&str] = &["pdu", "number", "device", "supply", "confirmed"];

/// Creates or updates a board from a row.
pub fn panel_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    fields.set("room_id", room_of_row(c, row)?.id.to_string());
    let named = |fault| at_columns(fault, &[("room_id", "room")]);
    let draft = PanelDraft::parse(&fields).map_err(named)?;
    let Some(there) = panel_by_name(c, draft.room_id, &draft.name)? else {
        panel_create(c, actor, &draft).map_err(named)?;
        return Ok(Change::Created);
    };
    if there.note == draft.note {
        return Ok(Change::Unchanged);
    }
    panel_update(c, actor, there.id, there.version, &draft).map_err(named)?;
    Ok(Change::Updated)
}

/// All live boards as rows.
pub fn panel_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = panel_list(c, actor)?.into_iter();
    let rows = rows.map(|row| vec![row.site.code, row.room.name, row.panel.name, row.panel.note]);
    Ok(rows.collect())
}

/// The live board that a row names, in columns `site`, `panel_room` or `room`, and `panel`; none when `panel` is
/// empty.
fn panel_of_row(c: &mut Conn, row: &Fields) -> Result<Option<PowerPanel>, Fault> {
    let name = row.get("panel").trim();
    if name.is_empty() {
        return Ok(None);
    }
    let room = match row.get("panel_room").trim() {
        "" => room_of_row(c, row)?,
        other => {
            let site = site_of_row(c, row)?;
            let missing = || {
                let message = Message::new("facility-csv-no-room")
                    .with("name", other)
                    .with("site", site.code.as_str());
                Fault::field("panel_room", message)
            };
            room_by_name(c, site.id, other)?
                .filter(|room| room.archived_at.is_none())
                .ok_or_else(missing)?
        }
    };
    let missing = || {
        let message = Message::new("supply-csv-no-panel")
            .with("name", name)
            .with("room", room.name.as_str());
        Fault::field("panel", message)
    };
    panel_by_name(c, room.id, name)?
        .ok_or_else(missing)
        .map(Some)
}

/// Creates or updates a feed from a row.
pub fn feed_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let columns = [("room_id", "room"), ("panel_id", "panel")];
    feed_import_fields(c, actor, row).map_err(|fault| at_columns(fault, &columns))
}

fn feed_import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    let room = room_of_row(c, row)?.id;
    fields.set("room_id", room.to_string());
    if row.has("panel") {
        let panel = panel_of_row(c, row)?.map(|panel| panel.id.to_string());
        fields.set("panel_id", panel.unwrap_or_default());
    }
    let there = feed_by_name(c, room, row.get("name"))?;
    if let Some(there) = &there {
        keep_missing(&mut fields, &later_fields(there));
    }
    let draft = FeedDraft::parse(&fields)?;
    let Some(there) = there else {
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

/// What older files do not have.
fn later_fields(there: &PowerFeed) -> Fields {
    let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
    [
        ("panel_id", number(there.panel_id.map(|panel| panel.get()))),
        ("max_percent", there.max_percent.to_string()),
        (
            "contracted_watts",
            number(there.contracted_watts.map(|watts| watts.get())),
        ),
    ]
    .into_iter()
    .collect()
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
            panel_id: there.panel_id,
            max_percent: there.max_percent,
            contracted_watts: there.contracted_watts,
            note: there.note.clone(),
        }
    }
}

/// All live feeds as rows.
pub fn feed_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let panels = panel_list(c, actor)?;
    let rows = feed_list(c, actor)?.into_iter().map(|row| {
        let later = later_fields(&row.feed);
        let feed = row.feed;
        let panel = panels
            .iter()
            .find(|there| Some(there.panel.id) == feed.panel_id);
        let (panel_room, panel) = match panel {
            None => (String::new(), String::new()),
            Some(there) if there.room.id == feed.room_id => {
                (String::new(), there.panel.name.clone())
            }
            Some(there) => (there.room.name.clone(), there.panel.name.clone()),
        };
        vec![
            row.site.code,
            row.room.name,
            feed.name,
            feed.side.to_string(),
            feed.phases.to_string(),
            feed.volts.to_string(),
            feed.amps.to_string(),
            panel_room,
            panel,
            later.get("max_percent").to_owned(),
            later.get("contracted_watts").to_owned(),
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
