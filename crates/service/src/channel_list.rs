//! Channels and who sits in them, as somebody sees them.

use domain::permission::sees_public;
use domain::text::folded;
use domain::{AccountId, By, ChannelId, ChannelKind, ChannelState, Code, Member, Refusal, Seat};
use futures_util::future::BoxFuture;
use live::Mark;
use live::cache::Class;
use reading::channels::{self, Filter};
use reading::entry::{self, Entry};
use reading::{seats, standing};
use serde::{Deserialize, Serialize};
use store::{Answer, Done, Freshness, NotDone, Seen};

use crate::Service;
use crate::reads::corrupt;
use crate::remembered::{Remembered, seats_topics};

pub use reading::channels::Listed as ListedChannel;

/// Which of the channels there are.
#[derive(Debug, Clone, Default)]
pub struct ChannelsAsked {
    /// The ones they sit in, or the public ones they do not; absent: both.
    pub mine: Option<bool>,
    pub kind: Option<ChannelKind>,
    /// Put away; otherwise in use.
    pub archived: bool,
    pub prefix: String,
}

/// Where the list goes on: one's own by id, then the public ones by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelsAfter {
    Mine(ChannelId),
    Open(String),
}

#[derive(Debug)]
pub struct Channels {
    pub items: Vec<ListedChannel>,
    pub next: Option<ChannelsAfter>,
}

#[derive(Debug)]
pub struct Seats {
    pub items: Vec<(Seat, Member)>,
    pub next: Option<AccountId>,
}

impl Service {
    /// Their own channels first, then the directory of public ones; guests have none.
    pub async fn channels(
        &self,
        by: By,
        fresh: Freshness,
        asked: ChannelsAsked,
        after: Option<ChannelsAfter>,
        limit: u32,
    ) -> Result<Seen<Channels>, NotDone> {
        let state = if asked.archived { ChannelState::Archived } else { ChannelState::Active };
        let filter = Filter { kind: asked.kind, state, prefix: folded(&asked.prefix) };
        let (mine, open) = match &after {
            Some(ChannelsAfter::Mine(last)) => (Some(Some(*last)), Some(None)),
            Some(ChannelsAfter::Open(last)) => (None, Some(Some(last.as_str()))),
            None => (Some(None), Some(None)),
        };
        without_controls("prefix", &filter.prefix)?;
        without_controls("cursor", open.flatten().unwrap_or_default())?;
        let mine = mine.filter(|_| asked.mine != Some(false));
        let public = asked.kind.is_none_or(|kind| kind == ChannelKind::Public);
        let open = open.filter(|_| public && asked.mine != Some(true));

        let mut queries = vec![entry::query(by)];
        queries.extend(mine.map(|last| channels::mine(by, &filter, last, limit + 1)));
        queries.extend(open.map(|last| channels::open(by, &filter, last, limit + 1)));
        let seen = self.look(by.workspace, fresh, &queries).await?;
        let mut answers = seen.value.iter();
        let entry = Entry::of(by, answers.next().unwrap_or(&Answer::default())).map_err(corrupt)?;
        let sees_public = sees_public(entry.member()?);
        let found = mine.and_then(|_| answers.next()).map(channels::mine_in).transpose();
        let mine = found.map_err(corrupt)?.unwrap_or_default();
        let found = open.and_then(|_| answers.next()).filter(|_| sees_public).map(channels::open_in);
        let open = found.transpose().map_err(corrupt)?.unwrap_or_default();
        Ok(Seen { epoch: seen.epoch, position: seen.position, value: page(mine, open, limit as usize) })
    }

