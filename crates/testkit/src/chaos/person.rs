//! Somebody at a socket while nodes die: says what is due, hears what is said, comes back to the other gateway, and sends
//! again under the same key what nobody answered.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::asker::Asker;
use super::heard::{Heard, text_of};
use super::line::Line;
use super::said::Said;
use super::world::{Phase, World};

/// A hello names at most a hundred.
const OPEN_MAX: usize = 60;
const PAGE_MAX: usize = 200;
/// Another history than the one that was followed.
const EPOCH: u64 = 10;

pub struct Person {
    pub number: usize,
    pub channel: usize,
    pub said: Said,
    pub heard: Heard,
    pub levels: Levels,
    world: Arc<World>,
    token: String,
    asker: Asker,
    gateway: usize,
    /// The version of what is their own.
    pub private: u64,
    /// Once welcomed: whether it is still to be told how it is brought level from where it was.
    opening: Option<bool>,
    reads_pages: bool,
    is_quiet: bool,
    back_at: Instant,
    /// When the next thing is to be said.
    due: Instant,
}

/// How somebody was brought level, how often.
#[derive(Debug, Clone, Copy, Default)]
pub struct Levels {
    pub by_tail: usize,
    pub by_changed: usize,
    /// On the same line again.
    pub fell_behind: usize,
    /// Not what happens to anybody here.
    pub sent_away: usize,
}

impl Person {
    pub fn of(number: usize, world: Arc<World>) -> Self {
        let citizen = &world.founded.people[number];
        let (channel, token) = (citizen.channel, citizen.token.clone());
        let heard = Heard::of(world.founded.channels[channel].to_string(), citizen.comes_and_goes);
        let due = world.first(number);
        Self {
            number,
            channel,
            said: Said::default(),
            heard,
            levels: Levels::default(),
            asker: Asker::new(Arc::clone(&world), token.clone(), number),
            gateway: number + world.gateways.len(),
            world,
            token,
            private: 0,
            opening: None,
            reads_pages: false,
            is_quiet: false,
            back_at: Instant::now(),
            due,
        }
    }

    /// Until everything that was said was heard, or nobody waits for that any more.
    pub async fn lives(mut self) -> Self {
        while !self.is_done() {
            tokio::time::sleep_until(self.back_at).await;
            self.back_at = Instant::now() + Duration::from_millis(20 + (self.number as u64 * 7) % 80);
            let address = self.world.gateways[self.gateway % self.world.gateways.len()];
            if let Ok(mut line) = Line::dial(address).await {
                // What ends a line is found out by coming back.
                drop(self.is_at(&mut line).await);
                self.heard.silence.line_broke(self.world.kills());
            }
            self.gateway += 1;
        }
        self
    }

