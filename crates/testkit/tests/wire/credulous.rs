//! An engine with one mistake: it takes a COMMIT that was cut off for done. What cannot find that finds nothing.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Needs, World};
use store::port::{Ask, CommitError, Engine, Opened, Shape, StoreError, Transaction, Wait};
use testkit::wire::{Share, enumerate_over};
use testkit::{Backend, Ground, engine_over};

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

engine_over! { Credulous {
    fn shape(&self) -> Shape {
        self.0.shape()
    }
    async fn open(&self, asks: &[Ask], wait: Wait) -> Result<Opened, StoreError> {
        let Opened { transaction, worlds } = self.0.open(asks, wait).await?;
        Ok(Opened { transaction: Box::new(Trusting(transaction)), worlds })
    }
} }

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
