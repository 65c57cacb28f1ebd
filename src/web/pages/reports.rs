//! Month reports of a customer: the list, and each as a PDF document.

use rocket::{Route, State, get, routes};
use serde_json::json;

use super::allocations::list_title;
use super::ports::section;
use crate::base::fault::Fault;
use crate::base::ids::CustomerId;
use crate::identity::Actor;
use crate::reports::{
    Month, MonthReport, Printer, report_customer, report_facts, report_is_there, report_kept,
    report_list, report_pdf,
};
use crate::web::guards::Signed;
use crate::web::printing::in_turn;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, document]
}

#[get("/customers/<id>/reports")]
async fn list(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (actor, id) = (signed.actor.clone(), CustomerId::new(id));
    let running = Month::of(signed.actor.now, web.settings.zone);
    let last = running.map(Month::previous);
    let (customer, reports, last) = web
        .store
        .read(move |c| {
            let reports = report_list(c, &actor, id)?;
            let customer = report_customer(c, &actor, id)?;
            let mut months = Vec::new();
            for month in [running, last].into_iter().flatten() {
                let is_kept = reports.iter().any(|row| row.month == month.to_string());
                if !is_kept && report_is_there(c, &actor, id, month)? {
                    months.push(month);
                }
            }
            Ok((customer, reports, months))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let row = |row: &MonthReport| {
        json!({
            "month": row.month,
            "edition": row.edition,
            "is_final": row.is_final,
            "made_at": row.made_at,
            "sha256": row.sha256,
            "href": format!("/customers/{id}/reports/{}.pdf?edition={}", row.month, row.edition),
        })
    };
    let is_staff = !signed.actor.role.is_customer();
    let (up, up_href) = if is_staff {
        (customer, format!("/customers/{id}"))
    } else {
        (list_title(web, &signed), "/allocations".to_owned())
    };
    View::new(
        web,
        &signed.reader,
        "reports/list.html",
        &web.words.text(locale, "reports-title"),
        if is_staff { "customers" } else { section(&signed) },
    )
    .crumbs(&[(&up, &up_href)])
    .with("reports", reports.iter().map(row).collect::<Vec<_>>())
    .with(
        "now",
        last.iter()
            .map(|month| json!({"month": month.to_string(), "href": format!("/customers/{id}/reports/{month}.pdf")}))
            .collect::<Vec<_>>(),
    )
    .answer()
}

/// The report as it was sent; one that was not made yet is made now, for this reader only.
#[get("/customers/<id>/reports/<file>?<edition>")]
async fn document(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    file: &str,
    edition: Option<i64>,
) -> Result<Answer, Failure> {
    let month = file.strip_suffix(".pdf").and_then(|name| name.parse().ok());
    let month: Month = month.ok_or_else(|| signed.failure(Fault::not_found()))?;
    report_document(web, &signed.actor, CustomerId::new(id), month, edition)
        .await
        .map_err(|fault| signed.failure(fault))
}

/// The document of a month, for the page and for programs.
pub(in crate::web) async fn report_document(
    web: &Web,
    actor: &Actor,
    id: CustomerId,
    month: Month,
    edition: Option<i64>,
) -> Result<Answer, Fault> {
    let (reader, now) = (actor.clone(), actor.now);
    let (kept, facts) = web
        .store
        .read(move |c| {
            let kept = report_kept(c, &reader, id, month, edition)?;
            let facts = match kept {
                Some(_) => None,
                None => report_facts(c, &reader, id, month)?,
            };
            Ok((kept, facts))
        })
        .await?;
    let body = match (kept, facts) {
        (Some((_, body)), _) => body,
        (None, Some(facts)) => {
            let inner = web.clone();
            let made = in_turn(move || {
                let printer = Printer {
                    words: &inner.words,
                    pages: &inner.pages,
                    operator: &inner.settings.operator_name,
                };
                report_pdf(&printer, &facts, None, now)
            });
            made.await?
        }
        (None, None) => return Err(Fault::not_found()),
    };
    Ok(Answer::File {
        name: format!("report-{month}.pdf"),
        media_type: "application/pdf",
        body,
    })
}
