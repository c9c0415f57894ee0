use domain::limits::{EDIT_SECONDS_DEFAULT, PAST_TEXTS_MAX};
use domain::text::{Emoji, MessageText};
use domain::verbs::{Delete, Edit, React};
use domain::{By, Code, Mention, MessagePast, Reaction, Refusal, Reply, Role, Stamp};

use crate::stage::{Stage, named};

fn edits(stage: &mut Stage, by: By, number: u64, text: &str) -> Result<Reply, Refusal> {
    let text = MessageText::new(text).expect("a text");
    let edit = Edit::new(stage.general, 0, number, text).expect("an edit");
    stage.does(by, &edit)
}

#[test]
fn an_author_edits_for_fifteen_minutes_and_the_earlier_text_is_kept() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Admin);
    stage.says(stage.owner, "helo").expect("said");
    edits(&mut stage, owner, 1, "hello").expect("edited");
    let message = stage.message(0, 1);
    assert_eq!(message.text, "hello");
    assert!(message.edited_us.is_some() && message.changed > message.position);
    assert_eq!(stage.rows::<MessagePast>()[0].text, "helo");
    assert_eq!(edits(&mut stage, bob, 1, "mine").unwrap_err().code, Code::NotAllowed, "nobody else does");
    stage.clock = stage.clock.plus(i64::from(EDIT_SECONDS_DEFAULT) * Stamp::SECOND + Stamp::SECOND);
    assert_eq!(edits(&mut stage, owner, 1, "too late").unwrap_err().code, Code::NotAllowed);
}

#[test]
fn an_edit_calls_who_is_named_now_and_takes_back_who_is_not() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    stage.says(stage.owner, &named(bob)).expect("said");
    edits(&mut stage, owner, 1, &named(cleo)).expect("edited");
    let called = |stage: &Stage| -> Vec<_> {
        stage.rows::<Mention>().iter().map(|mention| (mention.account, mention.position)).collect()
    };
    let edited = stage.told().position;
    assert_eq!(
        called(&stage),
        [(cleo.account, edited)],
        "where the edit stands, past what was read before it"
    );
    edits(&mut stage, owner, 1, &format!("{}!", named(cleo))).expect("edited");
    assert_eq!(called(&stage), [(cleo.account, edited)], "who is named already is not called again");
    edits(&mut stage, owner, 1, "nobody").expect("edited");
    assert!(called(&stage).is_empty());
    edits(&mut stage, owner, 1, &named(cleo)).expect("edited");
    let delete = Delete { channel: stage.general, thread: 0, number: 1 };
    stage.does(owner, &delete).expect("deleted");
    assert!(called(&stage).is_empty(), "a deletion takes it along");
}

#[test]
fn who_was_called_with_everyone_is_not_called_again_by_an_edit() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(owner, "<!channel>").expect("said");
    edits(&mut stage, owner, 1, &format!("<!channel> {}", named(bob))).expect("edited");
    let positions: Vec<_> = stage.rows::<Mention>().iter().map(|mention| mention.position).collect();
    assert_eq!(positions, [stage.message(0, 1).position]);
}

#[test]
fn the_same_text_again_changes_nothing_and_too_many_edits_are_refused() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    stage.says(stage.owner, "same").expect("said");
    let events = stage.events.len();
    edits(&mut stage, owner, 1, "same").expect("nothing to do");
    assert_eq!(stage.events.len(), events);
    for turn in 0..PAST_TEXTS_MAX {
        edits(&mut stage, owner, 1, &format!("turn {turn}")).expect("edited");
    }
    assert_eq!(edits(&mut stage, owner, 1, "once more").unwrap_err().code, Code::Conflict);
}

#[test]
fn a_reaction_counts_once_a_person_and_leaves_without_a_trace() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(stage.owner, "news").expect("said");
    let react = |on| React {
        channel: stage.general,
        thread: 0,
        number: 1,
        emoji: Emoji::new("🎉").expect("one"),
        on,
    };
    let (come, go) = (react(true), react(false));
    for by in [bob, bob, stage.owner] {
        stage.does(by, &come).expect("reacted");
    }
    let reacted = stage.message(0, 1).extra().reactions["🎉"].clone();
    assert_eq!((reacted.count, reacted.people), (2, vec![bob.account, stage.owner.account]));
    for by in [bob, stage.owner, stage.owner] {
        stage.does(by, &go).expect("taken back");
    }
    assert_eq!((stage.rows::<Reaction>().len(), stage.message(0, 1).extra), (0, None));
}

#[test]
fn what_shows_a_reply_in_the_channel_is_newer_once_the_reply_is_edited() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    stage.says(owner, "root").expect("said");
    stage.replies(owner, 1, "helo", true).expect("replied");
    let text = MessageText::new("hello").expect("a text");
    let edit = Edit::new(stage.general, 1, 1, text).expect("an edit");
    stage.does(owner, &edit).expect("edited");
    assert_eq!((stage.message(0, 2).changed, stage.message(0, 2).text.as_str()), (stage.told().position, ""));
}

#[test]
fn a_reaction_to_a_reply_moves_the_row_that_shows_it() {
    let mut stage = Stage::new();
    stage.says(stage.owner, "root").expect("said");
    stage.replies(stage.owner, 1, "reply", true).expect("replied");
    let extra = stage.message(0, 2).extra.map(|extra| serde_json::to_string(&extra.0).expect("JSON"));
    assert_eq!(extra.as_deref(), Some(r#"{"of":[1,1]}"#), "pages cut its numbers out of exactly this");
    let (channel, emoji) = (stage.general, Emoji::new("🎉").expect("an emoji"));
    let react = React { channel, thread: 1, number: 1, emoji, on: true };
    stage.does(stage.owner, &react).expect("reacted");
    assert_eq!(stage.message(0, 2).changed, stage.message(1, 1).changed);
    assert_eq!(stage.message(0, 2).changed, stage.told().position);
}
