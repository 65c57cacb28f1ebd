//! The face: guards, forms, failures, pages and the programming interface.
//!
//! Pages read only the database, never a device. Each area has one `routes()` and is mounted here.

mod admission;
pub mod api;
mod assets;
mod attachment_file;
mod client;
mod columns;
mod console;
mod csv_file;
mod drawing;
mod failure;
mod forms;
mod guards;
mod headers;
mod health;
mod imports;
mod launch;
mod lists;
mod live;
pub mod pages;
mod port_metrics;
mod precondition;
mod printing;
mod recording;
mod serve;
mod uploads;
mod view;

use std::sync::Arc;

use chrono_tz::Tz;
use rocket::{Build, Rocket};

use crate::access::KeptFor;
use crate::attachments::Shelf;
use crate::base::seal::Keyring;
use crate::power::Limits;
use crate::power::console::Consoles;
use crate::power::ops::Letters;
use crate::store::Store;
use crate::words::{Pages, Words};

pub use failure::Failure;
pub use launch::{Launch, TlsFiles};
pub use serve::{ServeError, serve};

/// All that pages and the programming interface need.
#[derive(Clone)]
pub struct Web {
    /// The database.
    pub store: Store,
    /// Both languages.
    pub words: Words,
    /// Templates.
    pub pages: Pages,
    /// Keys for sealed columns.
    pub keyring: Arc<Keyring>,
    /// What the operator configured.
    pub settings: Arc<Settings>,
    /// Consoles that are open now.
    pub consoles: Arc<dyn Consoles>,
    /// The folder of photos and documents.
    pub shelf: Shelf,
}

impl Web {
    /// What mails of power actions say of this program.
    fn letters(&self) -> Letters {
        Letters {
            public_url: self.settings.public_url.clone(),
            zone: self.settings.zone,
        }
    }
}

/// What the operator configured about the face.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address people use, without a slash at the end.
    pub public_url: String,
    /// Proxies whose forwarding headers are believed: address and prefix length.
    pub trusted_proxies: Vec<(std::net::IpAddr, u8)>,
    /// Name of the one who runs the machine room, on reports.
    pub operator_name: String,
    /// Zone of times on pages that belong to no site.
    pub zone: Tz,
    /// Largest upload, octets.
    pub upload_limit: u64,
    /// Rest between power actions, and a customer's share of them.
    pub power: Limits,
    /// Whether `/metrics/ports` is served.
    pub port_metrics: bool,
    /// How long people are remembered.
    pub kept_for: KeptFor,
}

impl Settings {
    /// Whether people reach the pages over TLS, so that cookies are for TLS only.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The server, ready to launch.
pub fn rocket(web: Web, launch: &Launch) -> Rocket<Build> {
    rocket::custom(launch.figment())
        .manage(web)
        .manage(imports::Imports::default())
        // Rocket's own shield would set other values beside ours.
        .attach(rocket::shield::Shield::new())
        .attach(headers::SecurityHeaders)
        .attach(failure::stage())
        .attach(assets::stage())
        .attach(health::stage())
        .attach(port_metrics::stage())
        .attach(pages::stage())
        .attach(api::stage())
}
