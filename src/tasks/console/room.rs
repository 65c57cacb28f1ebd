//! One console: its line kept open, its people served, its output recorded.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::ground::Ground;
use super::input::Input;
use super::order::{Join, Key, Order};
use super::phase::{Moved, Phase};
use super::scribe::Scribe;
use super::seat::{RoomKeyboard, RoomScreen};
use crate::base::fault::Fault;
use crate::base::ids::{ConsoleId, ConsoleSeatId, DeviceId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::console::ops::{console_evicted, console_taken_over};
use crate::power::console::{
    EndReason, Filter, Keyboard, LineEvent, LineFault, LineFaultKind, LineState, Note, Place, Room,
    Screen, Seat, Seen, Standing, Taken, Wish,
};

/// What a person may be behind before they are too slow.
const SEEN_AHEAD: usize = 1024;
/// Typed pieces that wait outside of the room.
const KEYS: usize = 4;
/// A room stays this long when everyone left: a telephone changes its network.
const LINGER: Duration = Duration::from_secs(15);
/// Longest wait for the line to be closed.
const CLOSING: Duration = Duration::from_secs(4);

struct Guest {
    actor: Actor,
    seat: ConsoleSeatId,
    seen: mpsc::Sender<Seen>,
    told: Option<Standing>,
}

/// What happened next.
enum Turn {
    Stop,
    Order(Order),
    Left(Place),
    Key(Key),
    Moved(Moved),
    Due,
}

/// A room and all in it.
pub(super) struct RoomTask {
    ground: Arc<Ground>,
    device: DeviceId,
    console: ConsoleId,
    room: Room,
    guests: HashMap<Place, Guest>,
    phase: Phase,
    filter: Filter,
    input: Input,
    scribe: Scribe,
    orders: mpsc::Receiver<Order>,
    door: mpsc::Sender<Order>,
    keys: (mpsc::Sender<Key>, mpsc::Receiver<Key>),
    leaves: (mpsc::UnboundedSender<Place>, mpsc::UnboundedReceiver<Place>),
    typed_at: Instant,
    empty_since: Option<Instant>,
    expelled: bool,
}

impl RoomTask {
    pub(super) fn new(
        ground: Arc<Ground>,
        device: DeviceId,
        console: ConsoleId,
        door: mpsc::Sender<Order>,
        orders: mpsc::Receiver<Order>,
    ) -> Self {
        let now = Instant::now();
        Self {
            device,
            console,
            room: Room::default(),
            guests: HashMap::new(),
            phase: Phase::opening(&ground, device, false),
            filter: Filter::default(),
            input: Input::default(),
            scribe: Scribe::new(ground.clone(), console, Timestamp::now()),
            ground,
            orders,
            door,
            keys: mpsc::channel(KEYS),
            leaves: mpsc::unbounded_channel(),
            typed_at: now,
            empty_since: Some(now),
            expelled: false,
        }
    }

    /// Lives until everyone left, nobody typed for too long, or the program stops.
    pub(super) async fn run(mut self) {
        let reason = match self.live().await {
            Ok(reason) => reason,
            Err(fault) => {
                tracing::error!(console = self.console.get(), %fault, "a console can't be recorded");
                EndReason::Failed
            }
        };
        self.broadcast(&Seen::Ended(reason));
        self.orders.close();
        // The BMC ends what was not closed in time by itself.
        let _ = tokio::time::timeout(CLOSING, self.phase.close()).await;
        if let Err(fault) = self.scribe.end(reason).await {
            tracing::error!(console = self.console.get(), %fault, "the end of a console was not written");
        }
    }

    async fn live(&mut self) -> Result<EndReason, Fault> {
        loop {
            if let Some(reason) = self.is_over(Instant::now()) {
                return Ok(reason);
            }
            match self.turn().await {
                Turn::Stop => return Ok(EndReason::Stopped),
                Turn::Order(Order::Join(join)) => self.join(*join),
                Turn::Order(Order::Wish(place, wish)) => self.wish(place, wish).await,
                Turn::Left(place) => self.leave(place).await?,
                Turn::Key(key) => self.key(key),
                Turn::Moved(moved) => self.moved(moved),
                Turn::Due => {}
            }
            self.pump();
            self.tell_standing();
            self.scribe.write(false).await?;
        }
    }

    async fn turn(&mut self) -> Turn {
        let due = self.due();
        let takes_keys = self.input.has_room();
        tokio::select! {
            biased;
            () = self.ground.stop.cancelled() => Turn::Stop,
            order = self.orders.recv() => order.map_or(Turn::Stop, Turn::Order),
            Some(place) = self.leaves.1.recv() => Turn::Left(place),
            Some(key) = self.keys.1.recv(), if takes_keys => Turn::Key(key),
            moved = self.phase.next() => Turn::Moved(moved),
            () = tokio::time::sleep_until(due) => Turn::Due,
        }
    }

    fn idle_at(&self) -> Instant {
        let idle = u64::try_from(self.ground.limits.idle_ms).unwrap_or_default();
        self.typed_at + Duration::from_millis(idle)
    }

    fn due(&self) -> Instant {
        let until_write = self.scribe.due_ms() - Timestamp::now().millis();
        let write = Duration::from_millis(u64::try_from(until_write).unwrap_or_default());
        let gone = self.empty_since.map(|since| since + LINGER);
        let first = self.idle_at().min(Instant::now() + write);
        gone.map_or(first, |gone| gone.min(first))
    }

    fn is_over(&self, now: Instant) -> Option<EndReason> {
        let empty = self.empty_since.is_some_and(|since| since + LINGER <= now);
        match () {
            () if empty && self.expelled => Some(EndReason::Right),
            () if empty => Some(EndReason::Left),
            () if self.idle_at() <= now => Some(EndReason::Idle),
            () => None,
        }
    }

    fn join(&mut self, join: Join) {
        let may_write = join.actor.may(Permission::UseConsole);
        let name = join.actor.name.clone();
        let place = self
            .room
            .join(name.as_str(), may_write, join.wants == Seat::Write);
        let (seen, screen) = mpsc::channel(SEEN_AHEAD);
        let ends = (
            Box::new(RoomScreen {
                place,
                seen: screen,
                leaves: self.leaves.0.clone(),
            }) as Box<dyn Screen>,
            Arc::new(RoomKeyboard {
                place,
                keys: self.keys.0.clone(),
                orders: self.door.clone(),
            }) as Arc<dyn Keyboard>,
        );
        let backlog = self.room.backlog();
        if !backlog.is_empty() {
            // The channel is new and has room.
            let _ = seen.try_send(Seen::Octets(backlog.into()));
        }
        let guest = Guest {
            actor: join.actor,
            seat: join.seat,
            seen,
            told: None,
        };
        self.guests.insert(place, guest);
        self.typed_at = Instant::now();
        self.empty_since = None;
        self.expelled = false;
        self.note(Note::new("console-note-joined").with("who", name));
        // Who gave up meanwhile drops both ends, and leaves by that.
        let _ = join.answer.send(ends);
    }

    async fn leave(&mut self, place: Place) -> Result<(), Fault> {
        let Some(guest) = self.guests.remove(&place) else {
            return Ok(());
        };
        if let Some(name) = self.room.leave(place) {
            self.note(Note::new("console-note-left").with("who", name));
        }
        if self.guests.is_empty() {
            self.empty_since = Some(Instant::now());
        }
        self.scribe.left(guest.seat).await
    }

    async fn wish(&mut self, place: Place, wish: Wish) {
        let writes = self.room.writes(place);
        match wish {
            Wish::TakeOver => self.take_over(place).await,
            Wish::Expelled => {
                self.expelled = true;
                // Its screen ends with this; the leave follows when that is dropped.
                if let Some(guest) = self.guests.get_mut(&place) {
                    guest.seen = mpsc::channel(1).0;
                }
            }
            Wish::Evict if writes && self.phase.state() == LineState::InUse => {
                self.evict(place).await;
            }
            Wish::Reopen if writes && self.phase.is_resting() => {
                self.phase.open_again(&self.ground, self.device, false);
            }
            Wish::Size(columns, rows) if writes => self.scribe.size(columns, rows),
            Wish::Break | Wish::Evict | Wish::Reopen | Wish::Size(..) => {}
        }
    }

    async fn take_over(&mut self, place: Place) {
        let former = match self.room.take(place) {
            Taken::Refused | Taken::Own => return,
            Taken::Free => String::new(),
            Taken::From(_, former) => former,
        };
        self.typed_at = Instant::now();
        let who = self.room.name(place).to_owned();
        self.note(match former.as_str() {
            "" => Note::new("console-note-writes").with("who", who),
            former => Note::new("console-note-taken")
                .with("who", who)
                .with("from", former),
        });
        let (device, console) = (self.device, self.console);
        self.record(place, move |c, actor, seat| {
            console_taken_over(c, actor, device, console, seat, &former)
        })
        .await;
    }

    async fn evict(&mut self, place: Place) {
        let (device, console) = (self.device, self.console);
        let recorded = self
            .record(place, move |c, actor, _| {
                console_evicted(c, actor, device, console)
            })
            .await;
        if recorded {
            let who = self.room.name(place).to_owned();
            self.note(Note::new("console-note-evicting").with("who", who));
            self.phase.open_again(&self.ground, device, true);
        }
    }

    /// Writes down what someone did; false when that could not be, and then they leave.
    async fn record(
        &mut self,
        place: Place,
        work: impl Fn(&mut crate::store::Conn, &Actor, ConsoleSeatId) -> Result<(), Fault>
        + Send
        + 'static,
    ) -> bool {
        let Some(guest) = self.guests.get(&place) else {
            return false;
        };
        let (actor, seat) = (guest.actor.clone(), guest.seat);
        let actor = Actor {
            now: Timestamp::now(),
            ..actor
        };
        let store = &self.ground.store;
        let written = store
            .write("console.act", move |c| work(c, &actor, seat))
            .await;
        if let Err(fault) = &written {
            tracing::warn!(console = self.console.get(), %fault, "someone at a console was refused");
            let _ = self.leaves.0.send(place);
        }
        written.is_ok()
    }

    fn key(&mut self, key: Key) {
        let (Key::Octets(place, _) | Key::Break(place)) = key;
        if !self.room.writes(place) {
            return;
        }
        self.typed_at = Instant::now();
        if self.phase.state() != LineState::Open {
            // Typed into the dark it would be carried out when nobody expects it any more.
            if let Key::Octets(_, octets) = key {
                self.not_sent(octets.len());
            }
            return;
        }
        match key {
            Key::Octets(_, octets) => self.input.push(octets),
            Key::Break(_) => self.input.push_break(),
        }
    }

    fn not_sent(&mut self, count: usize) {
        if count > 0 {
            self.note(Note::new("console-note-not-sent").with("count", count));
        }
    }

    /// Gives the line what it takes.
    fn pump(&mut self) {
        let Phase::Open(line) = &mut self.phase else {
            return;
        };
        if self.input.pump(line.as_mut()) > 0 {
            let who = self.room.writer().unwrap_or_default().to_owned();
            self.note(Note::new("console-note-break-sent").with("who", who));
        }
    }

    fn moved(&mut self, moved: Moved) {
        match moved {
            Moved::Opened(Ok(line)) => {
                self.filter = Filter::default();
                let again = self.phase.opened(line);
                self.note(Note::new(if again {
                    "console-note-again"
                } else {
                    "console-note-connected"
                }));
            }
            Moved::Opened(Err(fault)) => self.failed(&fault),
            Moved::Line(Ok(event)) => self.line(event),
            Moved::Line(Err(fault)) => {
                let lost = self.input.forget();
                self.failed(&fault);
                self.not_sent(lost);
            }
            Moved::Again => self.phase.open_again(&self.ground, self.device, false),
        }
    }

    /// The line could not be opened, or was lost: said once until something else happens.
    fn failed(&mut self, fault: &LineFault) {
        let key = match fault.kind {
            LineFaultKind::Passing => "console-note-lost",
            LineFaultKind::InUse => "console-note-in-use",
            LineFaultKind::Disabled => "console-note-disabled",
            LineFaultKind::Credential => "console-note-credential",
            LineFaultKind::NeedsV20 => "console-note-needs-v20",
            LineFaultKind::Unsupported => "console-note-unsupported",
            LineFaultKind::Lasting => "console-note-refused",
        };
        if self.phase.failed(fault.kind) {
            tracing::info!(console = self.console.get(), %fault, "the line of a console is gone");
            self.note(Note::new(key).with("fault", fault.text.as_str()));
        }
    }

    fn line(&mut self, event: LineEvent) {
        match event {
            LineEvent::Shown(octets) => self.shown(&octets),
            LineEvent::Break => self.note(Note::new("console-note-break-seen")),
            LineEvent::Overrun => self.note(Note::new("console-note-overrun")),
            LineEvent::Unavailable => self.note(Note::new("console-note-unavailable")),
            LineEvent::Room => {}
        }
    }

    fn shown(&mut self, octets: &[u8]) {
        let octets = self.filter.pass(octets);
        if octets.is_empty() {
            return;
        }
        self.room.shown(&octets);
        if self.scribe.shown(&octets) {
            self.note(Note::new("console-note-full"));
        }
        self.broadcast(&Seen::Octets(octets.into()));
    }

    fn note(&mut self, note: Note) {
        let at = Timestamp::now();
        self.scribe.note(at, &note);
        self.broadcast(&Seen::Note(at, note));
    }

    /// Shows something to everyone. Who is too far behind leaves, and may come again.
    fn broadcast(&mut self, seen: &Seen) {
        for (place, guest) in &self.guests {
            if guest.seen.try_send(seen.clone()).is_err() {
                let _ = self.leaves.0.send(*place);
            }
        }
    }

    fn tell_standing(&mut self) {
        let waiting = self.phase.waiting() + self.input.octets();
        for (place, guest) in &mut self.guests {
            let standing = Standing {
                line: self.phase.state(),
                writer: self.room.writer().map(str::to_owned),
                is_writer: self.room.writes(*place),
                people: self.room.count(),
                // In steps: a single key press is nothing to tell of.
                waiting: waiting / 200 * 200,
            };
            if guest.told.as_ref() != Some(&standing) {
                guest.told = Some(standing.clone());
                let _ = guest.seen.try_send(Seen::Standing(standing));
            }
        }
    }
}
