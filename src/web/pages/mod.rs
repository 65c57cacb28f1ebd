//! Pages, an area each.

mod account;
mod allocation_ports;
mod allocations;
mod customers;
mod desk;
mod entry;
mod exchange;
mod ports;
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
            customers::routes(),
            desk::routes(),
            entry::routes(),
            exchange::routes(),
            ports::routes(),
            settings::routes(),
            targets::routes(),
            users::routes(),
            visit_steps::routes(),
            visits::routes(),
        ];
        rocket.mount("/", areas.concat())
    })
}
