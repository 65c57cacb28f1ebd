//! The lists of components in a file of the library.

use std::collections::HashSet;

use super::reader::{Entries, Finding, Findings, shown};
use super::vocabulary::{
    CONSOLES, FEED_LEGS, INTERFACES, OUTLETS, PASS_THROUGH, POE_MODES, POE_TYPES, POWER_PORTS,
};
use super::yaml::Node;
use crate::base::fault::Message;
use crate::base::units::Watts;
use crate::inventory::port::{
    BayKind, BaySpec, MAX_PORT_WATTS, MAX_POSITIONS, PORT_LETTERS, PortKind, PortSpec,
};

/// Most components of one kind in a file.
const MAX_COMPONENTS: usize = 4096;
/// Longest description of a component, in letters.
const NOTE_LETTERS: usize = 200;

/// Lists of ports by the name of the format.
const PORT_LISTS: &[(&str, PortKind, &[&str])] = &[
    ("console-ports", PortKind::Console, CONSOLES),
    ("console-server-ports", PortKind::ConsoleServer, CONSOLES),
    ("power-ports", PortKind::PowerPort, POWER_PORTS),
    ("power-outlets", PortKind::PowerOutlet, OUTLETS),
    ("interfaces", PortKind::Interface, INTERFACES),
    ("rear-ports", PortKind::Rear, PASS_THROUGH),
    ("front-ports", PortKind::Front, PASS_THROUGH),
];

const BAY_LISTS: &[(&str, BayKind)] = &[
    ("device-bays", BayKind::Device),
    ("module-bays", BayKind::Module),
    ("inventory-items", BayKind::Inventory),
];

/// All ports of a file, kind by kind in the order of the file.
pub fn ports(entries: &mut Entries<'_>, findings: &mut Findings) -> Vec<PortSpec> {
    let mut all: Vec<PortSpec> = Vec::new();
    let mut names = HashSet::new();
    for (list, kind, connectors) in PORT_LISTS {
        for (item, place) in items(entries, list, findings) {
            let Some(mut entries) = map(item, place, findings) else {
                continue;
            };
            if let Some(spec) = port(&mut entries, *kind, connectors, findings) {
                if !names.insert((*kind, spec.name.clone())) {
                    let message = Message::new("library-name-twice");
                    let place = entries.at("name");
                    findings
                        .odd
                        .push(Finding::new(item.line, place, &spec.name, message));
                } else {
                    note_lost_way(&all, &spec, item.line, &entries, findings);
                    all.push(spec);
                }
            }
            entries.finish(findings);
        }
    }
    all
}

/// A front port or outlet that names a port which the file has not.
fn note_lost_way(
    all: &[PortSpec],
    spec: &PortSpec,
    line: u64,
    entries: &Entries<'_>,
    findings: &mut Findings,
) {
    let (name, behind) = match spec.kind {
        PortKind::Front => ("rear_port", PortKind::Rear),
        PortKind::PowerOutlet => ("power_port", PortKind::PowerPort),
        _ => return,
    };
    let place = entries.at(name);
    let there = all
        .iter()
        .find(|port| port.kind == behind && port.name == spec.through_port);
    let message = match there {
        Some(rear)
            if spec.through_position > rear.positions.or(Some(1))
                && spec.kind == PortKind::Front =>
        {
            Message::new("library-no-position").with("name", rear.name.as_str())
        }
        None if !spec.through_port.is_empty() => Message::new("library-no-port"),
        None if spec.kind == PortKind::Front => Message::new("library-no-rear-port"),
        _ => return,
    };
    findings
        .odd
        .push(Finding::new(line, place, &spec.through_port, message));
}

/// The bays of a file.
pub fn bays(entries: &mut Entries<'_>, findings: &mut Findings) -> Vec<BaySpec> {
    let mut all: Vec<BaySpec> = Vec::new();
    let mut names = HashSet::new();
    for (list, kind) in BAY_LISTS {
        for (item, place) in items(entries, list, findings) {
            let Some(mut entries) = map(item, place, findings) else {
                continue;
            };
            if let Some(bay) = bay(&mut entries, *kind, findings) {
                if !names.insert((*kind, bay.name.clone())) {
                    let message = Message::new("library-name-twice");
                    let place = entries.at("name");
                    findings
                        .odd
                        .push(Finding::new(item.line, place, &bay.name, message));
                } else {
                    all.push(bay);
                }
            }
            entries.finish(findings);
        }
    }
    all
}

fn items<'a>(
    entries: &mut Entries<'a>,
    list: &'static str,
    findings: &mut Findings,
) -> Vec<(&'a Node, String)> {
    let items = entries.list(list, findings);
    if let Some(first) = items.get(MAX_COMPONENTS) {
        let message = Message::new("library-too-many").with("max", MAX_COMPONENTS);
        let count = items.len().to_string();
        findings
            .wrong
            .push(Finding::new(first.line, list, &count, message));
    }
    items
        .iter()
        .take(MAX_COMPONENTS)
        .enumerate()
        .map(|(index, item)| (item, format!("{list}[{}]", index + 1)))
        .collect()
}

