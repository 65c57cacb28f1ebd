#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
use super::*;
use crate::base::ids::{DeviceId, RackId};
use crate::facility::model::{Face, Numbering};

const UP: Frame = Frame {
    units: 42,
    starting_unit: 1,
    numbering: Numbering::Up,
};
const DOWN: Frame = Frame {
    numbering: Numbering::Down,
    ..UP
};

fn halves(number: i64) -> HalfUnits {
    HalfUnits::new(number)
}

fn occupant(id: i64, face: Face, offset: i64, height: i64, full_depth: bool) -> Occupant {
    Occupant {
        rack_id: RackId::new(1),
        device_id: DeviceId::new(id),
        name: format!("D{id}"),
        customer_id: None,
        face,
        offset: (!face.is_side()).then_some(halves(offset)),
        height: halves(height),
        full_depth,
        watts: Some(Watts::new(400)),
        weight_g: Some(Grams::new(20_000)),
    }
}

fn place(face: Face, offset: i64, height: i64, full_depth: bool) -> Place {
    Place::new(face, Some(halves(offset)), halves(height), full_depth).unwrap()
}

#[test]
fn units_are_counted_as_the_rack_numbers_them() {
    let start_at_ten = Frame {
        starting_unit: 10,
        ..UP
    };
    // frame, lowest-numbered unit, height in half-units, offset in half-units
    for (frame, unit, height, offset) in [
        (UP, "1", 2, Some(0)),
        (UP, "40", 2, Some(78)),
        (UP, "41", 4, Some(80)),
        (UP, "42", 4, None),
        (UP, "0", 2, None),
        (UP, "43", 2, None),
        (UP, "1.5", 1, Some(1)),
        (UP, "42.5", 1, Some(83)),
        (UP, "42.5", 2, None),
        (DOWN, "1", 2, Some(82)),
        (DOWN, "42", 2, Some(0)),
        (DOWN, "10", 8, Some(58)),
        (DOWN, "40", 8, None),
        (DOWN, "0", 2, None),
        (DOWN, "1", 1, Some(83)),
        (DOWN, "1.5", 1, Some(82)),
        (start_at_ten, "10", 2, Some(0)),
        (start_at_ten, "51", 2, Some(82)),
        (start_at_ten, "9", 2, None),
        (start_at_ten, "52", 2, None),
    ] {
        let unit = HalfUnits::from_units_text(unit).unwrap();
        let found = frame.offset_of(unit, halves(height));
        assert_eq!(
            found,
            offset.map(halves),
            "{frame:?} {} {height}",
            unit.to_units_text()
        );
        if let Some(offset) = found {
            assert_eq!(frame.unit_of(offset, halves(height)), unit, "{frame:?}");
        }
    }
}

#[test]
fn numbers_run_as_painted() {
    let up = UP.numbers_from_top();
    assert_eq!((up[0], up[41], up.len()), (42, 1, 42));
    let down = DOWN.numbers_from_top();
    assert_eq!((down[0], down[41]), (1, 42));
    assert_eq!(DOWN.span(), (1, 42));
}

#[test]
fn places_overlap_on_a_shared_face_only() {
    use Face::{Front, Left, Rear};
    // one, the other, whether they overlap
    for (one, other, overlap) in [
        ((Front, 0, 2, true), (Front, 0, 2, true), true),
        ((Front, 0, 2, true), (Front, 2, 2, true), false),
        ((Front, 0, 2, true), (Front, 1, 2, true), true),
        ((Front, 1, 1, true), (Front, 0, 1, true), false),
        ((Front, 0, 2, true), (Rear, 0, 2, false), true),
        ((Front, 0, 2, false), (Rear, 0, 2, false), false),
        ((Rear, 0, 2, true), (Front, 0, 2, false), true),
        ((Front, 0, 8, false), (Front, 4, 1, false), true),
        ((Left, 0, 0, false), (Front, 0, 84, true), false),
    ] {
        let place = |(face, offset, height, full)| place(face, offset, height, full);
        assert_eq!(
            place(one).overlaps(place(other)),
            overlap,
            "{one:?} {other:?}"
        );
        assert_eq!(
            place(other).overlaps(place(one)),
            overlap,
            "{other:?} {one:?}"
        );
    }
}

#[test]
fn what_is_in_the_way_is_named() {
    let others = [
        occupant(1, Face::Front, 0, 4, true),
        occupant(2, Face::Rear, 4, 2, false),
    ];
    let wanted = place(Face::Front, 2, 4, true);
    match admit(UP, Limits::default(), &others, wanted, Load::default()) {
        Err(Refusal::Occupied(found)) => {
            let names: Vec<_> = found.iter().map(|other| other.name.as_str()).collect();
            assert_eq!(names, ["D1", "D2"]);
        }
        other => panic!("{other:?}"),
    }
    let shallow = place(Face::Front, 4, 2, false);
    assert!(admit(UP, Limits::default(), &others, shallow, Load::default()).is_ok());
    let out = place(Face::Front, 82, 4, true);
    assert_eq!(
        admit(UP, Limits::default(), &others, out, Load::default()),
        Err(Refusal::OutOfRack)
    );
}

#[test]
fn two_hang_at_a_side_and_no_third() {
    let mut others = vec![occupant(1, Face::Left, 0, 0, false)];
    assert!(clashes(&others, Place::Side(Face::Left)).is_empty());
    others.push(occupant(2, Face::Left, 0, 0, false));
    assert_eq!(clashes(&others, Place::Side(Face::Left)).len(), 2);
    assert!(clashes(&others, Place::Side(Face::Right)).is_empty());
}

#[test]
fn limits_of_power_and_weight_are_kept_to_the_last_unit() {
    let others = [occupant(1, Face::Front, 0, 2, true)];
    let wanted = place(Face::Front, 2, 2, true);
    let limits = Limits {
        watts: Some(Watts::new(900)),
        weight: Some(Grams::new(50_000)),
    };
    let load = |watts, weight| Load {
        watts: Watts::new(watts),
        weight: Grams::new(weight),
    };
    // draw, weight, whether they go in
    for (watts, weight, fits) in [
        (500, 30_000, true),
        (501, 0, false),
        (0, 30_001, false),
        (0, 0, true),
    ] {
        let answer = admit(UP, limits, &others, wanted, load(watts, weight));
        assert_eq!(answer.is_ok(), fits, "{watts} W, {weight} g: {answer:?}");
    }
    let full = Limits {
        watts: Some(Watts::new(100)),
        weight: None,
    };
    assert!(
        admit(UP, full, &others, wanted, load(0, 10)).is_ok(),
        "a blank panel adds nothing"
    );
}

#[test]
fn a_rack_tells_its_fill_and_its_free_units() {
    let others = [
        occupant(1, Face::Front, 0, 4, true),
        occupant(2, Face::Front, 4, 2, false),
        occupant(3, Face::Rear, 4, 2, false),
        occupant(4, Face::Front, 8, 1, true),
        occupant(5, Face::Left, 0, 0, false),
    ];
    let full = fill(UP, &others);
    assert_eq!((full.used_half_units, full.devices), (7, 5));
    assert_eq!((full.watts.get(), full.weight_g.get()), (2000, 100_000));
    assert_eq!(full.percent(), 8);
    assert_eq!(free_units(UP, &others), [(4, 4), (6, 42)]);
    assert_eq!(free_units(DOWN, &others), [(1, 37), (39, 39)]);
    assert_eq!(Fill::default().percent(), 0);
}
