//! One intent from its claim to its end.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::identity::what_is_wrong;
use super::means::Means;
use super::record::words;
use crate::base::fault::Fault;
use crate::base::ids::IntentId;
use crate::base::time::Timestamp;
use crate::power::identity::OnRecord;
use crate::power::ops::{
    Claimed, Sent, credential_refused, intent_note, intent_send, intent_started, intent_verifying,
    light_seen, outcome_observed, target,
};
use crate::power::port::{PortFault, PortFaultKind, PortTarget, PowerSession};
use crate::power::watch::{Before, Finding, Watch, before};
use crate::power::{Action, BmcEndpoint, BootChoice, Detail, IntentState, PowerState, Setting};
use crate::store::Conn;

/// Longest wait for the end of a session; it is closed in the background all the same.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// Carries an intent out. Gives its final state, or `None` when it was left for later because of a stop.
pub(super) async fn carry_out(
    means: &Means,
    claimed: Claimed,
    stop: &CancellationToken,
) -> Result<Option<IntentState>, Fault> {
    let Some(endpoint) = claimed.endpoint.clone() else {
        let detail = Detail::new("power-detail-no-bmc");
        let ended = means.finish(claimed.intent.id, IntentState::Refused, detail, None);
        return ended.await.map(Some);
    };
    let target = target(&endpoint, &means.keyring, true)?;
    let mut run = Run {
        means,
        claimed,
        endpoint,
        target,
        stop,
        session: None,
        suite: None,
    };
    let outcome = run.go().await;
    run.close().await;
    outcome
}

struct Run<'a> {
    means: &'a Means,
    claimed: Claimed,
    endpoint: BmcEndpoint,
    target: PortTarget,
    stop: &'a CancellationToken,
    session: Option<Box<dyn PowerSession>>,
    suite: Option<i64>,
}

/// How far a run came before the command.
enum Ready {
    /// The command may go out.
    Send,
    /// It ended there.
    Ended(IntentState),
    /// The program stops.
    Stopped,
}

