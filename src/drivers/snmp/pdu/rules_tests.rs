#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::drivers::snmp::pdu::family::{Asked, parse};
use crate::drivers::snmp::pdu::{family_of, pdu_families};

fn family(columns: &str) -> Family {
    let head = "family,component,reads,object,oid,times,plus,over,digits,when,index,on,off,cycle,missing\n";
    let families = "family,maker,sys_object_id,mib\nf,Maker,1.3.6.1.4.1.9999,MIB\n";
    parse(families, &format!("{head}{columns}"))
        .unwrap()
        .remove(0)
}

fn said(family: &Family, pairs: &[(&str, &[u32], Value)]) -> Values {
    let mut values = Values::new();
    for (oid, index, value) in pairs {
        let is = |asked: &Asked| asked.oid.to_string() == *oid;
        let place = family.asked.iter().position(is).unwrap();
        values
            .entry(place)
            .or_default()
            .insert(index.to_vec(), value.clone());
    }
    values
}

fn text_of(text: &str) -> Value {
    Value::OctetString(text.as_bytes().to_vec().into())
}

#[test]
fn scales_round_to_the_nearest() {
    let scale = |times, plus, over| Scale { times, plus, over };
    let raw = |mantissa, decimals| Raw { mantissa, decimals };
    let table = [
        (raw(27, 0), scale(10, 0, 1), 270),
        (raw(3497, 3), scale(1000, 0, 1), 3497),
        (raw(1_156_260, 4), scale(1, 0, 1), 116),
        (raw(229, 1), scale(1000, 0, 1), 22_900),
        (raw(725, 1), scale(5000, -160_000, 9), 22_500),
        (raw(-5, 1), scale(1, 0, 1), -1),
        (raw(4, 1), scale(1, 0, 1), 0),
    ];
    for (raw, scale, expected) in table {
        assert_eq!(scaled(raw, scale), Some(expected), "{raw:?} {scale:?}");
    }
}

#[test]
fn what_was_not_measured_is_missing_with_its_reason() {
    let family = family("f,outlet,active_power,power,1.3.1,10,0,1,,,,,,,-1\n");
    let table = [
        (Value::Integer(27), Ok(270)),
        (Value::Gauge32(0), Ok(0)),
        (Value::Integer(-1), Err(GaugeMissing::NotMeasured)),
        (Value::Gauge32(u32::MAX), Err(GaugeMissing::NotMeasured)),
        (Value::Integer(-2), Err(GaugeMissing::OutOfRange)),
        (Value::Counter64(u64::MAX), Err(GaugeMissing::OutOfRange)),
        (text_of("notsupported"), Err(GaugeMissing::WrongType)),
        (text_of(""), Err(GaugeMissing::WrongType)),
        (text_of("1e3"), Err(GaugeMissing::WrongType)),
        (Value::Null, Err(GaugeMissing::NoSuch)),
        (Value::NoSuchInstance, Err(GaugeMissing::NoSuch)),
    ];
    for (value, expected) in table {
        let values = said(&family, &[("1.3.1", &[7], value.clone())]);
        let (gauges, outlets) = judge(&family, &values);
        assert_eq!(gauges[0].value, expected, "{value:?}");
        assert_eq!((gauges[0].index.as_str(), outlets.len()), ("7", 0));
    }
}

#[test]
fn decimals_come_from_their_own_column_and_are_never_guessed() {
    let family = family("f,input,current,value,1.3.1,1000,0,1,1.3.2,arc=1,,,,,\n");
    let mut pairs = vec![
        ("1.3.1", &[1, 1, 1][..], Value::Gauge32(3497)),
        ("1.3.1", &[1, 1, 4][..], Value::Gauge32(209)),
    ];
    let (gauges, _) = judge(&family, &said(&family, &pairs));
    assert_eq!(gauges.len(), 1);
    assert_eq!(gauges[0].value, Err(GaugeMissing::NoSuch));
    pairs.push(("1.3.2", &[1, 1, 1], Value::Gauge32(3)));
    let (gauges, _) = judge(&family, &said(&family, &pairs));
    assert_eq!(
        (gauges[0].index.as_str(), gauges[0].value),
        ("1.1", Ok(3497))
    );
    pairs.push(("1.3.2", &[1, 1, 1], Value::Gauge32(80)));
    let (gauges, _) = judge(&family, &said(&family, &pairs));
    assert_eq!(gauges[0].value, Err(GaugeMissing::OutOfRange));
}

#[test]
fn a_later_column_fills_only_what_an_earlier_one_left_out() {
    let family = family(concat!(
        "f,input,active_power,new,1.3.1,10,0,1,,,,,,,-1\n",
        "f,input,active_power,old,1.3.2,1,0,1,,,1,,,,-1\n",
        "f,outlet,name,name,1.3.3,1,0,1,,,,,,,\n",
        "f,outlet,state,state,1.3.4,1,0,1,,,,1,2,,\n",
    ));
    let mut pairs = vec![
        ("1.3.1", &[1][..], Value::Integer(-1)),
        ("1.3.2", &[0][..], Value::Integer(312)),
        ("1.3.3", &[1][..], text_of("NAS PSU")),
        ("1.3.4", &[1][..], Value::Integer(1)),
        ("1.3.4", &[2][..], Value::Integer(2)),
        ("1.3.4", &[3][..], Value::Integer(9)),
    ];
    let (gauges, outlets) = judge(&family, &said(&family, &pairs));
    assert_eq!((gauges.len(), gauges[0].value), (1, Ok(312)));
    let states: Vec<_> = outlets.iter().map(|outlet| outlet.state).collect();
    assert_eq!(
        states,
        [OutletState::On, OutletState::Off, OutletState::Unknown]
    );
    assert_eq!(outlets[0].name.as_deref(), Some("NAS PSU"));
    pairs[0].2 = Value::Integer(27);
    let (gauges, _) = judge(&family, &said(&family, &pairs));
    assert_eq!((gauges.len(), gauges[0].value), (1, Ok(270)));
}

