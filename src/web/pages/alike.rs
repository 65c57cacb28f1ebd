//! What the pages of changing several records alike have in common.

use serde_json::{Value, json};

use super::saving::form_status;
use crate::base::alike::{AlikeId, MOST_CHANGED};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

/// Where the records of a change are sent back.
pub(super) const SEEN: &str = "seen";

/// The records whose ticks an address carries, each once.
pub(super) fn ticked<I: AlikeId>(texts: &[String]) -> Result<Vec<I>, Fault> {
    let mut ids: Vec<I> = Vec::with_capacity(texts.len());
    for text in texts {
        let id: I = text.trim().parse().map_err(|_| Fault::not_found())?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(Fault::field("id", Message::new(I::SAID.none)));
    }
    if ids.len() > MOST_CHANGED {
        let message = Message::new(I::SAID.many).with("most", MOST_CHANGED);
        return Err(Fault::field("id", message));
    }
    Ok(ids)
}

/// A fault as it stands above the preview, which tells of each record itself.
pub(super) fn above(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::Conflict | FaultKind::Stale => Fault {
            fields: Vec::new(),
            ..fault
        },
        _ => fault,
    }
}

/// A record as the preview shows it.
pub(super) struct Line {
    /// Row id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// As it is sent back.
    pub seen: String,
    /// What becomes different: label, before, after.
    pub changes: Vec<Value>,
    /// Why it cannot be.
    pub refusal: Option<Fault>,
}

/// The page that shows what would become of each record.
pub(super) struct Preview<'a> {
    /// The program's face.
    pub web: &'a Web,
    /// Who reads.
    pub signed: &'a Signed,
    /// Template of the kind.
    pub template: &'static str,
    /// The list: `/devices`.
    pub path: &'static str,
    /// The section of the navigation.
    pub area: &'static str,
    /// Title of the list.
    pub list: String,
    /// Head of the column of names.
    pub name: String,
    /// The title for so many records.
    pub title: fn(usize) -> Message,
    /// The button that writes so many changes.
    pub submit: fn(usize) -> Message,
    /// The button that leaves so many refused ones out.
    pub without: fn(usize) -> Message,
}

impl Preview<'_> {
    fn refusal(&self, fault: &Fault) -> String {
        let say = |message: &Message| self.web.words.say(self.signed.reader.locale, message);
        if fault.fields.is_empty() {
            return say(&fault.message);
        }
        let said: Vec<String> = fault
            .fields
            .iter()
            .map(|field| say(&field.message))
            .collect();
        said.join(" ")
    }

    /// The page; what is written is what it was told, not what the records are by now.
    pub(super) fn view(
        &self,
        fields: &Fields,
        lines: &[Line],
        fault: Option<&Fault>,
    ) -> Result<Answer, Failure> {
        let (web, locale) = (self.web, self.signed.reader.locale);
        let say = |message: &Message| web.words.say(locale, message);
        let is_fine = |line: &&Line| line.refusal.is_none();
        let fine: Vec<&Line> = lines.iter().filter(is_fine).collect();
        let changed = fine.iter().filter(|line| !line.changes.is_empty()).count();
        let refused = lines.len().saturating_sub(fine.len());
        let fine: Vec<&str> = fine.iter().map(|line| line.seen.as_str()).collect();
        let rows: Vec<Value> = lines
            .iter()
            .map(|line| {
                json!({
                    "id": line.id,
                    "name": line.name,
                    "changes": line.changes,
                    "refusal": line.refusal.as_ref().map(|fault| self.refusal(fault)),
                })
            })
            .collect();
        let kept: Vec<(&str, &str)> = fields
            .iter()
            .filter(|(name, _)| !matches!(*name, "reason" | SEEN))
            .collect();
        let action = format!("{}/bulk", self.path);
        View::new(
            web,
            &self.signed.reader,
            self.template,
            &say(&(self.title)(lines.len())),
            self.area,
        )
        .crumbs(&[(&self.list, self.path)])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with(
            "alike",
            json!({
                "path": self.path,
                "title": self.list,
                "name": self.name,
                "without": say(&(self.without)(refused)),
            }),
        )
        .with("rows", rows)
        .with("kept", kept)
        .with("seen", fields.all(SEEN).collect::<Vec<_>>())
        .with("fine", fine)
        .with("changed", changed)
        .with("refused", refused)
        .with("submit", say(&(self.submit)(changed)))
        .status(form_status(fault))
        .answer()
    }
}
