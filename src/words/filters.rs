//! How instants, rates and numbers look on a page.

use chrono_tz::Tz;
use minijinja::{Error, ErrorKind, Value};

use crate::base::time::Timestamp;

/// A rate in decimal units with three figures: `12.3` and `Mbps`.
pub fn rate_text(bits_per_second: f64) -> (String, &'static str) {
    scaled(bits_per_second, &["bps", "kbps", "Mbps", "Gbps", "Tbps"])
}

/// A volume in decimal units with three figures: `1.25` and `TB`.
pub fn octets_text(octets: f64) -> (String, &'static str) {
    scaled(octets, &["B", "kB", "MB", "GB", "TB", "PB"])
}

fn scaled(value: f64, units: &[&'static str]) -> (String, &'static str) {
    let mut value = value;
    let mut units = units.iter();
    let mut unit = units.next().copied().unwrap_or("");
    for next in units {
        if value.abs() < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    let decimals = if value == 0.0
        || value.abs() >= 99.95
        || value.fract() == 0.0 && value.abs() < 1000.0 && unit.len() <= 3 && unit == "bps"
    {
        0
    } else if value.abs() >= 9.995 {
        1
    } else {
        2
    };
    (format!("{value:.decimals$}"), unit)
}

fn quantity(value: &Value, text: fn(f64) -> (String, &'static str)) -> Value {
    match number(value) {
        None => Value::from_safe_string("<span class=\"none\">–</span>".into()),
        Some(number) => {
            let (figure, unit) = text(number);
            Value::from_safe_string(format!(
                "<span class=\"num\">{figure}</span> <span class=\"unit\">{unit}</span>"
            ))
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    if value.is_none() || value.is_undefined() {
        return None;
    }
    f64::try_from(value.clone()).ok()
}

/// `rate`: bit/s in decimal units.
pub(super) fn rate(value: &Value) -> Value {
    quantity(value, rate_text)
}

/// `octets`: volume in decimal units.
pub(super) fn octets(value: &Value) -> Value {
    quantity(value, octets_text)
}

/// `num`: a whole number in groups of three, parted by a thin space.
pub(super) fn num(value: &Value) -> Value {
    let Some(number) = i64::try_from(value.clone()).ok() else {
        return value.clone();
    };
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digits.len() > 4 {
            grouped.push('\u{2009}');
        }
        grouped.push(digit);
    }
    let sign = if number < 0 { "−" } else { "" };
    Value::from(format!("{sign}{grouped}"))
}

/// `instant`: local minute with the zone's offset on hover. Takes RFC 3339 or epoch milliseconds.
pub(super) fn instant(value: &Value, zone: Tz) -> Result<Value, Error> {
    let Some(at) = timestamp(value)? else {
        return Ok(Value::from_safe_string(
            "<span class=\"none\">–</span>".into(),
        ));
    };
    Ok(Value::from_safe_string(format!(
        "<time datetime=\"{}\" title=\"{} {} {}\">{}</time>",
        at.to_rfc3339(),
        at.local_minute(zone),
        at.local_offset(zone),
        zone.name(),
        at.local_minute(zone)
    )))
}

/// `clock`: hours and minutes only.
pub(super) fn clock(value: &Value, zone: Tz) -> Result<Value, Error> {
    let Some(at) = timestamp(value)? else {
        return Ok(Value::from("–"));
    };
    let minute = at.local_minute(zone);
    let clock = minute
        .split_once(' ')
        .map_or(minute.as_str(), |(_, clock)| clock);
    Ok(Value::from_safe_string(format!(
        "<time datetime=\"{}\" title=\"{} {}\">{clock}</time>",
        at.to_rfc3339(),
        minute,
        at.local_offset(zone)
    )))
}

/// `typed_instant`: as a form field takes it, `2026-11-22T14:05`.
pub(super) fn typed_instant(value: &Value, zone: Tz) -> Result<Value, Error> {
    Ok(Value::from(
        timestamp(value)?.map_or_else(String::new, |at| at.local_minute(zone).replace(' ', "T")),
    ))
}

fn timestamp(value: &Value) -> Result<Option<Timestamp>, Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(None);
    }
    if let Some(text) = value.as_str() {
        return Timestamp::parse_in(text, Tz::UTC).map(Some).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidOperation,
                format!("{text:?} is no instant"),
            )
        });
    }
    Ok(Some(Timestamp::from_millis(i64::try_from(value.clone())?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_decimal_with_three_figures() {
        for (value, text) in [
            (0.0, "0 bps"),
            (999.0, "999 bps"),
            (1_000.0, "1.00 kbps"),
            (12_345_678.0, "12.3 Mbps"),
            (999_960_000.0, "1.00 Gbps"),
            (100_000_000.0, "100 Mbps"),
        ] {
            let (figure, unit) = rate_text(value);
            assert_eq!(format!("{figure} {unit}"), text);
        }
    }

    #[test]
    fn whole_numbers_are_grouped() {
        assert_eq!(
            num(&Value::from(1_234_567)).to_string(),
            "1\u{2009}234\u{2009}567"
        );
        assert_eq!(num(&Value::from(1234)).to_string(), "1234");
    }
}
