//! A whole fleet in one process, on one thread, by a seed: API nodes and gateways on one database, the gateway's own
//! cores with real sockets, a bus in bad weather, processes that die, devices that hang up, stop reading, come back. At
//! the end every device holds what a fresh look shows, and was told nothing it could not see, nothing twice and nothing
//! out of order. The same seed does the same again.
//!
//! **Invariant.** Nothing here goes by the machine's clock, by chance of its own or by the order of a hash.

#![allow(clippy::disallowed_methods, reason = "what a schedule starts lives as long as its runtime")]

mod deed;
mod device;
mod ether;
mod hear;
mod node;
mod scene;
mod settle;
mod stage;
mod step;
mod tally;
mod truth;

use std::path::Path;

pub use ether::Mishaps;
pub use scene::Scene;
pub use tally::{Tally, Wrongs};

use stage::Stage;

/// A mistake made on purpose, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// What the bus lost is never looked for.
    NobodyLooks,
    /// The bus says that everything is for everyone.
    EverythingForEveryone,
    /// A device says of itself that it is where it was before.
    OldPlace,
    /// A device lets the rows that are its own pass by, and says that it has them.
    OwnPassesBy,
}

/// One schedule, in a folder of its own. Its runtime has one thread and a clock that stands still.
pub async fn run(seed: u64, scene: &Scene, folder: &Path, mistake: Option<Mistake>) -> Tally {
    let mut stage = Stage::open(seed, scene, folder, mistake).await;
    stage.plays().await;
    stage.settles().await;
    stage.close().await
}
