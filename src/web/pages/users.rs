//! Users: list, add, change, lock out, one-time links.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, UserId};
use crate::base::page::Page;
use crate::identity::ops::{
    link_create, user_by_id, user_create, user_disable, user_list, user_update,
};
use crate::identity::{Permission, Role, User, UserDraft};
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, new, create, show, edit, update, link, disable]
}

fn require(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::ManageUsers)
        .map_err(|fault| signed.failure(fault))
}

fn crumbs(web: &Web, signed: &Signed) -> [(String, &'static str); 2] {
    let locale = signed.reader.locale;
    [
        (web.words.text(locale, "nav-settings"), "/settings"),
        (web.words.text(locale, "users-title"), "/settings/users"),
    ]
}

async fn choices(web: &Web, signed: &Signed) -> Result<Vec<(CustomerId, String, String)>, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| customer_choices(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/settings/users?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let users = web
        .store
        .read(move |c| user_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let customers = choices(web, &signed).await?;
    let wanted = query.text().to_lowercase();
    let found = users
        .into_iter()
        .filter(|user| {
            user.login.contains(&wanted) || user.display_name.to_lowercase().contains(&wanted)
        })
        .collect();
    let page = Page::cut(found, &query.page(), |user: &User| user.login.clone());
    let locale = signed.reader.locale;
    let rows = page
        .rows
        .iter()
        .map(|user| user_value(web, &signed, user, &customers))
        .collect();
    let list = ListView::new(
        web,
        locale,
        "/settings/users",
        &query,
        ("users-empty", "users-empty-text"),
    )
    .action(true, "users-new", "/settings/users/new")
    .finish(&page, rows);
    let title = web.words.text(locale, "users-title");
    View::new(
        web,
        &signed.reader,
        "settings/users.html",
        &title,
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "nav-settings"), "/settings")])
    .flash(said.as_ref())
    .with("list", list)
    .answer()
}

fn user_value(
    web: &Web,
    signed: &Signed,
    user: &User,
    customers: &[(CustomerId, String, String)],
) -> Value {
    let customer = customers
        .iter()
        .find(|(id, ..)| Some(*id) == user.customer_id)
        .map(|(_, code, _)| code);
    let locked = user
        .locked_until
        .is_some_and(|until| until > signed.actor.now);
    json!({
        "id": user.id,
        "login": user.login,
        "display_name": user.display_name,
        "email": user.email,
        "role": web.words.text(signed.reader.locale, &format!("role-{}", user.role)),
        "customer": customer,
        "customer_id": user.customer_id,
        "disabled": user.disabled_at.is_some(),
        "locked": locked,
        "has_password": user.password_hash.is_some(),
        "last_login_at": user.last_login_at,
        "version": user.version,
    })
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&User>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, cancel) = match there {
        None => (
            web.words.text(locale, "users-new"),
            "/settings/users/new".to_owned(),
            "/settings/users".to_owned(),
        ),
        Some(user) => (
            web.words.say(
                locale,
                &Message::new("users-edit").with("login", user.login.as_str()),
            ),
            format!("/settings/users/{}/edit", user.id),
            format!("/settings/users/{}", user.id),
        ),
    };
    let roles: Vec<Value> = Role::ALL
        .iter()
        .map(
            |role| json!({"value": role, "label": web.words.text(locale, &format!("role-{role}"))}),
        )
        .collect();
    let customers: Vec<Value> = choices(web, signed)
        .await?
        .into_iter()
        .map(|(id, code, name)| json!({"value": id, "label": format!("{code} {name}")}))
        .collect();
    let [a, b] = crumbs(web, signed);
    View::new(
        web,
        &signed.reader,
        "settings/user_form.html",
        &title,
        "settings",
    )
    .crumbs(&[(&a.0, a.1), (&b.0, b.1)])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("cancel_href", cancel)
    .with("roles", roles)
    .with("customers", customers)
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/settings/users/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    require(&signed)?;
    let fields: Fields = [("role", "operations"), ("locale", "auto")]
        .into_iter()
        .collect();
    form_view(web, &signed, None, &fields, None).await
}

#[post("/settings/users/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    require(&signed)?;
    let outcome = match UserDraft::parse(|name| form.fields.get(name)) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("user.create", move |c| user_create(c, &actor, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(id) => Ok(done(
            web,
            signed.reader.locale,
            format!("/settings/users/{id}"),
            &Message::new("users-created"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, None, &form.fields, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

async fn user(web: &Web, signed: &Signed, id: i64) -> Result<User, Failure> {
    require(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| user_by_id(c, &actor, UserId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn user_view(
    web: &Web,
    signed: &Signed,
    said: Said<'_>,
    id: i64,
    new_link: Option<String>,
) -> Result<Answer, Failure> {
    let user = user(web, signed, id).await?;
    let customers = choices(web, signed).await?;
    let [a, b] = crumbs(web, signed);
    View::new(
        web,
        &signed.reader,
        "settings/user.html",
        &user.display_name,
        "settings",
    )
    .crumbs(&[(&a.0, a.1), (&b.0, b.1)])
    .flash(said.as_ref())
    .with("user", user_value(web, signed, &user, &customers))
    .with("new_link", new_link)
    .answer()
}

#[get("/settings/users/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    user_view(web, &signed, said, id, None).await
}

#[get("/settings/users/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = user(web, &signed, id).await?;
    let fields =
        Fields::from_json(&serde_json::to_value(&there).unwrap_or_default()).unwrap_or_default();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/settings/users/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = user(web, &signed, id).await?;
    let parsed = UserDraft::parse(|name| form.fields.get(name))
        .and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("user.update", move |c| {
                    user_update(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            format!("/settings/users/{id}"),
            &Message::new("flash-saved"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, Some(&there), &form.fields, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// Makes a one-time link; it is shown once, to be handed to the user.
#[post("/settings/users/<id>/link", data = "<_form>")]
async fn link(web: &State<Web>, signed: Signed, id: i64, _form: Posted) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let token = web
        .store
        .write("user.link", move |c| {
            link_create(c, &actor, UserId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let address = format!("{}/welcome/{token}", web.settings.public_url);
    user_view(web, &signed, None, id, Some(address)).await
}

#[post("/settings/users/<id>/disable", data = "<form>")]
async fn disable(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let disabled = form.fields.get("disabled") != "no";
    web.store
        .write("user.disable", move |c| {
            user_disable(c, &actor, UserId::new(id), disabled)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        format!("/settings/users/{id}"),
        &Message::new("flash-saved"),
    ))
}
