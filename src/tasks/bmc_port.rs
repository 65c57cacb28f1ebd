//! The BMC driver as the power room wants it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::base::token::{hex, hex_bytes};
use crate::drivers::bmc::{
    BmcAccess, BmcError, BmcSession, BmcTarget, Boot, BootDevice as BootFrom, CipherSuite, Lookup,
    OldSessions, PowerAction, Priority, Privilege, Trust,
};
use crate::power::port::{
    BmcIdentity, PortFault, PortFaultKind, PortFuture, PortTarget, PowerPort, PowerSession,
};
use crate::power::{
    Action, BmcPrivilege, BootChoice, BootDevice, PowerState, Protocol, Trust as PowerTrust,
    UserLookup,
};

/// Opens sessions through the gates of one [`BmcAccess`].
pub struct BmcPort {
    access: Arc<BmcAccess>,
    /// Version of the endpoint at which an address refused the credential.
    refused: Mutex<HashMap<SocketAddr, i64>>,
    /// How long sessions are kept: those that somebody waits for, and all others.
    keep: [Duration; 2],
    /// Version of the endpoint and certificate that an address showed first.
    shown: Mutex<HashMap<SocketAddr, (i64, [u8; 32])>>,
}

impl BmcPort {
    /// A port over the process's one access to BMCs.
    pub fn new(access: Arc<BmcAccess>) -> Self {
        Self {
            access,
            refused: Mutex::default(),
            keep: [Duration::ZERO; 2],
            shown: Mutex::default(),
        }
    }

    /// Keeps a session open for the next caller: for `urgent` where somebody waited for it, for
    /// `background` after a reading in turn.
    #[must_use]
    pub const fn keeping(mut self, urgent: Duration, background: Duration) -> Self {
        self.keep = [urgent, background];
        self
    }

    /// The gate stops a credential for good; a person who saved the endpoint again says that it is right now.
    fn resume_when_changed(&self, target: &PortTarget) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = refused
            .get(&target.address)
            .is_some_and(|version| *version < target.version);
        if changed {
            refused.remove(&target.address);
            self.access.gates().resume(target.address);
        }
    }

    /// Until the certificate that was shown first is on record, it is remembered here.
    fn trust_as_before(&self, target: &PortTarget, driver: &mut BmcTarget) {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Trust::Pin(None), Some((version, shown))) =
            (driver.trust, shown.get(&target.address))
            && *version == target.version
        {
            driver.trust = Trust::Pin(Some(*shown));
        }
    }

    fn remember_certificate(&self, target: &PortTarget, shown: Option<[u8; 32]>) {
        if let (None, Some(fingerprint)) = (&target.certificate_sha256, shown) {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.insert(target.address, (target.version, fingerprint));
        }
    }

    async fn log_in(&self, target: &PortTarget) -> Result<Box<dyn PowerSession>, PortFault> {
        self.resume_when_changed(target);
        let priority = match (target.urgent, target.patient) {
            (true, _) => Priority::Power,
            (false, true) => Priority::Sensors,
            (false, false) => Priority::Status,
        };
        let [urgent, background] = self.keep;
        let mut driver = BmcTarget {
            keep: if target.urgent { urgent } else { background },
            ..driver_target(target)
        };
        self.trust_as_before(target, &mut driver);
        match self.access.open(&driver, priority).await {
            Ok(inner) => {
                self.remember_certificate(target, inner.certificate());
                Ok(Box::new(Session {
                    inner,
                    expected_guid: target.expected_guid.clone(),
                }))
            }
            Err(error) => {
                let fault = port_fault(&error);
                if fault.kind == PortFaultKind::Credential {
                    let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                    refused.insert(target.address, target.version);
                }
                Err(fault)
            }
        }
    }
}

impl PowerPort for BmcPort {
    fn open<'a>(&'a self, target: &'a PortTarget) -> PortFuture<'a, Box<dyn PowerSession>> {
        Box::pin(self.log_in(target))
    }
}

pub(super) fn driver_target(target: &PortTarget) -> BmcTarget {
    let mut driver = BmcTarget::new(target.address, target.user.clone(), target.password.clone());
    driver.kg.clone_from(&target.kg);
    driver.expected_guid.clone_from(&target.expected_guid);
    if target.protocol == Protocol::Redfish {
        return driver.redfish(trust(target));
    }
    driver.privilege = match target.privilege {
        BmcPrivilege::User => Privilege::User,
        BmcPrivilege::Operator => Privilege::Operator,
        BmcPrivilege::Administrator => Privilege::Administrator,
    };
    driver.lookup = match target.lookup {
        UserLookup::Name => Lookup::NameOnly,
        UserLookup::NamePrivilege => Lookup::NameAndPrivilege,
    };
    if target.allow_v15 {
        driver.old_sessions = OldSessions::Allowed;
    }
    let named = target.suites.iter().filter_map(|number| suite(*number));
    let named: Vec<_> = named.collect();
    if !named.is_empty() {
        driver.suites = named;
    }
    let remembered = target
        .remembered_suite
        .and_then(suite)
        .filter(|suite| driver.suites.contains(suite));
    if target.administrator {
        driver.privilege = Privilege::Administrator;
    }
    if let Some(suite) = remembered {
        driver.suites.retain(|known| *known != suite);
        driver.suites.insert(0, suite);
    }
    driver
}

fn suite(number: i64) -> Option<CipherSuite> {
    CipherSuite::from_number(u8::try_from(number).ok()?)
}

