//! Servers that speak TLS alone and let nobody in without a password: everything a node does with them, and who is sent away.

use domain::{Key, Stamp};
use futures_util::StreamExt;
use live::presence::Presence;
use live::redis::{Settings, SharedHall, Tls};
use live::{Bus, Face, Heard, Here};
use testkit::bus::{account, commit, said, workspace};
use testkit::redises::{self, PASSWORD};
use testkit::{Redises, Shape};

/// A user who may do nothing else: the bus, who is here, limits.
async fn a_node_does_everything(settings: Settings) {
    let (one, other) = (redises::node(settings.clone()), redises::node(settings));
    redises::is_there(&one).await;
    redises::is_there(&other).await;
    one.ping().await.expect("it answers");

    let here = workspace(1);
    let mut hearing = other.subscribe(here).await.expect("a bus that is there");
    let told = commit(here, 7, vec![said(here, 1, "under seal")]);
    one.publish(&told).await.expect("published");
    while hearing.next().await.expect("the bus goes on") != Heard::Commit(told.clone()) {}

    let (hall, porter) = SharedHall::new(one.clone());
    let (beside, _) = SharedHall::new(other.clone());
    tokio::spawn(porter.run(std::future::pending()));
    let (ada, device) = (account(1), Key::new(Stamp(1), [1; 10]));
    let came = Here { workspace: here, account: ada, device, face: Face::Here };
    hall.report(Key::new(Stamp(1), [2; 10]), &[came]).await.expect("reported");
    while beside.look(here, &[ada]).await.expect("looked") != [(ada, Face::Here)] {}

    // Long enough that it is not empty again before the other asks.
    let minute = Stamp::MINUTE;
    let bucket = async |redis: &live::redis::Redis| {
        redis.count("ada", Stamp(1), minute, minute).await.expect("counted").early_us
    };
    assert_eq!(bucket(&one).await, None);
    assert_eq!(bucket(&other).await, Some(minute), "one count for both");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signed_in_over_tls_a_node_does_everything_with_one_server() {
    let redises = Redises::sealed(Shape::Single);
    a_node_does_everything(redises.settings()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signed_in_over_tls_a_node_does_everything_with_a_cluster_of_which_three_are_named() {
    let redises = Redises::sealed(Shape::Cluster);
    let mut settings = redises.settings();
    settings.servers.truncate(3);
    a_node_does_everything(settings).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_who_they_should_be_is_not_spoken_to_and_no_password_is_told() {
    let redises = Redises::sealed(Shape::Single);
    let good = redises.settings();
    let wrong = "the-wrong-word";
    for (settings, why) in [
        (Settings { password: Some(wrong.into()), ..good.clone() }, "WRONGPASS"),
        (Settings { user: None, password: None, ..good.clone() }, "NOAUTH"),
        // Nobody this machine believes vouches for it.
        (Settings { tls: Some(Tls { root: None }), ..good.clone() }, "ertificate"),
        (Settings { tls: None, ..good }, ""),
    ] {
        let redis = redises::node(settings);
        let told = loop {
            match redis.trouble() {
                Some(told) if told != "not connected yet" => break told,
                _ => tokio::task::yield_now().await,
            }
        };
        assert!(told.contains(why), "{why}: {told}");
        assert!(!told.contains(wrong) && !told.contains(PASSWORD), "{told}");
        assert!(redis.ping().await.is_err());
    }
}
