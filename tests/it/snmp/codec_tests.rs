//! Our reading and writing of version 2c beside the library's: whatever one of them makes, the other reads as the same,
//! and of broken packets ours takes nothing that the library refuses.

use ::snmp::message::CommunityMessage;
use ::snmp::{DecodeConfig, Oid, Value as Theirs, VarBind};
use bytes::Bytes;
use coldaisle::wire::snmp::{Answer, Bulk, Names, Value};
use proptest::prelude::*;

fn config() -> DecodeConfig {
    let mut config = DecodeConfig::DEFAULT;
    config.truncate_numeric_values = false;
    config.clamp_bounded_strings = false;
    config
}

fn theirs() -> impl Strategy<Value = Theirs> {
    prop_oneof![
        any::<i32>().prop_map(Theirs::Integer),
        proptest::collection::vec(any::<u8>(), 0..300)
            .prop_map(|octets| Theirs::OctetString(octets.into())),
        Just(Theirs::Null),
        any::<[u8; 4]>().prop_map(Theirs::IpAddress),
        any::<u32>().prop_map(Theirs::Counter32),
        any::<u32>().prop_map(Theirs::Gauge32),
        any::<u32>().prop_map(Theirs::TimeTicks),
        any::<u64>().prop_map(Theirs::Counter64),
        Just(Theirs::NoSuchObject),
        Just(Theirs::NoSuchInstance),
        Just(Theirs::EndOfMibView),
    ]
}

fn same(ours: Value<'_>, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Integer(ours), Theirs::Integer(theirs)) => ours == *theirs,
        (Value::Octets(ours), Theirs::OctetString(theirs)) => ours == &theirs[..],
        (Value::Null, Theirs::Null | Theirs::Counter64(0)) => true,
        (Value::IpAddress(ours), Theirs::IpAddress(theirs)) => ours == *theirs,
        (Value::Counter32(ours), Theirs::Counter32(theirs))
        | (Value::Gauge32(ours), Theirs::Gauge32(theirs))
        | (Value::UInteger32(ours), Theirs::UInteger32(theirs))
        | (Value::TimeTicks(ours), Theirs::TimeTicks(theirs)) => ours == *theirs,
        (Value::Counter64(ours), Theirs::Counter64(theirs)) => ours == *theirs,
        (Value::NoSuchObject, Theirs::NoSuchObject)
        | (Value::NoSuchInstance, Theirs::NoSuchInstance)
        | (Value::EndOfMibView, Theirs::EndOfMibView)
        | (Value::ObjectId(_), Theirs::ObjectIdentifier(_)) => true,
        (Value::Opaque(ours), Theirs::Opaque(theirs))
        | (Value::Nsap(ours), Theirs::Nsap(theirs)) => ours == &theirs[..],
        (Value::Unknown(ours), Theirs::Unknown { tag, .. }) => ours == *tag,
        _ => false,
    }
}

fn oid() -> impl Strategy<Value = Oid> {
    let rest = proptest::collection::vec(any::<u32>(), 0..12);
    (0..40_u32, rest)
        .prop_map(|(second, rest)| Oid::from_slice(&[&[1, second], &rest[..]].concat()))
}

fn message(id: i32, status: i32, varbinds: Vec<VarBind>) -> Vec<u8> {
    let body = ::snmp::PduBody::Standard {
        pdu_type: ::snmp::StandardPduType::Response,
        error_status: status,
        error_index: 0,
    };
    let pdu = ::snmp::Pdu::from_raw_parts(id, body, varbinds);
    let message = CommunityMessage::v2c("public", pdu).unwrap();
    message.encode().unwrap().to_vec()
}

/// Both read it, and what both read is the same.
fn agree(octets: &[u8]) -> Option<usize> {
    let ours = Answer::decode(octets).ok()?;
    let varbinds: Vec<_> = ours.varbinds().collect::<Result<_, _>>().ok()?;
    let theirs = CommunityMessage::decode(Bytes::copy_from_slice(octets), config());
    let theirs = theirs.unwrap_or_else(|error| panic!("taken, but {error}: {octets:02x?}"));
    assert_eq!(ours.community, theirs.value.community().as_bytes());
    let theirs = theirs.value.into_pdu().unwrap();
    assert_eq!(ours.request_id, theirs.request_id());
    assert_eq!(varbinds.len(), theirs.varbinds().len());
    for (ours, theirs) in varbinds.iter().zip(theirs.varbinds()) {
        assert_eq!(Oid::from_ber(ours.name).unwrap(), theirs.oid);
        assert!(same(ours.value, &theirs.value), "{ours:?} {theirs:?}");
    }
    Some(varbinds.len())
}

proptest! {
    #[test]
    fn what_the_library_writes_is_read_as_it_was(
        id in any::<i32>(),
        varbinds in proptest::collection::vec((oid(), theirs()), 0..30),
    ) {
        let count = varbinds.len();
        let varbinds = varbinds.into_iter().map(|(oid, value)| VarBind::new(oid, value));
        let octets = message(id, 0, varbinds.collect());
        prop_assert_eq!(agree(&octets), Some(count));
    }

    #[test]
    fn of_what_is_broken_nothing_is_taken_that_the_library_refuses(
        varbinds in proptest::collection::vec((oid(), theirs()), 1..6),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let varbinds = varbinds.into_iter().map(|(oid, value)| VarBind::new(oid, value));
        let mut octets = message(7, 0, varbinds.collect());
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        // Names that begin with 2 and a number above 4,294,967,215 are nobody's.
        agree(&octets);
    }

    #[test]
    fn the_library_reads_our_questions(
        id in 0..=0x7fff_ffff_u32,
        community in proptest::collection::vec(any::<u8>(), 0..300),
        single in 0..3_u32,
        repetitions in 0..0x7fff_ffff_u32,
        rows in proptest::collection::vec(proptest::option::of(any::<u32>()), 0..60),
    ) {
        let start = [0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6];
        let mut names = Names::default();
        for row in &rows {
            names.push(&start, *row);
        }
        let question = Bulk { community: &community, request_id: id, single, repetitions };
        let mut octets = Vec::new();
        question.write(&names, &mut octets);
        let read = CommunityMessage::decode(octets.into(), DecodeConfig::STRICT).unwrap();
        prop_assert_eq!(read.value.community().as_bytes(), &community[..]);
        let pdu = read.value.into_pdu().unwrap();
        prop_assert_eq!(pdu.request_id(), id as i32);
        prop_assert_eq!(pdu.get_bulk_fields(), Some((single, repetitions)));
        let asked: Vec<Oid> = pdu.varbinds().iter().map(|varbind| varbind.oid.clone()).collect();
        let column = Oid::from_slice(&[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6]);
        let expected = rows.iter().map(|row| match row {
            Some(row) => column.child(*row),
            None => column.clone(),
        });
        prop_assert_eq!(asked, expected.collect::<Vec<_>>());
    }
}
