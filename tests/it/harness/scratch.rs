//! One directory per test process, removed when the process ends, however it ends.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// The process's directory and the shell that waits for the process to end.
struct Scratch {
    path: PathBuf,
    /// Holds the write end of the shell's standard input; it closes with this process.
    _watchdog: Child,
}

/// Stops a database server that runs in the directory, then removes the directory.
const WATCHDOG: &str = r#"cd /
read -r nothing
pid=$(head -n 1 "$1/pg/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
    kill -QUIT "$pid"
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
fi
rm -rf "$1""#;

/// Longest directory name that leaves room for the name of a Unix socket (108 octets in all).
const LONGEST_PATH: usize = 70;

/// The directory of this test process; short enough for Unix sockets in it.
pub fn scratch_dir() -> &'static Path {
    static SCRATCH: OnceLock<Scratch> = OnceLock::new();
    &SCRATCH.get_or_init(make).path
}

fn make() -> Scratch {
    let parent = Some(std::env::temp_dir())
        .filter(|parent| parent.as_os_str().len() <= LONGEST_PATH)
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    let path = tempfile::Builder::new()
        .prefix("coldaisle-")
        .tempdir_in(parent)
        .expect("a temporary directory")
        .keep();
    // The database server may run as another user and must get through.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)).expect("permissions");
    let watchdog = Command::new("sh")
        .args(["-c", WATCHDOG, "sh"])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A group of its own: an interrupt from the terminal ends the tests, not the cleaning up.
        .process_group(0)
        .spawn()
        .expect("sh");
    Scratch {
        path,
        _watchdog: watchdog,
    }
}
