//! Settings: where users, background work, mails, the audit log and imports are.

use std::collections::BTreeSet;

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use crate::audit::{self, Filter, Via};
use crate::base::fault::{Fault, Message};
use crate::base::id::Id;
use crate::base::ids::AuditEntryId;
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::base::page::Page;
use crate::identity::Permission;
use crate::notify::{MAILER, NOTIFIER};
use crate::store::outbox;
use crate::store::task_log::{self, TaskRun};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, done};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![index, tasks, run_task, mails, revive, audit_log]
}

/// Rows of the audit log on a page.
const AUDIT_ROWS: i64 = 100;
/// Entries of the outbox on its page.
const OUTBOX_ROWS: i64 = 200;

fn crumb(web: &Web, signed: &Signed) -> (String, &'static str) {
    (
        web.words.text(signed.reader.locale, "nav-settings"),
        "/settings",
    )
}

#[get("/settings")]
async fn index(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ViewTasks)
        .map_err(|fault| signed.failure(fault))?;
    let title = web.words.text(signed.reader.locale, "nav-settings");
    let may = |right| signed.actor.may(right);
    View::new(
        web,
        &signed.reader,
        "settings/index.html",
        &title,
        "settings",
    )
    .with("may_users", may(Permission::ManageUsers))
    .with("may_audit", may(Permission::ViewAudit))
    .with("may_import", may(Permission::ImportExport))
    .with("may_network", may(Permission::ViewNetwork))
    .with("may_devices", may(Permission::ViewDevices))
    .answer()
}

#[get("/settings/tasks")]
async fn tasks(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ViewTasks)
        .map_err(|fault| signed.failure(fault))?;
    let tasks = web
        .store
        .read(task_log::all)
        .await
        .map_err(|fault| signed.failure(fault))?;
    let title = web.words.text(signed.reader.locale, "tasks-title");
    let (label, href) = crumb(web, &signed);
    View::new(
        web,
        &signed.reader,
        "settings/tasks.html",
        &title,
        "settings",
    )
    .crumbs(&[(&label, href)])
    .flash(said.as_ref())
    .with(
        "tasks",
        tasks
            .iter()
            .map(|run| task_row(web, signed.reader.locale, run))
            .collect::<Vec<_>>(),
    )
    .with("may_run", signed.actor.may(Permission::ManageTasks))
    .answer()
}

/// A task and its last run in the words of the reader.
fn task_row(web: &Web, locale: Locale, run: &TaskRun) -> Value {
    let mut row = serde_json::to_value(run).unwrap_or(Value::Null);
    if let Some(row) = row.as_object_mut() {
        let (said, technical) = run_words(web, locale, run);
        row.insert("title".into(), task_title(web, locale, &run.name).into());
        row.insert("said".into(), said.into());
        row.insert("technical".into(), technical.into());
    }
    row
}

/// The name of a task for people.
pub(super) fn task_title(web: &Web, locale: Locale, name: &str) -> String {
    let title = Message::new("tasks-name-of").with("name", name.replace('_', "-"));
    web.words.say(locale, &title)
}

/// What a run said in the reader's words, and what has no translation.
pub(super) fn run_words(web: &Web, locale: Locale, run: &TaskRun) -> (String, String) {
    let Some(kept) = KeptMessage::from_text(&run.last_detail) else {
        return (String::new(), run.last_detail.clone());
    };
    match web.words.say_kept(locale, &kept) {
        Some(said) => (said, kept.technical),
        // Kept by another version of the program.
        None => {
            let values = kept.arguments.iter();
            let values: Vec<String> = values
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let said = format!("{} {} {}", kept.key, values.join(" "), kept.technical);
            (String::new(), said.trim().to_owned())
        }
    }
}

#[post("/settings/tasks/<name>/run", data = "<_form>")]
async fn run_task(
    web: &State<Web>,
    signed: Signed,
    name: &str,
    _form: Posted,
) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ManageTasks)
        .map_err(|fault| signed.failure(fault))?;
    let known = web
        .store
        .read(task_log::all)
        .await
        .map_err(|fault| signed.failure(fault))?;
    if !known.iter().any(|task| task.name == name) {
        return Err(signed.failure(Fault::not_found()));
    }
    web.store.wakeups().wake(name);
    Ok(done(
        web,
        signed.reader.locale,
        "/settings/tasks",
        &Message::new("tasks-woken").with("name", task_title(web, signed.reader.locale, name)),
    ))
}

#[get("/settings/mails")]
async fn mails(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ViewTasks)
        .map_err(|fault| signed.failure(fault))?;
    let entries = web
        .store
        .read(|c| outbox::unfinished(c, OUTBOX_ROWS))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows: Vec<Value> = entries.iter().map(entry_value).collect();
    let title = web.words.text(signed.reader.locale, "mails-title");
    let (label, href) = crumb(web, &signed);
    View::new(
        web,
        &signed.reader,
        "settings/mails.html",
        &title,
        "settings",
    )
    .crumbs(&[(&label, href)])
    .flash(said.as_ref())
    .with("entries", rows)
    .with("may_revive", signed.actor.may(Permission::ManageTasks))
    .answer()
}

