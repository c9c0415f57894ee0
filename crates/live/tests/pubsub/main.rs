//! The bus on real Redis servers: one, below sentinels, a cluster with sharded channels; and one that asks who one is.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

mod cache;
mod sealed;

testkit::bus_contract!(
    single: testkit::redises::station(testkit::Redises::start(testkit::Shape::Single)),
    sentinel: testkit::redises::station(testkit::Redises::start(testkit::Shape::Sentinel)),
    cluster: testkit::redises::station(testkit::Redises::start(testkit::Shape::Cluster)),
    sealed_cluster: testkit::redises::station(testkit::Redises::sealed(testkit::Shape::Cluster)),
);
