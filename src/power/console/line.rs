//! What a console needs of a driver. Tasks adapt the BMC driver to it; tests put a fake in its place.

use std::future::Future;
use std::pin::Pin;

use crate::power::port::PortTarget;

/// A boxed future of a call.
pub type LineFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What happened on a serial line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineEvent {
    /// The machine wrote this.
    Shown(Vec<u8>),
    /// The machine sent a break.
    Break,
    /// Characters from the machine were lost.
    Overrun,
    /// Characters cannot go to the machine now: it is off or asleep.
    Unavailable,
    /// There is room for characters again.
    Room,
}

/// What the caller can do about a line that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFaultKind {
    /// Open it again, later.
    Passing,
    /// Another session of the BMC has it; it can be thrown out.
    InUse,
    /// Serial over LAN is switched off on the BMC.
    Disabled,
    /// Change the credential; nothing is tried until then.
    Credential,
    /// This BMC or protocol has no console here.
    Unsupported,
    /// The BMC only has IPMI 1.5, which has no console.
    NeedsV20,
    /// The BMC won't.
    Lasting,
}

/// A line that could not be opened, or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct LineFault {
    /// What the caller can do.
    pub kind: LineFaultKind,
    /// Target, stage, elapsed, attempt, in English.
    pub text: String,
}

/// Opens serial lines.
pub trait LinePort: Send + Sync {
    /// Opens the serial line of a machine; with `evict` whoever has it loses it.
    fn open<'a>(
        &'a self,
        target: &'a PortTarget,
        evict: bool,
    ) -> LineFuture<'a, Result<Box<dyn Line>, LineFault>>;
}

/// An open serial line; dropped, it closes itself.
pub trait Line: Send {
    /// Takes characters for the machine; how many there was room for. After less than all
    /// [`LineEvent::Room`] follows.
    fn write(&mut self, octets: &[u8]) -> usize;
    /// Sends a break behind what was written.
    fn send_break(&mut self);
    /// Characters that the BMC has not taken yet.
    fn waiting(&self) -> usize;
    /// Waits for what happens next; can be dropped and asked again.
    fn event(&mut self) -> LineFuture<'_, Result<LineEvent, LineFault>>;
    /// Ends it.
    fn close(self: Box<Self>) -> LineFuture<'static, ()>;
}