/// What of an entry is shown: never its payload, which may hold personal data; only whom it goes to.
fn entry_value(entry: &outbox::Entry) -> Value {
    let payload: Value = serde_json::from_str(&entry.payload).unwrap_or(Value::Null);
    json!({
        "id": entry.id,
        "kind": entry.kind,
        "to": payload.get("to").filter(|to| to.is_string()),
        "created_at": entry.created_at,
        "not_before": entry.not_before,
        "attempts": entry.attempts,
        "dead_at": entry.dead_at,
        "last_error": entry.last_error,
    })
}

#[post("/settings/mails/<id>/revive", data = "<_form>")]
async fn revive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .write("outbox.revive", move |c| {
            actor.require(Permission::ManageTasks)?;
            if !outbox::revive(c, Id::new(id), actor.now)? {
                return Err(Fault::not_found());
            }
            let event = audit::Event::new("outbox.revive", "outbox", id, "");
            audit::record(c, &actor.author(), actor.now, event)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    web.store.wakeups().wake(MAILER);
    web.store.wakeups().wake(NOTIFIER);
    Ok(done(
        web,
        signed.reader.locale,
        "/settings/mails",
        &Message::new("mails-revived"),
    ))
}

/// An entry in the words of its reader; kinds, names of fields and values stay as they were recorded.
fn audit_row(web: &Web, locale: Locale, entry: &audit::Entry) -> Value {
    let action = entry.action.replace('.', "-");
    let action = Message::new("audit-action-of").with("action", action);
    let way = Message::new("audit-way-of").with("way", entry.via.as_str());
    json!({
        "at": entry.at,
        "who": author_words(web, locale, entry),
        "way": web.words.say(locale, &way),
        "remote": entry.remote,
        "what": web.words.say(locale, &action),
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "object_label": entry.object_label,
        "changes": changes(&entry.detail),
    })
}

/// The name of an author; programs have theirs in the reader's words.
pub(super) fn author_words(web: &Web, locale: Locale, entry: &audit::Entry) -> String {
    if !matches!(entry.via, Via::Task | Via::Cli) {
        return entry.author_name.clone();
    }
    let key = entry.author_name.replace([' ', '-'], "_");
    let name = Message::new("audit-author-of").with("name", key);
    web.words.say(locale, &name)
}

/// What an entry tells: `{name, before, after}` where something changed, else `{name, after}`.
fn changes(detail: &str) -> Vec<Value> {
    let Ok(Value::Object(detail)) = serde_json::from_str(detail) else {
        return Vec::new();
    };
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let part = |name: &str| detail.get(name).and_then(Value::as_object);
    let (before, after) = (part("before"), part("after"));
    let names: BTreeSet<&String> = [before, after]
        .into_iter()
        .flatten()
        .flat_map(serde_json::Map::keys)
        .collect();
    let changed = names.into_iter().map(|name| {
        let side = |side: Option<&serde_json::Map<String, Value>>| {
            text(side.and_then(|values| values.get(name)))
        };
        json!({"name": name, "before": side(before), "after": side(after)})
    });
    let is_side = |name: &String| {
        (name == "before" && before.is_some()) || (name == "after" && after.is_some())
    };
    let others = detail.iter().filter(|(name, _)| !is_side(name));
    let others = others.map(|(name, value)| json!({"name": name, "after": text(Some(value))}));
    changed.chain(others).collect()
}

#[get("/settings/audit?<kind>&<id>&<action>&<author>&<query..>")]
async fn audit_log(
    web: &State<Web>,
    signed: Signed,
    kind: Option<String>,
    id: Option<i64>,
    action: Option<String>,
    author: Option<String>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ViewAudit)
        .map_err(|fault| signed.failure(fault))?;
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let filter = Filter {
        object_kind: given(&kind),
        object_id: id,
        action: given(&action)
            .or_else(|| Some(query.text().to_owned()).filter(|text| !text.is_empty())),
        author: given(&author),
        before: query
            .after
            .as_ref()
            .and_then(|after| after.parse::<AuditEntryId>().ok()),
        limit: AUDIT_ROWS,
    };
    let entries = web
        .store
        .read(move |c| audit::list(c, &filter))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let full = i64::try_from(entries.len()).unwrap_or(0) == AUDIT_ROWS;
    let next = entries
        .last()
        .filter(|_| full)
        .map(|entry| entry.id.to_string());
    let rows = entries
        .iter()
        .map(|entry| audit_row(web, signed.reader.locale, entry))
        .collect();
    let page = Page {
        rows: entries,
        next,
        previous: None,
        total: 0,
    };
    let locale = signed.reader.locale;
    let mut list = ListView::new(
        web,
        locale,
        "/settings/audit",
        &query,
        ("audit-empty", "audit-empty-text"),
    )
    .filter("kind", kind, str::to_owned)
    .filter("id", id.map(|id| id.to_string()), |id| format!("#{id}"))
    .filter("action", action, str::to_owned)
    .filter("author", author, str::to_owned)
    .finish(&page, rows);
    if let Some(list) = list.as_object_mut() {
        list.insert("total".into(), Value::Null);
    }
    let title = web.words.text(locale, "audit-title");
    let (label, href) = crumb(web, &signed);
    View::new(
        web,
        &signed.reader,
        "settings/audit.html",
        &title,
        "settings",
    )
    .crumbs(&[(&label, href)])
    .with("list", list)
    .answer()
}
