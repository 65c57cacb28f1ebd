//! How fast ports are now.

use std::collections::BTreeMap;

use super::readings::{OfPort, read_last_two};
use super::targets::target_of_device;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::{Interval, intervals};
use crate::metering::rows::Port;
use crate::store::Conn;

/// The rate of a port between its last two readings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateNow {
    /// Received.
    pub inward: Option<BitsPerSecond>,
    /// Sent.
    pub outward: Option<BitsPerSecond>,
}

impl RateNow {
    /// The larger direction.
    pub fn larger(self) -> Option<BitsPerSecond> {
        self.inward.max(self.outward)
    }

    /// Both together, as far as they are known.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |a: Option<BitsPerSecond>, b: Option<BitsPerSecond>| match (a, b) {
            (Some(a), Some(b)) => Some(BitsPerSecond::new(a.get().saturating_add(b.get()))),
            (a, b) => a.or(b),
        };
        Self {
            inward: sum(self.inward, other.inward),
            outward: sum(self.outward, other.outward),
        }
    }
}

/// The present rates of ports; none where the device has not been read for three intervals.
pub fn rates_now(
    c: &mut Conn,
    ports: &[Port],
    now: Timestamp,
) -> Result<BTreeMap<PortId, RateNow>, Fault> {
    let mut by_device: BTreeMap<DeviceId, Vec<&Port>> = BTreeMap::new();
    for port in ports {
        by_device.entry(port.device_id).or_default().push(port);
    }
    let mut rates = BTreeMap::new();
    for (device, ports) in by_device {
        let Some(target) = target_of_device(c, device)? else {
            continue;
        };
        let since = now.plus_millis(-target.interval_ms().saturating_mul(4));
        let mut of = OfPort::of(&ports);
        read_last_two(c, target.id, since, now, &mut of)?;
        for (port, of) in ports.iter().zip(of) {
            let rules = target.rules(port.line_speed());
            if let Some(last) = intervals(of.readings, rules).last() {
                rates.insert(port.id, rate_of(&last));
            }
        }
    }
    Ok(rates)
}

/// The rate between two readings.
pub(super) fn rate_of(interval: &Interval) -> RateNow {
    let elapsed_ms = interval.until.since_millis(interval.from);
    let rate = |octets: Option<u64>| {
        let bits = u128::from(octets?) * 8_000;
        let rate = bits.checked_div(u128::try_from(elapsed_ms).ok()?)?;
        Some(BitsPerSecond::new(i64::try_from(rate).ok()?))
    };
    RateNow {
        inward: rate(interval.octets_in.octets()),
        outward: rate(interval.octets_out.octets()),
    }
}
