//! Who was recognised lately, so that recognising costs no read: used only while the installation's journal is followed.
//!
//! Commits of this node are heard before whoever asked for them is told; those of others are read twice a second.

use std::time::Duration;

use domain::limits::{SESSION_IDLE_SECONDS, TOUCH_SECONDS};
use domain::{AccountId, CredentialKind, Epoch, EventKind, Position, Stamp, WorkspaceId};
use parking_lot::Mutex;
use reading::directory;
use store::{Commit, Committed, Freshness, NotDone, Seen};
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

use crate::Service;
use crate::door::Who;
use crate::reads::corrupt;
use crate::recent::Recent;
use live::hit_rate::HitRate;

const FOLLOW_EVERY: Duration = Duration::from_millis(500);
/// Not followed for this long: nothing here is believed.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(1);
const TOUCHES_WAITING_MAX: usize = 1_000;

/// What a secret opened when it was last read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    pub who: Who,
    pub seen_us: Stamp,
}

impl Opened {
    pub fn is_live_at(&self, now: Stamp) -> bool {
        let idle = self.who.kind == CredentialKind::Session
            && self.seen_us.plus(SESSION_IDLE_SECONDS * Stamp::SECOND) <= now;
        !self.who.has_expired(now) && !idle
    }
}

/// A session seen now, to be written down when there is time.
#[derive(Debug)]
pub(crate) struct Touched {
    pub account: AccountId,
    pub hash: [u8; 32],
    pub address: String,
}

pub(crate) struct Known {
    inner: Mutex<Inner>,
    touches: Mutex<Option<mpsc::Sender<Touched>>>,
    secret_hits: HitRate,
    slug_hits: HitRate,
}

impl Default for Known {
    fn default() -> Self {
        let (secret_hits, slug_hits) = (HitRate::of("secrets"), HitRate::of("addresses"));
        Self { inner: Mutex::default(), touches: Mutex::default(), secret_hits, slug_hits }
    }
}

#[derive(Default)]
struct Inner {
    secrets: Recent<[u8; 32], Opened>,
    slugs: Recent<String, WorkspaceId>,
    /// Commits of this node.
    heard: Option<Receiver<Committed>>,
    epoch: Option<Epoch>,
    /// Of the newest event heard of.
    position: Position,
    followed: Option<Instant>,
}

impl Known {
    pub fn opened(&self, hash: &[u8; 32]) -> Option<Opened> {
        let found = self.current().and_then(|mut known| known.secrets.get(hash).copied());
        self.secret_hits.count(found.is_some());
        found
    }
    pub fn slug(&self, slug: &str) -> Option<WorkspaceId> {
        let found = self.current().and_then(|mut known| known.slugs.get(slug).copied());
        self.slug_hits.count(found.is_some());
        found
    }
    pub fn keep_opened(&self, seen: &Seen<()>, hash: [u8; 32], opened: Opened) {
        if let Some(mut inner) = self.level_with(seen) {
            inner.secrets.insert(hash, opened);
        }
    }
    pub fn keep_slug(&self, seen: &Seen<()>, slug: &str, workspace: WorkspaceId) {
        if let Some(mut inner) = self.level_with(seen) {
            inner.slugs.insert(slug.to_owned(), workspace);
        }
    }

    /// Notes, at most now and then, that a session is in use; never waits.
    pub fn touch(&self, hash: [u8; 32], opened: &Opened, now: Stamp, address: impl Fn() -> String) {
        if now < opened.seen_us.plus(TOUCH_SECONDS * Stamp::SECOND) {
            return;
        }
        let touches = self.touches.lock();
        let Some(touches) = touches.as_ref() else { return };
        let touched = Touched { account: opened.who.account, hash, address: address() };
        // With no place left it is noted the next time.
        if touches.try_send(touched).is_ok()
            && let Some(known) = self.inner.lock().secrets.get(&hash)
        {
            known.seen_us = now;
        }
    }

    /// With everything heard that this node committed, or nothing at all.
    fn current(&self) -> Option<parking_lot::MutexGuard<'_, Inner>> {
        let mut inner = self.inner.lock();
        inner.hear();
        let followed = inner.followed.is_some_and(|at| at.elapsed() < FOLLOWED_WITHIN);
        followed.then_some(inner)
    }

    /// What was read before something heard of meanwhile is not kept.
    fn level_with(&self, seen: &Seen<()>) -> Option<parking_lot::MutexGuard<'_, Inner>> {
        let inner = self.current()?;
        (inner.epoch == Some(seen.epoch) && seen.position >= inner.position).then_some(inner)
    }
}

