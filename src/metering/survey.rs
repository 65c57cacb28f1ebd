//! What a reading of names finds beside the ports, in the words of this room.

/// A part of it: what was read, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<T> {
    /// It was read.
    Read(T),
    /// The device has nothing of the kind.
    Absent,
    /// It could not be read, in words for the operator; what was known stays.
    Failed(String),
}

/// What is around a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveySeen {
    /// The device's own chassis as it tells it to others.
    pub own_chassis_id: Option<String>,
    /// Who is at the other end of its ports.
    pub neighbours: Part<Vec<NeighbourSeen>>,
    /// Neighbours at ports that can't be told.
    pub unplaced: usize,
    /// Its chassis; their serial numbers are kept with the device.
    pub chassis: Part<()>,
}

/// A device at the other end of a port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeighbourSeen {
    /// ifIndex of the port here.
    pub if_index: u32,
    /// What kind of name its chassis has.
    pub chassis_id_kind: String,
    /// Its chassis.
    pub chassis_id: String,
    /// What kind of name its port has.
    pub port_id_kind: String,
    /// Its port.
    pub port_id: String,
    /// How it describes its port.
    pub port_descr: String,
    /// Its name.
    pub system_name: String,
    /// How it describes itself.
    pub system_descr: String,
    /// Where it is managed.
    pub management_address: String,
}
