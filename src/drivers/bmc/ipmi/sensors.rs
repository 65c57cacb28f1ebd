//! Sensors: a bounded walk over the data records, then a reading each.

use std::collections::HashSet;
use std::num::NonZeroU16;

use ipmi_rs::app::{DeviceId, GetDeviceId};
use ipmi_rs::connection::{Message, NetFn};
use ipmi_rs::storage::sdr::{GetDeviceSdr, RecordId};

use super::call::{Answer, Call};
use super::session::IpmiSession;
use crate::drivers::bmc::error::{BmcError, Where};
use crate::drivers::bmc::{Health, Quantity, SensorReading, Thresholds};
use crate::wire::ipmi::completion;
use crate::wire::ipmi::message::BMC_ADDRESS;
use crate::wire::ipmi::reading::{Linearization, RawReading};
use crate::wire::ipmi::sdr::{self, HEADER_LEN, Header, Record, Sensor};
use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// More records than any BMC keeps.
const MOST_RECORDS: usize = 2_000;
/// Octets asked for at once where a whole record is too much.
const CHUNK: usize = 16;
/// Reservations lost in one walk before it is given up.
const MOST_RESERVATIONS: u32 = 8;

const GET_SENSOR_READING: u8 = 0x2D;

/// Where the records are: in the repository, or in the BMC as a device.
#[derive(Clone, Copy)]
enum Source {
    Repository,
    Device,
}

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

    fn reserve(self) -> Message {
        match self {
            Self::Repository => Message::new_request(NetFn::Storage, 0x22, Vec::new()),
            Self::Device => Message::new_request(NetFn::SensorEvent, 0x22, Vec::new()),
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
    pub(super) async fn read_sensors(&mut self) -> Result<Vec<SensorReading>, BmcError> {
        let device = self
            .typed(GetDeviceId, Call::reading("get device id"))
            .await?;
        let mut readings = Vec::new();
        for sensor in self.records(Source::of(&device)).await? {
            readings.push(self.read_sensor(&sensor).await?);
        }
        Ok(readings)
    }

    /// All sensors that the records name.
    async fn records(&mut self, source: Source) -> Result<Vec<Sensor>, BmcError> {
        let mut walk = Walk {
            source,
            reservation: None,
            reserved: 0,
            in_chunks: false,
        };
        let (mut sensors, mut seen, mut id) = (Vec::new(), HashSet::new(), 0u16);
        while id != 0xFFFF {
            let (next, octets, at) = match self.record(&mut walk, id).await {
                Err(BmcError::Completion { code, .. }) if id == 0 && has_none(code) => break,
                record => record?,
            };
            match sdr::decode(&octets) {
                Ok(Record::Sensors(found)) => sensors.extend(found),
                Ok(Record::Other(_)) => {}
                // One odd record does not hide the others.
                Err(fault) => tracing::debug!(target = %self.target, record = id, %fault, "SDR"),
            }
            if !seen.insert(id) || seen.contains(&next) || seen.len() > MOST_RECORDS {
                let fault = DecodeError::new(DecodeKind::Loop, 0);
                return Err(BmcError::NotUnderstood { at, fault });
            }
            id = next;
        }
        Ok(sensors)
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
            let reserve = walk.source.reserve();
            let answer = self.raw(reserve, Call::reading("reserve sdr")).await?;
            let (data, _) = answer.success()?;
            walk.reservation = data
                .first_chunk::<2>()
                .and_then(|octets| NonZeroU16::new(u16::from_le_bytes(*octets)));
        }
    }

    async fn read_sensor(&mut self, sensor: &Sensor) -> Result<SensorReading, BmcError> {
        if sensor.owner != BMC_ADDRESS {
            return Ok(without_value(sensor, "elsewhere"));
        }
        let number = vec![sensor.number];
        let message = Message::new_request(NetFn::SensorEvent, GET_SENSOR_READING, number);
        let call = Call {
            lun: sensor.lun,
            ..Call::reading("get sensor reading")
        };
        let answer = self.raw(message, call).await?;
        if answer.completion != 0 {
            return Ok(without_value(sensor, "unavailable"));
        }
        let (data, at) = answer.success()?;
        let raw =
            RawReading::decode(&data).map_err(|fault| BmcError::NotUnderstood { at, fault })?;
        Ok(reading(sensor, raw))
    }
}

fn without_value(sensor: &Sensor, state: impl Into<String>) -> SensorReading {
    SensorReading {
        key: format!("{:02x}.{}.{:02x}", sensor.owner, sensor.lun, sensor.number),
        name: sensor.name.clone(),
        entity: None,
        quantity: Quantity::Other,
        value: None,
        unit: sensor.unit,
        health: Health::Unknown,
        state: state.into(),
        states: Vec::new(),
        thresholds: Thresholds::default(),
    }
}

/// Puts record and raw reading together.
fn reading(sensor: &Sensor, raw: RawReading) -> SensorReading {
    if !raw.scanning {
        return without_value(sensor, "disabled");
    }
    if !raw.available {
        return without_value(sensor, "unavailable");
    }
    if !sensor.has_thresholds() {
        return without_value(sensor, format!("states:0x{:04x}", raw.bits));
    }
    let Some(factors) = sensor.factors else {
        // Thresholds without an analog value: only the comparison says something.
        return without_value(sensor, raw.threshold_word());
    };
    if factors.linearization == Linearization::NonLinear {
        return without_value(sensor, "unsupported");
    }
    match factors.value(raw.raw) {
        Some(value) => SensorReading {
            value: Some(value),
            ..without_value(sensor, raw.threshold_word())
        },
        None => without_value(sensor, "impossible"),
    }
}

/// Completion codes to the very first record by which BMCs say that they keep none.
const fn has_none(completion: u8) -> bool {
    matches!(completion, completion::INVALID_COMMAND | 0xCB)
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
