//! The one session with a BMC: a task that logs in, carries out the commands of all who share
//! the session in order of urgency, keeps it for a while when they are gone, and closes it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::lines::Seat;
use super::link::{Broken, Link};
use super::login::Attempt;
use super::order::{Left, Opened, Order, Run};
use super::sockets::Sockets;
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::error::{Acted, BmcError, Where};
use crate::drivers::bmc::gate::{Permit, Priority, Reporter};
use crate::wire::ipmi::message::{Response, netfn};
use crate::wire::rmcp::{Command, Event, Failure, Repeat, Stage};

/// A session that has been still for longer may be gone: the BMC restarted, or forgot it.
const TRUSTED: Duration = Duration::from_secs(2);
/// Transmissions of the first command on a session that may be gone.
const DOUBTFUL_ATTEMPTS: u32 = 2;
/// Stillness of a held session after which it is asked something; BMCs end a session after 60 s,
/// give or take three (IPMI 6.12.15).
const KEEP_ALIVE: Duration = Duration::from_secs(20);

const GET_DEVICE_ID: u8 = 0x01;

/// A line before and while it is open.
pub(super) struct Line {
    sockets: Arc<Sockets>,
    seat: Arc<Seat>,
    target: Arc<BmcTarget>,
    reporter: Reporter,
    orders: mpsc::UnboundedReceiver<Order>,
    waiting: Vec<Run>,
    welcome: Vec<oneshot::Sender<Result<Opened, BmcError>>>,
    /// Of those who left last: held until the session is kept or closed.
    permit: Option<Permit>,
    told_at_end: Vec<oneshot::Sender<bool>>,
    kept_until: Option<Instant>,
    session: Option<Session>,
    ending: bool,
}

/// The open session.
struct Session {
    link: Link,
    opened: Opened,
    /// Last answer.
    heard: Instant,
    /// Something about it looked odd: ask before believing in it, don't keep it.
    odd: bool,
    /// Nobody held it since the last answer.
    taken_over: bool,
    /// A silence was reported to the gate, its end not yet.
    silent: bool,
}

/// Why a command has no answer.
enum Lost {
    /// No usable one came.
    Silence(Failure, u32),
    /// The link broke.
    Broken(Broken, u32),
    /// The session takes no commands.
    Over,
    /// The asker went away.
    Abandoned,
}

impl Line {
    pub(super) fn new(
        sockets: &Arc<Sockets>,
        seat: Arc<Seat>,
        target: &BmcTarget,
        reporter: Reporter,
        orders: mpsc::UnboundedReceiver<Order>,
    ) -> Self {
        Self {
            sockets: Arc::clone(sockets),
            seat,
            target: Arc::new(target.clone()),
            reporter,
            orders,
            waiting: Vec::new(),
            welcome: Vec::new(),
            permit: None,
            told_at_end: Vec::new(),
            kept_until: None,
            session: None,
            ending: false,
        }
    }

    /// From the login to the end of the session.
    pub(super) async fn run(mut self) {
        match self.first_login().await {
            Some(Ok(session)) => {
                self.open(session);
                self.serve().await;
                self.close().await;
            }
            Some(Err(error)) => self.refuse(&error),
            None => self.seat.end(),
        }
    }

    /// Logs in while orders come in; none when everybody left meanwhile.
    async fn first_login(&mut self) -> Option<Result<Session, BmcError>> {
        let (attempt, slots) = (self.attempt(), Arc::clone(&self.sockets.slots));
        let login = async {
            let _slot = slots.acquire().await;
            attempt.login().await
        };
        tokio::pin!(login);
        loop {
            tokio::select! {
                biased;
                outcome = &mut login => return Some(self.logged_in(outcome)),
                Some(order) = self.orders.recv() => {
                    self.take(order);
                    if self.ending || self.seat.end_if_empty() {
                        return None;
                    }
                }
            }
        }
    }

    fn attempt(&self) -> Attempt {
        Attempt {
            sockets: Arc::clone(&self.sockets),
            target: Arc::clone(&self.target),
            seat: Arc::clone(&self.seat),
            begun: Instant::now(),
        }
    }

    fn logged_in(&self, outcome: Result<(Link, Opened), BmcError>) -> Result<Session, BmcError> {
        match outcome {
            Ok((link, opened)) => {
                self.reporter.answered();
                Ok(Session {
                    link,
                    opened,
                    heard: Instant::now(),
                    odd: false,
                    taken_over: false,
                    silent: false,
                })
            }
            Err(error) => {
                self.reporter.failed(&error);
                Err(error)
            }
        }
    }

    fn open(&mut self, session: Session) {
        for welcome in self.welcome.drain(..) {
            let _ = welcome.send(Ok(session.opened.clone()));
        }
        self.session = Some(session);
    }

    /// Tells everybody who waits that there is no session, and why.
    fn refuse(&mut self, error: &BmcError) {
        self.seat.end();
        self.ending = true;
        self.take_all();
        for welcome in self.welcome.drain(..) {
            let _ = welcome.send(Err(error.clone()));
        }
        for run in self.waiting.drain(..) {
            let _ = run.reply.send(Err(error.clone()));
        }
    }

