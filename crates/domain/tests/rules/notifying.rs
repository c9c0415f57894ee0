//! Who is told of a message, and who is not.

use domain::verbs::{
    CreateDirect, Delete, Follow, Keep, Mark, Notify, PrivateKind, RemoveFromChannel, RemoveMember,
    SeeNotifications,
};
use domain::{By, ChannelId, Code, Message, Notification, NotificationKind, Position, Role, Stamp};

use crate::stage::{Stage, named};

use NotificationKind::{Direct, Mention, Thread};

/// The job of one person and one message comes due.
fn comes_due(stage: &mut Stage, by: By, channel: ChannelId, thread: u64, number: u64) {
    let position = stage.row::<Message>(&(channel, thread, number)).expect("a message").position;
    let events = stage.events.len();
    stage.does(by, &Notify { position, channel, thread, number }).expect("never refused");
    assert_eq!(stage.events.len(), events, "private: no event");
}

fn told(stage: &Stage, by: By) -> Vec<(NotificationKind, u64, u64)> {
    let mine = stage.rows::<Notification>().into_iter().filter(|told| told.account == by.account);
    mine.map(|told| (told.kind, told.thread.unwrap_or(99), told.number.unwrap_or(99))).collect()
}

fn chooses(stage: &mut Stage, by: By, kind: PrivateKind, subject: &str, value: &str) {
    let keep = Keep::new(kind, subject, Some(value.to_owned())).expect("well formed");
    stage.does(by, &keep).expect("kept");
}

fn direct(stage: &mut Stage, by: By, other: By) -> ChannelId {
    let id = ChannelId::direct(stage.key());
    let create = CreateDirect::new(id, by, vec![other.account]).expect("two people");
    stage.does(by, &create).expect("created");
    id
}

/// Ada says something that calls Bob; number 1 of `general`.
fn bob_is_called() -> (Stage, By) {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(stage.owner, &named(bob)).expect("said");
    (stage, bob)
}

#[test]
fn who_is_named_is_told_once_however_often_the_job_runs() {
    let (mut stage, bob) = bob_is_called();
    let general = stage.general;
    for _ in 0..2 {
        comes_due(&mut stage, bob, general, 0, 1);
    }
    assert_eq!(told(&stage, bob), [(Mention, 0, 1)]);
    let row = &stage.rows::<Notification>()[0];
    assert_eq!((row.at_us, row.seen_us), (stage.message(0, 1).at_us, Stamp(0)), "of the message's own time");
}

#[test]
fn who_has_read_it_wrote_it_or_is_not_meant_is_told_nothing() {
    let (mut stage, bob) = bob_is_called();
    let cleo = stage.welcomes("Cleo", Role::Member);
    let (general, owner) = (stage.general, stage.owner);
    for person in [cleo, owner] {
        comes_due(&mut stage, person, general, 0, 1);
        assert_eq!(told(&stage, person), []);
    }
    stage.does(bob, &Mark { channel: general, thread: 0, number: 1, back: None }).expect("read");
    comes_due(&mut stage, bob, general, 0, 1);
    assert_eq!(told(&stage, bob), []);
    stage
        .does(bob, &Mark { channel: general, thread: 0, number: 1, back: Some(99) })
        .expect("unread from here");
    comes_due(&mut stage, bob, general, 0, 1);
    assert_eq!(told(&stage, bob), [(Mention, 0, 1)], "unread again");
}

#[test]
fn who_left_or_was_removed_and_whom_a_deleted_message_called_is_told_nothing() {
    for how in 0..3 {
        let (mut stage, bob) = bob_is_called();
        let (general, owner) = (stage.general, stage.owner);
        let done = match how {
            0 => stage.does(owner, &Delete { channel: general, thread: 0, number: 1 }),
            1 => stage.does(owner, &RemoveFromChannel { channel: general, account: bob.account }),
            _ => stage.does(owner, &RemoveMember { account: bob.account, closing: false }),
        };
        done.expect("done");
        comes_due(&mut stage, bob, general, 0, 1);
        assert_eq!(told(&stage, bob), [], "{how}");
    }
}

#[test]
fn another_message_at_that_place_is_another_message() {
    let (mut stage, bob) = bob_is_called();
    let general = stage.general;
    let elsewhere = Notify { position: Position(1), channel: general, thread: 0, number: 1 };
    stage.does(bob, &elsewhere).expect("nothing");
    let nothing = Notify { number: 7, ..elsewhere };
    stage.does(bob, &nothing).expect("nothing");
    assert_eq!(told(&stage, bob), []);
}

