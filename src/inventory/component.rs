//! Parts that people put into devices and take out again.

use chrono::NaiveDate;

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::text;

crate::text_enum! {
    /// What a part is.
    pub enum ComponentKind {
        /// A processor.
        Cpu = "cpu",
        /// A memory module.
        Dimm = "dimm",
        /// A disk.
        Disk = "disk",
        /// A network card.
        Nic = "nic",
        /// A graphics or accelerator card.
        Gpu = "gpu",
        /// A power supply.
        Psu = "psu",
        /// Anything else.
        Other = "other",
    }
}

/// A part as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentDraft {
    /// What it is.
    pub kind: ComponentKind,
    /// Where it sits: `Bay 3`, `A1`.
    pub slot: String,
    /// Who makes it.
    pub maker: String,
    /// Its model.
    pub model: String,
    /// The maker's number for it.
    pub part_number: String,
    /// Serial number; once per kind among the parts that are in.
    pub serial: Option<String>,
    /// How large it is, as people write it: `3.84 TB NVMe`.
    pub capacity: String,
    /// The day it went in, `2026-11-22`.
    pub installed_on: Option<String>,
    /// For the operator's eyes.
    pub note: String,
}

impl ComponentDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let kind = faults.keep(kind("kind", fields.get("kind")));
        let slot = faults.keep(text::line("slot", fields.get("slot"), 64));
        let maker = faults.keep(text::line("maker", fields.get("maker"), 64));
        let model = faults.keep(text::line("model", fields.get("model"), 120));
        let part_number = faults.keep(text::line("part_number", fields.get("part_number"), 64));
        let serial = faults.keep(text::line("serial", fields.get("serial"), 64));
        let capacity = faults.keep(text::line("capacity", fields.get("capacity"), 64));
        let installed_on = faults.keep(day("installed_on", fields.get("installed_on")));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 1000));
        if slot.as_deref() == Some("") && serial.as_deref() == Some("") {
            faults.add("slot", Message::new("parts-slot-or-serial"));
        }
        let draft = (|| {
            Some(Self {
                kind: kind?,
                slot: slot?,
                maker: maker?,
                model: model?,
                part_number: part_number?,
                serial: serial.filter(|serial| !serial.is_empty()),
                capacity: capacity?,
                installed_on: installed_on?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// Why and when a part came out, as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalDraft {
    /// The day it came out.
    pub removed_on: String,
    /// Why: failed, upgrade, wanted elsewhere.
    pub because: String,
}

impl RemovalDraft {
    /// Checks what was typed; `today` stands for a day that was left out.
    pub fn parse(fields: &Fields, today: &str) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let removed_on = faults.keep(day("removed_on", fields.get("removed_on")));
        let because = faults.keep(text::line("because", fields.get("because"), 200));
        let draft = (|| {
            Some(Self {
                removed_on: removed_on?.unwrap_or_else(|| today.to_owned()),
                because: because?,
            })
        })();
        faults.into_result(draft)
    }

    /// Refuses a part that would come out before it went in.
    pub fn refuse_before(&self, installed_on: Option<&str>) -> Result<(), Fault> {
        match installed_on {
            Some(installed) if self.removed_on.as_str() < installed => {
                let message = Message::new("parts-out-before-in").with("day", installed);
                Err(Fault::field("removed_on", message))
            }
            _ => Ok(()),
        }
    }
}

fn kind(field: &'static str, raw: &str) -> Result<ComponentKind, FieldFault> {
    let word = text::required_line(field, raw, 32)?;
    ComponentKind::from_word(&word).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", ComponentKind::words());
        FieldFault::new(field, message)
    })
}

fn day(field: &'static str, raw: &str) -> Result<Option<String>, FieldFault> {
    let text = raw.trim().replace(['/', '.'], "-");
    if text.is_empty() {
        return Ok(None);
    }
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .map(|day| Some(day.format("%Y-%m-%d").to_string()))
        .map_err(|_| FieldFault::new(field, Message::new("fault-date")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<ComponentDraft, Fault> {
        let mut fields: Fields = [("kind", "disk"), ("slot", "Bay 1")].into_iter().collect();
        for (name, text) in pairs {
            fields.set(*name, *text);
        }
        ComponentDraft::parse(&fields)
    }

    #[test]
    fn each_wrong_field_of_a_part_is_named() {
        for (pairs, field) in [
            (&[("kind", "wheel")][..], "kind"),
            (&[("slot", "")], "slot"),
            (&[("installed_on", "2026-02-30")], "installed_on"),
            (&[("serial", "a\u{1}b")], "serial"),
        ] {
            let fault = parse(pairs).unwrap_err();
            assert_eq!(fault.fields[0].field, field, "{pairs:?}");
            assert_eq!(fault.fields.len(), 1, "{pairs:?}");
        }
        assert_eq!(
            parse(&[("slot", ""), ("serial", "S1")]).unwrap().serial,
            Some("S1".into())
        );
    }

    #[test]
    fn nothing_comes_out_before_it_went_in() {
        let fields: Fields = [("removed_on", "2026/11/21")].into_iter().collect();
        let draft = RemovalDraft::parse(&fields, "2026-11-22").unwrap();
        assert!(draft.refuse_before(Some("2026-11-22")).is_err());
        assert!(draft.refuse_before(Some("2026-11-21")).is_ok());
        assert!(draft.refuse_before(None).is_ok());
        let none = RemovalDraft::parse(&Fields::new(), "2026-11-22").unwrap();
        assert_eq!(none.removed_on, "2026-11-22");
    }
}