fn map<'a>(item: &'a Node, place: String, findings: &mut Findings) -> Option<Entries<'a>> {
    let entries = Entries::of(item, place.clone());
    if entries.is_none() {
        let message = Message::new("library-no-map");
        findings
            .odd
            .push(Finding::new(item.line, place, &shown(item), message));
    }
    entries
}

fn named(entries: &mut Entries<'_>, findings: &mut Findings) -> Option<String> {
    let name = entries.line_text("name", PORT_LETTERS, findings);
    if name.is_empty() {
        let message = Message::new("library-nameless");
        let place = entries.at("name");
        findings
            .odd
            .push(Finding::new(entries.line(), place, "", message));
        entries.leave();
        return None;
    }
    Some(name)
}

fn port(
    entries: &mut Entries<'_>,
    kind: PortKind,
    connectors: &[&str],
    findings: &mut Findings,
) -> Option<PortSpec> {
    let mut spec = PortSpec::new(kind, named(entries, findings)?);
    spec.label = entries.line_text("label", PORT_LETTERS, findings);
    spec.connector = entries.word("type", connectors, findings);
    spec.note = entries.text("description", NOTE_LETTERS, findings);
    match kind {
        PortKind::Interface => interface(&mut spec, entries, findings),
        PortKind::PowerPort => power_port(&mut spec, entries, findings),
        PortKind::PowerOutlet => {
            spec.through_port = entries.line_text("power_port", PORT_LETTERS, findings);
            let leg = entries.word("feed_leg", FEED_LEGS, findings);
            spec.feed_leg = if FEED_LEGS.contains(&leg.as_str()) {
                leg
            } else {
                String::new()
            };
            spec.color = color(entries, findings);
        }
        PortKind::Front => {
            spec.through_port = entries.line_text("rear_port", PORT_LETTERS, findings);
            let position = entries.whole("rear_port_position", (1, MAX_POSITIONS), findings);
            spec.through_position = Some(position.unwrap_or(1));
            spec.color = color(entries, findings);
        }
        PortKind::Rear => {
            let positions = entries.whole("positions", (1, MAX_POSITIONS), findings);
            spec.positions = Some(positions.unwrap_or(1));
            spec.color = color(entries, findings);
        }
        PortKind::Console | PortKind::ConsoleServer => {}
    }
    Some(spec)
}

fn interface(spec: &mut PortSpec, entries: &mut Entries<'_>, findings: &mut Findings) {
    spec.management = entries.truth("mgmt_only", findings) == Some(true);
    spec.enabled = entries.truth("enabled", findings) != Some(false);
    let mode = entries.word("poe_mode", POE_MODES, findings);
    let class = entries.word("poe_type", POE_TYPES, findings);
    let poe = format!("{mode} {class}");
    spec.poe = poe.trim().chars().take(PORT_LETTERS).collect();
}

fn power_port(spec: &mut PortSpec, entries: &mut Entries<'_>, findings: &mut Findings) {
    let limits = (0, MAX_PORT_WATTS);
    spec.max_watts = entries
        .whole("maximum_draw", limits, findings)
        .map(Watts::new);
    spec.allocated_watts = entries
        .whole("allocated_draw", limits, findings)
        .map(Watts::new);
}

fn color(entries: &mut Entries<'_>, findings: &mut Findings) -> String {
    let color = entries.line_text("color", 16, findings).to_lowercase();
    if color.is_empty() || (color.len() == 6 && color.bytes().all(|b| b.is_ascii_hexdigit())) {
        return color;
    }
    let place = entries.at("color");
    let message = Message::new("library-color");
    findings
        .odd
        .push(Finding::new(entries.line(), place, &color, message));
    String::new()
}

fn bay(entries: &mut Entries<'_>, kind: BayKind, findings: &mut Findings) -> Option<BaySpec> {
    let name = named(entries, findings)?;
    let label = entries.line_text("label", PORT_LETTERS, findings);
    let mut note = vec![entries.text("description", NOTE_LETTERS, findings)];
    let mut position = String::new();
    match kind {
        BayKind::Module => position = entries.line_text("position", PORT_LETTERS, findings),
        BayKind::Inventory => {
            note.push(entries.line_text("manufacturer", PORT_LETTERS, findings));
            note.push(entries.line_text("part_id", PORT_LETTERS, findings));
        }
        BayKind::Device => {}
    }
    note.retain(|text| !text.is_empty());
    Some(BaySpec {
        kind,
        name,
        label,
        position,
        note: note.join(" · "),
    })
}
