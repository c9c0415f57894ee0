//! A slice while it is held: cursors in memory, and the workspaces in line.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use domain::{Epoch, Stamp, WorkspaceId};
use metrics::{counter, gauge};
use service::NotDone;
use service::following::Told;
use store::follow::{self, Cursor, Discovery};
use store::job::{self, NewJob};
use store::{Committed, StoreError};
use tokio::sync::broadcast;
use tokio::time::Instant;
use tracing::{debug, error, info, warn};

use super::Following;
use crate::follower::{Follower, Gap, Verdict, judge};
use crate::stop::Stop;

/// Events handled at once; then it is another workspace's turn.
const EVENTS_MAX: u32 = 200;
/// Commits heard of that are handled at once.
const COMMITS_MAX: usize = 256;
/// After the database did not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// After something that will not go by itself: an unknown kind, a row that does not read.
const STUCK: Duration = Duration::from_secs(60);

pub(super) struct Held<'a, F> {
    of: &'a Following<F>,
    stop: &'a Stop,
    discovery: Discovery,
    /// Since the last ask a commit was unresolved.
    was_shut: bool,
    cursors: BTreeMap<WorkspaceId, Cursor>,
    unsaved: BTreeSet<WorkspaceId>,
    line: VecDeque<WorkspaceId>,
    /// The same, to look up.
    in_line: BTreeSet<WorkspaceId>,
    stuck: BTreeMap<WorkspaceId, Instant>,
    ready_at: Instant,
}

/// Why a workspace is not handled just now.
enum Halt {
    /// The same goes well later.
    Later(String),
    /// Somebody has to look at it.
    Stuck(String),
    /// The workspace is not here any more.
    Gone,
}

impl From<NotDone> for Halt {
    fn from(error: NotDone) -> Self {
        match error {
            NotDone::Refused(_) | NotDone::Elsewhere => Self::Gone,
            NotDone::Failed(why) => Self::Stuck(why),
            other => Self::Later(other.to_string()),
        }
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        if error.is_passing() { Self::Later(error.to_string()) } else { Self::Stuck(error.to_string()) }
    }
}

impl<'a, F: Follower> Held<'a, F> {
    pub fn new(of: &'a Following<F>, stop: &'a Stop) -> Self {
        Self {
            of,
            stop,
            discovery: Discovery::new(of.follower.name()),
            was_shut: false,
            cursors: BTreeMap::new(),
            unsaved: BTreeSet::new(),
            line: VecDeque::new(),
            in_line: BTreeSet::new(),
            stuck: BTreeMap::new(),
            ready_at: Instant::now(),
        }
    }

    pub fn has_work(&self) -> bool {
        !self.line.is_empty()
    }
    pub fn ready_at(&self) -> Instant {
        self.ready_at
    }
    pub fn is_ready(&self) -> bool {
        self.ready_at <= Instant::now()
    }

    /// Puts into the line what moved.
    pub async fn ask(&mut self) {
        let is_shut = self.of.store.is_shut();
        if self.was_shut && !is_shut {
            self.discovery.ask_all();
        }
        self.was_shut = is_shut;
        match self.discovery.ask(self.of.store.engine().as_ref()).await {
            Ok(moved) => {
                for moved in moved.into_iter().filter(|moved| self.of.holds(moved.workspace)) {
                    let saved = moved.cursor;
                    let known = self.cursors.get(&moved.workspace).copied().or(saved);
                    if let Some(known) = known {
                        self.cursors.entry(moved.workspace).or_insert(known);
                    }
                    if known != Some(moved.head) {
                        self.line_up(moved.workspace);
                    }
                }
            }
            Err(error) => debug!(%error, "what moved cannot be asked: {error}"),
        }
        let over: Vec<_> =
            self.stuck.iter().filter(|(_, until)| **until <= Instant::now()).map(|(id, _)| *id).collect();
        for workspace in over {
            self.stuck.remove(&workspace);
            self.line_up(workspace);
        }
        let name = self.of.follower.name();
        gauge!("rookery_follower_behind", "follower" => name).set(self.line.len() as f64);
        gauge!("rookery_follower_stuck", "follower" => name).set(self.stuck.len() as f64);
        if self.line.is_empty() {
            gauge!("rookery_follower_lag_seconds", "follower" => name).set(0.0);
        }
    }

    /// Commits of this node, at once and without reading them again, where they follow on the cursor.
    pub async fn hear(&mut self, first: Committed, more: &mut broadcast::Receiver<Committed>) {
        let mut commits: BTreeMap<WorkspaceId, Vec<Committed>> = BTreeMap::new();
        let rest = std::iter::from_fn(|| more.try_recv().ok()).take(COMMITS_MAX);
        for commit in std::iter::once(first).chain(rest) {
            if !commit.events.is_empty() && self.of.holds(commit.workspace) {
                commits.entry(commit.workspace).or_default().push(commit);
            }
        }
        for (workspace, commits) in commits {
            if self.in_line.contains(&workspace) || self.stuck.contains_key(&workspace) {
                continue;
            }
            match self.follow_on(workspace, &commits).await {
                Ok(true) => {}
                Ok(false) => self.line_up(workspace),
                Err(halt) => self.halted(workspace, halt),
            }
        }
    }

