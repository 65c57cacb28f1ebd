#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
use super::*;

fn spot(x: i64, y: i64, rotation: Rotation) -> Spot {
    Spot { x, y, rotation }
}

fn area(x: i64, y: i64, columns: i64, rows: i64) -> Area {
    Area {
        x,
        y,
        columns,
        rows,
    }
}

#[test]
fn a_footprint_turns_with_its_rack() {
    let mm = |mm| Some(Millimetres::new(mm));
    // width, depth, rotation, columns, rows
    for (width, depth, rotation, columns, rows) in [
        (mm(600), mm(1200), Rotation::Up, 1, 2),
        (mm(600), mm(1200), Rotation::Right, 2, 1),
        (mm(600), mm(1200), Rotation::Down, 1, 2),
        (mm(600), mm(1200), Rotation::Left, 2, 1),
        (mm(800), mm(1070), Rotation::Up, 2, 2),
        (mm(601), mm(600), Rotation::Up, 2, 1),
        (None, None, Rotation::Left, 1, 1),
    ] {
        let found = footprint(spot(3, 4, rotation), width, depth, USUAL_TILE);
        assert_eq!(
            found,
            area(3, 4, columns, rows),
            "{width:?} {depth:?} {rotation:?}"
        );
    }
}

#[test]
fn racks_never_share_a_tile_and_stay_on_the_floor() {
    let floor = Floor {
        columns: 10,
        rows: 6,
        ..Floor::default()
    };
    let others = [Standing {
        rack_id: RackId::new(1),
        name: "A01".into(),
        area: area(2, 2, 1, 2),
    }];
    // wanted, whether it is free, whether it is on the floor
    for (wanted, free, on_floor) in [
        (area(1, 1, 1, 2), true, true),
        (area(1, 2, 2, 1), false, true),
        (area(2, 4, 1, 2), true, true),
        (area(2, 3, 1, 2), false, true),
        (area(10, 6, 1, 1), true, true),
        (area(10, 6, 1, 2), true, false),
        (area(0, 1, 1, 1), true, false),
    ] {
        match settle(&floor, &others, wanted) {
            Ok(()) => assert!(free && on_floor, "{wanted:?}"),
            Err(FloorRefusal::Taken(by)) => {
                assert!(!free && by.first().unwrap().name == "A01", "{wanted:?}");
            }
            Err(FloorRefusal::Outside) => assert!(!on_floor, "{wanted:?}"),
            Err(FloorRefusal::NoPlan) => panic!("there is a plan"),
        }
    }
    let bare = settle(&Floor::default(), &others, area(1, 1, 1, 1));
    assert_eq!(bare, Err(FloorRefusal::NoPlan));
}

#[test]
fn aisles_are_lines_that_people_can_type() {
    let aisle = Aisle::from_line("Cold 1,3 12×2 冷通道 A").unwrap();
    assert_eq!(
        (aisle.kind, aisle.area),
        (AisleKind::Cold, area(1, 3, 12, 2))
    );
    assert_eq!(aisle.to_line(), "cold 1,3 12x2 冷通道 A");
    for wrong in [
        "",
        "warm 1,1 2x2",
        "cold 1 2x2",
        "cold 0,1 2x2",
        "hot 1,1 2",
        "hot 1,1 2x99999999999",
        "hot -1,1 2x2",
    ] {
        assert_eq!(Aisle::from_line(wrong), None, "{wrong}");
    }
}

#[test]
fn a_floor_says_which_line_is_wrong() {
    let read = |aisles: &str| {
        let fields: Fields = [
            ("grid_columns", "8"),
            ("grid_rows", "4"),
            ("aisles", aisles),
        ]
        .into_iter()
        .collect();
        let mut faults = Faults::new();
        let floor = FloorDraft::read(&fields, &mut faults);
        faults.into_result(floor)
    };
    assert_eq!(
        read("cold 1,3 8x2 A\n\nhot 1,1 8x1").unwrap().aisles.len(),
        2
    );
    for (text, key) in [
        ("cold 1,3 9x2 A", "facility-aisle-outside"),
        ("cold here", "facility-aisle-line"),
    ] {
        let fault = read(text).unwrap_err();
        assert_eq!(fault.fields.first().unwrap().message.key, key, "{text}");
    }
}
