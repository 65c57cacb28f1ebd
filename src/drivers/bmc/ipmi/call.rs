//! One command: sent, answered, completion code looked at.

use std::time::{Duration, Instant};

use ipmi_rs::connection::{IpmiCommand, Message};
use tokio::sync::oneshot;

use super::order::{Order, Run};
use super::session::IpmiSession;
use crate::drivers::bmc::error::{Acted, BmcError, Where};
use crate::wire::ipmi::completion;
use crate::wire::rmcp::{Command, DecodeError, DecodeKind, Repeat};

/// Waits between attempts at a busy BMC.
const BUSY_WAITS: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// A command with its name and its way of being repeated.
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) lun: u8,
    pub(super) repeat: Repeat,
    pub(super) acts: Acted,
}

impl Call {
    /// A command that only reads.
    pub(super) const fn reading(name: &'static str) -> Self {
        Self {
            name,
            lun: 0,
            repeat: Repeat::Again,
            acts: Acted::No,
        }
    }

    /// A command that acts: without an answer it may have happened.
    pub(super) const fn acting(name: &'static str, repeat: Repeat) -> Self {
        Self {
            name,
            lun: 0,
            repeat,
            acts: Acted::Perhaps,
        }
    }
}

/// An answer before its data are looked at.
pub(super) struct Answer {
    pub(super) completion: u8,
    pub(super) data: Vec<u8>,
    pub(super) at: Where,
}

impl Answer {
    /// The data, when the command was completed.
    pub(super) fn success(self) -> Result<(Vec<u8>, Where), BmcError> {
        let at = self.at;
        match self.completion {
            0 => Ok((self.data, at)),
            completion::NODE_BUSY => Err(BmcError::Busy { at }),
            completion::INSUFFICIENT_PRIVILEGE => Err(BmcError::Privilege { at }),
            completion::NOT_IN_THIS_STATE => Err(BmcError::NotInThisState { at }),
            code => Err(BmcError::Completion { at, code }),
        }
    }
}

impl IpmiSession {
    /// Sends a typed command of `ipmi-rs` and reads its answer.
    pub(super) async fn typed<C: IpmiCommand>(
        &mut self,
        command: C,
        call: Call,
    ) -> Result<C::Output, BmcError> {
        let answer = self.raw(command.into(), call).await?;
        let (data, at) = answer.success()?;
        C::parse_success_response(&data).map_err(|_| BmcError::NotUnderstood {
            at,
            // The typed commands only ever complain about too few octets.
            fault: DecodeError::new(DecodeKind::Truncated, data.len()),
        })
    }

    /// Sends a message; a busy BMC is asked again, which is safe because busy means not done.
    pub(super) async fn raw(&mut self, message: Message, call: Call) -> Result<Answer, BmcError> {
        let begun = Instant::now();
        let mut busy_waits = BUSY_WAITS.into_iter();
        loop {
            let answer = self.once(&message, &call, begun).await?;
            if answer.completion != completion::NODE_BUSY {
                return Ok(answer);
            }
            let Some(wait) = busy_waits.next() else {
                return Ok(answer);
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(
        &mut self,
        message: &Message,
        call: &Call,
        begun: Instant,
    ) -> Result<Answer, BmcError> {
        let command = Command {
            netfn: message.netfn_raw(),
            lun: call.lun,
            command: message.cmd(),
            data: message.data().to_vec(),
            repeat: call.repeat,
        };
        let (reply, answered) = oneshot::channel();
        let run = Run {
            command,
            name: call.name,
            acts: call.acts,
            priority: self.priority,
            begun,
            reply,
        };
        let closed = BmcError::Closed {
            at: run.at(self.target, 0),
        };
        if !self.holder.order(Order::Run(Box::new(run))) {
            return Err(closed);
        }
        match answered.await {
            Ok(Ok((response, at))) => Ok(Answer {
                completion: response.completion,
                data: response.data,
                at,
            }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(closed),
        }
    }
}
