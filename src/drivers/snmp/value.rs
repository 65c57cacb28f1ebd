//! From a value on the wire to what a column means, or why it means nothing.

use ::snmp::Value;

use crate::base::units::BitsPerSecond;
use crate::wire::snmp::Value as Said;

use super::report::{AdminStatus, MissingReason, OperStatus};
use super::text::text;

type Read<T> = Result<T, MissingReason>;

/// What the library read, as it was said; of an object identifier only that it is one.
impl<'a> From<&'a Value> for Said<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Integer(number) => Self::Integer(*number),
            Value::OctetString(octets) => Self::Octets(octets),
            Value::Null => Self::Null,
            Value::ObjectIdentifier(_) => Self::ObjectId(&[]),
            Value::IpAddress(address) => Self::IpAddress(*address),
            Value::Counter32(number) => Self::Counter32(*number),
            Value::Gauge32(number) => Self::Gauge32(*number),
            Value::TimeTicks(hundredths) => Self::TimeTicks(*hundredths),
            Value::Opaque(octets) => Self::Opaque(octets),
            Value::Nsap(octets) => Self::Nsap(octets),
            Value::Counter64(number) => Self::Counter64(*number),
            Value::UInteger32(number) => Self::UInteger32(*number),
            Value::NoSuchObject => Self::NoSuchObject,
            Value::NoSuchInstance => Self::NoSuchInstance,
            Value::EndOfMibView => Self::EndOfMibView,
            Value::Unknown { tag, .. } => Self::Unknown(*tag),
            _ => Self::Unknown(0),
        }
    }
}

/// A 64-bit counter (RFC 2578 section 7.1.10).
pub(super) fn counter64<'a>(value: impl Into<Said<'a>>) -> Read<u64> {
    match value.into() {
        Said::Counter64(number) => Ok(number),
        other => Err(not(other)),
    }
}

/// A 32-bit counter (RFC 2578 section 7.1.6).
pub(super) fn counter32<'a>(value: impl Into<Said<'a>>) -> Read<u64> {
    match value.into() {
        Said::Counter32(number) => Ok(u64::from(number)),
        other => Err(not(other)),
    }
}

/// A number that is not a counter.
pub(super) fn gauge<'a>(value: impl Into<Said<'a>>) -> Read<u32> {
    match value.into() {
        Said::Gauge32(number) | Said::UInteger32(number) => Ok(number),
        Said::Integer(number) => u32::try_from(number).map_err(|_| MissingReason::OutOfRange),
        other => Err(not(other)),
    }
}

/// Time ticks as milliseconds (RFC 2578 section 7.1.8).
pub(super) fn ticks_ms<'a>(value: impl Into<Said<'a>>) -> Read<u64> {
    match value.into() {
        Said::TimeTicks(hundredths) => Ok(u64::from(hundredths) * 10),
        other => Err(not(other)),
    }
}

/// A text, `None` when empty.
pub(super) fn string<'a>(value: impl Into<Said<'a>>) -> Read<Option<String>> {
    match value.into() {
        Said::Octets(octets) => Ok(text(octets)),
        other => Err(not(other)),
    }
}

/// An object identifier, dotted.
pub(super) fn object_id(value: &Value) -> Read<String> {
    match value {
        Value::ObjectIdentifier(oid) => Ok(oid.to_string()),
        other => Err(not(other.into())),
    }
}

/// ifAdminStatus.
pub(super) fn admin<'a>(value: impl Into<Said<'a>>) -> Read<AdminStatus> {
    match gauge(value)? {
        1 => Ok(AdminStatus::Up),
        2 => Ok(AdminStatus::Down),
        3 => Ok(AdminStatus::Testing),
        _ => Err(MissingReason::OutOfRange),
    }
}

/// ifOperStatus.
pub(super) fn oper<'a>(value: impl Into<Said<'a>>) -> Read<OperStatus> {
    match gauge(value)? {
        1 => Ok(OperStatus::Up),
        2 => Ok(OperStatus::Down),
        3 => Ok(OperStatus::Testing),
        4 => Ok(OperStatus::Unknown),
        5 => Ok(OperStatus::Dormant),
        6 => Ok(OperStatus::NotPresent),
        7 => Ok(OperStatus::LowerLayerDown),
        _ => Err(MissingReason::OutOfRange),
    }
}

/// Line speed: ifHighSpeed counts millions of bits, ifSpeed single ones up to its largest value,
/// which only means "faster than this can say".
pub(super) fn speed(if_high_speed: Option<u32>, if_speed: Option<u32>) -> Option<BitsPerSecond> {
    let high = if_high_speed.filter(|millions| *millions > 0);
    let low = if_speed.filter(|bps| *bps > 0 && *bps < u32::MAX);
    high.map(|millions| BitsPerSecond::new(i64::from(millions) * 1_000_000))
        .or(low.map(|bps| BitsPerSecond::new(i64::from(bps))))
}

fn not(value: Said<'_>) -> MissingReason {
    match value {
        Said::Null => MissingReason::Null,
        Said::NoSuchObject | Said::NoSuchInstance | Said::EndOfMibView => MissingReason::NoSuch,
        other => MissingReason::WrongType { got: other.kind() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_zero() {
        for value in [
            Value::NoSuchInstance,
            Value::NoSuchObject,
            Value::EndOfMibView,
        ] {
            assert_eq!(counter64(&value), Err(MissingReason::NoSuch));
            assert_eq!(counter32(&value), Err(MissingReason::NoSuch));
        }
        assert_eq!(counter64(&Value::Null), Err(MissingReason::Null));
        for value in [Value::Counter32(5), Value::Integer(5), Value::Gauge32(5)] {
            assert!(matches!(
                counter64(&value),
                Err(MissingReason::WrongType { .. })
            ));
        }
        assert!(matches!(
            counter32(&Value::Counter64(5)),
            Err(MissingReason::WrongType { .. })
        ));
        assert_eq!(gauge(&Value::Integer(-1)), Err(MissingReason::OutOfRange));
        assert_eq!(oper(&Value::Integer(8)), Err(MissingReason::OutOfRange));
    }

    #[test]
    fn speeds_by_table() {
        let table = [
            (Some(10_000), Some(u32::MAX), Some(10_000_000_000)),
            (Some(0), Some(1_000_000_000), Some(1_000_000_000)),
            (None, Some(64_000), Some(64_000)),
            (Some(0), Some(u32::MAX), None),
            (None, None, None),
            (Some(0), Some(0), None),
        ];
        for (high, low, expected) in table {
            assert_eq!(speed(high, low).map(BitsPerSecond::get), expected);
        }
    }

    #[test]
    fn ticks_are_hundredths() {
        assert_eq!(ticks_ms(&Value::TimeTicks(u32::MAX)), Ok(42_949_672_950));
    }
}
