//! The report of redundancy, and the class of one device on its page.

use rocket::form::FromForm;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::facility::room_choices;
use crate::base::fault::Fault;
use crate::base::ids::RoomId;
use crate::facility::chain::Redundancy;
use crate::facility::{
    RedundancyFilter, RedundancyRow, redundancy_list, redundancy_of_device, redundancy_rows,
    room_list,
};
use crate::identity::{Actor, Permission};
use crate::inventory::DeviceRow;
use crate::store::Conn;
use crate::tenancy::{customer_choices, customer_sought};
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv]
}

/// Columns of the report as a file: those of the page.
const COLUMNS: &[&str] = &[
    "device", "owner", "rack", "class", "sides", "feeds", "look_at",
];

/// Search, page and filters of the report.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    room: Option<i64>,
    customer: Option<String>,
    class: Option<String>,
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

/// Turns the filters of an address into those of the report; what names nothing finds nothing.
fn filter(c: &mut Conn, actor: &Actor, narrowing: &Narrowing) -> Result<RedundancyFilter, Fault> {
    let given = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let customer_id = match given(&narrowing.customer) {
        Some(code) => Some(customer_sought(c, actor, &code)?),
        None => None,
    };
    let class = match given(&narrowing.class) {
        Some(word) => Some(Redundancy::from_word(&word).ok_or_else(Fault::not_found)?),
        None => None,
    };
    Ok(RedundancyFilter {
        query: narrowing.query().text().to_owned(),
        room_id: narrowing.room.map(RoomId::new),
        customer_id,
        class,
    })
}

/// The state in which a class is shown.
const fn kind(class: Redundancy) -> &'static str {
    match class {
        Redundancy::Redundant => "ok",
        Redundancy::SameFeed | Redundancy::Single => "warning",
        Redundancy::Unknown => "off",
    }
}

fn row_value(row: &RedundancyRow) -> Value {
    json!({
        "id": row.machine.id,
        "name": row.machine.name,
        "owner": row.machine.owner,
        "rack": row.machine.rack_name,
        "rack_id": row.machine.rack,
        "class": row.judged.class,
        "kind": kind(row.judged.class),
        "sides": row.judged.sides,
        "feeds": row.feeds,
        "caveats": row.judged.caveats,
    })
}

#[get("/power/redundancy?<narrowing..>")]
async fn list(web: &State<Web>, signed: Signed, narrowing: Narrowing) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, counts, rooms, customers) = web
        .store
        .read(move |c| {
            // The right is asked for first: a wrong filter tells nothing to those without it.
            actor.require(Permission::ViewFacility)?;
            actor.require(Permission::ViewPower)?;
            let filter = filter(c, &actor, &narrow)?;
            let (page, counts) = redundancy_list(c, &actor, &filter, &asked)?;
            Ok((
                page,
                counts,
                room_list(c, &actor)?,
                customer_choices(c, &actor)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = page.rows.iter().map(row_value).collect();
    let room_name = |id: &str| {
        rooms
            .iter()
            .find(|row| row.room.id.to_string() == id)
            .map_or_else(|| id.to_owned(), |row| row.room.name.clone())
    };
    let list = ListView::new(
        web,
        locale,
        "/power/redundancy",
        &query,
        ("redundancy-empty", "redundancy-empty-text"),
    )
    .filter(
        "room",
        narrowing.room.map(|room| room.to_string()),
        room_name,
    )
    .filter("customer", narrowing.customer, str::to_owned)
    .filter("class", narrowing.class, |word| {
        web.words.text(locale, &format!("redundancy-class-{word}"))
    })
    .csv()
    .finish(&page, rows);
    let rooms = room_choices(&rooms);
    let customers: Vec<Value> = customers
        .iter()
        .map(|(_, code, name)| json!({"value": code, "label": format!("{name} ({code})")}))
        .collect();
    let classes: Vec<Value> = Redundancy::ALL
        .iter()
        .map(|class| {
            json!({
                "value": class,
                "label": web.words.text(locale, &format!("redundancy-class-{class}")),
                "count": counts.get(class).copied().unwrap_or(0),
            })
        })
        .collect();
    let title = web.words.text(locale, "redundancy-title");
    View::new(
        web,
        &signed.reader,
        "power/redundancy.html",
        &title,
        "power",
    )
    .with("list", list)
    .with("rooms", rooms)
    .with("customers", customers)
    .with("classes", classes)
    .answer()
}

#[get("/power/redundancy.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let (actor, face) = (signed.actor.clone(), web.inner().clone());
    let locale = signed.reader.locale;
    web.store
        .read(move |c| {
            actor.require(Permission::ViewFacility)?;
            actor.require(Permission::ViewPower)?;
            let filter = filter(c, &actor, &narrowing)?;
            let (rows, _) = redundancy_rows(c, &actor, &filter)?;
            let words = |key: String| face.words.text(locale, &key);
            Ok(rows.iter().map(|row| cells(row, &words)).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("redundancy", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

/// A row of the file, in the words of the page.
fn cells(row: &RedundancyRow, words: &impl Fn(String) -> String) -> Vec<String> {
    let judged = &row.judged;
    let sides: Vec<String> = judged
        .sides
        .iter()
        .map(|side| words(format!("feeds-side-{side}")))
        .collect();
    let look_at: Vec<String> = judged
        .caveats
        .iter()
        .map(|caveat| words(format!("redundancy-caveat-{caveat}")))
        .collect();
    vec![
        row.machine.name.clone(),
        row.machine
            .owner
            .clone()
            .unwrap_or_else(|| words("devices-operator".to_owned())),
        row.machine.rack_name.clone().unwrap_or_default(),
        words(format!("redundancy-class-{}", judged.class)),
        sides.join(", "),
        row.feeds.join(", "),
        look_at.join(", "),
    ]
}

/// The value `redundancy` of a device's page; null for those who may not see power, for what draws none and for what
/// stands nowhere. A customer gets the class alone.
pub(super) fn redundancy_section(
    c: &mut Conn,
    actor: &Actor,
    row: &DeviceRow,
) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewPower) || row.device.rack_id.is_none() {
        return Ok(Value::Null);
    }
    let Some(judged) = redundancy_of_device(c, row.device.id)? else {
        return Ok(Value::Null);
    };
    let is_customer = actor.role.is_customer();
    let caveats = (!is_customer).then_some(judged.caveats);
    let sides = (!is_customer).then_some(judged.sides);
    Ok(json!({
        "class": judged.class,
        "kind": kind(judged.class),
        "sides": sides.unwrap_or_default(),
        "caveats": caveats.unwrap_or_default(),
    }))
}
