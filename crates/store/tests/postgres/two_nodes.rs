use std::sync::Arc;

use futures_util::future::join_all;

use crate::node::Node;
use crate::place::Place;
use crate::team::Team;

const SENDERS: usize = 20;
const MESSAGES: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_write_one_workspace_and_its_positions_stay_dense() {
    let place = Place::fresh().await;
    two_nodes_write(&place, place.direct()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_write_one_workspace_through_a_pooler() {
    let place = Place::fresh().await;
    two_nodes_write(&place, place.pooled()).await;
}

async fn two_nodes_write(place: &Place, dsn: store::pg::Dsn) {
    let nodes = [Arc::new(Node::at(dsn.clone()).await), Arc::new(Node::at(dsn).await)];
    let (team, neighbour) = (Team::founded_on(&nodes[0]).await, Team::founded_on(&nodes[1]).await);
    let sender = |number: usize| {
        let node = Arc::clone(&nodes[number % 2]);
        let team = if number.is_multiple_of(5) { neighbour } else { team };
        tokio::spawn(async move {
            let mut done = Vec::new();
            for message in 0..MESSAGES {
                done.push(team.says(&node, &format!("{number} {message}")).await.expect("it is sent"));
            }
            assert!(done.is_sorted_by(|a, b| a.position < b.position && a.stamp < b.stamp));
            done.len()
        })
    };
    let sent: usize = join_all((0..SENDERS).map(sender)).await.into_iter().map(Result::unwrap).sum();

    let mut witness = place.witness().await;
    assert_eq!(witness.number("SELECT count(*) FROM message").await, sent as i64);
    for team in [team, neighbour] {
        for column in ["position", "(SELECT h.position FROM head h WHERE h.workspace = $1)"] {
            let sql =
                format!("SELECT {column} FROM event WHERE workspace = $1 ORDER BY position DESC LIMIT 1");
            let count = "SELECT count(*) FROM event WHERE workspace = $1";
            let last = witness.numbers(&sql, team.workspace.bytes()).await;
            assert_eq!(last, witness.numbers(count, team.workspace.bytes()).await, "no hole, none beyond");
        }
    }
    let twice =
        "SELECT count(*) FROM (SELECT at_us FROM event GROUP BY workspace, at_us HAVING count(*) > 4) e";
    assert_eq!(witness.number(twice).await, 0, "a stamp is one command's");
}

/// More than fits one batch, founded and written at once: two lanes and many workspaces.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_workspaces_are_founded_and_written_at_once() {
    let place = Place::fresh().await;
    let node = Arc::new(Node::at(place.direct()).await);
    let team = |_| {
        let node = Arc::clone(&node);
        tokio::spawn(async move {
            let team = Team::founded_on(&node).await;
            let said = join_all((0..5).map(|_| team.says(&node, "hello"))).await;
            assert!(said.iter().all(Result::is_ok), "{said:?}");
        })
    };
    for done in join_all((0..300).map(team)).await {
        done.unwrap();
    }
    assert_eq!(place.witness().await.number("SELECT count(*) FROM message").await, 1_500);
}
