//! `/api/openapi.json`.

use rocket::http::ContentType;
use rocket::{Route, get, routes};
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use super::{
    addresses, addressing, allocations, ansible, bmc, consoles, customers, devices, differences,
    events, facility, feeds, gauges, graphs, machine, outlets, packets, parts, periods, ports,
    power, power_bulks, power_schedules, prefixes, reports, reservations, rotation, rules,
    service_discovery, targets, visits,
};
use crate::base::fault::Fault;
use crate::web::Failure;

pub(super) fn routes() -> Vec<Route> {
    routes![description]
}

/// Everything under `/api/v1`.
#[derive(OpenApi)]
#[openapi(
    info(title = "Coldaisle", description = "Machine rooms: racks, servers, power, bandwidth, visits."),
    paths(
        addresses::archive,
        addresses::assign,
        addresses::assignment,
        addresses::create,
        addresses::end,
        addresses::history,
        addresses::holder,
        addresses::list,
        addresses::show,
        addresses::update,
        addressing::range,
        addressing::range_add,
        addressing::range_change,
        addressing::range_next,
        addressing::range_shelve,
        addressing::ranges,
        addressing::vlan,
        addressing::vlan_add,
        addressing::vlan_change,
        addressing::vlan_shelve,
        addressing::vlans,
        addressing::vrf,
        addressing::vrf_add,
        addressing::vrf_change,
        addressing::vrf_shelve,
        addressing::vrfs,
        allocations::list,
        allocations::series,
        allocations::show,
        ansible::inventory,
        bmc::remove,
        bmc::save,
        bmc::show,
        consoles::list,
        consoles::recording,
        consoles::show,
        customers::create,
        customers::list,
        customers::show,
        customers::update,
        devices::create,
        devices::list,
        devices::show,
        devices::update,
        differences::list,
        differences::settle,
        events::acknowledge,
        events::list,
        events::show,
        facility::list,
        facility::show,
        graphs::allocation_png,
        graphs::allocation_svg,
        graphs::port_png,
        graphs::port_svg,
        packets::packets,
        parts::component_change,
        parts::component_create,
        parts::component_take_out,
        parts::components,
        parts::port_archive,
        parts::port_create,
        parts::port_update,
        parts::ports,
        feeds::list,
        outlets::list,
        outlets::show,
        outlets::save,
        feeds::show,
        gauges::customer,
        gauges::device,
        gauges::feed,
        gauges::of_device,
        gauges::rack,
        gauges::series,
        machine::accept,
        machine::event_log,
        machine::parts,
        machine::sensors,
        machine::set_aside,
        periods::close,
        periods::correct,
        periods::evidence,
        periods::list,
        periods::show,
        periods::usage,
        ports::list,
        ports::series,
        ports::show,
        power::approve,
        power::cancel,
        power::list,
        power::request,
        power::show,
        power_bulks::approve,
        power_bulks::create,
        power_bulks::list,
        power_bulks::result,
        power_bulks::result_csv,
        power_bulks::take_back,
        power_schedules::archive,
        power_schedules::create,
        power_schedules::list,
        power_schedules::pause,
        power_schedules::show,
        power_schedules::update,
        prefixes::archive,
        prefixes::assign,
        prefixes::create,
        prefixes::history,
        prefixes::list,
        prefixes::show,
        prefixes::take_address,
        prefixes::take_prefix,
        prefixes::update,
        reports::document,
        reports::list,
        reservations::create,
        reservations::elevation,
        reservations::end,
        reservations::list,
        reservations::show,
        reservations::update,
        rotation::request,
        rotation::settle,
        rotation::show,
        rules::create,
        rules::list,
        rules::show,
        rules::update,
        service_discovery::targets,
        targets::discovery,
        targets::meter,
        targets::read_now,
        visits::announce,
        visits::door_in,
        visits::door_out,
        visits::inside,
        visits::list,
        visits::show,
    ),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Description;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
    }
}

/// The description of the interface; it holds nothing of this installation, so anyone may read it.
#[get("/openapi.json")]
fn description() -> Result<(ContentType, String), Failure> {
    let text = Description::openapi().to_json().map_err(Fault::internal)?;
    Ok((ContentType::JSON, text))
}
