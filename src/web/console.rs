//! The live end of a console: a WebSocket between a browser and a seat at a machine's console.
//!
//! Binary messages are characters, typed or shown. Text messages are JSON objects: wishes one way
//! (`{"do": "break"}`), and how things stand, notes and the end the other way.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use rocket::futures::stream::{SplitSink, SplitStream};
use rocket::futures::{SinkExt, StreamExt};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, State, get, routes};
use rocket_ws::result::Error;
use rocket_ws::stream::DuplexStream;
use rocket_ws::{Channel, Config, Message as Frame, WebSocket};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};

use super::guards::Signed;
use super::{Failure, Web};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, SessionId};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::identity::ops::session_by_id;
use crate::identity::{Actor, Permission};
use crate::power::console::ops::{attendance, may_attend};
use crate::power::console::{
    Attach, Attended, EndReason, Keyboard, LineFuture, Note, Seat, Seen, Wish, reason,
};

/// How often it is checked that the person may still sit here.
const CHECK: Duration = Duration::from_secs(3);
/// How often a silent browser is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// A browser that takes nothing for this long is gone.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest message of a browser, octets.
const LONGEST_MESSAGE: usize = 64 * 1024;

pub(super) fn routes() -> Vec<Route> {
    routes![line]
}

/// Whether the page that asks is one of ours. Browsers send cookies along with WebSockets that
/// pages of other sites open, and say where the page is from.
struct FromOwnPage(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for FromOwnPage {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let headers = request.headers();
        let web = request.rocket().state::<Web>();
        let public = web.map_or("", |web| web.settings.public_url.as_str());
        Outcome::Success(Self(is_own_page(
            headers.get_one("Origin"),
            headers.get_one("Host"),
            public,
        )))
    }
}

/// An origin is ours when its host and port are those that were asked for, or the public ones.
fn is_own_page(origin: Option<&str>, host: Option<&str>, public: &str) -> bool {
    let Some(origin) = origin else { return false };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_host = host.is_some_and(|host| {
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    });
    is_host || origin.eq_ignore_ascii_case(public)
}

#[get("/devices/<id>/console/line?<watch>&<reason>")]
async fn line(
    web: &State<Web>,
    signed: Signed,
    socket: Option<WebSocket>,
    from: FromOwnPage,
    id: i64,
    watch: bool,
    reason: Option<&str>,
) -> Result<Channel<'static>, Failure> {
    let may_write = signed.actor.may(Permission::UseConsole);
    let seat = if watch || !may_write {
        Seat::Watch
    } else {
        Seat::Write
    };
    let device = DeviceId::new(id);
    let refused = |fault| signed.failure(fault);
    let actor = signed.actor.clone();
    web.store
        .read(move |c| attendance(c, &actor, device, seat))
        .await
        .map_err(refused)?;
    let asked = Attach {
        actor: signed.actor.clone(),
        device,
        seat,
        reason: self::reason(reason.unwrap_or_default()).map_err(refused)?,
    };
    let socket = socket.ok_or_else(|| {
        let message = Message::new("console-fault-no-socket");
        refused(Fault::new(crate::base::fault::FaultKind::Invalid, message))
    })?;
    if !from.0 {
        return Err(refused(Fault::forbidden()));
    }
    let config = Config {
        max_message_size: Some(LONGEST_MESSAGE),
        max_frame_size: Some(LONGEST_MESSAGE),
        ..Config::default()
    };
    let end = End {
        web: Web::clone(web),
        locale: signed.reader.locale,
        session: signed.session.session.id,
        may_write,
    };
    Ok(socket
        .config(config)
        .channel(move |stream| Box::pin(end.serve(stream, asked))))
}

/// A wish as a browser sends it.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Said {
    Break,
    Take,
    Evict,
    Reopen,
    Size { columns: u16, rows: u16 },
}

impl Said {
    const fn wish(self) -> Wish {
        match self {
            Self::Break => Wish::Break,
            Self::Take => Wish::TakeOver,
            Self::Evict => Wish::Evict,
            Self::Reopen => Wish::Reopen,
            Self::Size { columns, rows } => Wish::Size(columns, rows),
        }
    }
}

/// What the end of one browser needs to know.
struct End {
    web: Web,
    locale: Locale,
    session: SessionId,
    may_write: bool,
}

type Sink = SplitSink<DuplexStream, Frame>;

/// Why the loop of a browser ended.
enum Over {
    /// The browser is gone.
    Gone,
    /// The right ended.
    Right,
    /// The console ended, or the browser was too slow; it was told.
    Console,
}

impl End {
    async fn serve(self, stream: DuplexStream, asked: Attach) -> Result<(), Error> {
        let (mut sink, source) = stream.split();
        let actor = asked.actor.clone();
        let device = asked.device;
        match self.web.consoles.attach(asked).await {
            Err(fault) => {
                let text = self.web.words.say(self.locale, &fault.message);
                tracing::info!(%fault, "a console was refused");
                send(&mut sink, json!({"fault": text})).await;
            }
            Ok(attended) => {
                let over = self
                    .attend(&mut sink, source, attended, &actor, device)
                    .await;
                if matches!(over, Over::Right) {
                    send(&mut sink, self.ended(EndReason::Right)).await;
                }
            }
        }
        // Whether the browser hears of the end or is gone makes no difference.
        let _ = tokio::time::timeout(PATIENCE, sink.close()).await;
        Ok(())
    }

