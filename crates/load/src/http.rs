//! A caller over one kept connection: as little as HTTP/1.1 allows, so that the client is not what is measured.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::trouble::Trouble;

const BUFFER_BYTES: usize = 64 * 1024;

pub struct Caller {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// The status, and where in the buffer the body lies.
#[derive(Debug)]
struct Heard {
    status: u16,
    body: Range<usize>,
    /// Of a body that was sent in pieces: those behind the first.
    more: Vec<Range<usize>>,
}

impl Caller {
    pub async fn connect(address: &str) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(address).await.map_err(Trouble::at(format!("calling {address}")))?;
        Self::over(stream).map_err(Trouble::at("TCP_NODELAY"))
    }

    /// From one of this machine's own addresses, where that is given.
    pub async fn connect_from(to: SocketAddr, from: Option<IpAddr>) -> std::io::Result<Self> {
        let socket = if to.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        Self::over(socket.connect(to).await?)
    }

    fn over(stream: TcpStream) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES], filled: 0 })
    }

    /// The status and the body of the answer; an answer that breaks off is an error.
    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<(u16, &[u8])> {
        self.filled = 0;
        self.stream.write_all(request).await?;
        loop {
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            match self.stream.read(&mut self.buffer[self.filled..]).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                read => self.filled += read,
            }
            if let Some(Heard { status, mut body, more }) = heard(&self.buffer[..self.filled]) {
                for piece in more {
                    self.buffer.copy_within(piece.clone(), body.end);
                    body.end += piece.len();
                }
                return Ok((status, &self.buffer[body]));
            }
        }
    }

    pub async fn json(&mut self, request: &[u8]) -> Result<Value, Trouble> {
        let (status, body) = self.ask(request).await.map_err(Trouble::at("asking"))?;
        if !(200..300).contains(&status) {
            return Err(Trouble::new(format!("{status}: {}", String::from_utf8_lossy(body))));
        }
        serde_json::from_slice(body).map_err(Trouble::at("an answer"))
    }
}

/// Nothing until the answer is whole.
fn heard(bytes: &[u8]) -> Option<Heard> {
    const END: &[u8] = b"\r\n\r\n";
    let head = bytes.windows(END.len()).position(|window| window == END)?;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let from = head + END.len();
    let (mut length, mut in_pieces) = (0, false);
    for (name, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            in_pieces = value == "chunked";
        }
    }
    if in_pieces {
        let mut pieces = pieces(bytes, from)?.into_iter();
        return Some(Heard { status, body: pieces.next().unwrap_or(from..from), more: pieces.collect() });
    }
    let body = from..from + length;
    (bytes.len() >= body.end).then_some(Heard { status, body, more: Vec::new() })
}

/// Of a chunked body; none until its last, empty one is there.
fn pieces(bytes: &[u8], mut at: usize) -> Option<Vec<Range<usize>>> {
    let mut pieces = Vec::new();
    loop {
        let end = at + bytes.get(at..)?.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[at..end]).ok()?, 16).ok()?;
        at = end + 2;
        if bytes.len() < at + size + 2 {
            return None;
        }
        if size == 0 {
            return Some(pieces);
        }
        pieces.push(at..at + size);
        at += size + 2;
    }
}

/// A request as bytes, made once where it is asked again and again.
pub fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    request_of("rookery", method, path, token, body)
}

/// The same of a host that goes by its name.
pub fn request_of(host: &str, method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let kind =
        body.map(|body| format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    let (kind, body) = (kind.unwrap_or_default(), body.unwrap_or_default());
    format!("{method} /api/v1{path} HTTP/1.1\r\nhost: {host}\r\n{token}{kind}\r\n{body}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_heard_once_it_is_whole() {
        let whole = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok";
        for end in 0..whole.len() {
            assert!(heard(&whole[..end]).is_none(), "{end}");
        }
        let Heard { status, body, .. } = heard(whole).expect("an answer");
        assert_eq!((status, &whole[body]), (200, &b"ok"[..]));
    }

    #[tokio::test]
    async fn an_answer_in_pieces_is_heard_as_one() {
        let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
        for end in 0..whole.len() {
            assert!(heard(&whole[..end]).is_none(), "{end}");
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let answering = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            stream.write_all(whole).await.expect("an answer");
            stream
        });
        let mut caller = Caller::connect(&address).await.expect("a server");
        assert_eq!(caller.ask(b"GET / HTTP/1.1\r\n\r\n").await.expect("an answer"), (200, &b"hello"[..]));
        drop(answering);
    }
}
