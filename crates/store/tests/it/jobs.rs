//! Work for later: made once, run by one, tried three times, taken over from the dead three times.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{Key, Position, Stamp, WorkspaceId};
use store::Engine;
use store::clock::Clock;
use store::job::{Claim, Fate, Length, NewJob, claim, dead, length, make, retry};
use store::upkeep::drop_finished_jobs;
use testkit::{Ground, Team, on_every_engine};

use crate::hands::{by_hand, number};

const ADA: Key = Key([1; 16]);
const BOB: Key = Key([2; 16]);

fn job(workspace: WorkspaceId, position: u64, due: Stamp) -> NewJob {
    let position = Position(position);
    NewJob { queue: "notify", workspace, position, n: "1".into(), body: format!("at {position}"), due }
}

/// A few jobs, all due by now.
async fn due_jobs(ground: &Ground, engine: &dyn Engine, count: u64) -> Vec<NewJob> {
    let workspace = WorkspaceId::new(store::clock::new_key(&ground.clock));
    let now = ground.clock.now().plus(-Stamp::SECOND);
    let jobs: Vec<_> = (1..=count).map(|position| job(workspace, position, now)).collect();
    assert_eq!(make(engine, &jobs).await, Ok(count));
    jobs
}

async fn takes(engine: &dyn Engine, holder: Key, most: usize) -> Vec<Claim> {
    claim(engine, "notify", holder, most).await.expect("the database answers")
}

async fn takes_one(engine: &dyn Engine, holder: Key) -> Claim {
    takes(engine, holder, 10).await.pop().expect("one is due")
}

