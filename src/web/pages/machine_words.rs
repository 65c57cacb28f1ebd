//! What machines tell, as templates want it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::fault::Message;
use crate::base::ids::GaugeId;
use crate::base::locale::Locale;
use crate::base::machine::{Boot, Controller, Health, Quantity, Thresholds};
use crate::base::time::Timestamp;
use crate::metering::GaugeNow;
use crate::power::ops::SensorNow;
use crate::power::telling::number_text;
use crate::power::{LogLine, LogOrigin, PartRow};
use crate::web::Web;

/// Width and height of a small drawing, in its own units.
const SPARK: (i64, i64) = (120, 24);
/// A longer time without a value is a hole, milliseconds.
const HOLE_MS: i64 = 15 * 60_000;
/// Order of the groups of sensors on the page.
const GROUPS: [Quantity; 8] = [
    Quantity::Temperature,
    Quantity::Power,
    Quantity::FanSpeed,
    Quantity::Voltage,
    Quantity::Current,
    Quantity::Humidity,
    Quantity::Other,
    Quantity::Discrete,
];

/// The badge of a judgement.
pub(super) const fn health_kind(health: Health) -> &'static str {
    match health {
        Health::Ok => "ok",
        Health::Warning => "warning",
        Health::Critical | Health::Fatal => "fault",
        Health::Unknown => "off",
    }
}

/// A judgement in words.
fn health_word(web: &Web, locale: Locale, health: Health) -> String {
    let message = Message::new("machine-health").with("health", health.as_str());
    web.words.say(locale, &message)
}

/// A kept trouble as code and technical words; none when there is none.
pub(super) fn trouble(stored: &str) -> Option<Value> {
    if stored.is_empty() {
        return None;
    }
    let (code, technical) = stored.split_once(": ").unwrap_or(("other", stored));
    Some(json!({"code": code, "technical": technical}))
}

/// What a controller says of itself, its words in the reader's language.
pub(super) fn controller_words(web: &Web, locale: Locale, told: Controller) -> Value {
    let words = |key: &'static str, word: &str| match word {
        "" => String::new(),
        word => web.words.say(locale, &Message::new(key).with("word", word)),
    };
    let users: Vec<Value> = told
        .users
        .iter()
        .map(|user| {
            let (name, role) = user.rsplit_once(": ").unwrap_or((user, ""));
            json!({"name": name, "role": words("machine-controller-role", role)})
        })
        .collect();
    // `ACTION in SECONDS s` where it counts.
    let (action, seconds) = told
        .watchdog
        .strip_suffix(" s")
        .and_then(|text| text.split_once(" in "))
        .unwrap_or((told.watchdog.as_str(), ""));
    let watchdog = match seconds {
        "" => words("machine-watchdog", action),
        seconds => {
            let action = words("machine-watchdog", action);
            let message = Message::new("machine-watchdog-counts")
                .with("action", action)
                .with("seconds", seconds);
            web.words.say(locale, &message)
        }
    };
    json!({
        "address": told.address,
        "address_source": words("machine-controller-source-told", &told.address_source),
        "netmask": told.netmask,
        "gateway": told.gateway,
        "mac": told.mac,
        "vlan": told.vlan,
        "users": users,
        "watchdog": watchdog,
    })
}

/// The boot override in words.
pub(super) fn boot_words(web: &Web, locale: Locale, boot: Option<Boot>) -> String {
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let (device, persistent, uefi) = boot.map_or(("default", false, false), |boot| {
        (boot.device.as_str(), boot.persistent, boot.uefi)
    });
    let message = Message::new("machine-boot")
        .with("device", device)
        .with("persistent", yes(persistent))
        .with("uefi", yes(uefi));
    web.words.say(locale, &message)
}

/// Limits as people read them: the first is a warning, the next are worse.
fn limits(thresholds: &Thresholds) -> (Option<String>, Option<String>) {
    let texts = |limits: [Option<f64>; 3]| {
        let texts: Vec<String> = limits.into_iter().flatten().map(number_text).collect();
        (!texts.is_empty()).then(|| texts.join(" / "))
    };
    let t = thresholds;
    (
        texts([t.lower_warning, t.lower_critical, t.lower_fatal]),
        texts([t.upper_warning, t.upper_critical, t.upper_fatal]),
    )
}

/// The path of a small drawing over a time that ends now; none for fewer than two values.
fn spark(course: &[GaugeNow], span_ms: i64, now: Timestamp) -> Option<String> {
    if course.len() < 2 {
        return None;
    }
    let (width, height) = SPARK;
    let low = course.iter().map(|said| said.value).min()?;
    let high = course.iter().map(|said| said.value).max()?;
    let start = now.plus_millis(-span_ms);
    let mut path = String::new();
    let mut before: Option<Timestamp> = None;
    for said in course {
        let x = (said.at.since_millis(start).clamp(0, span_ms)) * width * 10 / span_ms.max(1);
        let share = if high == low {
            5 * (height - 4)
        } else {
            (said.value - low).saturating_mul(10 * (height - 4)) / (high - low)
        };
        let y = 10 * (height - 2) - share;
        let is_hole = before.is_none_or(|at| said.at.since_millis(at) > HOLE_MS);
        let letter = if is_hole { 'M' } else { 'L' };
        path.push_str(&format!(
            "{letter}{}.{} {}.{}",
            x / 10,
            x % 10,
            y / 10,
            y % 10
        ));
        before = Some(said.at);
    }
    Some(path)
}

