//! `/api/v1`: what fails with a feed, a board or a PDU, budgets of racks, and redundancy.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, PowerFeedId, PowerPanelId, RackId, RoomId};
use crate::base::page::Page;
use crate::facility::chain::{
    Budget, Effect, Outcome, Part, Pinch, Redundancy, fallen_pdus, what_fails,
};
use crate::facility::{RackPower, RedundancyFilter, RedundancyRow, redundancy_list};
use crate::identity::Permission;
use crate::web::guards::Caller;
use crate::web::pages::failure::{Failing, failing};
use crate::web::pages::rack_budget::budgets;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        feed_failure,
        panel_failure,
        pdu_failure,
        power_budget,
        redundancy
    ]
}

/// An outlet that goes dark, and the supply that is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FallenCordJson {
    /// The PDU.
    pdu_device_id: i64,
    /// Its name.
    pdu: String,
    /// Number of the outlet.
    outlet: i64,
    /// Which of the device's supplies.
    supply: String,
    /// Whether somebody has followed the cable.
    confirmed: bool,
    /// Whether the outlet is switched off already.
    off: bool,
}

/// What becomes of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeJson {
    device_id: i64,
    device: String,
    /// Name of the owner; null is the operator.
    owner: Option<String>,
    /// Name of the rack.
    rack: Option<String>,
    /// `lost`, `weaker`, `unknown` or `untouched`.
    effect: String,
    /// `one_cord`, `all_cords`, `others_off`, `others_unconfirmed`, `one_feed_left`, `unmapped`, `unconfirmed`,
    /// `no_feed`, `no_panel`, `still_redundant`, `elsewhere` or `off_already`.
    why: String,
    /// The outlets of it that go dark.
    outlets: Vec<FallenCordJson>,
    /// Names of the feeds that carry it then.
    left: Vec<String>,
}

/// How many devices there are of each effect.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectsJson {
    /// They go dark.
    lost: usize,
    /// They go on, and the next failure takes them.
    weaker: usize,
    /// Nobody can say.
    unknown: usize,
    /// Nothing changes for them that matters.
    untouched: usize,
}

/// What fails with a feed, a board or a PDU.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureJson {
    /// What fails.
    name: String,
    /// The PDUs that go dark.
    pdu_device_ids: Vec<i64>,
    effects: EffectsJson,
    /// The devices, the worst first.
    devices: Listing<OutcomeJson>,
}

fn outcome_json(failing: &Failing, of: &Outcome<'_>) -> OutcomeJson {
    let cords = failing.cords(of).map(|(pdu, cord)| FallenCordJson {
        pdu_device_id: cord.pdu.get(),
        pdu: pdu.to_owned(),
        outlet: cord.outlet,
        supply: cord.supply.clone(),
        confirmed: cord.is_confirmed,
        off: cord.is_off,
    });
    OutcomeJson {
        outlets: cords.collect(),
        device_id: of.machine.id.get(),
        device: of.machine.name.clone(),
        owner: of.machine.owner.clone(),
        rack: of.machine.rack_name.clone(),
        effect: of.effect.to_string(),
        why: of.why.to_string(),
        left: failing.feeds_left(of),
    }
}

fn wrong_word(field: &'static str, allowed: String) -> Fault {
    Fault::field(field, Message::new("fault-choice").with("allowed", allowed))
}

async fn failure_json(
    web: &Web,
    caller: Caller,
    part: Part,
    query: ApiQuery,
    effect: Option<String>,
) -> Result<Json<FailureJson>, Failure> {
    let failing = web
        .store
        .read(move |c| failing(c, &caller.actor, part))
        .await?;
    let effect = match effect.as_deref() {
        None | Some("") => None,
        Some(word) => {
            let known = Effect::from_word(word);
            Some(known.ok_or_else(|| wrong_word("effect", Effect::words()))?)
        }
    };
    let outcomes = what_fails(&failing.chain, failing.part);
    let count = |effect: Effect| outcomes.iter().filter(|of| of.effect == effect).count();
    let effects = EffectsJson {
        lost: count(Effect::Lost),
        weaker: count(Effect::Weaker),
        unknown: count(Effect::Unknown),
        untouched: count(Effect::Untouched),
    };
    let wanted: Vec<&Outcome<'_>> = outcomes
        .iter()
        .filter(|of| effect.is_none_or(|effect| of.effect == effect))
        .collect();
    let page = Page::cut(wanted, &query.page(), |of| of.machine.id.to_string());
    let pdus = fallen_pdus(&failing.chain, failing.part);
    Ok(Json(FailureJson {
        name: failing.name.clone(),
        pdu_device_ids: pdus.into_iter().map(|pdu| pdu.get()).collect(),
        effects,
        devices: Listing::from_page(page.map(|of| outcome_json(&failing, of))),
    }))
}

