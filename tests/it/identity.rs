//! Signing in, sessions, tokens, one-time links and the table of rights.

use coldaisle::base::fault::FaultKind;
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::base::token::sha256_hex;
use coldaisle::identity::ops::{
    LoginOutcome, LoginRequest, NewToken, link_create, link_password_set, link_user, login,
    login_hash, session_by_token, session_end, session_touch, sessions_of_user, sessions_purge,
    setup_administrator, setup_link_create, setup_link_valid, token_create, token_list,
    token_revoke, token_used, token_user, user_by_id, user_disable, user_list, user_update,
};
use coldaisle::identity::{
    Actor, Permission, Role, TokenScope, UserDraft, UserLocale, Wall, allows,
};
use coldaisle::store::schema::{api_tokens, sessions, setup_links};
use diesel::prelude::*;

use crate::harness::{NOW, PASSWORD, TestDb, both};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

fn try_login(
    db: &TestDb,
    name: &str,
    password: &str,
    remote: &str,
    now: Timestamp,
) -> LoginOutcome {
    let request = LoginRequest {
        login: name.to_owned(),
        password: Secret::new(password),
        remote: remote.to_owned(),
        user_agent: "test".to_owned(),
        now,
    };
    let hash = db.get(|c| login_hash(c, name));
    let checked = request.check(hash);
    db.put(|c| login(c, &checked))
}

fn sign_in(db: &TestDb, name: &str) -> String {
    match try_login(db, name, PASSWORD, "192.0.2.1", NOW) {
        LoginOutcome::In { token } => token,
        other => panic!("{other:?}"),
    }
}

fn is_live(db: &TestDb, token: &str, now: Timestamp) -> bool {
    db.get(|c| session_by_token(c, token, now)).is_some()
}

