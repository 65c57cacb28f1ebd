//! Makes the search index anew when it was made by other rules than this program's: at the first start after an upgrade.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::search::{SearchKind, search_index_is_current, search_index_kept, search_rebuild_step};
use crate::store::Store;

/// Things of one transaction; others write between two.
const AT_ONCE: i64 = 500;

/// The task that keeps the index whole.
pub struct SearchIndex {
    store: Store,
    interval: Duration,
}

impl SearchIndex {
    /// A task with its interval.
    pub const fn new(store: Store, interval: Duration) -> Self {
        Self { store, interval }
    }

    /// What one activation does.
    ///
    /// # Errors
    /// The database's faults.
    pub async fn check(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        if self.store.read(search_index_is_current).await? {
            return Ok(Message::new("tasks-said-search-index-current"));
        }
        let records = rebuild(&self.store, stop, |_, _| {}).await?;
        Ok(Message::new("tasks-said-search-index").with("records", records))
    }
}

/// Makes the whole index anew while others go on reading and writing; `told` hears how many records of a kind were read.
/// Gives how many in all. When it is stopped the index is not noted as whole, and the next run begins again.
///
/// # Errors
/// The database's faults.
pub async fn rebuild(
    store: &Store,
    stop: &CancellationToken,
    mut told: impl FnMut(SearchKind, usize),
) -> Result<usize, Fault> {
    let mut all = 0;
    for kind in SearchKind::ALL.iter().copied() {
        let (mut after, mut of_kind) = (0_i64, 0);
        loop {
            if stop.is_cancelled() {
                return Ok(all);
            }
            let step = store.write("search.rebuild", move |c| {
                search_rebuild_step(c, kind, after, AT_ONCE)
            });
            let (last, count) = step.await?;
            of_kind += count;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        told(kind, of_kind);
        all += of_kind;
    }
    store
        .write("search.rebuilt", |c| search_index_kept(c, Timestamp::now()))
        .await?;
    Ok(all)
}

impl Task for SearchIndex {
    fn name(&self) -> &'static str {
        "search-index"
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.check(&stop).await })
    }
}