    async fn follow_on(&mut self, workspace: WorkspaceId, commits: &[Committed]) -> Result<bool, Halt> {
        let Some(mut at) = self.cursor(workspace).await? else { return Ok(false) };
        let mut told = Vec::new();
        for commit in commits {
            if commit.epoch != at.epoch || commit.first != at.position.next() {
                // Handled already, by reading; or a hole before it.
                if commit.epoch == at.epoch && commit.first <= at.position {
                    continue;
                }
                return Ok(false);
            }
            for (event, image) in &commit.events {
                at.position = event.position;
                told.push(Told { event: event.clone(), message: image.message.clone() });
            }
        }
        if !told.is_empty() {
            self.handle(workspace, at.epoch, &told).await?;
        }
        Ok(true)
    }

    /// One turn of the first in line.
    pub async fn step(&mut self) {
        let Some(workspace) = self.line.pop_front() else { return };
        self.in_line.remove(&workspace);
        match self.catch_up(workspace).await {
            Ok(true) => {}
            Ok(false) => self.line_up(workspace),
            Err(halt) => self.halted(workspace, halt),
        }
    }

    /// True when it is level.
    async fn catch_up(&mut self, workspace: WorkspaceId) -> Result<bool, Halt> {
        let cursor = self.cursor(workspace).await?;
        let after = cursor.map(|cursor| cursor.position).unwrap_or_default();
        let seen = self.of.service.tail(workspace, after, EVENTS_MAX).await?;
        match judge(cursor, &seen) {
            Verdict::Level => Ok(true),
            Verdict::GoOn => {
                self.handle(workspace, seen.epoch, &seen.value.told).await?;
                let last = seen.value.told.last().map(|told| told.event.position);
                Ok(last == Some(seen.position))
            }
            Verdict::Rebuild(after) => {
                info!(%workspace, %after, "{} starts from the state of {workspace}", self.of.follower.name());
                let mut part = Some(F::Part::default());
                while let Some(now) = part.take() {
                    if self.stop.is_soft() {
                        return Ok(false);
                    }
                    let (jobs, next) = self.of.follower.rebuild(Gap { workspace, after }, now).await?;
                    self.make(&jobs).await?;
                    part = next;
                }
                self.advance(workspace, Cursor { epoch: seen.epoch, position: seen.position });
                // Whatever came meanwhile.
                Ok(false)
            }
        }
    }

    async fn handle(&mut self, workspace: WorkspaceId, epoch: Epoch, told: &[Told]) -> Result<(), Halt> {
        let Some(last) = told.last() else { return Ok(()) };
        let jobs = self.of.follower.handle(workspace, told).await?;
        self.make(&jobs).await?;
        self.advance(workspace, Cursor { epoch, position: last.event.position });
        let name = self.of.follower.name();
        let lag = (self.of.service.now().0 - last.event.at_us.0).max(0);
        gauge!("rookery_follower_lag_seconds", "follower" => name).set(lag as f64 / Stamp::SECOND as f64);
        counter!("rookery_follower_events_total", "follower" => name).increment(told.len() as u64);
        Ok(())
    }

    async fn make(&self, jobs: &[NewJob]) -> Result<(), Halt> {
        if jobs.is_empty() {
            return Ok(());
        }
        let new = job::make(self.of.store.engine().as_ref(), jobs).await?;
        counter!("rookery_jobs_made_total", "queue" => self.of.follower.name()).increment(new);
        self.of.made.notify_one();
        Ok(())
    }

    fn advance(&mut self, workspace: WorkspaceId, to: Cursor) {
        self.cursors.insert(workspace, to);
        self.unsaved.insert(workspace);
    }

    async fn cursor(&mut self, workspace: WorkspaceId) -> Result<Option<Cursor>, Halt> {
        if let Some(known) = self.cursors.get(&workspace) {
            return Ok(Some(*known));
        }
        let engine = self.of.store.engine().as_ref();
        let saved = follow::cursor(engine, self.of.follower.name(), workspace).await?;
        if let Some(saved) = saved {
            self.cursors.insert(workspace, saved);
        }
        Ok(saved)
    }

    /// What cannot be saved now is saved with the next.
    pub async fn save(&mut self) {
        if self.unsaved.is_empty() {
            return;
        }
        let cursor = |workspace: &WorkspaceId| Some((*workspace, *self.cursors.get(workspace)?));
        let cursors: Vec<_> = self.unsaved.iter().filter_map(cursor).collect();
        match follow::save(self.of.store.engine().as_ref(), self.of.follower.name(), &cursors).await {
            Ok(()) => self.unsaved.clear(),
            Err(error) => debug!(%error, "cursors could not be saved: {error}"),
        }
    }

    fn line_up(&mut self, workspace: WorkspaceId) {
        if !self.stuck.contains_key(&workspace) && self.in_line.insert(workspace) {
            self.line.push_back(workspace);
        }
    }

    fn halted(&mut self, workspace: WorkspaceId, halt: Halt) {
        let name = self.of.follower.name();
        match halt {
            Halt::Gone => {}
            Halt::Later(why) => {
                warn!(%workspace, why, "{name} waits: {why}");
                self.ready_at = Instant::now() + PAUSE;
                self.line_up(workspace);
            }
            Halt::Stuck(why) => {
                error!(%workspace, why, "{name} cannot go on with {workspace}: {why}");
                self.stuck.insert(workspace, Instant::now() + STUCK);
            }
        }
    }
}
