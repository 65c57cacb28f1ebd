//! `coldaisle search`: the index by which things are found.

use tokio_util::sync::CancellationToken;

use super::Common;
use super::console::Console;
use crate::app::{self, AppError};
use crate::base::fault::Message;
use crate::config::Config;
use crate::tasks::search_index::rebuild;

/// Commands about the search index.
#[derive(Debug, clap::Subcommand)]
pub enum Search {
    /// Make the index anew from the records. Servers may go on running
    Rebuild,
}

/// Makes the index anew. Exit code 0 done, 1 it could not be done.
pub async fn run(console: &Console, common: &Common, command: Search) -> i32 {
    let Search::Rebuild = command;
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    match made_anew(console, &config).await {
        Ok(count) => {
            let done = Message::new("search-rebuilt").with("count", count);
            console.answer(&console.say(&done));
            0
        }
        Err(error) => console.failed_app(&error),
    }
}

async fn made_anew(console: &Console, config: &Config) -> Result<usize, AppError> {
    let store = app::open_store(config, false)?;
    let told = |kind: crate::search::SearchKind, count: usize| {
        let line = Message::new("search-rebuilt-kind")
            .with("kind", kind.as_str())
            .with("count", count);
        console.answer(&console.say(&line));
    };
    Ok(rebuild(&store, &CancellationToken::new(), told).await?)
}
