//! An open session, as the trait wants it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ipmi_rs::app::{DeviceId, GetDeviceId};
use ipmi_rs::connection::{Message, NetFn};

use super::call::Call;
use super::lines::Holder;
use super::order::{Opened, Order};
use super::quirks::Quirks;
use super::shelf::SdrShelf;
use super::side::{self, SolLink};
use crate::base::secret::Secret;
use crate::drivers::bmc::error::{BmcError, Step, Where};
use crate::drivers::bmc::{
    BmcFuture, BmcSession, BmcTarget, Boot, CipherSuite, Controller, Identity, Light, LogMark,
    LogPart, Part, PowerAction, PowerState, Priority, Privilege, SensorReading,
};
use crate::wire::ipmi::chassis::{ChassisControl, ChassisLight, GetChassisStatus};
use crate::wire::ipmi::guid::Guid;
use crate::wire::rmcp::Repeat;

const SET_SESSION_PRIVILEGE: u8 = 0x3B;
const GET_SYSTEM_GUID: u8 = 0x37;

/// A caller's share of the session with one BMC over IPMI 2.0. Dropping it leaves.
pub struct IpmiSession {
    pub(super) holder: Holder,
    pub(super) target: SocketAddr,
    /// Whose session it is.
    pub(super) user: String,
    /// Sensor data records that were read before.
    pub(super) shelf: Arc<SdrShelf>,
    pub(super) priority: Priority,
    opened: Opened,
    privilege: Privilege,
}

impl IpmiSession {
    pub(super) fn new(
        holder: Holder,
        target: &BmcTarget,
        priority: Priority,
        opened: Opened,
        shelf: Arc<SdrShelf>,
    ) -> Self {
        Self {
            holder,
            target: target.address,
            user: target.user.clone(),
            shelf,
            priority,
            opened,
            privilege: target.privilege,
        }
    }

    /// Attaches serial over LAN to the session; what was attached before ends. Attach first,
    /// then activate the payload on the BMC, so that nothing is lost.
    pub fn sol(&self) -> SolLink {
        let (link, side) = side::pair();
        // If the session is over the link ends at once.
        self.holder.order(Order::Attach(side));
        link
    }

    /// Asks the BMC something cheap, so that the session does not time out. Sessions that
    /// somebody holds do so by themselves.
    ///
    /// # Errors
    /// As of any command.
    pub async fn keep_alive(&mut self) -> Result<(), BmcError> {
        let call = Call::reading("keep-alive");
        self.typed(GetDeviceId, call).await.map(drop)
    }

    async fn read_power(&mut self) -> Result<PowerState, BmcError> {
        let call = Call::reading("get chassis status");
        let status = self.typed(GetChassisStatus, call).await?;
        Ok(if status.power_on {
            PowerState::On
        } else {
            PowerState::Off
        })
    }

    async fn read_light(&mut self) -> Result<Option<Light>, BmcError> {
        let call = Call::reading("get chassis status");
        let status = self.typed(GetChassisStatus, call).await?;
        Ok(status.light.map(|light| match light {
            ChassisLight::Off => Light::Off,
            ChassisLight::Timed => Light::Timed,
            ChassisLight::On => Light::On,
        }))
    }

