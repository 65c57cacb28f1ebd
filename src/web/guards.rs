//! Who is asking: a signed-in person, a program with a token, or nobody.

use rocket::http::{Cookie, SameSite, Status};
use rocket::request::{FromRequest, Outcome, Request};

use super::client::remote_address;
use super::{Failure, Web};
use crate::audit::Via;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::base::token::{equal_in_constant_time, random_token};
use crate::identity::ops::{SessionUser, session_by_token, session_touch, token_used, token_user};
use crate::identity::{Actor, Role, Theme, TokenScope, User, UserLocale};

/// Cookie of a session.
pub(super) const SESSION_COOKIE: &str = "coldaisle_session";
/// Cookie that forms of a visitor who isn't signed in must repeat.
const GUEST_COOKIE: &str = "coldaisle_guest";
/// Cookies of language and colours for those not signed in.
pub(super) const LOCALE_COOKIE: &str = "coldaisle_locale";
pub(super) const THEME_COOKIE: &str = "coldaisle_theme";

/// What the request's credentials came to.
#[derive(Debug, Clone)]
pub(super) enum Identified {
    Nobody,
    Session(Box<SessionUser>),
    Token(Box<User>, TokenScope),
}

impl Identified {
    /// What a form or a script of this caller must send along; `None` when nothing must be.
    fn csrf(&self) -> Option<&str> {
        match self {
            Self::Session(signed) => Some(&signed.session.csrf_token),
            _ => None,
        }
    }
}

/// The caller, looked up once per request.
pub(super) async fn identified<'r>(request: &'r Request<'_>) -> &'r Result<Identified, Fault> {
    request
        .local_cache_async(async { identify(request).await })
        .await
}

async fn identify(request: &Request<'_>) -> Result<Identified, Fault> {
    let Some(web) = request.rocket().state::<Web>() else {
        return Err(Fault::internal("the web state is not managed"));
    };
    let now = Timestamp::now();
    if let Some(bearer) = bearer(request) {
        let token = bearer.to_owned();
        let found = web.store.read(move |c| token_user(c, &token, now)).await?;
        let Some((user, scope, stale)) = found else {
            return Ok(Identified::Nobody);
        };
        if let Some(id) = stale {
            web.store
                .write("token.used", move |c| token_used(c, id, now))
                .await?;
        }
        return Ok(Identified::Token(Box::new(user), scope));
    }
    let Some(cookie) = request
        .cookies()
        .get(SESSION_COOKIE)
        .map(|cookie| cookie.value().to_owned())
    else {
        return Ok(Identified::Nobody);
    };
    let Some(signed) = web
        .store
        .read(move |c| session_by_token(c, &cookie, now))
        .await?
    else {
        return Ok(Identified::Nobody);
    };
    if signed.wants_touch(now) {
        let id = signed.session.id;
        web.store
            .write("session.touch", move |c| session_touch(c, id, now))
            .await?;
    }
    Ok(Identified::Session(Box::new(signed)))
}

fn bearer<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let header = request.headers().get_one("Authorization")?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The reader's language: the user's choice, else this browser's choice, else what the browser asks for.
pub(super) fn locale(request: &Request<'_>, user: Option<&User>) -> Locale {
    match user.map(|user| user.locale) {
        Some(UserLocale::ZhCn) => return Locale::ZhCn,
        Some(UserLocale::En) => return Locale::En,
        _ => {}
    }
    let chosen = request
        .cookies()
        .get(LOCALE_COOKIE)
        .and_then(|cookie| Locale::from_word(cookie.value()));
    chosen.unwrap_or_else(|| {
        Locale::from_accept_language(
            request
                .headers()
                .get_one("Accept-Language")
                .unwrap_or_default(),
        )
    })
}

/// The reader's colours.
pub(super) fn theme(request: &Request<'_>, user: Option<&User>) -> Theme {
    let chosen = request
        .cookies()
        .get(THEME_COOKIE)
        .and_then(|cookie| Theme::from_word(cookie.value()));
    match user.map(|user| user.theme) {
        Some(theme) if theme != Theme::Auto => theme,
        _ => chosen.unwrap_or(Theme::Auto),
    }
}

fn actor(request: &Request<'_>, user: &User, via: Via, scope: TokenScope) -> Actor {
    Actor {
        user_id: Some(user.id),
        name: user.display_name.clone(),
        role: user.role,
        customer_id: user.customer_id,
        via,
        remote: remote_address(request),
        locale: locale(request, Some(user)),
        scope,
        now: Timestamp::now(),
    }
}

/// What every page needs to know about its reader.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Language.
    pub locale: Locale,
    /// Colours.
    pub theme: Theme,
    /// Token that forms carry.
    pub csrf: String,
    /// Address of the page, without its query.
    pub path: String,
    /// Address of the page with its query.
    pub path_and_query: String,
    /// Name and role, when signed in.
    pub who: Option<(String, Role)>,
}

