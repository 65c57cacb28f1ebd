#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
use super::*;
use crate::base::ids::{CustomerId, DeviceId, RackId, ReservationId};
use crate::facility::model::{Face, Half, Numbering};

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
        half: None,
        watts: Some(Watts::new(400)),
        weight_g: Some(Grams::new(20_000)),
    }
}

fn place(face: Face, offset: i64, height: i64, full_depth: bool) -> Place {
    Place::new(face, Some(halves(offset)), halves(height), full_depth, None).unwrap()
}

/// The answer of a rack that counts upwards and keeps nothing for anyone.
fn admit(limits: Limits, others: &[Occupant], place: Place, load: Load) -> Result<(), Refusal<'_>> {
    let ground = Ground {
        frame: UP,
        limits,
        others,
        holds: &[],
    };
    let owner = None;
    super::admit(&ground, Newcomer { place, load, owner })
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
    match admit(Limits::default(), &others, wanted, Load::default()) {
        Err(Refusal::Occupied(found)) => {
            let names: Vec<_> = found.iter().map(|other| other.name.as_str()).collect();
            assert_eq!(names, ["D1", "D2"]);
        }
        other => panic!("{other:?}"),
    }
    let shallow = place(Face::Front, 4, 2, false);
    assert!(admit(Limits::default(), &others, shallow, Load::default()).is_ok());
    let out = place(Face::Front, 82, 4, true);
    assert_eq!(
        admit(Limits::default(), &others, out, Load::default()),
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
        let answer = admit(limits, &others, wanted, load(watts, weight));
        assert_eq!(answer.is_ok(), fits, "{watts} W, {weight} g: {answer:?}");
    }
    let full = Limits {
        watts: Some(Watts::new(100)),
        weight: None,
    };
    assert!(
        admit(full, &others, wanted, load(0, 10)).is_ok(),
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

#[test]
fn two_of_half_width_share_a_unit_and_no_third() {
    let half =
        |face, offset, half| Place::new(face, Some(halves(offset)), halves(2), true, half).unwrap();
    use Half::{Left, Right};
    // one, the other, whether they overlap
    for (one, other, overlap) in [
        ((0, Some(Left)), (0, Some(Right)), false),
        ((0, Some(Left)), (0, Some(Left)), true),
        ((0, Some(Left)), (1, Some(Left)), true),
        ((0, Some(Left)), (2, Some(Left)), false),
        ((0, Some(Left)), (0, None), true),
        ((0, None), (1, Some(Right)), true),
    ] {
        let place = |(offset, side)| half(Face::Front, offset, side);
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
fn what_is_kept_blocks_everybody_but_its_own() {
    let hold = |offset, height, face, both, customer: Option<i64>| Hold {
        id: ReservationId::new(1),
        place: Place::new(face, Some(halves(offset)), halves(height), both, None).unwrap(),
        customer_id: customer.map(CustomerId::new),
        units: format!("{offset}+{height}"),
    };
    let holds = [
        hold(10, 8, Face::Front, true, Some(7)),
        hold(30, 4, Face::Rear, false, None),
    ];
    let ask = |place, owner: Option<i64>| {
        let ground = Ground {
            frame: UP,
            limits: Limits::default(),
            others: &[],
            holds: &holds,
        };
        let newcomer = Newcomer {
            place,
            load: Load::default(),
            owner: owner.map(CustomerId::new),
        };
        match super::admit(&ground, newcomer) {
            Ok(()) => Vec::new(),
            Err(Refusal::Kept(kept)) => kept.iter().map(|hold| hold.units.clone()).collect(),
            Err(other) => panic!("{other:?}"),
        }
    };
    // place, owner, what keeps it
    for (place, owner, kept) in [
        (place(Face::Front, 10, 2, true), Some(7), ""),
        (place(Face::Front, 10, 2, true), Some(8), "10+8"),
        (place(Face::Front, 10, 2, true), None, "10+8"),
        (place(Face::Front, 8, 2, true), Some(8), ""),
        (place(Face::Front, 8, 3, true), Some(8), "10+8"),
        (place(Face::Rear, 16, 2, false), Some(8), "10+8"),
        (place(Face::Rear, 18, 2, false), Some(8), ""),
        (place(Face::Front, 30, 2, false), Some(8), ""),
        (place(Face::Front, 30, 2, true), Some(8), "30+4"),
        (place(Face::Front, 30, 2, true), None, ""),
        (Place::Side(Face::Left), Some(8), ""),
    ] {
        assert_eq!(ask(place, owner).join(" "), kept, "{place:?} {owner:?}");
    }
}

/// A rack as a child would draw it: four quarters of each half-unit, each with at most one device.
#[derive(Default)]
struct Paper(std::collections::HashMap<(i64, bool, bool), i64>);

impl Paper {
    fn cells(place: Place) -> Vec<(i64, bool, bool)> {
        let Place::Units {
            offset,
            height,
            front,
            rear,
            half,
        } = place
        else {
            return Vec::new();
        };
        let mut cells = Vec::new();
        for at in offset.get()..offset.get() + height.get() {
            for (is_rear, wanted) in [(false, front), (true, rear)] {
                for (is_right, out) in [(false, Some(Half::Right)), (true, Some(Half::Left))] {
                    if wanted && half != out {
                        cells.push((at, is_rear, is_right));
                    }
                }
            }
        }
        cells
    }

    fn is_free(&self, place: Place, units: i64) -> bool {
        Self::cells(place)
            .iter()
            .all(|cell| (0..units * 2).contains(&cell.0) && !self.0.contains_key(cell))
    }

    fn take(&mut self, place: Place, id: i64) {
        for cell in Self::cells(place) {
            assert_eq!(self.0.insert(cell, id), None, "two in one place: {cell:?}");
        }
    }

    fn leave(&mut self, id: i64) {
        self.0.retain(|_, there| *there != id);
    }
}

proptest::proptest! {
    /// Whatever is put in, moved and taken out: what is accepted never overlaps, and what is refused was taken.
    #[test]
    fn no_accepted_sequence_ever_overlaps(
        steps in proptest::collection::vec(
            (0_i64..14, -2_i64..26, 1_i64..9, 0_u8..4, 0_u8..5, proptest::bool::ANY),
            1..120,
        ),
    ) {
        let frame = Frame { units: 12, ..UP };
        let mut inside: Vec<Occupant> = Vec::new();
        let mut paper = Paper::default();
        for (id, offset, height, face, half, deep) in steps {
            if half == 4 {
                inside.retain(|there| there.device_id != DeviceId::new(id));
                paper.leave(id);
                continue;
            }
            let face = if face % 2 == 0 { Face::Front } else { Face::Rear };
            let half = match half { 0 => Some(Half::Left), 1 => Some(Half::Right), _ => None };
            let wanted = Place::new(face, Some(halves(offset)), halves(height), deep, half).unwrap();
            let others: Vec<Occupant> = inside
                .iter()
                .filter(|there| there.device_id != DeviceId::new(id))
                .cloned()
                .collect();
            let ground = Ground { frame, limits: Limits::default(), others: &others, holds: &[] };
            let newcomer = Newcomer { place: wanted, load: Load::default(), owner: None };
            let accepted = super::admit(&ground, newcomer).is_ok();
            let mut without = Paper(paper.0.clone());
            without.leave(id);
            assert_eq!(accepted, without.is_free(wanted, frame.units), "{wanted:?}");
            if accepted {
                paper = without;
                paper.take(wanted, id);
                inside = others;
                inside.push(Occupant { half, ..occupant(id, face, offset, height, deep) });
            }
        }
        for (index, one) in inside.iter().enumerate() {
            for other in &inside[index + 1..] {
                assert!(!one.place().unwrap().overlaps(other.place().unwrap()));
            }
        }
    }
}
