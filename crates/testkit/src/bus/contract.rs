//! What every bus must keep, whatever it is made of.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Commit, WorkspaceId};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use live::{Bus, Heard};

use super::{commit, said, whispered, workspace};

/// Two nodes on one bus, and what a test may do to what lies between them.
pub struct Station {
    pub one: Arc<dyn Bus>,
    /// The same where a bus knows one process alone.
    pub other: Arc<dyn Bus>,
    pub between: Box<dyn Between>,
}

#[async_trait]
pub trait Between: Send + Sync {
    /// Every line is cut, and may be had again. False: there is nothing to cut.
    async fn cut(&self) -> bool;
    /// Nothing passes, and no line is cut, until whoever listens to this has noticed; then it goes on.
    async fn silence(&self, _workspace: WorkspaceId) -> bool {
        false
    }
    /// Somebody of another build says this where this workspace's commits are said.
    async fn inject(&self, _workspace: WorkspaceId, _bytes: Vec<u8>) -> bool {
        false
    }
}

/// Nothing lies between.
pub struct Nothing;

#[async_trait]
impl Between for Nothing {
    async fn cut(&self) -> bool {
        false
    }
}

type Hearing = BoxStream<'static, Heard>;

/// The next commit, whatever else is said.
async fn next(hearing: &mut Hearing) -> Arc<Commit> {
    loop {
        if let Heard::Commit(commit) = hearing.next().await.expect("the bus goes on") {
            return commit;
        }
    }
}

async fn hears(hearing: &mut Hearing, wanted: &Arc<Commit>) {
    assert_eq!(next(hearing).await, *wanted);
}

/// Somebody says something until it is heard: what is said while a bus comes back may be lost, or come late.
async fn is_heard_again(station: &Station, hearing: &mut Hearing, here: WorkspaceId, from: u64) -> u64 {
    for position in from.. {
        let said = commit(here, 7, vec![said(here, position, "again?")]);
        station.one.publish(&said).await.ok();
        let heard = async { while next(hearing).await.first.0 < position {} };
        let soon = std::time::Duration::from_millis(50);
        if tokio::time::timeout(soon, heard).await.is_ok() {
            return position;
        }
    }
    unreachable!("positions do not end")
}

/// Every listener of a workspace hears what is said there, as it was said, and nothing of another.
pub async fn listeners_hear_their_workspace(station: Station) {
    let (here, there) = (workspace(1), workspace(2));
    let mut ada = station.one.subscribe(here).await.expect("a bus that is there");
    let mut bob = station.other.subscribe(here).await.expect("a bus that is there");
    let mut eve = station.other.subscribe(there).await.expect("a bus that is there");
    let ours = commit(here, 7, vec![said(here, 1, "hello"), said(here, 2, "to all")]);
    let theirs = whispered(there, 9, 5, 3);
    station.one.publish(&ours).await.expect("published");
    station.one.publish(&theirs).await.expect("published");
    hears(&mut ada, &ours).await;
    hears(&mut bob, &ours).await;
    hears(&mut eve, &theirs).await;
}

/// Nobody listens, or somebody left: that disturbs nobody.
pub async fn who_leaves_disturbs_nobody(station: Station) {
    let here = workspace(3);
    let one = commit(here, 7, vec![said(here, 1, "nobody hears")]);
    station.one.publish(&one).await.expect("published to nobody");
    let gone = station.other.subscribe(here).await.expect("a bus that is there");
    let mut stays = station.other.subscribe(here).await.expect("a bus that is there");
    drop(gone);
    let two = commit(here, 7, vec![said(here, 2, "one hears")]);
    station.one.publish(&two).await.expect("published");
    // What was said before anybody listened may still have been on its way.
    let mut heard = next(&mut stays).await;
    if heard == one {
        heard = next(&mut stays).await;
    }
    assert_eq!(heard, two);
}

/// What one node says of a workspace comes in the order it was said.
pub async fn what_is_said_comes_in_its_order(station: Station) {
    let (here, there) = (workspace(5), workspace(6));
    let mut hearing = station.other.subscribe(here).await.expect("a bus that is there");
    for position in 1..=500 {
        let said_here = commit(here, 7, vec![said(here, position, "one after the other")]);
        station.one.publish(&said_here).await.expect("published");
        let said_there = commit(there, 7, vec![said(there, position, "in between")]);
        station.one.publish(&said_there).await.expect("published");
    }
    for position in 1..=500 {
        assert_eq!(next(&mut hearing).await.first.0, position);
    }
}

/// Whatever is said twice is heard, and in its order; who needs it once asks a feed.
pub async fn what_is_said_twice_is_heard(station: Station) {
    let here = workspace(7);
    let mut hearing = station.other.subscribe(here).await.expect("a bus that is there");
    let one = commit(here, 7, vec![said(here, 1, "twice")]);
    let two = commit(here, 7, vec![said(here, 2, "after it")]);
    for commit in [&one, &one, &two] {
        station.one.publish(commit).await.expect("published");
    }
    hears(&mut hearing, &one).await;
    let mut heard = next(&mut hearing).await;
    while heard == one {
        heard = next(&mut hearing).await;
    }
    assert_eq!(heard, two);
}

