//! Units of sensors (IPMI table 43-15), where the world writes a short one.

/// The unit of a record's three unit octets; none where there is no unit, or a composed one that
/// has no usual short form: a wrong unit is worse than none.
pub const fn unit(flags: u8, base: u8, modifier: u8) -> Option<&'static str> {
    const PERCENT: u8 = 0x01;
    const RATE: u8 = 0x38;
    const COMPOSED: u8 = 0x06;
    if flags & PERCENT != 0 {
        return Some("%");
    }
    match (flags & COMPOSED, (flags & RATE) >> 3) {
        // Revolutions are a rate already, and makers disagree whether to say so again.
        (0, 0) => name(base),
        (0, _) if base == 18 => name(base),
        (0, 3) if base == 7 => Some("W"),
        (0, 3) if base == 70 => Some("B/s"),
        (0, 4) if base == 37 => Some("l/min"),
        // Basic unit times modifier unit: watt and volt-ampere with the hour.
        (4, 0) if base == 6 && modifier == 24 => Some("Wh"),
        _ => None,
    }
}

const fn name(base: u8) -> Option<&'static str> {
    Some(match base {
        1 => "°C",
        2 => "°F",
        3 => "K",
        4 => "V",
        5 => "A",
        6 => "W",
        7 => "J",
        8 => "C",
        9 => "VA",
        10 => "nit",
        11 => "lm",
        12 => "lx",
        13 => "cd",
        14 => "kPa",
        15 => "psi",
        16 => "N",
        17 => "cfm",
        18 => "rpm",
        19 => "Hz",
        20 => "µs",
        21 => "ms",
        22 => "s",
        23 => "min",
        24 => "h",
        25 => "d",
        26 => "weeks",
        27 => "mil",
        28 => "in",
        29 => "ft",
        30 => "cu in",
        31 => "cu ft",
        32 => "mm",
        33 => "cm",
        34 => "m",
        35 => "cm³",
        36 => "m³",
        37 => "l",
        38 => "fl oz",
        39 => "rad",
        40 => "sr",
        41 => "rev",
        42 => "cycles",
        43 => "g",
        44 => "oz",
        45 => "lb",
        48 => "gauss",
        50 => "H",
        51 => "mH",
        52 => "F",
        53 => "µF",
        54 => "Ω",
        55 => "S",
        56 => "mol",
        57 => "Bq",
        58 => "ppm",
        60 => "dB",
        61 => "dBA",
        62 => "dBC",
        63 => "Gy",
        64 => "Sv",
        66 => "bit",
        67 => "kbit",
        68 => "Mbit",
        69 => "Gbit",
        70 => "B",
        71 => "kB",
        72 => "MB",
        73 => "GB",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::unit;

    #[test]
    fn units_are_said_only_when_they_are_known() {
        for (octets, wanted) in [
            ([0x00, 4, 0], Some("V")),
            ([0x01, 0, 0], Some("%")),
            ([0x20, 18, 0], Some("rpm")),
            ([0x02, 4, 24], None),
            ([0x18, 7, 0], Some("W")),
            ([0x00, 0, 0], None),
            ([0x00, 200, 0], None),
        ] {
            let [flags, base, modifier] = octets;
            assert_eq!(unit(flags, base, modifier), wanted, "{octets:x?}");
        }
    }
}
