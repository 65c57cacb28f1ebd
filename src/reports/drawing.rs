//! A series as a drawing for mails, reports and other programs: plain SVG without script or style sheet.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use super::curve::Curve;
use super::sheets::is_outside_xml;
use crate::base::fault::Message;
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::period::{Period, start_of_day};
use crate::metering::series::Point;
use crate::metering::slot::SlotFlags;
use crate::paper::{Weight, fitted, text_width};
use crate::words::{Words, rate_text};

const LEFT: f64 = 84.0;
/// Room between the axes and the right edge.
const RIGHT_ROOM: f64 = 16.0;
const TOP: f64 = 44.0;
/// Room for marks of time and a legend of two lines below the axes.
const BOTTOM_ROOM: f64 = 70.0;
const LEGEND_LINE: f64 = 18.0;
/// Height between the axes that the legend leaves.
const LEAST_HEIGHT: f64 = 40.0;
const FONT_SIZE: f32 = 12.0;
const HOUR_MS: i64 = 3_600_000;
/// Width that a mark of time needs.
const TIME_ROOM: f64 = 96.0;
/// Marks on the axis of rates at most.
const MOST_RATES: f64 = 5.0;
/// How lines of the other curve are broken.
const OTHER_DASHES: &str = "5 3";

/// Colours of one theme, the same as on the pages.
struct Paint {
    surface: &'static str,
    ink: &'static str,
    grey: &'static str,
    grid: &'static str,
    inward: &'static str,
    outward: &'static str,
    committed: &'static str,
    suspect: &'static str,
}

const LIGHT: Paint = Paint {
    surface: "#ffffff",
    ink: "#18222d",
    grey: "#55616e",
    grid: "#e3e8ed",
    inward: "#0072b2",
    outward: "#c04e00",
    committed: "#7a2f86",
    suspect: "#b3261e",
};
const DARK: Paint = Paint {
    surface: "#181f26",
    ink: "#e4eaf0",
    grey: "#a3b0bd",
    grid: "#27313b",
    inward: "#56b4e9",
    outward: "#f0a33a",
    committed: "#d9a0e6",
    suspect: "#ff8a80",
};

/// Size of a drawing in its own units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 960.0,
            height: 360.0,
        }
    }
}

/// What is drawn, in which words and colours.
pub struct Drawing<'a> {
    /// The curve.
    pub curve: &'a Curve,
    /// Another one over the same axes, with broken lines.
    pub other: Option<&'a Curve>,
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
    /// How large it is.
    pub size: Size,
}