on_every_engine! {
    async fn a_job_made_twice_is_made_once_even_when_it_is_done(ground: Ground) {
        let engine = ground.engine().await;
        let engine = engine.as_ref();
        let jobs = due_jobs(&ground, engine, 3).await;
        assert_eq!(make(engine, &jobs).await, Ok(0));
        for claim in takes(engine, ADA, 10).await {
            assert_eq!(claim.finish(engine).await, Ok(true));
        }
        assert_eq!(make(engine, &jobs).await, Ok(0), "done is done");
        assert_eq!(takes(engine, ADA, 10).await, []);
        assert_eq!(jobs[0].id(), format!("notify/{}/1/1", jobs[0].workspace));
    }

    async fn what_is_due_is_claimed_earliest_first_and_what_is_not_waits(ground: Ground) {
        let engine = ground.engine().await;
        let engine = engine.as_ref();
        let workspace = WorkspaceId::new(store::clock::new_key(&ground.clock));
        let at = |seconds: i64| ground.clock.now().plus(seconds * Stamp::SECOND);
        let jobs = [job(workspace, 1, at(60)), job(workspace, 2, at(-2)), job(workspace, 3, at(-3))];
        make(engine, &jobs).await.expect("made");
        assert_eq!(length(engine, "notify").await, Ok(Length { due: 2, later: 1 }));
        let first = takes(engine, ADA, 1).await;
        assert_eq!(first.iter().map(|claim| claim.position).collect::<Vec<_>>(), [Position(3)]);
        assert_eq!(takes_one(engine, ADA).await.position, Position(2));
        assert!(takes(engine, ADA, 10).await.is_empty());
        ground.clock.advance(61 * Stamp::SECOND);
        let late = takes(engine, BOB, 1).await;
        assert_eq!(late.len(), 1);
        assert!(claim(engine, "another", ADA, 10).await.expect("asked").is_empty(), "another queue");
    }

    async fn of_many_who_reach_for_jobs_at_once_each_job_goes_to_one(ground: Ground) {
        let engine = ground.engine().await;
        let jobs = due_jobs(&ground, engine.as_ref(), 200).await;
        let takers = (0..8u8).map(|taker| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let some = takes(engine.as_ref(), Key([taker; 16]), 10).await;
                    if some.is_empty() {
                        return mine;
                    }
                    mine.extend(some);
                }
            })
        });
        let mut taken = Vec::new();
        for taker in takers.collect::<Vec<_>>() {
            taken.extend(taker.await.expect("it ends").into_iter().map(|claim| claim.id));
        }
        // Whoever finds the rest in other hands goes home early; what they left is there for the next.
        taken.extend(takes(engine.as_ref(), ADA, 200).await.into_iter().map(|claim| claim.id));
        assert_eq!(taken.len(), 200);
        let wanted: BTreeSet<_> = jobs.iter().map(NewJob::id).collect();
        assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), wanted);
    }

    async fn a_job_that_fails_is_tried_after_two_and_four_seconds_and_then_laid_aside(ground: Ground) {
        let engine = ground.engine().await;
        let engine = engine.as_ref();
        due_jobs(&ground, engine, 1).await;
        for (attempts, seconds) in [(0, 2), (1, 4)] {
            let claim = takes_one(engine, ADA).await;
            assert_eq!(claim.attempts, attempts);
            let before = ground.clock.now();
            let Ok(Fate::Again(due)) = claim.fail(engine, "no answer").await else { panic!("it is tried again") };
            let failed = (before..=ground.clock.now()).contains(&due.plus(-seconds * Stamp::SECOND));
            assert!(failed, "{due:?} is not {seconds} s after {before:?}");
            assert!(takes(engine, ADA, 10).await.is_empty(), "not before");
            ground.clock.advance(seconds * Stamp::SECOND);
        }
        let last = takes_one(engine, BOB).await;
        assert_eq!(last.fail(engine, "still \0 no answer").await, Ok(Fate::Dead));
        ground.clock.advance(Stamp::HOUR);
        assert!(takes(engine, ADA, 10).await.is_empty(), "a dead letter waits for a person");

        let letters = dead(engine, "", 10).await.expect("listed");
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].attempts, letters[0].error.as_deref()), (3, Some("still  no answer")));
        assert_eq!(dead(engine, &letters[0].id, 10).await, Ok(Vec::new()), "listed by pages");
        assert_eq!(retry(engine, &letters[0].id).await, Ok(true));
        assert_eq!(retry(engine, &letters[0].id).await, Ok(false), "it is no dead letter any more");
        let again = takes_one(engine, ADA).await;
        assert_eq!((again.attempts, again.strikes), (0, 0));
        assert_eq!(again.finish(engine).await, Ok(true));
    }

    async fn a_job_is_taken_over_thirty_seconds_after_its_holder_was_last_heard_of_and_three_times_at_most(ground: Ground) {
        let engine = ground.engine().await;
        let engine = engine.as_ref();
        due_jobs(&ground, engine, 1).await;
        let first = takes_one(engine, ADA).await;
        let almost = ground.clock.almost(30 * Stamp::SECOND);
        ground.clock.advance(almost);
        assert!(takes(engine, BOB, 10).await.is_empty(), "it is held");
        assert_eq!(first.renew(engine).await, Ok(true));
        ground.clock.advance(almost);
        assert!(takes(engine, BOB, 10).await.is_empty(), "it was renewed");
        let mut holder = first;
        for strikes in 1..=3 {
            ground.clock.advance(31 * Stamp::SECOND);
            let next = takes_one(engine, BOB).await;
            assert_eq!(next.strikes, strikes);
            assert_eq!(holder.renew(engine).await, Ok(false), "whoever comes back late has nothing");
            assert_eq!(holder.finish(engine).await, Ok(false));
            assert_eq!(holder.fail(engine, "late").await, Ok(Fate::Lost));
            holder = next;
        }
        ground.clock.advance(31 * Stamp::SECOND);
        assert!(takes(engine, ADA, 10).await.is_empty());
        let letters = dead(engine, "", 10).await.expect("listed");
        assert_eq!(letters.iter().map(|letter| letter.strikes).collect::<Vec<_>>(), [3]);
        assert!(letters[0].error.is_some(), "it says why");
    }

    async fn a_finished_job_stays_until_the_floor_has_passed_its_event(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        let due = node.now().plus(-Stamp::SECOND);
        let jobs = [job(team.workspace, 1, due), job(team.workspace, 2, due), job(team.workspace, 3, due)];
        make(engine, &jobs).await.expect("made");
        for claim in takes(engine, ADA, 10).await.into_iter().take(2) {
            claim.finish(engine).await.expect("finished");
        }
        assert_eq!(drop_finished_jobs(engine).await, Ok(0), "their events are still there");
        let raise = "UPDATE head SET floor = 1 WHERE workspace = $1";
        by_hand(engine, raise, vec![domain::cell::Value::of(&team.workspace)]).await;
        assert_eq!(drop_finished_jobs(engine).await, Ok(1));
        assert_eq!(number(engine, "SELECT count(*) FROM job").await, 2);
        node.stop().await;
    }
}
