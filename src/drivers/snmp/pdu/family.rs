//! The families of PDUs as `inventory/pdu-families.csv` and `inventory/pdu-columns.csv` have them: facts from the
//! vendors' MIBs, with the objects' names.

use std::sync::OnceLock;

use ::snmp::Oid;

use crate::base::gauge::{GaugePart, Quantity};

const FAMILIES: &str = include_str!("../../../../inventory/pdu-families.csv");
const COLUMNS: &str = include_str!("../../../../inventory/pdu-columns.csv");

/// A line of the tables that means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct FamilyError {
    /// Which table.
    pub file: &'static str,
    /// Which line, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// All families.
pub type Families = Vec<Family>;

/// PDUs that answer alike.
#[derive(Debug)]
pub struct Family {
    /// Stable word, kept with a PDU.
    pub word: String,
    /// Who makes them.
    pub maker: String,
    /// Beginnings of their sysObjectID.
    prefixes: Vec<Oid>,
    /// What is read, in order of precedence: a later column fills only what an earlier one left out.
    pub(super) columns: Vec<Column>,
    /// All columns to ask for, each once.
    pub(super) asked: Vec<Asked>,
    controls: Vec<Control>,
}

/// A column to ask for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) oid: Oid,
    pub(super) object: String,
}

/// What a column means under a condition.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) part: GaugePart,
    pub(super) reads: Reads,
    /// Place among the asked columns.
    pub(super) place: usize,
    pub(super) scale: Scale,
    /// Place of the column with the number of decimals of each row.
    pub(super) digits: Option<usize>,
    pub(super) when: Vec<When>,
    /// Index for rows of a table that has none.
    pub(super) index: Option<String>,
    /// Numbers that say that nothing is measured.
    pub(super) missing: Vec<i64>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Number(Quantity),
    Name,
    State { on: i64, off: i64 },
}

/// `(raw · times + plus) / over` is in the unit of the quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) times: i64,
    pub(super) plus: i64,
    pub(super) over: i64,
}

/// A condition on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// The last arc of its index is this; it is no part of the index then.
    Arc(u32),
    /// Another column has this number in the same row, or its scalar has it.
    Column { place: usize, is: i64 },
    /// Another column does not have this number in the same row, nor its scalar; it may not be there at all.
    Not { place: usize, is: i64 },
}

/// How an outlet of a family is switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Name in the vendor's MIB.
    pub object: String,
    /// Column; the outlet's index follows.
    pub oid: String,
    /// What is written to switch on.
    pub on: Option<i64>,
    /// What is written to switch off.
    pub off: Option<i64>,
    /// What is written to switch off and on again.
    pub cycle: Option<i64>,
}

impl Family {
    /// How its outlets are switched, in order of precedence.
    #[must_use]
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// The columns with the states of outlets, in order of precedence: name, number for on, number for off.
    pub(in crate::drivers::snmp) fn outlet_states(&self) -> Vec<(&Oid, i64, i64)> {
        let columns = self
            .columns
            .iter()
            .filter(|column| column.part == GaugePart::Outlet);
        columns
            .filter_map(|column| match column.reads {
                Reads::State { on, off } => {
                    let asked = self.asked.get(column.place)?;
                    Some((&asked.oid, on, off))
                }
                _ => None,
            })
            .collect()
    }

    fn place_of(&mut self, oid: Oid, object: &str) -> usize {
        match self.asked.iter().position(|asked| asked.oid == oid) {
            Some(place) => place,
            None => {
                self.asked.push(Asked {
                    oid,
                    object: object.to_owned(),
                });
                self.asked.len() - 1
            }
        }
    }
}

/// The families, read once.
///
/// # Errors
/// [`FamilyError`] for the first line that means nothing.
pub fn pdu_families() -> Result<&'static Families, FamilyError> {
    static ALL: OnceLock<Result<Families, FamilyError>> = OnceLock::new();
    let all = ALL.get_or_init(|| parse(FAMILIES, COLUMNS));
    all.as_ref().map_err(Clone::clone)
}

/// The family of a sysObjectID; the longest beginning counts. `None` for what is no known PDU.
#[must_use]
pub fn family_of(object_id: &str) -> Option<&'static Family> {
    let oid = Oid::parse(object_id).ok()?;
    let all = pdu_families().ok()?;
    let fitting = all.iter().filter_map(|family| {
        let fits = family.prefixes.iter().filter(|of| oid.starts_with(of));
        fits.map(Oid::len).max().map(|length| (length, family))
    });
    fitting
        .max_by_key(|(length, _)| *length)
        .map(|(_, family)| family)
}

/// The family of a word that was kept.
#[must_use]
pub fn family_named(word: &str) -> Option<&'static Family> {
    let all = pdu_families().ok()?;
    all.iter().find(|family| family.word == word)
}

