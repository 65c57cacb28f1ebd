//! What happened to a record: the section that pages of devices, racks, cables and others share, `layout/_history.html`.

use serde_json::{Map, Value, json};

use super::settings::author_words;
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::locale::Locale;
use crate::identity::Actor;
use crate::store::Conn;
use crate::web::Web;

/// Most entries that a page shows.
const SHOWN: i64 = 30;

/// Fields by which what was added is known.
const TELLING: &[&str] = &["name", "slot", "maker", "model", "serial"];

/// The newest entries about a record, for the operator's eyes; `None` for a customer.
pub(super) fn entries_of(
    c: &mut Conn,
    actor: &Actor,
    kind: &str,
    id: i64,
) -> Result<Option<Vec<audit::Entry>>, Fault> {
    if actor.role.is_customer() {
        return Ok(None);
    }
    let filter = audit::Filter {
        object_kind: Some(kind.to_owned()),
        object_id: Some(id),
        limit: SHOWN,
        ..audit::Filter::default()
    };
    audit::list(c, &filter).map(Some)
}

/// Entries as the section shows them, newest first; null where nothing is shown. The newest may have a link that takes it back.
pub(super) fn history_value(
    web: &Web,
    locale: Locale,
    entries: Option<&[audit::Entry]>,
    undo_href: Option<&str>,
) -> Value {
    let Some(entries) = entries else {
        return Value::Null;
    };
    let mut undo = undo_href;
    entries
        .iter()
        .map(|entry| entry_value(web, locale, entry, undo.take()))
        .collect()
}

fn entry_value(web: &Web, locale: Locale, entry: &audit::Entry, undo: Option<&str>) -> Value {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    // Of what was added it is enough to tell which it is; what it was then is on the page, or was changed below.
    let is_new = entry.action.ends_with("_add") || entry.action.ends_with("_create");
    let changes: Vec<Value> = match entry.action.ends_with(".create") {
        true => Vec::new(),
        false => changed(&detail)
            .into_iter()
            .filter(|(name, ..)| !is_new || TELLING.contains(name))
            .map(|(name, before, after)| {
                let label = label(web, locale, &entry.object_kind, name);
                json!({"label": label, "before": before, "after": after})
            })
            .collect(),
    };
    json!({
        "at": entry.at,
        "who": author_words(web, locale, entry),
        "what": words_of(web, locale, entry),
        "reason": detail.get("reason").and_then(Value::as_str),
        "is_new": is_new,
        "changes": changes,
        "undo_href": undo,
    })
}

/// What an entry says was changed: name, before, after. Row ids say nothing to a reader and are left out.
fn changed(detail: &Value) -> Vec<(&str, String, String)> {
    let part = |name: &str| detail.get(name).and_then(Value::as_object);
    let (before, after) = (part("before"), part("after"));
    let side = |side: Option<&Map<String, Value>>, name: &str| {
        side.and_then(|values| values.get(name))
            .map(text)
            .unwrap_or_default()
    };
    after
        .into_iter()
        .flat_map(Map::keys)
        .map(|name| {
            (
                name.as_str(),
                side(before, name.as_str()),
                side(after, name.as_str()),
            )
        })
        .filter(|(name, before, after)| !name.ends_with("_id") && before != after)
        .collect()
}

/// A value as it was recorded; of one with parts, like a place on the floor, the parts in a row.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(parts) => parts.values().map(text).collect::<Vec<_>>().join(" · "),
        other => other.to_string(),
    }
}

fn words_of(web: &Web, locale: Locale, entry: &audit::Entry) -> String {
    if entry.object_kind != "device" {
        let action = entry.action.replace('.', "-");
        let what = Message::new("audit-action-of").with("action", action);
        return web.words.say(locale, &what);
    }
    let word = entry.action.replace(['.', '_'], "-");
    if web.words.has(locale, &format!("device-history-{word}")) {
        web.words.text(locale, &format!("device-history-{word}"))
    } else {
        word
    }
}

fn label(web: &Web, locale: Locale, kind: &str, name: &str) -> String {
    if kind == "device" && web.words.has(locale, &format!("device-field-{name}")) {
        return web.words.text(locale, &format!("device-field-{name}"));
    }
    let label = Message::new("history-field-of").with("field", name);
    web.words.say(locale, &label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told_and_no_row_ids() {
        let detail = json!({
            "before": {"name": "A01", "units": 42, "room_id": 1, "note": null, "spot": null},
            "after": {"name": "A01", "units": 47, "room_id": 2, "note": "冷通道", "spot": {"x": 3, "y": 4}},
            "reason": "why",
        });
        let told = changed(&detail);
        let told: Vec<(&str, &str, &str)> = told
            .iter()
            .map(|(name, before, after)| (*name, before.as_str(), after.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("units", "42", "47"),
                ("note", "", "冷通道"),
                ("spot", "", "3 · 4"),
            ]
        );
        assert!(changed(&Value::Null).is_empty());
        assert!(changed(&json!({"purpose": "pool"})).is_empty());
    }
}
