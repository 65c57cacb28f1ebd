//! The chain of power when a part of it fails: boards, feeds, PDUs and devices from left to right.
//!
//! What goes dark says so in words; a cable that nobody followed is a broken line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::text::escaped;
use crate::base::fault::Message;
use crate::base::ids::{DeviceId, PowerFeedId, PowerPanelId};
use crate::base::locale::Locale;
use crate::facility::chain::{Chain, Cord, Effect, Outcome, Part, fallen_pdus};
use crate::words::Words;

/// Width of the drawing.
const WIDE: i64 = 860;
/// Height of a row.
const ROW: i64 = 36;
/// Height of a box.
const BOX: i64 = 30;
/// Room above the boxes for the heads of the columns.
const TOP: i64 = 24;
/// Most devices that are drawn; the list has all.
const MOST_DEVICES: usize = 60;
/// Most PDUs that are drawn.
const MOST_PDUS: usize = 40;
const FONT: &str =
    "system-ui, Open Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif";

/// A column: left edge and width.
struct Column(i64, i64);

const PANELS: Column = Column(4, 150);
const FEEDS: Column = Column(204, 150);
const PDUS: Column = Column(404, 160);
const DEVICES: Column = Column(616, 240);

impl Column {
    const fn right(&self) -> i64 {
        self.0 + self.1
    }
}

/// How a part is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tint {
    Fault,
    Warning,
    Open,
    Ok,
}

impl Tint {
    const fn class(self) -> &'static str {
        match self {
            Self::Fault => "is-fault",
            Self::Warning => "is-warning",
            Self::Open => "is-open",
            Self::Ok => "is-ok",
        }
    }

    /// Fill and line, for a file of its own.
    const fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::Fault => ("#fbe3e3", "#b02a2a"),
            Self::Warning => ("#fdf0d5", "#9a6200"),
            Self::Open => ("#eef0f2", "#66727e"),
            Self::Ok => ("#e6f4e9", "#2b6e3d"),
        }
    }

    const fn of(effect: Effect) -> Self {
        match effect {
            Effect::Lost => Self::Fault,
            Effect::Weaker => Self::Warning,
            Effect::Unknown => Self::Open,
            Effect::Untouched => Self::Ok,
        }
    }
}

/// What the drawing needs.
pub(in crate::web) struct ChainDrawing<'a> {
    /// The chain.
    pub chain: &'a Chain,
    /// What fails.
    pub part: Part,
    /// Its name.
    pub name: &'a str,
    /// What becomes of the devices, the worst first.
    pub outcomes: &'a [Outcome<'a>],
    /// Words.
    pub words: &'a Words,
    /// Language.
    pub locale: Locale,
}

/// What is drawn, with the middle of each box.
struct Places<'a> {
    devices: Vec<(&'a Outcome<'a>, i64)>,
    pdus: BTreeMap<DeviceId, i64>,
    feeds: BTreeMap<PowerFeedId, i64>,
    panels: BTreeMap<PowerPanelId, i64>,
    fallen: BTreeSet<DeviceId>,
    high: i64,
}

