//! What came of a bulk: the words of each machine, and all of it as a file.

use super::shown::told;
use crate::base::fault::Fault;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::{Bulk, BulkMachine};
use crate::web::Web;
use crate::web::csv_file::csv_answer;
use crate::web::view::Answer;

const COLUMNS: &[&str] = &[
    "device",
    "action",
    "state",
    "outcome",
    "intent",
    "not_before",
    "command_sent_at",
    "finished_at",
];

/// What is said of a machine: the last step of its intent, or why there is none.
pub(super) fn outcome_words(web: &Web, actor: &Actor, one: &BulkMachine) -> String {
    match (&one.intent, &one.refused) {
        (Some(intent), _) => told(web, actor.locale, actor, intent.detail()),
        (None, Some(refused)) => web
            .words
            .say_kept(actor.locale, refused)
            .unwrap_or_default(),
        (None, None) => String::new(),
    }
}

fn row(web: &Web, actor: &Actor, bulk: &Bulk, one: &BulkMachine) -> Vec<String> {
    let at = |at: Option<Timestamp>| at.map_or_else(String::new, Timestamp::to_rfc3339);
    let intent = one.intent.as_ref();
    vec![
        one.name.clone(),
        bulk.action.to_string(),
        one.state().to_string(),
        outcome_words(web, actor, one),
        intent.map_or_else(String::new, |intent| intent.id.to_string()),
        at(intent.map(|intent| intent.not_before)),
        at(intent.and_then(|intent| intent.command_sent_at)),
        at(intent.and_then(|intent| intent.finished_at)),
    ]
}

/// The machines of a bulk with their outcomes as CSV.
pub(in crate::web) fn bulk_file(
    web: &Web,
    actor: &Actor,
    bulk: &Bulk,
    machines: &[BulkMachine],
) -> Result<Answer, Fault> {
    let rows: Vec<Vec<String>> = machines
        .iter()
        .map(|one| row(web, actor, bulk, one))
        .collect();
    csv_answer(&format!("power-bulk-{}", bulk.id), COLUMNS, &rows)
}
