//! Who follows finds what moved, and its cursor never falls back.

use domain::{Epoch, Position, Stamp, WorkspaceId};
use store::follow::{Cursor, Discovery, Moved, cursor, save};
use testkit::{Ground, Node, Team, on_every_engine};

fn at(epoch: Epoch, position: Position) -> Cursor {
    Cursor { epoch, position }
}

async fn asks(discovery: &mut Discovery, node: &Node) -> Vec<Moved> {
    let mut moved = discovery.ask(node.store.engine().as_ref()).await.expect("the database answers");
    moved.retain(|moved| moved.workspace != WorkspaceId::INSTALLATION);
    moved
}

async fn workspaces(discovery: &mut Discovery, node: &Node) -> Vec<WorkspaceId> {
    asks(discovery, node).await.into_iter().map(|moved| moved.workspace).collect()
}

/// Follows to the end of everything.
async fn follows_all(discovery: &mut Discovery, node: &Node) {
    let heads: Vec<_> =
        asks(discovery, node).await.iter().map(|moved| (moved.workspace, moved.head)).collect();
    save(node.store.engine().as_ref(), "notify", &heads).await.expect("saved");
}

on_every_engine! {
    async fn a_cursor_only_moves_forward_whoever_saves_it_late(ground: Ground) {
        let engine = ground.engine().await;
        let engine = engine.as_ref();
        let workspace = WorkspaceId::new(store::clock::new_key(&ground.clock));
        assert_eq!(cursor(engine, "notify", workspace).await, Ok(None));
        let (one, two) = (Epoch(7), Epoch(8));
        for (saved, then) in [
            (at(one, Position(5)), at(one, Position(5))),
            (at(one, Position(3)), at(one, Position(5))),
            (at(one, Position(6)), at(one, Position(6))),
            (at(two, Position(2)), at(two, Position(2))),
            (at(one, Position(9)), at(two, Position(2))),
        ] {
            save(engine, "notify", &[(workspace, saved)]).await.expect("saved");
            assert_eq!(cursor(engine, "notify", workspace).await, Ok(Some(then)), "after {saved:?}");
        }
        assert_eq!(cursor(engine, "search", workspace).await, Ok(None), "each follower has its own");
    }

    async fn whoever_takes_over_asks_every_head_once_and_then_only_those_touched(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let quiet = Team::another(&node, "Quiet").await;
        let mut discovery = Discovery::new("notify");
        node.clock.advance(Stamp::HOUR);
        let mut both = vec![team.workspace, quiet.workspace];
        both.sort();
        let first = asks(&mut discovery, &node).await;
        assert_eq!(first.iter().map(|moved| moved.workspace).collect::<Vec<_>>(), both);
        assert!(first.iter().all(|moved| moved.cursor.is_none()));
        assert!(asks(&mut discovery, &node).await.is_empty(), "an hour ago is too long ago for the second time");

        let done = team.owner.says(&node, team.general, "hello").await.expect("said");
        let moved = asks(&mut discovery, &node).await;
        assert_eq!(moved.iter().map(|moved| (moved.workspace, moved.head.position)).collect::<Vec<_>>(), [(team.workspace, done.position)]);
        node.clock.advance(6 * Stamp::SECOND);
        assert_eq!(workspaces(&mut discovery, &node).await, [team.workspace], "the bucket before counts, too");
        node.clock.advance(11 * Stamp::SECOND);
        assert!(workspaces(&mut discovery, &node).await.len() <= 1);
        node.clock.advance(11 * Stamp::SECOND);
        assert!(asks(&mut discovery, &node).await.is_empty());

        let mut successor = Discovery::new("notify");
        assert_eq!(workspaces(&mut successor, &node).await, both, "nothing was followed yet");
        follows_all(&mut Discovery::new("notify"), &node).await;
        assert!(workspaces(&mut Discovery::new("notify"), &node).await.is_empty());
        node.stop().await;
    }

    async fn what_an_unknown_commit_a_clock_or_a_new_history_hides_is_found_by_asking_every_head(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let engine = node.store.engine().as_ref();
        let mut discovery = Discovery::new("notify");
        follows_all(&mut discovery, &node).await;
        // A commit that shows up under a bucket long gone.
        let hidden = "UPDATE head SET position = position + 1, touched = 1 WHERE position > 0";
        crate::hands::by_hand(engine, hidden, Vec::new()).await;
        assert!(asks(&mut discovery, &node).await.is_empty(), "nobody could know");
        discovery.ask_all();
        assert_eq!(workspaces(&mut discovery, &node).await, [team.workspace]);
        node.clock.advance(11 * Stamp::MINUTE);
        assert_eq!(workspaces(&mut discovery, &node).await, [team.workspace], "every so often all are asked");
        node.clock.advance(-Stamp::MINUTE);
        assert_eq!(workspaces(&mut discovery, &node).await, [team.workspace], "a clock set back");

        follows_all(&mut Discovery::new("notify"), &node).await;
        let newer = "UPDATE head SET epoch_before = epoch, epoch_from = position, epoch = epoch + 1 WHERE position > 0";
        crate::hands::by_hand(engine, newer, Vec::new()).await;
        assert_eq!(workspaces(&mut Discovery::new("notify"), &node).await, [team.workspace], "another epoch");
        node.stop().await;
    }

    async fn more_journals_than_one_answer_holds_are_all_found(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        Team::set_up(&node).await;
        for number in 0..2_100u32 {
            let mut id = [0u8; 16];
            id[0] = 0x10;
            id[12..].copy_from_slice(&number.to_be_bytes());
            let insert = "INSERT INTO head (workspace, position, last_us, epoch, epoch_from, floor, fence, state, touched)
                VALUES ($1, 1, 1, 1, 0, 0, 1, 'active', 0)";
            crate::hands::by_hand(engine, insert, vec![domain::cell::Value::Blob(id.to_vec())]).await;
        }
        // All of them just now, however long that took.
        let now = store::clock::Clock::now(&node.clock).0 / domain::BUCKET_US;
        let touch = "UPDATE head SET touched = $1";
        crate::hands::by_hand(engine, touch, vec![domain::cell::Value::Int(now)]).await;
        let mut discovery = Discovery::new("notify");
        assert_eq!(asks(&mut discovery, &node).await.len(), 2_101);
        assert_eq!(asks(&mut discovery, &node).await.len(), 2_101, "by their bucket, too");
        node.stop().await;
    }
}
