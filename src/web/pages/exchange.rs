//! Import and export of whole kinds of records.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::exchange::{self, Context, ImportFile, KINDS, Report};
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::guards::{Reader, Signed};
use crate::web::uploads::Uploaded;
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![page, upload, export]
}

fn kinds(web: &Web, reader: &Reader) -> Vec<Value> {
    let label = |name: &str| web.words.text(reader.locale, &format!("kind-{name}"));
    KINDS
        .iter()
        .map(|kind| json!({"value": kind.name, "label": label(kind.name), "columns": kind.columns.join(", ")}))
        .collect()
}

fn report_value(web: &Web, reader: &Reader, report: &Report) -> Value {
    let faults: Vec<Value> = report
        .faults
        .iter()
        .map(|fault| {
            json!({
                "line": fault.line,
                "column": fault.column,
                "value": fault.value,
                "text": web.words.say(reader.locale, &fault.message),
            })
        })
        .collect();
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|(name, created, updated, unchanged)| {
            json!({"name": name, "created": created, "updated": updated, "unchanged": unchanged})
        })
        .collect();
    json!({"files": files, "faults": faults, "fault_count": report.fault_count, "written": report.written})
}

fn show(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    report: Option<&Report>,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "import-title");
    let wrong = fault.is_some() || report.is_some_and(|report| report.fault_count > 0);
    View::new(
        web,
        &signed.reader,
        "exchange/import.html",
        &title,
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "nav-settings"), "/settings")])
    .with("kinds", kinds(web, &signed.reader))
    .with("form", form_context(web, locale, "/import", fields, fault))
    .with(
        "report",
        report.map(|report| report_value(web, &signed.reader, report)),
    )
    .status(if wrong {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/import")]
async fn page(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ImportExport)
        .map_err(|fault| signed.failure(fault))?;
    let fields: Fields = [("dry_run", "true")].into_iter().collect();
    show(web, &signed, &fields, None, None)
}

#[post("/import", data = "<upload>")]
async fn upload(web: &State<Web>, signed: Signed, upload: Uploaded) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ImportExport)
        .map_err(|fault| signed.failure(fault))?;
    let Some(kind) = exchange::kind(upload.fields.get("kind")) else {
        let fault = Fault::field("kind", Message::new("fault-required"));
        return show(web, &signed, &upload.fields, None, Some(&fault));
    };
    if upload.bytes.is_empty() {
        let fault = Fault::field("file", Message::new("import-no-file"));
        return show(web, &signed, &upload.fields, None, Some(&fault));
    }
    let (actor, keyring, store) = (signed.actor.clone(), web.keyring.clone(), web.store.clone());
    let (bytes, dry_run) = (upload.bytes, upload.fields.yes("dry_run"));
    let outcome = rocket::tokio::task::spawn_blocking(move || {
        let name = format!("{}.csv", kind.name);
        let rows = match exchange::read(kind, &name, &bytes) {
            Ok(rows) => rows,
            Err(faults) => return Ok(Report::unread(faults)),
        };
        let context = Context {
            actor: &actor,
            keyring: &keyring,
        };
        exchange::import(
            &store,
            &context,
            vec![ImportFile { name, kind, rows }],
            dry_run,
            &|_| (),
        )
    })
    .await
    .map_err(Fault::internal)?;
    match outcome {
        Ok(report) => show(web, &signed, &upload.fields, Some(&report), None),
        Err(fault) if belongs_in_form(&fault) => {
            show(web, &signed, &upload.fields, None, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/export/<file>")]
async fn export(web: &State<Web>, signed: Signed, file: &str) -> Result<Answer, Failure> {
    let kind = file.strip_suffix(".csv").and_then(exchange::kind);
    let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
    actor
        .require(Permission::ImportExport)
        .map_err(|fault| signed.failure(fault))?;
    let kind = kind.ok_or_else(|| {
        signed.failure(Fault::new(
            FaultKind::NotFound,
            Message::new("fault-not-found"),
        ))
    })?;
    web.store
        .read(move |c| {
            exchange::export(
                c,
                &Context {
                    actor: &actor,
                    keyring: &keyring,
                },
                kind,
            )
        })
        .await
        .and_then(|rows| csv_answer(kind.name, kind.columns, &rows))
        .map_err(|fault| signed.failure(fault))
}
