//! Small facts about this installation, by name.

use diesel::prelude::*;

use super::Conn;
use super::schema::settings;
use crate::base::fault::Fault;
use crate::base::time::Timestamp;
use crate::on_engine;

/// The value of a setting, when there is one.
pub fn setting(c: &mut Conn, name: &str) -> Result<Option<String>, Fault> {
    Ok(settings::table
        .find(name)
        .select(settings::value)
        .first(c)
        .optional()?)
}

/// Sets a setting.
pub fn set_setting(c: &mut Conn, name: &str, value: &str, now: Timestamp) -> Result<(), Fault> {
    let row = (
        settings::name.eq(name),
        settings::value.eq(value),
        settings::updated_at.eq(now),
    );
    on_engine!(c, inner => diesel::insert_into(settings::table)
        .values(row)
        .on_conflict(settings::name)
        .do_update()
        .set((settings::value.eq(value), settings::updated_at.eq(now)))
        .execute(inner))?;
    Ok(())
}
