//! Which port a local port number of LLDP is: on many devices it is no ifIndex, so the port is found by the name
//! the device gives it (lldpLocPortTable, IEEE 802.1AB).

use std::collections::{BTreeMap, BTreeSet};

use super::report::PortReading;

/// What a device says of a local port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LocalPort {
    /// lldpLocPortIdSubtype.
    pub(super) subtype: Option<u32>,
    /// lldpLocPortId.
    pub(super) id: Vec<u8>,
    /// lldpLocPortDesc.
    pub(super) descr: Option<String>,
}

/// LldpPortIdSubtype: a MAC address.
pub(super) const BY_MAC: u32 = 3;
/// LldpPortIdSubtype: whatever the device likes.
const BY_LOCAL: u32 = 7;

/// ifIndex by local port number, for those of `wanted` that can be told.
pub(super) fn places(
    wanted: &BTreeSet<u32>,
    locals: &BTreeMap<u32, LocalPort>,
    ports: &[PortReading],
    macs: &BTreeMap<u32, Vec<u8>>,
) -> BTreeMap<u32, u32> {
    let known = Known { ports, macs };
    let named: BTreeMap<u32, u32> = locals
        .iter()
        .filter_map(|(number, local)| Some((*number, known.place(*number, local)?)))
        .collect();
    // Where every port that names tell has its ifIndex for a number, the rest has too.
    let agrees = !named.is_empty() && named.iter().all(|(number, index)| number == index);
    let place = |number: &u32| {
        let by_number = || known.is_index(*number).filter(|_| agrees);
        Some((*number, named.get(number).copied().or_else(by_number)?))
    };
    wanted.iter().filter_map(place).collect()
}

struct Known<'a> {
    ports: &'a [PortReading],
    macs: &'a BTreeMap<u32, Vec<u8>>,
}

impl Known<'_> {
    fn is_index(&self, number: u32) -> Option<u32> {
        let is = self.ports.iter().any(|port| port.if_index == number);
        is.then_some(number)
    }

    fn place(&self, number: u32, local: &LocalPort) -> Option<u32> {
        let text = super::text::text(&local.id);
        let by_mac = || match local.subtype {
            Some(BY_MAC) => one_of(number, &self.of_mac(&local.id)),
            _ => None,
        };
        let by_id = || one_of(number, &self.of_name(text.as_deref()?));
        let by_number = || {
            let said: u32 = text.as_deref()?.parse().ok()?;
            let free = matches!(local.subtype, None | Some(BY_LOCAL));
            (free && said == number).then(|| self.is_index(said))?
        };
        let by_descr = || one_of(number, &self.of_name(local.descr.as_deref()?));
        by_mac().or_else(by_id).or_else(by_number).or_else(by_descr)
    }

    fn of_mac(&self, mac: &[u8]) -> Vec<u32> {
        let same = self.macs.iter().filter(|(_, of)| of.as_slice() == mac);
        same.map(|(index, _)| *index).collect()
    }

    /// Ports of a name: by ifName, else ifDescr, else ifAlias, else either of the first two in other letters.
    fn of_name(&self, name: &str) -> Vec<u32> {
        let by = |is: &dyn Fn(&PortReading) -> bool| -> Vec<u32> {
            let found = self.ports.iter().filter(|port| is(port));
            found.map(|port| port.if_index).collect()
        };
        let same = |said: &Option<String>| said.as_deref() == Some(name);
        let alike = |said: &Option<String>| {
            said.as_deref()
                .is_some_and(|said| said.eq_ignore_ascii_case(name))
        };
        [
            by(&|port| same(&port.name)),
            by(&|port| same(&port.descr)),
            by(&|port| same(&port.alias)),
            by(&|port| alike(&port.name) || alike(&port.descr)),
        ]
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
    }
}

