//! XML as workbooks have it, read a piece at a time with bounds on each: no entities but the five of XML itself, no
//! document types, nothing kept that was not asked for.

use std::io::BufRead;

/// Most octets between two angle brackets, and inside them.
const LONGEST_PIECE: usize = 1024 * 1024;

/// It is no XML of a workbook, it ends too early, or a piece of it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// A piece of markup. Names are without their prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// `<name …>` or `<name …/>`.
    Open {
        name: String,
        attributes: Vec<(String, String)>,
        is_empty: bool,
    },
    /// `</name>`.
    Close(String),
    /// What stands between.
    Text(String),
}

/// Reads pieces.
pub(super) struct Markup<R> {
    reader: R,
    in_tag: bool,
}

impl<R: BufRead> Markup<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            in_tag: false,
        }
    }

    /// What it reads from.
    pub(super) fn rest(&self) -> &R {
        &self.reader
    }

    /// The next piece; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Broken> {
        loop {
            if !self.in_tag {
                let mut text = Vec::new();
                self.in_tag = self.until(b'<', &mut text)?;
                if !text.is_empty() {
                    return Ok(Some(Piece::Text(unescaped(&utf8(text)?)?)));
                }
                if !self.in_tag {
                    return Ok(None);
                }
            }
            let tag = self.tag()?;
            self.in_tag = false;
            if tag.starts_with('?') || tag.starts_with("!--") {
                continue;
            }
            if let Some(text) = tag.strip_prefix("![CDATA[") {
                let text = text.strip_suffix("]]").unwrap_or(text);
                return Ok(Some(Piece::Text(text.to_owned())));
            }
            if tag.starts_with('!') {
                return Err(Broken);
            }
            return piece(&tag).map(Some);
        }
    }

    /// What is inside the angle brackets; a closing one within quotes or a comment does not end it.
    fn tag(&mut self) -> Result<String, Broken> {
        let mut tag = Vec::new();
        let mut quotes = Quotes::default();
        loop {
            if !self.until(b'>', &mut tag)? {
                return Err(Broken);
            }
            let ends = if tag.starts_with(b"!--") {
                tag.len() >= 5 && tag.ends_with(b"--")
            } else if tag.starts_with(b"![CDATA[") {
                tag.ends_with(b"]]")
            } else if tag.starts_with(b"?") {
                tag.ends_with(b"?")
            } else {
                !quotes.are_open(&tag)
            };
            if ends {
                return utf8(tag);
            }
            tag.push(b'>');
        }
    }

    /// Reads up to a mark, which is left out; whether it was there.
    fn until(&mut self, mark: u8, into: &mut Vec<u8>) -> Result<bool, Broken> {
        loop {
            let buffer = self.reader.fill_buf().map_err(|_| Broken)?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let found = buffer.iter().position(|octet| *octet == mark);
            let (part, _) = buffer.split_at(found.unwrap_or(buffer.len()));
            into.extend_from_slice(part);
            let used = part.len() + usize::from(found.is_some());
            self.reader.consume(used);
            if into.len() > LONGEST_PIECE {
                return Err(Broken);
            }
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

fn utf8(octets: Vec<u8>) -> Result<String, Broken> {
    String::from_utf8(octets).map_err(|_| Broken)
}

/// Whether a tag that grows is within quotes; each octet is looked at once.
#[derive(Default)]
struct Quotes {
    open: Option<u8>,
    seen: usize,
}

impl Quotes {
    fn are_open(&mut self, tag: &[u8]) -> bool {
        for octet in tag.iter().skip(self.seen) {
            match self.open {
                Some(quote) if quote == *octet => self.open = None,
                None if matches!(octet, b'"' | b'\'') => self.open = Some(*octet),
                _ => {}
            }
        }
        self.seen = tag.len();
        self.open.is_some()
    }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn piece(tag: &str) -> Result<Piece, Broken> {
    if let Some(name) = tag.strip_prefix('/') {
        return Ok(Piece::Close(local(name.trim())));
    }
    let (tag, is_empty) = match tag.strip_suffix('/') {
        Some(tag) => (tag, true),
        None => (tag, false),
    };
    let (name, rest) = match tag.split_once(|c: char| c.is_ascii_whitespace()) {
        Some((name, rest)) => (name, rest),
        None => (tag, ""),
    };
    if name.is_empty() {
        return Err(Broken);
    }
    Ok(Piece::Open {
        name: local(name),
        attributes: attributes(rest)?,
        is_empty,
    })
}

fn attributes(text: &str) -> Result<Vec<(String, String)>, Broken> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=').ok_or(Broken)?;
        let behind = behind.trim_start();
        let quote = behind.chars().next().ok_or(Broken)?;
        if !matches!(quote, '"' | '\'') {
            return Err(Broken);
        }
        let (value, more) = behind
            .strip_prefix(quote)
            .and_then(|value| value.split_once(quote))
            .ok_or(Broken)?;
        found.push((local(name.trim()), unescaped(value)?));
        rest = more.trim_start();
    }
    Ok(found)
}

fn unescaped(text: &str) -> Result<String, Broken> {
    if !text.contains('&') {
        return Ok(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let (name, more) = behind.split_once(';').ok_or(Broken)?;
        out.push(character(name).ok_or(Broken)?);
        rest = more;
    }
    out.push_str(rest);
    Ok(out)
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn pieces(text: &str) -> Result<Vec<Piece>, Broken> {
        let mut markup = Markup::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(piece) = markup.next()? {
            found.push(piece);
        }
        Ok(found)
    }

    #[test]
    fn pieces_come_in_order_without_prefixes() {
        let found = pieces("<?xml version=\"1.0\"?><!-- a > b --><x:c r:id='1' t=\"a>&quot;b\"/>a&amp;&#20013;<![CDATA[<]]></x:c>").unwrap();
        let attributes = vec![("id".into(), "1".into()), ("t".into(), "a>\"b".into())];
        assert_eq!(
            found,
            [
                Piece::Open {
                    name: "c".into(),
                    attributes,
                    is_empty: true
                },
                Piece::Text("a&中".into()),
                Piece::Text("<".into()),
                Piece::Close("c".into()),
            ]
        );
    }

    #[test]
    fn what_is_no_markup_of_a_workbook_is_refused() {
        for text in [
            "<!DOCTYPE x [<!ENTITY a \"b\">]><x/>",
            "<x>&a;</x>",
            "<x>&#xD800;</x>",
            "<x>&amp</x>",
            "<x y=1/>",
            "<x y/>",
            "<x",
            "<>",
            "<!-- never ends",
        ] {
            assert_eq!(pieces(text), Err(Broken), "{text}");
        }
        let long = format!("<x y=\"{}\"/>", "a".repeat(LONGEST_PIECE + 1));
        assert_eq!(pieces(&long), Err(Broken));
    }

    /// Looked at from the start at each bracket these would take hours.
    #[test]
    fn brackets_within_quotes_cost_no_more_than_their_length() {
        let tag = format!("<x y=\"{}\" z='b'/>", ">".repeat(LONGEST_PIECE - 64));
        let found = pieces(&tag.repeat(8)).unwrap();
        assert_eq!(found.len(), 8);
    }
}
