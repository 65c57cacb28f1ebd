//! The columns of the list of ports, and what stands in them.

use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::ViewedList;
use crate::metering::{Owner, PortRow, PortState};
use crate::web::columns::{Column, Known, is_code, is_id};

/// The list of ports.
pub(super) const PORTS: Known = Known {
    list: ViewedList::Ports,
    columns: &[
        Column::usual("port", "ports-port").sorts("port"),
        Column::usual("device", "ports-device").sorts("device"),
        Column::further("alias", "ports-alias").sorts("alias"),
        Column::further("descr", "ports-descr"),
        Column::usual("state", "ports-state"),
        Column::usual("in_bps", "graph-in").numeric(),
        Column::usual("out_bps", "graph-out").numeric(),
        Column::usual("speed_bps", "ports-speed").numeric(),
        Column::further("customer", "ports-customer"),
        Column::usual("allocation", "ports-owner"),
        Column::further("uplink", "ports-uplink").staff(),
        Column::further("seen", "ports-seen").sorts("seen"),
        Column::further("missing_since", "ports-missing-since").sorts("missing_since"),
    ],
    filters: &[
        ("customer", is_code),
        ("state", is_state),
        ("site", is_id),
        ("room", is_id),
        ("rack", is_id),
        ("device", is_id),
    ],
    sorts: &["device", "port", "alias", "seen", "missing_since"],
};

fn is_state(word: &str) -> bool {
    PortState::from_word(word).is_some()
}

/// What stands in a column of a row.
pub(super) fn port_cell(row: &PortRow, key: &str) -> String {
    let rate = |rate: Option<BitsPerSecond>| rate.map(|rate| rate.get().to_string());
    let owners = |name: fn(&Owner) -> &str| {
        let names: Vec<&str> = row.owners.iter().map(name).collect();
        Some(names.join("; "))
    };
    // What the reader may not see any more is not told by its last instant either.
    let instant = |at: Option<Timestamp>| at.filter(|_| row.is_current).map(Timestamp::to_rfc3339);
    let port = &row.port;
    let text = match key {
        "port" => Some(port.name.clone()),
        "device" => Some(row.device.clone()),
        "alias" => Some(port.alias.clone()),
        "descr" => Some(port.descr.clone()),
        "state" => Some(port.state().to_string()),
        "in_bps" => rate(row.rate.inward),
        "out_bps" => rate(row.rate.outward),
        "speed_bps" => rate(port.line_speed()),
        "customer" => owners(|owner| &owner.customer),
        "allocation" => owners(|owner| &owner.allocation),
        "uplink" => Some(if port.is_uplink { "yes" } else { "" }.to_owned()),
        "seen" => instant(port.last_seen_at),
        "missing_since" => instant(port.missing_since),
        _ => None,
    };
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metering::PortSort;

    #[test]
    fn the_list_sorts_by_what_the_operation_knows() {
        let words: Vec<&str> = PortSort::ALL.iter().map(|sort| sort.as_str()).collect();
        assert_eq!(PORTS.sorts, words);
        for column in PORTS.columns {
            assert!(column.sort.is_none_or(|word| words.contains(&word)));
        }
    }
}
