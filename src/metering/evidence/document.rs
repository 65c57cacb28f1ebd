//! What is frozen of a billing period: its rule, its members and their dates, its figures and its slots.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::EvidenceFault;
use super::tables::slots_csv;
use crate::base::time::Timestamp;
use crate::base::token::hex;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::{Reading, Rules};
use crate::metering::members::{Member, slots_of_members};
use crate::metering::model::LinkDates;
use crate::metering::percentile::{Direction, Figure, GapRule, RULE_VERSION, percentile};
use crate::metering::period::Period;
use crate::metering::series::summary;
use crate::metering::slot::Slot;
use crate::metering::speeds::SpeedChange;
use crate::metering::usage::overage;

/// Form of the document.
pub const FORMAT: &str = "coldaisle-period/1";
/// Name of the document among the files.
pub const PERIOD_FILE: &str = "period.json";
/// Name of the slots among the files.
pub const SLOTS_FILE: &str = "slots.csv";

/// A half-open time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

impl From<Period> for Span {
    fn from(period: Period) -> Self {
        Self {
            from: period.from,
            until: period.until,
        }
    }
}

impl From<Span> for Period {
    fn from(span: Span) -> Self {
        Self {
            from: span.from,
            until: span.until,
        }
    }
}

/// Whose period it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Row id of the allocation.
    pub allocation_id: i64,
    /// Its name.
    pub allocation: String,
    /// Code of the customer.
    pub customer_code: String,
    /// Name of the customer.
    pub customer: String,
}

/// The rule that the figure is made by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSaid {
    /// Version of the rules.
    pub version: u16,
    /// How two directions make one figure.
    pub direction: String,
    /// What a slot without data counts as.
    pub gaps: String,
    /// Percentile.
    pub percentile: u8,
    /// Length of a slot in seconds.
    pub slot_s: u64,
}

/// A member: a port within dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortSaid {
    /// The file of its readings.
    pub readings: String,
    /// Row id of the port.
    pub port_id: i64,
    /// Name of its device.
    pub device: String,
    /// Its name.
    pub port: String,
    /// First instant it belongs to the allocation.
    pub from: Timestamp,
    /// First instant it does not any more.
    pub until: Option<Timestamp>,
    /// Line speed in bit/s that wraps and impossible rates are judged by, until the first of `line_speeds`.
    pub line_speed_bps: Option<i64>,
    /// Later line speeds, in order of time. Of an interval with a change in it the highest counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_speeds: Vec<SpeedChange>,
    /// How often it was meant to be read.
    pub poll_interval_ms: u64,
    /// An interval of more than so many poll intervals is an estimate.
    pub estimate_after: u32,
}

impl PortSaid {
    /// The member that it tells of.
    #[must_use]
    pub fn member(&self, readings: Vec<Reading>) -> Member {
        Member {
            dates: LinkDates {
                from: self.from,
                until: self.until,
            },
            rules: Rules {
                line_speed: self.line_speed_bps.map(BitsPerSecond::new),
                poll_interval_ms: self.poll_interval_ms,
                estimate_after: self.estimate_after,
            },
            speeds: self.line_speeds.clone(),
            readings,
        }
    }
}

/// The figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureSaid {
    /// The 95th percentile in bit/s; null without data.
    pub p95_bps: Option<i64>,
    /// How much of it is above the commitment.
    pub overage_bps: Option<i64>,
    /// The direction that decided, where one did.
    pub decided_by: Option<String>,
    /// How many values were ranked.
    pub ranked: usize,
    /// Place among them from the smallest, from 1.
    pub rank: usize,
    /// All slots.
    pub slots: usize,
    /// Slots with data that were ranked.
    pub used: usize,
    /// Slots without data.
    pub gap: usize,
    /// Of the used: estimated.
    pub estimated: usize,
    /// Left out because a rate was impossible.
    pub suspect: usize,
    /// Of the used: incomplete.
    pub incomplete: usize,
    /// Octets received, as far as they are known.
    pub in_octets: u64,
    /// Octets sent, as far as they are known.
    pub out_octets: u64,
}

/// A billing period as it is frozen. As one line of JSON, with the slots after it, it is what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodDocument {
    /// [`FORMAT`].
    pub format: String,
    /// Whose it is.
    pub owner: Owner,
    /// The whole period.
    pub period: Span,
    /// The part of it that counts: the contract is in force and the slots are settled.
    pub counted: Span,
    /// Zone of its days.
    pub time_zone: String,
    /// Day of month that it begins on.
    pub billing_day: i64,
    /// Committed rate, bit/s.
    pub committed_bps: i64,
    /// Burst rate, bit/s.
    pub burst_bps: Option<i64>,
    /// The rule.
    pub rule: RuleSaid,
    /// The figures.
    pub figure: FigureSaid,
    /// The members.
    pub ports: Vec<PortSaid>,
}