    /// A session begins at privilege user (IPMI 22.18); acting needs more. Asked for once, and
    /// only by commands that need it: reading does with two packets less.
    pub(super) async fn raise_privilege(&mut self) -> Result<(), BmcError> {
        if self.opened.raised.load(Ordering::Relaxed) || self.privilege == Privilege::User {
            return Ok(());
        }
        let level = vec![self.privilege.number()];
        let message = Message::new_request(NetFn::App, SET_SESSION_PRIVILEGE, level);
        let answer = self
            .raw(message, Call::reading("set session privilege level"))
            .await?;
        // 80h: not available for this user; 81h: above the limit of user or channel.
        if matches!(answer.completion, 0x80 | 0x81) {
            return Err(BmcError::Privilege { at: answer.at });
        }
        answer.success()?;
        self.opened.raised.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn act(&mut self, action: PowerAction) -> Result<(), BmcError> {
        self.raise_privilege().await?;
        // A second on or off changes nothing; a second cycle, reset or shutdown request does.
        let (control, repeat) = match action {
            PowerAction::On => (ChassisControl::PowerUp, Repeat::Again),
            PowerAction::Off => (ChassisControl::PowerDown, Repeat::Again),
            PowerAction::SoftOff => (ChassisControl::SoftShutdown, Repeat::Never),
            PowerAction::Cycle => (ChassisControl::PowerCycle, Repeat::Never),
            PowerAction::Reset => (ChassisControl::HardReset, Repeat::Never),
            PowerAction::Nmi => (ChassisControl::Diagnostic, Repeat::Never),
        };
        self.typed(control, Call::acting("chassis control", repeat))
            .await
    }

    /// What is odd about this controller; asked once for all who share the session.
    pub(super) async fn quirks(&mut self) -> Result<Quirks, BmcError> {
        if let Some(known) = self.opened.quirks.get() {
            return Ok(*known);
        }
        let call = Call::reading("get device id");
        let device = self.typed(GetDeviceId, call).await?;
        Ok(self.note_quirks(&device))
    }

    /// The same where the controller was asked who it is anyway.
    pub(super) fn note_quirks(&self, device: &DeviceId) -> Quirks {
        let of = || Quirks::of(maker(device), device.product_id);
        *self.opened.quirks.get_or_init(of)
    }

    async fn read_identity(&mut self) -> Result<Identity, BmcError> {
        let device = self
            .typed(GetDeviceId, Call::reading("get device id"))
            .await?;
        let guid = self.read_guid().await?;
        Ok(Identity {
            guid,
            manufacturer_id: maker(&device),
            product_id: device.product_id,
            firmware: format!(
                "{}.{:02}",
                device.major_fw_revision, device.minor_fw_revision
            ),
            serial: None,
        })
    }

    /// The GUID of the login, or, where that is blank, of Get System GUID.
    async fn read_guid(&mut self) -> Result<Option<Guid>, BmcError> {
        if let Some(guid) = self.opened.guid.map(Guid).filter(|guid| !guid.is_blank()) {
            return Ok(Some(guid));
        }
        let message = Message::new_request(NetFn::App, GET_SYSTEM_GUID, Vec::new());
        let answer = self.raw(message, Call::reading("get system guid")).await?;
        if answer.completion != 0 {
            return Ok(None); // the command is optional
        }
        let octets = answer.data.first_chunk::<16>().copied();
        Ok(octets.map(Guid).filter(|guid| !guid.is_blank()))
    }

    /// The GUID that the BMC told at the login; empty where it has none.
    pub(super) fn login_guid(&self) -> Vec<u8> {
        self.opened.guid.map_or_else(Vec::new, |guid| guid.to_vec())
    }

    /// Leaves the session, which is closed unless others share it or it is kept for a while;
    /// false when it was closed and the BMC did not confirm it.
    pub async fn close(self) -> bool {
        self.holder.leave().await
    }
}

/// The maker in twenty bits; the rest of the field is reserved (IPMI 20.1).
const fn maker(device: &DeviceId) -> u32 {
    device.manufacturer_id & 0x000F_FFFF
}

impl BmcSession for IpmiSession {
    fn protocol(&self) -> &'static str {
        "ipmi"
    }

    fn cipher_suite(&self) -> Option<CipherSuite> {
        self.opened.suite
    }

    fn is_unencrypted(&self) -> bool {
        self.opened.suite.is_none()
    }

    fn power_state(&mut self) -> BmcFuture<'_, PowerState> {
        Box::pin(self.read_power())
    }

    fn power(&mut self, action: PowerAction) -> BmcFuture<'_, ()> {
        Box::pin(self.act(action))
    }

    fn identity(&mut self) -> BmcFuture<'_, Identity> {
        Box::pin(self.read_identity())
    }

    fn sensors(&mut self) -> BmcFuture<'_, Vec<SensorReading>> {
        Box::pin(self.read_sensors())
    }

    fn event_log(&mut self, mark: LogMark, most: usize) -> BmcFuture<'_, LogPart> {
        Box::pin(self.read_log(mark, most))
    }

    fn parts(&mut self) -> BmcFuture<'_, Vec<Part>> {
        Box::pin(self.read_parts())
    }

    fn controller(&mut self) -> BmcFuture<'_, Controller> {
        Box::pin(self.read_controller())
    }

    fn power_draw(&mut self) -> BmcFuture<'_, Option<u32>> {
        Box::pin(self.read_power_draw())
    }

    fn identify(&mut self, seconds: u8) -> BmcFuture<'_, ()> {
        Box::pin(self.switch_light(seconds))
    }

    fn light(&mut self) -> BmcFuture<'_, Option<Light>> {
        Box::pin(self.read_light())
    }

    fn serials(&mut self) -> BmcFuture<'_, Vec<String>> {
        Box::pin(self.read_serials())
    }

    fn boot(&mut self) -> BmcFuture<'_, Option<Boot>> {
        Box::pin(self.read_boot())
    }

    fn set_boot(&mut self, boot: Boot) -> BmcFuture<'_, ()> {
        Box::pin(self.write_boot(boot))
    }

    fn reset_controller(&mut self) -> BmcFuture<'_, ()> {
        Box::pin(self.restart_controller())
    }

    fn set_password(&mut self, password: Secret) -> BmcFuture<'_, ()> {
        Box::pin(self.change_password(password))
    }

    fn unsupported_error(&self, what: &'static str) -> BmcError {
        BmcError::Unsupported {
            at: Where {
                target: self.target,
                step: Step::Command(what),
                elapsed: Duration::ZERO,
                attempt: 0,
            },
        }
    }

    fn close(self: Box<Self>) -> BmcFuture<'static, ()> {
        Box::pin(async move {
            if !Self::close(*self).await {
                tracing::debug!("the BMC did not confirm the end of the session");
            }
            Ok(())
        })
    }
}