/// The sensors by what they measure; a group with one that is over is open.
pub(super) fn sensor_groups(
    web: &Web,
    locale: Locale,
    sensors: &[SensorNow],
    courses: &BTreeMap<GaugeId, Vec<GaugeNow>>,
    (span_ms, now): (i64, Timestamp),
) -> Vec<Value> {
    let group = |quantity: &Quantity| {
        let of: Vec<&SensorNow> = sensors
            .iter()
            .filter(|one| one.sensor.quantity == *quantity)
            .collect();
        let bad = of.iter().filter(|one| is_bad(one)).count();
        let rows = of.iter().map(|one| {
            let course = one.gauge.and_then(|gauge| courses.get(&gauge));
            let spark = course.and_then(|course| spark(course, span_ms, now));
            sensor_row(web, locale, one, spark)
        });
        let word = Message::new("machine-quantity").with("quantity", quantity.as_str());
        json!({
            "word": web.words.say(locale, &word),
            "is_open": bad > 0 || *quantity == Quantity::Temperature,
            "is_discrete": *quantity == Quantity::Discrete,
            "count": of.len(),
            "bad": bad,
            "rows": rows.collect::<Vec<_>>(),
        })
    };
    let there = GROUPS
        .iter()
        .filter(|quantity| sensors.iter().any(|one| one.sensor.quantity == **quantity));
    there.map(group).collect()
}

/// Whether a sensor is over now.
pub(super) fn is_bad(one: &SensorNow) -> bool {
    let health = one.sensor.health;
    one.sensor.missing_since.is_none()
        && matches!(health, Health::Warning | Health::Critical | Health::Fatal)
}

fn sensor_row(web: &Web, locale: Locale, one: &SensorNow, spark: Option<String>) -> Value {
    let sensor = &one.sensor;
    let (least, most) = limits(&sensor.thresholds());
    let states: Vec<&str> = sensor.states.lines().collect();
    json!({
        "id": sensor.id,
        "name": sensor.name,
        "entity": sensor.entity,
        "value": one.value.map(number_text),
        "unit": sensor.unit,
        "health_kind": health_kind(sensor.health),
        "health_word": health_word(web, locale, sensor.health),
        "since": sensor.health_since,
        "states": states,
        "least": least,
        "most": most,
        "missing_since": sensor.missing_since,
        "href": one.gauge.map(|gauge| format!("/gauges/{gauge}")),
        "spark": spark,
        "is_bad": is_bad(one),
    })
}

/// A line of an event log.
pub(super) fn log_row(web: &Web, locale: Locale, line: &LogLine) -> Value {
    let text = match line.origin {
        LogOrigin::Cleared => web.words.text(locale, "machine-log-cleared"),
        LogOrigin::Entry => line.text.clone(),
    };
    json!({
        "id": line.id,
        "is_note": line.origin == LogOrigin::Cleared,
        "at": line.at,
        "since_start_s": line.since_start_s,
        "read_at": line.read_at,
        "source": line.source,
        "kind": line.kind,
        "text": text,
        "asserted": line.asserted,
        "health_kind": health_kind(line.health),
        "health_word": health_word(web, locale, line.health),
        "raw": line.raw,
    })
}

/// A part of a machine.
pub(super) fn part_row(web: &Web, locale: Locale, part: &PartRow) -> Value {
    let word = Message::new("machine-part").with("kind", part.kind.as_str());
    let name = [part.manufacturer.as_str(), part.model.as_str()];
    let name: Vec<&str> = name.into_iter().filter(|text| !text.is_empty()).collect();
    json!({
        "kind": web.words.say(locale, &word),
        "slot": part.slot,
        "name": name.join(" "),
        "part_number": part.part_number,
        "serial": part.serial,
        "revision": part.revision,
        "mac": part.mac,
        "octets": part.octets,
        "detail": part.detail,
        "first_seen_at": part.first_seen_at,
        "changed_at": part.changed_at,
        "gone_at": part.gone_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);

    fn said(minutes_ago: i64, value: i64) -> GaugeNow {
        GaugeNow {
            at: NOW.plus_seconds(-60 * minutes_ago),
            value,
        }
    }

    #[test]
    fn a_spark_rises_with_the_value_and_has_holes() {
        let hour = 3_600_000;
        assert_eq!(spark(&[said(1, 5)], hour, NOW), None);
        let path = spark(&[said(60, 0), said(50, 10), said(0, 10)], hour, NOW);
        assert_eq!(path.as_deref(), Some("M0.0 22.0L20.0 2.0M120.0 2.0"));
        let flat = spark(&[said(10, 7), said(0, 7)], hour, NOW);
        assert_eq!(flat.as_deref(), Some("M100.0 12.0L120.0 12.0"));
    }

    #[test]
    fn limits_are_told_from_the_first_to_the_worst() {
        let thresholds = Thresholds {
            upper_warning: Some(85.0),
            upper_critical: Some(95.5),
            ..Thresholds::default()
        };
        assert_eq!(limits(&thresholds), (None, Some("85 / 95.5".to_owned())));
    }
}