impl Inner {
    fn hear(&mut self) {
        let Some(mut heard) = self.heard.take() else { return };
        loop {
            match heard.try_recv() {
                Ok(commit) if commit.workspace == WorkspaceId::INSTALLATION => self.apply(&commit),
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => self.clear(),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Closed) => {
                    self.clear();
                    return;
                }
            }
        }
        self.heard = Some(heard);
    }

    fn apply(&mut self, commit: &Commit) {
        if self.epoch.is_some_and(|epoch| epoch != commit.epoch) {
            self.begin(commit.epoch);
        }
        for (event, _) in &commit.events {
            self.happened(event.position, event.kind.code(), event.account);
        }
    }

    fn happened(&mut self, position: Position, kind: i32, account: Option<AccountId>) {
        self.position = self.position.max(position);
        match EventKind::ALL.iter().find(|known| known.code() == kind) {
            Some(EventKind::SessionsEnded | EventKind::AccountChanged) => {
                self.secrets.forget_if(|opened| account.is_none_or(|account| opened.who.account == account));
            }
            Some(EventKind::WorkspacePlaced) => self.slugs.clear(),
            Some(_) => {}
            // Of a newer build: whatever it means, nothing older is believed.
            None => self.clear(),
        }
    }

    fn begin(&mut self, epoch: Epoch) {
        self.clear();
        (self.epoch, self.position, self.followed) = (Some(epoch), Position(0), None);
    }

    fn clear(&mut self) {
        self.secrets.clear();
        self.slugs.clear();
    }
}

impl Service {
    /// Follows the installation's journal, so that nobody has to be read twice. Runs until it is dropped; what was
    /// known is then no longer believed.
    pub async fn follow_installation(&self) {
        let committed = || self.places().directory().committed();
        let (touches, mut touched) = mpsc::channel(TOUCHES_WAITING_MAX);
        *self.known.touches.lock() = Some(touches);
        self.known.inner.lock().heard = Some(committed());
        let mut woken = committed();
        let hears = async {
            // However many were missed here: those that count are heard below the lock.
            while let Ok(_) | Err(RecvError::Lagged(_)) = woken.recv().await {
                self.known.inner.lock().hear();
            }
        };
        let follows = async {
            let mut tick = tokio::time::interval(FOLLOW_EVERY);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut at = None;
            loop {
                tick.tick().await;
                while self.follow_once(&mut at).await == Ok(Level::Behind) {}
            }
        };
        let touches = async {
            while let Some(Touched { account, hash, address }) = touched.recv().await {
                // What is not noted now is noted ten minutes later.
                self.touch(account, hash.to_vec(), address).await.ok();
            }
        };
        tokio::join!(hears, follows, touches);
    }

    /// `at`: the history followed, and how far.
    async fn follow_once(&self, at: &mut Option<(Epoch, Position)>) -> Result<Level, NotDone> {
        let began = Instant::now();
        let after = at.map_or(Position(i64::MAX as u64), |(_, position)| position);
        let query = directory::events_after(after);
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &[query]).await?;
        let events = directory::events_in(&seen.value[0]).map_err(corrupt)?;
        let mut inner = self.known.inner.lock();
        inner.hear();
        let same = at.is_some_and(|(epoch, _)| epoch == seen.epoch);
        if !same || inner.epoch != Some(seen.epoch) {
            inner.begin(seen.epoch);
        }
        // Events are there without a hole; what is missing was trimmed while nobody followed.
        let next = events.first().map_or(seen.position.next(), |(position, ..)| *position);
        if same && next > after.next() {
            inner.clear();
        }
        for (position, kind, account) in &events {
            inner.happened(*position, *kind, *account);
        }
        let behind = events.len() == directory::EVENTS_MAX;
        let reached = events.last().filter(|_| behind).map_or(seen.position, |(position, ..)| *position);
        *at = Some((seen.epoch, reached));
        if behind {
            return Ok(Level::Behind);
        }
        inner.followed = Some(began);
        Ok(Level::Level)
    }
}

#[derive(Debug, PartialEq)]
enum Level {
    Level,
    Behind,
}
