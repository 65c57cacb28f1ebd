//! Addresses: the list, one address with its history, its form, and who had one.

use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::address_words::{Choices, allowed, area, held_value, table_for};
use super::entry::Said;
use super::saving::{Archive, changed, created, form_status, settled};
use crate::addressing::{
    AddressDraft, AddressFilter, AddressRole, AddressRow, AddressStatus, Holder, Prefix, Subject,
    address_archive, address_by_id, address_create, address_list, address_update, assignments_of,
    assignments_of_device, holder_at, instant, prefix_by_id, prefixes_around, vrf_at,
};
use crate::base::fault::{Fault, FaultKind, Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, IpAddressId, PrefixId, VrfId};
use crate::base::ip::Ip;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView, every_row};
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        who_had,
        new,
        add,
        show,
        edit,
        save,
        archive_dialog,
        archive_post
    ]
}

/// Search, page and filters of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    status: Option<String>,
    prefix: Option<i64>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }
}

/// The filter that an address asks for, and the network it names.
fn filter(
    c: &mut Conn,
    actor: &Actor,
    narrowing: &Narrowing,
) -> Result<(AddressFilter, Option<Prefix>), Fault> {
    actor.require(Permission::ViewAddresses)?;
    let network = match narrowing.prefix {
        Some(id) => Some(prefix_by_id(c, actor, PrefixId::new(id))?.prefix),
        None => None,
    };
    let word = narrowing.status.as_deref().filter(|word| !word.is_empty());
    let filter = AddressFilter {
        query: narrowing.query().text().to_owned(),
        vrf_id: network.as_ref().map(|prefix| prefix.vrf_id),
        within: network.as_ref().map(|prefix| prefix.prefix()),
        status: word
            .map(|word| AddressStatus::from_word(word).ok_or_else(Fault::not_found))
            .transpose()?,
        ..AddressFilter::default()
    };
    Ok((filter, network))
}

/// An address of a list as templates want it.
pub(super) fn address_value(row: &AddressRow, now: Timestamp) -> Value {
    let address = &row.address;
    json!({
        "id": address.id,
        "address": address.ip().to_string(),
        "vrf": row.vrf,
        "vrf_id": address.vrf_id,
        "dns_name": address.dns_name,
        "role": address.role,
        "status": address.status,
        "note": address.note,
        "archived_at": address.archived_at,
        "held": row.held.as_ref().map(|held| held_value(held, now)),
    })
}

