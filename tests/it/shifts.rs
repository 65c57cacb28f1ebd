//! The shift book and own hours, on both databases.

use coldaisle::access::{check_out, own_stays, own_visit};
use coldaisle::base::fault::FaultKind;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{ShiftNoteId, SiteId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::identity::{Actor, Role};
use coldaisle::shifts::{
    NoteDraft, ShiftFilter, ShiftNoteKind, shift_note_add, shift_note_by_id, shift_note_list,
    shift_notes_open,
};

use crate::harness::{NOW, TestDb, both};

fn draft(pairs: &[(&str, &str)]) -> NoteDraft {
    let fields: Fields = pairs.iter().map(|(name, text)| (*name, *text)).collect();
    NoteDraft::parse(&fields).unwrap()
}

fn bodies(db: &TestDb, actor: &Actor, filter: &ShiftFilter) -> Vec<String> {
    let page = db.get(|c| shift_note_list(c, actor, filter, &PageRequest::first()));
    page.rows.into_iter().map(|note| note.body).collect()
}

both! {
    /// Entries stand in the book of their site, the newest first, and are found by what they say and who wrote them.
    async fn a_shift_finds_what_the_last_one_wrote(db: TestDb) {
        let (north, south) = (db.site("north"), db.site("south"));
        let technician = db.actor(Role::Technician);
        let put = |site: SiteId, body: &str| {
            let site = site.to_string();
            let draft = draft(&[("site_id", &site), ("body", body)]);
            db.put(|c| shift_note_add(c, &technician, &draft))
        };
        put(north, "UPS 自检通过");
        put(south, "Chiller 2 in alarm, vendor called");
        put(north, "Fibre 50% done_");
        let all = ShiftFilter::default();
        assert_eq!(bodies(&db, &technician, &all).len(), 3);
        let of_north = ShiftFilter { site: Some(north), ..ShiftFilter::default() };
        assert_eq!(bodies(&db, &technician, &of_north), ["Fibre 50% done_", "UPS 自检通过"]);
        for (asked, found) in [("自检", 1), ("VENDOR", 1), ("0%", 1), ("e_", 1), ("x%", 0)] {
            let filter = ShiftFilter { query: asked.to_owned(), ..ShiftFilter::default() };
            assert_eq!(bodies(&db, &technician, &filter).len(), found, "{asked}");
        }
        let filter = ShiftFilter { query: technician.name.clone(), ..ShiftFilter::default() };
        assert_eq!(bodies(&db, &technician, &filter).len(), 3);
        let first = PageRequest { limit: 2, ..PageRequest::first() };
        let page = db.get(|c| shift_note_list(c, &technician, &all, &first));
        assert_eq!((page.rows.len(), page.total), (2, 3));
        let second = PageRequest { after: page.next, limit: 2, ..PageRequest::first() };
        let page = db.get(|c| shift_note_list(c, &technician, &all, &second));
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].body, "UPS 自检通过");
        let back = PageRequest { before: page.previous, limit: 2, ..PageRequest::first() };
        let page = db.get(|c| shift_note_list(c, &technician, &all, &back));
        assert_eq!(page.rows[0].body, "Fibre 50% done_");
    }

    /// A handover waits until one person has taken it over; a second one is told who did.
    async fn a_handover_is_taken_over_once(db: TestDb) {
        let site = db.site("s1");
        let (early, late) = (db.actor(Role::Technician), db.actor(Role::Operations));
        let handover = draft(&[("kind", "handover"), ("body", "Watch PDU 7")]);
        let id = db.put(|c| shift_note_add(c, &early, &handover));
        assert_eq!(db.get(|c| shift_notes_open(c, &late, Some(site))).len(), 1);
        let taking = draft(&[("kind", "taken_over"), ("refers_to_id", &id.to_string())]);
        let taken = db.put(|c| shift_note_add(c, &late, &taking));
        assert!(db.get(|c| shift_notes_open(c, &late, None)).is_empty());
        let note = db.get(|c| shift_note_by_id(c, &early, taken));
        assert_eq!((note.site_id, note.refers_to_id), (site, Some(id)));
        let refused = db.store.write("test", move |c| shift_note_add(c, &early, &taking)).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Conflict);
        assert_eq!(refused.message.key, "shift-fault-taken");
        let wrong = draft(&[("kind", "taken_over"), ("refers_to_id", &taken.to_string())]);
        let refused = db.store.write("test", move |c| shift_note_add(c, &late, &wrong)).await.unwrap_err();
        assert_eq!(refused.fields[0].message.key, "shift-fault-no-handover");
    }

    /// What is wrong stays; what is right stands beside it, in the same book.
    async fn a_correction_leaves_the_entry_as_it_was(db: TestDb) {
        let (site, _) = (db.site("s1"), db.site("s2"));
        let technician = db.actor(Role::Technician);
        let wrong = draft(&[("site_id", &site.to_string()), ("body", "Opened B01")]);
        let id = db.put(|c| shift_note_add(c, &technician, &wrong));
        let right = draft(&[("kind", "correction"), ("refers_to_id", &id.to_string()), ("body", "It was B02")]);
        let correction = db.put(|c| shift_note_add(c, &technician, &right));
        let (was, is) = db.get(|c| {
            Ok((shift_note_by_id(c, &technician, id)?, shift_note_by_id(c, &technician, correction)?))
        });
        assert_eq!(was.body, "Opened B01");
        assert_eq!((is.site_id, is.kind, is.refers_to_id), (site, ShiftNoteKind::Correction, Some(id)));
    }

    /// Customers have no book, and with several sites one is named.
    async fn books_are_for_staff_and_of_a_site(db: TestDb) {
        let technician = db.actor(Role::Technician);
        let note = draft(&[("body", "x")]);
        let nowhere = note.clone();
        let (one, other) = (technician.clone(), technician.clone());
        let refused = db.store.write("test", move |c| shift_note_add(c, &one, &nowhere)).await.unwrap_err();
        assert_eq!(refused.fields[0].field, "site_id");
        db.site("s1");
        db.put(|c| shift_note_add(c, &technician, &note));
        db.site("s2");
        let refused = db.store.write("test", move |c| shift_note_add(c, &other, &note)).await.unwrap_err();
        assert_eq!(refused.fields[0].field, "site_id");
        let acme = db.customer("ACME");
        let customer = db.actor_of(Role::CustomerAdmin, Some(acme));
        let asked = db.store.read(move |c| {
            shift_note_list(c, &customer, &ShiftFilter::default(), &PageRequest::first())
        });
        assert_eq!(asked.await.unwrap_err().kind, FaultKind::NotFound);
        let asked = db.store.read(move |c| shift_note_by_id(c, &technician, ShiftNoteId::new(99)));
        assert_eq!(asked.await.unwrap_err().kind, FaultKind::NotFound);
    }

    /// Own hours are the stays of the reader and of nobody else, cut to the time asked for.
    async fn own_hours_are_those_of_own_visits(db: TestDb) {
        db.site("s1");
        let keys = Keyring::generate().unwrap();
        let own: Fields = [("purpose", "inspection")].into_iter().collect();
        let mut technician = db.actor(Role::Technician);
        let mut other = db.actor(Role::Operations);
        other.name = "Somebody Else".to_owned();
        let number = db.put(|c| own_visit(c, &technician, &keys, &own));
        db.put(|c| own_visit(c, &other, &keys, &own));
        technician.now = NOW.plus_seconds(5_400);
        let (from, until) = (NOW.plus_seconds(-3_600), NOW.plus_seconds(86_400));
        let stays = db.get(|c| own_stays(c, &technician, from, until));
        assert_eq!(stays.len(), 1);
        assert_eq!((stays[0].number.as_str(), stays[0].in_time_ms), (number.as_str(), 5_400_000));
        db.put(|c| check_out(c, &technician, &number, &Fields::new()));
        technician.now = NOW.plus_seconds(9_000);
        let stays = db.get(|c| own_stays(c, &technician, NOW.plus_seconds(1_800), until));
        assert_eq!(stays[0].in_time_ms, 3_600_000);
        assert_eq!(stays[0].stay.until, Some(NOW.plus_seconds(5_400)));
        assert!(db.get(|c| own_stays(c, &technician, NOW.plus_seconds(6_000), until)).is_empty());
    }
}
