//! What concerns the workspace and its people: who asks, and whom it is about.

use std::fmt::Write;

use domain::rights::Rights;
use domain::text::Name;
use domain::verbs::{
    ArchiveWorkspace, ChangeProfile, ChangeRole, ChangeWorkspace, CreateChannel, CreateDirect, Invite,
    RemoveMember, RequireSignIn, RevokeInvitation, SetPicture, SetStatus,
};
use domain::{
    AccountId, By, ChannelId, Command, Key, Member, MemberState, Role, SelfState, Stamp, WorkspaceSelf,
};

use super::{does, mark};
use crate::stage::Stage;

pub const LEGEND: &str = "\
Who may do what. + done, ! not allowed, - not found, ~ conflict; doing what is done already is done.

In a channel, with a seat:  O owner  A admin  M manager  m member  g guest  b bot
              without one:  o owner  a admin  n member   h guest   c bot    l member who left it
   not of this workspace:   r removed  q removed, a seat not yet ended  s stranger
";

const PEOPLE: &str = "OAmgbrs";

struct Scene {
    stage: Stage,
    people: Vec<By>,
    /// An owner, an admin, a member, a guest and a bot besides those who ask.
    about: [AccountId; 5],
    invitation: Key,
    fresh: Key,
}

impl Scene {
    fn of(archived: bool) -> Self {
        let mut stage = Stage::new();
        let owner = stage.owner;
        let roles = [Role::Admin, Role::Member, Role::Guest, Role::Bot, Role::Member];
        let mut people: Vec<By> = vec![owner];
        people.extend(roles.map(|role| stage.welcomes("P", role)));
        people.push(By { account: AccountId::new(stage.key()), ..owner });
        let about = [Role::Owner, Role::Admin, Role::Member, Role::Guest, Role::Bot]
            .map(|role| stage.welcomes("Q", role).account);
        let removed = stage.member(people[5]);
        stage.set(Member { state: MemberState::Left, ..removed });
        let (invitation, fresh) = (stage.key(), stage.key());
        stage.does(owner, &invite(invitation, Role::Member)).expect("made");
        if archived {
            let itself = stage.itself();
            stage.set(WorkspaceSelf { state: SelfState::Archived, ..itself });
        }
        Self { stage, people, about, invitation, fresh }
    }
}

fn invite(id: Key, role: Role) -> Invite {
    Invite { id, hash: [id.0[6]; 32], role, channels: vec![], uses: None, expires_s: None }
}

const ABOUT: [&str; 5] = ["an owner", "an admin", "a member", "a guest", "a bot"];
type Asks = fn(&Scene, By) -> Box<dyn Command>;
type AsksAbout = fn(AccountId) -> Box<dyn Command>;

fn channel(scene: &Scene, private: bool) -> Box<dyn Command> {
    let id = ChannelId::new(scene.fresh);
    Box::new(CreateChannel::new(id, Name::new("new").expect("a name"), private))
}
fn channel_with(scene: &Scene, account: AccountId) -> Box<dyn Command> {
    let new = CreateChannel::new(ChannelId::new(scene.fresh), Name::new("new").expect("a name"), true);
    Box::new(new.with(vec![account]).expect("few"))
}
fn direct(scene: &Scene, by: By, with: Vec<AccountId>) -> Box<dyn Command> {
    Box::new(CreateDirect::new(ChannelId::direct(scene.fresh), by, with).expect("few"))
}
fn workspace(change: ChangeWorkspace) -> Box<dyn Command> {
    Box::new(change)
}

const VERBS: &[(&str, Asks)] = &[
    ("create public", |s, _| channel(s, false)),
    ("create private", |s, _| channel(s, true)),
    ("create with a member", |s, _| channel_with(s, s.about[2])),
    ("create with a stranger", |s, _| channel_with(s, s.people[6].account)),
    ("notebook", |s, by| direct(s, by, vec![])),
    ("write to a member", |s, by| direct(s, by, vec![s.about[2]])),
    ("write to a stranger", |s, by| direct(s, by, vec![s.people[6].account])),
    ("invite an owner", |s, _| Box::new(invite(s.fresh, Role::Owner))),
    ("invite an admin", |s, _| Box::new(invite(s.fresh, Role::Admin))),
    ("invite a member", |s, _| Box::new(invite(s.fresh, Role::Member))),
    ("revoke an invitation", |s, _| Box::new(RevokeInvitation { id: s.invitation })),
    ("name the workspace", |_, _| {
        workspace(ChangeWorkspace { name: Name::new("Crows").ok(), ..Default::default() })
    }),
    ("its settings", |_, _| workspace(ChangeWorkspace { keep_deleted: Some(true), ..Default::default() })),
    ("its rights", |_, _| {
        workspace(ChangeWorkspace { rights: Some(Rights::default().into()), ..Default::default() })
    }),
    ("its picture", |_, _| Box::new(SetPicture { of_workspace: true, picture: None })),
    ("archive it", |_, _| Box::new(ArchiveWorkspace { on: true })),
    ("restore it", |_, _| Box::new(ArchiveWorkspace { on: false })),
    ("one's own status", |_, _| Box::new(SetStatus::new(None, Some(Some(Stamp(1)))).expect("a status"))),
    ("one's own name", |_, by| rename(by.account)),
    ("one's own picture", |_, _| Box::new(SetPicture { of_workspace: false, picture: None })),
    ("leave", |_, by| remove(by.account)),
];

fn rename(account: AccountId) -> Box<dyn Command> {
    Box::new(ChangeProfile::new(account, Some("Otherwise"), None, None).expect("a name"))
}
fn remove(account: AccountId) -> Box<dyn Command> {
    Box::new(RemoveMember { account, closing: false })
}

const VERBS_ABOUT: &[(&str, AsksAbout)] = &[
    ("make owner", |account| Box::new(ChangeRole { account, role: Role::Owner })),
    ("make admin", |account| Box::new(ChangeRole { account, role: Role::Admin })),
    ("make member", |account| Box::new(ChangeRole { account, role: Role::Member })),
    ("make guest", |account| Box::new(ChangeRole { account, role: Role::Guest })),
    ("rename", rename),
    ("remove", remove),
    ("ask to sign in again", |account| Box::new(RequireSignIn { account })),
];

fn row(scene: &Scene, command: impl Fn(By) -> Box<dyn Command>) -> String {
    let cell = |by: &By| mark(&does(&scene.stage, *by, &*command(*by)));
    scene.people.iter().map(cell).collect()
}

pub fn table() -> (String, usize) {
    let (mut table, mut cells) = (String::new(), 0);
    for archived in [false, true] {
        let scene = Scene::of(archived);
        let title = if archived { "workspace, archived" } else { "workspace" };
        let _ = writeln!(table, "\n{title:<36}{PEOPLE}");
        let alone = VERBS.iter().map(|(name, asks)| ((*name).to_owned(), row(&scene, |by| asks(&scene, by))));
        let about = VERBS_ABOUT.iter().flat_map(|(name, asks)| {
            let scene = &scene;
            ABOUT
                .iter()
                .zip(scene.about)
                .map(move |(whom, account)| (format!("{name}: {whom}"), row(scene, |_| asks(account))))
        });
        for (name, row) in alone.chain(about) {
            assert!(row.ends_with("--"), "{name}: nobody from outside finds anything");
            cells += row.len();
            let _ = writeln!(table, "  {name:<34}{row}");
        }
    }
    (table, cells)
}
