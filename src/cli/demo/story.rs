//! What happened before the first start: visits of the last days and of today, and machines that were switched.

use chrono_tz::Tz;

use crate::access::{
    check_in, check_out, rack_choices, visit_announce, visit_by_number, visit_close, visit_no_show,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::ops::{
    Letters, Sent, device_named, endpoint_of_device, intent_claim, intent_finish, intent_note,
    intent_request, intent_send, intent_started, intent_verifying, outcome_observed,
};
use crate::power::{Action, Detail, IntentState, Limits, PowerState, Wish};
use crate::store::Conn;
use crate::tenancy::customer_by_code;

use super::logins::acting;

const HOUR_S: i64 = 3_600;
/// The executor of the past.
const EXECUTOR: &str = "demo";

/// What the story is told with.
struct Teller<'a> {
    keyring: &'a Keyring,
    public_url: &'a str,
    zone: Tz,
    now: Timestamp,
}

/// Tells all of it, in one transaction, the oldest first.
pub fn tell(
    c: &mut Conn,
    keyring: &Keyring,
    public_url: &str,
    zone: Tz,
    now: Timestamp,
) -> Result<(), Fault> {
    let teller = Teller {
        keyring,
        public_url,
        zone,
        now,
    };
    for power in POWER.iter().filter(|power| power.hours_ago > 48) {
        teller.switch(c, power)?;
    }
    for visit in VISITS {
        teller.visit(c, visit)?;
    }
    for power in POWER.iter().filter(|power| power.hours_ago <= 48) {
        teller.switch(c, power)?;
    }
    Ok(())
}

/// How a visit of the story went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    /// They came, left and it was written up.
    Closed,
    /// Nobody came.
    NoShow,
    /// They are inside now.
    Inside,
    /// They may come.
    Expected,
    /// The operator has not answered yet.
    Asked,
}

/// A visit: hours from now to its planned start (past ones negative) and how long it is planned.
struct Visit {
    host: &'static str,
    by: &'static str,
    rack: &'static str,
    purpose: &'static str,
    about: &'static str,
    from_h: i64,
    long_h: i64,
    people: &'static [Guest],
    course: Course,
}

/// Name, company, phone, first 17 digits of an invented identity number.
type Guest = (&'static str, &'static str, &'static str, &'static str);

const LIN: Guest = ("林岸", "青苔谷云计算", "+861000000201", "99000019850412001");
const TAO: Guest = (
    "陶一苇",
    "青苔谷云计算",
    "+861000000202",
    "99000019930928011",
);
const GU: Guest = (
    "顾北辰",
    "星砾互动娱乐",
    "+861000000204",
    "99000019880607013",
);
const MEI: Guest = (
    "梅若溪",
    "远帆设备服务",
    "+861000000231",
    "99000019900115022",
);
const QIN: Guest = ("秦川", "远帆设备服务", "+861000000232", "99000019791203031");

const VISITS: &[Visit] = &[
    Visit {
        host: "mossvale",
        by: "operations",
        rack: "A02",
        purpose: "install",
        about: "两台新服务器上架",
        from_h: -9 * 24,
        long_h: 6,
        people: &[LIN, MEI],
        course: Course::Closed,
    },
    Visit {
        host: "starshingle",
        by: "starshingle-admin",
        rack: "B01",
        purpose: "inspection",
        about: "季度巡检",
        from_h: -6 * 24,
        long_h: 3,
        people: &[GU],
        course: Course::Closed,
    },
    Visit {
        host: "mossvale",
        by: "mossvale-admin",
        rack: "A02",
        purpose: "repair",
        about: "更换硬盘",
        from_h: -3 * 24,
        long_h: 2,
        people: &[TAO],
        course: Course::Closed,
    },
    Visit {
        host: "starshingle",
        by: "operations",
        rack: "B01",
        purpose: "delivery",
        about: "送备件",
        from_h: -26,
        long_h: 2,
        people: &[QIN],
        course: Course::NoShow,
    },
    Visit {
        host: "starshingle",
        by: "starshingle-admin",
        rack: "B01",
        purpose: "repair",
        about: "更换电源模块",
        from_h: -1,
        long_h: 5,
        people: &[MEI, QIN],
        course: Course::Inside,
    },
    Visit {
        host: "mossvale",
        by: "operations",
        rack: "A02",
        purpose: "inspection",
        about: "核对资产标签",
        from_h: 0,
        long_h: 6,
        people: &[LIN],
        course: Course::Expected,
    },
    Visit {
        host: "mossvale",
        by: "mossvale-admin",
        rack: "A02",
        purpose: "install",
        about: "加装网卡",
        from_h: 1,
        long_h: 4,
        people: &[TAO],
        course: Course::Asked,
    },
];

