//! Requests to one device within one poll: repeated after silence, made smaller when they are too big, counted.

use std::future::Future;

use ::snmp::{BulkResponse, Client, Error, ErrorStatus, Oid, UdpHandle, Value};
use tokio::time::Instant;

use super::error::{NotUnderstood, SnmpError, SnmpErrorKind, Stage};
use super::target::{PollOptions, SnmpTarget};

/// Asks one device and counts.
pub(super) struct Asker<'a> {
    pub(super) client: &'a Client<UdpHandle>,
    pub(super) target: &'a SnmpTarget,
    pub(super) begun: Instant,
    pub(super) stage: Stage,
    pub(super) attempt: u32,
    pub(super) requests: u32,
    pub(super) timeouts: u32,
    pub(super) varbinds: u64,
    pub(super) repetitions: u32,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        client: &'a Client<UdpHandle>,
        target: &'a SnmpTarget,
        options: &PollOptions,
        begun: Instant,
    ) -> Self {
        Self {
            client,
            target,
            begun,
            stage: Stage::System,
            attempt: 1,
            requests: 0,
            timeouts: 0,
            varbinds: 0,
            repetitions: options
                .max_repetitions
                .clamp(1, PollOptions::MOST_REPETITIONS),
        }
    }

    /// The error of this poll for what happened.
    pub(super) fn error(&self, kind: SnmpErrorKind) -> SnmpError {
        SnmpError {
            target: self.target.address,
            stage: self.stage,
            elapsed: self.begun.elapsed(),
            attempt: self.attempt,
            kind,
        }
    }

    pub(super) async fn get(&mut self, names: &[Oid]) -> Result<Vec<(Oid, Value)>, SnmpErrorKind> {
        let client = self.client;
        self.attempt = 1;
        loop {
            let outcome = self.counted(client.get_many(names)).await;
            match outcome {
                Ok(answer) => {
                    self.varbinds += answer.varbinds.len() as u64;
                    let pairs = answer.varbinds.into_iter().map(|v| (v.oid, v.value));
                    return Ok(pairs.collect());
                }
                Err(SnmpErrorKind::NoAnswer) if self.attempt <= self.target.retries => {
                    self.attempt += 1;
                }
                Err(kind) => return Err(kind),
            }
        }
    }

    /// One GETBULK and how many rows it asked for: fewer after silence, after tooBig and
    /// after the errors some agents give instead (net-snmp over v3: genErr).
    pub(super) async fn bulk(
        &mut self,
        names: &[Oid],
        useful_rows: u32,
    ) -> Result<(BulkResponse, u32), SnmpErrorKind> {
        let client = self.client;
        self.attempt = 1;
        loop {
            let rows = self.repetitions.min(useful_rows);
            let outcome = self
                .counted(client.get_bulk_with_metadata(names, 0, rows))
                .await;
            let kind = match outcome {
                Ok(answer) => {
                    self.varbinds += answer.varbinds.len() as u64;
                    return Ok((answer, rows));
                }
                Err(kind) => kind,
            };
            let may_be_size = matches!(
                kind,
                SnmpErrorKind::NoAnswer
                    | SnmpErrorKind::NotUnderstood(
                        NotUnderstood::TooBig | NotUnderstood::AgentError { .. }
                    )
            );
            let again =
                matches!(kind, SnmpErrorKind::NoAnswer) && self.attempt <= self.target.retries;
            if may_be_size && rows > 1 {
                self.repetitions = rows / 2;
            } else if !again {
                return Err(kind);
            }
            self.attempt += 1;
        }
    }

    async fn counted<T>(
        &mut self,
        exchange: impl Future<Output = ::snmp::Result<T>>,
    ) -> Result<T, SnmpErrorKind> {
        self.requests += 1;
        exchange.await.map_err(|error| {
            let too_big = matches!(
                error.exchange_source(),
                Error::Snmp {
                    status: ErrorStatus::TooBig,
                    ..
                }
            );
            let kind = match too_big {
                true => SnmpErrorKind::NotUnderstood(NotUnderstood::TooBig),
                false => SnmpErrorKind::from_library(&error),
            };
            self.timeouts += u32::from(matches!(kind, SnmpErrorKind::NoAnswer));
            kind
        })
    }
}
