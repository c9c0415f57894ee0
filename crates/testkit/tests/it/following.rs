//! Invariant 9. Whatever befalls a follower, everyone is told of what calls them, and told once.

mod story;

use std::time::Duration;

use domain::Stamp;
use store::job::{dead, retry};
use store::upkeep::drop_finished_jobs;
use testkit::kill::killed_after;
use testkit::{Fault, Ground, on_every_engine};
use worker::{Share, Worker};

use story::Story;

const LAPSE: i64 = 31 * Stamp::SECOND;

/// A worker on one task dies at each of its awaits in turn; the next goes on from what it left.
async fn killed_everywhere(story: &mut Story, share: Share) {
    let mut polls = 0;
    loop {
        if polls % 25 == 0 {
            story.goes_on().await;
        }
        let ended = killed_after(polls, story.works(share)).await.is_some();
        // Whatever it held lapses.
        story.node.clock.advance(LAPSE);
        if ended {
            break;
        }
        polls += 1;
        assert!(polls < 10_000, "it never ends");
    }
    assert!(polls > 0, "something was awaited");
    // Who was killed over and over again left dead letters; somebody reads them and tries once more.
    for letter in dead(story.engine(), "", 1_000).await.expect("listed") {
        assert_eq!(retry(story.engine(), &letter.id).await, Ok(true));
    }
    story.works(share).await;
}

/// Everything up to the head leaves the journal.
async fn is_trimmed(story: &Story) {
    story.by_hand("UPDATE head SET floor = position").await;
    story.by_hand("DELETE FROM event WHERE position <= (SELECT floor FROM head h WHERE h.workspace = event.workspace)").await;
    drop_finished_jobs(story.engine()).await.expect("swept");
}

/// A follower dies as soon as it holds its slice.
async fn dies_holding(story: &Story, worker: &Worker) {
    let (mut polls, mut tries) = (0, 0);
    while story.number("SELECT count(*) FROM lease WHERE until_us > 0").await == 0 {
        polls += 1;
        // How many polls it takes to hold it is another number each time, so one may come past that and to the end.
        if killed_after(polls, worker.followings[0].level()).await.is_some() {
            polls = 0;
        }
        tries += 1;
        assert!(tries < 1_000, "it never holds it");
    }
}

on_every_engine! {
    async fn a_follower_killed_anywhere_rebuilt_or_trimmed_converges_to_the_state_and_makes_each_job_once(ground: Ground) {
        let mut story = Story::begin(ground.node().await).await;
        killed_everywhere(&mut story, Share::Slices(1)).await;
        story.is_as_it_should_be("killed at every await").await;

        story.goes_on().await;
        is_trimmed(&story).await;
        story.works(Share::Slices(1)).await;
        story.is_as_it_should_be("trimmed under it").await;

        story.goes_on().await;
        is_trimmed(&story).await;
        story.goes_on().await;
        killed_everywhere(&mut story, Share::Alone).await;
        story.is_as_it_should_be("trimmed, and killed at every await of the rebuild").await;

        story.goes_on().await;
        story.by_hand("UPDATE head SET epoch_before = epoch, epoch_from = position - 3, epoch = epoch + 1 WHERE position > 3").await;
        story.goes_on().await;
        story.works(Share::Slices(2)).await;
        story.is_as_it_should_be("another epoch").await;
        story.by_hand("UPDATE head SET epoch_before = epoch, epoch_from = 0, epoch = epoch + 1").await;
        story.works(Share::Alone).await;
        story.is_as_it_should_be("another epoch, and nothing in common").await;

        for fault in [Fault::OpenFails, Fault::LostBeforeCommit, Fault::AnswerLost, Fault::CommitLost, Fault::WriteFails] {
            story.goes_on().await;
            story.node.faults.plan(0, fault);
            story.works(Share::Alone).await;
            // A job that failed is tried again two seconds later.
            story.node.clock.advance(3 * Stamp::SECOND);
            story.works(Share::Alone).await;
            story.is_as_it_should_be("a commit that failed or was lost").await;
        }

        story.by_hand("DELETE FROM follow").await;
        story.by_hand("DELETE FROM job").await;
        story.works(Share::Alone).await;
        story.is_as_it_should_be("everything forgotten").await;
        story.node.stop().await;
    }

    async fn two_followers_at_once_and_one_whose_lease_is_gone_make_each_job_once(ground: Ground) {
        let mut story = Story::begin(ground.node().await).await;
        // Two that know nothing of each other, and so handle everything twice; jobs are run by both.
        let stop = tokio::sync::Notify::new();
        let workers = [story.worker(Share::Alone), story.worker(Share::Alone)];
        let (followings, runners): (Vec<_>, Vec<_>) =
            workers.into_iter().map(|worker| (worker.followings, worker.runners)).unzip();
        let stopped = || stop.notified();
        let following = followings.into_iter().flatten().map(|following| following.run(stopped()));
        let running = runners.into_iter().flatten().map(|runner| runner.run(stopped()));
        let work = async {
            tokio::join!(
                futures_util::future::join_all(following),
                futures_util::future::join_all(running),
            )
        };
        let talk = async {
            for _ in 0..10 {
                story.calls().await;
            }
            while story.told().await.len() < story.expected.len() {
                // Stamps run ahead of a clock that stands.
                story.node.clock.advance(Stamp::SECOND / 10);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            stop.notify_waiters();
        };
        tokio::join!(work, talk);
        story.is_as_it_should_be("two at once").await;

        // One holds the slice and stands still; its lease is taken from it.
        let (first, second) = (story.worker(Share::Slices(1)), story.worker(Share::Slices(1)));
        story.calls().await;
        dies_holding(&story, &first).await;
        story.node.clock.advance(Stamp::SECOND);
        story.by_hand("UPDATE lease SET until_us = 0").await;
        assert_eq!(second.followings[0].level().await, Ok(true));
        assert_eq!(first.followings[0].level().await, Ok(true), "the second gave it back");
        second.runners[0].drain().await.expect("the database answers");
        story.is_as_it_should_be("a lease lost on the way").await;
        story.node.stop().await;
    }

    async fn who_holds_a_slice_holds_it_alone_until_it_lapses(ground: Ground) {
        let mut story = Story::begin(ground.node().await).await;
        story.calls().await;
        let (first, second) = (story.worker(Share::Slices(1)), story.worker(Share::Slices(1)));
        dies_holding(&story, &first).await;
        assert_eq!(second.followings[0].level().await, Ok(false), "it is held");
        story.node.clock.advance(LAPSE);
        assert_eq!(second.followings[0].level().await, Ok(true));
        story.works(Share::Slices(1)).await;
        story.is_as_it_should_be("after the lapse").await;
        story.node.stop().await;
    }
}
