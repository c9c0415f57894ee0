//! What a reader is promised by the levels together, whatever the shared one is made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{AccountId, Commit, Event, EventKind, Image, WorkspaceId};
use live::cache::{Asked, Brought, Cached, Class, Name, Topic, Wanted};
use live::{Listener, Mark, Piece};
use tokio::sync::Notify;

use super::{Shelf, mark, settings};
use crate::bus::{account, commit, said, workspace};

type Never = std::convert::Infallible;

/// A node that reads what one member shows, and how often it asked the database for it.
pub struct Reader {
    pub cached: Cached,
    here: WorkspaceId,
    asked: AtomicUsize,
}

impl Reader {
    /// Follows from there on.
    pub fn over(shared: Arc<dyn live::cache::Cache>, here: WorkspaceId, from: Mark) -> Self {
        let (cached, carrier) = Cached::new(settings(), Some(shared));
        tokio::spawn(carrier.run());
        cached.began(here, from);
        Self::of(cached, here)
    }
    pub fn of(cached: Cached, here: WorkspaceId) -> Self {
        Self { cached, here, asked: AtomicUsize::new(0) }
    }

    /// The next event of its journal, about somebody.
    pub fn hears(&self, position: u64, kind: EventKind, about: AccountId) {
        let (event, _) = said(self.here, position, "");
        let event = Event { kind, account: Some(about), ..event };
        self.hears_all(&commit(self.here, 7, vec![(event, Image::default())]));
    }
    pub fn hears_all(&self, commit: &Arc<Commit>) {
        self.cached.told(&Arc::new(Piece::new(Commit::clone(commit))));
    }

    /// What Ada shows, as of when it is asked for; the database stands at that mark and has this.
    pub async fn reads(&self, asked: Asked, (now, text): (Mark, &str)) -> String {
        let wanted = [ada(self.here)];
        let read = self.cached.read(&asked, &wanted, |which| {
            assert_eq!(which, [0]);
            self.asked.fetch_add(1, Ordering::SeqCst);
            let text: Arc<str> = text.into();
            Box::pin(async move { Ok::<Brought, Never>((now, vec![Some(text)])) })
        });
        let Ok(mut texts) = read.await;
        texts.pop().flatten().expect("there is Ada").to_string()
    }

    /// How often the database was asked since this was last asked.
    pub fn cost(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }

    fn at_least(&self, position: u64) -> Asked {
        Asked::AtLeast(self.here, mark(7, position))
    }
    fn at(&self, position: u64) -> Asked {
        Asked::At(self.here, mark(7, position))
    }
}

fn ada(here: WorkspaceId) -> Wanted {
    let name = Name::of(here, Class::Profiles, "ada");
    Wanted { name, topics: vec![Topic::Member(account(1))] }
}

/// What nobody would be answered with: the database is not asked here.
const UNASKED: (Mark, &str) =
    (Mark { epoch: domain::Epoch(7), position: domain::Position(0) }, "the database was asked");

pub async fn nothing_older_than_its_reader_saw_is_answered(shelf: Shelf) {
    let reader = Reader::over(shelf.one, workspace(21), mark(7, 10));
    let (ada, bob) = (account(1), account(2));
    assert_eq!(reader.reads(reader.at_least(10), (mark(7, 10), "Ada")).await, "Ada");
    assert_eq!(reader.reads(reader.at_least(10), UNASKED).await, "Ada");
    assert_eq!(reader.cost(), 1);
    reader.hears(11, EventKind::MemberChanged, bob);
    assert_eq!(reader.reads(reader.at_least(11), UNASKED).await, "Ada", "nothing touched her");
    assert_eq!(reader.cost(), 0);
    // Somebody saw 12 elsewhere, which this node has not heard of.
    assert_eq!(reader.reads(reader.at_least(12), (mark(7, 12), "Ada L.")).await, "Ada L.");
    assert_eq!(reader.cost(), 1);
    reader.hears(12, EventKind::MemberChanged, ada);
    assert_eq!(reader.reads(reader.at_least(12), UNASKED).await, "Ada L.", "read after it was touched");
    reader.hears(13, EventKind::MemberChanged, ada);
    assert_eq!(reader.reads(reader.at_least(13), (mark(7, 13), "Ada Lovelace")).await, "Ada Lovelace");
    assert_eq!(reader.cost(), 1);
}

/// Who was judged at a moment, and had been sent away by a later one, is not shown what came later.
pub async fn as_it_was_then_shows_nothing_later(shelf: Shelf) {
    let reader = Reader::over(Arc::clone(&shelf.one), workspace(22), mark(7, 10));
    assert_eq!(reader.reads(reader.at(10), (mark(7, 10), "before")).await, "before");
    reader.hears(11, EventKind::MemberLeft, account(1));
    assert_eq!(reader.reads(reader.at(11), (mark(7, 11), "after")).await, "after");
    assert_eq!(reader.cost(), 2);
    is_shared(&shelf, workspace(22), mark(7, 11)).await;
    assert_eq!(reader.reads(reader.at(10), (mark(7, 11), "judged anew")).await, "judged anew");
    assert_eq!(reader.cost(), 1, "what is remembered is of 11, and was touched there");
    reader.hears(12, EventKind::MemberChanged, account(2));
    assert_eq!(reader.reads(reader.at(12), UNASKED).await, "judged anew", "as it was at 11, and still is");
    assert_eq!(reader.reads(reader.at(11), UNASKED).await, "judged anew");
}

