//! The BMC driver's serial lines as consoles want them.

use std::sync::Arc;

use crate::drivers::bmc::ipmi::{ConsoleError, ConsoleEvent, IpmiConsole};
use crate::drivers::bmc::{BmcAccess, BmcError};
use crate::power::Protocol;
use crate::power::console::{Line, LineEvent, LineFault, LineFaultKind, LineFuture, LinePort};
use crate::power::port::PortTarget;
use crate::tasks::bmc_port::driver_target;

/// Opens serial lines through one [`BmcAccess`].
pub struct BmcLines {
    access: Arc<BmcAccess>,
}

impl BmcLines {
    /// Lines over the process's one access to BMCs.
    pub const fn new(access: Arc<BmcAccess>) -> Self {
        Self { access }
    }

    async fn line(&self, target: &PortTarget, evict: bool) -> Result<Box<dyn Line>, LineFault> {
        if target.protocol != Protocol::Ipmi {
            return Err(LineFault {
                kind: LineFaultKind::Unsupported,
                text: format!("{}: a console needs IPMI", target.address),
            });
        }
        let expected = target.expected_guid.as_deref();
        let console = async {
            let session = self.access.console(&driver_target(target)).await?;
            IpmiConsole::open(session, expected, evict).await
        };
        match console.await {
            Ok(console) => Ok(Box::new(SerialLine(console))),
            Err(error) => Err(line_fault(&error)),
        }
    }
}

impl LinePort for BmcLines {
    fn open<'a>(
        &'a self,
        target: &'a PortTarget,
        evict: bool,
    ) -> LineFuture<'a, Result<Box<dyn Line>, LineFault>> {
        Box::pin(self.line(target, evict))
    }
}

fn line_fault(error: &ConsoleError) -> LineFault {
    let kind = match error {
        ConsoleError::InUse { .. } => LineFaultKind::InUse,
        ConsoleError::Disabled { .. } => LineFaultKind::Disabled,
        ConsoleError::OtherMachine { .. } => LineFaultKind::Lasting,
        ConsoleError::NeedsV20 { .. } => LineFaultKind::NeedsV20,
        ConsoleError::Deactivated { .. } | ConsoleError::Lost { .. } => LineFaultKind::Passing,
        ConsoleError::Bmc(BmcError::Credentials { .. }) => LineFaultKind::Credential,
        ConsoleError::Bmc(BmcError::Closed { .. }) => LineFaultKind::Passing,
        ConsoleError::Bmc(error) if error.is_passing() => LineFaultKind::Passing,
        ConsoleError::Bmc(_) => LineFaultKind::Lasting,
    };
    LineFault {
        kind,
        text: error.to_string(),
    }
}

struct SerialLine(IpmiConsole);

impl Line for SerialLine {
    fn write(&mut self, octets: &[u8]) -> usize {
        self.0.write(octets)
    }

    fn send_break(&mut self) {
        self.0.send_break();
    }

    fn waiting(&self) -> usize {
        self.0.waiting()
    }

    fn event(&mut self) -> LineFuture<'_, Result<LineEvent, LineFault>> {
        Box::pin(async move {
            match self.0.event().await {
                Ok(ConsoleEvent::Characters(octets)) => Ok(LineEvent::Shown(octets)),
                Ok(ConsoleEvent::Break) => Ok(LineEvent::Break),
                Ok(ConsoleEvent::Overrun) => Ok(LineEvent::Overrun),
                Ok(ConsoleEvent::Unavailable) => Ok(LineEvent::Unavailable),
                Ok(ConsoleEvent::Room) => Ok(LineEvent::Room),
                Err(error) => Err(line_fault(&error)),
            }
        })
    }

    fn close(self: Box<Self>) -> LineFuture<'static, ()> {
        Box::pin(self.0.close())
    }
}
