//! The grid of a rack and the places in it, in half-units.

use super::model::{Face, Half, Numbering};
use crate::base::ids::{CustomerId, ReservationId};
use crate::base::units::{Grams, HalfUnits, Watts};

/// The grid of a rack: how many units, and how they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Height in rack units.
    pub units: i64,
    /// Number of the first unit.
    pub starting_unit: i64,
    /// Which way units are counted.
    pub numbering: Numbering,
}

impl Frame {
    /// Height in half-units.
    pub const fn half_units(self) -> i64 {
        self.units * 2
    }

    /// Offset from the bottom of something `height` high whose lowest-numbered unit is `unit` (in half-units of
    /// the rack's own count). `None` when it would stick out.
    pub fn offset_of(self, unit: HalfUnits, height: HalfUnits) -> Option<HalfUnits> {
        let counted = unit.get() - self.starting_unit * 2;
        let offset = match self.numbering {
            Numbering::Up => counted,
            Numbering::Down => self.half_units() - counted - height.get(),
        };
        let offset = HalfUnits::new(offset);
        (counted >= 0 && self.holds(offset, height)).then_some(offset)
    }

    /// The lowest-numbered unit of something at `offset` from the bottom, in half-units of the rack's count.
    pub const fn unit_of(self, offset: HalfUnits, height: HalfUnits) -> HalfUnits {
        let counted = match self.numbering {
            Numbering::Up => offset.get(),
            Numbering::Down => self.half_units() - offset.get() - height.get(),
        };
        HalfUnits::new(counted + self.starting_unit * 2)
    }

    /// Whether a stretch lies inside the rack.
    pub const fn holds(self, offset: HalfUnits, height: HalfUnits) -> bool {
        offset.get() >= 0 && offset.get() + height.get() <= self.half_units()
    }

    /// Unit numbers from the upper edge down, as painted on the posts.
    pub fn numbers_from_top(self) -> Vec<i64> {
        let upward = self.starting_unit..self.starting_unit + self.units;
        match self.numbering {
            Numbering::Up => upward.rev().collect(),
            Numbering::Down => upward.collect(),
        }
    }

    /// First and last unit number.
    pub const fn span(self) -> (i64, i64) {
        (self.starting_unit, self.starting_unit + self.units - 1)
    }
}

/// Where something stands or hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It takes units.
    Units {
        /// Half-units between it and the rack's bottom.
        offset: HalfUnits,
        /// Its height.
        height: HalfUnits,
        /// Whether it is on the front posts.
        front: bool,
        /// Whether it is on the rear posts, or reaches them.
        rear: bool,
        /// The half of the width that it takes; `None` is all of it.
        half: Option<Half>,
    },
    /// It hangs at a side.
    Side(Face),
}

impl Place {
    /// The place of something `height` high fixed at `face`; `None` when it takes units but has no offset.
    pub fn new(
        face: Face,
        offset: Option<HalfUnits>,
        height: HalfUnits,
        full_depth: bool,
        half: Option<Half>,
    ) -> Option<Self> {
        if face.is_side() {
            return Some(Self::Side(face));
        }
        Some(Self::Units {
            offset: offset?,
            height,
            front: full_depth || face == Face::Front,
            rear: full_depth || face == Face::Rear,
            half,
        })
    }

    /// Whether two things can't be in these places together. Things at one side are counted instead.
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (
                Self::Units {
                    offset: a,
                    height: high,
                    front,
                    rear,
                    half,
                },
                Self::Units {
                    offset: b,
                    height: other_high,
                    front: other_front,
                    rear: other_rear,
                    half: other_half,
                },
            ) => {
                let same_face = (front && other_front) || (rear && other_rear);
                let apart =
                    a.get() + high.get() <= b.get() || b.get() + other_high.get() <= a.get();
                let beside = half.is_some() && other_half.is_some() && half != other_half;
                same_face && !apart && !beside
            }
            _ => false,
        }
    }
}

/// What a device brings into a rack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Planned draw.
    pub watts: Watts,
    /// Weight.
    pub weight: Grams,
}

/// Limits of a rack; `None` when none is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Most power.
    pub watts: Option<Watts>,
    /// Most weight.
    pub weight: Option<Grams>,
}

/// A stretch of a rack that is kept for somebody, as far as the rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The reservation.
    pub id: ReservationId,
    /// What is kept.
    pub place: Place,
    /// For whom; `None` is the operator.
    pub customer_id: Option<CustomerId>,
    /// The units in words of the rack: `12–15`.
    pub units: String,
}
