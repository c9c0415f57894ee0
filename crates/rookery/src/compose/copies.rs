//! Copies of the embedded store: by the clock while it serves, and whenever an operator asks; and the way back.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::Stamp;
use serde_json::{Value, json};
use store::StoreError;
use store::clock::Clock;
pub use store::sqlite::backup::Overwrite;
use store::sqlite::backup::{self, Copied, CopyName, Keep, NotRestored, Pace, Pages};
use tokio::sync::Mutex;
use tracing::{error, info, warn};

use super::desk::failed;
use super::{clock, embedded};
use crate::config::Config;
use crate::control::Progress;
use crate::exit::Failure;
use crate::lifecycle::{Lifecycle, Stop, TaskError};

/// A first copy is not made in the first moments: people are just arriving.
const FIRST_AFTER: Duration = Duration::from_mins(1);
/// After a failure: soon, for a full disk may be emptied, but not at once.
const AGAIN_AFTER: Duration = Duration::from_mins(5);

/// The usual folder of copies. Clones are handles to the same.
#[derive(Clone)]
pub struct Copies {
    source: PathBuf,
    folder: PathBuf,
    keep: Keep,
    clock: Arc<dyn Clock>,
    lifecycle: Lifecycle,
    /// One copy is made at a time.
    turn: Arc<Mutex<()>>,
}

/// Where the usual copies of this configuration's store are.
pub fn folder(config: &Config) -> PathBuf {
    let folder = config.backup.dir.clone().unwrap_or_else(|| config.server.data.join("backups"));
    // A command may stand in another folder than the server whose answer it reads.
    std::path::absolute(&folder).unwrap_or(folder)
}

impl Copies {
    pub fn of(config: &Config, lifecycle: &Lifecycle) -> Copies {
        let keep =
            Keep { hourly: config.backup.keep_hourly as usize, daily: config.backup.keep_daily as usize };
        Copies {
            source: embedded::file(&config.server.data),
            folder: folder(config),
            keep,
            clock: clock(),
            lifecycle: lifecycle.clone(),
            turn: Arc::default(),
        }
    }

    /// A new copy in the usual folder; then those that are no longer to be kept leave.
    pub async fn make(&self, progress: Progress) -> Result<Copied, Failure> {
        let copied = self.make_in(self.folder.clone(), progress).await?;
        if let Err(error) = backup::rotate(&self.folder, self.keep) {
            warn!(%error, "old copies in {} could not leave: {error}", self.folder.display());
        }
        Ok(copied)
    }

    /// A new copy in any folder, where nothing is ever removed.
    pub async fn make_in(&self, folder: PathBuf, progress: Progress) -> Result<Copied, Failure> {
        let _turn = self.turn.lock().await;
        let (source, now) = (self.source.clone(), self.clock.now());
        let copy = move || backup::copy(&source, &folder, now, Pace::default(), &mut watched(progress));
        let done = self.lifecycle.on_thread("backup", copy).await;
        done.map_err(|error| Failure::Failed(error.to_string()))?.map_err(|error| failed(&error))
    }

    /// Copies when the last one is this old; across restarts, since their names say when they were made.
    pub async fn every(self, interval: Duration, stop: Stop) -> Result<(), TaskError> {
        let mut wait = self.until_due(interval);
        loop {
            tokio::select! {
                () = stop.soft() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
            let made = self.make(Progress::unwatched()).await;
            let outcome = if made.is_ok() { "made" } else { "failed" };
            metrics::counter!("rookery_backups_total", "outcome" => outcome).increment(1);
            wait = match made {
                Ok(copied) => {
                    metrics::gauge!("rookery_backup_last_seconds")
                        .set((self.clock.now().0 / Stamp::SECOND) as f64);
                    info!(bytes = copied.bytes, "copied the store to {}", copied.file.display());
                    interval
                }
                Err(why) => {
                    error!(%why, "no copy could be made: {why}");
                    AGAIN_AFTER.min(interval)
                }
            };
        }
    }

    fn until_due(&self, interval: Duration) -> Duration {
        let age = latest(&self.folder).map(|CopyName(made)| self.clock.now().0.saturating_sub(made.0));
        until_due(age.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros), interval)
    }
}

/// Since a last copy of this age. None yet, or one from the future, is no reason to wait for long.
fn until_due(age: Option<Duration>, interval: Duration) -> Duration {
    age.map_or(FIRST_AFTER, |age| interval.saturating_sub(age).max(FIRST_AFTER)).min(interval)
}

/// The newest copy of a folder, by its name.
fn latest(folder: &Path) -> Option<CopyName> {
    let names = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter_map(|name| name.parse().ok()).max()
}

