//! `coldaisle audit`.

use super::Common;
use super::console::Console;
use crate::app;
use crate::audit::{self, Verdict};
use crate::base::fault::Message;

/// Commands about the audit log.
#[derive(Debug, clap::Subcommand)]
pub enum Audit {
    /// Check that no entry was changed or removed
    Verify,
}

/// Verifies the chain; exit code 1 when it is broken.
pub async fn run(console: &Console, common: &Common, command: Audit) -> i32 {
    let Audit::Verify = command;
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = match app::open_store(&config, false) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    match store.read(audit::verify).await {
        Ok(Verdict::Whole { entries, last_hash }) => {
            let whole = Message::new("audit-whole")
                .with("entries", entries)
                .with("hash", last_hash);
            console.answer(&console.say(&whole));
            0
        }
        Ok(Verdict::Broken { id, fault }) => {
            let broken = Message::new("audit-broken")
                .with("id", id)
                .with("fault", fault);
            console.complain(&console.say(&broken));
            1
        }
        Err(fault) => console.failed(&fault),
    }
}
