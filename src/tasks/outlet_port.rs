//! The SNMP driver as the power room wants it for outlets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::snmp_credentials::credentials;
use crate::base::gauge::OutletState;
use crate::base::seal::Keyring;
use crate::drivers::snmp::{
    Family, OUTLET_ANSWER_WITHIN, OutletError, OutletOf, SnmpHub, SnmpTarget, family_named,
    family_of,
};
use crate::facility::pdu_of_device;
use crate::metering::{Target, target_of_device};
use crate::power::PowerState;
use crate::power::port::{OutletAt, OutletPort, PortFault, PortFaultKind, PortFuture};
use crate::store::Store;

/// How often reading an outlet is tried again after silence.
const RETRIES: u32 = 2;

/// Asks PDUs as whom they are polled.
pub struct PduPort {
    store: Store,
    keyring: Arc<Keyring>,
    hub: Arc<SnmpHub>,
}

impl PduPort {
    /// A port through the process's SNMP sockets.
    pub fn new(store: Store, keyring: Arc<Keyring>, hub: Arc<SnmpHub>) -> Self {
        Self {
            store,
            keyring,
            hub,
        }
    }

    async fn pdu(&self, at: &OutletAt) -> Result<(SnmpTarget, &'static Family), PortFault> {
        let pdu = at.pdu;
        let found = self
            .store
            .read(move |c| Ok((target_of_device(c, pdu)?, pdu_of_device(c, pdu)?)))
            .await
            .map_err(|fault| {
                PortFault::new(PortFaultKind::Passing, "network", fault.to_string())
            })?;
        let lacking = |text: &str| {
            let text = format!("PDU {pdu}: {text}");
            PortFault::new(PortFaultKind::Lasting, "outlet-not-polled", text)
        };
        let (Some(target), kept) = found else {
            return Err(lacking("it is not polled over SNMP"));
        };
        let family = kept.and_then(|kept| family_named(&kept.family));
        let family = family.or_else(|| family_of(&target.system_object_id));
        let family = family.ok_or_else(|| lacking("it is of no known family"))?;
        let target = self.target(&target).map_err(|text| lacking(&text))?;
        Ok((target, family))
    }

    fn target(&self, target: &Target) -> Result<SnmpTarget, String> {
        let address: IpAddr = target
            .address
            .parse()
            .map_err(|_| "its address".to_owned())?;
        let port = u16::try_from(target.port).map_err(|error| error.to_string())?;
        Ok(SnmpTarget {
            address: SocketAddr::new(address, port),
            credentials: credentials(&self.keyring, target).map_err(|failed| failed.detail)?,
            timeout: OUTLET_ANSWER_WITHIN,
            retries: RETRIES,
        })
    }
}

fn port_fault(error: &OutletError, is_command: bool) -> PortFault {
    let (kind, code) = match error {
        OutletError::NotSwitchable { .. } => (PortFaultKind::Lasting, "outlet-not-switchable"),
        OutletError::NoSuchOutlet { .. } => (PortFaultKind::Lasting, "outlet-missing"),
        error if error.is_passing() => (PortFaultKind::Passing, "no-answer"),
        _ => (PortFaultKind::Lasting, "outlet-refused"),
    };
    PortFault {
        kind,
        may_have_acted: is_command && error.may_have_acted(),
        code,
        text: error.to_string(),
        certificate_refused: None,
    }
}

impl OutletPort for PduPort {
    fn read<'a>(&'a self, at: &'a OutletAt) -> PortFuture<'a, PowerState> {
        Box::pin(async move {
            let (target, family) = self.pdu(at).await?;
            let outlet = OutletOf {
                target: &target,
                family,
                place: &at.place,
            };
            match self.hub.outlet_state(outlet).await {
                Ok(OutletState::On) => Ok(PowerState::On),
                Ok(OutletState::Off) => Ok(PowerState::Off),
                Ok(OutletState::Unknown) => Ok(PowerState::Unknown),
                Err(error) => Err(port_fault(&error, false)),
            }
        })
    }

    fn switch<'a>(&'a self, at: &'a OutletAt, on: bool) -> PortFuture<'a, ()> {
        Box::pin(async move {
            let (target, family) = self.pdu(at).await?;
            let outlet = OutletOf {
                target: &target,
                family,
                place: &at.place,
            };
            let told = self.hub.outlet_switch(outlet, on).await;
            told.map_err(|error| port_fault(&error, true))
        })
    }
}
