//! What all nodes remember together, on one Redis and on a cluster.

use testkit::cache::Shelf;
use testkit::{Redises, Shape};

testkit::cache_contract!(single: testkit::cache::Shelf::on(testkit::Redises::start(testkit::Shape::Single)));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_cluster_every_promise_of_the_cache_is_kept() {
    let redises = Redises::start(Shape::Cluster);
    testkit::cache_contract!(one after the other: Shelf::on(redises.clone()));
}
