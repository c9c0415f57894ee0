use std::sync::Arc;

use domain::verbs::Send;
use futures_util::future::join_all;
use store::port::{Ask, CommitError, Wait};
use store::{Engine, NotDone};

use crate::node::Node;
use crate::place::{Place, Witness, until};
use crate::team::{Team, number, says};

/// Every table a called reply is written to, and how.
const WRITTEN: [(&str, &str); 10] = [
    ("message", "BEFORE INSERT"),
    ("message", "BEFORE UPDATE"),
    ("channel_tip", "BEFORE UPDATE"),
    ("mention", "BEFORE INSERT"),
    ("thread_seat", "BEFORE INSERT"),
    ("member", "BEFORE UPDATE"),
    ("receipt", "BEFORE INSERT"),
    ("event", "BEFORE INSERT"),
    ("head", "BEFORE UPDATE"),
    // As late as the COMMIT itself.
    ("event", "AFTER INSERT"),
];

/// From now on the database refuses what names one of these ids there.
async fn forbid(witness: &mut Witness, table: &str, when: &str, team: &Team) {
    let hex = |bytes: &[u8; 16]| bytes.map(|byte| format!("{byte:02x}")).concat();
    let (workspace, channel) = (hex(team.workspace.bytes()), hex(team.general.bytes()));
    let (kind, late) = if when.starts_with("AFTER") {
        ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED")
    } else {
        ("TRIGGER", "")
    };
    witness
        .does(&format!(
            "CREATE OR REPLACE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF NEW::text LIKE '%{workspace}%' OR NEW::text LIKE '%{channel}%' THEN
                 RAISE EXCEPTION 'forbidden'; END IF;
               RETURN NEW; END $$;
             CREATE {kind} forbid {when} ON {table} {late} FOR EACH ROW EXECUTE FUNCTION forbid()"
        ))
        .await;
}

