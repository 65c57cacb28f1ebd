//! Files that were sent to be imported: tried first, kept sealed for an hour, and written when the same person says so.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::{sleep, timeout};
use sha2::{Digest, Sha256};

use super::Web;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::UserId;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::base::token::{hex, random_code};
use crate::exchange::parcel::is_zip;
use crate::exchange::{self, Context, ImportFile, Kind, Progress, Report, RowFault, Stage, netbox};
use crate::identity::Actor;

/// How long a file is kept.
const KEPT: Duration = Duration::from_secs(3600);
/// Most files of one person that are worked on at a time.
const MOST_AT_ONCE: usize = 2;
/// Most files of one person that are kept; the oldest one goes.
const MOST_KEPT: usize = 10;
/// Small files are done before anybody looks.
const SHORT: Duration = Duration::from_secs(2);
/// What the kept files are sealed for.
const PURPOSE: &str = "uploads.import";

/// How far an import is that a person has sent.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Being tried or written.
    Working,
    /// Tried: what it would do, or why it can't be done.
    Seen(Box<Report>),
    /// Written.
    Written(Box<Report>),
    /// It could not be tried.
    Failed(Box<Fault>),
}

/// One file.
pub(super) struct Job {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it holds; none for a file of NetBox.
    pub kind: Option<&'static Kind>,
    user: UserId,
    sent_at: Timestamp,
    hash: String,
    path: PathBuf,
    state: Mutex<State>,
    stage: AtomicUsize,
    done: AtomicUsize,
    of: AtomicUsize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job {
    /// What is known of it now.
    pub(super) fn state(&self) -> State {
        locked(&self.state).clone()
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        Progress {
            stage: match self.stage.load(Ordering::Relaxed) {
                0 => Stage::Read,
                1 => Stage::Check,
                _ => Stage::Write,
            },
            done: self.done.load(Ordering::Relaxed),
            of: self.of.load(Ordering::Relaxed),
        }
    }

    fn at(&self, step: Progress) {
        let stage = match step.stage {
            Stage::Read => 0,
            Stage::Check => 1,
            Stage::Write => 2,
        };
        self.stage.store(stage, Ordering::Relaxed);
        self.done.store(step.done, Ordering::Relaxed);
        self.of.store(step.of, Ordering::Relaxed);
    }

    fn is_over(&self, now: Timestamp) -> bool {
        let kept_ms = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        now.millis().saturating_sub(self.sent_at.millis()) >= kept_ms
            && !matches!(*locked(&self.state), State::Working)
    }

    fn settle(&self, outcome: Result<Report, Fault>) {
        let state = match outcome {
            Ok(report) if report.written => State::Written(Box::new(report)),
            Ok(report) => State::Seen(Box::new(report)),
            Err(fault) => {
                tracing::error!(import = %self.id, fault = %fault, "import failed");
                State::Failed(Box::new(fault))
            }
        };
        // Nobody needs the file any more: it was written, or is of no use as it is.
        if !matches!(&state, State::Seen(report) if report.fault_count == 0) {
            self.forget();
        }
        *locked(&self.state) = state;
    }

    fn forget(&self) {
        match fs::remove_file(&self.path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.path.display(), %fault, "an uploaded file stays");
            }
            _ => {}
        }
    }
}

/// A file as it was sent.
pub(super) struct Sent {
    /// Its name, without an ending.
    pub name: String,
    /// What it is said to hold; none for a file of NetBox.
    pub kind: Option<&'static Kind>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Files that wait, by their names in addresses.
#[derive(Clone, Default)]
pub(super) struct Imports(Arc<Shelf>);

#[derive(Default)]
struct Shelf {
    folder: Mutex<Option<PathBuf>>,
    jobs: Mutex<HashMap<String, Arc<Job>>>,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if let Some(folder) = locked(&self.folder).take()
            && let Err(fault) = fs::remove_dir_all(&folder)
        {
            tracing::warn!(path = %folder.display(), %fault, "the folder of uploads stays");
        }
    }
}

