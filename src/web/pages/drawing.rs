//! A series as a drawing for mails, reports and other programs: plain SVG without script or style sheet.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use super::spans::{PointJson, SeriesJson};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::metering::period::{Period, start_of_day};
use crate::words::{Words, rate_text};

/// Points that are worth drawing.
pub const DRAWN_POINTS: usize = 430;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 944.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 290.0;
const HOUR_MS: i64 = 3_600_000;
/// Marks on the axis of time at most.
const MOST_TIMES: i64 = 9;
/// Marks on the axis of rates at most.
const MOST_RATES: f64 = 5.0;

/// Colours of one theme, the same as on the pages.
struct Paint {
    surface: &'static str,
    ink: &'static str,
    grey: &'static str,
    grid: &'static str,
    inward: &'static str,
    outward: &'static str,
    committed: &'static str,
}

const LIGHT: Paint = Paint {
    surface: "#ffffff",
    ink: "#18222d",
    grey: "#55616e",
    grid: "#e3e8ed",
    inward: "#0072b2",
    outward: "#c04e00",
    committed: "#7a2f86",
};
const DARK: Paint = Paint {
    surface: "#181f26",
    ink: "#e4eaf0",
    grey: "#a3b0bd",
    grid: "#27313b",
    inward: "#56b4e9",
    outward: "#f0a33a",
    committed: "#d9a0e6",
};

/// What is drawn, in which words and colours.
pub struct Drawing<'a> {
    /// The series.
    pub series: &'a SeriesJson,
    /// The time it was asked for.
    pub asked: Period,
    /// Zone of the marks of time.
    pub zone: Tz,
    /// What it is of.
    pub title: &'a str,
    /// Both languages.
    pub words: &'a Words,
    /// The reader's.
    pub locale: Locale,
    /// Light lines on dark ground.
    pub dark: bool,
}

impl Drawing<'_> {
    /// The drawing, 960 by 360.
    pub fn svg(&self) -> String {
        let paint = if self.dark { &DARK } else { &LIGHT };
        let top_bps = self.top_bps();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" role=\"img\" font-size=\"12\" font-family=\"system-ui, PingFang SC, \
             Microsoft YaHei, Noto Sans CJK SC, sans-serif\"><title>{title}</title>\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{surface}\"/>\
             <defs><pattern id=\"estimated\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
             <path d=\"M0 6 6 0\" stroke=\"{grey}\" stroke-width=\"1\"/></pattern></defs>",
            title = escaped(self.title),
            surface = paint.surface,
            grey = paint.grey,
        );
        text(&mut svg, (LEFT, 24.0), "start", paint.ink, self.title);
        self.rates(&mut svg, paint, top_bps);
        self.times(&mut svg, paint);
        self.estimated(&mut svg);
        let (inward, outward) = (|p: &PointJson| p.in_bps, |p: &PointJson| p.out_bps);
        for run in self.runs(&inward) {
            let line = self.line(&run, top_bps);
            if let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) {
                let (first, last) = (self.x(*first), self.x(*last));
                let _ = write!(
                    svg,
                    "<path d=\"M{first:.1} {BOTTOM} L{line} L{last:.1} {BOTTOM} Z\" fill=\"{0}\" fill-opacity=\"0.28\"/>\
                     <polyline points=\"{line}\" fill=\"none\" stroke=\"{0}\" stroke-width=\"1.5\"/>",
                    paint.inward
                );
            }
        }
        for run in self.runs(&outward) {
            let line = self.line(&run, top_bps);
            let _ = write!(
                svg,
                "<polyline points=\"{line}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
                paint.outward
            );
        }
        self.levels(&mut svg, paint, top_bps);
        self.legend(&mut svg, paint);
        svg.push_str("</svg>\n");
        svg
    }

    /// The rate at the upper edge.
    fn top_bps(&self) -> f64 {
        let points = self.series.points.iter();
        let most = points.flat_map(|point| [point.in_bps, point.out_bps]);
        let levels = [self.series.summary.p95_bps, self.series.committed_bps];
        let most = most.chain(levels).flatten().max().unwrap_or(0);
        (most as f64 * 1.06).max(1000.0)
    }

    fn x(&self, at_ms: i64) -> f64 {
        let (from, until) = (self.asked.from.millis(), self.asked.until.millis());
        let share = (at_ms - from) as f64 / (until - from).max(1) as f64;
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// Stretches of points with data: the middle of each, and its rate.
    fn runs(&self, rate: &dyn Fn(&PointJson) -> Option<i64>) -> Vec<Vec<(i64, i64)>> {
        let half_ms = self.series.step_s * 500;
        let mut runs: Vec<Vec<(i64, i64)>> = vec![Vec::new()];
        for point in &self.series.points {
            match (rate(point), runs.last_mut()) {
                (Some(bps), Some(run)) => run.push((point.at_ms + half_ms, bps)),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    fn line(&self, run: &[(i64, i64)], top_bps: f64) -> String {
        let mut line = String::new();
        for (at_ms, bps) in run {
            let gap = if line.is_empty() { "" } else { " " };
            let _ = write!(
                line,
                "{gap}{:.1},{:.1}",
                self.x(*at_ms),
                y(*bps as f64, top_bps)
            );
        }
        line
    }

    fn rates(&self, svg: &mut String, paint: &Paint, top_bps: f64) {
        let step = nice_step(top_bps / MOST_RATES);
        for n in 0..=(top_bps / step) as u32 {
            let bps = f64::from(n) * step;
            let at = y(bps, top_bps);
            let _ = write!(
                svg,
                "<path d=\"M{LEFT} {at:.1}H{RIGHT}\" stroke=\"{}\"/>",
                paint.grid
            );
            let (value, unit) = rate_text(bps);
            let label = if n == 0 {
                "0".to_owned()
            } else {
                format!("{value} {unit}")
            };
            text(svg, (LEFT - 8.0, at + 4.0), "end", paint.grey, &label);
        }
    }

    fn times(&self, svg: &mut String, paint: &Paint) {
        for (at, label) in marks(self.asked, self.zone) {
            let x = self.x(at.millis());
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {TOP}V{BOTTOM}\" stroke=\"{}\"/>",
                paint.grid
            );
            text(svg, (x, BOTTOM + 18.0), "middle", paint.grey, &label);
        }
    }

    fn estimated(&self, svg: &mut String) {
        let step_ms = self.series.step_s * 1000;
        for point in &self.series.points {
            if point.flags.contains(&"estimated") {
                let (from, until) = (self.x(point.at_ms), self.x(point.at_ms + step_ms));
                let (width, height) = (until - from, BOTTOM - TOP);
                let _ = write!(
                    svg,
                    "<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"url(#estimated)\"/>"
                );
            }
        }
    }

    /// The 95th percentile and the committed rate as lines.
    fn levels(&self, svg: &mut String, paint: &Paint, top_bps: f64) {
        let levels = [
            (self.series.summary.p95_bps, paint.ink, "6 4"),
            (self.series.committed_bps, paint.committed, "2 3"),
        ];
        for (bps, colour, dashes) in levels {
            if let Some(bps) = bps {
                let at = y(bps as f64, top_bps);
                let _ = write!(
                    svg,
                    "<path d=\"M{LEFT} {at:.1}H{RIGHT}\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"{dashes}\"/>"
                );
            }
        }
    }

    fn legend(&self, svg: &mut String, paint: &Paint) {
        let word = |key: &str| self.words.text(self.locale, key);
        let level = |key: &str, bps: Option<i64>| {
            bps.map(|bps| {
                let (value, unit) = rate_text(bps as f64);
                format!("{} {value} {unit}", word(key))
            })
        };
        let entries = [
            (Some(word("graph-in")), paint.inward),
            (Some(word("graph-out")), paint.outward),
            (level("graph-p95", self.series.summary.p95_bps), paint.ink),
            (
                level("graph-committed", self.series.committed_bps),
                paint.committed,
            ),
        ];
        let mut x = LEFT;
        for (label, colour) in entries {
            let Some(label) = label else { continue };
            let at = BOTTOM + 46.0;
            let _ = write!(
                svg,
                "<path d=\"M{x:.0} {:.0}h18\" stroke=\"{colour}\" stroke-width=\"3\"/>",
                at - 4.0
            );
            text(svg, (x + 24.0, at), "start", paint.ink, &label);
            let letters: f64 = label
                .chars()
                .map(|c| if c.is_ascii() { 7.0 } else { 13.0 })
                .sum();
            x += 24.0 + letters + 20.0;
        }
        let zone = crate::base::fault::Message::new("graph-zone").with("zone", self.zone.name());
        let zone = self.words.say(self.locale, &zone);
        text(svg, (RIGHT, BOTTOM + 46.0), "end", paint.grey, &zone);
    }
}

fn y(bps: f64, top_bps: f64) -> f64 {
    BOTTOM - (bps / top_bps).clamp(0.0, 1.0) * (BOTTOM - TOP)
}

/// The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not below `least`.
fn nice_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1.0).log10().floor());
    let found = [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= least);
    found.unwrap_or(10.0 * power)
}

