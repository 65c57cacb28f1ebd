//! Pages, an area each.

mod account;
mod allocation_ports;
mod allocations;
mod bmc;
mod channels;
mod customers;
mod desk;
mod device_actions;
mod device_forms;
mod device_types;
mod devices;
pub(in crate::web) mod drawing;
mod elevation;
mod entry;
mod events;
mod exchange;
mod facility;
mod now;
mod periods;
mod ports;
mod power;
mod racks;
mod rules;
mod saving;
mod search;
mod settings;
pub(in crate::web) mod spans;
mod targets;
mod users;
mod visit_form;
mod visit_steps;
mod visit_words;
mod visits;

use rocket::fairing::AdHoc;

/// Mounts all pages.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("pages", |rocket| async {
        let areas = [
            account::routes(),
            allocation_ports::routes(),
            allocations::routes(),
            bmc::routes(),
            channels::routes(),
            customers::routes(),
            desk::routes(),
            device_actions::routes(),
            device_forms::routes(),
            device_types::routes(),
            devices::routes(),
            entry::routes(),
            events::routes(),
            exchange::routes(),
            facility::routes(),
            now::routes(),
            periods::routes(),
            ports::routes(),
            power::routes(),
            racks::routes(),
            rules::routes(),
            search::routes(),
            settings::routes(),
            targets::routes(),
            users::routes(),
            visit_steps::routes(),
            visits::routes(),
        ];
        rocket.mount("/", areas.concat())
    })
}
