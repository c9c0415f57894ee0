use domain::EventKind::{ChannelArchived, ChannelChanged, ChannelHidden, ChannelRestored, MessageSent};
use domain::rights::{Rights, Who};
use domain::text::{Line, Name};
use domain::verbs::{ArchiveChannel, ChangeChannel, Delete, Edit};
use domain::{Audience, ChannelId, ChannelKind, Code, Image, Role, Viewer, may_see};

use crate::stage::Stage;

fn named(channel: ChannelId, name: &str) -> ChangeChannel {
    ChangeChannel { name: Some(Name::new(name).expect("a name")), ..ChangeChannel::of(channel) }
}

fn about(channel: ChannelId, topic: &str) -> ChangeChannel {
    ChangeChannel {
        topic: Some(Line::new("topic", topic, 99).expect("a line")),
        ..ChangeChannel::of(channel)
    }
}

#[test]
fn a_channel_remembers_that_it_was_renamed_and_what_it_was_about() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let plans = stage.opens(owner, "plans", false).expect("opened");
    assert_eq!(stage.tells(owner, &named(plans, "Big Plans")), [MessageSent, ChannelChanged]);
    assert_eq!(stage.tells(owner, &about(plans, "big ones")), [MessageSent, ChannelChanged]);
    let row: domain::Message = stage.row(&(plans, 0, 1)).expect("a row");
    let system = row.extra().system.expect("the channel's own");
    assert_eq!((system["kind"].as_str(), system["was"].as_str()), (Some("renamed"), Some("plans")));
    assert_eq!((row.text.as_str(), stage.tip(plans).last_number), ("", 2));
    let told = stage.told().clone();
    assert_eq!(
        (stage.channel(plans).changed, stage.tip(plans).last_position),
        (told.position, told.position)
    );
    assert_eq!(told.body, None);
    assert!(stage.tells(owner, &about(plans, "big ones")).is_empty(), "nothing changed");
    let gone = Delete { channel: plans, thread: 0, number: 1 };
    assert_eq!(stage.refuses(owner, &gone), Code::NotAllowed, "a memory stays");
    let text = domain::text::MessageText::new("forged").expect("a text");
    assert_eq!(stage.refuses(owner, &Edit::new(plans, 0, 1, text).expect("an edit")), Code::NotAllowed);
}

#[test]
fn a_name_is_for_managers_and_a_topic_for_everyone_there_but_guests() {
    let mut stage = Stage::new();
    let [bob, gil] =
        [("Bob", Role::Member), ("Gil", Role::Guest)].map(|(name, role)| stage.welcomes(name, role));
    let admin = stage.welcomes("Ann", Role::Admin);
    let general = stage.general;
    assert_eq!(stage.refuses(bob, &named(general, "all")), Code::NotAllowed);
    stage.does(bob, &about(general, "us")).expect("a member says what it is about");
    assert_eq!(stage.refuses(gil, &about(general, "me")), Code::NotAllowed);
    let mine = stage.opens(bob, "mine", false).expect("opened");
    stage.does(bob, &named(mine, "ours")).expect("its manager");
    stage.does(admin, &named(mine, "theirs")).expect("an admin, without a seat");
    assert_eq!(stage.refuses(admin, &named(mine, "General")), Code::Conflict, "taken");
    stage.does(admin, &named(mine, "THEIRS")).expect("its own name, written otherwise");
    let secret = stage.opens(bob, "secret", true).expect("opened");
    assert_eq!(stage.refuses(admin, &named(secret, "known")), Code::NotFound, "nor an admin");
}

