//! What was typed and waits for the line, in order.

use std::collections::VecDeque;

use crate::power::console::Line;

/// Octets that wait; more is not taken until there is room again.
const MOST: usize = 16 * 1024;

enum Piece {
    Octets(VecDeque<u8>),
    Break,
}

/// Typed characters and breaks.
#[derive(Default)]
pub(super) struct Input {
    pieces: VecDeque<Piece>,
    octets: usize,
}

impl Input {
    /// Whether more may be pushed.
    pub(super) const fn has_room(&self) -> bool {
        self.octets < MOST
    }

    /// Octets that wait.
    pub(super) const fn octets(&self) -> usize {
        self.octets
    }

    pub(super) fn push(&mut self, octets: Vec<u8>) {
        self.octets += octets.len();
        self.pieces.push_back(Piece::Octets(octets.into()));
    }

    pub(super) fn push_break(&mut self) {
        self.pieces.push_back(Piece::Break);
    }

    /// Forgets all; how many octets that were.
    pub(super) fn forget(&mut self) -> usize {
        self.pieces.clear();
        std::mem::take(&mut self.octets)
    }

    /// Gives a line what it takes; how many breaks went out.
    pub(super) fn pump(&mut self, line: &mut dyn Line) -> usize {
        let mut breaks = 0;
        while let Some(piece) = self.pieces.front_mut() {
            match piece {
                Piece::Break => {
                    line.send_break();
                    breaks += 1;
                }
                Piece::Octets(octets) => {
                    let taken = line.write(octets.make_contiguous());
                    octets.drain(..taken.min(octets.len()));
                    self.octets = self.octets.saturating_sub(taken);
                    if !octets.is_empty() {
                        break;
                    }
                }
            }
            self.pieces.pop_front();
        }
        breaks
    }
}
