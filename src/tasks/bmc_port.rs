//! The BMC driver as the power room wants it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::drivers::bmc::{
    BmcAccess, BmcError, BmcSession, BmcTarget, CipherSuite, PowerAction, Priority,
};
use crate::power::port::{
    BmcIdentity, PortFault, PortFaultKind, PortFuture, PortTarget, PowerPort, PowerSession,
};
use crate::power::{Action, PowerState, Protocol};

/// Opens sessions through the gates of one [`BmcAccess`].
pub struct BmcPort {
    access: Arc<BmcAccess>,
    /// Version of the endpoint at which an address refused the credential.
    refused: Mutex<HashMap<SocketAddr, i64>>,
}

impl BmcPort {
    /// A port over the process's one access to BMCs.
    pub fn new(access: Arc<BmcAccess>) -> Self {
        Self {
            access,
            refused: Mutex::default(),
        }
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

    async fn log_in(&self, target: &PortTarget) -> Result<Box<dyn PowerSession>, PortFault> {
        if target.protocol != Protocol::Ipmi {
            let text = format!("{}: this version speaks IPMI only", target.address);
            return Err(PortFault::new(PortFaultKind::Lasting, "unsupported", text));
        }
        self.resume_when_changed(target);
        let priority = if target.urgent {
            Priority::Power
        } else {
            Priority::Status
        };
        match self.access.open(&driver_target(target), priority).await {
            Ok(inner) => Ok(Box::new(Session {
                inner,
                expected_guid: target.expected_guid.clone(),
            })),
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
    let remembered = target
        .remembered_suite
        .and_then(|number| u8::try_from(number).ok())
        .and_then(CipherSuite::from_number);
    if let Some(suite) = remembered {
        driver.suites.retain(|known| *known != suite);
        driver.suites.insert(0, suite);
    }
    driver
}

fn port_fault(error: &BmcError) -> PortFault {
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
    }
}

/// A failed command: when it can't be told whether it was carried out, it may have been.
fn act_fault(error: &BmcError) -> PortFault {
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

/// A driver's session.
struct Session {
    inner: Box<dyn BmcSession>,
    expected_guid: Option<String>,
}

impl PowerSession for Session {
    fn suite(&self) -> Option<i64> {
        self.inner
            .cipher_suite()
            .map(|suite| i64::from(suite.number()))
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

    fn close(self: Box<Self>) -> PortFuture<'static, ()> {
        Box::pin(async move { self.inner.close().await.map_err(|error| port_fault(&error)) })
    }
}
