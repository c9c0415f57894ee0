//! The bus and the feed, with every kind of trouble.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]

mod feed;
mod hall;
mod wire;

testkit::bus_contract!(in_process: async { std::sync::Arc::new(live::InProcess::default()) as std::sync::Arc<dyn live::Bus> });
