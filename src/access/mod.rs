//! Physical access: visits, the people on them, badges, and who is inside at any moment.
//!
//! A visit's record of entries is append-only: a correction is a new entry beside the old one.

mod document;
mod goods;
mod goods_state;
mod model;
mod ops;
mod rows;
mod state;

pub use document::DocumentKind;
pub use goods::{Direction, HoldDraft, HoldKind, ITEM_FIELDS, ItemFields};
pub use goods_state::{GoodsAction, GoodsState};
pub use model::{
    LONGEST_DAYS, PERSON_FIELDS, PersonFields, Purpose, Stay, VisitEventKind, WALK_IN_HOURS,
};
pub use ops::{
    AtRack, CONTACT_MAIL, VisitFilter, VisitScope, badge_return, check_in, check_out,
    identity_reveal, own_visit, people_at_rack, people_inside, person_by_id, person_search,
    rack_choices, site_choices, visit_announce, visit_approve, visit_by_number, visit_by_pass,
    visit_cancel, visit_close, visit_correct, visit_events_of, visit_export, visit_list,
    visit_no_show, visit_refuse, visits_at_rack, walk_in,
};
pub use ops::{
    GoodsEvent, GoodsFilter, GoodsItem, GoodsLine, GoodsPass, GoodsRecord, Hold, HoldSubject,
    goods_approve, goods_by_number, goods_cancel, goods_devices, goods_draft, goods_events_of,
    goods_export, goods_finish, goods_list, goods_refuse, goods_submit, goods_types, hold_by_id,
    hold_lift, hold_set, hold_subject, holds_of,
};
pub use rows::{
    HostName, Person, PresentPerson, RackPlace, SiteName, Visit, VisitEvent, VisitRecord, Visitor,
};
pub use state::{VisitAction, VisitState};
