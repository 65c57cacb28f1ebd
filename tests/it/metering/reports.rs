//! Month reports from the closing to the mail box, and graphs as pictures.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use chrono_tz::Tz;
use coldaisle::base::ids::{ContactId, CustomerId};
use coldaisle::base::locale::Locale;
use coldaisle::base::time::Timestamp;
use coldaisle::base::token::hex;
use coldaisle::identity::Role;
use coldaisle::metering::{CorrectionDraft, period_close, period_correct, periods_due};
use coldaisle::paper::pdf;
use coldaisle::reports::{Month, MonthReport, report_kept, report_list, reports_due};
use coldaisle::store::schema::{audit_entries, bandwidth_allocations, customers, outbox};
use coldaisle::tasks::month_report::MonthReports;
use coldaisle::tenancy::csv::contact_import;
use coldaisle::tenancy::{ContactDraft, contact_create, contact_list};
use coldaisle::words::{Pages, Words};
use diesel::prelude::*;
use rocket::http::{Method, Status};
use sha2::{Digest, Sha256};

use super::periods::{changes_nothing, finance, steady, utc};
use super::world::{allocation, fields};
use crate::harness::{TestDb, TestWeb, both};
use crate::mail::{Sink, activate, mailer};

/// The text of a PDF document as another program reads it.
fn text_of(document: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(document).unwrap();
    let read = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(file.path())
        .arg("-")
        .output()
        .expect("Debian package poppler-utils");
    assert!(read.status.success(), "{read:?}");
    String::from_utf8(read.stdout).unwrap()
}

fn maker(db: &TestDb) -> MonthReports {
    let words = Words::load().unwrap();
    let pages = Pages::new(&words, Tz::UTC, None);
    MonthReports::new(
        db.store.clone(),
        words,
        pages,
        "Test Rooms".into(),
        "https://dc.example".into(),
        Duration::from_secs(60),
    )
}

async fn made(maker: &MonthReports, now: &str) -> String {
    maker.activate_at(utc(now)).await.unwrap().to_string()
}

fn contact(db: &TestDb, customer: CustomerId, name: &str, wants: bool) -> ContactId {
    let actor = db.actor(Role::Administrator);
    let typed = fields(&[
        ("name", name),
        ("email", &format!("{name}@x.example")),
        ("locale", "en"),
        ("wants_reports", if wants { "yes" } else { "no" }),
    ]);
    let draft = ContactDraft::parse(&typed).unwrap();
    db.put(|c| contact_create(c, &actor, customer, &draft))
}

fn kept(db: &TestDb, customer: CustomerId) -> Vec<MonthReport> {
    let actor = finance(db, "2026-12-20");
    db.get(|c| report_list(c, &actor, customer))
}

fn document(db: &TestDb, customer: CustomerId, edition: i64) -> Vec<u8> {
    let actor = finance(db, "2026-12-20");
    let month: Month = "2026-11".parse().unwrap();
    let found = db.get(|c| report_kept(c, &actor, customer, month, Some(edition)));
    found.unwrap().1
}

/// Nothing is due of the months before.
fn since_november(db: &TestDb) {
    let from = utc("2026-11-01");
    db.put(|c| {
        diesel::update(bandwidth_allocations::table)
            .set(bandwidth_allocations::active_from.eq(from))
            .execute(c)?;
        Ok(())
    });
}

fn queued(db: &TestDb) -> i64 {
    db.get(|c| Ok(outbox::table.count().get_result(c)?))
}

#[test]
fn text_on_paper_is_text_in_both_languages() {
    let page = |words: &str| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"595\" height=\"842\"><text x=\"40\" y=\"60\" font-size=\"14\">{words}</text></svg>"
        )
    };
    let pages = [
        page("Committed rate 12.5 Mbps"),
        page("保底带宽 12.5 Mbps，机房"),
        page("Semi &amp; più"),
    ];
    let text = text_of(&pdf(&pages, "report", Locale::En).unwrap());
    for words in [
        "Committed rate 12.5 Mbps",
        "保底带宽 12.5 Mbps，机房",
        "Semi & più",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(text.matches('\u{c}').count(), 3, "three pages");
}

