//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod admission;
mod document;
mod goods;
mod goods_state;
mod loan;
mod model;
mod ops;
mod rows;
mod state;

pub use admission::{ApprovalRuleDraft, AreaDraft, Hours, StandingDraft};
pub use document::DocumentKind;
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
    AtRack, CONTACT_MAIL, OwnStay, Swept, VisitFilter, VisitScope, approval_rule_archive,
    approval_rule_by_id, approval_rule_create, approval_rule_list, approval_rule_update,
    area_archive, area_by_id, area_choices, area_create, area_list, area_occupancy, area_update,
    badge_return, check_in, check_out, identity_reveal, own_stays, own_visit, people_at_rack,
    people_inside, people_known, person_by_id, person_search, rack_choices, site_choices,
    site_zone, standing_archive, standing_by_id, standing_create, standing_draft, standing_list,
    standing_update, visit_announce, visit_approve, visit_by_number, visit_by_pass, visit_cancel,
    visit_close, visit_correct, visit_device_choices, visit_events_of, visit_export, visit_list,
    visit_no_show, visit_refuse, visit_step_in, visit_step_out, visits_at_rack, visits_sweep,
    walk_in,
};
pub use ops::{
    GoodsEvent, GoodsFilter, GoodsItem, GoodsLine, GoodsPass, GoodsRecord, Hold, HoldSubject,
    goods_approve, goods_by_number, goods_cancel, goods_devices, goods_draft, goods_events_of,
    goods_export, goods_finish, goods_list, goods_refuse, goods_submit, goods_types, hold_by_id,
    hold_lift, hold_set, hold_subject, holds_of,
};
pub use rows::{
    ApprovalRule, Area, AreaName, AreaOccupancy, AtRack, CONTACT_MAIL, HostName, Person,
    PresentPerson, RackPlace, SiteName, StandingPermission, StandingRecord, Visit, VisitDevice,
    VisitEvent, VisitFilter, VisitRecord, VisitScope, VisitWork, Visitor, badge_return, check_in,
    check_out, identity_reveal, loan_back, loan_history, loan_item_archive, loan_item_by_id,
    loan_item_create, loan_item_found, loan_item_list, loan_item_lost, loan_item_update,
    loan_items_in_stock, loan_to_staff, loan_to_visitor, loans_of_visit, loans_out, own_visit,
    people_at_rack, people_inside, person_by_id, person_search, rack_choices, site_choices,
    staff_choices, visit_announce, visit_approve, visit_by_number, visit_by_pass, visit_cancel,
    visit_close, visit_correct, visit_events_of, visit_export, visit_list, visit_no_show,
    visit_refuse, visits_at_rack, walk_in,
};
pub use rows::{
    HostName, Loan, LoanItem, LoanItemRow, LoanRow, Person, PresentPerson, RackPlace, SiteName,
    Visit, VisitEvent, VisitRecord, Visitor,
};
pub use state::{VisitAction, VisitState};
