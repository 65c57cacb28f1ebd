//! Collecting the evidence of visits.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::chain::chain_head;
use super::list::{VisitFilter, visit_export};
use super::places::site_choices;
use crate::access::doors::{DoorEventRow, passages_of};
use crate::access::evidence::{
    ChainSaid, Counts, ENTRY_COLUMNS, EvidenceSummary, VISITS_FORMAT, VisitsManifest, packed, table,
};
use crate::access::rows::{ChainedEntry, VisitRecord};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{SiteId, VisitId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::visit_events;

const VISIT_COLUMNS: &[&str] = &[
    "number",
    "state",
    "customer",
    "purpose",
    "purpose_text",
    "planned_from",
    "planned_until",
    "racks",
    "areas",
    "escort_required",
    "escort",
    "walk_in",
    "announced_by",
    "announced_at",
    "note",
];
const PERSON_COLUMNS: &[&str] = &[
    "visit",
    "person_id",
    "name",
    "company",
    "document_kind",
    "document_number",
    "badge",
    "badge_returned",
    "badge_note",
    "checked_in_at",
    "checked_in_by",
    "checked_out_at",
    "checked_out_by",
    "note",
];
const PASSAGE_COLUMNS: &[&str] = &[
    "at",
    "received_at",
    "door_code",
    "door",
    "from_area",
    "to_area",
    "badge",
    "result",
    "alert",
    "visit",
    "name",
    "source",
    "external_id",
];

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn instant(at: Option<Timestamp>) -> String {
    at.map(Timestamp::to_rfc3339).unwrap_or_default()
}

fn visit_row(record: &VisitRecord) -> Vec<String> {
    let visit = &record.visit;
    let racks: Vec<String> = record
        .racks
        .iter()
        .map(|rack| format!("{} / {}", rack.room, rack.name))
        .collect();
    let host = record.customer.as_ref();
    vec![
        visit.number.clone(),
        visit.state.to_string(),
        host.map(|host| host.code.clone()).unwrap_or_default(),
        visit.purpose.to_string(),
        visit.purpose_text.clone(),
        visit.planned_from.to_rfc3339(),
        visit.planned_until.to_rfc3339(),
        racks.join("; "),
        visit.areas.clone(),
        yes(visit.escort_required),
        visit.escort_name.clone(),
        yes(visit.walk_in),
        visit.created_by_name.clone(),
        visit.created_at.to_rfc3339(),
        visit.note.clone(),
    ]
}

fn person_rows(record: &VisitRecord) -> Vec<Vec<String>> {
    let rows = record.people.iter().map(|visitor| {
        let (person, desk) = (&visitor.person, &visitor.attendance);
        vec![
            record.visit.number.clone(),
            person.id.to_string(),
            person.name.clone(),
            person.company.clone(),
            person.identity_kind.to_string(),
            person.identity_masked.clone(),
            desk.badge.clone(),
            desk.badge_returned.map(yes).unwrap_or_default(),
            desk.badge_note.clone(),
            instant(desk.checked_in_at),
            desk.checked_in_by.clone(),
            instant(desk.checked_out_at),
            desk.checked_out_by.clone(),
            desk.note.clone(),
        ]
    });
    rows.collect()
}

fn passage_row(row: DoorEventRow) -> Vec<String> {
    let event = row.event;
    let result = if event.granted { "granted" } else { "refused" };
    vec![
        event.at.to_rfc3339(),
        event.received_at.to_rfc3339(),
        event.door_code,
        row.door.unwrap_or_default(),
        row.from_area.unwrap_or_default(),
        row.to_area.unwrap_or_default(),
        event.badge,
        result.to_owned(),
        event
            .alert
            .map(|alert| alert.to_string())
            .unwrap_or_default(),
        row.visit.unwrap_or_default(),
        row.person.unwrap_or_default(),
        event.source,
        event.external_id.unwrap_or_default(),
    ]
}

fn entry_row(entry: ChainedEntry, numbers: &HashMap<VisitId, String>) -> Vec<String> {
    let number = numbers.get(&entry.visit_id).cloned();
    let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    vec![
        id(entry.sequence),
        number.unwrap_or_default(),
        entry.visit_id.to_string(),
        id(entry.person_id.map(|id| id.get())),
        entry.at.millis().to_string(),
        entry.at.to_rfc3339(),
        entry.event,
        id(entry.author_user_id.map(|id| id.get())),
        entry.author_name,
        entry.remote,
        entry.note,
        id(entry.corrects_event_id.map(|id| id.get())),
        id(entry.corrected_at.map(Timestamp::millis)),
        entry.named_salt.unwrap_or_default(),
        entry.named_digest,
        entry.previous_hash,
        entry.entry_hash,
    ]
}

fn entries_of(c: &mut Conn, records: &[VisitRecord]) -> Result<Vec<Vec<String>>, Fault> {
    let mut found: Vec<ChainedEntry> = Vec::new();
    for part in records.chunks(500) {
        let ids: Vec<VisitId> = part.iter().map(|record| record.visit.id).collect();
        let rows: Vec<ChainedEntry> = visit_events::table
            .filter(visit_events::visit_id.eq_any(ids))
            .select(ChainedEntry::as_select())
            .load(c)?;
        found.extend(rows);
    }
    found.sort_by_key(|entry| (entry.sequence, entry.id));
    let numbers: HashMap<VisitId, String> = records
        .iter()
        .map(|record| (record.visit.id, record.visit.number.clone()))
        .collect();
    Ok(found
        .into_iter()
        .map(|entry| entry_row(entry, &numbers))
        .collect())
}

/// The evidence of visits of a site whose planned time or stay touches `from..until`, as a ZIP file. For staff who see
/// visits; whoever hands it out leaves [`visit_evidence_note`].
pub fn visit_evidence(
    c: &mut Conn,
    actor: &Actor,
    site: SiteId,
    from: Timestamp,
    until: Timestamp,
) -> Result<EvidenceSummary, Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)?;
    if until <= from {
        return Err(Fault::field("until", Message::new("touched-fault-time")));
    }
    let place = site_choices(c)?
        .into_iter()
        .find(|place| place.id == site)
        .ok_or_else(Fault::not_found)?;
    let filter = VisitFilter {
        site: Some(site),
        from: Some(from),
        until: Some(until),
        ..VisitFilter::default()
    };
    let mut records = visit_export(c, actor, &filter)?;
    records.sort_by(|a, b| a.visit.number.cmp(&b.visit.number));
    let there: Vec<VisitPersonId> = records
        .iter()
        .flat_map(|record| record.people.iter().map(|visitor| visitor.attendance.id))
        .collect();
    let visits: Vec<Vec<String>> = records.iter().map(visit_row).collect();
    let people: Vec<Vec<String>> = records.iter().flat_map(person_rows).collect();
    let entries = entries_of(c, &records)?;
    let passages: Vec<Vec<String>> = passages_of(c, &there)?
        .into_iter()
        .map(passage_row)
        .collect();
    let (chained, head_hash) = chain_head(c)?;
    let manifest = VisitsManifest {
        format: VISITS_FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: actor.now,
        made_by: actor.name.clone(),
        site: place.code,
        time_zone: place.time_zone,
        from,
        until,
        counts: Counts {
            visits: visits.len(),
            people: people.len(),
            entries: entries.len(),
            passages: passages.len(),
        },
        chain: ChainSaid {
            entries: chained,
            head_hash,
        },
        files: Vec::new(),
    };
    let tables = vec![
        table("visits.csv", VISIT_COLUMNS, &visits)?,
        table("people.csv", PERSON_COLUMNS, &people)?,
        table("entries.csv", ENTRY_COLUMNS, &entries)?,
        table("passages.csv", PASSAGE_COLUMNS, &passages)?,
    ];
    packed(tables, manifest)
}

/// Leaves the audit entry of evidence that was handed out.
pub fn visit_evidence_note(
    c: &mut Conn,
    actor: &Actor,
    site: SiteId,
    made: &EvidenceSummary,
) -> Result<(), Fault> {
    actor.require(Permission::ViewVisits)?;
    let manifest = &made.manifest;
    let event = Event::new("visit.evidence", "site", site.get(), &manifest.site).with(json!({
        "from": manifest.from.to_rfc3339(),
        "until": manifest.until.to_rfc3339(),
        "visits": manifest.counts.visits,
        "people": manifest.counts.people,
        "sha256": made.hash,
    }));
    audit::record(c, &actor.author(), actor.now, event)
}
