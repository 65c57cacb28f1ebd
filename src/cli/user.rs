//! `coldaisle user`: users from the terminal, for the first start and for emergencies.

use std::io::BufRead;

use super::Common;
use super::console::Console;
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::ids::UserId;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::config::Config;
use crate::identity::ops::{link_create, user_by_login, user_create, user_list, user_password_set};
use crate::identity::{Actor, User as UserRow, UserDraft};
use crate::store::{Conn, Store};
use crate::tenancy::customer_by_code;

/// Commands about users.
#[derive(Debug, clap::Subcommand)]
pub enum User {
    /// Add a user; prints a one-time link for the password unless it comes by standard input
    Add(Add),
    /// List all users
    List,
    /// Set a password, or print a one-time link for it
    Password(Password),
}

/// Arguments of `user add`.
#[derive(Debug, Clone, clap::Args)]
pub struct Add {
    /// Name to sign in with
    login: String,
    /// administrator, operations, technician, reception, finance, auditor, customer_admin or customer_member
    #[arg(long)]
    role: String,
    /// Name to show; the login when not given
    #[arg(long)]
    name: Option<String>,
    /// Mail address
    #[arg(long, default_value = "")]
    email: String,
    /// Code of the customer, for a customer's user
    #[arg(long, value_name = "CODE")]
    customer: Option<String>,
    /// Language: auto, zh-CN or en
    #[arg(long, default_value = "auto")]
    locale: String,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Arguments of `user password`.
#[derive(Debug, Clone, clap::Args)]
pub struct Password {
    /// Name to sign in with
    login: String,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Runs a command about users.
pub async fn run(console: &Console, common: &Common, command: User) -> i32 {
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = match app::open_store(&config, false) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    let done = match command {
        User::Add(args) => add(console, &config, &store, args).await,
        User::List => list(console, &store).await,
        User::Password(args) => password(console, &config, &store, args).await,
    };
    match done {
        Ok(()) => 0,
        Err(fault) => console.failed(&fault),
    }
}

/// The first line of standard input, when it was announced.
fn read_password(announced: bool) -> Result<Option<Secret>, Fault> {
    if !announced {
        return Ok(None);
    }
    let mut line = zeroize::Zeroizing::new(String::new());
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(Fault::internal)?;
    Ok(Some(Secret::new(line.trim_end_matches(['\r', '\n']))))
}

fn actor() -> Actor {
    Actor::terminal(Timestamp::now())
}

/// Sets the password, or makes a one-time link; gives the link's token.
fn password_or_link(
    c: &mut Conn,
    actor: &Actor,
    user: UserId,
    password: Option<&Secret>,
) -> Result<Option<String>, Fault> {
    match password {
        Some(password) => user_password_set(c, actor, user, password).map(|()| None),
        None => link_create(c, actor, user).map(Some),
    }
}

fn report(console: &Console, config: &Config, message: Message, token: Option<String>) {
    console.answer(&console.say(&message));
    if let Some(token) = token {
        console.answer(&console.text("user-link"));
        console.answer(&format!("  {}/welcome/{token}", config.web.public_url()));
    }
}

async fn add(console: &Console, config: &Config, store: &Store, args: Add) -> Result<(), Fault> {
    let password = read_password(args.password_stdin)?;
    let login = args.login.clone();
    let token = store
        .write("user.create", move |c| {
            let actor = actor();
            let draft = draft(c, &args)?;
            let user = user_create(c, &actor, &draft)?;
            password_or_link(c, &actor, user, password.as_ref())
        })
        .await?;
    let message = Message::new("user-added").with("login", login);
    report(console, config, message, token);
    Ok(())
}

fn draft(c: &mut Conn, args: &Add) -> Result<UserDraft, Fault> {
    let customer = match &args.customer {
        None => String::new(),
        Some(code) => customer_by_code(c, code)?
            .map(|customer| customer.id.to_string())
            .ok_or_else(|| {
                Fault::field(
                    "customer",
                    Message::new("user-no-customer").with("code", code.as_str()),
                )
            })?,
    };
    UserDraft::parse(|field| match field {
        "login" => &args.login,
        "display_name" => args.name.as_deref().unwrap_or(&args.login),
        "email" => &args.email,
        "role" => &args.role,
        "customer_id" => &customer,
        "locale" => &args.locale,
        _ => "",
    })
}

async fn list(console: &Console, store: &Store) -> Result<(), Fault> {
    let users: Vec<UserRow> = store.read(|c| user_list(c, &actor())).await?;
    for user in users {
        let state = if user.disabled_at.is_some() {
            console.text("user-disabled")
        } else {
            String::new()
        };
        console.answer(
            format!(
                "{:<24} {:<16} {} {state}",
                user.login,
                user.role.to_string(),
                user.display_name
            )
            .trim_end(),
        );
    }
    Ok(())
}

async fn password(
    console: &Console,
    config: &Config,
    store: &Store,
    args: Password,
) -> Result<(), Fault> {
    let password = read_password(args.password_stdin)?;
    let login = args.login.clone();
    let token = store
        .write("user.password", move |c| {
            let missing = || {
                Fault::field(
                    "login",
                    Message::new("user-unknown").with("login", args.login.as_str()),
                )
            };
            let user = user_by_login(c, &args.login)?.ok_or_else(missing)?;
            password_or_link(c, &actor(), user.id, password.as_ref())
        })
        .await?;
    let key = if token.is_none() {
        "user-password-changed"
    } else {
        "user-password-link"
    };
    report(
        console,
        config,
        Message::new(key).with("login", login),
        token,
    );
    Ok(())
}
