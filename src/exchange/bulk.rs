//! Many records in one transaction, step by step in the order they were sent: all of them or none.

use std::sync::Mutex;

use super::difference::row_name;
use super::kinds::{Context, Kind};
use crate::base::change::Change;
use crate::base::fault::{Fault, FaultKind, FieldFault, Message};
use crate::base::fields::Fields;
use crate::identity::Permission;
use crate::store::portable::savepoint;
use crate::store::{Conn, Store};

/// Most steps at once.
pub const MOST_STEPS: usize = 1000;
/// Most faults that are told of one bulk.
const MOST_FAULTS: usize = 100;

/// A record as it shall be: what an import does with a row of the same columns.
#[derive(Debug)]
pub struct BulkStep {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its columns.
    pub fields: Fields,
}

impl BulkStep {
    /// What the record is found by, for people: `SHA1 / 3A`.
    pub fn name(&self) -> String {
        row_name(self.kind, &self.fields)
    }
}

/// Does all steps, or none when one of them is refused; a dry run does none and says the same. The fields of the fault
/// are named after their step: `steps[3].fields.name`.
pub fn bulk(
    store: &Store,
    context: &Context<'_>,
    steps: &[BulkStep],
    dry_run: bool,
) -> Result<Vec<Change>, Fault> {
    context.actor.require(Permission::ImportExport)?;
    let kept: Mutex<Vec<Change>> = Mutex::new(Vec::new());
    let outcome = store.write_blocking("bulk", |c| {
        let changes = each(c, context, steps)?;
        if !dry_run {
            return Ok(changes);
        }
        if let Ok(mut kept) = kept.lock() {
            *kept = changes;
        }
        let message = Message::new("import-rolled-back");
        Err(Fault::new(FaultKind::Conflict, message))
    });
    match (outcome, kept.into_inner()) {
        (Err(fault), Ok(kept)) if dry_run && fault.message.key == "import-rolled-back" => Ok(kept),
        (outcome, _) => outcome,
    }
}

fn each(c: &mut Conn, context: &Context<'_>, steps: &[BulkStep]) -> Result<Vec<Change>, Fault> {
    let mut changes = Vec::with_capacity(steps.len());
    let mut faults = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        // A savepoint each: the steps behind one that is refused are looked at too, so that all faults are told at once.
        let outcome = savepoint(c, |c| (step.kind.import_row)(c, context, &step.fields));
        match outcome {
            Ok(change) => changes.push(change),
            Err(fault) if is_of_step(&fault) => faults.extend(at_step(place, fault)),
            Err(fault) => return Err(fault),
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() {
        Ok(changes)
    } else {
        Err(Fault::invalid(faults))
    }
}

/// Whether a fault speaks of the step alone; any other ends the bulk as it is.
fn is_of_step(fault: &Fault) -> bool {
    !fault.retryable
        && !matches!(
            fault.kind,
            FaultKind::Internal
                | FaultKind::Unavailable
                | FaultKind::Forbidden
                | FaultKind::Unauthenticated
        )
}

/// The faults of a step, each at its field; one that has no field is the step's as a whole.
fn at_step(place: usize, fault: Fault) -> Vec<FieldFault> {
    if fault.fields.is_empty() {
        return vec![FieldFault::new(format!("steps[{place}]"), fault.message)];
    }
    let at = |field: FieldFault| {
        let name = format!("steps[{place}].fields.{}", field.field);
        FieldFault::new(name, field.message)
    };
    fault.fields.into_iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named_after_its_step() {
        let names = |fault: Fault| -> Vec<String> {
            let faults = at_step(3, fault).into_iter();
            faults.map(|fault| fault.field.into_owned()).collect()
        };
        let at_field = Fault::field("name", Message::new("fault-required"));
        assert_eq!(names(at_field), ["steps[3].fields.name"]);
        let whole = Fault::conflict(Message::new("fault-required"));
        assert_eq!(names(whole), ["steps[3]"]);
    }
}
