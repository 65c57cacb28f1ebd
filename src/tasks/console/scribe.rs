//! Writing a room's recording and its end into the database.

use std::sync::Arc;

use super::ground::Ground;
use crate::base::fault::Fault;
use crate::base::ids::{ConsoleId, ConsoleSeatId};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::console::ops::{console_end, part_append, seat_leave};
use crate::power::console::{EndReason, Note, Recorder};

/// A session says that it lives at least this often, milliseconds.
const HEARTBEAT_MS: i64 = 60_000;

/// The recorder of one room with the way to the database.
pub(super) struct Scribe {
    ground: Arc<Ground>,
    console: ConsoleId,
    recorder: Recorder,
    seen_ms: i64,
}

impl Scribe {
    pub(super) fn new(ground: Arc<Ground>, console: ConsoleId, now: Timestamp) -> Self {
        let recorder = Recorder::new(now.millis(), ground.limits.recording_octets);
        Self {
            ground,
            console,
            recorder,
            seen_ms: now.millis(),
        }
    }

    /// Records output; true when just now the recording became full.
    pub(super) fn shown(&mut self, octets: &[u8]) -> bool {
        let was_full = self.recorder.is_full();
        !self.recorder.shown(Timestamp::now().millis(), octets) && !was_full
    }

    pub(super) fn note(&mut self, at: Timestamp, note: &Note) {
        self.recorder.note(at.millis(), note);
    }

    pub(super) fn size(&mut self, columns: u16, rows: u16) {
        self.recorder.size(Timestamp::now().millis(), columns, rows);
    }

    /// When [`Scribe::write`] has to be called at the latest, milliseconds.
    pub(super) fn due_ms(&self) -> i64 {
        let alive = self.seen_ms + HEARTBEAT_MS;
        self.recorder.due_ms().map_or(alive, |due| due.min(alive))
    }

    /// Writes what is due, or, at the end (`all`), whatever there is.
    pub(super) async fn write(&mut self, all: bool) -> Result<(), Fault> {
        let (now, console) = (Timestamp::now(), self.console);
        let part = self
            .recorder
            .take(now.millis(), all)
            .map_err(Fault::internal)?;
        if part.is_none() && now.millis() < self.seen_ms + HEARTBEAT_MS {
            return Ok(());
        }
        self.seen_ms = now.millis();
        self.ground
            .store
            .write("console.record", move |c| {
                part_append(c, console, part.as_ref(), now)
            })
            .await
    }

    /// Notes that someone left.
    pub(super) async fn left(&self, seat: ConsoleSeatId) -> Result<(), Fault> {
        self.ground
            .store
            .write("console.leave", move |c| {
                seat_leave(c, seat, Timestamp::now())
            })
            .await
    }

    /// Writes the rest and the end.
    pub(super) async fn end(mut self, reason: EndReason) -> Result<(), Fault> {
        let written = self.write(true).await;
        let (console, cut) = (self.console, self.recorder.is_full() || written.is_err());
        self.ground
            .store
            .write("console.close", move |c| {
                let actor = Actor::task("consoles", Timestamp::now());
                console_end(c, &actor, console, reason, cut)
            })
            .await?;
        written
    }
}
