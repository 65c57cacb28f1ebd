//! What all rooms of a process share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::base::seal::Keyring;
use crate::power::console::{ConsoleLimits, LinePort};
use crate::store::Store;

/// What all rooms share.
pub(super) struct Ground {
    pub(super) store: Store,
    pub(super) keyring: Arc<Keyring>,
    pub(super) port: Arc<dyn LinePort>,
    pub(super) limits: ConsoleLimits,
    pub(super) stop: CancellationToken,
}
