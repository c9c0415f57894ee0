use domain::EventKind::{
    AuditNoted, MemberChanged, MemberJoined, MemberLeft, SeatJoined, SeatLeft, WorkspaceArchived,
};
use domain::text::Name;
use domain::verbs::{
    AddBot, ChangeProfile, ChangeRole, CreateDirect, EndSeats, ForgetMember, Keep, LetBackIn, PrivateKind,
    RemoveMember, RequireSignIn, SetStatus,
};
use domain::{
    Audience, Audit, By, ChannelId, Code, MemberState, Role, Seat, SeatRole, SelfState, Stamp, Status,
    Viewer, may_see,
};

use crate::stage::{Stage, named};

fn role(who: By, role: Role) -> ChangeRole {
    ChangeRole { account: who.account, role }
}
fn remove(who: By) -> RemoveMember {
    RemoveMember { account: who.account, closing: false }
}

#[test]
fn owners_make_owners_admins_make_admins_and_members_make_nobody_anything() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let ann = stage.welcomes("Ann", Role::Admin);
    let beep = stage.welcomes("Beep", Role::Bot);
    assert_eq!(stage.refuses(bob, &role(cleo, Role::Guest)), Code::NotAllowed);
    assert_eq!(stage.refuses(bob, &role(bob, Role::Admin)), Code::NotAllowed);
    assert_eq!(stage.tells(ann, &role(bob, Role::Admin)), [MemberChanged]);
    assert_eq!(stage.refuses(ann, &role(ann, Role::Owner)), Code::NotAllowed);
    assert_eq!(stage.refuses(ann, &role(owner, Role::Member)), Code::NotAllowed);
    assert_eq!(stage.refuses(ann, &role(beep, Role::Member)), Code::Conflict);
    assert_eq!(stage.refuses(ann, &role(cleo, Role::Bot)), Code::Conflict);
    let note = stage.rows::<Audit>().pop().expect("an audit row");
    assert_eq!((note.what.as_str(), note.actor), ("member.role", Some(ann.account)));
    assert_eq!(note.position, stage.told().position, "beside the event that told of it");
}

#[test]
fn the_last_owner_stays_an_owner_and_stays() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    assert_eq!(stage.refuses(owner, &role(owner, Role::Admin)), Code::Conflict);
    assert_eq!(stage.refuses(owner, &remove(owner)), Code::Conflict);
    stage.does(owner, &role(bob, Role::Owner)).expect("two owners");
    assert_eq!(stage.itself().owners, 2);
    stage.does(owner, &remove(owner)).expect("left");
    assert_eq!((stage.itself().owners, stage.itself().members), (1, 1));
    assert_eq!(stage.refuses(bob, &role(bob, Role::Member)), Code::Conflict);
}

#[test]
fn who_is_alone_and_closes_their_account_puts_the_workspace_away() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let close = RemoveMember { account: owner.account, closing: true };
    assert_eq!(stage.refuses(owner, &close), Code::Conflict, "others are there, and keep an owner");
    stage.does(bob, &remove(bob)).expect("left");
    assert_eq!(stage.refuses(owner, &remove(owner)), Code::Conflict, "leaving alone puts nothing away");
    assert_eq!(stage.tells(owner, &close), [SeatLeft, WorkspaceArchived, MemberLeft]);
    let itself = stage.itself();
    assert_eq!((itself.state, itself.owners, itself.members), (SelfState::Archived, 0, 0));
    assert_eq!(stage.refuses(bob, &remove(owner)), Code::NotFound, "nobody is left");
}

