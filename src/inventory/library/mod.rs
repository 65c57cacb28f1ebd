//! The community's device type library: one YAML file per make and model, read into what a type is, with a list of
//! everything that was not understood. No files are opened here and nothing is stored.
//!
//! The format is that of the NetBox device type library: `manufacturer`, `model`, `slug`, `u_height`, `is_full_depth`,
//! `weight`, `airflow`, and a list of components per kind (`interfaces`, `power-ports`, …). A module type has neither slug
//! nor height.

mod components;
mod definition;
mod reader;
mod role;
mod vocabulary;
mod yaml;

pub use definition::{Definition, Sort, read};
pub use reader::Finding;
pub use yaml::MAX_OCTETS;
