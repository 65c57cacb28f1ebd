//! The columns of the list of racks, and what stands in them.

use crate::base::units::Grams;
use crate::facility::{Fill, Ownership, RackRow};
use crate::identity::ViewedList;
use crate::web::columns::{Column, Known, is_code, is_id};

/// The list of racks.
pub(super) const RACKS: Known = Known {
    list: ViewedList::Racks,
    columns: &[
        Column::usual("name", "racks-name").sorts("name"),
        Column::further("site", "devices-site"),
        Column::usual("room", "racks-room").sorts("place"),
        Column::further("row", "racks-row"),
        Column::usual("fill", "racks-fill").numeric(),
        Column::usual("units", "racks-units")
            .sorts("units")
            .numeric(),
        Column::usual("devices", "racks-devices").numeric(),
        Column::usual("planned", "racks-planned").numeric(),
        Column::further("max_watts", "racks-max-watts")
            .sorts("max_watts")
            .numeric(),
        Column::further("max_weight_kg", "racks-max-weight").numeric(),
        Column::usual("customer", "racks-owner").sorts("customer"),
        Column::further("ownership", "racks-ownership").sorts("ownership"),
        Column::further("updated", "devices-updated").sorts("updated"),
    ],
    filters: &[
        ("customer", is_code),
        ("ownership", is_ownership),
        ("site", is_id),
        ("room", is_id),
    ],
    sorts: &[
        "place",
        "name",
        "units",
        "customer",
        "ownership",
        "max_watts",
        "updated",
    ],
};

fn is_ownership(word: &str) -> bool {
    Ownership::from_word(word).is_some()
}

/// What stands in a column of a row.
pub(super) fn rack_cell(row: &RackRow, fill: Fill, key: &str) -> String {
    let rack = &row.rack;
    let text = match key {
        "name" => Some(rack.name.clone()),
        "site" => Some(row.site.code.clone()),
        "room" => Some(row.room.name.clone()),
        "row" => Some(rack.row_name.clone()),
        "fill" => Some(fill.percent().to_string()),
        "units" => Some(rack.units.to_string()),
        "devices" => Some(fill.devices.to_string()),
        "planned" => Some(fill.watts.get().to_string()),
        "max_watts" => rack.max_watts.map(|watts| watts.get().to_string()),
        "max_weight_kg" => rack.max_weight_g.map(Grams::to_kilograms_text),
        "customer" => row.customer.as_ref().map(|customer| customer.name.clone()),
        "ownership" => Some(rack.ownership.to_string()),
        "updated" => Some(rack.updated_at.to_rfc3339()),
        _ => None,
    };
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::RackSort;

    #[test]
    fn the_list_sorts_by_what_the_operation_knows() {
        let words: Vec<&str> = RackSort::ALL.iter().map(|sort| sort.as_str()).collect();
        assert_eq!(RACKS.sorts, words);
        for column in RACKS.columns {
            assert!(column.sort.is_none_or(|word| words.contains(&word)));
        }
    }
}
