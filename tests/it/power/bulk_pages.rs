//! Pages of bulks: choosing, the preview, what stops one, its file, and who sees it.

use std::time::Duration;

use coldaisle::identity::Role;
use rocket::http::Status;

use super::desk::{Desk, is_silent_about, says, sent_to};
use super::fake::Obeys;
use super::requests::visitor;
use crate::harness::{Reply, TestDb, both};

const PREVIEW: &str = "/power/bulk/preview";
const ASK: &str = "/power/bulk";

/// The lines of a CSV file without their times and numbers: machine, action, state and words.
fn outcomes(file: &Reply) -> Vec<Vec<String>> {
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let body = file.body.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(body.as_bytes());
    let names = reader.headers().unwrap().clone();
    assert_eq!(
        names.iter().collect::<Vec<_>>().join(","),
        "device,action,state,outcome,intent,not_before,command_sent_at,finished_at"
    );
    let row = |row: csv::StringRecord| row.iter().take(4).map(str::to_owned).collect();
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

both! {
    async fn what_each_machine_would_answer_is_seen_before_anything_is_asked(db: TestDb) {
        let desk = Desk::new(db, 3).await;
        desk.lock(desk.machines[1]);
        visitor(&desk.room);
        let picked = desk.web.get(&desk.staff, "/power/bulk?q=srv-").await;
        says(&picked, &["SRV-0001", "SRV-0002", "SRV-0003", "A01"]);
        let off = [("action", "off"), ("path", "bmc")];
        let nothing = desk.post(&desk.staff, PREVIEW, &[("action", "off"), ("path", "bmc"), ("q", "srv-")], &[]).await;
        assert_eq!(nothing.status, Status::UnprocessableEntity);
        says(&nothing, &["Choose at least one machine and at most 500."]);
        let seen = desk.post(&desk.staff, PREVIEW, &off, &desk.machines).await;
        assert_eq!(seen.status, Status::Ok, "{}", seen.body);
        says(&seen, &[
            "1 of 3 can go ahead as asked.",
            "One person is checked in at these racks.",
            "name=\"acknowledge_presence\"",
            "One person is checked in at rack A01.",
            "SRV-0002 is locked by",
            "evidence hold",
            "can begin",
            "Type the number of machines to confirm: 3",
        ]);
        let chinese = desk.post(&desk.staff.clone().reading_chinese(), PREVIEW, &off, &desk.machines).await;
        says(&chinese, &["evidence hold", "机柜"]);
        is_silent_about(&chinese, &["can begin", "checked in"]);
        assert_eq!(desk.bulks(), 0);
    }

    async fn a_bulk_needs_its_number_typed_and_is_asked_for_once(db: TestDb) {
        let desk = Desk::new(db, 3).await;
        desk.lock(desk.machines[1]);
        let right = [
            ("action", "off"), ("path", "bmc"), ("reason", "hangs & burns"), ("once", "page-1"),
            ("stagger_s", "0"), ("stop_after", "3"), ("confirm", "3"),
        ];
        for (name, text, words) in [
            ("confirm", "2", "Type 3 exactly."),
            ("confirm", "", "Type 3 exactly."),
            ("stagger_s", "soon", "A whole number from 0 to 600."),
            ("stagger_s", "601", "A whole number from 0 to 600."),
            ("stop_after", "0", "A whole number from 1 to 500."),
        ] {
            let fields: Vec<(&str, &str)> = right
                .iter()
                .map(|(known, value)| (*known, if *known == name { text } else { *value }))
                .collect();
            let wrong = desk.post(&desk.staff, ASK, &fields, &desk.machines).await;
            assert_eq!(wrong.status, Status::UnprocessableEntity, "{name}={text}");
            says(&wrong, &[words, "hangs &amp; burns", "value=\"page-1\"", "SRV-0003"]);
        }
        let forged = desk.web.post_raw(&desk.staff, ASK, &right).await;
        assert_eq!((forged.status, desk.bulks()), (Status::Forbidden, 0));
        let page = sent_to(&desk.post(&desk.staff, ASK, &right, &desk.machines).await);
        let again = sent_to(&desk.post(&desk.staff, ASK, &right, &desk.machines).await);
        assert_eq!((again, desk.bulks()), (page.clone(), 1));
        let shown = desk.web.get(&desk.staff, &page).await;
        says(&shown, &["Queued 2", "Refused 1", "evidence hold", "hangs &amp; burns", "Take back what has not begun"]);
        is_silent_about(&shown, &["data-settled"]);
        desk.work_off().await;
        let shown = desk.web.get(&desk.staff, &page).await;
        says(&shown, &["data-settled", "All machines have come to their end.", "Succeeded 2"]);
        is_silent_about(&shown, &["Take back what has not begun"]);
        let file = outcomes(&desk.web.get(&desk.staff, &format!("{page}/result.csv")).await);
        let states: Vec<[&str; 3]> = file.iter().map(|row| [row[0].as_str(), row[1].as_str(), row[2].as_str()]).collect();
        assert_eq!(states, [["SRV-0001", "off", "succeeded"], ["SRV-0002", "off", "refused"], ["SRV-0003", "off", "succeeded"]]);
        assert!(file[1][3].contains("evidence hold"), "{file:?}");
        says(&desk.web.get(&desk.staff, "/power/bulks").await, &[page.rsplit('/').next().unwrap(), "hangs &amp; burns"]);
    }

    async fn people_at_a_rack_are_not_switched_past(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        visitor(&desk.room);
        let asked = [("action", "off"), ("path", "bmc"), ("stagger_s", "0"), ("confirm", "1")];
        let page = sent_to(&desk.post(&desk.staff, ASK, &asked, &desk.machines).await);
        says(&desk.web.get(&desk.staff, &page).await, &["Refused 1", "Tick that they know.", "data-settled"]);
        assert!(desk.room.commands().is_empty());
        let mut told = asked.to_vec();
        told.push(("acknowledge_presence", "true"));
        let page = sent_to(&desk.post(&desk.staff, ASK, &told, &desk.machines).await);
        desk.work_off().await;
        says(&desk.web.get(&desk.staff, &page).await, &["Succeeded 1"]);
        assert_eq!(desk.room.commands().len(), 1);
    }

    async fn failures_stop_the_rest_and_the_page_says_so(db: TestDb) {
        let desk = Desk::new(db, 5).await;
        for address in ["192.0.2.7:623", "192.0.2.102:623"] {
            desk.room.port.bmc(address, |bmc| bmc.obeys = Obeys::Refuses);
        }
        let asked = [("action", "off"), ("path", "bmc"), ("stagger_s", "1"), ("stop_after", "2"), ("confirm", "5")];
        let page = sent_to(&desk.post(&desk.staff, ASK, &asked, &desk.machines).await);
        let until = tokio::time::Instant::now() + Duration::from_secs(30);
        let shown = loop {
            desk.work_off().await;
            let shown = desk.web.get(&desk.staff, &page).await;
            if shown.body.contains("data-settled") {
                break shown;
            }
            assert!(tokio::time::Instant::now() < until, "{}", shown.body);
        };
        says(&shown, &["Stopped after 2 that did not succeed.", "Refused 2", "Cancelled 3"]);
        let file = outcomes(&desk.web.get(&desk.staff, &format!("{page}/result.csv")).await);
        let states: Vec<&str> = file.iter().map(|row| row[2].as_str()).collect();
        assert_eq!(states, ["refused", "refused", "cancelled", "cancelled", "cancelled"]);
        assert!(file[4][3].contains("2 of the same bulk did not succeed"), "{file:?}");
        for address in ["192.0.2.103:623", "192.0.2.104:623", "192.0.2.105:623"] {
            assert!(desk.room.port.bmc(address, |bmc| bmc.commands.is_empty()), "{address}");
        }
    }

    async fn a_person_takes_back_what_has_not_begun(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let asked = [("action", "off"), ("path", "bmc"), ("confirm", "2")];
        let page = sent_to(&desk.post(&desk.staff, ASK, &asked, &desk.machines).await);
        let dialog = format!("{page}/stop");
        let shown = desk.web.get(&desk.staff, &dialog).await;
        says(&shown, &["SRV-0001, SRV-0002", "Nothing has been done to these machines yet"]);
        let forged = desk.web.post_raw(&desk.staff, &dialog, &[]).await;
        assert_eq!(forged.status, Status::Forbidden);
        assert_eq!(sent_to(&desk.web.post(&desk.staff, &dialog, &[]).await), page);
        let shown = desk.web.get(&desk.staff, &page).await;
        says(&shown, &["Stopped by operations", "Cancelled 2", "data-settled"]);
        let again = desk.web.post(&desk.staff, &dialog, &[]).await;
        assert_eq!(again.status, Status::UnprocessableEntity);
        says(&again, &["so there is nothing to take back"]);
        desk.work_off().await;
        assert!(desk.room.commands().is_empty());
    }

    async fn a_second_person_agrees_on_the_page_of_the_bulk(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        desk.protect(desk.machines[0]);
        let asked = [("action", "off"), ("path", "bmc"), ("stagger_s", "0"), ("confirm", "2")];
        let page = sent_to(&desk.post(&desk.staff, ASK, &asked, &desk.machines).await);
        let own = desk.web.get(&desk.staff, &page).await;
        says(&own, &["A second person with the right to approve must open this page"]);
        is_silent_about(&own, &["&#x2f;approve\"", "/approve\""]);
        let dialog = format!("{page}/approve");
        let refused = desk.web.post(&desk.staff, &dialog, &[]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        says(&refused, &["A second person must approve it."]);
        let second = desk.web.browser(Role::Operations, None);
        let seen = desk.web.get(&second, &page).await;
        says(&seen, &["approve"]);
        says(&desk.web.get(&second, &dialog).await, &["SRV-0001"]);
        assert_eq!(sent_to(&desk.web.post(&second, &dialog, &[]).await), page);
        desk.work_off().await;
        says(&desk.web.get(&desk.staff, &page).await, &["Succeeded 2"]);
    }

    async fn customers_have_bulks_of_their_own_machines(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let (owner, stranger) = (desk.owner(), desk.stranger());
        desk.lock(desk.machines[1]);
        says(&desk.web.get(&owner, "/power/bulk?q=srv").await, &["SRV-0001", "SRV-0002"]);
        is_silent_about(&desk.web.get(&stranger, "/power/bulk?q=srv").await, &["SRV-0001", "SRV-0002", "A01"]);
        let asked = [("action", "off"), ("path", "bmc"), ("stagger_s", "0"), ("confirm", "2")];
        for path in [PREVIEW, ASK] {
            let hidden = desk.post(&stranger, path, &asked, &desk.machines).await;
            assert_eq!(hidden.status, Status::NotFound, "{path}: {}", hidden.body);
            is_silent_about(&hidden, &["SRV-0001"]);
        }
        let seen = desk.post(&owner, PREVIEW, &asked, &desk.machines).await;
        says(&seen, &["SRV-0002 is locked by the machine room at the moment."]);
        is_silent_about(&seen, &["evidence hold"]);
        let own = sent_to(&desk.post(&owner, ASK, &asked, &desk.machines).await);
        let one = [("action", "off"), ("path", "bmc"), ("confirm", "1")];
        let of_staff = sent_to(&desk.post(&desk.staff, ASK, &one, &desk.machines[1..]).await);
        for (page, sees, not) in [(&own, &owner, &stranger), (&of_staff, &desk.staff, &owner)] {
            assert_eq!(desk.web.get(sees, page).await.status, Status::Ok);
            for path in [page.clone(), format!("{page}/result.csv"), format!("{page}/stop"), format!("{page}/events?within=0")] {
                assert_eq!(desk.web.get(not, &path).await.status, Status::NotFound, "{path}");
            }
            assert_eq!(desk.web.post(not, &format!("{page}/stop"), &[]).await.status, Status::NotFound);
        }
        says(&desk.web.get(&stranger, "/power/bulks").await, &["No bulk action yet"]);
        let file = desk.web.get(&owner, &format!("{own}/result.csv")).await;
        is_silent_about(&file, &["evidence hold"]);
        assert_eq!(outcomes(&file).len(), 2);
    }
}