#[test]
fn a_public_channel_becomes_private_and_is_gone_for_whoever_has_no_seat() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let owner = stage.owner;
    let plans = stage.opens(owner, "plans", false).expect("opened");
    let close = ChangeChannel { private: true, ..ChangeChannel::of(plans) };
    assert_eq!(stage.refuses(bob, &close), Code::NotAllowed);
    assert_eq!(stage.tells(owner, &close), [ChannelHidden, ChannelChanged]);
    let [.., hidden, changed] = &stage.events[..] else { panic!("two events") };
    assert_eq!((hidden.audience, changed.audience), (Audience::Members, Audience::Seats));
    let channel = stage.channel(plans);
    assert_eq!((channel.kind, channel.hidden), (ChannelKind::Private, hidden.position));
    let role = Role::Member;
    let viewer = Viewer { account: bob.account, role, may_invite: false, seat: None, looking: true };
    assert!(may_see(hidden, &viewer) && !may_see(changed, &viewer));
    let world = stage.world_with(plans);
    assert_eq!(Image::of(hidden, &world).channel, None, "nobody is shown what it became");
    assert!(Image::of(changed, &world).channel.is_some());
    assert_eq!(stage.joins(bob, plans).unwrap_err().code, Code::NotFound);
    assert!(stage.tells(owner, &close).is_empty(), "and never back");
}

#[test]
fn what_everyone_joins_is_for_admins_and_stays_open_and_public() {
    let mut stage = Stage::new();
    let (owner, general) = (stage.owner, stage.general);
    let bob = stage.welcomes("Bob", Role::Member);
    let news = stage.opens(bob, "news", false).expect("opened");
    let default = |channel, on| ChangeChannel { default: Some(on), ..ChangeChannel::of(channel) };
    assert_eq!(stage.refuses(bob, &default(news, true)), Code::NotAllowed);
    stage.does(owner, &default(news, true)).expect("an admin");
    assert_eq!(stage.itself().settings.0.defaults, [general, news]);
    let close = ChangeChannel { private: true, ..ChangeChannel::of(news) };
    assert_eq!(stage.refuses(owner, &close), Code::Conflict);
    assert_eq!(stage.refuses(owner, &ArchiveChannel { channel: news, on: true }), Code::Conflict);
    stage.does(owner, &ChangeChannel { private: true, ..default(news, false) }).expect("at once");
    assert_eq!(stage.itself().settings.0.defaults, [general]);
}

#[test]
fn an_archived_channel_is_read_and_not_written_until_it_is_restored() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let owner = stage.owner;
    let old = stage.opens(bob, "old", false).expect("opened");
    stage.joins(owner, old).expect("joined");
    assert_eq!(stage.tells(bob, &ArchiveChannel { channel: old, on: true }), [MessageSent, ChannelArchived]);
    assert!(stage.tells(bob, &ArchiveChannel { channel: old, on: true }).is_empty(), "once");
    assert_eq!(stage.says_in(bob, old, "hi").unwrap_err().code, Code::NotAllowed);
    assert_eq!(stage.refuses(owner, &named(old, "new")), Code::NotAllowed);
    assert_eq!(stage.opens(owner, "OLD", false).unwrap_err().code, Code::Conflict, "its name stays taken");
    assert_eq!(stage.tells(owner, &ArchiveChannel { channel: old, on: false }), [ChannelRestored]);
    stage.says_in(bob, old, "hi").expect("said");
}

#[test]
fn who_creates_channels_and_who_calls_everyone_is_the_workspaces_own_choice() {
    let mut stage = Stage::new();
    let [bob, gil] =
        [("Bob", Role::Member), ("Gil", Role::Guest)].map(|(name, role)| stage.welcomes(name, role));
    assert_eq!(stage.says(gil, "<!here>").unwrap_err().code, Code::NotAllowed, "never a guest");
    let mut workspace = stage.itself();
    workspace.settings.0.rights =
        Rights { create_channels: Who::Admins, shout: Who::Owners, ..Rights::default() };
    stage.set(workspace);
    let refused = stage.opens(bob, "mine", false).unwrap_err();
    assert_eq!((refused.code, refused.about), (Code::NotAllowed, Some("create_channels")));
    assert_eq!(stage.says(bob, "<!here>").unwrap_err().about, Some("shout"));
    let ann = stage.welcomes("Ann", Role::Admin);
    stage.opens(ann, "hers", false).expect("an admin");
    assert_eq!(stage.says(ann, "<!here>").unwrap_err().about, Some("shout"));
}