/// A copy as an operator names it: a file, a name in the usual folder, or nothing for the latest one there.
pub fn named(config: &Config, copy: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = folder(config);
    let Some(copy) = copy else {
        let latest = latest(&folder).map(|name| folder.join(name.to_string()));
        return latest.ok_or_else(|| Failure::Refused(format!("there is no copy in {}", folder.display())));
    };
    let usual = folder.join(copy);
    Ok(if !copy.is_file() && usual.is_file() { usual } else { copy.to_owned() })
}

/// Reads a copy and says what is wrong with it.
pub async fn verify(copy: &Path, progress: Progress) -> Result<Value, Failure> {
    let mut watch = |step: store::check::Progress| progress.say(|| super::desk::words_of(step));
    let seen = match backup::verify(copy, &mut watch).await {
        Ok(seen) => seen,
        // Too broken to be read through: that is the finding.
        Err(StoreError::Statement(what)) => {
            let finding = json!({ "name": "unreadable", "what": what });
            return Ok(json!({ "ok": false, "copy": copy, "findings": [finding], "journals": [] }));
        }
        Err(error) => return Err(failed(&error)),
    };
    let damage = seen.damage.iter().map(|what| json!({ "name": "damaged_pages", "what": what }));
    let broken = seen.findings.iter().map(|finding| json!({ "name": finding.name, "what": finding.what }));
    let findings: Vec<Value> = damage.chain(broken).collect();
    let journals = seen.journals.iter().map(|journal| {
        let (epoch, position) = (journal.epoch.0.to_string(), journal.position.0);
        json!({ "workspace": journal.workspace.to_string(), "epoch": epoch, "position": position })
    });
    let journals: Vec<Value> = journals.collect();
    Ok(json!({ "ok": seen.is_sound(), "copy": copy, "findings": findings, "journals": journals }))
}

/// Puts a copy in the place of the store of a folder this process holds; every journal in it begins a new epoch.
pub async fn restore(
    copy: PathBuf,
    data: &Path,
    overwrite: Overwrite,
    progress: Progress,
    lifecycle: &Lifecycle,
) -> Result<(), Failure> {
    let (into, now) = (embedded::file(data), clock().now());
    let put = move || backup::restore(&copy, &into, overwrite, now, &mut watched(progress));
    let done =
        lifecycle.on_thread("restore", put).await.map_err(|error| Failure::Failed(error.to_string()))?;
    done.map_err(|why| match why {
        NotRestored::Exists(_) => {
            Failure::Refused(format!("{why}; --replace puts the copy in its place all the same"))
        }
        NotRestored::NotACopy { .. } => Failure::Refused(why.to_string()),
        NotRestored::Store(error) => failed(&error),
    })
}

fn watched(progress: Progress) -> impl FnMut(Pages) {
    move |pages: Pages| progress.say(|| format!("{} of {} pages", pages.done, pages.total))
}

pub fn told_of(copied: &Copied) -> Value {
    json!({ "copy": copied.file, "bytes": copied.bytes })
}

#[cfg(test)]
mod tests {
    use store::{Sqlite, SqliteOptions};

    use super::*;
    use crate::lifecycle::Ending;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn a_copy_is_due_when_the_last_one_is_old_enough_and_not_in_the_first_minute() {
        for (age, wait) in [
            (None, FIRST_AFTER),
            (Some(Duration::ZERO), HOUR),
            (Some(Duration::from_mins(20)), Duration::from_mins(40)),
            (Some(Duration::from_mins(90)), FIRST_AFTER),
        ] {
            assert_eq!(until_due(age, HOUR), wait, "{age:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_serves_the_store_is_copied_by_the_clock() {
        let data = tempfile::tempdir().expect("a folder");
        let file = embedded::file(data.path());
        drop(Sqlite::open(&file, clock(), &SqliteOptions::default()).expect("a store"));
        let mut config = Config::default();
        data.path().clone_into(&mut config.server.data);
        let lifecycle = Lifecycle::new(HOUR);
        let copies = Copies::of(&config, &lifecycle);
        lifecycle.spawn("backup", |stop| copies.every(HOUR, stop));
        while latest(&folder(&config)).is_none() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        // The copy stands, its task is about to end: from here only real time may run into the limit.
        tokio::time::resume();
        assert_eq!(lifecycle.finished().await, Ending::Drained);
        assert_eq!(
            verify(&named(&config, None).expect("a copy"), Progress::unwatched()).await.expect("read")["ok"],
            true
        );
    }
}
