use domain::limits::SHOUT_MEMBERS_MAX;
use domain::{Audience, ChannelTip, Code, EventKind, Mention, Role, Shout, ShoutKind};

use crate::stage::{Stage, named};

#[test]
fn a_message_gets_the_next_number_and_tells_those_who_sit_or_look() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(stage.owner, "one").expect("said");
    stage.says(bob, "two").expect("said");
    let second = stage.message(0, 2);
    assert_eq!((second.author, second.text.as_str(), second.changed), (bob.account, "two", second.position));
    let told = stage.events.last().expect("an event");
    assert_eq!(
        (told.kind, told.audience, told.number),
        (EventKind::MessageSent, Audience::SeatsAndLookers, Some(2))
    );
    assert_eq!(told.body, None, "an event never carries the text of a row");
    let tip: ChannelTip = stage.row(&(bob.workspace, stage.general)).expect("a tip");
    assert_eq!((tip.last_number, tip.last_position), (2, second.position));
}

#[test]
fn two_messages_of_the_same_moment_have_rising_stamps() {
    let mut stage = Stage::new();
    for _ in 0..3 {
        stage.says(stage.owner, "now").expect("said");
    }
    stage.clock = domain::Stamp(1);
    stage.says(stage.owner, "the clock went back").expect("said");
    let stamps: Vec<_> = (1..=4).map(|number| stage.message(0, number).at_us).collect();
    assert!(stamps.is_sorted_by(|earlier, later| earlier < later), "{stamps:?}");
}

#[test]
fn only_who_sits_in_the_channel_is_called_by_name_and_nobody_calls_themselves() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let plans = stage.opens(stage.owner, "plans", true).expect("opened");
    let text = format!("{} {} {}", named(bob), named(stage.owner), named(bob));
    stage.says(stage.owner, &text).expect("said");
    stage.says_in(stage.owner, plans, &text).expect("said");
    let mentions = stage.rows::<Mention>();
    assert_eq!(mentions.len(), 1);
    assert_eq!(
        (mentions[0].account, mentions[0].channel, mentions[0].seen),
        (bob.account, stage.general, false)
    );
}

#[test]
fn a_call_to_everyone_is_one_row_and_in_a_large_channel_a_right_of_admins() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(bob, "<!here> lunch?").expect("said");
    let shouts = stage.rows::<Shout>();
    assert_eq!((shouts.len(), shouts[0].kind), (1, ShoutKind::Here));
    let tip: ChannelTip = stage.row(&(bob.workspace, stage.general)).expect("a tip");
    stage.set(ChannelTip { members: SHOUT_MEMBERS_MAX + 1, ..tip });
    assert_eq!(stage.says(bob, "<!channel> hello").unwrap_err().code, Code::NotAllowed);
    stage.says(stage.owner, "<!channel> hello").expect("an admin may");
}

#[test]
fn a_channel_one_may_not_see_is_not_found_and_one_without_a_seat_asks_to_be_joined() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let gil = stage.welcomes("Gil", Role::Guest);
    let secret = stage.opens(stage.owner, "secret", true).expect("opened");
    let open = stage.opens(stage.owner, "open", false).expect("opened");
    assert_eq!(stage.says_in(bob, secret, "hi").unwrap_err().code, Code::NotFound);
    assert_eq!(stage.joins(bob, secret).unwrap_err().code, Code::NotFound);
    assert_eq!(stage.says_in(bob, open, "hi").unwrap_err().code, Code::NotAllowed);
    stage.joins(bob, open).expect("joined");
    stage.says_in(bob, open, "hi").expect("said");
    assert_eq!(stage.joins(gil, open).unwrap_err().code, Code::NotFound, "a guest sees what they were given");
    let mut stranger = bob;
    stranger.account = domain::AccountId::new(domain::Key::new(domain::Stamp(1), [99; 10]));
    assert_eq!(stage.says(stranger, "hi").unwrap_err().code, Code::NotFound, "nor the workspace");
}

#[test]
fn a_channel_name_is_taken_once_however_it_is_written() {
    let mut stage = Stage::new();
    stage.opens(stage.owner, "Big  Plans", false).expect("opened");
    let again = stage.opens(stage.owner, "big plans", true).unwrap_err();
    assert_eq!((again.code, again.about), (Code::Conflict, Some("name")));
    let gil = stage.welcomes("Gil", Role::Guest);
    assert_eq!(stage.opens(gil, "mine", false).unwrap_err().code, Code::NotAllowed);
}
