#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use super::*;

fn plug(number: i64, kind: PortKind) -> Plug {
    Plug {
        port: DevicePortId::new(number),
        kind,
        text: format!("D p{number}"),
        taken: None,
    }
}

#[test]
fn kinds_of_ports_go_together_or_not() {
    use PortKind as P;
    let together = [
        (P::Interface, P::Interface),
        (P::Interface, P::Front),
        (P::Interface, P::Rear),
        (P::Front, P::Front),
        (P::Front, P::Rear),
        (P::Rear, P::Rear),
        (P::Console, P::ConsoleServer),
        (P::Console, P::Front),
        (P::Console, P::Rear),
        (P::ConsoleServer, P::Front),
        (P::ConsoleServer, P::Rear),
        (P::PowerPort, P::PowerOutlet),
    ];
    for a in P::ALL {
        for b in P::ALL {
            let wanted = together.contains(&(*a, *b)) || together.contains(&(*b, *a));
            assert_eq!(fits(*a, *b), wanted, "{a} {b}");
        }
    }
}

#[test]
fn a_cable_is_refused_with_what_is_in_the_way() {
    use PortKind as P;
    let eth = |number| plug(number, P::Interface);
    let mut taken = eth(7);
    taken.taken = Some(Taken {
        cable: CableId::new(9),
        label: "C-9".to_owned(),
        far: "SRV-1 eno1".to_owned(),
    });
    let many = |count: i64| (100..100 + count).map(eth).collect::<Vec<_>>();
    for (kind, a, b, wanted) in [
        (CableKind::Cat6a, vec![eth(1)], vec![eth(2)], vec![]),
        (CableKind::Dac, vec![eth(1)], many(12), vec![]),
        (
            CableKind::Dac,
            vec![eth(1)],
            many(13),
            vec!["cables-too-many-ends"],
        ),
        (
            CableKind::Dac,
            many(2),
            vec![eth(1), eth(2)],
            vec!["cables-many-to-many"],
        ),
        (
            CableKind::Cat6,
            vec![eth(1)],
            vec![eth(1)],
            vec!["cables-to-itself"],
        ),
        (
            CableKind::Cat6,
            vec![eth(1)],
            vec![eth(2), eth(2)],
            vec!["cables-to-itself"],
        ),
        (
            CableKind::Cat6,
            vec![eth(1)],
            vec![plug(2, P::PowerPort)],
            vec!["cables-unfit"],
        ),
        (
            CableKind::Power,
            vec![eth(1)],
            vec![eth(2)],
            vec!["cables-kind-is-power"],
        ),
        (
            CableKind::Cat6,
            vec![plug(1, P::PowerOutlet)],
            vec![plug(2, P::PowerPort)],
            vec!["cables-kind-is-not-power"],
        ),
        (
            CableKind::Other,
            vec![plug(1, P::PowerOutlet)],
            vec![plug(2, P::PowerPort)],
            vec![],
        ),
        (
            CableKind::Cat6,
            vec![],
            vec![eth(2)],
            vec!["fault-required"],
        ),
        (
            CableKind::Cat6,
            vec![eth(1)],
            vec![taken.clone()],
            vec!["cables-port-taken"],
        ),
    ] {
        let keys: Vec<&str> = check(kind, &a, &b, None)
            .iter()
            .map(|fault| fault.message.key)
            .collect();
        assert_eq!(keys, wanted, "{kind} {a:?} {b:?}");
    }
    let fault = check(
        CableKind::Cat6,
        &[eth(1)],
        std::slice::from_ref(&taken),
        None,
    );
    let said = fault[0].message.to_string();
    assert!(
        said.contains("C-9") && said.contains("SRV-1 eno1"),
        "{said}"
    );
    let own = check(CableKind::Cat6, &[eth(1)], &[taken], Some(CableId::new(9)));
    assert!(own.is_empty(), "its own ports are not in its way");
}

/// What is plugged in, as the database keeps it: live cables with their ports.
#[derive(Default)]
struct Board {
    cables: BTreeMap<i64, Vec<i64>>,
}

impl Board {
    fn with_taken(&self, mut plug: Plug) -> Plug {
        plug.taken = self
            .cables
            .iter()
            .find(|(_, ports)| ports.contains(&plug.port.get()))
            .map(|(cable, _)| Taken {
                cable: CableId::new(*cable),
                label: format!("#{cable}"),
                far: String::new(),
            });
        plug
    }
}

proptest::proptest! {
    /// Whatever is connected, changed and disconnected: what is accepted never leaves a port with two cables.
    #[test]
    fn a_port_has_one_cable(
        steps in proptest::collection::vec(
            (
                0_u8..4,
                proptest::collection::vec(0_i64..14, 0..4),
                proptest::collection::vec(0_i64..14, 0..4),
                0_i64..12,
            ),
            1..60,
        ),
    ) {
        let kinds = [PortKind::Interface, PortKind::Front, PortKind::Rear, PortKind::Interface, PortKind::Console];
        let mut board = Board::default();
        let mut next = 0;
        for (what, a, b, which) in steps {
            let known = board.cables.keys().nth(usize::try_from(which).unwrap()).copied();
            let plugs = |ports: &[i64]| ports
                .iter()
                .map(|port| {
                    let kind = kinds[usize::try_from(*port).unwrap() % kinds.len()];
                    board.with_taken(plug(*port, kind))
                })
                .collect::<Vec<_>>();
            let (at_a, at_b) = (plugs(&a), plugs(&b));
            match (what, known) {
                (0, Some(cable)) => {
                    board.cables.remove(&cable);
                }
                (1, Some(cable)) if check(CableKind::Other, &at_a, &at_b, Some(CableId::new(cable))).is_empty() => {
                    board.cables.insert(cable, a.iter().chain(&b).copied().collect());
                }
                (2 | 3, _) if check(CableKind::Other, &at_a, &at_b, None).is_empty() => {
                    next += 1;
                    board.cables.insert(next, a.iter().chain(&b).copied().collect());
                }
                _ => {}
            }
            let mut ports: Vec<i64> = board.cables.values().flatten().copied().collect();
            let count = ports.len();
            ports.sort_unstable();
            ports.dedup();
            proptest::prop_assert_eq!(ports.len(), count);
        }
    }
}
