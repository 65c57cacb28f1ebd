//! The walk over the sensor data records: bounded, with reservations, in chunks where a BMC
//! can't give whole ones; not at all where it says that nothing changed.

use std::collections::HashSet;
use std::num::NonZeroU16;

use ipmi_rs::app::{DeviceId, GetDeviceId};
use ipmi_rs::connection::{Message, NetFn};
use ipmi_rs::storage::sdr::{GetDeviceSdr, RecordId};

use super::ask::Ask;
use super::call::{Answer, Call};
use super::session::IpmiSession;
use super::shelf::{SdrCache, Source};
use crate::drivers::bmc::error::{BmcError, Where};
use crate::wire::ipmi::completion;
use crate::wire::ipmi::sdr::{HEADER_LEN, Header};
use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// More records than any BMC keeps.
const MOST_RECORDS: usize = 2_000;
/// Octets asked for at once where a whole record is too much.
const CHUNK: usize = 16;
/// Reservations lost in one walk before it is given up.
const MOST_RESERVATIONS: u32 = 8;

struct Walk {
    source: Source,
    reservation: Option<NonZeroU16>,
    reserved: u32,
    in_chunks: bool,
}

impl Source {
    fn of(device: &DeviceId) -> Self {
        if device.provides_device_sdrs && !device.sdr_repository_support {
            Self::Device
        } else {
            Self::Repository
        }
    }

    /// Get SDR Repository Info (IPMI 33.9), Get Device SDR Info (35.2).
    fn state(self) -> Ask {
        match self {
            Self::Repository => Ask::storage(0x20, "get sdr repository info", Vec::new()),
            Self::Device => Ask::sensor(0x20, "get device sdr info", Vec::new()),
        }
    }

    /// What of that answer changes with the records: count, last addition, last erasure; of a
    /// device all of it.
    fn stamp(self, state: &[u8]) -> Vec<u8> {
        match self {
            Self::Device => state.to_vec(),
            Self::Repository => {
                let count = state.get(1..3).unwrap_or_default();
                let times = state.get(5..13).unwrap_or_default();
                [count, times].concat()
            }
        }
    }

    /// How many records that answer says there are.
    fn count(self, state: &[u8]) -> Option<usize> {
        match self {
            Self::Device => state.first().map(|count| usize::from(*count)),
            Self::Repository => {
                let octets = state.get(1..3)?.first_chunk::<2>()?;
                Some(usize::from(u16::from_le_bytes(*octets)))
            }
        }
    }

    fn reserve(self) -> Ask {
        match self {
            Self::Repository => Ask::storage(0x22, "reserve sdr", Vec::new()),
            Self::Device => Ask::sensor(0x22, "reserve sdr", Vec::new()),
        }
    }

    /// Asks for a part of a record; `length` 0xFF is all of it.
    fn get(self, reservation: Option<NonZeroU16>, id: u16, offset: u8, length: u8) -> Message {
        if let (Self::Repository, 0, 0xFF) = (self, offset, length) {
            return GetDeviceSdr::new(reservation, RecordId::new_raw(id)).into();
        }
        let [r0, r1] = reservation.map_or(0, NonZeroU16::get).to_le_bytes();
        let [i0, i1] = id.to_le_bytes();
        let data = vec![r0, r1, i0, i1, offset, length];
        match self {
            Self::Repository => Message::new_request(NetFn::Storage, 0x23, data),
            Self::Device => Message::new_request(NetFn::SensorEvent, 0x21, data),
        }
    }
}

impl IpmiSession {
    /// The records of this BMC: the known ones when nothing changed, for one packet pair, else
    /// all of them read anew.
    pub(super) async fn records(&mut self, known: Option<SdrCache>) -> Result<SdrCache, BmcError> {
        let guid = self.login_guid();
        let known = known.filter(|known| known.guid == guid);
        let source = match &known {
            Some(known) => known.source,
            None => {
                let call = Call::reading("get device id");
                let device = self.typed(GetDeviceId, call).await?;
                self.note_quirks(&device);
                Source::of(&device)
            }
        };
        let state = self.ask_if_there(source.state()).await?;
        let count = state.as_deref().and_then(|state| source.count(state));
        let stamp = state.map_or_else(Vec::new, |state| source.stamp(&state));
        match known {
            Some(known) if !stamp.is_empty() && known.stamp == stamp => Ok(known),
            _ => self.walk(SdrCache::new(source, guid, stamp), count).await,
        }
    }

    /// The records on the shelf, checked, and kept there.
    pub(super) async fn shelved_records(&mut self) -> Result<SdrCache, BmcError> {
        let cache = self.records(self.shelf.get(self.target)).await?;
        self.shelf.put(self.target, cache.clone());
        Ok(cache)
    }

