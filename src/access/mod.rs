//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod chain;
mod document;
mod model;
mod ops;
mod rows;
mod state;

pub use chain::{ChainFault, ChainVerdict};
pub use document::DocumentKind;
pub use model::{
    LONGEST_DAYS, PERSON_FIELDS, PersonFields, Purpose, Stay, VisitEventKind, WALK_IN_HOURS,
};
pub use ops::{
    AtRack, CONTACT_MAIL, VisitFilter, VisitScope, badge_return, check_in, check_out,
    identity_reveal, own_visit, people_at_rack, people_inside, person_by_id, person_search,
    rack_choices, site_choices, visit_announce, visit_approve, visit_by_number, visit_by_pass,
    visit_cancel, visit_chain_verify, visit_close, visit_correct, visit_entries_forget,
    visit_events_of, visit_export, visit_list, visit_no_show, visit_refuse, visits_at_rack,
    walk_in,
};
pub use rows::{
    HostName, Person, PresentPerson, RackPlace, SiteName, Visit, VisitEvent, VisitRecord, Visitor,
};
pub use state::{VisitAction, VisitState};
