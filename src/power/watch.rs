//! Whether the observed states show what was asked. Pure: states and times are given in.
//!
//! `on`, `off` and `soft_off` are done when the state shows them. `cycle` is done when the machine was seen off
//! and then on. A cycle may be over between two looks: when the BMC accepted the command and the machine still
//! reads on after [`UNSEEN_CYCLE_MS`], that counts, and the record says that the off was not seen. `reset`
//! leaves no trace in the power state: the accepted command and a machine that is on after [`SETTLE_MS`] count.
//! Both waits are at most half of the time the action has.
//! `nmi` and `identify` leave nothing to be seen: the accepted command counts. `boot_device` is done when the override
//! reads back as asked. `bmc_reset` is done when the BMC was silent and answers again, or answers [`BMC_UNSEEN_MS`]
//! after it took the command.
//! A command whose answer was lost counts only by what is seen; it is never sent again.

use super::detail::Detail;
use super::model::{Action, PowerState};
use super::setting::BootChoice;
use crate::base::time::Timestamp;

/// An accepted cycle whose off was not seen is believed this long after the command.
pub const UNSEEN_CYCLE_MS: i64 = 20_000;
/// An accepted reset is believed this long after the command.
pub const SETTLE_MS: i64 = 3_000;

/// An accepted restart of a BMC whose silence was not seen is believed this long after the command.
pub const BMC_UNSEEN_MS: i64 = 30_000;

/// What the watch says after a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Look again.
    Wait,
    /// A machine that is to cycle was seen off: keep that on record and look again.
    SeenOff,
    /// It shows.
    Shown(Detail),
    /// It does not show, and the time is over.
    TimedOut(Detail),
}

/// What is to be done when the state has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// Send the command.
    Send,
    /// It is so already; nothing is sent.
    Done(Detail),
    /// It can't be done; nothing is sent.
    Refuse(Detail),
}

/// Judges an action by the state read before it.
pub fn before(action: Action, state: PowerState, unknown_confirmed: bool) -> Before {
    match (action, state) {
        (Action::On, PowerState::On) => Before::Done(Detail::new("power-detail-already-on")),
        (Action::Off | Action::SoftOff, PowerState::Off) => {
            Before::Done(Detail::new("power-detail-already-off"))
        }
        (Action::Cycle | Action::Reset | Action::Nmi, PowerState::Off) => {
            Before::Refuse(Detail::new("power-detail-is-off"))
        }
        (_, PowerState::Unknown)
            if action.changes_power() && !(action.allows_unknown_state() && unknown_confirmed) =>
        {
            Before::Refuse(Detail::new("power-detail-state-unknown"))
        }
        _ => Before::Send,
    }
}

/// A command that went out, and what was seen since.
#[derive(Debug, Clone)]
pub struct Watch {
    /// What was asked.
    pub action: Action,
    /// When the command went out.
    pub sent_at: Timestamp,
    /// When the time is over.
    pub deadline_at: Timestamp,
    /// Whether the BMC said that it took the command.
    pub accepted: bool,
    /// Whether the machine was seen off since; of a BMC that restarts, whether it was silent.
    pub seen_off: bool,
}

impl Watch {
    /// Judges a look; `None` for a BMC that did not answer.
    pub fn look(&mut self, at: Timestamp, state: Option<PowerState>) -> Finding {
        match self.action {
            Action::Nmi | Action::Identify => return self.told(),
            Action::BmcReset => return self.look_at_bmc(at, state),
            _ => {}
        }
        if let Some(detail) = state.and_then(|state| self.shown(at, state)) {
            return Finding::Shown(detail);
        }
        let newly_off = state == Some(PowerState::Off)
            && self.action == Action::Cycle
            && !std::mem::replace(&mut self.seen_off, true);
        if newly_off {
            return Finding::SeenOff;
        }
        if at >= self.deadline_at {
            return Finding::TimedOut(self.over(state));
        }
        Finding::Wait
    }

