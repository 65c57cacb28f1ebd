//! Labels with square codes for racks, devices, ports and cables: what to print them on, and the document.

use rocket::form::FromForm;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CableId, DeviceId, PortId, RackId};
use crate::base::locale::Locale;
use crate::base::page::PageRequest;
use crate::cabling::{CableFilter, CableRow, EndRow, cable_by_id, cable_list, metres_text};
use crate::facility::{RackRow, rack_by_id};
use crate::identity::{Actor, Permission};
use crate::inventory::{DeviceRow, device_by_id, devices_in_rack};
use crate::metering::{PortFull, port_by_id, ports_of_device};
use crate::paper::{Label, LabelStock, MOST_LABELS, label_sheets, pdf_of_size};
use crate::store::Conn;
use crate::web::guards::Signed;
use crate::web::printing::in_turn;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![choose, sheet]
}

/// What labels are wanted for, and on what.
#[derive(Debug, Clone, Default, FromForm)]
struct Asked {
    kind: Option<String>,
    id: Vec<String>,
    /// All devices of a rack.
    rack: Option<i64>,
    /// All ports of a device, or all its cables where those are asked for.
    device: Option<i64>,
    stock: Option<String>,
    start: Option<String>,
}

impl Asked {
    fn ids(&self) -> Result<Vec<i64>, Fault> {
        let mut ids = Vec::with_capacity(self.id.len());
        for id in &self.id {
            let id: i64 = id.trim().parse().map_err(|_| Fault::not_found())?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn stock(&self) -> Result<LabelStock, Fault> {
        let word = self.stock.as_deref().unwrap_or_default();
        if word.is_empty() {
            return Ok(LabelStock::A4Of24);
        }
        LabelStock::from_word(word)
            .ok_or_else(|| Fault::field("stock", Message::new("labels-fault-stock")))
    }

    fn start(&self, stock: LabelStock) -> Result<usize, Fault> {
        let typed = self.start.as_deref().unwrap_or_default().trim();
        if typed.is_empty() || stock.places() == 1 {
            return Ok(1);
        }
        let start = typed.parse().unwrap_or(0);
        if (1..=stock.places()).contains(&start) {
            return Ok(start);
        }
        let message = Message::new("labels-fault-start").with("last", stock.places());
        Err(Fault::field("start", message))
    }

    /// The same question as fields of the form.
    fn fields(&self) -> Fields {
        let stock = self.stock.clone().unwrap_or_default();
        let stock = if stock.is_empty() {
            LabelStock::A4Of24.as_str().to_owned()
        } else {
            stock
        };
        let start = self.start.clone().unwrap_or_else(|| "1".to_owned());
        [("stock", stock.as_str()), ("start", start.as_str())]
            .into_iter()
            .collect()
    }
}

/// Things of one kind with what is written on them.
struct Things {
    kind: &'static str,
    ids: Vec<i64>,
    labels: Vec<Label>,
}

/// What is asked for, as far as the actor may see it; what is not there or behind the wall is not found.
fn things(c: &mut Conn, actor: &Actor, asked: &Asked, web: &Place) -> Result<Things, Fault> {
    let ids = asked.ids()?;
    if ids.len() > MOST_LABELS {
        return Err(too_many());
    }
    let (kind, all) = match (asked.kind.as_deref(), asked.rack, asked.device) {
        (None | Some(""), Some(rack), _) => ("device", devices_of(c, actor, rack, web)?),
        (None | Some(""), _, Some(device)) => ("port", ports_of(c, actor, device, web)?),
        (Some("cable"), _, Some(device)) if ids.is_empty() => {
            ("cable", cables_of(c, actor, device, web)?)
        }
        (Some("cable"), ..) => ("cable", cables(c, actor, &ids, web)?),
        (Some("device"), ..) => ("device", each(&ids, |id| device(c, actor, id, web))?),
        (Some("rack"), ..) => ("rack", each(&ids, |id| rack(c, actor, id, web))?),
        (Some("port"), ..) => ("port", each(&ids, |id| port(c, actor, id, web))?),
        (None | Some(""), None, None) => ("", Vec::new()),
        _ => return Err(Fault::not_found()),
    };
    if all.len() > MOST_LABELS {
        return Err(too_many());
    }
    let (mut ids, labels): (Vec<i64>, Vec<Label>) = all.into_iter().unzip();
    // A cable has a label for each of its ends.
    ids.dedup();
    Ok(Things { kind, ids, labels })
}

fn too_many() -> Fault {
    Fault::field(
        "start",
        Message::new("labels-fault-many").with("most", MOST_LABELS),
    )
}

type One = (i64, Label);

fn each(ids: &[i64], mut one: impl FnMut(i64) -> Result<One, Fault>) -> Result<Vec<One>, Fault> {
    ids.iter().map(|id| one(*id)).collect()
}

/// What every label tells of this installation.
#[derive(Clone)]
struct Place {
    address: String,
    operator: String,
}

impl Place {
    fn of(web: &Web) -> Self {
        Self {
            address: web.settings.public_url.trim_end_matches('/').to_owned(),
            operator: web.settings.operator_name.clone(),
        }
    }

    fn label(&self, path: String, title: &str, lines: Vec<String>) -> Label {
        Label {
            title: title.to_owned(),
            lines,
            address: format!("{}{path}", self.address),
        }
    }
}

fn device(c: &mut Conn, actor: &Actor, id: i64, web: &Place) -> Result<One, Fault> {
    let row = device_by_id(c, actor, DeviceId::new(id))?;
    Ok(device_label(&row, web))
}

fn devices_of(c: &mut Conn, actor: &Actor, id: i64, web: &Place) -> Result<Vec<One>, Fault> {
    let id = RackId::new(id);
    rack_by_id(c, actor, id)?;
    let rows = devices_in_rack(c, actor, id)?;
    Ok(rows.iter().map(|row| device_label(row, web)).collect())
}

fn device_label(row: &DeviceRow, web: &Place) -> One {
    let device = &row.device;
    let title = device.shown_label();
    let mut lines = Vec::new();
    if let Some(serial) = &device.serial {
        lines.push(format!("S/N {serial}"));
    }
    if title != device.name {
        lines.push(device.name.clone());
    }
    lines.push(owner(row.customer.as_ref().map(|owner| &owner.code), web));
    lines.extend(row.position().map(|position| {
        let unit = position.unit.map(|unit| format!("U{unit}"));
        joined([position.room, position.rack, unit.unwrap_or_default()])
    }));
    lines.extend(device.asset_tag.clone());
    let id = device.id.get();
    (id, web.label(format!("/devices/{id}"), title, lines))
}

fn rack(c: &mut Conn, actor: &Actor, id: i64, web: &Place) -> Result<One, Fault> {
    let row: RackRow = rack_by_id(c, actor, RackId::new(id))?;
    let lines = vec![
        joined([row.site.code, row.room.name, row.rack.row_name]),
        owner(row.customer.as_ref().map(|owner| &owner.code), web),
        format!("{} U", row.rack.units),
    ];
    let label = web.label(format!("/racks/{id}"), &row.rack.name, lines);
    Ok((id, label))
}

fn ports_of(c: &mut Conn, actor: &Actor, id: i64, web: &Place) -> Result<Vec<One>, Fault> {
    let id = DeviceId::new(id);
    let row = device_by_id(c, actor, id)?;
    let found = ports_of_device(c, actor, id)?;
    let label = |port: &crate::metering::PortRow| {
        let lines = vec![row.device.name.clone(), port.port.alias.clone()];
        let id = port.port.id.get();
        (
            id,
            web.label(format!("/ports/{id}"), &port.port.name, lines),
        )
    };
    Ok(found.iter().map(label).collect())
}

fn port(c: &mut Conn, actor: &Actor, id: i64, web: &Place) -> Result<One, Fault> {
    actor.require(Permission::ViewNetwork)?;
    let full: PortFull = port_by_id(c, actor, PortId::new(id))?;
    let port = &full.row.port;
    let lines = vec![full.row.device.clone(), port.alias.clone()];
    Ok((id, web.label(format!("/ports/{id}"), &port.name, lines)))
}

fn cables(c: &mut Conn, actor: &Actor, ids: &[i64], web: &Place) -> Result<Vec<One>, Fault> {
    let mut all = Vec::new();
    for id in ids {
        let row = cable_by_id(c, actor, CableId::new(*id))?;
        all.extend(cable_labels(&row, web));
    }
    Ok(all)
}

fn cables_of(c: &mut Conn, actor: &Actor, id: i64, web: &Place) -> Result<Vec<One>, Fault> {
    let id = DeviceId::new(id);
    device_by_id(c, actor, id)?;
    let filter = CableFilter {
        device_id: Some(id),
        ..CableFilter::default()
    };
    let page = PageRequest {
        limit: MOST_LABELS + 1,
        ..PageRequest::first()
    };
    let page = cable_list(c, actor, &filter, &page)?;
    let rows = page.rows.iter();
    Ok(rows.flat_map(|row| cable_labels(row, web)).collect())
}

/// A label for each end of a cable that the reader may know: where this end belongs, then where the others do.
fn cable_labels(row: &CableRow, web: &Place) -> Vec<One> {
    let (id, title) = (row.cable.id.get(), row.cable.name());
    let length = row
        .cable
        .length_mm
        .map(|length| format!("{} m", metres_text(length)));
    let about = joined([length.unwrap_or_default(), row.cable.bundle.clone()]);
    let path = format!("/cables/{id}");
    let one = |here: &EndRow| {
        let mut lines = vec![end_text(here)?];
        let there = row.ends.iter().filter(|end| end.side != here.side);
        lines.extend(there.filter_map(end_text));
        lines.push(about.clone());
        Some((id, web.label(path.clone(), &title, lines)))
    };
    row.ends.iter().filter_map(one).collect()
}

/// `A: SRV-1 · eth0`, with its number for a leg of a breakout.
fn end_text(end: &EndRow) -> Option<String> {
    let plug = end.plug.as_ref()?;
    let side = end.side.as_str().to_uppercase();
    let leg = end.position.map(|leg| leg.to_string()).unwrap_or_default();
    Some(format!("{side}{leg}: {} · {}", plug.device, plug.port))
}

/// Whose it is: the code of a customer, or the name of the one who runs the rooms.
fn owner(code: Option<&String>, web: &Place) -> String {
    code.cloned().unwrap_or_else(|| web.operator.clone())
}

fn joined<const N: usize>(parts: [String; N]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

#[get("/labels?<asked..>")]
async fn choose(web: &State<Web>, signed: Signed, asked: Asked) -> Result<Answer, Failure> {
    let things = read(web, &signed, &asked).await?;
    page(web, &signed, &asked, &things, None)
}

async fn read(web: &Web, signed: &Signed, asked: &Asked) -> Result<Things, Failure> {
    let (actor, asked, place) = (signed.actor.clone(), asked.clone(), Place::of(web));
    web.store
        .read(move |c| {
            // Who sees no device has nothing to put a label on.
            if !actor.may(Permission::ViewFacility) {
                actor.require(Permission::ViewDevices)?;
            }
            things(c, &actor, &asked, &place)
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn page(
    web: &Web,
    signed: &Signed,
    asked: &Asked,
    things: &Things,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let rows: Vec<Value> = things
        .labels
        .iter()
        .map(|label| json!({"title": label.title, "lines": joined_lines(label), "href": label.address}))
        .collect();
    let title = web.words.text(locale, "labels-title");
    let mut form = form_context(web, locale, "/labels/sheet.pdf", &asked.fields(), fault);
    if let Some(form) = form.as_object_mut() {
        form.insert("method".to_owned(), "get".into());
    }
    View::new(web, &signed.reader, "labels/choose.html", &title, "devices")
        .with("kind", things.kind)
        .with("ids", &things.ids)
        .with("rows", rows)
        .with("stocks", stocks(web, locale))
        .with("form", form)
        .with("may_see_racks", signed.actor.may(Permission::ViewFacility))
        .answer()
}

fn joined_lines(label: &Label) -> String {
    let lines: Vec<&str> = label
        .lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(" · ")
}

fn stocks(web: &Web, locale: Locale) -> Vec<Value> {
    LabelStock::ALL
        .iter()
        .map(|stock| {
            let key = format!("labels-stock-{stock}");
            json!({"value": stock, "label": web.words.text(locale, &key)})
        })
        .collect()
}

#[get("/labels/sheet.pdf?<asked..>")]
async fn sheet(web: &State<Web>, signed: Signed, asked: Asked) -> Result<Answer, Failure> {
    let things = read(web, &signed, &asked).await?;
    let wanted = asked
        .stock()
        .and_then(|stock| Ok((stock, asked.start(stock)?)));
    let (stock, start) = match wanted {
        Ok(wanted) => wanted,
        Err(fault) => return page(web, &signed, &asked, &things, Some(&fault)),
    };
    if things.labels.is_empty() {
        return page(web, &signed, &asked, &things, None);
    }
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "labels-title");
    let labels = things.labels;
    let made = in_turn(move || {
        let pages = label_sheets(&labels, stock, start).map_err(Fault::internal)?;
        pdf_of_size(&pages, stock.page(), &title, locale).map_err(Fault::internal)
    });
    let body = made.await.map_err(|fault| signed.failure(fault))?;
    Ok(Answer::File {
        name: format!("labels-{}-{stock}.pdf", things.kind),
        media_type: "application/pdf",
        body,
    })
}