/// What fails if a feed fails: devices that go dark, that lose their redundancy, of which nobody can say, and others in
/// the same racks, each with the reason.
#[utoipa::path(get, path = "/api/v1/feeds/{id}/failure", tag = "power", params(ApiQuery, ("effect" = Option<String>, Query)),
    responses((status = 200, body = FailureJson), (status = 404), (status = 422)))]
#[get("/feeds/<id>/failure?<effect>&<query..>")]
pub(super) async fn feed_failure(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: ApiQuery,
    effect: Option<String>,
) -> Result<Json<FailureJson>, Failure> {
    let part = Part::Feed(PowerFeedId::new(id));
    failure_json(web, caller, part, query, effect).await
}

/// What fails if a board fails with all its feeds.
#[utoipa::path(get, path = "/api/v1/panels/{id}/failure", tag = "power", params(ApiQuery, ("effect" = Option<String>, Query)),
    responses((status = 200, body = FailureJson), (status = 404), (status = 422)))]
#[get("/panels/<id>/failure?<effect>&<query..>")]
pub(super) async fn panel_failure(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: ApiQuery,
    effect: Option<String>,
) -> Result<Json<FailureJson>, Failure> {
    let part = Part::Panel(PowerPanelId::new(id));
    failure_json(web, caller, part, query, effect).await
}

/// What fails if a PDU fails; 404 for a device that is none.
#[utoipa::path(get, path = "/api/v1/devices/{id}/failure", tag = "power", params(ApiQuery, ("effect" = Option<String>, Query)),
    responses((status = 200, body = FailureJson), (status = 404), (status = 422)))]
#[get("/devices/<id>/failure?<effect>&<query..>")]
pub(super) async fn pdu_failure(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: ApiQuery,
    effect: Option<String>,
) -> Result<Json<FailureJson>, Failure> {
    let part = Part::Pdu(DeviceId::new(id));
    failure_json(web, caller, part, query, effect).await
}

/// The worst surviving feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PinchJson {
    /// The feed that is away.
    failed_feed_id: i64,
    /// The feed that has to carry.
    feed_id: i64,
    /// Its name.
    feed: String,
    /// What of it may be used, in volt-amperes.
    usable_volt_amperes: i64,
    /// What the rack puts on it then.
    watts: i64,
    /// What others put on it then.
    other_watts: i64,
    /// What the rack may put on it then, in volt-amperes.
    budget_volt_amperes: i64,
    /// What is left of it then, in volt-amperes; below 0 it is overloaded.
    margin_volt_amperes: i64,
    /// How full it is then, rounded up.
    percent: i64,
}

/// A budget.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetJson {
    /// `fits`, `over`, `nothing_left`, `no_feeds` or `no_figures`.
    verdict: String,
    /// What the rack draws in all, as far as it is known.
    watts: i64,
    /// The most of it that goes dark with one feed.
    dark_watts: i64,
    /// Devices that are in no sum.
    unknown: usize,
    /// Null with fewer than two feeds.
    worst: Option<PinchJson>,
}

/// What a rack may draw when its worst feed is away.
#[derive(Debug, Serialize, ToSchema)]
pub struct PowerBudgetJson {
    rack_id: i64,
    /// The feeds that serve it.
    feed_ids: Vec<i64>,
    /// By what was measured.
    measured: BudgetJson,
    /// By what the types of its devices are planned to draw.
    allocated: BudgetJson,
    /// By what was promised for it.
    contracted: BudgetJson,
}

