//! What is done with consoles and their recordings.

mod recordings;
mod rights;
mod sessions;

pub use recordings::{
    ConsoleFilter, console_by_id, console_list, console_parts, console_people, console_replayed,
    consoles_close_abandoned, consoles_expire, consoles_of_device, part_append,
};
pub use rights::{attendance, grant_set, is_granted, may_attend};
pub use sessions::{
    console_end, console_evicted, console_open, console_taken_over, line_target, seat_join,
    seat_leave,
};
