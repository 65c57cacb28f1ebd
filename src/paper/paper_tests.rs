#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::base::locale::Locale;

fn svg(inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"200\" \
         height=\"100\" viewBox=\"0 0 200 100\"><rect width=\"200\" height=\"100\" fill=\"#fff\"/>{inside}</svg>"
    )
}

/// Pixels that are not white.
fn ink(svg: &str) -> usize {
    let picture = resvg::tiny_skia::Pixmap::decode_png(&png(svg, 1.0).unwrap()).unwrap();
    let is_white = |pixel: &resvg::tiny_skia::PremultipliedColorU8| {
        (pixel.red(), pixel.green(), pixel.blue()) == (255, 255, 255)
    };
    let pixels = picture.pixels().iter();
    pixels.filter(|pixel| !is_white(pixel)).count()
}

fn words(text: &str) -> String {
    svg(&format!(
        "<text x=\"10\" y=\"50\" font-size=\"20\" font-family=\"nobody has it, sans-serif\">{text}</text>"
    ))
}

#[test]
fn a_picture_has_its_size_and_its_letters() {
    let octets = png(&words("Mbps 95"), 2.0).unwrap();
    assert!(octets.starts_with(b"\x89PNG\r\n\x1a\n"));
    let edge = |at: usize| u32::from_be_bytes(octets[at..at + 4].try_into().unwrap());
    assert_eq!((edge(16), edge(20)), (400, 200));
    assert_eq!(ink(&svg("")), 0);
    let (latin, chinese) = (ink(&words("Mbps 95")), ink(&words("机房带宽")));
    assert!(latin > 200 && chinese > 400, "{latin} {chinese}");
    // A missing glyph is the same box for every letter.
    assert_ne!(ink(&words("机房带宽")), ink(&words("镕喆骞账")));
}

#[test]
fn what_is_no_drawing_or_too_large_is_refused() {
    assert!(matches!(png("graph", 1.0), Err(PaperError::Drawing(_))));
    for scale in [0.0, -1.0, 21.0, f32::NAN, f32::INFINITY] {
        let refused = png(&svg(""), scale);
        assert!(
            matches!(refused, Err(PaperError::Size { .. })),
            "{scale}: {refused:?}"
        );
    }
    let long = " ".repeat(MOST_SVG_OCTETS + 1);
    assert!(matches!(png(&long, 1.0), Err(PaperError::Long { .. })));
    let none = pdf(&[], "t", Locale::En);
    assert!(matches!(none, Err(PaperError::Pages { count: 0 })));
}

#[test]
fn a_drawing_reaches_no_file_and_no_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("black.svg");
    let black = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>";
    std::fs::write(&path, black).unwrap();
    let picture = folder.path().join("black.png");
    std::fs::write(&picture, png(black, 1.0).unwrap()).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    let addresses = [
        path.display().to_string(),
        picture.display().to_string(),
        format!("file://{}", path.display()),
        format!("http://{at}/black.svg"),
    ];
    for address in &addresses {
        for tag in [
            format!("<image width=\"9\" height=\"9\" xlink:href=\"{address}\"/>"),
            format!("<image width=\"9\" height=\"9\" href=\"{address}\"/>"),
            format!("<use href=\"{address}#a\"/>"),
            format!("<style>@import url(\"{address}\");</style>"),
        ] {
            assert_eq!(ink(&svg(&tag)), 0, "{tag}");
        }
    }
    let entity = format!(
        "<!DOCTYPE svg [<!ENTITY x SYSTEM \"{}\">]>{}",
        path.display(),
        words("&x;")
    );
    assert!(png(&entity, 1.0).is_err() || ink(&entity) == 0);
    let asked = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(asked, Err(std::io::ErrorKind::WouldBlock));
}

#[test]
fn texts_are_measured_as_they_are_drawn() {
    // Ten digits of 0.572 em, and four Chinese letters of one.
    let digits = text_width("0123456789", 10.0, Weight::Regular);
    assert!((57.0..58.0).contains(&digits), "{digits}");
    assert!((text_width("机房带宽", 10.0, Weight::Semibold) - 40.0).abs() < 0.5);
    assert!(text_width("WWW", 10.0, Weight::Semibold) > text_width("WWW", 10.0, Weight::Regular));
    assert_eq!(fitted("uplink", 10.0, Weight::Regular, 100.0), "uplink");
    let cut = fitted("a very long name of a port", 10.0, Weight::Regular, 60.0);
    assert!(cut.ends_with('…') && cut.starts_with("a very"), "{cut}");
    assert!(text_width(&cut, 10.0, Weight::Regular) <= 60.0);
}

#[test]
fn the_same_drawings_give_the_same_document() {
    let pages = [words("first"), words("第二页")];
    let document = pdf(&pages, "流量报告", Locale::ZhCn).unwrap();
    assert!(document.starts_with(b"%PDF-1."));
    assert_eq!(document, pdf(&pages, "流量报告", Locale::ZhCn).unwrap());
    // The font goes in as the few letters that are used.
    assert!(document.len() < 60_000, "{}", document.len());
}
