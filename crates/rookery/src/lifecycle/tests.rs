use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::*;

const DRAIN: Duration = Duration::from_secs(10);

/// An operator whose signals come at these seconds (not at 0), then never again.
fn operator(at: &'static [u64]) -> impl FnMut() -> futures_util::future::BoxFuture<'static, &'static str> {
    let start = Instant::now();
    let mut left = at.iter();
    // A signal that was waited for and dropped is asked for again: it comes all the same.
    let mut current = left.next();
    move || {
        while current.is_some_and(|second| start + Duration::from_secs(*second) <= Instant::now()) {
            current = left.next();
        }
        match current {
            Some(second) => Box::pin(async move {
                tokio::time::sleep_until(start + Duration::from_secs(*second)).await;
                "a signal"
            }),
            None => Box::pin(pending()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_soft_stop_waits_for_what_is_under_way() {
    let lifecycle = Lifecycle::new(DRAIN);
    let said_goodbye = Arc::new(AtomicBool::new(false));
    let said = said_goodbye.clone();
    lifecycle.spawn("gateway", |stop| async move {
        stop.soft().await;
        sleep(Duration::from_secs(9)).await;
        said.store(true, Ordering::SeqCst);
        Ok(())
    });
    assert_eq!(lifecycle.until_stopped(operator(&[5])).await, Ending::Drained);
    assert!(said_goodbye.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_soft_stop_ends_at_its_limit_and_names_who_was_left() {
    let lifecycle = Lifecycle::new(DRAIN);
    lifecycle.spawn("stubborn", |_| pending());
    lifecycle.spawn("quick", |stop| async move {
        stop.soft().await;
        Ok(())
    });
    let start = Instant::now();
    assert_eq!(lifecycle.until_stopped(operator(&[5])).await, Ending::Left(vec!["stubborn"]));
    assert_eq!(start.elapsed(), Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_is_a_hard_stop() {
    let lifecycle = Lifecycle::new(DRAIN);
    lifecycle.spawn("stubborn", |_| pending());
    let start = Instant::now();
    assert_eq!(lifecycle.until_stopped(operator(&[5, 7])).await, Ending::Left(vec!["stubborn"]));
    assert_eq!(start.elapsed(), Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_hard_stop_drops_what_a_task_holds() {
    struct Socket(Arc<AtomicBool>);
    impl Drop for Socket {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let lifecycle = Lifecycle::new(DRAIN);
    let closed = Arc::new(AtomicBool::new(false));
    let socket = Socket(closed.clone());
    lifecycle.spawn("stubborn", |_| async move {
        pending::<()>().await;
        drop(socket);
        Ok(())
    });
    lifecycle.until_stopped(operator(&[1, 2])).await;
    assert!(closed.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_is_named_and_the_others_stop_softly() {
    let lifecycle = Lifecycle::new(DRAIN);
    let drained = Arc::new(AtomicBool::new(false));
    let done = drained.clone();
    lifecycle.spawn("writer", |_| async { panic!("no disk") });
    lifecycle.spawn("gateway", |stop| async move {
        stop.soft().await;
        done.store(true, Ordering::SeqCst);
        Ok(())
    });
    let ending = lifecycle.until_stopped(operator(&[])).await;
    assert_eq!(ending, Ending::Failed { task: "writer", why: "panicked: no disk".to_owned() });
    assert!(drained.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_is_the_reason_and_later_ones_are_not() {
    let lifecycle = Lifecycle::new(DRAIN);
    lifecycle.spawn("writer", |_| async { Err("no disk".into()) });
    lifecycle.spawn("gateway", |stop| async move {
        stop.soft().await;
        Err("nobody to send to".into())
    });
    let ending = lifecycle.until_stopped(operator(&[])).await;
    assert_eq!(ending, Ending::Failed { task: "writer", why: "no disk".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn work_is_finished_even_if_the_caller_leaves() {
    let lifecycle = Lifecycle::new(DRAIN);
    let (may_end, delivered) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let (wait, done) = (may_end.clone(), delivered.clone());
    let send = async move {
        wait.notified().await;
        done.store(true, Ordering::SeqCst);
    };
    let caller = tokio::time::timeout(Duration::from_secs(1), lifecycle.finish("send", send));
    assert!(caller.await.is_err(), "the caller left");
    may_end.notify_one();
    assert_eq!(lifecycle.until_stopped(operator(&[1])).await, Ending::Drained);
    assert!(delivered.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn work_asked_for_gives_its_answer_and_says_so_when_it_was_abandoned() {
    let lifecycle = Lifecycle::new(DRAIN);
    assert_eq!(lifecycle.finish("send", async { 7 }).await, Ok(7));
    #[expect(clippy::disallowed_methods, reason = "a caller of its own, which the test awaits")]
    let waiting = tokio::spawn({
        let lifecycle = lifecycle.clone();
        async move { lifecycle.finish("send", pending::<u8>()).await }
    });
    lifecycle.until_stopped(operator(&[1, 2])).await;
    assert_eq!(waiting.await.expect("no panic"), Err(Abandoned));
}

#[tokio::test(start_paused = true)]
async fn what_others_stand_on_ends_after_them() {
    let lifecycle = Lifecycle::new(DRAIN);
    let said = Arc::new(Mutex::new(Vec::new()));
    let (first, last) = (said.clone(), said.clone());
    lifecycle.spawn_base("store", |stop| async move {
        stop.soft().await;
        last.lock().expect("whole").push("store");
        Ok(())
    });
    lifecycle.spawn("gateway", |stop| async move {
        stop.soft().await;
        sleep(Duration::from_secs(3)).await;
        first.lock().expect("whole").push("gateway");
        Ok(())
    });
    assert_eq!(lifecycle.until_stopped(operator(&[1])).await, Ending::Drained);
    assert_eq!(*said.lock().expect("whole"), ["gateway", "store"]);
}

#[tokio::test]
async fn blocking_work_gives_its_answer_and_a_panic_its_words() {
    let lifecycle = Lifecycle::new(DRAIN);
    assert_eq!(lifecycle.on_thread("copy", || 7).await.expect("done"), 7);
    let panicked = lifecycle.on_thread("copy", || panic!("no disk")).await;
    assert_eq!(panicked.map(|()| 0).expect_err("it panicked").to_string(), "panicked: no disk");
}
