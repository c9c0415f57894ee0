use domain::EventKind::{InvitationMade, InvitationRevoked, InvitationUsed, MemberJoined, SeatJoined};
use domain::text::Name;
use domain::verbs::{
    AcceptInvitation, AddToChannel, ChangeRole, Invite, RemoveFromChannel, RemoveMember, RevokeInvitation,
};
use domain::{
    AccountId, Audience, By, ChannelId, Code, Invitation, InvitationState, Key, Refusal, Reply, Role, Stamp,
};

use crate::stage::Stage;

const HASH: [u8; 32] = [7; 32];

fn link(stage: &mut Stage, role: Role, channels: Vec<ChannelId>) -> Invite {
    Invite { id: stage.key(), hash: HASH, role, channels, uses: None, expires_s: None }
}
fn made(stage: &mut Stage, by: By, invite: &Invite) -> Key {
    assert_eq!(stage.tells(by, invite), [InvitationMade]);
    invite.id
}
fn comes(stage: &mut Stage) -> (By, Result<Reply, Refusal>) {
    let by = By::new(stage.owner.workspace, AccountId::new(stage.key()));
    (by, accepts(stage, by))
}
fn accepts(stage: &mut Stage, by: By) -> Result<Reply, Refusal> {
    stage.does(by, &AcceptInvitation { hash: HASH, name: Name::new("Dora").expect("a name") })
}
fn gone(outcome: (By, Result<Reply, Refusal>)) -> bool {
    outcome.1.is_err_and(|refusal| refusal.code == Code::NotFound && refusal.about == Some("invitation"))
}

#[test]
fn who_comes_by_link_sits_in_the_default_channels_and_in_the_invitations() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let plans = stage.opens(owner, "plans", true).expect("opened");
    let invite = link(&mut stage, Role::Member, vec![plans]);
    let id = made(&mut stage, owner, &invite);
    let told = stage.told().clone();
    assert_eq!((told.audience, told.body), (Audience::Inviters, Some(id.to_string())));
    let before = stage.events.len();
    let (dora, outcome) = comes(&mut stage);
    outcome.expect("welcome");
    let kinds: Vec<_> = stage.events[before..].iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [MemberJoined, SeatJoined, SeatJoined, InvitationUsed]);
    assert!(stage.seat(plans, dora).is_some() && stage.seat(stage.general, dora).is_some());
    assert_eq!(stage.itself().members, 2);
    let events = stage.events.len();
    accepts(&mut stage, dora).expect("here already");
    assert_eq!(stage.events.len(), events);
}

#[test]
fn a_guest_gets_the_channels_given_and_no_others() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let nothing = link(&mut stage, Role::Guest, vec![]);
    assert_eq!(stage.refuses(owner, &nothing), Code::Invalid);
    let plans = stage.opens(owner, "plans", false).expect("opened");
    let invite = link(&mut stage, Role::Guest, vec![plans]);
    made(&mut stage, owner, &invite);
    let (dora, outcome) = comes(&mut stage);
    outcome.expect("welcome");
    assert!(stage.seat(plans, dora).is_some() && stage.seat(stage.general, dora).is_none());
}

#[test]
fn nobody_invites_above_themselves_or_where_they_may_not_look() {
    let mut stage = Stage::new();
    let ann = stage.welcomes("Ann", Role::Admin);
    let bob = stage.welcomes("Bob", Role::Member);
    let member = link(&mut stage, Role::Member, vec![]);
    assert_eq!(stage.refuses(bob, &member), Code::NotAllowed);
    let owner = link(&mut stage, Role::Owner, vec![]);
    assert_eq!(stage.refuses(ann, &owner), Code::NotAllowed);
    let bot = link(&mut stage, Role::Bot, vec![]);
    assert_eq!(stage.refuses(ann, &bot), Code::Invalid);
    let secret = stage.opens(bob, "secret", true).expect("opened");
    let there = link(&mut stage, Role::Member, vec![secret]);
    assert_eq!(stage.refuses(ann, &there), Code::NotFound);
    let never = Invite { uses: Some(0), ..link(&mut stage, Role::Member, vec![]) };
    assert_eq!(stage.refuses(ann, &never), Code::Invalid);
}

#[test]
fn a_link_is_judged_again_when_it_is_used() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let ann = stage.welcomes("Ann", Role::Admin);
    let plans = stage.opens(owner, "plans", true).expect("opened");
    stage.does(owner, &AddToChannel { channel: plans, account: ann.account }).expect("added");
    let invite = link(&mut stage, Role::Member, vec![plans]);
    made(&mut stage, ann, &invite);
    stage.does(ann, &RemoveFromChannel { channel: plans, account: ann.account }).expect("left");
    let (dora, outcome) = comes(&mut stage);
    outcome.expect("welcome");
    assert!(stage.seat(plans, dora).is_none(), "its maker could not give it any more");
    stage.does(owner, &ChangeRole { account: ann.account, role: Role::Member }).expect("changed");
    assert!(gone(comes(&mut stage)), "its maker lost the right");
}

#[test]
fn a_link_ends_by_its_uses_its_time_or_its_maker() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let once = Invite { uses: Some(1), expires_s: Some(60), ..link(&mut stage, Role::Member, vec![]) };
    made(&mut stage, owner, &once);
    comes(&mut stage).1.expect("the first");
    assert!(gone(comes(&mut stage)), "used");
    let row: Invitation = stage.row(&(owner.workspace, once.id)).expect("the row stays");
    assert_eq!((row.state, row.uses_left), (InvitationState::Used, Some(0)));
    stage.set(Invitation { state: InvitationState::Open, uses_left: None, ..row.clone() });
    comes(&mut stage).1.expect("in time");
    stage.clock = stage.clock.plus(Stamp::HOUR);
    assert!(gone(comes(&mut stage)), "too late");
    stage.set(Invitation { state: InvitationState::Open, uses_left: None, expires_us: None, ..row });
    let bob = stage.welcomes("Bob", Role::Member);
    let revoke = RevokeInvitation { id: once.id };
    assert_eq!(stage.refuses(bob, &revoke), Code::NotFound);
    assert_eq!(stage.tells(owner, &revoke), [InvitationRevoked]);
    assert!(stage.tells(owner, &revoke).is_empty());
    assert!(gone(comes(&mut stage)), "revoked");
}

#[test]
fn who_was_removed_does_not_come_back_by_link() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let invite = link(&mut stage, Role::Member, vec![]);
    made(&mut stage, owner, &invite);
    stage.does(owner, &RemoveMember { account: bob.account, closing: false }).expect("removed");
    assert_eq!(accepts(&mut stage, bob).unwrap_err().code, Code::NotAllowed);
}
