//! The demo's folder: its files, and how it starts anew.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::arguments::Demo;
use crate::base::fault::Message;
use crate::cli::Common;
use crate::config::{Hold, KeyFile, KeyFileError, Sources};

/// Also the sign that a folder is a demo's.
const CONFIG: &str = "demo.toml";
const DATABASE: &str = "demo.db";
const KEY: &str = "demo.key";
/// Environment variables the demo listens to; all others are meant for a real installation.
const VARIABLES: [&str; 2] = ["COLDAISLE_MAIL__", "COLDAISLE_LOG__"];

const CONFIG_TEXT: &str = "# Made by `coldaisle demo`. Settings of the demo may be tried here; address, port, database and\n\
    # key file are given by the command. `coldaisle demo --reset` deletes this file.\n\
    \n\
    [log]\n\
    level = \"warn,rocket=error\"\n";

/// The folder of a demo, ready to be used.
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// Makes the folder, or empties it of what a demo left there when `--reset` asks for it.
    pub fn prepare(args: &Demo) -> Result<Self, Message> {
        let shown = args.dir.display().to_string();
        let failed = |fault: std::io::Error| {
            Message::new("app-place")
                .with("path", shown.as_str())
                .with("fault", fault.to_string())
        };
        std::fs::create_dir_all(&args.dir).map_err(failed)?;
        let folder = std::path::absolute(&args.dir).map_err(failed)?;
        let place = Self { folder };
        let config = place.file(CONFIG);
        if args.reset && config.exists() {
            place.reset()?;
        }
        if !config.exists() {
            std::fs::write(&config, CONFIG_TEXT).map_err(failed)?;
        }
        Ok(place)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Removes the demo's own files and nothing else.
    fn reset(&self) -> Result<(), Message> {
        let key = self.file(KEY);
        match KeyFile::open(&key, Hold::Alone) {
            Err(KeyFileError::InUse(_)) => {
                Err(Message::new("demo-running").with("path", self.folder.display().to_string()))
            }
            // Held until the files are gone, so that no other demo starts in between.
            held => {
                let names = [DATABASE, "demo.db-wal", "demo.db-shm", KEY, CONFIG];
                let removed = names.iter().try_for_each(|name| remove(&self.file(name)));
                drop(held);
                removed
            }
        }
    }

    /// The demo's configuration: its own file, a few variables, and flags.
    pub fn sources(&self, common: &Common, args: &Demo) -> Sources {
        let flag = |flag: &str, key: &str, value: String| (flag.to_owned(), key.to_owned(), value);
        let database = format!("sqlite:{}", self.file(DATABASE).display());
        let mut flags = vec![
            flag("--dir", "database.url", database),
            flag("--dir", "keys.file", self.file(KEY).display().to_string()),
            flag("--address", "web.address", args.address.to_string()),
            flag("--port", "web.port", args.port.to_string()),
            // A port of its own: the usual one is another program's, or root's.
            flag("--dir", "traps.listen", "127.0.0.1:0".to_owned()),
        ];
        flags.extend(
            common
                .set
                .iter()
                .map(|(key, value)| flag("--set", key, value.clone())),
        );
        let mut sources = Sources::of_process(Some(self.file(CONFIG)), flags);
        sources
            .variables
            .retain(|(name, _)| VARIABLES.iter().any(|known| name.starts_with(known)));
        sources
    }
}

fn remove(path: &Path) -> Result<(), Message> {
    match std::fs::remove_file(path) {
        Err(fault) if fault.kind() != ErrorKind::NotFound => Err(Message::new("app-place")
            .with("path", path.display().to_string())
            .with("fault", fault.to_string())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn demo(dir: &Path, reset: bool) -> Demo {
        Demo {
            dir: dir.to_owned(),
            port: 0,
            address: "127.0.0.1".parse().unwrap(),
            days: 1,
            reset,
            quiet: true,
        }
    }

    #[test]
    fn a_reset_removes_the_demo_s_files_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("demo.db"), "somebody's own").unwrap();
        // Without the sign of a demo nothing is touched.
        Place::prepare(&demo(path, true)).map(drop).unwrap();
        assert!(path.join("demo.db").exists() && path.join("demo.toml").exists());
        std::fs::write(path.join("letter.txt"), "keep").unwrap();
        std::fs::write(path.join("demo.db-wal"), "").unwrap();
        Place::prepare(&demo(path, true)).map(drop).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["demo.toml", "letter.txt"]);
    }

    #[test]
    fn a_running_demo_is_not_reset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        Place::prepare(&demo(path, false)).map(drop).unwrap();
        let held = KeyFile::open_or_create(&path.join(KEY), || true).unwrap();
        let refused = Place::prepare(&demo(path, true)).map(drop).unwrap_err();
        assert_eq!(refused.key, "demo-running");
        assert!(path.join(KEY).exists());
        drop(held);
        Place::prepare(&demo(path, true)).map(drop).unwrap();
        assert!(!path.join(KEY).exists());
    }
}