impl ChainDrawing<'_> {
    fn word(&self, key: &'static str) -> String {
        self.words.say(self.locale, &Message::new(key))
    }

    fn title(&self) -> String {
        let message = Message::new("failure-of").with("name", self.name);
        escaped(&self.words.say(self.locale, &message))
    }

    /// What is to be seen, in one sentence.
    fn description(&self) -> String {
        let count = |effect: Effect| {
            self.outcomes
                .iter()
                .filter(|of| of.effect == effect)
                .count()
        };
        let message = Message::new("failure-said")
            .with("lost", count(Effect::Lost))
            .with("weaker", count(Effect::Weaker))
            .with("unknown", count(Effect::Unknown))
            .with("untouched", count(Effect::Untouched));
        escaped(&self.words.say(self.locale, &message))
    }

    /// The drawing as a part of a page.
    pub(in crate::web) fn svg(&self) -> String {
        let places = self.places();
        format!(
            "<svg class=\"chain\" viewBox=\"0 0 {WIDE} {}\" role=\"group\" aria-label=\"{}\"><title>{}</title><desc>{}</desc>{}</svg>",
            places.high,
            self.title(),
            self.title(),
            self.description(),
            self.body(&places, true),
        )
    }

    /// The drawing as a file of its own.
    pub(in crate::web) fn file(&self) -> String {
        let places = self.places();
        let high = places.high + 28;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {high}\" width=\"{WIDE}\" height=\"{high}\" role=\"img\" \
             font-family=\"{FONT}\" font-size=\"11\"><title>{title}</title><desc>{said}</desc><rect width=\"{WIDE}\" height=\"{high}\" fill=\"#ffffff\"/>\
             <text x=\"4\" y=\"18\" font-size=\"13\" font-weight=\"600\" fill=\"#18222d\">{title}</text>\
             <g transform=\"translate(0 28)\">{}</g></svg>\n",
            self.body(&places, false),
            title = self.title(),
            said = self.description(),
        )
    }

    fn places(&self) -> Places<'_> {
        let fallen: BTreeSet<DeviceId> = fallen_pdus(self.chain, self.part).into_iter().collect();
        let touched = self
            .outcomes
            .iter()
            .filter(|of| of.effect != Effect::Untouched);
        let devices: Vec<&Outcome<'_>> = touched.take(MOST_DEVICES).collect();
        // What fails comes first, then what is left to the devices that are drawn.
        let mut pdus: Vec<DeviceId> = fallen.iter().copied().collect();
        for cord in devices.iter().flat_map(|of| &of.machine.cords) {
            if !pdus.contains(&cord.pdu) && self.chain.pdus.contains_key(&cord.pdu) {
                pdus.push(cord.pdu);
            }
        }
        pdus.truncate(MOST_PDUS);
        let mut feeds: Vec<PowerFeedId> = match self.part {
            Part::Feed(feed) => vec![feed],
            Part::Panel(panel) => self
                .chain
                .feeds
                .values()
                .filter(|feed| feed.panel == Some(panel))
                .map(|feed| feed.id)
                .collect(),
            Part::Pdu(_) => Vec::new(),
        };
        for feed in pdus.iter().filter_map(|pdu| self.chain.feed_of(*pdu)) {
            if !feeds.contains(&feed.id) {
                feeds.push(feed.id);
            }
        }
        let mut panels: Vec<PowerPanelId> = match self.part {
            Part::Panel(panel) => vec![panel],
            Part::Feed(_) | Part::Pdu(_) => Vec::new(),
        };
        for panel in feeds
            .iter()
            .filter_map(|feed| self.chain.feeds.get(feed)?.panel)
        {
            if !panels.contains(&panel) {
                panels.push(panel);
            }
        }
        let rows = [devices.len(), pdus.len(), feeds.len(), panels.len(), 1];
        let rows = rows.into_iter().max().unwrap_or(1);
        let high = i64::try_from(rows).unwrap_or(1) * ROW;
        Places {
            devices: devices
                .iter()
                .copied()
                .zip(middles(devices.len(), high))
                .collect(),
            pdus: spread(pdus, high),
            feeds: spread(feeds, high),
            panels: spread(panels, high),
            fallen,
            high: TOP + high + ROW,
        }
    }

    fn body(&self, places: &Places<'_>, is_linked: bool) -> String {
        let mut svg = String::new();
        for (column, key) in [
            (PANELS, "panels-kind"),
            (FEEDS, "feeds-kind"),
            (PDUS, "failure-pdu"),
            (DEVICES, "failure-device"),
        ] {
            let _ = write!(
                svg,
                "<text class=\"chain-head\" x=\"{}\" y=\"14\" fill=\"#55616e\">{}</text>",
                column.0,
                escaped(&self.word(key)),
            );
        }
        svg.push_str(&self.lines(places));
        svg.push_str(&self.sources(places, is_linked));
        for (of, y) in &places.devices {
            svg.push_str(&self.device(of, *y, is_linked));
        }
        svg.push_str(&self.rest(places));
        svg
    }

    fn lines(&self, places: &Places<'_>) -> String {
        let mut svg = String::new();
        for (feed, to) in &places.feeds {
            let panel = self.chain.feeds.get(feed).and_then(|feed| feed.panel);
            if let Some(from) = panel.and_then(|panel| places.panels.get(&panel)) {
                let tint = self.tint_of_feed(*feed);
                svg.push_str(&line((PANELS.right(), *from), (FEEDS.0, *to), tint, ""));
            }
        }
        for (pdu, to) in &places.pdus {
            let feed = self.chain.feed_of(*pdu).map(|feed| feed.id);
            if let Some(from) = feed.and_then(|feed| places.feeds.get(&feed)) {
                let tint = places.tint_of_pdu(*pdu);
                svg.push_str(&line((FEEDS.right(), *from), (PDUS.0, *to), tint, ""));
            }
        }
        for (of, to) in &places.devices {
            for cord in &of.machine.cords {
                if let Some(from) = places.pdus.get(&cord.pdu) {
                    let (from, to) = ((PDUS.right(), *from), (DEVICES.0, *to));
                    let tint = places.tint_of_pdu(cord.pdu);
                    svg.push_str(&line(from, to, tint, dashes(cord)));
                }
            }
        }
        svg
    }

    fn sources(&self, places: &Places<'_>, is_linked: bool) -> String {
        let mut svg = String::new();
        let state = |tint| match tint {
            Tint::Fault => self.word("failure-dark"),
            _ => self.word("failure-stays"),
        };
        for (panel, y) in &places.panels {
            let tint = match self.part {
                Part::Panel(failed) if failed == *panel => Tint::Fault,
                _ => Tint::Ok,
            };
            let name = self.chain.panels.get(panel).map_or("", String::as_str);
            let href = is_linked.then(|| format!("/panels/{panel}"));
            svg.push_str(&boxed(&PANELS, *y, tint, name, &state(tint), href));
        }
        for (feed, y) in &places.feeds {
            let tint = self.tint_of_feed(*feed);
            let name = self.chain.feeds.get(feed).map_or("", |feed| &feed.name);
            let href = is_linked.then(|| format!("/feeds/{feed}"));
            svg.push_str(&boxed(&FEEDS, *y, tint, name, &state(tint), href));
        }
        for (pdu, y) in &places.pdus {
            let tint = places.tint_of_pdu(*pdu);
            let name = self.chain.pdus.get(pdu).map_or("", |pdu| &pdu.name);
            let said = match self.chain.feed_of(*pdu) {
                None => self.word("failure-no-feed"),
                Some(_) => state(tint),
            };
            let href = is_linked.then(|| format!("/devices/{pdu}"));
            svg.push_str(&boxed(&PDUS, *y, tint, name, &said, href));
        }
        svg
    }

    fn device(&self, of: &Outcome<'_>, y: i64, is_linked: bool) -> String {
        let effect = self
            .words
            .text(self.locale, &format!("failure-effect-{}", of.effect));
        let why = self
            .words
            .text(self.locale, &format!("failure-why-{}", of.why));
        let href = is_linked.then(|| format!("/devices/{}", of.machine.id));
        let name = format!("{} · {effect}", of.machine.name);
        boxed(&DEVICES, y, Tint::of(of.effect), &name, &why, href)
    }

    /// How many devices are not drawn.
    fn rest(&self, places: &Places<'_>) -> String {
        let left = self.outcomes.len().saturating_sub(places.devices.len());
        let message = Message::new("failure-not-drawn").with("count", left);
        if left == 0 {
            return String::new();
        }
        format!(
            "<text class=\"chain-head\" x=\"{}\" y=\"{}\" fill=\"#55616e\">{}</text>",
            DEVICES.0,
            places.high - 12,
            escaped(&self.words.say(self.locale, &message)),
        )
    }

    fn tint_of_feed(&self, feed: PowerFeedId) -> Tint {
        let panel = self.chain.feeds.get(&feed).and_then(|feed| feed.panel);
        let falls = match self.part {
            Part::Feed(failed) => failed == feed,
            Part::Panel(failed) => panel == Some(failed),
            Part::Pdu(_) => false,
        };
        if falls { Tint::Fault } else { Tint::Ok }
    }
}

