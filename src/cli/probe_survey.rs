//! What `coldaisle probe snmp` prints beside the ports: neighbours and chassis.

use serde::Serialize;

use crate::drivers::snmp::{Chassis, LldpNeighbour, Neighbours, PortReading, Survey};

/// Neighbours and chassis of a device.
#[derive(Debug, Default, Serialize)]
pub(super) struct SurveyAnswer {
    /// Its own chassis as it tells it to others.
    own_chassis_id: Option<String>,
    neighbours: Vec<NeighbourAnswer>,
    /// Neighbours at ports that can't be told.
    unplaced_neighbours: usize,
    chassis: Vec<ChassisAnswer>,
    /// What could not be read.
    #[serde(skip)]
    pub(super) warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct NeighbourAnswer {
    if_index: u32,
    port: Option<String>,
    chassis_id_kind: &'static str,
    chassis_id: String,
    port_id_kind: &'static str,
    port_id: String,
    port_descr: Option<String>,
    system_name: Option<String>,
    system_descr: Option<String>,
    management_address: Option<String>,
}

#[derive(Debug, Serialize)]
struct ChassisAnswer {
    serial: Option<String>,
    model: Option<String>,
    maker: Option<String>,
    revision: Option<String>,
}

impl From<Chassis> for ChassisAnswer {
    fn from(chassis: Chassis) -> Self {
        Self {
            serial: chassis.serial,
            model: chassis.model,
            maker: chassis.maker,
            revision: chassis.revision,
        }
    }
}

fn neighbour(found: LldpNeighbour, ports: &[PortReading]) -> NeighbourAnswer {
    let port = ports.iter().find(|port| port.if_index == found.if_index);
    NeighbourAnswer {
        if_index: found.if_index,
        port: port.and_then(|port| port.name.clone().or(port.descr.clone())),
        chassis_id_kind: found.chassis.kind.as_str(),
        chassis_id: found.chassis.text,
        port_id_kind: found.port.kind.as_str(),
        port_id: found.port.text,
        port_descr: found.port_descr,
        system_name: found.system_name,
        system_descr: found.system_descr,
        management_address: found.management,
    }
}

impl SurveyAnswer {
    /// A survey in print; what failed becomes a warning.
    pub(super) fn of(survey: Survey, ports: &[PortReading]) -> Self {
        let mut warnings = Vec::new();
        let found = survey.neighbours.unwrap_or_else(|fault| {
            warnings.push(format!("neighbours were not read: {fault}"));
            Neighbours::default()
        });
        let chassis = survey.chassis.unwrap_or_else(|fault| {
            warnings.push(format!("the chassis was not read: {fault}"));
            Vec::new()
        });
        let neighbours = found.found.into_iter();
        Self {
            own_chassis_id: found.own_chassis.map(|id| id.text),
            neighbours: neighbours.map(|one| neighbour(one, ports)).collect(),
            unplaced_neighbours: found.unplaced,
            chassis: chassis.into_iter().map(ChassisAnswer::from).collect(),
            warnings,
        }
    }

    /// Lines for people; nothing where there is nothing.
    pub(super) fn lines(&self) -> String {
        let mut text = String::new();
        for chassis in &self.chassis {
            let parts = [
                &chassis.maker,
                &chassis.model,
                &chassis.serial,
                &chassis.revision,
            ];
            let said: Vec<&str> = parts
                .into_iter()
                .filter_map(|part| part.as_deref())
                .collect();
            text += &format!("chassis: {}\n", said.join(", "));
        }
        for one in &self.neighbours {
            let port = one.port.clone().unwrap_or_else(|| one.if_index.to_string());
            let name = one.system_name.as_deref().unwrap_or(&one.chassis_id);
            text += &format!("neighbour: {port} -> {name} {}", one.port_id);
            if let Some(address) = &one.management_address {
                text += &format!(" ({address})");
            }
            text.push('\n');
        }
        if self.unplaced_neighbours > 0 {
            let count = self.unplaced_neighbours;
            text += &format!("neighbours at ports that can't be told: {count}\n");
        }
        text
    }
}
