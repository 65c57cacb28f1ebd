//! What the BMC driver's session tells, as the power room wants it.

use super::bmc_port::{Session, act_fault, port_fault};
use crate::base::machine::{Boot, Controller, Light, LogMark, LogPart, Part, SensorReading};
use crate::base::secret::Secret;
use crate::power::port::{PortFuture, TellingSession};

macro_rules! told {
    ($session:ident.$call:ident($($argument:expr),*)) => {
        Box::pin(async move {
            let outcome = $session.inner.$call($($argument),*).await;
            outcome.map_err(|error| port_fault(&error))
        })
    };
}

impl TellingSession for Session {
    fn sensors(&mut self) -> PortFuture<'_, Vec<SensorReading>> {
        told!(self.sensors())
    }

    fn power_draw(&mut self) -> PortFuture<'_, Option<u32>> {
        told!(self.power_draw())
    }

    fn event_log(&mut self, mark: LogMark, most: usize) -> PortFuture<'_, LogPart> {
        told!(self.event_log(mark, most))
    }

    fn parts(&mut self) -> PortFuture<'_, Vec<Part>> {
        told!(self.parts())
    }

    fn controller(&mut self) -> PortFuture<'_, Controller> {
        told!(self.controller())
    }

    fn light_state(&mut self) -> PortFuture<'_, Option<Light>> {
        told!(self.light())
    }

    fn serials(&mut self) -> PortFuture<'_, Vec<String>> {
        told!(self.serials())
    }

    fn boot_override(&mut self) -> PortFuture<'_, Option<Boot>> {
        told!(self.boot())
    }

    fn set_password(&mut self, password: Secret) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let outcome = self.inner.set_password(password).await;
            outcome.map_err(|error| act_fault(&error))
        })
    }
}
