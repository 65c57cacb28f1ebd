//! What is done with BMC endpoints and intents.

mod bulk_stop;
mod bulks;
mod candidates;
mod climate;
mod endpoints;
mod event_log;
mod execution;
mod intents;
mod letters;
mod machine_rows;
mod machine_watch;
mod machines;
mod parts;
mod polling;
mod readings;
mod requests;
mod rotation;
mod rotation_rows;
mod schedule_runs;
mod schedules;
mod sensors;
mod steps;
mod touched;

pub use bulk_stop::bulk_stop;
pub use bulks::{
    BulkAsked, Preview, bulk_approve, bulk_by_id, bulk_list, bulk_machines, bulk_of_intent,
    bulk_preview, bulk_request,
};
pub use candidates::{Candidate, Choice, Places, candidates, places};
pub use climate::{Climate, machines_climate};
pub use endpoints::{
    EndpointAddress, KG_PURPOSE, PASSWORD_PURPOSE, certificate_trust, device_named,
    endpoint_addresses, endpoint_create, endpoint_list, endpoint_of_device, endpoint_remove,
    endpoint_save, endpoint_update, endpoints_failing, target,
};
pub use event_log::{LogFilter, log_all, log_expire, log_list};
pub use execution::{
    Claimed, LEASE_MS, Sent, credential_refused, expire, intent_claim, intent_finish, intent_note,
    intent_send, intent_started, intent_verifying, intents_due, lease_renew, leases_release,
    outcome_observed, still_stands,
};
pub use intents::{
    IntentFilter, intent_by_id, intent_list, intent_steps, intents_all, intents_of_device,
};
pub use letters::Letters;
pub use machine_rows::{light_seen, reading_of_device};
pub use machine_watch::{MachineLook, machine_do, machine_look};
pub use machines::{machine, outlet_state, outlet_way, situation};
pub use parts::parts_of_device;
pub use polling::{PollResult, poll_claim, poll_record};
pub use readings::{FactsClaim, FactsRead, facts_ask, facts_claim, facts_record};
pub use requests::{Asked, intent_approve, intent_cancel, intent_request};
pub use rotation::{
    ClaimedRotation, ROTATION_PURPOSE, Settling, rotation_again, rotation_claim, rotation_done,
    rotation_failed, rotation_of_device, rotation_password, rotation_request, rotation_sending,
    rotation_settle, rotation_testing, rotation_unclear,
};
pub use schedule_runs::{ScheduleRan, schedule_run, schedules_due};
pub use schedules::{
    schedule_archive, schedule_by_id, schedule_create, schedule_list, schedule_machines,
    schedule_pause, schedule_update, site_zones,
};
pub use sensors::{SensorNow, device_of_sensor, sensors_of_device};
pub use touched::{Attended, Switched, consoles_between, switched_between};
