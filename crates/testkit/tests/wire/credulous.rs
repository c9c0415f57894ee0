//! An engine with one mistake: it takes a COMMIT that was cut off for done. What cannot find that finds nothing.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Needs, Stamp, WorkspaceId, World};
use store::Answer;
use store::port::{
    Ask, CommitError, Engine, Freshness, LoadFigures, Opened, Query, Seen, Shape, StoreError, Transaction,
    Wait,
};
use store::statement::Dialect;
use testkit::wire::{Share, enumerate_over};
use testkit::{Backend, Ground};

struct Credulous(Arc<dyn Engine>);

struct Trusting(Box<dyn Transaction>);

#[async_trait]
impl Transaction for Trusting {
    async fn load(&mut self, world: &mut World, needs: &Needs) -> Result<(), StoreError> {
        self.0.load(world, needs).await
    }
    async fn commit(self: Box<Self>, worlds: &[World]) -> Result<(), CommitError> {
        match self.0.commit(worlds).await {
            Err(CommitError::Unknown(_)) => Ok(()),
            outcome => outcome,
        }
    }
    async fn roll_back(self: Box<Self>) {
        self.0.roll_back().await;
    }
}

#[async_trait]
impl Engine for Credulous {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }
    fn shape(&self) -> Shape {
        self.0.shape()
    }
    async fn open(&self, asks: &[Ask], wait: Wait) -> Result<Opened, StoreError> {
        let Opened { transaction, worlds } = self.0.open(asks, wait).await?;
        Ok(Opened { transaction: Box::new(Trusting(transaction)), worlds })
    }
    async fn begin_epoch(&self) -> Result<(), StoreError> {
        self.0.begin_epoch().await
    }
    async fn look(
        &self,
        workspace: WorkspaceId,
        fresh: Freshness,
        queries: &[Query],
    ) -> Result<Seen<Vec<Answer>>, StoreError> {
        self.0.look(workspace, fresh, queries).await
    }
    async fn run(&self, query: &Query) -> Result<(Answer, u64), StoreError> {
        self.0.run(query).await
    }
    async fn run_together(&self, queries: &[Query]) -> Result<Vec<(Answer, u64)>, StoreError> {
        self.0.run_together(queries).await
    }
    async fn now(&self) -> Result<Stamp, StoreError> {
        self.0.now().await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.0.ping().await
    }
    fn load_figures(&self) -> LoadFigures {
        self.0.load_figures()
    }
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_engine_that_takes_a_lost_answer_for_done_is_found_out() {
        let ground = Ground::on(Backend::Postgres).await;
        let tally = enumerate_over(&ground, Share::FEW, |engine| Arc::new(Credulous(engine))).await;
        assert!(!tally.is_right());
        assert!(tally.not_durable > 0 && tally.not_found > 0, "{tally}");
    }
}