impl Teller<'_> {
    fn visit(&self, c: &mut Conn, visit: &Visit) -> Result<(), Fault> {
        let from = self.now.plus_seconds(visit.from_h * HOUR_S);
        let announced = from.min(self.now).plus_seconds(-2 * HOUR_S);
        let fields = self.announcement(c, visit, from)?;
        let by = acting(c, visit.by, announced)?;
        let number = visit_announce(c, &by, self.keyring, self.public_url, &fields)?;
        let desk = |c: &mut Conn, after_s: i64| acting(c, "reception", from.plus_seconds(after_s));
        match visit.course {
            Course::Asked | Course::Expected => Ok(()),
            Course::NoShow => {
                let desk = desk(c, visit.long_h * HOUR_S)?;
                visit_no_show(c, &desk, &number, "")
            }
            Course::Inside => {
                let desk = desk(c, 600)?;
                self.let_in(c, &desk, &number)
            }
            Course::Closed => {
                let coming = desk(c, 600)?;
                self.let_in(c, &coming, &number)?;
                let leaving = desk(c, (visit.long_h - 1) * HOUR_S)?;
                self.let_out(c, &leaving, &number)?;
                let closing = desk(c, visit.long_h * HOUR_S)?;
                let done: Fields = [("note", visit.about)].into_iter().collect();
                visit_close(c, &closing, &number, &done)
            }
        }
    }

    fn announcement(&self, c: &mut Conn, visit: &Visit, from: Timestamp) -> Result<Fields, Fault> {
        let host = customer_by_code(c, visit.host)?.ok_or_else(Fault::not_found)?;
        let by = acting(c, visit.by, self.now)?;
        let racks = rack_choices(c, &by)?;
        let rack = racks
            .iter()
            .find(|rack| rack.name == visit.rack)
            .ok_or_else(Fault::not_found)?;
        let until = from.plus_seconds(visit.long_h * HOUR_S);
        let mut fields: Fields = [
            ("customer_id", host.id.to_string()),
            ("site_id", rack.site_id.to_string()),
            ("rack_ids", rack.id.to_string()),
            ("purpose", visit.purpose.to_owned()),
            ("purpose_text", visit.about.to_owned()),
            ("planned_from", from.local_minute(self.zone)),
            ("planned_until", until.local_minute(self.zone)),
        ]
        .into_iter()
        .collect();
        for (place, (name, company, phone, digits)) in visit.people.iter().enumerate() {
            let field = |name: &str| match place {
                0 => name.to_owned(),
                _ => format!("{name}_{}", place + 1),
            };
            fields.set(field("visitor_name"), *name);
            fields.set(field("company"), *company);
            fields.set(field("phone"), *phone);
            fields.set(field("document_kind"), "resident_id");
            fields.set(field("document_number"), with_check(digits));
        }
        Ok(fields)
    }
}

impl Teller<'_> {
    fn let_in(&self, c: &mut Conn, desk: &Actor, number: &str) -> Result<(), Fault> {
        let mut fields: Fields = [("escort_name", "石现场")].into_iter().collect();
        for visitor in visit_by_number(c, desk, number)?.people {
            let id = visitor.attendance.id;
            fields.set(format!("badge_{id}"), format!("V{:03}", id.get()));
        }
        check_in(c, desk, number, &fields)
    }

    fn let_out(&self, c: &mut Conn, desk: &Actor, number: &str) -> Result<(), Fault> {
        let mut fields = Fields::new();
        for visitor in visit_by_number(c, desk, number)?.people {
            fields.set(format!("badge_returned_{}", visitor.attendance.id), "yes");
        }
        check_out(c, desk, number, &fields)
    }
}

/// An identity number with its check character (GB 11643-1999, ISO 7064 MOD 11-2).
fn with_check(digits: &str) -> String {
    let rest = digits.bytes().fold(0, |rest, byte| {
        (rest + u32::from(byte.wrapping_sub(b'0'))) * 2 % 11
    });
    let check = match (12 - rest) % 11 {
        10 => "X".to_owned(),
        digit => digit.to_string(),
    };
    format!("{digits}{check}")
}

/// What came of switching a machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Cycled,
    SeenOff,
    SeenOn,
    /// A soft shutdown that the machine did not follow.
    NotFollowed,
}

