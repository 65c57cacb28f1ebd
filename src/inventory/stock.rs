//! What the stock room knows of a device.

use serde::Serialize;

use super::rows::DeviceRow;
use crate::base::fault::{Fault, Faults};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceTypeId, SiteId};
use crate::base::number::whole;
use crate::base::text;
use crate::base::time::Timestamp;

/// Where a device lies in stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockPlace {
    /// The building.
    pub site_id: Option<SiteId>,
    /// Its code; empty when nobody said.
    pub site: String,
    /// Shelf, box or drawer.
    pub place: String,
    /// Since when it is in stock.
    pub since: Timestamp,
}

/// A device in stock.
#[derive(Debug, Clone)]
pub struct StockRow {
    /// The device.
    pub row: DeviceRow,
    /// Where it lies; none for one that was in stock before that was kept.
    pub stock: Option<StockPlace>,
}

/// How many of a type are in stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeCount {
    /// The type.
    pub id: DeviceTypeId,
    /// Maker and model.
    pub name: String,
    /// How many.
    pub count: i64,
}

/// Where a device is put in stock, as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockDraft {
    /// The building.
    pub site_id: Option<SiteId>,
    /// Shelf, box or drawer.
    pub place: String,
}

impl StockDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site = faults.keep(whole("site_id", fields.get("site_id"), 1, i64::MAX));
        let place = faults.keep(text::line("place", fields.get("place"), 64));
        let draft = (|| {
            Some(Self {
                site_id: site?.map(SiteId::new),
                place: place?,
            })
        })();
        faults.into_result(draft)
    }
}
