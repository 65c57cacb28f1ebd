//! Import and export of whole kinds of records: a file is tried first, its differences are shown, and then exactly that
//! file is written.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::response::stream::{Event, EventStream};
use rocket::{Route, Shutdown, State, get, post, routes};
use serde_json::{Value, json};

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::exchange::{self, Context, KINDS, Report, RowFault, Stage};
use crate::identity::Permission;
use crate::store::Conn;
use crate::web::admission::MayImport;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::{Reader, Signed};
use crate::web::imports::{self, Imports, Job, Sent};
use crate::web::live::{Mark, changes};
use crate::web::uploads::Uploaded;
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

/// The word of the form for files of NetBox.
const NETBOX: &str = "netbox";

pub(super) fn routes() -> Vec<Route> {
    routes![page, upload, preview, write, events, export]
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::ImportExport)
        .map_err(|fault| signed.failure(fault))
}

fn kinds(web: &Web, reader: &Reader) -> Vec<Value> {
    let label = |name: &str| web.words.text(reader.locale, &format!("kind-{name}"));
    KINDS
        .iter()
        .map(|kind| json!({"value": kind.name, "label": label(kind.name), "columns": kind.columns.join(", ")}))
        .collect()
}

fn show(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "import-title");
    let kinds = kinds(web, &signed.reader);
    let mut choices =
        vec![json!({"value": NETBOX, "label": web.words.text(locale, "import-netbox")})];
    choices.extend(kinds.iter().cloned());
    View::new(
        web,
        &signed.reader,
        "exchange/import.html",
        &title,
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "nav-settings"), "/settings")])
    .with("kinds", kinds)
    .with("choices", choices)
    .with("form", form_context(web, locale, "/import", fields, fault))
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/import")]
async fn page(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    show(web, &signed, &Fields::new(), None)
}

#[post("/import", data = "<upload>")]
async fn upload(
    web: &State<Web>,
    imports: &State<Imports>,
    signed: Signed,
    _may: MayImport,
    upload: Uploaded,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let wanted = upload.fields.get("kind");
    let kind = exchange::kind(wanted);
    if kind.is_none() && wanted != NETBOX {
        let fault = Fault::field("kind", Message::new("fault-required"));
        return show(web, &signed, &upload.fields, Some(&fault));
    }
    if upload.bytes.is_empty() {
        let fault = Fault::field("file", Message::new("import-no-file"));
        return show(web, &signed, &upload.fields, Some(&fault));
    }
    let name = match upload.name.as_str() {
        "" => wanted.to_owned(),
        name => name.chars().take(80).collect(),
    };
    let sent = Sent {
        name,
        kind,
        bytes: upload.bytes,
    };
    match imports.begin(web, &signed.actor, sent).await {
        Ok(job) => Ok(Answer::See(Redirect::to(format!("/import/{}", job.id)))),
        Err(fault) if belongs_in_form(&fault) => show(web, &signed, &upload.fields, Some(&fault)),
        Err(fault) => Err(signed.failure(fault)),
    }
}

fn faults_value(web: &Web, reader: &Reader, faults: &[RowFault]) -> Vec<Value> {
    faults
        .iter()
        .map(|fault| {
            json!({
                "line": fault.line,
                "column": fault.column,
                "value": fault.value,
                "text": web.words.say(reader.locale, &fault.message),
            })
        })
        .collect()
}

fn report_value(web: &Web, reader: &Reader, report: &Report) -> Value {
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|(name, created, updated, unchanged)| {
            json!({"name": name, "created": created, "updated": updated, "unchanged": unchanged})
        })
        .collect();
    let differences: Vec<Value> = report
        .differences
        .iter()
        .map(|difference| {
            let fields: Vec<Value> = difference
                .fields
                .iter()
                .map(|field| {
                    json!({"column": field.column, "before": field.before, "after": field.after})
                })
                .collect();
            json!({"line": difference.line, "name": difference.name, "fields": fields})
        })
        .collect();
    let more = |count: usize, shown: usize| count.saturating_sub(shown);
    json!({
        "files": files,
        "faults": faults_value(web, reader, &report.faults),
        "fault_count": report.fault_count,
        "more_faults": more(report.fault_count, report.faults.len()),
        "notes": faults_value(web, reader, &report.notes),
        "note_count": report.note_count,
        "more_notes": more(report.note_count, report.notes.len()),
        "differences": differences,
        "difference_count": report.difference_count,
        "more_differences": more(report.difference_count, report.differences.len()),
        "is_other": report.is_other,
        "written": report.written,
    })
}

