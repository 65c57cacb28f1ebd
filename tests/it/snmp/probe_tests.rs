//! `coldaisle probe snmp` as an operator calls it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::hostile::Hostile;
use super::peers::{SnmpSim, Snmpd, column, free_port};
use super::{AUTH, PRIV};

fn probe(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
        .args(["probe", "snmp", "--timeout-ms", "300", "--retries", "1"])
        .args(arguments)
        .env_remove("COLDAISLE_PROBE_AUTH_PASSWORD")
        .env_remove("COLDAISLE_PROBE_PRIV_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading: then nobody takes what is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn json_is_one_object_of_the_promised_shape() {
    let snmpd = Snmpd::start();
    let target = snmpd.address.to_string();
    let passwords = format!("{AUTH}\n{PRIV}\n");
    let v3 = [
        "--v3",
        "sha512aes",
        "--auth",
        "SHA-512",
        "--priv",
        "AES-256",
        "--json",
    ];
    let calls: [(&str, Vec<&str>, &str); 2] = [
        ("2c", vec![&target, "--community", "public", "--json"], ""),
        ("3", [&[target.as_str()][..], &v3].concat(), &passwords),
    ];
    for (version, arguments, input) in calls {
        let output = probe(&arguments, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["target"], target.as_str());
        assert_eq!(answer["version"], version);
        assert_eq!(
            answer["system"]["name"],
            format!("sw-{}", snmpd.address.port())
        );
        assert!(answer["system"]["uptime_ms"].is_u64());
        let keys = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(
            keys(&answer),
            [
                "target",
                "version",
                "system",
                "ports",
                "own_chassis_id",
                "neighbours",
                "unplaced_neighbours",
                "chassis",
                "warnings"
            ]
        );
        assert_eq!(
            keys(&answer["system"]),
            ["name", "descr", "object_id", "uptime_ms"]
        );
        let ports = answer["ports"].as_array().unwrap();
        assert_eq!(
            ports.len(),
            column(snmpd.address, "public", "1.3.6.1.2.1.2.2.1.1").len()
        );
        let port_keys = [
            "if_index",
            "name",
            "descr",
            "alias",
            "if_type",
            "speed_bps",
            "admin_up",
            "oper_up",
            "counter_bits",
            "in_octets",
            "out_octets",
        ];
        assert!(ports.iter().all(|port| keys(port) == port_keys));
        assert!(
            ports
                .windows(2)
                .all(|p| p[0]["if_index"].as_u64() < p[1]["if_index"].as_u64())
        );
        let lo = &ports[0];
        assert_eq!(
            (&lo["name"], &lo["counter_bits"]),
            (&"lo".into(), &64.into())
        );
        assert_eq!(
            (&lo["admin_up"], &lo["alias"]),
            (&true.into(), &serde_json::Value::Null)
        );
        assert!(lo["in_octets"].as_u64() > Some(0));
    }
}

#[test]
fn people_get_a_table() {
    let snmpd = Snmpd::start();
    let output = probe(&[&snmpd.address.to_string(), "--community", "public"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text.contains("(SNMP 2c)") && text.contains("ifIndex") && text.contains("lo"),
        "{text}"
    );
}

#[test]
fn exit_codes_say_what_happened() {
    let snmpd = Snmpd::start();
    let target = snmpd.address.to_string();
    let nobody_there = format!("127.0.0.1:{}", free_port());
    let garbage = Hostile::start(|_| vec![b"not snmp".to_vec().into()]);
    let garbage_at = garbage.address.to_string();
    let wrong = format!("not-the-pass-phrase\n{PRIV}\n");
    let right = format!("{AUTH}\n{PRIV}\n");
    let v3 = |user| {
        vec![
            target.as_str(),
            "--v3",
            user,
            "--auth",
            "sha1",
            "--priv",
            "aes",
        ]
    };
    let table = [
        (2, vec![target.as_str()], "", "--community"),
        (2, vec!["no host", "--community", "public"], "", "no host"),
        (
            2,
            vec![&target, "--community", "a", "--v3", "b"],
            "",
            "--v3",
        ),
        (
            2,
            vec![&target, "--v3", "sha1aes", "--auth", "rot13"],
            "",
            "sha256",
        ),
        (
            2,
            vec![&target, "--v3", "sha1aes", "--priv", "aes"],
            "",
            "--auth",
        ),
        (2, v3("sha1aes"), "", "COLDAISLE_PROBE_AUTH_PASSWORD"),
        (2, v3("sha1aes"), "short\nshort\n", "8"),
        (
            3,
            vec![&nobody_there, "--community", "public"],
            "",
            "no answer",
        ),
        (3, vec![&target, "--community", "wrong"], "", "community"),
        (4, v3("sha1aes"), &wrong, "wrong authentication password"),
        (4, v3("nobody"), &right, "unknown user"),
        (
            5,
            vec![&garbage_at, "--community", "public"],
            "",
            "no SNMP message",
        ),
    ];
    for (code, arguments, input, said) in table {
        let output = probe(&arguments, input);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(text.contains(said), "{arguments:?}: {text}");
        assert!(!text.contains("pass-phrase"), "{text}");
    }
    assert!(garbage.replies() > 0);
}

#[test]
fn neighbours_and_chassis_are_printed() {
    let Some(sim) = SnmpSim::start() else { return };
    let target = sim.address.to_string();
    // Local port 296 of the recording is 1/23.
    let table = probe(
        &[&target, "--community", "voss_7432cq", "--deadline-s", "60"],
        "",
    );
    let text = String::from_utf8_lossy(&table.stdout);
    assert!(
        text.contains("neighbour: 1/23 -> ") && text.contains("(10.255.254.21)"),
        "{text}"
    );
    let json = probe(
        &[
            &target,
            "--community",
            "comware_a5500",
            "--deadline-s",
            "60",
            "--json",
        ],
        "",
    );
    let answer: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(answer["chassis"][0]["serial"], "CN50A1Z4BN");
    assert_eq!(answer["chassis"][0]["model"], "JD377A");
}