/// The only one, or the one whose ifIndex is the number.
fn one_of(number: u32, found: &[u32]) -> Option<u32> {
    match found {
        [one] => Some(*one),
        many => many.contains(&number).then_some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(if_index: u32, name: &str, descr: &str, alias: &str) -> PortReading {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PortReading {
            if_index,
            name: text(name),
            descr: text(descr),
            alias: text(alias),
            ..PortReading::default()
        }
    }

    fn local(subtype: Option<u32>, id: &[u8], descr: &str) -> LocalPort {
        LocalPort {
            subtype,
            id: id.to_vec(),
            descr: (!descr.is_empty()).then(|| descr.to_owned()),
        }
    }

    fn switch() -> Vec<PortReading> {
        vec![
            port(10, "Gi1/0/1", "GigabitEthernet1/0/1", "to core"),
            port(11, "Gi1/0/2", "GigabitEthernet1/0/2", "spare"),
            port(12, "Gi1/0/3", "GigabitEthernet1/0/3", "spare"),
            port(1, "Vlan1", "Vlan1", ""),
        ]
    }

    /// Where a single local port is.
    fn place(number: u32, local: LocalPort) -> Option<u32> {
        let macs = [(10, vec![2; 6]), (11, vec![3; 6]), (12, vec![3; 6])].into();
        let wanted = [number].into();
        let locals = [(number, local)].into();
        places(&wanted, &locals, &switch(), &macs)
            .get(&number)
            .copied()
    }

    #[test]
    fn ports_are_found_by_what_the_device_calls_them() {
        let table = [
            ("name", 1, local(Some(5), b"Gi1/0/1", ""), Some(10)),
            (
                "name in other letters",
                1,
                local(Some(5), b"gi1/0/1", ""),
                Some(10),
            ),
            (
                "name without a subtype",
                1,
                local(None, b"Gi1/0/2", ""),
                Some(11),
            ),
            (
                "long name as local",
                2,
                local(Some(7), b"GigabitEthernet1/0/2", ""),
                Some(11),
            ),
            ("alias", 3, local(Some(1), b"to core", ""), Some(10)),
            ("an alias of two", 3, local(Some(1), b"spare", ""), None),
            (
                "an alias of two, one of that number",
                12,
                local(Some(1), b"spare", ""),
                Some(12),
            ),
            ("mac", 9, local(Some(3), &[2; 6], ""), Some(10)),
            ("a mac of two", 9, local(Some(3), &[3; 6], ""), None),
            (
                "a mac of two and a description",
                9,
                local(Some(3), &[3; 6], "Gi1/0/3"),
                Some(12),
            ),
            (
                "its ifIndex as text",
                11,
                local(Some(7), b"11", ""),
                Some(11),
            ),
            (
                "another's ifIndex as text",
                1,
                local(Some(7), b"11", ""),
                None,
            ),
            (
                "an ifIndex that is none",
                99,
                local(Some(7), b"99", ""),
                None,
            ),
            (
                "description only",
                7,
                local(Some(2), b"slot 7", "GigabitEthernet1/0/3"),
                Some(12),
            ),
            (
                "nothing that is known",
                10,
                local(Some(5), b"Te9/9", "nothing"),
                None,
            ),
        ];
        for (what, number, local, expected) in table {
            assert_eq!(place(number, local), expected, "{what}");
        }
    }

    #[test]
    fn numbers_are_believed_only_where_names_agree_with_them() {
        let by_name = |number, name: &[u8]| (number, local(Some(5), name, ""));
        let wanted = BTreeSet::from([10, 12]);
        let none = BTreeMap::new();
        let agree = [by_name(10, b"Gi1/0/1")].into();
        assert_eq!(
            places(&wanted, &agree, &switch(), &none),
            [(10, 10), (12, 12)].into()
        );
        let shifted = [by_name(10, b"Gi1/0/2")].into();
        assert_eq!(
            places(&wanted, &shifted, &switch(), &none),
            [(10, 11)].into()
        );
        assert_eq!(
            places(&wanted, &none_local(), &switch(), &none),
            none_placed()
        );
    }

    fn none_local() -> BTreeMap<u32, LocalPort> {
        BTreeMap::new()
    }

    fn none_placed() -> BTreeMap<u32, u32> {
        BTreeMap::new()
    }
}
