//! Pages, an area each.

mod account;
mod customers;
mod entry;
mod exchange;
mod settings;
mod users;

use rocket::fairing::AdHoc;

/// Mounts all pages.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("pages", |rocket| async {
        let areas = [
            account::routes(),
            customers::routes(),
            entry::routes(),
            exchange::routes(),
            settings::routes(),
            users::routes(),
        ];
        rocket.mount("/", areas.concat())
    })
}
