//! One command: sent, answered, completion code looked at.

use std::time::{Duration, Instant};

use ipmi_rs::connection::{IpmiCommand, Message};

use super::session::IpmiSession;
use crate::drivers::bmc::error::{Acted, BmcError, Step, Where};
use crate::wire::ipmi::completion;
use crate::wire::rmcp::{Command, DecodeError, DecodeKind, Event, Failure, Repeat};

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
        let target = self.target;
        let at = move |attempt| Where {
            target,
            step: Step::Command(call.name),
            elapsed: begun.elapsed(),
            attempt,
        };
        let command = Command {
            netfn: message.netfn_raw(),
            lun: call.lun,
            command: message.cmd(),
            data: message.data().to_vec(),
            repeat: call.repeat,
        };
        let client = self.link.client();
        if !client.is_some_and(|client| client.command(command, Instant::now())) {
            return Err(BmcError::Closed { at: at(0) });
        }
        let event = self.link.event().await;
        let attempts = self.link.client().map_or(0, |client| client.attempts());
        match event {
            Ok(Event::Answered(response)) => Ok(Answer {
                completion: response.completion,
                data: response.data,
                at: at(attempts.max(1)),
            }),
            Ok(Event::Failed {
                failure, attempts, ..
            }) => Err(lost(failure, call.acts, at(attempts))),
            Ok(_) => Err(BmcError::Closed { at: at(attempts) }),
            Err(broken) => Err(broken.into_error(at(attempts), call.acts)),
        }
    }
}

/// A command without a usable answer. What acts may have acted, also when rubbish came back.
fn lost(failure: Failure, acted: Acted, at: Where) -> BmcError {
    match failure {
        Failure::NotUnderstood(fault) if acted == Acted::No => {
            BmcError::NotUnderstood { at, fault }
        }
        _ => BmcError::NoAnswer { at, acted },
    }
}
