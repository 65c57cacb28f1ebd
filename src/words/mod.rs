//! What people read: the two languages (Fluent), page and mail templates (minijinja), files for the browser.
//!
//! Everything is embedded in a release binary and read from the checkout in development. A folder named in the
//! configuration may override templates and words for the operator's own brand.

mod assets;
mod filters;
mod pages;
mod text;

pub use assets::{Asset, asset};
pub use filters::{octets_text, rate_text};
pub use pages::{PageError, Pages};
pub use text::Words;
