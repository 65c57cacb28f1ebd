//! The rows of the last poll, asked for by their ifIndexes in runs that fit into one answer each,
//! several at once; each row's name comes along and is compared.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use ::snmp::{Oid, VarBind};

use super::asker::Asker;
use super::error::{SnmpErrorKind, Stage};
use super::known::{Found, Known, Lesson};
use super::report::System;
use super::said::{IF_NUMBER, SYS_UP_TIME, Said};
use super::table::Table;
use super::target::{PollOptions, PollPlan};
use super::value;
use super::walk::{Cell, Span, Walk};

type Queue = Mutex<VecDeque<(Span, Vec<Oid>)>>;

/// What one lane of questions brought.
struct Lane<'a> {
    asker: Asker<'a>,
    cells: Vec<Cell>,
    said: Vec<VarBind>,
    /// The fewest rows that came where more were asked for.
    fit: Option<usize>,
    failed: Option<SnmpErrorKind>,
}

/// Reads known rows. What only says that they are not what they were is no error.
pub(super) async fn read(
    asker: &mut Asker<'_>,
    mut known: Known,
    plan: PollPlan,
    options: &PollOptions,
) -> Result<Found, SnmpErrorKind> {
    asker.stage = Stage::Ports;
    let spans = known.spans(plan, asker.repetitions);
    let mut heads = std::iter::once(head(&known)).chain(std::iter::repeat_with(Vec::new));
    let queue: VecDeque<_> = spans
        .into_iter()
        .map(|span| (span, heads.next().unwrap_or_default()))
        .collect();
    let before = asker.received();
    let lanes = ask(asker, Mutex::new(queue), known.in_flight(), options).await;
    let mut lesson = Lesson {
        received: asker.received().since(before),
        ..Lesson::default()
    };
    let (mut table, mut said) = (Table::default(), Vec::new());
    let mut failed = None;
    for lane in lanes {
        asker.join(&lane.asker);
        lesson.timeouts += lane.asker.timeouts;
        lesson.fit = [lesson.fit, lane.fit].into_iter().flatten().min();
        table.put(&lane.cells);
        said.extend(lane.said);
        failed = failed.or(lane.failed);
    }
    match failed {
        // It answers, but not so many at once: whole columns are asked for one by one.
        Some(SnmpErrorKind::NoAnswer) if lesson.received.packets > 0 => {
            return Ok(Found::Changed(known.in_vain().one_at_a_time()));
        }
        // Whoever is silent now is silent for whole columns too.
        Some(kind @ (SnmpErrorKind::NoAnswer | SnmpErrorKind::Network(_))) => return Err(kind),
        Some(kind @ SnmpErrorKind::Credentials(_)) => return Err(kind),
        Some(_) => return Ok(Found::Changed(known.in_vain())),
        None => {}
    }
    let said = said_of(&said, table);
    let Some(said) = judged(&known, said, plan) else {
        return Ok(Found::Changed(known.in_vain()));
    };
    known.learn(asker, &said, plan, &lesson);
    Ok(Found::Same(said, known))
}

/// sysUpTime and ifNumber, by the names before them.
fn head(known: &Known) -> Vec<Oid> {
    let (uptime, interfaces) = known.tells();
    let names = [(uptime, SYS_UP_TIME), (interfaces, IF_NUMBER)];
    names
        .into_iter()
        .filter(|(told, _)| *told)
        .filter_map(|(_, name)| name.split_last().map(|(_, object)| Oid::from_slice(object)))
        .collect()
}

fn said_of(values: &[VarBind], table: Table) -> Said {
    let value = |name: [u32; 9]| values.iter().find(|said| said.oid.arcs() == name);
    Said {
        system: System::default(),
        uptime_ms: value(SYS_UP_TIME).and_then(|said| value::ticks_ms(&said.value).ok()),
        interfaces: value(IF_NUMBER).and_then(|said| value::gauge(&said.value).ok()),
        table,
        warnings: Vec::new(),
    }
}

fn judged(known: &Known, mut said: Said, plan: PollPlan) -> Option<Said> {
    let same = known.ran_on(said.uptime_ms, said.interfaces) && known.same(&mut said.table, plan);
    same.then_some(said)
}

async fn ask<'a>(
    asker: &Asker<'a>,
    queue: Queue,
    in_flight: usize,
    options: &PollOptions,
) -> [Lane<'a>; 6] {
    let open = |at: usize| {
        let (queue, asker) = (&queue, asker.fork());
        // Boxed: a question under way is some kilobytes, six would be too much for a stack.
        Box::pin(lane(asker, queue, at < in_flight, options))
    };
    tokio::join!(open(0), open(1), open(2), open(3), open(4), open(5)).into()
}

async fn lane<'a>(asker: Asker<'a>, queue: &Queue, open: bool, options: &PollOptions) -> Lane<'a> {
    let mut lane = Lane {
        asker,
        cells: Vec::new(),
        said: Vec::new(),
        fit: None,
        failed: None,
    };
    while open && lane.failed.is_none() {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some((span, head)) = next else { break };
        if let Err(kind) = lane.read(&span, head, options).await {
            // The others need not go on either.
            queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
            lane.failed = Some(kind);
        }
    }
    lane
}

impl Lane<'_> {
    async fn read(
        &mut self,
        span: &Span,
        head: Vec<Oid>,
        options: &PollOptions,
    ) -> Result<(), SnmpErrorKind> {
        let mut walk = Walk::span(span, head, options.max_ports);
        let columns = span.columns.len().max(1);
        let mut came = None;
        while let Some(cells) = walk.next(&mut self.asker).await? {
            // There is more after what came first: the answer was cut.
            self.fit = [self.fit, came].into_iter().flatten().min();
            came = came.or(Some(cells.len() / columns));
            self.cells.extend(cells);
        }
        self.said.append(&mut walk.said);
        Ok(())
    }
}
