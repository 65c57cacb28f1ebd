//! The documents of a simulated service, in the shapes of two families.

use serde_json::{Value, json};

use super::machine::Power;
use super::{Shape, SimRedfishConfig};

/// Where things are: names differ between families, so that nobody builds them.
pub(super) struct Names {
    pub(super) system: &'static str,
    pub(super) manager: &'static str,
    pub(super) chassis: &'static str,
    storage: &'static str,
}

impl Names {
    pub(super) const fn of(shape: Shape) -> Self {
        match shape {
            Shape::Usual => Self {
                system: "/redfish/v1/Systems/System.Embedded.1",
                manager: "/redfish/v1/Managers/bmc",
                chassis: "/redfish/v1/Chassis/Front",
                storage: "/redfish/v1/Systems/System.Embedded.1/Storage",
            },
            Shape::Ibmc => Self {
                system: "/redfish/v1/Systems/1",
                manager: "/redfish/v1/Managers/1",
                chassis: "/redfish/v1/Chassis/1",
                storage: "/redfish/v1/Systems/1/Storages",
            },
        }
    }
}

/// What changes while the service runs.
pub(super) struct Moving {
    pub(super) power: Power,
    pub(super) lit: bool,
    pub(super) boot: (String, String, String),
    pub(super) tag: String,
    /// Degrees above the usual.
    pub(super) warmth: f64,
}

fn link(path: impl Into<String>) -> Value {
    json!({"@odata.id": path.into()})
}

/// A collection of these members.
fn collection(path: &str, members: &[(String, Value)]) -> Vec<(String, Value)> {
    let links: Vec<Value> = members
        .iter()
        .map(|(path, _)| link(path.as_str()))
        .collect();
    let listed = json!({"@odata.id": path, "Members@odata.count": links.len(), "Members": links});
    let mut all = vec![(path.to_owned(), listed)];
    all.extend(members.iter().cloned());
    all
}

fn member(of: &str, id: &str, mut fields: Value) -> (String, Value) {
    let path = format!("{of}/{id}");
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("@odata.id".to_owned(), path.as_str().into());
        fields.insert("Id".to_owned(), id.into());
    }
    (path, fields)
}

/// All documents but sessions and tasks.
pub(super) fn documents(config: &SimRedfishConfig, now: &Moving) -> Vec<(String, Value)> {
    let names = Names::of(config.shape);
    let mut all = vec![("/redfish/v1".to_owned(), root(config))];
    let service = |path: &str, fields: Value| (path.to_owned(), fields);
    all.push(service(
        "/redfish/v1/AccountService",
        json!({"Accounts": link("/redfish/v1/AccountService/Accounts")}),
    ));
    all.push(service(
        "/redfish/v1/UpdateService",
        json!({"FirmwareInventory": link("/redfish/v1/UpdateService/FirmwareInventory")}),
    ));
    let account = json!({"UserName": config.user, "Enabled": true, "RoleId": "Administrator", "Password": null,
        "@odata.etag": now.tag});
    let accounts = "/redfish/v1/AccountService/Accounts";
    all.extend(collection(accounts, &[member(accounts, "2", account)]));
    let firmware = "/redfish/v1/UpdateService/FirmwareInventory";
    all.extend(collection(
        firmware,
        &[
            member(firmware, "BMC", json!({"Name": "BMC", "Version": "3.12"})),
            member(
                firmware,
                "Bios",
                json!({"Name": "BIOS", "Version": "1.8.2"}),
            ),
        ],
    ));
    all.extend(collection(
        "/redfish/v1/Systems",
        &[(names.system.to_owned(), system(config, &names, now))],
    ));
    all.extend(collection(
        "/redfish/v1/Managers",
        &[(names.manager.to_owned(), manager(&names))],
    ));
    all.extend(collection(
        "/redfish/v1/Chassis",
        &[(names.chassis.to_owned(), chassis(config, &names))],
    ));
    all.extend(parts(&names));
    all.extend(readings(&names, now));
    all.extend(log(&names));
    all
}

fn root(config: &SimRedfishConfig) -> Value {
    let mut root = json!({
        "@odata.id": "/redfish/v1", "Id": "RootService", "RedfishVersion": "1.11.0",
        "Systems": link("/redfish/v1/Systems"), "Chassis": link("/redfish/v1/Chassis"),
        "Managers": link("/redfish/v1/Managers"), "AccountService": link("/redfish/v1/AccountService"),
        "UpdateService": link("/redfish/v1/UpdateService"),
        "Links": {"Sessions": link("/redfish/v1/SessionService/Sessions")},
    });
    if let Some(fields) = root.as_object_mut() {
        match config.shape {
            Shape::Usual => {
                let can = json!({"ExpandQuery": {"NoLinks": true, "Levels": true, "MaxLevels": 1}});
                fields.insert("ProtocolFeaturesSupported".to_owned(), can);
            }
            Shape::Ibmc => {
                fields.insert(
                    "Oem".to_owned(),
                    json!({"Huawei": {"SoftwareName": "iBMC"}}),
                );
            }
        }
    }
    root
}

