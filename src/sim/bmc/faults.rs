//! Faults that can be switched on.

use std::time::Duration;

use super::machine::Chance;

/// What goes wrong. Nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Datagrams lost on the way in, and again on the way out: per hundred.
    pub drop_percent: u8,
    /// Every answer comes this much later.
    pub delay: Duration,
    /// Answers are random octets.
    pub garbage: bool,
    /// The last octet of every answer is wrong: checksum or integrity code.
    pub wrong_checksum: bool,
    /// A soft off is accepted, and the host ignores it.
    pub ignore_soft_off: bool,
    /// No session slot is free.
    pub slots_full: bool,
    /// The second power supply has no input: its sensor and the event log say so.
    pub supply_lost: bool,
    /// The last sensor data record is followed by the first.
    pub endless_records: bool,
    /// Every event log record is followed by another.
    pub endless_log: bool,
    /// Inventories say that they are longer than they are.
    pub lying_inventory: bool,
    /// The last sensor data record is refused with a time-out.
    pub last_record_refused: bool,
    /// The last sensor data record names another one, which is not there.
    pub records_without_end: bool,
    /// The BMC does not answer at all.
    pub silent: bool,
}

impl Faults {
    /// Whether to lose a datagram.
    pub(super) fn loses(&self, chance: &mut Chance) -> bool {
        self.silent || chance.below(100) < u64::from(self.drop_percent)
    }

    /// Spoils an answer as switched on.
    pub(super) fn spoil(&self, mut answer: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
        if self.garbage {
            for octet in &mut answer {
                [*octet, ..] = chance.word().to_le_bytes();
            }
        } else if self.wrong_checksum
            && let Some(last) = answer.last_mut()
        {
            *last ^= 0x5A;
        }
        answer
    }
}
