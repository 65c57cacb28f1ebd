//! Pages, an area each.

mod account;
mod customers;
mod entry;

use rocket::fairing::AdHoc;

/// Mounts all pages.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("pages", |rocket| async {
        let areas = [account::routes(), customers::routes(), entry::routes()];
        rocket.mount("/", areas.concat())
    })
}