#[get("/addresses?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, network) = web
        .store
        .read(move |c| {
            let (filter, network) = filter(c, &actor, &narrow)?;
            Ok((address_list(c, &actor, &filter, &asked)?, network))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (locale, now) = (signed.reader.locale, signed.actor.now);
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|row| address_value(row, now))
        .collect();
    let within = network.map(|prefix| prefix.prefix().to_string());
    let list = ListView::new(
        web,
        locale,
        "/addresses",
        &query,
        ("addresses-empty", "addresses-empty-text"),
    )
    .filter("status", narrowing.status, |word| {
        web.words.text(locale, &format!("addresses-status-{word}"))
    })
    .filter("prefix", narrowing.prefix.map(|id| id.to_string()), |id| {
        within.unwrap_or_else(|| id.to_owned())
    })
    .csv()
    .action(
        signed.actor.may(Permission::EditAddresses),
        "addresses-new",
        "/addresses/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "addresses-title");
    View::new(
        web,
        &signed.reader,
        "addressing/addresses.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with(
        "statuses",
        words_of::<AddressStatus>(web, &signed, AddressStatus::ALL, "status"),
    )
    .with("is_staff", !signed.actor.role.is_customer())
    .answer()
}

/// Columns of the file: those of the page.
const COLUMNS: &[&str] = &[
    "address",
    "dns_name",
    "status",
    "role",
    "device",
    "interface",
    "customer",
    "vrf",
];

#[get("/addresses.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let (filter, _) = filter(c, &actor, &narrowing)?;
            let rows = every_row(|page| address_list(c, &actor, &filter, page))?;
            Ok(rows.iter().map(cells).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("addresses", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(row: &AddressRow) -> Vec<String> {
    let address = &row.address;
    let held = row.held.as_ref();
    let device = held.and_then(|held| held.device.as_ref());
    let customer = held.and_then(|held| held.customer.as_ref());
    vec![
        address.ip().to_string(),
        address.dns_name.clone(),
        address.status.to_string(),
        address.role.to_string(),
        device.map(|device| device.name.clone()).unwrap_or_default(),
        held.map(|held| held.assignment.interface.clone())
            .unwrap_or_default(),
        customer
            .map(|customer| customer.name.clone())
            .unwrap_or_default(),
        row.vrf.clone(),
    ]
}

fn words_of<T: ToString>(web: &Web, signed: &Signed, all: &[T], name: &str) -> Vec<Value> {
    let choice = |word: &T| {
        let word = word.to_string();
        let label = web
            .words
            .text(signed.reader.locale, &format!("addresses-{name}-{word}"));
        json!({"value": word, "label": label})
    };
    all.iter().map(choice).collect()
}

fn holder_value(holder: &Holder, now: Timestamp) -> Value {
    let through = holder.through.as_ref();
    json!({
        "held": held_value(&holder.row, now),
        "through": through.map(|prefix| json!({"id": prefix.id, "prefix": prefix.prefix().to_string()})),
    })
}

/// The networks around an address that the actor may see, the widest first.
fn networks(c: &mut Conn, actor: &Actor, vrf: VrfId, ip: Ip) -> Result<Vec<Value>, Fault> {
    let mut found = Vec::new();
    for prefix in prefixes_around(c, vrf, ip, ip.family().bits(), false)? {
        match prefix_by_id(c, actor, prefix.id) {
            Ok(row) => found.push(
                json!({"id": row.prefix.id, "prefix": row.prefix.prefix().to_string(), "role": row.prefix.role}),
            ),
            Err(fault) if fault.kind == FaultKind::NotFound => {}
            Err(fault) => return Err(fault),
        }
    }
    found.reverse();
    Ok(found)
}

#[get("/addresses/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (row, around, holder, history) = web
        .store
        .read(move |c| {
            let row = address_by_id(c, &actor, IpAddressId::new(id))?;
            let (vrf, ip) = (row.address.vrf_id, row.address.ip());
            let around = networks(c, &actor, vrf, ip)?;
            let holder = holder_at(c, &actor, vrf, ip, actor.now)?;
            let history = assignments_of(c, &actor, Subject::Address(row.address.id))?;
            Ok((row, around, holder, history))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (locale, now) = (signed.reader.locale, signed.actor.now);
    let title = row.address.ip().to_string();
    View::new(
        web,
        &signed.reader,
        "addressing/address.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "addresses-title"), "/addresses")])
    .flash(said.as_ref())
    .with("address", address_value(&row, now))
    .with(
        "who_had_href",
        format!(
            "/addresses/who-had?address={title}&vrf={}",
            rocket::http::RawStr::new(&row.vrf).percent_encode()
        ),
    )
    .with("around", around)
    .with(
        "holder",
        holder.as_ref().map(|holder| holder_value(holder, now)),
    )
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

/// What is asked of the past.
fn question(
    fields: &Fields,
    zone: chrono_tz::Tz,
    now: Timestamp,
) -> Result<(Ip, Timestamp), Fault> {
    let mut faults = Faults::new();
    let ip = faults.keep(Ip::parse("address", fields.get("address")));
    let at = faults.keep(instant("at", fields.get("at"), zone));
    let asked = (|| Some((ip?, at?.unwrap_or(now))))();
    faults.into_result(asked)
}

/// Who had an address at an instant. A customer who asks for another's learns as little as from an address nobody has.
#[get("/addresses/who-had?<address>&<at>&<vrf>")]
async fn who_had(
    web: &State<Web>,
    signed: Signed,
    address: Option<String>,
    at: Option<String>,
    vrf: Option<String>,
) -> Result<Answer, Failure> {
    let (zone, now) = (web.settings.zone, signed.actor.now);
    signed
        .actor
        .require(Permission::ViewAddresses)
        .map_err(|fault| signed.failure(fault))?;
    let mut fields = Fields::new();
    fields.set("address", address.clone().unwrap_or_default());
    // Left empty it is this instant, not the beginning of this minute.
    fields.set("at", at.unwrap_or_default());
    fields.set("vrf", vrf.unwrap_or_default());
    let mut fault = None;
    let mut found = None;
    if address.is_some() {
        match question(&fields, zone, now) {
            Ok((ip, at)) => {
                let (actor, name) = (signed.actor.clone(), fields.get("vrf").to_owned());
                let outcome = web
                    .store
                    .read(move |c| {
                        let vrf = vrf_at(c, &name)?;
                        let holder = match holder_at(c, &actor, vrf.id, ip, at) {
                            Err(fault) if fault.kind == FaultKind::NotFound => None,
                            other => other?,
                        };
                        Ok((ip, at, vrf.name, holder))
                    })
                    .await;
                match outcome {
                    Ok(answer) => found = Some(answer),
                    Err(wrong) if belongs_in_form(&wrong) => fault = Some(wrong),
                    Err(wrong) => return Err(signed.failure(wrong)),
                }
            }
            Err(wrong) => fault = Some(wrong),
        }
    }
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "who-had-title");
    let form = form_context(web, locale, "/addresses/who-had", &fields, fault.as_ref());
    let shown = found.map(|(ip, at, vrf, holder)| {
        json!({
            "address": ip.to_string(), "at": at, "vrf": vrf,
            "holder": holder.as_ref().map(|holder| holder_value(holder, now)),
        })
    });
    View::new(
        web,
        &signed.reader,
        "addressing/who_had.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "addresses-title"), "/addresses")])
    .with("form", form)
    .with("answer", shown)
    .with("zone", zone.name())
    .with("is_staff", !signed.actor.role.is_customer())
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&AddressRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let choices = Choices::of(web, signed).await?;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "addresses-new"),
            "/addresses/new".to_owned(),
            "/addresses".to_owned(),
        ),
        Some(row) => {
            let name = row.address.ip().to_string();
            (
                web.words
                    .say(locale, &Message::new("facility-edit").with("name", name)),
                format!("/addresses/{}/edit", row.address.id),
                format!("/addresses/{}", row.address.id),
            )
        }
    };
    View::new(
        web,
        &signed.reader,
        "addressing/address_form.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "addresses-title"), "/addresses")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("is_new", there.is_none())
    .with("tables", choices.tables())
    .with("roles", words_of(web, signed, AddressRole::ALL, "role"))
    .with(
        "statuses",
        words_of(web, signed, AddressStatus::ALL, "status"),
    )
    .with("back", back)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&AddressRow>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/addresses/new?<address>&<vrf>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    address: Option<String>,
    vrf: Option<i64>,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields: Fields = [("role", "host"), ("status", "active")]
        .into_iter()
        .collect();
    fields.set("address", address.unwrap_or_default());
    if let Some(vrf) = table_for(web, &signed, vrf).await? {
        fields.set("vrf_id", vrf.to_string());
    }
    form_view(web, &signed, None, &fields, None).await
}

#[post("/addresses/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "address.create",
        AddressDraft::parse,
        address_create,
    )
    .await;
    let outcome = outcome.map(|id| format!("/addresses/{id}"));
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn address(web: &Web, signed: &Signed, id: i64) -> Result<AddressRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| address_by_id(c, &actor, IpAddressId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/addresses/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = address(web, &signed, id).await?;
    let kept = &there.address;
    let fields: Fields = [
        ("vrf_id", kept.vrf_id.to_string()),
        ("address", kept.ip().to_string()),
        ("dns_name", kept.dns_name.clone()),
        ("role", kept.role.to_string()),
        ("status", kept.status.to_string()),
        ("note", kept.note.clone()),
        ("version", kept.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/addresses/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = address(web, &signed, id).await?;
    let id = there.address.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "address.update",
        AddressDraft::parse,
        move |c, actor, version, draft| address_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/addresses/{}", there.address.id));
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of<'a>(there: &AddressRow, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/addresses/{}/archive", there.address.id),
        back: format!("/addresses/{}", there.address.id),
        version: there.address.version,
        archived: there.address.archived_at.is_some(),
        consequence: "addresses-archive-consequence",
        section: "network",
    }
}

#[get("/addresses/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = address(web, &signed, id).await?;
    let name = there.address.ip().to_string();
    archive_of(&there, &name).view(web, &signed, None)
}

#[post("/addresses/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = address(web, &signed, id).await?;
    let (id, name) = (there.address.id, there.address.ip().to_string());
    archive_of(&there, &name)
        .post(
            web,
            &signed,
            &form,
            "address.archive",
            move |c, actor, version, archive| address_archive(c, actor, id, version, archive),
        )
        .await
}

/// The addresses of a device, for its page; null for those who may not see any.
pub(super) fn device_section(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewAddresses) {
        return Ok(Value::Null);
    }
    let held = assignments_of_device(c, actor, device)?;
    let rows = held.iter().map(|(row, text)| {
        let href = match (row.address_id, row.prefix_id) {
            (Some(id), _) => format!("/addresses/{id}"),
            (None, Some(id)) => format!("/prefixes/{id}"),
            (None, None) => String::new(),
        };
        json!({"text": text, "href": href, "interface": row.interface, "from": row.from_at, "until": row.until_at})
    });
    Ok(rows.collect())
}
