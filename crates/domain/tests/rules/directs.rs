use domain::EventKind::{ChannelCreated, SeatJoined};
use domain::limits::DIRECT_MEMBERS_MAX;
use domain::verbs::{AddToChannel, ChangeChannel, CreateDirect, RemoveFromChannel};
use domain::{By, ChannelId, Code, Refusal, Role, Seat, Viewer, WorkspaceSelf, may_see};

use crate::stage::Stage;

fn opens(stage: &mut Stage, by: By, with: &[By]) -> Result<ChannelId, Refusal> {
    let id = ChannelId::direct(stage.key());
    let direct = CreateDirect::new(id, by, with.iter().map(|by| by.account).collect())?;
    let reply = stage.does(by, &direct)?;
    let answer: serde_json::Value = reply.read().expect("an answer");
    Ok(answer["id"].as_str().expect("an id").parse().expect("an id"))
}

#[test]
fn a_few_people_have_one_channel_whoever_opens_it_and_each_is_told_with_a_seat() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let before = stage.events.len();
    let ours = opens(&mut stage, owner, &[bob, cleo]).expect("opened");
    let kinds: Vec<_> = stage.events[before..].iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [ChannelCreated, SeatJoined, SeatJoined]);
    assert_eq!(stage.channel(ours).profile.0.direct.len(), 3);
    assert_eq!(stage.channel(ours).direct_key.map(|key| key.len()), Some(48));
    assert_eq!(stage.tip(ours).members, 3);
    let seat: Seat = stage.row(&(ours, cleo.account)).expect("a seat");
    let role = Role::Member;
    let cleo_sees =
        Viewer { account: cleo.account, role, may_invite: false, seat: seat.held_since(), looking: false };
    assert!(stage.events[before..].iter().all(|event| may_see(event, &cleo_sees)));
    assert_eq!(opens(&mut stage, cleo, &[bob, owner, bob]).expect("the same"), ours);
    assert_eq!(stage.events.len(), before + 3, "nothing happened");
    stage.says_in(cleo, ours, "hi").expect("said");
    assert_ne!(opens(&mut stage, owner, &[bob]).expect("another set"), ours);
    let notes = opens(&mut stage, bob, &[]).expect("alone");
    assert_eq!(stage.tip(notes).members, 1, "a notebook");
}

#[test]
fn a_direct_channel_is_between_at_most_nine_members_and_its_people_stay() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let many: Vec<_> =
        (0..DIRECT_MEMBERS_MAX).map(|n| stage.welcomes(&format!("P{n}"), Role::Member)).collect();
    assert_eq!(opens(&mut stage, owner, &many).unwrap_err().code, Code::Invalid);
    let ours = opens(&mut stage, owner, &many[1..]).expect("nine");
    assert_eq!(stage.channel(ours).direct_key.map(|key| key.len()), Some(144));
    let account = many[0].account;
    assert_eq!(stage.refuses(owner, &AddToChannel { channel: ours, account }), Code::NotAllowed);
    assert_eq!(stage.refuses(many[0], &AddToChannel { channel: ours, account }), Code::NotFound);
    let leave = RemoveFromChannel { channel: ours, account: many[1].account };
    assert_eq!(stage.refuses(many[1], &leave), Code::NotAllowed);
    let close = ChangeChannel { private: true, ..ChangeChannel::of(ours) };
    assert_eq!(stage.refuses(owner, &close), Code::NotAllowed);
    let stranger = By { account: domain::AccountId::new(stage.key()), ..owner };
    assert_eq!(opens(&mut stage, owner, &[stranger]).unwrap_err().code, Code::NotFound);
}

#[test]
fn directs_are_many_and_count_for_no_limit_of_channels() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let channels = |stage: &Stage| stage.row::<WorkspaceSelf>(&(owner.workspace,)).expect("itself").channels;
    let before = channels(&stage);
    opens(&mut stage, owner, &[bob]).expect("opened");
    assert_eq!(channels(&stage), before);
}

#[test]
fn a_guest_writes_to_those_they_share_a_channel_with() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let gil = stage.welcomes("Gil", Role::Guest);
    opens(&mut stage, gil, &[bob]).expect("both sit in general");
    let cleo = stage.welcomes("Cleo", Role::Member);
    let leave = RemoveFromChannel { channel: stage.general, account: cleo.account };
    stage.does(cleo, &leave).expect("left");
    assert_eq!(opens(&mut stage, gil, &[cleo]).unwrap_err().code, Code::NotFound);
    opens(&mut stage, cleo, &[gil]).expect("a member writes to a guest");
}
