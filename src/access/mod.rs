//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod chain;
mod document;
mod doors;
mod evidence;
mod model;
mod ops;
mod rows;
mod state;

pub use chain::{ChainFault, ChainVerdict};
pub use document::DocumentKind;
pub use doors::{
    AreaName, AreaPeople, Batch, Candidate, CandidateWay, DOOR_EVENT_COLUMNS, Door, DoorAlert,
    DoorDraft, DoorEvent, DoorEventFilter, DoorEventRow, DoorRow, EventAnswer, FileBatch,
    MOST_EVENTS, Outcome, Reported, Touch, area_choices, door_archive, door_by_id, door_create,
    door_event_export, door_event_list, door_events_receive, door_file_read, door_list,
    door_update, last_areas, passages_of_visit, people_by_area, touch_candidates, touch_place,
};
pub use evidence::{
    ChainSaid, Counts, EvidenceSummary, VISITS_FORMAT, VisitReport, VisitsManifest, visits_format,
    visits_verify,
};
pub use model::{
    LONGEST_DAYS, PERSON_FIELDS, PersonFields, Purpose, Stay, VisitEventKind, WALK_IN_HOURS,
};
pub use ops::{
    AtRack, CONTACT_MAIL, VisitFilter, VisitScope, badge_return, check_in, check_out,
    identity_reveal, own_visit, people_at_rack, people_inside, person_by_id, person_search,
    rack_choices, site_choices, visit_announce, visit_approve, visit_by_number, visit_by_pass,
    visit_cancel, visit_chain_verify, visit_close, visit_correct, visit_entries_forget,
    visit_events_of, visit_evidence, visit_evidence_note, visit_export, visit_list, visit_no_show,
    visit_refuse, visits_at_rack, walk_in,
};
pub use rows::{
    HostName, Person, PresentPerson, RackPlace, SiteName, Visit, VisitEvent, VisitRecord, Visitor,
};
pub use state::{VisitAction, VisitState};
