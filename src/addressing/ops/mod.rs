//! What is done with addresses.

mod addresses;
mod assignments;
mod holder;
mod names;
mod next;
mod prefixes;
mod primary;
mod ranges;
mod tree;
mod vlans;
mod vrfs;

pub use addresses::{
    address_archive, address_by_id, address_create, address_list, address_named, address_update,
    addresses_all,
};
pub use assignments::{
    assignment_add, assignment_by_id, assignment_end, assignments_all, assignments_of,
    assignments_of_device,
};
pub use holder::{holder_at, prefixes_around};
pub use names::site_codes;
pub use next::{next_address, next_prefix, range_next_address};
pub use prefixes::{
    prefix_archive, prefix_by_id, prefix_create, prefix_named, prefix_rows, prefix_update,
};
pub use primary::primary_addresses;
pub use ranges::{
    range_archive, range_by_id, range_create, range_list, range_named, range_update, range_usage,
};
pub use tree::{prefix_map, prefix_tree};
pub use vlans::{vlan_archive, vlan_by_id, vlan_create, vlan_list, vlan_named, vlan_update};
pub use vrfs::{vrf_archive, vrf_at, vrf_by_id, vrf_create, vrf_list, vrf_named, vrf_update};
