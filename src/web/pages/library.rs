//! Import of the device type library by upload.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::exchange::library::{LibraryFile, LibraryMode, LibraryReport, Listed, library_import};
use crate::exchange::parcel::{is_zip, unpack};
use crate::identity::Permission;
use crate::web::admission::MayReadLibrary;
use crate::web::guards::Signed;
use crate::web::uploads::Uploaded;
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

/// Findings that a page shows.
const SHOWN: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    routes![page, upload]
}

fn listed(web: &Web, signed: &Signed, listed: &Listed) -> Value {
    let rows: Vec<Value> = listed
        .shown
        .iter()
        .take(SHOWN)
        .map(|found| {
            json!({
                "file": found.file,
                "line": found.finding.line,
                "place": found.finding.place,
                "value": found.finding.value,
                "text": web.words.say(signed.reader.locale, &found.finding.message),
            })
        })
        .collect();
    json!({"count": listed.count, "more": listed.count.saturating_sub(rows.len()), "rows": rows})
}

fn report_value(web: &Web, signed: &Signed, report: &LibraryReport) -> Value {
    json!({
        "files": report.files,
        "left": report.left_out,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "modules": report.modules,
        "understood": report.understood,
        "wrong_files": report.wrong_files,
        "written": report.written,
        "odd": listed(web, signed, &report.odd),
        "wrong": listed(web, signed, &report.wrong),
    })
}

fn show(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    report: Option<&LibraryReport>,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "library-title");
    let refused = report.is_some_and(|report| report.wrong_files > 0 && !report.written);
    View::new(
        web,
        &signed.reader,
        "device_types/import.html",
        &title,
        "devices",
    )
    .crumbs(&[
        (&web.words.text(locale, "devices-title"), "/devices"),
        (&web.words.text(locale, "types-title"), "/device-types"),
    ])
    .with(
        "form",
        form_context(web, locale, "/device-types/import", fields, fault),
    )
    .with(
        "report",
        report.map(|report| report_value(web, signed, report)),
    )
    .status(if fault.is_some() || refused {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(|fault| signed.failure(fault))
}

#[get("/device-types/import")]
async fn page(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let fields: Fields = [("dry_run", "true")].into_iter().collect();
    show(web, &signed, &fields, None, None)
}

#[post("/device-types/import", data = "<upload>")]
async fn upload(
    web: &State<Web>,
    signed: Signed,
    _may: MayReadLibrary,
    upload: Uploaded,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    if upload.bytes.is_empty() {
        let fault = Fault::field("file", Message::new("import-no-file"));
        return show(web, &signed, &upload.fields, None, Some(&fault));
    }
    let (actor, store, bytes) = (signed.actor.clone(), web.store.clone(), upload.bytes);
    let mode = LibraryMode {
        dry_run: upload.fields.yes("dry_run"),
        keep_going: upload.fields.yes("keep_going"),
    };
    let outcome = rocket::tokio::task::spawn_blocking(move || {
        let files = if is_zip(&bytes) {
            unpack(&bytes)?
        } else {
            let name = "upload.yaml".to_owned();
            vec![LibraryFile { name, bytes }]
        };
        if files.is_empty() {
            return Err(Fault::field("file", Message::new("library-no-files")));
        }
        library_import(&store, &actor, files, mode, &|_| ())
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
