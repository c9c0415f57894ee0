//! Jobs as a worker runs them: ten at once, three tries, three strikes, and a soft stop that waits for them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::{Key, Position, Stamp, WorkspaceId};
use parking_lot::Mutex;
use store::Engine;
use store::clock::Clock;
use store::job::{Claim, NewJob, dead, make};
use testkit::ground::database::until;
use testkit::{Ground, on_every_engine};
use tokio::sync::{Notify, Semaphore};
use worker::{Ended, Runner, Work};

/// Work that is watched: how many at once, how often each, and how it ends.
struct Watched {
    ends: Ended,
    /// A job waits for one of these.
    leave: Semaphore,
    running: AtomicUsize,
    most: AtomicUsize,
    tries: Mutex<BTreeMap<Position, usize>>,
}

impl Watched {
    fn ending(ends: Ended, leave: usize) -> Arc<Self> {
        let leave = Semaphore::new(leave);
        Arc::new(Self {
            ends,
            leave,
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            tries: Mutex::default(),
        })
    }
    fn tries(&self) -> usize {
        self.tries.lock().values().sum()
    }
}

struct Shown(Arc<Watched>);

#[async_trait]
impl Work for Shown {
    fn queue(&self) -> &'static str {
        "watched"
    }
    async fn run(&self, job: &Claim) -> Ended {
        let running = self.0.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(running, Ordering::SeqCst);
        *self.0.tries.lock().entry(job.position).or_default() += 1;
        self.0.leave.acquire().await.expect("it stays open").forget();
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        self.0.ends.clone()
    }
}

fn runner(engine: &Arc<dyn Engine>, work: &Arc<Watched>, holder: u8) -> Runner<Shown> {
    Runner::new(Shown(work.clone()), engine.clone(), Key([holder; 16]), 10, Arc::new(Notify::new()))
}

async fn due(ground: &Ground, engine: &dyn Engine, count: u64) {
    let workspace = WorkspaceId::new(store::clock::new_key(&ground.clock));
    let due = ground.clock.now().plus(-Stamp::SECOND);
    let job = |position| NewJob {
        queue: "watched",
        workspace,
        position: Position(position),
        n: "1".into(),
        body: "{}".into(),
        due,
    };
    make(engine, &(1..=count).map(job).collect::<Vec<_>>()).await.expect("made");
}

on_every_engine! {
    async fn a_worker_runs_ten_jobs_at_once_and_ends_what_it_runs_when_it_is_stopped(ground: Ground) {
        let engine = ground.engine().await;
        due(&ground, engine.as_ref(), 35).await;
        let (work, stop) = (Watched::ending(Ended::Done, 0), Notify::new());
        let talk = async {
            until("ten run", || async { work.running.load(Ordering::SeqCst) == 10 }).await;
            work.leave.add_permits(10);
            until("the next ten run", || async { work.tries() == 20 }).await;
            assert_eq!(work.most.load(Ordering::SeqCst), 10, "never more");
            stop.notify_one();
            // Both are one task: a few turns, and the stop is known before the jobs may leave.
            for _ in 0..16 {
                tokio::task::yield_now().await;
            }
            work.leave.add_permits(10);
        };
        tokio::join!(runner(&engine, &work, 1).run(stop.notified()), talk);
        assert_eq!((work.running.load(Ordering::SeqCst), work.tries()), (0, 20), "what ran has ended, nothing new began");
        work.leave.add_permits(15);
        assert_eq!(runner(&engine, &work, 2).drain().await, Ok(15), "another goes on");
        assert!(work.tries.lock().values().all(|tries| *tries == 1));
    }

    async fn a_job_that_fails_is_tried_three_times_and_then_laid_aside_with_its_reason(ground: Ground) {
        let engine = ground.engine().await;
        due(&ground, engine.as_ref(), 1).await;
        let work = Watched::ending(Ended::Failed("the mail server is gone".into()), 100);
        let runner = runner(&engine, &work, 1);
        for (tries, wait) in [(1, 2), (2, 4), (3, 3_600)] {
            assert_eq!((runner.drain().await, work.tries()), (Ok(1), tries));
            let almost = ground.clock.almost(wait * Stamp::SECOND);
            ground.clock.advance(almost);
            assert_eq!(runner.drain().await, Ok(0), "not before its time");
            ground.clock.advance(wait * Stamp::SECOND - almost + Stamp::SECOND / 2);
        }
        assert_eq!(runner.drain().await, Ok(0));
        let letters = dead(engine.as_ref(), "", 10).await.expect("listed");
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].error.as_deref(), Some("the mail server is gone"));
    }

    async fn a_job_that_kills_whoever_runs_it_is_laid_aside_after_three_strikes(ground: Ground) {
        let engine = ground.engine().await;
        due(&ground, engine.as_ref(), 1).await;
        let work = Watched::ending(Ended::Done, 0);
        for strikes in 0..=3 {
            let runner = runner(&engine, &work, strikes);
            // It dies as soon as the job has begun.
            tokio::select! {
                _ = runner.drain() => panic!("nothing lets it end"),
                () = until("it runs", || async { work.tries() > usize::from(strikes) }) => {}
            }
            let other = runner.drain().await;
            assert_eq!(other, Ok(0), "it is held");
            ground.clock.advance(31 * Stamp::SECOND);
        }
        assert_eq!((runner(&engine, &work, 9).drain().await, work.tries()), (Ok(0), 4));
        let letters = dead(engine.as_ref(), "", 10).await.expect("listed");
        assert_eq!(letters.iter().map(|letter| letter.strikes).collect::<Vec<_>>(), [3]);
    }

    async fn what_is_not_to_be_done_now_is_put_back_and_counts_as_no_try(ground: Ground) {
        let engine = ground.engine().await;
        due(&ground, engine.as_ref(), 1).await;
        let later = Ended::NotNow(std::time::Duration::from_secs(1));
        let work = Watched::ending(later, 100);
        let runner = runner(&engine, &work, 1);
        for tries in 1..=5 {
            assert_eq!((runner.drain().await, work.tries()), (Ok(1), tries));
            ground.clock.advance(2 * Stamp::SECOND);
        }
        assert_eq!(dead(engine.as_ref(), "", 10).await, Ok(Vec::new()));
    }
}
