//! The machine under this process: its disk, its files, and the copies that lie on it.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::{Finding, State, now};
use crate::config::Config;
use crate::config::kinds::StoreKind;
use crate::config::values::{Setting, Size};
use crate::data_dir;
use crate::role::Role;

pub fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![disk(&config.server.data)];
    if config.store.kind == StoreKind::Embedded
        && findings.iter().all(|finding| finding.state != State::Wrong)
    {
        findings.push(durable(&config.server.data));
    }
    findings.extend(open_folder(&config.server.data));
    findings.push(files(config));
    findings
}

/// What everybody said lies in it, and in the copies.
fn open_folder(data: &Path) -> Option<Finding> {
    const NAME: &str = "data";
    if !data.is_dir() {
        return None;
    }
    let shown = data.display();
    Some(match data_dir::is_open_to_others(data) {
        true => Finding::doubtful(
            NAME,
            format!("others on this machine may look into {shown}"),
            data_dir::how_to_close(data),
        ),
        false => Finding::well(NAME, format!("{shown} is its owner's alone")),
    })
}

/// The folder, or the nearest one above it that exists: where it will be made.
fn existing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.ancestors().find(|folder| folder.is_dir()).map_or(absolute.clone(), Path::to_owned)
}

fn disk(data: &Path) -> Finding {
    const NAME: &str = "disk";
    const FREE_MIN: u64 = 1 << 30;
    let folder = existing(data);
    let disk = match fs4::statvfs(&folder) {
        Ok(disk) => disk,
        Err(error) => {
            return Finding::wrong(
                NAME,
                format!("{}: {error}", folder.display()),
                "name another folder with server.data",
            );
        }
    };
    if let Err(error) = tempfile_in(&folder) {
        return Finding::wrong(
            NAME,
            format!("nothing can be written in {}: {error}", folder.display()),
            "give it to the user the server runs as, or name another with server.data",
        );
    }
    let (free, all) = (disk.available_space(), disk.total_space());
    let shown = format!("{} of {} are free in {}", about(free), about(all), folder.display());
    if free < FREE_MIN || free < all / 10 {
        return Finding::doubtful(NAME, shown, "make room: nothing is written to a full disk");
    }
    Finding::well(NAME, shown)
}

/// Gone again at once, whatever happens to it.
fn tempfile_in(folder: &Path) -> std::io::Result<File> {
    let path = folder.join(format!(".rookery-doctor-{}", std::process::id()));
    let file = File::create_new(&path);
    fs::remove_file(&path).ok();
    file
}

/// What an acknowledgement costs here, and whether the disk says the truth.
fn durable(data: &Path) -> Finding {
    const NAME: &str = "fsync";
    const TRIES: usize = 15;
    const SLOW: Duration = Duration::from_millis(20);
    // No disk that keeps what it promises is as fast as its memory.
    const TOO_GOOD: Duration = Duration::from_micros(15);
    let tried = tempfile_in(&existing(data)).and_then(|mut file| {
        let mut took = Vec::new();
        for _ in 0..TRIES {
            file.write_all(&[7; 4_096])?;
            let began = Instant::now();
            file.sync_data()?;
            took.push(began.elapsed());
        }
        took.sort_unstable();
        Ok(took[TRIES / 2])
    });
    match tried {
        Err(error) => Finding::wrong(NAME, error.to_string(), "this disk cannot keep a journal; use another"),
        Ok(took) if took > SLOW => Finding::doubtful(
            NAME,
            format!("a sync takes {} ms: so long waits everybody who writes", took.as_millis()),
            "use a local SSD, or PostgreSQL on one",
        ),
        Ok(took) if took < TOO_GOOD => Finding::doubtful(
            NAME,
            format!("a sync takes {} us: this is memory, or a disk that only says so", took.as_micros()),
            "keep server.data on a disk that survives a power cut (no tmpfs, no cache without a battery)",
        ),
        Ok(took) => Finding::well(NAME, format!("a sync takes {:.1} ms", took.as_secs_f64() * 1e3)),
    }
}

/// A socket is a file. What the running server was given counts; without one, what one started here would ask for and get.
fn files(config: &Config) -> Finding {
    const NAME: &str = "files";
    const BESIDE: u64 = 500;
    let mut needed = BESIDE;
    for role in &config.server.roles {
        needed += match role {
            Role::Api => u64::from(config.server.connections_max),
            Role::Gateway => u64::from(config.gateway.sockets_max),
            Role::Worker => 0,
        };
    }
    let running = data_dir::holder(&config.server.data);
    let whose =
        running.map_or("a server started from here".to_owned(), |process| format!("process {process}"));
    let most = match running {
        None => Some(load::process::descriptors_max()),
        Some(process) => crate::telemetry::files_max_in(Path::new(&format!("/proc/{process}/limits"))),
    };
    match most {
        None => Finding::away(
            NAME,
            format!("the limits of {whose} cannot be read"),
            "ask as the user the server runs as",
        ),
        Some(most) if most < needed => Finding::doubtful(
            NAME,
            format!(
                "{whose} may have {most} files open, and its limits promise {needed} connections and more"
            ),
            format!(
                "raise it (LimitNOFILE={needed} for systemd, ulimit -n), or lower gateway.sockets_max and server.connections_max"
            ),
        ),
        Some(most) => Finding::well(NAME, format!("{whose} may have {most} open")),
    }
}

/// The latest copy, and whether it would survive the disk.
pub fn copies(config: &Config) -> Vec<Finding> {
    const NAME: &str = "backup";
    let backup = &config.backup;
    if backup.every.is_zero() {
        return vec![Finding::doubtful(NAME, "no copies are made", "set backup.every")];
    }
    let dir = backup.dir.clone().unwrap_or_else(|| config.server.data.join("backups"));
    let newest = fs::read_dir(&dir).into_iter().flatten().flatten();
    let newest = newest.filter_map(|copy| copy.metadata().ok()?.modified().ok()).max();
    let age = newest.and_then(|made| now().duration_since(made).ok());
    let mut findings = Vec::new();
    match age {
        None if data_dir::holder(&config.server.data).is_none() => {
            findings.push(Finding::well(NAME, "no server has run long enough to make a copy"));
        }
        None => findings.push(Finding::doubtful(
            NAME,
            format!("there is no copy in {}", dir.display()),
            "rookery backup makes one now; if it cannot, it says why",
        )),
        Some(age) if age > backup.every * 3 => findings.push(Finding::doubtful(
            NAME,
            format!("the latest copy is {} old", Duration::from_secs(age.as_secs()).show()),
            "the server's log says why none was made since; rookery backup tries it now",
        )),
        Some(age) => findings.push(Finding::well(
            NAME,
            format!("the latest copy is {} old", Duration::from_secs(age.as_secs()).show()),
        )),
    }
    if on_one_disk(&dir, &config.server.data) {
        findings.push(Finding::doubtful(
            "backup_disk",
            "copies lie on the disk of what they copy",
            "set backup.dir to another disk, and carry copies to another place",
        ));
    }
    findings
}

fn on_one_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(existing(path)).ok().map(|known| known.dev());
    device(one).is_some() && device(one) == device(other)
}

/// In a unit one can read at a glance.
fn about(bytes: u64) -> String {
    let units = [1 << 30, 1 << 20, 1 << 10];
    let unit = units.into_iter().find(|unit| bytes >= *unit).unwrap_or(1);
    Size(bytes / unit * unit).show()
}
