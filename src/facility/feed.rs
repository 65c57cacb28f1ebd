//! What a board, a power feed and the mapping of an outlet must be.

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PowerFeedId, PowerPanelId, RoomId};
use crate::base::number::{required_whole, whole};
use crate::base::text;
use crate::base::units::Watts;

/// How much of what a feed can carry may be used when nobody says otherwise, percent: what lasts longer than three
/// hours may load a breaker to four fifths (NFPA 70, 210.20(A)).
pub const USUAL_MAX_PERCENT: i64 = 80;

crate::text_enum! {
    /// Which of a room's independent supplies a feed belongs to.
    pub enum FeedSide {
        /// The A side.
        A = "a",
        /// The B side.
        B = "b",
        /// Neither.
        Other = "other",
    }
}

/// A board as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelDraft {
    /// The room it stands in.
    pub room_id: RoomId,
    /// Name, one of a kind in the room.
    pub name: String,
    /// For the operator's eyes.
    pub note: String,
}

impl PanelDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let room = required_whole("room_id", fields.get("room_id"), 1, i64::MAX);
        let room_id = faults.keep(room);
        let name = faults.keep(text::required_line("name", fields.get("name"), 64));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                room_id: RoomId::new(room_id?),
                name: name?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A power feed as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedDraft {
    /// The room.
    pub room_id: RoomId,
    /// Name, one of a kind in the room.
    pub name: String,
    /// Its side.
    pub side: FeedSide,
    /// Phases, 1 or 3.
    pub phases: i64,
    /// Volts between phase and neutral, or of the one phase.
    pub volts: i64,
    /// Amperes of its breaker.
    pub amps: i64,
    /// The board it comes from; none when that is not on record.
    pub panel_id: Option<PowerPanelId>,
    /// How much of what it can carry may be used, percent.
    pub max_percent: i64,
    /// What the supplier of the power has promised on it.
    pub contracted_watts: Option<Watts>,
    /// For the operator's eyes.
    pub note: String,
}

impl FeedDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let room = required_whole("room_id", fields.get("room_id"), 1, i64::MAX);
        let room_id = faults.keep(room);
        let name = faults.keep(text::required_line("name", fields.get("name"), 64));
        let side = faults.keep(choice("side", fields.get("side")));
        let phases = faults.keep(phases(fields.get("phases")));
        let volts = faults.keep(required_whole("volts", fields.get("volts"), 1, 1000));
        let amps = faults.keep(required_whole("amps", fields.get("amps"), 1, 10_000));
        let mut number = |field, max| faults.keep(whole(field, fields.get(field), 1, max));
        let panel_id = number("panel_id", i64::MAX);
        let max_percent = number("max_percent", 100);
        let contracted_watts = number("contracted_watts", 100_000_000);
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                room_id: RoomId::new(room_id?),
                name: name?,
                side: side?,
                panel_id: panel_id?.map(PowerPanelId::new),
                max_percent: max_percent?.unwrap_or(USUAL_MAX_PERCENT),
                contracted_watts: contracted_watts?.map(Watts::new),
                phases: phases?,
                volts: volts?,
                amps: amps?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

fn choice(field: &'static str, raw: &str) -> Result<FeedSide, FieldFault> {
    FeedSide::from_word(raw.trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", FeedSide::words());
        FieldFault::new(field, message)
    })
}

fn phases(raw: &str) -> Result<i64, FieldFault> {
    match required_whole("phases", raw, 1, 3)? {
        2 => {
            let message = Message::new("fault-choice").with("allowed", "1, 3");
            Err(FieldFault::new("phases", message))
        }
        phases => Ok(phases),
    }
}

/// To which feed a PDU is connected, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PduDraft {
    /// The feed; none when it is not known.
    pub feed_id: Option<PowerFeedId>,
}

impl PduDraft {
    /// Checks what was typed.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let feed = whole("feed_id", fields.get("feed_id"), 1, i64::MAX)?;
        Ok(Self {
            feed_id: feed.map(PowerFeedId::new),
        })
    }
}

/// What an outlet feeds, as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutletDraft {
    /// Name of the device; none when nothing is plugged in.
    pub device: Option<String>,
    /// Which of the device's supplies: `PSU1`.
    pub supply: String,
    /// Whether somebody has looked at the cable.
    pub confirmed: bool,
}

impl OutletDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let device = faults.keep(text::line("device", fields.get("device"), 120));
        let supply = faults.keep(text::line("supply", fields.get("supply"), 32));
        let confirmed = fields.yes("confirmed");
        let draft = (|| {
            let device = device.filter(|name| !name.is_empty());
            Some(Self {
                confirmed: confirmed && device.is_some(),
                supply: match device {
                    Some(_) => supply?,
                    None => String::new(),
                },
                device,
            })
        })();
        faults.into_result(draft)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_feed_has_one_phase_or_three() {
        let good = [
            ("room_id", "3"),
            ("name", " UPS-A "),
            ("side", "a"),
            ("phases", "3"),
            ("volts", "230"),
            ("amps", "63"),
        ];
        let draft = FeedDraft::parse(&good.into_iter().collect()).unwrap();
        assert_eq!((draft.name.as_str(), draft.phases), ("UPS-A", 3));
        assert_eq!((draft.max_percent, draft.panel_id), (80, None));
        let wrong = [
            ("phases", "2"),
            ("side", "c"),
            ("volts", "0"),
            ("amps", ""),
            ("max_percent", "101"),
            ("contracted_watts", "0"),
        ];
        for (field, text) in wrong {
            let mut fields: Fields = good.into_iter().collect();
            fields.set(field, text);
            let fault = FeedDraft::parse(&fields).unwrap_err();
            assert_eq!(fault.fields.len(), 1, "{field}");
            assert_eq!(fault.fields.first().unwrap().field, field);
        }
    }

    #[test]
    fn nothing_plugged_in_is_never_confirmed() {
        let fields: Fields = [("device", " "), ("supply", "PSU1"), ("confirmed", "yes")]
            .into_iter()
            .collect();
        let draft = OutletDraft::parse(&fields).unwrap();
        assert_eq!((draft.device, draft.confirmed), (None, false));
        assert_eq!(draft.supply, "");
    }
}
