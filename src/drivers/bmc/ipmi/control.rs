//! What is done besides power: the identify light, the next boot, the controller's own restart;
//! and what the machine draws.

use ipmi_rs::connection::NetFn;

use super::ask::{Ask, not_understood};
use super::session::IpmiSession;
use crate::drivers::bmc::error::{Acted, BmcError};
use crate::drivers::bmc::{BmcSession, Boot, BootDevice};
use crate::wire::ipmi::boot::{BootFlags, device, parameter};
use crate::wire::ipmi::dcmi::{self, PowerReading};
use crate::wire::rmcp::Repeat;

const IDENTIFY: u8 = 0x04;
const SET_BOOT_OPTIONS: u8 = 0x08;
const GET_BOOT_OPTIONS: u8 = 0x09;
const COLD_RESET: u8 = 0x02;
/// Asked for as "until switched off".
const WITHOUT_END: u8 = 255;

impl IpmiSession {
    pub(super) async fn read_power_draw(&mut self) -> Result<Option<u32>, BmcError> {
        let ask = Ask::new(
            NetFn::Reserved(dcmi::GROUP_EXTENSION),
            dcmi::GET_POWER_READING,
            "dcmi get power reading",
            PowerReading::REQUEST.to_vec(),
        );
        let Some(data) = self.ask_if_there(ask).await? else {
            return Ok(None);
        };
        let reading = PowerReading::decode(&data).ok();
        Ok(reading
            .filter(|reading| reading.measured)
            .map(|reading| u32::from(reading.now_w)))
    }

    pub(super) async fn switch_light(&mut self, seconds: u8) -> Result<(), BmcError> {
        self.raise_privilege().await?;
        let data = match seconds {
            // The interval counts for nothing beside the force bit (IPMI 28.5).
            WITHOUT_END => vec![0, 0x01],
            seconds => vec![seconds],
        };
        let ask = Ask::chassis(IDENTIFY, "chassis identify", data);
        self.act_by(ask, Repeat::Again).await
    }

    async fn boot_flags(&mut self) -> Result<BootFlags, BmcError> {
        self.raise_privilege().await?;
        let data = vec![parameter::FLAGS, 0, 0];
        let ask = Ask::chassis(GET_BOOT_OPTIONS, "get system boot options", data);
        let (data, at) = self.ask(ask).await?;
        BootFlags::decode(&data).map_err(not_understood(&at))
    }

    pub(super) async fn read_boot(&mut self) -> Result<Option<Boot>, BmcError> {
        let flags = self.boot_flags().await?;
        let mut device = boot_device(flags.device);
        if device.is_none() && flags.valid && flags.uefi {
            let is_disk = self.quirks().await?.boot_uefi_disk == Some(flags.device);
            device = is_disk.then_some(BootDevice::Disk);
        }
        Ok(device.filter(|_| flags.valid).map(|device| Boot {
            device,
            persistent: flags.persistent,
            uefi: flags.uefi,
        }))
    }

    /// The selector of a device; firmware of some makers has one of its own.
    async fn selector(&mut self, boot: Boot) -> Result<u8, BmcError> {
        let usual = selector(boot.device);
        if boot.device != BootDevice::Disk || !boot.uefi {
            return Ok(usual);
        }
        Ok(self.quirks().await?.boot_uefi_disk.unwrap_or(usual))
    }

    /// Sets the flags as IPMI 28.12 describes it, and reads them back: some BMCs accept what
    /// they do not keep.
    pub(super) async fn write_boot(&mut self, boot: Boot) -> Result<(), BmcError> {
        self.raise_privilege().await?;
        let wanted = BootFlags {
            valid: true,
            persistent: boot.persistent,
            uefi: boot.uefi,
            device: self.selector(boot).await?,
        };
        // Other tools wait while this says "in progress"; BMCs need not have it.
        let locked = self
            .set_boot_option(parameter::SET_IN_PROGRESS, &[0x01])
            .await
            .is_ok();
        let set = self.write_boot_flags(wanted).await;
        if locked {
            let done = self
                .set_boot_option(parameter::SET_IN_PROGRESS, &[0x00])
                .await;
            set?;
            done?;
        } else {
            set?;
        }
        let seen = self.boot_flags().await?;
        let kept = |flags: BootFlags| (flags.device, flags.persistent, flags.uefi);
        if kept(seen) == kept(wanted) {
            Ok(())
        } else {
            Err(self.unsupported_error("boot override as asked for"))
        }
    }

    async fn write_boot_flags(&mut self, flags: BootFlags) -> Result<(), BmcError> {
        // Nothing else may wait longer than the 60 seconds after which the flags are dropped
        // unless this says otherwise. Not every BMC has it.
        self.set_optional(parameter::VALID_BIT_CLEARING, &[0x08])
            .await?;
        // The firmware is to look at them: mark it as having been told (bit 0, BIOS).
        self.set_optional(parameter::ACKNOWLEDGE, &[0x01, 0x01])
            .await?;
        self.set_boot_option(parameter::FLAGS, &flags.encode())
            .await
    }

    async fn set_boot_option(&mut self, number: u8, value: &[u8]) -> Result<(), BmcError> {
        let data = [&[number], value].concat();
        let ask = Ask::chassis(SET_BOOT_OPTIONS, "set system boot options", data);
        self.act_by(ask, Repeat::Again).await
    }

    async fn set_optional(&mut self, number: u8, value: &[u8]) -> Result<(), BmcError> {
        match self.set_boot_option(number, value).await {
            Err(BmcError::Completion { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    /// Many BMCs restart before they answer: no answer is the answer then.
    pub(super) async fn restart_controller(&mut self) -> Result<(), BmcError> {
        self.raise_privilege().await?;
        let ask = Ask::app(COLD_RESET, "cold reset", Vec::new());
        match self.act_by(ask, Repeat::Never).await {
            Err(BmcError::NoAnswer {
                acted: Acted::Perhaps,
                ..
            }) => Ok(()),
            outcome => outcome,
        }
    }
}

const fn selector(boot: BootDevice) -> u8 {
    match boot {
        BootDevice::Default => device::NONE,
        BootDevice::Pxe => device::PXE,
        BootDevice::Disk => device::DISK,
        BootDevice::Cdrom => device::CDROM,
        BootDevice::Bios => device::SETUP,
    }
}

/// What the flags boot from; none without an override, or for a device that has no name here.
const fn boot_device(selector: u8) -> Option<BootDevice> {
    Some(match selector {
        device::PXE => BootDevice::Pxe,
        device::DISK | device::REMOTE_DISK => BootDevice::Disk,
        device::CDROM | device::REMOTE_CDROM => BootDevice::Cdrom,
        device::SETUP => BootDevice::Bios,
        _ => return None,
    })
}
