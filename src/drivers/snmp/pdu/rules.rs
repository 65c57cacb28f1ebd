//! From what a PDU said to gauges and outlets. Pure.

use std::collections::BTreeMap;

use ::snmp::Value;

use super::columns::Values;
use super::family::{Column, Family, Reads, Scale, When};
use crate::base::gauge::{GaugeMissing, GaugePart, GaugeSeen, OutletSeen, OutletState, Quantity};
use crate::drivers::snmp::text::text;

/// What unsigned numbers of 32 bits hold where there is nothing.
const ALL_ONES: i64 = u32::MAX as i64;
/// More decimals than any device has.
const MOST_DIGITS: i64 = 9;

type Index = Vec<u32>;
type Part = (GaugePart, Index);

/// A number as it was sent, before its unit: `mantissa / 10^decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Raw {
    mantissa: i64,
    decimals: u32,
}

/// Gauges and outlets in the order of their places.
pub(super) fn judge(family: &Family, values: &Values) -> (Vec<GaugeSeen>, Vec<OutletSeen>) {
    let mut names: BTreeMap<Part, String> = BTreeMap::new();
    let mut states: BTreeMap<Index, OutletState> = BTreeMap::new();
    let mut numbers: BTreeMap<(GaugePart, Index, Quantity), Result<i64, GaugeMissing>> =
        BTreeMap::new();
    for column in &family.columns {
        for (index, suffix, value) in rows(column, values) {
            match column.reads {
                Reads::Name => {
                    if let Some(name) = name(value) {
                        names.entry((column.part, index)).or_insert(name);
                    }
                }
                Reads::State { on, off } => {
                    let state = state(value, on, off);
                    let kept = states.entry(index).or_insert(state);
                    if *kept == OutletState::Unknown {
                        *kept = state;
                    }
                }
                Reads::Number(quantity) => {
                    let number = number(column, quantity, values, suffix, value);
                    let kept = numbers
                        .entry((column.part, index, quantity))
                        .or_insert(number);
                    if kept.is_err() && number.is_ok() {
                        *kept = number;
                    }
                }
            }
        }
    }
    (gauges(numbers, &names), outlets(states, &names))
}

fn gauges(
    numbers: BTreeMap<(GaugePart, Index, Quantity), Result<i64, GaugeMissing>>,
    names: &BTreeMap<Part, String>,
) -> Vec<GaugeSeen> {
    let all = numbers.into_iter().map(|((part, index, quantity), value)| {
        let place = (part, index);
        GaugeSeen {
            part,
            index: dotted(&place.1),
            quantity,
            name: names.get(&place).cloned(),
            value,
        }
    });
    all.collect()
}

/// An outlet is one that has a state or a name.
fn outlets(
    mut states: BTreeMap<Index, OutletState>,
    names: &BTreeMap<Part, String>,
) -> Vec<OutletSeen> {
    for (part, index) in names.keys() {
        if *part == GaugePart::Outlet {
            states.entry(index.clone()).or_insert(OutletState::Unknown);
        }
    }
    let all = states.into_iter().map(|(index, state)| {
        let place = (GaugePart::Outlet, index);
        OutletSeen {
            index: dotted(&place.1),
            name: names.get(&place).cloned(),
            state,
        }
    });
    all.collect()
}

/// Rows of a column that fit its conditions: the part's index, the row's own, and the value.
fn rows<'a>(
    column: &'a Column,
    values: &'a Values,
) -> impl Iterator<Item = (Index, &'a Index, &'a Value)> {
    let said = values.get(&column.place).into_iter().flatten();
    said.filter_map(move |(suffix, value)| {
        let mut index = suffix.clone();
        for when in &column.when {
            match when {
                When::Arc(arc) if index.pop() == Some(*arc) => {}
                When::Column { place, is } if found(values, *place, suffix) == Some(*is) => {}
                When::Not { place, is } if found(values, *place, suffix) != Some(*is) => {}
                _ => return None,
            }
        }
        let index = match &column.index {
            Some(fixed) => vec![fixed.parse().unwrap_or(0)],
            None => index,
        };
        Some((index, suffix, value))
    })
}

