//! A message as everyone who may see it sees it. What depends on who reads, `mine`, is added only to answers of reads.

use std::collections::BTreeSet;

use domain::cell::Json;
use domain::{AccountId, ChannelId, Extra, Stamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::time::{self, At};

/// Faces shown beside a thread; its row remembers more.
const THREAD_FACES: usize = 3;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Message<'a> {
    #[schema(value_type = String)]
    pub channel: ChannelId,
    /// 0: the timeline; else the number of the message it replies to.
    pub thread: u64,
    pub number: u64,
    /// Microseconds since 1970, later for every later message.
    #[serde(serialize_with = "time::stamp")]
    #[schema(value_type = String, example = "1800000000000000")]
    pub stamp: Stamp,
    #[schema(value_type = String, format = DateTime)]
    pub at: At,
    #[schema(value_type = String)]
    pub author: AccountId,
    /// Markdown; empty in what was deleted, in what a channel remembers of itself, and in a row with `of`.
    pub text: &'a str,
    /// The position of the last thing that touched it: keep the newer.
    pub changed: u64,
    /// When its text last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted: Option<At>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mentions: Option<Mentions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Replies<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reacted<'a>>,
    /// Of a reply that is shown in the channel too: its number there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_channel: Option<u64>,
    /// Of a row in the timeline that stands for a reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Of>,
    /// That reply, in pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub reply: Option<Box<Message<'a>>>,
    /// What the channel remembers of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<System>)]
    pub system: Option<&'a serde_json::Value>,
}

/// Whom it calls, of those who sit in the channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Mentions<'a> {
    #[schema(value_type = Vec<String>)]
    pub people: &'a [AccountId],
    /// `channel` or `here`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Replies<'a> {
    /// Without the deleted ones.
    pub count: u64,
    /// The number of the last.
    pub last: u64,
    #[schema(value_type = String, format = DateTime)]
    pub last_at: At,
    /// The first three who wrote there.
    #[schema(value_type = Vec<String>)]
    pub people: &'a [AccountId],
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Reacted<'a> {
    pub emoji: &'a str,
    pub count: u64,
    /// The first ten.
    #[schema(value_type = Vec<String>)]
    pub people: &'a [AccountId],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Of {
    pub thread: u64,
    pub number: u64,
}

/// A word for what happened, who did it, and for names and topics what was and what is.
#[derive(Debug, ToSchema)]
pub struct System {
    pub kind: String,
    pub account: Option<String>,
    pub was: Option<String>,
    pub is: Option<String>,
}

impl<'a> Message<'a> {
    /// The same for everyone.
    pub fn of(row: &'a domain::Message) -> Self {
        let plain = Self {
            channel: row.channel,
            thread: row.thread,
            number: row.number,
            stamp: row.at_us,
            at: At(row.at_us),
            author: row.author,
            text: &row.text,
            changed: row.changed.0,
            edited: row.edited_us.map(At),
            deleted: row.deleted_us.map(At),
            pinned: false,
            mentions: None,
            replies: None,
            reactions: Vec::new(),
            in_channel: None,
            of: None,
            reply: None,
            system: None,
        };
        match &row.extra {
            None => plain,
            Some(Json(extra)) => plain.with(row.last_reply, extra),
        }
    }

    fn with(self, last_reply: u64, extra: &'a Extra) -> Self {
        let called = &extra.mentions;
        let reactions = extra.reactions.iter().map(|(emoji, reacted)| Reacted {
            emoji,
            count: reacted.count,
            people: &reacted.people,
            mine: false,
        });
        Self {
            pinned: extra.pinned,
            mentions: (!called.is_empty())
                .then(|| Mentions { people: &called.people, all: called.all.as_deref() }),
            replies: extra.replies.as_ref().map(|replies| Replies {
                count: replies.count,
                last: last_reply,
                last_at: At(Stamp(replies.last_us)),
                people: &replies.people[..replies.people.len().min(THREAD_FACES)],
            }),
            reactions: reactions.collect(),
            in_channel: extra.in_channel,
            of: extra.of.map(|(thread, number)| Of { thread, number }),
            system: extra.system.as_ref(),
            ..self
        }
    }

    /// As one reader sees it: which reactions are theirs. Those beyond the first ten are `also` theirs.
    #[must_use]
    pub fn seen_by(mut self, me: AccountId, also: &BTreeSet<(u64, u64, String)>) -> Self {
        for reacted in &mut self.reactions {
            let known = || also.contains(&(self.thread, self.number, reacted.emoji.to_owned()));
            reacted.mine = reacted.people.contains(&me) || (!also.is_empty() && known());
        }
        self.reply = self.reply.map(|reply| Box::new(reply.seen_by(me, also)));
        self
    }

