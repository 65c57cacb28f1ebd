//! The rows of the last poll over the quick way: several questions out at once, answers read where they lie. Whatever
//! is not as it was, or not understood, is left to the thorough way.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::time::{Instant, Sleep, sleep_until};

use super::asker::Asker;
use super::datagrams::{Mailbox, Way};
use super::error::{NotUnderstood, SnmpErrorKind, Stage};
use super::known::{Found, Known, Lesson};
use super::report::System;
use super::said::Said;
use super::span_run::{Halt, SpanRun};
use super::table::Row;
use super::target::PollPlan;
use super::value;
use crate::wire::snmp::{Answer, Bulk, Names, Varbind};

/// sysUpTime and ifNumber, without and with the last number of their names.
const SYS_UP_TIME: [u8; 8] = [0x2b, 6, 1, 2, 1, 1, 3, 0];
const IF_NUMBER: [u8; 8] = [0x2b, 6, 1, 2, 1, 2, 1, 0];

/// Octets of a port's value with its name, at least.
const LEAST_VARBIND_OCTETS: usize = 16;

/// A question that is out.
#[derive(Debug)]
struct Out {
    id: u32,
    run: usize,
    /// Rows that were asked for, and names asked once before them.
    rows: u32,
    single: usize,
    width: usize,
    attempt: u32,
    until: Instant,
}

/// What ended a reading early.
enum End {
    Halt(Halt),
    Failed(SnmpErrorKind),
}

/// One reading of known rows.
struct Sweep<'k> {
    known: &'k Known,
    runs: Vec<SpanRun>,
    /// The first run that was not begun.
    next: usize,
    out: Vec<Out>,
    rows: Vec<Row>,
    /// Names asked once, with the first question.
    heads: Vec<&'static [u8]>,
    uptime_ms: Option<u64>,
    interfaces: Option<u32>,
    fit: Option<usize>,
    names: Names,
    datagram: Vec<u8>,
}

/// Reads known rows. What only says that they are not what they were is no error.
pub(super) async fn read(
    asker: &mut Asker<'_>,
    way: Way<'_>,
    mut known: Known,
    plan: PollPlan,
) -> Result<Found, SnmpErrorKind> {
    let Some(mailbox) = way.datagrams.postbox(asker.target.address) else {
        return Ok(Found::Odd(known));
    };
    asker.stage = Stage::Ports;
    let (before, timeouts) = (asker.received(), asker.timeouts);
    let mut sweep = Sweep::new(&known, plan, asker.repetitions);
    let ended = sweep.run(asker, way, &mailbox).await;
    let lesson = Lesson {
        received: asker.received().since(before),
        fit: sweep.fit,
        timeouts: asker.timeouts - timeouts,
    };
    let said = sweep.said(plan);
    match ended {
        Err(End::Halt(Halt::Odd)) => return Ok(Found::Odd(known.with_odd_rows())),
        Err(End::Halt(Halt::Changed)) => return Ok(Found::Changed(known.in_vain())),
        // It answers, but not so many at once: whole columns are asked for one by one.
        Err(End::Failed(SnmpErrorKind::NoAnswer)) if lesson.received.packets > 0 => {
            return Ok(Found::Changed(known.in_vain().one_at_a_time()));
        }
        // Whoever is silent now is silent for whole columns too.
        Err(End::Failed(
            kind @ (SnmpErrorKind::NoAnswer
            | SnmpErrorKind::Network(_)
            | SnmpErrorKind::Credentials(_)),
        )) => return Err(kind),
        Err(End::Failed(_)) => return Ok(Found::Changed(known.in_vain())),
        Ok(()) => {}
    }
    let Some(said) = said else {
        return Ok(Found::Changed(known.in_vain()));
    };
    known.learn(asker, &said, plan, &lesson);
    Ok(Found::Same(said, known))
}

impl<'k> Sweep<'k> {
    fn new(known: &'k Known, plan: PollPlan, repetitions: u32) -> Self {
        let mut first = 0;
        let spans = known.spans(plan, repetitions);
        let runs = spans.iter().map(|span| {
            let before = |after: u32| known.rows().partition_point(|row| row.if_index <= after);
            first = span.after.map_or(first, before);
            SpanRun::new(span, first)
        });
        let (uptime, interfaces) = known.tells();
        let heads = [(uptime, &SYS_UP_TIME), (interfaces, &IF_NUMBER)];
        let heads = heads.into_iter().filter(|(told, _)| *told);
        let rows = known.rows().iter().map(|_| Row::default());
        Self {
            runs: runs.collect(),
            next: 0,
            out: Vec::new(),
            rows: rows.collect(),
            heads: heads.map(|(_, name)| name.as_slice()).collect(),
            uptime_ms: None,
            interfaces: None,
            fit: None,
            names: Names::default(),
            datagram: Vec::new(),
            known,
        }
    }

