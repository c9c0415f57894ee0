use domain::EventKind::{MessagePinned, MessageUnpinned};
use domain::limits::PINS_MAX;
use domain::verbs::{Delete, Follow, Pin as PinVerb};
use domain::{By, ChannelTip, Code, Pin, Role, ThreadSeat, ThreadState};

use crate::stage::{Stage, named};

fn pin(stage: &Stage, thread: u64, number: u64, on: bool) -> PinVerb {
    PinVerb { channel: stage.general, thread, number, on }
}

#[test]
fn a_pinned_message_says_so_and_its_channel_counts_it() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    stage.says(owner, "keep me").expect("said");
    let on = pin(&stage, 0, 1, true);
    assert_eq!(stage.tells(owner, &on), [MessagePinned]);
    let at = stage.told().position;
    assert!(stage.message(0, 1).extra().pinned && stage.message(0, 1).changed == at);
    assert_eq!((stage.tip(stage.general).pins, stage.channel(stage.general).changed), (1, at));
    assert!(stage.tells(owner, &on).is_empty(), "twice is once");
    let off = pin(&stage, 0, 1, false);
    assert_eq!(stage.tells(owner, &off), [MessageUnpinned]);
    assert!(stage.rows::<Pin>().is_empty() && !stage.message(0, 1).extra().pinned);
    stage.does(owner, &on).expect("pinned");
    stage.does(owner, &Delete { channel: stage.general, thread: 0, number: 1 }).expect("deleted");
    assert_eq!(stage.tip(stage.general).pins, 0, "a deleted message is not pinned");
    assert_eq!(stage.refuses(owner, &on), Code::NotFound);
}

#[test]
fn a_reply_shown_in_the_channel_is_pinned_as_the_reply_it_is() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    stage.says(owner, "root").expect("said");
    stage.replies(owner, 1, "look", true).expect("replied");
    let row = pin(&stage, 0, 2, true);
    assert_eq!(stage.refuses(owner, &row), Code::NotFound);
    let reply = pin(&stage, 1, 1, true);
    stage.does(owner, &reply).expect("pinned");
    assert_eq!(stage.message(0, 2).changed, stage.told().position, "what shows it is newer too");
}

#[test]
fn a_channel_has_at_most_a_hundred_pins_set_by_who_may_post() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(bob, "one").expect("said");
    let tip = stage.tip(stage.general);
    stage.set(ChannelTip { pins: PINS_MAX, ..tip });
    let on = pin(&stage, 0, 1, true);
    assert_eq!(stage.refuses(bob, &on), Code::Conflict);
    let other = stage.opens(bob, "other", false).expect("opened");
    let there = PinVerb { channel: other, thread: 0, number: 1, on: true };
    assert_eq!(stage.refuses(stage.owner, &there), Code::NotAllowed, "without a seat");
}

#[test]
fn a_thread_is_followed_until_one_leaves_it_and_then_not_by_being_named() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(owner, "root").expect("said");
    stage.replies(owner, 1, "first", false).expect("replied");
    let general = stage.general;
    let row = |stage: &Stage, by: By| stage.row::<ThreadSeat>(&(general, 1, by.account));
    let follow = |on| Follow { channel: general, thread: 1, on };
    assert!(stage.tells(bob, &follow(true)).is_empty(), "it tells nobody");
    let seat = row(&stage, bob).expect("follows");
    assert_eq!((seat.state, seat.read_number), (ThreadState::Following, 1));
    assert_eq!(stage.member(bob).private, 1);
    stage.does(bob, &follow(true)).expect("again");
    assert_eq!(stage.member(bob).private, 1, "twice is once");
    stage.does(bob, &follow(false)).expect("left");
    stage.replies(owner, 1, &named(bob), false).expect("replied");
    assert_eq!(row(&stage, bob).map(|seat| seat.state), Some(ThreadState::Left));
    assert_eq!(stage.refuses(bob, &Follow { channel: general, thread: 9, on: true }), Code::NotFound);
}