fn system(config: &SimRedfishConfig, names: &Names, now: &Moving) -> Value {
    let path = names.system;
    let (enabled, target, mode) = &now.boot;
    let mut system = json!({
        "@odata.id": path, "@odata.etag": now.tag, "Id": path.rsplit('/').next(),
        "Manufacturer": config.maker, "Model": config.model, "SerialNumber": config.serial,
        "UUID": config.uuid, "PowerState": now.power.word(), "BiosVersion": "1.8.2",
        "Boot": {"BootSourceOverrideEnabled": enabled, "BootSourceOverrideTarget": target,
            "BootSourceOverrideMode": mode,
            "BootSourceOverrideTarget@Redfish.AllowableValues": ["None", "Pxe", "Hdd", "Cd", "BiosSetup"]},
        "Processors": link(format!("{path}/Processors")), "Memory": link(format!("{path}/Memory")),
        "EthernetInterfaces": link(format!("{path}/EthernetInterfaces")), "Storage": link(names.storage),
        "LogServices": link(format!("{path}/LogServices")),
        "Links": {"Chassis": [link(names.chassis)], "ManagedBy": [link(names.manager)]},
    });
    let reset = format!("{path}/Actions/ComputerSystem.Reset");
    let reset = match config.shape {
        Shape::Usual => {
            json!({"target": reset, "@Redfish.ActionInfo": format!("{path}/ResetActionInfo")})
        }
        // Offers more than it takes.
        Shape::Ibmc => json!({"target": reset, "ResetType@Redfish.AllowableValues":
            ["On", "ForceOff", "GracefulShutdown", "ForceRestart", "Nmi", "PowerCycle", "ForceOn"]}),
    };
    if let Some(fields) = system.as_object_mut() {
        fields.insert(
            "Actions".to_owned(),
            json!({"#ComputerSystem.Reset": reset}),
        );
        match config.shape {
            Shape::Usual => fields.insert("LocationIndicatorActive".to_owned(), now.lit.into()),
            Shape::Ibmc => fields.insert(
                "IndicatorLED".to_owned(),
                if now.lit { "Blinking" } else { "Off" }.into(),
            ),
        };
    }
    system
}

fn manager(names: &Names) -> Value {
    let path = names.manager;
    json!({
        "@odata.id": path, "FirmwareVersion": "3.12", "ManagerType": "BMC",
        "EthernetInterfaces": link(format!("{path}/EthernetInterfaces")),
        "Actions": {"#Manager.Reset": {"target": format!("{path}/Actions/Manager.Reset"),
            "ResetType@Redfish.AllowableValues": ["ForceRestart", "GracefulRestart"]}},
    })
}

fn chassis(config: &SimRedfishConfig, names: &Names) -> Value {
    let path = names.chassis;
    json!({
        "@odata.id": path, "Id": path.rsplit('/').next(), "Manufacturer": config.maker, "Model": config.model,
        "SerialNumber": config.serial, "ChassisType": "RackMount",
        "Thermal": link(format!("{path}/Thermal")), "Power": link(format!("{path}/Power")),
    })
}

/// Processors, memory, a drive, ports; numbers where the schema says text, as iBMC has them.
fn parts(names: &Names) -> Vec<(String, Value)> {
    let path = names.system;
    let processors = format!("{path}/Processors");
    let processor = |socket: u32| {
        let fields = json!({"Socket": socket, "ProcessorId": socket, "ProcessorType": "CPU",
            "Manufacturer": "Sample", "Model": "S-24", "TotalCores": 24, "MaxSpeedMHz": 2600});
        member(&processors, &socket.to_string(), fields)
    };
    let memory = format!("{path}/Memory");
    let module = |slot: u32| {
        let fields = json!({"DeviceLocator": format!("DIMM{slot:02}"), "CapacityMiB": 32768,
            "MemoryDeviceType": "DDR4", "SerialNumber": format!("M{slot:06}"), "Manufacturer": "Sample"});
        member(&memory, &format!("mainboardDIMM{slot:02}"), fields)
    };
    let empty = member(
        &memory,
        "mainboardDIMM20",
        json!({"Status": {"State": "Absent"}}),
    );
    let ports = format!("{path}/EthernetInterfaces");
    let port = |number: u32| {
        let fields = json!({"Name": "Ethernet Interface", "MACAddress": format!("02:00:5E:10:00:{number:02X}")});
        member(&ports, &format!("mainboardPort{number}"), fields)
    };
    let own = format!("{}/EthernetInterfaces", names.manager);
    let address = json!({"MACAddress": "02:00:5E:10:FF:01", "IPv4Addresses": [
        {"Address": "192.0.2.17", "AddressOrigin": "Static", "SubnetMask": "255.255.255.0", "Gateway": "192.0.2.1"}]});
    let drive = format!("{}/Drives", names.chassis);
    let (drive_path, drive) = member(
        &drive,
        "Disk0",
        json!({"CapacityBytes": 960_000_000_000_u64, "MediaType": "SSD",
        "SerialNumber": "D000001", "Model": "Sample 960", "Protocol": "SATA"}),
    );
    let storage = member(
        names.storage,
        "RAIDStorage0",
        json!({"Drives": [link(drive_path.as_str())]}),
    );
    let mut all = collection(&processors, &[processor(1), processor(2)]);
    all.extend(collection(&memory, &[module(0), module(10), empty]));
    all.extend(collection(&ports, &[port(1), port(2)]));
    all.extend(collection(&own, &[member(&own, "eth0", address)]));
    all.extend(collection(names.storage, &[storage]));
    all.push((drive_path, drive));
    let types = [
        "On",
        "ForceOff",
        "GracefulShutdown",
        "ForceRestart",
        "Nmi",
        "PowerCycle",
    ];
    let info = json!({"Parameters": [{"Name": "ResetType", "AllowableValues": types}]});
    all.push((format!("{path}/ResetActionInfo"), info));
    all
}

