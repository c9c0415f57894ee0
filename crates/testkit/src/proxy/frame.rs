//! Where a message ends, in both directions.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

const READY: u8 = b'Z';
const ANSWERED: u8 = b'C';
const ERROR: u8 = b'E';
const PARSE: u8 = b'P';
/// What a message is renamed to that is to be refused: no such statement and no such portal.
const NOBODY: &[u8] = b"nobody\0";

/// One message with its tag and its length. Without a tag: what a client says before it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message(pub Vec<u8>);

impl Message {
    pub fn tag(&self) -> u8 {
        self.0.first().copied().unwrap_or(0)
    }
    fn body(&self) -> &[u8] {
        self.0.get(5..).unwrap_or_default()
    }
    /// A client's Parse of a BEGIN, whatever follows it.
    pub fn begins(&self) -> bool {
        self.tag() == PARSE && self.body().starts_with(b"\0BEGIN")
    }
    /// A server's answer to COMMIT.
    pub fn is_commit(&self) -> bool {
        self.tag() == ANSWERED && self.body() == b"COMMIT\0"
    }
    /// A server that is in no transaction any more.
    pub fn ends(&self) -> bool {
        self.tag() == READY && self.body() == b"I"
    }

    fn of(tag: u8, body: &[&[u8]]) -> Self {
        let body = body.concat();
        let len = body.len() as u32 + 4;
        Self([&[tag], &len.to_be_bytes()[..], &body].concat())
    }
    pub fn rollback() -> Self {
        Self::of(ANSWERED, &[b"ROLLBACK\0"])
    }
    /// As an operator's stop reads.
    pub fn last_words() -> Self {
        Self::of(ERROR, &[b"SFATAL\0VFATAL\0C57P01\0Mterminating connection: a planned mishap\0\0"])
    }
    /// The same kind of message, about what does not exist; before a Sync, a statement that fails there.
    pub fn that_is_refused(&self) -> Vec<Self> {
        let unknown: &[u8] = b"\0SELECT a_planned_mishap\0\0\0";
        match self.tag() {
            PARSE => vec![Self::of(PARSE, &[unknown])],
            // Portal, statement, and no formats, parameters or results.
            b'B' => vec![Self::of(b'B', &[b"\0", NOBODY, &[0; 6]])],
            b'D' => vec![Self::of(b'D', &[b"P", NOBODY])],
            b'E' => vec![Self::of(b'E', &[NOBODY, &[0; 4]])],
            _ => vec![Self::of(PARSE, &[unknown]), self.clone()],
        }
    }
}

/// Reads message by message; a read that is given up loses nothing.
pub(super) struct Reader {
    from: OwnedReadHalf,
    read: Vec<u8>,
}

impl Reader {
    pub fn new(from: OwnedReadHalf) -> Self {
        Self { from, read: Vec::new() }
    }

    /// `None` at the end of the line.
    pub async fn next(&mut self) -> Option<Message> {
        self.after(1).await
    }
    /// What a client says before the server knows it has no tag.
    pub async fn greeting(&mut self) -> Option<Message> {
        self.after(0).await
    }
    /// To the end of the line.
    pub async fn drain(&mut self) {
        while self.more().await.is_some() {
            self.read.clear();
        }
    }

    async fn after(&mut self, tag: usize) -> Option<Message> {
        loop {
            if let Some(len) = self.read.get(tag..).and_then(<[u8]>::first_chunk) {
                let total = tag + u32::from_be_bytes(*len) as usize;
                if self.read.len() >= total {
                    let rest = self.read.split_off(total);
                    return Some(Message(std::mem::replace(&mut self.read, rest)));
                }
            }
            self.more().await?;
        }
    }
    async fn more(&mut self) -> Option<()> {
        self.from.read_buf(&mut self.read).await.ok().filter(|count| *count > 0).map(drop)
    }
}

/// `false`: nobody is there to hear it any more.
pub(super) async fn write(to: &mut OwnedWriteHalf, bytes: &[u8]) -> bool {
    to.write_all(bytes).await.is_ok()
}

pub(super) async fn write_in_crumbs(to: &mut OwnedWriteHalf, bytes: &[u8]) -> bool {
    for byte in bytes {
        if !write(to, &[*byte]).await {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}
