//! People who call each other, and whom that should have been told: the model beside the journal.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{AccountId, ChannelId, Key, Stamp};
use service::Address;
use store::{Done, Query};
use testkit::team::number;
use testkit::{Node, Person, Team};
use worker::{Settings, Share, Worker};

pub struct Story {
    pub node: Node,
    pub team: Team,
    bob: Person,
    cleo: Person,
    dan: Person,
    pair: ChannelId,
    root: u64,
    /// Who should be told of what, by the message's position.
    pub expected: BTreeSet<(AccountId, u64)>,
}

impl Story {
    pub async fn begin(node: Node) -> Self {
        let team = Team::set_up(&node).await;
        let (bob, cleo) = (team.welcomes(&node, "Bob").await, team.welcomes(&node, "Cleo").await);
        let dan = team.welcomes(&node, "Dan").await;
        let pair = node.service.create_direct(team.owner.by, node.new_key(), vec![bob.account()]).await;
        let pair = pair.expect("a direct channel").reply.read::<Made>().expect("its id").id;
        let root = number(&bob.says(&node, team.general, "what do you think?").await.expect("said"));
        Self { node, team, bob, cleo, dan, pair, root, expected: BTreeSet::new() }
    }

    pub fn engine(&self) -> &dyn store::Engine {
        self.node.store.engine().as_ref()
    }

    fn expects(&mut self, who: Person, done: &Done) {
        self.expected.insert((who.account(), done.position.0));
    }

    /// One of each way to call somebody, and of each way to take it back before anybody was told.
    pub async fn goes_on(&mut self) {
        let (ada, bob, dan) = (self.team.owner, self.bob, self.dan);
        let general = self.team.general;
        self.calls().await;

        // Read at once, deleted at once: nobody is told of these.
        let read = ada.says(&self.node, general, &dan.mention()).await.expect("said");
        let at = |number| Address { channel: general, thread: 0, number };
        dan.reads_to(&self.node, at(number(&read))).await.expect("read");
        let gone = ada.says(&self.node, general, &bob.mention()).await.expect("said");
        let key = self.node.new_key();
        self.node.service.delete(ada.by, key, at(number(&gone))).await.expect("deleted");

        // A call that comes with an edit is one of the message's own.
        let mended = ada.says(&self.node, general, "hello").await.expect("said");
        let (at, text) = (at(number(&mended)), format!("hello {}", bob.mention()));
        let key = self.node.new_key();
        self.node.service.edit(ada.by, key, at, &text).await.expect("edited");
        self.expects(bob, &mended);
    }

    /// What nobody takes back.
    pub async fn calls(&mut self) {
        let (ada, bob, cleo) = (self.team.owner, self.bob, self.cleo);
        let (general, root) = (self.team.general, self.root);
        let both = format!("{} {}", bob.mention(), cleo.mention());
        let named = ada.says(&self.node, general, &both).await.expect("said");
        self.expects(bob, &named);
        self.expects(cleo, &named);
        let alone = ada.says(&self.node, self.pair, "psst").await.expect("said");
        self.expects(bob, &alone);
        let root = Address { channel: general, thread: 0, number: root };
        let reply = ada.replies(&self.node, root, "I think so").await.expect("said");
        self.expects(bob, &reply);
    }

    /// A worker of its own, as another process would have it.
    pub fn worker(&self, share: Share) -> Worker {
        let holder: Key = self.node.new_key();
        let settings = Settings { holder, share, concurrency: 10, notify_after: Duration::ZERO };
        Worker::new(&self.node.service, &settings)
    }

    /// Everything a worker does, to its end.
    pub async fn works(&self, share: Share) {
        // Stamps run ahead of a clock that stands.
        self.node.clock.advance(Stamp::SECOND);
        let worker = self.worker(share);
        for following in &worker.followings {
            following.level().await.expect("the database answers");
        }
        for runner in &worker.runners {
            runner.drain().await.expect("the database answers");
        }
    }

    pub async fn told(&self) -> Vec<(AccountId, u64)> {
        let sql = "SELECT account, position FROM notification ORDER BY account, position";
        let (rows, _) = self.engine().run(&Query { sql, values: Vec::new() }).await.expect("rows");
        let one = |row: store::Record<'_>| {
            let account = row.blob(0).and_then(|id| id.try_into().ok()).expect("16 bytes");
            let position = row.int(1).expect("a position");
            (AccountId::from_bytes(account).expect("an account"), position as u64)
        };
        rows.iter().map(one).collect()
    }

    pub async fn by_hand(&self, sql: &'static str) {
        self.engine()
            .run(&Query { sql, values: Vec::new() })
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let (rows, _) = self.engine().run(&Query { sql, values: Vec::new() }).await.expect("a number");
        rows.first().and_then(|row| row.int(0)).unwrap_or_else(|| panic!("{sql}: a number, not {rows:?}"))
    }

    /// The rows are those of the model, and every job that was made is done.
    pub async fn is_as_it_should_be(&self, when: &str) {
        let expected: Vec<_> = self.expected.iter().copied().collect();
        assert_eq!(self.told().await, expected, "{when}");
        assert_eq!(self.number("SELECT count(*) FROM job WHERE state <> 'done'").await, 0, "{when}");
    }
}

#[derive(serde::Deserialize)]
struct Made {
    id: ChannelId,
}
