//! Changing several ports alike: which fields, and what they make of a port.

use super::rows::Port;
use crate::base::alike::{AlikeDraft, AlikeField, AlikeId, Difference, Said, SeenRecord};
use crate::base::fault::{FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PortId;
use crate::base::units::BitsPerSecond;

crate::text_enum! {
    /// A field that several ports can get alike.
    pub enum PortField {
        /// How fast the line is, in Mbps; nothing believes the device.
        Speed = "speed_mbps",
        /// Whether it is an uplink.
        Uplink = "is_uplink",
    }
}

/// A port as somebody saw it who wants it changed.
pub type SeenPort = SeenRecord<PortId>;
/// What several ports shall get.
pub type PortsDraft = AlikeDraft<PortField>;
/// One field of a port, before and after.
pub type PortChange = Difference<PortField>;

impl AlikeId for PortId {
    const SAID: &'static Said = &Said {
        folder: "ports",
        seen: "ports-bulk-seen",
        none: "ports-bulk-none",
        many: "ports-bulk-many",
        no_field: "devices-bulk-no-field",
        refused: "ports-bulk-refused",
    };
}

impl AlikeField for PortField {
    type Id = PortId;

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
            Self::Speed => Ok(speed(name, raw)?
                .map(BitsPerSecond::to_mbps_text)
                .unwrap_or_default()),
            Self::Uplink => match raw.trim() {
                "yes" | "true" => Ok("yes".to_owned()),
                "no" | "false" => Ok("no".to_owned()),
                _ => {
                    let message = Message::new("fault-choice").with("allowed", "yes, no");
                    Err(FieldFault::new(name, message))
                }
            },
        }
    }

    fn after(self, _before: &str, wanted: &str) -> String {
        wanted.to_owned()
    }
}

/// Reads a line speed in Mbps; nothing for an empty text.
pub fn speed(field: &'static str, raw: &str) -> Result<Option<BitsPerSecond>, FieldFault> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let speed = BitsPerSecond::from_mbps_text(text).filter(|speed| speed.get() > 0);
    let wrong = || FieldFault::new(field, Message::new("fault-mbps"));
    Ok(Some(speed.ok_or_else(wrong)?))
}

/// A port as the fields that several can get alike.
pub(super) fn port_record(port: &Port) -> Fields {
    let speed = port.speed_override_bps.map(BitsPerSecond::to_mbps_text);
    let is_uplink = if port.is_uplink { "yes" } else { "no" };
    [
        (PortField::Speed.as_str(), speed.unwrap_or_default()),
        (PortField::Uplink.as_str(), is_uplink.to_owned()),
    ]
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_speed_is_written_one_way_and_an_uplink_is_said() {
        for (field, value, read) in [
            (PortField::Speed, " 1000 ", Some("1000")),
            (PortField::Speed, "", Some("")),
            (PortField::Speed, "0", None),
            (PortField::Speed, "fast", None),
            (PortField::Uplink, "true", Some("yes")),
            (PortField::Uplink, "no", Some("no")),
            (PortField::Uplink, "", None),
        ] {
            let found = AlikeField::value(field, value).ok();
            assert_eq!(found.as_deref(), read, "{field} {value}");
        }
    }
}
