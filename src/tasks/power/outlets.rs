//! One intent from its claim to its end by the outlets of PDUs. Each command to an outlet is on record before it goes
//! out, so that a restart of the program goes on where it was and tells no outlet twice.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::means::Means;
use super::record::words;
use crate::base::fault::Fault;
use crate::base::gauge::OutletState;
use crate::base::ids::IntentId;
use crate::base::time::Timestamp;
use crate::facility::{OutletToSwitch, outlet_seen, outlets_to_switch};
use crate::identity::Actor;
use crate::power::ops::{
    Claimed, Sent, intent_note, intent_send, intent_started, intent_steps, intent_verifying,
    outlet_way,
};
use crate::power::outlet_steps::{Next, OutletRun, Told, before, state_of};
use crate::power::port::{OutletAt, OutletPort, PortFault, PortFaultKind};
use crate::power::watch::Before;
use crate::power::{Action, Detail, IntentState, OutletWay, PowerState, Step};

/// Carries an intent out. Gives its final state, or `None` when it was left for later because of a stop.
pub(super) async fn carry_out(
    means: &Means,
    claimed: Claimed,
    stop: &CancellationToken,
) -> Result<Option<IntentState>, Fault> {
    let device = claimed.intent.device_id;
    let outlets = means
        .store
        .read(move |c| outlets_to_switch(c, device))
        .await?;
    let is_begun = claimed.intent.command_sent_at.is_some();
    let ready = is_begun || outlet_way(&outlets) == OutletWay::Ready;
    let port = means
        .outlets
        .clone()
        .filter(|_| ready && !outlets.is_empty());
    let Some(port) = port else {
        let detail = Detail::new("power-detail-no-outlets");
        let ended = means.finish(claimed.intent.id, IntentState::Refused, detail, None);
        return ended.await.map(Some);
    };
    let run = Run {
        means,
        claimed,
        outlets,
        port,
        stop,
    };
    run.go().await
}

struct Run<'a> {
    means: &'a Means,
    claimed: Claimed,
    outlets: Vec<OutletToSwitch>,
    port: Arc<dyn OutletPort>,
    stop: &'a CancellationToken,
}

