//! Goods passes: the list, the form, one pass, its slip for paper and the steps of its life.

use qrcode::{Color, EcLevel, QrCode};
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::goods_form::{about, form_answer};
use super::saving::form_status;
use crate::access::{
    Direction, GoodsAction, GoodsFilter, GoodsLine, GoodsRecord, GoodsState, goods_approve,
    goods_by_number, goods_cancel, goods_draft, goods_events_of, goods_export, goods_finish,
    goods_list, goods_refuse, goods_submit,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceId, SiteId, UserId};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, new, create, show, slip, step_dialog, step]
}

/// The filters of the list as they stand in its address.
#[derive(Debug, Clone, Default, rocket::form::FromForm)]
pub struct GoodsQuery {
    state: Option<String>,
    direction: Option<String>,
    site: Option<i64>,
    customer: Option<i64>,
    device: Option<i64>,
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl GoodsQuery {
    fn list(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn filter(&self) -> GoodsFilter {
        GoodsFilter {
            query: self.list().text().to_owned(),
            state: self.state.as_deref().and_then(GoodsState::from_word),
            direction: self.direction.as_deref().and_then(Direction::from_word),
            site: self.site.map(SiteId::new),
            customer: self.customer.map(CustomerId::new),
            device: self.device.map(DeviceId::new),
        }
    }
}

/// Kind of badge for a state.
const fn kind(state: GoodsState) -> &'static str {
    match state {
        GoodsState::Drafted => "note",
        GoodsState::Submitted => "warning",
        GoodsState::Approved => "ok",
        GoodsState::Refused => "fault",
        GoodsState::Done | GoodsState::Cancelled => "off",
    }
}

fn line_json(line: &GoodsLine) -> Value {
    json!({
        "description": line.item.description,
        "serial": line.item.serial,
        "count": line.item.count,
        "device": line.device,
        "device_id": line.item.device_id,
        "device_type": line.device_type,
        "rack": line.rack,
        "rack_id": line.item.rack_id,
        "unit": line.item.unit,
    })
}

/// A pass as a row of a list or the head of its page.
fn goods_json(web: &Web, locale: Locale, record: &GoodsRecord) -> Value {
    let pass = &record.pass;
    json!({
        "number": pass.number,
        "href": format!("/goods/{}", pass.number),
        "direction": pass.direction,
        "direction_word": web.words.text(locale, &format!("goods-direction-{}", pass.direction)),
        "state": pass.state,
        "state_kind": kind(pass.state),
        "state_word": web.words.text(locale, &format!("goods-state-{}", pass.state)),
        "site": record.site.name,
        "zone": record.site.time_zone,
        "customer": record.customer.as_ref().map(|owner| owner.name.as_str()),
        "visit": record.visit,
        "carrier": pass.carrier_name,
        "company": pass.carrier_company,
        "plate": pass.vehicle_plate,
        "note": pass.note,
        "by": pass.created_by_name,
        "at": pass.created_at,
        "released_by": pass.released_by_name,
        "released_at": pass.released_at,
        "done_by": pass.done_by_name,
        "done_at": pass.done_at,
        "lines": record.items.iter().map(line_json).collect::<Vec<_>>(),
    })
}

/// What the reader may do with a pass now.
fn possible(actor: &Actor, record: &GoodsRecord) -> Value {
    let pass = &record.pass;
    let desk = actor.may(Permission::DeskVisits);
    let announces = actor.may(Permission::AnnounceVisits);
    let is_out = pass.direction == Direction::Out;
    let releases = desk && (!is_out || actor.may(Permission::ReleaseGoods));
    let is_own = |user: Option<UserId>| is_out && user == actor.user_id;
    let allows = |action: GoodsAction| pass.state.allows(action);
    json!({
        "submit": announces && allows(GoodsAction::Submit),
        "approve": releases && allows(GoodsAction::Approve) && !is_own(pass.created_by_user_id),
        "refuse": releases && allows(GoodsAction::Refuse),
        "cancel": announces && allows(GoodsAction::Cancel),
        "finish": desk && allows(GoodsAction::Finish) && !is_own(pass.released_by_user_id),
        "devices": actor.may(Permission::ViewDevices),
        "racks": actor.may(Permission::ViewFacility),
    })
}

#[get("/goods?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: GoodsQuery,
) -> Result<Answer, Failure> {
    let filter = query.filter();
    let request = query.list().page();
    let (actor, wanted) = (signed.actor.clone(), filter.clone());
    let page = web
        .store
        .read(move |c| goods_list(c, &actor, &wanted, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let rows = page
        .rows
        .iter()
        .map(|record| goods_json(web, locale, record))
        .collect();
    let number = |value: Option<i64>| value.map(|value| value.to_string());
    let list = ListView::new(
        web,
        locale,
        "/goods",
        &query.list(),
        ("goods-empty", "goods-empty-text"),
    )
    .filter(
        "state",
        filter.state.map(|state| state.to_string()),
        |word| web.words.text(locale, &format!("goods-state-{word}")),
    )
    .filter(
        "direction",
        filter.direction.map(|direction| direction.to_string()),
        |word| web.words.text(locale, &format!("goods-direction-{word}")),
    )
    .filter("site", number(query.site), |_| words("visit-filter-site"))
    .filter("customer", number(query.customer), |_| {
        words("visit-filter-customer")
    })
    .filter("device", number(query.device), |_| {
        words("goods-filter-device")
    })
    .csv()
    .action(
        signed.actor.may(Permission::AnnounceVisits),
        "goods-new",
        "/goods/new",
    )
    .finish(&page, rows);
    let title = words("goods-title");
    View::new(web, &signed.reader, "goods/list.html", &title, "visits")
        .flash(said.as_ref())
        .with("list", list)
        .with("states", states(web, &signed, filter.state))
        .with("staff", !signed.actor.role.is_customer())
        .answer()
}

/// The tabs above the list.
fn states(web: &Web, signed: &Signed, current: Option<GoodsState>) -> Vec<Value> {
    let locale = signed.reader.locale;
    let mut tabs = vec![json!({
        "label": web.words.text(locale, "visit-scope-all"), "href": "/goods", "current": current.is_none(),
    })];
    tabs.extend(GoodsState::ALL.iter().map(|state| {
        json!({
            "label": web.words.text(locale, &format!("goods-state-{state}")),
            "href": format!("/goods?state={state}"),
            "current": current == Some(*state),
        })
    }));
    tabs
}

const COLUMNS: &[&str] = &[
    "number",
    "direction",
    "state",
    "site",
    "customer",
    "visit",
    "carrier_name",
    "carrier_company",
    "vehicle_plate",
    "description",
    "serial",
    "count",
    "device",
    "drafted_by",
    "drafted_at",
    "released_by",
    "released_at",
    "done_by",
    "done_at",
    "time_zone",
    "note",
];

#[get("/goods.csv?<query..>")]
async fn list_csv(web: &State<Web>, signed: Signed, query: GoodsQuery) -> Result<Answer, Failure> {
    let (actor, filter) = (signed.actor.clone(), query.filter());
    web.store
        .read(move |c| goods_export(c, &actor, &filter))
        .await
        .and_then(|records| {
            let mut rows = Vec::new();
            for record in &records {
                rows.extend(csv_rows(record)?);
            }
            csv_answer("goods", COLUMNS, &rows)
        })
        .map_err(|fault| signed.failure(fault))
}

/// One row per item, times in the site's zone.
fn csv_rows(record: &GoodsRecord) -> Result<Vec<Vec<String>>, Fault> {
    let zone = record.site.zone()?;
    let pass = &record.pass;
    let at = |at: Option<Timestamp>| at.map(|at| at.local_minute(zone)).unwrap_or_default();
    let row = |line: &GoodsLine| {
        vec![
            pass.number.clone(),
            pass.direction.to_string(),
            pass.state.to_string(),
            record.site.code.clone(),
            record
                .customer
                .as_ref()
                .map(|owner| owner.code.clone())
                .unwrap_or_default(),
            record.visit.clone().unwrap_or_default(),
            pass.carrier_name.clone(),
            pass.carrier_company.clone(),
            pass.vehicle_plate.clone(),
            line.item.description.clone(),
            line.item.serial.clone(),
            line.item.count.to_string(),
            line.device.clone().unwrap_or_default(),
            pass.created_by_name.clone(),
            at(Some(pass.created_at)),
            pass.released_by_name.clone(),
            at(pass.released_at),
            pass.done_by_name.clone(),
            at(pass.done_at),
            record.site.time_zone.clone(),
            pass.note.clone(),
        ]
    };
    Ok(record.items.iter().map(row).collect())
}

#[get("/goods/new?<direction>&<device>&<customer>&<visit>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    direction: Option<String>,
    device: Option<String>,
    customer: Option<String>,
    visit: Option<String>,
) -> Result<Answer, Failure> {
    let mut fields = Fields::new();
    let way = direction.as_deref().and_then(Direction::from_word);
    fields.set("direction", way.unwrap_or(Direction::Out).as_str());
    fields.set("device", device.unwrap_or_default());
    fields.set("visit", visit.unwrap_or_default());
    fields.set("customer_id", customer.unwrap_or_default());
    for names in crate::access::ITEM_FIELDS {
        fields.set(names.count, "1");
    }
    form_answer(web, &signed, &fields, None).await
}

#[post("/goods/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let (actor, fields) = (signed.actor.clone(), form.fields.clone());
    let outcome = web
        .store
        .write("goods.draft", move |c| goods_draft(c, &actor, &fields))
        .await;
    match outcome {
        Ok(number) => {
            let said = about("goods-drafted", &number);
            let href = format!("/goods/{number}");
            Ok(done(web, signed.reader.locale, href, &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            form_answer(web, &signed, &form.fields, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// One pass for a page.
async fn record(web: &Web, signed: &Signed, number: &str) -> Result<GoodsRecord, Failure> {
    let (actor, number) = (signed.actor.clone(), number.to_owned());
    web.store
        .read(move |c| goods_by_number(c, &actor, &number))
        .await
        .map_err(|fault| signed.failure(fault))
}

/// The square code of a pass: side in modules with a quiet zone of four, and the path of its dark modules.
fn square(web: &Web, number: &str) -> Result<Value, Fault> {
    let address = format!("{}/goods/{number}", web.settings.public_url);
    let square =
        QrCode::with_error_correction_level(&address, EcLevel::M).map_err(Fault::internal)?;
    let side = square.width();
    let mut path = String::new();
    for (at, color) in square.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % side + 4, at / side + 4));
        }
    }
    Ok(json!({"side": side + 8, "path": path}))
}

#[get("/goods/<number>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    number: &str,
) -> Result<Answer, Failure> {
    let record = record(web, &signed, number).await?;
    let (actor, wanted) = (signed.actor.clone(), record.pass.number.clone());
    let entries = web
        .store
        .read(move |c| goods_events_of(c, &actor, &wanted))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let entries: Vec<Value> = entries
        .iter()
        .rev()
        .map(|entry| {
            json!({
                "at": entry.at,
                "who": entry.author_name,
                "text": web.words.text(locale, &format!("goods-state-{}", entry.event)),
                "note": entry.note,
            })
        })
        .collect();
    let square = square(web, &record.pass.number).map_err(|fault| signed.failure(fault))?;
    let title = record.pass.number.clone();
    View::new(web, &signed.reader, "goods/show.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "goods-title"), "/goods")])
        .flash(said.as_ref())
        .with("goods", goods_json(web, locale, &record))
        .with("may", possible(&signed.actor, &record))
        .with("entries", entries)
        .with("square", square)
        .answer()
}

/// The slip that goes with the goods, for paper.
#[get("/goods/<number>/slip")]
async fn slip(web: &State<Web>, signed: Signed, number: &str) -> Result<Answer, Failure> {
    let record = record(web, &signed, number).await?;
    let locale = signed.reader.locale;
    let square = square(web, &record.pass.number).map_err(|fault| signed.failure(fault))?;
    let title = record.pass.number.clone();
    let href = format!("/goods/{title}");
    View::new(web, &signed.reader, "goods/slip.html", &title, "visits")
        .crumbs(&[
            (&web.words.text(locale, "goods-title"), "/goods"),
            (&title, &href),
        ])
        .with("goods", goods_json(web, locale, &record))
        .with("square", square)
        .answer()
}

const fn right(action: GoodsAction) -> Permission {
    match action {
        GoodsAction::Submit | GoodsAction::Cancel => Permission::AnnounceVisits,
        GoodsAction::Approve | GoodsAction::Refuse | GoodsAction::Finish => Permission::DeskVisits,
    }
}

fn take(
    c: &mut Conn,
    actor: &Actor,
    action: GoodsAction,
    number: &str,
    note: &str,
) -> Result<(), Fault> {
    match action {
        GoodsAction::Submit => goods_submit(c, actor, number),
        GoodsAction::Approve => goods_approve(c, actor, number, note),
        GoodsAction::Refuse => goods_refuse(c, actor, number, note),
        GoodsAction::Cancel => goods_cancel(c, actor, number, note),
        GoodsAction::Finish => goods_finish(c, actor, number, note),
    }
}

fn action_of(word: &str, signed: &Signed) -> Result<GoodsAction, Failure> {
    let action = GoodsAction::from_word(word).ok_or_else(|| signed.failure(Fault::not_found()))?;
    signed
        .actor
        .require(right(action))
        .map_err(|fault| signed.failure(fault))?;
    Ok(action)
}

fn step_view(
    web: &Web,
    signed: &Signed,
    record: &GoodsRecord,
    action: GoodsAction,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let href = format!("/goods/{}", record.pass.number);
    let title = words(&format!("goods-step-{action}"));
    let is_grave = matches!(action, GoodsAction::Refuse | GoodsAction::Cancel);
    View::new(web, &signed.reader, "goods/step.html", &title, "visits")
        .crumbs(&[
            (&words("goods-title"), "/goods"),
            (&record.pass.number, &href),
        ])
        .with("goods", goods_json(web, locale, record))
        .with("consequence", words(&format!("goods-consequence-{action}")))
        .with("note_wanted", action != GoodsAction::Submit)
        .with("note_needed", action == GoodsAction::Refuse)
        .with(
            "form",
            form_context(web, locale, &format!("{href}/step/{action}"), fields, fault),
        )
        .with(
            "dialog",
            json!({
                "submit": title, "danger": is_grave, "cancel_href": href, "confirm_label": null, "icon": null,
            }),
        )
        .status(form_status(fault))
        .answer()
}

#[get("/goods/<number>/step/<word>")]
async fn step_dialog(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    word: &str,
) -> Result<Answer, Failure> {
    let action = action_of(word, &signed)?;
    let record = record(web, &signed, number).await?;
    step_view(web, &signed, &record, action, &Fields::new(), None)
}

#[post("/goods/<number>/step/<word>", data = "<form>")]
async fn step(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    word: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let action = action_of(word, &signed)?;
    let record = record(web, &signed, number).await?;
    let (actor, number) = (signed.actor.clone(), record.pass.number.clone());
    let note = form.fields.get("note").to_owned();
    let outcome = web
        .store
        .write("goods.step", move |c| {
            take(c, &actor, action, &number, &note)
        })
        .await;
    match outcome {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            format!("/goods/{}", record.pass.number),
            &Message::new("flash-saved"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            step_view(web, &signed, &record, action, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
