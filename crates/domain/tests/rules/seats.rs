use domain::EventKind::{SeatChanged, SeatJoined, SeatLeft};
use domain::limits::FIRST_MEMBERS_MAX;
use domain::text::Name;
use domain::verbs::{
    AddToChannel, ArchiveChannel, ChangeChannel, ChangeSeat, CreateChannel, RemoveFromChannel, Sit,
};
use domain::{Audience, By, ChannelId, Code, Role, Seat, SeatRole, Viewer, may_see};

use crate::stage::Stage;

fn add(channel: ChannelId, who: By) -> AddToChannel {
    AddToChannel { channel, account: who.account }
}
fn remove(channel: ChannelId, who: By) -> RemoveFromChannel {
    RemoveFromChannel { channel, account: who.account }
}
fn seat(channel: ChannelId, who: By, manager: bool) -> ChangeSeat {
    ChangeSeat { channel, account: who.account, manager }
}

#[test]
fn whoever_sits_in_a_private_channel_brings_in_members_and_its_managers_guests() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let gil = stage.welcomes("Gil", Role::Guest);
    let secret = stage.opens(owner, "secret", true).expect("opened");
    assert_eq!(stage.refuses(bob, &add(secret, cleo)), Code::NotFound);
    assert_eq!(stage.tells(owner, &add(secret, bob)), [SeatJoined]);
    let told = stage.told().clone();
    assert_eq!((told.actor, told.account), (Some(owner.account), Some(bob.account)));
    assert_eq!((told.audience, stage.channel(secret).changed), (Audience::Seats, told.position));
    stage.does(bob, &add(secret, cleo)).expect("who sits there");
    assert!(stage.tells(bob, &add(secret, cleo)).is_empty(), "once");
    assert_eq!(stage.refuses(bob, &add(secret, gil)), Code::NotAllowed);
    stage.does(owner, &add(secret, gil)).expect("its manager");
    assert_eq!(stage.refuses(gil, &add(secret, owner)), Code::NotAllowed);
    assert_eq!(stage.tip(secret).members, 4);
    stage.says_in(gil, secret, "thanks").expect("said");
}

#[test]
fn who_leaves_or_is_sent_away_learns_it_and_the_row_stays() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let secret = stage.opens(bob, "secret", true).expect("opened");
    stage.does(bob, &add(secret, cleo)).expect("added");
    stage.does(bob, &add(secret, owner)).expect("added");
    assert_eq!(stage.refuses(cleo, &remove(secret, bob)), Code::NotAllowed);
    assert_eq!(
        stage.refuses(bob, &remove(secret, owner)),
        Code::NotAllowed,
        "an admin is sent away by admins"
    );
    assert_eq!(stage.tells(bob, &remove(secret, cleo)), [SeatLeft]);
    let told = stage.told().clone();
    let row: Seat = stage.row(&(secret, cleo.account)).expect("the row stays");
    assert_eq!((row.role, row.changed), (SeatRole::Left, told.position));
    let role = Role::Member;
    let cleo_sees =
        Viewer { account: cleo.account, role, may_invite: false, seat: row.held_since(), looking: false };
    assert!(may_see(&told, &cleo_sees));
    assert_eq!(stage.says_in(cleo, secret, "hi").unwrap_err().code, Code::NotFound);
    assert_eq!(stage.tells(owner, &remove(secret, owner)), [SeatLeft], "leaving");
    assert_eq!(stage.tip(secret).members, 1);
    assert!(stage.tells(bob, &remove(secret, cleo)).is_empty(), "gone already");
}

#[test]
fn a_manager_looks_after_a_channel_until_made_a_guest() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let gil = stage.welcomes("Gil", Role::Guest);
    let general = stage.general;
    assert_eq!(stage.refuses(bob, &seat(general, bob, true)), Code::NotAllowed);
    assert_eq!(stage.tells(owner, &seat(general, bob, true)), [SeatChanged]);
    assert_eq!(stage.channel(general).changed, stage.told().position);
    let quiet = ChangeChannel { admins_post: Some(true), ..ChangeChannel::of(general) };
    stage.does(bob, &quiet).expect("a manager");
    stage.says(bob, "news").expect("a manager posts");
    assert_eq!(stage.says(cleo, "hi").unwrap_err().about, Some("posting"));
    assert_eq!(stage.refuses(bob, &seat(general, gil, true)), Code::Conflict);
    let mut member = stage.member(bob);
    member.role = Role::Guest;
    stage.set(member);
    assert_eq!(stage.says(bob, "news").unwrap_err().about, Some("posting"));
    assert_eq!(stage.refuses(bob, &seat(general, cleo, true)), Code::NotAllowed);
}

#[test]
fn nobody_comes_into_an_archived_channel_and_anybody_may_leave_it() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let owner = stage.owner;
    let old = stage.opens(owner, "old", false).expect("opened");
    stage.does(owner, &ArchiveChannel { channel: old, on: true }).expect("archived");
    assert_eq!(stage.refuses(owner, &add(old, bob)), Code::NotAllowed);
    stage.does(owner, &remove(old, owner)).expect("left");
    stage.does(owner, &ArchiveChannel { channel: old, on: false }).expect("an admin needs no seat");
}

#[test]
fn a_seat_asked_for_is_given_changed_or_left_as_it_is() {
    let mut stage = Stage::new();
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let gil = stage.welcomes("Gil", Role::Guest);
    let plans = stage.opens(bob, "plans", false).expect("opened");
    let sit = |who: By, manager| Sit { channel: plans, account: who.account, manager };
    assert_eq!(stage.refuses(cleo, &sit(cleo, Some(true))), Code::NotAllowed, "nobody raises themselves");
    assert_eq!(stage.seat(plans, cleo), None);
    assert_eq!(stage.tells(cleo, &sit(cleo, None)), [SeatJoined]);
    assert!(stage.tells(cleo, &sit(cleo, None)).is_empty(), "there already");
    assert_eq!(stage.refuses(bob, &sit(gil, Some(true))), Code::Conflict);
    assert_eq!(stage.tells(bob, &sit(cleo, Some(true))), [SeatChanged]);
    assert!(stage.tells(bob, &sit(cleo, None)).is_empty(), "not named: as it is");
    assert_eq!(stage.seat(plans, cleo).map(|seat| seat.role), Some(SeatRole::Manager));
    let owner = stage.owner;
    assert_eq!(stage.tells(bob, &sit(owner, Some(true))), [SeatJoined]);
    assert_eq!(stage.seat(plans, owner).map(|seat| seat.role), Some(SeatRole::Manager));
}

#[test]
fn a_channel_begins_with_those_it_was_made_for() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let gil = stage.welcomes("Gil", Role::Guest);
    let id = ChannelId::new(stage.key());
    let new = || CreateChannel::new(id, Name::new("plans").expect("a name"), true);
    let with = new().with(vec![bob.account, gil.account, owner.account, bob.account]).expect("few");
    assert_eq!(stage.tells(owner, &with), [domain::EventKind::ChannelCreated, SeatJoined, SeatJoined]);
    assert_eq!((stage.tip(id).members, stage.channel(id).changed), (3, stage.told().position));
    stage.says_in(gil, id, "here").expect("said");
    let many = (0..=FIRST_MEMBERS_MAX).map(|_| domain::AccountId::new(stage.key())).collect();
    assert_eq!(new().with(many).map(drop).unwrap_err().code, Code::Invalid);
}