#[test]
fn a_condition_holds_by_row_or_by_scalar_or_not_at_all() {
    let family = family(concat!(
        "f,probe,temperature,celsius,1.3.1,100,0,1,,1.3.2=0,,,,,-410\n",
        "f,probe,temperature,fahrenheit,1.3.1,500,-160000,9,,1.3.2=1,,,,,-410\n",
    ));
    let value = ("1.3.1", &[1, 2][..], Value::Integer(725));
    let (none, _) = judge(&family, &said(&family, std::slice::from_ref(&value)));
    assert!(none.is_empty());
    let scalar = |scale| ("1.3.2", &[0][..], Value::Integer(scale));
    let of = |scale| judge(&family, &said(&family, &[value.clone(), scalar(scale)])).0;
    assert_eq!(of(0)[0].value, Ok(72_500));
    assert_eq!(of(1)[0].value, Ok(22_500));
    assert!(of(2).is_empty());
}

/// Older units have no column that says whether a sensor is there: their rows are read.
#[test]
fn a_sensor_that_is_said_not_to_be_available_is_left_out() {
    let family = family_of("1.3.6.1.4.1.13742.6").unwrap();
    let value = "1.3.6.1.4.1.13742.6.5.2.3.1.4";
    let available = "1.3.6.1.4.1.13742.6.5.2.3.1.2";
    let volts = |index| (value, index, Value::Gauge32(0));
    let mut pairs = vec![volts(&[1, 1, 4][..]), volts(&[1, 2, 4][..])];
    pairs.push((available, &[1, 1, 4][..], Value::Integer(2)));
    let (gauges, _) = judge(family, &said(family, &pairs));
    let places: Vec<&str> = gauges.iter().map(|gauge| gauge.index.as_str()).collect();
    assert_eq!(places, ["1.2"]);
    pairs[2].2 = Value::Integer(1);
    let (gauges, _) = judge(family, &said(family, &pairs));
    assert_eq!(gauges.len(), 2);
}

/// The load table of CyberPower has rows of phases and of banks, as that of APC: only phases are phases.
#[test]
fn a_bank_is_no_phase() {
    let family = family_of("1.3.6.1.4.1.3808.1.1.3").unwrap();
    let watts = "1.3.6.1.4.1.3808.1.1.3.2.3.1.1.7";
    let bank = "1.3.6.1.4.1.3808.1.1.3.2.3.1.1.5";
    let pairs = [
        (watts, &[1][..], Value::Gauge32(500)),
        (watts, &[2][..], Value::Gauge32(200)),
        (bank, &[1][..], Value::Integer(0)),
        (bank, &[2][..], Value::Integer(1)),
    ];
    let (gauges, _) = judge(family, &said(family, &pairs));
    assert_eq!(gauges.len(), 1);
    assert_eq!((gauges[0].index.as_str(), gauges[0].value), ("1", Ok(500)));
}

#[test]
fn the_tables_are_whole_and_tell_devices_apart() {
    let all = pdu_families().unwrap();
    assert!(all.len() >= 8);
    for family in all {
        assert!(!family.columns.is_empty(), "{}", family.word);
    }
    let table = [
        ("1.3.6.1.4.1.318.1.3.4.6", Some("apc")),
        ("1.3.6.1.4.1.318.1.3.27", None),
        ("1.3.6.1.4.1.1718.4", Some("sentry4")),
        ("1.3.6.1.4.1.1718.3", Some("sentry3")),
        ("1.3.6.1.4.1.21239.42.1.53", Some("geist_v5")),
        ("1.3.6.1.4.1.2011.2.23.95", None),
        ("nonsense", None),
    ];
    for (object_id, word) in table {
        let found = family_of(object_id).map(|family| family.word.as_str());
        assert_eq!(found, word, "{object_id}");
    }
    let apc = family_of("1.3.6.1.4.1.318.1.3.4.6").unwrap();
    assert_eq!(apc.controls()[0].cycle, Some(3));
}

#[test]
fn a_line_that_means_nothing_is_named() {
    let head = "family,component,reads,object,oid,times,plus,over,digits,when,index,on,off,cycle,missing\n";
    let families = "family,maker,sys_object_id,mib\nf,Maker,1.3.6.1.4.1.9999,MIB\n";
    for (line, reason) in [
        ("g,outlet,name,o,1.3.1,1,0,1,,,,,,,", "no such family"),
        ("f,plug,name,o,1.3.1,1,0,1,,,,,,,", "no such part"),
        ("f,outlet,colour,o,1.3.1,1,0,1,,,,,,,", "reads \"colour\""),
        (
            "f,outlet,current,o,x.y,1,0,1,,,,,,,",
            "no object identifier",
        ),
        (
            "f,outlet,current,o,1.3.1,1,0,0,,,,,,,",
            "a scale of nothing",
        ),
        ("f,outlet,state,o,1.3.1,1,0,1,,,,,,,", "no number"),
    ] {
        let error = parse(families, &format!("{head}{line}\n")).unwrap_err();
        assert_eq!((error.file, error.line), ("pdu-columns.csv", 2));
        assert!(error.reason.starts_with(reason), "{error}");
    }
}
