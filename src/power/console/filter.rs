//! What a machine shows, without the sequences that would make a terminal answer, act or pretend.
//!
//! Whatever runs on the machine writes to its serial line, and a terminal that answers types for
//! the one who sits before it. Taken out:
//!
//! * OSC (titles, clipboard, links, colours asked for), DCS, APC, PM and SOS, whole, up to their end;
//! * CSI that asks for an answer: device attributes (`c`), status and cursor reports (`n`), terminal
//!   parameters (`x`), modes (`$p`), version (`>q`), keyboard protocol (`?u`), graphics (`?S`);
//! * CSI that acts on the window (`t`), prints (`i`) or tests (`y`);
//! * mouse and focus reports switched on (`?9`, `?1000` to `?1007`, `?1015`, `?1016`);
//! * ENQ (answerback), ESC Z (identify), and all of these in their forms of one C1 character.
//!
//! Everything else passes octet by octet, also what is no UTF-8.

/// Longest parameters of a CSI that is kept together.
const LONGEST_CSI: usize = 64;
/// Longest string after OSC and its like; what never ends must not swallow the rest.
const LONGEST_STRING: usize = 4096;
const ESC: u8 = 0x1B;
const BELL: u8 = 0x07;
const ENQUIRY: u8 = 0x05;
const CANCEL: u8 = 0x18;
const SUBSTITUTE: u8 = 0x1A;
/// First octet of the C1 characters in UTF-8.
const C1: u8 = 0xC2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// Behind 0xC2.
    C1,
    Escape,
    Csi,
    /// In a string that is dropped; true behind an ESC in it.
    String(bool),
}

/// The filter of one line; a sequence may come in pieces.
#[derive(Debug, Clone)]
pub struct Filter {
    state: State,
    /// The CSI so far, or how it began.
    held: Vec<u8>,
    /// Octets of the string so far.
    string: usize,
    dropped: u64,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            state: State::Text,
            held: Vec::new(),
            string: 0,
            dropped: 0,
        }
    }
}

impl Filter {
    /// How many sequences were taken out so far.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes octets of the line; gives what may be shown.
    pub fn pass(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(octets.len());
        for octet in octets {
            self.octet(*octet, &mut out);
        }
        out
    }

    fn octet(&mut self, octet: u8, out: &mut Vec<u8>) {
        match self.state {
            State::Text => self.text(octet, out),
            State::C1 => self.c1(octet, out),
            State::Escape => self.escape(octet, out),
            State::Csi => self.csi(octet, out),
            State::String(escaped) => self.string(octet, escaped, out),
        }
    }

    fn text(&mut self, octet: u8, out: &mut Vec<u8>) {
        match octet {
            ESC => self.begin(State::Escape, &[ESC]),
            C1 => self.state = State::C1,
            ENQUIRY => self.dropped += 1,
            _ => out.push(octet),
        }
    }

    fn begin(&mut self, state: State, held: &[u8]) {
        self.state = state;
        self.held.clear();
        self.held.extend_from_slice(held);
        self.string = 0;
    }

    fn c1(&mut self, octet: u8, out: &mut Vec<u8>) {
        self.state = State::Text;
        match octet {
            0x9B => self.begin(State::Csi, &[C1, octet]),
            0x90 | 0x98 | 0x9D | 0x9E | 0x9F => self.begin_string(),
            0x9A => self.dropped += 1,
            // Alone before what may be taken out it could join what comes behind that.
            ESC | ENQUIRY | C1 => self.text(octet, out),
            _ => {
                out.push(C1);
                self.text(octet, out);
            }
        }
    }

    fn begin_string(&mut self) {
        self.dropped += 1;
        self.begin(State::String(false), &[]);
    }

    fn escape(&mut self, octet: u8, out: &mut Vec<u8>) {
        match octet {
            b'[' => self.begin(State::Csi, &[ESC, b'[']),
            b']' | b'P' | b'X' | b'^' | b'_' => self.begin_string(),
            b'Z' => {
                self.dropped += 1;
                self.state = State::Text;
            }
            ESC => {} // the first one led nowhere
            ENQUIRY => self.dropped += 1,
            CANCEL | SUBSTITUTE => self.state = State::Text,
            // Control characters within a sequence act at once.
            0x00..=0x1F => out.push(octet),
            0x20..=0x7E => {
                out.extend([ESC, octet]);
                self.state = State::Text;
            }
            _ => {
                self.state = State::Text;
                self.text(octet, out);
            }
        }
    }

    fn csi(&mut self, octet: u8, out: &mut Vec<u8>) {
        match octet {
            0x20..=0x3F => {
                self.held.push(octet);
                if self.held.len() > LONGEST_CSI {
                    // Longer than any that means something.
                    self.begin_string();
                }
            }
            0x40..=0x7E => {
                self.state = State::Text;
                if is_kept(&self.held, octet) {
                    out.append(&mut self.held);
                    out.push(octet);
                } else {
                    self.dropped += 1;
                }
            }
            ESC => self.begin(State::Escape, &[ESC]),
            CANCEL | SUBSTITUTE => self.state = State::Text,
            ENQUIRY => self.dropped += 1,
            // Control characters within a sequence act at once.
            0x00..=0x1F => out.push(octet),
            // No sequence after all: nothing of it may turn into one later.
            _ => {
                self.state = State::Text;
                self.text(octet, out);
            }
        }
    }

    fn string(&mut self, octet: u8, escaped: bool, out: &mut Vec<u8>) {
        self.string += 1;
        match octet {
            b'\\' if escaped => self.state = State::Text,
            _ if escaped => {
                self.state = State::Escape;
                self.escape(octet, out);
            }
            ESC => self.state = State::String(true),
            BELL | CANCEL | SUBSTITUTE => self.state = State::Text,
            _ if self.string > LONGEST_STRING => {
                self.state = State::Text;
                self.text(octet, out);
            }
            _ => {}
        }
    }
}

/// Whether a CSI may pass: `held` is its beginning with parameters, `last` what it does.
fn is_kept(held: &[u8], last: u8) -> bool {
    let inner = held.get(2..).unwrap_or_default();
    let begins = |octet: u8| inner.first() == Some(&octet);
    let ends = |octet: u8| inner.last() == Some(&octet);
    match last {
        b'c' | b'n' | b'x' | b't' | b'i' | b'y' => false,
        b'p' => !ends(b'$'),
        b'q' => !begins(b'>'),
        b'u' => !begins(b'?'),
        b'S' => !begins(b'?'),
        b'h' => !begins(b'?') || !inner.split(|octet| *octet == b';').any(switches_reports),
        _ => true,
    }
}

/// Modes of mouse and focus reports.
fn switches_reports(mode: &[u8]) -> bool {
    let digits = mode.strip_prefix(b"?").unwrap_or(mode);
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit)
    });
    matches!(number, Some(9 | 1000..=1007 | 1015 | 1016))
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
