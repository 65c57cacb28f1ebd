//! Reading and switching single outlets of PDUs. A command is sent once: after silence it may have been carried out,
//! and only reading the state tells.

use std::time::Duration;

use ::snmp::{Oid, Value};
use tokio::time::Instant;

use super::error::{NotUnderstood, SnmpError, SnmpErrorKind, Stage};
use super::hub::SnmpHub;
use super::pdu::Family;
use super::target::SnmpTarget;
use crate::base::gauge::OutletState;

/// Why an outlet could not be read or switched.
#[derive(Debug, thiserror::Error)]
pub enum OutletError {
    /// Outlets of this family can't be switched.
    #[error("outlets of {maker} PDUs of the family {family} can't be switched")]
    NotSwitchable {
        /// Who makes them.
        maker: String,
        /// Word of the family.
        family: String,
    },
    /// The PDU has no such outlet.
    #[error("no outlet {place}")]
    NoSuchOutlet {
        /// Its index in the PDU's tables.
        place: String,
    },
    /// The PDU did not answer as it should.
    #[error("{0}")]
    Asking(Box<SnmpError>),
}

impl From<SnmpError> for OutletError {
    fn from(error: SnmpError) -> Self {
        Self::Asking(Box::new(error))
    }
}

impl OutletError {
    /// Whether a command that failed so may have been carried out all the same.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        match self {
            Self::NotSwitchable { .. } | Self::NoSuchOutlet { .. } => false,
            Self::Asking(error) => match &error.kind {
                SnmpErrorKind::NoAnswer | SnmpErrorKind::Deadline { .. } => true,
                SnmpErrorKind::NotUnderstood(NotUnderstood::AgentError { .. }) => false,
                SnmpErrorKind::NotUnderstood(_) => true,
                _ => false,
            },
        }
    }

    /// Whether trying again later may help without anybody changing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let Self::Asking(error) = self else {
            return false;
        };
        matches!(
            error.kind,
            SnmpErrorKind::NoAnswer | SnmpErrorKind::Network(_) | SnmpErrorKind::Deadline { .. }
        )
    }
}

/// One outlet of a PDU.
#[derive(Debug, Clone, Copy)]
pub struct OutletOf<'a> {
    /// How the PDU is asked.
    pub target: &'a SnmpTarget,
    /// What it is.
    pub family: &'static Family,
    /// Index of the outlet in the PDU's tables.
    pub place: &'a str,
}

impl OutletOf<'_> {
    fn error(&self, begun: Instant, attempt: u32, kind: SnmpErrorKind) -> OutletError {
        OutletError::from(SnmpError {
            target: self.target.address,
            stage: Stage::Outlet,
            elapsed: begun.elapsed(),
            attempt,
            kind,
        })
    }

    fn no_such(&self) -> OutletError {
        OutletError::NoSuchOutlet {
            place: self.place.to_owned(),
        }
    }

    /// A row of a column; the place is its index.
    fn row(&self, column: &Oid) -> Result<Oid, OutletError> {
        let mut arcs = column.arcs().to_vec();
        for arc in self.place.split('.') {
            arcs.push(arc.parse().map_err(|_| self.no_such())?);
        }
        Ok(Oid::from_slice(&arcs))
    }

    /// The row that switches it, and what is written; `generation` is the column that its state was read from.
    fn command(&self, generation: usize, on: bool) -> Result<(Oid, i32), OutletError> {
        let fitting: Vec<(&str, i64)> = self
            .family
            .controls()
            .iter()
            .filter_map(|control| {
                let value = if on { control.on } else { control.off };
                value.map(|value| (control.oid.as_str(), value))
            })
            .collect();
        let found = fitting.get(generation).or_else(|| fitting.last());
        let not_switchable = || OutletError::NotSwitchable {
            maker: self.family.maker.clone(),
            family: self.family.word.clone(),
        };
        let (column, value) = found.ok_or_else(not_switchable)?;
        let column = Oid::parse(column).map_err(|_| not_switchable())?;
        let value = i32::try_from(*value).map_err(|_| not_switchable())?;
        Ok((self.row(&column)?, value))
    }
}

impl SnmpHub {
    /// Reads whether an outlet gives power.
    ///
    /// # Errors
    /// [`OutletError`]
    pub async fn outlet_state(&self, outlet: OutletOf<'_>) -> Result<OutletState, OutletError> {
        self.state_and_generation(outlet)
            .await
            .map(|(state, _)| state)
    }

    /// Tells an outlet once to give power or not. Success means that the PDU took it, not that it happened.
    ///
    /// # Errors
    /// [`OutletError`]
    pub async fn outlet_switch(&self, outlet: OutletOf<'_>, on: bool) -> Result<(), OutletError> {
        let (_, generation) = self.state_and_generation(outlet).await?;
        let (row, value) = outlet.command(generation, on)?;
        let begun = Instant::now();
        let (client, _) = self
            .client_of(outlet.target)
            .await
            .map_err(|kind| outlet.error(begun, 1, kind))?;
        let told = client.set(&row, Value::Integer(value)).await;
        told.map(drop)
            .map_err(|error| outlet.error(begun, 1, SnmpErrorKind::from_library(&error)))
    }

    /// The state, and from which of the family's columns it was read: the makers' generations differ in them.
    async fn state_and_generation(
        &self,
        outlet: OutletOf<'_>,
    ) -> Result<(OutletState, usize), OutletError> {
        let columns = outlet.family.outlet_states();
        let rows: Vec<Oid> = columns
            .iter()
            .map(|(column, _, _)| outlet.row(column))
            .collect::<Result<_, _>>()?;
        let values = self.rows_of(outlet, &rows).await?;
        let mut unclear = None;
        for (generation, (row, (_, on, off))) in rows.iter().zip(&columns).enumerate() {
            let said = values.iter().find(|(oid, _)| oid == row);
            match said.and_then(|(_, value)| whole(value)) {
                Some(number) if number == *on => return Ok((OutletState::On, generation)),
                Some(number) if number == *off => return Ok((OutletState::Off, generation)),
                Some(_) => unclear = unclear.or(Some((OutletState::Unknown, generation))),
                None => {}
            }
        }
        unclear.ok_or_else(|| outlet.no_such())
    }

    /// The rows of one outlet; asked again after silence.
    async fn rows_of(
        &self,
        outlet: OutletOf<'_>,
        rows: &[Oid],
    ) -> Result<Vec<(Oid, Value)>, OutletError> {
        let begun = Instant::now();
        let mut attempt = 1;
        loop {
            let (client, _) = self
                .client_of(outlet.target)
                .await
                .map_err(|kind| outlet.error(begun, attempt, kind))?;
            let kind = match client.get_many(rows).await {
                Ok(answer) => {
                    let pairs = answer.varbinds.into_iter();
                    return Ok(pairs.map(|pair| (pair.oid, pair.value)).collect());
                }
                Err(error) => SnmpErrorKind::from_library(&error),
            };
            let again = matches!(kind, SnmpErrorKind::NoAnswer) && attempt <= outlet.target.retries;
            if !again {
                return Err(outlet.error(begun, attempt, kind));
            }
            attempt += 1;
        }
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(i64::from(*number)),
        Value::Gauge32(number) => Some(i64::from(*number)),
        _ => None,
    }
}

/// How long a PDU may think about one answer when an outlet is switched.
pub const OUTLET_ANSWER_WITHIN: Duration = Duration::from_secs(3);
