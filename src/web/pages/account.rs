//! One's own account: password, sessions, API tokens.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::entry::{Said, matching_passwords};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::ApiTokenId;
use crate::base::secret::Secret;
use crate::identity::ops::{
    NewToken, sessions_of_user, token_create, token_list, token_revoke, user_password_set,
};
use crate::identity::{TokenScope, verify_password};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![show, password, token_post, token_delete]
}

/// What one of the page's forms left behind.
#[derive(Default)]
struct Left {
    form: &'static str,
    fields: Fields,
    fault: Option<Fault>,
    new_token: Option<String>,
}

async fn page(web: &Web, signed: &Signed, said: Said<'_>, left: Left) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let user = signed.session.user.id;
    let (tokens, sessions) = web
        .store
        .read(move |c| {
            Ok((
                token_list(c, &actor)?,
                sessions_of_user(c, user, actor.now)?,
            ))
        })
        .await?;
    let locale = signed.reader.locale;
    let form = |name: &str, action: &str| {
        let own = left.form == name;
        let empty = Fields::new();
        let fields = if own { &left.fields } else { &empty };
        form_context(
            web,
            locale,
            action,
            fields,
            left.fault.as_ref().filter(|_| own),
        )
    };
    let title = web.words.text(locale, "account-title");
    View::new(web, &signed.reader, "account/show.html", &title, "account")
        .flash(said.as_ref())
        .with("login", &signed.session.user.login)
        .with(
            "role",
            web.words
                .text(locale, &format!("role-{}", signed.actor.role)),
        )
        .with("tokens", tokens)
        .with("sessions", sessions)
        .with("this_session", signed.session.session.id)
        .with("new_token", left.new_token)
        .with("password_form", form("password", "/account/password"))
        .with("token_form", form("token", "/account/tokens"))
        .status(if left.fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

#[get("/account")]
async fn show(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    page(web, &signed, said, Left::default()).await
}

#[post("/account/password", data = "<form>")]
async fn password(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    match change_password(web, &signed, &form.fields).await {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            "/login",
            &Message::new("account-password-done"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            let left = Left {
                form: "password",
                fault: Some(fault),
                ..Left::default()
            };
            page(web, &signed, None, left).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

async fn change_password(web: &Web, signed: &Signed, fields: &Fields) -> Result<(), Fault> {
    let old = Secret::new(fields.get("old_password"));
    let hash = signed.session.user.password_hash.clone();
    let new = matching_passwords(fields)?;
    let actor = signed.actor.clone();
    let user = signed.session.user.id;
    web.store
        .write("user.password", move |c| {
            if !verify_password(&old, hash.as_deref()) {
                return Err(Fault::field(
                    "old_password",
                    Message::new("fault-password-old"),
                ));
            }
            user_password_set(c, &actor, user, &new)
        })
        .await
}

#[post("/account/tokens", data = "<form>")]
async fn token_post(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let new = NewToken {
        name: form.fields.get("name").to_owned(),
        scope: TokenScope::from_word(form.fields.get("scope")).unwrap_or(TokenScope::Read),
        days: form.fields.get("days").trim().parse().ok(),
    };
    let actor = signed.actor.clone();
    match web
        .store
        .write("token.create", move |c| token_create(c, &actor, &new))
        .await
    {
        Ok(token) => {
            page(
                web,
                &signed,
                None,
                Left {
                    new_token: Some(token),
                    ..Left::default()
                },
            )
            .await
        }
        Err(fault) if belongs_in_form(&fault) => {
            let left = Left {
                form: "token",
                fields: form.fields,
                fault: Some(fault),
                new_token: None,
            };
            page(web, &signed, None, left).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[post("/account/tokens/<id>/revoke", data = "<_form>")]
async fn token_delete(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .write("token.revoke", move |c| {
            token_revoke(c, &actor, ApiTokenId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        "/account",
        &Message::new("account-token-revoked"),
    ))
}