struct Line {
    file: &'static str,
    number: u64,
    record: csv::StringRecord,
}

impl Line {
    fn get(&self, place: usize) -> &str {
        self.record.get(place).unwrap_or_default()
    }

    fn wrong(&self, reason: impl Into<String>) -> FamilyError {
        FamilyError {
            file: self.file,
            line: self.number,
            reason: reason.into(),
        }
    }

    fn oid(&self, text: &str) -> Result<Oid, FamilyError> {
        Oid::parse(text).map_err(|_| self.wrong(format!("no object identifier: {text:?}")))
    }

    fn number(&self, text: &str) -> Result<i64, FamilyError> {
        let number = text.parse();
        number.map_err(|_| self.wrong(format!("no number: {text:?}")))
    }

    fn number_if(&self, place: usize) -> Result<Option<i64>, FamilyError> {
        let text = self.get(place);
        (!text.is_empty()).then(|| self.number(text)).transpose()
    }
}

fn lines(file: &'static str, text: &str) -> Result<Vec<Line>, FamilyError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut found = Vec::new();
    for (record, number) in reader.records().zip(2_u64..) {
        let record = record.map_err(|error| FamilyError {
            file,
            line: number,
            reason: error.to_string(),
        })?;
        found.push(Line {
            file,
            number,
            record,
        });
    }
    Ok(found)
}

/// Reads both tables.
pub(super) fn parse(families: &str, columns: &str) -> Result<Families, FamilyError> {
    let mut all = Families::new();
    for line in lines("pdu-families.csv", families)? {
        let prefixes = line.get(2).split_whitespace();
        let prefixes = prefixes
            .map(|text| line.oid(text))
            .collect::<Result<_, _>>()?;
        all.push(Family {
            word: line.get(0).to_owned(),
            maker: line.get(1).to_owned(),
            prefixes,
            columns: Vec::new(),
            asked: Vec::new(),
            controls: Vec::new(),
        });
    }
    for line in lines("pdu-columns.csv", columns)? {
        let family = all.iter_mut().find(|family| family.word == line.get(0));
        let family = family.ok_or_else(|| line.wrong("no such family"))?;
        if line.get(2).starts_with("control") {
            family.controls.push(control(&line)?);
        } else {
            let column = column(&line, family)?;
            family.columns.push(column);
        }
    }
    Ok(all)
}

fn control(line: &Line) -> Result<Control, FamilyError> {
    line.oid(line.get(4))?;
    Ok(Control {
        object: line.get(3).to_owned(),
        oid: line.get(4).to_owned(),
        on: line.number_if(11)?,
        off: line.number_if(12)?,
        cycle: line.number_if(13)?,
    })
}

fn column(line: &Line, family: &mut Family) -> Result<Column, FamilyError> {
    let part = GaugePart::from_word(line.get(1)).ok_or_else(|| line.wrong("no such part"))?;
    let reads = match line.get(2) {
        "name" => Reads::Name,
        "state" => {
            let [on, off] = [line.number(line.get(11))?, line.number(line.get(12))?];
            Reads::State { on, off }
        }
        word => Reads::Number(
            Quantity::from_word(word).ok_or_else(|| line.wrong(format!("reads {word:?}")))?,
        ),
    };
    let scale = Scale {
        times: line.number(line.get(5))?,
        plus: line.number(line.get(6))?,
        over: line.number(line.get(7))?,
    };
    if scale.times == 0 || scale.over <= 0 {
        return Err(line.wrong("a scale of nothing"));
    }
    let object = line.get(3).to_owned();
    let place = family.place_of(line.oid(line.get(4))?, &object);
    let digits = match line.get(8) {
        "" => None,
        text => Some(family.place_of(line.oid(text)?, &format!("decimals of {object}"))),
    };
    let mut when = Vec::new();
    for text in line.get(9).split_whitespace() {
        let (must, parts) = match text.split_once('!') {
            Some(parts) => (false, Some(parts)),
            None => (true, text.split_once('=')),
        };
        let (left, is) = parts.ok_or_else(|| line.wrong(format!("condition {text:?}")))?;
        let is = line.number(is)?;
        let mut place =
            |oid| Ok(family.place_of(line.oid(oid)?, &format!("condition of {object}")));
        when.push(match (left, must) {
            ("arc", true) => When::Arc(u32::try_from(is).map_err(|_| line.wrong("no arc"))?),
            (oid, true) => When::Column {
                place: place(oid)?,
                is,
            },
            (oid, false) => When::Not {
                place: place(oid)?,
                is,
            },
        });
    }
    let missing = line.get(14).split_whitespace();
    Ok(Column {
        part,
        reads,
        place,
        scale,
        digits,
        when,
        index: Some(line.get(10).to_owned()).filter(|text| !text.is_empty()),
        missing: missing
            .map(|text| line.number(text))
            .collect::<Result<_, _>>()?,
    })
}
