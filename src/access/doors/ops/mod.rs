//! What is done with doors and with what is told of them.

mod alerts;
mod doors;
mod holder;
mod lingering;
mod passages;
mod receive;
mod touch;

pub use doors::{door_archive, door_by_id, door_create, door_list, door_update};
pub(in crate::access) use passages::passages_of;
pub use passages::{
    AreaPeople, DoorEventFilter, door_event_export, door_event_list, last_areas, passages_of_visit,
    people_by_area,
};
pub use receive::door_events_receive;
pub use touch::{Touch, touch_candidates, touch_place};
