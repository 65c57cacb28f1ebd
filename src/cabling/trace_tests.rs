#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;

/// Builds nets from short lines.
#[derive(Default)]
struct Room {
    net: Net,
    ids: BTreeMap<String, DevicePortId>,
    cables: i64,
}

impl Room {
    /// A port `device/name`; a front port with what is behind it, a rear port with its strands.
    fn port(&mut self, text: &str, kind: PortKind, through: (&str, i64), positions: i64) {
        let (device, name) = text.split_once('/').unwrap();
        let number = i64::try_from(self.ids.len()).unwrap() + 1;
        let device = device
            .bytes()
            .fold(7_i64, |sum, byte| sum * 31 + i64::from(byte));
        let id = DevicePortId::new(number);
        self.ids.insert(text.to_owned(), id);
        self.net.add_port(NetPort {
            id,
            device_id: DeviceId::new(device),
            kind,
            name: name.to_owned(),
            positions,
            through_port: through.0.to_owned(),
            through_position: through.1,
        });
    }

    fn interfaces(&mut self, ports: &[&str]) {
        for port in ports {
            self.port(port, PortKind::Interface, ("", 1), 1);
        }
    }

    /// A panel of `count` front ports `f1` … before one rear port `r` with as many strands.
    fn trunk(&mut self, panel: &str, count: i64) {
        self.port(&format!("{panel}/r"), PortKind::Rear, ("", 1), count);
        for strand in 1..=count {
            let front = format!("{panel}/f{strand}");
            self.port(&front, PortKind::Front, ("r", strand), 1);
        }
    }

    fn cable(&mut self, a: &[&str], b: &[&str]) {
        self.cables += 1;
        for (side, ports) in [(Side::A, a), (Side::B, b)] {
            for port in ports {
                self.net.add_end(NetEnd {
                    cable: CableId::new(self.cables),
                    side,
                    port: self.ids[*port],
                });
            }
        }
    }

    fn name(&self, id: DevicePortId) -> &str {
        let (name, _) = self.ids.iter().find(|(_, at)| **at == id).unwrap();
        name
    }

    /// The trace in one line: `=` is a cable, `~` a panel, `*` the start, `(…)` the hop before where it is not the last one.
    fn drawn(&self, start: &str) -> String {
        let (trace, _) = trace(&self.net, self.ids[start]);
        let mut text = String::new();
        for (at, hop) in trace.hops.iter().enumerate() {
            match hop.link {
                None => {}
                Some(Link::Through) => text.push_str(" ~ "),
                Some(Link::Cable(id)) => text.push_str(&format!(" ={id}= ")),
            }
            if let Some(parent) = hop.parent.filter(|parent| parent + 1 != at) {
                text.push_str(&format!("({})", self.name(trace.hops[parent].port)));
            }
            text.push_str(self.name(hop.port));
            if at == trace.start {
                text.push('*');
            }
            match hop.stop {
                Some(Stop::Loop) => text.push('@'),
                Some(Stop::TooLong) => text.push('…'),
                None => {}
            }
        }
        text
    }

    fn far(&self, start: &str) -> Vec<&str> {
        let (trace, _) = trace(&self.net, self.ids[start]);
        let ends = trace.far_ends();
        ends.iter().map(|hop| self.name(hop.port)).collect()
    }
}

/// A switch, two panels with a trunk of four, and servers.
fn two_panels() -> Room {
    let mut room = Room::default();
    room.interfaces(&["sw/1", "sw/2", "srv/1", "srv/2"]);
    room.trunk("pa", 4);
    room.trunk("pb", 4);
    room.cable(&["sw/1"], &["pa/f1"]);
    room.cable(&["sw/2"], &["pa/f3"]);
    room.cable(&["pa/r"], &["pb/r"]);
    room.cable(&["pb/f1"], &["srv/1"]);
    room.cable(&["pb/f3"], &["srv/2"]);
    room
}

#[test]
fn a_line_goes_through_panels_by_its_strand() {
    let room = two_panels();
    let whole = "sw/1* =1= pa/f1 ~ pa/r =3= pb/r ~ pb/f1 =4= srv/1";
    assert_eq!(room.drawn("sw/1"), whole);
    assert_eq!(
        room.drawn("srv/2"),
        "srv/2* =5= pb/f3 ~ pb/r =3= pa/r ~ pa/f3 =2= sw/2"
    );
    assert_eq!(
        room.drawn("pa/f1"),
        "srv/1 =4= pb/f1 ~ pb/r =3= pa/r ~ pa/f1* =1= sw/1",
        "from the end behind the panel to the other"
    );
    assert_eq!(room.far("sw/1"), ["srv/1"]);
    assert_eq!(room.far("pa/f1"), ["sw/1"]);
    assert_eq!(
        room.drawn("pb/f2"),
        "pa/f2 ~ pa/r =3= pb/r ~ pb/f2*",
        "nothing in front"
    );
}

