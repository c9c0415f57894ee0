use std::{
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use bytes::{Buf, BytesMut};
use postgres_protocol::message::backend::{DATA_ROW_TAG, Header, Message};
use tokio::io::{AsyncReadExt, AsyncWrite};

use super::{error::WireError, stream::Stream};

const HEADER_BYTES: usize = 5;
const ROW_BYTES_MAX: usize = 256 * 1024 * 1024;
/// All but rows: the biggest are errors that quote a value.
const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Nothing the server says before it knows us is longer.
const GREETING_BYTES_MAX: usize = 64 * 1024;
const READ_BYTES: usize = 16 * 1024;
const READ_BYTES_MAX: usize = 1024 * 1024;
/// A buffer that a big flight has grown beyond this is given back after it.
const KEPT_BYTES_MAX: usize = 1024 * 1024;
/// Every tag a server of protocol 3.0 may send.
const TAGS: &[u8] = b"123ACDEGHIKNRSTZcdnst";

/// Messages over a stream. While it waits for the server it writes what is left to write, so a flight larger than all
/// buffers between the two sides cannot stop both.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    incoming: BytesMut,
    /// Encoded and not yet written.
    pub(super) outgoing: BytesMut,
    is_flushed: bool,
    write_error: Option<io::Error>,
    is_greeting: bool,
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        let (incoming, outgoing) = (BytesMut::with_capacity(READ_BYTES), BytesMut::with_capacity(READ_BYTES));
        Self { stream, incoming, outgoing, is_flushed: true, write_error: None, is_greeting: true }
    }

    pub(super) fn greeted(&mut self) {
        self.is_greeting = false;
    }

    pub(super) fn part(&self) {
        self.stream.part();
    }

    pub(super) fn give_back(&mut self) {
        for buffer in [&mut self.incoming, &mut self.outgoing] {
            if buffer.is_empty() && buffer.capacity() > KEPT_BYTES_MAX {
                *buffer = BytesMut::with_capacity(READ_BYTES);
            }
        }
    }

    /// Waits for a whole message and tells its tag; `body`, `skip` and `take` are about it.
    pub(super) async fn arrived(&mut self) -> Result<u8, WireError> {
        loop {
            if let Some(tag) = self.whole()? {
                return Ok(tag);
            }
            poll_fn(|task| self.poll_exchange(task)).await?;
        }
    }

    /// A message that is here already, without waiting; what it hears of the end of the connection is an error.
    pub(super) async fn glance(&mut self) -> Result<Option<u8>, WireError> {
        loop {
            if let Some(tag) = self.whole()? {
                return Ok(Some(tag));
            }
            let read = poll_fn(|task| match self.poll_read(task) {
                Poll::Ready(read) => Poll::Ready(Some(read)),
                Poll::Pending => Poll::Ready(None),
            });
            match read.await {
                Some(read) => read?,
                None => return Ok(None),
            }
        }
    }

    pub(super) fn body(&self) -> Result<&[u8], WireError> {
        self.incoming
            .get(HEADER_BYTES..self.total()?)
            .ok_or_else(|| WireError::Garbage("half a message".into()))
    }

    pub(super) fn skip(&mut self) -> Result<(), WireError> {
        let total = self.total()?;
        self.incoming.advance(total);
        Ok(())
    }

    pub(super) fn take(&mut self) -> Result<Message, WireError> {
        Message::parse(&mut self.incoming)?.ok_or_else(|| WireError::Garbage("half a message".into()))
    }

    fn total(&self) -> Result<usize, WireError> {
        Ok(Header::parse(&self.incoming)?.map_or(0, |header| header.len() as usize + 1))
    }

    fn whole(&self) -> Result<Option<u8>, WireError> {
        let Some(header) = Header::parse(&self.incoming)? else { return Ok(None) };
        let (tag, total) = (header.tag(), header.len() as usize + 1);
        let bytes_max = match tag {
            _ if self.is_greeting => GREETING_BYTES_MAX,
            DATA_ROW_TAG => ROW_BYTES_MAX,
            _ => MESSAGE_BYTES_MAX,
        };
        if !TAGS.contains(&tag) || total > bytes_max {
            return Err(WireError::Garbage(format!("a message of kind {tag} and {total} bytes")));
        }
        Ok((self.incoming.len() >= total).then_some(tag))
    }

    fn poll_exchange(&mut self, task: &mut Context<'_>) -> Poll<Result<(), WireError>> {
        // A failed write is not the last word: the server may have said why before it hung up.
        if self.write_error.is_none()
            && let Poll::Ready(Err(error)) = self.poll_write(task)
        {
            self.write_error = Some(error);
            self.outgoing.clear();
        }
        self.poll_read(task)
    }

    fn poll_write(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(task, &self.outgoing))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.advance(written);
            self.is_flushed = false;
        }
        if !self.is_flushed {
            std::task::ready!(Pin::new(&mut self.stream).poll_flush(task))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, task: &mut Context<'_>) -> Poll<Result<(), WireError>> {
        let missing = self.total()?.saturating_sub(self.incoming.len());
        self.incoming.reserve(missing.clamp(READ_BYTES, READ_BYTES_MAX));
        let read = pin!(self.stream.read_buf(&mut self.incoming)).poll(task);
        let why = match std::task::ready!(read) {
            Ok(0) => self.write_error.as_ref().map_or("the server hung up".to_owned(), io::Error::to_string),
            Ok(_) => return Poll::Ready(Ok(())),
            Err(error) => error.to_string(),
        };
        Poll::Ready(Err(WireError::Gone(why)))
    }
}