/// What is known of a period before its slots are made.
#[derive(Clone, Debug)]
pub struct Head {
    /// Whose it is.
    pub owner: Owner,
    /// The whole period.
    pub period: Period,
    /// The part of it that counts.
    pub counted: Period,
    /// Zone of its days.
    pub time_zone: String,
    /// Day of month that it begins on.
    pub billing_day: i64,
    /// Committed rate.
    pub committed: BitsPerSecond,
    /// Burst rate.
    pub burst: Option<BitsPerSecond>,
    /// How two directions make one figure.
    pub direction: Direction,
    /// What a slot without data counts as.
    pub gaps: GapRule,
}

/// A period with its slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The document.
    pub document: PeriodDocument,
    /// The slots of the counted time.
    pub slots: Vec<Slot>,
}

impl Frozen {
    /// Computes slots and figures from the members' readings.
    #[must_use]
    pub fn of(head: Head, ports: Vec<PortSaid>, members: &[Member]) -> Self {
        let slots = slots_of_members(members, head.counted);
        let figure = figure_said(&slots, head.direction, head.gaps, head.committed);
        let document = PeriodDocument {
            format: FORMAT.to_owned(),
            owner: head.owner,
            period: head.period.into(),
            counted: head.counted.into(),
            time_zone: head.time_zone,
            billing_day: head.billing_day,
            committed_bps: head.committed.get(),
            burst_bps: head.burst.map(BitsPerSecond::get),
            rule: RuleSaid {
                version: RULE_VERSION,
                direction: head.direction.as_str().to_owned(),
                gaps: head.gaps.as_str().to_owned(),
                percentile: 95,
                slot_s: crate::metering::slot::SLOT_SECONDS,
            },
            figure,
            ports,
        };
        Self { document, slots }
    }

    /// The document as the line of JSON that is hashed.
    #[must_use]
    pub fn period_json(&self) -> String {
        // A document of strings and numbers always becomes JSON.
        let mut line = serde_json::to_string(&self.document).unwrap_or_default();
        line.push('\n');
        line
    }

    /// SHA-256 of [`PERIOD_FILE`] and [`SLOTS_FILE`], one after the other, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        hash_of(
            self.period_json().as_bytes(),
            slots_csv(&self.slots).as_bytes(),
        )
    }

    /// The 95th of the document as a figure of its slots.
    #[must_use]
    pub fn figure(&self) -> Option<Figure> {
        let (direction, gaps) = self.document.rule().ok()?;
        Some(percentile(&self.slots, direction, gaps))
    }
}

/// SHA-256 over both files.
#[must_use]
pub fn hash_of(period_json: &[u8], slots_csv: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(period_json);
    digest.update(slots_csv);
    hex(&digest.finalize())
}

impl PeriodDocument {
    /// Reads the line of JSON.
    ///
    /// # Errors
    /// [`EvidenceFault::Line`] for what is no document, [`EvidenceFault::Version`] for one of a later program.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvidenceFault> {
        let document: Self =
            serde_json::from_slice(bytes).map_err(|error| EvidenceFault::Line {
                file: PERIOD_FILE.to_owned(),
                line: error.line(),
                what: error.to_string(),
            })?;
        let version = if document.format != FORMAT {
            document.format.clone()
        } else if document.rule.version != RULE_VERSION {
            document.rule.version.to_string()
        } else {
            return Ok(document);
        };
        Err(EvidenceFault::Version {
            file: PERIOD_FILE.to_owned(),
            version,
        })
    }

    /// Direction and gap rule.
    ///
    /// # Errors
    /// [`EvidenceFault::Version`] for words that are no rules.
    pub fn rule(&self) -> Result<(Direction, GapRule), EvidenceFault> {
        let unknown = |word: &str| EvidenceFault::Version {
            file: PERIOD_FILE.to_owned(),
            version: word.to_owned(),
        };
        let direction = self.rule.direction.parse();
        let gaps = self.rule.gaps.parse();
        Ok((
            direction.map_err(|_| unknown(&self.rule.direction))?,
            gaps.map_err(|_| unknown(&self.rule.gaps))?,
        ))
    }
}

/// The figures of slots under a rule.
#[must_use]
pub fn figure_said(
    slots: &[Slot],
    direction: Direction,
    gaps: GapRule,
    committed: BitsPerSecond,
) -> FigureSaid {
    let figure = percentile(slots, direction, gaps);
    let total = summary(slots);
    let octets = |octets: u128| u64::try_from(octets).unwrap_or(u64::MAX);
    FigureSaid {
        p95_bps: figure.rate.map(BitsPerSecond::get),
        overage_bps: figure.rate.map(|rate| overage(rate, committed).get()),
        decided_by: figure.decided_by.map(|by| by.as_str().to_owned()),
        ranked: figure.ranked,
        rank: figure.rank,
        slots: figure.counts.slots,
        used: figure.counts.used,
        gap: figure.counts.gap,
        estimated: figure.counts.estimated,
        suspect: figure.counts.suspect,
        incomplete: figure.counts.incomplete,
        in_octets: octets(total.inward.volume_octets),
        out_octets: octets(total.outward.volume_octets),
    }
}
