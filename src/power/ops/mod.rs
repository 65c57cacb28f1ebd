//! What is done with BMC endpoints and intents.

mod endpoints;
mod execution;
mod intents;
mod letters;
mod machines;
mod polling;
mod requests;

pub use endpoints::{
    KG_PURPOSE, PASSWORD_PURPOSE, certificate_trust, device_named, endpoint_create, endpoint_list,
    endpoint_of_device, endpoint_remove, endpoint_update, endpoints_failing, target,
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
pub use machines::{machine, situation};
pub use polling::{PollResult, poll_claim, poll_record};
pub use requests::{Asked, intent_approve, intent_cancel, intent_request};
