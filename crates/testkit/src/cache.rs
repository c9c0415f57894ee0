//! What every level of the cache must keep, and what a reader is promised whatever the levels are made of.

mod promises;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::{Epoch, Position, WorkspaceId};
use live::Mark;
use live::cache::{Cache, CacheError, Class, InProcess, Kept, Name, Pattern, Settings};
use live::redis::SharedCache;

pub use self::promises::*;

use crate::bus::workspace;
use crate::redises::{self, Redises};

/// A level as two nodes see it: the same where it knows one process alone.
pub struct Shelf {
    pub one: Arc<dyn Cache>,
    pub other: Arc<dyn Cache>,
    /// Held for as long as it is used.
    _redises: Option<Arc<Redises>>,
}

/// Of this class nothing stays.
const SHORT: Duration = Duration::from_millis(30);

pub fn settings() -> Settings {
    Settings { endpoints: SHORT, ..Settings::default() }
}

impl Shelf {
    pub fn in_process() -> Self {
        let one: Arc<dyn Cache> = Arc::new(InProcess::new(settings()));
        Self { other: Arc::clone(&one), one, _redises: None }
    }

    pub async fn on(redises: Arc<Redises>) -> Self {
        static SHELVES: AtomicUsize = AtomicUsize::new(1);
        let prefix = format!("shelf-{}", SHELVES.fetch_add(1, Ordering::Relaxed));
        let of = async || {
            let redis = redises::node(live::redis::Settings { prefix: prefix.clone(), ..redises.settings() });
            redises::is_there(&redis).await;
            Arc::new(SharedCache::new(redis, settings())) as Arc<dyn Cache>
        };
        let (one, other) = (of().await, of().await);
        Self { one, other, _redises: Some(redises) }
    }
}

pub fn mark(epoch: u64, position: u64) -> Mark {
    Mark { epoch: Epoch(epoch), position: Position(position) }
}

pub fn kept(position: u64, text: &str) -> Kept {
    Kept { mark: mark(7, position), text: text.into() }
}

fn profile(workspace: WorkspaceId, rest: &str) -> Name {
    Name::of(workspace, Class::Profiles, rest)
}

async fn sets(cache: &Arc<dyn Cache>, name: &Name, kept: &Kept) {
    cache.set(&[(name.clone(), kept.clone())]).await.expect("it is there");
}

async fn gets(cache: &Arc<dyn Cache>, name: &Name) -> Option<Kept> {
    cache.get(std::slice::from_ref(name)).await.expect("it is there").pop().flatten()
}

/// Whatever the text, and with its moment.
pub async fn what_one_keeps_every_node_has(shelf: Shelf) {
    let here = workspace(1);
    let values: Vec<(Name, Kept)> = ["", "{\"a\": \"two words\"}", "\u{1f3f0}\n\u{0}", &"a".repeat(100_000)]
        .into_iter()
        .zip(1..)
        .map(|(text, at)| (profile(here, &at.to_string()), kept(at, text)))
        .collect();
    shelf.one.set(&values).await.expect("it is there");
    let names: Vec<Name> = values.iter().map(|(name, _)| name.clone()).collect();
    let had = shelf.other.get(&names).await.expect("it is there");
    let all: Vec<_> = values.into_iter().map(|(_, kept)| Some(kept)).collect();
    assert_eq!(had, all);
}

pub async fn what_is_not_there_is_none_in_its_place(shelf: Shelf) {
    let (here, there) = (workspace(2), workspace(3));
    sets(&shelf.one, &profile(here, "ada"), &kept(1, "Ada")).await;
    let names = ["bob", "ada", "eve"].map(|who| profile(here, who));
    let had = shelf.one.get(&names).await.expect("it is there");
    assert_eq!(had, [None, Some(kept(1, "Ada")), None]);
    assert_eq!(gets(&shelf.one, &profile(there, "ada")).await, None, "of another workspace");
    assert_eq!(
        gets(&shelf.one, &Name::of(here, Class::ChannelMembers, "ada")).await,
        None,
        "of another class"
    );
    assert_eq!(shelf.one.get(&[]).await, Ok(Vec::new()));
}

