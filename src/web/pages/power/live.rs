//! What tells pages of power that something has changed: server-sent events.

use rocket::response::stream::{Event, EventStream};
use rocket::{Route, Shutdown, State, get, routes};

use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, IntentId, PowerBulkId};
use crate::identity::Actor;
use crate::power::ops::{
    bulk_by_id, bulk_machines, endpoint_of_device, intent_by_id, intent_steps, intents_of_device,
    machine,
};
use crate::store::Conn;
use crate::web::guards::Signed;
use crate::web::live::{Mark, changes};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![intent_events, bulk_events, device_events]
}

/// Looks once, so that what may not be seen is not found, then tells of changes.
macro_rules! told {
    ($web:expr, $signed:expr, $shutdown:expr, $within:expr, $look:expr) => {{
        let actor: Actor = $signed.actor.clone();
        let look = move |c: &mut Conn| $look(c, &actor);
        let first = look.clone();
        $web.store
            .read(move |c| first(c))
            .await
            .map_err(|fault| $signed.failure(fault))?;
        Ok(changes($web.store.clone(), $shutdown, $within, look))
    }};
}

fn intent_mark(c: &mut Conn, actor: &Actor, id: IntentId) -> Result<Mark, Fault> {
    let intent = intent_by_id(c, actor, id)?;
    let steps = intent_steps(c, actor, id)?.len();
    Ok(Mark {
        text: format!("{} {} {steps}", intent.state, intent.version),
        is_settled: intent.state.is_final(),
    })
}

fn bulk_mark(c: &mut Conn, actor: &Actor, id: PowerBulkId) -> Result<Mark, Fault> {
    let bulk = bulk_by_id(c, actor, id)?;
    let machines = bulk_machines(c, &bulk)?;
    let versions = machines.iter().filter_map(|one| one.intent.as_ref());
    let versions: i64 = versions.map(|intent| intent.version).sum();
    let done = machines.iter().filter(|one| one.state().is_final()).count();
    Ok(Mark {
        text: format!("{done}/{} {versions} {}", machines.len(), bulk.version),
        is_settled: done == machines.len(),
    })
}

/// Never settled: another intent may begin.
fn device_mark(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<Mark, Fault> {
    machine(c, actor, id)?;
    let state = endpoint_of_device(c, actor, id)?.map(|bmc| (bmc.power_state, bmc.power_state_at));
    let last = intents_of_device(c, actor, id, 1)?;
    let last = last.first().map(|intent| (intent.id, intent.version));
    Ok(Mark {
        text: format!("{state:?} {last:?}"),
        is_settled: false,
    })
}

#[get("/power/intents/<id>/events?<within>")]
async fn intent_events<'a>(
    web: &'a State<Web>,
    signed: Signed,
    id: i64,
    within: Option<u64>,
    shutdown: Shutdown,
) -> Result<EventStream![Event + 'a], Failure> {
    told!(
        web,
        signed,
        shutdown,
        within,
        move |c: &mut Conn, actor: &Actor| { intent_mark(c, actor, IntentId::new(id)) }
    )
}

#[get("/power/bulks/<id>/events?<within>")]
async fn bulk_events<'a>(
    web: &'a State<Web>,
    signed: Signed,
    id: i64,
    within: Option<u64>,
    shutdown: Shutdown,
) -> Result<EventStream![Event + 'a], Failure> {
    told!(
        web,
        signed,
        shutdown,
        within,
        move |c: &mut Conn, actor: &Actor| { bulk_mark(c, actor, PowerBulkId::new(id)) }
    )
}

#[get("/devices/<id>/power-events?<within>")]
async fn device_events<'a>(
    web: &'a State<Web>,
    signed: Signed,
    id: i64,
    within: Option<u64>,
    shutdown: Shutdown,
) -> Result<EventStream![Event + 'a], Failure> {
    told!(
        web,
        signed,
        shutdown,
        within,
        move |c: &mut Conn, actor: &Actor| { device_mark(c, actor, DeviceId::new(id)) }
    )
}
