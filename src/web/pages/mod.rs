//! Pages, an area each.

mod account;
mod entry;

use rocket::fairing::AdHoc;

/// Mounts all pages.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("pages", |rocket| async {
        rocket
            .mount("/", entry::routes())
            .mount("/", account::routes())
    })
}