    fn take_all(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            self.take(order);
        }
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Run(run) => self.waiting.push(*run),
            Order::Opened(welcome) => match &self.session {
                Some(session) => {
                    let _ = welcome.send(Ok(session.opened.clone()));
                }
                None => self.welcome.push(welcome),
            },
            Order::Attach(side) => {
                if let Some(session) = &mut self.session {
                    session.link.attach(side);
                }
            }
            Order::Left(left) => self.left(*left),
            Order::End => self.ending = true,
        }
    }

    fn left(&mut self, left: Left) {
        let until = Instant::now() + left.keep;
        self.kept_until = Some(self.kept_until.map_or(until, |known| known.max(until)));
        let others = self.seat.is_held();
        if let Some(session) = &mut self.session {
            session.taken_over |= !others;
        }
        if others || self.is_kept() {
            if let Some(done) = left.done {
                let _ = done.send(true);
            }
            return;
        }
        self.told_at_end.extend(left.done);
        self.permit = left.permit;
    }

    /// True while the session is kept although nobody holds it.
    fn is_kept(&self) -> bool {
        let sound = self.session.as_ref().is_some_and(|session| !session.odd);
        let time_left = self.kept_until.is_some_and(|until| until > Instant::now());
        sound && time_left && !self.ending
    }

    async fn serve(&mut self) {
        loop {
            self.take_all();
            if self.ending || self.session.is_none() {
                return;
            }
            if let Some(run) = self.next() {
                self.execute(run).await;
            } else if !self.is_kept() && self.seat.end_if_empty() {
                return;
            } else {
                self.rest().await;
            }
        }
    }

    /// The most urgent command, of equals the first.
    fn next(&mut self) -> Option<Run> {
        self.waiting.retain(|run| !run.reply.is_closed());
        let order = |(at, run): &(usize, &Run)| (run.priority, *at);
        let (at, _) = self.waiting.iter().enumerate().min_by_key(order)?;
        Some(self.waiting.remove(at))
    }

    /// Waits for the next order, the end of the time, or the moment to keep the session alive.
    async fn rest(&mut self) {
        let Some(session) = &mut self.session else {
            return;
        };
        let held = self.seat.is_held();
        let wake = match self.kept_until {
            Some(until) if !held => until,
            _ => session.heard + KEEP_ALIVE,
        };
        tokio::select! {
            biased;
            order = self.orders.recv() => match order {
                Some(order) => self.take(order),
                None => self.ending = true,
            },
            // Serial over LAN goes to and fro in here; a late answer is no event.
            event = session.link.event() => if event.is_err() {
                self.ending = true;
            },
            () = tokio::time::sleep_until(wake.into()) => if held {
                let slots = Arc::clone(&self.sockets.slots);
                let _slot = slots.acquire().await;
                self.keep_alive().await;
            },
        }
    }

    /// Asks the BMC something, so that it does not end the session, or to see that it has not.
    /// One that is gone is replaced; serial over LAN ends with it.
    async fn keep_alive(&mut self) {
        let (reply, _unread) = oneshot::channel();
        let run = Run {
            command: device_id(),
            name: "keep-alive",
            acts: Acted::No,
            priority: Priority::Console,
            begun: Instant::now(),
            reply,
        };
        if let Err(error) = self.confirm(&run).await {
            self.refuse(&error);
        }
    }

    async fn execute(&mut self, mut run: Run) {
        let target = self.target.address;
        let Ok(_slot) = Arc::clone(&self.sockets.slots).acquire_owned().await else {
            return;
        };
        let outcome = self.answer(&mut run).await;
        let lost = match outcome {
            Ok(Ok((response, attempts))) => {
                let at = run.at(target, attempts);
                let _ = run.reply.send(Ok((response, at)));
                return;
            }
            Ok(Err(lost)) => lost,
            Err(error) => {
                let _ = run.reply.send(Err(error.clone()));
                return self.refuse(&error);
            }
        };
        let error = match lost {
            Lost::Abandoned => return,
            Lost::Over => BmcError::Closed {
                at: run.at(target, 0),
            },
            Lost::Broken(broken, attempts) => {
                self.ending = true;
                broken.into_error(run.at(target, attempts), run.acts)
            }
            Lost::Silence(failure, attempts) => {
                no_answer(failure, run.acts, run.at(target, attempts))
            }
        };
        if let Some(session) = &mut self.session {
            session.odd = true;
            session.silent |= matches!(error, BmcError::NoAnswer { .. });
        }
        self.reporter.failed(&error);
        let _ = run.reply.send(Err(error));
    }

    /// The answer to a command. On a session that may be gone a command that reads is asked
    /// briefly and asked again in a new session; one that acts is only sent when the session has
    /// proven to be there, and is never sent in a second one.
    ///
    /// # Errors
    /// The outer one: there is no session any more.
    async fn answer(&mut self, run: &mut Run) -> Result<Result<(Response, u32), Lost>, BmcError> {
        let Some(session) = &mut self.session else {
            return Ok(Err(Lost::Over));
        };
        let doubtful = session.odd || session.taken_over || session.heard.elapsed() > TRUSTED;
        if !doubtful {
            return Ok(self.ask(run, u32::MAX).await);
        }
        if run.acts == Acted::Perhaps {
            self.confirm(run).await?;
            return Ok(self.ask(run, u32::MAX).await);
        }
        match self.ask(run, DOUBTFUL_ATTEMPTS).await {
            Err(Lost::Silence(..)) => {
                self.log_in_anew().await?;
                Ok(self.ask(run, u32::MAX).await)
            }
            outcome => Ok(outcome),
        }
    }

    /// Makes sure that the session is there, if need be a new one.
    async fn confirm(&mut self, run: &Run) -> Result<(), BmcError> {
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        let asked = session.ask(device_id(), DOUBTFUL_ATTEMPTS).await;
        match asked {
            Ok(_) => Ok(()),
            Err(Lost::Broken(broken, attempts)) => {
                Err(broken.into_error(run.at(self.target.address, attempts), Acted::No))
            }
            Err(_) => self.log_in_anew().await,
        }
    }

    async fn ask(&mut self, run: &mut Run, attempts: u32) -> Result<(Response, u32), Lost> {
        let session = self.session.as_mut().ok_or(Lost::Over)?;
        let answer = session.ask(run.command.clone(), attempts);
        let answer = tokio::select! {
            biased;
            answer = answer => answer,
            () = run.reply.closed() => Err(Lost::Abandoned),
        };
        if answer.is_ok() && std::mem::take(&mut session.silent) {
            self.reporter.answered();
        }
        answer
    }

    /// Puts a new session in the place of one that is gone. What the BMC says of itself has to be
    /// the same.
    async fn log_in_anew(&mut self) -> Result<(), BmcError> {
        let Some(mut old) = self.session.take() else {
            return Ok(());
        };
        tracing::debug!(target = %self.target.address, "the session is gone; logging in anew");
        // Most likely it closes nothing, so one transmission has to do.
        old.link.close_within(1).await;
        let outcome = self.attempt().login().await;
        let mut session = self.logged_in(outcome)?;
        if session.opened.guid != old.opened.guid {
            let at = self.attempt().at(Stage::Identify, 1);
            session.link.close().await;
            return Err(BmcError::Closed { at });
        }
        old.opened.raised.store(false, Ordering::Relaxed);
        session.opened = Opened {
            suite: session.opened.suite,
            ..old.opened
        };
        self.session = Some(session);
        Ok(())
    }

    /// Closes the session, tells who waits for that, and leaves nobody without an answer.
    async fn close(mut self) {
        self.seat.end();
        self.take_all();
        let confirmed = match self.session.take() {
            Some(mut session) => {
                let _slot = Arc::clone(&self.sockets.slots).acquire_owned().await;
                session.link.close().await
            }
            None => false,
        };
        self.take_all();
        drop(self.permit.take());
        for done in self.told_at_end.drain(..) {
            let _ = done.send(confirmed);
        }
        let stopping = *self.sockets.stopping.borrow();
        for run in self.waiting.drain(..) {
            let at = run.at(self.target.address, 0);
            let acted = Acted::No;
            let _ = run.reply.send(Err(if stopping {
                BmcError::Cancelled { at, acted }
            } else {
                BmcError::Closed { at }
            }));
        }
    }
}

