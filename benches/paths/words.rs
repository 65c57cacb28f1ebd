//! The page of a list with 50 rows, from its context to HTML.

use coldaisle::base::locale::Locale;
use coldaisle::words::{Pages, Words};
use divan::{Bencher, black_box};
use serde_json::{Value, json};

const ROWS: usize = 50;
const LOCALES: [Locale; 2] = [Locale::ZhCn, Locale::En];

/// What the page of customers hands to its template, in the form of `web::view` and `web::lists`.
fn context() -> Value {
    let places = [
        "racks",
        "devices",
        "network",
        "power",
        "visits",
        "customers",
        "settings",
    ];
    let nav: Vec<Value> = places
        .iter()
        .map(|place| json!({"id": place, "label": place, "href": format!("/{place}"), "icon": place}))
        .collect();
    let rows: Vec<Value> = (1..=ROWS)
        .map(|n| {
            json!({
                "id": n,
                "code": format!("CUST-{n:04}"),
                "name": format!("华东云联网络科技有限公司 {n}"),
                "phone": "021-5555 0100",
                "email": format!("noc{n}@example.com"),
            })
        })
        .collect();
    json!({
        "page": {"title": "客户", "path": "/customers", "section": "customers", "crumbs": [], "version": "0.1.0"},
        "who": {"name": "王工", "role": "运维", "is_customer": false, "nav": nav, "phone_nav": nav},
        "locale": "zh-CN",
        "theme": "auto",
        "csrf": "c".repeat(64),
        "flash": null,
        "sites": [],
        "list": {
            "total": 1_200,
            "rows": rows,
            "query": "",
            "filters": [],
            "sort": null,
            "newer_href": null,
            "older_href": "/customers?after=CUST-0050",
            "csv_href": "/customers.csv",
            "action": {"label": "新客户", "href": "/customers/new"},
            "empty": {"title": "", "text": "", "action": null},
        },
    })
}

#[divan::bench(args = LOCALES)]
fn customers_page_of_50(bencher: Bencher, locale: Locale) {
    let pages = Words::load().map(|words| Pages::new(&words, chrono_tz::Asia::Shanghai, None));
    let context = context();
    let render = || {
        pages
            .as_ref()
            .map(|pages| pages.render(locale, "customers/list.html", black_box(&context)))
    };
    match render() {
        Ok(Ok(_)) => {}
        Ok(Err(fault)) => return eprintln!("customers_page_of_50 {locale}: {fault}"),
        Err(fault) => return eprintln!("customers_page_of_50 {locale}: {fault}"),
    }
    bencher.bench(render);
}
