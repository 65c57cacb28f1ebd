//! The boot override: read, changed under the resource's entity tag, read back.

use serde_json::{Value, json};

use super::channel::{Ask, Reply};
use super::look;
use super::session::RedfishSession;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::{Boot, BootDevice};

const NAME: &str = "boot override";
const TARGETS: &str = "/Boot/BootSourceOverrideTarget@Redfish.AllowableValues";

impl RedfishSession {
    pub(super) async fn read_boot(&mut self) -> Result<Option<Boot>, BmcError> {
        let system = self.system().await?.body;
        boot_of(&system).ok_or_else(|| BmcError::Unsupported {
            at: self.channel.here("boot override to another device"),
        })
    }

    pub(super) async fn write_boot(&mut self, boot: Boot) -> Result<(), BmcError> {
        let system = self.system().await?.body;
        let change = change(&system, boot).ok_or_else(|| BmcError::Unsupported {
            at: self.channel.here(NAME),
        })?;
        // Some services keep what is to come in a resource of its own (DSP0266, settings resource).
        let settings = look::link(&system, "/@Redfish.Settings/SettingsObject");
        let own = look::address(&system).or_else(|| self.system.clone());
        let kept_elsewhere = settings.is_some();
        let path = settings.or(own).unwrap_or_default();
        let reply = self.change(NAME, &path, change).await?;
        self.accepted(reply).await?;
        if kept_elsewhere {
            return Ok(());
        }
        let now = self.system().await?.body;
        match boot_of(&now) {
            Some(now) if now.map_or(BootDevice::Default, |now| now.device) == boot.device => Ok(()),
            _ => {
                let target = look::text(&now, "/Boot/BootSourceOverrideTarget");
                Err(BmcError::NotADocument {
                    at: self.channel.here(NAME),
                    fault: format!(
                        "it was accepted and reads back as {}",
                        target.unwrap_or_default()
                    ),
                })
            }
        }
    }

    /// Changes a resource under its entity tag; when somebody was faster, once more with the new tag.
    pub(super) async fn change(
        &self,
        name: &'static str,
        path: &str,
        change: Value,
    ) -> Result<Reply, BmcError> {
        let mut tried_again = false;
        loop {
            let there = self.send(Ask::get(name, path)).await?.success()?;
            let mut ask = Ask::patch(name, path, change.clone());
            ask.if_match = there.etag.or_else(|| tried_again.then(|| "*".to_owned()));
            let reply = self.send(ask).await?;
            if !matches!(reply.status, 412 | 428) || tried_again {
                return reply.success();
            }
            tried_again = true;
        }
    }
}

/// The override that a system shows: none, or one; no answer for a device that has no name here.
fn boot_of(system: &Value) -> Option<Option<Boot>> {
    let enabled = look::text(system, "/Boot/BootSourceOverrideEnabled").unwrap_or_default();
    let target = look::text(system, "/Boot/BootSourceOverrideTarget").unwrap_or_default();
    if !matches!(enabled.as_str(), "Once" | "Continuous") || matches!(target.as_str(), "" | "None")
    {
        return Some(None);
    }
    let device = device_of(&target)?;
    Some(Some(Boot {
        device,
        persistent: enabled == "Continuous",
        uefi: look::text(system, "/Boot/BootSourceOverrideMode").as_deref() == Some("UEFI"),
    }))
}

fn device_of(target: &str) -> Option<BootDevice> {
    let devices = [
        BootDevice::Pxe,
        BootDevice::Disk,
        BootDevice::Cdrom,
        BootDevice::Bios,
    ];
    devices.into_iter().find(|device| {
        names(*device, true).contains(&target) || names(*device, false).contains(&target)
    })
}

/// What services call a device, the most usual first.
const fn names(device: BootDevice, uefi: bool) -> &'static [&'static str] {
    match (device, uefi) {
        (BootDevice::Default, _) => &["None"],
        (BootDevice::Pxe, _) => &["Pxe"],
        (BootDevice::Disk, true) => &["Hdd", "UefiHdd"],
        (BootDevice::Disk, false) => &["Hdd"],
        (BootDevice::Cdrom, true) => &["Cd", "UefiCd", "CD/DVD"],
        (BootDevice::Cdrom, false) => &["Cd", "CD/DVD"],
        (BootDevice::Bios, _) => &["BiosSetup"],
    }
}