impl Session {
    /// Sends a command and waits for its answer.
    async fn ask(&mut self, command: Command, attempts: u32) -> Result<(Response, u32), Lost> {
        let client = self.link.client().ok_or(Lost::Over)?;
        if !client.command(command, Instant::now()) {
            return Err(Lost::Over);
        }
        client.limit(attempts);
        loop {
            let event = self.link.event().await;
            let sent = self.link.client().map_or(0, |client| client.attempts());
            match event {
                Ok(Event::Answered(response)) => {
                    self.heard = Instant::now();
                    self.odd = false;
                    self.taken_over = false;
                    return Ok((response, sent.max(1)));
                }
                Ok(Event::Failed {
                    failure, attempts, ..
                }) => return Err(Lost::Silence(failure, attempts)),
                Ok(Event::Closed { .. }) => return Err(Lost::Over),
                Ok(Event::Opened) => {}
                Err(broken) => return Err(Lost::Broken(broken, sent)),
            }
        }
    }
}

/// A cheap question that every BMC answers.
fn device_id() -> Command {
    Command {
        netfn: netfn::APP,
        lun: 0,
        command: GET_DEVICE_ID,
        data: Vec::new(),
        repeat: Repeat::Again,
    }
}

/// A command without a usable answer. What acts may have acted, also when rubbish came back.
fn no_answer(failure: Failure, acted: Acted, at: Where) -> BmcError {
    match failure {
        Failure::NotUnderstood(fault) if acted == Acted::No => {
            BmcError::NotUnderstood { at, fault }
        }
        _ => BmcError::NoAnswer { at, acted },
    }
}
