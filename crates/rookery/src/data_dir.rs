//! The folder for everything a server keeps, and the lock that makes it one server's.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

const LOCK: &str = "lock";
const CONTROL: &str = "control.sock";

/// The folder, held. The lock is the kernel's: it ends with the process, however that ends, so there is nothing to clean up.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder if need be and takes it, or says who has it.
    pub fn take(path: &Path) -> Result<DataDir, Failure> {
        let shown = path.display();
        let failed = |what: &str, error: std::io::Error| {
            Failure::Failed(format!("the data folder {shown} {what}: {error}"))
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| failed("cannot be made", error))?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(LOCK))
            .map_err(|error| failed("cannot be locked", error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(path, &mut lock)),
            Err(TryLockError::Error(error)) => return Err(failed("cannot be locked", error)),
        }
        sign(&mut lock).map_err(|error| failed("cannot be written", error))?;
        let path = path.canonicalize().map_err(|error| failed("cannot be found", error))?;
        Ok(DataDir { path, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn control_socket(&self) -> PathBuf {
        control_socket(&self.path)
    }
}

/// What this process makes is the owner's alone, also in a folder that somebody made for it and that all may look into:
/// SQLite makes its files as open as the process allows. Nothing of it is meant for a group: who speaks on the control socket
/// must be the owner or root, and so must who carries copies away. To be called before there is another thread.
#[expect(unsafe_code, reason = "the mask is the system's, and is told in C's terms")]
pub fn keep_to_ourselves() {
    const OF_OTHERS: libc::mode_t = 0o077;
    // SAFETY: it takes no pointer and cannot fail.
    unsafe { libc::umask(OF_OTHERS) };
}

/// Whether others on this machine may look into the folder. What is made there from now on they cannot read, but what an
/// earlier version made they perhaps can.
pub fn is_open_to_others(path: &Path) -> bool {
    const OTHERS: u32 = 0o077;
    std::fs::metadata(path).is_ok_and(|known| known.permissions().mode() & OTHERS != 0)
}

/// What to do about a folder others may look into.
pub fn how_to_close(path: &Path) -> String {
    format!("chmod -R go= {}", path.display())
}

/// Where the server of this folder is spoken to, if there is one.
pub fn control_socket(data: &Path) -> PathBuf {
    data.join(CONTROL)
}

/// The process that holds the folder, if one does.
pub fn holder(path: &Path) -> Option<u32> {
    let mut lock = File::open(path.join(LOCK)).ok()?;
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            lock.read_to_string(&mut holder).ok()?;
            holder.trim().parse().ok()
        }
        _ => None,
    }
}

/// The lock file says who holds it; only for the words of a refusal.
fn sign(lock: &mut File) -> std::io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn taken(path: &Path, lock: &mut File) -> Failure {
    let mut holder = String::new();
    // Between its lock and its signature a holder has no number yet; the refusal stands without it.
    lock.take(32).read_to_string(&mut holder).ok();
    let holder = match holder.trim() {
        "" => "another process".to_owned(),
        number => format!("process {number}"),
    };
    Failure::Refused(format!(
        "the data folder {} belongs to {holder}, which is running; stop it first, or give this one another folder with --data",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_servers_until_it_lets_go() {
        let parent = tempfile::tempdir().expect("a folder");
        let path = parent.path().join("new/data");
        let first = DataDir::take(&path).expect("it is free");
        let refusal = DataDir::take(&path).expect_err("it is taken");
        assert_eq!(refusal.code(), 3);
        assert!(refusal.to_string().contains(&format!("process {}", std::process::id())), "{refusal}");
        drop(first);
        DataDir::take(&path).expect("it is free again");
    }

    #[test]
    fn what_is_in_the_folder_is_the_owners_alone() {
        let parent = tempfile::tempdir().expect("a folder");
        let path = parent.path().join("data");
        let _held = DataDir::take(&path).expect("it is free");
        let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join(LOCK))), (0o700, 0o600));
    }
}
