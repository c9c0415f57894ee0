use domain::{ChannelTip, Code, Member, Role, ThreadSeat};

use crate::stage::{Stage, named};

#[test]
fn replies_count_apart_and_move_their_root() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(stage.owner, "root").expect("said");
    stage.replies(bob, 1, "a reply", false).expect("replied");
    stage.replies(stage.owner, 1, "another", false).expect("replied");
    let (root, reply) = (stage.message(0, 1), stage.message(1, 2));
    let replies = root.extra().replies.expect("replies");
    assert_eq!(
        (root.last_reply, replies.count, replies.people),
        (2, 2, vec![bob.account, stage.owner.account])
    );
    assert_eq!(root.changed, reply.position, "the root's image moved with its last reply");
    let tip: ChannelTip = stage.row(&(bob.workspace, stage.general)).expect("a tip");
    assert_eq!(tip.last_number, 1, "the timeline did not");
    assert_eq!(stage.replies(bob, 7, "to nothing", false).unwrap_err().code, Code::NotFound);
}

#[test]
fn who_writes_who_wrote_the_root_and_who_is_named_follow_the_thread() {
    let mut stage = Stage::new();
    let [bob, cleo, dan] = ["Bob", "Cleo", "Dan"].map(|name| stage.welcomes(name, Role::Member));
    stage.says(stage.owner, "root").expect("said");
    stage.replies(bob, 1, &format!("what do you think {}", named(cleo)), false).expect("replied");
    let followers: Vec<_> = stage.rows::<ThreadSeat>().into_iter().map(|seat| seat.account).collect();
    assert!([stage.owner, bob, cleo].iter().all(|person| followers.contains(&person.account)));
    assert!(!followers.contains(&dan.account));
    let member: Member = stage.row(&(cleo.workspace, cleo.account)).expect("a member");
    assert_eq!(member.private, 1, "it is private state of a version");
}

#[test]
fn a_reply_also_shown_in_the_channel_has_a_number_there_and_no_text_of_its_own() {
    let mut stage = Stage::new();
    stage.says(stage.owner, "root").expect("said");
    stage.replies(stage.owner, 1, "look here", true).expect("replied");
    let (shown, reply) = (stage.message(0, 2), stage.message(1, 1));
    assert_eq!((shown.text.as_str(), shown.extra().of), ("", Some((1, 1))));
    assert_eq!(reply.extra().in_channel, Some(2));
    assert_eq!(stage.replies(stage.owner, 2, "to the pointer", false).unwrap_err().code, Code::NotFound);
}
