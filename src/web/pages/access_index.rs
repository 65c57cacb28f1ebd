//! What holds for visits: areas, standing permissions and rules on one page.

use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::entry::Said;
use crate::access::{
    ApprovalRule, Area, Hours, SiteName, StandingRecord, approval_rule_list, area_list,
    site_choices, standing_list,
};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, SiteId};
use crate::base::locale::Locale;
use crate::identity::Permission;
use crate::tenancy::customer_choices;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![index]
}

/// The way back from a form.
pub(super) struct Back(String);

impl Back {
    /// As crumbs.
    pub(super) fn each(&self) -> [(&str, &str); 1] {
        [(self.0.as_str(), "/settings/access")]
    }
}

/// The way back to the page of rules.
pub(super) fn back_to_index(web: &Web, signed: &Signed) -> Back {
    Back(web.words.text(signed.reader.locale, "access-title"))
}

/// Sites to choose from.
pub(super) fn site_options(sites: &[SiteName]) -> Vec<Value> {
    sites
        .iter()
        .map(|site| json!({"value": site.id.to_string(), "label": format!("{} · {}", site.code, site.name)}))
        .collect()
}

/// Days of the week as boxes to tick.
pub(super) fn day_choices(web: &Web, locale: Locale, fields: &Fields) -> Vec<Value> {
    let chosen: Vec<&str> = fields.all("weekdays").collect();
    (1..=7)
        .map(|day: i64| {
            let value = day.to_string();
            json!({
                "value": value,
                "label": web.words.text(locale, &format!("access-day-{day}")),
                "chosen": chosen.contains(&value.as_str()),
            })
        })
        .collect()
}

fn hours_said(web: &Web, locale: Locale, hours: Hours) -> Value {
    let days: Vec<String> = hours
        .days()
        .into_iter()
        .filter(|_| hours.days().len() < 7)
        .map(|day| web.words.text(locale, &format!("access-day-{day}")))
        .collect();
    json!({"days": days, "from": hours.from_time(), "until": hours.until_time()})
}

struct Shown {
    areas: Vec<Area>,
    rules: Vec<ApprovalRule>,
    standing: Vec<StandingRecord>,
    sites: Vec<SiteName>,
    customers: Vec<(CustomerId, String, String)>,
}

impl Shown {
    fn site(&self, id: SiteId) -> &str {
        let site = self.sites.iter().find(|site| site.id == id);
        site.map_or("", |site| site.code.as_str())
    }

    fn customer(&self, id: Option<CustomerId>) -> Option<&str> {
        let host = self.customers.iter().find(|(known, ..)| Some(*known) == id);
        host.map(|(_, _, name)| name.as_str())
    }
}

#[get("/settings/access")]
async fn index(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let shown = web
        .store
        .read(move |c| {
            Ok(Shown {
                areas: area_list(c, &actor)?,
                rules: approval_rule_list(c, &actor)?,
                standing: standing_list(c, &actor)?,
                sites: site_choices(c)?,
                customers: customer_choices(c, &actor)?,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let areas: Vec<Value> = shown
        .areas
        .iter()
        .map(|area| {
            json!({
                "id": area.id, "code": area.code, "name": area.name,
                "site": shown.site(area.site_id), "limit": area.occupancy_limit,
                "escort": area.escort_required,
            })
        })
        .collect();
    let rules: Vec<Value> = shown
        .rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id, "name": rule.name, "site": shown.site(rule.site_id),
                "customer": shown.customer(rule.customer_id), "known": rule.known_person,
                "own": rule.own_rack, "hours": hours_said(web, locale, rule.hours()),
                "escort": rule.escort_required,
            })
        })
        .collect();
    let standing: Vec<Value> = shown
        .standing
        .iter()
        .map(|record| {
            let own = &record.permission;
            json!({
                "id": own.id, "whom": record.person.as_deref().unwrap_or(own.company.as_str()),
                "customer": record.customer, "site": shown.site(own.site_id),
                "from": own.valid_from, "until": own.valid_until,
                "hours": hours_said(web, locale, own.hours()), "escort": own.escort_required,
                "used_at": own.last_used_at, "used_by": own.last_used_by,
            })
        })
        .collect();
    let title = web.words.text(locale, "access-title");
    View::new(web, &signed.reader, "access/index.html", &title, "settings")
        .flash(said.as_ref())
        .with("areas", areas)
        .with("rules", rules)
        .with("standing", standing)
        .with("may_edit", signed.actor.may(Permission::ManageAccess))
        .answer()
}
