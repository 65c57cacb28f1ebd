//! Words every room of the house shares: ids, units, time, money, checked text, secrets, failure kinds.
//!
//! No I/O, no SQL statements, no async. The only thing here that names the database layer are the
//! conversions of the newtypes to column types.

pub mod alike;
pub mod change;
pub mod clock;
pub mod fault;
pub mod fields;
pub mod fold;
pub mod gauge;
pub mod id;
pub mod ids;
pub mod ip;
pub mod ip_prefix;
pub mod kept;
pub mod locale;
pub mod machine;
pub mod money;
pub mod number;
pub mod page;
pub mod seal;
pub mod secret;
pub mod text;
pub mod text_enum;
pub mod time;
pub mod token;
pub mod units;
