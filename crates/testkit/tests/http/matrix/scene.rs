//! A channel with everyone in it, beside it and gone from it; a workspace with everyone in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::{AccountId, ChannelId, CredentialKind, Role, WorkspaceId};
use service::{Address, NewChannel, NewInvite, NewWorkspace, Scopes, Secret};
use testkit::{Backend, Ground, Person, Team, Town};

use super::verbs::Verb;

/// One dot.
const PICTURE: &[u8] = include_bytes!("dot.png");

/// Columns, explained at the top of the table.
pub const PEOPLE: &str = "OAMmgboanhclrswekx";

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(pub Kind, pub State);

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
}

/// Everything as it was before anybody asked; asked on copies of it.
pub struct Scene {
    ground: Ground,
    town: Option<Town>,
    team: Team,
    /// Of `w`.
    pub elsewhere: WorkspaceId,
    people: Vec<Person>,
    tokens: Vec<String>,
    words: BTreeMap<&'static str, String>,
    own: Vec<u64>,
    /// A copy, and whether something was done to it.
    copy: Option<(Ground, Town, bool)>,
}

pub fn role_of(who: char) -> Role {
    match who.to_ascii_lowercase() {
        'o' => Role::Owner,
        'a' => Role::Admin,
        'g' | 'h' => Role::Guest,
        'b' | 'c' => Role::Bot,
        _ => Role::Member,
    }
}

impl Scene {
    /// One of each column, and a few others to do things to.
    async fn with_people(backend: Backend) -> Self {
        let ground = if backend == Backend::Sqlite { Ground::quick() } else { Ground::on(backend).await };
        let town = Town::on(&ground).await;
        let (mut people, mut elsewhere) = (Vec::new(), WorkspaceId::INSTALLATION);
        for who in PEOPLE.chars() {
            people.push(match who {
                'O' => town.team.owner,
                's' => town.meets("Sam").await,
                'w' => {
                    let (person, workspace) = founds(&town).await;
                    elsewhere = workspace;
                    person
                }
                _ => town.welcomes_as("P", role_of(who)).await,
            });
        }
        let mut words = BTreeMap::new();
        for (name, role) in [
            ("seated", Role::Member),
            ("admin", Role::Admin),
            ("outside", Role::Member),
            ("guest", Role::Guest),
            ("owner", Role::Owner),
            ("member", Role::Member),
            ("bot", Role::Bot),
        ] {
            words.insert(name, town.welcomes_as("Q", role).await.account().to_string());
        }
        words.extend(robot_and_invitation(&town).await);
        let (team, own) = (town.team, vec![0; people.len()]);
        let town = Some(town);
        let mut scene =
            Self { ground, team, elsewhere, people, tokens: vec![], words, own, town, copy: None };
        scene.words.insert("stranger", scene.person('s').account().to_string());
        scene
    }

    fn town(&self) -> &Town {
        self.town.as_ref().expect("the scene is being made")
    }
    fn person(&self, who: char) -> Person {
        self.people[PEOPLE.find(who).expect("a column")]
    }
    fn named(&self, name: &str) -> AccountId {
        self.words[name].parse().expect("an account")
    }

    pub async fn of_channel(backend: Backend, Place(kind, state): Place) -> Self {
        let mut scene = Self::with_people(backend).await;
        let channel = scene.opens(kind).await;
        scene.talks(channel).await;
        let (node, manager) = (&scene.town().node, scene.person('M').by);
        for who in "oanhcl".chars().filter(|_| kind != Kind::Direct) {
            let by = scene.person(who).by;
            let left = node.service.remove_from_channel(by, node.new_key(), channel, by.account).await;
            left.expect("left");
        }
        scene.words.insert("c", channel.to_string());
        scene.goes('r').await;
        match state {
            State::Open => {}
            State::Archived => {
                let archived =
                    node_of(&scene).service.archive_channel(manager, scene.key(), channel, true).await;
                archived.expect("archived");
            }
            State::WorkspaceArchived => scene.archives().await,
        }
        scene.settles().await
    }