both! {
    async fn a_name_is_locked_after_five_wrong_passwords_and_opens_again(db: TestDb) {
        db.user_with_password("wang.fang", Role::Operations, None);
        let wrong = |minute: i64| {
            try_login(&db, "wang.fang", "not it, sorry", "192.0.2.1", NOW.plus_millis(minute * MINUTE_MS))
        };
        for minute in 0..4 {
            assert!(matches!(wrong(minute), LoginOutcome::Wrong));
        }
        let locked_until = NOW.plus_millis(19 * MINUTE_MS);
        assert!(matches!(wrong(4), LoginOutcome::Locked { until } if until == locked_until));
        let right = |now| try_login(&db, "wang.fang", PASSWORD, "192.0.2.2", now);
        assert!(matches!(right(locked_until.plus_millis(-1)), LoginOutcome::Locked { .. }));
        assert!(matches!(right(locked_until), LoginOutcome::In { .. }));
    }

    async fn a_right_password_forgives_the_wrong_ones(db: TestDb) {
        db.user_with_password("wang.fang", Role::Operations, None);
        for _ in 0..3 {
            for _ in 0..4 {
                let outcome = try_login(&db, "wang.fang", "not it, sorry", "192.0.2.1", NOW);
                assert!(matches!(outcome, LoginOutcome::Wrong));
            }
            assert!(matches!(
                try_login(&db, " Wang.Fang ", PASSWORD, "192.0.2.1", NOW),
                LoginOutcome::In { .. }
            ));
        }
    }

    async fn an_address_waits_after_thirty_failures(db: TestDb) {
        db.user_with_password("wang.fang", Role::Operations, None);
        for number in 0..30 {
            let outcome = try_login(&db, &format!("guess{number}"), "x", "198.51.100.9", NOW);
            assert!(matches!(outcome, LoginOutcome::Wrong), "{number}: {outcome:?}");
        }
        let from = |remote, now| try_login(&db, "wang.fang", PASSWORD, remote, now);
        assert!(matches!(from("198.51.100.9", NOW), LoginOutcome::Limited));
        assert!(matches!(from("198.51.100.10", NOW), LoginOutcome::In { .. }));
        let later = NOW.plus_millis(15 * MINUTE_MS);
        assert!(matches!(from("198.51.100.9", later.plus_millis(-1)), LoginOutcome::Limited));
        assert!(matches!(from("198.51.100.9", later), LoginOutcome::In { .. }));
    }

    async fn a_disabled_user_is_out_at_once_by_every_door(db: TestDb) {
        let administrator = db.actor(Role::Administrator);
        let user = db.user_with_password("wang.fang", Role::Operations, None);
        let session = sign_in(&db, "wang.fang");
        let actor = Actor { user_id: Some(user), ..db.actor(Role::Operations) };
        let new = NewToken { name: "script".to_owned(), scope: TokenScope::Write, days: None };
        let token = db.put(|c| token_create(c, &actor, &new));
        let link = db.put(|c| link_create(c, &administrator, user));
        assert!(is_live(&db, &session, NOW));
        assert!(db.get(|c| token_user(c, &token, NOW)).is_some());

        db.put(|c| user_disable(c, &administrator, user, true));
        assert!(!is_live(&db, &session, NOW));
        assert!(db.get(|c| token_user(c, &token, NOW)).is_none());
        assert!(db.get(|c| link_user(c, &link, NOW)).is_none());
        let outcome = try_login(&db, "wang.fang", PASSWORD, "192.0.2.1", NOW);
        assert!(matches!(outcome, LoginOutcome::Wrong));

        db.put(|c| user_disable(c, &administrator, user, false));
        assert!(!is_live(&db, &session, NOW), "an old session stays ended");
        sign_in(&db, "wang.fang");
    }

    async fn a_user_without_a_password_is_not_let_in(db: TestDb) {
        db.user("wang.fang", Role::Operations, None);
        for password in ["", PASSWORD] {
            let outcome = try_login(&db, "wang.fang", password, "192.0.2.1", NOW);
            assert!(matches!(outcome, LoginOutcome::Wrong));
        }
    }

    async fn a_session_ends_when_idle_and_when_old(db: TestDb) {
        db.user_with_password("wang.fang", Role::Operations, None);
        let token = sign_in(&db, "wang.fang");
        let idle = NOW.plus_millis(12 * HOUR_MS);
        assert!(is_live(&db, &token, idle.plus_millis(-1)));
        assert!(!is_live(&db, &token, idle));

        let end = NOW.plus_millis(7 * DAY_MS);
        let session = db.get(|c| session_by_token(c, &token, NOW)).unwrap().session;
        db.put(|c| session_touch(c, session.id, end.plus_millis(-MINUTE_MS)));
        assert!(is_live(&db, &token, end.plus_millis(-1)), "in use");
        assert!(!is_live(&db, &token, end), "however much it is used");

        assert_eq!(db.put(|c| sessions_purge(c, end.plus_millis(-1))), 0);
        assert_eq!(db.put(|c| sessions_purge(c, end)), 1);
    }

    async fn a_session_is_ended_by_its_user(db: TestDb) {
        let user = db.user_with_password("wang.fang", Role::Operations, None);
        let (first, second) = (sign_in(&db, "wang.fang"), sign_in(&db, "wang.fang"));
        assert_ne!(first, second);
        assert_eq!(db.get(|c| sessions_of_user(c, user, NOW)).len(), 2);
        let session = db.get(|c| session_by_token(c, &first, NOW)).unwrap();
        assert!(!session.wants_touch(NOW.plus_millis(MINUTE_MS)));
        assert!(session.wants_touch(NOW.plus_millis(MINUTE_MS + 1)));
        db.put(|c| session_end(c, session.session.id));
        assert!(!is_live(&db, &first, NOW));
        assert!(is_live(&db, &second, NOW));
        let hashes: Vec<String> =
            db.get(|c| Ok(sessions::table.select(sessions::token_hash).load(c)?));
        assert_eq!(hashes, [sha256_hex(&second)], "the database holds no cookie");
    }

    async fn a_token_of_scope_read_changes_nothing(db: TestDb) {
        let actor = db.actor(Role::Administrator);
        let new = NewToken { name: "dashboard".to_owned(), scope: TokenScope::Read, days: None };
        let token = db.put(|c| token_create(c, &actor, &new));
        let (user, scope, _) = db.get(|c| token_user(c, &token, NOW)).unwrap();
        assert_eq!(Some(user.id), actor.user_id);
        let reader = Actor { scope, ..actor };
        for permission in Permission::ALL {
            assert_eq!(reader.may(*permission), !permission.changes(), "{permission:?}");
        }
        assert!(reader.may(Permission::ViewDevices));
        let fault = reader.require(Permission::EditDevices).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
        let stronger = NewToken { scope: TokenScope::Write, ..new };
        let made = db.store.write_blocking("test", |c| token_create(c, &reader, &stronger));
        assert_eq!(made.unwrap_err().kind, FaultKind::Forbidden, "a token makes itself stronger");
        let id = db.get(|c| token_list(c, &reader))[0].id;
        let taken = db.store.write_blocking("test", |c| token_revoke(c, &reader, id));
        assert_eq!(taken.unwrap_err().kind, FaultKind::Forbidden);
    }

    async fn a_token_ends_is_taken_back_and_stored_as_a_hash(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let new = NewToken { name: "script".to_owned(), scope: TokenScope::Write, days: Some(30) };
        let token = db.put(|c| token_create(c, &actor, &new));
        let works = |now| db.get(|c| token_user(c, &token, now)).is_some();
        let end = NOW.plus_millis(30 * DAY_MS);
        assert!(works(end.plus_millis(-1)));
        assert!(!works(end));
        for other in ["", "cold_", &token[..token.len() - 1], &token.to_uppercase()] {
            assert!(db.get(|c| token_user(c, other, NOW)).is_none(), "{other}");
        }
        let stored: Vec<(String, String)> = db.get(|c| {
            Ok(api_tokens::table.select((api_tokens::token_hash, api_tokens::prefix)).load(c)?)
        });
        assert_eq!(stored[0].0, sha256_hex(&token));
        assert!(token.starts_with(&stored[0].1) && stored[0].1.len() < 20);

        let id = db.get(|c| token_list(c, &actor))[0].id;
        let stranger = db.actor(Role::Technician);
        let fault = db
            .store
            .write_blocking("test", |c| token_revoke(c, &stranger, id))
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound, "of someone else");
        assert!(works(NOW));
        db.put(|c| token_revoke(c, &actor, id));
        assert!(!works(NOW));
    }

    async fn the_last_use_of_a_token_is_noted_once_a_minute(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let new = NewToken { name: "script".to_owned(), scope: TokenScope::Write, days: None };
        let token = db.put(|c| token_create(c, &actor, &new));
        let to_note = |now| db.get(|c| token_user(c, &token, now)).unwrap().2;
        let id = to_note(NOW).unwrap();
        db.put(|c| token_used(c, id, NOW));
        assert_eq!(to_note(NOW.plus_millis(MINUTE_MS)), None);
        assert_eq!(to_note(NOW.plus_millis(MINUTE_MS + 1)), Some(id));
        for days in [0, -1, 3651] {
            let new = NewToken { days: Some(days), ..new.clone() };
            let fault = db.store.write_blocking("test", |c| token_create(c, &actor, &new)).unwrap_err();
            assert_eq!(fault.fields[0].field, "days");
        }
    }

    async fn the_first_administrator_is_made_once(db: TestDb) {
        let password = Secret::new(PASSWORD);
        let visitor = Actor::task("setup", NOW);
        let old = db.put(|c| setup_link_create(c, NOW)).unwrap();
        let link = db.put(|c| setup_link_create(c, NOW)).unwrap();
        let valid = |link: &str, now| db.get(|c| setup_link_valid(c, link, now));
        assert!(!valid(&old, NOW), "a newer link ends it");
        assert!(valid(&link, NOW.plus_millis(DAY_MS - 1)));
        assert!(!valid(&link, NOW.plus_millis(DAY_MS)));
        let stored: Vec<String> =
            db.get(|c| Ok(setup_links::table.select(setup_links::token_hash).load(c)?));
        assert_eq!(stored, [sha256_hex(&link)]);

        let make = |link: &str, draft: &UserDraft| {
            db.store.write_blocking("test", |c| setup_administrator(c, link, draft, &password, &visitor))
        };
        assert_eq!(make(&old, &draft("root")).unwrap_err().kind, FaultKind::NotFound);
        let technician = UserDraft { role: Role::Technician, ..draft("root") };
        assert_eq!(make(&link, &technician).unwrap_err().kind, FaultKind::Invalid);
        make(&link, &draft("root")).unwrap();
        assert_eq!(make(&link, &draft("second")).unwrap_err().kind, FaultKind::NotFound);
        assert_eq!(db.put(|c| setup_link_create(c, NOW)), None, "there is a user");
        sign_in(&db, "root");
    }

    async fn a_link_sets_a_password_once(db: TestDb) {
        let administrator = db.actor(Role::Administrator);
        let user = db.user("wang.fang", Role::Operations, None);
        let old = db.put(|c| link_create(c, &administrator, user));
        let link = db.put(|c| link_create(c, &administrator, user));
        let owner = |link: &str, now| db.get(|c| link_user(c, link, now)).map(|user| user.id);
        assert_eq!(owner(&old, NOW), None);
        assert_eq!(owner(&link, NOW.plus_millis(3 * DAY_MS - 1)), Some(user));
        assert_eq!(owner(&link, NOW.plus_millis(3 * DAY_MS)), None);
        let set = |password: &str| {
            let password = Secret::new(password);
            db.store
                .write_blocking("test", |c| link_password_set(c, &link, &password, "192.0.2.1", NOW))
        };
        assert_eq!(set("short").unwrap_err().kind, FaultKind::Invalid);
        set(PASSWORD).unwrap();
        assert_eq!(set("another-good-password").unwrap_err().kind, FaultKind::NotFound);
        sign_in(&db, "wang.fang");

        let operations = db.actor(Role::Operations);
        let refused = db
            .store
            .write_blocking("test", |c| link_create(c, &operations, user));
        assert_eq!(refused.unwrap_err().kind, FaultKind::Forbidden);
    }

    async fn the_last_administrator_stays(db: TestDb) {
        let administrator = db.actor(Role::Administrator);
        let id = administrator.user_id.unwrap();
        let disable = |id| db.store.write_blocking("test", |c| user_disable(c, &administrator, id, true));
        assert_eq!(disable(id).unwrap_err().message.key, "fault-last-administrator");
        let demoted = UserDraft { role: Role::Auditor, ..draft("administrator") };
        let demote = |version| {
            db.store.write_blocking("test", |c| user_update(c, &administrator, id, version, &demoted))
        };
        assert_eq!(demote(1).unwrap_err().message.key, "fault-last-administrator");
        let second = db.user("second", Role::Administrator, None);
        disable(second).unwrap();
        assert!(demote(1).is_err(), "a disabled one does not count");
        db.user("third", Role::Administrator, None);
        assert_eq!(demote(7).unwrap_err().kind, FaultKind::Stale);
        demote(1).unwrap();
    }

    async fn users_are_seen_by_those_who_manage_them(db: TestDb) {
        let administrator = db.actor(Role::Administrator);
        for role in Role::ALL.iter().filter(|role| **role != Role::Administrator) {
            let actor = db.actor(*role);
            let own = actor.user_id.unwrap();
            assert_eq!(db.get(|c| user_by_id(c, &actor, own)).id, own);
            let hidden = if role.is_customer() { FaultKind::NotFound } else { FaultKind::Forbidden };
            let other = administrator.user_id.unwrap();
            assert_eq!(db.store.read_blocking(|c| user_by_id(c, &actor, other)).unwrap_err().kind, hidden);
            assert_eq!(db.store.read_blocking(|c| user_list(c, &actor)).unwrap_err().kind, hidden);
        }
        assert_eq!(db.get(|c| user_list(c, &administrator)).len(), Role::ALL.len());
    }

    async fn the_wall_stands_before_customers_only(db: TestDb) {
        let (acme, other) = (db.customer("ACME"), db.customer("OTHER"));
        for role in Role::ALL {
            let actor = db.actor(*role);
            let expected = if role.is_customer() { Wall::Only(acme) } else { Wall::Open };
            assert_eq!(actor.wall(), expected, "{role}");
            assert!(actor.wall().shows(Some(acme)));
            assert_eq!(actor.wall().shows(Some(other)), !role.is_customer());
            assert_eq!(actor.wall().shows(None), !role.is_customer());
            let lost = Actor { customer_id: None, ..actor };
            assert_eq!(lost.wall().shows(Some(acme)), !role.is_customer(), "{role} without customer");
        }
    }
}

