//! How the servers of a bench are spoken with: ours as any client does, the peers by the least that does the same.

use domain::{Key, Stamp};

use super::wire::{BINARY, TEXT, masked, upgrade};
use super::{nats, socket_io};

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    Rookery,
    /// The peers that are a library: `sub` names the streams, `pub` and a stream's four bytes go before what is told.
    Plain,
    Nats,
    /// One topic a socket, named by its path: who is there hears it, and what is said there is told.
    Nchan,
    SocketIo,
}

/// Who is behind a socket.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Person {
    pub token: String,
    pub account: String,
    /// What this one hears, in order; the numbers are the bench's own.
    pub streams: Vec<u32>,
}

/// Where somebody was, and how they come in again.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub ticket: Option<Box<str>>,
    pub epoch: u64,
    pub position: u64,
    pub private: u64,
    /// Of Socket.IO: the place of the last event heard.
    pub offset: Option<Box<str>>,
}

/// What is common to all sockets of a swarm.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// `127.0.0.1:7665`.
    pub address: String,
    pub workspace: String,
    /// By stream: the channel of ours, or the number of a peer's topic. Several streams may go through one.
    pub channels: Vec<String>,
    /// Addresses of this machine to come from; none: its own many where that is where the server is.
    #[serde(default)]
    pub from: Vec<std::net::IpAddr>,
}

impl Place {
    fn topic(&self, stream: u32) -> u32 {
        self.channels.get(stream as usize).and_then(|name| name.parse().ok()).unwrap_or(stream)
    }

    /// Each once.
    pub fn topics(&self, streams: &[u32]) -> Vec<u32> {
        let mut topics: Vec<u32> = streams.iter().map(|&stream| self.topic(stream)).collect();
        topics.dedup();
        topics
    }
}

impl Dialect {
    pub fn upgrade(self, place: &Place, person: &Person) -> Vec<u8> {
        match self {
            Self::Rookery => upgrade(&place.address, "/api/v1/socket", Some("rookery.1.json")),
            Self::Plain | Self::Nats => upgrade(&place.address, "/", None),
            Self::Nchan => {
                let topic = person.streams.first().map_or(0, |&stream| place.topic(stream));
                upgrade(&place.address, &format!("/t/{topic}"), None)
            }
            Self::SocketIo => upgrade(&place.address, socket_io::PATH, None),
        }
    }

    /// What is said first, once the upgrade was answered.
    pub fn hello(self, place: &Place, person: &Person, known: Option<&Known>, into: &mut Vec<u8>) {
        match self {
            Self::Rookery => masked(TEXT, hello(place, person, known).as_bytes(), into),
            Self::Plain => {
                let mut said = b"sub".to_vec();
                place
                    .topics(&person.streams)
                    .iter()
                    .for_each(|topic| said.extend_from_slice(&topic.to_be_bytes()));
                masked(BINARY, &said, into);
            }
            Self::Nats => masked(BINARY, nats::hello(&place.topics(&person.streams)).as_bytes(), into),
            // The path said it all; and here the server speaks first.
            Self::Nchan | Self::SocketIo => {}
        }
    }