    async fn is_at(&mut self, line: &mut Line) -> io::Result<()> {
        line.says(&self.hello()).await?;
        self.opening = None;
        let mut phase = self.world.phase.clone();
        while !self.is_done() {
            tokio::select! {
                came = line.hears() => {
                    came?;
                    for frame in line.frames().await? {
                        self.hears(&frame, line).await?;
                    }
                    if std::mem::take(&mut self.reads_pages) {
                        self.reads_what_is_missing().await?;
                    }
                }
                () = tokio::time::sleep_until(self.due) => self.does_what_is_due(line).await?,
                changed = phase.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn is_done(&mut self) -> bool {
        match &*self.world.phase.borrow() {
            Phase::Talking => false,
            Phase::Ending => {
                if self.said.open() == 0 && !std::mem::replace(&mut self.is_quiet, true) {
                    self.world.quiet.fetch_add(1, Ordering::Relaxed);
                }
                false
            }
            Phase::Over(goal) => {
                self.heard.whole >= goal.numbers[self.channel]
                    && self.heard.position >= Some(goal.position)
                    && self.private >= goal.versions[self.number]
            }
            Phase::Abandoned => true,
        }
    }

    fn hello(&self) -> Value {
        let (workspace, waiting) = (self.world.founded.workspace, self.said.keys());
        let mut hello = json!({ "workspace": workspace, "token": self.token, "waiting": waiting });
        if let Some(position) = self.heard.position {
            hello["epoch"] = json!(self.heard.epoch.to_string());
            (hello["position"], hello["private"]) = (json!(position), json!(self.private));
        }
        json!({ "hello": hello })
    }

    /// Open loop: what is due is said, however slow the answers are, unless too many are open.
    async fn does_what_is_due(&mut self, line: &mut Line) -> io::Result<()> {
        self.due += self.world.every;
        for number in self.said.put_off_again() {
            self.sends(number, line).await?;
        }
        let phase = self.world.phase.borrow().clone();
        match phase {
            Phase::Talking if self.heard.places.is_some() => {}
            Phase::Talking if self.said.open() >= OPEN_MAX => self.said.held_back += 1,
            Phase::Talking => {
                let number = self.said.begins();
                if self.is_in() {
                    self.sends(number, line).await?;
                }
            }
            Phase::Over(_) if self.is_in() => line.says(&json!({ "ping": {} })).await?,
            _ => {}
        }
        Ok(())
    }

    /// Before a welcome nothing is said; what is open then is said after it.
    fn is_in(&self) -> bool {
        self.opening.is_some()
    }

    async fn sends(&self, number: usize, line: &mut Line) -> io::Result<()> {
        let Some(key) = self.said.key(number) else { return Ok(()) };
        let channel = self.world.founded.channels[self.channel];
        let text = text_of(self.number, number);
        line.says(&json!({ "send": { "key": key, "channel": channel, "text": text } })).await
    }

    async fn hears(&mut self, frame: &Value, line: &mut Line) -> io::Result<()> {
        let Some((kind, body)) = frame.as_object().and_then(|frame| frame.iter().next()) else {
            return Ok(());
        };
        match kind.as_str() {
            "welcome" => return self.welcomed(body, line).await,
            "event" => self.told(body),
            "changed" => self.moved(body),
            "at" => self.placed(body),
            "private" => self.private = self.private.max(body["version"].as_u64().unwrap_or(0)),
            "done" => self.said.answered(body),
            "refused" => self.said.refused(body),
            "goodbye" => self.sent_away(body),
            _ => {}
        }
        Ok(())
    }

    async fn welcomed(&mut self, body: &Value, line: &mut Line) -> io::Result<()> {
        let epoch = body["epoch"].as_str().and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
        if self.heard.epoch != epoch {
            // What was heard is kept, and the rest is read.
            (self.heard.epoch, self.heard.position, self.private) = (epoch, None, 0);
        }
        self.opening = Some(self.heard.position.is_some());
        body["done"].as_array().into_iter().flatten().for_each(|done| self.said.answered(done));
        for number in self.said.all_again() {
            self.sends(number, line).await?;
        }
        Ok(())
    }

    fn told(&mut self, event: &Value) {
        if self.heard.told(event) {
            self.is_here();
        }
        // Brought in again: the channel is opened, as anybody does.
        let me = self.world.founded.people[self.number].account.to_string();
        self.reads_pages |= event["kind"] == "seat.joined" && event["account"] == me.as_str();
    }

    fn moved(&mut self, body: &Value) {
        match self.opening.replace(false) {
            Some(true) => self.levels.by_changed += 1,
            // The first time there was nothing, and after another history neither.
            _ if self.heard.position.is_none() => {}
            _ => self.levels.fell_behind += 1,
        }
        self.heard.position = body["position"].as_u64();
        self.reads_pages = true;
    }

    fn placed(&mut self, body: &Value) {
        if self.opening.replace(false) == Some(true) {
            self.levels.by_tail += 1;
        }
        self.heard.position = self.heard.position.max(body["position"].as_u64());
        self.private = self.private.max(body["private"].as_u64().unwrap_or(0));
    }

    /// Silence counts as long as people talk.
    fn is_here(&mut self) {
        if *self.world.phase.borrow() == Phase::Talking {
            self.heard.silence.ends(self.world.kills());
        }
    }

    fn sent_away(&mut self, body: &Value) {
        let wait = body["again"]["after_ms"].as_u64().unwrap_or(0);
        self.back_at = Instant::now() + Duration::from_millis(wait);
        if body["code"] == EPOCH {
            (self.heard.position, self.private) = (None, 0);
            // To the same one, which is well: all who go on together would always be at the one that is not killed next.
            self.gateway -= 1;
        } else if body["again"] == "never" {
            self.levels.sent_away += 1;
        }
    }

    /// As one opens a channel: from the last that was heard without a gap. Who was sent out reads nothing.
    async fn reads_what_is_missing(&mut self) -> io::Result<()> {
        let channel = self.world.founded.channels[self.channel];
        loop {
            let (after, epoch) = (self.heard.whole, self.heard.epoch);
            let at = self.heard.position.unwrap_or(0);
            let path = format!(
                "/channels/{channel}/messages?after={after}&limit={PAGE_MAX}&at_least={at}&epoch={epoch}"
            );
            let request = self.asker.request("GET", &path, None, None);
            let page = match self.asker.until_answered(&request).await {
                Some((200, page)) => page,
                Some((404, _)) | None => return Ok(()),
                Some(_) => {
                    // Another history by now: everything is asked for anew, on the next line.
                    self.heard.position = None;
                    return Err(io::ErrorKind::Interrupted.into());
                }
            };
            let messages = page["messages"].as_array().map_or(&[][..], Vec::as_slice);
            for message in messages {
                let number = message["number"].as_u64().unwrap_or(0);
                self.heard.message(number, message["text"].as_str().unwrap_or_default());
                self.heard.by_page += 1;
            }
            if messages.len() < PAGE_MAX {
                self.is_here();
                return Ok(());
            }
        }
    }
}
