//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod document;
mod loan;
mod model;
mod ops;
mod rows;
mod state;

pub use document::DocumentKind;
pub use loan::{
    LendDraft, LoanEnd, LoanItemDraft, LoanItemFilter, LoanKind, LoanState, StaffLendDraft,
};
pub use model::{
    LONGEST_DAYS, PERSON_FIELDS, PersonFields, Purpose, Stay, VisitEventKind, WALK_IN_HOURS,
};
pub use ops::{
    AtRack, CONTACT_MAIL, VisitFilter, VisitScope, badge_return, check_in, check_out,
    identity_reveal, loan_back, loan_history, loan_item_archive, loan_item_by_id, loan_item_create,
    loan_item_found, loan_item_list, loan_item_lost, loan_item_update, loan_items_in_stock,
    loan_to_staff, loan_to_visitor, loans_of_visit, loans_out, own_visit, people_at_rack,
    people_inside, person_by_id, person_search, rack_choices, site_choices, staff_choices,
    visit_announce, visit_approve, visit_by_number, visit_by_pass, visit_cancel, visit_close,
    visit_correct, visit_events_of, visit_export, visit_list, visit_no_show, visit_refuse,
    visits_at_rack, walk_in,
};
pub use rows::{
    HostName, Loan, LoanItem, LoanItemRow, LoanRow, Person, PresentPerson, RackPlace, SiteName,
    Visit, VisitEvent, VisitRecord, Visitor,
};
pub use state::{VisitAction, VisitState};
