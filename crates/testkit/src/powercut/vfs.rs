//! SQLite's own way to the disk with reads, writes and syncs sent elsewhere. Everything else is passed on.
//!
//! The memory SQLite gives for a file holds a `Cut` and, right behind it, the file of the default VFS.

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::slice;
use std::sync::Arc;

use rusqlite::ffi::{
    SQLITE_ACCESS_EXISTS, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_IOERR_FSYNC,
    SQLITE_IOERR_SHORT_READ, SQLITE_OK, sqlite3_file, sqlite3_filename, sqlite3_int64, sqlite3_io_methods,
    sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use super::disk::{Disk, Trouble};

#[repr(C)]
struct Cut {
    base: sqlite3_file,
    held: *mut Held,
}

struct Held {
    disk: Arc<Disk>,
    path: PathBuf,
}

struct Behind {
    disk: Arc<Disk>,
    vfs: *mut sqlite3_vfs,
}

/// For as long as the process lives: SQLite keeps the pointer, and there are few.
pub(super) fn register(name: &str, disk: &Arc<Disk>) {
    let name = CString::new(name).expect("a name without NUL");
    // SAFETY: the default VFS lives as long as the process; ours and its name are leaked, so they do too.
    let registered = unsafe {
        let default = sqlite3_vfs_find(ptr::null());
        assert!(!default.is_null(), "SQLite has a way to the disk");
        let behind = Box::into_raw(Box::new(Behind { disk: Arc::clone(disk), vfs: default }));
        let vfs = sqlite3_vfs {
            szOsFile: (*default).szOsFile + size_of::<Cut>() as c_int,
            pNext: ptr::null_mut(),
            zName: name.into_raw(),
            pAppData: behind.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            // The others look at nothing of the VFS they are called for.
            ..*default
        };
        sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0)
    };
    assert_eq!(registered, SQLITE_OK, "a VFS is registered");
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // Without memory maps of the file: they would go past us.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(outcome: Result<(), Trouble>) -> c_int {
    match outcome {
        Ok(()) => SQLITE_OK,
        Err(Trouble::Broken) => SQLITE_IOERR,
        Err(Trouble::Full) => SQLITE_FULL,
        Err(Trouble::NotSynced) => SQLITE_IOERR_FSYNC,
    }
}

// SAFETY, for all below: SQLite calls them as its VFS contract says. A `*mut sqlite3_vfs` is the one registered above,
// so its pAppData is a `Behind`. A `*mut sqlite3_file` was opened by `open` and not closed yet, so it is a `Cut` with a
// live `held`, and the file of the default VFS follows it. Names are NUL-terminated, buffers as long as they say.

unsafe fn behind<'a>(vfs: *mut sqlite3_vfs) -> &'a Behind {
    unsafe { &*(*vfs).pAppData.cast() }
}
unsafe fn held<'a>(file: *mut sqlite3_file) -> &'a Held {
    unsafe { &*(*file.cast::<Cut>()).held }
}
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    unsafe { file.cast::<Cut>().add(1).cast() }
}
unsafe fn path<'a>(name: *const c_char) -> &'a Path {
    unsafe { Path::new(OsStr::from_bytes(CStr::from_ptr(name).to_bytes())) }
}

/// Calls a method of the file behind.
macro_rules! pass_on {
    ($file:ident.$method:ident($($argument:expr),*)) => {{
        let real = unsafe { real($file) };
        let method = unsafe { (*(*real).pMethods).$method }.expect("the default VFS has all of version 2");
        unsafe { method(real $(, $argument)*) }
    }};
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let behind = unsafe { behind(vfs) };
    let Some(open) = (unsafe { (*behind.vfs).xOpen }) else { return SQLITE_CANTOPEN };
    if name.is_null() {
        // A temporary file: it matters to nobody after a power cut.
        return unsafe { open(behind.vfs, name, file, flags, out) };
    }
    unsafe { (*file).pMethods = ptr::null() };
    if behind.disk.is_off() {
        return SQLITE_CANTOPEN;
    }
    let opened = unsafe { open(behind.vfs, name, real(file), flags, out) };
    if opened != SQLITE_OK {
        return opened;
    }
    let path = unsafe { path(name) };
    if behind.disk.open(path).is_err() {
        pass_on!(file.xClose());
        return SQLITE_CANTOPEN;
    }
    let held = Box::new(Held { disk: Arc::clone(&behind.disk), path: path.into() });
    unsafe {
        (*file.cast::<Cut>()).held = Box::into_raw(held);
        (*file).pMethods = &raw const METHODS;
    }
    SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    let behind = unsafe { behind(vfs) };
    if let Err(trouble) = behind.disk.forget(unsafe { path(name) }) {
        return code(Err(trouble));
    }
    let delete = unsafe { (*behind.vfs).xDelete };
    delete.map_or(SQLITE_IOERR, |delete| unsafe { delete(behind.vfs, name, sync) })
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let behind = unsafe { behind(vfs) };
    match behind.disk.is_there(unsafe { path(name) }) {
        Err(trouble) => code(Err(trouble)),
        Ok(Some(there)) if flags == SQLITE_ACCESS_EXISTS => {
            unsafe { *out = c_int::from(there) };
            SQLITE_OK
        }
        Ok(_) => {
            let access = unsafe { (*behind.vfs).xAccess };
            access.map_or(SQLITE_IOERR, |access| unsafe { access(behind.vfs, name, flags, out) })
        }
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let closed = pass_on!(file.xClose());
    let held = unsafe { Box::from_raw((*file.cast::<Cut>()).held) };
    held.disk.close();
    closed
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    let held = unsafe { held(file) };
    // SQLite's buffer may never have been written to.
    unsafe { ptr::write_bytes(into.cast::<u8>(), 0, count as usize) };
    let into = unsafe { slice::from_raw_parts_mut(into.cast::<u8>(), count as usize) };
    match held.disk.read(&held.path, at as u64, into) {
        Ok(read) if read == into.len() => SQLITE_OK,
        Ok(_) => SQLITE_IOERR_SHORT_READ,
        Err(trouble) => code(Err(trouble)),
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    let held = unsafe { held(file) };
    let bytes = unsafe { slice::from_raw_parts(bytes.cast::<u8>(), count as usize) };
    code(held.disk.write(&held.path, at as u64, bytes))
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, len: sqlite3_int64) -> c_int {
    let held = unsafe { held(file) };
    code(held.disk.truncate(&held.path, len as u64))
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    let held = unsafe { held(file) };
    code(held.disk.sync(&held.path))
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, out: *mut sqlite3_int64) -> c_int {
    let held = unsafe { held(file) };
    code(held.disk.len(&held.path).map(|len| unsafe { *out = len as sqlite3_int64 }))
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass_on!(file.xLock(level))
}
unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass_on!(file.xUnlock(level))
}
unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    pass_on!(file.xCheckReservedLock(out))
}
unsafe extern "C" fn file_control(file: *mut sqlite3_file, what: c_int, with: *mut c_void) -> c_int {
    pass_on!(file.xFileControl(what, with))
}
unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    pass_on!(file.xSectorSize())
}
unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    pass_on!(file.xDeviceCharacteristics())
}
unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    pass_on!(file.xShmMap(page, size, extend, out))
}
unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    pass_on!(file.xShmLock(offset, count, flags))
}
unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    pass_on!(file.xShmBarrier());
}
unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    pass_on!(file.xShmUnmap(delete))
}
