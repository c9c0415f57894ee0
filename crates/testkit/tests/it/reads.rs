//! Reads say how fresh they must be.

use std::time::Duration;

use domain::cell::Value;
use domain::{Epoch, Position};
use store::{Freshness, Limits, Query, StoreError};
use testkit::{Faulty, Ground, Node, Team, on_every_engine};

const TEXTS: &str =
    "SELECT number, text FROM message WHERE channel = $1 AND thread = 0 ORDER BY number DESC LIMIT 10";

on_every_engine! {
    async fn what_you_wrote_is_what_you_read_and_a_position_of_another_history_is_refused(ground: Ground) {
        let limits = Limits { catch_up: Duration::from_millis(50), ..Limits::default() };
        let node = Node::with_limits(Faulty::over(ground.engine().await), ground.clock.clone(), limits).await;
        let team = Team::set_up(&node).await;
        let done = team.owner.says(&node, team.general, "read me").await.expect("said");
        let query = Query { sql: TEXTS, values: vec![Value::of(&team.general)] };
        let ask = |epoch, position| node.store.read(team.workspace, Freshness::AtLeast(epoch, position), &query);

        let seen = ask(done.epoch, done.position).await.expect("read");
        assert_eq!((seen.epoch, seen.position), (done.epoch, done.position));
        assert_eq!(seen.value.values(), [[Value::Int(1), Value::Text("read me".into())]]);
        let other = ask(Epoch(done.epoch.0 + 1), done.position).await;
        assert_eq!(other, Err(StoreError::OtherEpoch));
        let future = ask(done.epoch, Position(done.position.0 + 1)).await;
        assert!(matches!(future, Err(StoreError::Saturated { .. })), "{future:?}");
        let nowhere = domain::WorkspaceId::new(node.new_key());
        let missing = node.store.read(nowhere, Freshness::Newest, &query).await;
        assert_eq!(missing, Err(StoreError::Elsewhere));
        let mut nothing = query.clone();
        nothing.values = vec![Value::of(&domain::ChannelId::new(node.new_key()))];
        let empty = node.store.read(team.workspace, Freshness::MayLag, &nothing).await.expect("read");
        assert_eq!((empty.position, empty.value.len()), (done.position, 0), "nothing there, and as of when");
        node.stop().await;
    }
}