async fn everything(witness: &mut Witness, team: &Team) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT position FROM head WHERE workspace = $1",
        "SELECT count(*) FROM event WHERE workspace = $1",
        "SELECT count(*) FROM receipt WHERE workspace = $1",
        "SELECT count(*) FROM mention WHERE workspace = $1",
        "SELECT count(*) FROM thread_seat WHERE workspace = $1",
        "SELECT sum(private)::bigint FROM member WHERE workspace = $1",
        "SELECT last_position FROM channel_tip WHERE workspace = $1",
        "SELECT count(*) FROM message m JOIN channel c ON c.id = m.channel WHERE c.workspace = $1",
        "SELECT sum(m.changed)::bigint FROM message m JOIN channel c ON c.id = m.channel WHERE c.workspace = $1",
    ] {
        counts.extend(witness.numbers(sql, team.workspace.bytes()).await);
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_statement_fails_nothing_is_half_done_and_only_its_owner_hears_of_it() {
    let place = Place::fresh().await;
    let node = Arc::new(Node::at(place.direct()).await);
    let (unlucky, neighbour) = (Team::founded_on(&node).await, Team::founded_on(&node).await);
    let mut witness = place.witness().await;
    for (table, when) in WRITTEN {
        let called = unlucky.admits(&node, "Bob").await;
        let root = number(&unlucky.says(&node, "a root").await.unwrap());
        let reply = || -> Send {
            let words = format!("you, <@{}>", called.account);
            says(unlucky.general, &words).in_thread(root, Some(unlucky.owner.account))
        };
        forbid(&mut witness, table, when, &unlucky).await;
        let before = everything(&mut witness, &unlucky).await;
        let others = join_all((0..20).map(|_| neighbour.says(&node, "all is well here")));
        let (refused, others) = tokio::join!(node.does(unlucky.owner, reply()), others);
        assert!(matches!(refused, Err(NotDone::Failed(_))), "{when} {table}: {refused:?}");
        assert!(others.iter().all(Result::is_ok), "{when} {table}: {others:?}");
        assert_eq!(everything(&mut witness, &unlucky).await, before, "{when} {table}");

        witness.does(&format!("DROP TRIGGER forbid ON {table}")).await;
        node.does(unlucky.owner, reply()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_that_cannot_be_stored_takes_none_of_its_batch_along() {
    let place = Place::fresh().await;
    let node = Arc::new(Node::at(place.direct()).await);
    let team = Team::founded_on(&node).await;
    let refuse = "ALTER TABLE message ADD CONSTRAINT nice CHECK (text <> 'poison')";
    place.witness().await.does(refuse).await;
    let words = |number: usize| if number % 10 == 3 { "poison" } else { "fine" };
    let sent = join_all((0..50).map(|number| team.says(&node, words(number)))).await;
    for (number, sent) in sent.iter().enumerate() {
        assert_eq!(sent.is_ok(), words(number) == "fine", "{number}: {sent:?}");
    }
    let mut positions: Vec<_> = sent.iter().flatten().map(|done| done.position.0).collect();
    positions.sort_unstable();
    let first = positions[0];
    assert!(positions.into_iter().eq(first..first + 45), "no hole where the others were");
}

fn ask(team: &Team) -> [Ask; 1] {
    [Ask { workspace: team.workspace, needs: domain::Needs::default(), founding: false }]
}

#[tokio::test]
async fn a_commit_answered_by_rollback_is_no_acknowledgement() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let mut opened = node.engine.open(&ask(&team), Wait::Skip).await.unwrap();
    place.witness().await.does("ALTER TABLE mention RENAME TO hidden").await;
    let mut needs = domain::Needs::default();
    needs.row::<domain::Mention>((team.workspace, team.owner.account, domain::Position(1)));
    opened.transaction.load(&mut opened.worlds[0], &needs).await.unwrap_err();
    let outcome = opened.transaction.commit(&[]).await;
    assert!(matches!(&outcome, Err(CommitError::Rejected(why)) if why.to_string().contains("ROLLBACK")));
}

#[tokio::test]
async fn a_row_that_vanished_under_the_lock_is_noticed_before_the_commit() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let mut witness = place.witness().await;
    witness
        .does("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
        .await;
    witness
        .does("CREATE TRIGGER forget BEFORE UPDATE ON channel_tip FOR EACH ROW EXECUTE FUNCTION nothing()")
        .await;
    let refused = team.says(&node, "hello").await;
    assert!(
        matches!(&refused, Err(NotDone::Failed(why)) if why.contains("a row of channel_tip")),
        "{refused:?}"
    );
    assert_eq!(witness.number("SELECT count(*) FROM message").await, 0);
}

#[tokio::test]
async fn an_abandoned_transaction_is_ended_by_the_server_and_its_commit_does_not_count() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let opened = node.engine.open(&ask(&team), Wait::Skip).await.unwrap();
    let witness = tokio::sync::Mutex::new(place.witness().await);
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND state LIKE 'idle in transaction%'";
    assert_eq!(witness.lock().await.number(open).await, 1);
    until("the server has ended it", || async { witness.lock().await.number(open).await == 0 }).await;
    let outcome = opened.transaction.commit(&opened.worlds).await;
    assert!(matches!(outcome, Err(CommitError::Rejected(why)) if why.is_passing()));
    team.says(&node, "somebody else goes on").await.unwrap();
}

#[tokio::test]
async fn who_holds_a_head_is_left_out_of_a_batch_and_waited_for_alone() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let (held, free) = (Team::founded_on(&node).await, Team::founded_on(&node).await);
    let holder = node.engine.open(&ask(&held), Wait::Skip).await.unwrap();
    let [a, b] = [ask(&held), ask(&free)].map(|[ask]| ask);
    let both = node.engine.open(&[a, b], Wait::Skip).await.unwrap();
    assert_eq!(both.worlds.iter().map(domain::World::workspace).collect::<Vec<_>>(), [free.workspace]);
    drop(both);
    let held_ask = ask(&held);
    let waits = node.engine.open(&held_ask, Wait::Wait);
    let (waited, ()) = tokio::join!(waits, async move { drop(holder) });
    assert_eq!(waited.unwrap().worlds.len(), 1);
    held.says(&node, "now").await.unwrap();
}

/// A refusal costs nothing, not even a connection.
#[tokio::test]
async fn who_is_refused_lets_the_heads_and_the_connection_go() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let mut witness = place.witness().await;
    let sessions = "SELECT coalesce(sum(pid), 0)::bigint FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let before = witness.number(sessions).await;
    for _ in 0..5 {
        let nowhere = says(domain::ChannelId::new(crate::node::key()), "anybody?");
        assert!(matches!(node.does(team.owner, nowhere).await, Err(NotDone::Refused(_))));
    }
    assert_eq!(witness.number(sessions).await, before);
    let free = "SELECT count(*) FROM (SELECT 1 FROM head FOR UPDATE SKIP LOCKED) h";
    assert_eq!(witness.number(free).await, 1);
}
