//! YAML as a bounded tree that knows its lines. Aliases count with all they stand for.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::base::fault::Message;

/// Largest file that is read, in octets.
pub const MAX_OCTETS: usize = 1024 * 1024;
/// Deepest nesting.
const MAX_DEPTH: usize = 12;
/// Most texts, lists and maps of a file, those that aliases repeat included.
const MAX_NODES: usize = 50_000;
/// Most octets of text, those that aliases repeat included.
const MAX_TEXT: usize = 4 * MAX_OCTETS;

/// A value and the line it starts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// 1-based line.
    pub line: u64,
    /// What stands there.
    pub value: Value,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Empty,
    /// A text, number or truth value as it is written; `plain` without quotation marks.
    Text {
        /// As written.
        text: String,
        /// Without quotation marks.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// Names and values in order; a name may be there twice.
    Map(Vec<(String, Node)>),
}

/// Why a file can't be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// 1-based line; 0 for the file as a whole.
    pub line: u64,
    /// What is wrong.
    pub message: Message,
}

fn broken<T>(line: u64, key: &'static str) -> Result<T, Broken> {
    Err(Broken {
        line,
        message: Message::new(key),
    })
}

/// A list or map that is not closed yet.
enum Open {
    List(u64, usize, Vec<Node>),
    Map(u64, usize, Vec<(String, Node)>, Option<String>),
}

/// What is remembered of an anchor: the value, and how much it is.
struct Anchored {
    node: Node,
    nodes: usize,
    octets: usize,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    octets: usize,
}

/// Reads the one document of a file.
pub fn parse(bytes: &[u8]) -> Result<Node, Broken> {
    if bytes.len() > MAX_OCTETS {
        let message = Message::new("library-too-large").with("max", MAX_OCTETS / 1024);
        return Err(Broken { line: 0, message });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return broken(0, "library-not-utf8");
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Broken {
            line: u64::try_from(error.marker().line()).unwrap_or(0),
            message: Message::new("library-not-yaml").with("said", error.info()),
        })?;
        builder.take(event, line_of(span))?;
    }
    match builder.root {
        Some(root) => Ok(root),
        None => broken(0, "library-empty"),
    }
}

fn line_of(span: Span) -> u64 {
    u64::try_from(span.start.line()).unwrap_or(0)
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: u64) -> Result<(), Broken> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => broken(line, "library-documents"),
            Event::Scalar(text, style, anchor, _) => {
                let value = scalar(text.into_owned(), style);
                self.done(Node { line, value }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                self.open(Open::List(line, anchor, Vec::new()), line)
            }
            Event::MappingStart(anchor, _) => {
                self.open(Open::Map(line, anchor, Vec::new(), None), line)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(line),
            Event::Alias(anchor) => self.repeat(anchor, line),
            _ => Ok(()),
        }
    }

    fn count(&mut self, nodes: usize, octets: usize, line: u64) -> Result<(), Broken> {
        self.nodes = self.nodes.saturating_add(nodes);
        self.octets = self.octets.saturating_add(octets);
        if self.nodes > MAX_NODES || self.octets > MAX_TEXT {
            return broken(line, "library-too-much");
        }
        Ok(())
    }

    fn open(&mut self, open: Open, line: u64) -> Result<(), Broken> {
        if self.open.len() >= MAX_DEPTH {
            return broken(line, "library-too-deep");
        }
        if let Some(Open::Map(_, _, _, None)) = self.open.last() {
            return broken(line, "library-odd-key");
        }
        self.count(1, 0, line)?;
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self, line: u64) -> Result<(), Broken> {
        let (node, anchor) = match self.open.pop() {
            Some(Open::List(line, anchor, items)) => {
                let value = Value::List(items);
                (Node { line, value }, anchor)
            }
            Some(Open::Map(line, anchor, entries, _)) => {
                let value = Value::Map(entries);
                (Node { line, value }, anchor)
            }
            None => return broken(line, "library-odd-key"),
        };
        self.remember(&node, anchor);
        self.put(node)
    }

    fn done(&mut self, node: Node, anchor: usize) -> Result<(), Broken> {
        let (_, octets) = size(&node);
        self.count(1, octets, node.line)?;
        self.remember(&node, anchor);
        self.put(node)
    }

    fn remember(&mut self, node: &Node, anchor: usize) {
        if anchor > 0 {
            let (nodes, octets) = size(node);
            let node = node.clone();
            self.anchors.insert(
                anchor,
                Anchored {
                    node,
                    nodes,
                    octets,
                },
            );
        }
    }

    fn repeat(&mut self, anchor: usize, line: u64) -> Result<(), Broken> {
        let Some(there) = self.anchors.get(&anchor) else {
            return broken(line, "library-odd-alias");
        };
        let (nodes, octets) = (there.nodes, there.octets);
        // Counted before it is copied: this is where a small file would become a large one.
        self.count(nodes, octets, line)?;
        match self.anchors.get(&anchor) {
            Some(there) => {
                let node = there.node.clone();
                self.put(node)
            }
            None => broken(line, "library-odd-alias"),
        }
    }

    fn put(&mut self, node: Node) -> Result<(), Broken> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, _, items)) => items.push(node),
            Some(Open::Map(_, _, entries, key)) => match (key.take(), node.value) {
                (Some(name), value) => {
                    let line = node.line;
                    entries.push((name, Node { line, value }));
                }
                (None, Value::Text { text, .. }) => *key = Some(text),
                (None, _) => return broken(node.line, "library-odd-key"),
            },
        }
        Ok(())
    }
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") {
        return Value::Empty;
    }
    Value::Text { text, plain }
}

/// How many values and octets of text; not deeper than the tree may be.
fn size(node: &Node) -> (usize, usize) {
    let sum = |(nodes, octets): (usize, usize), (more, text): (usize, usize)| {
        (nodes.saturating_add(more), octets.saturating_add(text))
    };
    match &node.value {
        Value::Empty => (1, 0),
        Value::Text { text, .. } => (1, text.len()),
        Value::List(items) => items.iter().map(size).fold((1, 0), sum),
        Value::Map(entries) => entries
            .iter()
            .map(|(name, node)| sum(size(node), (0, name.len())))
            .fold((1, 0), sum),
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
