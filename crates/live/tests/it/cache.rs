//! What was read lately, in one process: the contract, and a shared level that is gone or never answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::EventKind;
use live::Listener;
use live::cache::{Asked, Cached};
use testkit::bus::{account, workspace};
use testkit::cache::{Away, Reader, mark, settings};

testkit::cache_contract!(in_process: async { testkit::cache::Shelf::in_process() });

/// A reader is answered by the database, and the level that failed is left alone for a moment.
#[tokio::test(start_paused = true)]
async fn a_shared_level_that_is_gone_or_never_answers_holds_nobody_up_for_long() {
    for never in [false, true] {
        let away = Arc::new(Away { never, asked: AtomicUsize::new(0) });
        let here = workspace(1);
        let reader = Reader::over(away.clone(), here, mark(7, 10));
        let at_least = |position| Asked::AtLeast(here, mark(7, position));
        for position in 11..30 {
            reader.hears(position, EventKind::MemberChanged, account(1));
            let text = format!("Ada {position}");
            assert_eq!(reader.reads(at_least(position), (mark(7, position), &text)).await, text);
        }
        assert_eq!(reader.cost(), 19, "she changed each time");
        assert_eq!(away.asked.load(Ordering::SeqCst), 1, "nobody asks again just now");
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        reader.hears(30, EventKind::MemberChanged, account(1));
        reader.reads(at_least(30), (mark(7, 30), "Ada")).await;
        assert_eq!(away.asked.load(Ordering::SeqCst), 2);
    }
}

/// One process, nobody to share with.
#[tokio::test]
async fn without_a_shared_level_a_process_remembers_by_itself_and_drops_what_it_is_told_to() {
    let (cached, _carrier) = Cached::new(settings(), None);
    let here = workspace(2);
    cached.began(here, mark(7, 10));
    let reader = Reader::of(cached, here);
    let asked = Asked::AtLeast(here, mark(7, 10));
    for text in ["Ada", "unasked"] {
        assert_eq!(reader.reads(asked, (mark(7, 10), text)).await, "Ada");
    }
    let pattern = "*:profiles:*".parse().expect("a pattern");
    assert_eq!(reader.cached.invalidate(&pattern).await, Ok(1));
    assert_eq!(reader.reads(asked, (mark(7, 10), "read anew")).await, "read anew");
}
