//! What happens behind people's backs: followers of the journals, and the jobs they make.
//!
//! **Invariant.** A follower only makes jobs, and makes each under the id of what asks for it; whatever a job does is a
//! command like anybody's, judged when it is done. So both may be killed, doubled and repeated anywhere.

mod follower;
mod following;
mod notifier;
mod place;
mod runner;
mod stop;

use std::sync::Arc;
use std::time::Duration;

use domain::Key;
use service::Service;
use tokio::sync::Notify;

pub use follower::{Follower, Gap};
pub use following::{Following, Share};
pub use notifier::Notifier;
pub use runner::{Ended, Runner, Work};

/// How a worker is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names this process among those that hold leases and jobs.
    pub holder: Key,
    pub share: Share,
    /// Jobs at once.
    pub concurrency: usize,
    /// How long after a message somebody is told of it who did not choose for themselves.
    pub notify_after: Duration,
}

/// Its parts, each to be run by whoever owns tasks.
pub struct Worker {
    pub followings: Vec<Following<Notifier>>,
    /// One a shard: jobs lie where their workspaces do.
    pub runners: Vec<Runner<Notifier>>,
}

impl Worker {
    pub fn new(service: &Service, settings: &Settings) -> Self {
        let mut worker = Self { followings: Vec::new(), runners: Vec::new() };
        for (shard, store) in service.places().shards().into_iter().enumerate() {
            let made = Arc::new(Notify::new());
            let notifier = || Notifier::new(service.clone(), settings.notify_after);
            for slice in settings.share.slices() {
                let place = place::Place { shard, slice, share: settings.share, holder: settings.holder };
                let following =
                    Following::new(notifier(), service.clone(), store.clone(), place, made.clone());
                worker.followings.push(following);
            }
            let runner =
                Runner::new(notifier(), store.engine().clone(), settings.holder, settings.concurrency, made);
            worker.runners.push(runner);
        }
        worker
    }
}
