//! Whatever becomes of Redis, everyone hears everything once.

use testkit::Shape;

use crate::pair::{Pair, Talk};

/// All is well, and no journal is read for it.
async fn on_a_good_day(shape: Shape) {
    let pair = Pair::on(shape).await;
    let mut talk = pair.talkers().await;
    pair.hear_each_other().await;
    talk.goes_on(40).await;
    talk.is_heard().await;
}

/// People talk and hear each other, and a node finds out that something is wrong: whichever comes first, since by the time
/// everything was heard another server may have taken over.
async fn goes_on_until_it_is_noticed(pair: &Pair, talk: &mut Talk) {
    let talked = async {
        talk.goes_on(10).await;
        talk.is_heard().await;
    };
    tokio::join!(pair.is_noticed(), talked);
}

/// A server dies while people talk, and the bus comes back without anybody's help.
async fn the_server_is_killed(shape: Shape) {
    let pair = Pair::on(shape).await;
    let mut talk = pair.talkers().await;
    pair.hear_each_other().await;
    talk.goes_on(10).await;
    let workspace = pair.plazas[0].town.team.workspace;
    let server = pair.redis[0].server_of(workspace).expect("it is there");
    let number = pair.redises.number_of(&server);
    pair.redises.kill(number);
    goes_on_until_it_is_noticed(&pair, &mut talk).await;
    if shape == Shape::Single {
        pair.redises.start_again(number);
    }
    pair.hear_each_other().await;
    assert_eq!(
        pair.redis[0].server_of(workspace) == Some(server),
        shape == Shape::Single,
        "another took over"
    );
    talk.goes_on(10).await;
    talk.is_heard().await;
    if shape != Shape::Single {
        // It comes back as a replica of whoever took its place, and that disturbs nobody.
        pair.redises.start_again(number);
        talk.goes_on(10).await;
        pair.hear_each_other().await;
    }
    talk.goes_on(10).await;
    talk.is_heard().await;
}

/// It stands still, with every line open, and goes on.
async fn the_server_stands_still(shape: Shape) {
    let pair = Pair::on(shape).await;
    let mut talk = pair.talkers().await;
    pair.hear_each_other().await;
    talk.goes_on(10).await;
    let workspace = pair.plazas[0].town.team.workspace;
    let server = pair.redis[0].server_of(workspace).expect("it is there");
    let number = pair.redises.number_of(&server);
    pair.redises.pause(number);
    goes_on_until_it_is_noticed(&pair, &mut talk).await;
    if shape == Shape::Single {
        pair.redises.resume(number);
        pair.hear_each_other().await;
    } else {
        pair.hear_each_other().await;
        assert_ne!(pair.redis[0].server_of(workspace), Some(server), "another took over");
        talk.goes_on(10).await;
        // It wakes up and takes itself for a primary, until it is told.
        pair.redises.resume(number);
    }
    talk.goes_on(20).await;
    talk.is_heard().await;
    pair.hear_each_other().await;
    talk.goes_on(20).await;
    talk.is_heard().await;
}

/// One that was never there: people of one node are not held up, and those of the other hear it all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_everyone_hears_everything_a_little_later() {
    let pair = Pair::on(Shape::Single).await;
    pair.redises.kill(1);
    pair.is_noticed().await;
    let mut talk = pair.talkers().await;
    talk.goes_on(20).await;
    talk.is_heard().await;
}

macro_rules! on_every_shape {
    ($($module:ident: $shape:ident),+) => {$(
        mod $module {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn everyone_on_both_nodes_hears_everything_once() {
                super::on_a_good_day(testkit::Shape::$shape).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn when_its_server_is_killed_nobody_misses_or_doubles_an_event() {
                super::the_server_is_killed(testkit::Shape::$shape).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn when_its_server_stands_still_and_goes_on_nobody_misses_or_doubles_an_event() {
                super::the_server_stands_still(testkit::Shape::$shape).await;
            }
        }
    )+};
}

on_every_shape!(single: Single, sentinel: Sentinel, cluster: Cluster);
