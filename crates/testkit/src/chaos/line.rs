//! A socket to a gateway, as little of it as a client needs.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::phone::{masked, whole_frame};

/// Only a node that is gone takes longer.
const DIAL_MAX: Duration = Duration::from_secs(2);
const UPGRADE: &[u8] = b"GET /api/v1/socket HTTP/1.1\r\nHost: rookery\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: rookery.1.json\r\n\r\n";

pub struct Line {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Line {
    pub async fn dial(address: SocketAddr) -> io::Result<Self> {
        timeout(DIAL_MAX, Self::opened(address)).await?
    }

    async fn opened(address: SocketAddr) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(UPGRADE).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        match head.starts_with(b"HTTP/1.1 101") {
            true => Ok(Self { stream, bytes: Vec::new() }),
            false => Err(io::ErrorKind::ConnectionRefused.into()),
        }
    }

    pub async fn says(&mut self, frame: &Value) -> io::Result<()> {
        self.stream.write_all(&masked(0x81, frame.to_string().as_bytes())).await
    }

    /// Until something came; dropped, it loses nothing.
    pub async fn hears(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.bytes).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// The whole frames that came; pings are answered on the way.
    pub async fn frames(&mut self) -> io::Result<Vec<Value>> {
        let (mut frames, mut pongs, mut at) = (Vec::new(), Vec::new(), 0);
        while let Some((opcode, payload, end)) = whole_frame(&self.bytes[at..]) {
            match opcode {
                1 => frames.push(serde_json::from_slice(payload)?),
                9 => pongs.extend(masked(0x8A, payload)),
                // What was said before it counts; then the line ends by itself.
                8 => {}
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
            at += end;
        }
        self.bytes.drain(..at);
        if !pongs.is_empty() {
            self.stream.write_all(&pongs).await?;
        }
        Ok(frames)
    }
}
