//! What was found of a device beside its counters, as templates want it.

use serde_json::{Value, json};

use crate::inventory::facts::{ASSET_TAG, MAC, MEMORY, MODEL, SERIAL, Verdict};
use crate::inventory::{Comparison, DeviceFact};
use crate::metering::{Discovery, NeighbourFound, SurveyState};

/// A neighbour as templates want it.
pub(super) fn neighbour_context(found: &NeighbourFound) -> Value {
    let row = &found.neighbour;
    let name = [&row.system_name, &row.chassis_id]
        .into_iter()
        .find(|text| !text.is_empty());
    let port = [&row.remote_port_id, &row.port_descr]
        .into_iter()
        .find(|text| !text.is_empty());
    json!({
        "name": name,
        "port": port,
        "port_descr": row.port_descr,
        "chassis": row.chassis_id,
        "system_descr": row.system_descr,
        "management": row.management_address,
        "first_seen_at": row.first_seen_at,
        "last_seen_at": row.last_seen_at,
        "gone_at": row.gone_at,
        "device": found.device.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "device_port": found.port.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
    })
}

/// What a device says of itself beside its record, as templates want it.
pub(super) fn compared_context(facts: &[DeviceFact], compared: &[Comparison]) -> Value {
    if facts.is_empty() {
        return Value::Null;
    }
    let last = facts.iter().map(|fact| fact.part).max().unwrap_or(1);
    let parts = (1..=last).map(|part| {
        let of_part = facts.iter().filter(|fact| fact.part == part);
        let values: serde_json::Map<String, Value> = of_part
            .map(|fact| (fact.field.clone(), fact.value.as_str().into()))
            .collect();
        json!({"part": part, "said": values})
    });
    let compared = compared.iter().map(|one| {
        let kind = match one.verdict {
            Verdict::Same => "ok",
            Verdict::Differs => "warning",
            Verdict::NotOnRecord | Verdict::NotSaid => "note",
        };
        json!({
            "label": match one.field {
                SERIAL => "devices-serial",
                ASSET_TAG => "devices-asset-tag",
                MEMORY => "devices-memory",
                MAC => "devices-nics",
                _ => "devices-model-said",
            },
            "record": one.record,
            "said": one.said.join(", "),
            "verdict": one.verdict,
            "kind": kind,
            "fact": one.fact,
            "by_hand": one.field == MODEL,
            "ignored_at": one.ignored_at,
            "ignored_by": one.ignored_by,
        })
    });
    json!({
        "compared": compared.collect::<Vec<_>>(),
        "parts": parts.collect::<Vec<_>>(),
        "seen_at": facts.iter().map(|fact| fact.seen_at).max(),
    })
}

/// What was found beside the ports, as templates want it.
pub(super) fn discovery_context(discovery: &Discovery) -> Value {
    let kind = |state: SurveyState| match state {
        SurveyState::Read => "ok",
        SurveyState::Failed => "warning",
        SurveyState::Absent | SurveyState::Unread => "off",
    };
    json!({
        "take_over": discovery.take_over,
        "asked_at": discovery.asked_at,
        "surveyed_at": discovery.surveyed_at,
        "own_chassis_id": discovery.own_chassis_id,
        "neighbours_state": discovery.neighbours_state,
        "neighbours_kind": kind(discovery.neighbours_state),
        "neighbours_detail": discovery.neighbours_detail,
        "unplaced": discovery.unplaced,
        "chassis_state": discovery.chassis_state,
        "chassis_kind": kind(discovery.chassis_state),
        "chassis_detail": discovery.chassis_detail,
        "trap_at": discovery.trap_at,
        "trap_kind": discovery.trap_kind,
        "traps": discovery.traps,
    })
}
