//! Lists across channels: what calls somebody, what they follow, what they saved.

use std::collections::{BTreeMap, BTreeSet};

use domain::limits::{FOLLOWED_MAX, PAGE_MAX};
use domain::permission::shows;
use domain::row::Row;
use domain::verbs::{PrivateKind, Subject};
use domain::{AccountId, By, ChannelId, Epoch, Member, Message, Position, Private, ShoutKind};
use reading::entry::{self, Entry};
use reading::lists::{self, Place};
use reading::{events, people, reactions, rows};
use store::{Freshness, NotDone, Seen, StoreError};

use crate::Service;
use crate::reads::{corrupt, unseen};

pub use reading::lists::{Followed, From};

/// A message that calls somebody: by name, or with everyone.
#[derive(Debug)]
pub struct Call {
    pub position: Position,
    pub all: Option<ShoutKind>,
    pub seen: bool,
    pub message: Message,
}

/// A page; `next` where the following one begins.
#[derive(Debug)]
pub struct Page<T, K> {
    pub items: Vec<T>,
    pub next: Option<K>,
}

#[derive(Debug)]
pub struct Thread {
    pub of: Followed,
    pub root: Message,
    pub last: Message,
}

#[derive(Debug)]
pub struct Saved {
    pub kept: Private,
    pub message: Message,
}

type Key = <Message as Row>::Key;
type Own = BTreeMap<ChannelId, BTreeSet<(u64, u64, String)>>;

impl Service {
    /// What calls somebody. Calls to everyone are read by range of the workspace's, so a page may be short and still
    /// have a next one. With an epoch, a position of another history is refused.
    pub async fn calls(
        &self,
        by: By,
        fresh: Freshness,
        from: From,
        epoch: Option<Epoch>,
        limit: u32,
    ) -> Result<Seen<Page<Call, Position>>, NotDone> {
        let queries = [entry::query(by), lists::named(by, from, limit), lists::shouted(by, from, PAGE_MAX)];
        let Seen { epoch: now, position, value } = self.look(by.workspace, fresh, &queries).await?;
        if epoch.is_some_and(|epoch| epoch != now) {
            return Err(unseen(StoreError::OtherEpoch));
        }
        let entry = Entry::of(by, &value[0]).map_err(corrupt)?;
        let member = entry.member()?;
        let named = lists::named_in(&value[1]).map_err(corrupt)?;
        let shouted = lists::shouted_in(&value[2]).map_err(corrupt)?;
        Ok(Seen { epoch: now, position, value: merged(named, shouted, from, member, limit) })
    }

