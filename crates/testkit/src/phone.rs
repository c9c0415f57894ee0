//! One device at a socket: what it says, and what reaches it. It reads on its own, so nothing is lost while a test looks
//! away.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};

/// Longer than anything takes here; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A WebSocket client of the simplest kind.
pub struct Phone {
    write: Option<OwnedWriteHalf>,
    heard: mpsc::UnboundedReceiver<Heard>,
    /// Frames a test has not asked for yet.
    kept: Vec<Value>,
    reading: tokio::task::JoinHandle<()>,
    paused: watch::Sender<bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Frame(Value),
    Pong(Vec<u8>),
    /// To be answered; whoever drives the phone does.
    Ping(Vec<u8>),
    /// The code of the close frame.
    Closed(Option<u16>),
    /// The connection ended.
    Gone,
}

impl Phone {
    /// Upgrades a connection; the status line where that was refused.
    pub async fn dial(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, String> {
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let mut request = format!(
            "GET /api/v1/socket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: rookery.1.json\r\n"
        );
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match stream.read(&mut byte).await {
                Ok(1) => head.push(byte[0]),
                _ => return Err(String::from_utf8_lossy(&head).into_owned()),
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        if !head.starts_with("HTTP/1.1 101") {
            return Err(head);
        }
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        let (read, write) = stream.into_split();
        let (tell, heard) = mpsc::unbounded_channel();
        let (paused, pauses) = watch::channel(false);
        let reading = tokio::spawn(listen(read, tell, pauses));
        Ok(Self { write: Some(write), heard, kept: Vec::new(), reading, paused })
    }

    pub async fn say(&mut self, frame: &Value) {
        self.say_bytes(&masked(0x81, frame.to_string().as_bytes())).await;
    }
    /// Anything at all.
    pub async fn say_bytes(&mut self, bytes: &[u8]) {
        if let Some(write) = &mut self.write {
            // A server that hung up is found out by what is heard.
            write.write_all(bytes).await.ok();
        }
    }
    /// No more of ours comes; the other way stays open.
    pub fn hang_up(&mut self) {
        self.write = None;
    }
    /// Whether anything is read; while not, what is sent to it piles up.
    pub fn reads(&mut self, reads: bool) {
        self.paused.send_replace(!reads);
    }

    pub async fn next(&mut self) -> Heard {
        if !self.kept.is_empty() {
            return Heard::Frame(self.kept.remove(0));
        }
        self.off_the_wire().await
    }
    async fn off_the_wire(&mut self) -> Heard {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
            let heard = heard.unwrap_or_else(|_| panic!("nothing was heard; kept: {:?}", self.kept));
            match heard.unwrap_or(Heard::Gone) {
                Heard::Ping(payload) => self.say_bytes(&masked(0x8A, &payload)).await,
                heard => return heard,
            }
        }
    }

    /// What came and nobody asked for yet.
    pub fn kept(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.kept)
    }

    /// The body of the next frame of this kind; others are kept in their order.
    pub async fn hears(&mut self, kind: &str) -> Value {
        if let Some(at) = self.kept.iter().position(|frame| frame.get(kind).is_some()) {
            return self.kept.remove(at)[kind].take();
        }
        loop {
            match self.off_the_wire().await {
                Heard::Frame(mut frame) if frame.get(kind).is_some() => return frame[kind].take(),
                Heard::Frame(frame) => self.kept.push(frame),
                other => panic!("{other:?} instead of {kind}; kept: {:?}", self.kept),
            }
        }
    }
    /// The next event, with its image.
    pub async fn event(&mut self, kind: &str) -> Value {
        loop {
            let event = self.hears("event").await;
            if event["kind"] == kind {
                return event;
            }
        }
    }
    /// The code it was closed with.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.off_the_wire().await {
                Heard::Closed(code) => return code,
                Heard::Gone => return None,
                Heard::Frame(frame) => self.kept.push(frame),
                Heard::Pong(_) | Heard::Ping(_) => {}
            }
        }
    }
    /// Every frame that came before the answer to a ping: a fence. Where we are may be told at any second, and is no news.
    pub async fn until_now(&mut self) -> Vec<Value> {
        const FENCE: &[u8] = b"until now";
        self.say_bytes(&masked(0x89, FENCE)).await;
        let mut before = std::mem::take(&mut self.kept);
        loop {
            match self.off_the_wire().await {
                Heard::Pong(payload) if payload == FENCE => break,
                Heard::Frame(frame) => before.push(frame),
                Heard::Pong(_) | Heard::Ping(_) => {}
                other => panic!("{other:?} before the fence; before: {before:?}"),
            }
        }
        before.retain(|frame| frame.get("at").is_none());
        before
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// A frame as clients send them.
pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 + short as u8),
        long @ 126..=0xFFFF => {
            frame.push(0x80 + 126);
            frame.extend((long as u16).to_be_bytes());
        }
        huge => {
            frame.push(0x80 + 127);
            frame.extend((huge as u64).to_be_bytes());
        }
    }
    let mask = [7, 77, 177, 27];
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.into_iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// Opcode, payload, and where it ends, of a whole frame as servers send them.
pub fn whole_frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (from, length) = match second {
        126 => (4, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?) as usize),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize),
        short => (2, usize::from(short)),
    };
    Some((first & 0x0F, bytes.get(from..from + length)?, from + length))
}

async fn listen(
    mut read: OwnedReadHalf,
    tell: mpsc::UnboundedSender<Heard>,
    mut pauses: watch::Receiver<bool>,
) {
    loop {
        if pauses.wait_for(|paused| !paused).await.is_err() {
            return;
        }
        let heard = match frame(&mut read).await {
            Ok(heard) => heard,
            Err(_) => Heard::Gone,
        };
        let is_last = heard == Heard::Gone;
        if tell.send(heard).is_err() || is_last {
            return;
        }
    }
}

async fn frame(read: &mut OwnedReadHalf) -> std::io::Result<Heard> {
    let mut head = [0; 2];
    read.read_exact(&mut head).await?;
    let length = match head[1] {
        126 => usize::from(read.read_u16().await?),
        127 => read.read_u64().await? as usize,
        short => usize::from(short),
    };
    let mut payload = vec![0; length];
    read.read_exact(&mut payload).await?;
    Ok(match head[0] & 0x0F {
        1 => Heard::Frame(serde_json::from_slice(&payload).expect("every frame is JSON")),
        8 => Heard::Closed(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
        9 => Heard::Ping(payload),
        10 => Heard::Pong(payload),
        other => panic!("a server does not send opcode {other}"),
    })
}
