//! What a number format of a workbook makes of a number, as far as it matters for records: dates, times, leading zeros.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate, NaiveDateTime};

/// Last day that a workbook knows, 9999-12-31.
const LAST_DAY: f64 = 2_958_466.0;
const SECONDS_OF_DAY: f64 = 86_400.0;

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum NumberFormat {
    /// A number.
    #[default]
    Plain,
    /// A day, a time or both.
    Moment,
    /// A whole number with zeros in front up to this many digits.
    Padded(usize),
}

impl NumberFormat {
    /// The format of a code such as `yyyy-mm-dd` or `00000`.
    pub(super) fn of_code(code: &str) -> Self {
        let code = code.split(';').next().unwrap_or_default();
        if code.len() > 1 && code.len() <= 64 && code.bytes().all(|octet| octet == b'0') {
            return Self::Padded(code.len());
        }
        if code.eq_ignore_ascii_case("general") {
            return Self::Plain;
        }
        let mut letters = code.chars();
        while let Some(c) = letters.next() {
            match c {
                '"' => {
                    letters.by_ref().find(|c| *c == '"');
                }
                '[' => {
                    let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                    if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                        return Self::Moment;
                    }
                }
                '\\' | '_' | '*' => {
                    letters.next();
                }
                c if "ymdhsYMDHS年月日".contains(c) => return Self::Moment,
                _ => {}
            }
        }
        Self::Plain
    }

    /// The format of a number that the standard gives (ECMA-376, part 1, 18.8.30), those of Chinese workbooks with it.
    const fn built_in(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Self::Moment,
            _ => Self::Plain,
        }
    }

    /// The text of a number where it is not just the number.
    pub(super) fn shown(self, value: f64, from_1904: bool) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Moment => moment(value, from_1904),
            Self::Padded(width) => (value.fract() == 0.0 && (0.0..1e15).contains(&value))
                .then(|| format!("{value:0width$}")),
        }
    }
}

fn moment(value: f64, from_1904: bool) -> Option<String> {
    if !(0.0..LAST_DAY).contains(&value) {
        return None;
    }
    // Days since 1899-12-30, for 1900 was no leap year and workbooks think it was; before March 1900 a day later.
    let (year, month, day) = match (from_1904, value < 60.0) {
        (true, _) => (1904, 1, 1),
        (false, true) => (1899, 12, 31),
        (false, false) => (1899, 12, 30),
    };
    let start = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?;
    let seconds = (value * SECONDS_OF_DAY).round();
    // Exact: fewer than 2^38 seconds.
    let at: NaiveDateTime =
        start.checked_add_signed(Duration::seconds(format!("{seconds}").parse().ok()?))?;
    let text = if value < 1.0 {
        at.format("%H:%M:%S").to_string()
    } else if seconds % SECONDS_OF_DAY == 0.0 {
        at.format("%Y-%m-%d").to_string()
    } else {
        at.format("%Y-%m-%dT%H:%M:%S").to_string()
    };
    Some(text)
}

/// The formats of a workbook.
#[derive(Debug, Default)]
pub(super) struct Styles {
    own: BTreeMap<u32, NumberFormat>,
    cells: Vec<NumberFormat>,
}

impl Styles {
    /// A format of the workbook's own.
    pub(super) fn define(&mut self, id: u32, code: &str) {
        self.own
            .entry(id)
            .or_insert_with(|| NumberFormat::of_code(code));
    }

    /// The next style of cells.
    pub(super) fn add_cell_style(&mut self, id: u32) {
        let own = self.own.get(&id);
        self.cells
            .push(own.copied().unwrap_or_else(|| NumberFormat::built_in(id)));
    }

    /// How many there are, of both sorts.
    pub(super) fn len(&self) -> usize {
        self.own.len().saturating_add(self.cells.len())
    }

    /// The format of a style of cells.
    pub(super) fn of(&self, style: usize) -> NumberFormat {
        self.cells.get(style).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_by_table() {
        for (code, format) in [
            ("General", NumberFormat::Plain),
            ("0", NumberFormat::Plain),
            ("0.00", NumberFormat::Plain),
            ("#,##0\" days\"", NumberFormat::Plain),
            ("00000", NumberFormat::Padded(5)),
            ("yyyy-mm-dd", NumberFormat::Moment),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", NumberFormat::Moment),
            ("[h]:mm", NumberFormat::Moment),
            ("[Red]0.00", NumberFormat::Plain),
            ("@", NumberFormat::Plain),
        ] {
            assert_eq!(NumberFormat::of_code(code), format, "{code}");
        }
    }

    #[test]
    fn moments_by_table() {
        for (value, from_1904, text) in [
            (46_348.0, false, Some("2026-11-22")),
            (44_886.0, true, Some("2026-11-22")),
            (46_348.5, false, Some("2026-11-22T12:00:00")),
            (0.25, false, Some("06:00:00")),
            (1.0, false, Some("1900-01-01")),
            (61.0, false, Some("1900-03-01")),
            (-1.0, false, None),
            (3_000_000.0, false, None),
        ] {
            let shown = NumberFormat::Moment.shown(value, from_1904);
            assert_eq!(shown.as_deref(), text, "{value}");
        }
        assert_eq!(
            NumberFormat::Padded(6).shown(123.0, false).as_deref(),
            Some("000123")
        );
        assert_eq!(NumberFormat::Padded(6).shown(1.5, false), None);
    }
}
