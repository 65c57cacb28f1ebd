//! The controller: its network side, its accounts, the host's watchdog; and its restart.

use serde_json::{Value, json};

use super::channel::Ask;
use super::look;
use super::parts_of::mac_address;
use super::said::Said;
use super::session::RedfishSession;
use crate::drivers::bmc::Controller;
use crate::drivers::bmc::error::BmcError;

impl RedfishSession {
    pub(super) async fn read_controller(&mut self) -> Result<Controller, BmcError> {
        let system = self.system().await?.body;
        let manager = self.manager(&system).await?.unwrap_or_default();
        let ports = self
            .members("manager ports", &manager, "/EthernetInterfaces")
            .await?;
        let mut controller = ports
            .iter()
            .max_by_key(|port| fitness(port))
            .map(network)
            .unwrap_or_default();
        controller.users = self.users().await?;
        controller.watchdog = watchdog(&system);
        Ok(controller)
    }

    async fn users(&mut self) -> Result<Vec<String>, BmcError> {
        let accounts = self.accounts().await?;
        Ok(accounts.iter().filter_map(user).collect())
    }

    /// All accounts of the controller that the user may read.
    pub(super) async fn accounts(&mut self) -> Result<Vec<Value>, BmcError> {
        let service = self
            .behind("account service", &self.root, "/AccountService")
            .await?;
        self.members("accounts", &service.unwrap_or_default(), "/Accounts")
            .await
    }

    pub(super) async fn restart_controller(&mut self) -> Result<(), BmcError> {
        const NAME: &str = "reset of the controller";
        let system = self.system().await?.body;
        let manager = self.manager(&system).await?.unwrap_or_default();
        let reset = manager
            .pointer("/Actions/#Manager.Reset")
            .cloned()
            .unwrap_or_default();
        let typed = self
            .reset(NAME, &reset, &["GracefulRestart", "ForceRestart"])
            .await;
        // Early services take no type at all.
        let untyped = reset.get("ResetType@Redfish.AllowableValues").is_none()
            && reset.get("@Redfish.ActionInfo").is_none();
        match (
            typed,
            look::text(&reset, "/target").and_then(|path| look::path(&path)),
        ) {
            (Err(BmcError::Http { status: 400, .. }), Some(path)) if untyped => {
                let reply = self.send(Ask::post(NAME, &path, json!({}))).await?;
                tracing::debug!(text = Said::of(&reply.body).text, "reset without a type");
                self.accepted(reply).await
            }
            (outcome, _) => outcome,
        }
    }
}

/// How likely a port of the controller is the one it is reached at, best highest.
fn fitness(port: &Value) -> u8 {
    let address = look::said(port, "/IPv4Addresses/0/Address").unwrap_or_default();
    let to_host = address.starts_with("169.254.")
        || look::text(port, "/Id").is_some_and(|id| id.starts_with("usb"));
    let enabled = look::yes(port, "/InterfaceEnabled") != Some(false);
    u8::from(!address.is_empty()) * 4 + u8::from(enabled) * 2 + u8::from(!to_host)
}

fn network(port: &Value) -> Controller {
    let said = |pointer: &str| look::said(port, pointer).unwrap_or_default();
    let source = match said("/IPv4Addresses/0/AddressOrigin").as_str() {
        "" => "",
        "Static" => "static",
        "DHCP" => "dhcp",
        "BOOTP" => "bios",
        _ => "other",
    };
    let vlan = look::whole(port, "/VLAN/VLANId").and_then(|id| u16::try_from(id).ok());
    Controller {
        address: said("/IPv4Addresses/0/Address"),
        address_source: source.to_owned(),
        netmask: said("/IPv4Addresses/0/SubnetMask"),
        gateway: said("/IPv4Addresses/0/Gateway"),
        mac: look::text(port, "/MACAddress")
            .and_then(|mac| mac_address(&mac))
            .unwrap_or_default(),
        vlan: vlan.filter(|_| look::yes(port, "/VLAN/VLANEnable") == Some(true)),
        ..Controller::default()
    }
}

fn user(account: &Value) -> Option<String> {
    let name = look::text(account, "/UserName")?;
    if look::yes(account, "/Enabled") == Some(false) {
        return None;
    }
    let role = look::text(account, "/RoleId")
        .unwrap_or_default()
        .to_lowercase();
    let role = match role.as_str() {
        "administrator" | "operator" => role,
        "readonly" => "user".to_owned(),
        other => other.to_owned(),
    };
    Some(format!("{name}: {role}"))
}

fn watchdog(system: &Value) -> String {
    match look::yes(system, "/HostWatchdogTimer/FunctionEnabled") {
        None => String::new(),
        Some(false) => "stopped".to_owned(),
        Some(true) => look::said(system, "/HostWatchdogTimer/TimeoutAction")
            .unwrap_or_default()
            .to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_with_an_address_of_the_network_is_taken() {
        let host = json!({"Id": "usb0", "IPv4Addresses": [{"Address": "169.254.3.254"}]});
        let off = json!({"Id": "eth1", "InterfaceEnabled": false, "IPv4Addresses": []});
        let own = json!({"Id": "eth0", "MACAddress": "B0-7B-25-D6-51-82", "VLAN": {"VLANEnable": true, "VLANId": 40},
            "IPv4Addresses": [{"Address": "10.0.0.9", "AddressOrigin": "DHCP", "SubnetMask": "255.255.255.0", "Gateway": "10.0.0.1"}]});
        let best = [&host, &own, &off]
            .into_iter()
            .max_by_key(|port| fitness(port));
        let best = best.map(network).unwrap_or_default();
        assert_eq!(
            (best.address.as_str(), best.address_source.as_str()),
            ("10.0.0.9", "dhcp")
        );
        assert_eq!(
            (best.mac.as_str(), best.vlan),
            ("b0:7b:25:d6:51:82", Some(40))
        );
    }
}