    async fn walk(
        &mut self,
        mut cache: SdrCache,
        count: Option<usize>,
    ) -> Result<SdrCache, BmcError> {
        let quirks = self.quirks().await?;
        let most = count.filter(|_| quirks.sdr_by_count);
        let mut walk = Walk {
            source: cache.source,
            reservation: None,
            reserved: 0,
            in_chunks: false,
        };
        let (mut seen, mut id) = (HashSet::new(), 0u16);
        while id != 0xFFFF && most.is_none_or(|most| seen.len() < most) {
            let (next, octets, at) = match self.record(&mut walk, id).await {
                Err(BmcError::Completion { code, .. }) if id == 0 && has_none(code) => break,
                Err(BmcError::Completion { code, .. })
                    if id != 0 && quirks.sdr_end_on == Some(code) =>
                {
                    break;
                }
                record => record?,
            };
            if !cache.add(&octets) {
                tracing::debug!(target = %self.target, record = id, "shorter than it says");
            }
            if !seen.insert(id) || seen.contains(&next) || seen.len() > MOST_RECORDS {
                let fault = DecodeError::new(DecodeKind::Loop, 0);
                return Err(BmcError::NotUnderstood { at, fault });
            }
            id = next;
        }
        Ok(cache)
    }

    /// One record: the id of the next, its octets, and where it was read.
    async fn record(
        &mut self,
        walk: &mut Walk,
        id: u16,
    ) -> Result<(u16, Vec<u8>, Where), BmcError> {
        if !walk.in_chunks {
            let answer = self.part(walk, id, 0, 0xFF).await?;
            if !is_too_long(answer.completion) {
                let (data, at) = answer.success()?;
                let (next, octets) = split_next(&data, &at)?;
                return Ok((next, octets.to_vec(), at));
            }
            walk.in_chunks = true;
        }
        self.record_in_chunks(walk, id).await
    }

    async fn record_in_chunks(
        &mut self,
        walk: &mut Walk,
        id: u16,
    ) -> Result<(u16, Vec<u8>, Where), BmcError> {
        let head = self.part(walk, id, 0, length_octet(HEADER_LEN)).await?;
        let (data, mut at) = head.success()?;
        let (next, octets) = split_next(&data, &at)?;
        let mut record = octets.to_vec();
        let header =
            Header::decode(&mut Octets::new(&record)).map_err(|fault| BmcError::NotUnderstood {
                at: at.clone(),
                fault,
            })?;
        let whole = HEADER_LEN + header.body_len;
        while record.len() < whole {
            let length = length_octet((whole - record.len()).min(CHUNK));
            let answer = self
                .part(walk, id, length_octet(record.len()), length)
                .await?;
            let (data, now_at) = answer.success()?;
            at = now_at;
            let (_, octets) = split_next(&data, &at)?;
            if octets.is_empty() {
                let fault = DecodeError::new(DecodeKind::Truncated, record.len());
                return Err(BmcError::NotUnderstood { at, fault });
            }
            record.extend_from_slice(octets);
        }
        Ok((next, record, at))
    }

    /// Part of a record, with the reservation renewed when it was lost.
    async fn part(
        &mut self,
        walk: &mut Walk,
        id: u16,
        offset: u8,
        length: u8,
    ) -> Result<Answer, BmcError> {
        loop {
            // A reservation is only needed for parts, but some BMCs want one always.
            let message = walk.source.get(walk.reservation, id, offset, length);
            let answer = self.raw(message, Call::reading("get sdr")).await?;
            let lost = answer.completion == completion::RESERVATION_LOST;
            let missing = walk.reservation.is_none() && offset != 0 && answer.completion != 0;
            if !(lost || missing) || walk.reserved >= MOST_RESERVATIONS {
                return Ok(answer);
            }
            walk.reserved += 1;
            let (data, _) = self.ask(walk.source.reserve()).await?;
            walk.reservation = data
                .first_chunk::<2>()
                .and_then(|octets| NonZeroU16::new(u16::from_le_bytes(*octets)));
        }
    }
}

/// Completion codes to the very first record by which BMCs say that they keep none.
const fn has_none(completion: u8) -> bool {
    matches!(
        completion,
        completion::INVALID_COMMAND | completion::NOT_PRESENT
    )
}

/// Completion codes by which BMCs say that a whole record does not fit in an answer.
const fn is_too_long(completion: u8) -> bool {
    matches!(
        completion,
        completion::CANNOT_RETURN_LENGTH | 0xC7 | 0xC8 | 0xFF
    )
}

/// The id of the next record, in front of the octets asked for.
fn split_next<'a>(data: &'a [u8], at: &Where) -> Result<(u16, &'a [u8]), BmcError> {
    data.split_first_chunk::<2>()
        .map(|(next, octets)| (u16::from_le_bytes(*next), octets))
        .ok_or_else(|| BmcError::NotUnderstood {
            at: at.clone(),
            fault: DecodeError::new(DecodeKind::Truncated, data.len()),
        })
}

fn length_octet(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}
