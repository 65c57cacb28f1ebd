#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let size = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker][..], &size, content].concat()
}

/// Exif in one byte order or the other, with a way up and a pointer to a position.
fn exif(is_little: bool, way_up: u16) -> Vec<u8> {
    let two = |number: u16| match is_little {
        true => number.to_le_bytes(),
        false => number.to_be_bytes(),
    };
    let four = |number: u32| match is_little {
        true => number.to_le_bytes(),
        false => number.to_be_bytes(),
    };
    let mut tiff = if is_little { b"II" } else { b"MM" }.to_vec();
    tiff.extend(two(42));
    tiff.extend(four(8));
    tiff.extend(two(2));
    tiff.extend(two(0x0112));
    tiff.extend(two(3));
    tiff.extend(four(1));
    tiff.extend(two(way_up));
    tiff.extend(two(0));
    tiff.extend(two(0x8825));
    tiff.extend(two(4));
    tiff.extend(four(1));
    tiff.extend(four(38));
    tiff.extend(four(0));
    tiff.extend(b"GPS 31.2304N 121.4737E");
    segment(0xe1, &[&b"Exif\0\0"[..], &tiff].concat())
}

fn photo(before: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    let mut whole = vec![0xff, 0xd8];
    whole.extend(segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"));
    whole.extend(before.concat());
    whole.extend(segment(0xdb, &[1; 65]));
    whole.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
    // A stuffed octet, a restart and a second scan belong to the picture.
    whole.extend(b"coded\xff\x00more\xff\xd0and");
    whole.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
    whole.extend(b"second");
    whole.extend([0xff, 0xd9]);
    whole.extend(behind);
    whole
}

fn has(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

#[test]
fn nothing_of_place_and_camera_stays_and_all_of_the_picture_does() {
    let plain = photo(&[], b"");
    assert_eq!(without_position(&plain).unwrap(), plain);
    let xmp = segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<gps>31.2304</gps>");
    let iptc = segment(0xed, b"Photoshop 3.0\0Shanghai");
    let comment = segment(0xfe, b"31.2304");
    let colours = segment(0xe2, b"ICC_PROFILE\0\x01\x01");
    let told = photo(&[exif(true, 1), xmp, iptc, comment, colours.clone()], b"");
    assert_eq!(without_position(&told).unwrap(), photo(&[colours], b""));
    // A second picture behind the first, with a position of its own.
    let second = photo(&[exif(false, 1)], b"");
    assert_eq!(without_position(&photo(&[], &second)).unwrap(), plain);
}

#[test]
fn only_what_colours_need_stays_of_applications() {
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x01");
    let colours = segment(0xe2, b"ICC_PROFILE\0\x01\x01");
    let wanted = photo(&[adobe.clone(), colours.clone()], b"");
    for (what, marker, content) in [
        ("JFXX", 0xe0, &b"JFXX\0\x1031.2304"[..]),
        ("MPF", 0xe2, &b"MPF\x0031.2304"[..]),
        ("JUMBF", 0xeb, &b"JP\0\x01c2pa 31.2304"[..]),
        ("Ducky", 0xec, &b"Ducky31.2304"[..]),
        ("another in APP14", 0xee, &b"Maker31.2304"[..]),
        ("the last for applications", 0xef, &b"31.2304"[..]),
        ("an extension", 0xf0, &b"31.2304"[..]),
        ("the last extension", 0xfd, &b"31.2304"[..]),
    ] {
        let told = photo(
            &[segment(marker, content), adobe.clone(), colours.clone()],
            b"",
        );
        assert_eq!(without_position(&told).unwrap(), wanted, "{what}");
    }
    // Between two scans as well.
    let picture = photo(&[], b"");
    let at = picture
        .windows(2)
        .rposition(|pair| pair == [0xff, 0xda])
        .unwrap();
    let (before, behind) = picture.split_at(at);
    let told = [before, &segment(0xeb, b"31.2304"), behind].concat();
    assert_eq!(without_position(&told).unwrap(), picture);
}

#[test]
fn which_way_up_stays() {
    for is_little in [true, false] {
        for way_up in [2, 6, 8] {
            let kept = without_position(&photo(&[exif(is_little, way_up)], b"")).unwrap();
            assert!(!has(&kept, b"GPS"), "{is_little} {way_up}");
            let at = kept.windows(6).position(|window| window == EXIF).unwrap();
            let tiff = kept.get(at + 6..).unwrap();
            assert_eq!(orientation(tiff), Some(way_up), "{is_little}");
            assert_eq!(without_position(&kept).unwrap(), kept);
        }
        for nonsense in [0, 1, 9, 600] {
            let kept = without_position(&photo(&[exif(is_little, nonsense)], b"")).unwrap();
            assert!(!has(&kept, b"Exif"), "{nonsense}");
        }
    }
}

#[test]
fn broken_photos_are_refused_and_never_keep_a_position() {
    let whole = photo(&[exif(true, 6)], b"");
    for end in 0..whole.len() {
        if let Some(kept) = without_position(whole.get(..end).unwrap()) {
            assert!(!has(&kept, b"GPS"), "{end}");
        }
    }
    for (what, octets) in [
        ("nothing", &b""[..]),
        ("text", &b"text"[..]),
        ("only a start", &b"\xff\xd8"[..]),
        ("no picture", &b"\xff\xd8\xff\xd9"[..]),
        ("a length of nothing", &b"\xff\xd8\xff\xe1\0\0\xff\xd9"[..]),
        ("beyond the end", &b"\xff\xd8\xff\xe1\xff\xff"[..]),
    ] {
        assert_eq!(without_position(octets), None, "{what}");
    }
}
