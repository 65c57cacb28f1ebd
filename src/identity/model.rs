//! Roles, preferences and the draft of a user.

use crate::base::fault::{Fault, Faults, Message};
use crate::base::ids::CustomerId;
use crate::base::text;

crate::text_enum! {
    /// What a user is here for; rights come from it by the one permission table.
    pub enum Role {
        /// Installs, adds users, sees all.
        Administrator = "administrator",
        /// Runs machines and network.
        Operations = "operations",
        /// Works in the room.
        Technician = "technician",
        /// Guards the door.
        Reception = "reception",
        /// Contracts and bills.
        Finance = "finance",
        /// Reads all, changes nothing.
        Auditor = "auditor",
        /// Acts for a customer.
        CustomerAdmin = "customer_admin",
        /// Looks for a customer.
        CustomerMember = "customer_member",
    }
}

impl Role {
    /// Whether the role belongs to a customer's user.
    pub const fn is_customer(self) -> bool {
        matches!(self, Self::CustomerAdmin | Self::CustomerMember)
    }
}

crate::text_enum! {
    /// Language a user wants; `auto` follows the browser.
    pub enum UserLocale {
        /// As the browser says.
        Auto = "auto",
        /// Simplified Chinese.
        ZhCn = "zh-CN",
        /// English.
        En = "en",
    }
}

crate::text_enum! {
    /// Colours a user wants; `auto` follows the system.
    pub enum Theme {
        /// As the system says.
        Auto = "auto",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}

crate::text_enum! {
    /// What an API token may do, within its user's rights.
    pub enum TokenScope {
        /// Only look.
        Read = "read",
        /// All that the user may.
        Write = "write",
    }
}

/// A user as typed into a form, checked.
#[derive(Debug, Clone)]
pub struct UserDraft {
    /// Name to sign in with: lower case, no spaces.
    pub login: String,
    /// Name to show.
    pub display_name: String,
    /// Mail address, may be empty.
    pub email: String,
    /// Role.
    pub role: Role,
    /// The customer of a customer's user.
    pub customer_id: Option<CustomerId>,
    /// Wanted language.
    pub locale: UserLocale,
}

impl UserDraft {
    /// Checks what was typed; `get` gives a field's text.
    pub fn parse<'a>(get: impl Fn(&str) -> &'a str) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let login = faults
            .keep(text::required_line("login", get("login"), 64))
            .map(|login| login.to_lowercase());
        if login
            .as_deref()
            .is_some_and(|login| !login.chars().all(is_login_letter))
        {
            faults.add("login", Message::new("fault-login-letters"));
        }
        let display_name =
            faults.keep(text::required_line("display_name", get("display_name"), 80));
        let email = faults.keep(text::line("email", get("email"), 200));
        if email
            .as_deref()
            .is_some_and(|email| !email.is_empty() && !looks_like_mail(email))
        {
            faults.add("email", Message::new("fault-mail-address"));
        }
        let role = Role::from_word(get("role"));
        if role.is_none() {
            faults.add(
                "role",
                Message::new("fault-choice").with("allowed", Role::words()),
            );
        }
        let customer_id = get("customer_id").parse().ok();
        if let Some(role) = role {
            if role.is_customer() && customer_id.is_none() {
                faults.add("customer_id", Message::new("fault-user-needs-customer"));
            }
            if !role.is_customer() && customer_id.is_some() {
                faults.add("customer_id", Message::new("fault-user-without-customer"));
            }
        }
        let locale = UserLocale::from_word(get("locale")).unwrap_or(UserLocale::Auto);
        let draft = (|| {
            Some(Self {
                login: login?,
                display_name: display_name?,
                email: email?,
                role: role?,
                customer_id,
                locale,
            })
        })();
        faults.into_result(draft)
    }
}

fn is_login_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@')
}

/// Whether a text has the outer shape of a mail address; the mail server has the last word.
pub fn looks_like_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !text.contains([' ', ',', ';', '<', '>'])
            && !host.contains('@')
    })
}
