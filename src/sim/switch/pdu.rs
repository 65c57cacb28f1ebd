//! What a simulated PDU answers besides its port: an APC rack PDU of the second generation (PowerNet-MIB, rPDU2), with
//! metered and switched outlets and a probe. Pure functions of seed and time, so that a made past goes on.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::snmp::handler::{PreparedSet, SetCommitResult, SetTestError, SetTestResult, SetUndoResult};
use ::snmp::{
    BoxFuture, GetNextResult, GetResult, HandlerResult, MibHandler, Oid, RequestContext, Value,
    VarBind,
};

use crate::base::time::Timestamp;

/// enterprises.apc.products.hardware.rPDU2
const RPDU2: [u32; 10] = [1, 3, 6, 1, 4, 1, 318, 1, 1, 26];
const DAY_S: f64 = 86_400.0;
/// Local time of the simulated room: UTC+8.
const ZONE_S: f64 = 8.0 * 3600.0;
const VOLTS: i64 = 229;
/// Energy is counted from Monday 2024-01-01 00:00 UTC+8.
const BEGIN_MS: i64 = 1_704_038_400_000;

/// A PDU of one phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PduSpec {
    /// Makes PDUs differ.
    pub seed: u64,
    /// Its outlets, from the first on.
    pub outlets: Vec<OutletSpec>,
}

/// An outlet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletSpec {
    /// What somebody called it.
    pub name: String,
    /// Mean draw in watts; 0 with nothing plugged in.
    pub watts: u32,
    /// Whether it gives power.
    pub on: bool,
}

impl PduSpec {
    /// Watts of an outlet, counted from 0.
    #[must_use]
    pub fn watts_at(&self, outlet: usize, at: Timestamp) -> i64 {
        let Some(spec) = self.outlets.get(outlet).filter(|spec| spec.on) else {
            return 0;
        };
        let seconds = at.millis() as f64 / 1000.0;
        let phase = (self.seed.wrapping_add(outlet as u64 * 97) % 628) as f64 / 100.0;
        let day = ((seconds + ZONE_S) / DAY_S * TAU - TAU * 0.6).cos();
        let noise = (seconds / 1_700.0 + phase).sin() + (seconds / 421.0 + phase * 3.0).sin();
        let watts = f64::from(spec.watts) * (1.0 + 0.12 * day + 0.03 * noise);
        watts.round() as i64
    }

    /// Watts of all outlets, and what the PDU itself draws.
    #[must_use]
    pub fn inlet_watts_at(&self, at: Timestamp) -> i64 {
        (0..self.outlets.len())
            .map(|outlet| self.watts_at(outlet, at))
            .sum::<i64>()
            + 6
    }

    /// Tenths of a degree Celsius at the probe.
    #[must_use]
    pub fn tenths_celsius_at(&self, at: Timestamp) -> i64 {
        let seconds = at.millis() as f64 / 1000.0;
        let phase = (self.seed % 628) as f64 / 100.0;
        let swing = 14.0 * ((seconds + ZONE_S) / DAY_S * TAU - TAU * 0.6).cos();
        (231.0 + swing + 3.0 * (seconds / 2_900.0 + phase).sin()).round() as i64
    }

    /// Relative humidity at the probe in percent.
    #[must_use]
    pub fn percent_humidity_at(&self, at: Timestamp) -> i64 {
        let seconds = at.millis() as f64 / 1000.0;
        (46.0 + 5.0 * (seconds / 31_000.0 + (self.seed % 7) as f64).sin()).round() as i64
    }

    /// Tenths of a kilowatt-hour since counting began, from the mean draw.
    fn tenths_kwh_at(watts: i64, at: Timestamp) -> i64 {
        let hours = (at.millis() - BEGIN_MS).max(0) / 3_600_000;
        watts.saturating_mul(hours) / 100
    }

