//! Brings spans to a collector: OTLP over HTTP, in protobuf, a batch at a time.
//!
//! **Invariant.** Nobody waits for it: it takes from a bounded queue, and where the collector is away it tries again while the
//! queue fills and what has no place in it is counted.

mod batch;
mod line;
mod message;
mod target;

pub use batch::Exporter;
pub use message::Resource;
pub use target::{Settings, Wrong};
pub use traces::take;
