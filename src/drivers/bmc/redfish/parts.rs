//! Walking to all parts of the machine: processors, memory, drives, network, power supplies, firmware.

use serde_json::Value;

use super::look;
use super::parts_of;
use super::power::serial;
use super::session::RedfishSession;
use crate::drivers::bmc::Part;
use crate::drivers::bmc::error::BmcError;

/// Most drives that are fetched.
const MOST_DRIVES: usize = 200;

impl RedfishSession {
    pub(super) async fn read_parts(&mut self) -> Result<Vec<Part>, BmcError> {
        let system = self.system().await?.body;
        let chassis = self.chassis(&system).await?.unwrap_or_default();
        let mut parts = vec![parts_of::product(&system, serial(&system))];
        parts.extend(parts_of::chassis(&chassis));
        let processors = self.members("processors", &system, "/Processors").await?;
        parts.extend(processors.iter().filter_map(parts_of::processor));
        let memory = self.members("memory", &system, "/Memory").await?;
        parts.extend(memory.iter().filter_map(parts_of::memory));
        parts.extend(self.drives(&system, &chassis).await?);
        let ports = self
            .members("ethernet interfaces", &system, "/EthernetInterfaces")
            .await?;
        parts.extend(ports.iter().filter_map(parts_of::network_port));
        let adapters = self
            .members("network adapters", &chassis, "/NetworkAdapters")
            .await?;
        parts.extend(adapters.iter().filter_map(parts_of::network_adapter));
        parts.extend(self.power_supplies(&chassis).await?);
        parts.extend(self.firmware().await?);
        Ok(parts_of::unlike(parts))
    }

    /// Drives by the links of each storage, else those of the chassis, else SimpleStorage.
    async fn drives(&mut self, system: &Value, chassis: &Value) -> Result<Vec<Part>, BmcError> {
        let storages = self.members("storage", system, "/Storage").await?;
        let mut paths: Vec<String> = Vec::new();
        for storage in &storages {
            paths.extend(look::links(storage, "/Drives"));
        }
        if paths.is_empty() {
            paths = look::links(chassis, "/Links/Drives");
        }
        paths.dedup();
        let mut drives = Vec::new();
        for path in paths.iter().take(MOST_DRIVES) {
            let drive = self.maybe("drive", path).await?;
            drives.extend(drive.as_ref().and_then(parts_of::drive));
        }
        if !drives.is_empty() {
            return Ok(drives);
        }
        for storage in self
            .members("simple storage", system, "/SimpleStorage")
            .await?
        {
            let devices = look::list(&storage, "/Devices").iter().enumerate();
            drives.extend(
                devices
                    .filter_map(|(index, device)| parts_of::simple_drive(&storage, index, device)),
            );
        }
        Ok(drives)
    }

    async fn power_supplies(&mut self, chassis: &Value) -> Result<Vec<Part>, BmcError> {
        let power = self
            .behind("power", chassis, "/Power")
            .await?
            .unwrap_or_default();
        let old = look::list(&power, "/PowerSupplies");
        if !old.is_empty() {
            return Ok(old.iter().filter_map(parts_of::power_supply).collect());
        }
        let subsystem = self
            .behind("power subsystem", chassis, "/PowerSubsystem")
            .await?;
        let subsystem = subsystem.unwrap_or_default();
        let supplies = self
            .members("power supplies", &subsystem, "/PowerSupplies")
            .await?;
        Ok(supplies.iter().filter_map(parts_of::power_supply).collect())
    }

    async fn firmware(&mut self) -> Result<Vec<Part>, BmcError> {
        let service = self
            .behind("update service", &self.root, "/UpdateService")
            .await?;
        let service = service.unwrap_or_default();
        let images = self
            .members("firmware inventory", &service, "/FirmwareInventory")
            .await?;
        Ok(images.iter().filter_map(parts_of::firmware).collect())
    }
}
