#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

fn load(
    file: &str,
    variables: &[(&str, &str)],
    flags: &[(&str, &str, &str)],
) -> Result<Config, ConfigFaults> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coldaisle.toml");
    std::fs::write(&path, file).unwrap();
    let own = |text: &str| text.to_owned();
    Config::load(&Sources {
        file: Some(path),
        variables: variables.iter().map(|(n, v)| (own(n), own(v))).collect(),
        flags: flags
            .iter()
            .map(|(f, k, v)| (own(f), own(k), own(v)))
            .collect(),
    })
}

fn faults(result: Result<Config, ConfigFaults>) -> Vec<String> {
    let faults = result.unwrap_err();
    faults
        .0
        .iter()
        .map(|fault| {
            let subject = fault.subject();
            let file = subject
                .rsplit_once('/')
                .map_or(subject.as_str(), |(_, name)| name);
            format!("{file}: {}", fault.message)
        })
        .collect()
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let file = "[web]\nport = 1\nupload_limit_mib = 2\n[log]\nlevel = \"debug\"\n";
    let config = load(
        file,
        &[
            ("COLDAISLE_WEB__PORT", "3"),
            ("COLDAISLE_WEB__UPLOAD_LIMIT_MIB", "4"),
            ("COLDAISLE_TEST_VENV", "x"),
        ],
        &[("--port", "web.port", "5")],
    )
    .unwrap();
    assert_eq!(config.web.port, 5);
    assert_eq!(config.web.upload_limit_mib, 4);
    assert_eq!(config.log.level, "debug");
    assert_eq!(config.power.cool_down_s, 30);
}

#[test]
fn variables_keep_passwords_that_look_like_numbers() {
    let config = load(
        "",
        &[
            ("COLDAISLE_MAIL__PASSWORD", "007"),
            ("COLDAISLE_MAIL__USER", "1e3"),
        ],
        &[],
    )
    .unwrap();
    assert_eq!(config.mail.password.expose(), "007");
    assert_eq!(config.mail.user, "1e3");
}

#[test]
fn every_fault_names_place_key_value_and_what_is_allowed() {
    let file = "[web]\nport = 70000\nporrt = 1\n[mail]\nsecurity = \"ssl\"\n[sms]\nx = 1\n";
    let mut found = faults(load(
        file,
        &[
            ("COLDAISLE_POWER__COOL_DOWN_S", "soon"),
            ("COLDAISLE_WEB_PORT", "1"),
        ],
        &[(
            "--set tasks.shutdown_budget_s",
            "tasks.shutdown_budget_s",
            "0",
        )],
    ));
    found.sort();
    assert_eq!(found.len(), 7, "{found:#?}");
    assert!(found[0].starts_with(
        "--set tasks.shutdown_budget_s: tasks.shutdown_budget_s = 0: config-allowed-whole least=1"
    ));
    assert!(found[1].starts_with(
        "COLDAISLE_POWER__COOL_DOWN_S: power.cool_down_s = soon: config-allowed-whole"
    ));
    assert_eq!(
        found[2],
        "COLDAISLE_WEB_PORT: config-variable-name meant=COLDAISLE_WEB__PORT"
    );
    assert_eq!(
        found[3],
        "coldaisle.toml: mail.security = ssl: config-allowed-word allowed=none, starttls, tls"
    );
    assert!(
        found[4]
            .starts_with("coldaisle.toml: sms.x: config-unknown-key allowed=database, web, mail")
    );
    assert!(
        found[5].starts_with(
            "coldaisle.toml: web.porrt: config-unknown-key allowed=web.address, web.port"
        ),
        "{}",
        found[5]
    );
    assert_eq!(
        found[6],
        "coldaisle.toml: web.port = 70000: config-allowed-whole least=0 most=65535"
    );
}

#[test]
fn texts_that_are_no_address_or_zone_are_named() {
    for (key, value, message) in [
        ("web.address", "everywhere", "config-web-listen"),
        ("web.time_zone", "Peking", "config-time-zone"),
        ("web.trusted_proxies", "10.0.0.0/33", "config-web-proxies"),
        ("web.public_url", "dc.example", "config-web-address"),
        (
            "web.brand_folder",
            "/no/such/folder",
            "config-folder-missing",
        ),
        ("web.tls_certificate", "/no/such.pem", "config-tls-pair"),
        ("mail.from", "nobody", "config-mail-from"),
        ("mail.enabled", "true", "config-mail-needs"),
        ("mail.user", "alerts", "config-mail-password"),
        ("log.level", "coldaisle=loud", "config-log-level"),
        (
            "database.url",
            "mysql://root:calvin@db",
            "config-database-url",
        ),
    ] {
        let found = faults(load("", &[], &[("--set", key, value)]));
        assert!(found[0].contains(message), "{key}: {found:?}");
        assert!(!found.join("\n").contains("calvin"));
    }
}

#[test]
fn no_error_shows_a_password() {
    for file in [
        "[mail]\npassword = [\"calvin\"]\n",
        "[mail]\npassword = \"calvin\nuser = 1\n",
        "[mail]\npassword = calvin\n",
        "[database]\nurl = \"mysql://app:calvin@db/x\"\n",
        "mail = \"calvin\"\n",
    ] {
        let error = load(file, &[], &[]).unwrap_err();
        assert!(!error.0.is_empty());
        assert!(!format!("{error} {error:?}").contains("calvin"), "{error}");
    }
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let sources = Sources {
        file: Some("/no/such/coldaisle.toml".into()),
        ..Sources::default()
    };
    let error = Config::load(&sources).unwrap_err();
    assert_eq!(error.0[0].message.key, "config-file-unreadable");
}

#[test]
fn the_sample_file_names_every_key_with_its_built_in_value() {
    let sample = include_str!("../../docs/coldaisle.sample.toml");
    let mut section = String::new();
    let mut live = String::new();
    let mut named = Vec::new();
    for line in sample.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            live.push_str(line);
        } else if let Some((key, _)) = line
            .strip_prefix("#:")
            .and_then(|rest| rest.split_once('='))
        {
            named.push(format!("{section}.{}", key.trim()));
            live.push_str(line.trim_start_matches("#:"));
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
        }
        live.push('\n');
    }
    let known: Vec<String> = keys().map(|key| key.path.to_owned()).collect();
    assert_eq!(named, known);
    // Paths and pairs that have no built-in value are shown as examples and emptied here.
    let live: String = live
        .lines()
        .filter(|line| {
            ![
                "tls_",
                "brand_",
                "ca_file",
                "user",
                "password",
                "operator_name",
            ]
            .iter()
            .any(|p| line.trim().starts_with(p))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let config = load(&live, &[], &[]).unwrap();
    let mut wanted = Config::default();
    wanted.mail.server.clone_from(&config.mail.server);
    wanted.mail.from.clone_from(&config.mail.from);
    wanted.web.public_url.clone_from(&config.web.public_url);
    wanted
        .web
        .trusted_proxies
        .clone_from(&config.web.trusted_proxies);
    assert_eq!(format!("{config:?}"), format!("{wanted:?}"));
}
