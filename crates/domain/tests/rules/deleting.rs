use domain::cell::Json;
use domain::text::MessageText;
use domain::verbs::{Delete, Edit};
use domain::{
    By, ChannelTip, Code, Mention, MessagePast, Refusal, Reply, Role, Settings, Shout, WorkspaceSelf,
};

use crate::stage::{Stage, named};

fn deletes(stage: &mut Stage, by: By, thread: u64, number: u64) -> Result<Reply, Refusal> {
    stage.does(by, &Delete { channel: stage.general, thread, number })
}

/// A message with everything that hangs on one.
fn said_and_mended(stage: &mut Stage) {
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(stage.owner, &format!("needle {} <!here>", named(bob))).expect("said");
    let text = MessageText::new(format!("needle again {}", named(bob))).expect("a text");
    let edit = Edit::new(stage.general, 0, 1, text).expect("an edit");
    stage.does(stage.owner, &edit).expect("edited");
}

#[test]
fn a_deleted_message_keeps_its_number_and_its_text_is_nowhere() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    said_and_mended(&mut stage);
    deletes(&mut stage, owner, 0, 1).expect("deleted");
    let message = stage.message(0, 1);
    assert!(message.text.is_empty() && message.deleted_us.is_some() && message.extra.is_none());
    let left =
        (stage.rows::<MessagePast>().len(), stage.rows::<Mention>().len(), stage.rows::<Shout>().len());
    assert_eq!(left, (0, 0, 0));
    let events = stage.events.len();
    deletes(&mut stage, owner, 0, 1).expect("gone already");
    assert_eq!(stage.events.len(), events, "once is enough");
}

#[test]
fn where_an_audit_keeps_what_was_deleted_every_text_is_in_its_history() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let mut workspace: WorkspaceSelf = stage.row(&(stage.owner.workspace,)).expect("itself");
    workspace.settings = Json(Settings { keep_deleted: true, ..Settings::default() });
    stage.set(workspace);
    said_and_mended(&mut stage);
    deletes(&mut stage, owner, 0, 1).expect("deleted");
    assert_eq!(stage.rows::<MessagePast>().len(), 2);
    assert!(stage.message(0, 1).text.is_empty());
}

#[test]
fn its_author_or_a_moderator_deletes_a_message() {
    let mut stage = Stage::new();
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let admin = stage.welcomes("Ann", Role::Admin);
    stage.says(bob, "one").expect("said");
    stage.says(bob, "two").expect("said");
    assert_eq!(deletes(&mut stage, cleo, 0, 1).unwrap_err().code, Code::NotAllowed);
    deletes(&mut stage, bob, 0, 1).expect("its author");
    deletes(&mut stage, admin, 0, 2).expect("a moderator");
    let tip: ChannelTip = stage.row(&(bob.workspace, stage.general)).expect("a tip");
    assert_eq!((tip.holes.0.0.clone(), tip.holes.0.unread(0, tip.last_number)), (vec![1, 2], 0));
}

#[test]
fn a_reply_shown_in_the_channel_goes_from_both_places() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    stage.says(stage.owner, "root").expect("said");
    stage.replies(stage.owner, 1, "look", true).expect("replied");
    deletes(&mut stage, owner, 1, 1).expect("deleted");
    assert!(stage.message(1, 1).deleted_us.is_some() && stage.message(0, 2).deleted_us.is_some());
    let replies = stage.message(0, 1).extra().replies.expect("a thread");
    assert_eq!((replies.count, replies.holes.0), (0, vec![1]));
}

#[test]
fn what_is_deleted_is_pinned_no_longer_and_the_channel_tells_so() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    stage.says(owner, "pinned").expect("said");
    stage.says(owner, "not pinned").expect("said");
    let pin = domain::verbs::Pin { channel: stage.general, thread: 0, number: 1, on: true };
    stage.does(owner, &pin).expect("pinned");
    deletes(&mut stage, owner, 0, 2).expect("deleted");
    assert!(stage.images.last().is_some_and(|image| image.channel.is_none()), "its counts stay");
    deletes(&mut stage, owner, 0, 1).expect("deleted");
    let (channel, tip) = stage.images.last().and_then(|image| image.channel.clone()).expect("a channel");
    assert_eq!((tip.pins, channel.changed), (0, stage.events.last().expect("told").position));
}
