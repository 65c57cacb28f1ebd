//! How fast ports are now.

use std::collections::BTreeMap;

use super::readings::{OfPort, read_last_two};
use super::targets::targets_of_devices;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::{Delta, Interval, intervals};
use crate::metering::rows::Port;
use crate::store::Conn;

/// The rate of a port between its last two readings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateNow {
    /// Received.
    pub inward: Option<BitsPerSecond>,
    /// Sent.
    pub outward: Option<BitsPerSecond>,
    /// Whether it is faster than the line can be.
    pub is_suspect: bool,
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
            is_suspect: self.is_suspect || other.is_suspect,
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
    let devices: Vec<DeviceId> = by_device.keys().copied().collect();
    let targets = targets_of_devices(c, &devices)?;
    let mut rates = BTreeMap::new();
    for (device, ports) in by_device {
        let Some(target) = targets.get(&device) else {
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
    let (mut inward, mut outward) = (Passed::default(), Passed::default());
    inward.add(interval, interval.octets_in);
    outward.add(interval, interval.octets_out);
    RateNow {
        inward: inward.rate(),
        outward: outward.rate(),
        is_suspect: interval.suspect,
    }
}

/// The mean of some intervals: what is known to have passed over the time in which it did. Of an impossible rate
/// nothing is known.
pub(super) fn mean_rate(intervals: impl Iterator<Item = Interval>) -> RateNow {
    let (mut inward, mut outward) = (Passed::default(), Passed::default());
    for interval in intervals.filter(|interval| !interval.suspect) {
        inward.add(&interval, interval.octets_in);
        outward.add(&interval, interval.octets_out);
    }
    RateNow {
        inward: inward.rate(),
        outward: outward.rate(),
        is_suspect: false,
    }
}

/// Octets that are known, and the time they took.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    octets: u128,
    elapsed_ms: u128,
}

impl Passed {
    fn add(&mut self, interval: &Interval, delta: Delta) {
        let elapsed_ms = interval.until.since_millis(interval.from);
        if let (Some(octets), Ok(elapsed_ms)) = (delta.octets(), u128::try_from(elapsed_ms)) {
            self.octets += u128::from(octets);
            self.elapsed_ms += elapsed_ms;
        }
    }

    /// None over no time.
    fn rate(self) -> Option<BitsPerSecond> {
        let rate = (self.octets * 8_000).checked_div(self.elapsed_ms)?;
        Some(BitsPerSecond::new(i64::try_from(rate).ok()?))
    }
}
