//! Customers and their contacts: whose machines stand here, and who may act for them.

pub mod csv;
mod model;
mod ops;
mod rows;

pub use model::{ContactDraft, CustomerDraft, CustomerFilter};
pub use ops::{
    contact_archive, contact_by_id, contact_create, contact_list, contact_update, customer_archive,
    customer_by_code, customer_by_id, customer_choices, customer_create, customer_list,
    customer_sought, customer_update,
};
pub use rows::{Contact, Customer};
