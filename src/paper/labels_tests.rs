#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
use qrcode::{Color, EcLevel, QrCode};

use super::super::square::QUIET;
use super::super::{pdf_of_size, png};
use super::*;
use crate::base::locale::Locale;

fn label(title: &str) -> Label {
    Label {
        title: title.to_owned(),
        lines: vec![
            "S/N CZ2D1X0ABC".into(),
            "MOSS".into(),
            "一号机房 · A01 · U12".into(),
        ],
        address: "https://rooms.example.net/devices/12345".to_owned(),
    }
}

fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

#[test]
fn a_half_used_sheet_goes_on_at_the_next_free_place() {
    let labels: Vec<Label> = (0..3).map(|n| label(&format!("SRV-{n}"))).collect();
    let pages = label_sheets(&labels, LabelStock::A4Of24, 23).unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(
        (count(&pages[0], "<path"), count(&pages[1], "<path")),
        (2, 1)
    );
    assert!(pages[0].contains("SRV-0") && pages[0].contains("SRV-1") && pages[1].contains("SRV-2"));
    // Place 23 is the second of the last row.
    let x = 70.0 * MM + EDGE * MM;
    assert!(
        pages[0].contains(&format!("translate({x} ")),
        "{}",
        &pages[0][..600]
    );
    let tape = label_sheets(&labels, LabelStock::Tape62, 1).unwrap();
    assert_eq!(tape.len(), 3);
}

#[test]
fn every_stock_lies_within_its_page_and_its_labels_beside_each_other() {
    for stock in LabelStock::ALL {
        let grid = stock.grid();
        let right = grid.first.0 + (grid.columns - 1) as f32 * grid.pitch.0 + grid.label.0;
        let bottom = grid.first.1 + (grid.rows - 1) as f32 * grid.pitch.1 + grid.label.1;
        assert!(right <= grid.page.0 + 0.01, "{stock}: {right}");
        assert!(bottom <= grid.page.1 + 0.01, "{stock}: {bottom}");
        assert!(
            grid.pitch.0 >= grid.label.0 && grid.pitch.1 >= grid.label.1,
            "{stock}"
        );
        let pages = label_sheets(&[label("SRV-0123")], *stock, 1).unwrap();
        let file = pdf_of_size(&pages, stock.page(), "Labels", Locale::En).unwrap();
        assert!(file.starts_with(b"%PDF"), "{stock}");
    }
}

#[test]
fn what_is_not_there_or_too_much_is_refused() {
    assert!(label_sheets(&[], LabelStock::A4Of24, 1).is_err());
    let many = vec![label("x"); MOST_LABELS + 1];
    assert!(label_sheets(&many, LabelStock::A4Of24, 1).is_err());
    let mut long = label("x");
    long.address = "x".repeat(5000);
    assert!(label_sheets(&[long], LabelStock::A4Of24, 1).is_err());
    // A place that the sheet does not have is the nearest one.
    assert_eq!(
        label_sheets(&[label("x")], LabelStock::A4Of24, 999)
            .unwrap()
            .len(),
        1
    );
}

/// All letters of a long serial number are there, on as many lines as it needs.
#[test]
fn a_serial_number_is_never_cut() {
    for stock in LabelStock::ALL {
        let mut long = label("SRV-0123");
        long.lines = vec!["S/N 210640LMB10Q10111350".into()];
        let page = label_sheets(&[long], *stock, 1).unwrap().remove(0);
        let texts: String = page
            .split("<text ")
            .skip(2)
            .filter_map(|text| text.split_once('>')?.1.split_once('<'))
            .map(|(text, _)| text)
            .collect();
        assert_eq!(texts, "S/N 210640LMB10Q10111350", "{stock}");
    }
}

#[test]
fn words_stay_words() {
    let mut odd = label("<svg onload=\"x\"> & \u{1} 名");
    odd.lines = vec!["</text><script>".into()];
    let page = label_sheets(&[odd], LabelStock::A4Of14, 1)
        .unwrap()
        .remove(0);
    assert!(
        !page.contains("<script") && !page.contains("<svg onload"),
        "{page}"
    );
    png(&page, 1.0).unwrap();
}

/// The picture of a label holds the code that the address makes, module by module, and light around it.
#[test]
fn the_printed_code_is_the_address() {
    let label = label("SRV-0123");
    let page = label_sheets(std::slice::from_ref(&label), LabelStock::Tape62, 1).unwrap();
    let scale = 8.0;
    let tree = super::super::picture::tree(&page[0]).unwrap();
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let mut picture =
        resvg::tiny_skia::Pixmap::new(width.ceil() as u32, height.ceil() as u32).unwrap();
    let shrink = resvg::tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, shrink, &mut picture.as_mut());
    let code = QrCode::with_error_correction_level(&label.address, EcLevel::M).unwrap();
    let modules = code.width();
    let colors = code.to_colors();
    let side = (29.0 - 2.0 * EDGE).min(62.0 * 0.48).min(LARGEST_CODE) * MM * scale;
    let module = side / (modules + 2 * QUIET) as f32;
    let (x0, y0) = (EDGE * MM * scale, (29.0 * MM * scale - side) / 2.0);
    assert!(module >= 3.0, "a module of {module} pixels");
    for row in 0..modules + 2 * QUIET {
        for column in 0..modules + 2 * QUIET {
            let middle = |from: f32, at: usize| (from + (at as f32 + 0.5) * module) as u32;
            let pixel = picture.pixel(middle(x0, column), middle(y0, row)).unwrap();
            let inside = (QUIET..modules + QUIET).contains(&row)
                && (QUIET..modules + QUIET).contains(&column);
            let dark = inside && colors[(row - QUIET) * modules + column - QUIET] == Color::Dark;
            assert_eq!(pixel.red() < 128, dark, "row {row}, column {column}");
        }
    }
}
