//! Blades in the bays of chassis.

use crate::base::ids::DeviceId;

crate::text_enum! {
    /// What a type is among chassis and blades.
    pub enum SubdeviceRole {
        /// Neither.
        None = "",
        /// It has bays that hold others.
        Parent = "parent",
        /// It stands in a bay.
        Child = "child",
    }
}

/// A blade in a bay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blade {
    /// The blade.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its bay.
    pub bay: String,
}

/// Why a device may not go into a bay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BayRefusal<'a> {
    /// The other device has no bays.
    NoChassis,
    /// The device goes into no bay.
    NoBlade,
    /// A chassis would stand in itself.
    Circle,
    /// Something is in the bay.
    Taken(&'a Blade),
}

/// Whether a device of the role `own` may go into `bay` of a chassis of the role `of`. `others` is in the chassis without
/// the device itself; `above` is the chassis, what holds it, and so on.
pub fn may_enter<'a>(
    device: Option<DeviceId>,
    own: SubdeviceRole,
    of: SubdeviceRole,
    above: &[DeviceId],
    others: &'a [Blade],
    bay: &str,
) -> Result<(), BayRefusal<'a>> {
    if device.is_some_and(|device| above.contains(&device)) {
        return Err(BayRefusal::Circle);
    }
    if of != SubdeviceRole::Parent {
        return Err(BayRefusal::NoChassis);
    }
    if own != SubdeviceRole::Child {
        return Err(BayRefusal::NoBlade);
    }
    let same = |blade: &&Blade| blade.bay.to_lowercase() == bay.to_lowercase();
    match others.iter().find(same) {
        Some(blade) => Err(BayRefusal::Taken(blade)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bay_takes_one_blade_and_no_chassis_takes_itself() {
        use SubdeviceRole::{Child, None as Plain, Parent};
        let id = DeviceId::new;
        let others = [Blade {
            device_id: id(5),
            name: "BL-5".into(),
            bay: "1a".into(),
        }];
        let above = [id(1), id(2)];
        // device, its role, the chassis's role, bay, answer
        for (device, own, of, bay, answer) in [
            (Some(id(9)), Child, Parent, "2", Ok(())),
            (None, Child, Parent, "2", Ok(())),
            (
                Some(id(9)),
                Child,
                Parent,
                "1A",
                Err(BayRefusal::Taken(&others[0])),
            ),
            (Some(id(9)), Child, Plain, "2", Err(BayRefusal::NoChassis)),
            (Some(id(9)), Child, Child, "2", Err(BayRefusal::NoChassis)),
            (Some(id(9)), Plain, Parent, "2", Err(BayRefusal::NoBlade)),
            (Some(id(9)), Parent, Parent, "2", Err(BayRefusal::NoBlade)),
            (Some(id(1)), Child, Parent, "2", Err(BayRefusal::Circle)),
            (Some(id(2)), Parent, Parent, "2", Err(BayRefusal::Circle)),
        ] {
            let found = may_enter(device, own, of, &above, &others, bay);
            assert_eq!(found, answer, "{device:?} {own} {of} {bay}");
        }
    }
}
