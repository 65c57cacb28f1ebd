//! The sealed columns, in one list, and sealing them anew under another key.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};

use super::Conn;
use crate::base::fault::Fault;
use crate::base::seal::Keyring;
use crate::on_engine;

/// Rows sealed anew in one transaction.
pub const BATCH: i64 = 200;

/// A column that holds sealed values, in a table whose key is `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// What its values are sealed for: `table.column`.
    pub purpose: &'static str,
}

/// Every sealed column of the schema.
pub const SEALED: [SealedColumn; 9] = [
    SealedColumn {
        table: "bmc_endpoints",
        column: "password_sealed",
        purpose: "bmc_endpoints.password_sealed",
    },
    SealedColumn {
        table: "bmc_endpoints",
        column: "kg_sealed",
        purpose: "bmc_endpoints.kg_sealed",
    },
    SealedColumn {
        table: "snmp_targets",
        column: "community_sealed",
        purpose: "snmp_targets.community_sealed",
    },
    SealedColumn {
        table: "snmp_targets",
        column: "v3_auth_sealed",
        purpose: "snmp_targets.v3_auth_sealed",
    },
    SealedColumn {
        table: "snmp_targets",
        column: "v3_privacy_sealed",
        purpose: "snmp_targets.v3_privacy_sealed",
    },
    SealedColumn {
        table: "people",
        column: "identity_sealed",
        purpose: "people.identity_sealed",
    },
    SealedColumn {
        table: "channels",
        column: "address_sealed",
        purpose: "channels.address_sealed",
    },
    SealedColumn {
        table: "channels",
        column: "signing_sealed",
        purpose: "channels.signing_sealed",
    },
    SealedColumn {
        table: "bmc_rotations",
        column: "password_sealed",
        purpose: "bmc_rotations.password_sealed",
    },
];

#[derive(Debug, QueryableByName)]
struct SealedRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

/// Rows of a column after an id that hold a value, by id.
fn rows(
    c: &mut Conn,
    column: SealedColumn,
    after: i64,
    limit: i64,
) -> Result<Vec<SealedRow>, Fault> {
    let SealedColumn { table, column, .. } = column;
    let text = format!(
        "SELECT id, {column} AS sealed FROM {table} \
         WHERE {column} IS NOT NULL AND id > {after} ORDER BY id LIMIT {limit}"
    );
    Ok(on_engine!(c, inner => diesel::sql_query(text).load(inner))?)
}

/// Whether any sealed value is in the database.
pub fn any(c: &mut Conn) -> Result<bool, Fault> {
    for column in SEALED {
        if !rows(c, column, 0, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What one batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    /// Last row looked at; `None` when there was none left.
    pub last_id: Option<i64>,
    /// Values sealed anew.
    pub changed: usize,
}

/// Seals the next batch of a column after an id anew under the ring's newest key; skips what is so already.
pub fn reseal(
    c: &mut Conn,
    ring: &Keyring,
    column: SealedColumn,
    after: i64,
) -> Result<Resealed, Fault> {
    let batch = rows(c, column, after, BATCH)?;
    let last_id = batch.last().map(|row| row.id);
    let mut changed = 0;
    for row in batch.iter().filter(|row| !ring.is_newest(&row.sealed)) {
        let secret = ring.open(column.purpose, &row.sealed).map_err(|error| {
            Fault::from(error.clone()).because(format!("{} {}: {error}", column.purpose, row.id))
        })?;
        let sealed = ring.seal(column.purpose, &secret)?;
        let text = format!(
            "UPDATE {} SET {} = $1 WHERE id = {}",
            column.table, column.column, row.id
        );
        on_engine!(c, inner => diesel::sql_query(text)
            .bind::<Binary, _>(sealed)
            .execute(inner))?;
        changed += 1;
    }
    Ok(Resealed { last_id, changed })
}

/// How many values are not yet sealed under the ring's newest key.
pub fn old_values(c: &mut Conn, ring: &Keyring) -> Result<usize, Fault> {
    let mut old = 0;
    for column in SEALED {
        let mut after = 0;
        loop {
            let batch = rows(c, column, after, BATCH)?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            old += batch
                .iter()
                .filter(|row| !ring.is_newest(&row.sealed))
                .count();
        }
    }
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_sealed_column_of_the_schema() {
        let schema = include_str!("schema.rs");
        let columns = schema
            .lines()
            .filter(|line| line.contains("_sealed ->"))
            .count();
        assert_eq!(columns, SEALED.len());
        for column in SEALED {
            assert!(
                schema.contains(&format!("        {} ->", column.column)),
                "{column:?}"
            );
            assert!(
                schema.contains(&format!("    {} (id) {{", column.table)),
                "{column:?}"
            );
            assert_eq!(
                column.purpose,
                format!("{}.{}", column.table, column.column)
            );
        }
    }
}
