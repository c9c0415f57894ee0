//! The bus's half of invariant 10.

use live::redis::PACKET_VERSION;
use testkit::bus::contract::Between;
use testkit::redises::Wires;
use testkit::{Backend, Ground, Meeting, Plaza, Shape};

use crate::pair::Pair;

/// What a build after this one says on the bus: read as far as it can be, and otherwise no more than lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn version_n_and_n_plus_1_share_one_store_bus_and_socket_in_both_directions() {
    let pair = Pair::on(Shape::Single).await;
    let mut talk = pair.talkers().await;
    pair.hear_each_other().await;
    let workspace = pair.plazas[0].town.team.workspace;
    let wires = Wires { redises: pair.redises.clone(), other: pair.redis[1].clone() };
    let node = [7; 16];
    let commit =
        testkit::bus::commit(workspace, 7, vec![testkit::bus::said(workspace, 1, "of another history")]);
    let body = live::wire::encode(&commit);
    let packet = |version: u8, kind: u8, body: &[u8]| [&[version][..], &node, &[kind], body].concat();
    for unknown in [
        // A version that this build must not read, and a commit of one.
        packet(PACKET_VERSION + 1, 1, &body),
        packet(PACKET_VERSION, 1, &[&[live::wire::VERSION + 1][..], &body[1..]].concat()),
        // A kind of packet it does not know, and a commit with a part it does not know.
        packet(PACKET_VERSION, 200, &body),
        packet(PACKET_VERSION, 1, &[&body[..], &[99, 3, 1, 2, 3]].concat()),
        packet(PACKET_VERSION, 1, &[]),
        Vec::new(),
    ] {
        wires.inject(workspace, unknown).await;
        talk.goes_on(4).await;
        talk.is_heard().await;
    }
    pair.hear_each_other().await;
}

/// A node that says nothing an older one could read: it is heard all the same, from the journal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_commits_nobody_here_can_read_is_heard_from_the_journal() {
    let ground = Ground::on(Backend::Postgres).await;
    let redises = testkit::Redises::start(Shape::Single);
    let redis = redises.node().await;
    let one = Plaza::meeting_at(&ground, gateway::Limits::default(), Meeting::on(&redis)).await;
    // It speaks to nobody, as far as an older build can tell.
    let alone = std::sync::Arc::new(live::InProcess::default());
    let newer = one.beside(&ground, Meeting::over(alone)).await;
    let bob = one.town.welcomes("Bob").await;
    let mut ada = newer.enters(one.town.team.owner).await;
    let mut bob = one.enters(bob).await;
    for number in 1..=5 {
        ada.says(one.town.team.general, &number.to_string()).await;
        let wires = Wires { redises: redises.clone(), other: redis.clone() };
        wires.inject(one.town.team.workspace, vec![PACKET_VERSION + 1; 40]).await;
        assert_eq!(bob.hears().await, number.to_string());
    }
}