    pub async fn of_workspace(backend: Backend, archived: bool) -> Self {
        let mut scene = Self::with_people(backend).await;
        scene.goes('r').await;
        if archived {
            scene.archives().await;
        }
        scene.words.insert("c", scene.team.general.to_string());
        scene.settles().await
    }

    fn key(&self) -> domain::Key {
        self.town().node.new_key()
    }

    async fn opens(&self, kind: Kind) -> ChannelId {
        let (node, by) = (&self.town().node, self.person('M').by);
        let few: Vec<AccountId> = "OAmgb".chars().map(|who| self.person(who).account()).collect();
        let others = [self.named("seated"), self.named("admin")];
        let made = if kind == Kind::Direct {
            let with = few.into_iter().chain(others).collect();
            node.service.create_direct(by, node.new_key(), with).await
        } else {
            let sit = PEOPLE.chars().filter(|who| !"swx".contains(*who));
            let members = sit.map(|who| self.person(who).account()).chain(others).collect();
            let private = kind == Kind::Private;
            let new = NewChannel { name: "place".into(), private, members, ..NewChannel::default() };
            node.service.create_channel(by, node.new_key(), new).await
        };
        testkit::town::id(&made.expect("opened").reply.read::<serde_json::Value>().expect("an id")["id"])
    }

    /// Somebody's message, one that is pinned, and one of everybody's own who sits there.
    async fn talks(&mut self, channel: ChannelId) {
        let node = &self.town.as_ref().expect("being made").node;
        let seated = Person { by: domain::By { account: self.named("seated"), ..self.person('m').by } };
        for text in ["others", "pinned"] {
            let number = testkit::team::number(&seated.says(node, channel, text).await.expect("said"));
            self.words.insert(text, number.to_string());
        }
        let at = Address { channel, thread: 0, number: 2 };
        node.service.pin(seated.by, node.new_key(), at, true).await.expect("pinned");
        let first = Address { number: 1, ..at };
        let number = testkit::team::number(&seated.replies(node, first, "reply").await.expect("said"));
        self.words.insert("reply", number.to_string());
        let people = self.people.clone();
        for (own, person) in self.own.iter_mut().zip(people) {
            // Who has no seat has said nothing: any number will do.
            *own = person.says(node, channel, "own").await.map_or(9_999, |done| testkit::team::number(&done));
        }
    }

    async fn goes(&self, who: char) {
        let (node, owner) = (node_of(self), self.team.owner.by);
        let gone = node.service.remove_member(owner, self.key(), self.person(who).account(), false).await;
        gone.expect("removed");
    }
    async fn archives(&self) {
        let archived = node_of(self).service.archive_workspace(self.team.owner.by, self.key(), true).await;
        archived.expect("archived");
    }

    /// Everyone signs in, two of them in vain; then nothing moves any more.
    async fn settles(mut self) -> Self {
        let (town, node) = (self.town(), node_of(&self));
        let mut tokens = Vec::new();
        for (who, person) in PEOPLE.chars().zip(&self.people) {
            let secret = Secret::mint();
            let session = town.credential(*person, &secret, CredentialKind::Session, None);
            let id = session.id;
            let account = person.account();
            node.service.begin_credential(account, self.key(), session).await.expect("signed in");
            if who == 'e' {
                node.service.end_credential(account, self.key(), id).await.expect("signed out");
            }
            if who == 'k' {
                node.clock.advance(domain::Stamp::SECOND);
                let asked = node.service.require_sign_in(self.team.owner.by, self.key(), account).await;
                asked.expect("asked to sign in again");
            }
            tokens.push(if who == 'x' { "rk_nobody".into() } else { secret.text() });
        }
        self.tokens = tokens;
        if self.ground.backend == Backend::Sqlite {
            let town = self.town.take().expect("being made");
            town.node.stop().await;
        }
        self
    }

