//! Makes the month reports of customers once their billing periods are closed, and has them sent.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::CustomerId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::notify::MAILER;
use crate::reports::{
    Made, Month, Printer, report_facts, report_keep, report_next_edition, report_pdf, reports_due,
};
use crate::store::Store;
use crate::words::{Pages, Words};

const NAME: &str = "month_report";

/// The task that makes month reports.
pub struct MonthReports {
    store: Store,
    words: Words,
    pages: Pages,
    operator: String,
    public_url: String,
    interval: Duration,
}

impl MonthReports {
    /// A maker of reports with the name on them, the address of the pages and its interval.
    pub fn new(
        store: Store,
        words: Words,
        pages: Pages,
        operator: String,
        public_url: String,
        interval: Duration,
    ) -> Self {
        Self {
            store,
            words,
            pages,
            operator,
            public_url,
            interval,
        }
    }

    async fn make_due(&self, now: Timestamp, stop: &CancellationToken) -> Result<Message, Fault> {
        let due = self
            .store
            .read(move |c| reports_due(c, &Actor::task(NAME, now)))
            .await?;
        let (mut made, mut passed, mut first) = (0_i64, 0_i64, None);
        for (customer, month) in due {
            if stop.is_cancelled() {
                break;
            }
            match self.make(customer, month, now).await {
                Ok(true) => made += 1,
                Ok(false) => passed += 1,
                Err(fault) if fault.kind == FaultKind::Unavailable => return Err(fault),
                Err(fault) => {
                    tracing::error!(customer = customer.get(), %month, %fault, "report not made");
                    first.get_or_insert(fault);
                }
            }
        }
        if made > 0 {
            self.store.wakeups().wake(MAILER);
        }
        if let Some(fault) = first {
            return Err(fault);
        }
        Ok(Message::new("tasks-said-month-report")
            .with("made", made)
            .with("passed", passed))
    }

    /// Makes and keeps one report; `false` when another process was faster or it has changed meanwhile.
    async fn make(
        &self,
        customer: CustomerId,
        month: Month,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let found = self
            .store
            .read(move |c| {
                let actor = Actor::task(NAME, now);
                let facts = report_facts(c, &actor, customer, month)?;
                Ok((facts, report_next_edition(c, customer, month)?))
            })
            .await?;
        let (Some(facts), edition) = found else {
            return Ok(false);
        };
        let (words, pages, operator) = (
            self.words.clone(),
            self.pages.clone(),
            self.operator.clone(),
        );
        let url = format!("{}/customers/{customer}/reports", self.public_url);
        let printed = tokio::task::spawn_blocking(move || {
            let printer = Printer {
                words: &words,
                pages: &pages,
                operator: &operator,
            };
            let body = report_pdf(&printer, &facts, Some(edition), now)?;
            Ok::<_, Fault>(Made::of(&facts, edition, body, url))
        });
        let made = printed.await.map_err(Fault::internal)??;
        let kept = self
            .store
            .write("report.keep", move |c| {
                report_keep(c, &Actor::task(NAME, now), &made)
            })
            .await?;
        Ok(kept.is_some())
    }

    /// What one activation at an instant does.
    ///
    /// # Errors
    /// The database's faults, and the first report that could not be made.
    pub async fn activate_at(&self, now: Timestamp) -> Result<Message, Fault> {
        self.make_due(now, &CancellationToken::new()).await
    }
}

impl Task for MonthReports {
    fn name(&self) -> &'static str {
        NAME
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.make_due(Timestamp::now(), &stop).await })
    }
}
