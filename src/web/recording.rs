//! Recordings of consoles as people take them along, from pages and from the programming interface.

use super::Web;
use super::console::note_text;
use super::view::Answer;
use crate::base::fault::Fault;
use crate::base::ids::ConsoleId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::console::ops::{console_parts, console_replayed};
use crate::power::console::{ConsoleSession, Frame, Note, cast, frames, unpack};

/// The frames of a recording; that someone reads them is written down.
pub(super) async fn recorded(
    web: &Web,
    actor: &Actor,
    id: ConsoleId,
) -> Result<(ConsoleSession, Vec<Frame>), Fault> {
    let reader = actor.clone();
    let (session, parts) = web
        .store
        .write("console.replay", move |c| {
            Ok((
                console_replayed(c, &reader, id)?,
                console_parts(c, &reader, id)?,
            ))
        })
        .await?;
    let mut all = Vec::new();
    for part in &parts {
        let raw = unpack(part).and_then(|raw| frames(&raw));
        all.extend(raw.map_err(Fault::internal)?);
    }
    Ok((session, all))
}

/// A note of a recording in the reader's words; empty for one that this version does not know.
pub(super) fn recorded_note(
    web: &Web,
    actor: &Actor,
    session: &ConsoleSession,
    frame: &Frame,
) -> String {
    let note = std::str::from_utf8(&frame.octets)
        .ok()
        .and_then(Note::from_text);
    let at = Timestamp::from_millis(session.opened_at.millis() + i64::from(frame.at_ms));
    note.map_or_else(String::new, |note| {
        note_text(web, actor.locale, web.settings.zone, at, &note)
    })
}

/// A recording as an asciicast, version 2.
pub(super) async fn recording_cast(
    web: &Web,
    actor: &Actor,
    id: ConsoleId,
) -> Result<Answer, Fault> {
    let (session, frames) = recorded(web, actor, id).await?;
    let text = cast(&session.machine, session.opened_at, &frames, |frame| {
        recorded_note(web, actor, &session, frame)
    });
    Ok(Answer::File {
        name: format!("console-{id}.cast"),
        media_type: "application/x-asciicast",
        body: text.into_bytes(),
    })
}
