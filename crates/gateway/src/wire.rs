//! The bytes of one socket on a core's own loop: plain, or sealed by us.

use std::io::{self, IoSlice, Read, Write};

use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::ServerConnection;

/// Gather writes take this many parts at once.
const PARTS_MAX: usize = 64;

pub(crate) enum Wire {
    Plain(TcpStream),
    Sealed(Box<Sealed>),
}

pub(crate) struct Sealed {
    stream: TcpStream,
    tls: ServerConnection,
}

/// A part of a shared buffer.
pub(crate) type Span = (u32, u32);

pub(crate) fn cut(bytes: &[u8], (from, to): Span) -> &[u8] {
    &bytes[from as usize..to as usize]
}

impl Wire {
    pub fn new(stream: std::net::TcpStream, tls: Option<ServerConnection>) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::of(TcpStream::from_std(stream), tls))
    }
    pub fn of(stream: TcpStream, tls: Option<ServerConnection>) -> Self {
        match tls {
            None => Self::Plain(stream),
            Some(tls) => Self::Sealed(Box::new(Sealed { stream, tls })),
        }
    }
    pub fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed(_))
    }

    fn stream(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Sealed(sealed) => &mut sealed.stream,
        }
    }

    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        self.stream().register(registry, token, Interest::READABLE | Interest::WRITABLE)
    }
    pub fn deregister(&mut self, registry: &Registry) {
        self.stream().deregister(registry).ok();
    }
    /// No more of ours follows.
    pub fn finish(&mut self) {
        if let Self::Sealed(sealed) = self {
            sealed.tls.send_close_notify();
            sealed.push().ok();
        }
        self.stream().shutdown(std::net::Shutdown::Write).ok();
    }

    pub fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(into),
            Self::Sealed(sealed) => sealed.read(into),
        }
    }
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Sealed(sealed) => sealed.write(bytes),
        }
    }
    /// Parts of a buffer behind one another. Fewer may go than there are.
    pub fn write_spans(&mut self, bytes: &[u8], spans: &[Span]) -> io::Result<usize> {
        if let [one] = spans {
            return self.write(cut(bytes, *one));
        }
        match self {
            Self::Plain(stream) => {
                let mut parts = [IoSlice::new(&[]); PARTS_MAX];
                let count = spans.len().min(PARTS_MAX);
                for (part, span) in parts.iter_mut().zip(spans) {
                    *part = IoSlice::new(cut(bytes, *span));
                }
                stream.write_vectored(&parts[..count])
            }
            Self::Sealed(sealed) => {
                let whole: Vec<u8> = spans.iter().flat_map(|span| cut(bytes, *span)).copied().collect();
                sealed.write(&whole)
            }
        }
    }
    /// What was taken and not sent yet.
    pub fn push(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Sealed(sealed) => sealed.push(),
        }
    }
}

impl Sealed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // Closed without a word: the bytes before it count all the same.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                read => return read,
            }
            if self.tls.read_tls(&mut self.stream)? == 0 {
                return Ok(0);
            }
            if let Err(error) = self.tls.process_new_packets() {
                // Why, as TLS says it; perhaps somebody hears it.
                self.push().ok();
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
            self.push().or_else(|error| match error.kind() {
                io::ErrorKind::WouldBlock => Ok(()),
                _ => Err(error),
            })?;
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What was taken before goes first, so that nothing piles up behind a peer who takes nothing.
        self.push()?;
        let taken = self.tls.writer().write(bytes)?;
        match self.push() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(taken),
        }
    }

    fn push(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.stream)?;
        }
        Ok(())
    }
}