/// How far it is, in words and as a share.
fn progress_value(job: &Job) -> Value {
    let step = job.progress();
    let percent = step.done.saturating_mul(100) / step.of.max(1);
    let stage = match step.stage {
        Stage::Read => "read",
        Stage::Check => "check",
        Stage::Write => "write",
    };
    json!({"stage": stage, "done": step.done, "of": step.of, "percent": percent.min(100)})
}

#[get("/import/<id>")]
async fn preview(
    web: &State<Web>,
    imports: &State<Imports>,
    signed: Signed,
    id: &str,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let job = imports
        .find(&signed.actor, id)
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let (report, fault) = match job.state() {
        imports::State::Working => (None, None),
        imports::State::Seen(report) | imports::State::Written(report) => (Some(report), None),
        imports::State::Failed(fault) => (None, Some(web.words.say(locale, &fault.message))),
    };
    let kind = job.kind.map_or_else(
        || web.words.text(locale, "import-netbox"),
        |kind| web.words.text(locale, &format!("kind-{}", kind.name)),
    );
    let title = web.words.text(locale, "import-preview-title");
    View::new(
        web,
        &signed.reader,
        "exchange/preview.html",
        &title,
        "settings",
    )
    .crumbs(&[
        (&web.words.text(locale, "nav-settings"), "/settings"),
        (&web.words.text(locale, "import-title"), "/import"),
    ])
    .with("file_name", &job.name)
    .with("kind_label", kind)
    .with("href", format!("/import/{id}"))
    .with("progress", progress_value(&job))
    .with(
        "report",
        report.map(|report| report_value(web, &signed.reader, &report)),
    )
    .with("failed", fault)
    .answer()
}

#[post("/import/<id>", data = "<_form>")]
async fn write(
    web: &State<Web>,
    imports: &State<Imports>,
    signed: Signed,
    id: &str,
    _form: Posted,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let job = imports
        .find(&signed.actor, id)
        .map_err(|fault| signed.failure(fault))?;
    imports
        .write(web, &signed.actor, &job)
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(Answer::See(Redirect::to(format!("/import/{id}"))))
}

#[get("/import/<id>/events?<within>")]
async fn events<'a>(
    web: &'a State<Web>,
    imports: &'a State<Imports>,
    signed: Signed,
    id: &'a str,
    within: Option<u64>,
    shutdown: Shutdown,
) -> Result<EventStream![Event + 'a], Failure> {
    allowed(&signed)?;
    let job = imports
        .find(&signed.actor, id)
        .map_err(|fault| signed.failure(fault))?;
    let look = move |_: &mut Conn| {
        let step = job.progress();
        let is_settled = !matches!(job.state(), imports::State::Working);
        Ok(Mark {
            text: format!("{:?} {}/{} {is_settled}", step.stage, step.done, step.of),
            is_settled,
        })
    };
    Ok(changes(web.store.clone(), shutdown, within, look))
}

#[get("/export/<file>")]
async fn export(web: &State<Web>, signed: Signed, file: &str) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (name, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let kind = exchange::kind(name).filter(|_| matches!(ending, "csv" | "xlsx"));
    let kind = kind.ok_or_else(|| signed.failure(Fault::not_found()))?;
    let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
    let is_workbook = ending == "xlsx";
    web.store
        .read(move |c| {
            let context = Context {
                actor: &actor,
                keyring: &keyring,
            };
            exchange::export(c, &context, kind)
        })
        .await
        .and_then(|rows| {
            if is_workbook {
                workbook_answer(kind, &rows)
            } else {
                csv_answer(kind.name, kind.columns, &rows)
            }
        })
        .map_err(|fault| signed.failure(fault))
}

fn workbook_answer(kind: &exchange::Kind, rows: &[Vec<String>]) -> Result<Answer, Fault> {
    Ok(Answer::File {
        name: format!("{}.xlsx", kind.name),
        media_type: exchange::WORKBOOK_TYPE,
        body: exchange::workbook(kind.name, kind.columns, rows)?,
    })
}
