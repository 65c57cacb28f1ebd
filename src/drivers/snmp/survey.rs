//! Reading what is around a device and what it is, after its counters: neighbours and chassis. Each part fails by
//! itself, and none of them fails a poll.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::asker::Asker;
use super::entity::{self, Chassis};
use super::error::{SnmpError, Stage};
use super::hub::SnmpHub;
use super::lldp::{self, Neighbours};
use super::report::PortReading;
use super::side_table::SideFault;
use super::target::{PollOptions, SnmpTarget};

/// What is around a device, and what it is.
#[derive(Debug)]
pub struct Survey {
    /// Who is at the other end of its ports.
    pub neighbours: Result<Neighbours, SideFault>,
    /// Its chassis, several in a stack; none where it does not say.
    pub chassis: Result<Vec<Chassis>, SideFault>,
}

impl SnmpHub {
    /// Reads neighbours and chassis of a device whose `ports` were just read, within `budget`.
    ///
    /// # Errors
    /// [`SnmpError`] only where it can't be asked at all; what went wrong with a part is in the part.
    pub async fn survey(
        &self,
        target: &SnmpTarget,
        ports: &[PortReading],
        budget: Duration,
    ) -> Result<Survey, SnmpError> {
        let begun = Instant::now();
        let until = begun + budget;
        let (client, traffic) = self.client_of(target).await.map_err(|kind| SnmpError {
            target: target.address,
            stage: Stage::Preparation,
            elapsed: begun.elapsed(),
            attempt: 1,
            kind,
        })?;
        let options = PollOptions::within(budget);
        let mut asker = Asker::new(&client, target, &traffic, &options, begun);
        // Some time is left for the other part, whatever the first one does.
        let first = begun + budget * 2 / 3;
        let neighbours = timeout_at(first, Box::pin(lldp::read(&mut asker, ports))).await;
        let chassis = timeout_at(until, Box::pin(entity::read(&mut asker))).await;
        Ok(Survey {
            neighbours: neighbours.unwrap_or(Err(SideFault::Late)),
            chassis: chassis.unwrap_or(Err(SideFault::Late)),
        })
    }
}