fn pinch_json(power: &RackPower, pinch: Pinch) -> PinchJson {
    PinchJson {
        failed_feed_id: pinch.failed.get(),
        feed_id: pinch.on.get(),
        feed: power.feed_name(pinch.on).to_owned(),
        usable_volt_amperes: pinch.usable,
        watts: pinch.own,
        other_watts: pinch.others,
        budget_volt_amperes: pinch.budget(),
        margin_volt_amperes: pinch.margin(),
        percent: pinch.percent(),
    }
}

fn budget_json(power: &RackPower, budget: &Budget) -> BudgetJson {
    BudgetJson {
        verdict: budget.verdict.to_string(),
        watts: budget.watts,
        dark_watts: budget.dark,
        unknown: budget.unknown,
        worst: budget.worst.map(|pinch| pinch_json(power, pinch)),
    }
}

/// What a rack may draw when its worst feed is away: measured, allocated, contracted.
#[utoipa::path(get, path = "/api/v1/racks/{id}/power-budget", tag = "power",
    responses((status = 200, body = PowerBudgetJson), (status = 404)))]
#[get("/racks/<id>/power-budget")]
pub(super) async fn power_budget(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<PowerBudgetJson>, Failure> {
    let of = web
        .store
        .read(move |c| budgets(c, &caller.actor, RackId::new(id)))
        .await?;
    Ok(Json(PowerBudgetJson {
        rack_id: id,
        feed_ids: of.power.serving().map(|feed| feed.id.get()).collect(),
        measured: budget_json(&of.power, &of.measured),
        allocated: budget_json(&of.power, &of.allocated),
        contracted: budget_json(&of.power, &of.contracted),
    }))
}

/// How redundant a device is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedundancyJson {
    device_id: i64,
    device: String,
    customer_id: Option<i64>,
    /// Name of the owner; null is the operator.
    owner: Option<String>,
    rack_id: Option<i64>,
    /// Name of the rack.
    rack: Option<String>,
    /// `redundant`, `same_feed`, `single` or `unknown`.
    class: String,
    /// `a`, `b`, `other`.
    sides: Vec<String>,
    /// Names of the feeds that give it power.
    feeds: Vec<String>,
    /// `same_panel`, `same_side`, `outlet_off`, `unconfirmed`, `no_feed`.
    caveats: Vec<String>,
}

impl From<RedundancyRow> for RedundancyJson {
    fn from(row: RedundancyRow) -> Self {
        let (machine, judged) = (row.machine, row.judged);
        Self {
            device_id: machine.id.get(),
            device: machine.name,
            customer_id: machine.customer.map(|customer| customer.get()),
            owner: machine.owner,
            rack_id: machine.rack.map(|rack| rack.get()),
            rack: machine.rack_name,
            class: judged.class.to_string(),
            sides: judged.sides.iter().map(ToString::to_string).collect(),
            feeds: row.feeds,
            caveats: judged.caveats.iter().map(ToString::to_string).collect(),
        }
    }
}

/// How redundant the devices in racks are, by name.
#[utoipa::path(get, path = "/api/v1/redundancy", tag = "power",
    params(ApiQuery, ("room_id" = Option<i64>, Query), ("customer_id" = Option<i64>, Query), ("class" = Option<String>, Query)),
    responses((status = 200, body = Listing<RedundancyJson>), (status = 404), (status = 422)))]
#[get("/redundancy?<room_id>&<customer_id>&<class>&<query..>")]
pub(super) async fn redundancy(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    room_id: Option<i64>,
    customer_id: Option<i64>,
    class: Option<String>,
) -> Result<Json<Listing<RedundancyJson>>, Failure> {
    caller.actor.require(Permission::ViewFacility)?;
    let class = match class.as_deref() {
        None | Some("") => None,
        Some(word) => {
            let known = Redundancy::from_word(word);
            Some(known.ok_or_else(|| wrong_word("class", Redundancy::words()))?)
        }
    };
    let filter = RedundancyFilter {
        query: query.text(),
        room_id: room_id.map(RoomId::new),
        customer_id: customer_id.map(CustomerId::new),
        class,
    };
    let page = query.page();
    let (found, _) = web
        .store
        .read(move |c| redundancy_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}
