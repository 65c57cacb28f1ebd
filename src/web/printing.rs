//! Pictures and documents are made on a thread of their own, two at once: each takes a core for a while.

use rocket::tokio::sync::Semaphore;
use rocket::tokio::task::spawn_blocking;

use crate::base::fault::Fault;

static TURNS: Semaphore = Semaphore::const_new(2);

/// Waits for a turn, then works where nobody waits for the thread.
pub(super) async fn in_turn<T, F>(work: F) -> Result<T, Fault>
where
    F: FnOnce() -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    let _turn = TURNS.acquire().await.map_err(Fault::internal)?;
    spawn_blocking(work).await.map_err(Fault::internal)?
}
