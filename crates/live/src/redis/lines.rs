//! The lines that are open, for whoever has something to say: nobody waits here, what is not there is away.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind};
use tokio::sync::Notify;

use super::places::Places;
use super::settings::{Server, Settings};

/// Redis cannot be asked now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Redis cannot be asked: {0}")]
pub struct Away(pub String);

pub(super) struct Lines {
    pub settings: Settings,
    state: Mutex<State>,
    /// Something went wrong on a line; the keeper looks.
    pub trouble: Notify,
}

struct State {
    places: Option<Arc<Places>>,
    open: HashMap<Server, MultiplexedConnection>,
    /// Who has what is in doubt.
    doubted: bool,
    why: Option<String>,
}

impl Lines {
    pub fn new(settings: Settings) -> Self {
        let why = Some("not connected yet".to_owned());
        let state = State { places: None, open: HashMap::new(), doubted: true, why };
        Self { settings, state: Mutex::new(state), trouble: Notify::new() }
    }

    pub fn places(&self) -> Option<Arc<Places>> {
        self.state.lock().places.clone()
    }

    /// To whoever has this key.
    pub fn to(&self, key: &str) -> Result<(Server, MultiplexedConnection), Away> {
        let state = self.state.lock();
        let away = |why: &str| Away(state.why.clone().unwrap_or_else(|| why.to_owned()));
        let places = state.places.as_ref().ok_or_else(|| away("nobody knows where it is"))?;
        let server = places.of(key.as_bytes()).ok_or_else(|| away("nobody has this key"))?;
        let line = state.open.get(server).ok_or_else(|| away("the server is away"))?;
        Ok((server.clone(), line.clone()))
    }

    /// Does something where a key lives, once.
    pub async fn ask<T>(
        &self,
        key: &str,
        ask: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, Away> {
        let (server, mut line) = self.to(key)?;
        ask(&mut line).await.map_err(|error| {
            self.failed(&server, &error);
            Away(error.to_string())
        })
    }

    pub async fn ping(&self) -> Result<(), Away> {
        let open: Vec<_> =
            self.state.lock().open.iter().map(|(server, line)| (server.clone(), line.clone())).collect();
        let asked = open.into_iter().map(|(server, mut line)| async move {
            redis::cmd("PING").exec_async(&mut line).await.map_err(|error| {
                self.failed(&server, &error);
                Away(format!("{server}: {error}"))
            })
        });
        join_all(asked).await.into_iter().collect()
    }

    /// What went wrong there: a line that is of no use is closed, and the keeper looks who has what now.
    pub fn failed(&self, server: &Server, error: &RedisError) {
        let moved = matches!(
            error.kind(),
            ErrorKind::Server(
                ServerErrorKind::Moved
                    | ServerErrorKind::Ask
                    | ServerErrorKind::ReadOnly
                    | ServerErrorKind::ClusterDown
                    | ServerErrorKind::MasterDown
                    | ServerErrorKind::TryAgain
                    | ServerErrorKind::BusyLoading
            )
        );
        let is_lost = error.is_io_error() || error.is_timeout() || error.is_unrecoverable_error();
        if !moved && !is_lost {
            return;
        }
        let mut state = self.state.lock();
        state.doubted = true;
        if is_lost {
            state.open.remove(server);
        }
        drop(state);
        self.trouble.notify_one();
    }

    /// Whether who has what is in doubt; asked once.
    pub fn doubted(&self) -> bool {
        std::mem::take(&mut self.state.lock().doubted)
    }

    pub fn doubt(&self) {
        self.state.lock().doubted = true;
    }

    /// Who has what now. Lines to others are closed.
    pub fn found(&self, places: Arc<Places>) {
        let mut state = self.state.lock();
        let servers = places.servers();
        state.open.retain(|server, _| servers.contains(&server));
        state.places = Some(places);
    }

    pub fn has(&self, server: &Server) -> bool {
        self.state.lock().open.contains_key(server)
    }

    pub fn opened(&self, server: Server, line: MultiplexedConnection) {
        self.state.lock().open.insert(server, line);
    }

    pub fn is(&self, why: Option<String>) {
        metrics::gauge!("rookery_redis_up").set(if why.is_none() { 1.0 } else { 0.0 });
        self.state.lock().why = why;
    }

    pub fn trouble(&self) -> Option<String> {
        self.state.lock().why.clone()
    }
}