#[test]
fn who_is_removed_loses_every_seat_and_hears_it_last() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let id = ChannelId::direct(stage.key());
    let direct = CreateDirect::new(id, bob, vec![owner.account, cleo.account]).expect("a few");
    stage.does(bob, &direct).expect("opened");
    assert_eq!(stage.refuses(cleo, &remove(bob)), Code::NotAllowed);
    assert_eq!(stage.tells(owner, &remove(bob)), [SeatLeft, SeatLeft, MemberLeft]);
    let told = stage.told().clone();
    let bob_sees =
        Viewer { account: bob.account, role: Role::Guest, may_invite: false, seat: None, looking: false };
    assert!(may_see(&told, &bob_sees));
    assert_eq!((told.audience, stage.member(bob).state), (Audience::Members, MemberState::Left));
    let seats: Vec<_> = stage.rows::<Seat>().into_iter().filter(|seat| seat.account == bob.account).collect();
    assert!(seats.iter().all(|seat| seat.role == SeatRole::Left) && seats.len() == 2);
    assert_eq!((stage.tip(id).members, stage.channel(id).profile.0.direct.len()), (2, 3));
    stage.says_in(cleo, id, &named(bob)).expect("the others go on");
    assert_eq!(stage.says(bob, "hi").unwrap_err().code, Code::NotFound);
    assert_eq!(stage.refuses(owner, &remove(bob)), Code::NotFound, "gone already");
    assert_eq!(stage.rows::<Audit>().len(), 1);
    stage.does(cleo, &remove(cleo)).expect("leaving needs nobody");
    assert_eq!(stage.rows::<Audit>().len(), 1, "and is no act of an admin");
}

#[test]
fn who_comes_back_sits_in_the_same_direct_channel_again() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let id = ChannelId::direct(stage.key());
    let direct = CreateDirect::new(id, bob, vec![owner.account]).expect("two");
    stage.does(bob, &direct).expect("opened");
    stage.does(bob, &remove(bob)).expect("left");
    stage.does(owner, &direct).expect("the same");
    assert!(stage.seat(id, bob).is_none(), "nobody sits there who is not here");
    let mut member = stage.member(bob);
    member.state = MemberState::Active;
    stage.set(member);
    stage.does(owner, &direct).expect("the same");
    assert!(stage.seat(id, bob).is_some());
    assert_eq!(stage.tip(id).members, 2);
}

#[test]
fn seats_left_over_end_when_asked_again_unless_their_holder_is_back() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let end = EndSeats { account: bob.account, channels: vec![stage.general] };
    assert!(stage.tells(stage.owner, &end).is_empty(), "still here");
    let mut member = stage.member(bob);
    member.state = MemberState::Left;
    stage.set(member);
    assert_eq!(stage.tells(stage.owner, &end), [SeatLeft]);
    assert!(stage.tells(stage.owner, &end).is_empty(), "twice is once");
}

#[test]
fn who_closes_their_account_leaves_messages_without_a_name() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    stage.says(bob, "stays").expect("said");
    stage.does(bob, &RemoveMember { account: bob.account, closing: true }).expect("closed");
    assert_eq!((stage.member(bob).name.as_str(), stage.message(0, 1).text.as_str()), ("", "stays"));
}

#[test]
fn who_left_long_ago_and_closes_their_account_now_loses_the_name_there_too() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    assert!(stage.tells(bob, &ForgetMember).is_empty(), "a member keeps their name");
    stage.does(bob, &remove(bob)).expect("left");
    assert_eq!(stage.member(bob).name, "Bob");
    assert_eq!(stage.tells(bob, &ForgetMember), [MemberChanged]);
    assert_eq!((stage.member(bob).name.as_str(), stage.member(bob).changed), ("", stage.told().position));
    assert!(stage.tells(bob, &ForgetMember).is_empty(), "twice is once");
}

#[test]
fn people_say_themselves_what_they_are_called_and_admins_may_say_it_for_them() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let rename = |who: By, name| ChangeProfile::new(who.account, Some(name), None, None).expect("a name");
    assert_eq!(stage.tells(bob, &rename(bob, "Bobby  B")), [MemberChanged]);
    assert_eq!(stage.member(bob).name_key, "bobby b");
    assert!(stage.tells(bob, &rename(bob, "Bobby  B")).is_empty());
    assert_eq!(stage.refuses(bob, &rename(cleo, "X")), Code::NotAllowed);
    stage.does(owner, &rename(cleo, "Cleopatra")).expect("an admin");
    let title = ChangeProfile::new(bob.account, None, Some("Rook"), Some("Europe/Vienna")).expect("lines");
    stage.does(bob, &title).expect("titled");
    assert_eq!(stage.member(bob).profile.0.title, "Rook");
    let long = "x".repeat(500);
    assert_eq!(ChangeProfile::new(bob.account, None, Some(&long), None).unwrap_err().code, Code::Invalid);
}