/// The change that asks for an override; none when the system does not have it.
fn change(system: &Value, boot: Boot) -> Option<Value> {
    system.get("Boot")?;
    let offered = look::words(system, TARGETS);
    let names = names(boot.device, boot.uefi);
    let target = names
        .iter()
        .find(|name| offered.iter().any(|offered| offered == *name))
        .or_else(|| {
            names
                .first()
                .filter(|_| offered.is_empty() || boot.device == BootDevice::Default)
        })?;
    let enabled = match boot {
        Boot {
            device: BootDevice::Default,
            ..
        } => "Disabled",
        Boot {
            persistent: true, ..
        } => "Continuous",
        Boot {
            persistent: false, ..
        } => "Once",
    };
    let mut fields =
        json!({"BootSourceOverrideEnabled": enabled, "BootSourceOverrideTarget": target});
    let has_mode = system.pointer("/Boot/BootSourceOverrideMode").is_some();
    if has_mode && boot.device != BootDevice::Default {
        let mode = if boot.uefi { "UEFI" } else { "Legacy" };
        fields
            .as_object_mut()?
            .insert("BootSourceOverrideMode".to_owned(), mode.into());
    }
    Some(json!({"Boot": fields}))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn system(enabled: &str, target: &str, mode: Option<&str>, offered: &[&str]) -> Value {
        let mut boot = json!({
            "BootSourceOverrideEnabled": enabled, "BootSourceOverrideTarget": target,
            "BootSourceOverrideTarget@Redfish.AllowableValues": offered,
        });
        if let Some(mode) = mode {
            boot.as_object_mut()
                .unwrap()
                .insert("BootSourceOverrideMode".to_owned(), mode.into());
        }
        json!({ "Boot": boot })
    }

    #[test]
    fn an_override_is_read_as_it_is() {
        for (enabled, target, expected) in [
            ("Disabled", "Pxe", Some(None)),
            ("Once", "None", Some(None)),
            ("Once", "Pxe", Some(Some((BootDevice::Pxe, false)))),
            (
                "Continuous",
                "UefiHdd",
                Some(Some((BootDevice::Disk, true))),
            ),
            ("Once", "CD/DVD", Some(Some((BootDevice::Cdrom, false)))),
            ("Once", "UefiHttp", None),
        ] {
            let boot = boot_of(&system(enabled, target, Some("UEFI"), &[]));
            let found = boot.map(|boot| boot.map(|boot| (boot.device, boot.persistent)));
            assert_eq!(found, expected, "{enabled} {target}");
        }
    }

    #[test]
    fn an_override_is_asked_for_in_the_words_of_the_service() {
        let boot = |device, persistent, uefi| Boot {
            device,
            persistent,
            uefi,
        };
        let supermicro = system(
            "Disabled",
            "None",
            None,
            &["None", "Pxe", "CD/DVD", "UefiCd"],
        );
        let asked = change(&supermicro, boot(BootDevice::Cdrom, false, true)).unwrap();
        assert_eq!(
            asked,
            json!({"Boot": {"BootSourceOverrideEnabled": "Once", "BootSourceOverrideTarget": "UefiCd"}})
        );
        let asked = change(&supermicro, boot(BootDevice::Cdrom, false, false)).unwrap();
        assert_eq!(
            look::text(&asked, "/Boot/BootSourceOverrideTarget").as_deref(),
            Some("CD/DVD")
        );
        assert_eq!(
            change(&supermicro, boot(BootDevice::Bios, false, true)),
            None
        );
        let dell = system("Disabled", "None", Some("UEFI"), &["None", "Pxe", "Hdd"]);
        let asked = change(&dell, boot(BootDevice::Pxe, true, false)).unwrap();
        assert_eq!(
            asked,
            json!({"Boot": {"BootSourceOverrideEnabled": "Continuous", "BootSourceOverrideTarget": "Pxe", "BootSourceOverrideMode": "Legacy"}})
        );
        let asked = change(&dell, boot(BootDevice::Default, false, true)).unwrap();
        assert_eq!(
            asked,
            json!({"Boot": {"BootSourceOverrideEnabled": "Disabled", "BootSourceOverrideTarget": "None"}})
        );
        assert_eq!(change(&json!({}), boot(BootDevice::Pxe, true, false)), None);
    }
}
