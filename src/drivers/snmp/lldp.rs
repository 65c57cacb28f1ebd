//! Who is at the other end: the remote tables of LLDP-MIB (IEEE 802.1AB, 1.0.8802.1.1.2).

use std::collections::{BTreeMap, BTreeSet};

use ::snmp::{Oid, Value};

use super::asker::Asker;
use super::lldp_id::{IdKind, LldpId, address};
use super::lldp_place::{BY_MAC, LocalPort, places};
use super::report::PortReading;
use super::side_table::{Cells, Rows, SideFault, octets, rows};
use super::value;

const LOC_CHASSIS_ID_SUBTYPE: [u32; 10] = [1, 0, 8802, 1, 1, 2, 1, 3, 1, 0];
const LOC_CHASSIS_ID: [u32; 10] = [1, 0, 8802, 1, 1, 2, 1, 3, 2, 0];
const LOC_PORT_ENTRY: [u32; 10] = [1, 0, 8802, 1, 1, 2, 1, 3, 7, 1];
const REM_ENTRY: [u32; 10] = [1, 0, 8802, 1, 1, 2, 1, 4, 1, 1];
const REM_MAN_ADDR_ENTRY: [u32; 10] = [1, 0, 8802, 1, 1, 2, 1, 4, 2, 1];
const IF_ENTRY: [u32; 9] = [1, 3, 6, 1, 2, 1, 2, 2, 1];
const IF_PHYS_ADDRESS: u32 = 6;

/// lldpRemTable: subtype and id of the chassis, of the port, descriptions and the name.
const REM_COLUMNS: [u32; 7] = [4, 5, 6, 7, 8, 9, 10];
const LOC_PORT_COLUMNS: [u32; 3] = [2, 3, 4];
/// lldpRemManAddrIfSubtype: the address itself is in the row's name.
const REM_MAN_ADDR_COLUMNS: [u32; 1] = [3];
/// More neighbours than this are no switch's.
const MOST_NEIGHBOURS: usize = 4_096;
const MOST_LOCAL_PORTS: usize = 10_000;

/// A device at the other end of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LldpNeighbour {
    /// ifIndex of the port here.
    pub if_index: u32,
    /// Its chassis.
    pub chassis: LldpId,
    /// Its port.
    pub port: LldpId,
    /// lldpRemPortDesc.
    pub port_descr: Option<String>,
    /// lldpRemSysName.
    pub system_name: Option<String>,
    /// lldpRemSysDesc.
    pub system_descr: Option<String>,
    /// Where it is managed: an IPv4 address before an IPv6 one.
    pub management: Option<String>,
}

/// What LLDP knows of a device and those around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The device's own chassis as it tells it to others; `None` where it does not speak LLDP.
    pub own_chassis: Option<LldpId>,
    /// Those around it, by port.
    pub found: Vec<LldpNeighbour>,
    /// Neighbours at local ports that can't be told.
    pub unplaced: usize,
}

/// Reads them; `ports` are the device's, as just read.
pub(super) async fn read(
    asker: &mut Asker<'_>,
    ports: &[PortReading],
) -> Result<Neighbours, SideFault> {
    let own_chassis = own_chassis(asker).await?;
    let remote = rows(asker, &REM_ENTRY, &REM_COLUMNS, MOST_NEIGHBOURS).await?;
    if remote.is_empty() {
        return Ok(Neighbours {
            own_chassis,
            ..Neighbours::default()
        });
    }
    let locals = local_ports(asker).await?;
    let wanted: BTreeSet<u32> = remote.keys().filter_map(|index| local_of(index)).collect();
    let by_mac = |number: &u32| {
        locals
            .get(number)
            .is_some_and(|local| local.subtype == Some(BY_MAC))
    };
    let macs = match wanted.iter().any(by_mac) {
        true => macs(asker).await?,
        false => BTreeMap::new(),
    };
    let managed = rows(
        asker,
        &REM_MAN_ADDR_ENTRY,
        &REM_MAN_ADDR_COLUMNS,
        MOST_NEIGHBOURS,
    )
    .await?;
    let places = places(&wanted, &locals, ports, &macs);
    let (found, unplaced) = neighbours(&remote, &managements(&managed), &places);
    Ok(Neighbours {
        own_chassis,
        found,
        unplaced,
    })
}

