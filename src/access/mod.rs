//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod document;
mod model;
mod ops;
mod person_model;
mod rows;
mod state;

pub use document::DocumentKind;
pub use model::{
    LONGEST_DAYS, PERSON_FIELDS, PersonFields, Purpose, Stay, VisitEventKind, WALK_IN_HOURS,
};
pub use ops::{
    Alike, Due, Forgotten, HoldOn, HoldRow, MergePlan, NumberRead, PeopleFilter, PersonVisit,
    RetentionPlan, block_by_id, block_lift, blocks_of_person, consent_add, consent_withdraw,
    consents_of_person, legal_hold_lift, legal_hold_list, legal_hold_place, is_block, merge_plan, notice_add,
    notice_list, notice_withdraw, notices_asked, notices_now, number_reads, people_alike,
    people_export, people_list, people_merge, person_add, person_block, person_change,
    person_record, person_reveal, refusal_note, retention_plan, retention_runs, retention_step,
    visit_warnings, visits_of_person,
};
pub use ops::{
    AtRack, CONTACT_MAIL, VisitFilter, VisitScope, badge_return, check_in, check_out,
    identity_reveal, own_visit, people_at_rack, people_inside, person_by_id, person_search,
    rack_choices, site_choices, visit_announce, visit_approve, visit_by_number, visit_by_pass,
    visit_cancel, visit_close, visit_correct, visit_events_of, visit_export, visit_list,
    visit_no_show, visit_refuse, visits_at_rack, walk_in,
};
pub use person_model::{
    AgreedHow, BlockDraft, KeptFor, Language, LikeKind, NoticeDraft, NoticeKind, RecordDraft,
};
pub use rows::{Block, Consent, ConsentText, LegalHold, PersonRecord};
pub use rows::{
    HostName, Person, PresentPerson, RackPlace, SiteName, Visit, VisitEvent, VisitRecord, Visitor,
};
pub use state::{VisitAction, VisitState};