fn draft(login: &str) -> UserDraft {
    UserDraft {
        login: login.to_owned(),
        display_name: "The first".to_owned(),
        email: String::new(),
        role: Role::Administrator,
        customer_id: None,
        locale: UserLocale::Auto,
    }
}

/// The table of rights as a page.
fn permission_page() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
         Generated from `src/identity/permission.rs`; a test keeps it true. After a wanted change:\n\
         `COLDAISLE_WRITE_SNAPSHOTS=1 cargo test --test it the_page_of_rights`.\n\n\
         Customers see and do all of this only with their own records: see THREAT_MODEL.md, \"The wall\".\n\n",
    );
    let roles: Vec<String> = Role::ALL.iter().map(ToString::to_string).collect();
    page.push_str(&format!(
        "| right | changes something | {} |\n",
        roles.join(" | ")
    ));
    page.push_str(&format!("|---|---|{}\n", "---|".repeat(roles.len())));
    for permission in Permission::ALL {
        let cells: Vec<&str> = Role::ALL
            .iter()
            .map(|role| {
                if allows(*role, *permission) {
                    "yes"
                } else {
                    ""
                }
            })
            .collect();
        let changes = if permission.changes() { "yes" } else { "" };
        page.push_str(&format!(
            "| {permission:?} | {changes} | {} |\n",
            cells.join(" | ")
        ));
    }
    page
}

#[test]
fn the_page_of_rights_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.md");
    let page = permission_page();
    if std::env::var_os("COLDAISLE_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page,
        "docs/permissions.md is not the table of rights; look at the difference, then run this test \
         with COLDAISLE_WRITE_SNAPSHOTS=1"
    );
}
