//! One server in the test's own process: it can be stopped softly, or die.

use std::sync::Arc;

use domain::{By, Key};
use live::Bus;
use live::cache::{Cache, Cached, Settings};
use service::live::{Journals, publish};
use service::{Cost, Passwords, Places, Service};
use store::clock::Clock;
use store::{DigestKey, Done, Limits, NotDone, Order, Store};
use tokio::task::JoinHandle;

use crate::clock::FakeClock;
use crate::fault::{Faults, Faulty};

pub struct Node {
    pub store: Store,
    pub service: Service,
    pub faults: Faults,
    pub clock: FakeClock,
    tasks: Vec<JoinHandle<()>>,
    /// These end with nothing to finish.
    aside: Vec<JoinHandle<()>>,
}

impl Node {
    pub async fn start(engine: Faulty, clock: FakeClock) -> Self {
        Self::with_limits(engine, clock, Limits::default()).await
    }

    pub async fn with_limits(engine: Faulty, clock: FakeClock, limits: Limits) -> Self {
        let faults = engine.faults.clone();
        let store = Store::new(Arc::new(engine), DigestKey([7; 32]), limits);
        let mut tasks: Vec<_> = store.lanes().into_iter().map(tokio::spawn).collect();
        tasks.push(tokio::spawn(store.clone().watch_patience()));
        let service = Service::new(Places::together(store.clone()), Arc::new(clock.clone()))
            .with_passwords(Passwords::new(Cost::CHEAP));
        Self { store, service, faults, clock, tasks, aside: Vec::new() }
    }

    /// As the binary wires it: what was read is used again, while this bus and the journal tell what touched it.
    #[must_use]
    pub fn remembers(mut self, bus: &Arc<dyn Bus>, shared: Option<Arc<dyn Cache>>) -> Self {
        let (cache, carrier) = Cached::new(Settings::default(), shared);
        let journals = Arc::new(Journals::new(self.service.clone()));
        let (feed, driver) = cache.follows_alone(Arc::clone(bus), journals);
        self.aside = vec![
            tokio::spawn(publish(self.store.clone(), Arc::clone(bus), Some(feed))),
            tokio::spawn(driver.run(Arc::new(cache.clone()))),
            tokio::spawn(carrier.run()),
        ];
        self.service = self.service.clone().remembering(cache);
        self
    }

    pub fn new_key(&self) -> Key {
        store::clock::new_key(&self.clock)
    }

    /// The machine loses its power: whatever was on its way stops where it was.
    pub async fn die(mut self) {
        let aside = std::mem::take(&mut self.aside);
        for task in self.tasks.drain(..).chain(aside) {
            task.abort();
            drop(task.await);
        }
    }

    /// Finishes what waits, then ends.
    pub async fn stop(mut self) {
        self.aside.iter().for_each(JoinHandle::abort);
        self.store.close();
        for task in self.tasks.drain(..) {
            drop(task.await);
        }
    }

    pub async fn execute(
        &self,
        by: By,
        key: Key,
        command: impl domain::Command + 'static,
    ) -> Result<Done, NotDone> {
        self.store.execute(Order { by, key, command: Box::new(command) }).await
    }

    pub fn now(&self) -> domain::Stamp {
        self.clock.now()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.tasks.iter().chain(&self.aside).for_each(JoinHandle::abort);
    }
}
