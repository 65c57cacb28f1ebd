//! What is asked of a room, and typed into it.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::base::ids::ConsoleSeatId;
use crate::identity::Actor;
use crate::power::console::{Keyboard, Place, Screen, Seat, Wish};

/// What is asked of a room.
pub(super) enum Order {
    /// Someone sits down.
    Join(Box<Join>),
    /// Someone wishes.
    Wish(Place, Wish),
}

/// Someone sits down.
pub(super) struct Join {
    pub(super) actor: Actor,
    pub(super) seat: ConsoleSeatId,
    pub(super) wants: Seat,
    pub(super) answer: oneshot::Sender<(Box<dyn Screen>, Arc<dyn Keyboard>)>,
}

/// What is typed.
pub(super) enum Key {
    /// Characters.
    Octets(Place, Vec<u8>),
    /// A break.
    Break(Place),
}
