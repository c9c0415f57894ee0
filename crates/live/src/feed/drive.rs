//! The work of a feed: hears the bus, waits at holes, reads them once, and asks for heads by the clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Commit, WorkspaceId};
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, FuturesUnordered, SelectAll, StreamExt};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{debug, warn};

use super::{Driver, Listener, Shared, Wish};
use crate::bus::{BusError, Heard};
use crate::journal::{Lost, Mark, Stretch};
use crate::tail::Tail;

/// Events read at once to fill a hole.
const READ_MAX: u32 = 500;
/// More missed than this is not replayed: everyone starts from the state.
const MISSED_MAX: u64 = 4_000;
/// Turns of asking for heads that one look of who watches them for everyone stands for.
const WATCHED_TURNS: u32 = 2;
/// Workspaces asked about in one question.
const HEADS_MAX: usize = 500;

type Hearing = BoxStream<'static, Heard>;

/// What a question to bus or journal came back with.
enum Learned {
    Following(WorkspaceId, Result<(Hearing, Mark), Lost>),
    Read(WorkspaceId, Mark, Result<Stretch, Lost>),
    Heads(Result<Vec<(WorkspaceId, Mark)>, Lost>),
}

#[derive(Default)]
struct Place {
    waiting: Vec<oneshot::Sender<Result<Mark, Lost>>>,
    /// Bus and journal are being asked.
    beginning: bool,
    /// Ends the hearing of this workspace when it is dropped.
    hearing: Option<oneshot::Sender<()>>,
    /// When the journal is asked for what is missing.
    read_at: Option<Instant>,
    reading: bool,
    /// Somebody looked at its head for everyone; until when that is good enough.
    watched_until: Option<Instant>,
    left_at: Option<Instant>,
}

struct Work {
    shared: Arc<Shared>,
    listener: Arc<dyn Listener>,
    places: BTreeMap<WorkspaceId, Place>,
    heard: SelectAll<Hearing>,
    asked: FuturesUnordered<BoxFuture<'static, Learned>>,
    asking_heads: usize,
}

