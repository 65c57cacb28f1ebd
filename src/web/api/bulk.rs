//! `/api/v1/bulk`: many records at once, all or none.

use rocket::serde::json::Json;
use rocket::tokio::task::spawn_blocking;
use rocket::{Route, State, post, routes};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::change::Change;
use crate::base::fault::{Fault, FaultKind, FieldFault, Message};
use crate::base::fields::Fields;
use crate::exchange::{BulkStep, Context, KINDS, MOST_STEPS, bulk, kind};
use crate::identity::Permission;
use crate::web::forms::Document;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![run]
}

/// What became of a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkStepJson {
    kind: &'static str,
    /// What the record is found by.
    name: String,
    /// `created`, `updated` or `unchanged`.
    outcome: &'static str,
}

/// What became of a bulk.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkDoneJson {
    /// Whether it was a trial: nothing was written.
    dry_run: bool,
    created: usize,
    updated: usize,
    unchanged: usize,
    /// In the order they were sent.
    steps: Vec<BulkStepJson>,
}

/// Writes up to 1,000 records in one transaction, all or none: `{"dry_run": false, "steps": [{"kind": "racks", "fields":
/// {"site": "SHA1", "room": "3A", "name": "A09", "units": 42}}]}`. A step is a row of an import: `kind` is a kind of
/// the CSV files, `fields` are its columns, the record is found by its key columns and made when it is not there; what
/// is left out is empty, as in a file. Steps are done in the order they are sent. When one is refused, nothing is
/// written and the problem names each field: `steps[3].fields.name`.
#[utoipa::path(post, path = "/api/v1/bulk", tag = "bulk", request_body = Object,
    responses((status = 200, body = BulkDoneJson), (status = 422)))]
#[post("/bulk", data = "<document>")]
pub(super) async fn run(
    web: &State<Web>,
    caller: Caller,
    document: Document,
) -> Result<Json<BulkDoneJson>, Failure> {
    caller.actor.require(Permission::ImportExport)?;
    let (dry_run, steps) = read(&document.value)?;
    let (store, keyring) = (web.store.clone(), web.keyring.clone());
    let done = spawn_blocking(move || {
        let context = Context {
            actor: &caller.actor,
            keyring: &keyring,
        };
        let changes = bulk(&store, &context, &steps, dry_run)?;
        Ok::<_, Fault>(told(dry_run, &steps, &changes))
    });
    let done = done.await.map_err(Fault::internal)??;
    Ok(Json(done))
}

fn told(dry_run: bool, steps: &[BulkStep], changes: &[Change]) -> BulkDoneJson {
    let count = |wanted: Change| changes.iter().filter(|change| **change == wanted).count();
    let told = steps
        .iter()
        .zip(changes)
        .map(|(step, change)| BulkStepJson {
            kind: step.kind.name,
            name: step.name(),
            outcome: match change {
                Change::Created => "created",
                Change::Updated => "updated",
                Change::Unchanged => "unchanged",
            },
        });
    BulkDoneJson {
        dry_run,
        created: count(Change::Created),
        updated: count(Change::Updated),
        unchanged: count(Change::Unchanged),
        steps: told.collect(),
    }
}

/// Reads the body; all faults of its form at once.
fn read(value: &Value) -> Result<(bool, Vec<BulkStep>), Fault> {
    let body = value
        .as_object()
        .ok_or_else(|| Fault::new(FaultKind::Invalid, Message::new("fault-bulk-object")))?;
    let dry_run = match body.get("dry_run") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(dry_run)) => *dry_run,
        Some(_) => {
            let message = Message::new("fault-choice").with("allowed", "true, false");
            return Err(Fault::field("dry_run", message));
        }
    };
    let steps = body.get("steps").and_then(Value::as_array);
    let steps = steps.filter(|steps| !steps.is_empty() && steps.len() <= MOST_STEPS);
    let steps = steps.ok_or_else(|| {
        let message = Message::new("fault-bulk-steps").with("max", MOST_STEPS);
        Fault::field("steps", message)
    })?;
    let mut faults = Vec::new();
    let mut read = Vec::with_capacity(steps.len());
    for (place, step) in steps.iter().enumerate() {
        match read_step(place, step) {
            Ok(step) => read.push(step),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok((dry_run, read))
    } else {
        faults.truncate(100);
        Err(Fault::invalid(faults))
    }
}

fn read_step(place: usize, step: &Value) -> Result<BulkStep, FieldFault> {
    let name = step.get("kind").and_then(Value::as_str).unwrap_or_default();
    let kind = kind(name).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        let message = Message::new("fault-choice").with("allowed", names.join(", "));
        FieldFault::new(format!("steps[{place}].kind"), message)
    })?;
    let fields = step.get("fields").and_then(Fields::from_json);
    let fields = fields.ok_or_else(|| {
        let message = Message::new("fault-json-object");
        FieldFault::new(format!("steps[{place}].fields"), message)
    })?;
    let unknown = fields
        .iter()
        .find(|(column, _)| !kind.columns.contains(column));
    if let Some((column, _)) = unknown {
        let message =
            Message::new("import-unknown-column").with("allowed", kind.columns.join(", "));
        let field = format!("steps[{place}].fields.{column}");
        return Err(FieldFault::new(field, message));
    }
    Ok(BulkStep { kind, fields })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_bulk_is_refused_where_it_is_wrong() {
        let step = json!({"kind": "sites", "fields": {"code": "S1"}});
        let many: Vec<Value> = (0..=MOST_STEPS).map(|_| step.clone()).collect();
        for (body, field) in [
            (json!({}), "steps"),
            (json!({"steps": []}), "steps"),
            (json!({"steps": {}}), "steps"),
            (json!({"steps": many}), "steps"),
            (json!({"steps": [step], "dry_run": "yes"}), "dry_run"),
            (json!({"steps": [step, 7]}), "steps[1].kind"),
            (
                json!({"steps": [{"kind": "nothing", "fields": {}}]}),
                "steps[0].kind",
            ),
            (json!({"steps": [{"kind": "sites"}]}), "steps[0].fields"),
            (
                json!({"steps": [{"kind": "sites", "fields": {"colour": "red"}}]}),
                "steps[0].fields.colour",
            ),
        ] {
            let fault = read(&body).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Invalid);
            assert_eq!(fault.fields[0].field, field, "{body}");
        }
        assert!(read(&json!([])).is_err());
        let (dry_run, steps) = read(&json!({"steps": [step], "dry_run": true})).unwrap();
        assert!(dry_run);
        assert_eq!((steps.len(), steps[0].name()), (1, "S1".to_owned()));
    }
}
