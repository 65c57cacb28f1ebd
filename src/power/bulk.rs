//! A wish for several machines at once, checked for its form only, and what stops it.

use super::wish::Wish;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;

/// Most machines at once.
pub const MOST_MACHINES: usize = 500;
/// Longest time between two starts, seconds.
const MOST_STAGGER_S: i64 = 600;
/// Time between two starts when nothing is said, milliseconds: supplies draw many times their current at first.
const STAGGER_MS: i64 = 2_000;
/// Failures that stop the rest when nothing is said.
const STOP_AFTER: i64 = 3;

/// How the machines of a bulk follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Time between two starts, milliseconds.
    pub stagger_ms: i64,
    /// So many that did not succeed take back what has not begun.
    pub stop_after: i64,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            stagger_ms: STAGGER_MS,
            stop_after: STOP_AFTER,
        }
    }
}

impl Order {
    /// Reads `stagger_s` and `stop_after`.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let stagger = faults.keep(number(
            fields,
            "stagger_s",
            STAGGER_MS / 1000,
            0,
            MOST_STAGGER_S,
        ));
        let most = i64::try_from(MOST_MACHINES).unwrap_or(i64::MAX);
        let stop_after = faults.keep(number(fields, "stop_after", STOP_AFTER, 1, most));
        let order = (|| {
            Some(Self {
                stagger_ms: stagger? * 1000,
                stop_after: stop_after?,
            })
        })();
        faults.into_result(order)
    }
}

fn number(
    fields: &Fields,
    field: &'static str,
    usual: i64,
    least: i64,
    most: i64,
) -> Result<i64, FieldFault> {
    let text = fields.get(field).trim();
    if text.is_empty() {
        return Ok(usual);
    }
    let fits = |number: &i64| (least..=most).contains(number);
    text.parse().ok().filter(fits).ok_or_else(|| {
        let message = Message::new("power-fault-range")
            .with("least", least)
            .with("most", most);
        FieldFault::new(field, message)
    })
}

/// A wish for several machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkWish {
    /// What is wanted of each.
    pub wish: Wish,
    /// The machines in their order, each once.
    pub machines: Vec<DeviceId>,
    /// How they follow each other.
    pub order: Order,
}

impl BulkWish {
    /// Checks what was typed or sent; the machines are `devices`, by number.
    pub fn parse(fields: &Fields, key: Option<&str>) -> Result<Self, Fault> {
        Ok(Self {
            machines: machines(fields)?,
            wish: Wish::parse(fields, key)?,
            order: Order::parse(fields)?,
        })
    }
}

/// The machines that are ticked, each once.
pub fn machines(fields: &Fields) -> Result<Vec<DeviceId>, Fault> {
    let mut found: Vec<DeviceId> = Vec::new();
    for text in fields.all("devices") {
        let wrong = || Fault::field("devices", Message::new("power-fault-devices"));
        let device = text.trim().parse().map_err(|_| wrong())?;
        if !found.contains(&device) {
            found.push(device);
        }
    }
    if found.is_empty() || found.len() > MOST_MACHINES {
        let message = Message::new("power-fault-machines").with("most", MOST_MACHINES);
        return Err(Fault::field("devices", message));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_bulk_names_its_machines_once_and_its_order() {
        let fields: Fields = [
            ("action", "on"),
            ("devices", "7"),
            ("devices", "3"),
            ("devices", "7"),
        ]
        .into_iter()
        .collect();
        let bulk = BulkWish::parse(&fields, None).unwrap();
        assert_eq!(bulk.machines, [DeviceId::new(7), DeviceId::new(3)]);
        assert_eq!(
            bulk.order,
            Order {
                stagger_ms: 2_000,
                stop_after: 3
            }
        );
    }

    #[test]
    fn what_is_wrong_with_a_bulk_is_named() {
        for (name, text, field) in [
            ("devices", "x", "devices"),
            ("stagger_s", "-1", "stagger_s"),
            ("stagger_s", "601", "stagger_s"),
            ("stop_after", "0", "stop_after"),
            ("stop_after", "many", "stop_after"),
        ] {
            let mut fields: Fields = [("action", "on")].into_iter().collect();
            if name != "devices" {
                fields.push("devices", "7");
            }
            fields.push(name, text);
            let fault = BulkWish::parse(&fields, None).unwrap_err();
            assert_eq!(fault.fields.first().unwrap().field, field, "{name}={text}");
        }
        let none: Fields = [("action", "on")].into_iter().collect();
        let fault = BulkWish::parse(&none, None).unwrap_err();
        assert_eq!(fault.message.key, "fault-invalid");
    }
}
