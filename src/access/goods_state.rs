//! The life of a goods pass as one table.

use crate::base::fault::{Fault, Message};

crate::text_enum! {
    /// Where a goods pass stands; an entry of its record tells the same words.
    pub enum GoodsState {
        /// Written down, not handed in.
        Drafted = "drafted",
        /// Waits for the one who releases.
        Submitted = "submitted",
        /// May pass the door.
        Approved = "approved",
        /// Has passed the door; the inventory says so.
        Done = "done",
        /// May not pass the door.
        Refused = "refused",
        /// Called off.
        Cancelled = "cancelled",
    }
}

crate::text_enum! {
    /// What is done to a goods pass.
    pub enum GoodsAction {
        /// It is handed in.
        Submit = "submit",
        /// It may pass the door.
        Approve = "approve",
        /// It may not.
        Refuse = "refuse",
        /// It is called off.
        Cancel = "cancel",
        /// It passed the door.
        Finish = "finish",
    }
}

/// Every change there is; what isn't here is refused.
const TRANSITIONS: &[(GoodsState, GoodsAction, GoodsState)] = {
    use GoodsAction as A;
    use GoodsState as S;
    &[
        (S::Drafted, A::Submit, S::Submitted),
        (S::Drafted, A::Approve, S::Approved),
        (S::Drafted, A::Refuse, S::Refused),
        (S::Drafted, A::Cancel, S::Cancelled),
        (S::Submitted, A::Approve, S::Approved),
        (S::Submitted, A::Refuse, S::Refused),
        (S::Submitted, A::Cancel, S::Cancelled),
        (S::Approved, A::Finish, S::Done),
        (S::Approved, A::Refuse, S::Refused),
        (S::Approved, A::Cancel, S::Cancelled),
    ]
};

impl GoodsState {
    /// Whether an action is possible now.
    pub fn allows(self, action: GoodsAction) -> bool {
        self.after(action).is_ok()
    }

    /// The state after an action, or why it can't be done.
    pub fn after(self, action: GoodsAction) -> Result<Self, Fault> {
        TRANSITIONS
            .iter()
            .find(|(from, by, _)| *from == self && *by == action)
            .map(|(_, _, to)| *to)
            .ok_or_else(|| Fault::conflict(Message::new(self.refusal_key())))
    }

    /// Words for why something can't be done in this state.
    const fn refusal_key(self) -> &'static str {
        match self {
            Self::Drafted => "goods-fault-is-drafted",
            Self::Submitted => "goods-fault-is-submitted",
            Self::Approved => "goods-fault-is-approved",
            Self::Done => "goods-fault-is-done",
            Self::Refused => "goods-fault-is-refused",
            Self::Cancelled => "goods-fault-is-cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_action_is_as_written() {
        use GoodsState as S;
        let row = |state: S| -> Vec<&str> {
            GoodsAction::ALL
                .iter()
                .map(|action| state.after(*action).map_or("-", S::as_str))
                .collect()
        };
        // submit, approve, refuse, cancel, finish
        for (state, expected) in [
            (
                S::Drafted,
                ["submitted", "approved", "refused", "cancelled", "-"],
            ),
            (S::Submitted, ["-", "approved", "refused", "cancelled", "-"]),
            (S::Approved, ["-", "-", "refused", "cancelled", "done"]),
            (S::Done, ["-"; 5]),
            (S::Refused, ["-"; 5]),
            (S::Cancelled, ["-"; 5]),
        ] {
            assert_eq!(row(state), expected, "{state}");
        }
    }
}