    /// What leaves nothing to be seen is judged by the answer alone.
    fn told(&self) -> Finding {
        match (self.action, self.accepted) {
            (Action::Nmi, true) => Finding::Shown(Detail::new("power-detail-nmi-accepted")),
            (_, true) => Finding::Shown(Detail::new("power-detail-identify-accepted")),
            (_, false) => Finding::TimedOut(Detail::new("power-detail-untold")),
        }
    }

    fn look_at_bmc(&mut self, at: Timestamp, state: Option<PowerState>) -> Finding {
        let after_ms = at.since_millis(self.sent_at);
        let half_ms = self.deadline_at.since_millis(self.sent_at) / 2;
        let seconds = self.deadline_at.since_millis(self.sent_at) / 1000;
        match state {
            None => self.seen_off = true,
            Some(_) if self.seen_off => {
                return Finding::Shown(Detail::new("power-detail-bmc-back"));
            }
            Some(_) if self.accepted && after_ms >= BMC_UNSEEN_MS.min(half_ms) => {
                return Finding::Shown(Detail::new("power-detail-bmc-answers"));
            }
            Some(_) => {}
        }
        if at < self.deadline_at {
            return Finding::Wait;
        }
        let key = if state.is_none() {
            "power-detail-bmc-away"
        } else {
            "power-detail-untold"
        };
        Finding::TimedOut(Detail::new(key).with("seconds", seconds))
    }

    /// Judges a look at the boot override; the outer `None` is a BMC that did not answer.
    pub fn look_at_boot(
        &self,
        at: Timestamp,
        wanted: BootChoice,
        read: Option<Option<BootChoice>>,
    ) -> Finding {
        if read.is_some_and(|read| wanted.is_shown_by(read)) {
            let detail = Detail::new("power-detail-boot-set").with("boot", wanted.to_string());
            return Finding::Shown(detail);
        }
        if at < self.deadline_at {
            return Finding::Wait;
        }
        let seconds = self.deadline_at.since_millis(self.sent_at) / 1000;
        Finding::TimedOut(match read {
            None => Detail::new("power-detail-timed-out-silent").with("seconds", seconds),
            Some(read) => Detail::new("power-detail-boot-not-seen")
                .with("boot", wanted.to_string())
                .with(
                    "reported",
                    read.map_or_else(|| "-".to_owned(), |read| read.to_string()),
                ),
        })
    }

    fn shown(&self, at: Timestamp, state: PowerState) -> Option<Detail> {
        let after_ms = at.since_millis(self.sent_at);
        let half_ms = self.deadline_at.since_millis(self.sent_at) / 2;
        let observed = || Detail::new("power-detail-observed").with("state", state.as_str());
        match (self.action, state) {
            (Action::On, PowerState::On) => Some(observed()),
            (Action::Off | Action::SoftOff, PowerState::Off) => Some(observed()),
            (Action::Cycle, PowerState::On) if self.seen_off => {
                Some(Detail::new("power-detail-cycled"))
            }
            (Action::Cycle, PowerState::On)
                if self.accepted && after_ms >= UNSEEN_CYCLE_MS.min(half_ms) =>
            {
                Some(Detail::new("power-detail-cycle-not-seen"))
            }
            (Action::Reset, PowerState::On)
                if self.accepted && after_ms >= SETTLE_MS.min(half_ms) =>
            {
                Some(Detail::new("power-detail-reset-accepted"))
            }
            _ => None,
        }
    }