#[test]
fn a_trunk_branches_into_its_strands() {
    let room = two_panels();
    assert_eq!(
        room.drawn("pa/r"),
        "pa/r* =3= pb/r ~ pb/f1 =4= srv/1 ~ (pb/r)pb/f2 ~ (pb/r)pb/f3 =5= srv/2 ~ (pb/r)pb/f4 \
         ~ (pa/r)pa/f1 =1= sw/1 ~ (pa/r)pa/f2 ~ (pa/r)pa/f3 =2= sw/2 ~ (pa/r)pa/f4"
    );
    assert_eq!(room.far("pa/r"), ["srv/1", "pb/f2", "srv/2", "pb/f4"]);
}

#[test]
fn a_breakout_branches_into_its_legs() {
    let mut room = Room::default();
    room.interfaces(&["sw/1", "a/1", "b/1", "c/1"]);
    room.cable(&["sw/1"], &["a/1", "b/1", "c/1"]);
    assert_eq!(
        room.drawn("sw/1"),
        "sw/1* =1= a/1 =1= (sw/1)b/1 =1= (sw/1)c/1"
    );
    assert_eq!(room.drawn("b/1"), "b/1* =1= sw/1");
    let (trace, _) = trace(&room.net, room.ids["sw/1"]);
    assert_eq!((trace.branches(0), trace.is_leaf(1)), (3, true));
}

#[test]
fn a_patch_back_into_the_same_panel_is_no_loop() {
    let mut room = two_panels();
    room.interfaces(&["far/1"]);
    // From strand 2 of pb back into strand 4, and out of the trunk at pa again.
    room.cable(&["pb/f2"], &["pb/f4"]);
    room.cable(&["pa/f4"], &["far/1"]);
    assert_eq!(
        room.drawn("far/1"),
        "far/1* =7= pa/f4 ~ pa/r =3= pb/r ~ pb/f4 =6= pb/f2 ~ pb/r =3= pa/r ~ pa/f2"
    );
}

#[test]
fn a_loop_is_cut_and_said() {
    let mut room = Room::default();
    for panel in ["pa", "pb"] {
        room.trunk(panel, 1);
    }
    room.cable(&["pa/r"], &["pb/r"]);
    room.cable(&["pb/f1"], &["pa/f1"]);
    for start in ["pa/r", "pa/f1", "pb/r"] {
        let drawn = room.drawn(start);
        assert!(drawn.contains('@'), "{start}: {drawn}");
        assert!(drawn.matches("pa/r").count() <= 4, "{drawn}");
    }
}

#[test]
fn a_line_is_followed_so_far_and_no_further() {
    let mut room = Room::default();
    room.interfaces(&["x/1"]);
    let mut last = "x/1".to_owned();
    for number in 0..80 {
        let panel = format!("p{number}");
        room.trunk(&panel, 1);
        room.cable(&[&last], &[&format!("{panel}/f1")]);
        last = format!("{panel}/r");
    }
    let (long, _) = trace(&room.net, room.ids["x/1"]);
    assert!(long.is_cut && long.hops.len() <= LONGEST_PATH + 1);
    assert_eq!(long.hops.last().unwrap().stop, Some(Stop::TooLong));

    let mut room = Room::default();
    room.interfaces(&["y/1"]);
    room.trunk("wide", 600);
    room.cable(&["wide/r"], &["y/1"]);
    let (wide, _) = trace(&room.net, room.ids["y/1"]);
    assert!(wide.is_cut && wide.hops.len() == MOST_HOPS);
}

#[test]
fn what_is_not_known_is_asked_for() {
    let room = two_panels();
    let mut net = Net::default();
    let start = room.ids["sw/1"];
    net.add_port(room.net.port(start).unwrap().clone());
    let mut rounds = 0;
    loop {
        let (_, lacks) = trace(&net, start);
        if lacks.is_empty() {
            break;
        }
        rounds += 1;
        assert!(rounds < 20);
        for port in &lacks.ports {
            let Some(cable) = room.net.cable_of(*port) else {
                continue;
            };
            for end in &room.net.ends[&cable] {
                net.add_end(*end);
                net.add_port(room.net.port(end.port).unwrap().clone());
            }
        }
        for device in &lacks.panels {
            for port in &room.net.of_device[device] {
                net.add_port(room.net.port(*port).unwrap().clone());
            }
        }
        net.asked(&lacks);
    }
    assert_eq!(trace(&net, start).0, trace(&room.net, start).0);
    assert!(rounds > 3);
}
