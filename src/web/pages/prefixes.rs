//! Networks: the tree, one network, its form.

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::address_words::{Choices, allowed, area, held_value, table_for, tree_value};
use super::addresses::address_value;
use super::entry::Said;
use super::saving::{Archive, changed, created, form_status, settled};
use crate::addressing::{
    AddressFilter, PrefixDraft, PrefixRow, PrefixStatus, Subject, TreeRow, address_list,
    assignments_of, prefix_archive, prefix_by_id, prefix_create, prefix_map, prefix_tree,
    prefix_update, range_usage, vrf_list,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PrefixId, VrfId};
use crate::base::ip::Ip;
use crate::base::page::PageRequest;
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView, every_row};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        add,
        show,
        edit,
        save,
        archive_dialog,
        archive_post
    ]
}

/// Addresses and ranges shown on the page of a network.
const SHOWN: usize = 100;

/// Search, page and filter of the tree.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    vrf: Option<i64>,
}

#[get("/prefixes?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = ListQuery {
        q: narrowing.q,
        after: narrowing.after,
        before: narrowing.before,
    };
    let (actor, asked) = (signed.actor.clone(), query.clone());
    let is_staff = !signed.actor.role.is_customer();
    let (page, tables) = web
        .store
        .read(move |c| {
            let vrf = narrowing.vrf.map(VrfId::new);
            let page = prefix_tree(c, &actor, vrf, asked.text(), &asked.page())?;
            let tables = if is_staff {
                vrf_list(c, &actor)?
            } else {
                Vec::new()
            };
            Ok((page, tables))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let now = signed.actor.now;
    let rows: Vec<Value> = page.rows.iter().map(|row| tree_value(row, now)).collect();
    let tables: Vec<Value> = tables
        .iter()
        .map(|vrf| json!({"value": vrf.id.to_string(), "label": vrf.name}))
        .collect();
    let empty = if is_staff {
        ("prefixes-empty", "prefixes-empty-text")
    } else {
        ("prefixes-empty-own", "prefixes-empty-own-text")
    };
    let list = ListView::new(web, locale, "/prefixes", &query, empty)
        .filter("vrf", narrowing.vrf.map(|id| id.to_string()), |id| {
            let named = tables
                .iter()
                .find(|table| table.get("value") == Some(&json!(id)));
            let label = named.and_then(|table| table.get("label")?.as_str());
            label.unwrap_or(id).to_owned()
        })
        .csv()
        .action(
            signed.actor.may(Permission::EditAddresses),
            "prefixes-new",
            "/prefixes/new",
        )
        .finish(&page, rows);
    let title = web.words.text(locale, "prefixes-title");
    View::new(
        web,
        &signed.reader,
        "addressing/prefixes.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("tables", tables)
    .with("is_staff", is_staff)
    .answer()
}

/// Columns of the file: those of the page.
const COLUMNS: &[&str] = &[
    "prefix",
    "vrf",
    "status",
    "role",
    "vlan",
    "vlan_name",
    "holder",
    "used",
    "percent",
];

#[get("/prefixes.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let vrf = narrowing.vrf.map(VrfId::new);
            let query = narrowing.q.as_deref().unwrap_or_default();
            let rows = every_row(|page| prefix_tree(c, &actor, vrf, query.trim(), page))?;
            Ok(rows.iter().map(cells).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("prefixes", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(tree: &TreeRow) -> Vec<String> {
    let row = &tree.row;
    let vlan = row.vlan.as_ref();
    let holder = row.held.as_ref().and_then(|held| {
        let customer = held.customer.as_ref().map(|customer| customer.name.clone());
        customer.or_else(|| held.device.as_ref().map(|device| device.name.clone()))
    });
    vec![
        row.prefix.prefix().to_string(),
        row.vrf.clone(),
        row.prefix.status.to_string(),
        row.prefix.role.clone(),
        vlan.map(|vlan| vlan.number.to_string()).unwrap_or_default(),
        vlan.map(|vlan| vlan.name.clone()).unwrap_or_default(),
        holder.unwrap_or_default(),
        tree.usage.used.to_string(),
        tree.usage.percent().to_string(),
    ]
}

fn prefix_value(row: &PrefixRow) -> Value {
    let prefix = &row.prefix;
    json!({
        "id": prefix.id,
        "prefix": prefix.prefix().to_string(),
        "family": prefix.family.number(),
        "vrf": row.vrf,
        "vrf_id": prefix.vrf_id,
        "site": row.site,
        "vlan": row.vlan,
        "status": prefix.status,
        "role": prefix.role,
        "is_pool": prefix.is_pool,
        "note": prefix.note,
        "archived_at": prefix.archived_at,
    })
}

/// How many addresses a stretch has, in words that stay short: a number, or a power of two.
pub(super) fn size_text(size: u128) -> String {
    if size > 1_000_000_000 {
        return format!("> 2^{}", size.ilog2());
    }
    size.to_string()
}

#[get("/prefixes/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (row, map, ranges, addresses, history) = web
        .store
        .read(move |c| {
            let row = prefix_by_id(c, &actor, PrefixId::new(id))?;
            let map = prefix_map(c, &actor, &row.prefix)?;
            let mut ranges = Vec::with_capacity(map.ranges.len());
            for range in map.ranges.iter().take(SHOWN) {
                let usage = range_usage(c, range)?;
                ranges.push(json!({
                    "id": range.id,
                    "text": range.text(),
                    "name": range.name,
                    "purpose": range.purpose,
                    "note": range.note,
                    "percent": usage.percent(),
                }));
            }
            let filter = AddressFilter {
                vrf_id: Some(row.prefix.vrf_id),
                within: Some(row.prefix.prefix()),
                ..AddressFilter::default()
            };
            let first = PageRequest {
                limit: SHOWN,
                ..PageRequest::first()
            };
            let addresses = address_list(c, &actor, &filter, &first)?;
            let history = assignments_of(c, &actor, Subject::Prefix(row.prefix.id))?;
            Ok((row, map, ranges, addresses, history))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (locale, now) = (signed.reader.locale, signed.actor.now);
    let family = row.prefix.family;
    let text = |value: u128| Ip::new(family, value).to_string();
    let gaps = map.gaps.iter().map(
        |gap| json!({"first": text(gap.first), "last": text(gap.last), "size": size_text(gap.size())}),
    );
    let around: Vec<Value> = map
        .around
        .iter()
        .map(|wider| json!({"id": wider.id, "prefix": wider.prefix().to_string()}))
        .collect();
    let children: Vec<Value> = map
        .children
        .iter()
        .map(|row| tree_value(row, now))
        .collect();
    let rows: Vec<Value> = addresses
        .rows
        .iter()
        .map(|row| address_value(row, now))
        .collect();
    let title = row.prefix.prefix().to_string();
    View::new(
        web,
        &signed.reader,
        "addressing/prefix.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "prefixes-title"), "/prefixes")])
    .flash(said.as_ref())
    .with("prefix", prefix_value(&row))
    .with("held", row.held.as_ref().map(|held| held_value(held, now)))
    .with(
        "usage",
        json!({
            "used": map.usage.used.to_string(),
            "percent": map.usage.percent(),
            "size": size_text(row.prefix.prefix().span().size()),
        }),
    )
    .with("around", around)
    .with("children", children)
    .with("ranges", ranges)
    .with("range_total", map.ranges.len())
    .with("gaps", gaps.collect::<Vec<_>>())
    .with("addresses", rows)
    .with("address_total", addresses.total)
    .with(
        "history",
        history
            .iter()
            .map(|row| held_value(row, now))
            .collect::<Vec<_>>(),
    )
    .with("is_staff", !signed.actor.role.is_customer())
    .with("may_edit", signed.actor.may(Permission::EditAddresses))
    .answer()
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&PrefixRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let choices = Choices::of(web, signed).await?;
    let statuses: Vec<Value> = PrefixStatus::ALL
        .iter()
        .map(|status| json!({"value": status, "label": web.words.text(locale, &format!("prefixes-status-{status}"))}))
        .collect();
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "prefixes-new"),
            "/prefixes/new".to_owned(),
            "/prefixes".to_owned(),
        ),
        Some(row) => {
            let name = row.prefix.prefix().to_string();
            (
                web.words
                    .say(locale, &Message::new("facility-edit").with("name", name)),
                format!("/prefixes/{}/edit", row.prefix.id),
                format!("/prefixes/{}", row.prefix.id),
            )
        }
    };
    View::new(
        web,
        &signed.reader,
        "addressing/prefix_form.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "prefixes-title"), "/prefixes")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("is_new", there.is_none())
    .with("tables", choices.tables())
    .with("places", choices.sites)
    .with("vlans", choices.vlans)
    .with("statuses", statuses)
    .with("back", back)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&PrefixRow>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/prefixes/new?<prefix>&<vrf>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    prefix: Option<String>,
    vrf: Option<i64>,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields: Fields = [("status", "active")].into_iter().collect();
    if let Some(prefix) = prefix {
        fields.set("prefix", prefix);
    }
    if let Some(vrf) = table_for(web, &signed, vrf).await? {
        fields.set("vrf_id", vrf.to_string());
    }
    form_view(web, &signed, None, &fields, None).await
}

#[post("/prefixes/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "prefix.create",
        PrefixDraft::parse,
        prefix_create,
    )
    .await;
    let outcome = outcome.map(|id| format!("/prefixes/{id}"));
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn prefix(web: &Web, signed: &Signed, id: i64) -> Result<PrefixRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| prefix_by_id(c, &actor, PrefixId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/prefixes/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = prefix(web, &signed, id).await?;
    let kept = &there.prefix;
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let fields: Fields = [
        ("vrf_id", kept.vrf_id.to_string()),
        ("prefix", kept.prefix().to_string()),
        ("site_id", number(kept.site_id.map(|id| id.get()))),
        ("vlan_id", number(kept.vlan_id.map(|id| id.get()))),
        ("status", kept.status.to_string()),
        ("role", kept.role.clone()),
        ("is_pool", kept.is_pool.to_string()),
        ("note", kept.note.clone()),
        ("version", kept.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/prefixes/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = prefix(web, &signed, id).await?;
    let id = there.prefix.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "prefix.update",
        PrefixDraft::parse,
        move |c, actor, version, draft| prefix_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/prefixes/{}", there.prefix.id));
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of<'a>(there: &PrefixRow, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/prefixes/{}/archive", there.prefix.id),
        back: format!("/prefixes/{}", there.prefix.id),
        version: there.prefix.version,
        archived: there.prefix.archived_at.is_some(),
        consequence: "prefixes-archive-consequence",
        section: "network",
    }
}

#[get("/prefixes/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = prefix(web, &signed, id).await?;
    let name = there.prefix.prefix().to_string();
    archive_of(&there, &name).view(web, &signed, None)
}

#[post("/prefixes/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = prefix(web, &signed, id).await?;
    let (id, name) = (there.prefix.id, there.prefix.prefix().to_string());
    archive_of(&there, &name)
        .post(
            web,
            &signed,
            &form,
            "prefix.archive",
            move |c, actor, version, archive| prefix_archive(c, actor, id, version, archive),
        )
        .await
}
