//! What may stand beside what is there: pure rules over the occupants of a rack.

use super::placement::{Frame, Hold, Limits, Load, Place};
use super::rows::Occupant;
use crate::base::ids::CustomerId;
use crate::base::units::{Grams, HalfUnits, Watts};

/// Most devices that hang at one side of a rack.
const SIDE_PLACES: usize = 2;

/// A rack as the rules see it: its grid, its limits, what stands in it and what is kept.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Its grid.
    pub frame: Frame,
    /// Its limits.
    pub limits: Limits,
    /// What stands in it, without what wants to go in.
    pub others: &'a [Occupant],
    /// What is kept in it today.
    pub holds: &'a [Hold],
}

/// What wants to go in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newcomer {
    /// Where.
    pub place: Place,
    /// What it brings.
    pub load: Load,
    /// Whose it is; `None` is the operator.
    pub owner: Option<CustomerId>,
}

/// Why something may not go into a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// It would stick out of the rack.
    OutOfRack,
    /// Something is there.
    Occupied(Vec<&'a Occupant>),
    /// The place is kept for somebody else.
    Kept(Vec<&'a Hold>),
    /// The rack would draw too much.
    TooMuchPower {
        /// What it would come to.
        total: Watts,
        /// What is allowed.
        limit: Watts,
    },
    /// The rack would be too heavy.
    TooHeavy {
        /// What it would come to.
        total: Grams,
        /// What is allowed.
        limit: Grams,
    },
}

/// What is in the way of a place.
pub fn clashes(others: &[Occupant], place: Place) -> Vec<&Occupant> {
    if let Place::Side(side) = place {
        let hanging: Vec<&Occupant> = others.iter().filter(|other| other.face == side).collect();
        return if hanging.len() < SIDE_PLACES {
            Vec::new()
        } else {
            hanging
        };
    }
    others
        .iter()
        .filter(|other| other.place().is_some_and(|there| place.overlaps(there)))
        .collect()
}

/// What keeps a place for somebody else than `owner`.
pub fn kept_for_others(holds: &[Hold], place: Place, owner: Option<CustomerId>) -> Vec<&Hold> {
    holds
        .iter()
        .filter(|hold| hold.customer_id != owner && hold.place.overlaps(place))
        .collect()
}

/// Whether something may go into a place of a rack.
pub fn admit<'a>(ground: &Ground<'a>, newcomer: Newcomer) -> Result<(), Refusal<'a>> {
    let Ground {
        frame,
        limits,
        others,
        holds,
    } = *ground;
    let Newcomer { place, load, owner } = newcomer;
    if let Place::Units { offset, height, .. } = place
        && !frame.holds(offset, height)
    {
        return Err(Refusal::OutOfRack);
    }
    let in_the_way = clashes(others, place);
    if !in_the_way.is_empty() {
        return Err(Refusal::Occupied(in_the_way));
    }
    let kept = kept_for_others(holds, place, owner);
    if !kept.is_empty() {
        return Err(Refusal::Kept(kept));
    }
    let sum = others
        .iter()
        .map(Occupant::load)
        .fold(load, |sum, next| Load {
            watts: sum.watts.saturating_add(next.watts),
            weight: sum.weight.saturating_add(next.weight),
        });
    match limits.watts {
        Some(limit) if load.watts.get() > 0 && sum.watts > limit => {
            return Err(Refusal::TooMuchPower {
                total: sum.watts,
                limit,
            });
        }
        _ => {}
    }
    match limits.weight {
        Some(limit) if load.weight.get() > 0 && sum.weight > limit => Err(Refusal::TooHeavy {
            total: sum.weight,
            limit,
        }),
        _ => Ok(()),
    }
}

/// How full a rack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Fill {
    /// Half-units taken on either face.
    pub used_half_units: i64,
    /// Half-units there are.
    pub half_units: i64,
    /// Planned draw.
    pub watts: Watts,
    /// Weight on record.
    pub weight_g: Grams,
    /// Devices, those at the sides too.
    pub devices: i64,
}

impl Fill {
    /// Taken units in percent, rounded to the nearest.
    pub const fn percent(self) -> i64 {
        if self.half_units == 0 {
            return 0;
        }
        (self.used_half_units * 100 + self.half_units / 2) / self.half_units
    }
}

/// How full a rack is with these in it.
pub fn fill(frame: Frame, occupants: &[Occupant]) -> Fill {
    let taken = taken(frame, occupants);
    let mut fill = Fill {
        half_units: frame.half_units(),
        used_half_units: count(taken.iter().filter(|(front, rear)| *front || *rear).count()),
        devices: count(occupants.len()),
        ..Fill::default()
    };
    for load in occupants.iter().map(Occupant::load) {
        fill.watts = fill.watts.saturating_add(load.watts);
        fill.weight_g = fill.weight_g.saturating_add(load.weight);
    }
    fill
}

/// Whole units free on both faces, as the rack numbers them, in stretches of first and last number.
pub fn free_units(frame: Frame, occupants: &[Occupant]) -> Vec<(i64, i64)> {
    let taken = taken(frame, occupants);
    let mut numbers: Vec<i64> = taken
        .chunks(2)
        .enumerate()
        .filter(|(_, halves)| halves.iter().all(|(front, rear)| !front && !rear))
        .map(|(index, _)| frame.unit_of(HalfUnits::new(count(index) * 2), HalfUnits::new(2)))
        .map(|unit| unit.get() / 2)
        .collect();
    numbers.sort_unstable();
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => stretches.push((number, number)),
        }
    }
    stretches
}

/// For each half-unit from the bottom, whether front and rear are taken.
fn taken(frame: Frame, occupants: &[Occupant]) -> Vec<(bool, bool)> {
    let size = usize::try_from(frame.half_units()).unwrap_or(0);
    let mut grid = vec![(false, false); size];
    for place in occupants.iter().filter_map(Occupant::place) {
        if let Place::Units {
            offset,
            height,
            front,
            rear,
            ..
        } = place
        {
            for half in offset.get()..offset.get() + height.get() {
                if let Some(cell) = usize::try_from(half).ok().and_then(|at| grid.get_mut(at)) {
                    cell.0 |= front;
                    cell.1 |= rear;
                }
            }
        }
    }
    grid
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "occupancy_tests.rs"]
mod tests;