/// A machine that was switched.
struct Switched {
    machine: &'static str,
    by: &'static str,
    action: Action,
    reason: &'static str,
    hours_ago: i64,
    outcome: Outcome,
}

const POWER: &[Switched] = &[
    Switched {
        machine: "SRV-0001",
        by: "operations",
        action: Action::Cycle,
        reason: "系统无响应，客户来电要求重启",
        hours_ago: 8 * 24,
        outcome: Outcome::Cycled,
    },
    Switched {
        machine: "SRV-0006",
        by: "mossvale-admin",
        action: Action::SoftOff,
        reason: "更换内存前关机",
        hours_ago: 74,
        outcome: Outcome::SeenOff,
    },
    Switched {
        machine: "SRV-0006",
        by: "mossvale-admin",
        action: Action::On,
        reason: "更换内存后开机",
        hours_ago: 71,
        outcome: Outcome::SeenOn,
    },
    Switched {
        machine: "SRV-0035",
        by: "operations",
        action: Action::SoftOff,
        reason: "客户申请下电维护",
        hours_ago: 30,
        outcome: Outcome::NotFollowed,
    },
    Switched {
        machine: "SRV-0002",
        by: "mossvale-admin",
        action: Action::Cycle,
        reason: "内核升级后卡住",
        hours_ago: 20,
        outcome: Outcome::Cycled,
    },
];

impl Teller<'_> {
    fn switch(&self, c: &mut Conn, switched: &Switched) -> Result<(), Fault> {
        let start = self.now.plus_seconds(-switched.hours_ago * HOUR_S);
        let at = |seconds: i64| start.plus_seconds(seconds);
        let by = acting(c, switched.by, start)?;
        let device = device_named(c, switched.machine)?.ok_or_else(Fault::not_found)?;
        let endpoint = endpoint_of_device(c, &by, device)?.ok_or_else(Fault::not_found)?;
        let before = if switched.outcome == Outcome::SeenOn {
            PowerState::Off
        } else {
            PowerState::On
        };
        outcome_observed(c, endpoint.id, start, before, None)?;
        let wish = Wish {
            reason: switched.reason.to_owned(),
            acknowledge_presence: true,
            ..Wish::of(switched.action)
        };
        let id = intent_request(c, &by, device, &wish, &Limits::default())?.into_result()?;
        intent_claim(c, EXECUTOR, at(1), 10)?;
        intent_started(c, EXECUTOR, id, at(2), before)?;
        let soft = switched.action == Action::SoftOff;
        let timeout_s = if soft { 600 } else { 60 };
        if intent_send(c, EXECUTOR, id, at(2), timeout_s * 1000)?
            != (Sent::Go {
                sent_at: at(2),
                deadline_at: at(2 + timeout_s),
            })
        {
            return Err(Fault::conflict(Message::new("fault-internal")));
        }
        intent_verifying(c, EXECUTOR, id, at(3), true)?;
        let (end_s, state, detail, seen) = match switched.outcome {
            Outcome::Cycled => {
                let off = Detail::new("power-detail-seen-off");
                intent_note(c, EXECUTOR, id, at(5), &off, Some(PowerState::Off))?;
                (
                    9,
                    IntentState::Succeeded,
                    Detail::new("power-detail-cycled"),
                    PowerState::On,
                )
            }
            Outcome::SeenOff => (
                21,
                IntentState::Succeeded,
                observed(PowerState::Off),
                PowerState::Off,
            ),
            Outcome::SeenOn => (
                6,
                IntentState::Succeeded,
                observed(PowerState::On),
                PowerState::On,
            ),
            Outcome::NotFollowed => {
                let detail = Detail::new("power-detail-timed-out-soft")
                    .with("seconds", timeout_s)
                    .with("state", PowerState::On.as_str());
                (2 + timeout_s, IntentState::TimedOut, detail, PowerState::On)
            }
        };
        let letters = Letters {
            public_url: self.public_url.to_owned(),
            zone: self.zone,
        };
        intent_finish(
            c,
            &letters,
            EXECUTOR,
            id,
            at(end_s),
            state,
            &detail,
            Some(seen),
        )?;
        outcome_observed(c, endpoint.id, at(end_s), seen, None)
    }
}

fn observed(state: PowerState) -> Detail {
    Detail::new("power-detail-observed").with("state", state.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_are_right() {
        // The examples of GB 11643-1999, annex A.
        assert_eq!(with_check("11010519491231002"), "11010519491231002X");
        assert_eq!(with_check("44052418800101001"), "440524188001010014");
    }
}
