//! FRU inventories: the board's own and those that the records name.

use std::collections::HashSet;
use std::time::Duration;

use ipmi_rs::app::GetDeviceId;

use super::ask::Ask;
use super::call::Call;
use super::session::IpmiSession;
use crate::base::time::Timestamp;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::{Part, PartKind};
use crate::wire::ipmi::completion;
use crate::wire::ipmi::entity::{self, Entity};
use crate::wire::ipmi::fru::{Area, AreaKind, FruHeader, HEADER_LEN, area, area_len};
use crate::wire::ipmi::message::BMC_ADDRESS;
use crate::wire::ipmi::sdr::FruLocator;

const GET_FRU_AREA_INFO: u8 = 0x10;
const READ_FRU: u8 = 0x11;
/// The FRU device is busy.
const FRU_BUSY: u8 = 0x81;
/// Inventories read of one machine.
const MOST_FRUS: usize = 64;
/// Octets asked for at once, halved where a BMC can't give that many.
const CHUNK: usize = 32;
/// Least octets asked for at once.
const LEAST_CHUNK: usize = 4;
/// Attempts at a busy FRU device, and the wait between them.
const BUSY_ATTEMPTS: u32 = 4;
const BUSY_WAIT: Duration = Duration::from_millis(250);

/// A FRU device that is being read.
struct Device {
    number: u8,
    lun: u8,
    octets: usize,
    by_words: bool,
    chunk: usize,
}

/// What an inventory says, and what is wrong with it.
#[derive(Default)]
struct Inventory {
    chassis: Option<Area>,
    board: Option<Area>,
    product: Option<Area>,
    faults: Vec<&'static str>,
}

/// FRU device 0: that of the machine itself.
const fn own_locator() -> FruLocator {
    FruLocator {
        owner: BMC_ADDRESS,
        device: 0,
        logical: true,
        lun: 0,
        entity: Entity {
            id: entity::SYSTEM_BOARD,
            instance: 0,
        },
        name: String::new(),
    }
}

impl IpmiSession {
    pub(super) async fn read_parts(&mut self) -> Result<Vec<Part>, BmcError> {
        let device = self
            .typed(GetDeviceId, Call::reading("get device id"))
            .await?;
        let mut parts = Vec::new();
        for locator in self.locators().await? {
            if let Some(inventory) = self.read_inventory(&locator).await? {
                parts.extend(inventory.parts(&locator));
            }
        }
        tell_apart(&mut parts);
        parts.push(Part {
            revision: format!(
                "{}.{:02}",
                device.major_fw_revision, device.minor_fw_revision
            ),
            ..Part::new(PartKind::Firmware, "BMC")
        });
        Ok(parts)
    }

    /// The serial number of the product in FRU device 0, else that of its chassis; the main board's is not the
    /// machine's.
    pub(super) async fn read_serials(&mut self) -> Result<Vec<String>, BmcError> {
        let Some(inventory) = self.read_inventory(&own_locator()).await? else {
            return Ok(Vec::new());
        };
        let parts = inventory.parts(&own_locator());
        let of = |kind| {
            let part = parts.iter().find(|part: &&Part| part.kind == kind);
            part.map(|part| part.serial.trim().to_owned())
                .filter(|serial| !serial.is_empty())
        };
        let told = [of(PartKind::Product), of(PartKind::Chassis)];
        Ok(told.into_iter().flatten().collect())
    }

