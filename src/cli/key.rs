//! `coldaisle key`: rotating the key that seals secrets in the database.

use serde_json::json;

use super::Common;
use super::console::Console;
use crate::app::{self, AppError};
use crate::audit::{self, Event};
use crate::base::fault::Message;
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::config::{Config, Hold, KeyFile};
use crate::identity::Actor;
use crate::store::sealed::{SEALED, SealedColumn, old_values, reseal};
use crate::store::{Conn, Store};

/// Commands about the key file.
#[derive(Debug, clap::Subcommand)]
pub enum Key {
    /// Put a new key in, seal every secret anew under it, then drop the old key. Stop all servers first.
    /// It may be interrupted at any point and started again
    Rotate,
}

/// Rotates the key.
pub async fn run(console: &Console, common: &Common, command: Key) -> i32 {
    let Key::Rotate = command;
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    match rotate(&config).await {
        Ok(count) => {
            let done = Message::new("key-rotated").with("count", count);
            console.answer(&console.say(&done));
            0
        }
        Err(error) => console.failed_app(&error),
    }
}

/// Seals everything anew; gives how many values were sealed by this run.
async fn rotate(config: &Config) -> Result<usize, AppError> {
    let store = app::open_store(config, false)?;
    let mut file = KeyFile::open(&config.keys.file, Hold::Alone)?;
    if file.ring().key_count() == 1 {
        let ring = file
            .ring()
            .with_new_key()
            .map_err(crate::base::fault::Fault::from)?;
        file.replace(ring)?;
    }
    let ring = file.ring().clone();
    let mut count = 0;
    for column in SEALED {
        count += reseal_column(&store, &ring, column).await?;
    }
    let newest = ring.clone();
    store
        .write("key.rotate", move |c| finish(c, &newest, count))
        .await?;
    file.replace(ring.only_newest())?;
    Ok(count)
}

async fn reseal_column(
    store: &Store,
    ring: &Keyring,
    column: SealedColumn,
) -> Result<usize, AppError> {
    let (mut after, mut count) = (0, 0);
    loop {
        let ring = ring.clone();
        let done = store
            .write("key.reseal", move |c| reseal(c, &ring, column, after))
            .await?;
        count += done.changed;
        match done.last_id {
            Some(last) => after = last,
            None => return Ok(count),
        }
    }
}

/// Makes sure that nothing needs the old key any more, and writes the audit entry.
fn finish(c: &mut Conn, ring: &Keyring, count: usize) -> Result<(), crate::base::fault::Fault> {
    let old = old_values(c, ring)?;
    if old > 0 {
        return Err(crate::base::fault::Fault::conflict(
            Message::new("key-rotate-busy").with("count", old),
        ));
    }
    let actor = Actor::terminal(Timestamp::now());
    let event = Event {
        object_id: None,
        ..Event::new("key.rotate", "key_file", 0, "")
    };
    audit::record(
        c,
        &actor.author(),
        actor.now,
        event.with(json!({"resealed": count})),
    )
}