both! {
    async fn a_report_is_made_once_after_the_closing_and_reaches_those_who_want_it(db: TestDb) {
        let a = db.customer("AAA");
        let id = steady(&db, a, utc("2026-12-01"));
        since_november(&db);
        contact(&db, a, "wants", true);
        contact(&db, a, "other", false);
        let maker = maker(&db);
        assert_eq!(made(&maker, "2026-11-30 23:59").await, "tasks-said-month-report made=0 passed=0");
        assert_eq!(made(&maker, "2026-12-01 12:30").await, "tasks-said-month-report made=0 passed=0");
        let (actor, at) = (finance(&db, "2026-12-02"), utc("2026-11-05"));
        db.put(|c| period_close(c, &actor, id, at, None));
        assert_eq!(made(&maker, "2026-12-02 12:30").await, "tasks-said-month-report made=1 passed=0");
        assert_eq!(made(&maker, "2026-12-02 13:30").await, "tasks-said-month-report made=0 passed=0");
        let reports = kept(&db, a);
        let first = &reports[0];
        assert_eq!((reports.len(), first.month.as_str(), first.edition, first.is_final, first.locale), (1, "2026-11", 1, true, Locale::ZhCn));
        let body = document(&db, a, 1);
        assert_eq!(hex(&Sha256::digest(&body)), first.sha256);

        // One mail, in the contact's language, with the very document.
        assert_eq!(queued(&db), 1);
        let payload: String = db.get(|c| Ok(outbox::table.select(outbox::payload).first(c)?));
        assert!(payload.len() < 1_000, "the row does not hold the document: {payload}");
        // It was queued at an instant that is still to come.
        db.put(|c| Ok(diesel::update(outbox::table).set(outbox::not_before.eq(Timestamp::now())).execute(c)?));
        let sink = Sink::start(&[]);
        let post = mailer(&db.store, sink.server());
        assert_eq!(activate(&post).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=0");
        let mails = sink.mails();
        let (facts, mail) = &mails[0];
        assert_eq!((facts["to"][0].as_str(), facts["subject"].as_str()), (Some("wants@x.example"), Some("Traffic report 2026-11 of Customer AAA")));
        let said = facts["text"].as_str().unwrap();
        assert!(said.contains(&first.sha256) && said.contains(&format!("https://dc.example/customers/{a}/reports")), "{said}");
        assert!(mail.contains("filename=\"AAA-2026-11.pdf\""), "{mail}");
        let (_, part) = mail.split_once("application/pdf").unwrap();
        let (_, coded) = part.split_once("\r\n\r\n").unwrap();
        let coded: String = coded.split("\r\n--").next().unwrap().split_whitespace().collect();
        assert_eq!(base64::engine::general_purpose::STANDARD.decode(coded).unwrap(), body);

        let text = text_of(&body);
        for words in ["Test Rooms", "2026 年 11 月流量报告", "Customer AAA（AAA）", "BGP", "8.00 Mbps", "5.00 Mbps", "3.00 Mbps", "已结账", "SW-", "Gi1", "第 1 版", "8640"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let closed = db.get(|c| coldaisle::metering::period_view(c, &actor, id, at));
        assert!(text.contains(&closed.hash), "{text}");
        assert!(!text.contains("暂估"), "{text}");

        // A correction is a new edition; what was sent stays.
        let draft = CorrectionDraft::parse(&fields(&[("credit_mbps", "1.5"), ("reason", "Flood by us")])).unwrap();
        db.put(|c| period_correct(c, &actor, id, at, &draft));
        assert_eq!(made(&maker, "2026-12-03 12:30").await, "tasks-said-month-report made=1 passed=0");
        assert_eq!(document(&db, a, 1), body);
        let text = text_of(&document(&db, a, 2));
        assert!(text.contains("1.50 Mbps") && text.contains("Flood by us") && text.contains("第 2 版"), "{text}");
        assert_eq!(queued(&db), 2);
        changes_nothing(&db, "UPDATE month_reports SET edition = 9");
        changes_nothing(&db, "DELETE FROM month_reports");
        // So is one of long after.
        let actor = finance(&db, "2027-09-01");
        db.put(|c| period_correct(c, &actor, id, at, &draft));
        let due = db.get(|c| reports_due(c, &actor));
        assert!(due.iter().any(|(customer, month)| *customer == a && month.to_string() == "2026-11"), "{due:?}");
        let audited: i64 = db.get(|c| Ok(audit_entries::table.filter(audit_entries::action.eq("report.make")).count().get_result(c)?));
        assert_eq!(audited, 2);
    }

    async fn a_report_that_waited_too_long_is_marked_and_followed_by_the_final_one(db: TestDb) {
        let a = db.customer("AAA");
        let id = steady(&db, a, utc("2026-12-01"));
        let maker = maker(&db);
        assert_eq!(made(&maker, "2026-12-03 23:00").await, "tasks-said-month-report made=0 passed=0");
        assert_eq!(made(&maker, "2026-12-04 00:00").await, "tasks-said-month-report made=1 passed=0");
        assert_eq!(made(&maker, "2026-12-05 00:00").await, "tasks-said-month-report made=0 passed=0");
        let text = text_of(&document(&db, a, 1));
        assert!(text.contains("暂估") && text.contains("未结账") && !text.contains("SHA-256"), "{text}");
        assert!(!kept(&db, a)[0].is_final);
        let (actor, at) = (finance(&db, "2026-12-06"), utc("2026-11-05"));
        db.put(|c| period_close(c, &actor, id, at, None));
        assert_eq!(made(&maker, "2026-12-06 12:00").await, "tasks-said-month-report made=1 passed=0");
        assert_eq!(made(&maker, "2027-01-02 12:00").await, "tasks-said-month-report made=0 passed=0");
        let reports = kept(&db, a);
        assert_eq!((reports.len(), reports[0].edition, reports[0].is_final), (2, 2, true));
        assert!(!text_of(&document(&db, a, 2)).contains("暂估"));
        assert_eq!(queued(&db), 0, "no contact wants it");
    }

    async fn what_is_archived_holds_no_report_up(db: TestDb) {
        let a = db.customer("AAA");
        let id = steady(&db, a, utc("2026-12-01"));
        let old = allocation(&db, a, "OLD");
        since_november(&db);
        let archived = |at: &str| {
            let at = utc(at);
            db.put(|c| Ok(diesel::update(bandwidth_allocations::table.find(old)).set(bandwidth_allocations::archived_at.eq(at)).execute(c)?));
        };
        archived("2026-10-15");
        let (actor, at) = (finance(&db, "2026-12-02"), utc("2026-11-05"));
        db.put(|c| period_close(c, &actor, id, at, None));
        let due = || db.get(|c| periods_due(c, utc("2026-12-02"), 12 * 3_600_000)).len();
        assert_eq!(due(), 0);
        let maker = maker(&db);
        assert_eq!(made(&maker, "2026-12-02 12:30").await, "tasks-said-month-report made=1 passed=0");
        assert!(kept(&db, a)[0].is_final);
        assert!(!text_of(&document(&db, a, 1)).contains("OLD"));
        // What was in force for a part of the period is closed like any other.
        archived("2026-11-10");
        assert_eq!(due(), 1);
        archived("2026-10-15");
        let draft = CorrectionDraft::parse(&fields(&[("credit_mbps", "1.5"), ("reason", "Flood by us")])).unwrap();
        db.put(|c| period_correct(c, &actor, id, at, &draft));
        let gone = |at: Option<Timestamp>| {
            db.put(|c| Ok(diesel::update(customers::table).set(customers::archived_at.eq(at)).execute(c)?));
        };
        gone(Some(at));
        assert_eq!(made(&maker, "2026-12-03 12:30").await, "tasks-said-month-report made=0 passed=0");
        gone(None);
        assert_eq!(made(&maker, "2026-12-03 12:30").await, "tasks-said-month-report made=1 passed=0");
    }

    async fn a_file_without_the_column_leaves_who_wants_reports(db: TestDb) {
        let a = db.customer("AAA");
        contact(&db, a, "wants", true);
        let actor = db.actor(Role::Administrator);
        for (column, wants) in [(None, true), (Some("no"), false)] {
            let mut row = fields(&[("customer", "AAA"), ("name", "wants"), ("title", "Head"), ("email", "wants@x.example"), ("locale", "en")]);
            if let Some(text) = column {
                row.set("wants_reports", text);
            }
            db.put(|c| contact_import(c, &actor, &row));
            let there = db.get(|c| contact_list(c, &actor, a));
            assert_eq!((there.len(), there[0].title.as_str(), there[0].wants_reports), (1, "Head", wants));
        }
    }

    async fn pages_hand_out_the_own_reports_only(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let web = TestWeb::new(db).await;
        let now = Timestamp::now();
        steady(&web.db, a, now.plus_millis(-3_600_000));
        let month = Month::of(now, Tz::UTC).unwrap();
        let page = format!("/customers/{a}/reports");
        let (staff, own, other) = (web.browser(Role::Finance, None), web.browser(Role::CustomerMember, Some(a)), web.browser(Role::CustomerAdmin, Some(b)));
        for reader in [&staff, &own, &own.clone().reading_chinese()] {
            let listed = web.get(reader, &page).await;
            assert_eq!(listed.status, Status::Ok, "{}", listed.body);
            let body = listed.body.replace("&#x2f;", "/");
            assert!(body.contains(&format!("{page}/{month}.pdf")) && !body.contains("style="), "{body}");
            let file = web.get(reader, &format!("{page}/{month}.pdf")).await;
            assert_eq!((file.status, file.header("content-type")), (Status::Ok, Some("application/pdf")), "{}", file.body);
            let text = text_of(&file.octets);
            assert!(text.contains("暂估") && text.contains("8.00 Mbps") && !text.contains("第 1 版"), "{text}");
        }
        for path in [page.clone(), format!("{page}/{month}.pdf")] {
            assert_eq!(web.get(&other, &path).await.status, Status::NotFound, "{path}");
        }
        for path in ["/1999-01.pdf", "/2026-13.pdf", "/2026-11.txt", "/9998-01.pdf"] {
            assert_eq!(web.get(&staff, &format!("{page}{path}")).await.status, Status::NotFound, "{path}");
        }
        let missing = format!("{page}/{month}.pdf?edition=7");
        assert_eq!(web.get(&staff, &missing).await.status, Status::NotFound);
        assert_eq!(web.get(&staff, "/customers/99999/reports").await.status, Status::NotFound);
    }

    async fn programs_list_reports_and_fetch_them_as_they_were_sent(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let id = steady(&db, a, utc("2026-12-01"));
        since_november(&db);
        let (actor, at) = (finance(&db, "2026-12-02"), utc("2026-11-05"));
        db.put(|c| period_close(c, &actor, id, at, None));
        assert_eq!(made(&maker(&db), "2026-12-02 12:30").await, "tasks-said-month-report made=1 passed=0");
        let (kept, sent) = (kept(&db, a), document(&db, a, 1));
        let web = TestWeb::new(db).await;
        let own = web.program(Role::CustomerMember, Some(a), "read");
        let listed = web.get(&own, &format!("/api/v1/customers/{a}/reports")).await.json();
        let one = &listed.as_array().unwrap()[0];
        assert_eq!((one["month"].as_str(), one["edition"].as_i64(), one["sha256"].as_str()), (Some("2026-11"), Some(1), Some(kept[0].sha256.as_str())), "{listed}");
        let file = web.get(&own, one["href"].as_str().unwrap()).await;
        assert_eq!((file.status, file.header("content-type")), (Status::Ok, Some("application/pdf")));
        assert_eq!(file.octets, sent);
        let other = web.program(Role::CustomerAdmin, Some(b), "read");
        assert_eq!(web.get(&other, one["href"].as_str().unwrap()).await.status, Status::NotFound);
        assert_eq!(web.get(&own, &format!("/api/v1/customers/{a}/reports/2026-11.pdf?edition=2")).await.status, Status::NotFound);
    }

    async fn graphs_are_pictures_with_a_size_and_a_version(db: TestDb) {
        let a = db.customer("AAA");
        let id = steady(&db, a, Timestamp::now().plus_millis(-3_600_000));
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Operations, None, "read");
        let path = |rest: &str| format!("/api/v1/allocations/{id}/graph.{rest}");
        let drawn = web.get(&program, &path("png?range=day&width=640&height=240&scale=2")).await;
        assert_eq!((drawn.status, drawn.header("content-type")), (Status::Ok, Some("image/png")), "{}", drawn.body);
        assert!(drawn.octets.starts_with(b"\x89PNG\r\n\x1a\n"));
        let edge = |at: usize| u32::from_be_bytes(drawn.octets[at..at + 4].try_into().unwrap());
        assert_eq!((edge(16), edge(20)), (1_280, 480));
        assert!(drawn.header("etag").is_some() && drawn.header("cache-control").unwrap().contains("private"));
        let from = "from=2026-01-01&to=2026-01-02";
        let whole = web.get(&program, &path(&format!("png?{from}"))).await;
        let tag = whole.header("etag").unwrap().to_owned();
        let again = web.send(&program, Method::Get, &path(&format!("png?{from}")), &[("If-None-Match", &tag)], None).await;
        assert_eq!((again.status, again.octets.len()), (Status::NotModified, 0));
        let other = web.send(&program, Method::Get, &path(&format!("png?{from}&theme=dark")), &[("If-None-Match", &tag)], None).await;
        assert_eq!(other.status, Status::Ok);
        let wide = web.get(&program, &path("svg?width=500&height=200")).await;
        assert!(wide.body.contains("viewBox=\"0 0 500 200\""), "{}", wide.body);
        for (query, field) in [("width=100", "width"), ("height=5000", "height"), ("scale=9", "scale"), ("width=1920&scale=4", "scale"), ("scale=x", "scale")] {
            let refused = web.get(&program, &path(&format!("png?{query}"))).await;
            assert_eq!(refused.status, Status::UnprocessableEntity, "{query}: {}", refused.body);
            assert_eq!(refused.json()["errors"][0]["field"], field, "{query}");
        }
    }
}
