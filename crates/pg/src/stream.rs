use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::client::TlsStream;

use super::{
    dsn::{Dsn, TlsMode},
    error::PgError,
    tls,
};

/// The bytes between us and the server, whatever carries them.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(super) async fn open(dsn: &Dsn) -> Result<Self, PgError> {
        if dsn.host.starts_with('/') {
            let path = format!("{}/.s.PGSQL.{}", dsn.host, dsn.port);
            return UnixStream::connect(path).await.map(Self::Unix).map_err(|error| unreachable(dsn, &error));
        }
        let tcp = TcpStream::connect((dsn.host.as_str(), dsn.port))
            .await
            .map_err(|error| unreachable(dsn, &error))?;
        tcp.set_nodelay(true).map_err(|error| unreachable(dsn, &error))?;
        match dsn.tls {
            TlsMode::Disable => Ok(Self::Tcp(tcp)),
            _ => Self::encrypt(dsn, tcp).await,
        }
    }

    async fn encrypt(dsn: &Dsn, mut tcp: TcpStream) -> Result<Self, PgError> {
        let mut request = BytesMut::with_capacity(8);
        frontend::ssl_request(&mut request);
        tcp.write_all(&request).await.map_err(|error| unreachable(dsn, &error))?;
        // Exactly one byte: whatever came after it unencrypted must not be taken for the server's word later.
        match (tcp.read_u8().await.map_err(|error| unreachable(dsn, &error))?, &dsn.tls) {
            (b'S', _) => {
                let (connector, name) = tls::connector(dsn)?;
                let stream = connector.connect(name, tcp).await.map_err(|error| unreachable(dsn, &error))?;
                Ok(Self::Tls(Box::new(stream)))
            }
            (b'N', TlsMode::Prefer) => Ok(Self::Tcp(tcp)),
            (b'N', _) => Err(PgError::Unreachable(format!("{dsn} offers no TLS, and sslmode asks for it"))),
            _ => Err(PgError::Protocol(format!("{dsn} does not answer like PostgreSQL"))),
        }
    }

    /// Says goodbye if that needs no waiting; the server then does not log a broken client.
    pub(super) fn part(&self) {
        let mut goodbye = BytesMut::with_capacity(5);
        frontend::terminate(&mut goodbye);
        match self {
            Self::Tcp(tcp) => _ = tcp.try_write(&goodbye),
            Self::Unix(unix) => _ = unix.try_write(&goodbye),
            Self::Tls(_) => {}
        }
    }
}

fn unreachable(dsn: &Dsn, error: &io::Error) -> PgError {
    PgError::Unreachable(format!("{dsn}: {error}"))
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_read(task, into),
            Self::Unix(unix) => Pin::new(unix).poll_read(task, into),
            Self::Tls(tls) => Pin::new(tls).poll_read(task, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write(task, bytes),
            Self::Unix(unix) => Pin::new(unix).poll_write(task, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(task, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_flush(task),
            Self::Unix(unix) => Pin::new(unix).poll_flush(task),
            Self::Tls(tls) => Pin::new(tls).poll_flush(task),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_shutdown(task),
            Self::Unix(unix) => Pin::new(unix).poll_shutdown(task),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(task),
        }
    }
}
