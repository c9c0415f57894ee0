//! A team on a primary with two replicas, and people who do not give up.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use store::pg::Dsn;
use store::{Done, Limits, NotDone, Postgres, PostgresOptions};
use testkit::{Cluster, FakeClock, Faulty, Ledger, Node, Team};

/// Long enough for most commits, short enough for a test in which some do not come to their end.
const COMMIT_MAX: Duration = Duration::from_millis(500);

/// Where nothing is waited for in vain: as patient as a slow disk asks for.
pub async fn node(dsn: Dsn) -> Node {
    with_patience(dsn, Duration::from_secs(5)).await
}

/// What it gives up, whoever asked for it insists on.
pub async fn impatient(dsn: Dsn) -> Node {
    with_patience(dsn, COMMIT_MAX).await
}

async fn with_patience(dsn: Dsn, commit_max: Duration) -> Node {
    let options = PostgresOptions { commit_max, ..PostgresOptions::new(dsn) };
    let limits = Limits { patience: 2 * commit_max, ..Limits::default() };
    let engine = Faulty::over(Arc::new(Postgres::new(options)));
    Node::with_limits(engine, FakeClock::going(), limits).await
}

/// Its tables made, and a team on it.
pub async fn founded(cluster: &Cluster) -> Team {
    let dsn = cluster.dsn(cluster.primary);
    Postgres::open(PostgresOptions::new(dsn.clone())).await.expect("the database is made ready");
    let node = node(dsn).await;
    let team = Team::set_up(&node).await;
    node.stop().await;
    team
}

/// Who writes to whom, and what they were told.
#[derive(Clone)]
pub struct Talk {
    pub node: Arc<Node>,
    pub team: Team,
    pub ledger: Arc<Ledger>,
    /// What was done and not found by its key: the epoch it was told with is the one it was written in.
    pub done: Arc<Mutex<Vec<Done>>>,
    /// What else was heard, once a try.
    pub told: Arc<Mutex<Vec<NotDone>>>,
}

impl Talk {
    pub fn with(node: Node, team: Team) -> Self {
        let (done, told) = (Arc::default(), Arc::default());
        Self { node: Arc::new(node), team, ledger: Arc::default(), done, told }
    }

    pub async fn says(&self, text: &str) -> Result<Done, NotDone> {
        self.says_under(self.node.new_key(), text).await
    }

    pub async fn says_under(&self, key: domain::Key, text: &str) -> Result<Done, NotDone> {
        self.ledger.tries(text, key, self.team.workspace, self.team.general);
        self.asks(key, text).await
    }

    async fn asks(&self, key: domain::Key, text: &str) -> Result<Done, NotDone> {
        let outcome = self.team.owner.says_under(&self.node, key, self.team.general, text).await;
        self.ledger.hears(text, &outcome);
        match &outcome {
            Ok(done) if done.again => {}
            Ok(done) => self.done.lock().push(done.clone()),
            Err(told) => self.told.lock().push(told.clone()),
        }
        outcome
    }

    /// The same key until there is an answer, as every client does.
    pub async fn insists(&self, text: &str) -> Done {
        let key = self.node.new_key();
        loop {
            match self.says_under(key, text).await {
                Ok(done) => return done,
                Err(NotDone::Refused(no)) => panic!("{text} was refused: {no}"),
                Err(_) => {}
            }
        }
    }

    pub async fn stops(self) {
        Arc::into_inner(self.node).expect("nobody talks any more").stop().await;
    }

    pub async fn settles(&self) {
        loop {
            let open = self.ledger.unanswered();
            if open.is_empty() {
                return;
            }
            for (text, entry) in open {
                drop(self.asks(entry.key, &text).await);
            }
        }
    }
}
