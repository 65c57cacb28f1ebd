//! Redfish over HTTPS (DMTF DSP0266): sessions with one service each, links followed, never built.
//!
//! Every answer is read tolerantly with [`look`]: numbers where the schema says text, `null` readings and missing
//! members are what machines really send.

mod account;
mod boot;
mod channel;
mod controller;
mod expand;
mod hub;
mod indicator;
mod log;
mod login;
mod look;
mod parts;
mod parts_of;
mod place;
mod power;
mod said;
mod sensor_of;
mod sensors;
mod session;
mod shelf;
mod tls;
mod token;
mod walk;

pub use hub::RedfishHub;
pub use login::ServiceSeen;
pub use session::RedfishSession;
pub use tls::Trust;
