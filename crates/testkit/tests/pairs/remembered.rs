//! Two nodes remember together what either read, whatever befalls their Redis.

use std::sync::Arc;

use live::Bus;
use live::cache::{Cache, Settings};
use live::redis::{Redis, SharedCache};
use serde_json::Value;
use service::MemberChange;
use testkit::{Backend, Ground, Node, Person, Redises, Shape, Town};

const NAMES: &str = "FROM member WHERE workspace = $1 AND account IN";

async fn node_on(ground: &Ground, redis: &Redis) -> Node {
    let bus: Arc<dyn Bus> = Arc::new(redis.clone());
    let shared: Arc<dyn Cache> = Arc::new(SharedCache::new(redis.clone(), Settings::default()));
    ground.node().await.remembers(&bus, Some(shared))
}

struct Two {
    towns: [Town; 2],
    tokens: [String; 2],
    bob: Person,
    page: String,
}

impl Two {
    async fn on(ground: &Ground, redises: &Redises) -> Self {
        let [one, other] = [redises.node().await, redises.node().await];
        let one = Town::of(node_on(ground, &one).await).await;
        let other = Town::behind(node_on(ground, &other).await, one.team);
        let bob = one.welcomes("Bob").await;
        bob.says(&one.node, one.team.general, "hello").await.expect("said");
        let tokens = [one.token_of(one.team.owner).await, other.token_of(bob).await];
        let page = one.path(&format!("/channels/{}/messages", one.team.general));
        Self { towns: [one, other], tokens, bob, page }
    }

    /// A page by each of them, and whether it cost them a look for names.
    async fn read(&self, who: usize, saw: &str) -> (Value, bool) {
        let town = &self.towns[who];
        let before = town.node.faults.asked(NAMES);
        let page = town.get(&self.tokens[who], &format!("{}?limit=10{saw}", self.page)).await.ok();
        (page, town.node.faults.asked(NAMES) > before)
    }

    /// One renames, both read what they were told of, many times, and never see the name before.
    async fn nobody_sees_what_was(&self, round: usize) {
        let (name, who) = (format!("Bob {round}"), round % 2);
        let node = &self.towns[who].node;
        let change = MemberChange { name: Some(name.clone()), ..MemberChange::default() };
        let done = node.service.change_member(self.bob.by, node.new_key(), self.bob.account(), change).await;
        let done = done.expect("renamed");
        let saw = format!("&at_least={}&epoch={}", done.position.0, done.epoch.0);
        for reader in [0, 1, 1, 0] {
            let (page, _) = self.read(reader, &saw).await;
            assert!(page.to_string().contains(&format!("\"{name}\"")), "{page}");
        }
    }

    async fn remember(&self) {
        for who in [0, 1] {
            while self.read(who, "").await.1 {
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn whatever_befalls_it(shape: Shape) {
    let (ground, redises) = (Ground::on(Backend::Postgres).await, Redises::start(shape));
    let two = Two::on(&ground, &redises).await;
    two.remember().await;
    for round in 0..10 {
        two.nobody_sees_what_was(round).await;
    }
    redises.empty().await;
    for round in 10..20 {
        two.nobody_sees_what_was(round).await;
    }
    two.remember().await;
    let servers = if shape == Shape::Cluster { 1..=6 } else { 1..=1 };
    servers.clone().for_each(|server| redises.pause(server));
    for round in 20..30 {
        two.nobody_sees_what_was(round).await;
    }
    servers.clone().for_each(|server| redises.resume(server));
    for round in 30..40 {
        two.nobody_sees_what_was(round).await;
    }
    servers.for_each(|server| redises.kill(server));
    for round in 40..50 {
        two.nobody_sees_what_was(round).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_redis_gone_slow_or_emptied_nobody_is_answered_with_what_was() {
    whatever_befalls_it(Shape::Single).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_cluster_gone_slow_or_emptied_nobody_is_answered_with_what_was() {
    whatever_befalls_it(Shape::Cluster).await;
}

/// What one node read costs the other no database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_read_the_other_has_from_redis() {
    let (ground, redises) = (Ground::on(Backend::Postgres).await, Redises::start(Shape::Single));
    let two = Two::on(&ground, &redises).await;
    // Both follow; then one reads what changed meanwhile, and the other finds it.
    two.remember().await;
    for round in 0.. {
        let node = &two.towns[0].node;
        let change = MemberChange { name: Some(format!("Bob {round}")), ..MemberChange::default() };
        node.service
            .change_member(two.bob.by, node.new_key(), two.bob.account(), change)
            .await
            .expect("renamed");
        while two.read(0, "").await.1 {
            tokio::task::yield_now().await;
        }
        let (page, cost) = two.read(1, "").await;
        assert!(page.to_string().contains(&format!("\"Bob {round}\"")), "{page}");
        if !cost {
            return;
        }
    }
}
