//! What switches see at their ports beside the cables on record.

use crate::base::ids::{DeviceId, DevicePortId};

crate::text_enum! {
    /// How what is seen at a port stands to the cable on record.
    pub enum Verdict {
        /// The line on record ends where the neighbour is.
        Agrees = "agrees",
        /// It ends elsewhere.
        Differs = "differs",
        /// A neighbour is seen and no cable is on record.
        NotOnRecord = "not-on-record",
        /// What is seen is no device on record, so that nothing can be said.
        Unknown = "unknown",
    }
}

/// A neighbour as far as it is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenAt {
    /// The device it is.
    pub device: Option<DeviceId>,
    /// The port of that device.
    pub port: Option<DevicePortId>,
}

/// Compares the neighbours of a port with where its line ends on record; `far` is `None` without a cable.
pub fn judge(seen: &[SeenAt], far: Option<&[(DeviceId, DevicePortId)]>) -> Verdict {
    let Some(far) = far else {
        return Verdict::NotOnRecord;
    };
    let agrees = seen.iter().any(|at| match (at.device, at.port) {
        (_, Some(port)) => far.iter().any(|(_, end)| *end == port),
        (Some(device), None) => far.iter().any(|(of, _)| *of == device),
        (None, None) => false,
    });
    if agrees {
        Verdict::Agrees
    } else if seen.iter().any(|at| at.device.is_some()) {
        Verdict::Differs
    } else {
        Verdict::Unknown
    }
}

/// The only port of a device that one of the texts names, whatever its letters' case, or that has one of them as its hardware address.
pub fn port_called<'a>(
    ports: impl Iterator<Item = (DevicePortId, &'a str, &'a str)>,
    texts: &[&str],
) -> Option<DevicePortId> {
    let ports: Vec<(DevicePortId, &str, &str)> = ports.collect();
    texts
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .find_map(|text| {
            let mut same = ports.iter().filter(|(_, name, mac)| {
                let is_mac = !mac.is_empty() && mac.eq_ignore_ascii_case(text);
                is_mac || name.to_lowercase() == text.to_lowercase()
            });
            let port = same.next().filter(|_| same.next().is_none())?;
            Some(port.0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_is_compared_with_the_end_of_the_line() {
        let (server, other) = (DeviceId::new(1), DeviceId::new(2));
        let (eth0, eth1, foreign) = (
            DevicePortId::new(10),
            DevicePortId::new(11),
            DevicePortId::new(20),
        );
        let at = |device: Option<DeviceId>, port: Option<DevicePortId>| SeenAt { device, port };
        let far = [(server, eth0)];
        for (seen, on_record, wanted) in [
            (
                vec![at(Some(server), Some(eth0))],
                Some(&far[..]),
                Verdict::Agrees,
            ),
            (
                vec![at(Some(server), None)],
                Some(&far[..]),
                Verdict::Agrees,
            ),
            (
                vec![at(Some(server), Some(eth1))],
                Some(&far[..]),
                Verdict::Differs,
            ),
            (
                vec![at(Some(other), Some(foreign))],
                Some(&far[..]),
                Verdict::Differs,
            ),
            (
                vec![at(Some(other), None), at(Some(server), Some(eth0))],
                Some(&far[..]),
                Verdict::Agrees,
            ),
            (vec![at(None, None)], Some(&far[..]), Verdict::Unknown),
            (
                vec![at(Some(server), Some(eth0))],
                Some(&[][..]),
                Verdict::Differs,
            ),
            (vec![at(None, None)], None, Verdict::NotOnRecord),
        ] {
            assert_eq!(judge(&seen, on_record), wanted, "{seen:?}");
        }
    }

    #[test]
    fn a_port_is_found_by_name_or_address_when_only_one_can_be_meant() {
        let ports = [
            (DevicePortId::new(1), "Eth1/1", "02:00:00:00:00:01"),
            (DevicePortId::new(2), "eth1/2", ""),
            (DevicePortId::new(3), "ETH1/2", ""),
        ];
        let called = |texts: &[&str]| port_called(ports.iter().copied(), texts).map(|id| id.get());
        assert_eq!(called(&["eth1/1"]), Some(1));
        assert_eq!(called(&["", "nothing", "02:00:00:00:00:01"]), Some(1));
        assert_eq!(called(&["eth1/2"]), None, "two can be meant");
    }
}
