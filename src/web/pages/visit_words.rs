//! Visits as templates take them: words, states, and the square code of a pass.

use qrcode::{Color, EcLevel, QrCode};
use serde_json::{Value, json};

use crate::access::{ConsentText, VisitAction, VisitRecord, VisitState, Visitor};
use crate::base::fault::Fault;
use crate::base::locale::Locale;
use crate::identity::{Actor, Permission};
use crate::web::Web;

/// Kind of badge for a state.
const fn kind(state: VisitState) -> &'static str {
    match state {
        VisitState::Announced => "warning",
        VisitState::Expected => "note",
        VisitState::Refused => "fault",
        VisitState::CheckedIn => "ok",
        VisitState::CheckedOut
        | VisitState::Closed
        | VisitState::NoShow
        | VisitState::Cancelled => "off",
    }
}

/// A visit as a row of a list or the head of its page.
pub(super) fn visit_json(web: &Web, locale: Locale, record: &VisitRecord) -> Value {
    let words = |key: &str| web.words.text(locale, key);
    let visit = &record.visit;
    let state = visit.state;
    json!({
        "number": visit.number,
        "href": format!("/visits/{}", visit.number),
        "state": state,
        "state_kind": if record.overdue { "warning" } else { kind(state) },
        "state_word": if record.overdue {
            words("visit-overdue")
        } else {
            web.words.text(locale, &format!("visit-state-{state}"))
        },
        "purpose": web.words.text(locale, &format!("visit-purpose-{}", visit.purpose)),
        "purpose_text": visit.purpose_text,
        "from": visit.planned_from,
        "until": visit.planned_until,
        "zone": record.site.time_zone,
        "site": record.site.name,
        "customer": record.customer.as_ref().map(|host| host.name.as_str()),
        "customer_id": record.customer.as_ref().map(|host| host.id),
        "walk_in": visit.walk_in,
        "escort_required": visit.escort_required,
        "escort": visit.escort_name,
        "areas": visit.areas,
        "named_areas": record.named_areas,
        "devices": record.devices,
        "power_intents": record.power_intent_ids,
        "work": record.work.as_ref().map(|work| json!({
            "touched": work.touched,
            "result": web.words.text(locale, &format!("visit-result-{}", work.result)),
            "minutes": work.remote_hands_minutes,
            "by": work.written_by,
        })),
        "standing": visit.standing_permission_id,
        "note": visit.note,
        "by": visit.created_by_name,
        "people": record.people.iter().map(|visitor| visitor_json(web, locale, visitor)).collect::<Vec<_>>(),
        "racks": record.racks.iter().map(|rack| json!({"id": rack.id, "label": format!("{} / {}", rack.room, rack.name), "name": rack.name})).collect::<Vec<_>>(),
        "inside": record.people.iter().filter(|visitor| visitor.inside).count(),
    })
}

fn visitor_json(web: &Web, locale: Locale, visitor: &Visitor) -> Value {
    let row = &visitor.attendance;
    let (kind, key) = match (visitor.inside, row.checked_out_at.is_some()) {
        _ if row.is_outside_for_a_moment() => ("warning", "visit-person-stepped-out"),
        (true, _) => ("ok", "visit-person-inside"),
        (false, true) => ("off", "visit-person-left"),
        (false, false) => ("note", "visit-person-expected"),
    };
    json!({
        "id": row.id,
        "person_id": visitor.person.id,
        "name": visitor.person.name,
        "company": visitor.person.company,
        "phone": visitor.person.phone,
        "document": web.words.text(locale, &format!("visit-document-{}", visitor.person.identity_kind)),
        "document_number": visitor.person.identity_masked,
        "inside": visitor.inside,
        "state_kind": kind,
        "state_word": web.words.text(locale, key),
        "badge": row.badge,
        "badge_missing": row.badge_missing(),
        "badge_note": row.badge_note,
        "in_at": row.checked_in_at,
        "in_by": row.checked_in_by,
        "out_at": row.checked_out_at,
        "out_by": row.checked_out_by,
    })
}

/// What the reader may do with a visit now.
pub(super) fn possible(actor: &Actor, record: &VisitRecord) -> Value {
    let visit = &record.visit;
    let desk = actor.may(Permission::DeskVisits);
    let allows = |action: VisitAction| visit.state.allows(action);
    let mut people = record.people.iter();
    let outside = people.clone().any(|visitor| !visitor.attendance.has_come());
    let inside = people.clone().any(|visitor| visitor.inside);
    let stepped_out = people.any(|visitor| visitor.attendance.is_outside_for_a_moment());
    json!({
        "approve": desk && allows(VisitAction::Approve),
        "refuse": desk && allows(VisitAction::Refuse),
        "cancel": actor.may(Permission::AnnounceVisits) && allows(VisitAction::Cancel),
        "check_in": desk && outside && (allows(VisitAction::CheckIn) || visit.state == VisitState::Announced),
        "check_out": desk && allows(VisitAction::CheckOut),
        "no_show": desk && allows(VisitAction::NoShow) && visit.planned_from <= actor.now,
        "close": desk && allows(VisitAction::Close),
        "correct": desk,
        "step_out": desk && inside && allows(VisitAction::StepOut),
        "step_in": desk && stepped_out && allows(VisitAction::StepIn),
        "reveal": actor.may(Permission::RevealIdentity),
        "badge": desk,
    })
}

/// The square code of a pass: side in modules with a quiet zone of four, and the path of its dark modules.
pub(super) fn pass_code(web: &Web, code: &str) -> Result<Value, Fault> {
    let address = format!("{}/visits/pass?code={code}", web.settings.public_url);
    let square =
        QrCode::with_error_correction_level(&address, EcLevel::M).map_err(Fault::internal)?;
    let side = square.width();
    let mut path = String::new();
    for (at, color) in square.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % side + 4, at / side + 4));
        }
    }
    Ok(json!({"code": code, "side": side + 8, "path": path, "address": address}))
}

/// Notices by name and edition: `安全须知 v3`.
pub(super) fn notice_words(web: &Web, locale: Locale, notices: &[ConsentText]) -> Vec<String> {
    notices
        .iter()
        .map(|text| {
            let kind = web
                .words
                .text(locale, &format!("people-notice-{}", text.kind));
            format!("{kind} v{}", text.edition)
        })
        .collect()
}