    /// Reactions of whose people not all are shown, so that who reads may be one of them: thread, number, emoji.
    pub fn unsure(&self, me: AccountId, into: &mut Vec<(u64, u64, String)>) {
        for reacted in &self.reactions {
            if reacted.count > reacted.people.len() as u64 && !reacted.people.contains(&me) {
                into.push((self.thread, self.number, reacted.emoji.to_owned()));
            }
        }
        if let Some(reply) = &self.reply {
            reply.unsure(me, into);
        }
    }

    /// A row of the timeline with the reply it stands for.
    #[must_use]
    pub fn showing(mut self, reply: Option<&'a domain::Message>) -> Self {
        self.reply = reply.map(|reply| Box::new(Self::of(reply)));
        self
    }

    /// Everyone whom what is shown names.
    pub fn names(&self, into: &mut BTreeSet<AccountId>) {
        into.insert(self.author);
        let faces = self.replies.iter().flat_map(|replies| replies.people);
        let called = self.mentions.iter().flat_map(|mentions| mentions.people);
        let reacted = self.reactions.iter().flat_map(|reacted| reacted.people);
        into.extend(faces.chain(called).chain(reacted));
        let did: Option<AccountId> =
            self.system.and_then(|system| system.get("account")?.as_str()?.parse().ok());
        into.extend(did);
        if let Some(reply) = &self.reply {
            reply.names(into);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{Key, Position};
    use serde_json::json;

    use super::*;

    fn somebody(at: i64) -> AccountId {
        AccountId::new(Key::new(Stamp(at * 1_000), [0; 10]))
    }

    fn row(extra: Extra) -> domain::Message {
        let channel = ChannelId::new(Key::new(Stamp(1), [0; 10]));
        let mut row = domain::Message {
            channel,
            thread: 0,
            number: 41,
            at_us: Stamp(1_800_000_000_000_001),
            author: somebody(1),
            text: "hello".into(),
            extra: None,
            edited_us: None,
            deleted_us: None,
            last_reply: 7,
            position: Position(5),
            changed: Position(9),
        };
        row.set_extra(extra);
        row
    }

    fn shown(message: &Message<'_>) -> serde_json::Value {
        serde_json::to_value(message).expect("it serialises")
    }

    #[test]
    fn a_plain_message_carries_nothing_it_does_not_have() {
        let row = row(Extra::default());
        let expected = json!({
            "channel": row.channel, "thread": 0, "number": 41, "stamp": "1800000000000001",
            "at": "2027-01-15T08:00:00.000Z", "author": row.author, "text": "hello", "changed": 9,
        });
        assert_eq!(shown(&Message::of(&row)), expected);
    }

    #[test]
    fn what_hangs_on_a_message_is_shown_and_mine_only_to_me() {
        let people: Vec<_> = (1..6).map(somebody).collect();
        let reacted = domain::Reacted { count: 12, people: people[..2].to_vec() };
        let replies = domain::Replies {
            count: 3,
            last_us: 1_800_000_000_000_000,
            people: people.clone(),
            ..Default::default()
        };
        let row = row(Extra {
            replies: Some(replies),
            reactions: BTreeMap::from([("👍".to_owned(), reacted)]),
            mentions: domain::Mentions {
                people: vec![people[4]],
                all: Some("here".into()),
                ..domain::Mentions::default()
            },
            pinned: true,
            ..Extra::default()
        });
        let all = shown(&Message::of(&row));
        assert_eq!(
            all["replies"],
            json!({
                "count": 3, "last": 7, "last_at": "2027-01-15T08:00:00.000Z", "people": people[..3],
            })
        );
        assert_eq!(all["reactions"], json!([{ "emoji": "👍", "count": 12, "people": people[..2] }]));
        assert_eq!((&all["pinned"], &all["mentions"]["all"]), (&json!(true), &json!("here")));

        let none = BTreeSet::new();
        assert!(Message::of(&row).seen_by(people[1], &none).reactions[0].mine);
        assert!(!Message::of(&row).seen_by(people[3], &none).reactions[0].mine);
        let also = BTreeSet::from([(0, 41, "👍".to_owned())]);
        assert!(Message::of(&row).seen_by(people[3], &also).reactions[0].mine, "beyond the first ten");

        let mut named = BTreeSet::new();
        Message::of(&row).names(&mut named);
        assert_eq!(named.into_iter().collect::<Vec<_>>(), [people[0], people[1], people[2], people[4]]);
    }

    #[test]
    fn a_row_that_stands_for_a_reply_is_shown_with_it() {
        let shadow = row(Extra { of: Some((3, 2)), ..Extra::default() });
        let reply = domain::Message {
            thread: 3,
            number: 2,
            ..row(Extra { in_channel: Some(41), ..Extra::default() })
        };
        let shown = shown(&Message::of(&shadow).showing(Some(&reply)));
        assert_eq!(shown["of"], json!({ "thread": 3, "number": 2 }));
        assert_eq!((&shown["reply"]["number"], &shown["reply"]["in_channel"]), (&json!(2), &json!(41)));
    }
}
