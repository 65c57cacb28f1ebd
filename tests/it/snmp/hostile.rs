//! An agent that answers what a test tells it to, octet by octet: its own small BER, so that it
//! shares no fault with the library under test.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

pub type Name = Vec<u32>;
/// A value with its tag and length.
pub type Tlv = Vec<u8>;

pub const GET: u8 = 0xa0;
pub const GET_BULK: u8 = 0xa5;
pub const NO_SUCH_INSTANCE: [u8; 2] = [0x81, 0];
pub const END_OF_MIB_VIEW: [u8; 2] = [0x82, 0];

/// A question as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub kind: u8,
    pub request_id: i64,
    /// Names asked once only, before the repeated ones.
    pub single: usize,
    pub repetitions: usize,
    pub names: Vec<Name>,
}

/// What goes back.
pub struct Reply {
    pub octets: Vec<u8>,
    /// From a socket that was not asked.
    pub elsewhere: bool,
    pub after: Duration,
}

impl From<Vec<u8>> for Reply {
    fn from(octets: Vec<u8>) -> Self {
        Self {
            octets,
            elsewhere: false,
            after: Duration::ZERO,
        }
    }
}

pub struct Hostile {
    pub address: SocketAddr,
    replies: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Hostile {
    pub fn start(behave: impl Fn(&Asked) -> Vec<Reply> + Send + 'static) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let replies = Arc::new(AtomicUsize::new(0));
        let over = Arc::new(AtomicBool::new(false));
        let (sent, stop) = (replies.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            let mut buffer = vec![0; 65_535];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                for reply in behave(&asked(&buffer[..length])) {
                    std::thread::sleep(reply.after);
                    let by = if reply.elsewhere { &other } else { &socket };
                    sent.fetch_add(1, Ordering::SeqCst);
                    by.send_to(&reply.octets, from).unwrap();
                }
            }
        });
        Self {
            address,
            replies,
            over,
            thread: Some(thread),
        }
    }

    /// How many datagrams it sent: proof that it did its worst.
    pub fn replies(&self) -> usize {
        self.replies.load(Ordering::SeqCst)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let wake = UdpSocket::bind("127.0.0.1:0").unwrap();
        wake.send_to(&[0], self.address).unwrap();
        let _ = self.thread.take().unwrap().join();
    }
}

/// The objects of a small honest switch.
pub fn switch(ports: u32) -> BTreeMap<Name, Tlv> {
    let mut objects = BTreeMap::new();
    let system = [1, 3, 6, 1, 2, 1, 1];
    let x = [1, 3, 6, 1, 2, 1, 31, 1, 1, 1];
    objects.insert([&system[..], &[3, 0]].concat(), number(0x43, 360_000));
    objects.insert([&system[..], &[5, 0]].concat(), tlv(0x04, b"hostile"));
    for port in 1..=ports {
        let name = format!("port{port}");
        objects.insert([&x[..], &[1, port]].concat(), tlv(0x04, name.as_bytes()));
        objects.insert(
            [&x[..], &[6, port]].concat(),
            number(0x46, 1000 + i64::from(port)),
        );
        objects.insert(
            [&x[..], &[10, port]].concat(),
            number(0x46, 2000 + i64::from(port)),
        );
        objects.insert([&x[..], &[19, port]].concat(), number(0x43, 0));
        objects.insert(vec![1, 3, 6, 1, 2, 1, 2, 2, 1, 8, port], number(0x02, 1));
    }
    objects
}

/// The honest answer to a question.
pub fn honest(asked: &Asked, objects: &BTreeMap<Name, Tlv>) -> Vec<u8> {
    response(asked.request_id, 0, &bindings(asked, objects))
}

/// The bindings of the honest answer.
pub fn bindings(asked: &Asked, objects: &BTreeMap<Name, Tlv>) -> Vec<(Name, Tlv)> {
    if asked.kind == GET {
        let value = |name: &Name| objects.get(name).cloned();
        let names = asked.names.iter();
        return names
            .map(|name| {
                (
                    name.clone(),
                    value(name).unwrap_or(NO_SUCH_INSTANCE.to_vec()),
                )
            })
            .collect();
    }
    let (single, repeated) = asked.names.split_at(asked.single);
    let mut places = repeated.to_vec();
    let mut all: Vec<_> = single.iter().map(|name| after(name, objects)).collect();
    for _ in 0..asked.repetitions {
        for place in &mut places {
            let (name, value) = after(place, objects);
            *place = name.clone();
            all.push((name, value));
        }
    }
    all
}

