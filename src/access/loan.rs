//! Things that are lent at the desk: drafts and filters, without the database.

use crate::base::fault::{Fault, FaultKind, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{LoanItemId, RackId, SiteId, UserId};
use crate::base::text;
use crate::base::time::Timestamp;

crate::text_enum! {
    /// What is lent.
    pub enum LoanKind {
        /// What opens doors and shows who may be here.
        Badge = "badge",
        /// Where coats and telephones stay.
        Locker = "locker",
        /// What opens a rack, or a room.
        Key = "key",
    }
}

crate::text_enum! {
    /// Where a thing is.
    pub enum LoanState {
        /// At the desk.
        InStock = "in_stock",
        /// With somebody.
        Out = "out",
        /// Nobody knows where.
        Lost = "lost",
        /// No longer used.
        Retired = "retired",
    }
}

crate::text_enum! {
    /// How a loan came to its end.
    pub enum LoanEnd {
        /// The thing came back.
        Returned = "returned",
        /// The thing was given up.
        WrittenOff = "written_off",
    }
}

/// A thing as typed, checked as far as that goes without the database.
#[derive(Debug, Clone)]
pub struct LoanItemDraft {
    /// Where it is kept.
    pub site_id: SiteId,
    /// What it is.
    pub kind: LoanKind,
    /// What is written on it.
    pub number: String,
    /// The rack it opens; keys only.
    pub rack_id: Option<RackId>,
    /// Anything else.
    pub note: String,
}

impl LoanItemDraft {
    /// Checks what was typed: `site_id`, `kind`, `number`, `rack_id`, `note`.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site_id = faults.keep(
            fields
                .get("site_id")
                .trim()
                .parse::<SiteId>()
                .map_err(|_| FieldFault::new("site_id", Message::new("visit-fault-site"))),
        );
        let kind = faults.keep(kind_named(fields));
        let number = faults.keep(text::required_line("number", fields.get("number"), 40));
        let rack_id = faults.keep(rack_named(fields, kind));
        let note = faults.keep(text::line("note", fields.get("note"), 500));
        let draft = (|| {
            Some(Self {
                site_id: site_id?,
                kind: kind?,
                number: number?,
                rack_id: rack_id?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// The kind that a form names.
pub(super) fn kind_named(fields: &Fields) -> Result<LoanKind, FieldFault> {
    LoanKind::from_word(fields.get("kind").trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", LoanKind::words());
        FieldFault::new("kind", message)
    })
}

fn rack_named(fields: &Fields, kind: Option<LoanKind>) -> Result<Option<RackId>, FieldFault> {
    let typed = fields.get("rack_id").trim();
    if typed.is_empty() {
        return Ok(None);
    }
    if kind.is_some_and(|kind| kind != LoanKind::Key) {
        return Err(FieldFault::new(
            "rack_id",
            Message::new("loan-fault-rack-of-key"),
        ));
    }
    typed
        .parse::<RackId>()
        .map(Some)
        .map_err(|_| FieldFault::new("rack_id", Message::new("loan-fault-rack")))
}

/// Which things to list.
#[derive(Debug, Clone, Default)]
pub struct LoanItemFilter {
    /// Part of number, rack or note.
    pub query: String,
    /// At this site.
    pub site: Option<SiteId>,
    /// Of this kind.
    pub kind: Option<LoanKind>,
    /// In this state; every state but retired when none is given.
    pub state: Option<LoanState>,
    /// Opens this rack.
    pub rack: Option<RackId>,
}

/// What is handed to somebody on a visit, as typed.
#[derive(Debug, Clone)]
pub struct LendDraft {
    /// The thing by its row id, when it was picked.
    pub item: Option<LoanItemId>,
    /// The thing by its kind and number, when it was typed.
    pub typed: Option<(LoanKind, String)>,
    /// Why someone gets a key whose rack the visit does not name; empty otherwise.
    pub reason: String,
}

impl LendDraft {
    /// Checks what was typed: `item_id`, else `kind` and `number`; `reason`.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let reason = faults.keep(text::line("reason", fields.get("reason"), 200));
        let item: Option<LoanItemId> = fields.get("item_id").trim().parse().ok();
        let mut typed = None;
        if item.is_none() {
            let kind = faults.keep(kind_named(fields));
            let number = faults.keep(text::required_line("number", fields.get("number"), 40));
            typed = kind.zip(number);
        }
        let draft = reason.map(|reason| Self {
            item,
            typed,
            reason,
        });
        faults.into_result(draft)
    }
}

/// What is handed to one of the staff, as typed.
#[derive(Debug, Clone)]
pub struct StaffLendDraft {
    /// Who gets it.
    pub user_id: UserId,
    /// When it should be back; `None` for good.
    pub due_at: Option<Timestamp>,
    /// Why someone without a visit gets the key of a rack; empty otherwise.
    pub reason: String,
}

impl StaffLendDraft {
    /// Checks what was typed: `user_id`, `due_at` in the zone, `reason`.
    pub fn parse(fields: &Fields, zone: chrono_tz::Tz, now: Timestamp) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let user_id = faults.keep(
            fields
                .get("user_id")
                .trim()
                .parse::<UserId>()
                .map_err(|_| FieldFault::new("user_id", Message::new("loan-fault-user"))),
        );
        let due_at = faults.keep(due(fields.get("due_at").trim(), zone, now));
        let reason = faults.keep(text::line("reason", fields.get("reason"), 200));
        let draft = (|| {
            Some(Self {
                user_id: user_id?,
                due_at: due_at?,
                reason: reason?,
            })
        })();
        faults.into_result(draft)
    }
}

fn due(typed: &str, zone: chrono_tz::Tz, now: Timestamp) -> Result<Option<Timestamp>, FieldFault> {
    if typed.is_empty() {
        return Ok(None);
    }
    let at = Timestamp::parse_in(typed, zone)
        .ok_or_else(|| FieldFault::new("due_at", Message::new("visit-fault-time")))?;
    if at <= now {
        return Err(FieldFault::new(
            "due_at",
            Message::new("loan-fault-due-past"),
        ));
    }
    Ok(Some(at))
}

/// Turns a conflict into a fault of the field that named the thing.
pub(super) fn at_field(fault: Fault, field: &str) -> Fault {
    if fault.kind == FaultKind::Conflict {
        Fault::field(field.to_owned(), fault.message)
    } else {
        fault
    }
}

/// Whether a thing should be back by now.
pub(super) fn is_late(due_at: Option<Timestamp>, now: Timestamp) -> bool {
    due_at.is_some_and(|due| due < now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn draft(pairs: &[(&str, &str)]) -> Result<LoanItemDraft, (String, &'static str)> {
        let mut fields: Fields = [("site_id", "1"), ("kind", "badge"), ("number", " 17 ")]
            .into_iter()
            .collect();
        for (name, value) in pairs {
            fields.set(*name, *value);
        }
        LoanItemDraft::parse(&fields).map_err(|fault| {
            let first = fault.fields.into_iter().next().unwrap();
            (first.field.to_string(), first.message.key)
        })
    }

    #[test]
    fn a_thing_has_a_site_a_kind_and_a_number() {
        assert_eq!(draft(&[]).unwrap().number, "17");
        for (name, value, at, key) in [
            ("site_id", "x", "site_id", "visit-fault-site"),
            ("kind", "car", "kind", "fault-choice"),
            ("number", " ", "number", "fault-required"),
            ("rack_id", "3", "rack_id", "loan-fault-rack-of-key"),
        ] {
            let fault = draft(&[(name, value)]).unwrap_err();
            assert_eq!(fault, (at.to_owned(), key), "{name}={value}");
        }
        let key = draft(&[("kind", "key"), ("rack_id", "3")]).unwrap();
        assert_eq!(key.rack_id, Some(RackId::new(3)));
        let wrong = draft(&[("kind", "key"), ("rack_id", "A01")]).unwrap_err();
        assert_eq!(wrong.1, "loan-fault-rack");
    }

    #[test]
    fn what_is_lent_is_picked_or_typed() {
        let parse = |pairs: &[(&str, &str)]| LendDraft::parse(&pairs.iter().copied().collect());
        let picked = parse(&[("item_id", "4"), ("number", "")]).unwrap();
        assert_eq!(picked.item, Some(LoanItemId::new(4)));
        let typed = parse(&[("kind", "key"), ("number", "K-01")]).unwrap();
        assert_eq!(typed.typed, Some((LoanKind::Key, "K-01".to_owned())));
        let nothing = parse(&[]).unwrap_err();
        assert_eq!(nothing.fields.len(), 2);
    }

    #[test]
    fn a_thing_is_late_after_its_time_only() {
        let now = Timestamp::from_seconds(100);
        for (due, expected) in [
            (None, false),
            (Some(now), false),
            (Some(now.plus_millis(-1)), true),
            (Some(now.plus_millis(1)), false),
        ] {
            assert_eq!(is_late(due, now), expected);
        }
    }
}
