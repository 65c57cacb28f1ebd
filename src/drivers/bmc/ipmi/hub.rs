//! All sessions of a process over IPMI: opened, shared, ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::line::Line;
use super::lines::{Found, Lines};
use super::order::Order;
use super::session::IpmiSession;
use super::shelf::SdrShelf;
use super::sockets::Sockets;
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::error::{BmcError, Step, Where};
use crate::drivers::bmc::gate::{Permit, Priority};

/// Lines that may end under a caller before it gives up.
const LINES_TRIED: u32 = 4;

/// All IPMI sessions of a process.
pub struct IpmiHub {
    sockets: Arc<Sockets>,
    lines: Arc<Lines>,
    shelf: Arc<SdrShelf>,
}

impl Default for IpmiHub {
    fn default() -> Self {
        Self::new()
    }
}

impl IpmiHub {
    /// A hub without sockets; they are bound at the first use of their address family.
    pub fn new() -> Self {
        Self {
            sockets: Arc::new(Sockets::new()),
            lines: Arc::default(),
            shelf: Arc::default(),
        }
    }

    pub(super) const fn sockets(&self) -> &Arc<Sockets> {
        &self.sockets
    }

    /// Joins the session with a BMC, or logs in when there is none. `permit` is given back when
    /// the caller has left and the session is closed, kept, or left to others.
    ///
    /// # Errors
    /// [`BmcError`], see its variants.
    pub async fn open(
        &self,
        target: &BmcTarget,
        priority: Priority,
        permit: Permit,
    ) -> Result<IpmiSession, BmcError> {
        let begun = Instant::now();
        let (login, reporter) = (permit.login(), permit.reporter());
        let mut permit = Some(permit);
        for _ in 0..LINES_TRIED {
            let (reply, opened) = oneshot::channel();
            let mut holder = match self.lines.join(target, login) {
                Found::Line(holder) => {
                    holder.order(Order::Opened(reply));
                    holder
                }
                Found::Ending(gone) => {
                    gone.cancelled().await;
                    continue;
                }
                Found::Nothing(holder, seat, orders) => {
                    // Before the line begins: it may fail before this task runs on.
                    holder.order(Order::Opened(reply));
                    let line = Line::new(&self.sockets, seat, target, reporter.clone(), orders);
                    tokio::spawn(line.run());
                    holder
                }
            };
            holder.permit = permit.take();
            match opened.await {
                Ok(Ok(opened)) => {
                    let shelf = Arc::clone(&self.shelf);
                    return Ok(IpmiSession::new(holder, target, priority, opened, shelf));
                }
                Ok(Err(error)) => return Err(error),
                // The line ended meanwhile, for others who log in otherwise: a console gives way.
                Err(_) if priority == Priority::Console => break,
                Err(_) => permit = holder.permit.take(),
            }
        }
        Err(BmcError::Closed {
            at: Where {
                target: target.address,
                step: Step::Gate,
                elapsed: begun.elapsed(),
                attempt: 0,
            },
        })
    }

    /// Sessions that are open or being closed.
    pub fn live(&self) -> usize {
        self.sockets.live()
    }

    /// Ends everything: calls under way fail with `Cancelled`, sessions are closed. Returns how
    /// many were still open when `budget` was over.
    pub async fn shutdown(&self, budget: Duration) -> usize {
        self.sockets.stop(budget).await
    }
}
