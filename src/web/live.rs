//! Server-sent events: a page that watches something is told when it has changed, and reads it again itself.

use std::time::Duration;

use rocket::Shutdown;
use rocket::response::stream::{Event, EventStream};
use tokio::time::{Instant, sleep};

use crate::base::fault::Fault;
use crate::store::{Conn, Store};

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After this the browser comes again, with a session that is checked anew.
const LONGEST: Duration = Duration::from_secs(300);

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Differs when something has changed.
    pub text: String,
    /// Nothing changes any more.
    pub is_settled: bool,
}

/// Tells of changes until all is settled, `within_s` is over, the look fails or the program stops.
pub(super) fn changes<L>(
    store: Store,
    shutdown: Shutdown,
    within_s: Option<u64>,
    look: L,
) -> EventStream![]
where
    L: Fn(&mut Conn) -> Result<Mark, Fault> + Clone + Send + Sync + 'static,
{
    let longest = within_s.map_or(LONGEST, |seconds| Duration::from_secs(seconds).min(LONGEST));
    EventStream! {
        let until = Instant::now() + longest;
        let mut last = None;
        let mut shutdown = shutdown;
        loop {
            let look = look.clone();
            let Ok(mark) = store.read(move |c| look(c)).await else {
                break;
            };
            if last.as_ref() != Some(&mark) {
                yield Event::data(mark.text.clone()).event("changed");
            }
            if mark.is_settled {
                yield Event::data(mark.text.clone()).event("settled");
                break;
            }
            last = Some(mark);
            if Instant::now() >= until {
                break;
            }
            let stops = tokio::select! {
                () = sleep(LOOK_EVERY) => false,
                () = &mut shutdown => true,
            };
            if stops {
                break;
            }
        }
    }
}
