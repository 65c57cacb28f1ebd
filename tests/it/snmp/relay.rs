//! A relay between the program and an agent, which can turn to another agent, spoil what is
//! answered, or answer with what was said before.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What is done to answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mischief {
    None,
    /// One bit of each answer's last octet is turned.
    Spoil,
    /// The first answer that ever passed, instead of each.
    Repeat,
}

struct Shared {
    agent: Mutex<SocketAddr>,
    mischief: Mutex<Mischief>,
    first: Mutex<Option<Vec<u8>>>,
    done: AtomicUsize,
    over: AtomicBool,
}

pub struct Relay {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    pub fn to(agent: SocketAddr) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").unwrap();
        let back = UdpSocket::bind("127.0.0.1:0").unwrap();
        for socket in [&front, &back] {
            let patience = Some(Duration::from_millis(1));
            socket.set_read_timeout(patience).unwrap();
        }
        let address = front.local_addr().unwrap();
        let shared = Arc::new(Shared {
            agent: Mutex::new(agent),
            mischief: Mutex::new(Mischief::None),
            first: Mutex::new(None),
            done: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let theirs = shared.clone();
        let thread = std::thread::spawn(move || theirs.run(&front, &back));
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub fn turn_to(&self, agent: SocketAddr) {
        *self.shared.agent.lock().unwrap() = agent;
    }

    pub fn set(&self, mischief: Mischief) {
        *self.shared.mischief.lock().unwrap() = mischief;
    }

    /// Answers it spoilt or replaced: proof that it did.
    pub fn done(&self) -> usize {
        self.shared.done.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn run(&self, front: &UdpSocket, back: &UdpSocket) {
        let mut buffer = vec![0; 65_535];
        let mut asker = None;
        while !self.over.load(Ordering::SeqCst) {
            if let Ok((length, from)) = front.recv_from(&mut buffer) {
                asker = Some(from);
                let agent = *self.agent.lock().unwrap();
                back.send_to(&buffer[..length], agent).unwrap();
            }
            if let (Ok((length, _)), Some(asker)) = (back.recv_from(&mut buffer), asker) {
                let answer = self.changed(buffer[..length].to_vec());
                front.send_to(&answer, asker).unwrap();
            }
        }
    }

    fn changed(&self, mut answer: Vec<u8>) -> Vec<u8> {
        let mut first = self.first.lock().unwrap();
        let first = first.get_or_insert_with(|| answer.clone());
        match *self.mischief.lock().unwrap() {
            Mischief::None => return answer,
            Mischief::Spoil => *answer.last_mut().unwrap() ^= 1,
            Mischief::Repeat => answer.clone_from(first),
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        answer
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        let _ = self.thread.take().unwrap().join();
    }
}
