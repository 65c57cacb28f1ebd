//! The programming interface under `/api/v1`, and its description.

mod addresses;
mod addressing;
mod allocation_ports;
mod allocations;
mod ansible;
mod answers;
mod approval_rules;
mod areas;
mod attachments;
mod bmc;
mod bodies;
mod bulk;
mod cables;
mod chain;
mod consoles;
mod contacts;
mod customers;
mod description;
mod device_bulk;
mod device_types;
mod device_undo;
mod devices;
mod differences;
mod doors;
mod events;
mod facility;
mod feeds;
mod gauges;
mod goods;
mod graphs;
mod hosts;
mod listing;
mod loans;
mod machine;
mod one;
mod outlets;
mod packets;
mod panels;
mod parts;
mod people;
mod periods;
mod places;
mod port_bulk;
mod ports;
mod power;
mod power_bulks;
mod power_schedules;
mod prefixes;
mod privacy;
mod rack_bulk;
mod reports;
mod reservations;
mod rotation;
mod rules;
mod search;
mod service_discovery;
mod shifts;
mod snmp_targets;
mod standing;
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
            allocation_ports::routes(),
            allocations::routes(),
            ansible::routes(),
            approval_rules::routes(),
            areas::routes(),
            attachments::routes(),
            bmc::routes(),
            bulk::routes(),
            cables::routes(),
            chain::routes(),
            consoles::routes(),
            contacts::routes(),
            customers::routes(),
            device_bulk::routes(),
            device_types::routes(),
            device_undo::routes(),
            devices::routes(),
            differences::routes(),
            doors::routes(),
            events::routes(),
            facility::routes(),
            packets::routes(),
            panels::routes(),
            parts::routes(),
            goods::routes(),
            graphs::routes(),
            feeds::routes(),
            outlets::routes(),
            gauges::routes(),
            loans::routes(),
            machine::routes(),
            people::routes(),
            periods::routes(),
            places::routes(),
            port_bulk::routes(),
            ports::routes(),
            power::routes(),
            power_bulks::routes(),
            power_schedules::routes(),
            prefixes::routes(),
            privacy::routes(),
            rack_bulk::routes(),
            reports::routes(),
            rotation::routes(),
            reservations::routes(),
            rules::routes(),
            search::routes(),
            service_discovery::routes(),
            shifts::routes(),
            snmp_targets::routes(),
            standing::routes(),
            stock::routes(),
            targets::routes(),
            visits::routes(),
        ];
        rocket
            .mount("/api/v1", areas.concat())
            .mount("/api", description::routes())
    })
}