/// A whole number of another column in the same row, or of a scalar.
fn found(values: &Values, place: usize, suffix: &Index) -> Option<i64> {
    let column = values.get(&place)?;
    let value = column.get(suffix).or_else(|| column.get(&vec![0]))?;
    let raw = raw(value).ok()?;
    (raw.decimals == 0).then_some(raw.mantissa)
}

fn name(value: &Value) -> Option<String> {
    match value {
        Value::OctetString(octets) => text(octets),
        _ => None,
    }
}

fn state(value: &Value, on: i64, off: i64) -> OutletState {
    match raw(value) {
        Ok(raw) if raw.decimals == 0 && raw.mantissa == on => OutletState::On,
        Ok(raw) if raw.decimals == 0 && raw.mantissa == off => OutletState::Off,
        _ => OutletState::Unknown,
    }
}

fn number(
    column: &Column,
    quantity: Quantity,
    values: &Values,
    suffix: &Index,
    value: &Value,
) -> Result<i64, GaugeMissing> {
    let mut raw = raw(value)?;
    if column.missing.contains(&raw.mantissa) || raw.mantissa == ALL_ONES {
        return Err(GaugeMissing::NotMeasured);
    }
    if let Some(place) = column.digits {
        let digits = found(values, place, suffix).ok_or(GaugeMissing::NoSuch)?;
        if !(0..=MOST_DIGITS).contains(&digits) {
            return Err(GaugeMissing::OutOfRange);
        }
        raw.decimals += u32::try_from(digits).unwrap_or(0);
    }
    let amount = scaled(raw, column.scale).ok_or(GaugeMissing::OutOfRange)?;
    let (least, most) = quantity.bounds();
    if (least..=most).contains(&amount) {
        Ok(amount)
    } else {
        Err(GaugeMissing::OutOfRange)
    }
}

/// `(raw · times + plus) / over`, to the nearest whole number, halves away from 0.
fn scaled(raw: Raw, scale: Scale) -> Option<i64> {
    let tens = 10_i128.checked_pow(raw.decimals)?;
    let above = i128::from(raw.mantissa) * i128::from(scale.times) + i128::from(scale.plus) * tens;
    let below = i128::from(scale.over) * tens;
    let half = below / 2;
    let rounded = if above < 0 {
        above - half
    } else {
        above + half
    } / below;
    i64::try_from(rounded).ok()
}

fn raw(value: &Value) -> Result<Raw, GaugeMissing> {
    let whole = |mantissa: i64| {
        Ok(Raw {
            mantissa,
            decimals: 0,
        })
    };
    match value {
        Value::Integer(number) => whole(i64::from(*number)),
        Value::Gauge32(number) | Value::UInteger32(number) | Value::Counter32(number) => {
            whole(i64::from(*number))
        }
        Value::Counter64(number) => whole(i64::try_from(*number).unwrap_or(i64::MAX)),
        Value::OctetString(octets) => decimal(octets).ok_or(GaugeMissing::WrongType),
        Value::Null | Value::NoSuchObject | Value::NoSuchInstance | Value::EndOfMibView => {
            Err(GaugeMissing::NoSuch)
        }
        _ => Err(GaugeMissing::WrongType),
    }
}

/// A decimal number as text.
fn decimal(octets: &[u8]) -> Option<Raw> {
    let text = std::str::from_utf8(octets).ok()?.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    if unsigned.is_empty() || !digits(unsigned) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    Some(Raw {
        mantissa: format!("{whole}{fraction}").parse().ok()?,
        decimals: u32::try_from(fraction.len()).ok()?,
    })
}

fn dotted(index: &[u32]) -> String {
    let arcs: Vec<String> = index.iter().map(u32::to_string).collect();
    arcs.join(".")
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
