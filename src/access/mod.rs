//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod admission;
mod chain;
mod document;
mod doors;
mod evidence;
mod goods;
mod goods_state;
mod loan;
mod model;
mod ops;
mod person_model;
mod rows;
mod state;

pub use admission::{ApprovalRuleDraft, AreaDraft, Hours, StandingDraft};
pub use chain::{ChainFault, ChainVerdict};
pub use document::DocumentKind;
pub use doors::{
    AreaPeople, Batch, Candidate, CandidateWay, DOOR_EVENT_COLUMNS, Door, DoorAlert, DoorDraft,
    DoorEvent, DoorEventFilter, DoorEventRow, DoorRow, EventAnswer, FileBatch, MOST_EVENTS,
    Outcome, Reported, Touch, door_archive, door_by_id, door_create, door_event_export,
    door_event_list, door_events_receive, door_file_read, door_list, door_update, last_areas,
    passages_of_visit, people_by_area, touch_candidates, touch_place,
};
pub use evidence::{
    ChainSaid, Counts, EvidenceSummary, VISITS_FORMAT, VisitReport, VisitsManifest, visits_format,
    visits_verify,
};
pub use goods::{Direction, HoldDraft, HoldKind, ITEM_FIELDS, ItemFields};
pub use goods_state::{GoodsAction, GoodsState};
pub use loan::{
    LendDraft, LoanEnd, LoanItemDraft, LoanItemFilter, LoanKind, LoanState, StaffLendDraft,
};
pub use model::{
    GRACE_HOURS, LONGEST_DAYS, LONGEST_STANDING_DAYS, PEOPLE_OF_FORM, PERSON_FIELDS, PersonFields,
    Purpose, Stay, VisitEventKind, WALK_IN_HOURS, WorkResult,
};
pub use ops::{
    Alike, AtRack, CONTACT_MAIL, Due, Forgotten, GoodsEvent, GoodsFilter, GoodsItem, GoodsLine,
    GoodsPass, GoodsRecord, Hold, HoldOn, HoldRow, HoldSubject, MergePlan, NumberRead, OwnStay,
    PeopleFilter, PersonVisit, RetentionPlan, Swept, VisitFilter, VisitScope,
    approval_rule_archive, approval_rule_by_id, approval_rule_create, approval_rule_list,
    approval_rule_update, area_archive, area_by_id, area_choices, area_create, area_list,
    area_occupancy, area_update, badge_return, block_by_id, block_lift, blocks_of_person, check_in,
    check_out, consent_add, consent_withdraw, consents_of_person, goods_approve, goods_by_number,
    goods_cancel, goods_devices, goods_draft, goods_events_of, goods_export, goods_finish,
    goods_list, goods_refuse, goods_submit, goods_types, hold_by_id, hold_lift, hold_set,
    hold_subject, holds_of, identity_reveal, is_block, legal_hold_lift, legal_hold_list,
    legal_hold_place, loan_back, loan_history, loan_item_archive, loan_item_by_id,
    loan_item_create, loan_item_found, loan_item_list, loan_item_lost, loan_item_update,
    loan_items_in_stock, loan_to_staff, loan_to_visitor, loans_of_visit, loans_out, merge_plan,
    notice_add, notice_list, notice_withdraw, notices_asked, notices_now, number_reads, own_stays,
    own_visit, people_alike, people_at_rack, people_export, people_inside, people_known,
    people_list, people_merge, person_add, person_block, person_by_id, person_change,
    person_record, person_reveal, person_search, rack_choices, refusal_note, retention_plan,
    retention_runs, retention_step, site_choices, site_zone, staff_choices, standing_archive,
    standing_by_id, standing_create, standing_draft, standing_list, standing_update,
    visit_announce, visit_approve, visit_by_number, visit_by_pass, visit_cancel,
    visit_chain_verify, visit_close, visit_correct, visit_device_choices, visit_entries_forget,
    visit_events_of, visit_evidence, visit_evidence_note, visit_export, visit_list, visit_no_show,
    visit_refuse, visit_step_in, visit_step_out, visit_warnings, visits_at_rack, visits_of_person,
    visits_sweep, walk_in,
};
pub use person_model::{
    AgreedHow, BlockDraft, KeptFor, Language, LikeKind, NoticeDraft, NoticeKind, RecordDraft,
};
pub use rows::{
    ApprovalRule, Area, AreaName, AreaOccupancy, Block, Consent, ConsentText, HostName, LegalHold,
    Loan, LoanItem, LoanItemRow, LoanRow, Person, PersonRecord, PresentPerson, RackPlace, SiteName,
    StandingPermission, StandingRecord, Visit, VisitDevice, VisitEvent, VisitRecord, VisitWork,
    Visitor,
};
pub use state::{VisitAction, VisitState};
