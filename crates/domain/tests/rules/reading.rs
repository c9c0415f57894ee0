use domain::verbs::Mark;
use domain::{By, Member, Mention, Role, Seat};

use crate::stage::{Stage, named};

fn marks(stage: &mut Stage, by: By, number: u64, back: Option<u64>) -> Seat {
    stage.does(by, &Mark { channel: stage.general, thread: 0, number, back }).expect("marked");
    stage.row(&(stage.general, by.account)).expect("a seat")
}

fn unseen(stage: &Stage) -> usize {
    stage.rows::<Mention>().iter().filter(|mention| !mention.seen).count()
}

#[test]
fn a_mark_only_grows_sees_what_called_up_to_there_and_tells_nobody() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    for _ in 0..3 {
        stage.says(stage.owner, &named(bob)).expect("said");
    }
    let events = stage.events.len();
    assert_eq!(marks(&mut stage, bob, 2, None).read_number, 2);
    assert_eq!(unseen(&stage), 1);
    assert_eq!(marks(&mut stage, bob, 1, None).read_number, 2, "not back");
    assert_eq!(marks(&mut stage, bob, 99, None).read_number, 3, "not beyond the end");
    assert_eq!((unseen(&stage), stage.events.len()), (0, events));
    let member: Member = stage.row(&(bob.workspace, bob.account)).expect("a member");
    assert_eq!(member.private, 2, "each move is a version of the member's own");
}

#[test]
fn unread_from_here_goes_back_unless_another_device_was_later() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    for _ in 0..3 {
        stage.says(stage.owner, &named(bob)).expect("said");
    }
    let version = marks(&mut stage, bob, 3, None).read_version;
    assert_eq!(marks(&mut stage, bob, 2, Some(version - 1)).read_number, 3, "decided on an older mark");
    assert_eq!(marks(&mut stage, bob, 2, Some(version)).read_number, 1);
    assert_eq!(unseen(&stage), 2);
}

#[test]
fn who_joins_has_read_what_was_said_before() {
    let mut stage = Stage::new();
    stage.says(stage.owner, "before").expect("said");
    let bob = stage.welcomes("Bob", Role::Member);
    let seat: Seat = stage.row(&(stage.general, bob.account)).expect("a seat");
    assert_eq!(seat.read_number, 1);
    assert_eq!(stage.events.last().map(|event| event.position), Some(seat.since));
}