/// A fingerprint on record that can't be read trusts nobody: it is one that no certificate has.
fn trust(target: &PortTarget) -> Trust {
    if target.trust == PowerTrust::Authority {
        return Trust::Authority;
    }
    let pinned = target.certificate_sha256.as_deref().map(|digits| {
        let octets = hex_bytes(digits).and_then(|octets| octets.try_into().ok());
        octets.unwrap_or_default()
    });
    Trust::Pin(pinned)
}

pub(super) fn port_fault(error: &BmcError) -> PortFault {
    let kind = match error {
        BmcError::Credentials { .. } => PortFaultKind::Credential,
        BmcError::NotInThisState { .. } => PortFaultKind::NotInThisState,
        error if error.is_passing() => PortFaultKind::Passing,
        _ => PortFaultKind::Lasting,
    };
    PortFault {
        kind,
        may_have_acted: error.may_have_acted(),
        code: error.code(),
        text: error.to_string(),
        certificate_refused: match error {
            BmcError::Certificate { shown, .. } => shown.as_deref().map(|shown| hex(shown)),
            _ => None,
        },
    }
}

/// A failed command: when it can't be told whether it was carried out, it may have been.
pub(super) fn act_fault(error: &BmcError) -> PortFault {
    let unclear = matches!(
        error,
        BmcError::NotUnderstood { .. } | BmcError::Closed { .. } | BmcError::Cancelled { .. }
    );
    let fault = port_fault(error);
    PortFault {
        may_have_acted: fault.may_have_acted || unclear,
        ..fault
    }
}

fn driver_boot(choice: BootChoice) -> Boot {
    Boot {
        device: match choice.device {
            BootDevice::Default => BootFrom::Default,
            BootDevice::Pxe => BootFrom::Pxe,
            BootDevice::Disk => BootFrom::Disk,
            BootDevice::Cdrom => BootFrom::Cdrom,
            BootDevice::Bios => BootFrom::Bios,
        },
        persistent: choice.persistent,
        uefi: choice.uefi,
    }
}

fn boot_choice(boot: Boot) -> BootChoice {
    BootChoice {
        device: match boot.device {
            BootFrom::Default => BootDevice::Default,
            BootFrom::Pxe => BootDevice::Pxe,
            BootFrom::Disk => BootDevice::Disk,
            BootFrom::Cdrom => BootDevice::Cdrom,
            BootFrom::Bios => BootDevice::Bios,
        },
        persistent: boot.persistent,
        uefi: boot.uefi,
    }
}

/// A driver's session.
pub(super) struct Session {
    pub(super) inner: Box<dyn BmcSession>,
    expected_guid: Option<String>,
}

impl PowerSession for Session {
    fn suite(&self) -> Option<i64> {
        self.inner
            .cipher_suite()
            .map(|suite| i64::from(suite.number()))
    }

    fn certificate(&self) -> Option<String> {
        self.inner.certificate().map(|shown| hex(&shown))
    }

    fn state(&mut self) -> PortFuture<'_, PowerState> {
        use crate::drivers::bmc::PowerState as Read;
        Box::pin(async move {
            match self.inner.power_state().await {
                Ok(Read::On) => Ok(PowerState::On),
                Ok(Read::Off) => Ok(PowerState::Off),
                Ok(Read::Unknown) => Ok(PowerState::Unknown),
                Err(error) => Err(port_fault(&error)),
            }
        })
    }

    fn act(&mut self, action: Action) -> PortFuture<'_, ()> {
        let action = match action {
            Action::On => PowerAction::On,
            Action::Off => PowerAction::Off,
            Action::SoftOff => PowerAction::SoftOff,
            Action::Cycle => PowerAction::Cycle,
            Action::Reset => PowerAction::Reset,
            Action::Nmi => PowerAction::Nmi,
            Action::Identify | Action::BootDevice | Action::BmcReset => {
                let text = format!("{action} is no change of power");
                let fault = PortFault::new(PortFaultKind::Lasting, "unsupported", text);
                return Box::pin(std::future::ready(Err(fault)));
            }
        };
        Box::pin(async move {
            let outcome = self.inner.power(action).await;
            outcome.map_err(|error| act_fault(&error))
        })
    }

    fn identity(&mut self) -> PortFuture<'_, BmcIdentity> {
        Box::pin(async move {
            let identity = self
                .inner
                .identity()
                .await
                .map_err(|error| port_fault(&error))?;
            let expected = self.expected_guid.as_deref();
            Ok(BmcIdentity {
                guid: identity.guid.map(|guid| guid.to_string()),
                is_expected: expected
                    .and_then(|expected| identity.guid.map(|guid| guid.is_also(expected))),
                manufacturer_id: i64::from(identity.manufacturer_id),
                product_id: i64::from(identity.product_id),
                firmware: identity.firmware,
            })
        })
    }

    fn light(&mut self, seconds: u8) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let outcome = self.inner.identify(seconds).await;
            outcome.map_err(|error| act_fault(&error))
        })
    }

    fn set_boot(&mut self, choice: BootChoice) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let outcome = self.inner.set_boot(driver_boot(choice)).await;
            outcome.map_err(|error| act_fault(&error))
        })
    }

    fn boot(&mut self) -> PortFuture<'_, Option<BootChoice>> {
        Box::pin(async move {
            let read = self.inner.boot().await;
            let read = read.map_err(|error| port_fault(&error))?;
            Ok(read.map(boot_choice))
        })
    }

    fn reset_bmc(&mut self) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let outcome = self.inner.reset_controller().await;
            outcome.map_err(|error| act_fault(&error))
        })
    }

    fn close(self: Box<Self>) -> PortFuture<'static, ()> {
        Box::pin(async move { self.inner.close().await.map_err(|error| port_fault(&error)) })
    }
}
