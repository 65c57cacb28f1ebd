//! Doors as typed, events as told, and the rules that need no database.

use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use crate::access::rows::SiteName;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::id::Id;
use crate::base::ids::{AreaId, RoomId, SiteId};
use crate::base::text;
use crate::base::time::Timestamp;
use crate::base::token::hex;

/// Most events in one message of a controller.
pub const MOST_EVENTS: usize = 1000;
/// How far ahead of ours a controller's clock may be.
const AHEAD_MS: i64 = 10 * 60_000;
/// The oldest event that is taken: a controller that was without a line for long sends what it kept.
const OLDEST_MS: i64 = 400 * 86_400_000;
/// So many refusals …
pub const REFUSED_OFTEN: i64 = 5;
/// … of one badge in this time are an alert.
pub const REFUSED_WITHIN_MS: i64 = 10 * 60_000;
/// Clocks of doors and the desk's own typing differ by so much.
pub const GRACE_MS: i64 = 120_000;

crate::text_enum! {
    /// What is wrong about a badge at a door.
    pub enum DoorAlert {
        /// Nobody ever had that badge.
        UnknownBadge = "unknown_badge",
        /// The badge was not handed out then.
        BadgeNotOut = "badge_not_out",
        /// Whoever had it was not checked in, or had stepped out.
        NotCheckedIn = "not_checked_in",
        /// It was refused many times in a short time.
        RefusedOften = "refused_often",
        /// It let somebody in after the check-out.
        AfterCheckOut = "after_check_out",
    }
}

impl DoorAlert {
    /// Word of the event that tells of it.
    pub const fn event_kind(self) -> &'static str {
        match self {
            Self::UnknownBadge => "door_unknown_badge",
            Self::BadgeNotOut => "door_badge_not_out",
            Self::NotCheckedIn => "door_not_checked_in",
            Self::RefusedOften => "door_refused_often",
            Self::AfterCheckOut => "door_after_check_out",
        }
    }
}

/// Who had a badge at an instant, as far as that matters at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody ever had it.
    Unknown,
    /// It lay at the desk.
    NotOut,
    /// Somebody had it who was inside.
    Inside,
    /// Somebody had it who was not inside, but had not left for good.
    Outside,
    /// Somebody kept it after the check-out.
    CheckedOut,
}

/// What is wrong about a badge at a door: `inward` doors lead into an area, `refusals` counts this one too.
pub fn judge(granted: bool, inward: bool, standing: Standing, refusals: i64) -> Option<DoorAlert> {
    if !granted && refusals >= REFUSED_OFTEN {
        return Some(DoorAlert::RefusedOften);
    }
    match standing {
        Standing::Unknown => Some(DoorAlert::UnknownBadge),
        Standing::NotOut => Some(DoorAlert::BadgeNotOut),
        Standing::Inside => None,
        // On the way out a badge may still be with its person.
        Standing::Outside | Standing::CheckedOut if granted && !inward => None,
        Standing::CheckedOut if granted => Some(DoorAlert::AfterCheckOut),
        Standing::Outside | Standing::CheckedOut => Some(DoorAlert::NotCheckedIn),
    }
}

/// Whether a badge is one of visitors: it begins with one of the words, or there are none.
pub fn is_visitor_badge(beginnings: &str, badge: &str) -> bool {
    let mut words = beginnings.split_whitespace().peekable();
    words.peek().is_none() || words.any(|word| badge.starts_with(word))
}

/// A door as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorDraft {
    /// The site.
    pub site_id: SiteId,
    /// What the controller calls it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The area one comes from; none for outside.
    pub from_area_id: Option<AreaId>,
    /// The area it leads to; none for outside.
    pub to_area_id: Option<AreaId>,
    /// The room it leads into.
    pub room_id: Option<RoomId>,
    /// Beginnings of visitors' badges; all badges when empty.
    pub visitor_badges: String,
    /// For the operator's eyes.
    pub note: String,
}

