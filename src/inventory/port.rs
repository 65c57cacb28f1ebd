//! Ports: what cables end at, of a type and of a device.

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::number::whole;
use crate::base::text;
use crate::base::units::Watts;

use super::facts::macs_in;

crate::text_enum! {
    /// What a port is for.
    pub enum PortKind {
        /// Passes frames.
        Interface = "interface",
        /// Its own serial console.
        Console = "console",
        /// Gives other machines a serial console.
        ConsoleServer = "console_server",
        /// Takes power.
        PowerPort = "power_port",
        /// Gives power.
        PowerOutlet = "power_outlet",
        /// Front side of a patch panel.
        Front = "front",
        /// Rear side of a patch panel.
        Rear = "rear",
    }
}

crate::text_enum! {
    /// What a bay holds.
    pub enum BayKind {
        /// A blade: a device of its own.
        Device = "device",
        /// A module: a card, a supply, a fan.
        Module = "module",
        /// A part that is always there.
        Inventory = "inventory",
    }
}

/// Longest name, label or connector of a port, in letters.
pub const PORT_LETTERS: usize = 64;
/// Most positions of a rear port.
pub const MAX_POSITIONS: i64 = 1024;
/// Most watts of a power port.
pub const MAX_PORT_WATTS: i64 = 1_000_000;

/// A port as its type describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSpec {
    /// What it is for.
    pub kind: PortKind,
    /// Its name, once per device and kind.
    pub name: String,
    /// What is printed beside it.
    pub label: String,
    /// Connector or transceiver, as the library writes it: `10gbase-x-sfpp`, `iec-60320-c14`.
    pub connector: String,
    /// How many strands a rear port holds.
    pub positions: Option<i64>,
    /// The port of the same device behind this one: rear port of a front port, power port of an outlet.
    pub through_port: String,
    /// Which strand of the rear port.
    pub through_position: Option<i64>,
    /// `A`, `B` or `C` of an outlet's feed, or empty.
    pub feed_leg: String,
    /// Most that a power port draws.
    pub max_watts: Option<Watts>,
    /// What is planned for a power port.
    pub allocated_watts: Option<Watts>,
    /// Whether it is for management only.
    pub management: bool,
    /// Whether it is in use.
    pub enabled: bool,
    /// Power over Ethernet: `pse type2-ieee802.3at`.
    pub poe: String,
    /// Colour of the port as six hexadecimal digits, or empty.
    pub color: String,
    /// For the operator's eyes.
    pub note: String,
}

impl PortSpec {
    /// A port of a kind and name with nothing else said.
    pub fn new(kind: PortKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            label: String::new(),
            connector: String::new(),
            positions: None,
            through_port: String::new(),
            through_position: None,
            feed_leg: String::new(),
            max_watts: None,
            allocated_watts: None,
            management: false,
            enabled: true,
            poe: String::new(),
            color: String::new(),
            note: String::new(),
        }
    }
}

/// A bay of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaySpec {
    /// What it holds.
    pub kind: BayKind,
    /// Its name, once per type and kind.
    pub name: String,
    /// What is printed beside it.
    pub label: String,
    /// The number that stands for it in names of ports.
    pub position: String,
    /// What else is known: description, maker, part number.
    pub note: String,
}

/// A port of a device as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortDraft {
    /// What it is.
    pub spec: PortSpec,
    /// Its hardware address in lower case with colons, or empty.
    pub mac: String,
}

