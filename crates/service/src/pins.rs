//! What a channel keeps in sight, for who may see it.

use domain::{By, ChannelId, Message, Stamp};
use reading::{pins, standing};
use store::{Freshness, NotDone, Seen};

use crate::Service;
use crate::reads::corrupt;

/// The latest pin first; `next` is where the list goes on.
#[derive(Debug)]
pub struct Pins {
    pub messages: Vec<Message>,
    pub next: Option<Stamp>,
}

impl Service {
    pub async fn pins(
        &self,
        by: By,
        fresh: Freshness,
        channel: ChannelId,
        before: Option<Stamp>,
        limit: u32,
    ) -> Result<Seen<Pins>, NotDone> {
        let page = pins::page(channel, before, limit + 1);
        let seen = self.look(by.workspace, fresh, &[standing::query(by, channel), page]).await?;
        standing::Rows::of(by, channel, &seen.value[0]).map_err(corrupt)?.standing()?;
        let mut found = pins::page_in(&seen.value[1]).map_err(corrupt)?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|(at, _)| *at);
        let messages = found.into_iter().map(|(_, message)| message).collect();
        Ok(Seen { epoch: seen.epoch, position: seen.position, value: Pins { messages, next } })
    }
}
