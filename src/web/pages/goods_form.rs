//! The form of a goods pass with its choices.

use serde_json::{Value, json};

use super::saving::form_status;
use crate::access::{
    Direction, ITEM_FIELDS, RackPlace, SiteName, goods_devices, goods_types, rack_choices,
    site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceTypeId};
use crate::identity::Permission;
use crate::tenancy::customer_choices;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

/// What the form offers.
struct Choices {
    sites: Vec<SiteName>,
    racks: Vec<RackPlace>,
    customers: Vec<(CustomerId, String, String)>,
    devices: Vec<String>,
    types: Vec<(DeviceTypeId, String)>,
}

/// Shows the form.
pub(super) async fn form_answer(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let choices = web
        .store
        .read(move |c| {
            actor.require(Permission::AnnounceVisits)?;
            let is_customer = actor.wall().customer().is_some();
            Ok(Choices {
                sites: site_choices(c)?,
                racks: if is_customer {
                    Vec::new()
                } else {
                    rack_choices(c, &actor)?
                },
                customers: if is_customer {
                    Vec::new()
                } else {
                    customer_choices(c, &actor)?
                },
                devices: goods_devices(c, &actor)?,
                types: goods_types(c, &actor)?,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let option = |value: String, label: String| json!({"value": value, "label": label});
    let directions: Vec<Value> = Direction::ALL
        .iter()
        .map(|way| {
            let label = web.words.text(locale, &format!("goods-direction-{way}"));
            option(way.to_string(), label)
        })
        .collect();
    let racks: Vec<Value> = choices
        .racks
        .iter()
        .map(|rack| {
            let site = choices.sites.iter().find(|site| site.id == rack.site_id);
            let place = match (choices.sites.len(), site) {
                (2.., Some(site)) => format!("{} / {} / {}", site.code, rack.room, rack.name),
                _ => format!("{} / {}", rack.room, rack.name),
            };
            option(rack.id.to_string(), place)
        })
        .collect();
    let sites_offered: Vec<Value> = choices
        .sites
        .iter()
        .map(|site| option(site.id.to_string(), site.name.clone()))
        .collect();
    let customers: Vec<Value> = choices
        .customers
        .iter()
        .map(|(id, code, name)| option(id.to_string(), format!("{name} ({code})")))
        .collect();
    let types: Vec<Value> = choices
        .types
        .iter()
        .map(|(id, name)| option(id.to_string(), name.clone()))
        .collect();
    let title = words("goods-new");
    View::new(web, &signed.reader, "goods/form.html", &title, "visits")
        .crumbs(&[(&words("goods-title"), "/goods")])
        .with(
            "form",
            form_context(web, locale, "/goods/new", fields, fault),
        )
        .with("lines", lines(fields))
        .with("directions", directions)
        .with("racks", racks)
        .with("sites_offered", sites_offered)
        .with("customers", customers)
        .with("own_devices", choices.devices)
        .with("types", types)
        .with("staff", !signed.actor.role.is_customer())
        .status(form_status(fault))
        .answer()
}

/// Names of the fields of each item, and whether something was typed there.
fn lines(fields: &Fields) -> Vec<Value> {
    ITEM_FIELDS
        .iter()
        .enumerate()
        .map(|(index, names)| {
            let typed = [names.description, names.serial, names.device]
                .iter()
                .any(|name| !fields.get(name).is_empty());
            json!({
                "index": index + 1,
                "description": names.description, "serial": names.serial, "count": names.count,
                "device": names.device, "device_type": names.device_type_id,
                "rack": names.rack_id, "unit": names.unit, "typed": typed,
            })
        })
        .collect()
}

/// Words of a sentence after a form that names the pass.
pub(super) fn about(key: &'static str, number: &str) -> Message {
    Message {
        key,
        arguments: vec![("number", number.into())],
    }
}
