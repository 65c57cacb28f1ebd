use super::*;

/// A zip file of empty entries with these names.
fn zip(names: &[&str], comment: &str) -> Vec<u8> {
    let mut local = Vec::new();
    let mut directory = Vec::new();
    for name in names {
        let length = u16::try_from(name.len()).unwrap_or(0).to_le_bytes();
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&[0; 24]);
        directory.extend_from_slice(&length);
        directory.extend_from_slice(&[0; 16]);
        directory.extend_from_slice(name.as_bytes());
        local.extend_from_slice(b"PK\x03\x04");
        local.extend_from_slice(&[0; 22]);
        local.extend_from_slice(&length);
        local.extend_from_slice(&[0; 2]);
        local.extend_from_slice(name.as_bytes());
    }
    let at = u32::try_from(local.len()).unwrap_or(0).to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap_or(0).to_le_bytes();
    let count = u16::try_from(names.len()).unwrap_or(0).to_le_bytes();
    let comment_length = u16::try_from(comment.len()).unwrap_or(0).to_le_bytes();
    let mut whole = local;
    whole.extend_from_slice(&directory);
    whole.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for part in [&count[..], &count, &size, &at, &comment_length] {
        whole.extend_from_slice(part);
    }
    whole.extend_from_slice(comment.as_bytes());
    whole
}

#[test]
fn a_file_is_what_its_content_says() {
    let types = "[Content_Types].xml";
    let cases: Vec<(&str, Vec<u8>, Option<MediaType>)> = vec![
        (
            "jpeg",
            b"\xff\xd8\xff\xe0rest".to_vec(),
            Some(MediaType::Jpeg),
        ),
        (
            "png",
            b"\x89PNG\r\n\x1a\nrest".to_vec(),
            Some(MediaType::Png),
        ),
        (
            "webp",
            b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(),
            Some(MediaType::Webp),
        ),
        ("a sound", b"RIFF\x10\0\0\0WAVEfmt ".to_vec(), None),
        ("a cut riff", b"RIFF".to_vec(), Some(MediaType::Text)),
        ("pdf", b"%PDF-1.7\n\x80\x81".to_vec(), Some(MediaType::Pdf)),
        (
            "text",
            "机柜 A01\r\n\tok".as_bytes().to_vec(),
            Some(MediaType::Text),
        ),
        (
            "a page is text",
            b"<script>x</script>".to_vec(),
            Some(MediaType::Text),
        ),
        ("escapes", b"\x1b[2J".to_vec(), None),
        ("nul", b"a\0b".to_vec(), None),
        ("gb18030", b"\xbb\xfa\xb9\xf1".to_vec(), None),
        ("nothing", Vec::new(), None),
        ("blank", b" \n".to_vec(), None),
        ("gif", b"GIF89a\x01\0".to_vec(), None),
        ("elf", b"\x7fELF\x02".to_vec(), None),
        (
            "workbook",
            zip(&[types, "xl/workbook.xml"], ""),
            Some(MediaType::Xlsx),
        ),
        (
            "document",
            zip(&["word/document.xml", types], "note"),
            Some(MediaType::Docx),
        ),
        (
            "macros",
            zip(&[types, "xl/workbook.xml", "xl/vbaProject.bin"], ""),
            None,
        ),
        ("without types", zip(&["xl/workbook.xml"], ""), None),
        ("any zip", zip(&["a.exe"], ""), None),
        ("a cut zip", b"PK\x03\x04".to_vec(), None),
    ];
    for (what, octets, expected) in cases {
        assert_eq!(sniff(&octets), expected, "{what}");
    }
}

#[test]
fn no_cut_or_changed_workbook_breaks_the_reader() {
    let whole = zip(&["[Content_Types].xml", "xl/workbook.xml"], "");
    for end in 0..whole.len() {
        let cut = whole.get(..end).unwrap_or_default();
        assert_ne!(sniff(cut), Some(MediaType::Xlsx), "{end}");
    }
    for at in 4..whole.len() {
        let mut changed = whole.clone();
        if let Some(octet) = changed.get_mut(at) {
            *octet = 0xff;
        }
        let _ = sniff(&changed);
    }
}

#[test]
fn pictures_are_bounded_tighter_than_documents() {
    assert!(MediaType::Jpeg.most() < MediaType::Pdf.most());
    assert!(MediaType::Pdf.is_shown() && !MediaType::Text.is_shown());
}
