//! Reading the columns of a family side by side, each to its own end; one that loops does not hold up the others.

use std::collections::BTreeMap;

use ::snmp::{DecodeAnomaly, Oid, Value};

use super::PduTrouble;
use super::family::Family;
use crate::drivers::snmp::asker::Asker;
use crate::drivers::snmp::error::{NotUnderstood, SnmpErrorKind, Stage};

/// No PDU has more rows in a column.
const MOST_ROWS: usize = 1000;
/// Columns in one question.
const SIDE_BY_SIDE: usize = 8;
/// Rows asked for at once: few, because most columns are short.
const ROWS_AT_ONCE: u32 = 12;

/// Values by column and index of the row.
pub(super) type Values = BTreeMap<usize, BTreeMap<Vec<u32>, Value>>;

/// What was said so far; kept when the time is over.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) values: Values,
}

struct Place<'a> {
    number: usize,
    root: &'a Oid,
    object: &'a str,
    last: Oid,
    rows: usize,
}

enum Step {
    On,
    End,
    Trouble(PduTrouble),
}

/// Reads all columns of a family. Every answer moves each column on or ends it.
pub(super) async fn read(
    asker: &mut Asker<'_>,
    family: &Family,
    said: &mut Said,
) -> Result<Vec<PduTrouble>, SnmpErrorKind> {
    asker.stage = Stage::Gauges;
    let mut troubles = Vec::new();
    let mut waiting = family
        .asked
        .iter()
        .enumerate()
        .map(|(number, asked)| Place {
            number,
            root: &asked.oid,
            object: &asked.object,
            last: asked.oid.clone(),
            rows: 0,
        });
    let mut open: Vec<Place<'_>> = Vec::new();
    loop {
        open.extend(waiting.by_ref().take(SIDE_BY_SIDE - open.len()));
        if open.is_empty() {
            return Ok(troubles);
        }
        let names: Vec<Oid> = open.iter().map(|place| place.last.clone()).collect();
        let (answer, rows) = asker.bulk(&names, 0, ROWS_AT_ONCE).await?;
        let (got, asked) = (answer.varbinds.len(), names.len() * rows as usize);
        if got == 0 {
            return Err(SnmpErrorKind::NotUnderstood(NotUnderstood::Empty));
        }
        if got > asked {
            return Err(SnmpErrorKind::NotUnderstood(NotUnderstood::TooMany {
                got,
                asked,
            }));
        }
        let anomalies = &answer.metadata.decode_anomalies;
        let empty_counters = anomalies
            .iter()
            .any(|anomaly| matches!(anomaly, DecodeAnomaly::EmptyCounter64 { .. }));
        let mut ended = vec![false; open.len()];
        let places = (0..open.len()).cycle();
        for (varbind, at) in answer.varbinds.into_iter().zip(places) {
            let (Some(place), Some(ended)) = (open.get_mut(at), ended.get_mut(at)) else {
                break;
            };
            if *ended {
                continue;
            }
            // A counter without octets is read as 0 by the library: no value, not a 0.
            let emptied = empty_counters && varbind.value == Value::Counter64(0);
            let value = if emptied { Value::Null } else { varbind.value };
            match place.step(varbind.oid, value, &mut said.values) {
                Step::On => {}
                Step::End => *ended = true,
                Step::Trouble(trouble) => {
                    troubles.push(trouble);
                    *ended = true;
                }
            }
        }
        let mut ended = ended.into_iter();
        open.retain(|_| ended.next() == Some(false));
    }
}

impl Place<'_> {
    fn step(&mut self, oid: Oid, value: Value, values: &mut Values) -> Step {
        let suffix = oid.strip_prefix(self.root);
        let Some(suffix) = suffix.filter(|_| value != Value::EndOfMibView) else {
            return Step::End;
        };
        if oid <= self.last {
            return Step::Trouble(PduTrouble::Looping {
                object: self.object.to_owned(),
                oid: oid.to_string(),
            });
        }
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Step::Trouble(PduTrouble::TooLarge {
                object: self.object.to_owned(),
                most: MOST_ROWS,
            });
        }
        let column = values.entry(self.number).or_default();
        column.insert(suffix.arcs().to_vec(), value);
        self.last = oid;
        Step::On
    }
}