pub async fn another_history_is_never_answered_from(shelf: Shelf) {
    let reader = Reader::over(Arc::clone(&shelf.one), workspace(23), mark(7, 10));
    reader.reads(reader.at_least(10), (mark(7, 10), "lost with a disk")).await;
    let elsewhere = |position| Asked::AtLeast(workspace(23), mark(8, position));
    assert_eq!(reader.reads(elsewhere(5), (mark(8, 5), "restored")).await, "restored");
    reader.cached.broke(workspace(23), mark(8, 5));
    assert_eq!(reader.reads(elsewhere(5), UNASKED).await, "restored");
    is_shared(&shelf, workspace(23), mark(8, 5)).await;
    assert_eq!(reader.reads(reader.at_least(10), (mark(7, 10), "an old reader")).await, "an old reader");
}

pub async fn what_was_missed_is_not_believed(shelf: Shelf) {
    let here = workspace(24);
    let reader = Reader::over(shelf.one, here, mark(7, 10));
    reader.reads(reader.at_least(10), (mark(7, 10), "Ada")).await;
    reader.cached.broke(here, mark(7, 20));
    assert_eq!(reader.reads(reader.at_least(20), (mark(7, 20), "Ada L.")).await, "Ada L.");
    // A hole that nobody told of.
    reader.hears(30, EventKind::MessageSent, account(2));
    assert_eq!(reader.reads(reader.at_least(30), (mark(7, 30), "Ada Lovelace")).await, "Ada Lovelace");
    reader.cached.left(here);
    assert_eq!(reader.reads(reader.at_least(31), (mark(7, 31), "read")).await, "read", "nobody follows");
    assert_eq!(reader.cost(), 4);
}

pub async fn who_began_to_follow_later_asks_anew(shelf: Shelf) {
    let here = workspace(25);
    let early = Reader::over(Arc::clone(&shelf.one), here, mark(7, 10));
    early.reads(early.at_least(10), (mark(7, 10), "Ada")).await;
    is_shared(&shelf, here, mark(7, 10)).await;
    let late = Reader::over(shelf.other, here, mark(7, 20));
    assert_eq!(late.reads(late.at_least(20), (mark(7, 20), "Ada L.")).await, "Ada L.");
}

/// What one node read at that moment is on the shelf.
async fn is_shared(shelf: &Shelf, here: WorkspaceId, at: Mark) {
    let name = ada(here).name;
    loop {
        let kept = shelf.other.get(std::slice::from_ref(&name)).await.expect("it is there");
        if kept.into_iter().flatten().any(|kept| kept.mark == at) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

pub async fn a_hit_below_fills_what_is_above(shelf: Shelf) {
    let here = workspace(26);
    let one = Reader::over(Arc::clone(&shelf.one), here, mark(7, 10));
    one.reads(one.at_least(10), (mark(7, 10), "Ada")).await;
    assert_eq!(one.cost(), 1);
    is_shared(&shelf, here, mark(7, 10)).await;
    let other = loop {
        let other = Reader::over(Arc::clone(&shelf.other), here, mark(7, 10));
        other.hears(11, EventKind::MessageSent, account(2));
        let read = other.reads(other.at_least(11), (mark(7, 11), "Ada")).await;
        assert_eq!(read, "Ada");
        // Where the machine stands still for longer than the level below is waited for, the database is asked: then a node that
        // holds nothing itself tries once more.
        if other.cost() == 0 {
            break other;
        }
    };
    shelf.one.invalidate(&"*".parse().expect("a pattern")).await.expect("dropped");
    assert_eq!(other.reads(other.at_least(11), UNASKED).await, "Ada", "it has it itself now");
    assert_eq!(other.cost(), 0);
}

pub async fn concurrent_misses_make_one_query(shelf: Shelf) {
    const READERS: usize = 50;
    let reader = Arc::new(Reader::over(shelf.one, workspace(27), mark(7, 10)));
    let (asks, goes) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let read = |reader: Arc<Reader>, asks: Arc<Notify>, goes: Arc<Notify>| async move {
        let wanted = [ada(workspace(27))];
        let asked = reader.at_least(10);
        let texts = reader.cached.read(&asked, &wanted, |_| {
            let (asks, goes) = (Arc::clone(&asks), Arc::clone(&goes));
            reader.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                asks.notify_one();
                goes.notified().await;
                Ok::<Brought, Never>((mark(7, 10), vec![Some("Ada".into())]))
            })
        });
        let Ok(texts) = texts.await;
        texts
    };
    let mut reads = tokio::task::JoinSet::new();
    reads.spawn(read(Arc::clone(&reader), Arc::clone(&asks), Arc::clone(&goes)));
    asks.notified().await;
    for _ in 1..READERS {
        reads.spawn(read(Arc::clone(&reader), Arc::clone(&asks), Arc::clone(&goes)));
    }
    goes.notify_one();
    let all = reads.join_all().await;
    assert!(all.iter().all(|texts| texts == &[Some(Arc::from("Ada"))]), "{all:?}");
    assert_eq!(reader.cost(), 1);
}

pub async fn who_waited_for_one_who_gave_up_asks_themselves(shelf: Shelf) {
    let reader = Arc::new(Reader::over(shelf.one, workspace(28), mark(7, 10)));
    let asks = Arc::new(Notify::new());
    let (gives_up, asked) = (Arc::clone(&reader), Arc::clone(&asks));
    let first = tokio::spawn(async move {
        let wanted = [ada(workspace(28))];
        let at_least = gives_up.at_least(10);
        let never = gives_up.cached.read(&at_least, &wanted, |_| {
            let asked = Arc::clone(&asked);
            Box::pin(async move {
                asked.notify_one();
                std::future::pending::<Result<Brought, Never>>().await
            })
        });
        never.await.map(drop)
    });
    asks.notified().await;
    let second = {
        let reader = Arc::clone(&reader);
        tokio::spawn(async move { reader.reads(reader.at_least(10), (mark(7, 10), "Ada")).await })
    };
    first.abort();
    assert_eq!(second.await.expect("it goes on"), "Ada");
}
