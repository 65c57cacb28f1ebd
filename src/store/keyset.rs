//! Sorted pages on either database: rows behind a mark, in the order of a column that may be empty.

/// Orders a boxed query by a column that may be empty, empty ones last, ties by row id, and begins it behind the mark of
/// a [`Walk`](crate::base::page::Walk): `walked!(query, customers::name.nullable(), devices::id, walk, text)`. The word is
/// `text` or `number`, as the column is; `full` after it says that the column is never empty.
#[macro_export]
macro_rules! walked {
    ($query:expr, $column:expr, $id:expr, $walk:expr, $kind:ident, full) => {{
        let walk: &$crate::base::page::Walk = $walk;
        let is_up = walk.is_descending == walk.is_back;
        let from = walk
            .from
            .as_ref()
            .and_then(|mark| Some((mark.id, mark.value.as_ref()?)));
        let query = match from {
            None => $query,
            Some((id, value)) => {
                let value = $crate::base::page::SortValue::$kind(value);
                match (is_up, walk.is_back) {
                    (true, false) => $query.filter(
                        $column
                            .gt(Clone::clone(&value))
                            .or($column.eq(value).and($id.gt(id))),
                    ),
                    (true, true) => $query.filter(
                        $column
                            .gt(Clone::clone(&value))
                            .or($column.eq(value).and($id.lt(id))),
                    ),
                    (false, false) => $query.filter(
                        $column
                            .lt(Clone::clone(&value))
                            .or($column.eq(value).and($id.gt(id))),
                    ),
                    (false, true) => $query.filter(
                        $column
                            .lt(Clone::clone(&value))
                            .or($column.eq(value).and($id.lt(id))),
                    ),
                }
            }
        };
        match (is_up, walk.is_back) {
            (true, false) => query.order(($column.asc(), $id.asc())),
            (true, true) => query.order(($column.asc(), $id.desc())),
            (false, false) => query.order(($column.desc(), $id.asc())),
            (false, true) => query.order(($column.desc(), $id.desc())),
        }
    }};
    ($query:expr, $column:expr, $id:expr, $walk:expr, $kind:ident) => {{
        let walk: &$crate::base::page::Walk = $walk;
        let query = match &walk.from {
            None => $query,
            Some(mark) => {
                let id = mark.id;
                let value = mark
                    .value
                    .as_ref()
                    .map($crate::base::page::SortValue::$kind);
                let is_up = walk.is_descending == walk.is_back;
                match (value, walk.is_back, is_up) {
                    (None, false, _) => $query.filter($column.is_null().and($id.gt(id))),
                    (None, true, _) => $query.filter($column.is_not_null().or($id.lt(id))),
                    (Some(value), false, true) => $query.filter(
                        $column
                            .gt(Clone::clone(&value))
                            .or($column.eq(value).and($id.gt(id)))
                            .or($column.is_null()),
                    ),
                    (Some(value), false, false) => $query.filter(
                        $column
                            .lt(Clone::clone(&value))
                            .or($column.eq(value).and($id.gt(id)))
                            .or($column.is_null()),
                    ),
                    (Some(value), true, true) => $query.filter(
                        $column
                            .gt(Clone::clone(&value))
                            .or($column.eq(value).and($id.lt(id))),
                    ),
                    (Some(value), true, false) => $query.filter(
                        $column
                            .lt(Clone::clone(&value))
                            .or($column.eq(value).and($id.lt(id))),
                    ),
                }
            }
        };
        match (walk.is_descending, walk.is_back) {
            (false, false) => query.order(($column.is_null().asc(), $column.asc(), $id.asc())),
            (false, true) => query.order(($column.is_null().desc(), $column.desc(), $id.desc())),
            (true, false) => query.order(($column.is_null().asc(), $column.desc(), $id.asc())),
            (true, true) => query.order(($column.is_null().desc(), $column.asc(), $id.desc())),
        }
    }};
}
