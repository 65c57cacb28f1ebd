//! Who can sign in to the demo: one user of each role, and of two customers.

use serde::Serialize;

use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::ops::{user_by_login, user_create, user_password_set};
use crate::identity::{Actor, Role, User, UserDraft};
use crate::store::{Conn, Store};
use crate::tenancy::customer_by_code;

/// A user of the demo with the password that is printed.
#[derive(Debug, Clone, Serialize)]
pub struct Login {
    role: Role,
    user: &'static str,
    password: &'static str,
    customer: Option<&'static str>,
    #[serde(skip)]
    name: &'static str,
}

impl Login {
    /// A line of the table for people.
    pub fn line(&self) -> String {
        let customer = self.customer.unwrap_or_default();
        let role = self.role.to_string();
        format!(
            "  {role:<16} {:<20} {:<28} {customer}",
            self.user, self.password
        )
        .trim_end()
        .to_owned()
            + "\n"
    }
}

const fn staff(
    role: Role,
    user: &'static str,
    password: &'static str,
    name: &'static str,
) -> Login {
    Login {
        role,
        user,
        password,
        customer: None,
        name,
    }
}

/// All of them, the most powerful first.
pub const LOGINS: &[Login] = &[
    staff(
        Role::Administrator,
        "admin",
        "demo-administrator-2026",
        "系统管理员",
    ),
    staff(
        Role::Operations,
        "operations",
        "demo-operations-2026",
        "钟运维",
    ),
    staff(
        Role::Technician,
        "technician",
        "demo-technician-2026",
        "石现场",
    ),
    staff(
        Role::Reception,
        "reception",
        "demo-reception-2026",
        "安前台",
    ),
    staff(Role::Finance, "finance", "demo-finance-2026", "钱结算"),
    staff(Role::Auditor, "auditor", "demo-auditor-2026", "严审计"),
    Login {
        role: Role::CustomerAdmin,
        user: "mossvale-admin",
        password: "demo-customer-admin-2026",
        customer: Some("mossvale"),
        name: "林岸",
    },
    Login {
        role: Role::CustomerMember,
        user: "mossvale-member",
        password: "demo-customer-member-2026",
        customer: Some("mossvale"),
        name: "陶一苇",
    },
    Login {
        role: Role::CustomerAdmin,
        user: "starshingle-admin",
        password: "demo-customer-admin-2026",
        customer: Some("starshingle"),
        name: "顾北辰",
    },
];

/// Makes those who are not there yet.
pub fn make(store: &Store) -> Result<(), Fault> {
    for login in LOGINS {
        store.write_blocking("demo.user", |c| make_one(c, login))?;
    }
    Ok(())
}

fn make_one(c: &mut Conn, login: &Login) -> Result<(), Fault> {
    if user_by_login(c, login.user)?.is_some() {
        return Ok(());
    }
    let customer = match login.customer {
        None => String::new(),
        Some(code) => customer_by_code(c, code)?
            .map(|customer| customer.id.to_string())
            .unwrap_or_default(),
    };
    let role = login.role.to_string();
    let draft = UserDraft::parse(|field| match field {
        "login" => login.user,
        "display_name" => login.name,
        "role" => &role,
        "customer_id" => &customer,
        "locale" => "auto",
        _ => "",
    })?;
    let actor = Actor::terminal(Timestamp::now());
    let id = user_create(c, &actor, &draft)?;
    user_password_set(c, &actor, id, &Secret::new(login.password))
}

/// The user of a login, acting at a time as through a page.
pub fn acting(c: &mut Conn, login: &str, now: Timestamp) -> Result<Actor, Fault> {
    let user: User = user_by_login(c, login)?.ok_or_else(Fault::not_found)?;
    Ok(Actor {
        user_id: Some(user.id),
        name: user.display_name,
        role: user.role,
        customer_id: user.customer_id,
        via: crate::audit::Via::Web,
        remote: "127.0.0.1".to_owned(),
        ..Actor::terminal(now)
    })
}