/// An id that was chosen, or none.
fn chosen<K: 'static>(field: &'static str, raw: &str) -> Result<Option<Id<K>>, FieldFault> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(None);
    }
    raw.parse()
        .map(Some)
        .map_err(|_| FieldFault::new(field, Message::new("door-fault-choice")))
}

impl DoorDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site: Option<Option<SiteId>> = faults.keep(chosen("site_id", fields.get("site_id")));
        if site == Some(None) {
            faults.add("site_id", Message::new("visit-fault-site"));
        }
        let code = faults.keep(text::required_line("code", fields.get("code"), 64));
        let name = faults.keep(text::required_line("name", fields.get("name"), 120));
        let from = faults.keep(chosen("from_area_id", fields.get("from_area_id")));
        let to = faults.keep(chosen("to_area_id", fields.get("to_area_id")));
        let room = faults.keep(chosen("room_id", fields.get("room_id")));
        let badges = fields.get("visitor_badges");
        let visitor_badges = faults.keep(text::line("visitor_badges", badges, 200));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                site_id: site??,
                code: code?,
                name: name?,
                from_area_id: from?,
                to_area_id: to?,
                room_id: room?,
                visitor_badges: visitor_badges?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A badge at a door, as a controller told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The door, as the controller names it.
    pub door: String,
    /// Number of the badge.
    pub badge: String,
    /// When, by the controller's clock.
    pub at: Timestamp,
    /// Whether the door opened.
    pub granted: bool,
    /// What the controller calls the event.
    pub external_id: Option<String>,
}

impl Reported {
    /// Checks one event: `door`, `badge`, `at` (RFC 3339, or local time of the site), `result` (`granted` or
    /// `refused`), and `id` if there is one.
    pub fn parse(fields: &Fields, zone: Tz, now: Timestamp) -> Result<Self, FieldFault> {
        let door = text::required_line("door", fields.get("door"), 64)?;
        let badge = text::required_line("badge", fields.get("badge"), 40)?;
        let at = Timestamp::parse_in(fields.get("at"), zone)
            .ok_or_else(|| FieldFault::new("at", Message::new("door-fault-at")))?;
        if at.since_millis(now) > AHEAD_MS {
            return Err(FieldFault::new("at", Message::new("door-fault-ahead")));
        }
        if now.since_millis(at) > OLDEST_MS {
            return Err(FieldFault::new("at", Message::new("door-fault-old")));
        }
        let granted = match fields.get("result").trim() {
            "granted" => true,
            "refused" => false,
            _ => {
                let message = Message::new("fault-choice").with("allowed", "granted, refused");
                return Err(FieldFault::new("result", message));
            }
        };
        let external_id = text::line("id", fields.get("id"), 120)?;
        Ok(Self {
            door,
            badge,
            at,
            granted,
            external_id: (!external_id.is_empty()).then_some(external_id),
        })
    }

    /// What is the same when the same event is told again, by whichever way.
    pub fn content_key(&self, site: SiteId) -> String {
        let mut digest = Sha256::new();
        let (site, at) = (site.to_string(), self.at.millis().to_string());
        let result = if self.granted { "granted" } else { "refused" };
        for part in ["door event", &site, &self.door, &self.badge, &at, result] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        hex(&digest.finalize())
    }
}

/// One message of a controller.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Who tells it: the name of the controller.
    pub source: String,
    /// The site of its doors.
    pub site: SiteName,
    /// What it tells, with what could not be read.
    pub events: Vec<Result<Reported, FieldFault>>,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on record now.
    Recorded,
    /// It was on record already.
    Known,
    /// It was not taken.
    Refused(FieldFault),
}

impl Outcome {
    /// Stable word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Known => "known",
            Self::Refused(_) => "refused",
        }
    }
}

/// What became of one event, and what is wrong about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAnswer {
    /// What became of it.
    pub outcome: Outcome,
    /// What is wrong about the badge.
    pub alert: Option<DoorAlert>,
}