impl Driver {
    /// Until the last handle of the feed is gone, or it is dropped; nothing is lost by that.
    pub async fn run(self, listener: Arc<dyn Listener>) {
        let Driver { shared, mut wishes } = self;
        let mut heads = tokio::time::interval(shared.patience.heads);
        heads.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut gaps = shared.bus.gaps();
        let mut work = Work {
            shared: Arc::clone(&shared),
            listener,
            places: BTreeMap::new(),
            heard: SelectAll::new(),
            asked: FuturesUnordered::new(),
            asking_heads: 0,
        };
        loop {
            let due =
                work.places.values().filter(|place| !place.reading).filter_map(|place| place.read_at).min();
            tokio::select! {
                biased;
                wish = wishes.recv() => match wish {
                    Some(wish) => work.grant(wish),
                    None => return,
                },
                Some(heard) = work.heard.next(), if !work.heard.is_empty() => work.take(heard),
                Some(learned) = work.asked.next(), if !work.asked.is_empty() => work.learn(learned),
                () = until(due), if due.is_some() => work.read_what_is_due(),
                _ = heads.tick() => {
                    work.leave_the_idle();
                    work.ask_heads_nobody_watches();
                }
                () = shared.nudge.notified() => work.missed(),
                Some(()) = gaps.next() => work.missed(),
            }
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

impl Work {
    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Follow(workspace, tell) => {
                let known = self.shared.tails.lock().get(&workspace).map(Tail::at);
                let place = self.places.entry(workspace).or_default();
                place.left_at = None;
                if let Some(at) = known {
                    tell.send(Ok(at)).ok();
                    return;
                }
                place.waiting.push(tell);
                self.begin(workspace);
            }
            Wish::Visit(workspace) => {
                let is_new = !self.places.contains_key(&workspace);
                let place = self.places.entry(workspace).or_default();
                // Who is in it keeps it anyhow.
                if is_new || place.left_at.is_some() {
                    place.left_at = Some(Instant::now());
                }
                if is_new {
                    self.begin(workspace);
                }
            }
        }
    }

    /// The bus first, then the head: what is committed between the two is heard.
    fn begin(&mut self, workspace: WorkspaceId) {
        let place = self.places.entry(workspace).or_default();
        if std::mem::replace(&mut place.beginning, true) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        self.asked.push(Box::pin(async move {
            let following = async {
                let heard = shared.bus.subscribe(workspace).await.map_err(|BusError(why)| Lost(why))?;
                let heads = shared.journal.heads(&[workspace]).await?;
                let head = heads.first().map(|(_, mark)| *mark);
                Ok((heard, head.ok_or_else(|| Lost(format!("there is no workspace {workspace}")))?))
            };
            Learned::Following(workspace, following.await)
        }));
    }

    fn take(&mut self, heard: Heard) {
        match heard {
            Heard::Commit(commit) => self.hear(commit),
            Heard::Stands(workspace, head) => self.compare(workspace, head),
            Heard::Watched(workspace) => {
                let good_for = self.shared.patience.heads * WATCHED_TURNS;
                if let Some(place) = self.places.get_mut(&workspace) {
                    place.watched_until = Some(Instant::now() + good_for);
                }
            }
        }
    }

    fn hear(&mut self, commit: Arc<Commit>) {
        let workspace = commit.workspace;
        let (next, has_hole) = {
            let mut tails = self.shared.tails.lock();
            let Some(tail) = tails.get_mut(&workspace) else { return };
            (tail.hear(commit), tail.has_hole())
        };
        for piece in &next.pieces {
            metrics::counter!("rookery_feed_events_total").increment(piece.commit().events.len() as u64);
            self.listener.told(piece);
        }
        let hole = self.shared.patience.hole;
        let Some(place) = self.places.get_mut(&workspace) else { return };
        if next.doubtful {
            place.read_at = Some(Instant::now());
        } else if !has_hole {
            place.read_at = None;
        } else if place.read_at.is_none() {
            metrics::counter!("rookery_feed_holes_total").increment(1);
            place.read_at = Some(Instant::now() + hole);
        }
    }

    fn read_what_is_due(&mut self) {
        let now = Instant::now();
        let due =
            |(_, place): &(&WorkspaceId, &Place)| !place.reading && place.read_at.is_some_and(|at| at <= now);
        let due: Vec<_> = self.places.iter().filter(due).map(|(workspace, _)| *workspace).collect();
        for workspace in due {
            self.read(workspace);
        }
    }

    fn read(&mut self, workspace: WorkspaceId) {
        let Some(at) = self.shared.tails.lock().get(&workspace).map(Tail::at) else { return };
        let Some(place) = self.places.get_mut(&workspace) else { return };
        place.reading = true;
        metrics::counter!("rookery_feed_repairs_total").increment(1);
        let shared = Arc::clone(&self.shared);
        self.asked.push(Box::pin(async move {
            let read = shared.journal.after(workspace, at, READ_MAX).await;
            Learned::Read(workspace, at, read)
        }));
    }

    fn learn(&mut self, learned: Learned) {
        match learned {
            Learned::Following(workspace, following) => self.follow(workspace, following),
            Learned::Read(workspace, at, read) => self.fill(workspace, at, read),
            Learned::Heads(heads) => {
                self.asking_heads -= 1;
                match heads {
                    Ok(heads) => {
                        for (workspace, head) in heads {
                            self.compare(workspace, head);
                        }
                    }
                    Err(error) => debug!(%error, "the heads of what is followed: {error}"),
                }
            }
        }
    }

    fn follow(&mut self, workspace: WorkspaceId, following: Result<(Hearing, Mark), Lost>) {
        let Some(place) = self.places.get_mut(&workspace) else { return };
        place.beginning = false;
        let waiting = std::mem::take(&mut place.waiting);
        let told = following.map(|(heard, at)| {
            let (end, ended) = oneshot::channel::<()>();
            place.hearing = Some(end);
            self.heard.push(Box::pin(heard.take_until(ended)));
            self.shared.tails.lock().insert(workspace, Tail::new(at, self.shared.patience.keeping));
            self.listener.began(workspace, at);
            at
        });
        if told.is_err() {
            self.places.remove(&workspace);
        }
        metrics::gauge!("rookery_feed_workspaces").set(self.places.len() as f64);
        for tell in waiting {
            tell.send(told.clone()).ok();
        }
    }

    fn fill(&mut self, workspace: WorkspaceId, asked_at: Mark, read: Result<Stretch, Lost>) {
        let again = self.shared.patience.again;
        let Some(place) = self.places.get_mut(&workspace) else { return };
        place.reading = false;
        match read {
            Err(error) => {
                warn!(%workspace, %error, "a hole in what was heard stays open: {error}");
                place.read_at = Some(Instant::now() + again);
            }
            Ok(Stretch::Gone { head }) => self.start_again(workspace, head),
            Ok(Stretch::Read { head, .. })
                if head.epoch != asked_at.epoch || head.position.0 > asked_at.position.0 + MISSED_MAX =>
            {
                self.start_again(workspace, head);
            }
            Ok(Stretch::Read { commit, head }) => {
                place.read_at = None;
                let asked = !commit.events.is_empty();
                self.hear(Arc::new(commit));
                if asked {
                    // The journal knows nothing of what its commits did for one member alone.
                    self.listener.doubts(Some(workspace));
                }
                let at = self.shared.tails.lock().get(&workspace).map(Tail::at);
                // More than was asked for at once, or than a replica had yet.
                if at.is_some_and(|at| at.epoch == head.epoch && at.position < head.position)
                    && let Some(place) = self.places.get_mut(&workspace)
                {
                    place.read_at = Some(if asked { Instant::now() } else { Instant::now() + again });
                }
            }
        }
    }

    fn start_again(&mut self, workspace: WorkspaceId, head: Mark) {
        metrics::counter!("rookery_feed_breaks_total").increment(1);
        self.shared.tails.lock().insert(workspace, Tail::new(head, self.shared.patience.keeping));
        if let Some(place) = self.places.get_mut(&workspace) {
            place.read_at = None;
        }
        self.listener.broke(workspace, head);
    }

    /// The journal is further than what was heard: the tail of it was lost.
    fn compare(&mut self, workspace: WorkspaceId, head: Mark) {
        let at = self.shared.tails.lock().get(&workspace).map(Tail::at);
        let Some(at) = at else { return };
        let behind = at.epoch != head.epoch || at.position < head.position;
        let Some(place) = self.places.get_mut(&workspace).filter(|place| behind && place.read_at.is_none())
        else {
            return;
        };
        place.read_at = Some(Instant::now() + self.shared.patience.hole);
    }

    /// Something was lost, and perhaps nothing that follows shows it.
    fn missed(&mut self) {
        self.listener.doubts(None);
        self.ask_heads();
    }

    fn ask_heads(&mut self) {
        let followed = self.shared.tails.lock().keys().copied().collect();
        self.ask_heads_of(followed);
    }

    /// By the clock: the bus may be down, and then nobody tells.
    fn ask_heads_nobody_watches(&mut self) {
        let now = Instant::now();
        let is_watched = |workspace: &WorkspaceId| {
            let place = self.places.get(workspace);
            place.and_then(|place| place.watched_until).is_some_and(|until| until > now)
        };
        let tails = self.shared.tails.lock();
        let followed = tails.keys().copied().filter(|workspace| !is_watched(workspace)).collect();
        drop(tails);
        self.ask_heads_of(followed);
    }

    fn ask_heads_of(&mut self, followed: Vec<WorkspaceId>) {
        if self.asking_heads > 0 {
            return;
        }
        for some in followed.chunks(HEADS_MAX) {
            let (shared, some) = (Arc::clone(&self.shared), some.to_vec());
            self.asking_heads += 1;
            self.asked.push(Box::pin(async move { Learned::Heads(shared.journal.heads(&some).await) }));
        }
    }

    /// What nobody stays in any more, after a while. Who is about to come stays already.
    fn leave_the_idle(&mut self) {
        let idle = self.shared.patience.idle;
        let (shared, listener) = (&self.shared, &self.listener);
        let stays = shared.stays.lock();
        self.places.retain(|workspace, place| {
            if stays.contains_key(workspace) {
                place.left_at = None;
                return true;
            }
            let left_at = *place.left_at.get_or_insert_with(Instant::now);
            let goes = left_at.elapsed() >= idle && place.waiting.is_empty();
            if goes {
                shared.tails.lock().remove(workspace);
                listener.left(*workspace);
            }
            !goes
        });
    }
}
