//! Somebody who says things over HTTP, one after the other.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::asker::Asker;
use super::heard::text_of;
use super::said::Said;
use super::world::{Phase, World};

pub struct Poster {
    pub number: usize,
    pub channel: usize,
    pub said: Said,
    world: Arc<World>,
    asker: Asker,
}

impl Poster {
    pub fn of(number: usize, world: Arc<World>) -> Self {
        let citizen = &world.founded.people[number];
        let (channel, token) = (citizen.channel, citizen.token.clone());
        let asker = Asker::new(Arc::clone(&world), token, number);
        Self { number, channel, said: Said::default(), world, asker }
    }

    pub async fn lives(mut self) -> Self {
        let path = format!("/channels/{}/messages", self.world.founded.channels[self.channel]);
        let mut due = self.world.first(self.number);
        while *self.world.phase.borrow() == Phase::Talking {
            tokio::time::sleep_until(due).await;
            due += self.world.every;
            let number = self.said.begins();
            let body = json!({ "text": text_of(self.number, number) });
            let request = self.asker.request("POST", &path, self.said.key(number), Some(&body));
            match self.asker.until_answered(&request).await {
                Some((200 | 201, answer)) => self.said.stands(number, &answer),
                Some(_) => self.said.refused += 1,
                None => {}
            }
        }
        self.world.quiet.fetch_add(1, Ordering::Relaxed);
        self
    }
}
