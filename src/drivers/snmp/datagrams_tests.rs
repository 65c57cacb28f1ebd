#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::wire::snmp::{Bulk, Names};

const COMMUNITY: &[u8] = b"public";

/// What a device sends back: the question itself with the mark of an answer, which is enough for its number.
fn echo(id: u32) -> Vec<u8> {
    let mut octets = Vec::new();
    let question = Bulk {
        community: COMMUNITY,
        request_id: id,
        single: 0,
        repetitions: 1,
    };
    question.write(&Names::default(), &mut octets);
    octets
}

async fn take(mailbox: &Mailbox<'_>) -> Vec<Vec<u8>> {
    let mut came = Vec::new();
    std::future::poll_fn(|cx| mailbox.poll_take(cx, &mut came)).await;
    came
}

async fn until(datagrams: &Datagrams, done: impl Fn(Came) -> bool) {
    while !done(datagrams.came()) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_comes_is_put_where_it_belongs() {
    let device = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = device.local_addr().unwrap();
    let datagrams = Datagrams::open(address, 1 << 20).unwrap();
    let first = datagrams.postbox(address).unwrap();
    let second = datagrams.postbox(address).unwrap();
    let (one, two) = (first.request_id(), second.request_id());
    assert_ne!(one % 8192, two % 8192);
    first.send(&echo(one)).await.unwrap();
    let mut buffer = [0; 100];
    let (length, from) = device.recv_from(&mut buffer).await.unwrap();
    assert_eq!(buffer[..length], echo(one));

    // From another address, of another box, unreadable: nobody's.
    for octets in [echo(one), echo(two)] {
        other.send_to(&octets, from).await.unwrap();
    }
    device.send_to(&[0x30, 3, 1], from).await.unwrap();
    device.send_to(&echo(8000), from).await.unwrap();
    until(&datagrams, |came| {
        came.discarded == 3 && came.malformed == 1
    })
    .await;

    device.send_to(&echo(two), from).await.unwrap();
    device.send_to(&echo(one), from).await.unwrap();
    assert_eq!(take(&second).await, [echo(two)]);
    let mut came = take(&first).await;
    assert_eq!(came, [echo(one)]);
    first.done(&mut came, 1);
    assert_eq!(datagrams.came().answers, 1);

    // Who has gone gets nothing more, and the box is the next one's.
    drop(first);
    device.send_to(&echo(one), from).await.unwrap();
    until(&datagrams, |came| came.discarded == 4).await;
    let third = datagrams.postbox(address).unwrap();
    assert_eq!(third.request_id() % 8192, one % 8192);
}

#[tokio::test]
async fn a_flood_fills_one_box_only() {
    let device = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = device.local_addr().unwrap();
    let datagrams = Datagrams::open(address, 1 << 20).unwrap();
    let mailbox = datagrams.postbox(address).unwrap();
    mailbox.send(b"x").await.unwrap();
    let (_, from) = device.recv_from(&mut [0; 10]).await.unwrap();
    let id = mailbox.request_id();
    for _ in 0..MOST_WAITING + 5 {
        device.send_to(&echo(id), from).await.unwrap();
    }
    until(&datagrams, |came| came.discarded == 5).await;
    assert_eq!(take(&mailbox).await.len(), MOST_WAITING);
}

#[test]
fn the_scope_of_a_link_counts_and_its_flow_label_does_not() {
    let address = |flow, scope| {
        let ip = "fe80::1".parse().unwrap();
        SocketAddr::V6(std::net::SocketAddrV6::new(ip, 161, flow, scope))
    };
    assert!(is_same(address(0, 2), address(7, 2)));
    assert!(is_same(address(0, 0), address(0, 2)));
    assert!(!is_same(address(0, 2), address(0, 3)));
    assert!(!is_same(
        address(0, 2),
        SocketAddr::V6(std::net::SocketAddrV6::new(
            "fe80::2".parse().unwrap(),
            161,
            0,
            2
        ))
    ));
}
