//! A file that is only looked at: a copy, or a store whose server is not running. Nothing is migrated, nothing marked.

use std::path::Path;

use async_trait::async_trait;
use domain::{Stamp, WorkspaceId};
use rusqlite::Connection;

use super::engine::{ask, run};
use super::readers::Readers;
use super::setup::{damage, failed};
use crate::answer::Answer;
use crate::clock::{Clock, SystemClock};
use crate::port::{Ask, Engine, Freshness, LoadFigures, Opened, Query, Seen, Shape, StoreError, Wait};
use crate::statement::Dialect;

/// Takes every question and no write.
pub struct Reading(Readers);

impl Reading {
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        if !file.is_file() {
            return Err(StoreError::Unreachable(format!("{} is no file", file.display())));
        }
        Readers::threads(file, None, 1).map(Self)
    }
    /// What the database says of its own pages; nothing when they are sound.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        self.0.ask(damage).await
    }
}

fn refused() -> StoreError {
    StoreError::ReadOnly("this file is only looked at".into())
}

#[async_trait]
impl Engine for Reading {
    fn shape(&self) -> Shape {
        Shape { lanes: 0, workspaces: 1, commands: 1, own_thread: false }
    }
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
    async fn open(&self, _asks: &[Ask], _wait: Wait) -> Result<Opened, StoreError> {
        Err(refused())
    }
    async fn begin_epoch(&self) -> Result<(), StoreError> {
        Err(refused())
    }
    async fn look(
        &self,
        workspace: WorkspaceId,
        _fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        let queries = queries.to_vec();
        self.0.ask(move |connection: &Connection| ask(connection, workspace, &queries)).await
    }
    async fn run(&self, query: &Query) -> Result<(Answer, u64), StoreError> {
        let query = query.clone();
        self.0.ask(move |connection: &Connection| run(connection, &query)).await
    }
    async fn run_together(&self, _queries: &[Query]) -> Result<Vec<(Answer, u64)>, StoreError> {
        Err(refused())
    }
    async fn now(&self) -> Result<Stamp, StoreError> {
        Ok(SystemClock.now())
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.0.ask(|connection| connection.query_row("SELECT 1", [], |_| Ok(())).map_err(failed)).await
    }
    fn load_figures(&self) -> LoadFigures {
        self.0.figures()
    }
}
