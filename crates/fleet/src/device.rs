//! Somebody's device: what it holds of a workspace, what it said that nobody answered, and its line to a gateway.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};

use testkit::client::State;
use testkit::phone::{masked, whole_frame};
use testkit::team::Person;

/// Where it is, as a hello says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub epoch: u64,
    pub position: u64,
    pub private: u64,
}

/// Asked for, and not answered.
#[derive(Debug, Clone)]
pub struct Asked {
    /// In the order of asking.
    pub turn: u64,
    pub frame: Value,
    /// Of a message: what the ledger knows it by.
    pub text: Option<String>,
    /// Asked on this line for the first time: its event comes after its answer.
    pub first_here: bool,
    /// How often it was said, on whatever line.
    pub said: usize,
}

/// What one ask of the kernel, or many, came to.
#[derive(Debug, PartialEq)]
pub enum Came {
    Frame(Value),
    /// The connection ended.
    Gone,
}

/// What is somebody's own, by kind and subject.
pub type Own = BTreeMap<(String, String), Value>;

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any of them may hold")]
pub struct Device {
    pub person: Person,
    pub token: String,
    pub ticket: Option<String>,
    line: Option<Line>,
    /// Number of the gateway it is at, or was.
    pub gate: usize,
    pub state: State,
    /// What is its owner's own, by kind and subject, each with its version; also how far they have read a channel.
    pub private: BTreeMap<(String, String), (Value, u64)>,
    /// Nothing is held where there is none.
    pub place: Option<Place>,
    pub asked: BTreeMap<String, Asked>,
    /// Told where it is, after a hello.
    pub level: bool,
    /// The hello of this line named a place.
    pub resumes: bool,
    /// Takes what is sent to it.
    pub reads: bool,
    /// Not before.
    pub back_at: u64,
    /// Sent away for good.
    pub over: bool,
    /// Asked where it is, and not told yet.
    pub pinged: bool,
    /// Of the journal it was let into.
    pub epoch: u64,
    /// Welcomed, and not told yet how it is brought level.
    pub opening: bool,
    /// When to ask again for what was put off.
    pub ask_again_at: Option<u64>,
    /// Events it was told of, since it held nothing.
    pub seen: BTreeSet<u64>,
    /// Was a guest once, and so does not know everybody.
    pub narrow: bool,
}

struct Line {
    stream: UnixStream,
    heard: Vec<u8>,
    /// What the kernel did not take yet.
    said: Vec<u8>,
}

impl Device {
    pub fn of(person: Person, token: String) -> Self {
        let state = State { me: person.account().to_string(), ..State::default() };
        Self {
            person,
            token,
            ticket: None,
            line: None,
            gate: 0,
            state,
            private: BTreeMap::new(),
            place: None,
            asked: BTreeMap::new(),
            level: false,
            resumes: false,
            reads: true,
            back_at: 0,
            over: false,
            pinged: false,
            epoch: 0,
            opening: false,
            ask_again_at: None,
            seen: BTreeSet::new(),
            narrow: false,
        }
    }

    /// Looks at itself, whether it is a guest's.
    pub fn is_narrow(&mut self) -> bool {
        let me = self.state.people.get(&self.state.me);
        self.narrow |= me.is_some_and(|me| me["role"] == "guest");
        self.narrow
    }

    pub fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// A new line; the first thing on it is a hello.
    pub fn connects(&mut self, stream: UnixStream, gate: usize, by_ticket: bool) {
        self.line = Some(Line { stream, heard: Vec::new(), said: Vec::new() });
        (self.gate, self.level, self.reads, self.pinged) = (gate, false, true, false);
        self.opening = false;
        self.resumes = self.place.is_some();
        let mut hello = json!({ "workspace": self.person.by.workspace });
        match self.ticket.as_ref().filter(|ticket| by_ticket && !ticket.is_empty()) {
            Some(ticket) => hello["ticket"] = json!(ticket),
            None => hello["token"] = json!(self.token),
        }
        if let Some(Place { epoch, position, private }) = self.place {
            hello["epoch"] = json!(epoch.to_string());
            (hello["position"], hello["private"]) = (json!(position), json!(private));
        }
        hello["waiting"] = json!(self.asked.keys().take(100).collect::<Vec<_>>());
        self.asked.values_mut().for_each(|asked| asked.first_here = false);
        self.says(&json!({ "hello": hello }));
    }

