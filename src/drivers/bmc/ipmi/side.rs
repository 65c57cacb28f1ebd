//! Payloads of serial over LAN, beside the commands of a session.

use tokio::sync::mpsc;

/// Payloads that wait, in each direction.
const KEPT: usize = 64;

/// A console's way to the BMC. It holds no right to the session: whoever has it keeps the
/// session as well.
pub struct SolLink {
    sender: SolSender,
    receiver: SolReceiver,
}

/// The half that sends.
#[derive(Clone)]
pub struct SolSender(mpsc::Sender<Vec<u8>>);

/// The half that receives; the link is given up when it is dropped.
pub struct SolReceiver(mpsc::Receiver<Vec<u8>>);

/// The session's end of a link.
pub(super) struct Side {
    from_console: mpsc::Receiver<Vec<u8>>,
    to_console: mpsc::Sender<Vec<u8>>,
    sender_gone: bool,
}

/// A link and the session's end of it.
pub(super) fn pair() -> (SolLink, Side) {
    let (to_bmc, from_console) = mpsc::channel(KEPT);
    let (to_console, from_bmc) = mpsc::channel(KEPT);
    let link = SolLink {
        sender: SolSender(to_bmc),
        receiver: SolReceiver(from_bmc),
    };
    let side = Side {
        from_console,
        to_console,
        sender_gone: false,
    };
    (link, side)
}

impl SolLink {
    /// Sends a payload (header and characters) in a sealed packet, once: the protocol above
    /// repeats. Waits while 64 are under way; false when the session is over.
    pub async fn send(&self, payload: Vec<u8>) -> bool {
        self.sender.send(payload).await
    }

    /// The next payload from the BMC: authentic, decrypted, not seen before. None when the
    /// session is over: log in again and activate again.
    pub async fn receive(&mut self) -> Option<Vec<u8>> {
        self.receiver.receive().await
    }

    /// Two halves, for two tasks.
    pub fn split(self) -> (SolSender, SolReceiver) {
        (self.sender, self.receiver)
    }
}

impl SolSender {
    /// As [`SolLink::send`].
    pub async fn send(&self, payload: Vec<u8>) -> bool {
        self.0.send(payload).await.is_ok()
    }
}

impl SolReceiver {
    /// As [`SolLink::receive`].
    pub async fn receive(&mut self) -> Option<Vec<u8>> {
        self.0.recv().await
    }
}

impl Side {
    /// Hands a payload to the console. One that does not fit is dropped: the BMC repeats what is
    /// not acknowledged.
    pub(super) fn deliver(&self, payload: Vec<u8>) {
        let _ = self.to_console.try_send(payload);
    }

    /// The next payload for the BMC; none once when nobody reads any more. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        tokio::select! {
            biased;
            () = self.to_console.closed() => None,
            payload = self.from_console.recv(), if !self.sender_gone => match payload {
                Some(payload) => Some(payload),
                None => {
                    self.sender_gone = true;
                    self.to_console.closed().await;
                    None
                }
            }
        }
    }
}
