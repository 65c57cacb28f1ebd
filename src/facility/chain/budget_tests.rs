//! Budgets of racks: the worst surviving feed decides.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn id(feed: i64) -> PowerFeedId {
    PowerFeedId::new(feed)
}

fn draw(is_own: bool, watts: Option<i64>, feeds: &[i64]) -> Draw {
    Draw {
        is_own,
        watts,
        feeds: feeds.iter().copied().map(id).collect(),
    }
}

fn own(watts: i64, feeds: &[i64]) -> Draw {
    draw(true, Some(watts), feeds)
}

fn of(usable: &[i64], draws: &[Draw]) -> Budget {
    let usable: BTreeMap<PowerFeedId, i64> = (1..).map(id).zip(usable.iter().copied()).collect();
    let serving = usable.keys().copied().collect();
    budget(&usable, &serving, draws)
}

/// What the worst surviving feed is, what it carries of the rack and of others, and what the rack may draw.
fn worst(budget: &Budget) -> (i64, i64, i64, i64, i64) {
    let pinch = budget.worst.unwrap();
    (
        pinch.failed.get(),
        pinch.on.get(),
        pinch.own,
        pinch.others,
        pinch.budget(),
    )
}

#[test]
fn two_feeds_are_as_good_as_the_smaller_one() {
    let found = of(&[5632, 2816], &[own(1000, &[1, 2]), own(501, &[1, 2])]);
    assert_eq!(worst(&found), (1, 2, 1501, 0, 2816));
    assert_eq!(
        (found.verdict, found.watts, found.dark),
        (Verdict::Fits, 1501, 0)
    );
    assert_eq!(found.worst.unwrap().percent(), 54, "rounded up");
}

#[test]
fn what_fits_on_both_may_not_fit_on_one() {
    // 3,000 W are 1,500 W on each: that would look fine on A plus B.
    let found = of(&[2816, 2816], &[own(3000, &[1, 2])]);
    assert_eq!(
        (found.verdict, found.worst.unwrap().margin()),
        (Verdict::Over, -184)
    );
    // Three phases of 230 V and 32 A at 80 % carry 17,664 VA.
    let three = of(&[17_664, 17_664], &[own(17_664, &[1, 2])]);
    assert_eq!(
        (three.verdict, three.worst.unwrap().percent()),
        (Verdict::Fits, 100)
    );
}

#[test]
fn others_on_the_same_feed_leave_less() {
    let draws = [
        own(500, &[1, 2]),
        draw(false, Some(900), &[1, 2]),
        draw(false, Some(300), &[2]),
        draw(false, Some(5000), &[9]),
    ];
    let found = of(&[2000, 2000], &draws);
    assert_eq!(worst(&found), (1, 2, 500, 1200, 800));
}

#[test]
fn a_device_moves_all_of_its_draw_to_the_cords_that_are_left() {
    // Two PDUs of one feed: dark without it, and half on each cord otherwise.
    let same = of(&[1000, 1000], &[own(401, &[1, 1])]);
    assert_eq!((same.dark, same.worst.unwrap().own), (401, 402));
    // Three supplies, two of them on A.
    let three = of(&[1000, 1000], &[own(100, &[1, 1, 2])]);
    assert_eq!(worst(&three), (1, 2, 100, 0, 1000));
    // Three feeds: the two that are left take half each, and a part of a watt is a whole one.
    let spread = of(&[1000, 1000, 60], &[own(101, &[1, 2, 3])]);
    assert_eq!(worst(&spread), (1, 3, 51, 0, 60));
}

#[test]
fn what_nobody_knows_is_counted_and_not_guessed() {
    let draws = [
        own(100, &[1, 2]),
        draw(true, None, &[1, 2]),
        own(70, &[]),
        draw(false, None, &[1]),
    ];
    let found = of(&[1000, 1000], &draws);
    assert_eq!((found.unknown, found.watts), (2, 170));
    assert_eq!(found.worst.unwrap().own, 100);
    let silent = of(&[1000, 1000], &[draw(true, None, &[1, 2])]);
    assert_eq!(silent.verdict, Verdict::NoFigures);
}

#[test]
fn one_feed_leaves_nothing() {
    let found = of(&[1000], &[own(100, &[1])]);
    assert_eq!(
        (found.verdict, found.worst, found.dark),
        (Verdict::NothingLeft, None, 100)
    );
    assert_eq!(of(&[], &[own(100, &[])]).verdict, Verdict::NoFeeds);
}
