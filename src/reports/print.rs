//! The month report as a document: a sheet with all allocations, then each with its figures, graph and ports.

use chrono_tz::Tz;
use serde_json::json;

use super::curve::Curve;
use super::drawing::{Drawing, Size};
use super::model::MonthFacts;
use super::month::Month;
use super::sheets::{Column, LEFT, RIGHT, Sheets, clean};
use crate::base::fault::{Fault, Message};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::{PeriodCorrection, PeriodView};
use crate::paper::pdf;
use crate::words::{Pages, Words, octets_text, rate_text};

const GRAPH: Size = Size {
    width: 720.0,
    height: 300.0,
};

/// Periods of a report with a sheet and a graph each; of more only the figures are printed, one below the other.
const MOST_GRAPHS: usize = 200;
/// Height that the head and the figures of a period need.
const PART_HEIGHT: f32 = 180.0;

/// What every report needs.
pub struct Printer<'a> {
    /// Both languages.
    pub words: &'a Words,
    /// Templates.
    pub pages: &'a Pages,
    /// Name of the one who runs the machine room.
    pub operator: &'a str,
}

/// The document of a month, in the customer's language; `edition` is none for one that is only looked at.
///
/// # Errors
/// Internal ones: a template that is broken.
pub fn report_pdf(
    printer: &Printer<'_>,
    facts: &MonthFacts,
    edition: Option<i64>,
    now: Timestamp,
) -> Result<Vec<u8>, Fault> {
    let report = Report {
        words: printer.words,
        locale: facts.locale,
        facts,
    };
    let zone = report.zone();
    let title = report.title();
    let mut made = report.say(
        Message::new("report-made")
            .with("at", now.local_minute(zone))
            .with("offset", now.local_offset(zone)),
    );
    if let Some(edition) = edition {
        let edition = Message::new("report-edition").with("edition", edition.to_string());
        made = format!("{made} · {}", report.say(edition));
    }
    let sheets = report.sheets();
    let count = sheets.len();
    let mut pages = Vec::with_capacity(count);
    for (index, items) in sheets.into_iter().enumerate() {
        let place = Message::new("report-page")
            .with("page", (index + 1).to_string())
            .with("pages", count.to_string());
        let context = json!({
            "operator": clean(printer.operator),
            "title": clean(&title),
            "made": made,
            "place": report.say(place),
            "items": items,
        });
        let page = printer
            .pages
            .render(facts.locale, "paper/report.svg", context);
        pages.push(page.map_err(Fault::internal)?);
    }
    pdf(&pages, &title, facts.locale).map_err(Fault::internal)
}

struct Report<'a> {
    words: &'a Words,
    locale: Locale,
    facts: &'a MonthFacts,
}

