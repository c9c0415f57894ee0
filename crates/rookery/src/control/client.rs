//! The asking side: a command that waits, on a plain blocking socket.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::socket::ShortPath;
use super::{Ask, Said};
use crate::data_dir::{control_socket, holder};
use crate::exit::Failure;

/// A server holds its folder a moment before it can be spoken to, longer where it migrates first.
const STARTING_MAX: u32 = 200;
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The answer of the server that holds this folder; nothing if there is none, and then the caller may open the store itself.
pub fn ask(data: &Path, ask: &Ask, mut progress: impl FnMut(&str)) -> Option<Result<Value, Failure>> {
    let stream = match connect_or_wait(data, &mut progress) {
        Ok(stream) => stream,
        Err(error) if nobody_is_there(&error) => return None,
        Err(error) => {
            return Some(Err(Failure::Unreachable(format!("the server's control socket: {error}"))));
        }
    };
    Some(converse(stream, ask, &mut progress).unwrap_or_else(|error| {
        Err(Failure::Unreachable(format!("the server went away before it answered ({error}); ask again")))
    }))
}

/// As long as somebody holds the folder they may yet listen. Whoever does not is named by the lock.
fn connect_or_wait(data: &Path, progress: &mut impl FnMut(&str)) -> io::Result<UnixStream> {
    let mut tried = connect(data);
    for _ in 0..STARTING_MAX {
        if !tried.as_ref().is_err_and(nobody_is_there) || holder(data).is_none() {
            break;
        }
        progress("a server is starting here");
        std::thread::park_timeout(LOOK_AGAIN);
        tried = connect(data);
    }
    tried
}

fn connect(data: &Path) -> io::Result<UnixStream> {
    let socket = ShortPath::to(&control_socket(data))?;
    UnixStream::connect(socket.path())
}

/// A socket left by a killed server refuses; the data folder's lock then says whether someone else is there.
fn nobody_is_there(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

fn converse(
    mut stream: UnixStream,
    ask: &Ask,
    progress: &mut impl FnMut(&str),
) -> io::Result<Result<Value, Failure>> {
    let mut question = serde_json::to_vec(ask)?;
    question.push(b'\n');
    stream.write_all(&question)?;
    for line in BufReader::new(stream).lines() {
        match serde_json::from_str(&line?)? {
            Said::Progress(words) => progress(&words),
            Said::Done(value) => return Ok(Ok(value)),
            Said::Failure { code, message } => return Ok(Err(Failure::of(&code, message))),
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}
