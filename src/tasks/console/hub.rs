//! The rooms of a process by machine, and the way in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::ground::Ground;
use super::order::{Join, Order};
use super::room::RoomTask;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ConsoleId, ConsoleSeatId, DeviceId};
use crate::base::seal::Keyring;
use crate::power::console::ops::{console_open, line_target, seat_join};
use crate::power::console::{Attach, Attended, ConsoleLimits, Consoles, LineFuture, LinePort};
use crate::store::Store;

/// Wishes that wait for a room; each person waits for their own.
const ORDERS: usize = 32;

/// An open room.
#[derive(Clone)]
struct Door {
    console: ConsoleId,
    orders: mpsc::Sender<Order>,
}

#[derive(Default)]
struct Rooms {
    doors: HashMap<DeviceId, Door>,
    tasks: JoinSet<()>,
}

/// All consoles of this process.
pub struct ConsoleHub {
    ground: Arc<Ground>,
    rooms: Mutex<Rooms>,
}

impl ConsoleHub {
    /// Consoles over a way to serial lines.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        port: Arc<dyn LinePort>,
        limits: ConsoleLimits,
    ) -> Self {
        Self {
            ground: Arc::new(Ground {
                store,
                keyring,
                port,
                limits,
                stop: CancellationToken::new(),
            }),
            rooms: Mutex::default(),
        }
    }

    /// Ends all consoles: lines are closed, recordings written. Gives how many were still open
    /// when `budget` was over.
    pub async fn shutdown(&self, budget: Duration) -> usize {
        self.ground.stop.cancel();
        let mut rooms = self.rooms.lock().await;
        rooms.doors.clear();
        let tasks = &mut rooms.tasks;
        let all = async { while tasks.join_next().await.is_some() {} };
        // What is left at the time-out is what the number says.
        let _ = tokio::time::timeout(budget, all).await;
        rooms.tasks.len()
    }

    async fn sit_down(&self, asked: Attach) -> Result<Attended, Fault> {
        if self.ground.stop.is_cancelled() {
            return Err(Fault::conflict(Message::new("console-fault-stopping")));
        }
        // Held while a room is made, so that no machine has two.
        let mut rooms = self.rooms.lock().await;
        while rooms.tasks.try_join_next().is_some() {}
        let known = rooms.doors.get(&asked.device).cloned();
        if let Some(door) = known.filter(|door| !door.orders.is_closed()) {
            let seat = self.seat(&asked, door.console).await?;
            if let Some(attended) = enter(&door, &asked, seat).await {
                return Ok(attended);
            }
        }
        let door = self.open(&asked, &mut rooms).await?;
        let seat = self.seat(&asked, door.console).await?;
        enter(&door, &asked, seat)
            .await
            .ok_or_else(|| Fault::conflict(Message::new("console-fault-stopping")))
    }

    async fn seat(&self, asked: &Attach, console: ConsoleId) -> Result<ConsoleSeatId, Fault> {
        let asked = asked.clone();
        self.ground
            .store
            .write("console.join", move |c| {
                seat_join(
                    c,
                    &asked.actor,
                    asked.device,
                    console,
                    asked.seat,
                    &asked.reason,
                )
            })
            .await
    }

    async fn open(&self, asked: &Attach, rooms: &mut Rooms) -> Result<Door, Fault> {
        let (ask, keyring) = (asked.clone(), self.ground.keyring.clone());
        let console = self
            .ground
            .store
            .write("console.open", move |c| {
                // Refused before anything is written when there is no way to a line.
                line_target(c, &ask.actor, &keyring, ask.device)?;
                console_open(c, &ask.actor, ask.device, ask.seat, &ask.reason)
            })
            .await?;
        let (orders, inbox) = mpsc::channel(ORDERS);
        let task = RoomTask::new(
            self.ground.clone(),
            asked.device,
            console,
            orders.clone(),
            inbox,
        );
        rooms.tasks.spawn(task.run());
        let door = Door { console, orders };
        rooms.doors.insert(asked.device, door.clone());
        Ok(door)
    }
}

/// Goes in; none when the room ended meanwhile.
async fn enter(door: &Door, asked: &Attach, seat: ConsoleSeatId) -> Option<Attended> {
    let (answer, seated) = oneshot::channel();
    let join = Join {
        actor: asked.actor.clone(),
        seat,
        wants: asked.seat,
        answer,
    };
    door.orders.send(Order::Join(Box::new(join))).await.ok()?;
    let (screen, keyboard) = seated.await.ok()?;
    Some(Attended {
        console: door.console,
        screen,
        keyboard,
    })
}

impl Consoles for ConsoleHub {
    fn attach(&self, asked: Attach) -> LineFuture<'_, Result<Attended, Fault>> {
        Box::pin(self.sit_down(asked))
    }
}
