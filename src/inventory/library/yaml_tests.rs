#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
use proptest::prelude::*;

use super::*;

fn key_of(text: &str) -> (u64, &'static str) {
    let broken = parse(text.as_bytes()).unwrap_err();
    (broken.line, broken.message.key)
}

#[test]
fn a_file_becomes_a_tree_with_lines() {
    let node = parse(b"---\na: '1'\nb:\n  - c: yes\n    d: ~\n").unwrap();
    let Value::Map(entries) = node.value else {
        panic!("no map")
    };
    assert_eq!((entries[0].0.as_str(), entries[0].1.line), ("a", 2));
    let quoted = Value::Text {
        text: "1".into(),
        plain: false,
    };
    assert_eq!(entries[0].1.value, quoted);
    let Value::List(items) = &entries[1].1.value else {
        panic!("no list")
    };
    let Value::Map(inner) = &items[0].value else {
        panic!("no map")
    };
    assert_eq!(
        (inner[1].0.as_str(), &inner[1].1.value),
        ("d", &Value::Empty)
    );
    assert_eq!(inner[1].1.line, 5);
}

#[test]
fn what_is_no_file_of_ours_is_refused_with_its_line() {
    let deep = "a: ".to_owned() + &"[".repeat(13) + &"]".repeat(13);
    for (text, line, key) in [
        ("", 0, "library-empty"),
        ("a: 1\n---\nb: 2\n", 2, "library-documents"),
        ("? [a]\n: b\n", 1, "library-odd-key"),
        ("a: &x [*x]\n", 1, "library-odd-alias"),
        (deep.as_str(), 1, "library-too-deep"),
    ] {
        assert_eq!(key_of(text), (line, key), "{text}");
    }
    assert_eq!(key_of("a: [1\nb: 2\n").1, "library-not-yaml");
    assert_eq!(
        parse(b"a: \xff\n").unwrap_err().message.key,
        "library-not-utf8"
    );
    let large = vec![b' '; MAX_OCTETS + 1];
    assert_eq!(parse(&large).unwrap_err().message.key, "library-too-large");
}

/// Nine levels of nine aliases each would be 387 million values.
#[test]
fn aliases_count_with_what_they_stand_for() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    assert_eq!(key_of(&text).1, "library-too-much");
    // A long text, repeated.
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(500_000),
        vec!["*a"; 20].join(", ")
    );
    assert_eq!(key_of(&long).1, "library-too-much");
    // A few are what aliases are for.
    assert!(parse(b"a: &a {type: lc}\nb: [*a, *a]\n").is_ok());
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
        let _ = crate::inventory::library::read(&bytes, None);
    }

    #[test]
    fn no_yaml_makes_it_panic(text in "[-a-c:&*!?|>%@'\"{}\\[\\], \\n0-9#~.]{0,200}") {
        let _ = parse(text.as_bytes());
        let _ = crate::inventory::library::read(text.as_bytes(), None);
    }
}