    /// Asks until every run is at its end.
    async fn run(
        &mut self,
        asker: &mut Asker<'_>,
        way: Way<'_>,
        mailbox: &Mailbox<'_>,
    ) -> Result<(), End> {
        let mut came = Vec::new();
        let mut timer = pin!(sleep_until(Instant::now() + asker.target.timeout));
        loop {
            while self.out.len() < self.known.in_flight() && self.next < self.runs.len() {
                self.next += 1;
                self.ask(asker, way, mailbox, (self.next - 1, 1)).await?;
            }
            if self.out.is_empty() {
                return Ok(());
            }
            self.wait(mailbox, timer.as_mut(), &mut came).await;
            let mut answers = 0;
            let mut taken = Ok(Vec::new());
            for datagram in &came {
                asker.traffic.note_received(datagram.len());
                if let Some((out, outcome)) = self.take(asker, way, datagram) {
                    answers += 1;
                    taken = taken.and_then(|mut again: Vec<(usize, u32)>| {
                        again.extend(self.after(asker, &out, outcome)?);
                        Ok(again)
                    });
                }
            }
            mailbox.done(&mut came, answers);
            for again in taken? {
                self.ask(asker, way, mailbox, again).await?;
            }
            self.repeat_what_is_late(asker, way, mailbox).await?;
        }
    }

    /// Waits until something comes or the earliest question is late.
    async fn wait(
        &self,
        mailbox: &Mailbox<'_>,
        mut timer: Pin<&mut Sleep>,
        came: &mut Vec<Vec<u8>>,
    ) {
        let Some(earliest) = self.out.iter().map(|out| out.until).min() else {
            return;
        };
        poll_fn(|cx| {
            if mailbox.poll_take(cx, came).is_ready() {
                return Poll::Ready(());
            }
            // It is set again only when it rings too early: an answer mostly comes first.
            while timer.as_mut().poll(cx).is_ready() {
                if timer.deadline() >= earliest {
                    return Poll::Ready(());
                }
                timer.as_mut().reset(earliest);
            }
            Poll::Pending
        })
        .await;
    }

    /// Asks for what is next of a run.
    async fn ask(
        &mut self,
        asker: &mut Asker<'_>,
        way: Way<'_>,
        mailbox: &Mailbox<'_>,
        (run, attempt): (usize, u32),
    ) -> Result<(), End> {
        let Some(of) = self.runs.get(run) else {
            return Ok(());
        };
        let width = of.width();
        if width == 0 {
            return Ok(());
        }
        self.names.clear();
        let heads = if run == 0 { &self.heads[..] } else { &[] };
        for head in heads {
            if let Some((_, object)) = head.split_last() {
                self.names.push(object, None);
            }
        }
        let single = heads.len();
        of.put_names(&mut self.names);
        let rows = asker.repetitions.min(of.useful_rows());
        let id = self.new_id(mailbox);
        let question = Bulk {
            community: way.community,
            request_id: id,
            single: u32::try_from(single).unwrap_or(0),
            repetitions: rows,
        };
        question.write(&self.names, &mut self.datagram);
        asker.attempt = attempt;
        asker.requests += 1;
        asker.traffic.note_sent(self.datagram.len());
        self.out.push(Out {
            id,
            run,
            rows,
            single,
            width,
            attempt,
            until: Instant::now() + asker.target.timeout,
        });
        let sent = mailbox.send(&self.datagram).await;
        sent.map_err(|error| End::Failed(SnmpErrorKind::Network(error)))
    }

    /// A number that no question has which is out.
    fn new_id(&self, mailbox: &Mailbox<'_>) -> u32 {
        loop {
            let id = mailbox.request_id();
            if self.out.iter().all(|out| out.id != id) {
                return id;
            }
        }
    }

    /// Reads a datagram; `None` when it answers no question that is out, or can't be read to its end.
    fn take(
        &mut self,
        asker: &mut Asker<'_>,
        way: Way<'_>,
        datagram: &[u8],
    ) -> Option<(Out, Result<(), End>)> {
        let answer = Answer::decode(datagram).ok()?;
        let asked = |out: &Out| i32::try_from(out.id) == Ok(answer.request_id);
        let place = self.out.iter().position(asked)?;
        if answer.community != way.community {
            return None;
        }
        // No value takes less than this.
        let mut varbinds = Vec::with_capacity(answer.value_octets() / LEAST_VARBIND_OCTETS);
        for varbind in answer.varbinds() {
            varbinds.push(varbind.ok()?);
        }
        let out = self.out.swap_remove(place);
        if let Some(kind) = status(answer.error_status) {
            return Some((out, Err(End::Failed(kind))));
        }
        asker.varbinds += varbinds.len() as u64;
        let outcome = self.put(&out, &varbinds);
        Some((out, outcome))
    }

