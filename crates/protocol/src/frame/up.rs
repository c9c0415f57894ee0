//! What a client sends.

use domain::{AccountId, ChannelId, Key};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::envelope::{Envelope, Malformed};

#[derive(Debug, Clone, PartialEq)]
pub enum Up {
    Hello(Hello),
    Send(Sending),
    Do(Do),
    Mark(Marking),
    Look(Look),
    Typing(Typing),
    Ping(Ping),
    /// Of a newer build: ignored.
    Unknown,
    /// A frame of ours with something wrong in it.
    Wrong(WrongBody),
}

/// What was wrong, and under which key it was asked, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongBody {
    pub kind: String,
    pub key: Option<Key>,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// Its id or its address.
    pub workspace: String,
    pub token: Option<String>,
    pub ticket: Option<String>,
    /// Where I was; the three go together.
    #[serde(default, deserialize_with = "optional")]
    pub epoch: Option<u64>,
    pub position: Option<u64>,
    pub private: Option<u64>,
    /// Sent, and not answered.
    #[serde(default, deserialize_with = "keys")]
    pub waiting: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sending {
    #[serde(deserialize_with = "text")]
    pub key: Key,
    pub channel: ChannelId,
    #[serde(default)]
    pub thread: u64,
    pub text: String,
    #[serde(default)]
    pub in_channel: bool,
}

/// One verb under a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Do {
    pub key: Key,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Edit(Target),
    Delete(Target),
    React(Target),
    Unreact(Target),
    Pin(Target),
    Unpin(Target),
    Follow(Target),
    Unfollow(Target),
    Join(Place),
    Leave(Place),
    Put(Keeping),
    Remove(Keeping),
}

impl Act {
    /// As it is written.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Edit(_) => "edit",
            Self::Delete(_) => "delete",
            Self::React(_) => "react",
            Self::Unreact(_) => "unreact",
            Self::Pin(_) => "pin",
            Self::Unpin(_) => "unpin",
            Self::Follow(_) => "follow",
            Self::Unfollow(_) => "unfollow",
            Self::Join(_) => "join",
            Self::Leave(_) => "leave",
            Self::Put(_) => "put",
            Self::Remove(_) => "remove",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Target {
    pub channel: ChannelId,
    #[serde(default)]
    pub thread: u64,
    pub number: u64,
    pub text: Option<String>,
    pub emoji: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    pub channel: ChannelId,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Keeping {
    pub kind: String,
    pub subject: String,
    pub value: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Marking {
    pub channel: ChannelId,
    #[serde(default)]
    pub thread: u64,
    pub number: u64,
    /// "Unread from here", decided on this private version.
    pub back: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Look {
    pub channels: Vec<ChannelId>,
    pub people: Vec<AccountId>,
    pub idle: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Typing {
    pub channel: ChannelId,
    #[serde(default)]
    pub thread: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ping {}

impl Up {
    pub fn read(text: &str) -> Result<Self, Malformed> {
        let Envelope { kind, body } = Envelope::read(text)?;
        Ok(match &*kind {
            "hello" => body_of(&kind, body.get(), Self::Hello),
            "send" => body_of(&kind, body.get(), Self::Send),
            "do" => body_of(&kind, body.get(), Self::Do),
            "mark" => body_of(&kind, body.get(), Self::Mark),
            "look" => body_of(&kind, body.get(), Self::Look),
            "typing" => body_of(&kind, body.get(), Self::Typing),
            "ping" => body_of(&kind, body.get(), Self::Ping),
            _ => Self::Unknown,
        })
    }
}

fn body_of<T: DeserializeOwned>(kind: &str, body: &str, up: impl FnOnce(T) -> Up) -> Up {
    #[derive(Deserialize)]
    struct Keyed {
        key: Option<String>,
    }
    match serde_json::from_str(body) {
        Ok(body) => up(body),
        Err(error) => {
            let keyed = serde_json::from_str::<Keyed>(body).ok();
            let key = keyed.and_then(|keyed| keyed.key?.parse().ok());
            Up::Wrong(WrongBody { kind: kind.to_owned(), key, why: error.to_string() })
        }
    }
}

/// The verb is the one member beside the key.
impl<'de> Deserialize<'de> for Do {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        const VERBS: [&str; 12] = [
            "edit", "delete", "react", "unreact", "pin", "unpin", "follow", "unfollow", "join", "leave",
            "put", "remove",
        ];
        let mut members = serde_json::Map::deserialize(from)?;
        let key = members.get("key").and_then(Value::as_str).and_then(|key| key.parse().ok());
        let key =
            key.ok_or_else(|| D::Error::custom("a key is a ULID: 26 digits and capitals, time first"))?;
        members.retain(|name, _| VERBS.contains(&name.as_str()));
        if members.len() != 1 {
            return Err(D::Error::custom(format!("one of {} beside the key", VERBS.join(", "))));
        }
        let act = serde_json::from_value(Value::Object(members)).map_err(D::Error::custom)?;
        Ok(Self { key, act })
    }
}

fn text<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// Numbers too large for JSON stand as text.
fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

fn keys<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Key>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "01JG000000000000000000000A";
    const PLACE: &str = "C0000000000000000000000001";

    fn up(text: &str) -> Up {
        Up::read(text).expect("a frame")
    }

    #[test]
    fn a_frame_is_one_member_named_by_its_kind() {
        let hello =
            r#"{"hello": {"workspace": "rooks", "epoch": "18000000000000000000", "position": 4, "more": 1}}"#;
        let Up::Hello(hello) = up(hello) else { panic!("a hello") };
        assert_eq!(
            (hello.epoch, hello.position, hello.private),
            (Some(18_000_000_000_000_000_000), Some(4), None)
        );
        let Up::Do(Do { act: Act::React(at), .. }) = up(&format!(
            r#"{{"do": {{"key": "{KEY}", "react": {{"channel": "{PLACE}", "number": 3, "emoji": "👍"}}}}}}"#
        )) else {
            panic!("a reaction")
        };
        assert_eq!((at.number, at.thread, at.emoji.as_deref()), (3, 0, Some("👍")));
        assert_eq!(up(r#"{"dance": {"key": 1}}"#), Up::Unknown);
        assert_eq!(up(r#"{"look": {}}"#), Up::Look(Look::default()));
    }

    #[test]
    fn what_is_no_frame_is_malformed() {
        for text in
            ["", "1", "[]", "{}", r#"{"ping": {}, "look": {}}"#, r#"{"ping": {}"#, r#"{"ping": {}} x"#]
        {
            assert_eq!(Up::read(text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn a_wrong_type_is_told_under_its_key() {
        let Up::Wrong(wrong) = up(&format!(r#"{{"send": {{"key": "{KEY}", "channel": 7, "text": "hi"}}}}"#))
        else {
            panic!("it is wrong")
        };
        assert_eq!(wrong.key.map(|key| key.to_string()).as_deref(), Some(KEY));
        for body in [
            format!(r#"{{"key": "{KEY}"}}"#),
            format!(
                r#"{{"key": "{KEY}", "join": {{"channel": "{PLACE}"}}, "leave": {{"channel": "{PLACE}"}}}}"#
            ),
            format!(r#"{{"key": "{KEY}", "join": {{"channel": "nowhere"}}}}"#),
        ] {
            assert!(
                matches!(up(&format!(r#"{{"do": {body}}}"#)), Up::Wrong(WrongBody { key: Some(_), .. })),
                "{body}"
            );
        }
        assert!(matches!(up(r#"{"do": {"join": {}}}"#), Up::Wrong(WrongBody { key: None, .. })));
    }
}
