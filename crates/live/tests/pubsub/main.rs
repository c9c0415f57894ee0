//! The bus on real Redis servers: one, below sentinels, and a cluster with sharded channels.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

testkit::bus_contract!(
    single: testkit::redises::station(testkit::Shape::Single),
    sentinel: testkit::redises::station(testkit::Shape::Sentinel),
    cluster: testkit::redises::station(testkit::Shape::Cluster),
);
