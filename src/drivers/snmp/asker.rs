//! Requests to one device within one poll: repeated after silence, made smaller when they are too big, counted.

use std::future::Future;

use ::snmp::{BulkResponse, Client, Error, ErrorStatus, Oid, Value};
use tokio::time::Instant;

use super::counted::{Counted, Passed, Traffic};
use super::datagrams::Way;
use super::error::{NotUnderstood, SnmpError, SnmpErrorKind, Stage};
use super::target::{PollOptions, SnmpTarget};

/// Asks one device and counts.
pub(super) struct Asker<'a> {
    pub(super) client: &'a Client<Counted>,
    pub(super) target: &'a SnmpTarget,
    pub(super) traffic: &'a Traffic,
    /// The quick way to a device of version 2c.
    pub(super) way: Option<Way<'a>>,
    pub(super) begun: Instant,
    pub(super) stage: Stage,
    pub(super) attempt: u32,
    pub(super) requests: u32,
    pub(super) timeouts: u32,
    pub(super) varbinds: u64,
    /// Rows to ask for at once.
    pub(super) repetitions: u32,
    /// The fewest rows that did not come.
    pub(super) too_many: Option<u32>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        client: &'a Client<Counted>,
        target: &'a SnmpTarget,
        traffic: &'a Traffic,
        options: &PollOptions,
        begun: Instant,
    ) -> Self {
        Self {
            client,
            target,
            traffic,
            way: None,
            begun,
            stage: Stage::System,
            attempt: 1,
            requests: 0,
            timeouts: 0,
            varbinds: 0,
            repetitions: options
                .max_repetitions
                .clamp(1, PollOptions::MOST_REPETITIONS),
            too_many: None,
        }
    }

    /// Another one for questions asked at the same time; it counts from 0.
    pub(super) fn fork(&self) -> Self {
        Self {
            client: self.client,
            target: self.target,
            traffic: self.traffic,
            way: self.way,
            begun: self.begun,
            stage: self.stage,
            attempt: 1,
            requests: 0,
            timeouts: 0,
            varbinds: 0,
            repetitions: self.repetitions,
            too_many: None,
        }
    }

    /// Adds what a fork counted and learnt.
    pub(super) fn join(&mut self, fork: &Self) {
        self.requests += fork.requests;
        self.timeouts += fork.timeouts;
        self.varbinds += fork.varbinds;
        self.attempt = self.attempt.max(fork.attempt);
        self.repetitions = self.repetitions.min(fork.repetitions);
        self.too_many = [self.too_many, fork.too_many].into_iter().flatten().min();
    }

    /// What came from this device since its client was made.
    pub(super) fn received(&self) -> Passed {
        self.traffic.received()
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
    /// after the errors some agents give instead (net-snmp over v3: genErr). The first `single`
    /// names are asked for once only.
    pub(super) async fn bulk(
        &mut self,
        names: &[Oid],
        single: u32,
        useful_rows: u32,
    ) -> Result<(BulkResponse, u32), SnmpErrorKind> {
        let client = self.client;
        self.attempt = 1;
        loop {
            let rows = self.repetitions.min(useful_rows);
            let outcome = self
                .counted(client.get_bulk_with_metadata(names, single, rows))
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
                self.too_many = Some(self.too_many.map_or(rows, |least| least.min(rows)));
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