fn person(actor: &Actor) -> Result<UserId, Fault> {
    actor.user_id.ok_or_else(Fault::forbidden)
}

impl Imports {
    /// The job of a name, if this person began it and it is not too long ago.
    pub(super) fn find(&self, actor: &Actor, id: &str) -> Result<Arc<Job>, Fault> {
        self.sweep(actor.now);
        let user = person(actor)?;
        locked(&self.0.jobs)
            .get(id)
            .filter(|job| job.user == user)
            .cloned()
            .ok_or_else(Fault::not_found)
    }

    /// Keeps a file and begins to try it; comes back when that is done, or after a moment.
    pub(super) async fn begin(
        &self,
        web: &Web,
        actor: &Actor,
        sent: Sent,
    ) -> Result<Arc<Job>, Fault> {
        let user = person(actor)?;
        self.sweep(actor.now);
        self.make_room(user)?;
        let ending = if is_zip(&sent.bytes) { "xlsx" } else { "csv" };
        let id = random_code(20)?;
        let job = Arc::new(Job {
            name: format!("{}.{ending}", sent.name),
            kind: sent.kind,
            user,
            sent_at: actor.now,
            hash: hex(&Sha256::digest(&sent.bytes)),
            path: self.folder()?.join(&id),
            id: id.clone(),
            state: Mutex::new(State::Working),
            stage: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            of: AtomicUsize::new(0),
        });
        locked(&self.0.jobs).insert(id, job.clone());
        let (imports, now) = (self.clone(), actor.now);
        rocket::tokio::spawn(async move {
            sleep(KEPT).await;
            imports.sweep(Timestamp::now().max(now));
        });
        let (web, actor, begun) = (web.clone(), actor.clone(), job.clone());
        run(job.clone(), move || {
            keep(&web, &begun, &sent.bytes)?;
            try_file(&web, &actor, &begun, &sent.bytes, None)
        })
        .await;
        Ok(job)
    }

    /// Writes what a job was seen to do; comes back when that is done, or after a moment.
    pub(super) async fn write(
        &self,
        web: &Web,
        actor: &Actor,
        job: &Arc<Job>,
    ) -> Result<(), Fault> {
        let digest = {
            let mut state = locked(&job.state);
            let digest = match &*state {
                State::Seen(report) if report.fault_count == 0 => report.digest.clone(),
                _ => return Err(Fault::conflict(Message::new("import-not-ready"))),
            };
            *state = State::Working;
            digest
        };
        let (web, actor, begun) = (web.clone(), actor.clone(), job.clone());
        run(job.clone(), move || {
            let bytes = kept(&web, &begun)?;
            try_file(&web, &actor, &begun, &bytes, Some(&digest))
        })
        .await;
        Ok(())
    }

    /// Lets the oldest file of a person go that has too many; refuses one who has too many that are worked on.
    fn make_room(&self, user: UserId) -> Result<(), Fault> {
        let mut jobs = locked(&self.0.jobs);
        let own = jobs.values().filter(|job| job.user == user);
        let (working, mut idle): (Vec<_>, Vec<_>) = own
            .cloned()
            .partition(|job| matches!(*locked(&job.state), State::Working));
        if working.len() >= MOST_AT_ONCE {
            let message = Message::new("import-too-many").with("max", MOST_AT_ONCE);
            return Err(Fault::new(FaultKind::TooMany, message));
        }
        idle.sort_by_key(|job| job.sent_at);
        let too_many = idle.len().saturating_sub(MOST_KEPT - 1);
        for job in idle.into_iter().take(too_many) {
            job.forget();
            jobs.remove(&job.id);
        }
        Ok(())
    }

