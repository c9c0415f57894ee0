//! A commit as frames: encoded once, the same bytes for everyone who gets them.

use protocol::AccountId;
use protocol::event::Event;
use protocol::frame::{Down, Private};
use protocol::mine::Item;
use service::live::Commit;

use crate::codec;
use crate::wire::Span;

#[derive(Debug)]
pub(crate) struct Frames {
    pub bytes: Vec<u8>,
    /// Of each event.
    pub lines: Vec<Span>,
    pub private: Vec<Whisper>,
}

/// To one member's own sockets.
#[derive(Debug)]
pub(crate) struct Whisper {
    pub account: AccountId,
    /// The first version it tells of.
    pub first: u64,
    pub version: u64,
    pub frame: Vec<u8>,
}

impl Frames {
    pub fn of(commit: &Commit) -> Self {
        let mut bytes = Vec::with_capacity(512 * commit.events.len());
        let mut lines = Vec::with_capacity(commit.events.len());
        for (event, image) in &commit.events {
            let from = bytes.len() as u32;
            codec::text(&Down::Event(&Event::of(event, image)).text(), &mut bytes);
            lines.push((from, bytes.len() as u32));
        }
        Self { bytes, lines, private: whispers(commit) }
    }
}

/// One frame an account, whatever number of things changed for it.
fn whispers(commit: &Commit) -> Vec<Whisper> {
    let mut told: Vec<(AccountId, u64, Vec<Item>, u64)> = Vec::new();
    for (account, version, item) in &commit.private {
        match told.iter_mut().find(|(known, ..)| known == account) {
            Some((_, _, items, last)) => {
                items.push(Item::told(item));
                *last = (*last).max(*version);
            }
            None => told.push((*account, *version, vec![Item::told(item)], *version)),
        }
    }
    let whisper = |(account, first, items, version)| {
        let mut frame = Vec::new();
        codec::text(&Down::Private(Private { version, items }).text(), &mut frame);
        Whisper { account, first, version, frame }
    };
    told.into_iter().map(whisper).collect()
}
