//! How lists look in the programming interface.

use rocket::form::FromForm;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::base::fault::{Fault, Message};
use crate::base::page::{Page, PageRequest};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Pass it as `after` for the next page; null on the last one.
    pub next: Option<String>,
    /// How many match in all.
    pub total: i64,
}

impl<T> Listing<T> {
    /// A page of records as a page of what programs see.
    pub fn from_page<R: Into<T>>(page: Page<R>) -> Self {
        Self {
            items: page.rows.into_iter().map(Into::into).collect(),
            next: page.next,
            total: page.total,
        }
    }
}

/// `?q=&after=&limit=`
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApiQuery {
    /// Search text.
    pub q: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// At most this many rows, 1 to 1,000; 50 when missing.
    pub limit: Option<usize>,
}

impl ApiQuery {
    /// The page asked for.
    pub fn page(&self) -> PageRequest {
        let limit = self
            .limit
            .unwrap_or(crate::base::page::PAGE_ROWS)
            .clamp(1, 1000);
        PageRequest {
            after: self.after.clone(),
            before: None,
            limit,
        }
    }

    /// The search text.
    pub fn text(&self) -> String {
        self.q.clone().unwrap_or_default().trim().to_owned()
    }
}

/// A word of a closed set that narrows a list; a fault at the parameter says which there are.
pub(super) fn word<T>(
    field: &'static str,
    asked: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
    words: impl Fn() -> String,
) -> Result<Option<T>, Fault> {
    let asked = asked.map(str::trim).filter(|word| !word.is_empty());
    asked
        .map(|asked| {
            read(asked).ok_or_else(|| {
                Fault::field(field, Message::new("fault-choice").with("allowed", words()))
            })
        })
        .transpose()
}