    /// Takes the values of an answer.
    fn put(&mut self, out: &Out, varbinds: &[Varbind<'_>]) -> Result<(), End> {
        let asked = out.width.saturating_mul(out.rows as usize) + out.single;
        let got = varbinds.len();
        if got == 0 {
            return Err(End::Failed(SnmpErrorKind::NotUnderstood(
                NotUnderstood::Empty,
            )));
        }
        if got > asked {
            let kind = NotUnderstood::TooMany { got, asked };
            return Err(End::Failed(SnmpErrorKind::NotUnderstood(kind)));
        }
        let (said, cells) = varbinds.split_at(out.single.min(got));
        for head in said {
            self.hear(head);
        }
        if out.single > 0 {
            self.heads.clear();
        }
        let run = self.runs.get_mut(out.run);
        let run = run.ok_or(End::Halt(Halt::Changed))?;
        let came = run.take(cells, self.known.rows(), &mut self.rows);
        let came = came.map_err(End::Halt)?;
        // There is more after what came first: the answer was cut.
        self.fit = [self.fit, came].into_iter().flatten().min();
        Ok(())
    }

    fn hear(&mut self, head: &Varbind<'_>) {
        if head.name == SYS_UP_TIME {
            self.uptime_ms = value::ticks_ms(head.value).ok();
        } else if head.name == IF_NUMBER {
            self.interfaces = value::gauge(head.value).ok();
        }
    }

    /// The run to go on with after an answer, and the attempt: fewer rows after an answer that was too big.
    fn after(
        &mut self,
        asker: &mut Asker<'_>,
        out: &Out,
        outcome: Result<(), End>,
    ) -> Result<Option<(usize, u32)>, End> {
        match outcome {
            Ok(()) => Ok(Some((out.run, 1))),
            Err(End::Failed(kind)) => fewer(asker, out, kind).map(Some),
            Err(halt) => Err(halt),
        }
    }

    /// Asks again what was not answered in time.
    async fn repeat_what_is_late(
        &mut self,
        asker: &mut Asker<'_>,
        way: Way<'_>,
        mailbox: &Mailbox<'_>,
    ) -> Result<(), End> {
        let now = Instant::now();
        while let Some(place) = self.out.iter().position(|out| out.until <= now) {
            let late = self.out.swap_remove(place);
            asker.timeouts += 1;
            asker.attempt = late.attempt;
            let again = fewer(asker, &late, SnmpErrorKind::NoAnswer)?;
            self.ask(asker, way, mailbox, again).await?;
        }
        Ok(())
    }

    /// What was said, when every row is there as it was.
    fn said(self, plan: PollPlan) -> Option<Said> {
        let ran_on = self.known.ran_on(self.uptime_ms, self.interfaces);
        let table = self.known.same_rows(self.rows, plan)?;
        ran_on.then_some(Said {
            system: System::default(),
            uptime_ms: self.uptime_ms,
            interfaces: self.interfaces,
            table,
            warnings: Vec::new(),
        })
    }
}

/// The next attempt at a question that failed, as the thorough way does it: fewer rows after silence, after tooBig
/// and after the errors some agents give instead.
fn fewer(asker: &mut Asker<'_>, out: &Out, kind: SnmpErrorKind) -> Result<(usize, u32), End> {
    let may_be_size = matches!(
        kind,
        SnmpErrorKind::NoAnswer
            | SnmpErrorKind::NotUnderstood(
                NotUnderstood::TooBig | NotUnderstood::AgentError { .. }
            )
    );
    let again = matches!(kind, SnmpErrorKind::NoAnswer) && out.attempt <= asker.target.retries;
    if may_be_size && out.rows > 1 {
        asker.repetitions = asker.repetitions.min(out.rows / 2);
        asker.too_many = Some(asker.too_many.map_or(out.rows, |least| least.min(out.rows)));
    } else if !again {
        return Err(End::Failed(kind));
    }
    Ok((out.run, out.attempt + 1))
}

/// The failure that an error status is.
fn status(error_status: i32) -> Option<SnmpErrorKind> {
    (error_status != 0)
        .then(|| SnmpErrorKind::from_status(::snmp::ErrorStatus::from_i32(error_status)))
}
