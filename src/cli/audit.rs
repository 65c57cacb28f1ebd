//! `coldaisle audit`.

use super::Common;
use super::console::Console;
use crate::access::{ChainVerdict, visit_chain_verify};
use crate::app;
use crate::audit::{self, Verdict};
use crate::base::fault::Message;

/// Commands about the audit log.
#[derive(Debug, clap::Subcommand)]
pub enum Audit {
    /// Check that no entry was changed or removed
    Verify,
}

/// Verifies the chain of the audit log and that of the visits; exit code 1 when one is broken.
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
    let of_log = match store.read(audit::verify).await {
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
    };
    let of_visits = match store.read(visit_chain_verify).await {
        Ok(verdict) => say_visits(console, &verdict),
        Err(fault) => console.failed(&fault),
    };
    of_log.max(of_visits)
}

/// Says what was found of the chain of the visits' record.
fn say_visits(console: &Console, verdict: &ChainVerdict) -> i32 {
    match verdict {
        ChainVerdict::Whole {
            entries,
            older,
            forgotten,
            head_hash,
        } => {
            let whole = Message::new("visit-chain-whole")
                .with("entries", *entries)
                .with("older", *older)
                .with("forgotten", *forgotten)
                .with("hash", head_hash.as_str());
            console.answer(&console.say(&whole));
            0
        }
        ChainVerdict::Broken { id, visit, fault } => {
            let broken = Message::new("visit-chain-broken")
                .with("id", *id)
                .with("visit", visit.as_str())
                .with("fault", fault.as_str());
            console.complain(&console.say(&broken));
            1
        }
    }
}
