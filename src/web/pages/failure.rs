//! What fails with a feed, a board or a PDU: a part of their pages, a page of its own for a PDU, and the drawing as a file.

use rocket::form::FromForm;
use rocket::http::ContentType;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, PowerFeedId, PowerPanelId};
use crate::base::locale::Locale;
use crate::base::page::{PAGE_ROWS, Page, PageRequest};
use crate::facility::chain::{
    Chain, Cord, Effect, Outcome, Part, fallen_cords, fallen_pdus, planned_on, what_fails,
};
use crate::facility::{chain_around, feed_by_id, panel_by_id};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::drawing::chain::ChainDrawing;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};
use crate::words::Words;

pub(super) fn routes() -> Vec<Route> {
    routes![feed_drawing, panel_drawing, pdu, pdu_drawing]
}

/// Which part of the list is asked for.
#[derive(Debug, Clone, Default, FromForm)]
pub(super) struct FailureQuery {
    effect: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

/// A part that is taken to have failed, with the chain around it.
pub(in crate::web) struct Failing {
    /// The chain.
    pub chain: Chain,
    /// What fails.
    pub part: Part,
    /// Its name.
    pub name: String,
}

/// The chain around a part, for those who may see it.
pub(in crate::web) fn failing(c: &mut Conn, actor: &Actor, part: Part) -> Result<Failing, Fault> {
    let chain = chain_around(c, actor, part)?;
    let name = match part {
        Part::Feed(feed) => feed_by_id(c, actor, feed)?.feed.name,
        Part::Panel(panel) => panel_by_id(c, actor, panel)?.panel.name,
        Part::Pdu(pdu) => chain
            .pdus
            .get(&pdu)
            .map(|pdu| pdu.name.clone())
            .unwrap_or_default(),
    };
    Ok(Failing { chain, part, name })
}

/// The same for a page; none for those who may not see where devices hang.
pub(super) fn failing_shown(
    c: &mut Conn,
    actor: &Actor,
    part: Part,
) -> Result<Option<Failing>, Fault> {
    let may = actor.may(Permission::ViewPower) && actor.may(Permission::ViewDevices);
    may.then(|| failing(c, actor, part)).transpose()
}

impl Failing {
    fn drawn<T>(
        &self,
        words: &Words,
        locale: Locale,
        outcomes: &[Outcome<'_>],
        draw: impl FnOnce(&ChainDrawing<'_>) -> T,
    ) -> T {
        draw(&ChainDrawing {
            chain: &self.chain,
            part: self.part,
            name: &self.name,
            outcomes,
            words,
            locale,
        })
    }

    /// The drawing as a file.
    pub(in crate::web) fn file(&self, words: &Words, locale: Locale) -> String {
        let outcomes = what_fails(&self.chain, self.part);
        self.drawn(words, locale, &outcomes, |drawing| drawing.file())
    }

    /// Names of the feeds that carry a device then.
    pub(in crate::web) fn feeds_left(&self, outcome: &Outcome<'_>) -> Vec<String> {
        outcome
            .left
            .iter()
            .filter_map(|feed| self.chain.feeds.get(feed))
            .map(|feed| feed.name.clone())
            .collect()
    }

    /// The cords of a device that go dark, each with the name of its PDU.
    pub(in crate::web) fn cords<'a>(
        &'a self,
        outcome: &Outcome<'a>,
    ) -> impl Iterator<Item = (&'a str, &'a Cord)> {
        fallen_cords(&self.chain, self.part, outcome.machine).map(move |cord| {
            let pdu = self.chain.pdus.get(&cord.pdu);
            (pdu.map_or("", |pdu| pdu.name.as_str()), cord)
        })
    }

    fn drawing_href(&self) -> String {
        match self.part {
            Part::Feed(feed) => format!("/feeds/{feed}/failure.svg"),
            Part::Panel(panel) => format!("/panels/{panel}/failure.svg"),
            Part::Pdu(pdu) => format!("/devices/{pdu}/failure.svg"),
        }
    }

    /// The value `failure` of a page at `path`.
    pub(super) fn section(
        &self,
        web: &Web,
        locale: Locale,
        path: &str,
        asked: &FailureQuery,
    ) -> Value {
        let outcomes = what_fails(&self.chain, self.part);
        let count = |effect: Effect| outcomes.iter().filter(|of| of.effect == effect).count();
        let (lost, weaker) = (count(Effect::Lost), count(Effect::Weaker));
        let (unknown, untouched) = (count(Effect::Unknown), count(Effect::Untouched));
        let effect = asked.effect.as_deref().and_then(Effect::from_word);
        // Without a choice, whatever changes or may change.
        let is_wanted = |of: &Outcome<'_>| match effect {
            Some(effect) => of.effect == effect,
            None => of.effect != Effect::Untouched,
        };
        let wanted: Vec<Outcome<'_>> = outcomes
            .iter()
            .filter(|of| is_wanted(of))
            .cloned()
            .collect();
        let request = PageRequest {
            after: asked.after.clone(),
            before: asked.before.clone(),
            limit: PAGE_ROWS,
        };
        let page = Page::cut(wanted, &request, |of| of.machine.id.to_string());
        let chosen = effect.map_or("", Effect::as_str);
        let href = |name: &str, key: &str| format!("{path}?effect={chosen}&{name}={key}#failure");
        let tab = |word: &str, count: usize| {
            let key = if word.is_empty() { "all" } else { word };
            let query = if word.is_empty() {
                String::new()
            } else {
                format!("?effect={word}")
            };
            json!({
                "label": web.words.text(locale, &format!("failure-tab-{key}")),
                "href": format!("{path}{query}#failure"),
                "current": word == chosen,
                "count": count,
            })
        };
        let planned = match self.part {
            Part::Feed(feed) => Some(planned_on(&self.chain, feed).0),
            Part::Panel(_) | Part::Pdu(_) => None,
        };
        let rows: Vec<Value> = page.rows.iter().map(|of| self.row(of)).collect();
        json!({
            "drawing": self.drawn(&web.words, locale, &outcomes, |drawing| drawing.svg()),
            "svg_href": self.drawing_href(),
            "pdus": fallen_pdus(&self.chain, self.part).len(),
            "planned": planned,
            "lost": lost,
            "weaker": weaker,
            "unknown": unknown,
            "untouched": untouched,
            "tabs": [
                tab("", lost + weaker + unknown),
                tab("lost", lost),
                tab("weaker", weaker),
                tab("unknown", unknown),
                tab("untouched", untouched),
            ],
            "rows": rows,
            "newer_href": page.previous.as_ref().map(|key| href("before", key)),
            "older_href": page.next.as_ref().map(|key| href("after", key)),
        })
    }

