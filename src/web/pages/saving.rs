//! What follows a posted form, and the dialog that archives a record or brings it back.

use rocket::http::Status;
use serde_json::json;

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::identity::Actor;
use crate::store::Conn;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

/// Makes a record of what was posted; `create` may run again when the database asks for it.
pub(super) async fn created<D, T, F>(
    web: &Web,
    signed: &Signed,
    form: &Posted,
    name: &'static str,
    parse: impl FnOnce(&Fields) -> Result<D, Fault>,
    create: F,
) -> Result<T, Fault>
where
    D: Send + 'static,
    T: Send + 'static,
    F: Fn(&mut Conn, &Actor, &D) -> Result<T, Fault> + Send + 'static,
{
    let (draft, actor) = (parse(&form.fields)?, signed.actor.clone());
    let work = move |c: &mut Conn| create(c, &actor, &draft);
    web.store.write(name, work).await
}

/// Changes a record to what was posted; `change` takes the version that was read, and may run again.
pub(super) async fn changed<D, T, F>(
    web: &Web,
    signed: &Signed,
    form: &Posted,
    name: &'static str,
    parse: impl FnOnce(&Fields) -> Result<D, Fault>,
    change: F,
) -> Result<T, Fault>
where
    D: Send + 'static,
    T: Send + 'static,
    F: Fn(&mut Conn, &Actor, i64, &D) -> Result<T, Fault> + Send + 'static,
{
    let draft = parse(&form.fields)?;
    let (version, actor) = (version(&form.fields)?, signed.actor.clone());
    let work = move |c: &mut Conn| change(c, &actor, version, &draft);
    web.store.write(name, work).await
}

/// Goes on to a page with a sentence; a fault that belongs into the form comes back.
pub(super) fn settled(
    web: &Web,
    signed: &Signed,
    outcome: Result<String, Fault>,
) -> Result<Result<Answer, Fault>, Failure> {
    match outcome {
        Ok(href) => {
            let said = Message::new("flash-saved");
            Ok(Ok(done(web, signed.reader.locale, href, &said)))
        }
        Err(fault) if belongs_in_form(&fault) => Ok(Err(fault)),
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// As [`settled`], for a form that is shown again without reading anything.
pub(super) fn saved(
    web: &Web,
    signed: &Signed,
    outcome: Result<String, Fault>,
    again: impl FnOnce(&Fault) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    settled(web, signed, outcome)?.or_else(|fault| again(&fault))
}

/// The status of a form that is shown: 422 once it has faults.
pub(super) fn form_status(fault: Option<&Fault>) -> Status {
    if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    }
}

/// A record that may be archived or brought back.
pub(super) struct Archive<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the form goes.
    pub action: String,
    /// Where "cancel" goes.
    pub back: String,
    /// The version that was read.
    pub version: i64,
    /// Whether it is archived now.
    pub archived: bool,
    /// What becomes of it, in words.
    pub consequence: &'static str,
    /// The area of the page.
    pub section: &'static str,
}

impl Archive<'_> {
    /// The dialog.
    pub(super) fn view(
        &self,
        web: &Web,
        signed: &Signed,
        fault: Option<&Fault>,
    ) -> Result<Answer, Failure> {
        let locale = signed.reader.locale;
        let words = |message: Message| web.words.say(locale, &message);
        let name = self.name;
        let (title, submit) = if self.archived {
            (
                words(Message::new("archive-restore-title").with("name", name)),
                words(Message::new("archive-restore").with("name", name)),
            )
        } else {
            (
                words(Message::new("archive-title").with("name", name)),
                words(Message::new("archive-submit").with("name", name)),
            )
        };
        let fields: Fields = [("version", self.version.to_string())]
            .into_iter()
            .collect();
        let consequence = if self.archived {
            "archive-restore-consequence"
        } else {
            self.consequence
        };
        View::new(
            web,
            &signed.reader,
            "layout/archive.html",
            &title,
            self.section,
        )
        .with("name", self.name)
        .with("consequence", web.words.text(locale, consequence))
        .with(
            "form",
            form_context(web, locale, &self.action, &fields, fault),
        )
        .with(
            "dialog",
            json!({
                "submit": submit,
                "danger": !self.archived,
                "cancel_href": self.back,
                "confirm_label": null,
                "icon": null,
            }),
        )
        .status(if fault.is_some() {
            Status::Conflict
        } else {
            Status::Ok
        })
        .answer()
    }

    /// Archives it or brings it back, as the posted form says; `change` takes the version and whether to archive.
    pub(super) async fn post<F>(
        &self,
        web: &Web,
        signed: &Signed,
        form: &Posted,
        name: &'static str,
        change: F,
    ) -> Result<Answer, Failure>
    where
        F: Fn(&mut Conn, &Actor, i64, bool) -> Result<(), Fault> + Send + 'static,
    {
        let version = version(&form.fields).map_err(|fault| signed.failure(fault))?;
        let (actor, archive, back) = (signed.actor.clone(), !self.archived, self.back.clone());
        let outcome = web
            .store
            .write(name, move |c| change(c, &actor, version, archive))
            .await
            .map(|()| back);
        saved(web, signed, outcome, |fault| {
            self.view(web, signed, Some(fault))
        })
    }
}
