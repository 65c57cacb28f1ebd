//! Writing what several records shall get alike: all or none, each as a change of one.

use super::Conn;
use super::portable::savepoint;
use crate::base::alike::{AlikeDraft, AlikeField, AlikeId, AlikeRow, SeenRecord};
use crate::base::fault::{Fault, FaultKind, FieldFault, Message};
use crate::base::fields::Fields;

/// What a preview fails with once it has seen everything, so that nothing of it stays.
const PREVIEWED: &str = "alike-previewed";

/// What a change would do; in a write transaction, of which nothing stays.
///
/// # Errors
/// Those of the change.
pub fn previewed<T>(
    c: &mut Conn,
    change: impl FnOnce(&mut Conn) -> Result<Vec<T>, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut rows = Vec::new();
    let outcome: Result<(), Fault> = savepoint(c, |c| {
        rows = change(c)?;
        Err(Fault::conflict(Message::new(PREVIEWED)))
    });
    match outcome {
        Err(fault) if fault.message.key != PREVIEWED => Err(fault),
        _ => Ok(rows),
    }
}

/// Changes each record in a savepoint of its own: what is refused must leave nothing behind, and PostgreSQL ready to go on.
/// `read` gives a record and its fields, `change` writes one.
///
/// # Errors
/// What is no refusal of a record, and records that are not there.
pub fn each_alike<R, F: AlikeField>(
    c: &mut Conn,
    seen: &[SeenRecord<F::Id>],
    draft: &AlikeDraft<F>,
    read: impl Fn(&mut Conn, F::Id) -> Result<(R, Fields), Fault>,
    change: impl Fn(&mut Conn, SeenRecord<F::Id>, &R, &Fields) -> Result<(), Fault>,
) -> Result<Vec<AlikeRow<R, F>>, Fault> {
    let mut rows = Vec::with_capacity(seen.len());
    for one in seen {
        let (row, record) = read(c, one.id)?;
        let changes = draft.changes(&record);
        let outcome = savepoint(c, |c| change(c, *one, &row, &record));
        let refusal = match outcome {
            Ok(()) => None,
            Err(fault) if fault.retryable => return Err(fault),
            Err(fault) => match fault.kind {
                FaultKind::Internal
                | FaultKind::Unavailable
                | FaultKind::Forbidden
                | FaultKind::Unauthenticated => return Err(fault),
                _ => Some(fault),
            },
        };
        rows.push(AlikeRow {
            row,
            changes,
            refusal,
        });
    }
    Ok(rows)
}

/// The rows when nothing stands against any of them.
///
/// # Errors
/// A record that is another by now, by its name, else every refusal under `devices/12/status`.
pub fn all_or_none<R, F: AlikeField>(
    rows: Vec<AlikeRow<R, F>>,
    id: impl Fn(&R) -> F::Id,
) -> Result<Vec<AlikeRow<R, F>>, Fault> {
    if rows.iter().all(|row| row.refusal.is_none()) {
        return Ok(rows);
    }
    let refusals: Vec<(F::Id, &Fault)> = rows
        .iter()
        .filter_map(|row| Some((id(&row.row), row.refusal.as_ref()?)))
        .collect();
    let stale = refusals
        .iter()
        .find(|(_, fault)| fault.kind == FaultKind::Stale);
    if let Some((_, fault)) = stale {
        return Err((*fault).clone());
    }
    let said = <F::Id as AlikeId>::SAID;
    let message = Message::new(said.refused).with("count", refusals.len());
    let fields = refusals.into_iter().flat_map(|(id, fault)| {
        let folder = said.folder;
        let at = |field: &FieldFault| {
            FieldFault::new(
                format!("{folder}/{id}/{}", field.field),
                field.message.clone(),
            )
        };
        if fault.fields.is_empty() {
            vec![FieldFault::new(
                format!("{folder}/{id}"),
                fault.message.clone(),
            )]
        } else {
            fault.fields.iter().map(at).collect()
        }
    });
    Err(Fault {
        fields: fields.collect(),
        ..Fault::conflict(message)
    })
}