pub async fn what_is_kept_again_is_the_later(shelf: Shelf) {
    let name = profile(workspace(4), "ada");
    sets(&shelf.one, &name, &kept(1, "Ada")).await;
    sets(&shelf.other, &name, &kept(2, "Ada L.")).await;
    assert_eq!(gets(&shelf.one, &name).await, Some(kept(2, "Ada L.")));
}

pub async fn each_class_leaves_after_its_time(shelf: Shelf) {
    let here = workspace(5);
    let (short, long) = (Name::of(here, Class::Endpoints, "members:1"), profile(here, "ada"));
    for name in [&short, &long] {
        sets(&shelf.one, name, &kept(1, "something")).await;
    }
    while gets(&shelf.other, &short).await.is_some() {
        tokio::task::yield_now().await;
    }
    assert!(gets(&shelf.other, &long).await.is_some());
}

/// However much there is.
pub async fn a_pattern_drops_what_fits_and_nothing_else(shelf: Shelf) {
    const MANY: usize = 1_500;
    for number in [6, 7, 8] {
        let here = workspace(number);
        let name = |class, at: usize| Name::of(here, class, &at.to_string());
        let profiles = (0..MANY).map(|at| (name(Class::Profiles, at), kept(1, "a")));
        let all: Vec<_> = profiles.chain([(name(Class::ChannelMembers, 0), kept(1, "b"))]).collect();
        shelf.one.set(&all).await.expect("it is there");
    }
    let drops = async |pattern: &str| {
        let pattern: Pattern = pattern.parse().expect("a pattern");
        shelf.other.invalidate(&pattern).await.expect("it is there")
    };
    let left = async |number| gets(&shelf.one, &profile(workspace(number), "17")).await.is_some();
    assert_eq!(drops("nothing:fits:*").await, 0);
    assert_eq!(drops(&format!("{{{}}}:profiles:*", workspace(6))).await, MANY as u64);
    assert_eq!((left(6).await, left(7).await), (false, true));
    assert_eq!(drops("*:profiles:1?").await, 20, "of both that are left");
    assert_eq!((left(7).await, left(8).await), (false, false));
    assert_eq!(drops("*").await, 2 * (MANY as u64 - 10) + 3);
}

/// One that nobody can ask, or who never answers.
pub struct Away {
    pub never: bool,
    pub asked: AtomicUsize,
}

#[async_trait]
impl Cache for Away {
    async fn get(&self, _: &[Name]) -> Result<Vec<Option<Kept>>, CacheError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.never {
            std::future::pending::<()>().await;
        }
        Err(CacheError("it is gone".into()))
    }
    async fn set(&self, _: &[(Name, Kept)]) -> Result<(), CacheError> {
        Err(CacheError("it is gone".into()))
    }
    async fn invalidate(&self, _: &Pattern) -> Result<u64, CacheError> {
        Err(CacheError("it is gone".into()))
    }
}

/// The contract of a level, and the promises to a reader: each a test of its own, or all of them one after the other on servers
/// that take long to start.
#[macro_export]
macro_rules! cache_contract {
    ($backend:ident: $make:expr) => {
        mod $backend {
            $crate::cache_contract!(@list @tests { $make });
        }
    };
    (one after the other: $make:expr) => {
        $crate::cache_contract!(@list @each { $make })
    };
    (@list @$how:ident $make:tt) => {
        $crate::cache_contract! { @$how $make
            what_one_keeps_every_node_has
            what_is_not_there_is_none_in_its_place
            what_is_kept_again_is_the_later
            each_class_leaves_after_its_time
            a_pattern_drops_what_fits_and_nothing_else
            nothing_older_than_its_reader_saw_is_answered
            as_it_was_then_shows_nothing_later
            another_history_is_never_answered_from
            what_was_missed_is_not_believed
            who_began_to_follow_later_asks_anew
            a_hit_below_fills_what_is_above
            concurrent_misses_make_one_query
            who_waited_for_one_who_gave_up_asks_themselves
        }
    };
    (@each { $make:expr } $($name:ident)+) => {{
        $($crate::cache::$name($make.await).await;)+
    }};
    (@tests { $make:expr } $($name:ident)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            $crate::cache::$name($make.await).await;
        })+
    };
}
