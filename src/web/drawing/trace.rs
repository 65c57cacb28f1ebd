//! A line from end to end: port under port, cables and patch panels between them.
//!
//! What the reader may not see is a grey box without name, address or number, in the source as on the screen.

use std::fmt::Write;

use super::text::{FONT, escaped, squeezed};
use crate::base::fault::Message;
use crate::base::locale::Locale;
use crate::cabling::{Cable, Shown, ShownHop, Stop, hex, metres_text};
use crate::words::Words;

/// Width of a drawing without branches; as wide as the narrowest phone shows without a scroll.
const WIDTH: i64 = 328;
/// How far a branch is set in.
const STEP: i64 = 18;
/// Most steps in that are drawn.
const MOST_STEPS: i64 = 7;
/// Height of a port.
const HIGH: i64 = 38;
/// Room between two ports.
const GAP: i64 = 36;
/// Edge of the drawing.
const EDGE: i64 = 6;

/// What the drawing needs: the line, and words for the reader.
pub(in crate::web) struct Line<'a> {
    /// The line as the reader may see it.
    pub shown: &'a Shown,
    /// Words.
    pub words: &'a Words,
    /// The reader's language.
    pub locale: Locale,
}

impl Line<'_> {
    fn word(&self, key: &str) -> String {
        escaped(&self.words.text(self.locale, key))
    }

    /// Name of the drawing.
    pub(in crate::web) fn title(&self) -> String {
        let message = Message::new("cables-trace-of")
            .with("device", self.shown.device.device.name.as_str())
            .with("port", self.shown.port.name.as_str());
        self.words.say(self.locale, &message)
    }

    /// How far each hop is set in: one step for each branching before it.
    fn steps(&self) -> Vec<i64> {
        let mut steps: Vec<i64> = Vec::with_capacity(self.shown.hops.len());
        for hop in &self.shown.hops {
            let step = hop.parent.map_or(0, |parent| {
                let before = steps.get(parent).copied().unwrap_or(0);
                let is_branching = self
                    .shown
                    .hops
                    .get(parent)
                    .is_some_and(|hop| hop.branches > 1);
                (before + i64::from(is_branching)).min(MOST_STEPS)
            });
            steps.push(step);
        }
        steps
    }

    fn size(&self, steps: &[i64]) -> (i64, i64) {
        let count = i64::try_from(steps.len()).unwrap_or(1);
        let wide = WIDTH + STEP * steps.iter().copied().max().unwrap_or(0);
        (wide, count * (HIGH + GAP) - GAP + 2 * EDGE)
    }

    fn described(&self) -> String {
        let count = self.shown.hops.len();
        let message = Message::new("cables-trace-hops").with("count", count);
        escaped(&self.words.say(self.locale, &message))
    }

    /// As a part of a page.
    pub(in crate::web) fn part(&self) -> String {
        let steps = self.steps();
        let (wide, high) = self.size(&steps);
        format!(
            "<svg class=\"trace-line\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" role=\"group\" aria-labelledby=\"trace-title trace-desc\">\
             <title id=\"trace-title\">{}</title><desc id=\"trace-desc\">{}</desc>{}</svg>",
            escaped(&self.title()),
            self.described(),
            self.body(&steps),
        )
    }

    /// As a file of its own.
    pub(in crate::web) fn file(&self) -> String {
        let steps = self.steps();
        let (wide, high) = self.size(&steps);
        let title = escaped(&self.title());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 -24 {wide} {}\" width=\"{wide}\" height=\"{}\" role=\"img\" \
             font-family=\"{FONT}\" font-size=\"10.5\"><title>{title}</title><desc>{}</desc>\
             <rect y=\"-24\" width=\"{wide}\" height=\"{}\" fill=\"#ffffff\"/>\
             <text x=\"{EDGE}\" y=\"-8\" font-size=\"13\" font-weight=\"600\" fill=\"#18222d\"{}>{title}</text>{}</svg>\n",
            high + 24,
            high + 24,
            self.described(),
            high + 24,
            squeezed(&self.title(), wide - 2 * EDGE),
            self.body(&steps),
        )
    }

    fn body(&self, steps: &[i64]) -> String {
        let (mut links, mut boxes) = (String::new(), String::new());
        for (at, (hop, step)) in self.shown.hops.iter().zip(steps).enumerate() {
            let x = EDGE + step * STEP;
            let y = top(at);
            if let Some(parent) = hop.parent {
                let before = steps.get(parent).copied().unwrap_or(0);
                let from = (EDGE + before * STEP, top(parent) + HIGH);
                let is_straight = parent + 1 == at && before == *step;
                links.push_str(&self.link(hop, from, (x, y), is_straight));
            }
            boxes.push_str(&self.hop(hop, at == self.shown.start, (x, y)));
        }
        links + &boxes
    }

    fn link(&self, hop: &ShownHop, from: (i64, i64), to: (i64, i64), is_straight: bool) -> String {
        let way = if is_straight {
            format!("M{} {}V{}", from.0 + 14, from.1, to.1)
        } else {
            format!("M{} {}V{}H{}", from.0 + 9, from.1, to.1 + HIGH / 2, to.0)
        };
        let label = match (&hop.cable, hop.by_cable) {
            (Some(cable), _) => self.cable_text(cable),
            (None, true) => self.words.text(self.locale, "cables-nameless-cable"),
            (None, false) => self.words.text(self.locale, "cables-through"),
        };
        let text = format!(
            "<text class=\"tr-label\" x=\"{}\" y=\"{}\" font-size=\"9.5\" fill=\"#3a4652\"{}>{}</text>",
            to.0 + 24,
            to.1 - 13,
            squeezed(&label, WIDTH - 40),
            escaped(&label),
        );
        if !hop.by_cable {
            return format!(
                "<path class=\"tr-through\" d=\"{way}\" fill=\"none\" stroke=\"#55616e\" stroke-width=\"1.5\" stroke-dasharray=\"3 3\"/>{text}"
            );
        }
        let colour = hop.cable.as_ref().and_then(|cable| hex(&cable.colour));
        let inner = colour.map_or(String::new(), |colour| {
            format!(
                "<path d=\"{way}\" fill=\"none\" stroke=\"{}\" stroke-width=\"3\"/>",
                escaped(colour)
            )
        });
        let core = format!(
            "<path class=\"tr-cable\" d=\"{way}\" fill=\"none\" stroke=\"#55616e\" stroke-width=\"5\"/>{inner}{text}"
        );
        match &hop.cable {
            Some(cable) => format!("<a href=\"/cables/{}\">{core}</a>", cable.id),
            None => core,
        }
    }

    /// `C-0123 · OM4 · 2.5 m · blue`, and how it stands when it is not simply in.
    fn cable_text(&self, cable: &Cable) -> String {
        let words = |key: String| self.words.text(self.locale, &key);
        let mut parts = vec![cable.name(), words(format!("cables-kind-{}", cable.kind))];
        if let Some(length) = cable.length_mm {
            parts.push(format!("{} m", metres_text(length)));
        }
        if cable.colour.starts_with('#') {
            parts.push(cable.colour.clone());
        } else if !cable.colour.is_empty() {
            parts.push(words(format!("cables-colour-{}", cable.colour)));
        }
        if cable.status.as_str() != "connected" {
            parts.push(words(format!("cables-status-{}", cable.status)));
        }
        parts.join(" · ")
    }

    fn hop(&self, hop: &ShownHop, is_start: bool, (x, y): (i64, i64)) -> String {
        let wide = WIDTH - 2 * EDGE;
        let stop = match hop.stop {
            Some(Stop::Loop) => self.word("cables-stop-loop"),
            Some(Stop::TooLong) => self.word("cables-stop-too-long"),
            None => String::new(),
        };
        let Some(plug) = &hop.plug else {
            let label = self.word("cables-nameless");
            return format!(
                "<g class=\"tr-other\" role=\"img\"><title>{label}</title><rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{HIGH}\" rx=\"4\" \
                 fill=\"#dfe4e9\" stroke=\"#8a97a4\"/><text x=\"{}\" y=\"{}\" fill=\"#55616e\">{label}</text></g>",
                x + 10,
                y + 23,
            );
        };
        let kind = self.word(&format!("cables-port-{}", plug.kind));
        let (device, port) = (escaped(&plug.device), escaped(&plug.port));
        let mut second = format!("{port} · {kind}");
        let mut title = format!("{device} {port}, {kind}");
        if is_start {
            let _ = write!(title, ", {}", self.word("cables-trace-start"));
        }
        if !stop.is_empty() {
            let _ = write!(second, " · {stop}");
            let _ = write!(title, ", {stop}");
        }
        let (class, stroke) = if is_start {
            ("tr-port is-start", "2.5")
        } else {
            ("tr-port", "0.75")
        };
        format!(
            "<a class=\"{class}\" href=\"/device-ports/{id}/trace\"><title>{title}</title>\
             <rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{HIGH}\" rx=\"4\" fill=\"#eef2f6\" stroke=\"#55616e\" stroke-width=\"{stroke}\"/>\
             <text x=\"{left}\" y=\"{first}\" font-weight=\"600\" fill=\"#18222d\"{fit}>{device}</text>\
             <text class=\"tr-sub\" x=\"{left}\" y=\"{low}\" font-size=\"9.5\" fill=\"#3a4652\"{fit_low}>{second}</text></a>",
            id = plug.port_id,
            left = x + 10,
            first = y + 16,
            low = y + 30,
            fit = squeezed(&plug.device, wide - 24),
            fit_low = squeezed(&second, wide - 24),
        )
    }
}

fn top(at: usize) -> i64 {
    EDGE + i64::try_from(at).unwrap_or(0) * (HIGH + GAP)
}