    /// Threads somebody follows, the one with the newest reply first.
    pub async fn threads(
        &self,
        by: By,
        fresh: Freshness,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Seen<Page<Thread, Position>>, NotDone> {
        let seen =
            self.look(by.workspace, fresh, &[entry::query(by), lists::followed(by, FOLLOWED_MAX)]).await?;
        Entry::of(by, &seen.value[0]).map_err(corrupt)?.member()?;
        let mut all = lists::followed_in(&seen.value[1]).map_err(corrupt)?;
        all.retain(|thread| before.is_none_or(|before| thread.last_position < before));
        all.sort_unstable_by_key(|thread| std::cmp::Reverse(thread.last_position));
        let rest = all.len() > limit as usize;
        all.truncate(limit as usize);
        let next = all.last().filter(|_| rest).map(|thread| thread.last_position);
        let keys =
            all.iter().flat_map(|of| [(of.channel, 0, of.thread), (of.channel, of.thread, of.last_number)]);
        let mut said = self.said(by, Freshness::AtLeast(seen.epoch, seen.position), keys.collect()).await?;
        let items = all.into_iter().filter_map(|of| {
            let last = said.remove(&(of.channel, of.thread, of.last_number))?;
            let root = said.remove(&(of.channel, 0, of.thread))?;
            Some(Thread { of, root, last })
        });
        let value = Page { items: items.collect(), next };
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// What somebody saved and may still see, the last kept first. From the primary, as all that is private.
    pub async fn saved(
        &self,
        by: By,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Seen<Page<Saved, u64>>, NotDone> {
        let before = before.map_or(i64::MAX as u64, |before| before.min(i64::MAX as u64));
        let queries = [entry::query(by), lists::saved(by, before, limit)];
        let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
        Entry::of(by, &seen.value[0]).map_err(corrupt)?.member()?;
        let kept = lists::saved_in(&seen.value[1]).map_err(corrupt)?;
        let next = kept.last().filter(|_| kept.len() >= limit as usize).map(|row| row.version);
        let placed: Vec<_> = kept.into_iter().filter_map(|row| Some((key(&row.subject)?, row))).collect();
        let keys = placed.iter().map(|(key, _)| *key).collect();
        let mut said = self.said(by, Freshness::AtLeast(seen.epoch, seen.position), keys).await?;
        let items = placed.into_iter().filter_map(|(key, kept)| {
            let message = said.remove(&key).filter(|message| message.extra().of.is_none())?;
            Some(Saved { kept, message })
        });
        let value = Page { items: items.collect(), next };
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// Of these messages those somebody may see, judged in the snapshot they are read in.
    async fn said(
        &self,
        by: By,
        fresh: Freshness,
        keys: BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, Message>, NotDone> {
        let channels: BTreeSet<_> = keys.iter().map(|(channel, ..)| *channel).collect();
        if channels.is_empty() {
            return Ok(BTreeMap::new());
        }
        let channels: Vec<_> = channels.into_iter().collect();
        let mut queries = vec![entry::query(by)];
        queries.extend(lists::places(by, &channels));
        let judged = queries.len();
        queries.extend(events::messages(&keys));
        let seen = self.look(by.workspace, fresh, &queries).await?;
        let (judging, messages) = seen.value.split_at(judged);
        let entry = Entry::of(by, &judging[0]).map_err(corrupt)?;
        let member = entry.member()?;
        let places: BTreeMap<_, _> = lists::places_in(&judging[1..]).map_err(corrupt)?.into_iter().collect();
        let mut said = BTreeMap::new();
        for answer in messages {
            for message in rows::<Message>(answer).map_err(corrupt)? {
                let place = places.get(&message.channel);
                if place.is_some_and(|Place { kind, seated }| shows(*kind, member, *seated)) {
                    said.insert(message.key(), message);
                }
            }
        }
        Ok(said)
    }

    /// The people a list names, and which of the reactions asked about are the asker's, by channel.
    pub async fn people_and_own_anywhere(
        &self,
        by: By,
        seen: &Seen<impl Sized>,
        accounts: &BTreeSet<AccountId>,
        asked: &BTreeMap<ChannelId, Vec<(u64, u64, String)>>,
    ) -> Result<(Vec<Member>, Own), NotDone> {
        let accounts: Vec<_> = accounts.iter().copied().collect();
        let mut queries = people::named(by.workspace, &accounts);
        let members = queries.len();
        let mut whose = Vec::new();
        for (channel, which) in asked {
            let own = reactions::own(*channel, by.account, which);
            whose.extend(own.iter().map(|_| *channel));
            queries.extend(own);
        }
        if queries.is_empty() {
            return Ok((Vec::new(), Own::new()));
        }
        let fresh = Freshness::AtLeast(seen.epoch, seen.position);
        let answers = self.look(by.workspace, fresh, &queries).await?.value;
        let (members, reacted) = answers.split_at(members);
        let mut own = Own::new();
        for (channel, answer) in whose.into_iter().zip(reacted) {
            let found = reactions::own_in(std::slice::from_ref(answer)).map_err(corrupt)?;
            own.entry(channel).or_default().extend(found);
        }
        Ok((people::named_in(members).map_err(corrupt)?, own))
    }
}

/// The two lists in one order, up to where both are whole.
fn merged(
    named: Vec<lists::Named>,
    shouted: Vec<lists::Shouted>,
    from: From,
    member: &Member,
    limit: u32,
) -> Page<Call, Position> {
    let cut = |position: Option<Position>, len: usize, most: u32| position.filter(|_| len >= most as usize);
    let ends = [
        cut(named.last().map(|call| call.position), named.len(), limit),
        cut(shouted.last().map(|call| call.position), shouted.len(), PAGE_MAX),
    ];
    let ends = ends.into_iter().flatten();
    let end = if matches!(from, From::Before(_)) { ends.max() } else { ends.min() };
    let mut calls = BTreeMap::new();
    for call in named.into_iter().filter(|call| shows(call.place.kind, member, call.place.seated)) {
        let lists::Named { position, seen, message, .. } = call;
        calls.insert(position, Call { position, all: None, seen, message });
    }
    for lists::Shouted { position, kind, seen, message } in shouted {
        match (calls.get_mut(&position), message) {
            (Some(known), Some(_)) => known.all = Some(kind),
            (None, Some(message)) => {
                calls.insert(position, Call { position, all: Some(kind), seen, message });
            }
            (_, None) => {}
        }
    }
    let calls = calls.into_values();
    let mut items: Vec<_> = match from {
        From::Before(_) => calls.rev().filter(|call| end.is_none_or(|end| call.position >= end)).collect(),
        From::After(_) => calls.filter(|call| end.is_none_or(|end| call.position <= end)).collect(),
    };
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = if more { items.last().map(|call| call.position) } else { end };
    Page { items, next }
}

/// `C….41` or `C….41.7`.
fn key(subject: &str) -> Option<Key> {
    match Subject::read(PrivateKind::Saved, subject).ok()? {
        Subject::Place { channel, number: Some(number), reply: None } => Some((channel, 0, number)),
        Subject::Place { channel, number: Some(thread), reply: Some(reply) } => {
            Some((channel, thread, reply))
        }
        _ => None,
    }
}
