//! Routing tables, VLANs, networks, ranges, addresses and assignments as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::holding::Times;
use super::model::{AddressRole, AddressStatus, PrefixStatus, RangePurpose};
use super::usage::Usage;
use crate::base::ids::{
    CustomerId, DeviceId, IpAddressId, IpAssignmentId, IpRangeId, PrefixId, SiteId, VlanId, VrfId,
};
use crate::base::ip::{Family, Ip, IpOctets};
use crate::base::ip_prefix::{IpPrefix, Span};
use crate::base::time::Timestamp;
use crate::facility::CustomerName;
use crate::store::schema::{ip_addresses, ip_assignments, ip_ranges, prefixes, vlans, vrfs};

/// A routing table.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = vrfs)]
pub struct Vrf {
    /// Row id.
    pub id: VrfId,
    /// Name.
    pub name: String,
    /// Route distinguisher.
    pub route_distinguisher: Option<String>,
    /// Whether an address may be there only once.
    pub refuse_duplicates: bool,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

/// A VLAN.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = vlans)]
pub struct Vlan {
    /// Row id.
    pub id: VlanId,
    /// The building its number counts in.
    pub site_id: Option<SiteId>,
    /// Or the group.
    pub group_name: String,
    /// Number.
    pub number: i64,
    /// Name.
    pub name: String,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = prefixes)]
pub struct Prefix {
    /// Row id.
    pub id: PrefixId,
    /// The routing table.
    pub vrf_id: VrfId,
    /// Family.
    pub family: Family,
    /// First address.
    pub network: IpOctets,
    /// Bits that all addresses share.
    pub length: i64,
    /// Where it is used.
    pub site_id: Option<SiteId>,
    /// The VLAN it is on.
    pub vlan_id: Option<VlanId>,
    /// What it is for.
    pub status: PrefixStatus,
    /// In the operator's own words.
    pub role: String,
    /// Whether its ends are handed out too.
    pub is_pool: bool,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

impl Prefix {
    /// Network and length.
    #[must_use]
    pub fn prefix(&self) -> IpPrefix {
        IpPrefix::stored(self.family, self.network, self.length)
    }

    /// Whether another network of the same table lies within and is smaller.
    #[must_use]
    pub fn is_around(&self, other: &Self) -> bool {
        self.vrf_id == other.vrf_id
            && self.length < other.length
            && self.prefix().contains(&other.prefix())
    }
}

/// A range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ip_ranges)]
pub struct IpRange {
    /// Row id.
    pub id: IpRangeId,
    /// The routing table.
    pub vrf_id: VrfId,
    /// Family.
    pub family: Family,
    /// First address.
    pub first: IpOctets,
    /// Last address.
    pub last: IpOctets,
    /// Name.
    pub name: String,
    /// What it is for.
    pub purpose: RangePurpose,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

impl IpRange {
    /// First and last address.
    #[must_use]
    pub const fn ends(&self) -> (Ip, Ip) {
        (
            Ip::new(self.family, self.first.value()),
            Ip::new(self.family, self.last.value()),
        )
    }

    /// Its addresses.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span {
            first: self.first.value(),
            last: self.last.value(),
        }
    }

    /// `10.0.0.5 – 10.0.0.9`.
    #[must_use]
    pub fn text(&self) -> String {
        let (first, last) = self.ends();
        format!("{first} – {last}")
    }
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ip_addresses)]
pub struct IpAddress {
    /// Row id.
    pub id: IpAddressId,
    /// The routing table.
    pub vrf_id: VrfId,
    /// Family.
    pub family: Family,
    /// The address.
    pub address: IpOctets,
    /// Its name in the DNS.
    pub dns_name: String,
    /// What it does.
    pub role: AddressRole,
    /// How it stands.
    pub status: AddressStatus,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

impl IpAddress {
    /// The address.
    #[must_use]
    pub const fn ip(&self) -> Ip {
        Ip::new(self.family, self.address.value())
    }
}

/// An assignment of an address or a network.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = ip_assignments)]
pub struct Assignment {
    /// Row id.
    pub id: IpAssignmentId,
    /// The address; none when it is a network.
    pub address_id: Option<IpAddressId>,
    /// The network; none when it is an address.
    pub prefix_id: Option<PrefixId>,
    /// The device that has it.
    pub device_id: Option<DeviceId>,
    /// The device's interface.
    pub interface: String,
    /// The customer who has it.
    pub customer_id: Option<CustomerId>,
    /// First instant.
    pub from_at: Timestamp,
    /// First instant after.
    pub until_at: Option<Timestamp>,
    /// For the operator's eyes.
    pub note: String,
    /// Version for edits.
    pub version: i64,
}

impl Assignment {
    /// From when until when.
    #[must_use]
    pub const fn times(&self) -> Times {
        Times {
            from: self.from_at,
            until: self.until_at,
        }
    }
}

/// A record of another area by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Row id.
    pub id: i64,
    /// Name, or the code of a site.
    pub name: String,
}

/// An assignment with the names of who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssignmentRow {
    /// The assignment.
    pub assignment: Assignment,
    /// The device.
    pub device: Option<Named>,
    /// The customer.
    pub customer: Option<CustomerName>,
}

/// Who had an address at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The assignment that says so.
    pub row: AssignmentRow,
    /// The network that was assigned; none when it was the address itself.
    pub through: Option<Prefix>,
}

/// An address with its table and who has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// The address.
    pub address: IpAddress,
    /// Name of its routing table.
    pub vrf: String,
    /// Its own assignment now.
    pub held: Option<AssignmentRow>,
}

/// A VLAN with the code of its site and how many live networks are on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VlanRow {
    /// The VLAN.
    pub vlan: Vlan,
    /// Its site.
    pub site: Option<Named>,
    /// Networks on it.
    pub prefixes: i64,
}

/// A range with its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeRow {
    /// The range.
    pub range: IpRange,
    /// Name of its routing table.
    pub vrf: String,
}

/// A network with the names of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixRow {
    /// The network.
    pub prefix: Prefix,
    /// Name of its routing table.
    pub vrf: String,
    /// Its site.
    pub site: Option<Named>,
    /// Its VLAN.
    pub vlan: Option<Vlan>,
    /// Its own assignment now.
    pub held: Option<AssignmentRow>,
}

/// A network as it stands in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// The network.
    pub row: PrefixRow,
    /// How many networks are around it.
    pub depth: usize,
    /// How full it is.
    pub usage: Usage,
}

/// What is in a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixMap {
    /// Networks around it, the widest first.
    pub around: Vec<Prefix>,
    /// Networks directly within.
    pub children: Vec<TreeRow>,
    /// Ranges within or across its edge.
    pub ranges: Vec<IpRange>,
    /// How full it is.
    pub usage: Usage,
    /// Stretches that nothing takes, the first of them.
    pub gaps: Vec<Span>,
}