impl Places<'_> {
    fn tint_of_pdu(&self, pdu: DeviceId) -> Tint {
        if self.fallen.contains(&pdu) {
            Tint::Fault
        } else {
            Tint::Ok
        }
    }
}

/// The middles of boxes that share a height.
fn middles(count: usize, high: i64) -> impl Iterator<Item = i64> {
    let count = i64::try_from(count).unwrap_or(1).max(1);
    (0..count).map(move |at| TOP + (2 * at + 1) * high / (2 * count))
}

fn spread<K: Ord>(keys: Vec<K>, high: i64) -> BTreeMap<K, i64> {
    let count = keys.len();
    keys.into_iter().zip(middles(count, high)).collect()
}

const fn dashes(cord: &Cord) -> &'static str {
    match (cord.is_confirmed, cord.is_off) {
        (false, _) => " stroke-dasharray=\"5 4\"",
        (true, true) => " stroke-dasharray=\"1 4\"",
        (true, false) => "",
    }
}

fn line(from: (i64, i64), to: (i64, i64), tint: Tint, dashes: &str) -> String {
    let middle = i64::midpoint(from.0, to.0);
    format!(
        "<path class=\"chain-line {}\" d=\"M{} {} C{middle} {} {middle} {} {} {}\" fill=\"none\" stroke=\"{}\"{dashes}/>",
        tint.class(),
        from.0,
        from.1,
        from.1,
        to.1,
        to.0,
        to.1,
        tint.colours().1,
    )
}

fn boxed(
    column: &Column,
    middle: i64,
    tint: Tint,
    name: &str,
    said: &str,
    href: Option<String>,
) -> String {
    let (fill, stroke) = tint.colours();
    let room = column.1 - 12;
    let shape = format!(
        "<title>{name}, {said}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{BOX}\" rx=\"3\" fill=\"{fill}\" stroke=\"{stroke}\"/>\
         <text x=\"{x}\" y=\"{}\" fill=\"#18222d\"{}>{name}</text><text class=\"el-sub\" x=\"{x}\" y=\"{}\" font-size=\"9\" fill=\"#18222d\"{}>{said}</text>",
        column.0,
        middle - BOX / 2,
        column.1,
        middle - 2,
        squeezed(name, room, 6),
        middle + 10,
        squeezed(said, room, 5),
        x = column.0 + 6,
        name = escaped(name),
        said = escaped(said),
    );
    match href {
        Some(href) => format!(
            "<a class=\"chain-box {}\" href=\"{}\">{shape}</a>",
            tint.class(),
            escaped(&href)
        ),
        None => format!("<g class=\"chain-box {}\">{shape}</g>", tint.class()),
    }
}

/// Squeezes a text that is wider than its box; `letter` is the width of a Latin one.
fn squeezed(text: &str, room: i64, letter: i64) -> String {
    let wide: i64 = text
        .chars()
        .map(|of| if of.is_ascii() { letter } else { 2 * letter })
        .sum();
    if wide <= room {
        return String::new();
    }
    format!(" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\"")
}
