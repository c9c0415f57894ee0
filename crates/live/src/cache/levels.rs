//! The levels together: what is found is judged by the story, what is not is asked for once, and kept in all of them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::WorkspaceId;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::flights::{Boarded, Flights, landed};
use super::kept::{Kept, Settings};
use super::local::InProcess;
use super::name::{Class, Name, Pattern};
use super::story::{Stories, Topic};
use super::{Cache, CacheError};
use crate::bus::Bus;
use crate::feed::{Driver, Feed, Keeping, Listener, Patience};
use crate::hit_rate::HitRate;
use crate::journal::{Journal, Mark};
use crate::piece::Piece;

/// As of when somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// No older.
    AtLeast(WorkspaceId, Mark),
    /// As it was then: who asks was judged at that moment, and is shown nothing that came later.
    At(WorkspaceId, Mark),
}

impl Asked {
    pub fn workspace(&self) -> WorkspaceId {
        match self {
            Self::AtLeast(workspace, _) | Self::At(workspace, _) => *workspace,
        }
    }
    pub fn mark(&self) -> Mark {
        match self {
            Self::AtLeast(_, mark) | Self::At(_, mark) => *mark,
        }
    }
}

/// A value by its name, and what touches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: Name,
    pub topics: Vec<Topic>,
}

/// What a query brought: its moment, and a text for each that was asked for and exists.
pub type Brought = (Mark, Vec<Option<Arc<str>>>);

/// The followed cache of this process. Clones are handles to the same.
#[derive(Clone)]
pub struct Cached {
    inner: Arc<Inner>,
}

struct Inner {
    near: InProcess,
    far: Option<Far>,
    stories: Stories,
    flights: Flights,
    hits: [HitRate; Class::ALL.len()],
    feed: OnceLock<Feed>,
    visited: Mutex<HashMap<WorkspaceId, Instant>>,
}

/// The level that processes share. Nobody waits for it for long, nor at all just after they waited in vain.
struct Far {
    cache: Arc<dyn Cache>,
    unsent: mpsc::Sender<(Name, Kept)>,
    rests_until: Mutex<Option<Instant>>,
}

/// Brings what was read to the shared level; whoever owns tasks runs it.
pub struct Carrier {
    cache: Option<Arc<dyn Cache>>,
    queue: mpsc::Receiver<(Name, Kept)>,
}

const WAIT_MAX: Duration = Duration::from_millis(20);
const REST: Duration = Duration::from_secs(1);
/// Values that wait to be brought; more are not kept for others.
const UNSENT_MAX: usize = 1_024;
const TOGETHER_MAX: usize = 128;
/// What is longer is not kept for others.
const SHARED_BYTES_MAX: usize = 256 << 10;
/// Workspaces followed for what is read of them alone.
const VISITED_MAX: usize = 1_000;
const VISIT_EVERY: Duration = Duration::from_mins(1);
/// The feed has left by then what nobody visited.
const VISIT_LASTS: Duration = Duration::from_mins(15);

impl Cached {
    /// `shared`: the level of all processes, where there is one.
    pub fn new(settings: Settings, shared: Option<Arc<dyn Cache>>) -> (Self, Carrier) {
        let (unsent, queue) = mpsc::channel(UNSENT_MAX);
        let far = shared.clone().map(|cache| Far { cache, unsent, rests_until: Mutex::default() });
        let inner = Inner {
            near: InProcess::new(settings),
            far,
            stories: Stories::default(),
            flights: Flights::default(),
            hits: Class::ALL.map(|class| HitRate::of(class.word())),
            feed: OnceLock::new(),
            visited: Mutex::default(),
        };
        (Self { inner: Arc::new(inner) }, Carrier { cache: shared, queue })
    }

    /// Workspaces that are read of are followed by this feed, which tells this cache.
    pub fn follows(&self, feed: Feed) {
        self.inner.feed.get_or_init(|| feed);
    }

    /// The same by a feed of its own, where nobody else follows anything. Nobody comes back to it, so once it has told what
    /// it heard it keeps nothing of it.
    pub fn follows_alone(&self, bus: Arc<dyn Bus>, journal: Arc<dyn Journal>) -> (Feed, Driver) {
        let patience = Patience { keeping: Keeping::NOTHING, ..Patience::default() };
        let (feed, driver) = Feed::new(bus, journal, patience);
        self.follows(feed.clone());
        (feed, driver)
    }

