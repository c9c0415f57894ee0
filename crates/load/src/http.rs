//! A caller over one kept connection: as little as HTTP/1.1 allows, so that the client is not what is measured.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::trouble::Trouble;

const BUFFER_BYTES: usize = 64 * 1024;

pub struct Caller {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// The status, and where in the buffer the body lies.
struct Heard {
    status: u16,
    body: std::ops::Range<usize>,
}

impl Caller {
    pub async fn connect(address: &str) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(address).await.map_err(Trouble::at(format!("calling {address}")))?;
        stream.set_nodelay(true).map_err(Trouble::at("TCP_NODELAY"))?;
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
            if let Some(Heard { status, body }) = heard(&self.buffer[..self.filled]) {
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
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let body = head + END.len()..head + END.len() + length;
    (bytes.len() >= body.end).then_some(Heard { status, body })
}

/// A request as bytes, made once where it is asked again and again.
pub fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let kind =
        body.map(|body| format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    let (kind, body) = (kind.unwrap_or_default(), body.unwrap_or_default());
    format!("{method} /api/v1{path} HTTP/1.1\r\nhost: rookery\r\n{token}{kind}\r\n{body}").into_bytes()
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
        let Heard { status, body } = heard(whole).expect("an answer");
        assert_eq!((status, &whole[body]), (200, &b"ok"[..]));
    }
}
