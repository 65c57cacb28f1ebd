//! What both ways put on record.

use super::means::Means;
use crate::base::fault::Fault;
use crate::base::ids::IntentId;
use crate::base::time::Timestamp;
use crate::power::ops::intent_finish;
use crate::power::port::PortFault;
use crate::power::{Detail, IntentState, PowerState};
use crate::store::Conn;

impl Means {
    /// Writes under the name of this executor's claims.
    pub(super) async fn record<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &str) -> Result<T, Fault> + Send + 'static,
    {
        let owner = self.owner.clone();
        self.store
            .write("power.step", move |c| work(c, &owner))
            .await
    }

    /// Ends an intent.
    pub(super) async fn finish(
        &self,
        id: IntentId,
        outcome: IntentState,
        detail: Detail,
        seen: Option<PowerState>,
    ) -> Result<IntentState, Fault> {
        let (at, letters) = (Timestamp::now(), self.letters.clone());
        self.record(move |c, owner| {
            intent_finish(c, &letters, owner, id, at, outcome, &detail, seen)
        })
        .await?;
        Ok(outcome)
    }
}

/// A detail with the code and text of a driver's fault.
pub(super) fn words(key: &'static str, fault: &PortFault) -> Detail {
    Detail::new(key)
        .with("code", fault.code)
        .with("technical", fault.text.as_str())
}