/// Marks of time at round hours or days of the zone.
fn marks(asked: Period, zone: Tz) -> Vec<(Timestamp, String)> {
    let length_ms = asked.until.since_millis(asked.from);
    let hours = [1, 2, 3, 6, 12];
    let days = [1, 2, 4, 7, 14, 31, 62, 124, 186];
    let fits = |step_ms: i64| length_ms / step_ms <= MOST_TIMES;
    let hour_step = hours.into_iter().find(|hours| fits(hours * HOUR_MS));
    let day_step = days.into_iter().find(|days| fits(days * 24 * HOUR_MS));
    let mut found = Vec::new();
    let mut date = local_date(asked.from, zone);
    while let (Some(day), Some(next)) = (date, date.and_then(|day| day.succ_opt())) {
        let Some(begin) = start_of_day(day, zone).filter(|begin| *begin < asked.until) else {
            break;
        };
        let end = start_of_day(next, zone).unwrap_or(asked.until);
        match (hour_step, day_step) {
            (Some(step), _) => {
                let mut at = begin;
                while at < end {
                    let clock = at.local_minute(zone).split_off(11);
                    let label = if at == begin { month_day(day) } else { clock };
                    found.push((at, label));
                    at = at.plus_millis(step * HOUR_MS);
                }
            }
            (None, Some(step)) if step < 31 => {
                if i64::from(day.num_days_from_ce()) % step == 0 {
                    found.push((begin, month_day(day)));
                }
            }
            (None, step) => {
                let months = step.map_or(12, |days| u32::try_from(days / 31).unwrap_or(12));
                if day.day() == 1 && day.month0() % months == 0 {
                    found.push((begin, format!("{}-{:02}", day.year(), day.month())));
                }
            }
        }
        date = Some(next);
    }
    found.retain(|(at, _)| *at >= asked.from && *at < asked.until);
    found
}

fn local_date(at: Timestamp, zone: Tz) -> Option<NaiveDate> {
    let utc = Utc.timestamp_millis_opt(at.millis()).single()?;
    Some(utc.with_timezone(&zone).date_naive())
}

fn month_day(day: NaiveDate) -> String {
    format!("{:02}-{:02}", day.month(), day.day())
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, colour: &str, words: &str) {
    let words = escaped(words);
    let _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
    );
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML 1.0 has no place for them.
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
#[path = "drawing_tests.rs"]
mod tests;
