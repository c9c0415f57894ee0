//! Telling people of what calls them, what they were told, and that they have seen it.

use std::collections::BTreeMap;

use domain::limits::{CHOICES_MAX, PAGE_MAX};
use domain::permission::shows;
use domain::verbs::{Notify, PrivateKind, SeeNotifications, hears_shouts};
use domain::{By, ChannelId, Message, NotificationKind, Position, ShoutKind};
use reading::entry::{self, Entry};
use reading::lists::{self, From, Shouted};
use reading::notifications::{self, Chosen, Told};
use store::{Done, Freshness, NotDone, Seen};

use crate::Service;
use crate::reads::corrupt;

/// A message somebody was told of, or a call to everyone where they sit.
#[derive(Debug)]
pub struct Notification {
    pub position: Position,
    pub reason: Reason,
    pub seen: bool,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Told(NotificationKind),
    Shout(ShoutKind),
}

impl Reason {
    pub fn word(self) -> &'static str {
        match self {
            Self::Told(kind) => kind.word(),
            Self::Shout(kind) => kind.word(),
        }
    }
}

#[derive(Debug)]
pub struct Notifications {
    pub items: Vec<Notification>,
    /// Where the following page begins; a short one may have one.
    pub next: Option<Position>,
}

/// Commands one wish to see everything may take.
const SEEN_TURNS: usize = 50;

impl Service {
    /// Tells `by` of a message unless they have read it. Done twice is done once. Answers `{"told": …}`.
    pub async fn notify(&self, by: By, notify: Notify) -> Result<Done, NotDone> {
        self.in_workspace(by, self.new_key(), notify).await
    }

    /// All `by` was told up to there is seen. Private: no event, no receipt. Done twice is done once.
    pub async fn see_notifications(&self, by: By, position: Position) -> Result<Done, NotDone> {
        #[derive(serde::Deserialize)]
        struct Rest {
            rest: bool,
        }
        let mut done = self.in_workspace(by, self.new_key(), SeeNotifications { position }).await?;
        for _ in 0..SEEN_TURNS {
            if !done.reply.read::<Rest>().is_some_and(|reply| reply.rest) {
                break;
            }
            done = self.in_workspace(by, self.new_key(), SeeNotifications { position }).await?;
        }
        Ok(done)
    }

    /// Newest first. From the primary, as all that is private; calls to everyone are read by range of the workspace's.
    pub async fn notifications(
        &self,
        by: By,
        before: Position,
        limit: u32,
    ) -> Result<Seen<Notifications>, NotDone> {
        let queries = [
            entry::query(by),
            notifications::told(by, before, limit),
            lists::shouted(by, From::Before(before), PAGE_MAX),
            notifications::chosen(by, CHOICES_MAX),
        ];
        let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
        let entry = Entry::of(by, &seen.value[0]).map_err(corrupt)?;
        let member = entry.member()?;
        let told = notifications::told_in(&seen.value[1]).map_err(corrupt)?;
        let shouted = lists::shouted_in(&seen.value[2]).map_err(corrupt)?;
        let chosen = notifications::chosen_in(&seen.value[3]).map_err(corrupt)?;
        let end = end(&told, &shouted, limit);
        let told = told.into_iter().filter(|told| shows(told.place.0, member, told.place.1));
        let shouted = shouted
            .into_iter()
            .filter_map(|shout| Some((shout.position, shout.kind, shout.seen, shout.message?)));
        let heard = shouted.filter(|(.., message)| hears(&chosen, message.channel));
        let mut all: BTreeMap<Position, Notification> = heard
            .map(|(position, kind, seen, message)| {
                (position, Notification { position, reason: Reason::Shout(kind), seen, message })
            })
            .collect();
        // Who is named beside everyone is told by name.
        all.extend(told.map(|Told { position, kind, seen, message, .. }| {
            (position, Notification { position, reason: Reason::Told(kind), seen, message })
        }));
        let all = all.into_values().rev();
        let mut items: Vec<_> = all.filter(|item| end.is_none_or(|end| item.position >= end)).collect();
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = if more { items.last().map(|item| item.position) } else { end };
        Ok(Seen { epoch: seen.epoch, position: seen.position, value: Notifications { items, next } })
    }
}

/// Up to where both lists are whole.
fn end(told: &[Told], shouted: &[Shouted], limit: u32) -> Option<Position> {
    let told = told.last().map(|told| told.position).filter(|_| told.len() >= limit as usize);
    let shouts = shouted.last().map(|shout| shout.position).filter(|_| shouted.len() >= PAGE_MAX as usize);
    told.max(shouts)
}

fn hears(chosen: &[Chosen], channel: ChannelId) -> bool {
    let channel = channel.to_string();
    let find = |kind: PrivateKind, subject: &str| {
        chosen.iter().find(|(known, about, _)| known == kind.word() && about == subject)
    };
    let value = |row: Option<&Chosen>| row.map(|(.., value)| value.clone());
    let here = value(find(PrivateKind::Notify, &channel));
    let everywhere = value(find(PrivateKind::Notify, "all"));
    hears_shouts(here.as_deref(), find(PrivateKind::Mute, &channel).is_some(), everywhere.as_deref())
}