    /// Its end of the line is closed, without a word.
    pub fn hangs_up(&mut self) {
        self.line = None;
        self.level = false;
    }

    /// Holds nothing any more.
    pub fn forgets(&mut self) {
        self.state = State { me: self.state.me.clone(), ..State::default() };
        self.private.clear();
        self.seen.clear();
        self.place = None;
    }

    /// How far its owner has read, as a snapshot says.
    pub fn marks(&mut self, channel: &str, read: &Value) {
        self.private.insert(("read".to_owned(), channel.to_owned()), (read.clone(), 0));
    }
    pub fn unmarks(&mut self, channel: &str) {
        self.private.remove(&("read".to_owned(), channel.to_owned()));
    }

    /// Where it parts from what is its owner's own. Of a channel that came by an event the mark is not known.
    pub fn parts_from(&self, fresh: &Own) -> Option<String> {
        let held = self.private.iter().filter(|(_, (value, _))| !value.is_null());
        let mut held: Own = held.map(|(key, (value, _))| (key.clone(), value.clone())).collect();
        let mut fresh = fresh.clone();
        let is_known = |key: &(String, String), other: &Own| key.0 != "read" || other.contains_key(key);
        held.retain(|key, _| key.0 != "follow" && is_known(key, &fresh));
        fresh.retain(|key, _| is_known(key, &held));
        (held != fresh).then(|| format!("told {held:?}, read anew {fresh:?}"))
    }

    /// Under a key, until it is answered.
    pub fn asks(&mut self, key: String, frame: Value, text: Option<String>, turn: u64) {
        self.says(&frame);
        let first_here = self.line.is_some();
        self.asked.insert(key, Asked { turn, frame, text, first_here, said: usize::from(first_here) });
    }

    /// What nobody answered, once more, in the order in which it was said.
    pub fn asks_again(&mut self) -> usize {
        let mut open: Vec<_> = self.asked.values().map(|asked| (asked.turn, asked.frame.clone())).collect();
        open.sort_unstable_by_key(|(turn, _)| *turn);
        self.asked.values_mut().for_each(|asked| asked.said += 1);
        open.iter().for_each(|(_, frame)| self.says(frame));
        open.len()
    }

    pub fn says(&mut self, frame: &Value) {
        if let Some(line) = &mut self.line {
            line.said.extend(masked(0x81, frame.to_string().as_bytes()));
        }
        self.pushes();
    }

    pub fn pings(&mut self) {
        if !std::mem::replace(&mut self.pinged, true) {
            self.says(&json!({ "ping": {} }));
        }
    }

    fn pushes(&mut self) {
        let Some(line) = &mut self.line else { return };
        while !line.said.is_empty() {
            match line.stream.write(&line.said) {
                Ok(count) => drop(line.said.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // Found out by what is heard.
                Err(_) => line.said.clear(),
            }
        }
    }

    /// All that came, if it takes anything just now.
    pub fn hears(&mut self) -> Vec<Came> {
        self.pushes();
        let reads = self.reads;
        let Some(line) = self.line.as_mut().filter(|_| reads) else { return Vec::new() };
        let mut bytes = [0; 4_096];
        let mut is_gone = false;
        loop {
            match line.stream.read(&mut bytes) {
                Ok(0) => is_gone = true,
                Ok(count) => {
                    line.heard.extend_from_slice(&bytes[..count]);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => is_gone = true,
            }
            break;
        }
        let mut came = Vec::new();
        let mut at = 0;
        while let Some((opcode, payload, end)) = whole_frame(&line.heard[at..]) {
            match opcode {
                1 => came.push(Came::Frame(serde_json::from_slice(payload).expect("every frame is JSON"))),
                9 => line.said.extend(masked(0x8A, payload)),
                8 => is_gone = true,
                other => panic!("a server does not send opcode {other}"),
            }
            at += end;
        }
        line.heard.drain(..at);
        if is_gone {
            self.hangs_up();
            came.push(Came::Gone);
        }
        self.pushes();
        came
    }
}
