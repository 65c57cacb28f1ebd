//! What can be found, and what a finding is.

use serde::Serialize;

use crate::base::ids::{
    CableId, ContactId, CustomerId, DeviceId, GoodsPassId, IpAddressId, PortId, PrefixId, RackId,
    ReservationId, RoomId, SiteId, VisitId, VlanId,
};
use crate::identity::Permission;

/// Version of the rules by which terms are made; an index of another version is made anew.
pub const TERMS_VERSION: &str = "3";

crate::text_enum! {
    /// A kind of thing that is found, in the order in which kinds are shown.
    pub enum SearchKind {
        /// A device.
        Device = "device",
        /// A rack.
        Rack = "rack",
        /// A room.
        Room = "room",
        /// Units of a rack that are kept for somebody.
        Reservation = "reservation",
        /// A customer.
        Customer = "customer",
        /// A person who may act for a customer.
        Contact = "contact",
        /// A port of a device.
        Port = "port",
        /// A cable.
        Cable = "cable",
        /// A network address.
        Address = "address",
        /// A network.
        Prefix = "prefix",
        /// A VLAN.
        Vlan = "vlan",
        /// A visit.
        Visit = "visit",
        /// A goods pass.
        Goods = "goods",
    }
}

impl SearchKind {
    /// The right without which nothing of this kind is found.
    pub const fn right(self) -> Permission {
        match self {
            Self::Device | Self::Cable => Permission::ViewDevices,
            Self::Rack | Self::Room | Self::Reservation => Permission::ViewFacility,
            Self::Customer | Self::Contact => Permission::ViewCustomers,
            Self::Port => Permission::ViewNetwork,
            Self::Address | Self::Prefix | Self::Vlan => Permission::ViewAddresses,
            Self::Visit | Self::Goods => Permission::ViewVisits,
        }
    }

    /// Whether a customer finds own ones through the index. Whose a port or an address is changes with the clock, so that
    /// a customer's are found in their list, and the rest is no business of theirs.
    pub const fn is_owned(self) -> bool {
        matches!(self, Self::Device | Self::Visit | Self::Goods)
    }
}

/// A record that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// A device, and with it its ports.
    Device(DeviceId),
    /// What is in a device, which is found by its serial numbers; its ports are as they were.
    Components(DeviceId),
    /// A rack, and with it its reservations.
    Rack(RackId),
    /// A reservation.
    Reservation(ReservationId),
    /// A room, and with it its racks.
    Room(RoomId),
    /// A building, which is found by its rooms and racks.
    Site(SiteId),
    /// A customer, and with it its contacts and reservations.
    Customer(CustomerId),
    /// A contact.
    Contact(ContactId),
    /// A port.
    Port(PortId),
    /// A cable.
    Cable(CableId),
    /// A network address.
    Address(IpAddressId),
    /// A network.
    Prefix(PrefixId),
    /// A VLAN.
    Vlan(VlanId),
    /// A visit.
    Visit(VisitId),
    /// A goods pass.
    Goods(GoodsPassId),
}

/// How well something fits; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A whole name or number.
    Exact,
    /// The beginning of one.
    Beginning,
    /// A later part of one.
    Inner,
    /// Where it is or whose.
    Around,
}

/// Something that was found and that the actor may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Its row id.
    pub id: i64,
    /// Row id of what it belongs to, where its page is found by that: the customer of a contact, the rack of a reservation.
    pub parent: Option<i64>,
    /// Its name.
    pub label: String,
    /// What tells it from others of that name.
    pub detail: Vec<String>,
    /// How well it fits.
    #[serde(skip)]
    pub rank: Rank,
}

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The kind.
    pub kind: SearchKind,
    /// The best ones.
    pub hits: Vec<Hit>,
    /// How many fit; when `is_more` there are more than were counted.
    pub total: usize,
    /// Whether counting was given up.
    pub is_more: bool,
}
