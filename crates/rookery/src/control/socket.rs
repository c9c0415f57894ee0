//! The path of the socket, made short where it must be, and who may speak through it.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What a socket's address holds on Linux, less its final zero.
const PATH_BYTES_MAX: usize = 107;

/// A path to the socket that fits into an address. A folder deep down is reached through its open handle.
pub struct ShortPath {
    path: PathBuf,
    _folder: Option<File>,
}

impl ShortPath {
    pub fn to(socket: &Path) -> io::Result<ShortPath> {
        if socket.as_os_str().len() <= PATH_BYTES_MAX {
            return Ok(ShortPath { path: socket.to_owned(), _folder: None });
        }
        let (Some(folder), Some(name)) = (socket.parent(), socket.file_name()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a socket stands in a folder"));
        };
        let folder = File::open(folder)?;
        let path = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
        Ok(ShortPath { path, _folder: Some(folder) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Only the owner may open it; the folder around it is the owner's too, and whoever connects is asked again.
pub fn make_private(socket: &Path) -> io::Result<u32> {
    fs::set_permissions(socket, fs::Permissions::from_mode(0o600))?;
    Ok(fs::metadata(socket)?.uid())
}
