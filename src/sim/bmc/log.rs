//! The event log of a simulated BMC, and its clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::machine::Power;
use super::sensor_list::{ACPI, EVENT_LOG, INTERRUPT, MEMORY_ERRORS, PSU2, SYSTEM_BOOT};

/// Records that fit; later events are lost, as with most real ones.
const MOST: usize = 512;
const DAY: i64 = 86_400;

/// Something to log: sensor type, sensor number, offset of the state, whether it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Happening(u8, u8, u8, bool);

impl Happening {
    const CLEARED: Self = Self(0x10, EVENT_LOG, 2, true);
    const BOOT_BY_POWER: Self = Self(0x1D, SYSTEM_BOOT, 0, true);
    pub(super) const BOOT_BY_RESET: Self = Self(0x1D, SYSTEM_BOOT, 1, true);
    pub(super) const NMI: Self = Self(0x13, INTERRUPT, 0, true);
    const ECC: Self = Self(0x0C, MEMORY_ERRORS, 0, true);
    const WORKING: Self = Self(0x22, ACPI, 0, true);
    const SOFT_OFF: Self = Self(0x22, ACPI, 6, true);

    pub(super) const fn supply_lost(lost: bool) -> Self {
        Self(0x08, PSU2, 3, lost)
    }

    /// The record (IPMI 32.1).
    fn record(self, id: u16, time: u32) -> [u8; 16] {
        let Self(kind, number, offset, began) = self;
        let [i0, i1] = id.to_le_bytes();
        let [t0, t1, t2, t3] = time.to_le_bytes();
        let direction = if began { 0x6F } else { 0xEF };
        [
            i0, i1, 0x02, t0, t1, t2, t3, 0x20, 0, 0x04, kind, number, direction, offset, 0xFF,
            0xFF,
        ]
    }
}

/// Records, and the clock that dates them.
pub(super) struct Log {
    records: Vec<(u16, [u8; 16])>,
    last_id: u16,
    added: u32,
    erased: u32,
    overflow: bool,
    /// How far the BMC's clock is ahead, in seconds.
    ahead_s: i64,
    pub(super) reservation: u16,
    supply_lost: bool,
}

fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or_default()
    })
}

impl Log {
    /// A log with the past of a machine that has run for a while; its clock is off by a little.
    pub(super) fn with_past(seed: u64) -> Self {
        let part = i64::try_from(seed % 1_000).unwrap_or_default();
        let mut log = Self {
            records: Vec::new(),
            last_id: 0,
            added: 0,
            erased: 0,
            overflow: false,
            ahead_s: part % 5 - 2,
            reservation: 0,
            supply_lost: false,
        };
        let begun = wall_clock() - 90 * DAY - part * 3_600 % (60 * DAY);
        log.erased = seconds(begun);
        log.add(Happening::CLEARED, begun);
        log.add(Happening::BOOT_BY_POWER, begun + 340);
        log.add(Happening::WORKING, begun + 341);
        if seed.is_multiple_of(3) {
            let outage = begun + 31 * DAY + part * 60;
            log.add(Happening::supply_lost(true), outage);
            log.add(Happening::supply_lost(false), outage + 42 + part % 300);
        }
        if seed.is_multiple_of(5) {
            log.add(Happening::ECC, begun + 55 * DAY + part * 77);
        }
        log
    }

    fn add(&mut self, happening: Happening, at: i64) {
        if self.records.len() >= MOST {
            self.overflow = true;
            return;
        }
        self.last_id = match self.last_id.wrapping_add(1) {
            0xFFFF | 0 => 1,
            id => id,
        };
        let time = seconds(at);
        self.records
            .push((self.last_id, happening.record(self.last_id, time)));
        self.added = time;
    }

    /// Logs what happens now.
    pub(super) fn happens(&mut self, happening: Happening) {
        self.add(happening, wall_clock() + self.ahead_s);
    }

    /// Logs changes of power, and the loss and return of a supply.
    pub(super) fn observe(
        &mut self,
        changes: &[(Instant, Power)],
        supply_lost: bool,
        now: Instant,
    ) {
        for (at, power) in changes {
            let ago = now.saturating_duration_since(*at).as_secs();
            let at = wall_clock() + self.ahead_s - i64::try_from(ago).unwrap_or_default();
            match power {
                Power::On => {
                    self.add(Happening::BOOT_BY_POWER, at);
                    self.add(Happening::WORKING, at);
                }
                Power::Off => self.add(Happening::SOFT_OFF, at),
            }
        }
        if supply_lost != self.supply_lost {
            self.supply_lost = supply_lost;
            self.happens(Happening::supply_lost(supply_lost));
        }
    }

    /// The data of Get SEL Info (IPMI 31.2): version, count, free octets, times, support.
    pub(super) fn info(&self) -> Vec<u8> {
        let count = u16::try_from(self.records.len()).unwrap_or(u16::MAX);
        let free = u16::try_from((MOST - self.records.len().min(MOST)) * 16).unwrap_or(u16::MAX);
        let mut out = vec![0x51];
        out.extend(count.to_le_bytes());
        out.extend(free.to_le_bytes());
        out.extend(self.added.to_le_bytes());
        out.extend(self.erased.to_le_bytes());
        out.push(0x02 | if self.overflow { 0x80 } else { 0 });
        out
    }

    /// The record of an id (0: first, 0xFFFF: last) behind the id of the next.
    pub(super) fn entry(&self, id: u16) -> Option<Vec<u8>> {
        let index = match id {
            0 => 0,
            0xFFFF => self.records.len().checked_sub(1)?,
            id => self.records.iter().position(|(known, _)| *known == id)?,
        };
        let (_, record) = self.records.get(index)?;
        let next = self.records.get(index + 1).map_or(0xFFFF, |(id, _)| *id);
        let mut out = next.to_le_bytes().to_vec();
        out.extend_from_slice(record);
        Some(out)
    }

    /// A record that is always followed by another.
    pub(super) fn another(&self, id: u16) -> Option<Vec<u8>> {
        let id = id.clamp(1, 0xFFFE);
        let mut out = (id % 0xFFFE + 1).to_le_bytes().to_vec();
        out.extend(Happening::NMI.record(id, self.time()));
        Some(out)
    }

    /// Clears the log and notes that.
    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.overflow = false;
        self.erased = self.time();
        self.happens(Happening::CLEARED);
    }

    /// The BMC's clock, seconds since 1970.
    pub(super) fn time(&self) -> u32 {
        seconds(wall_clock() + self.ahead_s)
    }

    /// Sets the BMC's clock.
    pub(super) fn set_time(&mut self, time: u32) {
        self.ahead_s = i64::from(time) - wall_clock();
    }
}

fn seconds(at: i64) -> u32 {
    u32::try_from(at).unwrap_or_default()
}