#[test]
fn words_said_to_a_few_are_told_to_each_of_them_and_replies_to_who_follows() {
    let mut stage = Stage::new();
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let (general, owner) = (stage.general, stage.owner);
    let pair = direct(&mut stage, owner, bob);
    stage.says_in(owner, pair, "psst").expect("said");
    comes_due(&mut stage, bob, pair, 0, 1);
    comes_due(&mut stage, owner, pair, 0, 1);
    comes_due(&mut stage, cleo, pair, 0, 1);
    assert_eq!(
        (told(&stage, bob), told(&stage, owner), told(&stage, cleo)),
        (vec![(Direct, 0, 1)], vec![], vec![])
    );

    stage.says(bob, "root").expect("said");
    stage.replies(owner, 1, "a reply", false).expect("said");
    comes_due(&mut stage, bob, general, 1, 1);
    comes_due(&mut stage, cleo, general, 1, 1);
    assert_eq!(told(&stage, bob).len(), 2);
    assert!(told(&stage, bob).contains(&(Thread, 1, 1)) && told(&stage, cleo).is_empty());
    stage.does(bob, &Follow { channel: general, thread: 1, on: false }).expect("left");
    stage.replies(owner, 1, "more", false).expect("said");
    comes_due(&mut stage, bob, general, 1, 2);
    assert_eq!(told(&stage, bob).len(), 2, "who left a thread hears no more of it");
}

/// What Bob hears of a mention, of a direct message and of a thread he follows, by what he chose.
fn check(choices: &[(PrivateKind, &str, &str)], expected: [bool; 3]) {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let (general, owner) = (stage.general, stage.owner);
    let pair = direct(&mut stage, owner, bob);
    for (kind, subject, value) in choices {
        let subject = subject.replace("general", &general.to_string()).replace("pair", &pair.to_string());
        chooses(&mut stage, bob, *kind, &subject, value);
    }
    stage.says(bob, "root").expect("said");
    stage.says(owner, &named(bob)).expect("said");
    stage.says_in(owner, pair, "psst").expect("said");
    stage.replies(owner, 1, "a reply", false).expect("said");
    for (channel, thread, number) in [(general, 0, 2), (pair, 0, 1), (general, 1, 1)] {
        comes_due(&mut stage, bob, channel, thread, number);
    }
    let heard = told(&stage, bob);
    let hears = [Mention, Direct, Thread].map(|kind| heard.iter().any(|(told, ..)| *told == kind));
    assert_eq!(hears, expected, "{choices:?}");
}

#[test]
fn one_chooses_what_one_is_told_of_a_channel_and_of_all() {
    use PrivateKind::{Mute, Notify};
    check(&[], [true, true, true]);
    check(&[(Notify, "all", "\"nothing\"")], [false, false, false]);
    check(&[(Notify, "all", "{\"level\": \"mentions\"}")], [true, true, false]);
    check(&[(Notify, "all", "\"nonsense\"")], [true, true, true]);
    check(&[(Notify, "general", "\"mentions\"")], [true, true, false]);
    check(&[(Notify, "all", "\"nothing\""), (Notify, "general", "\"all\"")], [true, false, true]);
    check(&[(Mute, "general", "{}")], [true, true, false]);
    check(&[(Mute, "pair", "{}")], [true, false, true]);
    check(&[(Mute, "pair", "{}"), (Notify, "pair", "\"all\"")], [true, true, true]);
}

#[test]
fn one_sees_what_one_was_told_up_to_a_position_and_two_hundred_at_once() {
    let (mut stage, bob) = bob_is_called();
    let general = stage.general;
    for number in 2..=205 {
        stage.says(stage.owner, &named(bob)).expect("said");
        comes_due(&mut stage, bob, general, 0, number);
    }
    let unseen =
        |stage: &Stage| stage.rows::<Notification>().iter().filter(|told| told.seen_us == Stamp(0)).count();
    assert_eq!(unseen(&stage), 204);
    let first = SeeNotifications { position: stage.message(0, 3).position };
    assert_eq!(stage.does(bob, &first).expect("seen").0, "{\"rest\":false}");
    assert_eq!(unseen(&stage), 202);
    let all = SeeNotifications { position: Position(u64::MAX >> 1) };
    assert_eq!(stage.does(bob, &all).expect("seen").0, "{\"rest\":true}");
    assert_eq!((stage.does(bob, &all).expect("seen").0.as_str(), unseen(&stage)), ("{\"rest\":false}", 0));
    let stranger = By::new(bob.workspace, domain::AccountId::new(stage.key()));
    assert_eq!(stage.refuses(stranger, &all), Code::NotFound);
}

#[test]
fn a_call_to_everyone_is_heard_by_who_did_not_choose_otherwise() {
    use domain::verbs::hears_shouts;
    assert!(hears_shouts(None, false, None));
    assert!(!hears_shouts(None, true, None), "muted");
    assert!(hears_shouts(Some("\"mentions\""), true, Some("\"nothing\"")), "what one chose here goes first");
    assert!(!hears_shouts(Some("\"nothing\""), false, None));
    assert!(!hears_shouts(None, false, Some("{\"level\":\"nothing\"}")));
}
