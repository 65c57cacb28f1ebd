//! What a type does, guessed from its ports: the library does not say.

use super::definition::Definition;
use crate::inventory::model::DeviceRole;
use crate::inventory::port::PortKind;

/// Interfaces from which a type without anything else is taken for a switch.
const SWITCH_INTERFACES: usize = 16;
/// Names of ports that only servers have.
const CONTROLLERS: &[&str] = &[
    "idrac", "ilo", "ipmi", "bmc", "cimc", "xcc", "imm", "ibmc", "xclarity",
];

impl Definition {
    /// What the type most likely does; the library does not say. A person may say otherwise, and that stays.
    pub fn role(&self) -> DeviceRole {
        let count = |kind| {
            let ports = self.ports.iter();
            ports.filter(|port| port.kind == kind).count()
        };
        let wired = self
            .ports
            .iter()
            .filter(|port| port.kind == PortKind::Interface)
            .filter(|port| {
                !port.management && !matches!(port.connector.as_str(), "virtual" | "lag")
            })
            .count();
        let has_controller = self.ports.iter().any(|port| {
            let name = port.name.to_lowercase();
            port.kind == PortKind::Interface && CONTROLLERS.iter().any(|word| name.contains(word))
        });
        let is_named = |word: &str| self.model.to_lowercase().contains(word);
        if count(PortKind::PowerOutlet) > 0 {
            DeviceRole::Pdu
        } else if count(PortKind::ConsoleServer) > 0 {
            DeviceRole::ConsoleServer
        } else if count(PortKind::Front) > 0 && wired == 0 {
            DeviceRole::PatchPanel
        } else if has_controller || self.subdevice_role == "child" {
            DeviceRole::Server
        } else if wired >= SWITCH_INTERFACES {
            DeviceRole::Switch
        } else if self.ports.is_empty() && (is_named("blank") || is_named("filler")) {
            DeviceRole::Blank
        } else {
            DeviceRole::Other
        }
    }
}
