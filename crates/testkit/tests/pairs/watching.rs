//! One node asks for everyone which journals moved; the others need not, and do when it is silent.

use std::sync::Arc;

use live::Bus;
use service::live::Relay;
use testkit::{Node, Shape};

use crate::pair::Pair;

fn relay(node: &Node, bus: &live::redis::Redis) -> Relay {
    Relay::new(vec![node.store.clone()], Arc::new(bus.clone()) as Arc<dyn Bus>, node.new_key())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_relay_works_and_another_takes_over_when_its_lease_is_over() {
    let pair = Pair::on(Shape::Single).await;
    let [one, other] = &pair.plazas;
    let mut first = relay(&one.town.node, &pair.redis[0]);
    let mut second = relay(&other.town.node, &pair.redis[1]);
    assert_eq!(first.turn().await, Ok(true));
    assert_eq!(second.turn().await, Ok(false), "it is held");
    assert_eq!(first.turn().await, Ok(true));
    pair.ground.clock.advance(11 * domain::Stamp::SECOND);
    let third = pair.ground.node().await;
    let mut third_relay = relay(&third, &pair.redis[1]);
    assert_eq!(third_relay.turn().await, Ok(true), "the first was not heard of");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_could_not_say_is_heard_from_who_watches_for_everyone() {
    use futures_util::StreamExt;
    use live::Heard;

    let pair = Pair::on(Shape::Single).await;
    let [one, other] = &pair.plazas;
    let (team, node) = (one.town.team, &one.town.node);
    let mut hearing = pair.redis[1].subscribe(team.workspace).await.expect("it is there");
    let mut relay = relay(&other.town.node, &pair.redis[0]);
    let done = team.owner.says(node, team.general, "hello").await.expect("said");
    assert_eq!(relay.turn().await, Ok(true));
    let (mut stands, mut watched) = (None, false);
    while stands.is_none_or(|position| position < done.position) || !watched {
        match hearing.next().await.expect("it goes on") {
            Heard::Stands(_, mark) => stands = Some(mark.position),
            Heard::Watched(_) => watched = true,
            Heard::Commit(_) => {}
        }
    }
}
