//! A sender's commands keep their order, also where one half of a batch is done and the other is not known to be.

use std::sync::Arc;

use domain::verbs::Send;
use futures_util::future::join_all;
use store::NotDone;
use store::port::{Ask, Opened, Shape, StoreError, Wait};
use testkit::team::number;
use testkit::{Backend, Fault, Faults, Faulty, Ground, Node, Team, engine_over};
use tokio::task::yield_now;

/// Two lanes on one file, each of which lets everybody else go first.
struct Polite(Faulty);

engine_over! { Polite {
    fn shape(&self) -> Shape {
        Shape { lanes: 2, own_thread: false, ..self.0.shape() }
    }
    async fn open(&self, asks: &[Ask], wait: Wait) -> Result<Opened, StoreError> {
        for _ in 0..20 {
            yield_now().await;
        }
        self.0.open(asks, wait).await
    }
} }

struct Stage {
    node: Node,
    team: Team,
    faults: Faults,
}

impl Stage {
    async fn on(ground: &Ground) -> Self {
        let faults = Faults::default();
        let polite = Polite(Faulty::over(ground.engine().await).with(faults.clone()));
        let node = Node::start(Faulty::over(Arc::new(polite)), ground.clock.clone()).await;
        Self { team: Team::set_up(&node).await, node, faults }
    }

    async fn says(&self, text: &str) -> Result<u64, NotDone> {
        let text = domain::text::MessageText::new(text).expect("a text");
        let send = Send::new(self.team.general, text).expect("a message");
        let done = self.node.execute(self.team.owner.by, self.node.new_key(), send).await;
        done.map(|done| number(&done))
    }

    /// Four lines that are one batch, of which a statement does not go: it runs in halves. Then what is planned.
    async fn says_four(&self, planned: &[(usize, Fault)]) -> Vec<Result<u64, NotDone>> {
        self.faults.plan(0, Fault::WriteFails);
        for (at, fault) in planned {
            self.faults.plan(*at, *fault);
        }
        join_all(["one", "two", "three", "four"].map(|text| self.says(text))).await
    }
}

#[tokio::test]
async fn the_half_behind_an_unknown_commit_stays_behind_when_that_is_put_back() {
    let ground = Ground::on(Backend::Sqlite).await;
    let stage = Stage::on(&ground).await;
    let said = stage.says_four(&[(1, Fault::CommitLost), (2, Fault::LostBeforeCommit)]).await;
    assert_eq!(said, (1..=4).map(Ok).collect::<Vec<_>>());
    assert_eq!(stage.faults.happened(), [Fault::WriteFails, Fault::CommitLost, Fault::LostBeforeCommit]);
    stage.node.stop().await;
}

#[tokio::test]
async fn what_came_later_stays_behind_the_half_that_waits_for_an_unknown_commit() {
    let ground = Ground::on(Backend::Sqlite).await;
    let stage = Stage::on(&ground).await;
    let late = async {
        while stage.faults.happened().last() != Some(&Fault::CommitLost) {
            yield_now().await;
        }
        stage.says("five").await
    };
    let planned = [(1, Fault::CommitLost), (3, Fault::OpenFails)];
    let (said, late) = tokio::join!(stage.says_four(&planned), late);
    assert_eq!((said, late), ((1..=4).map(Ok).collect::<Vec<_>>(), Ok(5)));
    assert_eq!(stage.faults.happened(), [Fault::WriteFails, Fault::CommitLost, Fault::OpenFails]);
    stage.node.stop().await;
}
