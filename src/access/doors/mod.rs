//! Doors: what access controllers tell of badges, joined to visits, with what is wrong about it.
//!
//! What a controller told is kept as it was told and never changed. Who had the badge then is found from the visits.

mod file;
mod model;
mod ops;
mod rows;

pub use file::{DOOR_EVENT_COLUMNS, FileBatch, door_file_read};
pub use model::{
    Batch, Candidate, CandidateWay, DoorAlert, DoorDraft, EventAnswer, MOST_EVENTS, Outcome,
    Reported,
};
pub(super) use ops::passages_of;
pub use ops::{
    AreaPeople, DoorEventFilter, Touch, door_archive, door_by_id, door_create, door_event_export,
    door_event_list, door_events_receive, door_list, door_update, last_areas, passages_of_visit,
    people_by_area, touch_candidates, touch_place,
};
pub use rows::{Door, DoorEvent, DoorEventRow, DoorRow};
