//! Things set below each other on sheets of paper; a new sheet where the next one does not fit.

use serde_json::{Value, json};

use crate::paper::{Weight, fitted};

/// Left edge of what is set, points.
pub(super) const LEFT: f32 = 40.0;
/// Right edge.
pub(super) const RIGHT: f32 = 555.0;
/// Where the first line stands.
const TOP: f32 = 84.0;
/// Below this the foot begins.
const BOTTOM: f32 = 786.0;
const TEXT_SIZE: f32 = 9.0;
const LINE: f32 = 15.0;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// Its left edge.
    pub left: f32,
    /// Its right edge.
    pub right: f32,
    /// Whether numbers stand in it, at the right.
    pub is_numeric: bool,
}

impl Column {
    pub(super) const fn words(left: f32, right: f32) -> Self {
        Self {
            left,
            right,
            is_numeric: false,
        }
    }

    pub(super) const fn numbers(left: f32, right: f32) -> Self {
        Self {
            left,
            right,
            is_numeric: true,
        }
    }

    fn cell(&self, text: &str, weight: Weight) -> Value {
        let text = fitted(text, TEXT_SIZE, weight, self.right - self.left);
        let (x, anchor) = if self.is_numeric {
            (self.right, "end")
        } else {
            (self.left, "start")
        };
        json!({"x": x, "anchor": anchor, "text": clean(&text)})
    }
}

/// Whether XML 1.0 has no place for a letter, or it is one that shows nothing.
pub(super) fn is_outside_xml(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

/// Without what may not stand in XML.
pub(super) fn clean(text: &str) -> String {
    let plain = |letter: char| if is_outside_xml(letter) { ' ' } else { letter };
    text.chars().map(plain).collect()
}

/// Sheets being filled: for each what is on it, as `templates/paper/report.svg` wants it.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    full: Vec<Vec<Value>>,
    items: Vec<Value>,
    used: f32,
}

impl Sheets {
    /// Begins another sheet unless this one is empty.
    pub(super) fn turn(&mut self) {
        if !self.items.is_empty() {
            self.full.push(std::mem::take(&mut self.items));
        }
        self.used = 0.0;
    }

    /// Room for something of a height; where its top is.
    fn place(&mut self, height: f32) -> f32 {
        if TOP + self.used + height > BOTTOM {
            self.turn();
        }
        let top = TOP + self.used;
        self.used += height;
        top
    }

    /// Leaves a gap.
    pub(super) fn skip(&mut self, height: f32) {
        self.used += height;
    }

    /// Makes sure that so much fits on this sheet.
    pub(super) fn keep_together(&mut self, height: f32) {
        if TOP + self.used + height > BOTTOM {
            self.turn();
        }
    }

    /// A line of a kind: `title`, `heading`, `line`, `grey` or `warning`.
    pub(super) fn line(&mut self, kind: &str, text: &str) {
        let (size, height, weight) = match kind {
            "title" => (18.0, 30.0, Weight::Semibold),
            "heading" => (12.0, 24.0, Weight::Semibold),
            _ => (TEXT_SIZE, LINE, Weight::Regular),
        };
        let y = self.place(height) + height * 0.6;
        let text = fitted(text, size, weight, RIGHT - LEFT);
        self.items
            .push(json!({"kind": kind, "x": LEFT, "y": y, "text": clean(&text)}));
    }

    /// A long word that must be whole, in small letters: a hash.
    pub(super) fn small(&mut self, text: &str) {
        let y = self.place(LINE) + LINE * 0.6;
        self.items
            .push(json!({"kind": "small", "x": LEFT, "y": y, "text": clean(text)}));
    }

    /// Columns of label and value beside each other.
    pub(super) fn figures(&mut self, columns: &[Vec<(String, String)>]) {
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        let top = self.place(rows as f32 * LINE);
        let width = (RIGHT - LEFT + 16.0) / columns.len().max(1) as f32;
        for (column, figures) in columns.iter().enumerate() {
            let left = LEFT + column as f32 * width;
            let right = left + width - 16.0;
            for (row, (label, value)) in figures.iter().enumerate() {
                let y = top + row as f32 * LINE + LINE * 0.6;
                let room = right
                    - left
                    - crate::paper::text_width(value, TEXT_SIZE, Weight::Semibold)
                    - 6.0;
                let label = fitted(label, TEXT_SIZE, Weight::Regular, room);
                self.items.push(json!({
                    "kind": "figure", "x": left, "right": right, "y": y,
                    "label": clean(&label), "text": clean(value),
                }));
            }
        }
    }

    /// A table; its head stands again on each sheet.
    pub(super) fn table(&mut self, columns: &[Column], head: &[String], rows: &[Vec<String>]) {
        self.keep_together(LINE * 2.0);
        self.row("head", columns, head, Weight::Semibold);
        for row in rows {
            if TOP + self.used + LINE > BOTTOM {
                self.turn();
                self.row("head", columns, head, Weight::Semibold);
            }
            self.row("row", columns, row, Weight::Regular);
        }
    }

    fn row(&mut self, kind: &str, columns: &[Column], cells: &[String], weight: Weight) {
        let top = self.place(LINE);
        let cells: Vec<Value> = columns
            .iter()
            .zip(cells)
            .map(|(column, text)| column.cell(text, weight))
            .collect();
        self.items.push(json!({
            "kind": kind, "y": top + LINE * 0.6, "rule_y": top + LINE - 2.0, "cells": cells,
        }));
    }

    /// A drawing of a height, scaled.
    pub(super) fn drawing(&mut self, group: &str, scale: f32, height: f32) {
        let top = self.place(height);
        self.items.push(json!({
            "kind": "drawing", "x": LEFT, "y": top, "scale": scale, "group": group,
        }));
    }

    /// What is on each sheet.
    pub(super) fn finish(mut self) -> Vec<Vec<Value>> {
        self.turn();
        self.full
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn a_long_table_goes_on_with_its_head_on_the_next_sheet() {
        let mut sheets = Sheets::default();
        sheets.line("title", "T");
        let columns = [Column::words(LEFT, 200.0), Column::numbers(200.0, RIGHT)];
        let rows: Vec<Vec<String>> = (0..100)
            .map(|n| vec![format!("p{n}"), n.to_string()])
            .collect();
        sheets.table(&columns, &["Port".into(), "Rate".into()], &rows);
        let done = sheets.finish();
        assert_eq!(done.len(), 3);
        assert_eq!(done[1][0]["kind"], "head");
        let kinds = done.iter().flatten().filter(|item| item["kind"] == "row");
        assert_eq!(kinds.count(), 100);
        let lowest = done
            .iter()
            .flatten()
            .map(|item| item["y"].as_f64().unwrap());
        assert!(lowest.fold(0.0, f64::max) < f64::from(BOTTOM));
    }

    #[test]
    fn long_words_are_cut_to_their_column_and_hold_no_control_characters() {
        let cell = Column::words(0.0, 50.0).cell("a\u{7}name that goes on and on", Weight::Regular);
        let text = cell["text"].as_str().unwrap();
        assert!(text.starts_with("a name") && text.ends_with('…'), "{text}");
        assert_eq!(clean("a\u{fffe}b\u{ffff}c\u{fffd}"), "a b c\u{fffd}");
    }
}