    /// All objects at a time, by name.
    fn objects_at(&self, at: Timestamp) -> BTreeMap<Oid, Value> {
        let mut objects = BTreeMap::new();
        let mut put = |rest: &[u32], value: Value| {
            let arcs: Vec<u32> = RPDU2.iter().chain(rest).copied().collect();
            objects.insert(Oid::from_slice(&arcs), value);
        };
        let number = |value: i64| Value::Integer(i32::try_from(value).unwrap_or(i32::MAX));
        let text = |text: &str| Value::OctetString(text.as_bytes().to_vec().into());
        let watts = self.inlet_watts_at(at);
        let mean: i64 = self.outlets.iter().map(|one| i64::from(one.watts)).sum();
        let amps = |watts: i64| number((watts * 10 + VOLTS / 2) / VOLTS);
        put(&[4, 3, 1, 3, 1], text("RackPDU"));
        put(&[4, 3, 1, 5, 1], number((watts + 5) / 10));
        put(&[4, 3, 1, 9, 1], number(Self::tenths_kwh_at(mean, at)));
        put(&[4, 3, 1, 16, 1], number((watts * 104 / 100 + 5) / 10));
        put(&[6, 3, 1, 5, 1], amps(watts));
        put(&[6, 3, 1, 6, 1], number(VOLTS));
        put(&[6, 3, 1, 7, 1], number((watts + 5) / 10));
        for (place, outlet) in self.outlets.iter().enumerate() {
            let index = u32::try_from(place + 1).unwrap_or(u32::MAX);
            let watts = self.watts_at(place, at);
            put(&[9, 2, 3, 1, 3, index], text(&outlet.name));
            put(
                &[9, 2, 3, 1, 5, index],
                number(if outlet.on { 2 } else { 1 }),
            );
            put(&[9, 4, 3, 1, 3, index], text(&outlet.name));
            put(&[9, 4, 3, 1, 6, index], amps(watts));
            put(&[9, 4, 3, 1, 7, index], number(watts));
            let energy = Self::tenths_kwh_at(i64::from(outlet.watts), at);
            put(&[9, 4, 3, 1, 11, index], number(energy));
        }
        put(&[10, 2, 2, 1, 3, 1], text("Front"));
        put(&[10, 2, 2, 1, 6, 1], number(2));
        put(&[10, 2, 2, 1, 8, 1], number(self.tenths_celsius_at(at)));
        put(&[10, 2, 2, 1, 10, 1], number(self.percent_humidity_at(at)));
        objects
    }
}

/// Outlets of a PDU that were switched since it began, and how often each was told; it outlives a restart.
#[derive(Clone, Debug, Default)]
pub struct Switched {
    inner: Arc<Mutex<Vec<OutletNow>>>,
}

/// What became of an outlet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutletNow {
    /// Whether it gives power; none as long as nobody has switched it.
    pub on: Option<bool>,
    /// Commands that arrived.
    pub commands: u32,
    /// It takes commands and does nothing.
    pub stuck: bool,
}

impl Switched {
    fn lock(&self) -> MutexGuard<'_, Vec<OutletNow>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What became of an outlet, counted from 0.
    #[must_use]
    pub fn outlet(&self, outlet: usize) -> OutletNow {
        self.lock().get(outlet).copied().unwrap_or_default()
    }

    /// Makes an outlet stick, or work again.
    pub fn stick(&self, outlet: usize, stuck: bool) {
        self.change(outlet, |now| now.stuck = stuck);
    }

    fn change(&self, outlet: usize, change: impl FnOnce(&mut OutletNow)) {
        let mut all = self.lock();
        if all.len() <= outlet {
            all.resize(outlet + 1, OutletNow::default());
        }
        if let Some(now) = all.get_mut(outlet) {
            change(now);
        }
    }

    /// The PDU as it is now.
    fn applied(&self, spec: &PduSpec) -> PduSpec {
        let mut spec = spec.clone();
        for (outlet, now) in spec.outlets.iter_mut().zip(self.lock().iter()) {
            outlet.on = now.on.unwrap_or(outlet.on);
        }
        spec
    }
}

/// Answers for one PDU, below [`PduMib::root`].
pub(super) struct PduMib {
    spec: PduSpec,
    switched: Switched,
}

impl PduMib {
    pub(super) const fn new(spec: PduSpec, switched: Switched) -> Self {
        Self { spec, switched }
    }

    /// The branch it answers for.
    pub(super) fn root() -> Oid {
        Oid::from_slice(&RPDU2)
    }