/// Who does not listen to what they asked for loses it, and holds nobody up.
pub async fn who_is_slow_holds_nobody_up(station: Station) {
    let here = workspace(4);
    let slow = station.other.subscribe(here).await.expect("a bus that is there");
    let mut quick = station.other.subscribe(here).await.expect("a bus that is there");
    for position in 1..=3_000 {
        let said = commit(here, 7, vec![said(here, position, "again")]);
        station.one.publish(&said).await.expect("published");
        hears(&mut quick, &said).await;
    }
    drop(slow);
}

/// A commit of any size is heard, or where the journal then stands.
pub async fn however_much_was_done_at_once_it_is_known(station: Station) {
    let here = workspace(8);
    let mut hearing = station.other.subscribe(here).await.expect("a bus that is there");
    let long = "a".repeat(40_000);
    let much = commit(here, 7, (1..=100).map(|position| said(here, position, &long)).collect());
    let little = commit(here, 7, vec![said(here, 101, "a")]);
    station.one.publish(&much).await.expect("published");
    station.one.publish(&little).await.expect("published");
    match hearing.next().await.expect("the bus goes on") {
        Heard::Commit(commit) => assert_eq!(commit, much),
        Heard::Stands(workspace, mark) => {
            assert_eq!((workspace, mark.epoch, mark.position.0), (here, much.epoch, 100));
        }
        other @ Heard::Watched(_) => panic!("{other:?}"),
    }
    hears(&mut hearing, &little).await;
}

/// Who watches the heads for everyone is heard by everyone, those who nothing moved for, too.
pub async fn who_watches_for_everyone_is_heard(station: Station) {
    let (here, there) = (workspace(9), workspace(10));
    let mut moved = station.other.subscribe(here).await.expect("a bus that is there");
    let mut quiet = station.other.subscribe(there).await.expect("a bus that is there");
    let mark = live::Mark { epoch: domain::Epoch(7), position: domain::Position(3) };
    station.one.watched(&[(here, mark)]).await.expect("said");
    let a_bus_of_one_process = Arc::ptr_eq(&station.one, &station.other);
    if !a_bus_of_one_process {
        assert_eq!(moved.next().await, Some(Heard::Stands(here, mark)));
        assert_eq!(moved.next().await, Some(Heard::Watched(here)));
        assert_eq!(quiet.next().await, Some(Heard::Watched(there)));
    }
}

/// What a newer build says is no more than lost, and the bell rings for it.
pub async fn what_a_newer_build_says_is_lost_and_nothing_else(station: Station) {
    let here = workspace(11);
    let mut hearing = station.other.subscribe(here).await.expect("a bus that is there");
    let mut gaps = station.other.gaps();
    for first in [live::redis::PACKET_VERSION + 1, u8::MAX] {
        let unknown = [&[first][..], &[7; 60]].concat();
        if station.between.inject(here, unknown).await {
            gaps.next().await.expect("it rings");
        }
    }
    let after = commit(here, 7, vec![said(here, 2, "the old build goes on")]);
    station.one.publish(&after).await.expect("published");
    hears(&mut hearing, &after).await;
}

/// Every line is cut: it is heard again without anybody asking, and the bell rings for what was missed.
pub async fn cut_and_back_it_is_heard_again(station: Station) {
    let here = workspace(12);
    let mut hearing = station.other.subscribe(here).await.expect("a bus that is there");
    let mut gaps = station.other.gaps();
    let mut position = is_heard_again(&station, &mut hearing, here, 1).await;
    for _ in 0..3 {
        if station.between.cut().await {
            gaps.next().await.expect("it rings");
        }
        position = is_heard_again(&station, &mut hearing, here, position + 1).await;
    }
}

/// A bus that says nothing, and does not say that it is gone, is found out; and one that goes on is heard again.
pub async fn a_silence_is_noticed(station: Station) {
    let here = workspace(13);
    let mut hearing = station.other.subscribe(here).await.expect("a bus that is there");
    let mut gaps = station.other.gaps();
    let position = is_heard_again(&station, &mut hearing, here, 1).await;
    if station.between.silence(here).await {
        gaps.next().await.expect("it rings");
    }
    is_heard_again(&station, &mut hearing, here, position + 1).await;
}

/// The contract of a bus, on a backend.
#[macro_export]
macro_rules! bus_contract {
    ($($backend:ident: $make:expr),+ $(,)?) => {$(
        mod $backend {
            $crate::bus_contract!(@ $make,
                listeners_hear_their_workspace
                who_leaves_disturbs_nobody
                what_is_said_comes_in_its_order
                what_is_said_twice_is_heard
                who_is_slow_holds_nobody_up
                however_much_was_done_at_once_it_is_known
                who_watches_for_everyone_is_heard
                what_a_newer_build_says_is_lost_and_nothing_else
                cut_and_back_it_is_heard_again
                a_silence_is_noticed
            );
        }
    )+};
    (@ $make:expr, $($name:ident)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            $crate::bus::contract::$name($make.await).await;
        })+
    };
}