impl Drawing<'_> {
    /// The drawing as a file of its own.
    pub fn svg(&self) -> String {
        let Size { width, height } = self.size;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\"><title>{}</title>{}</svg>\n",
            escaped(self.title),
            self.group(),
        )
    }

    /// The drawing as a part of another.
    pub fn group(&self) -> String {
        let paint = if self.dark { &DARK } else { &LIGHT };
        let Size { width, height } = self.size;
        // A long legend takes its room from the axes.
        let drawn = Drawing {
            size: Size {
                width,
                height: height - self.legend_room(paint),
            },
            ..*self
        };
        let mut svg = format!(
            "<g font-size=\"{FONT_SIZE}\" font-family=\"system-ui, Open Sans, PingFang SC, Microsoft YaHei, \
             Noto Sans CJK SC, sans-serif\"><rect width=\"{width}\" height=\"{height}\" fill=\"{surface}\"/>\
             <defs><pattern id=\"estimated\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
             <path d=\"M0 6 6 0\" stroke=\"{grey}\" stroke-width=\"1\"/></pattern></defs>",
            surface = paint.surface,
            grey = paint.grey,
        );
        drawn.head(&mut svg, paint);
        drawn.plot(&mut svg, paint);
        drawn.legend(&mut svg, paint);
        svg.push_str("</g>");
        svg
    }

    /// Title and zone, which goes first.
    fn head(&self, svg: &mut String, paint: &Paint) {
        let zone = Message::new("graph-zone").with("zone", self.zone.name());
        let zone = self.words.say(self.locale, &zone);
        let room = (self.right() - LEFT - 12.0) as f32;
        let room = room - text_width(&zone, FONT_SIZE, Weight::Regular);
        let title = fitted(self.title, FONT_SIZE, Weight::Regular, room);
        text(svg, (LEFT, 24.0), "start", paint.ink, &title);
        text(svg, (self.right(), 24.0), "end", paint.grey, &zone);
    }

    fn plot(&self, svg: &mut String, paint: &Paint) {
        let top_bps = self.top_bps();
        self.rates(svg, paint, top_bps);
        self.times(svg, paint);
        self.marked(svg, SlotFlags::ESTIMATED, "url(#estimated)", "1");
        self.marked(svg, SlotFlags::SUSPECT, paint.suspect, "0.25");
        self.curves(svg, paint, top_bps);
        self.levels(svg, paint, top_bps);
    }

    const fn right(&self) -> f64 {
        self.size.width - RIGHT_ROOM
    }

    const fn bottom(&self) -> f64 {
        self.size.height - BOTTOM_ROOM
    }

    /// The rate at the upper edge.
    fn top_bps(&self) -> f64 {
        let other = self.other.map_or(0, Curve::most_bps);
        (self.curve.most_bps().max(other) as f64 * 1.06).max(1000.0)
    }

    fn x(&self, at_ms: i64) -> f64 {
        let (from, until) = (self.asked.from.millis(), self.asked.until.millis());
        let share = (at_ms - from) as f64 / (until - from).max(1) as f64;
        LEFT + share.clamp(0.0, 1.0) * (self.right() - LEFT)
    }

    fn y(&self, bps: f64, top_bps: f64) -> f64 {
        self.bottom() - (bps / top_bps).clamp(0.0, 1.0) * (self.bottom() - TOP)
    }

    /// In as area, out as line; the other curve as broken lines.
    fn curves(&self, svg: &mut String, paint: &Paint, top_bps: f64) {
        let bottom = self.bottom();
        for run in self.runs(self.curve, |point| point.in_bps_mean) {
            let line = self.line(&run, top_bps);
            if let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) {
                let (first, last) = (self.x(*first), self.x(*last));
                let _ = write!(
                    svg,
                    "<path d=\"M{first:.1} {bottom} L{line} L{last:.1} {bottom} Z\" fill=\"{0}\" fill-opacity=\"0.28\"/>",
                    paint.inward
                );
                self.stroke(svg, &line, paint.inward, "none");
            }
        }
        for run in self.runs(self.curve, |point| point.out_bps_mean) {
            self.stroke(svg, &self.line(&run, top_bps), paint.outward, "none");
        }
        let Some(other) = self.other else { return };
        for run in self.runs(other, |point| point.in_bps_mean) {
            self.stroke(svg, &self.line(&run, top_bps), paint.inward, OTHER_DASHES);
        }
        for run in self.runs(other, |point| point.out_bps_mean) {
            self.stroke(svg, &self.line(&run, top_bps), paint.outward, OTHER_DASHES);
        }
    }

    fn stroke(&self, svg: &mut String, line: &str, colour: &str, dashes: &str) {
        let _ = write!(
            svg,
            "<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"{dashes}\"/>"
        );
    }

    /// Stretches of points with data: the middle of each, and its rate.
    fn runs(
        &self,
        curve: &Curve,
        rate: fn(&Point) -> Option<BitsPerSecond>,
    ) -> Vec<Vec<(i64, i64)>> {
        let middle_ms = curve.step_ms / 2 + curve.shift_ms;
        let mut runs: Vec<Vec<(i64, i64)>> = vec![Vec::new()];
        for point in &curve.points {
            match (rate(point), runs.last_mut()) {
                (Some(bps), Some(run)) => run.push((point.at.millis() + middle_ms, bps.get())),
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
                self.y(*bps as f64, top_bps)
            );
        }
        line
    }

    fn rates(&self, svg: &mut String, paint: &Paint, top_bps: f64) {
        let step = nice_step(top_bps / MOST_RATES);
        let right = self.right();
        for n in 0..=(top_bps / step) as u32 {
            let bps = f64::from(n) * step;
            let at = self.y(bps, top_bps);
            let _ = write!(
                svg,
                "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"{}\"/>",
                paint.grid
            );
            let label = if n == 0 { "0".to_owned() } else { rate(bps) };
            text(svg, (LEFT - 8.0, at + 4.0), "end", paint.grey, &label);
        }
    }

    fn times(&self, svg: &mut String, paint: &Paint) {
        let bottom = self.bottom();
        let most = ((self.right() - LEFT) / TIME_ROOM) as i64;
        for (at, label) in marks(self.asked, self.zone, most.max(1)) {
            let x = self.x(at.millis());
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"{}\"/>",
                paint.grid
            );
            text(svg, (x, bottom + 18.0), "middle", paint.grey, &label);
        }
    }

    /// Points with a mark, from top to bottom.
    fn marked(&self, svg: &mut String, flag: SlotFlags, fill: &str, opacity: &str) {
        for point in &self.curve.points {
            if point.flags.contains(flag) {
                let at_ms = point.at.millis();
                let (from, until) = (self.x(at_ms), self.x(at_ms + self.curve.step_ms));
                let (width, height) = (until - from, self.bottom() - TOP);
                let _ = write!(
                    svg,
                    "<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"{fill}\" fill-opacity=\"{opacity}\"/>"
                );
            }
        }
    }

    /// The 95th percentile and the committed rate as lines.
    fn levels(&self, svg: &mut String, paint: &Paint, top_bps: f64) {
        let right = self.right();
        let levels = [
            (self.curve.p95, paint.ink, "6 4"),
            (self.curve.committed, paint.committed, "2 3"),
        ];
        for (bps, colour, dashes) in levels {
            if let Some(bps) = bps {
                let at = self.y(bps.get() as f64, top_bps);
                let _ = write!(
                    svg,
                    "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"{dashes}\"/>"
                );
            }
        }
    }

    /// Each line with its words: colour, dashes, label.
    fn entries(&self, paint: &Paint) -> Vec<(&'static str, &'static str, String)> {
        let word = |key: &str| self.words.text(self.locale, key);
        let of = |key: &str, curve: &Curve| {
            if curve.name.is_empty() {
                word(key)
            } else {
                format!("{} {}", word(key), curve.name)
            }
        };
        let mut entries = Vec::new();
        for (curve, dashes) in [(Some(self.curve), "none"), (self.other, OTHER_DASHES)] {
            if let Some(curve) = curve {
                entries.push((paint.inward, dashes, of("graph-in", curve)));
                entries.push((paint.outward, dashes, of("graph-out", curve)));
            }
        }
        for (key, bps, colour, dashes) in [
            ("graph-p95", self.curve.p95, paint.ink, "6 4"),
            (
                "graph-committed",
                self.curve.committed,
                paint.committed,
                "2 3",
            ),
        ] {
            if let Some(bps) = bps {
                let label = format!("{} {}", word(key), rate(bps.get() as f64));
                entries.push((colour, dashes, label));
            }
        }
        entries
    }

    /// Height that the legend needs besides the usual room below the axes.
    fn legend_room(&self, paint: &Paint) -> f64 {
        let lines = self.placed(paint).last().map_or(0, |last| last.line + 1);
        let more = (lines as f64 - 2.0) * LEGEND_LINE;
        let most = self.bottom() - TOP - LEAST_HEIGHT;
        more.min(most).max(0.0)
    }

    /// The entries of the legend, one beside the other as far as they fit.
    fn placed(&self, paint: &Paint) -> Vec<Placed> {
        let room = (self.right() - LEFT - 24.0) as f32;
        let (mut x, mut line) = (LEFT, 0);
        let mut placed = Vec::new();
        for (colour, dashes, label) in self.entries(paint) {
            let label = fitted(&label, FONT_SIZE, Weight::Regular, room);
            let width = f64::from(text_width(&label, FONT_SIZE, Weight::Regular));
            if x > LEFT && x + 24.0 + width > self.right() {
                (x, line) = (LEFT, line + 1);
            }
            placed.push(Placed {
                x,
                line,
                colour,
                dashes,
                label,
            });
            x += 24.0 + width + 20.0;
        }
        placed
    }

    fn legend(&self, svg: &mut String, paint: &Paint) {
        for entry in self.placed(paint) {
            let at = self.bottom() + 40.0 + entry.line as f64 * LEGEND_LINE;
            let _ = write!(
                svg,
                "<path d=\"M{:.0} {:.0}h18\" stroke=\"{}\" stroke-width=\"3\" stroke-dasharray=\"{}\"/>",
                entry.x,
                at - 4.0,
                entry.colour,
                entry.dashes
            );
            let place = (entry.x + 24.0, at);
            text(svg, place, "start", paint.ink, &entry.label);
        }
    }
}

/// An entry of the legend and where it stands.
struct Placed {
    x: f64,
    line: usize,
    colour: &'static str,
    dashes: &'static str,
    label: String,
}

fn rate(bps: f64) -> String {
    let (value, unit) = rate_text(bps);
    format!("{value} {unit}")
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

/// At most so many marks of time at round hours or days of the zone.
fn marks(asked: Period, zone: Tz, most: i64) -> Vec<(Timestamp, String)> {
    let length_ms = asked.until.since_millis(asked.from);
    let hours = [1, 2, 3, 6, 12];
    let days = [1, 2, 4, 7, 14, 31, 62, 124, 186];
    let fits = |step_ms: i64| length_ms / step_ms <= most;
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

/// A text as it may stand in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML 1.0 has no place for them.
            letter if is_outside_xml(letter) => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
#[path = "drawing_tests.rs"]
mod tests;