    /// FRU device 0, which every controller has, and those of the records.
    async fn locators(&mut self) -> Result<Vec<FruLocator>, BmcError> {
        let named = match self.shelved_records().await {
            Ok(cache) => cache.inventories(),
            Err(BmcError::Completion { .. } | BmcError::NotUnderstood { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let (mut locators, mut seen) = (Vec::new(), HashSet::new());
        let own = own_locator();
        let readable = |locator: &FruLocator| locator.logical && locator.owner == BMC_ADDRESS;
        for locator in std::iter::once(own).chain(named.into_iter().filter(readable)) {
            if seen.insert((locator.lun, locator.device)) && locators.len() < MOST_FRUS {
                locators.push(locator);
            }
        }
        Ok(locators)
    }

    /// An inventory; none for a part that is not there, or that has nothing readable.
    async fn read_inventory(
        &mut self,
        locator: &FruLocator,
    ) -> Result<Option<Inventory>, BmcError> {
        let ask = Ask::storage(GET_FRU_AREA_INFO, "get fru area info", vec![locator.device]);
        let told = self.ask_if_there(ask.at_lun(locator.lun)).await?;
        let Some(&[low, high, access]) = told.as_deref().and_then(|told| told.first_chunk()) else {
            return Ok(None);
        };
        let mut device = Device {
            number: locator.device,
            lun: locator.lun,
            octets: usize::from(u16::from_le_bytes([low, high])),
            by_words: access & 0x01 != 0,
            chunk: CHUNK,
        };
        let head = self.fru_octets(&mut device, 0, HEADER_LEN).await?;
        let Ok(header) = FruHeader::decode(&head) else {
            return Ok(None);
        };
        let mut inventory = Inventory::default();
        if !header.sound {
            inventory.faults.push("header checksum wrong");
        }
        inventory.chassis = self
            .fru_area(
                &mut device,
                AreaKind::Chassis,
                header.chassis,
                &mut inventory.faults,
            )
            .await?;
        inventory.board = self
            .fru_area(
                &mut device,
                AreaKind::Board,
                header.board,
                &mut inventory.faults,
            )
            .await?;
        inventory.product = self
            .fru_area(
                &mut device,
                AreaKind::Product,
                header.product,
                &mut inventory.faults,
            )
            .await?;
        Ok(Some(inventory))
    }

    async fn fru_area(
        &mut self,
        device: &mut Device,
        kind: AreaKind,
        place: Option<usize>,
        faults: &mut Vec<&'static str>,
    ) -> Result<Option<Area>, BmcError> {
        let Some(place) = place else {
            return Ok(None);
        };
        let head = self.fru_octets(device, place, HEADER_LEN).await?;
        let Ok(length) = area_len(&head) else {
            faults.push("area beyond the end");
            return Ok(None);
        };
        let behind = place + HEADER_LEN;
        let rest = length.saturating_sub(HEADER_LEN);
        let mut octets = head;
        octets.extend(self.fru_octets(device, behind, rest).await?);
        if octets.len() < length {
            faults.push("area longer than the inventory");
        }
        let read = area(kind, &octets).ok();
        if read.as_ref().is_some_and(|area| !area.sound) && octets.len() == length {
            faults.push("area checksum wrong");
        }
        Ok(read)
    }

    /// Octets of an inventory; fewer where it ends or the BMC gives no more.
    async fn fru_octets(
        &mut self,
        device: &mut Device,
        offset: usize,
        length: usize,
    ) -> Result<Vec<u8>, BmcError> {
        let end = (offset + length).min(device.octets);
        let mut octets = Vec::new();
        let mut busy = 0;
        while offset + octets.len() < end {
            let at = offset + octets.len();
            let wanted = device.wanted(end - at);
            let answer = self.answer(device.read(at, wanted)).await?;
            match answer.completion {
                FRU_BUSY if busy < BUSY_ATTEMPTS => {
                    busy += 1;
                    tokio::time::sleep(BUSY_WAIT).await;
                }
                0xC7 | 0xC8 | completion::CANNOT_RETURN_LENGTH | 0xFF
                    if device.chunk > LEAST_CHUNK =>
                {
                    device.chunk /= 2;
                }
                0 => {
                    // The count is in front; some BMCs count what they do not send.
                    let given = answer.data.get(1..).unwrap_or_default();
                    let given = given.get(..wanted).unwrap_or(given);
                    if given.is_empty() {
                        break;
                    }
                    octets.extend_from_slice(given);
                }
                _ => break,
            }
        }
        octets.truncate(length);
        Ok(octets)
    }
}

impl Device {
    /// Octets to ask for; even ones where the device counts in words.
    const fn wanted(&self, left: usize) -> usize {
        let wanted = if left < self.chunk { left } else { self.chunk };
        if self.by_words {
            wanted.next_multiple_of(2)
        } else {
            wanted
        }
    }

    fn read(&self, offset: usize, count: usize) -> Ask {
        let shift = u32::from(self.by_words);
        let [low, high, ..] = (offset >> shift).to_le_bytes();
        let [count, ..] = (count >> shift).to_le_bytes();
        let data = vec![self.number, low, high, count];
        Ask::storage(READ_FRU, "read fru data", data).at_lun(self.lun)
    }
}

impl Inventory {
    fn parts(self, locator: &FruLocator) -> Vec<Part> {
        let kind = part_kind(locator.entity);
        let faults = self.faults.join("; ");
        let mut parts = match kind {
            None => self.of_the_machine(locator),
            Some(kind) => self.of_a_component(kind, locator),
        };
        if let Some(first) = parts.first_mut().filter(|_| !faults.is_empty()) {
            append(&mut first.detail, &faults);
        }
        parts
    }

    /// Chassis, board and product, each by itself.
    fn of_the_machine(self, locator: &FruLocator) -> Vec<Part> {
        let areas = [
            (PartKind::Chassis, self.chassis),
            (PartKind::Board, self.board),
            (PartKind::Product, self.product),
        ];
        let present = areas
            .into_iter()
            .filter_map(|(kind, area)| Some((kind, area?)));
        present
            .map(|(kind, area)| part(kind, &locator.name, area))
            .collect()
    }

    /// A component is one part: its product area, filled up from its board area.
    fn of_a_component(self, kind: PartKind, locator: &FruLocator) -> Vec<Part> {
        let slot = if locator.name.is_empty() {
            locator.entity.to_string()
        } else {
            locator.name.clone()
        };
        let board = self.board.map(|area| part(kind, &slot, area));
        let product = self.product.map(|area| part(kind, &slot, area));
        match (product, board) {
            (Some(product), Some(board)) => vec![filled(product, board)],
            (Some(one), None) | (None, Some(one)) => vec![one],
            (None, None) => Vec::new(),
        }
    }
}

/// What a component is; none for the machine itself.
const fn part_kind(entity: Entity) -> Option<PartKind> {
    Some(match entity.id {
        entity::PROCESSOR => PartKind::Processor,
        entity::MEMORY_MODULE | entity::MEMORY_DEVICE => PartKind::Memory,
        entity::DISK | entity::DRIVE_BAY => PartKind::Disk,
        entity::POWER_SUPPLY => PartKind::PowerSupply,
        // The system board, the chassis, and what is not said.
        0 | entity::SYSTEM_BOARD | 23 => return None,
        _ => PartKind::Other,
    })
}

fn part(kind: PartKind, slot: &str, area: Area) -> Part {
    let mut detail = String::new();
    if let Some(made) = area.made {
        let day = Timestamp::from_seconds(made)
            .to_utc()
            .format("made %Y-%m-%d");
        append(&mut detail, &day.to_string());
    }
    for custom in &area.custom {
        append(&mut detail, custom);
    }
    Part {
        manufacturer: area.manufacturer,
        model: area.name,
        part_number: area.part_number,
        serial: area.serial,
        asset_tag: area.asset_tag,
        revision: area.version,
        detail,
        ..Part::new(kind, slot)
    }
}

fn append(detail: &mut String, text: &str) {
    if !detail.is_empty() {
        detail.push_str("; ");
    }
    detail.push_str(text);
}

fn filled(mut part: Part, from: Part) -> Part {
    let fields = [
        (&mut part.manufacturer, from.manufacturer),
        (&mut part.model, from.model),
        (&mut part.part_number, from.part_number),
        (&mut part.serial, from.serial),
        (&mut part.revision, from.revision),
        (&mut part.detail, from.detail),
    ];
    for (field, text) in fields {
        if field.is_empty() {
            *field = text;
        }
    }
    part
}

/// Slots are unique among their kind: a second one of the same name is numbered.
fn tell_apart(parts: &mut [Part]) {
    let mut seen = HashSet::new();
    for part in parts {
        let mut number = 1;
        let name = part.slot.clone();
        while !seen.insert((part.kind, part.slot.clone())) {
            number += 1;
            part.slot = format!("{name} #{number}").trim_start().to_owned();
        }
    }
}