async fn own_chassis(asker: &mut Asker<'_>) -> Result<Option<LldpId>, SideFault> {
    let names = [LOC_CHASSIS_ID_SUBTYPE, LOC_CHASSIS_ID].map(|arcs| Oid::from_slice(&arcs));
    let (mut subtype, mut id) = (None, None);
    for (name, value) in asker.get(&names).await? {
        match name.arcs() {
            arcs if arcs == LOC_CHASSIS_ID_SUBTYPE => subtype = value::gauge(&value).ok(),
            arcs if arcs == LOC_CHASSIS_ID => id = octets(Some(&value)).map(<[u8]>::to_vec),
            _ => {}
        }
    }
    let id = id.filter(|id| !id.is_empty());
    Ok(id.map(|id| LldpId::new(IdKind::of_chassis(subtype), &id)))
}

async fn local_ports(asker: &mut Asker<'_>) -> Result<BTreeMap<u32, LocalPort>, SideFault> {
    let said = rows(asker, &LOC_PORT_ENTRY, &LOC_PORT_COLUMNS, MOST_LOCAL_PORTS).await?;
    let local = |(index, cells): (Vec<u32>, Cells)| {
        let [number] = index.as_slice() else {
            return None;
        };
        let local = LocalPort {
            subtype: cells.get(&2).and_then(|value| value::gauge(value).ok()),
            id: octets(cells.get(&3)).unwrap_or_default().to_vec(),
            descr: text(&cells, 4),
        };
        Some((*number, local))
    };
    Ok(said.into_iter().filter_map(local).collect())
}

async fn macs(asker: &mut Asker<'_>) -> Result<BTreeMap<u32, Vec<u8>>, SideFault> {
    let said = rows(asker, &IF_ENTRY, &[IF_PHYS_ADDRESS], MOST_LOCAL_PORTS).await?;
    let mac = |(index, cells): (Vec<u32>, Cells)| {
        let [if_index] = index.as_slice() else {
            return None;
        };
        let mac = octets(cells.get(&IF_PHYS_ADDRESS))?;
        (!mac.is_empty()).then(|| (*if_index, mac.to_vec()))
    };
    Ok(said.into_iter().filter_map(mac).collect())
}

/// lldpRemLocalPortNum of a row named by time mark, local port and remote index.
fn local_of(index: &[u32]) -> Option<u32> {
    match index {
        [_, number, _] => Some(*number),
        _ => None,
    }
}

/// Addresses by local port and remote index.
fn managements(rows: &Rows) -> BTreeMap<(u32, u32), String> {
    let mut found: BTreeMap<(u32, u32), String> = BTreeMap::new();
    for index in rows.keys() {
        let [_, number, remote, family, length, rest @ ..] = index.as_slice() else {
            continue;
        };
        let octets: Vec<u8> = rest
            .iter()
            .filter_map(|arc| u8::try_from(*arc).ok())
            .collect();
        let fits = matches!((*family, *length, octets.len()), (1, 4, 4) | (2, 16, 16));
        // Families come in order: IPv4 first.
        if let Some(address) = address(&octets).filter(|_| fits) {
            found.entry((*number, *remote)).or_insert(address);
        }
    }
    found
}

/// Agents may show a neighbour under several time marks: the last one counts.
fn neighbours(
    rows: &Rows,
    managed: &BTreeMap<(u32, u32), String>,
    places: &BTreeMap<u32, u32>,
) -> (Vec<LldpNeighbour>, usize) {
    let mut latest: BTreeMap<(u32, u32), &Cells> = BTreeMap::new();
    let mut unplaced = BTreeSet::new();
    for (index, cells) in rows {
        match index.as_slice() {
            [_, number, remote] if places.contains_key(number) => {
                latest.insert((*number, *remote), cells);
            }
            [_, number, remote] => {
                unplaced.insert(vec![*number, *remote]);
            }
            other => {
                unplaced.insert(other.to_vec());
            }
        }
    }
    let found = latest.into_iter().filter_map(|((number, remote), cells)| {
        let subtype = |column: u32| {
            cells
                .get(&column)
                .and_then(|value| value::gauge(value).ok())
        };
        let id = |column: u32| octets(cells.get(&column)).filter(|id| !id.is_empty());
        let chassis = LldpId::new(IdKind::of_chassis(subtype(4)), id(5)?);
        Some(LldpNeighbour {
            if_index: *places.get(&number)?,
            chassis,
            port: LldpId::new(IdKind::of_port(subtype(6)), id(7).unwrap_or_default()),
            port_descr: text(cells, 8),
            system_name: text(cells, 9),
            system_descr: text(cells, 10),
            management: managed.get(&(number, remote)).cloned(),
        })
    });
    (found.collect(), unplaced.len())
}

fn text(cells: &Cells, column: u32) -> Option<String> {
    let value: &Value = cells.get(&column)?;
    value::string(value).ok().flatten()
}