/// The object behind a name.
fn after(name: &Name, objects: &BTreeMap<Name, Tlv>) -> (Name, Tlv) {
    let behind = (
        std::ops::Bound::Excluded(name.clone()),
        std::ops::Bound::Unbounded,
    );
    match objects.range(behind).next() {
        Some((name, value)) => (name.clone(), value.clone()),
        None => (name.clone(), END_OF_MIB_VIEW.to_vec()),
    }
}

/// A version 2c response of the community `public`.
pub fn response(request_id: i64, error_status: i64, bindings: &[(Name, Tlv)]) -> Vec<u8> {
    response_as(b"public", request_id, error_status, bindings)
}

pub fn response_as(
    community: &[u8],
    request_id: i64,
    error_status: i64,
    bindings: &[(Name, Tlv)],
) -> Vec<u8> {
    let list = bindings
        .iter()
        .flat_map(|(name, value)| tlv(0x30, &[tlv(0x06, &oid(name)), value.clone()].concat()));
    let pdu = [
        number(0x02, request_id),
        number(0x02, error_status),
        number(0x02, 0),
        tlv(0x30, &list.collect::<Vec<u8>>()),
    ];
    let message = [
        number(0x02, 1),
        tlv(0x04, community),
        tlv(0xa2, &pdu.concat()),
    ];
    tlv(0x30, &message.concat())
}

pub fn tlv(tag: u8, content: &[u8]) -> Tlv {
    let length = content.len();
    let mut octets = vec![tag];
    match length {
        0..128 => octets.push(length as u8),
        128..256 => octets.extend([0x81, length as u8]),
        _ => octets.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    octets.extend(content);
    octets
}

pub fn number(tag: u8, value: i64) -> Tlv {
    let octets = value.to_be_bytes();
    let spare = |n: usize| {
        let sign = if octets[n + 1] & 0x80 == 0 { 0 } else { 0xff };
        octets[n] == sign
    };
    let skip = (0..7).take_while(|n| spare(*n)).count();
    tlv(tag, &octets[skip..])
}

fn oid(arcs: &[u32]) -> Vec<u8> {
    let mut octets = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let groups = (0..5).rev().map(|n| (arc >> (7 * n)) & 0x7f);
        let groups: Vec<u32> = groups.skip_while(|group| *group == 0).collect();
        let groups = if groups.is_empty() { vec![0] } else { groups };
        let last = groups.len() - 1;
        octets.extend(
            groups
                .iter()
                .enumerate()
                .map(|(n, group)| *group as u8 | if n < last { 0x80 } else { 0 }),
        );
    }
    octets
}

fn arcs(octets: &[u8]) -> Name {
    let mut arcs = vec![u32::from(octets[0] / 40), u32::from(octets[0] % 40)];
    let mut arc = 0;
    for octet in &octets[1..] {
        arc = arc << 7 | u32::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    arcs
}

/// Tag, content and what follows.
fn take(octets: &[u8]) -> (u8, &[u8], &[u8]) {
    let (length, start) = match octets[1] {
        0x82 => (usize::from(octets[2]) << 8 | usize::from(octets[3]), 4),
        0x81 => (usize::from(octets[2]), 3),
        short => (usize::from(short), 2),
    };
    let (content, rest) = octets[start..].split_at(length);
    (octets[0], content, rest)
}

fn integer(octets: &[u8]) -> i64 {
    let first = i64::from(octets[0].cast_signed());
    octets[1..]
        .iter()
        .fold(first, |all, octet| all << 8 | i64::from(*octet))
}

fn asked(octets: &[u8]) -> Asked {
    let (_, message, _) = take(octets);
    let (_, _version, rest) = take(message);
    let (_, _community, rest) = take(rest);
    let (kind, pdu, _) = take(rest);
    let (_, request_id, rest) = take(pdu);
    let (_, single, rest) = take(rest);
    let (_, repetitions, rest) = take(rest);
    let (_, mut list, _) = take(rest);
    let mut names = Vec::new();
    while !list.is_empty() {
        let (_, binding, rest) = take(list);
        names.push(arcs(take(binding).1));
        list = rest;
    }
    Asked {
        kind,
        request_id: integer(request_id),
        single: if kind == GET {
            0
        } else {
            integer(single) as usize
        },
        repetitions: integer(repetitions) as usize,
        names,
    }
}
