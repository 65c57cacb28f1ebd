//! `/api/v1/customers/{id}/reports`: month reports, as they were sent.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::fault::Fault;
use crate::base::ids::CustomerId;
use crate::reports::{Month, MonthReport, report_list};
use crate::web::guards::Caller;
use crate::web::pages::reports::report_document;
use crate::web::view::Answer;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, document]
}

/// A month report that was made and is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportJson {
    /// `2026-11`.
    month: String,
    /// 1 for the first of the month, 2 for what came after a correction.
    edition: i64,
    /// Whether all periods in it were closed.
    is_final: bool,
    /// Its language.
    locale: String,
    /// SHA-256 of the document, hexadecimal.
    sha256: String,
    /// RFC 3339.
    made_at: String,
    /// Where the document is.
    href: String,
}

fn json(report: MonthReport) -> ReportJson {
    let (customer, month) = (report.customer_id, &report.month);
    let edition = report.edition;
    ReportJson {
        href: format!("/api/v1/customers/{customer}/reports/{month}.pdf?edition={edition}"),
        edition,
        is_final: report.is_final,
        locale: report.locale.to_string(),
        sha256: report.sha256,
        made_at: report.made_at.to_rfc3339(),
        month: report.month,
    }
}

/// The kept month reports of a customer, the newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/reports", tag = "customers",
    responses((status = 200, body = Vec<ReportJson>), (status = 404)))]
#[get("/customers/<id>/reports")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<ReportJson>>, Failure> {
    let reports = web
        .store
        .read(move |c| report_list(c, &caller.actor, CustomerId::new(id)))
        .await?;
    Ok(Json(reports.into_iter().map(json).collect()))
}

/// A month report as PDF: as it was sent, or, when it was not made yet, made now and not kept.
#[utoipa::path(get, path = "/api/v1/customers/{id}/reports/{month}.pdf", tag = "customers",
    params(("edition" = Option<i64>, Query, description = "the latest when missing")),
    responses((status = 200, content_type = "application/pdf"), (status = 404)))]
#[get("/customers/<id>/reports/<file>?<edition>")]
pub(super) async fn document(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    file: &str,
    edition: Option<i64>,
) -> Result<Answer, Failure> {
    let month = file.strip_suffix(".pdf").and_then(|name| name.parse().ok());
    let month: Month = month.ok_or_else(Fault::not_found)?;
    Ok(report_document(web, &caller.actor, CustomerId::new(id), month, edition).await?)
}