#[test]
fn a_status_ends_by_itself_and_tells_nobody() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let status = Status { text: "lunch".into(), emoji: Some("🍜".into()), until_us: Some(Stamp(100)) };
    let set = SetStatus::new(Some(Some(status)), Some(Some(Stamp(50)))).expect("a status");
    assert!(stage.tells(bob, &set).is_empty());
    let profile = stage.member(bob).profile.0;
    assert!(profile.status_at(Stamp(99)).is_some() && profile.status_at(Stamp(100)).is_none());
    assert!(profile.is_undisturbed_at(Stamp(49)) && !profile.is_undisturbed_at(Stamp(50)));
    stage.does(bob, &SetStatus::new(None, Some(None)).expect("nothing")).expect("set");
    assert!(stage.member(bob).profile.0.status.is_some(), "what is not named stays");
}

#[test]
fn who_signed_in_before_an_admin_asked_must_sign_in_again() {
    let mut stage = Stage::new();
    let (owner, clock) = (stage.owner, stage.clock);
    let bob = stage.welcomes("Bob", Role::Member);
    let again = RequireSignIn { account: bob.account };
    assert_eq!(stage.refuses(bob, &again), Code::NotAllowed);
    assert_eq!(stage.tells(owner, &again), [AuditNoted]);
    let told = stage.told().clone();
    assert_eq!((told.audience, told.account), (Audience::Admins, Some(bob.account)));
    assert!(!stage.member(bob).admits_session_of(clock));
    assert!(stage.member(bob).admits_session_of(clock.plus(Stamp::HOUR)));
}

#[test]
fn an_admin_lets_back_in_whoever_left_and_they_find_what_they_kept() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let ann = stage.welcomes("Ann", Role::Admin);
    let star = Keep::new(PrivateKind::Star, &stage.general.to_string(), Some("{}".into())).expect("a star");
    stage.does(bob, &star).expect("kept");
    stage.does(owner, &remove(bob)).expect("removed");
    let back = |role| LetBackIn { account: bob.account, role };
    assert_eq!(stage.refuses(bob, &back(Role::Member)), Code::NotFound);
    assert_eq!(stage.refuses(ann, &back(Role::Owner)), Code::NotAllowed);
    assert_eq!(stage.refuses(ann, &back(Role::Bot)), Code::Conflict);
    assert_eq!(stage.tells(ann, &back(Role::Member)), [AuditNoted, MemberJoined, SeatJoined]);
    assert_eq!(stage.told().actor, Some(ann.account));
    assert_eq!((stage.member(bob).private, stage.member(bob).name.as_str()), (1, "Bob"));
    stage.says(bob, "back").expect("said");
    assert!(stage.tells(ann, &back(Role::Member)).is_empty(), "here already");
    stage.does(bob, &RemoveMember { account: bob.account, closing: true }).expect("closed");
    assert_eq!(stage.refuses(ann, &back(Role::Member)), Code::NotFound, "a closed account stays away");
}

#[test]
fn a_bot_is_made_by_who_may_and_sits_nowhere_until_given_a_channel() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let account = domain::AccountId::new(stage.key());
    let bot = AddBot { account, name: Name::new("Beep").expect("a name") };
    assert_eq!(stage.refuses(bob, &bot), Code::NotAllowed);
    assert_eq!(stage.tells(owner, &bot), [AuditNoted, MemberJoined]);
    let beep = By { account, ..owner };
    assert_eq!((stage.member(beep).role, stage.seat(stage.general, beep)), (Role::Bot, None));
    let other = AddBot { account: domain::AccountId::new(stage.key()), ..bot };
    assert_eq!(stage.refuses(beep, &other), Code::NotAllowed, "bots make no bots");
}
