//! The columns of ifTable and ifXTable that are read (RFC 2863).

use ::snmp::Oid;

const IF_ENTRY: [u32; 9] = [1, 3, 6, 1, 2, 1, 2, 2, 1];
const IF_X_ENTRY: [u32; 10] = [1, 3, 6, 1, 2, 1, 31, 1, 1, 1];

/// A column, by its name in the IF-MIB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names of RFC 2863")]
pub enum Column {
    IfDescr,
    IfType,
    IfSpeed,
    IfAdminStatus,
    IfOperStatus,
    IfInOctets,
    IfInDiscards,
    IfInErrors,
    IfOutOctets,
    IfOutDiscards,
    IfOutErrors,
    IfName,
    IfHcInOctets,
    IfHcInUcastPkts,
    IfHcOutOctets,
    IfHcOutUcastPkts,
    IfHighSpeed,
    IfAlias,
    IfCounterDiscontinuityTime,
}

impl Column {
    /// Read at every poll.
    pub(super) const COUNTERS: [Self; 5] = [
        Self::IfHcInOctets,
        Self::IfHcOutOctets,
        Self::IfOperStatus,
        Self::IfName,
        Self::IfCounterDiscontinuityTime,
    ];
    /// Read now and then.
    pub(super) const DESCRIPTION: [Self; 6] = [
        Self::IfDescr,
        Self::IfAlias,
        Self::IfType,
        Self::IfSpeed,
        Self::IfHighSpeed,
        Self::IfAdminStatus,
    ];
    /// Packets, errors and discards.
    pub(super) const PACKETS: [Self; 6] = [
        Self::IfHcInUcastPkts,
        Self::IfHcOutUcastPkts,
        Self::IfInErrors,
        Self::IfOutErrors,
        Self::IfInDiscards,
        Self::IfOutDiscards,
    ];
    /// Read where a port has no 64-bit counters.
    pub(super) const NARROW: [Self; 2] = [Self::IfInOctets, Self::IfOutOctets];

    /// Read where ports have no ifName, or not each its own.
    pub(super) const OTHER_NAMES: [Self; 2] = [Self::IfDescr, Self::IfAlias];

    /// Errors and discards.
    pub(super) const ERRORS: [Self; 4] = [
        Self::IfInErrors,
        Self::IfOutErrors,
        Self::IfInDiscards,
        Self::IfOutDiscards,
    ];
    /// Names, in the order in which they stand in for each other.
    pub(super) const NAMES: [Self; 3] = [Self::IfName, Self::IfDescr, Self::IfAlias];

    /// Its bit in a set of columns.
    pub(super) const fn bit(self) -> u32 {
        1 << (self as u32)
    }

    /// Its name in the IF-MIB.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IfDescr => "ifDescr",
            Self::IfType => "ifType",
            Self::IfSpeed => "ifSpeed",
            Self::IfAdminStatus => "ifAdminStatus",
            Self::IfOperStatus => "ifOperStatus",
            Self::IfInOctets => "ifInOctets",
            Self::IfInDiscards => "ifInDiscards",
            Self::IfInErrors => "ifInErrors",
            Self::IfOutOctets => "ifOutOctets",
            Self::IfOutDiscards => "ifOutDiscards",
            Self::IfOutErrors => "ifOutErrors",
            Self::IfName => "ifName",
            Self::IfHcInOctets => "ifHCInOctets",
            Self::IfHcInUcastPkts => "ifHCInUcastPkts",
            Self::IfHcOutOctets => "ifHCOutOctets",
            Self::IfHcOutUcastPkts => "ifHCOutUcastPkts",
            Self::IfHighSpeed => "ifHighSpeed",
            Self::IfAlias => "ifAlias",
            Self::IfCounterDiscontinuityTime => "ifCounterDiscontinuityTime",
        }
    }

    pub(super) fn oid(self) -> Oid {
        let (entry, number) = self.place();
        Oid::from_slice(entry).child(number)
    }

    /// Its name in octets.
    pub(super) fn root(self) -> Root {
        let (entry, number) = self.place();
        Root::new(entry, number)
    }

    const fn place(self) -> (&'static [u32], u32) {
        match self {
            Self::IfDescr => (&IF_ENTRY, 2),
            Self::IfType => (&IF_ENTRY, 3),
            Self::IfSpeed => (&IF_ENTRY, 5),
            Self::IfAdminStatus => (&IF_ENTRY, 7),
            Self::IfOperStatus => (&IF_ENTRY, 8),
            Self::IfInOctets => (&IF_ENTRY, 10),
            Self::IfInDiscards => (&IF_ENTRY, 13),
            Self::IfInErrors => (&IF_ENTRY, 14),
            Self::IfOutOctets => (&IF_ENTRY, 16),
            Self::IfOutDiscards => (&IF_ENTRY, 19),
            Self::IfOutErrors => (&IF_ENTRY, 20),
            Self::IfName => (&IF_X_ENTRY, 1),
            Self::IfHcInOctets => (&IF_X_ENTRY, 6),
            Self::IfHcInUcastPkts => (&IF_X_ENTRY, 7),
            Self::IfHcOutOctets => (&IF_X_ENTRY, 10),
            Self::IfHcOutUcastPkts => (&IF_X_ENTRY, 11),
            Self::IfHighSpeed => (&IF_X_ENTRY, 15),
            Self::IfAlias => (&IF_X_ENTRY, 18),
            Self::IfCounterDiscontinuityTime => (&IF_X_ENTRY, 19),
        }
    }
}

/// Octets of a column's name: each of its numbers is one.
const ROOT_OCTETS: usize = 10;

/// The name of a column as questions and answers carry it (X.690 section 8.19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Root {
    octets: [u8; ROOT_OCTETS],
    length: usize,
}

impl Root {
    /// Of numbers below 128, the first of which is 1.
    fn new(entry: &[u32], number: u32) -> Self {
        let mut root = Self {
            octets: [0; ROOT_OCTETS],
            length: 0,
        };
        let (first, rest) = entry.split_at(2.min(entry.len()));
        // The first two numbers share an octet.
        let first = first.iter().fold(0, |both, number| both * 40 + number);
        let numbers = [first].into_iter().chain(rest.iter().copied());
        for (octet, number) in root.octets.iter_mut().zip(numbers.chain([number])) {
            *octet = number as u8 & 0x7f;
            root.length += 1;
        }
        root
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn roots_are_the_names_of_the_columns() {
        let all = [
            &Column::COUNTERS[..],
            &Column::DESCRIPTION,
            &Column::PACKETS,
            &Column::NARROW,
        ];
        for column in all.concat() {
            let read = Oid::from_ber(column.root().as_slice()).unwrap();
            assert_eq!(read, column.oid(), "{column}");
        }
    }
}
