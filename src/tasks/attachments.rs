//! Sets aside the files of photos and documents that no row names (an upload that broke off leaves one behind), brings back
//! those that a row names again, and removes what was set aside a month ago. A folder of another database is left alone.

use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::attachments::{Holder, Shelf, attachment_sums, folder_mark};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::time::Timestamp;
use crate::base::token::random_code;
use crate::store::Store;

const INTERVAL: Duration = Duration::from_secs(86_400);
/// Files that are looked up in one transaction.
const AT_ONCE: usize = 500;
/// So many unknown files are set aside without asking how many are known.
const FEW: usize = 20;
/// Of more than a few, one in so many may be unknown.
const SHARE: usize = 10;

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

    async fn on_shelf<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Shelf) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let shelf = self.shelf.clone();
        spawn_blocking(move || act(&shelf))
            .await
            .map_err(Fault::internal)?
    }

    /// These names, parted into those that rows name and those that none does.
    async fn parted(&self, names: Vec<String>) -> Result<(Vec<String>, Vec<String>), Fault> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for part in names.chunks(AT_ONCE) {
            let asked = part.to_vec();
            let found = self.store.read(move |c| attachment_sums(c, &asked)).await?;
            let (named, others): (Vec<String>, Vec<String>) =
                part.iter().cloned().partition(|name| found.contains(name));
            known.extend(named);
            unknown.extend(others);
        }
        Ok((known, unknown))
    }

    /// Whether the folder is of this database; one that nobody marked becomes so when most of it is known.
    async fn is_ours(&self) -> Result<bool, Fault> {
        let fresh = random_code(32).map_err(Fault::internal)?;
        let now = Timestamp::now();
        let mark = self
            .store
            .write("attachments.mark", move |c| folder_mark(c, &fresh, now))
            .await?;
        let asked = mark.clone();
        match self.on_shelf(move |shelf| shelf.holder(&asked)).await? {
            Holder::Ours => return Ok(true),
            Holder::Another => return Ok(false),
            Holder::Nobody => {}
        }
        let names = self.on_shelf(Shelf::contents).await?;
        let (known, unknown) = self.parted(names).await?;
        if unknown.len() > known.len() {
            return Ok(false);
        }
        self.on_shelf(move |shelf| {
            shelf.claim(&mark)?;
            Ok(shelf.holder(&mark)? == Holder::Ours)
        })
        .await
    }

    async fn sweep(&self, stop: CancellationToken) -> Result<Message, Fault> {
        let now = SystemTime::now();
        let (mut aside, mut removed, mut back) = (0_usize, 0_usize, 0_usize);
        let said = |kept: usize, aside: usize, removed: usize, back: usize| {
            Message::new("tasks-said-attachments")
                .with("removed", removed)
                .with("aside", aside)
                .with("back", back)
                .with("kept", kept)
        };
        if !self.on_shelf(|shelf| Ok(shelf.is_there())).await? {
            return Ok(said(0, 0, 0, 0));
        }
        if !self.is_ours().await? {
            let message =
                Message::new("tasks-said-attachments-foreign").with("folder", self.folder());
            return Err(Fault::new(FaultKind::Conflict, message));
        }
        let waiting = self.on_shelf(Shelf::set_aside).await?;
        let (missed, forgotten) = self.parted(waiting).await?;
        for name in missed {
            if self.on_shelf(move |shelf| shelf.bring_back(&name)).await? {
                back += 1;
            }
        }
        for name in forgotten {
            let discard = move |shelf: &Shelf| shelf.discard(&name, now);
            if !stop.is_cancelled() && self.on_shelf(discard).await? {
                removed += 1;
            }
        }
        removed += self.on_shelf(move |shelf| shelf.tidy(now)).await?;
        let old = self.on_shelf(move |shelf| shelf.old(now)).await?;
        let all = old.len();
        let (known, unknown) = self.parted(old).await?;
        if unknown.len() > FEW && unknown.len() > all / SHARE {
            let message = Message::new("tasks-said-attachments-too-many")
                .with("folder", self.folder())
                .with("unknown", unknown.len())
                .with("kept", known.len());
            return Err(Fault::new(FaultKind::Conflict, message));
        }
        for name in unknown {
            let lay_aside = move |shelf: &Shelf| shelf.lay_aside(&name, now);
            if !stop.is_cancelled() && self.on_shelf(lay_aside).await? {
                aside += 1;
            }
        }
        Ok(said(known.len(), aside, removed, back))
    }

    fn folder(&self) -> String {
        self.shelf.folder().display().to_string()
    }
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
