//! A person's ends of a room: what they see, and what they type with.

use tokio::sync::mpsc;

use super::order::{Key, Order};
use crate::power::console::{Keyboard, LineFuture, Place, Screen, Seen, Wish};

/// Most octets that are typed in one piece; longer ones are taken piece by piece.
const PIECE: usize = 4096;

/// What a person sees.
pub(super) struct RoomScreen {
    pub(super) place: Place,
    pub(super) seen: mpsc::Receiver<Seen>,
    pub(super) leaves: mpsc::UnboundedSender<Place>,
}

impl Screen for RoomScreen {
    fn next(&mut self) -> LineFuture<'_, Option<Seen>> {
        Box::pin(self.seen.recv())
    }
}

impl Drop for RoomScreen {
    fn drop(&mut self) {
        // A room that is gone needs no telling.
        let _ = self.leaves.send(self.place);
    }
}

/// What a person types with.
pub(super) struct RoomKeyboard {
    pub(super) place: Place,
    pub(super) keys: mpsc::Sender<Key>,
    pub(super) orders: mpsc::Sender<Order>,
}

impl Keyboard for RoomKeyboard {
    fn typed(&self, octets: Vec<u8>) -> LineFuture<'_, bool> {
        Box::pin(async move {
            for piece in octets.chunks(PIECE) {
                let key = Key::Octets(self.place, piece.to_vec());
                if self.keys.send(key).await.is_err() {
                    return false;
                }
            }
            true
        })
    }

    fn wish(&self, wish: Wish) -> LineFuture<'_, bool> {
        Box::pin(async move {
            match wish {
                // In order with what was typed before it.
                Wish::Break => self.keys.send(Key::Break(self.place)).await.is_ok(),
                wish => self
                    .orders
                    .send(Order::Wish(self.place, wish))
                    .await
                    .is_ok(),
            }
        })
    }
}