impl PortDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let kind = faults.keep(kind("kind", fields.get("kind")));
        let name = faults.keep(text::required_line(
            "name",
            fields.get("name"),
            PORT_LETTERS,
        ));
        let label = faults.keep(text::line("label", fields.get("label"), PORT_LETTERS));
        let connector = faults.keep(text::line(
            "connector",
            fields.get("connector"),
            PORT_LETTERS,
        ));
        let positions = faults.keep(whole(
            "positions",
            fields.get("positions"),
            1,
            MAX_POSITIONS,
        ));
        let through_port = faults.keep(text::line(
            "through_port",
            fields.get("through_port"),
            PORT_LETTERS,
        ));
        let through_position = faults.keep(whole(
            "through_position",
            fields.get("through_position"),
            1,
            MAX_POSITIONS,
        ));
        let feed_leg = faults.keep(feed_leg("feed_leg", fields.get("feed_leg")));
        let max_watts = faults.keep(whole(
            "max_watts",
            fields.get("max_watts"),
            0,
            MAX_PORT_WATTS,
        ));
        let allocated_watts = faults.keep(whole(
            "allocated_watts",
            fields.get("allocated_watts"),
            0,
            MAX_PORT_WATTS,
        ));
        let poe = faults.keep(text::line("poe", fields.get("poe"), PORT_LETTERS));
        let color = faults.keep(color("color", fields.get("color")));
        let mac = faults.keep(mac("mac", fields.get("mac")));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 1000));
        let draft = (|| {
            Some(Self {
                spec: PortSpec {
                    kind: kind?,
                    name: name?,
                    label: label?,
                    connector: connector?,
                    positions: positions?,
                    through_port: through_port?,
                    through_position: through_position?,
                    feed_leg: feed_leg?,
                    max_watts: max_watts?.map(Watts::new),
                    allocated_watts: allocated_watts?.map(Watts::new),
                    management: fields.yes("management"),
                    enabled: !fields.yes("disabled"),
                    poe: poe?,
                    color: color?,
                    note: note?,
                },
                mac: mac?,
            })
        })();
        let draft = draft.filter(|draft| {
            let mut ok = true;
            for (field, message) in contradictions(&draft.spec) {
                faults.add(field, message);
                ok = false;
            }
            ok
        });
        faults.into_result(draft)
    }
}

/// What a port says that its kind has not.
fn contradictions(spec: &PortSpec) -> Vec<(&'static str, Message)> {
    let mut found = Vec::new();
    let mut refuse = |field, said: bool, kinds: &[PortKind]| {
        if said && !kinds.contains(&spec.kind) {
            found.push((field, Message::new("parts-not-of-kind")));
        }
    };
    refuse("positions", spec.positions.is_some(), &[PortKind::Rear]);
    refuse(
        "through_port",
        !spec.through_port.is_empty(),
        &[PortKind::Front, PortKind::PowerOutlet],
    );
    refuse(
        "through_position",
        spec.through_position.is_some(),
        &[PortKind::Front],
    );
    refuse(
        "feed_leg",
        !spec.feed_leg.is_empty(),
        &[PortKind::PowerOutlet],
    );
    refuse(
        "max_watts",
        spec.max_watts.is_some(),
        &[PortKind::PowerPort],
    );
    refuse(
        "allocated_watts",
        spec.allocated_watts.is_some(),
        &[PortKind::PowerPort],
    );
    refuse("poe", !spec.poe.is_empty(), &[PortKind::Interface]);
    if let (Some(most), Some(planned)) = (spec.max_watts, spec.allocated_watts)
        && planned > most
    {
        let message = Message::new("parts-more-than-max").with("max", most.get());
        found.push(("allocated_watts", message));
    }
    found
}

fn kind(field: &'static str, raw: &str) -> Result<PortKind, FieldFault> {
    let word = text::required_line(field, raw, 32)?;
    PortKind::from_word(&word).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", PortKind::words());
        FieldFault::new(field, message)
    })
}

fn feed_leg(field: &'static str, raw: &str) -> Result<String, FieldFault> {
    let leg = raw.trim().to_uppercase();
    if matches!(leg.as_str(), "" | "A" | "B" | "C") {
        return Ok(leg);
    }
    let message = Message::new("fault-choice").with("allowed", "A, B, C");
    Err(FieldFault::new(field, message))
}

fn color(field: &'static str, raw: &str) -> Result<String, FieldFault> {
    let text = raw.trim().trim_start_matches('#').to_lowercase();
    let is_color = text.len() == 6 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if text.is_empty() || is_color {
        return Ok(text);
    }
    Err(FieldFault::new(field, Message::new("parts-color")))
}

fn mac(field: &'static str, raw: &str) -> Result<String, FieldFault> {
    let text = text::line(field, raw, 40)?;
    if text.is_empty() {
        return Ok(text);
    }
    match macs_in(&text).as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(FieldFault::new(field, Message::new("parts-mac"))),
    }
}

#[cfg(test)]
#[path = "port_tests.rs"]
mod tests;