    /// A text for each that exists: as of when it is asked for, from whatever level has it, or from `query`, which is told
    /// which of them. Concurrent misses of one name make one query.
    pub async fn read<'q, E>(
        &self,
        asked: &Asked,
        wanted: &[Wanted],
        query: impl Fn(Vec<usize>) -> BoxFuture<'q, Result<Brought, E>>,
    ) -> Result<Vec<Option<Arc<str>>>, E> {
        self.visit(asked.workspace());
        let mut found = self.found(asked, wanted).await;
        let (mut first, mut beside) = (Vec::new(), Vec::new());
        for (index, wanted) in wanted.iter().enumerate() {
            if found[index].is_some() {
                continue;
            }
            match self.inner.flights.board(&wanted.name) {
                // Another may have landed since one looked.
                Boarded::First(flight) => match self.near(asked, wanted) {
                    Some(kept) => {
                        found[index] = Some(Arc::clone(&kept.text));
                        flight.lands(Some(kept));
                    }
                    None => first.push((index, flight)),
                },
                Boarded::Beside(flight) => beside.push((index, flight)),
            }
        }
        if !first.is_empty() {
            let (mark, texts) = query(first.iter().map(|(index, _)| *index).collect()).await?;
            for ((index, flight), text) in first.into_iter().zip(texts) {
                found[index].clone_from(&text);
                flight.lands(text.map(|text| self.keep(&wanted[index].name, mark, text)));
            }
        }
        let mut alone = Vec::new();
        for (index, flight) in beside {
            let kept = landed(flight).await;
            match kept.filter(|kept| self.inner.stories.holds(asked, kept.mark, &wanted[index].topics)) {
                Some(kept) => found[index] = Some(kept.text),
                None => alone.push(index),
            }
        }
        if !alone.is_empty() {
            let (mark, texts) = query(alone.clone()).await?;
            for (index, text) in alone.into_iter().zip(texts) {
                found[index].clone_from(&text);
                text.map(|text| self.keep(&wanted[index].name, mark, text));
            }
        }
        Ok(found)
    }

    fn near(&self, asked: &Asked, wanted: &Wanted) -> Option<Kept> {
        let kept = self.inner.near.take(&wanted.name);
        kept.filter(|kept| self.inner.stories.holds(asked, kept.mark, &wanted.topics))
    }

    /// Level after level; a hit below fills what is above.
    async fn found(&self, asked: &Asked, wanted: &[Wanted]) -> Vec<Option<Arc<str>>> {
        let Inner { near, far, stories, hits, .. } = &*self.inner;
        let mut found: Vec<_> =
            wanted.iter().map(|wanted| self.near(asked, wanted).map(|kept| kept.text)).collect();
        let of_process = found.iter().flatten().count() as u64;
        metrics::counter!("rookery_cache_hits_total", "level" => "process").increment(of_process);
        let missing: Vec<usize> = (0..wanted.len()).filter(|index| found[*index].is_none()).collect();
        if let Some(far) = far
            && !missing.is_empty()
            && stories.knows(asked.workspace())
        {
            let names: Vec<Name> = missing.iter().map(|index| wanted[*index].name.clone()).collect();
            for (index, kept) in missing.into_iter().zip(far.get(&names).await) {
                let holds = |kept: &Kept| stories.holds(asked, kept.mark, &wanted[index].topics);
                let Some(kept) = kept.filter(holds) else { continue };
                metrics::counter!("rookery_cache_hits_total", "level" => "redis").increment(1);
                near.keep(&wanted[index].name, &kept);
                found[index] = Some(kept.text);
            }
        }
        for (wanted, found) in wanted.iter().zip(&found) {
            hits[wanted.name.class as usize].count(found.is_some());
        }
        found
    }

    /// Read at that moment: in every level.
    pub fn keep(&self, name: &Name, mark: Mark, text: Arc<str>) -> Kept {
        let kept = Kept { mark, text };
        self.inner.near.keep(name, &kept);
        if let Some(far) = &self.inner.far
            && kept.text.len() <= SHARED_BYTES_MAX
            && far.unsent.try_send((name.clone(), kept.clone())).is_err()
        {
            away();
        }
        kept
    }

    /// The operator's drop: here, and what all share. What other processes hold themselves leaves by its age.
    pub async fn invalidate(&self, pattern: &Pattern) -> Result<u64, CacheError> {
        let near = self.inner.near.invalidate(pattern).await?;
        match &self.inner.far {
            Some(far) => Ok(near + far.cache.invalidate(pattern).await?),
            None => Ok(near),
        }
    }

    fn visit(&self, workspace: WorkspaceId) {
        let Some(feed) = self.inner.feed.get() else { return };
        let (now, mut visited) = (Instant::now(), self.inner.visited.lock());
        if visited.get(&workspace).is_some_and(|at| now - *at < VISIT_EVERY) {
            return;
        }
        if visited.len() >= VISITED_MAX {
            visited.retain(|_, at| now - *at < VISIT_LASTS);
        }
        if visited.len() < VISITED_MAX {
            visited.insert(workspace, now);
            feed.visit(workspace);
        }
    }
}

fn away() {
    metrics::counter!("rookery_cache_away_total").increment(1);
}

impl Far {
    async fn get(&self, names: &[Name]) -> Vec<Option<Kept>> {
        let nothing = || vec![None; names.len()];
        if self.rests_until.lock().is_some_and(|until| until > Instant::now()) {
            return nothing();
        }
        match tokio::time::timeout(WAIT_MAX, self.cache.get(names)).await {
            Ok(Ok(kept)) if kept.len() == names.len() => kept,
            _ => {
                away();
                *self.rests_until.lock() = Some(Instant::now() + REST);
                nothing()
            }
        }
    }
}

impl Carrier {
    /// Until nobody reads any more.
    pub async fn run(mut self) {
        let Some(cache) = self.cache else { return };
        let mut values = Vec::new();
        while self.queue.recv_many(&mut values, TOGETHER_MAX).await > 0 {
            values.sort_by_key(|(name, _): &(Name, Kept)| name.workspace);
            for of_one in values.chunk_by(|(one, _), (other, _)| one.workspace == other.workspace) {
                if cache.set(of_one).await.is_err() {
                    away();
                }
            }
            values.clear();
        }
    }
}

impl Listener for Cached {
    fn began(&self, workspace: WorkspaceId, at: Mark) {
        self.inner.stories.begin(workspace, at);
    }
    fn told(&self, piece: &Arc<Piece>) {
        self.inner.stories.hear(piece.commit());
    }
    fn broke(&self, workspace: WorkspaceId, at: Mark) {
        self.inner.stories.begin(workspace, at);
    }
    fn left(&self, workspace: WorkspaceId) {
        self.inner.stories.end(workspace);
        self.inner.visited.lock().remove(&workspace);
    }
}
