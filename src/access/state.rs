//! The life of a visit as one table.

use crate::base::fault::{Fault, Message};

crate::text_enum! {
    /// Where a visit stands.
    pub enum VisitState {
        /// A customer asked; the operator has not answered.
        Announced = "announced",
        /// May come.
        Expected = "expected",
        /// May not come.
        Refused = "refused",
        /// Someone of it is inside.
        CheckedIn = "checked_in",
        /// Everyone who came has left; they may come again until it is closed.
        CheckedOut = "checked_out",
        /// Done and written up.
        Closed = "closed",
        /// Nobody came.
        NoShow = "no_show",
        /// Called off before anyone came.
        Cancelled = "cancelled",
    }
}

crate::text_enum! {
    /// What is done to a visit.
    pub enum VisitAction {
        /// The operator agrees.
        Approve = "approve",
        /// The operator declines.
        Refuse = "refuse",
        /// It is called off.
        Cancel = "cancel",
        /// Someone comes in.
        CheckIn = "check_in",
        /// The last one inside leaves.
        CheckOut = "check_out",
        /// Nobody came.
        NoShow = "no_show",
        /// It is written up.
        Close = "close",
        /// Someone inside goes out for a moment.
        StepOut = "step_out",
        /// And comes back.
        StepIn = "step_in",
    }
}

/// Every change there is; what isn't here is refused.
const TRANSITIONS: &[(VisitState, VisitAction, VisitState)] = {
    use VisitAction as A;
    use VisitState as S;
    &[
        (S::Announced, A::Approve, S::Expected),
        (S::Announced, A::Refuse, S::Refused),
        (S::Announced, A::Cancel, S::Cancelled),
        (S::Announced, A::NoShow, S::NoShow),
        (S::Expected, A::Refuse, S::Refused),
        (S::Expected, A::Cancel, S::Cancelled),
        (S::Expected, A::CheckIn, S::CheckedIn),
        (S::Expected, A::NoShow, S::NoShow),
        (S::CheckedIn, A::CheckIn, S::CheckedIn),
        (S::CheckedIn, A::CheckOut, S::CheckedOut),
        (S::CheckedIn, A::StepOut, S::CheckedIn),
        (S::CheckedIn, A::StepIn, S::CheckedIn),
        (S::CheckedOut, A::CheckIn, S::CheckedIn),
        (S::CheckedOut, A::Close, S::Closed),
    ]
};

impl VisitState {
    /// Whether an action is possible now.
    pub fn allows(self, action: VisitAction) -> bool {
        self.after(action).is_ok()
    }

    /// The state after an action, or why it can't be done.
    pub fn after(self, action: VisitAction) -> Result<Self, Fault> {
        TRANSITIONS
            .iter()
            .find(|(from, by, _)| *from == self && *by == action)
            .map(|(_, _, to)| *to)
            .ok_or_else(|| Fault::conflict(Message::new(self.refusal_key())))
    }

    /// Words for why something can't be done in this state.
    const fn refusal_key(self) -> &'static str {
        match self {
            Self::Announced => "visit-fault-is-announced",
            Self::Expected => "visit-fault-is-expected",
            Self::Refused => "visit-fault-is-refused",
            Self::CheckedIn => "visit-fault-is-checked-in",
            Self::CheckedOut => "visit-fault-is-checked-out",
            Self::Closed => "visit-fault-is-closed",
            Self::NoShow => "visit-fault-is-no-show",
            Self::Cancelled => "visit-fault-is-cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_action_is_as_written() {
        use VisitState as S;
        let row = |state: S| -> Vec<&str> {
            VisitAction::ALL
                .iter()
                .map(|action| state.after(*action).map_or("-", S::as_str))
                .collect()
        };
        // approve, refuse, cancel, check_in, check_out, no_show, close, step_out, step_in
        for (state, expected) in [
            (
                S::Announced,
                [
                    "expected",
                    "refused",
                    "cancelled",
                    "-",
                    "-",
                    "no_show",
                    "-",
                    "-",
                    "-",
                ],
            ),
            (
                S::Expected,
                [
                    "-",
                    "refused",
                    "cancelled",
                    "checked_in",
                    "-",
                    "no_show",
                    "-",
                    "-",
                    "-",
                ],
            ),
            (S::Refused, ["-"; 9]),
            (
                S::CheckedIn,
                [
                    "-",
                    "-",
                    "-",
                    "checked_in",
                    "checked_out",
                    "-",
                    "-",
                    "checked_in",
                    "checked_in",
                ],
            ),
            (
                S::CheckedOut,
                ["-", "-", "-", "checked_in", "-", "-", "closed", "-", "-"],
            ),
            (S::Closed, ["-"; 9]),
            (S::NoShow, ["-"; 9]),
            (S::Cancelled, ["-"; 9]),
        ] {
            assert_eq!(row(state), expected, "{state}");
        }
    }
}
