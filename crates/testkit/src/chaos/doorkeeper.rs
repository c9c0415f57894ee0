//! Whoever sends people out of closed channels and brings them in again, while nodes die.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use store::clock::{SystemClock, new_key};

use super::asker::Asker;
use super::heard::Place;
use super::world::{Phase, World};

/// Somebody stays outside for so long, and then another is sent out.
const OUTSIDE: Duration = Duration::from_millis(700);

pub struct Doorkeeper {
    world: Arc<World>,
    asker: Asker,
    /// Who was outside, after which event and until which.
    pub outside: Vec<(usize, Place, Place)>,
    pub refused: usize,
}

impl Doorkeeper {
    pub fn of(world: Arc<World>) -> Self {
        let asker = Asker::new(Arc::clone(&world), world.founded.owner.clone(), 0);
        Self { world, asker, outside: Vec::new(), refused: 0 }
    }

    pub async fn lives(mut self) -> Self {
        let people = &self.world.founded.people;
        let guests = (0..people.len()).filter(|number| people[*number].comes_and_goes).collect::<Vec<_>>();
        for guest in guests.into_iter().cycle() {
            if *self.world.phase.borrow() != Phase::Talking {
                break;
            }
            let from = self.moves("DELETE", guest).await;
            tokio::time::sleep(OUTSIDE).await;
            let to = self.moves("PUT", guest).await;
            self.outside.extend(from.zip(to).map(|(from, to)| (guest, from, to)));
        }
        self.world.quiet.fetch_add(1, Ordering::Relaxed);
        self
    }

    /// Where it was done.
    async fn moves(&mut self, method: &str, guest: usize) -> Option<Place> {
        let founded = &self.world.founded;
        let citizen = &founded.people[guest];
        let path = format!("/channels/{}/members/{}", founded.channels[citizen.channel], citizen.account);
        let key = new_key(&SystemClock).to_string();
        let body = (method == "PUT").then(|| json!({}));
        let request = self.asker.request(method, &path, Some(&key), body.as_ref());
        let (status, answer) = self.asker.until_answered(&request).await?;
        self.refused += usize::from(status != 200);
        place_of(&answer)
    }
}

fn place_of(answer: &Value) -> Option<Place> {
    Some((answer["epoch"].as_str()?.parse().ok()?, answer["position"].as_u64()?))
}
