//! What is done with BMC endpoints and intents.

mod bulk_stop;
mod bulks;
mod candidates;
mod endpoints;
mod execution;
mod intents;
mod letters;
mod machines;
mod polling;
mod requests;
mod schedule_runs;
mod schedules;
mod steps;

pub use bulk_stop::bulk_stop;
pub use bulks::{
    BulkAsked, Preview, bulk_approve, bulk_by_id, bulk_list, bulk_machines, bulk_of_intent,
    bulk_preview, bulk_request,
};
pub use candidates::{Candidate, Choice, Places, candidates, places};
pub use endpoints::{
    KG_PURPOSE, PASSWORD_PURPOSE, device_named, endpoint_create, endpoint_list, endpoint_of_device,
    endpoint_remove, endpoint_update, endpoints_failing, target,
};
pub use execution::{
    Claimed, LEASE_MS, Sent, credential_refused, expire, intent_claim, intent_finish, intent_note,
    intent_send, intent_started, intent_verifying, intents_due, lease_renew, leases_release,
    outcome_observed, still_stands,
};
pub use intents::{
    IntentFilter, intent_by_id, intent_list, intent_steps, intents_all, intents_of_device,
};
pub use letters::Letters;
pub use machines::{machine, outlet_state, outlet_way, situation};
pub use polling::{PollResult, poll_claim, poll_record};
pub use requests::{Asked, intent_approve, intent_cancel, intent_request};
pub use schedule_runs::{ScheduleRan, schedule_run, schedules_due};
pub use schedules::{
    schedule_archive, schedule_by_id, schedule_create, schedule_list, schedule_machines,
    schedule_pause, schedule_update, site_zones,
};
