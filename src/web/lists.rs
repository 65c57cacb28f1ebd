//! What every list page shares: search, filters in force, paging, CSV.

use rocket::form::FromForm;
use serde_json::{Value, json};

use super::Web;
use super::columns::{Known, Shown, encoded};
use crate::base::fault::Fault;
use crate::base::fold::fold;
use crate::base::ids::UserId;
use crate::base::locale::Locale;
use crate::base::page::{PAGE_ROWS, Page, PageRequest, every_page};
use crate::identity::{SavedView, ViewedList};

/// The query of a list page: `?q=&after=&before=`.
#[derive(Debug, Clone, Default, FromForm)]
pub struct ListQuery {
    /// Search text.
    pub q: Option<String>,
    /// Rows after this key.
    pub after: Option<String>,
    /// Rows before this key.
    pub before: Option<String>,
}

impl ListQuery {
    /// The page asked for.
    pub fn page(&self) -> PageRequest {
        PageRequest {
            after: self.after.clone(),
            before: self.before.clone(),
            limit: PAGE_ROWS,
        }
    }

    /// The search text; empty when there is none.
    pub fn text(&self) -> &str {
        self.q.as_deref().unwrap_or("").trim()
    }
}

/// All rows of a list, page after page, for a file of it.
pub fn every_row<T>(
    mut part: impl FnMut(&PageRequest) -> Result<Page<T>, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut rows = Vec::new();
    every_page(|page| {
        let found = part(page)?;
        rows.extend(found.rows);
        Ok(found.next)
    })?;
    Ok(rows)
}

/// Those rows of a short list that a search fits, by what is written in each.
pub fn fitting<T>(mut rows: Vec<T>, query: &str, written: impl Fn(&T) -> String) -> Vec<T> {
    let wanted = fold(query);
    rows.retain(|row| fold(&written(row)).contains(&wanted));
    rows
}

/// Builds the `list` of a template.
pub struct ListView<'a> {
    web: &'a Web,
    locale: Locale,
    path: String,
    query: String,
    filters: Vec<(&'static str, String, String)>,
    csv: bool,
    action: Option<(String, String)>,
    empty: (&'static str, &'static str),
    shown: Option<&'a Shown>,
    views: Option<(ViewedList, Option<UserId>, Vec<SavedView>)>,
}

impl<'a> ListView<'a> {
    /// A list at `path`; `empty` are the keys of title and text when there is nothing at all.
    pub fn new(
        web: &'a Web,
        locale: Locale,
        path: impl Into<String>,
        query: &ListQuery,
        empty: (&'static str, &'static str),
    ) -> Self {
        Self {
            web,
            locale,
            path: path.into(),
            query: query.text().to_owned(),
            filters: Vec::new(),
            csv: false,
            action: None,
            empty,
            shown: None,
            views: None,
        }
    }

    /// The list has columns by choice and an order.
    #[must_use]
    pub fn shown(mut self, shown: &'a Shown) -> Self {
        self.shown = Some(shown);
        self
    }

    /// The list is offered as its reader and others saved it.
    #[must_use]
    pub fn views(mut self, known: &Known, reader: Option<UserId>, views: Vec<SavedView>) -> Self {
        self.views = Some((known.list, reader, views));
        self
    }

    /// A filter in force: name in the address, its value, and its words.
    #[must_use]
    pub fn filter(
        mut self,
        name: &'static str,
        value: Option<String>,
        label: impl FnOnce(&str) -> String,
    ) -> Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let label = label(&value);
            self.filters.push((name, value, label));
        }
        self
    }

    /// The list can be had as CSV at `path.csv`.
    #[must_use]
    pub fn csv(mut self) -> Self {
        self.csv = true;
        self
    }

    /// The main action, when the reader has the right.
    #[must_use]
    pub fn action(mut self, allowed: bool, key: &str, href: impl Into<String>) -> Self {
        if allowed {
            self.action = Some((self.web.words.text(self.locale, key), href.into()));
        }
        self
    }

    fn href(&self, path: &str, leave: Option<&str>, more: &[(&str, &str)]) -> String {
        let kept = self.shown.map(Shown::kept).unwrap_or_default();
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        if !self.query.is_empty() {
            pairs.push(("q", &self.query));
        }
        let filters = self.filters.iter().map(|(n, v, _)| (*n, v.as_str()));
        let kept = kept.iter().map(|(name, value)| (*name, value.as_str()));
        pairs.extend(filters.chain(kept).filter(|(name, _)| Some(*name) != leave));
        pairs.extend(more);
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", encoded(&pairs))
        }
    }

    /// What sorts the list, for heads of columns.
    fn sort_value(&self) -> Value {
        let Some(shown) = self.shown else {
            return Value::Null;
        };
        let here = self.href(&self.path, Some("sort"), &[]);
        let joint = if here.contains('?') { '&' } else { '?' };
        json!({
            "by": shown.sort,
            "descending": shown.is_descending,
            "href_prefix": format!("{here}{joint}sort="),
        })
    }

    /// The views of the list, and where the present one is kept.
    fn views_value(&self) -> Value {
        let Some((list, reader, views)) = &self.views else {
            return Value::Null;
        };
        let present = self.href("", None, &[]);
        let present = present.trim_start_matches('?');
        let items = views.iter().map(|view| {
            let is_own = *reader == Some(view.user_id);
            let href = match view.query.is_empty() {
                true => self.path.clone(),
                false => format!("{}?{}", self.path, view.query),
            };
            json!({
                "name": view.name,
                "href": href,
                "is_current": view.query == present,
                "is_shared": view.is_shared,
                "edit_href": is_own.then(|| format!("/views/{}/edit", view.id)),
            })
        });
        let asked = [("list", list.as_str()), ("query", present)];
        json!({
            "items": items.collect::<Vec<_>>(),
            "save_href": reader.map(|_| format!("/views/new?{}", encoded(&asked))),
        })
    }

    /// The value for the template; `rows` are the rows as the page wants them.
    pub fn finish<T>(self, page: &Page<T>, rows: Vec<Value>) -> Value {
        let filters: Vec<Value> = self
            .filters
            .iter()
            .map(|(name, value, label)| {
                json!({"name": name, "value": value, "label": label, "remove_href": self.href(&self.path, Some(name), &[])})
            })
            .collect();
        let words = |key: &str| self.web.words.text(self.locale, key);
        let action = self
            .action
            .as_ref()
            .map(|(label, href)| json!({"label": label, "href": href}));
        json!({
            "total": page.total,
            "rows": rows,
            "query": self.query,
            "filters": filters,
            "sort": self.sort_value(),
            "kept": self.shown.map(Shown::kept).unwrap_or_default(),
            "columns": self.shown.map(|shown| shown.columns_value(self.web, self.locale)),
            "choices": self.shown.map(|shown| shown.choices_value(self.web, self.locale)),
            "views": self.views_value(),
            "newer_href": page.previous.as_ref().map(|key| self.href(&self.path, None, &[("before", key)])),
            "older_href": page.next.as_ref().map(|key| self.href(&self.path, None, &[("after", key)])),
            "csv_href": self.csv.then(|| self.href(&format!("{}.csv", self.path), None, &[])),
            "action": action,
            "empty": {"title": words(self.empty.0), "text": words(self.empty.1), "action": action},
        })
    }
}
