//! Sensor data records that were read once, kept while the BMC says that they are unchanged.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::wire::ipmi::sdr::{self, FruLocator, HEADER_LEN, Record, Sensor};
use crate::wire::ipmi::thresholds::Limits;

/// Octets that the shelf keeps of all BMCs together.
const MOST_OCTETS: usize = 64 << 20;
/// Readings between two looks at the limits that can be set.
const LIMITS_EVERY: u32 = 20;

/// Where the records are: in the repository, or in the BMC as a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Source {
    Repository,
    Device,
}

/// The records of one BMC: a value to hand in and out of a session, or to keep elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SdrCache {
    pub(super) source: Source,
    /// Whose they are; empty where the BMC has no GUID.
    pub(super) guid: Vec<u8>,
    /// Count and times of the last change as the BMC told them; empty when it does not.
    pub(super) stamp: Vec<u8>,
    /// The records one after another; each says its length.
    records: Vec<u8>,
    /// Limits that were asked for: owner, logical unit, sensor number, answer.
    limits: Vec<(u8, u8, u8, Vec<u8>)>,
    /// How often sensors were read with these records.
    reads: u32,
}

impl SdrCache {
    pub(super) const fn new(source: Source, guid: Vec<u8>, stamp: Vec<u8>) -> Self {
        Self {
            source,
            guid,
            stamp,
            records: Vec::new(),
            limits: Vec::new(),
            reads: 0,
        }
    }

    /// Adds a record; false for one that is shorter than it says, which can't be kept.
    pub(super) fn add(&mut self, record: &[u8]) -> bool {
        let length = record
            .get(HEADER_LEN - 1)
            .map(|body| HEADER_LEN + usize::from(*body));
        let whole = length.and_then(|length| record.get(..length));
        if let Some(whole) = whole {
            self.records.extend_from_slice(whole);
        }
        whole.is_some()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.each().count()
    }

    /// True without any record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn each(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.records.as_slice();
        std::iter::from_fn(move || {
            let body = rest.get(HEADER_LEN - 1)?;
            let (record, behind) = rest.split_at_checked(HEADER_LEN + usize::from(*body))?;
            rest = behind;
            Some(record)
        })
    }

    /// The records that can be understood. One odd record does not hide the others.
    fn decoded(&self) -> impl Iterator<Item = Record> {
        self.each().filter_map(|record| match sdr::decode(record) {
            Ok(record) => Some(record),
            Err(fault) => {
                tracing::debug!(%fault, "sensor data record");
                None
            }
        })
    }

    /// Sensors that can be read.
    pub(super) fn sensors(&self) -> Vec<Sensor> {
        self.decoded()
            .flat_map(|record| match record {
                Record::Sensors(sensors) => sensors,
                _ => Vec::new(),
            })
            .collect()
    }

    /// Sensors that can be read and those that only report events.
    pub(super) fn named(&self) -> Vec<Sensor> {
        self.decoded()
            .flat_map(|record| match record {
                Record::Sensors(sensors) | Record::EventOnly(sensors) => sensors,
                _ => Vec::new(),
            })
            .collect()
    }

    /// Where FRU inventories are.
    pub(super) fn inventories(&self) -> Vec<FruLocator> {
        self.decoded()
            .filter_map(|record| match record {
                Record::Fru(locator) => Some(locator),
                _ => None,
            })
            .collect()
    }

    /// Counts a reading of all sensors; true when the limits are to be asked for anew.
    pub(super) fn begin_reading(&mut self) -> bool {
        let anew = self.reads.is_multiple_of(LIMITS_EVERY);
        self.reads = self.reads.wrapping_add(1);
        if anew {
            self.limits.clear();
        }
        anew
    }

    pub(super) fn note_limits(&mut self, sensor: &Sensor, answer: Vec<u8>) {
        self.limits
            .push((sensor.owner, sensor.lun, sensor.number, answer));
    }

    /// The limits of a sensor: as asked for, else as its record has them.
    pub(super) fn limits(&self, sensor: &Sensor) -> Limits {
        let key = (sensor.owner, sensor.lun, sensor.number);
        let asked = self
            .limits
            .iter()
            .find(|(owner, lun, number, _)| (*owner, *lun, *number) == key);
        asked
            .and_then(|(.., answer)| Limits::decode(answer).ok())
            .unwrap_or(sensor.limits)
    }

    fn octets(&self) -> usize {
        let limits: usize = self.limits.iter().map(|(.., answer)| answer.len()).sum();
        self.records.len() + self.guid.len() + self.stamp.len() + limits + 64 * self.limits.len()
    }
}

/// The records of many BMCs, bounded; the ones not used for longest go first.
#[derive(Default)]
pub(super) struct SdrShelf {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    by_bmc: HashMap<SocketAddr, (u64, SdrCache)>,
    uses: u64,
    octets: usize,
}

impl SdrShelf {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records of a BMC.
    pub(super) fn get(&self, bmc: SocketAddr) -> Option<SdrCache> {
        let mut kept = self.kept();
        kept.uses += 1;
        let now = kept.uses;
        let (used, cache) = kept.by_bmc.get_mut(&bmc)?;
        *used = now;
        Some(cache.clone())
    }

    /// Keeps the records of a BMC.
    pub(super) fn put(&self, bmc: SocketAddr, cache: SdrCache) {
        self.kept().put(bmc, cache, MOST_OCTETS);
    }
}

impl Kept {
    fn put(&mut self, bmc: SocketAddr, cache: SdrCache, most: usize) {
        self.uses += 1;
        self.octets += cache.octets();
        if let Some((_, before)) = self.by_bmc.insert(bmc, (self.uses, cache)) {
            self.octets = self.octets.saturating_sub(before.octets());
        }
        while self.octets > most && self.by_bmc.len() > 1 {
            let oldest = self.by_bmc.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(bmc, _)| *bmc) else {
                return;
            };
            if let Some((_, gone)) = self.by_bmc.remove(&oldest) {
                self.octets = self.octets.saturating_sub(gone.octets());
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn cache(records: usize) -> SdrCache {
        let mut cache = SdrCache::new(Source::Repository, vec![7; 16], vec![1]);
        for _ in 0..records {
            assert!(cache.add(&[1, 0, 0x51, 0xC0, 3, 1, 2, 3, 0xFF]));
        }
        cache
    }

    #[test]
    fn records_are_kept_to_their_own_length() {
        let mut cache = cache(3);
        assert_eq!((cache.len(), cache.is_empty()), (3, false));
        assert!(
            !cache.add(&[1, 0, 0x51, 0xC0, 9, 1]),
            "shorter than it says"
        );
        assert_eq!(cache.len(), 3);
        let text = serde_json::to_string(&cache).unwrap();
        assert_eq!(serde_json::from_str::<SdrCache>(&text).unwrap(), cache);
    }

    #[test]
    fn the_shelf_is_bounded_and_drops_what_is_not_used() {
        let bmc = |last: u8| SocketAddr::from(([127, 0, 0, last], 623));
        let mut kept = Kept::default();
        let one = cache(4).octets();
        for last in 1..=3 {
            kept.put(bmc(last), cache(4), one * 3);
        }
        assert_eq!(kept.by_bmc.len(), 3);
        kept.put(bmc(1), cache(4), one * 3);
        kept.put(bmc(4), cache(4), one * 3);
        let mut left: Vec<_> = kept.by_bmc.keys().copied().collect();
        left.sort();
        assert_eq!(left, [bmc(1), bmc(3), bmc(4)]);
        assert_eq!(kept.octets, one * 3);
    }
}
