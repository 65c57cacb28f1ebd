//! Pages, an area each.

mod account;
mod bmc;
mod customers;
mod desk;
mod entry;
mod exchange;
mod power;
mod settings;
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
            bmc::routes(),
            customers::routes(),
            desk::routes(),
            entry::routes(),
            exchange::routes(),
            power::routes(),
            settings::routes(),
            users::routes(),
            visit_steps::routes(),
            visits::routes(),
        ];
        rocket.mount("/", areas.concat())
    })
}
