//! Coming in and going out: login, first set-up, one-time links, language and colours.

use rocket::http::{Cookie, CookieJar, Status};
use rocket::request::FlashMessage;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::locale::Locale;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::ops::{
    LoginOutcome, LoginRequest, link_password_set, link_user, login, login_hash, session_end,
    setup_administrator, setup_link_valid, user_preferences_set,
};
use crate::identity::{Actor, Theme, UserDraft, UserLocale};
use crate::web::forms::Posted;
use crate::web::guards::{Guest, LOCALE_COOKIE, Reader, SESSION_COOKIE, Signed, THEME_COOKIE};
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        login_page,
        login_post,
        logout,
        preferences_signed,
        preferences_guest,
        setup_page,
        setup_post,
        link_page,
        link_post
    ]
}

/// Only addresses of this program, so that a link can't lead a person elsewhere after signing in.
fn safe_next(next: &str) -> String {
    let inside =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if inside && next != "/login" && next != "/logout" {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

fn login_view(
    web: &Web,
    reader: &Reader,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let title = web.words.text(reader.locale, "login-title");
    View::new(web, reader, "entry/login.html", &title, "none")
        .with(
            "form",
            form_context(web, reader.locale, "/login", fields, fault),
        )
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

#[get("/login?<next>")]
async fn login_page(web: &State<Web>, guest: Guest, next: Option<&str>) -> Result<Answer, Failure> {
    let next = safe_next(next.unwrap_or("/"));
    if guest.reader.who.is_some() {
        return Ok(Answer::See(Redirect::to(next)));
    }
    let fields: Fields = [("next", next)].into_iter().collect();
    login_view(web, &guest.reader, &fields, None)
}

#[post("/login", data = "<form>")]
async fn login_post(
    web: &State<Web>,
    guest: Guest,
    cookies: &CookieJar<'_>,
    form: Posted,
) -> Result<Answer, Failure> {
    let request = LoginRequest {
        login: form.fields.get("login").to_owned(),
        password: Secret::new(form.fields.get("password")),
        remote: guest.remote.clone(),
        user_agent: guest.user_agent.clone(),
        now: Timestamp::now(),
    };
    let name = request.login.clone();
    let hash = web.store.read(move |c| login_hash(c, &name)).await?;
    let checked = rocket::tokio::task::spawn_blocking(move || request.check(hash))
        .await
        .map_err(Fault::internal)?;
    let outcome = web
        .store
        .write("session.login", move |c| login(c, &checked))
        .await?;
    let zone = web.settings.zone;
    let message = match outcome {
        LoginOutcome::In { token } => {
            cookies.add(session_cookie(web, token));
            return Ok(Answer::See(Redirect::to(safe_next(
                form.fields.get("next"),
            ))));
        }
        LoginOutcome::Wrong => Message::new("login-wrong"),
        LoginOutcome::Locked { until } => {
            Message::new("login-locked").with("until", until.local_minute(zone))
        }
        LoginOutcome::Limited => Message::new("login-limited"),
    };
    let kept: Fields = form
        .fields
        .iter()
        .filter(|(name, _)| *name != "password")
        .collect();
    login_view(
        web,
        &guest.reader,
        &kept,
        Some(&Fault::new(FaultKind::Invalid, message)),
    )
}

fn session_cookie(web: &Web, token: String) -> Cookie<'static> {
    Cookie::build((SESSION_COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(rocket::http::SameSite::Lax)
        .secure(web.settings.is_secure())
        .build()
}

#[post("/logout", data = "<_form>")]
async fn logout(
    web: &State<Web>,
    signed: Signed,
    cookies: &CookieJar<'_>,
    _form: Posted,
) -> Result<Redirect, Failure> {
    let id = signed.session.session.id;
    web.store
        .write("session.end", move |c| session_end(c, id))
        .await?;
    cookies.remove(Cookie::build(SESSION_COOKIE).path("/"));
    Ok(Redirect::to("/login"))
}

fn chosen(fields: &Fields) -> (Option<UserLocale>, Option<Theme>, String) {
    (
        UserLocale::from_word(fields.get("locale")),
        Theme::from_word(fields.get("theme")),
        safe_next(fields.get("back")),
    )
}

fn preference_cookie(web: &Web, name: &'static str, value: &'static str) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(rocket::http::SameSite::Lax)
        .secure(web.settings.is_secure())
        .permanent()
        .build()
}

#[post("/preferences", data = "<form>")]
async fn preferences_signed(
    web: &State<Web>,
    signed: Signed,
    form: Posted,
) -> Result<Redirect, Failure> {
    let (locale, theme, back) = chosen(&form.fields);
    let actor = signed.actor.clone();
    web.store
        .write("user.preferences", move |c| {
            user_preferences_set(c, &actor, locale, theme)
        })
        .await?;
    Ok(Redirect::to(back))
}

#[post("/preferences/guest", data = "<form>")]
async fn preferences_guest(web: &State<Web>, cookies: &CookieJar<'_>, form: Posted) -> Redirect {
    let (_, theme, back) = chosen(&form.fields);
    if let Some(locale) = Locale::from_word(form.fields.get("locale")) {
        cookies.add(preference_cookie(web, LOCALE_COOKIE, locale.as_str()));
    }
    if let Some(theme) = theme {
        cookies.add(preference_cookie(web, THEME_COOKIE, theme.as_str()));
    }
    Redirect::to(back)
}

fn setup_view(
    web: &Web,
    reader: &Reader,
    token: &str,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let title = web.words.text(reader.locale, "setup-title");
    View::new(web, reader, "entry/setup.html", &title, "none")
        .with(
            "form",
            form_context(
                web,
                reader.locale,
                &format!("/setup/{token}"),
                fields,
                fault,
            ),
        )
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

#[get("/setup/<token>")]
async fn setup_page(web: &State<Web>, guest: Guest, token: &str) -> Result<Answer, Failure> {
    let link = token.to_owned();
    if !web
        .store
        .read(move |c| setup_link_valid(c, &link, Timestamp::now()))
        .await?
    {
        return Err(Failure::from(Fault::not_found()).for_reader(&guest.reader));
    }
    setup_view(web, &guest.reader, token, &Fields::new(), None)
}

#[post("/setup/<token>", data = "<form>")]
async fn setup_post(
    web: &State<Web>,
    guest: Guest,
    token: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let link = token.to_owned();
    if !web
        .store
        .read(move |c| setup_link_valid(c, &link, Timestamp::now()))
        .await?
    {
        return Err(Failure::from(Fault::not_found()).for_reader(&guest.reader));
    }
    let outcome = set_up(web, &guest, token.to_owned(), form.fields.clone()).await;
    match outcome {
        Ok(()) => Ok(Answer::See(Redirect::to("/login"))),
        Err(fault) if belongs_in_form(&fault) => {
            let kept: Fields = form
                .fields
                .iter()
                .filter(|(name, _)| !name.starts_with("password"))
                .collect();
            setup_view(web, &guest.reader, token, &kept, Some(&fault))
        }
        Err(fault) => Err(Failure::from(fault).for_reader(&guest.reader)),
    }
}

async fn set_up(web: &Web, guest: &Guest, token: String, mut fields: Fields) -> Result<(), Fault> {
    fields.set("role", "administrator");
    let draft = UserDraft::parse(|name| fields.get(name))?;
    let password = matching_passwords(&fields)?;
    let mut actor = Actor::task("first set-up", Timestamp::now());
    actor.remote.clone_from(&guest.remote);
    web.store
        .write("setup", move |c| {
            setup_administrator(c, &token, &draft, &password, &actor).map(|_| ())
        })
        .await
}

/// The new password of a form, typed twice.
pub(super) fn matching_passwords(fields: &Fields) -> Result<Secret, Fault> {
    if fields.get("password") != fields.get("password_again") {
        return Err(Fault::field(
            "password_again",
            Message::new("fault-password-again"),
        ));
    }
    Ok(Secret::new(fields.get("password")))
}

fn link_view(
    web: &Web,
    reader: &Reader,
    token: &str,
    login: &str,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let title = web.words.text(reader.locale, "link-title");
    View::new(web, reader, "entry/link.html", &title, "none")
        .with("login", login)
        .with(
            "form",
            form_context(
                web,
                reader.locale,
                &format!("/welcome/{token}"),
                &Fields::new(),
                fault,
            ),
        )
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

#[get("/welcome/<token>")]
async fn link_page(web: &State<Web>, guest: Guest, token: &str) -> Result<Answer, Failure> {
    let link = token.to_owned();
    let user = web
        .store
        .read(move |c| link_user(c, &link, Timestamp::now()))
        .await?;
    match user {
        Some(user) => link_view(web, &guest.reader, token, &user.login, None),
        None => Err(Failure::from(Fault::not_found()).for_reader(&guest.reader)),
    }
}

#[post("/welcome/<token>", data = "<form>")]
async fn link_post(
    web: &State<Web>,
    guest: Guest,
    token: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let link = token.to_owned();
    let user = web
        .store
        .read(move |c| link_user(c, &link, Timestamp::now()))
        .await?;
    let user = user.ok_or_else(|| Failure::from(Fault::not_found()).for_reader(&guest.reader))?;
    let outcome = match matching_passwords(&form.fields) {
        Ok(password) => {
            let (link, remote) = (token.to_owned(), guest.remote.clone());
            web.store
                .write("link.password", move |c| {
                    link_password_set(c, &link, &password, &remote, Timestamp::now())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(()) => Ok(Answer::See(Redirect::to("/login"))),
        Err(fault) if belongs_in_form(&fault) => {
            link_view(web, &guest.reader, token, &user.login, Some(&fault))
        }
        Err(fault) => Err(Failure::from(fault).for_reader(&guest.reader)),
    }
}

/// The sentence a page before left; shared by pages that show one.
pub(super) type Said<'r> = Option<FlashMessage<'r>>;

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn signing_in_never_leads_elsewhere() {
        assert_eq!(safe_next("/racks/12?side=rear"), "/racks/12?side=rear");
        for wrong in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "",
            "/login",
        ] {
            assert_eq!(safe_next(wrong), "/", "{wrong}");
        }
    }
}
