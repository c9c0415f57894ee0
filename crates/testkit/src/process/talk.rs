//! What goes on inside of the process: people who send, ask again under the same key, and say what they were told.

use std::io::Write;
use std::str::FromStr;
use std::time::Duration;

use domain::text::MessageText;
use domain::verbs::Send;
use domain::{By, ChannelId, Key};
use store::clock::{SystemClock, new_key};
use store::{NotDone, Order, Store};

use super::Open;
use crate::team::number;

/// A line of the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Tried {
        key: Key,
        text: String,
    },
    Acknowledged {
        text: String,
        number: u64,
    },
    Refused {
        text: String,
        why: String,
    },
    /// Not done or not known; it goes on asking.
    Later {
        text: String,
        why: String,
    },
}

impl Said {
    pub fn write(&self) -> String {
        match self {
            Self::Tried { key, text } => format!("try {text} {key}"),
            Self::Acknowledged { text, number } => format!("ack {text} {number}"),
            Self::Refused { text, why } => format!("no {text} {why}"),
            Self::Later { text, why } => format!("later {text} {why}"),
        }
    }

    /// `None`: it is not a whole line.
    pub fn read(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        let (text, value) = rest.split_once(' ')?;
        let text = text.to_owned();
        Some(match word {
            "try" => Self::Tried { key: value.parse().ok()?, text },
            "ack" => Self::Acknowledged { text, number: value.parse().ok()? },
            "no" => Self::Refused { text, why: value.into() },
            "later" => Self::Later { text, why: value.into() },
            _ => return None,
        })
    }
}

/// Heard at once: one write a line, and none is kept back.
fn say(said: &Said) {
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: then nobody is told, and the key tells later.
    drop(writeln!(out, "{}", said.write()).and_then(|()| out.flush()));
}

/// `again KEY TEXT`
pub fn open_end(line: &str) -> Option<Open> {
    let (key, text) = line.strip_prefix("again ")?.split_once(' ')?;
    Some((Key::from_str(key).ok()?, text.into()))
}

#[derive(Clone)]
pub struct Room {
    pub store: Store,
    pub by: By,
    pub channel: ChannelId,
}

impl Room {
    /// Asks until there is an answer, always under the same key.
    async fn send(&self, key: Key, text: String) {
        loop {
            let message = MessageText::new(text.clone()).and_then(|text| Send::new(self.channel, text));
            let outcome = match message {
                Ok(command) => {
                    self.store.execute(Order { by: self.by, key, command: Box::new(command) }).await
                }
                Err(refusal) => Err(refusal.into()),
            };
            match outcome {
                Ok(done) => return say(&Said::Acknowledged { text, number: number(&done) }),
                Err(NotDone::Refused(_) | NotDone::Failed(_)) => {
                    let why = outcome.map_or_else(|no| no.to_string(), |_| String::new());
                    return say(&Said::Refused { text, why });
                }
                Err(no) => {
                    say(&Said::Later { text: text.clone(), why: no.to_string() });
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn talks(&self, name: u64, sender: usize, pause: Duration) {
        for line in 0_u64.. {
            let (key, text) = (new_key(&SystemClock), format!("{name}.{sender}.{line}"));
            say(&Said::Tried { key, text: text.clone() });
            self.send(key, text).await;
            tokio::time::sleep(pause).await;
        }
    }
}

/// First what was left open, all at once; then everybody talks, until the process dies.
pub async fn talk(room: &Room, open: Vec<Open>, name: u64, senders: usize, pause: Duration) {
    let again = open.into_iter().map(|(key, text)| room.send(key, text));
    futures_util::future::join_all(again).await;
    futures_util::future::join_all((0..senders).map(|sender| room.talks(name, sender, pause))).await;
}
