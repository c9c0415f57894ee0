//! Seeded schedules of a fleet with sockets: a hundred here, ten thousand by `make schedules`.

use fleet::{Mistake, Scene, Tally, run};

/// On a thread and in a time of its own.
fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

/// Schedules that found something once: who came in behind somebody else's state was never told what lay between; who was
/// made a guest heard a moment longer what members hear, and who was one no more a moment longer what guests do; the tail
/// told who had been away as somebody else what they are now; who was answered that the outcome is not known was told of it
/// before they asked again, as is right.
const FOUND: [u64; 10] = [516, 781, 832, 1_091, 5_905, 8_413, 8_885, 9_507, 9_630, 611_518];

fn schedules(seeds: impl IntoIterator<Item = u64>, mistake: Option<Mistake>) -> Vec<Tally> {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let scene = alone(Scene::set());
    seeds.into_iter().map(|seed| alone(run(seed, &scene, folder.path(), mistake))).collect()
}

fn sum(tallies: Vec<Tally>) -> Tally {
    tallies.into_iter().fold(Tally::default(), |mut sum, tally| {
        sum.add(tally);
        sum
    })
}

#[test]
fn whatever_dies_and_whatever_is_lost_every_device_ends_where_a_fresh_look_is() {
    let seeds = || (0..100).chain(FOUND);
    for (seed, tally) in seeds().zip(schedules(seeds(), None)) {
        assert!(tally.wrongs.is_none(), "seed {seed}: {:?} {:#?}", tally.wrongs, tally.words);
    }
}

#[test]
fn the_same_seed_does_the_same_again() {
    let traces = |tallies: Vec<Tally>| tallies.into_iter().map(|tally| tally.trace).collect::<Vec<_>>();
    assert_eq!(traces(schedules(0..20, None)), traces(schedules(0..20, None)));
}

#[test]
fn a_feed_that_never_looks_for_what_was_lost_is_found_out() {
    assert!(sum(schedules(0..5, Some(Mistake::NobodyLooks))).wrongs.diverged > 0);
}

#[test]
fn a_bus_that_says_everything_is_for_everyone_is_found_out() {
    assert!(sum(schedules(0..5, Some(Mistake::EverythingForEveryone))).wrongs.leaked > 0);
}

#[test]
fn a_device_that_says_it_is_where_it_was_is_told_twice() {
    assert!(sum(schedules(0..5, Some(Mistake::OldPlace))).wrongs.doubled > 0);
}

#[test]
fn a_device_that_lets_its_own_rows_pass_by_is_found_out() {
    let told = sum(schedules(0..5, Some(Mistake::OwnPassesBy)));
    assert!(told.wrongs.diverged > 0 && told.words.iter().any(|words| words.contains("its own")), "{told:?}");
}
