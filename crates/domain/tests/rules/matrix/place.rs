//! A channel with everyone in it, beside it, and gone from it.

use domain::cell::Json;
use domain::text::{Emoji, Line, MessageText, Name};
use domain::verbs::{
    AddToChannel, ArchiveChannel, ChangeChannel, ChangeSeat, CreateDirect, Delete, Edit, Follow, Join, Keep,
    Mark, Pin, PrivateKind, React, RemoveFromChannel, Send, Sit,
};
use domain::{
    AccountId, By, Channel, ChannelId, ChannelState, ChannelTip, Command, Extra, Member, MemberState,
    Message, Role, Seat, SeatRole, SelfState, Stamp, WorkspaceSelf,
};

use crate::stage::Stage;

/// Columns, explained at the top of the table.
pub const PEOPLE: &str = "OAMmgboanhclrqs";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Public,
    Private,
    Direct,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Archived,
    WorkspaceArchived,
}

#[derive(Debug, Clone, Copy)]
pub struct Place(Kind, State);

impl Place {
    pub const ALL: &'static [Self] = &[
        Self(Kind::Public, State::Open),
        Self(Kind::Private, State::Open),
        Self(Kind::Direct, State::Open),
        Self(Kind::Public, State::Archived),
        Self(Kind::Private, State::Archived),
        Self(Kind::Public, State::WorkspaceArchived),
        Self(Kind::Private, State::WorkspaceArchived),
        Self(Kind::Direct, State::WorkspaceArchived),
    ];
    pub fn title(self) -> String {
        let kind = format!("{:?}", self.0).to_lowercase();
        match self.1 {
            State::Open => kind,
            State::Archived => format!("{kind}, archived"),
            State::WorkspaceArchived => format!("{kind}, all archived"),
        }
    }
    pub fn is_private(self) -> bool {
        self.0 != Kind::Public
    }
    pub fn is_workspace_archived(self) -> bool {
        self.1 == State::WorkspaceArchived
    }
}

pub struct Scene {
    pub stage: Stage,
    pub people: Vec<By>,
    channel: ChannelId,
    /// A member and an admin who sit there; a member and a guest who do not.
    seated: AccountId,
    admin: AccountId,
    outside: AccountId,
    guest: AccountId,
}

/// The message of somebody else, the one that is pinned, and the first of everybody's own.
const OTHERS: u64 = 1;
const PINNED: u64 = 2;
const OWN: u64 = 3;

impl Scene {
    pub fn of(place: Place) -> Self {
        let mut stage = Stage::new();
        let roles = PEOPLE.chars().map(|who| match who.to_ascii_lowercase() {
            'o' if who == 'O' => None,
            'o' => Some(Role::Owner),
            'a' => Some(Role::Admin),
            'g' | 'h' => Some(Role::Guest),
            'b' | 'c' => Some(Role::Bot),
            _ => Some(Role::Member),
        });
        let roles: Vec<_> = roles.collect();
        let people: Vec<By> = roles
            .into_iter()
            .map(|role| role.map_or(stage.owner, |role| stage.welcomes("P", role)))
            .collect();
        let [seated, admin, outside, guest] = [Role::Member, Role::Admin, Role::Member, Role::Guest]
            .map(|role| stage.welcomes("Q", role).account);
        let manager = people[PEOPLE.find('M').expect("a manager")];
        let sit: Vec<AccountId> = people[..6].iter().map(|by| by.account).chain([seated, admin]).collect();
        let channel = open(&mut stage, place.0, manager, &sit);
        let mut scene = Self { stage, people, channel, seated, admin, outside, guest };
        scene.leave();
        scene.talk();
        scene.put_away(place.1);
        scene
    }

    fn leave(&mut self) {
        let seat: Seat = self.stage.row(&(self.channel, self.seated)).expect("a seat");
        for (who, by) in PEOPLE.chars().zip(self.people.clone()) {
            let role = match who {
                'l' | 'r' => SeatRole::Left,
                'q' => SeatRole::Member,
                _ => continue,
            };
            self.stage.set(Seat { account: by.account, role, ..seat.clone() });
            if who != 'l' {
                let member = self.stage.member(by);
                self.stage.set(Member { state: MemberState::Left, ..member });
            }
        }
        // A stranger is a member of nothing here.
        let stranger = PEOPLE.find('s').expect("a stranger");
        self.people[stranger].account = AccountId::new(self.stage.key());
    }

    fn talk(&mut self) {
        let authors: Vec<AccountId> =
            [self.seated, self.seated].into_iter().chain(self.people.iter().map(|by| by.account)).collect();
        let tip = self.stage.tip(self.channel);
        let last_number = authors.len() as u64;
        for (number, author) in (1..).zip(authors) {
            let extra = Json(Extra { pinned: number == PINNED, ..Extra::default() });
            self.stage.set(Message {
                channel: self.channel,
                thread: 0,
                number,
                at_us: Stamp(self.stage.clock.0),
                author,
                text: "said".into(),
                extra: (number == PINNED).then_some(extra),
                edited_us: None,
                deleted_us: None,
                last_reply: 0,
                position: tip.last_position,
                changed: tip.last_position,
            });
        }
        let (channel, account, at_us) = (self.channel, self.seated, self.stage.clock);
        self.stage.set(domain::Pin { channel, thread: 0, number: PINNED, account, at_us });
        self.stage.set(ChannelTip { last_number, pins: 1, ..tip });
    }

