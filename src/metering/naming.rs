//! By which name each port of a device is known: the chosen one where it is there and unique, else the next best.

use std::collections::{BTreeMap, BTreeSet};

use super::model::PortIdentity;

/// The names a device gives one port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortNames {
    /// ifName.
    pub name: Option<String>,
    /// ifDescr.
    pub descr: Option<String>,
    /// ifAlias.
    pub alias: Option<String>,
}

impl PortNames {
    fn of(&self, identity: PortIdentity) -> Option<&str> {
        let text = match identity {
            PortIdentity::IfName => &self.name,
            PortIdentity::IfDescr => &self.descr,
            PortIdentity::IfAlias => &self.alias,
        };
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }
}

/// The name a port is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The name.
    pub name: String,
    /// Whether the chosen kind of name was empty or not unique.
    pub fell_back: bool,
}

/// The name of each port, in the same order; `None` where no kind of name tells it from the others.
pub fn names(ports: &[PortNames], chosen: PortIdentity) -> Vec<Option<Known>> {
    let order = std::iter::once(chosen).chain(
        PortIdentity::ALL
            .iter()
            .copied()
            .filter(|other| *other != chosen),
    );
    let mut known: Vec<Option<Known>> = vec![None; ports.len()];
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for identity in order {
        let counts = counts(ports, identity);
        for (port, place) in ports.iter().zip(known.iter_mut()) {
            let Some(name) = port.of(identity).filter(|_| place.is_none()) else {
                continue;
            };
            if counts.get(name) == Some(&1) && taken.insert(name.to_owned()) {
                *place = Some(Known {
                    name: name.to_owned(),
                    fell_back: identity != chosen,
                });
            }
        }
    }
    known
}

fn counts(ports: &[PortNames], identity: PortIdentity) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for name in ports.iter().filter_map(|port| port.of(identity)) {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, descr: &str, alias: &str) -> PortNames {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PortNames {
            name: text(name),
            descr: text(descr),
            alias: text(alias),
        }
    }

    fn shown(ports: &[PortNames], chosen: PortIdentity) -> Vec<String> {
        names(ports, chosen)
            .into_iter()
            .map(|known| match known {
                Some(Known {
                    name,
                    fell_back: false,
                }) => name,
                Some(Known {
                    name,
                    fell_back: true,
                }) => format!("~{name}"),
                None => "?".to_owned(),
            })
            .collect()
    }

    #[test]
    fn a_unique_name_is_enough_and_others_fall_back() {
        let ports = [
            port("Gi0/1", "GigabitEthernet0/1", "uplink"),
            port("Gi0/2", "GigabitEthernet0/2", ""),
            port("Gi0/2", "GigabitEthernet0/3", ""),
            port("", "Vlan1", "office"),
            port("", "Vlan1", ""),
        ];
        assert_eq!(
            shown(&ports, PortIdentity::IfName),
            [
                "Gi0/1",
                "~GigabitEthernet0/2",
                "~GigabitEthernet0/3",
                "~office",
                "?"
            ]
        );
        assert_eq!(
            shown(&ports, PortIdentity::IfAlias),
            [
                "uplink",
                "~GigabitEthernet0/2",
                "~GigabitEthernet0/3",
                "office",
                "?"
            ]
        );
    }

    #[test]
    fn no_two_ports_get_one_name_over_two_kinds() {
        let ports = [
            port("lan1", "x", ""),
            port("", "lan1", "spare"),
            port(" ", "", ""),
        ];
        assert_eq!(shown(&ports, PortIdentity::IfName), ["lan1", "~spare", "?"]);
    }
}
