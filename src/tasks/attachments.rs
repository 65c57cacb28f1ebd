//! Removes the files of photos and documents that no row names: an upload that broke off leaves one behind.

use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::attachments::{Shelf, attachment_sums};
use crate::base::fault::{Fault, Message};
use crate::store::Store;

const INTERVAL: Duration = Duration::from_secs(86_400);
/// Files that are looked up in one transaction.
const AT_ONCE: usize = 500;

/// The task that sweeps the folder of photos and documents.
pub struct AttachmentSweep {
    store: Store,
    shelf: Shelf,
}

impl AttachmentSweep {
    /// A task that sweeps this folder.
    pub const fn new(store: Store, shelf: Shelf) -> Self {
        Self { store, shelf }
    }

    async fn sweep(&self, stop: CancellationToken) -> Result<Message, Fault> {
        let now = SystemTime::now();
        let shelf = self.shelf.clone();
        let old = spawn_blocking(move || shelf.old(now))
            .await
            .map_err(Fault::internal)??;
        let (mut kept, mut removed) = (0_usize, 0_usize);
        for part in old.chunks(AT_ONCE) {
            if stop.is_cancelled() {
                break;
            }
            let names = part.to_vec();
            let known = self.store.read(move |c| attachment_sums(c, &names)).await?;
            let unknown: Vec<String> = part
                .iter()
                .filter(|name| !known.contains(name))
                .cloned()
                .collect();
            kept += part.len() - unknown.len();
            let shelf = self.shelf.clone();
            removed += spawn_blocking(move || sweep_all(&shelf, &unknown, now))
                .await
                .map_err(Fault::internal)??;
        }
        Ok(Message::new("tasks-said-attachments")
            .with("removed", removed)
            .with("kept", kept))
    }
}

fn sweep_all(shelf: &Shelf, names: &[String], now: SystemTime) -> Result<usize, Fault> {
    let mut removed = 0;
    for name in names {
        if shelf.sweep(name, now)? {
            removed += 1;
        }
    }
    Ok(removed)
}

impl Task for AttachmentSweep {
    fn name(&self) -> &'static str {
        "attachments"
    }

    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.sweep(stop))
    }
}
