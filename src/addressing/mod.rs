//! Addresses: routing tables, VLANs, networks, ranges, addresses, and who had them from when until when.
//!
//! Nothing of a place is kept twice: which network an address is in, what is free and how full a network is are found
//! from the numbers when they are asked for.

pub mod csv;
mod free;
mod holding;
mod model;
mod ops;
mod rows;
mod usage;

pub use free::{gaps, lowest_free};
pub use holding::{AssignmentDraft, Subject, Times, instant};
pub use model::{
    AddressDraft, AddressFilter, AddressRole, AddressStatus, PrefixDraft, PrefixStatus, RangeDraft,
    RangePurpose, VlanDraft, VrfDraft,
};
pub use ops::{
    address_archive, address_by_id, address_create, address_list, address_update, assignment_add,
    assignment_by_id, assignment_end, assignments_of, assignments_of_device, holder_at,
    next_address, next_prefix, prefix_archive, prefix_by_id, prefix_create, prefix_map,
    prefix_tree, prefix_update, prefixes_around, primary_addresses, range_archive, range_by_id,
    range_create, range_list, range_next_address, range_update, range_usage, vlan_archive,
    vlan_by_id, vlan_create, vlan_list, vlan_update, vrf_archive, vrf_at, vrf_by_id, vrf_create,
    vrf_list, vrf_update,
};
pub use rows::{
    AddressRow, Assignment, AssignmentRow, Holder, IpAddress, IpRange, Named, Prefix, PrefixMap,
    PrefixRow, RangeRow, TreeRow, Vlan, VlanRow, Vrf,
};
pub use usage::{RangeUsage, Usage, merged};
