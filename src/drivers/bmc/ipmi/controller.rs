//! Facts about the controller: its network side, its users, its watchdog.

use super::ask::Ask;
use super::session::IpmiSession;
use crate::drivers::bmc::Controller;
use crate::drivers::bmc::error::BmcError;
use crate::wire::ipmi::accounts::{self, UserAccess};
use crate::wire::ipmi::lan::{self, parameter};
use crate::wire::ipmi::watchdog::Watchdog;

const GET_WATCHDOG: u8 = 0x25;
const GET_CHANNEL_INFO: u8 = 0x42;
const GET_USER_ACCESS: u8 = 0x44;
const GET_USER_NAME: u8 = 0x46;
const GET_LAN_PARAMETERS: u8 = 0x02;
/// The channel that the question comes in by.
const THIS_CHANNEL: u8 = 0x0E;
/// Highest user id of the specification.
const MOST_USERS: u8 = 63;

impl IpmiSession {
    pub(super) async fn read_controller(&mut self) -> Result<Controller, BmcError> {
        // Operators may read the network side and the users; users may not.
        self.raise_privilege().await?;
        let channel = self.channel().await?;
        let source = self
            .lan_parameter(channel, parameter::ADDRESS_SOURCE)
            .await?;
        Ok(Controller {
            address: lan::address(&self.lan_parameter(channel, parameter::ADDRESS).await?),
            address_source: lan::address_source(&source).to_owned(),
            netmask: lan::address(&self.lan_parameter(channel, parameter::NETMASK).await?),
            gateway: lan::address(&self.lan_parameter(channel, parameter::GATEWAY).await?),
            mac: lan::mac(&self.lan_parameter(channel, parameter::MAC).await?),
            vlan: lan::vlan(&self.lan_parameter(channel, parameter::VLAN).await?),
            users: self.users(channel).await?,
            watchdog: self.watchdog().await?,
        })
    }

    /// The number of the channel that we talk over; 1 where the BMC does not tell.
    pub(super) async fn channel(&mut self) -> Result<u8, BmcError> {
        let ask = Ask::app(GET_CHANNEL_INFO, "get channel info", vec![THIS_CHANNEL]);
        let told = self.ask_if_there(ask).await?;
        Ok(told
            .and_then(|data| data.first().map(|octet| octet & 0x0F))
            .unwrap_or(1))
    }

    /// A parameter behind its revision; empty where it is not told.
    async fn lan_parameter(&mut self, channel: u8, number: u8) -> Result<Vec<u8>, BmcError> {
        let data = vec![channel, number, 0, 0];
        let ask = Ask::transport(GET_LAN_PARAMETERS, "get lan configuration", data);
        let told = self.ask_if_there(ask).await?.unwrap_or_default();
        Ok(told.get(1..).unwrap_or_default().to_vec())
    }

    /// Users that may log in, with their privilege.
    async fn users(&mut self, channel: u8) -> Result<Vec<String>, BmcError> {
        let (mut users, mut id, mut most) = (Vec::new(), 1, MOST_USERS);
        while id <= most {
            let Some(access) = self.user_access(channel, id).await? else {
                break;
            };
            most = access.most.min(MOST_USERS);
            if access.enabled && id <= most {
                let name = self.user_name(id).await?.unwrap_or_default();
                let name = shown(&name);
                users.push(format!("{name}: {}", access.privilege_word()));
            }
            id += 1;
        }
        Ok(users)
    }

    /// What a user may do; none where the BMC does not tell, or there is no such user.
    pub(super) async fn user_access(
        &mut self,
        channel: u8,
        id: u8,
    ) -> Result<Option<UserAccess>, BmcError> {
        let ask = Ask::app(GET_USER_ACCESS, "get user access", vec![channel, id]);
        let told = self.ask_if_there(ask).await?;
        Ok(told.and_then(|data| UserAccess::decode(&data).ok()))
    }

    /// A user's name without its fill; none where the BMC does not tell.
    pub(super) async fn user_name(&mut self, id: u8) -> Result<Option<Vec<u8>>, BmcError> {
        let ask = Ask::app(GET_USER_NAME, "get user name", vec![id]);
        let told = self.ask_if_there(ask).await?;
        Ok(told.map(|data| accounts::name(&data).to_vec()))
    }

    async fn watchdog(&mut self) -> Result<String, BmcError> {
        let ask = Ask::app(GET_WATCHDOG, "get watchdog timer", Vec::new());
        let told = self.ask_if_there(ask).await?;
        let watchdog = told.and_then(|data| Watchdog::decode(&data).ok());
        Ok(watchdog.map_or_else(String::new, |watchdog| watchdog.to_string()))
    }
}

/// A name to look at; the nameless user is named for what it is.
fn shown(name: &[u8]) -> String {
    if name.is_empty() {
        return "(no name)".to_owned();
    }
    let text = String::from_utf8_lossy(name);
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
