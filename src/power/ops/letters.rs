//! Mails to those who asked, about how it ended.

use chrono_tz::Tz;
use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::CustomerId;
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::identity::UserLocale;
use crate::notify::ops::mail_queue;
use crate::notify::{PowerFinished, QueuedMail};
use crate::power::rows::{Intent, Machine};
use crate::store::Conn;
use crate::store::schema::{customers, users};

/// What mails about intents need beside the intent.
#[derive(Debug, Clone)]
pub struct Letters {
    /// Address people use, without a slash at the end.
    pub public_url: String,
    /// Zone of machines that stand in no rack.
    pub zone: Tz,
}

/// Name, address, language, customer.
type Recipient = (String, String, UserLocale, Option<CustomerId>);

impl Letters {
    /// Queues the mail to the requester of an intent that came to its end, when they have an address.
    pub(super) fn outcome(
        &self,
        c: &mut Conn,
        intent: &Intent,
        machine: &Machine,
        at: Timestamp,
    ) -> Result<(), Fault> {
        let Some(user) = intent.requested_by_user_id else {
            return Ok(());
        };
        let recipient: Option<Recipient> = users::table
            .find(user)
            .filter(users::disabled_at.is_null())
            .select((
                users::display_name,
                users::email,
                users::locale,
                users::customer_id,
            ))
            .first(c)
            .optional()?;
        let Some((name, address, locale, customer)) = recipient else {
            return Ok(());
        };
        let locale = reading(c, locale, customer)?;
        let zone = machine
            .place
            .as_ref()
            .and_then(|place| place.zone.parse().ok())
            .unwrap_or(self.zone);
        let facts = PowerFinished {
            device: machine.name.clone(),
            position: machine.whole_position(),
            action: intent.action.to_string(),
            outcome: intent.state.to_string(),
            detail: match (intent.detail(), customer) {
                (Some(detail), Some(_)) => detail.for_customer().to_text(),
                _ => intent.state_detail.clone(),
            },
            asked_at: intent.requested_at.local_minute(zone),
            finished_at: at.local_minute(zone),
            offset: at.local_offset(zone),
            url: format!("{}/power/intents/{}", self.public_url, intent.id),
        };
        let mail = QueuedMail::power_finished(&address, &name, locale, &facts)?;
        mail_queue(c, &mail, Some(&format!("power-{}-finished", intent.id)), at)
    }
}

/// The language of a user who follows the browser: the customer's, else Chinese.
fn reading(
    c: &mut Conn,
    locale: UserLocale,
    customer: Option<CustomerId>,
) -> Result<Locale, Fault> {
    match (locale, customer) {
        (UserLocale::ZhCn, _) | (UserLocale::Auto, None) => Ok(Locale::ZhCn),
        (UserLocale::En, _) => Ok(Locale::En),
        (UserLocale::Auto, Some(customer)) => Ok(customers::table
            .find(customer)
            .select(customers::locale)
            .first(c)?),
    }
}
