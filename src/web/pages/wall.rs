//! The wall: uplinks and top talkers, for a screen that everybody sees.

use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::ports::kind;
use crate::base::units::BitsPerSecond;
use crate::metering::{
    PortState, TalkSpan, Talker, Uplink, wall_talkers, wall_uplink_count, wall_uplinks,
};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![wall]
}

const TALKERS: usize = 12;
/// Size of the little graphs.
const COURSE_WIDTH: f64 = 160.0;
const COURSE_HEIGHT: f64 = 32.0;
/// From here on a line or a commitment is nearly full.
const NEARLY_FULL_PERCENT: i64 = 80;

/// Regions of the page; each fetches itself again.
const UPLINKS: &str = "uplinks";
const TALKERS_OF: &str = "talkers";

#[get("/wall?<span>&<by>&<part>")]
async fn wall(
    web: &State<Web>,
    signed: Signed,
    span: Option<&str>,
    by: Option<&str>,
    part: Option<&str>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let span = span.and_then(TalkSpan::from_word).unwrap_or(TalkSpan::Now);
    let by_percent = by == Some("percent");
    // Only what is looked at is computed.
    let shows_uplinks = part != Some(TALKERS_OF);
    let shows_talkers = part != Some(UPLINKS);
    let ((uplinks, uplink_count), talkers) = web
        .store
        .read(move |c| {
            let uplinks = if shows_uplinks {
                (wall_uplinks(c, &actor)?, wall_uplink_count(c, &actor)?)
            } else {
                (Vec::new(), 0)
            };
            let talkers = if shows_talkers {
                wall_talkers(c, &actor, span, by_percent, TALKERS)?
            } else {
                Vec::new()
            };
            Ok((uplinks, talkers))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let title = web.words.text(signed.reader.locale, "wall-title");
    View::new(web, &signed.reader, "wall/board.html", &title, "network")
        .with("shows_uplinks", shows_uplinks)
        .with("shows_talkers", shows_talkers)
        .with("uplink_count", uplink_count)
        .with("uplinks", uplinks.iter().map(uplink).collect::<Vec<_>>())
        .with("talkers", talkers.iter().map(talker).collect::<Vec<_>>())
        .with("span", span)
        .with("spans", TalkSpan::ALL)
        .with("by", if by_percent { "percent" } else { "rate" })
        .answer()
}

fn uplink(row: &Uplink) -> Value {
    let port = &row.port;
    let (percent, state) = (row.percent(), row.state());
    let is_full = percent.is_some_and(|percent| percent >= NEARLY_FULL_PERCENT);
    json!({
        "href": format!("/ports/{}", port.id),
        "device": row.device,
        "name": port.name,
        "alias": port.alias,
        "state": state,
        "state_kind": uplink_kind(row),
        "is_silent": row.is_silent,
        "tile": tile(uplink_kind(row), is_full),
        "speed_bps": port.line_speed(),
        "in_bps": row.rate.inward,
        "out_bps": row.rate.outward,
        "percent": percent,
        "meter": meter(percent),
        "is_suspect": row.rate.is_suspect,
        "lines": lines(&row.course),
    })
}

/// An uplink that does not work is a fault, which a port of a customer is not.
const fn uplink_kind(row: &Uplink) -> &'static str {
    match row.state() {
        _ if row.is_silent => "warning",
        PortState::Down | PortState::Missing => "fault",
        state => kind(state),
    }
}

/// The kind of tile: what does not work goes before what is full.
fn tile(kind: &str, is_full: bool) -> &str {
    match (kind, is_full) {
        ("fault" | "warning", _) => kind,
        (_, true) => "warning",
        _ => "plain",
    }
}

fn talker(row: &Talker) -> Value {
    let percent = row.percent();
    json!({
        "href": format!("/allocations/{}", row.allocation_id),
        "allocation": row.allocation,
        "customer": row.customer,
        "in_bps": row.rate.inward,
        "out_bps": row.rate.outward,
        "committed_bps": row.committed,
        "percent": percent,
        "meter": meter(percent),
        "is_suspect": row.rate.is_suspect,
    })
}

/// What a meter of 100 shows.
fn meter(percent: Option<i64>) -> i64 {
    percent.unwrap_or(0).clamp(0, 100)
}

/// The course as points of lines, one for each stretch with data.
fn lines(course: &[Option<BitsPerSecond>]) -> Vec<String> {
    let most = course.iter().flatten().map(|rate| rate.get()).max();
    let most = most.unwrap_or(0).max(1) as f64;
    let step = COURSE_WIDTH / course.len().saturating_sub(1).max(1) as f64;
    let mut lines = vec![String::new()];
    for (index, rate) in course.iter().enumerate() {
        match (rate, lines.last_mut()) {
            (Some(rate), Some(line)) => {
                let (x, share) = (index as f64 * step, rate.get() as f64 / most);
                let y = COURSE_HEIGHT - 1.0 - share * (COURSE_HEIGHT - 2.0);
                line.push_str(&format!("{x:.1},{y:.1} "));
            }
            _ => lines.push(String::new()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_work_goes_before_what_is_full() {
        let tiles = [
            ("fault", true),
            ("warning", false),
            ("ok", true),
            ("off", false),
        ];
        let drawn = tiles.map(|(kind, is_full)| tile(kind, is_full));
        assert_eq!(drawn, ["fault", "warning", "warning", "plain"]);
    }

    #[test]
    fn a_gap_parts_the_course() {
        let rate = |bps: i64| Some(BitsPerSecond::new(bps));
        let drawn = lines(&[rate(0), rate(10), None, rate(5), rate(10)]);
        assert_eq!(drawn, ["0.0,31.0 40.0,1.0 ", "120.0,16.0 160.0,1.0 "]);
        assert!(lines(&[]).is_empty() && lines(&[None]).is_empty());
    }
}
