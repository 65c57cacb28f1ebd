#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

const KNOWN: Known = Known {
    list: ViewedList::Devices,
    columns: &[
        Column::usual("name", "devices-name").sorts("name"),
        Column::usual("customer", "devices-owner")
            .sorts("customer")
            .staff(),
        Column::further("memory", "devices-memory")
            .sorts("memory")
            .numeric(),
    ],
    filters: &[("customer", is_code), ("rack", is_id)],
    sorts: &["name", "customer", "memory"],
};

fn asked(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[test]
fn columns_come_in_the_order_of_the_table() {
    let keys = |asked_for: &[&str], is_customer| {
        KNOWN
            .shown(&asked(asked_for), None, is_customer)
            .map(|shown| shown.keys())
            .map_err(|fault| fault.fields[0].message.key)
    };
    assert_eq!(keys(&[], false), Ok(vec!["name", "customer"]));
    assert_eq!(keys(&[], true), Ok(vec!["name"]));
    assert_eq!(keys(&["memory", "name"], false), Ok(vec!["name", "memory"]));
    assert_eq!(keys(&["customer"], true), Err("list-unknown-column"));
    assert_eq!(keys(&["colour"], false), Err("list-unknown-column"));
}

#[test]
fn a_list_is_sorted_by_what_it_knows() {
    let order = |sort: &str, is_customer| {
        KNOWN
            .shown(&[], Some(sort), is_customer)
            .map(|shown| (shown.sort, shown.is_descending))
            .map_err(|fault| fault.fields[0].message.key)
    };
    assert_eq!(order("", false), Ok(("name", false)));
    assert_eq!(order("-memory", false), Ok(("memory", true)));
    assert_eq!(order("customer", true), Err("list-unknown-sort"));
    assert_eq!(order("rowid", false), Err("list-unknown-sort"));
}

#[test]
fn a_query_is_kept_in_one_form_or_refused_by_name() {
    for (query, kept) in [
        ("", Ok("")),
        (
            "?rack=7&q=a+b&customer=MOSS",
            Ok("q=a%20b&customer=MOSS&rack=7"),
        ),
        ("after=12~tA&rack=&sort=name", Ok("")),
        ("column=name&column=customer", Ok("")),
        (
            "column=memory&sort=-memory",
            Ok("sort=%2Dmemory&column=name&column=memory"),
        ),
        ("colour=red", Err("list-unknown-filter")),
        ("rack=first", Err("list-wrong-value")),
        ("column=colour", Err("list-unknown-column")),
        ("sort=colour", Err("list-unknown-sort")),
    ] {
        let found = KNOWN.checked(query, false);
        let found = found.map_err(|fault| fault.fields[0].message.key);
        let kept = kept.map(|text: &str| text.replace("%2D", &encoded(&[("", "-")])[1..]));
        assert_eq!(found, kept, "{query}");
    }
}

#[test]
fn what_is_kept_is_kept_again_as_it_is() {
    let first = KNOWN
        .checked("q=%E6%9C%BA&sort=-memory&column=memory&rack=7", false)
        .unwrap();
    assert_eq!(KNOWN.checked(&first, false).unwrap(), first);
}
