//! Commands by their numbers, for what `ipmi-rs` does not have.

use ipmi_rs::connection::{Message, NetFn};

use super::call::{Answer, Call};
use super::session::IpmiSession;
use crate::drivers::bmc::error::{BmcError, Where};
use crate::wire::ipmi::DecodeError;
use crate::wire::rmcp::Repeat;

/// A command: its numbers, its data, and its name for errors.
pub(super) struct Ask {
    pub(super) netfn: NetFn,
    pub(super) command: u8,
    pub(super) data: Vec<u8>,
    pub(super) name: &'static str,
    pub(super) lun: u8,
}

impl Ask {
    pub(super) fn new(netfn: NetFn, command: u8, name: &'static str, data: Vec<u8>) -> Self {
        Self {
            netfn,
            command,
            data,
            name,
            lun: 0,
        }
    }

    pub(super) fn app(command: u8, name: &'static str, data: Vec<u8>) -> Self {
        Self::new(NetFn::App, command, name, data)
    }

    pub(super) fn chassis(command: u8, name: &'static str, data: Vec<u8>) -> Self {
        Self::new(NetFn::Chassis, command, name, data)
    }

    pub(super) fn sensor(command: u8, name: &'static str, data: Vec<u8>) -> Self {
        Self::new(NetFn::SensorEvent, command, name, data)
    }

    pub(super) fn storage(command: u8, name: &'static str, data: Vec<u8>) -> Self {
        Self::new(NetFn::Storage, command, name, data)
    }

    pub(super) fn transport(command: u8, name: &'static str, data: Vec<u8>) -> Self {
        Self::new(NetFn::Transport, command, name, data)
    }

    pub(super) fn at_lun(self, lun: u8) -> Self {
        Self { lun, ..self }
    }
}

impl IpmiSession {
    /// Asks; the completion code is for the caller to look at.
    pub(super) async fn answer(&mut self, ask: Ask) -> Result<Answer, BmcError> {
        let call = Call {
            lun: ask.lun,
            ..Call::reading(ask.name)
        };
        self.raw(Message::new_request(ask.netfn, ask.command, ask.data), call)
            .await
    }

    /// Asks for what has to be there.
    pub(super) async fn ask(&mut self, ask: Ask) -> Result<(Vec<u8>, Where), BmcError> {
        self.answer(ask).await?.success()
    }

    /// Asks for what a BMC need not have, or need not tell this user.
    pub(super) async fn ask_if_there(&mut self, ask: Ask) -> Result<Option<Vec<u8>>, BmcError> {
        let name = ask.name;
        let answer = self.answer(ask).await?;
        match answer.success() {
            Ok((data, _)) => Ok(Some(data)),
            Err(BmcError::Busy { at }) => Err(BmcError::Busy { at }),
            Err(fault) => {
                tracing::debug!(target = %self.target, command = name, %fault, "not told");
                Ok(None)
            }
        }
    }

    /// Does something; without an answer it may have happened.
    pub(super) async fn act_by(&mut self, ask: Ask, repeat: Repeat) -> Result<(), BmcError> {
        let message = Message::new_request(ask.netfn, ask.command, ask.data);
        let answer = self.raw(message, Call::acting(ask.name, repeat)).await?;
        answer.success().map(drop)
    }
}

/// The failure of an answer that makes no sense.
pub(super) fn not_understood(at: &Where) -> impl FnOnce(DecodeError) -> BmcError + '_ {
    move |fault| BmcError::NotUnderstood {
        at: at.clone(),
        fault,
    }
}