    fn row(&self, of: &Outcome<'_>) -> Value {
        let cords: Vec<Value> = self
            .cords(of)
            .map(|(pdu, cord)| {
                json!({
                    "pdu": pdu,
                    "outlet": cord.outlet,
                    "supply": cord.supply,
                    "is_confirmed": cord.is_confirmed,
                    "is_off": cord.is_off,
                })
            })
            .collect();
        json!({
            "cords": cords,
            "id": of.machine.id,
            "name": of.machine.name,
            "owner": of.machine.owner,
            "rack": of.machine.rack_name,
            "rack_id": of.machine.rack,
            "effect": of.effect,
            "kind": kind(of.effect),
            "why": of.why,
            "left": self.feeds_left(of),
        })
    }
}

/// The state in which an effect is shown.
const fn kind(effect: Effect) -> &'static str {
    match effect {
        Effect::Lost => "fault",
        Effect::Weaker => "warning",
        Effect::Unknown => "off",
        Effect::Untouched => "ok",
    }
}

async fn drawing(web: &Web, signed: &Signed, part: Part) -> Result<(ContentType, String), Failure> {
    let actor = signed.actor.clone();
    let failing = web
        .store
        .read(move |c| failing(c, &actor, part))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let svg = failing.file(&web.words, signed.reader.locale);
    Ok((ContentType::SVG, svg))
}

#[get("/feeds/<id>/failure.svg")]
async fn feed_drawing(
    web: &State<Web>,
    signed: Signed,
    id: i64,
) -> Result<(ContentType, String), Failure> {
    drawing(web, &signed, Part::Feed(PowerFeedId::new(id))).await
}

#[get("/panels/<id>/failure.svg")]
async fn panel_drawing(
    web: &State<Web>,
    signed: Signed,
    id: i64,
) -> Result<(ContentType, String), Failure> {
    drawing(web, &signed, Part::Panel(PowerPanelId::new(id))).await
}

#[get("/devices/<id>/failure.svg")]
async fn pdu_drawing(
    web: &State<Web>,
    signed: Signed,
    id: i64,
) -> Result<(ContentType, String), Failure> {
    drawing(web, &signed, Part::Pdu(DeviceId::new(id))).await
}

#[get("/devices/<id>/failure?<asked..>")]
async fn pdu(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    asked: FailureQuery,
) -> Result<Answer, Failure> {
    let (actor, part) = (signed.actor.clone(), Part::Pdu(DeviceId::new(id)));
    let failing = web
        .store
        .read(move |c| failing(c, &actor, part))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let title = Message::new("failure-of").with("name", failing.name.as_str());
    let device = format!("/devices/{id}");
    let section = failing.section(web, locale, &format!("{device}/failure"), &asked);
    View::new(
        web,
        &signed.reader,
        "feeds/pdu_failure.html",
        &web.words.say(locale, &title),
        "devices",
    )
    .crumbs(&[
        (&web.words.text(locale, "devices-title"), "/devices"),
        (&failing.name, &device),
    ])
    .with("failure", section)
    .answer()
}