impl Report<'_> {
    fn say(&self, message: Message) -> String {
        self.words.say(self.locale, &message)
    }

    fn zone(&self) -> Tz {
        let first = self.facts.parts.first();
        first.map_or(Tz::UTC, |part| part.allocation.allocation.zone())
    }

    fn title(&self) -> String {
        format!(
            "{} · {}",
            self.say(title_of(self.facts.month)),
            self.facts.customer
        )
    }

    fn sheets(&self) -> Vec<Vec<serde_json::Value>> {
        let mut sheets = Sheets::default();
        self.front(&mut sheets);
        for part in &self.facts.parts {
            if self.has_graphs() {
                sheets.turn();
            } else {
                sheets.skip(18.0);
                sheets.keep_together(PART_HEIGHT);
            }
            self.part(&mut sheets, part);
        }
        sheets.finish()
    }

    const fn has_graphs(&self) -> bool {
        self.facts.parts.len() <= MOST_GRAPHS
    }

    /// All allocations on one sheet.
    fn front(&self, sheets: &mut Sheets) {
        sheets.line("title", &self.say(title_of(self.facts.month)));
        let customer = Message::new("report-customer")
            .with("customer", self.facts.customer.as_str())
            .with("code", self.facts.code.as_str());
        sheets.line("line", &self.say(customer));
        if self.facts.is_final() {
            sheets.line("grey", &self.say(Message::new("report-final")));
        } else {
            sheets.line("warning", &self.say(Message::new("report-provisional")));
        }
        if !self.has_graphs() {
            sheets.line("grey", &self.say(Message::new("report-no-graphs")));
        }
        sheets.skip(12.0);
        let columns = [
            Column::words(LEFT, 180.0),
            Column::words(186.0, 296.0),
            Column::numbers(300.0, 362.0),
            Column::numbers(364.0, 434.0),
            Column::numbers(438.0, 496.0),
            Column::numbers(500.0, RIGHT),
        ];
        let head = [
            self.say(Message::new("report-allocation")),
            self.say(Message::new("periods-period")),
            self.say(Message::new("report-committed")),
            self.say(Message::new("periods-figure")),
            self.say(Message::new("report-over")),
            self.say(Message::new("periods-state")),
        ];
        let row = |part: &PeriodView| {
            let document = &part.frozen.document;
            vec![
                part.allocation.allocation.name.clone(),
                self.span(part),
                rate(Some(document.committed_bps)),
                rate(part.usage.figure.rate.map(BitsPerSecond::get)),
                rate(part.usage.overage.map(BitsPerSecond::get)),
                self.state(part),
            ]
        };
        let rows: Vec<Vec<String>> = self.facts.parts.iter().map(row).collect();
        sheets.table(&columns, &head, &rows);
    }

    /// First and last day of a period.
    fn span(&self, part: &PeriodView) -> String {
        let zone = part.allocation.allocation.zone();
        let last = part.period.until.plus_millis(-1);
        self.say(
            Message::new("periods-name")
                .with("from", part.period.from.local_date(zone))
                .with("until", last.local_date(zone)),
        )
    }

    fn state(&self, part: &PeriodView) -> String {
        let key = format!("report-state-{}", part.state);
        self.words.text(self.locale, &key)
    }

    fn part(&self, sheets: &mut Sheets, part: &PeriodView) {
        let document = &part.frozen.document;
        sheets.line("title", &part.allocation.allocation.name);
        let zone = Message::new("graph-zone").with("zone", document.time_zone.as_str());
        let head = format!("{} · {}", self.span(part), self.say(zone));
        sheets.line("line", &head);
        if part.closed.is_none() {
            let counted = document.counted.until;
            let until = counted.local_minute(part.allocation.allocation.zone());
            let open = Message::new("report-open").with("until", until);
            sheets.line("warning", &self.say(open));
        }
        sheets.skip(8.0);
        sheets.figures(&[self.billed(part), self.rates(part), self.slots(part)]);
        sheets.skip(4.0);
        let direction = format!("allocations-direction-{}", document.rule.direction);
        let gaps = format!("allocations-gap-{}", document.rule.gaps);
        let rule = Message::new("report-rule")
            .with("direction", self.words.text(self.locale, &direction))
            .with("gaps", self.words.text(self.locale, &gaps));
        sheets.line("grey", &self.say(rule));
        if self.has_graphs() {
            self.graph(sheets, part);
        }
        self.ports(sheets, part);
        self.corrections(sheets, part);
        self.evidence(sheets, part);
    }

    fn billed(&self, part: &PeriodView) -> Vec<(String, String)> {
        let document = &part.frozen.document;
        let p95 = part.usage.figure.rate.map(BitsPerSecond::get);
        let billed = p95.map(|p95| p95.max(document.committed_bps));
        let mut figures = vec![
            (self.say(Message::new("periods-figure")), rate(p95)),
            (
                self.say(Message::new("allocations-committed")),
                rate(Some(document.committed_bps)),
            ),
            (
                self.say(Message::new("periods-overage")),
                rate(part.usage.overage.map(BitsPerSecond::get)),
            ),
            (self.say(Message::new("report-billed")), rate(billed)),
        ];
        if let Some(burst) = document.burst_bps {
            let burst = rate(Some(burst));
            figures.push((self.say(Message::new("allocations-burst")), burst));
        }
        figures
    }

    fn rates(&self, part: &PeriodView) -> Vec<(String, String)> {
        let (inward, outward) = (part.summary.inward, part.summary.outward);
        let bps = |bps: Option<BitsPerSecond>| rate(bps.map(BitsPerSecond::get));
        vec![
            (self.say(Message::new("report-mean-in")), bps(inward.mean)),
            (self.say(Message::new("report-mean-out")), bps(outward.mean)),
            (self.say(Message::new("report-max-in")), bps(inward.max)),
            (self.say(Message::new("report-max-out")), bps(outward.max)),
            (
                self.say(Message::new("report-volume-in")),
                octets(inward.volume_octets as f64),
            ),
            (
                self.say(Message::new("report-volume-out")),
                octets(outward.volume_octets as f64),
            ),
        ]
    }

    fn slots(&self, part: &PeriodView) -> Vec<(String, String)> {
        let counts = &part.usage.figure.counts;
        let share = match counts.slots {
            0 => String::new(),
            slots => {
                // Rounded down: what is not whole is not 100.0 %.
                let permille = counts.used * 1000 / slots;
                format!(" ({}.{}%)", permille / 10, permille % 10)
            }
        };
        vec![
            (
                self.say(Message::new("periods-slots")),
                counts.slots.to_string(),
            ),
            (
                self.say(Message::new("periods-used")),
                format!("{}{share}", counts.used),
            ),
            (
                self.say(Message::new("periods-gap")),
                counts.gap.to_string(),
            ),
            (
                self.say(Message::new("periods-estimated")),
                counts.estimated.to_string(),
            ),
            (
                self.say(Message::new("periods-suspect")),
                counts.suspect.to_string(),
            ),
            (
                self.say(Message::new("periods-incomplete")),
                counts.incomplete.to_string(),
            ),
        ]
    }

    fn graph(&self, sheets: &mut Sheets, part: &PeriodView) {
        let curve = Curve {
            p95: part.usage.figure.rate,
            committed: Some(BitsPerSecond::new(part.frozen.document.committed_bps)),
            ..Curve::of_slots(&part.frozen.slots)
        };
        let drawing = Drawing {
            curve: &curve,
            other: None,
            asked: part.period,
            zone: part.allocation.allocation.zone(),
            title: "",
            words: self.words,
            locale: self.locale,
            dark: false,
            size: GRAPH,
        };
        let scale = (RIGHT - LEFT) / GRAPH.width as f32;
        sheets.drawing(&drawing.group(), scale, GRAPH.height as f32 * scale);
    }

    fn ports(&self, sheets: &mut Sheets, part: &PeriodView) {
        let ports = &part.frozen.document.ports;
        if ports.is_empty() {
            return;
        }
        let zone = part.allocation.allocation.zone();
        sheets.keep_together(60.0);
        sheets.line("heading", &self.say(Message::new("allocations-ports")));
        let columns = [
            Column::words(LEFT, 300.0),
            Column::words(306.0, 425.0),
            Column::words(431.0, RIGHT),
        ];
        let head = [
            self.say(Message::new("report-port")),
            self.say(Message::new("allocations-from")),
            self.say(Message::new("allocations-until")),
        ];
        let rows: Vec<Vec<String>> = ports
            .iter()
            .map(|port| {
                let until = port.until.map(|until| until.local_minute(zone));
                vec![
                    format!("{} {}", port.device, port.port),
                    port.from.local_minute(zone),
                    until.unwrap_or_else(|| "–".to_owned()),
                ]
            })
            .collect();
        sheets.table(&columns, &head, &rows);
    }

    fn corrections(&self, sheets: &mut Sheets, part: &PeriodView) {
        if part.corrections.is_empty() {
            return;
        }
        let zone = part.allocation.allocation.zone();
        sheets.keep_together(60.0);
        sheets.line("heading", &self.say(Message::new("periods-corrections")));
        let columns = [
            Column::words(LEFT, 130.0),
            Column::numbers(136.0, 205.0),
            Column::numbers(211.0, 280.0),
            Column::words(290.0, RIGHT),
        ];
        let head = [
            self.say(Message::new("report-corrected-at")),
            self.say(Message::new("periods-credit-rate")),
            self.say(Message::new("periods-credit-volume")),
            self.say(Message::new("periods-reason")),
        ];
        let row = |row: &PeriodCorrection| {
            let volume = row.credit_octets.map(|volume| octets(volume.get() as f64));
            vec![
                row.created_at.local_minute(zone),
                rate(row.credit_bps.map(BitsPerSecond::get)),
                volume.unwrap_or_else(|| "–".to_owned()),
                row.reason.clone(),
            ]
        };
        let rows: Vec<Vec<String>> = part.corrections.iter().map(row).collect();
        sheets.table(&columns, &head, &rows);
    }

    /// The hash by which anyone can prove the figures.
    fn evidence(&self, sheets: &mut Sheets, part: &PeriodView) {
        let Some(closed) = &part.closed else { return };
        let zone = part.allocation.allocation.zone();
        sheets.keep_together(60.0);
        sheets.skip(10.0);
        let said = Message::new("report-evidence").with("at", closed.closed_at.local_minute(zone));
        sheets.line("grey", &self.say(said));
        sheets.small(&format!("SHA-256 {}", closed.sha256));
    }
}

fn title_of(month: Month) -> Message {
    Message::new("report-title")
        .with("year", month.year().to_string())
        .with("month", format!("{:02}", month.number()))
}

fn rate(bps: Option<i64>) -> String {
    let Some(bps) = bps else {
        return "–".to_owned();
    };
    let (value, unit) = rate_text(bps as f64);
    format!("{value} {unit}")
}

fn octets(octets: f64) -> String {
    let (value, unit) = octets_text(octets);
    format!("{value} {unit}")
}
