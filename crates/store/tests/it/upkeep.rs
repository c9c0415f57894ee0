//! What is old leaves, by thousands, and nothing that anybody still needs.

use domain::Stamp;
use domain::cell::Value;
use store::upkeep::{EVENTS_KEPT, drop_receipts, drop_removed_private, trim_events};
use testkit::{Ground, Ledger, Team, on_every_engine};

use crate::hands::{by_hand, number};

const DAY: i64 = 24 * Stamp::HOUR;

/// Many old events at once, as if they had been told one by one.
const OLD_EVENTS: &str = "INSERT INTO event (workspace, position, kind, audience, at_us)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
    SELECT h.workspace, h.position + n.i, 41, 1, h.last_us FROM head h CROSS JOIN n WHERE h.workspace = $1";

on_every_engine! {
    async fn events_of_more_than_a_week_leave_and_the_floor_tells_how_far(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        let quiet = Team::another(&node, "Quiet").await;
        by_hand(engine, OLD_EVENTS, vec![Value::of(&team.workspace)]).await;
        by_hand(engine, "UPDATE head SET position = position + 2500 WHERE workspace = $1", vec![Value::of(&team.workspace)]).await;
        let old = number(engine, "SELECT count(*) FROM event").await;
        assert_eq!(trim_events(engine, EVENTS_KEPT).await, Ok(0), "a week is not over");

        node.clock.advance(7 * DAY + Stamp::SECOND);
        let kept = team.owner.says(&node, team.general, "still here").await.expect("said");
        assert_eq!(trim_events(engine, EVENTS_KEPT).await, Ok(old as u64), "all but the new one");
        assert_eq!(number(engine, "SELECT count(*) FROM event").await, 1);
        let behind = "SELECT count(*) FROM head h JOIN event e ON e.workspace = h.workspace WHERE e.position <= h.floor";
        assert_eq!(number(engine, behind).await, 0);
        let next = team.owner.says(&node, team.general, "and on").await.expect("said");
        assert_eq!(next.position, kept.position.next(), "trimming moves no position");
        let again = quiet.owner.says(&node, quiet.general, "awake").await.expect("said");
        assert_eq!(trim_events(engine, EVENTS_KEPT).await, Ok(0), "what is left is new");
        assert!(again.position.0 > 1);
        assert_eq!(store::check::check(engine, store::migrate::Part::ALL, &mut |_| ()).await, Ok(Vec::new()));
        node.stop().await;
    }

    async fn what_a_trim_that_was_killed_left_below_the_floor_leaves_with_the_next(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        by_hand(engine, "UPDATE head SET floor = 2 WHERE workspace = $1", vec![Value::of(&team.workspace)]).await;
        assert_eq!(trim_events(engine, EVENTS_KEPT).await, Ok(2));
        node.stop().await;
    }

    async fn people_write_on_while_events_are_trimmed(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        by_hand(engine, OLD_EVENTS, vec![Value::of(&team.workspace)]).await;
        by_hand(engine, "UPDATE head SET position = position + 2500 WHERE workspace = $1", vec![Value::of(&team.workspace)]).await;
        node.clock.advance(8 * DAY);
        let ledger = Ledger::default();
        let talk = async {
            for line in 0..40 {
                let (text, key) = (format!("line {line}"), node.new_key());
                ledger.tries(&text, key, team.workspace, team.general);
                ledger.hears(&text, &team.owner.says_under(&node, key, team.general, &text).await);
            }
        };
        let ((), trimmed) = tokio::join!(talk, trim_events(engine, EVENTS_KEPT));
        assert!(trimmed.expect("trimmed") >= 2_500);
        assert!(ledger.unanswered().is_empty());
        assert_eq!(store::check::check(engine, store::migrate::Part::ALL, &mut |_| ()).await, Ok(Vec::new()));
        node.stop().await;
    }

    async fn a_receipt_stays_as_long_as_its_key_may_come_again_and_an_hour_more(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        team.owner.says(&node, team.general, "one").await.expect("said");
        let receipts = number(engine, "SELECT count(*) FROM receipt").await;
        node.clock.advance(24 * Stamp::HOUR + 30 * Stamp::MINUTE);
        assert_eq!(drop_receipts(engine).await, Ok(0), "not yet");
        team.owner.says(&node, team.general, "two").await.expect("said");
        node.clock.advance(Stamp::HOUR);
        assert_eq!(drop_receipts(engine).await, Ok(receipts as u64));
        assert_eq!(number(engine, "SELECT count(*) FROM receipt").await, 1, "the newer one stays");
        node.stop().await;
    }

    async fn a_removed_private_row_leaves_after_thirty_days_and_a_live_one_never(ground: Ground) {
        let node = ground.node().await;
        let engine = node.store.engine().as_ref();
        let team = Team::set_up(&node).await;
        let now = node.now();
        let put = "INSERT INTO private (workspace, account, kind, subject, value, version, at_us)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
            SELECT $1, $2, 'draft', CAST(n.i AS TEXT), CASE WHEN n.i <= 3 THEN 'kept' ELSE NULL END, n.i, $3 + n.i FROM n";
        by_hand(engine, put, vec![Value::of(&team.workspace), Value::of(&team.owner.account()), Value::of(&now)]).await;
        node.clock.advance(29 * DAY);
        assert_eq!(drop_removed_private(engine).await, Ok(0));
        node.clock.advance(DAY + Stamp::SECOND);
        assert_eq!(drop_removed_private(engine).await, Ok(1_497));
        assert_eq!(number(engine, "SELECT count(*) FROM private").await, 3);
        node.stop().await;
    }
}
