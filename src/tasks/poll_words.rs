//! What the driver of switches says, in the words of metering.

use super::poll_keeper::PduSaid;
use crate::base::ids::DeviceId;
use crate::drivers::snmp::{
    AdminStatus, CounterWidth, Extent, OperStatus, PollReport, PortReading, SnmpError,
    SnmpErrorKind, Warning,
};
use crate::metering::PollTrouble;
use crate::metering::counter::Width;
use crate::metering::naming::PortNames;
use crate::metering::note::{Measured, Note, NoteWord, PollExtent};
use crate::metering::packets::PacketCounters;
use crate::metering::poll::{Failed, PortSeen, Sample, SystemSeen};

/// Why a poll failed.
pub(super) fn failed(error: &SnmpError) -> Failed {
    let trouble = match &error.kind {
        SnmpErrorKind::NoAnswer => PollTrouble::NoAnswer,
        SnmpErrorKind::Network(_) => PollTrouble::Network,
        SnmpErrorKind::Credentials(_) => PollTrouble::Credentials,
        SnmpErrorKind::NotUnderstood(_) => PollTrouble::NotUnderstood,
        SnmpErrorKind::Looping { .. } => PollTrouble::Looping,
        SnmpErrorKind::TooLarge { .. } => PollTrouble::TooLarge,
        SnmpErrorKind::Deadline { .. } => PollTrouble::Deadline,
        SnmpErrorKind::Settings(_) => PollTrouble::Settings,
    };
    let detail = match &error.kind {
        SnmpErrorKind::Network(source) => format!("{error}: {source}"),
        _ => error.to_string(),
    };
    Failed { trouble, detail }
}

/// How a poll went that began `lag_ms` after its beat.
pub(super) fn measured(report: &PollReport, lag_ms: i64, with_names: bool) -> Measured {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Measured {
        lag_ms: lag_ms.max(0),
        duration_ms: report.at_end.since_millis(report.at_start).max(0),
        requests: i64::from(report.requests),
        timeouts: i64::from(report.timeouts),
        varbinds: number(report.varbinds),
        packets: number(report.packets),
        octets: number(report.wire_octets()),
        extent: match report.extent {
            Extent::WholeTable => PollExtent::WholeTable,
            Extent::KnownRows => PollExtent::KnownRows,
        },
        with_names,
        notes: report.warnings.iter().map(note).collect(),
    }
}

fn note(warning: &Warning) -> Note {
    match warning {
        Warning::NoUptime => Note::new(NoteWord::NoUptime),
        Warning::NoName { ports, of } => Note::new(NoteWord::NoName).counted(*ports, *of),
        Warning::DuplicateName { name } => Note::new(NoteWord::DuplicateName).about(name),
        Warning::NarrowCounters { ports, of } => {
            Note::new(NoteWord::NarrowCounters).counted(*ports, *of)
        }
        Warning::WrongType {
            column,
            if_index,
            got,
        } => Note::new(NoteWord::WrongType).about(format!("{column}.{if_index} = {got}")),
        Warning::OddIndex { column, rows } => Note::new(NoteWord::OddIndex)
            .about(column.as_str())
            .counted(*rows, 0),
        Warning::FewerRows { max_repetitions } => {
            let rows = usize::try_from(*max_repetitions).unwrap_or(0);
            Note::new(NoteWord::FewerRows).counted(rows, 0)
        }
    }
}

/// What a report says of a PDU; it leaves the report. None of one that has nothing of its family.
pub(super) fn pdu_said(report: &mut PollReport, device: DeviceId) -> Option<PduSaid> {
    let pdu = report.pdu.take()?;
    if pdu.gauges.is_empty() && pdu.outlets.is_empty() && pdu.troubles.is_empty() {
        return None;
    }
    let troubles: Vec<String> = pdu.troubles.iter().map(ToString::to_string).collect();
    Some(PduSaid {
        device,
        at: pdu.at,
        family: pdu.family.word.as_str(),
        trouble: (!troubles.is_empty()).then(|| troubles.join("; ")),
        gauges: pdu.gauges,
        outlets: pdu.outlets,
    })
}

/// A driver's report in the words of metering; its counters stand for the middle of the poll.
pub(super) fn sample(report: PollReport, with_names: bool) -> Sample {
    let half_ms = report.at_end.since_millis(report.at_start).max(0) / 2;
    Sample {
        at: report.at_start.plus_millis(half_ms),
        uptime_ms: report.uptime_ms,
        system: SystemSeen {
            name: report.system.name,
            descr: report.system.descr,
            object_id: report.system.object_id,
        },
        with_names,
        max_repetitions: report.max_repetitions,
        ports: report.ports.into_iter().map(port_seen).collect(),
    }
}

/// A counter of 32 bits; a larger value was not said by one.
fn narrow(value: Option<u64>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}

fn port_seen(port: PortReading) -> PortSeen {
    PortSeen {
        if_index: port.if_index,
        names: PortNames {
            name: port.name,
            descr: port.descr,
            alias: port.alias,
        },
        if_type: port.if_type,
        speed: port.speed,
        admin_up: port.admin.map(|admin| admin == AdminStatus::Up),
        oper_up: match port.oper {
            None | Some(OperStatus::Unknown) => None,
            Some(oper) => Some(oper == OperStatus::Up),
        },
        width: port.width.map(|width| match width {
            CounterWidth::Bits64 => Width::Bits64,
            CounterWidth::Bits32 => Width::Bits32,
        }),
        in_octets: port.in_octets,
        out_octets: port.out_octets,
        discontinuity: port.discontinuity_ms,
        packets: PacketCounters {
            in_unicast: port.packets.in_unicast,
            out_unicast: port.packets.out_unicast,
            in_errors: narrow(port.packets.in_errors),
            out_errors: narrow(port.packets.out_errors),
            in_discards: narrow(port.packets.in_discards),
            out_discards: narrow(port.packets.out_discards),
        },
    }
}
