//! What a cable must be.

use super::colour::colour;
use super::ends::NamedEnds;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::base::text;
use crate::base::units::Millimetres;

crate::text_enum! {
    /// What a cable is made of.
    pub enum CableKind {
        /// Twisted pairs, category 5e.
        Cat5e = "cat5e",
        /// Category 6.
        Cat6 = "cat6",
        /// Category 6A.
        Cat6a = "cat6a",
        /// Category 7.
        Cat7 = "cat7",
        /// Category 8.
        Cat8 = "cat8",
        /// Multimode fibre OM3.
        MmfOm3 = "mmf-om3",
        /// Multimode fibre OM4.
        MmfOm4 = "mmf-om4",
        /// Multimode fibre OM5.
        MmfOm5 = "mmf-om5",
        /// Single-mode fibre OS2.
        SmfOs2 = "smf-os2",
        /// Direct attach copper.
        Dac = "dac",
        /// Active optical cable.
        Aoc = "aoc",
        /// Coaxial.
        Coax = "coax",
        /// Carries power.
        Power = "power",
        /// Serial console.
        Console = "console",
        /// USB.
        Usb = "usb",
        /// Anything else.
        Other = "other",
    }
}

crate::text_enum! {
    /// How a cable stands.
    pub enum CableStatus {
        /// It is to be laid; its ports are taken already.
        Planned = "planned",
        /// It is in.
        Connected = "connected",
        /// It is to be pulled; its ports are still taken.
        Decommissioning = "decommissioning",
    }
}

/// Longest label and name of a bundle, in letters.
const NAME: usize = 64;
const NOTE: usize = 4000;
/// Longest cable, in metres.
const MAX_METRES: i64 = 100_000;

/// A cable as typed, checked, without its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CableDraft {
    /// What is printed on it, once among live cables; may be empty.
    pub label: String,
    /// What it is made of.
    pub kind: CableKind,
    /// How it stands.
    pub status: CableStatus,
    /// A word of [`super::COLOURS`] or `#rrggbb`, or empty.
    pub colour: String,
    /// How long it is.
    pub length: Option<Millimetres>,
    /// The bundle it lies in, or empty.
    pub bundle: String,
    /// For the operator's eyes.
    pub note: String,
    /// What it is plugged into.
    pub ends: NamedEnds,
}

fn word<T: Copy>(
    faults: &mut Faults,
    field: &'static str,
    raw: &str,
    default: T,
    known: impl Fn(&str) -> Option<T>,
    allowed: fn() -> String,
) -> Option<T> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Some(default);
    }
    let found = known(&raw.to_lowercase());
    if found.is_none() {
        faults.add(
            field,
            Message::new("fault-choice").with("allowed", allowed()),
        );
    }
    found
}

impl CableDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let label = faults.keep(text::line("label", fields.get("label"), NAME));
        let kind = word(
            &mut faults,
            "kind",
            fields.get("kind"),
            CableKind::Other,
            CableKind::from_word,
            CableKind::words,
        );
        let status = word(
            &mut faults,
            "status",
            fields.get("status"),
            CableStatus::Connected,
            CableStatus::from_word,
            CableStatus::words,
        );
        let colour = faults.keep(colour("colour", fields.get("colour")));
        let length = faults.keep(metres("length_m", fields.get("length_m")));
        let bundle = faults.keep(text::line("bundle", fields.get("bundle"), NAME));
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        let ends = NamedEnds::parse(&mut faults, fields);
        let draft = (|| {
            Some(Self {
                label: label?,
                kind: kind?,
                status: status?,
                colour: colour?,
                length: length?,
                bundle: bundle?,
                note: note?,
                ends: ends?,
            })
        })();
        faults.into_result(draft)
    }
}

/// Reads metres with at most three digits behind the point, `2.5` or `2,5`, with or without `m`.
fn metres(field: &'static str, raw: &str) -> Result<Option<Millimetres>, FieldFault> {
    let text = raw.trim().trim_end_matches(['m', 'M', '米']).trim_end();
    if text.is_empty() && raw.trim().is_empty() {
        return Ok(None);
    }
    let text = text.replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let length = (|| {
        if !plain(whole) || !plain(part) || whole.is_empty() || part.len() > 3 {
            return None;
        }
        let metres: i64 = whole.parse().ok()?;
        let beyond: i64 = format!("{part:0<3}").parse().ok()?;
        let length = metres.checked_mul(1000)?.checked_add(beyond)?;
        (1..=MAX_METRES * 1000).contains(&length).then_some(length)
    })();
    match length {
        Some(length) => Ok(Some(Millimetres::new(length))),
        None => {
            let message = Message::new("cables-length-wrong").with("max", MAX_METRES);
            Err(FieldFault::new(field, message))
        }
    }
}

/// A length in metres as people write it: `2.5`.
#[must_use]
pub fn metres_text(length: Millimetres) -> String {
    let (metres, part) = (length.get() / 1000, length.get() % 1000);
    if part == 0 {
        return metres.to_string();
    }
    format!("{metres}.{part:03}")
        .trim_end_matches('0')
        .to_owned()
}

/// A draft as the fields that it is read from.
#[must_use]
pub fn cable_fields(draft: &CableDraft) -> Fields {
    let mut fields: Fields = [
        ("label", draft.label.clone()),
        ("kind", draft.kind.to_string()),
        ("status", draft.status.to_string()),
        ("colour", draft.colour.clone()),
        (
            "length_m",
            draft.length.map(metres_text).unwrap_or_default(),
        ),
        ("bundle", draft.bundle.clone()),
        ("note", draft.note.clone()),
    ]
    .into_iter()
    .collect();
    draft.ends.put(&mut fields);
    fields
}

/// Which cables to list.
#[derive(Debug, Clone, Default)]
pub struct CableFilter {
    /// Part of a label, of a bundle's name or of a device's name.
    pub query: String,
    /// Only of this kind.
    pub kind: Option<CableKind>,
    /// Only of this status.
    pub status: Option<CableStatus>,
    /// Only of this bundle.
    pub bundle: String,
    /// Only of this device.
    pub device_id: Option<DeviceId>,
    /// The archived ones instead of the live ones.
    pub archived: bool,
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
