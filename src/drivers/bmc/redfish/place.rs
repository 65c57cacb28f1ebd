//! The place of a session among those of a process.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::drivers::bmc::gate::{Permit, Reporter};

/// A session's place: counted, and the BMC's gate held, until it is dropped.
pub(super) struct Place {
    live: Arc<watch::Sender<usize>>,
    /// Absent when the caller has seen to it that there is one session only.
    permit: Option<Permit>,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Takes a place: from here on it is counted.
    pub(super) fn take(
        live: Arc<watch::Sender<usize>>,
        permit: Option<Permit>,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Self {
        live.send_modify(|live| *live += 1);
        Self {
            live,
            permit,
            _slot: slot,
        }
    }

    /// A further place without the gate: for a session that nobody uses at the moment.
    pub(super) fn aside(&self) -> Self {
        Self::take(self.live.clone(), None, None)
    }

    /// Tells the gate what is seen of the BMC.
    pub(super) fn reporter(&self) -> Option<Reporter> {
        self.permit.as_ref().map(Permit::reporter)
    }

    /// The BMC refused the credentials: nobody tries them again.
    pub(super) fn credentials_refused(&self) {
        if let Some(permit) = &self.permit {
            permit.credentials_refused();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.live.send_modify(|live| *live = live.saturating_sub(1));
    }
}
