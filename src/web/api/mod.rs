//! The programming interface under `/api/v1`.

use rocket::fairing::AdHoc;

/// Mounts all of it.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("api", |rocket| async { rocket })
}
