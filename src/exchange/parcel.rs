//! A zip of the device type library, opened with mistrust: names, number, sizes and ratio of its entries are bounded
//! before anything is unpacked, and what is unpacked is counted and not believed.

use std::io::{Cursor, Read};

use super::library::LibraryFile;
use crate::base::fault::{Fault, Message};
use crate::inventory::library::MAX_OCTETS;

/// Most entries of a zip; the community's library has some 12,000, pictures included.
const MAX_ENTRIES: usize = 60_000;
/// Most octets of all files that are unpacked.
const MAX_TOTAL: usize = 256 * 1024 * 1024;
/// Most octets that one packed octet may become, once a file is larger than [`SMALL`].
const MAX_RATIO: u64 = 100;
/// Files below this many octets are no bomb, however well they pack.
const SMALL: u64 = 64 * 1024;

fn refused(key: &'static str, name: &str) -> Fault {
    let name: String = name.chars().take(120).collect();
    Fault::field("file", Message::new(key).with("name", name))
}

/// Whether these octets are a zip.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Whether a name ends as YAML does.
pub fn is_yaml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// Whether a name stays inside its folder.
fn is_inside(name: &str) -> bool {
    !name.starts_with('/')
        && !name.contains(['\\', '\0', ':'])
        && name.split('/').all(|part| part != "..")
}

/// The YAML files of a zip; everything else in it is not unpacked.
pub fn unpack(bytes: &[u8]) -> Result<Vec<LibraryFile>, Fault> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| refused("library-zip-broken", "").because(error))?;
    if zip.len() > MAX_ENTRIES {
        let message = Message::new("library-zip-entries").with("max", MAX_ENTRIES);
        return Err(Fault::field("file", message));
    }
    let (mut files, mut total) = (Vec::new(), 0_usize);
    for index in 0..zip.len() {
        let mut entry = zip
            .by_index(index)
            .map_err(|error| refused("library-zip-broken", "").because(error))?;
        let name = entry
            .name()
            .map_err(|error| refused("library-zip-broken", "").because(error))?
            .to_string();
        if !is_inside(&name) {
            return Err(refused("library-zip-outside", &name));
        }
        if entry.is_symlink() {
            return Err(refused("library-zip-link", &name));
        }
        if entry.is_dir() || !is_yaml(&name) {
            continue;
        }
        if entry.encrypted() {
            return Err(refused("library-zip-encrypted", &name));
        }
        let (size, packed) = (entry.size(), entry.compressed_size().max(1));
        if size > SMALL && size / packed > MAX_RATIO {
            return Err(refused("library-zip-bomb", &name));
        }
        // One octet more than may be: a file that lies about its size is found out.
        let limit = u64::try_from(MAX_OCTETS)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let mut content = Vec::new();
        entry
            .by_ref()
            .take(limit)
            .read_to_end(&mut content)
            .map_err(|error| refused("library-zip-broken", &name).because(error))?;
        total = total.saturating_add(content.len());
        if content.len() > MAX_OCTETS || total > MAX_TOTAL {
            return Err(refused("library-zip-bomb", &name));
        }
        files.push(LibraryFile {
            name,
            bytes: content,
        });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn only_yaml_comes_out() {
        let zip = zipped(&[
            ("lib/device-types/M/x.yaml", b"a: 1"),
            ("lib/elevation-images/x.png", b"png"),
            ("lib/module-types/M/y.YML", b"b: 2"),
        ]);
        assert!(is_zip(&zip));
        let names: Vec<String> = unpack(&zip).unwrap().into_iter().map(|f| f.name).collect();
        assert_eq!(
            names,
            ["lib/device-types/M/x.yaml", "lib/module-types/M/y.YML"]
        );
    }

    #[test]
    fn what_would_do_harm_is_refused() {
        let zeros = vec![b' '; 900 * 1024];
        let mut linked = zip::ZipWriter::new(Cursor::new(Vec::new()));
        linked
            .add_symlink("a.yaml", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
        let linked = linked.finish().unwrap().into_inner();
        let outside = {
            // The writer refuses such names itself: put one in behind its back, in both places a zip has names.
            let mut zip = zipped(&[("xx/a.yaml", b"a: 1")]);
            while let Some(at) = zip.windows(3).position(|part| part == b"xx/") {
                zip.splice(at..at + 3, *b"../");
            }
            zip
        };
        for (zip, key) in [
            (outside, "library-zip-outside"),
            (linked, "library-zip-link"),
            (zipped(&[("a.yaml", &zeros)]), "library-zip-bomb"),
            (b"PK\x03\x04nonsense".to_vec(), "library-zip-broken"),
        ] {
            let fault = unpack(&zip).unwrap_err();
            assert_eq!(fault.fields.first().map(|f| f.message.key), Some(key));
        }
    }

    #[test]
    fn names_that_leave_their_folder_by_table() {
        for (name, inside) in [
            ("a/b.yaml", true),
            ("a..b.yaml", true),
            ("../a.yaml", false),
            ("a/../../b.yaml", false),
            ("/etc/a.yaml", false),
            ("C:a.yaml", false),
            ("a\\..\\b.yaml", false),
        ] {
            assert_eq!(is_inside(name), inside, "{name}");
        }
    }
}
