//! The programming interface under `/api/v1`, and its description.

mod addresses;
mod addressing;
mod allocations;
mod ansible;
mod attachments;
mod bmc;
mod cables;
mod chain;
mod consoles;
mod customers;
mod description;
mod devices;
mod differences;
mod events;
mod facility;
mod feeds;
mod gauges;
mod graphs;
mod hosts;
mod listing;
mod machine;
mod outlets;
mod packets;
mod panels;
mod parts;
mod periods;
mod ports;
mod power;
mod power_bulks;
mod power_schedules;
mod prefixes;
mod reports;
mod reservations;
mod rotation;
mod rules;
mod service_discovery;
mod stock;
mod targets;
mod visits;

use rocket::fairing::AdHoc;

/// Mounts all of it.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("api", |rocket| async {
        let areas = [
            addresses::routes(),
            addressing::routes(),
            allocations::routes(),
            ansible::routes(),
            attachments::routes(),
            bmc::routes(),
            cables::routes(),
            chain::routes(),
            consoles::routes(),
            customers::routes(),
            devices::routes(),
            differences::routes(),
            events::routes(),
            facility::routes(),
            packets::routes(),
            panels::routes(),
            parts::routes(),
            graphs::routes(),
            feeds::routes(),
            outlets::routes(),
            gauges::routes(),
            machine::routes(),
            periods::routes(),
            ports::routes(),
            power::routes(),
            power_bulks::routes(),
            power_schedules::routes(),
            prefixes::routes(),
            reports::routes(),
            rotation::routes(),
            reservations::routes(),
            rules::routes(),
            service_discovery::routes(),
            stock::routes(),
            targets::routes(),
            visits::routes(),
        ];
        rocket
            .mount("/api/v1", areas.concat())
            .mount("/api", description::routes())
    })
}
