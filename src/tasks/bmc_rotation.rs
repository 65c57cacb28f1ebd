//! Changes passwords of BMCs: logs in with the old one, sets the new one once, logs in with the new one, and only then
//! puts it on record. Every step is committed before the next one is taken.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::power::ops::{
    ClaimedRotation, credential_refused, rotation_again, rotation_claim, rotation_done,
    rotation_failed, rotation_password, rotation_sending, rotation_testing, rotation_unclear,
    target,
};
use crate::power::port::{PortFault, PortFaultKind, PowerPort, PowerSession};
use crate::power::{BMC_TASK, BmcEndpoint, ROTATION_TASK, Rotation, RotationState};
use crate::store::Store;

/// Longest time for one call to a BMC.
const DEADLINE: Duration = Duration::from_secs(45);
/// Changes carried on in one activation.
const AT_ONCE: i64 = 16;

/// The task `bmc_rotation`.
pub struct BmcRotation {
    store: Store,
    keyring: Arc<Keyring>,
    port: Arc<dyn PowerPort>,
    interval: Duration,
}

/// With which password somebody logs in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    Old,
    New,
}

impl BmcRotation {
    /// A task that looks for changes this often, besides being woken.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        port: Arc<dyn PowerPort>,
        interval: Duration,
    ) -> Self {
        Self {
            store,
            keyring,
            port,
            interval,
        }
    }

    async fn go(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let now = Timestamp::now();
        let claimed = self
            .store
            .write("rotation.claim", move |c| rotation_claim(c, now, AT_ONCE))
            .await?;
        let count = claimed.len();
        for one in claimed {
            if stop.is_cancelled() {
                break;
            }
            self.carry_on(one).await?;
        }
        if count > 0 {
            self.store.wakeups().wake(BMC_TASK);
        }
        Ok(Message::new("tasks-said-bmc-rotation").with("count", count))
    }

    async fn carry_on(&self, claimed: ClaimedRotation) -> Result<(), Fault> {
        let rotation = claimed.rotation;
        let Some(endpoint) = claimed.endpoint else {
            let said = Message::new("rotation-step-no-bmc");
            return self.failed(rotation, said).await;
        };
        match rotation.state {
            RotationState::Queued => self.set(rotation, endpoint).await,
            _ => self.test(rotation, endpoint).await,
        }
    }

    async fn open(
        &self,
        rotation: &Rotation,
        endpoint: &BmcEndpoint,
        with: With,
    ) -> Result<Box<dyn PowerSession>, PortFault> {
        let sealed =
            |fault: Fault| PortFault::new(PortFaultKind::Lasting, "sealed", fault.to_string());
        let mut target = target(endpoint, &self.keyring, true).map_err(sealed)?;
        match with {
            With::Old => target.administrator = true,
            With::New => {
                target.password = rotation_password(rotation, &self.keyring).map_err(sealed)?;
            }
        }
        let mut session = in_time(self.port.open(&target)).await?;
        if target.expected_guid.is_some() {
            let identity = in_time(session.identity()).await?;
            if identity.is_expected != Some(true) {
                let text = format!("{}: another machine", target.address);
                return Err(PortFault::new(
                    PortFaultKind::Lasting,
                    "wrong-machine",
                    text,
                ));
            }
        }
        Ok(session)
    }

    /// Before the command: whatever goes wrong, nothing has changed.
    async fn set(&self, rotation: Rotation, endpoint: BmcEndpoint) -> Result<(), Fault> {
        let mut session = match self.open(&rotation, &endpoint, With::Old).await {
            Ok(session) => session,
            Err(fault) if fault.kind == PortFaultKind::Passing => {
                return self.later(rotation, &fault).await;
            }
            Err(fault) => return self.old_refused(rotation, &endpoint, &fault).await,
        };
        let password: Secret = rotation_password(&rotation, &self.keyring)?;
        let id = rotation.id;
        self.store
            .write("rotation.sending", move |c| {
                rotation_sending(c, id, Timestamp::now())
            })
            .await?;
        let outcome = in_time(session.set_password(password)).await;
        close(session).await;
        let said = match &outcome {
            Ok(()) => Message::new("rotation-step-accepted"),
            // In the time given nothing was heard: it may be so or not.
            Err(fault) if fault.may_have_acted || fault.kind == PortFaultKind::Passing => {
                Message::new("rotation-step-reply-lost")
            }
            Err(fault) => {
                return self
                    .failed(rotation, words("rotation-step-refused", fault))
                    .await;
            }
        };
        self.store
            .write("rotation.testing", move |c| {
                rotation_testing(c, id, Timestamp::now(), &said)
            })
            .await?;
        self.test(
            Rotation {
                state: RotationState::Testing,
                ..rotation
            },
            endpoint,
        )
        .await
    }

    /// After the command: which of the two holds?
    async fn test(&self, rotation: Rotation, endpoint: BmcEndpoint) -> Result<(), Fault> {
        match self.open(&rotation, &endpoint, With::New).await {
            Ok(session) => {
                close(session).await;
                let keyring = self.keyring.clone();
                self.store
                    .write("rotation.done", move |c| {
                        rotation_done(c, &keyring, &rotation, Timestamp::now())
                    })
                    .await
            }
            Err(fault) if fault.kind == PortFaultKind::Passing => {
                self.later(rotation, &fault).await
            }
            Err(fault) if fault.kind == PortFaultKind::Credential => {
                self.test_old(rotation, endpoint).await
            }
            Err(fault) => {
                let said = words("rotation-step-untestable", &fault);
                self.unclear(rotation, said).await
            }
        }
    }

    async fn test_old(&self, rotation: Rotation, endpoint: BmcEndpoint) -> Result<(), Fault> {
        match self.open(&rotation, &endpoint, With::Old).await {
            Ok(session) => {
                close(session).await;
                let said = Message::new("rotation-step-old-holds");
                self.failed(rotation, said).await
            }
            Err(fault) if fault.kind == PortFaultKind::Credential => {
                let said = Message::new("rotation-step-neither");
                self.unclear(rotation, said).await
            }
            Err(fault) => {
                let said = words("rotation-step-untestable", &fault);
                self.unclear(rotation, said).await
            }
        }
    }

    /// No answer: again in a while, and at last a person has to look.
    async fn later(&self, rotation: Rotation, fault: &PortFault) -> Result<(), Fault> {
        let said = words("rotation-step-silent", fault);
        let is_sent = rotation.state != RotationState::Queued;
        let last = words(
            if is_sent {
                "rotation-step-untestable"
            } else {
                "rotation-step-not-reached"
            },
            fault,
        );
        self.store
            .write("rotation.again", move |c| {
                let now = Timestamp::now();
                if rotation_again(c, &rotation, now, &said)? {
                    return Ok(());
                }
                if is_sent {
                    rotation_unclear(c, &rotation, now, &last)
                } else {
                    rotation_failed(c, &rotation, now, &last)
                }
            })
            .await
    }

    async fn old_refused(
        &self,
        rotation: Rotation,
        endpoint: &BmcEndpoint,
        fault: &PortFault,
    ) -> Result<(), Fault> {
        if fault.kind == PortFaultKind::Credential {
            let (id, version, text) = (endpoint.id, endpoint.version, fault.to_string());
            self.store
                .write("rotation.stop", move |c| {
                    credential_refused(c, id, version, Timestamp::now(), &text)
                })
                .await?;
        }
        self.failed(rotation, words("rotation-step-not-reached", fault))
            .await
    }

    async fn failed(&self, rotation: Rotation, said: Message) -> Result<(), Fault> {
        self.store
            .write("rotation.failed", move |c| {
                rotation_failed(c, &rotation, Timestamp::now(), &said)
            })
            .await
    }

    async fn unclear(&self, rotation: Rotation, said: Message) -> Result<(), Fault> {
        self.store
            .write("rotation.unclear", move |c| {
                rotation_unclear(c, &rotation, Timestamp::now(), &said)
            })
            .await
    }
}

fn words(key: &'static str, fault: &PortFault) -> Message {
    Message::new(key)
        .with("code", fault.code)
        .with("technical", fault.text.as_str())
}

async fn in_time<T>(call: impl Future<Output = Result<T, PortFault>>) -> Result<T, PortFault> {
    match tokio::time::timeout(DEADLINE, call).await {
        Ok(outcome) => outcome,
        Err(_) => Err(PortFault::new(
            PortFaultKind::Passing,
            "no-answer",
            format!("not done within {} s", DEADLINE.as_secs()),
        )),
    }
}

async fn close(session: Box<dyn PowerSession>) {
    if let Err(fault) = session.close().await {
        tracing::debug!(%fault, "closing a session");
    }
}

impl Task for BmcRotation {
    fn name(&self) -> &'static str {
        ROTATION_TASK
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.go(&stop).await })
    }
}
