//! What passes and what does not, whole and in pieces.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn passed(octets: &[u8]) -> Vec<u8> {
    Filter::default().pass(octets)
}

#[test]
fn what_makes_a_terminal_answer_or_act_is_taken_out() {
    for bad in [
        &b"\x1b]0;title\x07"[..],
        b"\x1b]52;c;ZXZpbA==\x1b\\",
        b"\x1b]10;?\x1b\\",
        b"\x1bP$qm\x1b\\",
        b"\x1bP+q544e\x1b\\",
        b"\x1b_Gi=1,a=q\x1b\\",
        b"\x1b^x\x1b\\",
        b"\x1bXx\x1b\\",
        b"\x1b[c",
        b"\x1b[>0c",
        b"\x1b[=c",
        b"\x1b[5n",
        b"\x1b[6n",
        b"\x1b[?6n",
        b"\x1b[x",
        b"\x1b[21t",
        b"\x1b[8;900;900t",
        b"\x1b[?2026$p",
        b"\x1b[>q",
        b"\x1b[?u",
        b"\x1b[?1;1;0S",
        b"\x1b[5i",
        b"\x1b[2;1y",
        b"\x1b[?1000h",
        b"\x1b[?25;1006h",
        b"\x1b[?1004h",
        b"\x05",
        b"\x1bZ",
        b"\xc2\x9b6n",
        b"\xc2\x9d0;title\x07",
        b"\xc2\x90$q\x1b\\",
        b"\xc2\x9a",
    ] {
        let mut octets = b"a".to_vec();
        octets.extend_from_slice(bad);
        octets.push(b'z');
        assert_eq!(passed(&octets), b"az", "{:?}", String::from_utf8_lossy(bad));
        let mut filter = Filter::default();
        filter.pass(&octets);
        assert_eq!(filter.dropped(), 1, "{:?}", String::from_utf8_lossy(bad));
    }
}

#[test]
fn what_draws_passes_octet_by_octet() {
    for good in [
        &b"plain\r\n\t\x08\x07"[..],
        b"\x1b[1;31mred\x1b[0m",
        b"\x1b[2J\x1b[10;5H\x1b[K\x1b[?25l\x1b[?25h\x1b[?1049h\x1b[?2004h",
        b"\x1b(0lqk\x1b(B\x1b7\x1b8\x1bM\x1bc",
        b"\x1b[4 q\x1b[!p\x1b[3S\x1b[u\x1b[6;1r",
        "机柜 é ÿ \u{a0}".as_bytes(),
        b"\xff\xfe\x9b6n\x80 GBK \xbb\xfa\xb9\xf1",
        b"\x1b[?1000l",
    ] {
        assert_eq!(passed(good), good, "{:?}", String::from_utf8_lossy(good));
    }
}

#[test]
fn a_string_without_an_end_does_not_swallow_the_rest() {
    let mut octets = b"\x1b]0;".to_vec();
    octets.extend(std::iter::repeat_n(b'x', 10_000));
    octets.extend_from_slice(b"login: ");
    assert!(passed(&octets).ends_with(b"xlogin: "));
    assert_eq!(passed(b"\x1b]0;half\x1b[1mbold"), b"\x1b[1mbold");
    assert_eq!(passed(b"\x1b[1\x1b[6n."), b".");
}

proptest! {
    #[test]
    fn pieces_make_no_difference(octets in proptest::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b']'), Just(0xc2), Just(0x9b), Just(b'n'), Just(b'6'), any::<u8>()], 0..200), at in 0_usize..200) {
        let whole = passed(&octets);
        let (first, second) = octets.split_at(at.min(octets.len()));
        let mut filter = Filter::default();
        let mut pieces = filter.pass(first);
        pieces.extend(filter.pass(second));
        prop_assert_eq!(&pieces, &whole);
        // Nothing that was taken out comes together again from what is left.
        prop_assert_eq!(passed(&whole), whole);
    }
}
