//! What a list of devices can be sorted by.

crate::text_enum! {
    /// What a list of devices is sorted by.
    pub enum DeviceSort {
        /// Its unique name.
        Name = "name",
        /// What is written on it.
        Label = "label",
        /// Its model.
        Model = "type",
        /// The name of its owner.
        Customer = "customer",
        /// The code of its building.
        Site = "site",
        /// The name of its room.
        Room = "room",
        /// The name of its rack.
        Rack = "rack",
        /// Its serial number.
        Serial = "serial",
        /// Its asset tag.
        AssetTag = "asset_tag",
        /// Where it is in its life.
        Status = "status",
        /// Its memory.
        Memory = "memory",
        /// The last day of its warranty.
        Warranty = "warranty_until",
        /// The day of its purchase.
        Purchase = "purchased_on",
        /// When its record was last changed.
        Updated = "updated",
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "the macro that makes the enum derives for all"
)]
impl Default for DeviceSort {
    fn default() -> Self {
        Self::Name
    }
}
