//! Concurrent misses of one name make one query: the first asks, the others wait for what comes of it.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::kept::Kept;
use super::name::Name;

#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Name, watch::Receiver<Option<Kept>>>>);

/// Somebody asks for it. Dropped, whoever waits asks for themselves.
pub(super) struct Flight<'a> {
    of: &'a Flights,
    name: Name,
    tell: watch::Sender<Option<Kept>>,
}

pub(super) enum Boarded<'a> {
    First(Flight<'a>),
    Beside(watch::Receiver<Option<Kept>>),
}

impl Flights {
    pub fn board(&self, name: &Name) -> Boarded<'_> {
        let mut flights = self.0.lock();
        if let Some(flight) = flights.get(name) {
            return Boarded::Beside(flight.clone());
        }
        let (tell, told) = watch::channel(None);
        flights.insert(name.clone(), told);
        Boarded::First(Flight { of: self, name: name.clone(), tell })
    }
}

impl Flight<'_> {
    pub fn lands(self, kept: Option<Kept>) {
        self.tell.send_replace(kept);
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.of.0.lock().remove(&self.name);
    }
}

/// What the first one brought; none where there was nothing, or they gave up.
pub(super) async fn landed(mut flight: watch::Receiver<Option<Kept>>) -> Option<Kept> {
    flight.wait_for(Option::is_some).await.ok().and_then(|kept| kept.clone())
}