    /// A message into a stream.
    pub fn send(self, place: &Place, stream: u32, text: &str, key: &mut Keys, into: &mut Vec<u8>) {
        match self {
            Self::Rookery => {
                let channel = place.channels.get(stream as usize).map_or("", String::as_str);
                let key = key.another();
                let frame = format!(r#"{{"send":{{"key":"{key}","channel":"{channel}","text":"{text}"}}}}"#);
                masked(TEXT, frame.as_bytes(), into);
            }
            Self::Plain => {
                let said = [b"pub", &place.topic(stream).to_be_bytes()[..], text.as_bytes()].concat();
                masked(BINARY, &said, into);
            }
            Self::Nats => masked(BINARY, nats::publish(place.topic(stream), text).as_bytes(), into),
            Self::Nchan => masked(TEXT, text.as_bytes(), into),
            Self::SocketIo => masked(TEXT, socket_io::publish(place.topic(stream), text).as_bytes(), into),
        }
    }

    /// Whether the answer to the upgrade is all there is to coming in.
    pub fn is_level_once_upgraded(self) -> bool {
        self == Self::Nchan
    }

    /// Whether a send is answered.
    pub fn acknowledges(self) -> bool {
        self == Self::Rookery
    }
}

fn hello(place: &Place, person: &Person, known: Option<&Known>) -> String {
    let Place { workspace, .. } = place;
    let who = match known.and_then(|known| known.ticket.as_deref()) {
        Some(ticket) => format!(r#""ticket":"{ticket}","token":"{}""#, person.token),
        None => format!(r#""token":"{}""#, person.token),
    };
    let was = known.filter(|known| known.epoch != 0).map(|known| {
        let Known { epoch, position, private, .. } = known;
        format!(r#","epoch":"{epoch}","position":{position},"private":{private}"#)
    });
    let was = was.unwrap_or_default();
    format!(r#"{{"hello":{{"workspace":"{workspace}","device":"load",{who}{was}}}}}"#)
}

/// Keys of commands: the time, and a number nobody else here uses.
#[derive(Debug)]
pub struct Keys {
    salt: u32,
    count: u64,
}

impl Keys {
    pub fn of(process: u32) -> Self {
        Self { salt: process, count: 0 }
    }

    pub fn another(&mut self) -> Key {
        self.count += 1;
        let mut random = [0; 10];
        random[..4].copy_from_slice(&self.salt.to_be_bytes());
        random[4..].copy_from_slice(&self.count.to_be_bytes()[2..]);
        Key::new(Stamp(super::clock::now_us() as i64), random)
    }
}

/// The number behind `"name":`, or behind `"name":"`.
pub fn number_of(frame: &[u8], name: &str) -> Option<u64> {
    let rest = &frame[after(frame, name)?..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |sum, &digit| Some(sum.unwrap_or(0) * 10 + u64::from(digit - b'0')))
}

/// The text behind `"name":"`, as far as it has nothing to unescape.
pub fn text_of<'a>(frame: &'a [u8], name: &str) -> Option<&'a str> {
    let rest = frame[after(frame, name)?..].strip_prefix(b"\"")?;
    let end = rest.iter().position(|&byte| byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok()
}

fn after(frame: &[u8], name: &str) -> Option<usize> {
    let sign = format!("\"{name}\":");
    frame.windows(sign.len()).position(|bytes| bytes == sign.as_bytes()).map(|at| at + sign.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_says_where_they_were() {
        let place = Place { workspace: "W1".to_owned(), ..Place::default() };
        let person = Person { token: "rk_1".to_owned(), ..Person::default() };
        assert_eq!(
            hello(&place, &person, None),
            r#"{"hello":{"workspace":"W1","device":"load","token":"rk_1"}}"#
        );
        let known = Known { ticket: Some("t".into()), epoch: 5, position: 7, private: 1, offset: None };
        assert_eq!(
            hello(&place, &person, Some(&known)),
            r#"{"hello":{"workspace":"W1","device":"load","ticket":"t","token":"rk_1","epoch":"5","position":7,"private":1}}"#
        );
    }

    #[test]
    fn one_topic_of_nchan_is_its_path() {
        let place =
            Place { address: "127.0.0.1:1".to_owned(), channels: vec!["7".to_owned()], ..Place::default() };
        let person = Person { streams: vec![0], ..Person::default() };
        let upgrade = Dialect::Nchan.upgrade(&place, &person);
        assert!(upgrade.starts_with(b"GET /t/7 HTTP/1.1\r\n"), "{}", String::from_utf8_lossy(&upgrade));
    }

    #[test]
    fn members_are_read_without_parsing_the_rest() {
        let frame = br#"{"welcome":{"ticket":"abc","epoch":"18","position":42,"me":"A"}}"#;
        assert_eq!(number_of(frame, "epoch"), Some(18));
        assert_eq!(number_of(frame, "position"), Some(42));
        assert_eq!(number_of(frame, "private"), None);
        assert_eq!(text_of(frame, "ticket"), Some("abc"));
    }

    #[test]
    fn no_two_keys_are_alike() {
        let mut keys = Keys::of(1);
        assert_ne!(keys.another(), keys.another());
        assert_ne!(Keys::of(2).another(), Keys::of(1).another());
    }
}
