//! Saved views: a list as a person wants it, by the text of its address.

use super::permission::Permission;
use crate::base::fault::Fault;
use crate::base::text;

crate::text_enum! {
    /// A list that views can be kept of.
    pub enum ViewedList {
        /// Devices.
        Devices = "devices",
        /// Racks.
        Racks = "racks",
        /// Ports of switches.
        Ports = "ports",
        /// Devices in stock.
        Stock = "stock",
        /// Devices by age and the end of their warranty.
        Ages = "ages",
    }
}

impl ViewedList {
    /// The right to see the list at all.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Devices | Self::Stock | Self::Ages => Permission::ViewDevices,
            Self::Racks => Permission::ViewFacility,
            Self::Ports => Permission::ViewNetwork,
        }
    }

    /// Its address, without a query.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Devices => "/devices",
            Self::Racks => "/racks",
            Self::Ports => "/ports",
            Self::Stock => "/stock",
            Self::Ages => "/devices/ages",
        }
    }
}

/// Views that a user may keep.
pub const MOST_VIEWS: usize = 50;
/// Letters of a view's name.
const NAME_LETTERS: usize = 60;
/// Letters of a view's query.
const QUERY_LETTERS: usize = 2000;

/// A view as typed, checked; that its list knows what the query names, the list's page has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewDraft {
    /// Its name, once per user and list.
    pub name: String,
    /// What follows the `?` of the address; empty for the list as it comes.
    pub query: String,
    /// Whether all staff see it.
    pub is_shared: bool,
}

impl ViewDraft {
    /// Checks what was typed.
    pub fn new(name: &str, query: &str, is_shared: bool) -> Result<Self, Fault> {
        Ok(Self {
            name: text::required_line("name", name, NAME_LETTERS)?,
            query: text::line("query", query, QUERY_LETTERS)?,
            is_shared,
        })
    }
}
