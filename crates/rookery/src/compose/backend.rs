//! An open store, whatever its engine: what is done to it beside the orders people give.

use std::sync::Arc;

use service::Places;
use store::migrate::Part;
use store::node::Room;
use store::{Engine, Postgres, Store};

pub struct Backend {
    pub places: Places,
    /// The directory first.
    pub databases: Vec<Database>,
    /// What this node takes of a database that others use too.
    pub share: Option<Share>,
    /// In the data folder: copies of it are ours to make.
    pub is_embedded: bool,
}

pub struct Database {
    pub engine: Arc<dyn Engine>,
    pub store: Store,
    pub parts: &'static [Part],
    /// The same engine, for what only it can tell.
    pub postgres: Option<Arc<Postgres>>,
}

#[derive(Clone, Copy)]
pub struct Share {
    pub pool: u32,
    pub room: Room,
}

impl Backend {
    pub fn directory(&self) -> Arc<dyn Engine> {
        self.places.directory().engine().clone()
    }
}
