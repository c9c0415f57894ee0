//! The loop around a follower: what moved, from where, and how far it is now.

mod held;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::WorkspaceId;
use service::Service;
use store::lease::{self, Lease};
use store::{Store, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tracing::{debug, warn};

use crate::follower::Follower;
use crate::place::Place;
use crate::stop::{Stop, until_stopped};
use held::Held;

/// How long a slice is held unless that is renewed.
const LEASE: Duration = Duration::from_secs(30);
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// How often who holds nothing tries to.
const TRY_EVERY: Duration = Duration::from_secs(5);
const ASK_EVERY: Duration = Duration::from_secs(1);
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Who else follows the journals of this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Nobody: the database is this process's alone.
    Alone,
    /// Workspaces fall into so many slices, each held by one process at a time.
    Slices(u8),
}

impl Share {
    pub(crate) fn slices(self) -> impl Iterator<Item = u8> {
        match self {
            Share::Alone => 0..1,
            Share::Slices(of) => 0..of.max(1),
        }
    }
}

/// One follower on one slice of a shard.
pub struct Following<F> {
    follower: F,
    service: Service,
    store: Store,
    place: Place,
    /// Tells whoever runs jobs that there are new ones.
    made: Arc<Notify>,
}

impl<F: Follower> Following<F> {
    pub(crate) fn new(follower: F, service: Service, store: Store, place: Place, made: Arc<Notify>) -> Self {
        Self { follower, service, store, place, made }
    }

    /// Follows until the soft stop, whenever it holds its slice. Dropped anywhere it loses nothing: what it had not
    /// saved is handled again.
    pub async fn run(self, soft: impl Future<Output = ()> + Send) {
        until_stopped(soft, |stop| self.follow(stop)).await;
    }

    /// Handles everything there is by now; false where somebody else holds the slice.
    pub async fn level(&self) -> Result<bool, StoreError> {
        let lease = match self.take().await? {
            Taken::Not => return Ok(false),
            Taken::Held(lease) => lease,
        };
        until_stopped(std::future::pending(), async |stop| {
            let mut held = Held::new(self, &stop);
            held.ask().await;
            while held.has_work() && held.is_ready() {
                held.step().await;
            }
            held.save().await;
        })
        .await;
        self.let_go(lease).await;
        Ok(true)
    }

    async fn follow(&self, mut stop: Stop) {
        while !stop.is_soft() {
            let lease = match self.take().await {
                Ok(Taken::Held(lease)) => lease,
                other => {
                    if let Err(error) = other {
                        warn!(%error, "{} cannot take its slice: {error}", self.follower.name());
                    }
                    tokio::select! {
                        () = stop.soft() => return,
                        () = sleep(TRY_EVERY) => continue,
                    }
                }
            };
            // Dropped when the lease is lost: another may be handling the same already, and once more does no harm.
            let is_lost = tokio::select! {
                () = self.keep(lease.as_ref()) => true,
                () = self.hold(stop.clone()) => false,
            };
            if is_lost {
                warn!("{} lost its slice; somebody else goes on", self.follower.name());
            } else {
                self.let_go(lease).await;
            }
        }
    }

    async fn take(&self) -> Result<Taken, StoreError> {
        let Some(name) = self.place.lease_name(self.follower.name()) else { return Ok(Taken::Held(None)) };
        let engine = self.store.engine().as_ref();
        let lease = lease::acquire(engine, &name, self.place.holder, LEASE).await?;
        Ok(lease.map_or(Taken::Not, |lease| Taken::Held(Some(lease))))
    }

    /// Ends when the lease is lost, or was not renewed in its time.
    async fn keep(&self, lease: Option<&Lease>) {
        let Some(lease) = lease else { return std::future::pending().await };
        let mut until = Instant::now() + LEASE;
        loop {
            sleep(RENEW_EVERY).await;
            match lease.renew(self.store.engine().as_ref(), LEASE).await {
                Ok(true) => until = Instant::now() + LEASE,
                Ok(false) => return,
                Err(error) => debug!(%error, "a lease was not renewed: {error}"),
            }
            if Instant::now() >= until {
                return;
            }
        }
    }

    async fn let_go(&self, lease: Option<Lease>) {
        if let Some(lease) = lease
            && let Err(error) = lease.release(self.store.engine().as_ref()).await
        {
            debug!(%error, "a lease runs out by itself: {error}");
        }
    }

    async fn hold(&self, mut stop: Stop) {
        // Before the first question, so that nothing falls in between.
        let mut heard = self.store.committed();
        let looked = stop.clone();
        let mut held = Held::new(self, &looked);
        let [mut ask, mut save] = [ASK_EVERY, SAVE_EVERY].map(interval);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        save.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.soft() => break,
                _ = save.tick() => held.save().await,
                _ = ask.tick() => held.ask().await,
                // What was missed is found by asking.
                Ok(commit) = heard.recv() => held.hear(commit, &mut heard).await,
                () = sleep_until(held.ready_at()), if held.has_work() => held.step().await,
            }
        }
        held.save().await;
    }

    fn holds(&self, workspace: WorkspaceId) -> bool {
        self.place.holds(workspace)
    }
}

enum Taken {
    Held(Option<Lease>),
    Not,
}