    fn over(&self, state: Option<PowerState>) -> Detail {
        let seconds = self.deadline_at.since_millis(self.sent_at) / 1000;
        let Some(state) = state else {
            return Detail::new("power-detail-timed-out-silent").with("seconds", seconds);
        };
        let lost = !self.accepted && !self.seen_off && state == PowerState::On;
        let key = match self.action {
            Action::Cycle | Action::Reset if lost => "power-detail-unseen",
            Action::SoftOff => "power-detail-timed-out-soft",
            _ => "power-detail-timed-out",
        };
        Detail::new(key)
            .with("seconds", seconds)
            .with("state", state.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Timestamp = Timestamp::from_millis(1_795_334_400_000);

    fn watch(action: Action, accepted: bool) -> Watch {
        Watch {
            action,
            sent_at: SENT,
            deadline_at: SENT.plus_seconds(60),
            accepted,
            seen_off: false,
        }
    }

    /// Looks at the given seconds; `+` on, `-` off, `?` unknown, `!` no answer. Gives the last finding's word.
    fn outcome(mut watch: Watch, looks: &[(i64, char)]) -> &'static str {
        let mut last = "nothing";
        for (second, letter) in looks {
            let state = match letter {
                '+' => Some(PowerState::On),
                '-' => Some(PowerState::Off),
                '?' => Some(PowerState::Unknown),
                _ => None,
            };
            last = match watch.look(SENT.plus_seconds(*second), state) {
                Finding::Wait => "wait",
                Finding::SeenOff => "seen-off",
                Finding::Shown(detail) => detail.key(),
                Finding::TimedOut(detail) => detail.key(),
            };
        }
        last
    }

    #[test]
    fn what_is_so_already_is_not_sent_and_an_off_machine_is_not_cycled() {
        use Action as A;
        use PowerState as P;
        let word = |action, state, confirmed| match before(action, state, confirmed) {
            Before::Send => "send",
            Before::Done(detail) | Before::Refuse(detail) => detail.key(),
        };
        for (action, on, off, unknown, confirmed) in [
            (
                A::On,
                "power-detail-already-on",
                "send",
                "power-detail-state-unknown",
                "send",
            ),
            (
                A::Off,
                "send",
                "power-detail-already-off",
                "power-detail-state-unknown",
                "send",
            ),
            (
                A::SoftOff,
                "send",
                "power-detail-already-off",
                "power-detail-state-unknown",
                "power-detail-state-unknown",
            ),
            (
                A::Cycle,
                "send",
                "power-detail-is-off",
                "power-detail-state-unknown",
                "power-detail-state-unknown",
            ),
            (
                A::Reset,
                "send",
                "power-detail-is-off",
                "power-detail-state-unknown",
                "power-detail-state-unknown",
            ),
            (
                A::Nmi,
                "send",
                "power-detail-is-off",
                "power-detail-state-unknown",
                "power-detail-state-unknown",
            ),
            (A::Identify, "send", "send", "send", "send"),
            (A::BootDevice, "send", "send", "send", "send"),
            (A::BmcReset, "send", "send", "send", "send"),
        ] {
            assert_eq!(word(action, P::On, false), on, "{action}");
            assert_eq!(word(action, P::Off, true), off, "{action}");
            assert_eq!(word(action, P::Unknown, false), unknown, "{action}");
            assert_eq!(word(action, P::Unknown, true), confirmed, "{action}");
        }
    }

    #[test]
    fn the_state_decides() {
        use Action as A;
        for (action, accepted, looks, wanted) in [
            (
                A::On,
                true,
                vec![(1, '-'), (2, '+')],
                "power-detail-observed",
            ),
            (A::On, false, vec![(2, '+')], "power-detail-observed"),
            (A::On, true, vec![(59, '-')], "wait"),
            (A::On, true, vec![(60, '-')], "power-detail-timed-out"),
            (A::On, true, vec![(90, '+')], "power-detail-observed"),
            (
                A::Off,
                true,
                vec![(1, '+'), (3, '-')],
                "power-detail-observed",
            ),
            (
                A::Off,
                true,
                vec![(61, '!')],
                "power-detail-timed-out-silent",
            ),
            (A::Off, true, vec![(61, '?')], "power-detail-timed-out"),
            (
                A::SoftOff,
                true,
                vec![(60, '+')],
                "power-detail-timed-out-soft",
            ),
            (A::SoftOff, true, vec![(9, '-')], "power-detail-observed"),
        ] {
            assert_eq!(
                outcome(watch(action, accepted), &looks),
                wanted,
                "{action} {looks:?}"
            );
        }
    }

    #[test]
    fn a_cycle_is_off_and_then_on() {
        for (accepted, looks, wanted) in [
            (true, vec![(1, '+')], "wait"),
            (true, vec![(1, '+'), (2, '-')], "seen-off"),
            (true, vec![(2, '-'), (3, '-')], "wait"),
            (
                true,
                vec![(2, '-'), (3, '!'), (6, '+')],
                "power-detail-cycled",
            ),
            (false, vec![(2, '-'), (6, '+')], "power-detail-cycled"),
            (true, vec![(1, '+'), (19, '+')], "wait"),
            (
                true,
                vec![(1, '+'), (20, '+')],
                "power-detail-cycle-not-seen",
            ),
            (false, vec![(1, '+'), (59, '+')], "wait"),
            (false, vec![(1, '+'), (60, '+')], "power-detail-unseen"),
            (true, vec![(2, '-'), (60, '-')], "power-detail-timed-out"),
        ] {
            assert_eq!(
                outcome(watch(Action::Cycle, accepted), &looks),
                wanted,
                "{accepted} {looks:?}"
            );
        }
    }

    #[test]
    fn a_reset_is_believed_only_when_it_was_accepted() {
        for (accepted, looks, wanted) in [
            (true, vec![(1, '+')], "wait"),
            (true, vec![(3, '+')], "power-detail-reset-accepted"),
            (true, vec![(3, '-'), (4, '-')], "wait"),
            (false, vec![(3, '+')], "wait"),
            (false, vec![(60, '+')], "power-detail-unseen"),
        ] {
            assert_eq!(
                outcome(watch(Action::Reset, accepted), &looks),
                wanted,
                "{accepted} {looks:?}"
            );
        }
    }

    #[test]
    fn what_leaves_nothing_to_be_seen_is_judged_by_the_answer() {
        for (action, accepted, wanted) in [
            (Action::Nmi, true, "power-detail-nmi-accepted"),
            (Action::Identify, true, "power-detail-identify-accepted"),
            (Action::Nmi, false, "power-detail-untold"),
            (Action::Identify, false, "power-detail-untold"),
        ] {
            assert_eq!(outcome(watch(action, accepted), &[(1, '+')]), wanted);
        }
    }

    #[test]
    fn a_bmc_that_restarts_is_silent_and_answers_again() {
        for (accepted, looks, wanted) in [
            (true, vec![(1, '+')], "wait"),
            (true, vec![(1, '+'), (29, '-')], "wait"),
            (true, vec![(30, '+')], "power-detail-bmc-answers"),
            (true, vec![(5, '!'), (9, '+')], "power-detail-bmc-back"),
            (false, vec![(5, '!'), (9, '?')], "power-detail-bmc-back"),
            (false, vec![(30, '+')], "wait"),
            (false, vec![(60, '+')], "power-detail-untold"),
            (true, vec![(5, '!'), (60, '!')], "power-detail-bmc-away"),
        ] {
            assert_eq!(
                outcome(watch(Action::BmcReset, accepted), &looks),
                wanted,
                "{accepted} {looks:?}"
            );
        }
    }

    #[test]
    fn a_boot_override_is_done_when_it_reads_back() {
        use crate::power::setting::{BootChoice, BootDevice};
        let pxe = BootChoice {
            device: BootDevice::Pxe,
            persistent: false,
            uefi: true,
        };
        let disk = BootChoice {
            device: BootDevice::Disk,
            ..pxe
        };
        let watch = watch(Action::BootDevice, true);
        for (second, read, wanted) in [
            (1, Some(Some(pxe)), "power-detail-boot-set"),
            (1, Some(None), "wait"),
            (59, None, "wait"),
            (60, Some(Some(disk)), "power-detail-boot-not-seen"),
            (60, Some(None), "power-detail-boot-not-seen"),
            (60, None, "power-detail-timed-out-silent"),
        ] {
            let key = match watch.look_at_boot(SENT.plus_seconds(second), pxe, read) {
                Finding::Wait => "wait",
                Finding::SeenOff => "seen-off",
                Finding::Shown(detail) | Finding::TimedOut(detail) => detail.key(),
            };
            assert_eq!(key, wanted, "{second} {read:?}");
        }
    }
}
