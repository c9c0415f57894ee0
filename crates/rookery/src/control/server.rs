//! The answering side, in the server that holds the folder.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::socket::{ShortPath, make_private};
use super::{Ask, Said};
use crate::exit::Failure;
use crate::lifecycle::{Lifecycle, Stop, TaskError};

const QUESTION_BYTES_MAX: u64 = 64 * 1024;
const QUESTION_TIME_MAX: Duration = Duration::from_secs(5);
const CONVERSATIONS_MAX: usize = 8;
const PROGRESS_LINES_WAITING_MAX: usize = 16;

/// Does what is asked. What it reports on the way may be lost when nobody reads; the end never is.
pub type Answerer = Arc<dyn Fn(Ask, Progress) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync>;

/// Where the one who works says how far it is.
#[derive(Clone)]
pub struct Progress(Option<mpsc::Sender<String>>);

impl Progress {
    /// For work nobody watches.
    pub fn unwatched() -> Progress {
        Progress(None)
    }

    /// For work in this process, watched at the other end.
    pub fn watched() -> (Progress, mpsc::Receiver<String>) {
        let (watcher, lines) = mpsc::channel(PROGRESS_LINES_WAITING_MAX);
        (Progress(Some(watcher)), lines)
    }

    pub fn say(&self, words: impl FnOnce() -> String) {
        if let Some(watcher) = &self.0 {
            // Full or gone: the watcher is slower than the work, or has left; the work goes on.
            watcher.try_send(words()).ok();
        }
    }
}

/// The open socket and the path to remove at the end.
struct Socket {
    listener: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl Drop for Socket {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).ok();
    }
}

/// Opens the socket, whose folder must be held, and answers on it until the stop.
pub fn listen(socket: &Path, answerer: Answerer, lifecycle: &Lifecycle) -> Result<(), Failure> {
    let failed =
        |error: io::Error| Failure::Failed(format!("the control socket {}: {error}", socket.display()));
    let socket = open(socket).map_err(failed)?;
    let handle = lifecycle.clone();
    lifecycle.spawn("control", |stop| serve(socket, answerer, handle, stop));
    Ok(())
}

/// One that lies there is a killed server's: the folder is ours, so nobody listens on it.
fn open(path: &Path) -> io::Result<Socket> {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let listener = UnixListener::bind(ShortPath::to(path)?.path())?;
    let owner = make_private(path)?;
    Ok(Socket { listener, path: path.to_owned(), owner })
}

async fn serve(
    socket: Socket,
    answerer: Answerer,
    lifecycle: Lifecycle,
    stop: Stop,
) -> Result<(), TaskError> {
    let places = Arc::new(Semaphore::new(CONVERSATIONS_MAX));
    let mut conversations = JoinSet::new();
    loop {
        let (accepted, place) = tokio::select! {
            biased;
            () = stop.soft() => break,
            Some(_) = conversations.join_next() => continue,
            accepted = accept(&socket, &places) => accepted,
        };
        match accepted {
            Ok(stream) if is_allowed(&stream, socket.owner) => {
                let (answerer, lifecycle) = (answerer.clone(), lifecycle.clone());
                conversations.spawn(async move {
                    if let Err(error) = converse(stream, answerer, lifecycle).await {
                        debug!(%error, "a conversation on the control socket ended early");
                    }
                    drop(place);
                });
            }
            Ok(_) => warn!("somebody else's process asked on the control socket and was sent away"),
            Err(error) => {
                warn!(%error, "could not accept on the control socket; trying again");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    while conversations.join_next().await.is_some() {}
    Ok(())
}

async fn accept(
    socket: &Socket,
    places: &Arc<Semaphore>,
) -> (io::Result<UnixStream>, Option<OwnedSemaphorePermit>) {
    let place = places.clone().acquire_owned().await.ok();
    (socket.listener.accept().await.map(|(stream, _)| stream), place)
}

fn is_allowed(stream: &UnixStream, owner: u32) -> bool {
    const ROOT: u32 = 0;
    stream.peer_cred().is_ok_and(|peer| peer.uid() == owner || peer.uid() == ROOT)
}

async fn converse(mut stream: UnixStream, answerer: Answerer, lifecycle: Lifecycle) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut question = String::new();
    let mut reader = BufReader::new(reader.take(QUESTION_BYTES_MAX));
    tokio::time::timeout(QUESTION_TIME_MAX, reader.read_line(&mut question)).await??;
    let ask = match serde_json::from_str::<Ask>(&question) {
        Ok(ask) => ask,
        Err(error) => {
            let failure = Failure::Usage(format!(
                "this server does not know the question ({error}); is it as old as the command?"
            ));
            return say(&mut writer, &Err(failure).into()).await;
        }
    };
    let (progress, mut lines) = Progress::watched();
    // Done to its end even if the asker leaves: half a copy helps nobody.
    let work = lifecycle.finish("control.answer", answerer(ask, progress));
    tokio::pin!(work);
    let ended = loop {
        tokio::select! {
            biased;
            Some(words) = lines.recv() => say(&mut writer, &Said::Progress(words)).await?,
            ended = &mut work => break ended.unwrap_or_else(|stopped| Err(Failure::Failed(stopped.to_string()))),
        }
    };
    say(&mut writer, &ended.into()).await
}

async fn say(writer: &mut (impl AsyncWriteExt + Unpin), said: &Said) -> io::Result<()> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    writer.write_all(&line).await
}
