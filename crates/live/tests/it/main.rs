//! The bus and the feed, with every kind of trouble.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

mod cache;
mod feed;
mod hall;
mod wire;

testkit::bus_contract!(in_process: async {
    let bus = std::sync::Arc::new(live::InProcess::default());
    testkit::bus::contract::Station { one: bus.clone(), other: bus, between: Box::new(testkit::bus::contract::Nothing) }
});
