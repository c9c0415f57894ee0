//! What moved for one member while they were away: a pure function of rows of theirs.
//!
//! It is told in parts, each of a range of channels in the order of their ids, so that it can be long without any
//! question being long.

use std::collections::BTreeMap;

use crate::limits::{
    CHANGED_CALLS_MAX, CHANGED_CHANNELS_MAX, CHANGED_PARTNERS_MAX, CHANGED_THREADS_MAX, MENTIONS_UNSEEN_MAX,
};
use crate::rows::{Channel, ChannelTip, Member, Replies, Seat};
use crate::{ChannelId, Position};

/// Rows of one snapshot; each list in the order of its channels, and cut at its limit.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Seats whose channel moved, held or left since.
    pub seats: Vec<(Seat, ChannelTip, Channel)>,
    /// Unseen messages that name the member: channel, thread, number.
    pub named: Vec<(ChannelId, u64, u64)>,
    /// Unread calls to everyone, of others.
    pub shouted: Vec<(ChannelId, u64, u64)>,
    pub shouted_in_threads: Vec<(ChannelId, u64, u64)>,
    pub threads: Vec<Followed>,
    /// Of direct channels, those whose row moved.
    pub partners: Vec<(ChannelId, Member)>,
}

/// A followed thread with something after the mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    pub channel: ChannelId,
    pub thread: u64,
    pub read: u64,
    pub last_number: u64,
    pub replies: Replies,
    pub mentions: Vec<u64>,
}

/// A channel where the member sits.
#[derive(Debug, Clone, PartialEq)]
pub struct Mine {
    pub seat: Seat,
    pub tip: ChannelTip,
    /// Where it is newer than what the member holds.
    pub image: Option<Channel>,
    /// Unread numbers that name the member or call everyone.
    pub mentions: Vec<u64>,
}

/// A part of the answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    pub channels: Vec<Mine>,
    pub threads: Vec<Followed>,
    pub people: Vec<Member>,
    pub left: Vec<ChannelId>,
    /// The last channel of this part, where another follows.
    pub more: Option<ChannelId>,
}

type Calls = BTreeMap<(ChannelId, u64), Vec<u64>>;

impl Found {
    /// `since`: what the member holds; none of it at first.
    pub fn part(self, since: Option<Position>) -> Part {
        let more = self.end();
        let within = |channel: ChannelId| more.is_none_or(|end| channel <= end);
        let mut calls = Calls::new();
        let shouted = self.shouted.into_iter().chain(self.shouted_in_threads);
        for (channel, thread, number) in self.named.into_iter().chain(shouted) {
            calls.entry((channel, thread)).or_default().push(number);
        }
        let mut part = Part { more, ..Part::default() };
        for (seat, tip, channel) in self.seats.into_iter().filter(|(seat, ..)| within(seat.channel)) {
            if !seat.is_held() {
                part.left.push(seat.channel);
                continue;
            }
            let newer = since.is_none_or(|since| channel.changed > since || seat.changed > since);
            let mentions = unread(&mut calls, (seat.channel, 0), seat.read_number, tip.last_number);
            part.channels.push(Mine { image: newer.then_some(channel), seat, tip, mentions });
        }
        for mut thread in self.threads.into_iter().filter(|thread| within(thread.channel)) {
            if thread.replies.holes.unread(thread.read, thread.last_number) > 0 {
                let place = (thread.channel, thread.thread);
                thread.mentions = unread(&mut calls, place, thread.read, thread.last_number);
                part.threads.push(thread);
            }
        }
        part.people = self.partners.into_iter().filter(|(at, _)| within(*at)).map(|(_, row)| row).collect();
        part
    }

    /// Up to which channel every list is whole; none: all of them are.
    fn end(&self) -> Option<ChannelId> {
        fn of<T>(rows: &[T], most: u32, channel: impl Fn(&T) -> ChannelId) -> Option<ChannelId> {
            let last = channel(rows.last().filter(|_| rows.len() >= most as usize)?);
            // The last one may be cut; alone it has more than is told of a channel anyway.
            Some(rows.iter().rev().map(channel).find(|channel| *channel != last).unwrap_or(last))
        }
        // A member has one seat in a channel, so the last is whole.
        let whole = self.seats.len() >= CHANGED_CHANNELS_MAX as usize;
        let seats = self.seats.last().filter(|_| whole).map(|(seat, ..)| seat.channel);
        let named = of(&self.named, CHANGED_CALLS_MAX, |(channel, ..)| *channel);
        let shouted = of(&self.shouted, CHANGED_CALLS_MAX, |(channel, ..)| *channel);
        let in_threads = of(&self.shouted_in_threads, CHANGED_CALLS_MAX, |(channel, ..)| *channel);
        let threads = of(&self.threads, CHANGED_THREADS_MAX, |thread| thread.channel);
        let partners = of(&self.partners, CHANGED_PARTNERS_MAX, |(channel, _)| *channel);
        [seats, named, shouted, in_threads, threads, partners].into_iter().flatten().min()
    }
}

/// Each once, in order, no more than a badge shows.
fn unread(calls: &mut Calls, place: (ChannelId, u64), read: u64, last: u64) -> Vec<u64> {
    let mut numbers = calls.remove(&place).unwrap_or_default();
    numbers.retain(|number| *number > read && *number <= last);
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(MENTIONS_UNSEEN_MAX as usize);
    numbers
}