    async fn attend(
        &self,
        sink: &mut Sink,
        mut source: SplitStream<DuplexStream>,
        attended: Attended,
        actor: &Actor,
        device: DeviceId,
    ) -> Over {
        let Attended {
            mut screen,
            keyboard,
            console,
        } = attended;
        if !send(sink, json!({"console": console})).await {
            return Over::Gone;
        }
        let mut check = interval_at(Instant::now() + CHECK, CHECK);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ping = interval(PING);
        let mut typing: Option<LineFuture<'static, bool>> = None;
        loop {
            tokio::select! {
                seen = screen.next() => match seen {
                    None => {
                        let text = self.web.words.text(self.locale, "console-too-slow");
                        send(sink, json!({"lagging": text})).await;
                        return Over::Console;
                    }
                    Some(Seen::Ended(reason)) => {
                        send(sink, self.ended(reason)).await;
                        return Over::Console;
                    }
                    Some(seen) => if !self.show(sink, seen).await {
                        return Over::Gone;
                    }
                },
                // While the line takes what was typed nothing more is read: the browser waits.
                frame = source.next(), if typing.is_none() => match frame {
                    Some(Ok(Frame::Close(_)) | Err(_)) | None => return Over::Gone,
                    Some(Ok(frame)) => typing = self.said(frame, &keyboard),
                },
                lives = typed(&mut typing), if typing.is_some() => {
                    typing = None;
                    if !lives {
                        return Over::Console;
                    }
                }
                _ = check.tick() => match self.stands(actor, device).await {
                    Ok(true) => {}
                    outcome => {
                        if let Err(fault) = outcome {
                            tracing::error!(%fault, "a console ends: its right can't be checked");
                        }
                        keyboard.wish(Wish::Expelled).await;
                        return Over::Right;
                    }
                },
                _ = ping.tick() => if !send_frame(sink, Frame::Ping(Vec::new())).await {
                    return Over::Gone;
                },
            }
        }
    }

    /// What a browser said, on its way to the room; none for what means nothing.
    fn said(
        &self,
        frame: Frame,
        keyboard: &Arc<dyn Keyboard>,
    ) -> Option<LineFuture<'static, bool>> {
        let keyboard = keyboard.clone();
        match frame {
            Frame::Binary(octets) => Some(Box::pin(async move { keyboard.typed(octets).await })),
            Frame::Text(text) => {
                let said: Said = serde_json::from_str(&text).ok()?;
                Some(Box::pin(async move { keyboard.wish(said.wish()).await }))
            }
            _ => None,
        }
    }

    /// Whether the person may still sit here: signed in, with the rights they came with.
    async fn stands(&self, actor: &Actor, device: DeviceId) -> Result<bool, Fault> {
        let (session, actor, may_write) = (self.session, actor.clone(), self.may_write);
        self.web
            .store
            .read(move |c| {
                let now = Timestamp::now();
                let Some(signed) = session_by_id(c, session, now)? else {
                    return Ok(false);
                };
                let actor = Actor {
                    role: signed.user.role,
                    customer_id: signed.user.customer_id,
                    now,
                    ..actor
                };
                let seat = if may_write { Seat::Write } else { Seat::Watch };
                may_attend(c, &actor, device, seat)
            })
            .await
    }

    async fn show(&self, sink: &mut Sink, seen: Seen) -> bool {
        match seen {
            Seen::Octets(octets) => send_frame(sink, Frame::Binary(octets.to_vec())).await,
            Seen::Note(at, note) => {
                let (zone, locale) = (self.web.settings.zone, self.locale);
                send(
                    sink,
                    json!({"note": note_text(&self.web, locale, zone, at, &note)}),
                )
                .await
            }
            Seen::Standing(standing) => {
                let value = json!({"standing": {
                    "line": standing.line.word(),
                    "writer": standing.writer,
                    "is_writer": standing.is_writer,
                    "people": standing.people,
                    "waiting": standing.waiting,
                }});
                send(sink, value).await
            }
            Seen::Ended(reason) => send(sink, self.ended(reason)).await,
        }
    }

    fn ended(&self, reason: EndReason) -> Value {
        let message = Message::new("console-ended").with("reason", reason.as_str());
        json!({"ended": self.web.words.say(self.locale, &message)})
    }
}

/// A note in the reader's words, with the time of day.
pub(super) fn note_text(web: &Web, locale: Locale, zone: Tz, at: Timestamp, note: &Note) -> String {
    let time = at.to_utc().with_timezone(&zone).format("%H:%M:%S");
    format!("{time} {}", web.words.say(locale, note.message()))
}

async fn typed(typing: &mut Option<LineFuture<'static, bool>>) -> bool {
    match typing {
        Some(typing) => typing.as_mut().await,
        None => true,
    }
}

/// Sends a JSON object; false when the browser is gone.
async fn send(sink: &mut Sink, value: Value) -> bool {
    send_frame(sink, Frame::Text(value.to_string())).await
}

async fn send_frame(sink: &mut Sink, frame: Frame) -> bool {
    matches!(
        tokio::time::timeout(PATIENCE, sink.send(frame)).await,
        Ok(Ok(()))
    )
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn only_pages_of_this_host_or_of_the_public_address_are_ours() {
        let public = "https://rooms.example";
        for (origin, host, ours) in [
            (Some("https://rooms.example"), Some("10.0.0.7:8000"), true),
            (Some("http://10.0.0.7:8000"), Some("10.0.0.7:8000"), true),
            (
                Some("http://ROOMS.example:80"),
                Some("rooms.example:80"),
                true,
            ),
            (Some("https://evil.example"), Some("rooms.example"), false),
            (
                Some("https://rooms.example.evil.example"),
                Some("rooms.example"),
                false,
            ),
            (Some("http://10.0.0.7:9000"), Some("10.0.0.7:8000"), false),
            (Some("null"), Some("rooms.example"), false),
            (None, Some("rooms.example"), false),
            (Some("https://evil.example"), None, false),
        ] {
            assert_eq!(
                is_own_page(origin, host, public),
                ours,
                "{origin:?} {host:?}"
            );
        }
    }
}