impl Run<'_> {
    fn id(&self) -> IntentId {
        self.claimed.intent.id
    }

    async fn go(&self) -> Result<Option<IntentState>, Fault> {
        if self.claimed.intent.command_sent_at.is_some() {
            let run = self.resumed().await?;
            return self.carry_on(run).await;
        }
        match self.prepare().await? {
            Prepared::Go(deadline_at) => self.carry_on(self.begin(deadline_at)).await,
            Prepared::Ended(state) => Ok(Some(state)),
            Prepared::Stopped => Ok(None),
        }
    }

    /// Reads all outlets and asks whether anything may be sent.
    async fn prepare(&self) -> Result<Prepared, Fault> {
        let begun = tokio::time::Instant::now();
        let read = loop {
            match self.read_all().await {
                Ok(read) => break read,
                Err(fault) => {
                    let is_over = begun.elapsed() >= self.means.pace.hard_timeout;
                    if fault.kind != PortFaultKind::Passing || is_over {
                        let detail = words("power-detail-outlets-not-reached", &fault);
                        let ended = self.end(IntentState::Failed, detail, None);
                        return ended.await.map(Prepared::Ended);
                    }
                }
            }
            if self.rest(self.means.pace.look).await {
                return Ok(Prepared::Stopped);
            }
        };
        let (id, at, state) = (self.id(), Timestamp::now(), state_of(&read));
        self.means
            .record(move |c, owner| intent_started(c, owner, id, at, state))
            .await?;
        let intent = &self.claimed.intent;
        let ended = match before(intent.action, &read, intent.unknown_state_confirmed) {
            Before::Send => return self.may_send().await,
            Before::Done(detail) => self.end(IntentState::Succeeded, detail, Some(state)),
            Before::Refuse(detail) => self.end(IntentState::Refused, detail, Some(state)),
        };
        ended.await.map(Prepared::Ended)
    }

    /// Commits that commands go out.
    async fn may_send(&self) -> Result<Prepared, Fault> {
        let (id, now) = (self.id(), Timestamp::now());
        let timeout_ms = millis(self.means.pace.hard_timeout);
        let sent = self
            .means
            .record(move |c, owner| intent_send(c, owner, id, now, timeout_ms))
            .await?;
        match sent {
            Sent::Refused(detail) => {
                let ended = self.end(IntentState::Refused, detail, None);
                ended.await.map(Prepared::Ended)
            }
            Sent::Go { deadline_at, .. } => {
                self.means
                    .record(move |c, owner| intent_verifying(c, owner, id, now, true))
                    .await?;
                Ok(Prepared::Go(deadline_at))
            }
        }
    }

    fn begin(&self, deadline_at: Timestamp) -> OutletRun {
        self.run_from(deadline_at, vec![Told::default(); self.outlets.len()], None)
    }

    fn run_from(
        &self,
        deadline_at: Timestamp,
        told: Vec<Told>,
        off_since: Option<Timestamp>,
    ) -> OutletRun {
        let pace = &self.means.pace;
        let times = (millis(pace.outlet_rest()), millis(pace.hard_timeout));
        OutletRun::new(
            self.claimed.intent.action,
            deadline_at,
            times,
            told,
            off_since,
        )
    }

    /// A run that an earlier process began, from what is on record of it.
    async fn resumed(&self) -> Result<OutletRun, Fault> {
        let (id, now) = (self.id(), Timestamp::now());
        let steps = self
            .means
            .store
            .read(move |c| intent_steps(c, &Actor::task("power", now), id))
            .await?;
        let intent = &self.claimed.intent;
        if intent.state == IntentState::Running {
            self.means
                .record(move |c, owner| intent_verifying(c, owner, id, now, true))
                .await?;
        }
        let told = told(&self.outlets, &steps);
        let off_since = steps
            .iter()
            .find(|step| key_of(step) == "power-detail-outlets-off")
            .map(|step| step.at);
        let deadline_at = intent.deadline_at.unwrap_or(now);
        Ok(self.run_from(deadline_at, told, off_since))
    }

    async fn carry_on(&self, mut run: OutletRun) -> Result<Option<IntentState>, Fault> {
        loop {
            let read = self.read_each().await;
            let now = Timestamp::now();
            let known: Vec<PowerState> = read.iter().flatten().copied().collect();
            match run.next(now, &read) {
                Next::Wait => {}
                Next::Tell { outlet, on } => {
                    if let Some(fault) = self.tell(outlet, on).await? {
                        let detail = words("power-detail-outlets-refused", &fault);
                        let seen = Some(state_of(&known));
                        return self.end(IntentState::Failed, detail, seen).await.map(Some);
                    }
                    continue;
                }
                Next::SeenOff => {
                    let detail = Detail::new("power-detail-outlets-off");
                    self.note(detail, Some(PowerState::Off)).await?;
                }
                ended => {
                    let (outcome, detail) = self.words_of(&ended);
                    let seen = Some(state_of(&known));
                    return self.end(outcome, detail, seen).await.map(Some);
                }
            }
            if self.rest(self.means.pace.look).await {
                return Ok(None);
            }
        }
    }

    /// Tells an outlet, once, after that is on record; gives why it will not.
    async fn tell(&self, outlet: usize, on: bool) -> Result<Option<PortFault>, Fault> {
        let Some(found) = self.outlets.get(outlet) else {
            return Ok(None);
        };
        let state = if on { PowerState::On } else { PowerState::Off };
        let detail = Detail::new("power-detail-outlet-sending")
            .with("outlet", found.label())
            .with("outlet_id", found.id.get())
            .with("state", state.as_str());
        self.note(detail, None).await?;
        match self.port.switch(&at(found), on).await {
            Err(fault) if !fault.may_have_acted => Ok(Some(fault)),
            // Whether it happened is seen, not believed.
            _ => Ok(None),
        }
    }

    async fn note(&self, detail: Detail, seen: Option<PowerState>) -> Result<(), Fault> {
        let (id, at) = (self.id(), Timestamp::now());
        self.means
            .record(move |c, owner| intent_note(c, owner, id, at, &detail, seen))
            .await
    }

    fn words_of(&self, ended: &Next) -> (IntentState, Detail) {
        let count = self.outlets.len();
        let action = self.claimed.intent.action;
        match ended {
            Next::TimedOut(left) => {
                let names: Vec<String> = left
                    .iter()
                    .filter_map(|outlet| self.outlets.get(*outlet))
                    .map(OutletToSwitch::label)
                    .collect();
                let detail =
                    Detail::new("power-detail-outlets-timed-out").with("outlets", names.join(", "));
                (IntentState::TimedOut, detail)
            }
            Next::Restored => {
                let detail = Detail::new("power-detail-outlets-restored");
                (IntentState::TimedOut, detail)
            }
            _ if action == Action::Cycle => {
                let detail = Detail::new("power-detail-outlets-cycled").with("count", count);
                (IntentState::Succeeded, detail)
            }
            _ => {
                let state = if action == Action::On {
                    PowerState::On
                } else {
                    PowerState::Off
                };
                let detail = Detail::new("power-detail-outlets-shown")
                    .with("count", count)
                    .with("state", state.as_str());
                (IntentState::Succeeded, detail)
            }
        }
    }

    /// All outlets, or the first that can't be read.
    async fn read_all(&self) -> Result<Vec<PowerState>, PortFault> {
        let mut all = Vec::with_capacity(self.outlets.len());
        for outlet in &self.outlets {
            all.push(self.port.read(&at(outlet)).await?);
        }
        Ok(all)
    }

    /// Each outlet as far as it can be read; what is seen is kept.
    async fn read_each(&self) -> Vec<Option<PowerState>> {
        let mut all = Vec::with_capacity(self.outlets.len());
        for outlet in &self.outlets {
            let read = self.port.read(&at(outlet)).await;
            if let Err(fault) = &read {
                tracing::debug!(intent = self.id().get(), %fault, "an outlet could not be read");
            }
            all.push(read.ok());
        }
        all
    }

    /// Waits; `true` when the program stops meanwhile.
    async fn rest(&self, time: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => true,
            () = tokio::time::sleep(time) => false,
        }
    }

    /// Ends the intent, and keeps what the outlets show at its end.
    async fn end(
        &self,
        outcome: IntentState,
        detail: Detail,
        seen: Option<PowerState>,
    ) -> Result<IntentState, Fault> {
        if self.claimed.intent.command_sent_at.is_some() || seen.is_some() {
            self.keep_states().await?;
        }
        self.means.finish(self.id(), outcome, detail, seen).await
    }

    async fn keep_states(&self) -> Result<(), Fault> {
        let read = self.read_each().await;
        let seen: Vec<_> = self
            .outlets
            .iter()
            .map(|outlet| outlet.id)
            .zip(read)
            .collect();
        let at = Timestamp::now();
        self.means
            .record(move |c, _| {
                for (outlet, read) in &seen {
                    let state = match read {
                        Some(PowerState::On) => OutletState::On,
                        Some(PowerState::Off) => OutletState::Off,
                        _ => continue,
                    };
                    outlet_seen(c, *outlet, state, at)?;
                }
                Ok(())
            })
            .await
    }
}

/// How far a run came before its first command.
enum Prepared {
    /// Commands may go out until then.
    Go(Timestamp),
    /// It ended there.
    Ended(IntentState),
    /// The program stops.
    Stopped,
}

fn at(outlet: &OutletToSwitch) -> OutletAt {
    OutletAt {
        pdu: outlet.pdu,
        place: outlet.place.clone(),
    }
}

fn key_of(step: &Step) -> &'static str {
    step.words().map_or("", |words| words.key())
}

/// What each outlet was told, as the steps have it.
fn told(outlets: &[OutletToSwitch], steps: &[Step]) -> Vec<Told> {
    let mut told = vec![Told::default(); outlets.len()];
    for words in steps.iter().filter_map(Step::words) {
        let number = words.number("outlet_id");
        let place = outlets
            .iter()
            .position(|outlet| Some(outlet.id.get()) == number);
        let Some(told) = place.and_then(|place| told.get_mut(place)) else {
            continue;
        };
        match words.text("state") {
            Some("on") => told.on = true,
            Some("off") => told.off = true,
            _ => {}
        }
    }
    told
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
