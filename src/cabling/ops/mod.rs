//! What is done with cables.

mod cables;
mod differences;
mod ends;
mod follow;
mod shown;

pub use cables::{
    cable_archive, cable_by_id, cable_create, cable_labelled, cable_list, cable_of_ports,
    cable_update, cables_all,
};
pub use differences::{Differences, Sighting, differences, sightings_of_ports};
pub use ends::{port_named_for_form, ports_named};
pub use shown::{FarEnd, FarPort, Shown, ShownHop, far_ends_of_device, port_trace};
