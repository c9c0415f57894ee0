//! Bus and journal together: in order, each position once, whatever the bus does.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::{Commit, Epoch, Event, EventKind, Image, Position, WorkspaceId};
use live::cache::Cached;
use live::feed::{Driver, Patience};
use live::{Bus, Feed, Journal, Listener, Lost, Mark, Piece, Stay, Stretch};
use parking_lot::Mutex;
use testkit::bus::{Mood, MoodyBus, changed, commit, said, whispered, workspace};
use tokio::time::sleep;

/// An epoch, and what was written in it.
type Written = (u64, Vec<(Event, Image)>);

/// A journal in memory, and how often it was read.
#[derive(Default)]
struct Book {
    written: Mutex<HashMap<WorkspaceId, Written>>,
    floor: Mutex<u64>,
    reads: AtomicUsize,
    broken: Mutex<bool>,
}

impl Book {
    fn write(&self, commit: &Commit) {
        let mut written = self.written.lock();
        let (epoch, events) = written.entry(commit.workspace).or_insert((commit.epoch.0, Vec::new()));
        *epoch = commit.epoch.0;
        events.extend(commit.events.iter().cloned());
    }
    fn head(&self, workspace: WorkspaceId) -> Option<Mark> {
        let written = self.written.lock();
        let (epoch, events) = written.get(&workspace)?;
        let position = events.last().map_or(Position(0), |(event, _)| event.position);
        Some(Mark { epoch: Epoch(*epoch), position })
    }
}

#[async_trait]
impl Journal for Book {
    async fn heads(&self, workspaces: &[WorkspaceId]) -> Result<Vec<(WorkspaceId, Mark)>, Lost> {
        Ok(workspaces.iter().filter_map(|workspace| Some((*workspace, self.head(*workspace)?))).collect())
    }
    async fn after(&self, workspace: WorkspaceId, mark: Mark, most: u32) -> Result<Stretch, Lost> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if *self.broken.lock() {
            return Err(Lost("it is down".into()));
        }
        let head = self.head(workspace).ok_or_else(|| Lost("nothing".into()))?;
        if head.epoch != mark.epoch || mark.position.0 < *self.floor.lock() {
            return Ok(Stretch::Gone { head });
        }
        let written = self.written.lock();
        let after = written[&workspace].1.iter().filter(|(event, _)| event.position > mark.position);
        let events: Vec<_> = after.take(most as usize).cloned().collect();
        let first = mark.position.next();
        let commit = Commit { workspace, epoch: head.epoch, first, events, private: Vec::new() };
        Ok(Stretch::Read { commit, head })
    }
}

#[derive(Default)]
struct Ear {
    heard: Mutex<Vec<Arc<Piece>>>,
    broke: Mutex<Vec<Mark>>,
    doubted: Mutex<Vec<Option<WorkspaceId>>>,
}

impl Listener for Ear {
    fn told(&self, piece: &Arc<Piece>) {
        self.heard.lock().push(Arc::clone(piece));
    }
    fn broke(&self, _: WorkspaceId, at: Mark) {
        self.broke.lock().push(at);
    }
    fn doubts(&self, workspace: Option<WorkspaceId>) {
        self.doubted.lock().push(workspace);
    }
}

impl Ear {
    fn positions(&self) -> Vec<u64> {
        let heard = self.heard.lock();
        heard.iter().flat_map(|piece| &piece.commit().events).map(|(event, _)| event.position.0).collect()
    }
    async fn hears(&self, count: usize) {
        while self.positions().len() < count {
            sleep(Duration::from_millis(1)).await;
        }
    }
}

struct Stage {
    bus: Arc<MoodyBus>,
    book: Arc<Book>,
    ear: Arc<Ear>,
    feed: Feed,
    here: WorkspaceId,
    stay: Option<Stay>,
}

