//! Changing several racks alike: which fields, and what they make of a rack.

use super::model::{Ownership, RackDraft, kilograms};
use super::rows::Rack;
use crate::base::alike::{AlikeDraft, AlikeField, AlikeId, Difference, Said, SeenRecord, appended};
use crate::base::fault::{FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, RackId};
use crate::base::number::{required_whole, whole};
use crate::base::text;
use crate::base::units::{Grams, Watts};

/// Letters of a row's name.
const ROW: usize = 32;
/// Letters of a note.
const NOTE: usize = 4000;
/// Most watts of a limit.
const MOST_WATTS: i64 = 1_000_000;

crate::text_enum! {
    /// A field that several racks can get alike.
    pub enum RackField {
        /// Whose they are: `operator`, `shared`, or the id of a customer.
        Owner = "owner",
        /// The row they stand in.
        Row = "row_name",
        /// Most power.
        MaxWatts = "max_watts",
        /// Power that was promised to who rents them.
        ContractedWatts = "contracted_watts",
        /// Most weight, kilograms.
        MaxWeight = "max_weight_kg",
        /// A line that is added to the note.
        Note = "note",
    }
}

/// A rack as somebody saw it who wants it changed.
pub type SeenRack = SeenRecord<RackId>;
/// What several racks shall get.
pub type RacksDraft = AlikeDraft<RackField>;
/// One field of a rack, before and after.
pub type RackChange = Difference<RackField>;

impl AlikeId for RackId {
    const SAID: &'static Said = &Said {
        folder: "racks",
        seen: "racks-bulk-seen",
        none: "racks-bulk-none",
        many: "racks-bulk-many",
        no_field: "devices-bulk-no-field",
        refused: "racks-bulk-refused",
    };
}

impl AlikeField for RackField {
    type Id = RackId;

    fn read(word: &str) -> Option<Self> {
        Self::from_word(word)
    }

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn names() -> String {
        Self::words()
    }

    fn value(self, raw: &str) -> Result<String, FieldFault> {
        let name = self.as_str();
        match self {
            Self::Owner => match raw.trim() {
                word @ ("operator" | "shared") => Ok(word.to_owned()),
                id => Ok(required_whole(name, id, 1, i64::MAX)?.to_string()),
            },
            Self::Row => text::line(name, raw, ROW),
            Self::MaxWatts | Self::ContractedWatts => {
                let watts = whole(name, raw, 1, MOST_WATTS)?;
                Ok(watts.map_or_else(String::new, |watts| watts.to_string()))
            }
            Self::MaxWeight => {
                let weight = kilograms(name, raw)?;
                Ok(weight.map_or_else(String::new, Grams::to_kilograms_text))
            }
            Self::Note => {
                let note = text::paragraph(name, raw, NOTE)?;
                if note.is_empty() {
                    return Err(FieldFault::new(name, Message::new("fault-required")));
                }
                Ok(note)
            }
        }
    }

    fn after(self, before: &str, wanted: &str) -> String {
        match self {
            Self::Note => appended(before, wanted),
            _ => wanted.to_owned(),
        }
    }
}

/// A rack as the fields that several can get alike.
pub(super) fn rack_record(rack: &Rack) -> Fields {
    let watts = |watts: Option<Watts>| watts.map(|watts| watts.get().to_string());
    let weight = rack.max_weight_g.map(Grams::to_kilograms_text);
    let customer = rack.customer_id.map(|id| id.to_string());
    let owner = match rack.ownership {
        Ownership::Customer => customer.unwrap_or_default(),
        ownership => ownership.to_string(),
    };
    RackField::ALL
        .iter()
        .map(|field| {
            let text = match field {
                RackField::Owner => owner.clone(),
                RackField::Row => rack.row_name.clone(),
                RackField::MaxWatts => watts(rack.max_watts).unwrap_or_default(),
                RackField::ContractedWatts => watts(rack.contracted_watts).unwrap_or_default(),
                RackField::MaxWeight => weight.clone().unwrap_or_default(),
                RackField::Note => rack.note.clone(),
            };
            (field.as_str(), text)
        })
        .collect()
}

/// Puts what becomes different into a draft of the rack.
pub(super) fn apply(draft: &mut RackDraft, change: &RackChange) -> Result<(), FieldFault> {
    let (name, text) = (change.field.as_str(), change.after.as_str());
    let watts = || -> Result<Option<Watts>, FieldFault> {
        Ok(whole(name, text, 1, MOST_WATTS)?.map(Watts::new))
    };
    match change.field {
        RackField::Owner => match Ownership::from_word(text) {
            Some(ownership) => {
                draft.ownership = ownership;
                draft.customer_id = None;
            }
            None => {
                let id = required_whole(name, text, 1, i64::MAX)?;
                draft.ownership = Ownership::Customer;
                draft.customer_id = Some(CustomerId::new(id));
            }
        },
        RackField::Row => text.clone_into(&mut draft.row_name),
        RackField::MaxWatts => draft.max_watts = watts()?,
        RackField::ContractedWatts => draft.contracted_watts = watts()?,
        RackField::MaxWeight => draft.max_weight_g = kilograms(name, text)?,
        RackField::Note => draft.note = text::paragraph(name, text, NOTE)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn draft(field: &str, value: &str) -> Result<RacksDraft, crate::base::fault::Fault> {
        RacksDraft::parse(&[("set", field), (field, value)].into_iter().collect())
    }

    #[test]
    fn what_is_typed_is_checked_before_a_rack_is_read() {
        for (field, value) in [
            ("owner", "customer"),
            ("owner", ""),
            ("owner", "0"),
            ("max_watts", "0"),
            ("max_watts", "many"),
            ("max_weight_kg", "-1"),
            ("note", " "),
            ("units", "42"),
        ] {
            assert!(draft(field, value).is_err(), "{field} {value}");
        }
        for (field, value) in [
            ("owner", "shared"),
            ("owner", "7"),
            ("row_name", ""),
            ("max_watts", ""),
            ("contracted_watts", "3000"),
            ("max_weight_kg", "850.5"),
            ("note", "under contract 7"),
        ] {
            assert!(draft(field, value).is_ok(), "{field} {value}");
        }
    }

    #[test]
    fn only_what_becomes_different_is_a_change() {
        let record: Fields = [("owner", "7"), ("max_watts", "3000"), ("note", "first")]
            .into_iter()
            .collect();
        for (field, value, after) in [
            ("owner", "operator", Some("operator")),
            ("owner", " 7 ", None),
            ("max_watts", "3000", None),
            ("max_watts", "", Some("")),
            ("note", "second", Some("first\nsecond")),
        ] {
            let changes = draft(field, value).unwrap().changes(&record);
            let found = changes.first().map(|change| change.after.as_str());
            assert_eq!(found, after, "{field} {value}");
        }
    }
}
