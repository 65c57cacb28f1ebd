//! What a customer and a contact must be.

use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::locale::Locale;
use crate::base::text;
use crate::identity::looks_like_mail;

/// A customer as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDraft {
    /// Short unique code in capitals, like `MOSSVALE`.
    pub code: String,
    /// Registered name.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Postal address.
    pub address: String,
    /// Number of the business licence (统一社会信用代码).
    pub licence_number: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Language of mails to the organisation.
    pub locale: Locale,
    /// For the operator's eyes.
    pub note: String,
}

impl CustomerDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let code = faults
            .keep(text::required_line("code", fields.get("code"), 32))
            .map(|code| code.to_uppercase());
        if code.as_deref().is_some_and(|code| {
            !code
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        }) {
            faults.add("code", Message::new("fault-code-letters"));
        }
        let name = faults.keep(text::required_line("name", fields.get("name"), 120));
        let phone = faults.keep(text::line("phone", fields.get("phone"), 40));
        let email = faults.keep(mail_address("email", fields.get("email")));
        let address = faults.keep(text::line("address", fields.get("address"), 300));
        let licence_number = faults.keep(text::line(
            "licence_number",
            fields.get("licence_number"),
            40,
        ));
        let legal_representative = faults.keep(text::line(
            "legal_representative",
            fields.get("legal_representative"),
            80,
        ));
        let locale = faults.keep(locale("locale", fields.get("locale")));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                code: code?,
                name: name?,
                phone: phone?,
                email: email?,
                address: address?,
                licence_number: licence_number?,
                legal_representative: legal_representative?,
                locale: locale?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A contact as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDraft {
    /// Name of the person.
    pub name: String,
    /// What they are there.
    pub title: String,
    /// Telephone.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Language of mails to them.
    pub locale: Locale,
    /// Whether they may announce visits.
    pub may_announce: bool,
    /// Whether they get notices.
    pub receives_notices: bool,
    /// Whether they get the month report by mail.
    pub wants_reports: bool,
    /// For the operator's eyes.
    pub note: String,
}

impl ContactDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(text::required_line("name", fields.get("name"), 80));
        let title = faults.keep(text::line("title", fields.get("title"), 80));
        let phone = faults.keep(text::line("phone", fields.get("phone"), 40));
        let email = faults.keep(mail_address("email", fields.get("email")));
        let locale = faults.keep(locale("locale", fields.get("locale")));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                name: name?,
                title: title?,
                phone: phone?,
                email: email?,
                locale: locale?,
                may_announce: fields.yes("may_announce"),
                receives_notices: fields.yes("receives_notices"),
                wants_reports: fields.yes("wants_reports"),
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// Which customers to list.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    /// Part of code or name.
    pub query: String,
    /// The archived ones instead of the live ones.
    pub archived: bool,
}

fn mail_address(field: &'static str, raw: &str) -> Result<String, crate::base::fault::FieldFault> {
    let email = text::line(field, raw, 200)?;
    if !email.is_empty() && !looks_like_mail(&email) {
        return Err(crate::base::fault::FieldFault::new(
            field,
            Message::new("fault-mail-address"),
        ));
    }
    Ok(email)
}

fn locale(field: &'static str, raw: &str) -> Result<Locale, crate::base::fault::FieldFault> {
    match raw.trim() {
        "" => Ok(Locale::ZhCn),
        word => Locale::from_word(word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", Locale::words());
            crate::base::fault::FieldFault::new(field, message)
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn all_faults_of_a_form_come_at_once() {
        let fields: Fields = [
            ("code", "a b"),
            ("name", ""),
            ("email", "nobody"),
            ("locale", "fr"),
        ]
        .into_iter()
        .collect();
        let fault = CustomerDraft::parse(&fields).unwrap_err();
        let at: Vec<_> = fault
            .fields
            .iter()
            .map(|fault| fault.field.as_ref())
            .collect();
        assert_eq!(at, ["code", "name", "email", "locale"]);
    }

    #[test]
    fn codes_are_capitals() {
        let fields: Fields = [("code", " moss-1 "), ("name", "苔谷科技")]
            .into_iter()
            .collect();
        assert_eq!(CustomerDraft::parse(&fields).unwrap().code, "MOSS-1");
    }
}
