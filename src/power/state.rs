//! The life of an intent as a table: from each state, the states it may become.
//!
//! A wish that the interlocks let through starts in [`IntentState::AwaitingApproval`] or
//! [`IntentState::Queued`]. The last five states are final.

use super::model::IntentState;
use IntentState as S;

/// From, and what it may become.
const WAYS: &[(IntentState, &[IntentState])] = &[
    (S::AwaitingApproval, &[S::Queued, S::Refused, S::Cancelled]),
    (S::Queued, &[S::Running, S::Refused, S::Cancelled]),
    (
        S::Running,
        // Running again: the program stopped before the command went out.
        &[
            S::Verifying,
            S::Succeeded,
            S::Failed,
            S::Refused,
            S::TimedOut,
        ],
    ),
    (S::Verifying, &[S::Succeeded, S::Failed, S::TimedOut]),
    (S::Succeeded, &[]),
    (S::Failed, &[]),
    (S::TimedOut, &[]),
    (S::Refused, &[]),
    (S::Cancelled, &[]),
];

/// The states in which an intent holds its machine.
pub const LIVE: [IntentState; 4] = [S::AwaitingApproval, S::Queued, S::Running, S::Verifying];
/// The states in which its BMC is in use.
pub const ACTING: [IntentState; 2] = [S::Running, S::Verifying];

impl IntentState {
    /// Whether one state may become another.
    pub fn may_become(self, next: Self) -> bool {
        WAYS.iter()
            .any(|(from, to)| *from == self && to.contains(&next))
    }

    /// Whether nothing comes after it.
    pub fn is_final(self) -> bool {
        !LIVE.contains(&self)
    }

    /// Whether a person may still take it back.
    pub fn is_cancellable(self) -> bool {
        self.may_become(Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter per pair, rows and columns in the order of `IntentState::ALL`.
    const TABLE: [(&str, &str); 9] = [
        ("awaiting_approval", ".x.....xx"),
        ("queued", "..x....xx"),
        ("running", "...xxxxx."),
        ("verifying", "....xxx.."),
        ("succeeded", "........."),
        ("failed", "........."),
        ("timed_out", "........."),
        ("refused", "........."),
        ("cancelled", "........."),
    ];

    #[test]
    fn the_ways_are_exactly_these() {
        for (from, (name, row)) in IntentState::ALL.iter().zip(TABLE) {
            assert_eq!(from.as_str(), name);
            for (to, letter) in IntentState::ALL.iter().zip(row.chars()) {
                assert_eq!(from.may_become(*to), letter == 'x', "{from} to {to}");
            }
            assert_eq!(from.is_final(), !row.contains('x'), "{from}");
        }
    }

    #[test]
    fn nothing_is_taken_back_once_it_runs() {
        let back: Vec<_> = IntentState::ALL
            .iter()
            .filter(|state| state.is_cancellable())
            .collect();
        assert_eq!(back, [&S::AwaitingApproval, &S::Queued]);
    }
}
