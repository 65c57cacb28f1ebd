//! What an import says in a terminal: how far it is, what differs, what is wrong.

use std::cell::Cell;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::console::Console;
use crate::base::fault::Message;
use crate::exchange::{Progress, Report, RowFault, Stage};

/// Rows of an import that is worth lines about how far it is.
const LARGE: usize = 5_000;
/// Lines about how far it is.
const LINES: usize = 10;

/// How far an import is: a bar in a terminal, some lines elsewhere.
pub(super) struct Told<'a> {
    console: &'a Console,
    bar: Option<ProgressBar>,
    lines: Cell<usize>,
}

impl<'a> Told<'a> {
    pub(super) fn new(console: &'a Console, count: usize) -> Self {
        Self {
            console,
            bar: std::io::stderr().is_terminal().then(|| progress(count)),
            lines: Cell::new(0),
        }
    }

    /// Tells of a step.
    pub(super) fn at(&self, step: Progress) {
        let done = u64::try_from(step.done).unwrap_or(u64::MAX);
        if let Some(bar) = &self.bar {
            return bar.set_position(done);
        }
        let part = step.done.saturating_mul(LINES) / step.of.max(1);
        if step.of < LARGE || part <= self.lines.get() {
            return;
        }
        self.lines.set(part);
        let line = match step.stage {
            Stage::Read | Stage::Check => Message::new("transfer-checked")
                .with("done", step.done)
                .with("count", step.of),
            Stage::Write => Message::new("transfer-written")
                .with("done", step.done)
                .with("count", step.of),
        };
        eprintln!("{}", self.console.say(&line));
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A bar on standard error when that is a terminal, else nothing.
pub(super) fn progress(count: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(count).unwrap_or(u64::MAX));
    match ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The records that change, with each field before and after.
pub(super) fn tell_differences(console: &Console, report: &Report) {
    for difference in &report.differences {
        let place = format!("{}:{}", difference.file, difference.line);
        console.answer(&plain(&format!("{place}: {}", difference.name)));
        if difference.fields.is_empty() {
            let hidden = console.text("import-difference-hidden");
            console.answer(&format!("    {hidden}"));
        }
        for field in &difference.fields {
            let line = format!(
                "    {}: {} → {}",
                field.column,
                quoted(&field.before),
                quoted(&field.after)
            );
            console.answer(&plain(&line));
        }
    }
    let more = report.difference_count - report.differences.len();
    if more > 0 {
        console.answer(&console.say(&Message::new("import-more-differences").with("count", more)));
    }
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

/// What files say must not steer the terminal.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// New, changed and unchanged records of each file, and whether it was written.
pub(super) fn tell_counts(console: &Console, report: &Report) {
    for (file, created, updated, unchanged) in &report.files {
        let counts = Message::new("import-counts")
            .with("created", *created)
            .with("updated", *updated)
            .with("unchanged", *unchanged);
        console.answer(&format!("{file}: {}", console.say(&counts)));
    }
    let done = if report.written {
        Message::new("import-written")
    } else {
        Message::new("transfer-dry-run")
    };
    console.answer(&console.say(&done));
}

/// What was not taken over as it stands, one line each.
pub(super) fn tell_notes(console: &Console, report: &Report) {
    for note in &report.notes {
        eprintln!("{}", line(console, note));
    }
    let more = report.note_count.saturating_sub(report.notes.len());
    if more > 0 {
        console.complain(&console.say(&Message::new("import-more-notes").with("count", more)));
    }
}

/// One line each, `file:line:column: words (value)`; gives the exit code.
pub(super) fn tell_faults(console: &Console, report: &Report) -> i32 {
    for fault in &report.faults {
        eprintln!("{}", line(console, fault));
    }
    let more = report.fault_count.saturating_sub(report.faults.len());
    if more > 0 {
        console.complain(&console.say(&Message::new("transfer-more-faults").with("count", more)));
    }
    let all = Message::new("import-faults").with("count", report.fault_count);
    console.complain(&console.say(&all));
    1
}

fn line(console: &Console, fault: &RowFault) -> String {
    let mut place = fault.file.clone();
    if fault.line > 0 {
        place.push_str(&format!(":{}", fault.line));
    }
    if !fault.column.is_empty() {
        place.push_str(&format!(":{}", fault.column));
    }
    let words = console.say(&fault.message);
    let line = if fault.value.is_empty() {
        format!("{place}: {words}")
    } else {
        format!("{place}: {words} ({})", fault.value)
    };
    plain(&line)
}