    /// What somebody is answered, on the scene as it was made.
    pub async fn answers(
        &mut self,
        who: usize,
        verb: &Verb,
        more: &[(&'static str, &str)],
    ) -> (char, String) {
        self.answers_in(self.team.workspace, who, verb, more).await
    }

    /// The same, through a workspace.
    pub async fn answers_in(
        &mut self,
        workspace: WorkspaceId,
        who: usize,
        verb: &Verb,
        more: &[(&'static str, &str)],
    ) -> (char, String) {
        let mut words = self.words.clone();
        words.insert("own", self.own[who].to_string());
        words.extend(more.iter().map(|(name, word)| (*name, (*word).to_owned())));
        let verb = verb.with(&words);
        let token = self.tokens[who].clone();
        self.renew().await;
        let town = self.copy.as_ref().map_or_else(|| self.town(), |(_, town, _)| town);
        let path = format!("/api/v1/workspaces/{workspace}{}", verb.path);
        let answer = match verb.body.as_deref() {
            Some("a picture") => town.uploads(&token, &path, "image/png", PICTURE.to_vec()).await,
            Some(body) => {
                let body = serde_json::from_str(body).expect("JSON");
                town.send(verb.method, &token, &path, body).await
            }
            None => town.bare(verb.method, &token, &path).await,
        };
        let told = format!("{} {path}: {} {}", verb.method, answer.status, answer.body);
        let mark = match answer.status.as_u16() {
            200..300 => '+',
            403 => '!',
            404 => '-',
            409 => '~',
            401 => '0',
            422 => '=',
            _ => panic!("{told}"),
        };
        if let Some((_, _, done)) = &mut self.copy {
            *done |= mark == '+' && verb.method != "GET";
        }
        (mark, told)
    }

    /// A refusal leaves everything as it was; whatever was done is undone by a new copy of the file.
    async fn renew(&mut self) {
        if self.town.is_some() || self.copy.as_ref().is_some_and(|(_, _, done)| !done) {
            return;
        }
        self.copy = None;
        let ground = Ground::quick();
        copy(&folder(&self.ground), &folder(&ground));
        let town = Town::behind(ground.node().await, self.team);
        self.copy = Some((ground, town, false));
    }

    pub fn workspace(&self) -> WorkspaceId {
        self.team.workspace
    }
    pub fn account(&self, who: char) -> AccountId {
        self.person(who).account()
    }
    pub fn whom(&self, name: &str) -> String {
        self.words[name].clone()
    }
}

/// A bot of the owner's, and an invitation.
async fn robot_and_invitation(town: &Town) -> [(&'static str, String); 2] {
    let (service, by) = (&town.node.service, town.team.owner.by);
    let made = service.make_bot(by, town.node.new_key(), "Robot", Scopes::ALL).await;
    let invite = NewInvite { role: Role::Member, uses: None, expires_s: None, channels: Vec::new() };
    let key = town.node.new_key();
    let (_, done) = service.invite(by, key, invite).await.expect("invited");
    let told: serde_json::Value = done.reply.read().expect("an id");
    let invitation = told["id"].as_str().expect("an id").to_owned();
    [("robot", made.expect("a bot is made").0.to_string()), ("invitation", invitation)]
}

/// Somebody with a workspace of their own.
async fn founds(town: &Town) -> (Person, WorkspaceId) {
    let person = town.meets("Olga").await;
    let new =
        NewWorkspace { name: "Crows".into(), slug: None, owner: person.account(), owner_name: "Olga".into() };
    let made = town.node.service.create_workspace(town.node.new_key(), new).await;
    (person, made.expect("a workspace is created").0.workspace)
}

fn node_of(scene: &Scene) -> &testkit::Node {
    &scene.town().node
}

fn folder(ground: &Ground) -> PathBuf {
    ground.file().parent().expect("a folder").to_owned()
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}