    fn objects(&self) -> BTreeMap<Oid, Value> {
        let spec = self.switched.applied(&self.spec);
        spec.objects_at(Timestamp::now())
    }

    /// The outlet that rPDU2OutletSwitchedControlCommand of this name switches, counted from 0.
    fn commanded(&self, name: &Oid) -> Option<usize> {
        let column: Vec<u32> = RPDU2.iter().chain(&[9, 2, 4, 1, 5]).copied().collect();
        let [index] = name.arcs().strip_prefix(column.as_slice())? else {
            return None;
        };
        let outlet = usize::try_from(*index).ok()?.checked_sub(1)?;
        (outlet < self.spec.outlets.len()).then_some(outlet)
    }
}

/// A command that was checked.
struct Command {
    switched: Switched,
    outlet: usize,
    on: bool,
    before: Option<bool>,
}

impl PreparedSet for Command {
    fn commit<'a>(
        &'a mut self,
        _context: &'a RequestContext,
        _name: &'a Oid,
        _value: &'a Value,
    ) -> BoxFuture<'a, SetCommitResult> {
        Box::pin(async move {
            let on = self.on;
            self.switched.change(self.outlet, |now| {
                now.commands += 1;
                if !now.stuck {
                    now.on = Some(on);
                }
            });
            Ok(())
        })
    }

    fn undo<'a>(
        &'a mut self,
        _context: &'a RequestContext,
        _name: &'a Oid,
        _value: &'a Value,
    ) -> BoxFuture<'a, SetUndoResult> {
        let on = self.before;
        self.switched.change(self.outlet, |now| now.on = on);
        Box::pin(async { Ok(()) })
    }
}

impl MibHandler for PduMib {
    fn get<'a>(
        &'a self,
        _context: &'a RequestContext,
        name: &'a Oid,
    ) -> BoxFuture<'a, HandlerResult<GetResult>> {
        Box::pin(async move {
            let value = self.objects().remove(name);
            Ok(value.map_or(GetResult::NoSuchInstance, GetResult::Value))
        })
    }

    fn get_next<'a>(
        &'a self,
        _context: &'a RequestContext,
        name: &'a Oid,
    ) -> BoxFuture<'a, HandlerResult<GetNextResult>> {
        Box::pin(async move {
            let objects = self.objects();
            let behind = (Bound::Excluded(name.clone()), Bound::Unbounded);
            let next = objects.range(behind).next();
            Ok(next.map_or(GetNextResult::EndOfMibView, |(name, value)| {
                GetNextResult::Value(VarBind::new(name.clone(), value.clone()))
            }))
        })
    }

    fn test_set<'a>(
        &'a self,
        _context: &'a RequestContext,
        name: &'a Oid,
        value: &'a Value,
    ) -> BoxFuture<'a, SetTestResult> {
        Box::pin(async move {
            let outlet = self.commanded(name).ok_or(SetTestError::NotWritable)?;
            let on = match value {
                // outletOn(1), outletOff(2)
                Value::Integer(1) => true,
                Value::Integer(2) => false,
                Value::Integer(_) => return Err(SetTestError::WrongValue),
                _ => return Err(SetTestError::WrongType),
            };
            let command = Command {
                switched: self.switched.clone(),
                outlet,
                on,
                before: self.switched.outlet(outlet).on,
            };
            Ok(Box::new(command) as Box<dyn PreparedSet>)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inlet_gives_what_the_outlets_take() {
        let spec = PduSpec {
            seed: 7,
            outlets: (0..4)
                .map(|n| OutletSpec {
                    name: format!("Outlet {n}"),
                    watts: 100 * n,
                    on: n != 3,
                })
                .collect(),
        };
        for hour in 0..48 {
            let at = Timestamp::from_millis(BEGIN_MS + hour * 3_600_000);
            let outlets: i64 = (0..4).map(|outlet| spec.watts_at(outlet, at)).sum();
            assert_eq!(spec.inlet_watts_at(at), outlets + 6);
            assert_eq!((spec.watts_at(0, at), spec.watts_at(3, at)), (0, 0));
            assert!((240..360).contains(&outlets), "{outlets}");
            assert!((200..270).contains(&spec.tenths_celsius_at(at)));
        }
    }
}
