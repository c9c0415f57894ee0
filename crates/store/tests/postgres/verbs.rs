use domain::text::{Emoji, Name};
use domain::verbs::{CreateChannel, Delete, Edit, Join, Mark, React};
use domain::{ChannelId, Code, Position};
use store::NotDone;
use store::pg::Dsn;

use crate::node::{Node, key};
use crate::place::Place;
use crate::team::{Team, number, says, text};

#[tokio::test]
async fn a_team_talks_directly() {
    let place = Place::fresh().await;
    a_team_talks(&place, place.direct()).await;
}

#[tokio::test]
async fn a_team_talks_through_a_pooler() {
    let place = Place::fresh().await;
    a_team_talks(&place, place.pooled()).await;
}

async fn a_team_talks(place: &Place, dsn: Dsn) {
    let node = Node::at(dsn).await;
    let team = Team::founded_on(&node).await;
    let bob = team.admits(&node, "Bob").await;
    let mut witness = place.witness().await;

    let lobby = ChannelId::new(key());
    let create = CreateChannel::new(lobby, Name::new("lobby").unwrap(), false);
    node.does(team.owner, create).await.unwrap();
    node.does(bob, Join { channel: lobby }).await.unwrap();
    let calling = format!("hello <@{}>", bob.account);
    let root = node.does(team.owner, says(lobby, &calling)).await.unwrap();
    let reply = says(lobby, "hi").in_thread(number(&root), Some(team.owner.account)).also_in_channel();
    let reply = node.does(bob, reply).await.unwrap();
    assert_eq!((number(&root), number(&reply)), (1, 1));
    assert_eq!(witness.number("SELECT count(*) FROM mention WHERE seen = 0").await, 1);
    assert_eq!(witness.number("SELECT count(*) FROM thread_seat").await, 2);

    node.does(team.owner, Edit::new(lobby, 0, 1, text("hello, all")).unwrap()).await.unwrap();
    let heart = |on| React { channel: lobby, thread: 0, number: 1, emoji: Emoji::new("❤").unwrap(), on };
    node.does(bob, heart(true)).await.unwrap();
    assert_eq!(witness.number("SELECT count(*) FROM reaction").await, 1);
    node.does(bob, heart(false)).await.unwrap();
    node.does(bob, Mark { channel: lobby, thread: 0, number: 2, back: None }).await.unwrap();
    assert_eq!(
        witness.texts("SELECT text FROM message WHERE thread = 0 ORDER BY number").await,
        ["hello, all", ""]
    );
    assert_eq!(witness.texts("SELECT text FROM message_past").await, [calling]);
    let read = "SELECT read_number FROM channel_member WHERE channel = $1 ORDER BY read_number";
    assert_eq!(witness.numbers(read, lobby.bytes()).await, [0, 2]);

    let gone = node.does(bob, Delete { channel: lobby, thread: 1, number: 1 }).await.unwrap();
    assert_eq!(witness.number("SELECT count(*) FROM message WHERE text = 'hi'").await, 0);
    let positions = "SELECT position FROM event WHERE workspace = $1 ORDER BY position";
    let dense: Vec<_> = (1..=gone.position.0 as i64).collect();
    assert_eq!(witness.numbers(positions, team.workspace.bytes()).await, dense);
    node.stops().await;
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_and_another_text_under_it_is_refused() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let key = key();
    let first = node.does_as(team.owner, key, says(team.general, "once")).await.unwrap();
    let again = node.does_as(team.owner, key, says(team.general, "once")).await.unwrap();
    assert_eq!((again.position, again.reply, again.again), (first.position, first.reply, true));
    let other = node.does_as(team.owner, key, says(team.general, "twice")).await.unwrap_err();
    assert!(matches!(other, NotDone::Refused(refusal) if refusal.code == Code::KeyReused));
    assert_eq!(place.witness().await.number("SELECT count(*) FROM message").await, 1);
}

#[tokio::test]
async fn a_workspace_that_was_never_founded_is_elsewhere() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let known = Team::founded_on(&node).await;
    let stranger = Team { workspace: domain::WorkspaceId::new(key()), ..known };
    let by = domain::By { workspace: stranger.workspace, ..known.owner };
    assert_eq!(node.does(by, says(known.general, "hello?")).await, Err(NotDone::Elsewhere));
}

#[tokio::test]
async fn a_fresh_workspace_says_where_its_journal_stands() {
    let place = Place::empty().await;
    let node = Node::at(place.pooled()).await;
    let team = Team::founded_on(&node).await;
    let said = team.says(&node, "first").await.unwrap();
    assert_eq!(said.position, Position(4));
    assert!(said.epoch.0 > 1_700_000_000_000_000 << 11);
}