crate::text_enum! {
    /// Why somebody could touch a rack.
    pub enum CandidateWay {
        /// Inside on a visit that names the rack.
        VisitToRack = "visit_to_rack",
        /// Inside on a visit for a customer with machines in the rack.
        VisitOfCustomer = "visit_of_customer",
        /// Passed a door into the rack's room.
        Door = "door",
        /// Switched a machine in it.
        Power = "power",
        /// Sat at the console of a machine in it.
        Console = "console",
    }
}

/// Somebody who could touch a rack, when and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// Why.
    pub way: CandidateWay,
    /// Name.
    pub name: String,
    /// Company of a visitor, or empty.
    pub company: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while it lasts, or for what takes no time.
    pub until: Option<Timestamp>,
    /// Number of the visit, when there is one.
    pub visit: Option<String>,
    /// The door, the machine and the action, or empty.
    pub what: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_follows_from_who_had_the_badge() {
        use Standing as S;
        for (granted, inward, standing, refusals, expected) in [
            (true, true, S::Inside, 0, None),
            (false, true, S::Inside, 4, None),
            (false, true, S::Inside, 5, Some(DoorAlert::RefusedOften)),
            (true, true, S::Unknown, 0, Some(DoorAlert::UnknownBadge)),
            (false, true, S::Unknown, 9, Some(DoorAlert::RefusedOften)),
            (true, true, S::NotOut, 0, Some(DoorAlert::BadgeNotOut)),
            (true, false, S::NotOut, 0, Some(DoorAlert::BadgeNotOut)),
            (true, true, S::Outside, 0, Some(DoorAlert::NotCheckedIn)),
            (true, false, S::Outside, 0, None),
            (true, true, S::CheckedOut, 0, Some(DoorAlert::AfterCheckOut)),
            (true, false, S::CheckedOut, 0, None),
            (false, true, S::CheckedOut, 1, Some(DoorAlert::NotCheckedIn)),
        ] {
            assert_eq!(
                judge(granted, inward, standing, refusals),
                expected,
                "{granted} {inward} {standing:?} {refusals}"
            );
        }
    }

    #[test]
    fn badges_of_visitors_are_known_by_their_beginning() {
        for (beginnings, badge, expected) in [
            ("", "7", true),
            ("V-", "V-12", true),
            ("V- G", "G1", true),
            ("V-", "S-12", false),
        ] {
            assert_eq!(is_visitor_badge(beginnings, badge), expected, "{badge}");
        }
    }

    fn event(pairs: &[(&str, &str)]) -> Result<Reported, FieldFault> {
        let mut fields: Fields = [
            ("door", "D1"),
            ("badge", "P1"),
            ("at", "2026-11-22T08:00:00Z"),
            ("result", "granted"),
        ]
        .into_iter()
        .collect();
        for (name, text) in pairs {
            fields.set(*name, *text);
        }
        let now = Timestamp::from_millis(1_795_334_400_000);
        Reported::parse(&fields, chrono_tz::Asia::Shanghai, now)
    }

    #[test]
    fn an_event_says_which_of_its_parts_is_wrong() {
        for (name, text) in [
            ("door", ""),
            ("badge", " "),
            ("at", "yesterday"),
            ("at", "2026-11-22T08:10:01Z"),
            ("at", "2020-01-01"),
            ("result", "maybe"),
        ] {
            let fault = event(&[(name, text)])
                .map(drop)
                .map_err(|fault| fault.field);
            assert_eq!(fault, Err(name.into()), "{text}");
        }
        assert!(event(&[("at", "2026-11-22T08:10:00Z")]).is_ok());
        assert!(event(&[("at", "2026-11-22 16:00")]) == event(&[]));
    }

    #[test]
    fn the_same_event_has_the_same_key() {
        let site = SiteId::new(1);
        let key = |pairs: &[(&str, &str)]| event(pairs).map(|event| event.content_key(site));
        assert_eq!(key(&[]), key(&[("id", "77")]));
        assert_ne!(key(&[]), key(&[("result", "refused")]));
        assert_ne!(key(&[]), key(&[("badge", "P2")]));
    }
}
