//! Terms as they are stored.

use diesel::prelude::*;

use super::model::SearchKind;
use crate::base::ids::CustomerId;
use crate::store::schema::search_terms;

/// A term of a thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Insertable, Queryable, Selectable)]
#[diesel(table_name = search_terms)]
pub(super) struct TermRow {
    pub kind: SearchKind,
    pub object_id: i64,
    pub term: String,
    pub class: i64,
    pub customer_id: Option<CustomerId>,
}