impl Stage {
    /// A workspace of ten events, followed from there.
    async fn set() -> Self {
        Self::of(|bus, book| Feed::new(bus, book, Patience::default())).await
    }
    async fn of(feed: impl FnOnce(Arc<dyn Bus>, Arc<dyn Journal>) -> (Feed, Driver)) -> Self {
        let (bus, book, ear) =
            (Arc::new(MoodyBus::default()), Arc::new(Book::default()), Arc::new(Ear::default()));
        let (feed, driver) = feed(Arc::clone(&bus) as _, Arc::clone(&book) as _);
        tokio::spawn(driver.run(Arc::clone(&ear) as _));
        let here = workspace(1);
        let mut stage = Self { bus, book, ear, feed, here, stay: None };
        for position in 1..=10 {
            stage.book.write(&commit(here, 7, vec![said(here, position, "before")]));
        }
        let (at, stay) = stage.feed.follow(here).await.expect("it is there");
        assert_eq!(at, Mark { epoch: Epoch(7), position: Position(10) });
        stage.stay = Some(stay);
        stage
    }
    async fn says(&self, positions: std::ops::RangeInclusive<u64>) {
        let events = positions.map(|position| said(self.here, position, "now")).collect();
        self.commits(commit(self.here, 7, events)).await;
    }
    async fn commits(&self, commit: Arc<Commit>) {
        self.book.write(&commit);
        self.bus.publish(&commit).await.ok();
    }
    fn reads(&self) -> usize {
        self.book.reads.load(Ordering::SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_is_well_is_enough() {
    let stage = Stage::set().await;
    stage.says(11..=13).await;
    stage.says(14..=14).await;
    stage.ear.hears(4).await;
    assert_eq!(stage.ear.positions(), [11, 12, 13, 14]);
    assert_eq!(stage.reads(), 0);
    assert!(stage.ear.doubted.lock().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_bus_doubles_is_told_once() {
    let stage = Stage::set().await;
    stage.bus.is(Mood::Doubling);
    for position in 11..=20 {
        stage.says(position..=position).await;
    }
    stage.ear.hears(10).await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(stage.ear.positions(), (11..=20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_a_bus_turns_around_is_told_in_order_without_reading() {
    let stage = Stage::set().await;
    stage.bus.is(Mood::Reordering);
    for position in 11..=20 {
        stage.says(position..=position).await;
    }
    stage.ear.hears(10).await;
    assert_eq!(stage.ear.positions(), (11..=20).collect::<Vec<_>>());
    assert_eq!(stage.reads(), 0, "what was missing came within its time");
}

#[tokio::test(start_paused = true)]
async fn a_hole_is_waited_for_and_then_read_once() {
    let stage = Stage::set().await;
    stage.bus.is(Mood::Silent);
    stage.says(11..=12).await;
    stage.bus.is(Mood::Well);
    stage.says(13..=13).await;
    sleep(Duration::from_millis(40)).await;
    assert_eq!((stage.ear.positions(), stage.reads()), (vec![], 0), "the bus may still bring it");
    stage.says(14..=14).await;
    stage.ear.hears(4).await;
    assert_eq!(stage.ear.positions(), [11, 12, 13, 14]);
    assert_eq!(stage.reads(), 1);
    assert_eq!(
        *stage.ear.doubted.lock(),
        [Some(stage.here)],
        "the journal knows nothing that is one member's own"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_tail_is_found_by_the_heads_or_at_once_when_somebody_knows() {
    let stage = Stage::set().await;
    sleep(Duration::from_millis(100)).await;
    stage.bus.is(Mood::Gone);
    stage.says(11..=11).await;
    let began = tokio::time::Instant::now();
    stage.ear.hears(1).await;
    assert!(began.elapsed() <= Duration::from_millis(2_100), "{:?}", began.elapsed());
    stage.says(12..=12).await;
    let began = tokio::time::Instant::now();
    stage.feed.nudge();
    stage.ear.hears(2).await;
    assert!(began.elapsed() <= Duration::from_millis(100), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_long_hole_is_read_in_parts_and_one_too_long_starts_again() {
    let stage = Stage::set().await;
    stage.bus.is(Mood::Silent);
    stage.says(11..=2_000).await;
    stage.ear.hears(1_990).await;
    assert_eq!(stage.ear.positions(), (11..=2_000).collect::<Vec<_>>());
    stage.says(2_001..=9_000).await;
    while stage.ear.broke.lock().is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(*stage.ear.broke.lock(), [Mark { epoch: Epoch(7), position: Position(9_000) }]);
    stage.bus.is(Mood::Well);
    stage.says(9_001..=9_001).await;
    stage.ear.hears(1_991).await;
    assert_eq!(stage.ear.positions().last(), Some(&9_001));
}

#[tokio::test(start_paused = true)]
async fn a_new_epoch_ends_what_was_and_begins_again() {
    let stage = Stage::set().await;
    stage.says(11..=11).await;
    let new = commit(stage.here, 8, vec![said(stage.here, 12, "another history")]);
    stage.commits(new).await;
    while stage.ear.broke.lock().is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(*stage.ear.broke.lock(), [Mark { epoch: Epoch(8), position: Position(12) }]);
    assert_eq!(stage.ear.positions(), [11], "the two are never mixed");
    assert!(stage.feed.since(stage.here, Epoch(7), Position(10)).is_none());
    stage.commits(commit(stage.here, 8, vec![said(stage.here, 13, "goes on")])).await;
    stage.ear.hears(2).await;
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_is_down_is_asked_again() {
    let stage = Stage::set().await;
    *stage.book.broken.lock() = true;
    stage.bus.is(Mood::Silent);
    stage.says(11..=11).await;
    sleep(Duration::from_secs(5)).await;
    assert!(stage.ear.positions().is_empty() && stage.reads() > 3);
    *stage.book.broken.lock() = false;
    stage.ear.hears(1).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_trimmed_starts_again_from_the_state() {
    let stage = Stage::set().await;
    stage.bus.is(Mood::Silent);
    stage.says(11..=20).await;
    *stage.book.floor.lock() = 15;
    while stage.ear.broke.lock().is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(stage.feed.at(stage.here), Some(Mark { epoch: Epoch(7), position: Position(20) }));
}

#[tokio::test(start_paused = true)]
async fn the_tail_gives_what_came_after_a_position_and_not_what_was_taken_back() {
    let stage = Stage::set().await;
    stage.says(11..=12).await;
    stage.says(13..=13).await;
    stage
        .commits(commit(stage.here, 7, vec![changed(EventKind::MessageDeleted, stage.here, 14, 12, "")]))
        .await;
    stage.ear.hears(4).await;
    let since = |position| stage.feed.since(stage.here, Epoch(7), Position(position));
    let firsts =
        |pieces: Vec<Arc<Piece>>| pieces.iter().map(|piece| piece.commit().first.0).collect::<Vec<_>>();
    assert_eq!(since(10).map(firsts), Some(vec![11, 13, 14]));
    assert_eq!(since(11).map(firsts), Some(vec![11, 13, 14]), "a commit is kept whole");
    assert_eq!(since(14).map(firsts), Some(vec![]));
    assert!(since(9).is_none() && since(15).is_none());
    let kept = since(10).expect("kept");
    let of_12 = &kept[0].commit().events[1];
    assert_eq!((of_12.0.number, &of_12.1.message), (Some(12), &None), "its text left the tail");
    assert!(kept[0].commit().events[0].1.message.is_some());
}

#[tokio::test(start_paused = true)]
async fn private_state_is_told_though_its_place_in_the_journal_is_known() {
    let stage = Stage::set().await;
    stage.commits(whispered(stage.here, 7, 11, 1)).await;
    stage.says(11..=11).await;
    stage.ear.hears(1).await;
    let heard = stage.ear.heard.lock();
    assert_eq!(heard.iter().map(|piece| piece.commit().private.len()).collect::<Vec<_>>(), [1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_tail_is_bounded() {
    let stage = Stage::set().await;
    for position in 11..=6_000 {
        stage.says(position..=position).await;
        if position % 500 == 0 {
            stage.ear.hears(position as usize - 10).await;
        }
    }
    stage.ear.hears(5_990).await;
    assert!(stage.feed.since(stage.here, Epoch(7), Position(10)).is_none());
    let kept = stage.feed.since(stage.here, Epoch(7), Position(6_000 - 4_000)).expect("still there");
    assert_eq!(kept.len(), 4_000);
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_and_goes_it_is_followed_as_long_as_somebody_stays() {
    let stage = Stage::set().await;
    let idle = Patience::default().idle;
    // Gone before they were let in, and gone again after a while: the first who came stays all along.
    for _ in 0..3 {
        drop(stage.feed.follow(stage.here).await.expect("it is there"));
        sleep(idle * 2).await;
    }
    stage.says(11..=11).await;
    stage.ear.hears(1).await;
    assert_eq!(stage.ear.positions(), [11]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_stays_in_is_kept_a_while_for_who_comes_back() {
    let mut stage = Stage::set().await;
    let Patience { idle, heads, .. } = Patience::default();
    stage.stay = None;
    sleep(idle.saturating_sub(heads)).await;
    stage.stay = Some(stage.feed.follow(stage.here).await.expect("it is there").1);
    sleep(idle * 2).await;
    assert!(stage.feed.at(stage.here).is_some(), "somebody came back in time");
    stage.stay = None;
    sleep(idle.saturating_sub(heads)).await;
    assert!(stage.feed.at(stage.here).is_some(), "a while since the last one went, not since the first");
    sleep(heads * 3).await;
    assert_eq!(stage.feed.at(stage.here), None);
    let (at, _stay) = stage.feed.follow(stage.here).await.expect("it is there");
    assert_eq!(at.position, Position(10), "and followed anew");
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_only_dates_what_is_remembered_keeps_nothing_it_has_told() {
    let (cached, _carrier) = Cached::new(testkit::cache::settings(), None);
    let stage = Stage::of(|bus, book| cached.follows_alone(bus, book)).await;
    stage.says(11..=12).await;
    stage.bus.is(Mood::Silent);
    stage.says(13..=13).await;
    stage.bus.is(Mood::Well);
    stage.says(14..=14).await;
    stage.ear.hears(4).await;
    assert_eq!(stage.ear.positions(), [11, 12, 13, 14], "in order, and holes are filled");
    assert_eq!(stage.reads(), 1);
    assert!(stage.feed.since(stage.here, Epoch(7), Position(13)).is_none());
    assert_eq!(stage.feed.since(stage.here, Epoch(7), Position(14)).map(|kept| kept.len()), Some(0));
    let heard = stage.ear.heard.lock();
    assert!(heard.iter().all(|piece| Arc::strong_count(piece) == 1), "nobody else holds them");
}
