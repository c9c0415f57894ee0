//! Which nodes are there, what all of them read, and how many connections they take together.

use domain::{Key, Stamp};
use store::migrate::LEVEL;
use store::node::{
    Node, NotAdmitted, Room, admit_node, beat, connections_taken, fleet_level, leave, level_to_raise, live,
};
use testkit::{Ground, on_every_engine};

const ROOM: Room = Room { max_connections: 130, reserve: 10 };

fn node(number: u8, level: i32) -> Node {
    Node { level, ..Node::new(Key([number; 16]), &["api", "gateway"], 50) }
}

on_every_engine! {
    async fn a_node_is_alive_for_fifteen_seconds_after_its_last_beat(ground: Ground) {
        let engine = ground.engine().await;
        beat(engine.as_ref(), &node(1, LEVEL)).await.expect("said");
        ground.clock.advance(10 * Stamp::SECOND);
        beat(engine.as_ref(), &node(2, LEVEL)).await.expect("said");
        assert_eq!(live(engine.as_ref()).await.expect("asked"), [node(1, LEVEL), node(2, LEVEL)]);
        ground.clock.advance(6 * Stamp::SECOND);
        assert_eq!(live(engine.as_ref()).await.expect("asked"), [node(2, LEVEL)]);
        leave(engine.as_ref(), Key([2; 16])).await.expect("said");
        assert_eq!(live(engine.as_ref()).await.expect("asked"), []);
        ground.clock.advance(25 * Stamp::HOUR);
        assert_eq!(store::node::forget(engine.as_ref()).await.expect("asked"), 1, "long gone");
    }

    async fn the_fleets_level_is_the_least_of_its_live_nodes_and_only_rises(ground: Ground) {
        let server = ground.node().await;
        let engine = server.store.engine().as_ref();
        assert_eq!(fleet_level(engine).await.expect("asked"), 0);
        assert_eq!(level_to_raise(engine).await.expect("asked"), None, "nobody is there");
        beat(engine, &node(1, 1)).await.expect("said");
        beat(engine, &node(2, 2)).await.expect("said");
        assert_eq!(level_to_raise(engine).await.expect("asked"), Some(1));
        raise(&server, 1).await;
        assert_eq!(level_to_raise(engine).await.expect("asked"), None, "an older one is alive");
        leave(engine, Key([1; 16])).await.expect("said");
        assert_eq!(level_to_raise(engine).await.expect("asked"), Some(2));
        raise(&server, 2).await;
        assert_eq!(fleet_level(engine).await.expect("asked"), 2);

        let late = admit_node(engine, &node(3, 1), None).await;
        assert_eq!(late, Err(NotAdmitted::TooOld { own: 1, fleet: 2 }));
        assert_eq!(live(engine).await.expect("asked"), [node(2, 2)], "the one refused does not count");
        raise(&server, 1).await;
        assert_eq!(fleet_level(engine).await.expect("asked"), 2, "it never falls");
        server.stop().await;
    }

    async fn one_node_too_many_for_the_database_is_refused_with_all_figures(ground: Ground) {
        let engine = ground.engine().await;
        admit_node(engine.as_ref(), &node(1, LEVEL), Some(ROOM)).await.expect("admitted");
        admit_node(engine.as_ref(), &node(2, LEVEL), Some(ROOM)).await.expect("admitted");
        let refused = admit_node(engine.as_ref(), &node(3, LEVEL), Some(ROOM)).await.expect_err("full");
        assert_eq!(refused, NotAdmitted::TooMany { own: 50, others: 2, taken: 100, room: ROOM });
        let words = refused.to_string();
        for figure in ["up to 50", "2 live nodes", "up to 100", "150 together", "= 130", "reserve of 10", "120 in all"] {
            assert!(words.contains(figure), "{figure} in: {words}");
        }
        assert_eq!(connections_taken(engine.as_ref()).await.expect("asked"), 100, "and does not count");
        admit_node(engine.as_ref(), &node(2, LEVEL), Some(ROOM)).await.expect("who is in stays in");
    }

    async fn of_nodes_that_start_at_once_never_more_stay_than_there_is_room_for(ground: Ground) {
        let engine = ground.engine().await;
        let starts = (0..8u8).map(|number| {
            let engine = engine.clone();
            tokio::spawn(async move { admit_node(engine.as_ref(), &node(number, LEVEL), Some(ROOM)).await })
        });
        let mut admitted = 0;
        for start in starts.collect::<Vec<_>>() {
            admitted += u32::from(start.await.expect("it ends").is_ok());
        }
        assert!(admitted <= 2, "{admitted} nodes of 50 connections in 120");
        assert_eq!(connections_taken(engine.as_ref()).await.expect("asked"), admitted * 50);
    }
}

async fn raise(server: &testkit::Node, level: i32) {
    let account = domain::AccountId::new(server.new_key());
    let by = domain::By::new(domain::WorkspaceId::INSTALLATION, account);
    server.execute(by, server.new_key(), domain::verbs::RaiseLevel { level }).await.expect("raised");
}