/// The reader of a request, signed in or not.
pub(super) async fn reader(request: &Request<'_>) -> Reader {
    let user = match identified(request).await {
        Ok(Identified::Session(signed)) => Some((&signed.user, signed.session.csrf_token.clone())),
        _ => None,
    };
    let csrf = match &user {
        Some((_, csrf)) => csrf.clone(),
        None => guest_token(request),
    };
    let user = user.map(|(user, _)| user);
    Reader {
        locale: locale(request, user),
        theme: theme(request, user),
        csrf,
        path: request.uri().path().to_string(),
        path_and_query: request.uri().to_string(),
        who: user.map(|user| (user.display_name.clone(), user.role)),
    }
}

/// The token of a visitor who isn't signed in: the same in the cookie and in the form.
fn guest_token(request: &Request<'_>) -> String {
    let cached: &String = request.local_cache(|| match request.cookies().get(GUEST_COOKIE) {
        Some(cookie) if cookie.value().len() == 64 => cookie.value().to_owned(),
        _ => {
            let token = random_token().unwrap_or_default();
            request
                .cookies()
                .add(cookie(request, GUEST_COOKIE, token.clone()));
            token
        }
    });
    cached.clone()
}

/// A cookie as all of ours are: not for scripts, not for other sites.
pub(super) fn cookie(request: &Request<'_>, name: &'static str, value: String) -> Cookie<'static> {
    let secure = request
        .rocket()
        .state::<Web>()
        .is_some_and(|web| web.settings.is_secure());
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .build()
}

/// Whether what a form or script sent fits what this caller was given.
pub(super) async fn csrf_fits(request: &Request<'_>, sent: &str) -> bool {
    let given = match identified(request).await {
        Ok(identified) => match identified.csrf() {
            Some(token) => token.to_owned(),
            None => request
                .cookies()
                .get(GUEST_COOKIE)
                .map(|c| c.value().to_owned())
                .unwrap_or_default(),
        },
        Err(_) => return false,
    };
    given.len() == 64 && equal_in_constant_time(&given, sent)
}

/// Whether NUL is in the address: it is in no name of ours, and one of the databases refuses to look for it. Every guard of
/// who asks looks here, so that no page has to.
fn has_nul(request: &Request<'_>) -> bool {
    let uri = request.uri();
    let query = uri.query();
    uri.path().as_str().contains("%00") || query.is_some_and(|query| query.as_str().contains("%00"))
}

fn nul_refused<T>(request: &Request<'_>) -> Outcome<T, Failure> {
    let fault = Fault::new(FaultKind::Invalid, Message::new("fault-request"));
    let failure = Failure::from(fault).remember(request);
    Outcome::Error((Status::UnprocessableEntity, failure))
}

/// A signed-in person in a browser.
pub struct Signed {
    /// The person as an actor.
    pub actor: Actor,
    /// What pages need.
    pub reader: Reader,
    /// The session.
    pub session: SessionUser,
}

impl Signed {
    /// A fault as a page for this reader.
    pub fn failure(&self, fault: Fault) -> Failure {
        Failure::from(fault).for_reader(&self.reader)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Signed {
    type Error = Failure;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Failure> {
        if has_nul(request) {
            return nul_refused(request);
        }
        match identified(request).await {
            Ok(Identified::Session(signed)) => Outcome::Success(Self {
                actor: actor(request, &signed.user, Via::Web, TokenScope::Write),
                reader: reader(request).await,
                session: (**signed).clone(),
            }),
            Ok(_) => Outcome::Error((Status::Unauthorized, Fault::unauthenticated().into())),
            Err(fault) => Outcome::Error((Status::ServiceUnavailable, fault.clone().into())),
        }
    }
}

/// Anyone, signed in or not.
pub struct Guest {
    /// What pages need.
    pub reader: Reader,
    /// Address of the client.
    pub remote: String,
    /// The browser.
    pub user_agent: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Guest {
    type Error = Failure;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Failure> {
        if has_nul(request) {
            return nul_refused(request);
        }
        Outcome::Success(Self {
            reader: reader(request).await,
            remote: remote_address(request),
            user_agent: request
                .headers()
                .get_one("User-Agent")
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

/// A caller of the programming interface: a bearer token, or a signed-in browser. Requests that change
/// something from a browser must carry the session's token in `X-CSRF-Token`.
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Caller {
    type Error = Failure;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Failure> {
        if has_nul(request) {
            return nul_refused(request);
        }
        match identified(request).await {
            Ok(Identified::Token(user, scope)) => Outcome::Success(Self {
                actor: actor(request, user, Via::Api, *scope),
            }),
            Ok(Identified::Session(signed)) => {
                let changes = !matches!(
                    request.method(),
                    rocket::http::Method::Get | rocket::http::Method::Head
                );
                let sent = request
                    .headers()
                    .get_one("X-CSRF-Token")
                    .unwrap_or_default();
                if changes && !csrf_fits(request, sent).await {
                    return Outcome::Error((Status::Forbidden, super::failure::forged().into()));
                }
                Outcome::Success(Self {
                    actor: actor(request, &signed.user, Via::Web, TokenScope::Write),
                })
            }
            Ok(Identified::Nobody) => {
                Outcome::Error((Status::Unauthorized, Fault::unauthenticated().into()))
            }
            Err(fault) => Outcome::Error((Status::ServiceUnavailable, fault.clone().into())),
        }
    }
}
