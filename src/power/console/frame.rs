//! A recording: frames of what was shown, one behind the other, in compressed parts.
//!
//! A frame is four octets of milliseconds since the start, one of its kind, four of its length,
//! all least significant first, and its content. What was shown stays as it came, also what is no
//! UTF-8. What was typed is not recorded: passwords are typed, and what a machine echoes is shown.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::note::Note;

/// Octets before the content of a frame.
const HEADER: usize = 9;
/// A part is written once it has this many octets.
const PART_OCTETS: usize = 32 * 1024;
/// A part is written once its first frame is this old, milliseconds.
const PART_AGE_MS: i64 = 5_000;
/// Largest part that is unpacked; far more than one that was written.
const LARGEST_PART: u64 = 16 * 1024 * 1024;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// Octets that were shown.
    Shown,
    /// A note of ours, see [`Note`].
    Note,
    /// The size of the writer's window: columns and rows, `80x25`.
    Size,
}

impl FrameKind {
    const fn letter(self) -> u8 {
        match self {
            Self::Shown => b'o',
            Self::Note => b'n',
            Self::Size => b'r',
        }
    }

    /// Writes a frame of this kind behind others.
    pub fn write(self, at_ms: u32, octets: &[u8], out: &mut Vec<u8>) {
        let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&at_ms.to_le_bytes());
        out.push(self.letter());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(octets);
    }

    const fn from_letter(letter: u8) -> Option<Self> {
        match letter {
            b'o' => Some(Self::Shown),
            b'n' => Some(Self::Note),
            b'r' => Some(Self::Size),
            _ => None,
        }
    }
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Milliseconds since the start of the recording.
    pub at_ms: u32,
    /// What it holds.
    pub kind: FrameKind,
    /// Its content.
    pub octets: Vec<u8>,
}

/// A recording that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// A part does not unpack.
    #[error("a part of the recording does not unpack")]
    Packed,
    /// A frame has no known kind or is cut short.
    #[error("a frame of the recording is broken at octet {0}")]
    Broken(usize),
}

/// Reads the frames of an unpacked part.
///
/// # Errors
/// The first frame that does not hold together.
pub fn frames(mut raw: &[u8]) -> Result<Vec<Frame>, FrameFault> {
    let whole = raw.len();
    let mut found = Vec::new();
    while !raw.is_empty() {
        let broken = FrameFault::Broken(whole - raw.len());
        let (head, rest) = raw.split_at_checked(HEADER).ok_or(broken)?;
        let [a, b, c, d, letter, e, f, g, h] = head else {
            return Err(broken);
        };
        let length = u32::from_le_bytes([*e, *f, *g, *h]);
        let length = usize::try_from(length).map_err(|_| broken)?;
        let (octets, rest) = rest.split_at_checked(length).ok_or(broken)?;
        found.push(Frame {
            at_ms: u32::from_le_bytes([*a, *b, *c, *d]),
            kind: FrameKind::from_letter(*letter).ok_or(broken)?,
            octets: octets.to_vec(),
        });
        raw = rest;
    }
    Ok(found)
}

/// Unpacks a stored part.
///
/// # Errors
/// `Packed`.
pub fn unpack(content: &[u8]) -> Result<Vec<u8>, FrameFault> {
    let mut raw = Vec::new();
    ZlibDecoder::new(content)
        .take(LARGEST_PART)
        .read_to_end(&mut raw)
        .map_err(|_| FrameFault::Packed)?;
    Ok(raw)
}

fn pack(raw: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(raw)?;
    encoder.finish()
}

/// A part ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place, counted from 0.
    pub number: i64,
    /// Octets before compression.
    pub octets: i64,
    /// Compressed frames.
    pub content: Vec<u8>,
}

/// Collects frames until a part is due. Times are given in, milliseconds of one clock.
#[derive(Debug)]
pub struct Recorder {
    began_ms: i64,
    raw: Vec<u8>,
    raw_since_ms: i64,
    recorded: u64,
    limit: u64,
    full: bool,
    next: i64,
}

impl Recorder {
    /// A recorder that began at an instant and keeps at most `limit` octets.
    pub const fn new(began_ms: i64, limit: u64) -> Self {
        Self {
            began_ms,
            raw: Vec::new(),
            raw_since_ms: began_ms,
            recorded: 0,
            limit,
            full: false,
            next: 0,
        }
    }

    /// Whether the limit was reached: nothing shown is recorded any more.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// Records what was shown; false when that was too much and is not in the recording.
    #[must_use]
    pub fn shown(&mut self, now_ms: i64, octets: &[u8]) -> bool {
        let more = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        if self.full || self.recorded.saturating_add(more) > self.limit {
            self.full = true;
            return false;
        }
        self.recorded += more;
        self.frame(now_ms, FrameKind::Shown, octets);
        true
    }

    /// Records a note.
    pub fn note(&mut self, now_ms: i64, note: &Note) {
        self.frame(now_ms, FrameKind::Note, note.to_text().as_bytes());
    }

    /// Records the size of the writer's window.
    pub fn size(&mut self, now_ms: i64, columns: u16, rows: u16) {
        let text = format!("{columns}x{rows}");
        self.frame(now_ms, FrameKind::Size, text.as_bytes());
    }

    fn frame(&mut self, now_ms: i64, kind: FrameKind, octets: &[u8]) {
        if self.raw.is_empty() {
            self.raw_since_ms = now_ms;
        }
        let at = u32::try_from((now_ms - self.began_ms).max(0)).unwrap_or(u32::MAX);
        kind.write(at, octets, &mut self.raw);
    }

    /// When the frames so far have to be written at the latest; none when there are none.
    pub fn due_ms(&self) -> Option<i64> {
        (!self.raw.is_empty()).then_some(self.raw_since_ms + PART_AGE_MS)
    }

    /// The next part when it is due, or, at the end (`all`), whatever there is.
    ///
    /// # Errors
    /// The frames do not pack; they are kept.
    pub fn take(&mut self, now_ms: i64, all: bool) -> std::io::Result<Option<Part>> {
        let due = self.raw.len() >= PART_OCTETS || self.due_ms().is_some_and(|due| due <= now_ms);
        if self.raw.is_empty() || !(all || due) {
            return Ok(None);
        }
        let part = Part {
            number: self.next,
            octets: i64::try_from(self.raw.len()).unwrap_or(i64::MAX),
            content: pack(&self.raw)?,
        };
        self.next += 1;
        self.raw.clear();
        Ok(Some(part))
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
