//! The bytes of one connection, sealed or plain, and when some of an answer last reached the caller.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::server::TlsStream;

use crate::answered::Answered;

/// What hyper reads and writes. After an upgrade it is taken back by `hyper_util::server::conn::auto::upgrade::downcast`.
pub struct Wire {
    stream: Stream,
    moves: Arc<Moves>,
    answered: Answered,
}

pub enum Stream {
    Plain(TcpStream),
    Sealed(Box<TlsStream<TcpStream>>),
}

impl Wire {
    pub(crate) fn new(stream: Stream, moves: Arc<Moves>) -> Wire {
        Wire { stream, moves, answered: Answered::default() }
    }

    pub fn into_stream(self) -> Stream {
        self.stream
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut left = if let Poll::Ready(Ok(bytes)) = &written { *bytes } else { 0 };
        let mut moved = false;
        for part in parts {
            let taken = left.min(part.len());
            moved |= self.answered.by(&part[..taken]);
            left -= taken;
        }
        if moved {
            self.moves.moved();
        }
        written
    }
}

/// What a connection is at. Reading counts for nothing here: a byte a minute is no request. Nor does what is written of the
/// connection itself: who answers pings asks for nothing.
pub(crate) struct Moves {
    began: Instant,
    last_ms: AtomicU64,
    asked: AtomicUsize,
}

impl Moves {
    pub(crate) fn begin() -> Arc<Moves> {
        Arc::new(Moves { began: Instant::now(), last_ms: AtomicU64::new(0), asked: AtomicUsize::new(0) })
    }

    pub(crate) fn moved(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(since, Ordering::Relaxed);
    }

    /// Until the guard is dropped somebody works on an answer.
    pub(crate) fn asked(self: &Arc<Moves>) -> Asked {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Asked(self.clone())
    }

    /// Resolves once for `patience` nobody worked on an answer and no byte of one reached the caller.
    pub(crate) async fn rest(&self, patience: Duration) {
        loop {
            let last = self.began + Duration::from_millis(self.last_ms.load(Ordering::Relaxed));
            let over = if self.asked.load(Ordering::Relaxed) > 0 { Instant::now() } else { last } + patience;
            if over <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(over).await;
        }
    }
}

pub(crate) struct Asked(Arc<Moves>);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.moved();
        self.0.asked.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, to),
            Stream::Sealed(stream) => Pin::new(stream).poll_read(context, to),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Sealed(stream) => Pin::new(stream).poll_write(context, bytes),
        };
        self.wrote(written, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(context, parts),
            Stream::Sealed(stream) => Pin::new(stream).poll_write_vectored(context, parts),
        };
        self.wrote(written, parts)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Sealed(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Sealed(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Sealed(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
