//! What is written on the machines of the sample, for the inventories of their simulated BMCs.

use std::collections::HashMap;

use super::sample;
use crate::base::fault::Fault;
use crate::sim::bmc::Label;

/// The label of each device of the sample, by its name.
pub fn labels() -> Result<HashMap<String, Label>, Fault> {
    let types: HashMap<String, (String, String)> = sample::rows("device-types")?
        .into_iter()
        .map(|row| {
            let sold_as = (
                row.get("manufacturer").to_owned(),
                row.get("model").to_owned(),
            );
            (row.get("slug").to_owned(), sold_as)
        })
        .collect();
    let rows = sample::rows("devices")?.into_iter();
    Ok(rows
        .filter_map(|row| {
            let (manufacturer, product) = types.get(row.get("device_type"))?.clone();
            let label = Label {
                manufacturer,
                product,
                part_number: String::new(),
                serial: row.get("serial").to_owned(),
                asset_tag: row.get("asset_tag").to_owned(),
            };
            Some((row.get("name").to_owned(), label))
        })
        .collect())
}