    fn put_away(&mut self, state: State) {
        let (channel, itself) = (self.stage.channel(self.channel), self.stage.itself());
        match state {
            State::Open => {}
            State::Archived => self.stage.set(Channel { state: ChannelState::Archived, ..channel }),
            State::WorkspaceArchived => {
                self.stage.set(WorkspaceSelf { state: SelfState::Archived, ..itself });
            }
        }
    }
}

fn open(stage: &mut Stage, kind: Kind, by: By, sit: &[AccountId]) -> ChannelId {
    if kind == Kind::Direct {
        let id = ChannelId::direct(stage.key());
        stage.does(by, &CreateDirect::new(id, by, sit.to_vec()).expect("few")).expect("opened");
        return id;
    }
    let channel = stage.opens(by, "place", kind == Kind::Private).expect("opened");
    for account in sit.iter().copied() {
        stage.does(by, &AddToChannel { channel, account }).expect("added");
    }
    channel
}

type Asks = fn(&Scene, usize) -> Box<dyn Command>;

fn text(text: &str) -> MessageText {
    MessageText::new(text).expect("a text")
}
fn own(who: usize) -> u64 {
    OWN + who as u64
}
fn change(scene: &Scene, with: impl FnOnce(&mut ChangeChannel)) -> Box<dyn Command> {
    let mut change = ChangeChannel::of(scene.channel);
    with(&mut change);
    Box::new(change)
}
fn pin(scene: &Scene, number: u64, on: bool) -> Box<dyn Command> {
    Box::new(Pin { channel: scene.channel, thread: 0, number, on })
}
fn add(scene: &Scene, account: AccountId) -> Box<dyn Command> {
    Box::new(AddToChannel { channel: scene.channel, account })
}
fn remove(scene: &Scene, account: AccountId) -> Box<dyn Command> {
    Box::new(RemoveFromChannel { channel: scene.channel, account })
}
fn edit(scene: &Scene, number: u64) -> Box<dyn Command> {
    Box::new(Edit::new(scene.channel, 0, number, text("mended")).expect("an edit"))
}
fn delete(scene: &Scene, number: u64) -> Box<dyn Command> {
    Box::new(Delete { channel: scene.channel, thread: 0, number })
}
fn react(scene: &Scene, on: bool) -> Box<dyn Command> {
    let emoji = Emoji::new("❤").expect("an emoji");
    Box::new(React { channel: scene.channel, thread: 0, number: OTHERS, emoji, on })
}

/// In the order of a channel's life.
pub const VERBS: &[(&str, Asks)] = &[
    ("join", |s, _| Box::new(Join { channel: s.channel })),
    ("send", |s, _| Box::new(Send::new(s.channel, text("hi")).expect("a message"))),
    ("send, to everyone", |s, _| Box::new(Send::new(s.channel, text("<!here>")).expect("a message"))),
    ("reply", |s, _| {
        Box::new(Send::new(s.channel, text("hi")).expect("a message").in_thread(OTHERS, Some(s.seated)))
    }),
    ("edit one's own", |s, who| edit(s, own(who))),
    ("edit another's", |s, _| edit(s, OTHERS)),
    ("delete one's own", |s, who| delete(s, own(who))),
    ("delete another's", |s, _| delete(s, OTHERS)),
    ("react", |s, _| react(s, true)),
    ("unreact", |s, _| react(s, false)),
    ("pin", |s, _| pin(s, OTHERS, true)),
    ("unpin", |s, _| pin(s, PINNED, false)),
    ("follow", |s, _| Box::new(Follow { channel: s.channel, thread: OTHERS, on: true })),
    ("unfollow", |s, _| Box::new(Follow { channel: s.channel, thread: OTHERS, on: false })),
    ("mark", |s, _| Box::new(Mark { channel: s.channel, thread: 0, number: 9, back: None })),
    ("star", |s, _| {
        let channel = s.channel.to_string();
        Box::new(Keep::new(PrivateKind::Star, &channel, Some("{}".into())).expect("well formed"))
    }),
    ("topic", |s, _| change(s, |c| c.topic = Line::new("topic", "us", 99).ok())),
    ("rename", |s, _| change(s, |c| c.name = Name::new("otherwise").ok())),
    ("posting", |s, _| change(s, |c| c.admins_post = Some(true))),
    ("default", |s, _| change(s, |c| c.default = Some(true))),
    ("public to private", |s, _| change(s, |c| c.private = true)),
    ("add a member", |s, _| add(s, s.outside)),
    ("add a guest", |s, _| add(s, s.guest)),
    ("add a stranger", |s, _| add(s, s.people[PEOPLE.len() - 1].account)),
    ("make a manager", |s, _| Box::new(ChangeSeat { channel: s.channel, account: s.seated, manager: true })),
    ("bring in a manager", |s, _| {
        Box::new(Sit { channel: s.channel, account: s.outside, manager: Some(true) })
    }),
    ("remove a member", |s, _| remove(s, s.seated)),
    ("remove an admin", |s, _| remove(s, s.admin)),
    ("leave", |s, who| remove(s, s.people[who].account)),
    ("archive", |s, _| Box::new(ArchiveChannel { channel: s.channel, on: true })),
    ("restore", |s, _| Box::new(ArchiveChannel { channel: s.channel, on: false })),
];