    fn sweep(&self, now: Timestamp) {
        locked(&self.0.jobs).retain(|_, job| {
            let stays = !job.is_over(now);
            if !stays {
                job.forget();
            }
            stays
        });
    }

    /// A folder of this process that nobody else may enter.
    fn folder(&self) -> Result<PathBuf, Fault> {
        let mut folder = locked(&self.0.folder);
        if let Some(folder) = &*folder {
            return Ok(folder.clone());
        }
        let path = std::env::temp_dir().join(format!("coldaisle-uploads-{}", random_code(12)?));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(Fault::unavailable)?;
        *folder = Some(path.clone());
        Ok(path)
    }
}

/// Does the work beside the request, which waits for it a moment.
async fn run(job: Arc<Job>, work: impl FnOnce() -> Result<Report, Fault> + Send + 'static) {
    let running = rocket::tokio::spawn(async move {
        let outcome = spawn_blocking(work).await.map_err(Fault::internal);
        job.settle(outcome.and_then(|outcome| outcome));
    });
    // A longer one goes on by itself, and the page follows it.
    if timeout(SHORT, running).await.is_err() {
        tracing::debug!("an import goes on beside its request");
    }
}

/// Files may hold passwords, so they are kept sealed.
fn keep(web: &Web, job: &Job, bytes: &[u8]) -> Result<(), Fault> {
    let text = Secret::new(STANDARD.encode(bytes));
    let sealed = web.keyring.seal(PURPOSE, &text)?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&job.path)
        .map_err(Fault::unavailable)?;
    file.write_all(&sealed).map_err(Fault::unavailable)
}

fn kept(web: &Web, job: &Job) -> Result<Vec<u8>, Fault> {
    let sealed = fs::read(&job.path).map_err(Fault::unavailable)?;
    let text = web.keyring.open(PURPOSE, &sealed)?;
    let bytes = STANDARD.decode(text.expose()).map_err(Fault::internal)?;
    if hex(&Sha256::digest(&bytes)) == job.hash {
        Ok(bytes)
    } else {
        Err(Fault::internal("the kept file is another one"))
    }
}

/// Tries a file, or writes it when it does what was seen.
fn try_file(
    web: &Web,
    actor: &Actor,
    job: &Job,
    bytes: &[u8],
    seen: Option<&str>,
) -> Result<Report, Fault> {
    let context = Context {
        actor,
        keyring: &web.keyring,
    };
    let (files, notes, note_count) = match read(web, &context, job, bytes)? {
        Ok(read) => read,
        Err(faults) => return Ok(Report::unread(faults)),
    };
    let progress = |step| job.at(step);
    let report = match seen {
        None => exchange::import(&web.store, &context, files, true, &progress)?,
        Some(digest) => exchange::import_as_seen(&web.store, &context, files, digest, &progress)?,
    };
    Ok(report.noted(notes, note_count))
}

/// Rows, and notes about how they were read with their number.
type Rows = (Vec<ImportFile>, Vec<RowFault>, usize);

fn read(
    web: &Web,
    context: &Context<'_>,
    job: &Job,
    bytes: &[u8],
) -> Result<Result<Rows, Vec<RowFault>>, Fault> {
    if let Some(kind) = job.kind {
        let sheet = match exchange::read_sheet(kind.name, &job.name, bytes) {
            Ok(sheet) => sheet,
            Err(faults) => return Ok(Err(faults)),
        };
        if kind.has_columns(&sheet.header) || !netbox::is_netbox(&sheet.header) {
            let rows = exchange::rows_of(kind, &job.name, sheet);
            return Ok(rows.map(|rows| {
                let file = ImportFile::new(job.name.clone(), kind, rows);
                (vec![file], Vec::new(), 0)
            }));
        }
    }
    let files = [(job.name.clone(), bytes.to_vec())];
    let read = netbox::read(&web.store, context, &files, job.sent_at)?;
    Ok(read.map(|read| (read.files, read.notes, read.note_count)))
}
