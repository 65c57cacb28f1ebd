use super::*;

const BEGIN: Timestamp = Timestamp::from_millis(1_795_334_400_000);

/// A machine with outlets that obey at once, unless they are stuck; gives what they were told and how it ended.
fn play(action: Action, states: &str, stuck: &[usize], told: Vec<Told>) -> (String, Next) {
    let mut states: Vec<PowerState> = states.chars().map(state).collect();
    let deadline = BEGIN.plus_seconds(60);
    let mut run = OutletRun::new(action, deadline, (10_000, 60_000), told, None);
    let mut heard = String::new();
    for second in 0..400 {
        let read: Vec<_> = states.iter().copied().map(Some).collect();
        match run.next(BEGIN.plus_seconds(second), &read) {
            Next::Tell { outlet, on } => {
                heard.push_str(&format!("{outlet}{}", if on { '+' } else { '-' }));
                if !stuck.contains(&outlet)
                    && let Some(state) = states.get_mut(outlet)
                {
                    *state = if on { PowerState::On } else { PowerState::Off };
                }
            }
            Next::SeenOff => heard.push('.'),
            Next::Wait => {}
            end => return (heard, end),
        }
    }
    (heard, Next::Wait)
}

fn state(letter: char) -> PowerState {
    match letter {
        '+' => PowerState::On,
        '-' => PowerState::Off,
        _ => PowerState::Unknown,
    }
}

#[test]
fn outlets_are_told_once_each_and_in_their_order() {
    for (action, states, stuck, heard, end) in [
        (Action::Off, "++", vec![], "0-1-", Next::Shown),
        (Action::Off, "-+", vec![], "1-", Next::Shown),
        (Action::On, "--", vec![], "0+1+", Next::Shown),
        (Action::On, "+-", vec![], "1+", Next::Shown),
        (Action::Cycle, "++", vec![], "0-1-.0+1+", Next::Shown),
        (Action::Cycle, "-+", vec![], "1-.0+1+", Next::Shown),
        (Action::Off, "++", vec![1], "0-1-", Next::TimedOut(vec![1])),
        (Action::On, "--", vec![0], "0+", Next::TimedOut(vec![0, 1])),
        (Action::Cycle, "++", vec![1], "0-1-0+", Next::Restored),
    ] {
        let told = vec![Told::default(); 2];
        let played = play(action, states, &stuck, told);
        assert_eq!(
            played,
            (heard.to_owned(), end),
            "{action} {states} {stuck:?}"
        );
    }
}

#[test]
fn what_was_told_before_a_restart_is_not_told_again() {
    let off = Told {
        off: true,
        on: false,
    };
    let (heard, end) = play(Action::Off, "++", &[], vec![off, Told::default()]);
    assert_eq!((heard.as_str(), end), ("1-", Next::TimedOut(vec![0])));
    let (heard, end) = play(Action::Cycle, "--", &[], vec![off, off]);
    assert_eq!((heard.as_str(), end), (".0+1+", Next::Shown));
}

#[test]
fn a_cycle_rests_without_power() {
    let told = vec![Told {
        off: true,
        on: false,
    }];
    let mut run = OutletRun::new(
        Action::Cycle,
        BEGIN.plus_seconds(60),
        (10_000, 60_000),
        told,
        Some(BEGIN),
    );
    let off = [Some(PowerState::Off)];
    assert_eq!(run.next(BEGIN.plus_millis(9_999), &off), Next::Wait);
    let on = Next::Tell {
        outlet: 0,
        on: true,
    };
    assert_eq!(run.next(BEGIN.plus_millis(10_000), &off), on);
    assert_eq!(run.next(BEGIN.plus_millis(10_001), &[None]), Next::Wait);
    assert_eq!(run.next(BEGIN.plus_millis(69_999), &off), Next::Wait);
    let over = Next::TimedOut(vec![0]);
    assert_eq!(run.next(BEGIN.plus_millis(70_000), &off), over);
}

#[test]
fn one_outlet_with_power_is_power() {
    for (read, known) in [
        ("+-", '+'),
        ("+?", '+'),
        ("--", '-'),
        ("-?", '?'),
        ("", '?'),
    ] {
        let states: Vec<_> = read.chars().map(state).collect();
        assert_eq!(state_of(&states), state(known), "{read}");
    }
}

#[test]
fn what_is_so_already_is_not_told() {
    let word = |action, read: &str, confirmed| {
        let read: Vec<_> = read.chars().map(state).collect();
        match before(action, &read, confirmed) {
            Before::Send => "send",
            Before::Done(detail) | Before::Refuse(detail) => detail.key(),
        }
    };
    for (action, read, confirmed, wanted) in [
        (Action::On, "++", false, "power-detail-already-on"),
        (Action::On, "+-", false, "send"),
        (Action::Off, "--", false, "power-detail-already-off"),
        (Action::Off, "+-", false, "send"),
        (Action::Off, "+?", false, "power-detail-state-unknown"),
        (Action::Off, "+?", true, "send"),
        (Action::Cycle, "--", false, "power-detail-is-off"),
        (Action::Cycle, "+?", true, "power-detail-state-unknown"),
    ] {
        assert_eq!(word(action, read, confirmed), wanted, "{action} {read}");
    }
}