impl Run<'_> {
    fn id(&self) -> IntentId {
        self.claimed.intent.id
    }

    async fn go(&mut self) -> Result<Option<IntentState>, Fault> {
        if self.claimed.intent.command_sent_at.is_none() {
            match self.prepare().await? {
                Ready::Send => {}
                Ready::Ended(state) => return Ok(Some(state)),
                Ready::Stopped => return Ok(None),
            }
            match self.send().await? {
                Step::Watch(watch) => return self.watch(watch).await,
                Step::Ended(state) => return Ok(Some(state)),
            }
        }
        let watch = self.resumed().await?;
        self.watch(watch).await
    }

    /// Reads state and identity, and judges whether anything is to be sent.
    async fn prepare(&mut self) -> Result<Ready, Fault> {
        let begun = tokio::time::Instant::now();
        let action = self.claimed.intent.action;
        let (state, wrong) = loop {
            match self.read().await {
                Ok(read) => break read,
                Err(fault) if fault.kind == PortFaultKind::Passing => {
                    self.session = None;
                    if begun.elapsed() >= self.means.pace.hard_timeout {
                        let detail = words("power-detail-bmc-not-reached", &fault);
                        return self.end(IntentState::Failed, detail, None).await;
                    }
                }
                Err(fault) => return self.give_up(fault).await.map(Ready::Ended),
            }
            if self.rest(self.means.pace.look).await {
                return Ok(Ready::Stopped);
            }
        };
        let (id, at) = (self.id(), Timestamp::now());
        self.record(move |c, owner| intent_started(c, owner, id, at, state))
            .await?;
        if let Some(detail) = wrong {
            return self.end(IntentState::Refused, detail, None).await;
        }
        self.observed(state).await?;
        match before(action, state, self.claimed.intent.unknown_state_confirmed) {
            Before::Send => Ok(Ready::Send),
            Before::Done(detail) => self.end(IntentState::Succeeded, detail, Some(state)).await,
            Before::Refuse(detail) => self.end(IntentState::Refused, detail, Some(state)).await,
        }
    }

    /// State, and what is wrong with the BMC's identity if anything is.
    async fn read(&mut self) -> Result<(PowerState, Option<Detail>), PortFault> {
        let guid = self.target.expected_guid.clone();
        let serial = self.claimed.machine.serial.clone();
        let session = self.open().await?;
        let state = session.state().await?;
        if guid.is_none() && serial.is_none() {
            return Ok((state, None));
        }
        let record = OnRecord {
            guid: guid.as_deref(),
            serial: serial.as_deref(),
        };
        Ok((state, what_is_wrong(&mut **session, record).await?))
    }

    async fn open(&mut self) -> Result<&mut Box<dyn PowerSession>, PortFault> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.means.port.open(&self.target).await?,
        };
        self.suite = session.suite().or(self.suite);
        Ok(self.session.insert(session))
    }

    /// Commits that the command goes out, then sends it: once.
    async fn send(&mut self) -> Result<Step, Fault> {
        let (id, action) = (self.id(), self.claimed.intent.action);
        let timeout = self.means.pace.timeout(action);
        let timeout_ms = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
        let now = Timestamp::now();
        let sent = self
            .record(move |c, owner| intent_send(c, owner, id, now, timeout_ms))
            .await?;
        let (sent_at, deadline_at) = match sent {
            Sent::Go {
                sent_at,
                deadline_at,
            } => (sent_at, deadline_at),
            Sent::Refused(detail) => {
                let state = self.finish(IntentState::Refused, detail, None).await?;
                return Ok(Step::Ended(state));
            }
        };
        let setting = self.claimed.intent.setting();
        let outcome = match self.open().await {
            Ok(session) => command(session, action, setting).await,
            Err(fault) => Err(fault),
        };
        let accepted = match outcome {
            Ok(()) => true,
            Err(fault) if fault.may_have_acted => false,
            Err(fault) => return self.give_up(fault).await.map(Step::Ended),
        };
        if !accepted || action == Action::BmcReset {
            self.session = None;
        }
        let at = Timestamp::now();
        self.record(move |c, owner| intent_verifying(c, owner, id, at, accepted))
            .await?;
        if accepted && action == Action::Identify {
            self.keep_light().await?;
        }
        Ok(Step::Watch(Watch {
            action,
            sent_at,
            deadline_at,
            accepted,
            seen_off: false,
        }))
    }

    /// Keeps what the light does now, where the BMC tells: nothing depends on it.
    async fn keep_light(&mut self) -> Result<(), Fault> {
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        let light = match session.light_state().await {
            Ok(Some(light)) => light,
            Ok(None) => return Ok(()),
            Err(fault) => {
                tracing::debug!(intent = self.id().get(), %fault, "the light is not told");
                return Ok(());
            }
        };
        let (device, at) = (self.claimed.machine.id, Timestamp::now());
        self.record(move |c, _| light_seen(c, device, light, at))
            .await
    }

    /// The watch over a command that another run sent.
    async fn resumed(&mut self) -> Result<Watch, Fault> {
        let intent = &self.claimed.intent;
        let sent_at = intent.command_sent_at.unwrap_or(intent.requested_at);
        let watch = Watch {
            action: intent.action,
            sent_at,
            deadline_at: intent.deadline_at.unwrap_or(sent_at),
            accepted: intent.state == IntentState::Verifying
                && intent
                    .detail()
                    .is_some_and(|detail| detail.key() == "power-detail-accepted"),
            seen_off: intent.observed_after.as_deref() == Some(PowerState::Off.as_str()),
        };
        if intent.state == IntentState::Running {
            let (id, at) = (intent.id, Timestamp::now());
            self.record(move |c, owner| intent_verifying(c, owner, id, at, false))
                .await?;
        }
        Ok(watch)
    }

    /// Looks until it shows or the time is over.
    async fn watch(&mut self, mut watch: Watch) -> Result<Option<IntentState>, Fault> {
        loop {
            let look = match self.look().await {
                Err(fault) if fault.kind == PortFaultKind::Credential => {
                    return self.give_up(fault).await.map(Some);
                }
                Err(fault) => {
                    tracing::debug!(intent = self.id().get(), %fault, "a look failed");
                    self.session = None;
                    None
                }
                Ok(look) => Some(look),
            };
            let (now, state) = (Timestamp::now(), look.map(|look| look.state));
            let finding = match self.claimed.intent.setting() {
                Setting::Boot(wanted) => {
                    watch.look_at_boot(now, wanted, look.map(|look| look.boot))
                }
                _ => watch.look(now, state),
            };
            match finding {
                Finding::Wait => {}
                Finding::SeenOff => {
                    let (id, detail) = (self.id(), Detail::new("power-detail-seen-off"));
                    let seen = Some(PowerState::Off);
                    self.record(move |c, owner| intent_note(c, owner, id, now, &detail, seen))
                        .await?;
                }
                Finding::Shown(detail) => {
                    return self.seen(IntentState::Succeeded, detail, state).await;
                }
                Finding::TimedOut(detail) => {
                    return self.seen(IntentState::TimedOut, detail, state).await;
                }
            }
            let time = self.until_next_look(&watch, now);
            if self.rest(time).await {
                return Ok(None);
            }
        }
    }

    /// Reads what the action changes.
    async fn look(&mut self) -> Result<Look, PortFault> {
        let action = self.claimed.intent.action;
        let session = self.open().await?;
        let state = session.state().await?;
        let boot = match action {
            Action::BootDevice => session.boot().await?,
            _ => None,
        };
        // A session would be lost with the BMC's restart: each look has its own.
        if action == Action::BmcReset {
            self.close().await;
        }
        Ok(Look { state, boot })
    }

    fn until_next_look(&self, watch: &Watch, now: Timestamp) -> Duration {
        let millis = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        let after = millis(now.since_millis(watch.sent_at));
        let left = millis(watch.deadline_at.since_millis(now)).max(Duration::from_millis(1));
        self.means.pace.next_look(after).min(left)
    }

    /// Waits; `true` when the program stops meanwhile.
    async fn rest(&mut self, time: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => true,
            () = tokio::time::sleep(time) => false,
        }
    }

    /// A failure that waiting does not heal.
    async fn give_up(&mut self, fault: PortFault) -> Result<IntentState, Fault> {
        let text = fault.to_string();
        let (outcome, detail) = match fault.kind {
            PortFaultKind::Credential => {
                let (bmc, version, at) =
                    (self.endpoint.id, self.endpoint.version, Timestamp::now());
                self.record(move |c, _| credential_refused(c, bmc, version, at, &text))
                    .await?;
                (IntentState::Failed, Detail::new("power-detail-credentials"))
            }
            PortFaultKind::NotInThisState => (
                IntentState::Refused,
                words("power-detail-bmc-refused", &fault),
            ),
            PortFaultKind::Passing | PortFaultKind::Lasting => (
                IntentState::Failed,
                words("power-detail-bmc-refused", &fault),
            ),
        };
        self.finish(outcome, detail, None).await
    }

    async fn seen(
        &mut self,
        outcome: IntentState,
        detail: Detail,
        state: Option<PowerState>,
    ) -> Result<Option<IntentState>, Fault> {
        if let Some(state) = state {
            self.observed(state).await?;
        }
        self.finish(outcome, detail, state).await.map(Some)
    }

    async fn end(
        &mut self,
        outcome: IntentState,
        detail: Detail,
        seen: Option<PowerState>,
    ) -> Result<Ready, Fault> {
        self.finish(outcome, detail, seen).await.map(Ready::Ended)
    }

    async fn finish(
        &mut self,
        outcome: IntentState,
        detail: Detail,
        seen: Option<PowerState>,
    ) -> Result<IntentState, Fault> {
        self.means.finish(self.id(), outcome, detail, seen).await
    }

    async fn observed(&mut self, state: PowerState) -> Result<(), Fault> {
        let (bmc, at, suite) = (self.endpoint.id, Timestamp::now(), self.suite);
        self.record(move |c, _| outcome_observed(c, bmc, at, state, suite))
            .await
    }

    async fn record<T, F>(&mut self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &str) -> Result<T, Fault> + Send + 'static,
    {
        self.means.record(work).await
    }

    async fn close(&mut self) {
        if let Some(session) = self.session.take()
            && let Ok(Err(fault)) = tokio::time::timeout(CLOSE_WAIT, session.close()).await
        {
            tracing::debug!(%fault, "closing a session");
        }
    }
}

/// Sends the command of an action: once.
async fn command(
    session: &mut Box<dyn PowerSession>,
    action: Action,
    setting: Setting,
) -> Result<(), PortFault> {
    match (action, setting) {
        (Action::Identify, Setting::Light(seconds)) => session.light(seconds).await,
        (Action::BootDevice, Setting::Boot(choice)) => session.set_boot(choice).await,
        (Action::BmcReset, _) => session.reset_bmc().await,
        _ => session.act(action).await,
    }
}

/// What one look showed.
#[derive(Clone, Copy)]
struct Look {
    state: PowerState,
    boot: Option<BootChoice>,
}

/// What comes after the command.
enum Step {
    /// Watch.
    Watch(Watch),
    /// It ended there.
    Ended(IntentState),
}