fn readings(names: &Names, now: &Moving) -> Vec<(String, Value)> {
    let path = names.chassis;
    let on = now.power == Power::On;
    let ok = json!({"State": "Enabled", "Health": "OK"});
    let warm = |index: u32, name: &str, celsius: f64| {
        json!({"@odata.id": format!("{path}/Thermal#/Temperatures/{index}"), "Name": name, "Status": ok,
            "ReadingCelsius": celsius + now.warmth, "UpperThresholdNonCritical": 85, "UpperThresholdCritical": 95})
    };
    let fan = |index: u32| {
        let turns = if on { 7200 + 60 * i64::from(index) } else { 0 };
        json!({"@odata.id": format!("{path}/Thermal#/Fans/{index}"), "Name": format!("Fan{} Speed", index + 1),
            "Reading": turns, "ReadingUnits": "RPM", "LowerThresholdCritical": if on { 600 } else { 0 }, "Status": ok})
    };
    let supply = |index: u32| {
        json!({"@odata.id": format!("{path}/Power#/PowerSupplies/{index}"), "MemberId": index,
            "Name": format!("PSU{}", index + 1), "PowerCapacityWatts": 900, "SerialNumber": format!("P00000{index}"),
            "Status": ok})
    };
    let watts = if on { 212 } else { 11 };
    let thermal = json!({"Temperatures": [warm(0, "Inlet Temp", 22.0), warm(1, "CPU1 Temp", 46.0), warm(2, "CPU2 Temp", 44.0)],
        "Fans": [fan(0), fan(1), fan(2), fan(3)]});
    let power = json!({
        "PowerControl": [{"@odata.id": format!("{path}/Power#/PowerControl/0"), "Name": "System Power",
            "PowerConsumedWatts": watts}],
        "Voltages": [{"@odata.id": format!("{path}/Power#/Voltages/0"), "Name": "12V", "ReadingVolts": 12.1, "Status": ok}],
        "PowerSupplies": [supply(0), supply(1)],
    });
    vec![
        (format!("{path}/Thermal"), thermal),
        (format!("{path}/Power"), power),
    ]
}

fn log(names: &Names) -> Vec<(String, Value)> {
    let services = format!("{}/LogServices", names.system);
    let entries = format!("{services}/Log1/Entries");
    let service = member(
        &services,
        "Log1",
        json!({"LogEntryType": "SEL", "MaxNumberOfRecords": 100,
        "DateTime": chrono::Utc::now().to_rfc3339(), "Entries": link(entries.as_str())}),
    );
    let said = [
        ("Power supply 2 lost its input", "Critical", "PowerSupply"),
        ("Power supply 2 has its input again", "OK", "PowerSupply"),
        ("System powered on", "OK", "System"),
    ];
    let mut all = collection(&services, &[service]);
    let entry = |(index, (text, severity, kind)): (usize, &(&str, &str, &str))| {
        json!({"@odata.id": format!("{entries}/{}", index + 1), "Id": (index + 1).to_string(), "EntryType": "SEL",
            "Created": format!("2026-11-20T08:0{index}:00+08:00"), "Message": text, "Severity": severity,
            "SensorType": kind, "MessageId": format!("0x2A0000{index}")})
    };
    let members: Vec<Value> = said.iter().enumerate().map(entry).collect();
    // The newest first, and a page for each: so do some controllers.
    for (page, member) in members.iter().rev().enumerate() {
        let mut fields = json!({"@odata.id": entries, "Members": [member], "Members@odata.count": members.len()});
        if page + 1 < members.len()
            && let Some(fields) = fields.as_object_mut()
        {
            let next = format!("{entries}?$skip={}", page + 1);
            fields.insert("Members@odata.nextLink".to_owned(), next.into());
        }
        let path = if page == 0 {
            entries.clone()
        } else {
            format!("{entries}?$skip={page}")
        };
        all.push((path, fields));
    }
    all
}
