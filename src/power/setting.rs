//! What an action needs to be told beside its name: how long the light, from where the next boot.

use std::fmt;

use super::model::Action;
use crate::base::fault::{FieldFault, Message};
use crate::base::fields::Fields;

crate::text_enum! {
    /// From where a machine boots next.
    pub enum BootDevice {
        /// Network.
        Pxe = "pxe",
        /// Hard disk.
        Disk = "disk",
        /// Optical drive, also a virtual one.
        Cdrom = "cdrom",
        /// The firmware's setup pages.
        Bios = "bios",
        /// No override: what the firmware is set to.
        Default = "default",
    }
}

/// A boot override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootChoice {
    /// From where.
    pub device: BootDevice,
    /// For all boots to come, not only the next.
    pub persistent: bool,
    /// In UEFI mode, not legacy.
    pub uefi: bool,
}

impl BootChoice {
    /// Whether an override that was read back is this one; a BMC without an override has the default.
    pub fn is_shown_by(self, read: Option<Self>) -> bool {
        match (self.device, read) {
            (BootDevice::Default, None) => true,
            (BootDevice::Default, Some(read)) => read.device == BootDevice::Default,
            (_, read) => read == Some(self),
        }
    }
}

impl fmt::Display for BootChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how_long = if self.persistent {
            "persistent"
        } else {
            "once"
        };
        let mode = if self.uefi { "uefi" } else { "legacy" };
        write!(f, "{} {how_long} {mode}", self.device)
    }
}

/// What an action was told beside its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Setting {
    /// Nothing.
    #[default]
    None,
    /// The light for so many seconds; 0 is off, 255 until it is switched off.
    Light(u8),
    /// The next boot.
    Boot(BootChoice),
}

/// How long the light is on when nothing is said, seconds.
const LIGHT_SECONDS: u8 = 60;

impl Setting {
    /// Reads what belongs to an action: `identify_seconds`, or `boot_device`, `boot_persistent` and `boot_uefi`.
    pub fn parse(action: Action, fields: &Fields) -> Result<Self, FieldFault> {
        match action {
            Action::Identify => light(fields.get("identify_seconds")).map(Self::Light),
            Action::BootDevice => boot(fields).map(Self::Boot),
            _ => Ok(Self::None),
        }
    }

    /// As it is stored.
    pub fn to_text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Light(seconds) => seconds.to_string(),
            Self::Boot(choice) => choice.to_string(),
        }
    }

    /// Reads what [`Setting::to_text`] wrote for an action; none for anything else.
    pub fn from_text(action: Action, text: &str) -> Self {
        match action {
            Action::Identify => Self::Light(text.parse().unwrap_or(LIGHT_SECONDS)),
            Action::BootDevice => choice(text).map_or(Self::None, Self::Boot),
            _ => Self::None,
        }
    }
}

fn choice(text: &str) -> Option<BootChoice> {
    let mut words = text.split(' ');
    let device = BootDevice::from_word(words.next()?)?;
    let persistent = words.next()? == "persistent";
    let uefi = words.next()? == "uefi";
    Some(BootChoice {
        device,
        persistent,
        uefi,
    })
}

fn light(raw: &str) -> Result<u8, FieldFault> {
    match raw.trim() {
        "" | "on" => Ok(LIGHT_SECONDS),
        "off" => Ok(0),
        text => text
            .parse()
            .map_err(|_| FieldFault::new("identify_seconds", Message::new("power-fault-light"))),
    }
}

fn boot(fields: &Fields) -> Result<BootChoice, FieldFault> {
    let device = BootDevice::from_word(fields.get("boot_device").trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", BootDevice::words());
        FieldFault::new("boot_device", message)
    })?;
    Ok(BootChoice {
        device,
        persistent: fields.yes("boot_persistent"),
        uefi: fields.yes("boot_uefi"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_setting_is_read_as_it_was_written() {
        for (action, fields, stored) in [
            (Action::Cycle, vec![("boot_device", "pxe")], ""),
            (Action::Identify, vec![], "60"),
            (Action::Identify, vec![("identify_seconds", "off")], "0"),
            (Action::Identify, vec![("identify_seconds", "255")], "255"),
            (
                Action::BootDevice,
                vec![("boot_device", "pxe")],
                "pxe once legacy",
            ),
            (
                Action::BootDevice,
                vec![
                    ("boot_device", "bios"),
                    ("boot_persistent", "yes"),
                    ("boot_uefi", "on"),
                ],
                "bios persistent uefi",
            ),
        ] {
            let fields: Fields = fields.into_iter().collect();
            let setting = Setting::parse(action, &fields).unwrap();
            assert_eq!(setting.to_text(), stored, "{action}");
            assert_eq!(Setting::from_text(action, stored), setting, "{action}");
        }
        for (action, name, text) in [
            (Action::Identify, "identify_seconds", "256"),
            (Action::Identify, "identify_seconds", "-1"),
            (Action::BootDevice, "boot_device", "floppy"),
            (Action::BootDevice, "boot_device", ""),
        ] {
            let fields: Fields = [(name, text)].into_iter().collect();
            let fault = Setting::parse(action, &fields).unwrap_err();
            assert_eq!(fault.field, name, "{text}");
        }
    }

    #[test]
    fn an_override_is_shown_by_itself_and_none_by_the_default() {
        let pxe = BootChoice {
            device: BootDevice::Pxe,
            persistent: false,
            uefi: true,
        };
        let legacy = BootChoice { uefi: false, ..pxe };
        let default = BootChoice {
            device: BootDevice::Default,
            ..pxe
        };
        assert!(
            pxe.is_shown_by(Some(pxe)) && !pxe.is_shown_by(Some(legacy)) && !pxe.is_shown_by(None)
        );
        assert!(
            default.is_shown_by(None)
                && default.is_shown_by(Some(BootChoice {
                    persistent: true,
                    ..default
                }))
        );
        assert!(!default.is_shown_by(Some(pxe)));
    }
}
