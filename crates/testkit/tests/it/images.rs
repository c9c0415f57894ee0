//! An event that was missed is told as its writer told it.

use domain::{Event, Image, Message, Position};
use service::{Address, Draft};
use store::Freshness;
use testkit::{Ground, Node, Person, Team, on_every_engine};

async fn everything(node: &Node, team: &Team) -> Vec<(Event, Image)> {
    let mut all: Vec<(Event, Image)> = Vec::new();
    loop {
        let after = all.last().map_or(Position(0), |(event, _)| event.position);
        let seen = node.service.events(team.workspace, Freshness::Newest, after, 7).await.expect("read");
        if seen.value.is_empty() {
            assert_eq!(seen.position, after, "up to the head");
            return all;
        }
        all.extend(seen.value);
    }
}

async fn a_busy_hour(node: &Node, team: &Team) -> Person {
    let (service, ada) = (&node.service, team.owner);
    let bob = team.welcomes(node, "Bob").await;
    let key = || node.new_key();
    let root = Address { channel: team.general, thread: 0, number: 1 };
    ada.says(node, team.general, "first").await.expect("said");
    let draft = Draft { channel: team.general, thread: 1, text: "both".into(), in_channel: true };
    service.send(bob.by, key(), draft).await.expect("said in both");
    let reply = Address { thread: 1, ..root };
    service.react(ada.by, key(), reply, "🎉", true).await.expect("reacted");
    service.edit(bob.by, key(), reply, "both, edited").await.expect("edited");
    service.pin(ada.by, key(), reply, true).await.expect("pinned");
    service.delete(bob.by, key(), reply).await.expect("deleted");
    let plans = team.opens(node, "plans").await;
    service.add_to_channel(ada.by, key(), plans, bob.account()).await.expect("brought in");
    service.change_seat(ada.by, key(), plans, bob.account(), true).await.expect("looks after it");
    service.remove_from_channel(ada.by, key(), plans, bob.account()).await.expect("sent away");
    service.change_role(ada.by, key(), bob.account(), domain::Role::Admin).await.expect("an admin");
    service.archive_workspace(ada.by, key(), true).await.expect("put away");
    bob
}

/// Rows as the writer had them, where it had them at all, and no newer ones since.
fn same(event: &Event, told: &Image, read: &Image) {
    let at = format!("{} at {}", event.kind.word(), event.position);
    let message = |told: &Option<Message>, read: &Option<Message>, name: &str| {
        let (Some(told), read) = (told, read.as_ref()) else { return };
        let read = read.unwrap_or_else(|| panic!("{name} of {at} is missing"));
        assert!(read.changed >= told.changed, "{name} of {at} is older");
        if read.changed == told.changed {
            assert_eq!(told, read, "{name} of {at}");
        }
    };
    message(&told.message, &read.message, "message");
    message(&told.root, &read.root, "root");
    message(&told.row, &read.row, "row");
    if let (Some(told), Some(read)) = (&told.channel, &read.channel)
        && told.0.changed == read.0.changed
    {
        assert_eq!((&told.0, told.1.members, told.1.pins), (&read.0, read.1.members, read.1.pins), "{at}");
    }
    assert!(read.channel.is_some() || told.channel.is_none(), "channel of {at}");
    if let (Some(told), Some(read)) = (&told.seat, &read.seat)
        && told.changed == read.changed
    {
        assert_eq!(told, read, "seat of {at}");
    }
    assert!(read.seat.is_some() || told.seat.is_none(), "seat of {at}");
    if let (Some(told), Some(read)) = (&told.member, &read.member)
        && told.changed == read.changed
    {
        assert_eq!((told.role, &told.name), (read.role, &read.name), "member of {at}");
    }
    assert!(read.member.is_some() || told.member.is_none(), "member of {at}");
    assert!(read.workspace.is_some() || told.workspace.is_none(), "workspace of {at}");
}

on_every_engine! {
    async fn what_was_missed_is_told_as_its_writer_told_it_or_newer(ground: Ground) {
        let node = ground.node().await;
        let mut live = node.store.committed();
        let team = Team::set_up(&node).await;
        a_busy_hour(&node, &team).await;
        let mut told = Vec::new();
        while let Ok(commit) = live.try_recv() {
            if commit.workspace == team.workspace {
                told.extend(commit.events.clone());
            }
        }
        let read = everything(&node, &team).await;
        assert_eq!(told.len(), 17, "the hour was as busy as it should be");
        let events = |all: &[(Event, Image)]| all.iter().map(|(event, _)| event.clone()).collect::<Vec<_>>();
        assert_eq!(events(&told), events(&read));
        told.iter().zip(&read).for_each(|((event, told), (_, read))| same(event, told, read));
        node.stop().await;
    }
}
