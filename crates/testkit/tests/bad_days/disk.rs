//! The disk is full, or fails to sync: people are told, nothing is half done, and it goes on when it can.

use std::sync::Arc;

use store::{NotDone, Sqlite, SqliteOptions};
use testkit::powercut::{Survivors, SyncFault};
use testkit::team::number;
use testkit::{Backend, Faulty, Ground, Ledger, Node, PowerCut, Team, Wrongs};

struct Shop {
    ground: Ground,
    disk: PowerCut,
    team: Team,
}

impl Shop {
    async fn open() -> Self {
        let ground = Ground::on(Backend::Sqlite).await;
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        node.stop().await;
        Self { ground, disk: PowerCut::new(0), team }
    }

    /// Nobody reads beside the writer, so that it is known who meets the disk, and in which order.
    async fn node(&self) -> Node {
        let clock = self.ground.clock.clone();
        let options = SqliteOptions { readers: 0, vfs: self.disk.vfs(), ..SqliteOptions::default() };
        let engine = Sqlite::open(&self.ground.file(), Arc::new(clock.clone()), &options);
        Node::start(Faulty::over(Arc::new(engine.expect("the file opens"))), clock).await
    }

    async fn says(&self, node: &Node, ledger: &Ledger, text: &str) -> Result<store::Done, NotDone> {
        let key = node.new_key();
        ledger.tries(text, key, self.team.workspace, self.team.general);
        let outcome = self.team.owner.says_under(node, key, self.team.general, text).await;
        ledger.hears(text, &outcome);
        outcome
    }

    /// On the file alone, as it is after the power went.
    async fn judge(&self, ledger: &Ledger) -> Wrongs {
        ledger.judge(self.ground.engine().await.as_ref()).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_makes_the_journal_read_only_until_there_is_space() {
    let (shop, ledger) = (Shop::open().await, Ledger::default());
    let node = shop.node().await;
    assert_eq!(number(&shop.says(&node, &ledger, "in good time").await.expect("said")), 1);

    shop.disk.is_full(true);
    let talk = (0..20).map(|line| {
        let (shop, node, ledger) = (&shop, &node, &ledger);
        async move { shop.says(node, ledger, &format!("on a full disk {line}")).await }
    });
    for outcome in futures_util::future::join_all(talk).await {
        assert!(matches!(outcome, Err(NotDone::ReadOnly { .. })), "{outcome:?}");
    }
    let wrongs = ledger.judge(node.store.engine().as_ref()).await;
    assert_eq!(wrongs, Wrongs::default(), "reading goes on, and nothing is half done");

    shop.disk.is_full(false);
    let key = ledger.unanswered()[0].1.key;
    let after = shop.team.owner.says_under(&node, key, shop.team.general, "on a full disk 0").await;
    assert_eq!(number(&after.expect("said")), 2, "nobody who was turned away took a number");
    node.stop().await;
    assert_eq!(shop.judge(&ledger).await, Wrongs::default());
}

#[tokio::test(start_paused = true)]
async fn who_waits_while_the_disk_is_full_is_served_once_there_is_space() {
    let (shop, ledger) = (Shop::open().await, Ledger::default());
    let node = shop.node().await;
    shop.disk.is_full(true);
    let space = async {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        shop.disk.is_full(false);
    };
    let (outcome, ()) = tokio::join!(shop.says(&node, &ledger, "patiently"), space);
    assert_eq!(number(&outcome.expect("said")), 1);
    node.stop().await;
    assert_eq!(shop.judge(&ledger).await, Wrongs::default());
}

/// The commit is on no disk, though the machine shows it: to acknowledge it now would be a lie.
#[tokio::test(start_paused = true)]
async fn a_commit_whose_sync_failed_is_durable_before_its_receipt_acknowledges_it() {
    for fault in [SyncFault::Kept, SyncFault::Dropped] {
        for failures in 1..=4 {
            let (shop, ledger) = (Shop::open().await, Ledger::default());
            let node = shop.node().await;
            shop.says(&node, &ledger, "before").await.expect("said");
            shop.disk.next_syncs(&vec![fault; failures]);
            let outcome = shop.says(&node, &ledger, "during").await;
            assert!(outcome.is_ok(), "{fault:?} {failures} times: settled by its receipt, not {outcome:?}");
            // The power goes at once: no later sync comes to the rescue.
            shop.disk.cut(Survivors::Nothing);
            node.die().await;
            assert_eq!(shop.judge(&ledger).await, Wrongs::default(), "{fault:?} {failures} times");
        }
    }
}

/// A disk in trouble is when an operator restarts a server. The log it finds is what the machine shows, and SQLite takes
/// the commit in it for good.
#[tokio::test(start_paused = true)]
async fn what_a_restart_finds_after_a_failed_sync_is_durable_before_it_is_acknowledged() {
    for fault in [SyncFault::Kept, SyncFault::Dropped] {
        let (shop, ledger) = (Shop::open().await, Ledger::default());
        let node = shop.node().await;
        shop.says(&node, &ledger, "before").await.expect("said");
        shop.disk.next_syncs(&[fault; 100]);
        let asks = shop.says(&node, &ledger, "during");
        let fails = async {
            while !node.store.is_shut() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { biased; () = fails => {}, outcome = asks => panic!("answered {outcome:?}") }
        shop.disk.process_dies();
        node.die().await;

        shop.disk.process_restarts();
        let node = shop.node().await;
        let (text, entry) = ledger.unanswered().remove(0);
        let again = shop.team.owner.says_under(&node, entry.key, entry.channel, &text).await;
        ledger.hears(&text, &again);
        assert!(again.expect("found").again, "{fault:?}: the log has it");
        shop.disk.cut(Survivors::Nothing);
        node.die().await;
        assert_eq!(shop.judge(&ledger).await, Wrongs::default(), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn while_syncs_fail_the_outcome_is_unknown_and_nobody_else_is_served() {
    let (shop, ledger) = (Shop::open().await, Ledger::default());
    let node = shop.node().await;
    shop.disk.next_syncs(&[SyncFault::Kept; 1_000]);
    let (first, second) = tokio::join!(shop.says(&node, &ledger, "first"), async {
        while !node.store.is_shut() {
            tokio::task::yield_now().await;
        }
        shop.says(&node, &ledger, "second").await
    });
    assert!(matches!(first, Err(NotDone::Unknown)), "{first:?}");
    assert!(matches!(second, Err(NotDone::ReadOnly { .. })), "{second:?}");
    node.die().await;
    shop.disk.cut(Survivors::Nothing);
    shop.disk.power_on();
    let node = shop.node().await;
    for (text, entry) in ledger.unanswered() {
        let outcome = shop.team.owner.says_under(&node, entry.key, entry.channel, &text).await;
        ledger.hears(&text, &outcome);
    }
    node.stop().await;
    assert!(ledger.unanswered().is_empty(), "the same key settles it");
    assert_eq!(shop.judge(&ledger).await, Wrongs::default());
}