    /// A channel, for who may see it.
    pub async fn channel(
        &self,
        by: By,
        fresh: Freshness,
        channel: ChannelId,
    ) -> Result<Seen<ListedChannel>, NotDone> {
        let queries = [standing::query(by, channel), channels::seat_of(by, channel)];
        let seen = self.look(by.workspace, fresh, &queries).await?;
        let rows = standing::Rows::of(by, channel, &seen.value[0]).map_err(corrupt)?;
        let standing = rows.standing()?;
        let own = channels::mine_in(&seen.value[1]).map_err(corrupt)?.pop();
        let mine = own.and_then(|own| own.mine);
        let value = ListedChannel { channel: standing.channel.clone(), tip: standing.tip.clone(), mine };
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// What became of a channel; nothing where what was done took it out of sight.
    pub async fn channel_since(
        &self,
        by: By,
        done: &Done,
        channel: ChannelId,
    ) -> Result<Option<ListedChannel>, NotDone> {
        match self.channel(by, Freshness::AtLeast(done.epoch, done.position), channel).await {
            Ok(seen) => Ok(Some(seen.value)),
            Err(NotDone::Refused(refusal)) if refusal.code == Code::NotFound => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Who sits in a channel, for who may see it.
    pub async fn seats(
        &self,
        by: By,
        fresh: Freshness,
        channel: ChannelId,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Seen<Seats>, NotDone> {
        let Some(cache) = &self.cache else { return self.seats_read(by, fresh, channel, after, limit).await };
        let seen = self.look(by.workspace, fresh, &[standing::query(by, channel)]).await?;
        let rows = standing::Rows::of(by, channel, &seen.value[0]).map_err(corrupt)?;
        rows.standing()?;
        let moment = (seen.epoch, seen.position);
        let page = Remembered {
            workspace: by.workspace,
            class: Class::ChannelMembers,
            endpoint: channel.to_string(),
            arguments: format!("{after:?} {limit}"),
            topics: seats_topics(channel),
        };
        let read = move || -> BoxFuture<'_, Result<(Mark, Seats), NotDone>> {
            Box::pin(async move {
                let fresh = Freshness::AtLeast(moment.0, moment.1);
                let Seen { epoch, position, value } =
                    self.seats_read(by, fresh, channel, after, limit).await?;
                Ok((Mark { epoch, position }, value))
            })
        };
        let value = self.page_remembered(cache, page, moment, read).await?;
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// In one look with who may see it.
    async fn seats_read(
        &self,
        by: By,
        fresh: Freshness,
        channel: ChannelId,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Seen<Seats>, NotDone> {
        let page = seats::page(channel, after, limit + 1);
        let seen = self.look(by.workspace, fresh, &[standing::query(by, channel), page]).await?;
        let rows = standing::Rows::of(by, channel, &seen.value[0]).map_err(corrupt)?;
        rows.standing()?;
        let mut items = seats::page_in(&seen.value[1]).map_err(corrupt)?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|(seat, _)| seat.account);
        Ok(Seen { epoch: seen.epoch, position: seen.position, value: Seats { items, next } })
    }

    /// Somebody's seat and who they are.
    pub async fn seat_since(
        &self,
        by: By,
        done: &Done,
        channel: ChannelId,
        account: AccountId,
    ) -> Result<(Seat, Member), NotDone> {
        let fresh = Freshness::AtLeast(done.epoch, done.position);
        let queries = [standing::query(by, channel), seats::of(channel, account)];
        let seen = self.look(by.workspace, fresh, &queries).await?;
        standing::Rows::of(by, channel, &seen.value[0]).map_err(corrupt)?.standing()?;
        let found = seats::page_in(&seen.value[1]).map_err(corrupt)?.pop();
        Ok(found.ok_or_else(|| Refusal::not_found("seat"))?)
    }
}

/// Both lists were asked for one more than fits.
fn page(mut mine: Vec<ListedChannel>, mut open: Vec<ListedChannel>, limit: usize) -> Channels {
    if mine.len() > limit {
        mine.truncate(limit);
        let next = mine.last().map(|last| ChannelsAfter::Mine(last.channel.id));
        return Channels { items: mine, next };
    }
    let room = limit - mine.len();
    let more = open.len() > room;
    open.truncate(room);
    let last = || open.last().and_then(|last| last.channel.name_key.clone()).unwrap_or_default();
    let next = more.then(|| ChannelsAfter::Open(last()));
    mine.append(&mut open);
    Channels { items: mine, next }
}

/// Names hold none, and not every database takes all of them.
fn without_controls(field: &'static str, text: &str) -> Result<(), Refusal> {
    match text.chars().any(char::is_control) {
        true => Err(Refusal::invalid(field, "names hold no control characters")),
        false => Ok(()),
    }
}
