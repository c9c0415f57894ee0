//! The tasks that keep a store going, whatever its engine.

use std::sync::Arc;
use std::time::Duration;

use service::Service;
use service::live::Relay;
use store::{Engine, Store, StoreError, upkeep};
use tokio::runtime::Handle;
use tracing::{debug, info, warn};

use super::Ports;
use super::backend::Backend;
use crate::config::Config;
use crate::lifecycle::Lifecycle;

const AGAIN_AFTER: Duration = Duration::from_secs(2);
const BEGUN_EVERY: Duration = Duration::from_mins(1);
const TRIM_EVERY: Duration = Duration::from_mins(10);

/// Its lanes and what turns the impatient away. They end when everyone who gives orders has ended, and nothing waits.
pub fn run_store(store: &Store, lifecycle: &Lifecycle) {
    let own_thread = store.engine().shape().own_thread;
    for lane in store.lanes() {
        let owner = lifecycle.clone();
        lifecycle.spawn_base("store.lane", |_| async move {
            if !own_thread {
                lane.await;
                return Ok(());
            }
            // It blocks on the disk, so it drives itself on a thread where nobody waits behind it.
            let runtime = Handle::current();
            owner.on_thread("store.lane", move || runtime.block_on(lane)).await
        });
    }
    let patience = store.clone().watch_patience();
    lifecycle.spawn_base("store.patience", |_| async move {
        patience.await;
        Ok(())
    });
    let store = store.clone();
    lifecycle.spawn_base("store.close", |stop| async move {
        stop.soft().await;
        store.close();
        Ok(())
    });
}

/// What a crash left half done between directory and shard: as soon as the databases answer, and then now and then, since
/// another node may be the one that died.
pub fn finish_what_was_begun(service: &Service, lifecycle: &Lifecycle) {
    let service = service.clone();
    lifecycle.spawn("begun", |stop| async move {
        loop {
            let again = match service.finish_what_was_begun().await {
                Ok(0) => BEGUN_EVERY,
                Ok(count) => {
                    info!(count, "finished {count} things that a crash had left half done");
                    BEGUN_EVERY
                }
                Err(error) => {
                    warn!(%error, "what a crash may have left half done waits: {error}");
                    AGAIN_AFTER
                }
            };
            tokio::select! {
                () = stop.soft() => return Ok(()),
                () = tokio::time::sleep(again) => {}
            }
        }
    });
}

/// Marks that sending moved, a second's worth at a time.
pub fn gather_marks(service: &Service, lifecycle: &Lifecycle) {
    let service = service.clone();
    lifecycle.spawn("marks", |stop| async move {
        service.gather_marks(stop.soft()).await;
        Ok(())
    });
}

/// Who was recognised is known again without a read, while this runs.
pub fn know_people(service: &Service, lifecycle: &Lifecycle) {
    let service = service.clone();
    lifecycle.spawn("who", |stop| async move {
        tokio::select! {
            () = stop.soft() => {}
            // Dropped anywhere, nothing of it is believed a second later.
            () = service.follow_installation() => {}
        }
        Ok(())
    });
}

/// Which journals moved, asked once for all processes: whoever holds the lease says it on the bus.
pub fn watch_for_everyone(ports: &Ports, lifecycle: &Lifecycle) {
    let stores = ports.backend.databases.iter().map(|database| database.store.clone()).collect();
    let relay = Relay::new(stores, Arc::clone(&ports.bus), ports.service.new_key());
    lifecycle.spawn("live.relay", |stop| async move {
        relay.run(async move { stop.soft().await }).await;
        Ok(())
    });
}

/// What leaves by its age. Two nodes that trim at once take turns a thousand rows at a time, and find less to do.
pub fn trim(config: &Config, backend: &Backend, lifecycle: &Lifecycle) {
    for database in &backend.databases {
        let (engine, keep) = (database.engine.clone(), config.journal.keep_events);
        lifecycle.spawn("store.trim", |stop| async move {
            loop {
                tokio::select! {
                    () = stop.soft() => return Ok(()),
                    () = tokio::time::sleep(TRIM_EVERY) => {}
                }
                tokio::select! {
                    // Stopped anywhere, it goes on from there.
                    () = stop.soft() => return Ok(()),
                    trimmed = trim_once(engine.as_ref(), keep) => match trimmed {
                        Ok(events) => debug!(events, "{events} old events left the journals"),
                        Err(error) => warn!(%error, "what is old could not leave: {error}"),
                    },
                }
            }
        });
    }
}

async fn trim_once(engine: &dyn Engine, keep: Duration) -> Result<u64, StoreError> {
    // Each by itself: what one cannot do holds none of the others up.
    let events = upkeep::trim_events(engine, keep).await;
    let receipts = upkeep::drop_receipts(engine).await;
    let private = upkeep::drop_removed_private(engine).await;
    let jobs = upkeep::drop_finished_jobs(engine).await;
    receipts.and(private).and(jobs).and(events)
}
