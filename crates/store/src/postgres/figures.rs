//! What operators ask of the database: how full, how far behind, how safe.

use std::sync::Arc;
use std::time::Duration;

use metrics::gauge;

use super::engine::Postgres;
use super::replica::{Lag, written};
use super::trouble::{failed, unreadable};
use crate::pg::{Answer, Statement};
use crate::port::StoreError;

const EVERY: Duration = Duration::from_secs(5);

/// What an acknowledgement survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A replica has it too: nothing acknowledged is lost when the primary is.
    Quorum,
    /// The primary's disk alone.
    PrimaryOnly,
}

/// Connections of this node beside those the server has to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// What this node may open to the primary.
    pub own_max: usize,
    /// What the server takes in all, less its reserve.
    pub allowed: usize,
}

const ALLOWED: &str = "SELECT current_setting('max_connections')::bigint \
    - current_setting('superuser_reserved_connections')::bigint \
    - coalesce(current_setting('reserved_connections', true), '0')::bigint";

impl Postgres {
    /// How far each replica is behind, in the order they were given.
    pub async fn replica_lag(&self) -> Result<Vec<Result<Lag, StoreError>>, StoreError> {
        let written = written(&mut *self.reader().await?).await?;
        let mut lags = Vec::new();
        for replica in &self.inner.replicas.all {
            lags.push(replica.lag(&written).await);
        }
        Ok(lags)
    }

    pub async fn durability(&self) -> Result<Durability, StoreError> {
        let answer = self.ask("SELECT current_setting('synchronous_standby_names')").await?;
        let names = answer.first().map_or(Ok(""), |row| row.text(0)).map_err(unreadable)?;
        Ok(if names.trim().is_empty() { Durability::PrimaryOnly } else { Durability::Quorum })
    }

    pub async fn connections_allowed(&self) -> Result<Connections, StoreError> {
        let answer = self.ask(ALLOWED).await?;
        let allowed = answer.first().map_or(Ok(0), |row| row.int(0)).map_err(unreadable)?;
        let pool = &self.inner.options.pool;
        Ok(Connections { own_max: pool.size + pool.overflow, allowed: usize::try_from(allowed).unwrap_or(0) })
    }

    async fn ask(&self, sql: &str) -> Result<Answer, StoreError> {
        let mut loan = self.reader().await?;
        let answers = loan.flight(&[Statement { sql, params: &[] }]).await.map_err(failed)?;
        answers.into_iter().next().ok_or_else(|| StoreError::Statement("no answer".into()))
    }

    /// Keeps the gauges true; to be run by whoever owns tasks, until dropped.
    pub async fn watch(self: Arc<Self>) {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            self.show().await;
        }
    }

    async fn show(&self) {
        let load = crate::port::Engine::load_figures(self);
        gauge!("store_connections_in_use").set(load.in_use as f64);
        gauge!("store_connections_idle").set(load.idle as f64);
        gauge!("store_connections_waiting").set(load.waiting as f64);
        if let Ok(connections) = self.connections_allowed().await {
            gauge!("store_connections_own_max").set(connections.own_max as f64);
            gauge!("store_connections_allowed").set(connections.allowed as f64);
        }
        if let Ok(durability) = self.durability().await {
            gauge!("store_quorum").set(if durability == Durability::Quorum { 1.0 } else { 0.0 });
        }
        for (number, lag) in self.replica_lag().await.unwrap_or_default().into_iter().enumerate() {
            let replica = number.to_string();
            gauge!("store_replica_up", "replica" => replica.clone()).set(f64::from(u8::from(lag.is_ok())));
            if let Ok(lag) = lag {
                gauge!("store_replica_lag_bytes", "replica" => replica.clone()).set(lag.bytes as f64);
                gauge!("store_replica_lag_seconds", "replica" => replica).set(lag.seconds);
            }
        }
    }
}
