//! `coldaisle migrate`.

use super::Common;
use super::console::Console;
use crate::app;
use crate::base::fault::Message;
use crate::store::migrate;

/// Brings the database up to date and makes the key file of a new installation.
pub fn run(console: &Console, common: &Common) -> i32 {
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let before = migrate_names(&config);
    let store = match app::open_store(&config, true) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    for name in &before {
        console.answer(name);
    }
    let done = Message::new("migrate-done").with("count", before.len());
    console.answer(&console.say(&done));
    match app::open_key_file(&config, &store) {
        Ok(_) => 0,
        Err(error) => console.failed_app(&error),
    }
}

/// Migrations that will run; a database that is not there yet needs all.
fn migrate_names(config: &crate::config::Config) -> Vec<String> {
    app::make_place(&config.database.url)
        .ok()
        .and_then(|()| migrate::pending(&config.database.url).ok())
        .unwrap_or_default()
}
