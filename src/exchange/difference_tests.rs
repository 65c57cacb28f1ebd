#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::exchange::kinds::kind;

/// Rows of the kind `cables`: label, ports at both ends, colour.
fn cables(rows: &[(&str, &str, &str, &str)]) -> Records {
    let kind = kind("cables").unwrap();
    let rows = rows.iter().map(|row| {
        let fields = cable(*row);
        let cells = kind.columns.iter();
        cells.map(|column| fields.get(column).to_owned()).collect()
    });
    Records::of(kind, rows.collect())
}

fn cable((label, a, b, colour): (&str, &str, &str, &str)) -> Fields {
    [
        ("device_a", "SW-1"),
        ("port_a", a),
        ("device_b", "SW-2"),
        ("port_b", b),
        ("label", label),
        ("colour", colour),
    ]
    .into_iter()
    .collect()
}

#[test]
fn a_cable_is_found_by_its_label_else_by_its_ends() {
    let kind = kind("cables").unwrap();
    let label = kind.columns.iter().position(|column| *column == "label");
    let colour = kind.columns.iter().position(|column| *column == "colour");
    let there = cables(&[
        ("C-1", "1", "1", "red"),
        ("", "2", "2", "blue"),
        ("C-3", "3", "3", "green"),
    ]);
    // label, ports of the row; label and colour of the record that it means
    for (row, expected) in [
        (("C-1", "1", "1", ""), Some(("C-1", "red"))),
        (("c-1", "1", "1", ""), None),
        // It was moved: the label counts.
        (("C-1", "9", "9", ""), Some(("C-1", "red"))),
        (("C-1", "2", "2", ""), Some(("C-1", "red"))),
        // It gets a label, or loses one.
        (("C-2", "2", "2", ""), Some(("", "blue"))),
        (("", "2", "2", ""), Some(("", "blue"))),
        (("", "3", "3", ""), Some(("C-3", "green"))),
        // Another label in the same ports is another cable.
        (("C-9", "3", "3", ""), None),
        (("C-9", "9", "9", ""), None),
        (("", "9", "9", ""), None),
    ] {
        let found = there.of_row(kind, &cable(row));
        let found = found.map(|cells| {
            (
                cells[label.unwrap()].as_str(),
                cells[colour.unwrap()].as_str(),
            )
        });
        assert_eq!(found, expected, "{row:?}");
    }
}

#[test]
fn what_moved_by_its_label_shows_before_and_after() {
    let kind = kind("cables").unwrap();
    let before = cables(&[("C-1", "1", "1", "red"), ("", "2", "2", "")]);
    let after = cables(&[("C-1", "7", "1", "red"), ("C-2", "2", "2", "")]);
    for (row, expected) in [
        (("C-1", "7", "1", "red"), ("port_a", "1", "7")),
        (("C-2", "2", "2", ""), ("label", "", "C-2")),
    ] {
        let fields = before.fields(&after, kind, &cable(row));
        let told: Vec<(&str, &str, &str)> = fields
            .iter()
            .map(|one| (one.column, one.before.as_str(), one.after.as_str()))
            .collect();
        assert_eq!(told, [expected], "{row:?}");
        assert_eq!(row_name(kind, &cable(row)), row.0);
    }
    assert_eq!(
        row_name(kind, &cable(("", "2", "2", ""))),
        "SW-1 / 2 / SW-2 / 2"
    );
}

#[test]
fn a_single_key_is_used_also_when_it_is_empty() {
    let kind = kind("vlans").unwrap();
    let place = |name: &str| {
        let found = kind.columns.iter().position(|column| *column == name);
        found.unwrap()
    };
    let mut cells = vec![String::new(); kind.columns.len()];
    cells[place("number")] = "7".to_owned();
    let there = Records::of(kind, vec![cells.clone(), cells]);
    let row: Fields = [("number", "7")].into_iter().collect();
    assert!(there.of_row(kind, &row).is_some());
    assert_eq!(there.rows.len(), 2, "both are kept");
}
