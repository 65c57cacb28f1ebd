//! Cables: what each port is plugged into, where a line ends when patch panels pass it on, and what switches see there.
//!
//! A live cable has one port at one side and one to twelve at the other; a port has one live cable. Where a line ends is not kept:
//! [`trace`] finds it from cables and panels when it is asked for.

mod colour;
pub mod csv;
mod ends;
mod fit;
mod model;
mod ops;
mod rows;
mod seen;
mod side;
mod trace;

pub use colour::{COLOURS, hex};
pub use ends::{NamedEnds, NamedPort};
pub use fit::{Plug, Taken, check, fits};
pub use model::{CableDraft, CableFilter, CableKind, CableStatus, cable_fields, metres_text};
pub use ops::{
    Differences, FarEnd, FarPort, Shown, ShownHop, Sighting, cable_archive, cable_by_id,
    cable_create, cable_list, cable_of_ports, cable_update, differences, far_ends_of_device,
    port_named_for_form, port_trace, sightings_of_ports,
};
pub use rows::{Cable, CableRow, EndRow, Plugged};
pub use seen::Verdict;
pub use side::{MOST_ENDS, Side};
pub use trace::{Hop, Lacks, Link, Net, NetEnd, NetPort, Stop, Trace, trace};
