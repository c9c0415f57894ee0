//! An old snapshot and the events after it, each with its image, are the new snapshot: for every kind of event, of
//! every verb, for people of every role.

mod verbs;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use domain::cell::Value as Cell;
use domain::rights::Right;
use domain::{
    AccountId, ChannelId, Event, EventKind, Image, Member, Position, Role, Seat, Stamp, Viewer,
    WorkspaceSelf, may_see, values,
};
use rand::Rng;
use serde_json::{Value, json};
use store::{Freshness, Query};
use testkit::client::{State, apply, look::look, parting};
use testkit::{Backend, Ground, Person, Town, on_every_engine};

use verbs::{Cast, RARE, VERBS};

const SEAT: &str = "SELECT channel, account, workspace, role, since, read_number, read_version, changed
    FROM channel_member WHERE channel = $1 AND account = $2";
const MEMBER: &str =
    "SELECT workspace, account, role, state, name, name_key, profile, private, signed_after_us, changed
    FROM member WHERE workspace = $1 AND account = $2";
const ITSELF: &str = "SELECT workspace, name, picture, settings, state, owners, members, channels, changed
    FROM workspace_self WHERE workspace = $1";

async fn row<R: domain::row::Row>(town: &Town, sql: &'static str, values: Vec<Cell>) -> Option<R> {
    let query = Query { sql, values };
    let seen = town.node.store.read(town.team.workspace, Freshness::Newest, &query).await.expect("read");
    reading::one::<R>(&seen.value).expect("a row")
}

/// Somebody whose view is held against what they are told.
struct Watcher {
    person: Person,
    state: State,
    /// Never read anew: only what events made of the first look.
    told: State,
    /// Was a guest once, and so does not know everybody.
    narrow: bool,
}

struct Stage {
    town: Town,
    cast: Cast,
    watchers: Vec<Watcher>,
    position: Position,
    kinds: BTreeSet<EventKind>,
    /// The first case of each kind.
    cases: BTreeMap<String, Value>,
}

impl Stage {
    async fn new(ground: &Ground, seed: u64) -> Self {
        let town = Town::on(ground).await;
        let mut people = vec![town.team.owner];
        for (name, role) in
            [("Ann", Role::Admin), ("Bob", Role::Member), ("Cleo", Role::Member), ("Gil", Role::Guest)]
        {
            people.push(town.welcomes_as(name, role).await);
        }
        let newcomers = vec![town.meets("Nina").await, town.meets("Nils").await];
        let watched = [people[0], people[2], people[4]];
        let cast = Cast::new(seed, people, town.team.general, newcomers);
        let (kinds, cases) = (BTreeSet::new(), BTreeMap::new());
        let mut stage = Self { town, cast, watchers: Vec::new(), position: Position(0), kinds, cases };
        for person in watched {
            let state = stage.looks(person).await;
            let narrow = is_narrow(&state);
            stage.watchers.push(Watcher { person, told: state.clone(), state, narrow });
        }
        stage.position = stage.missed().await.last().map_or(Position(0), |(event, _)| event.position);
        stage
    }

    async fn looks(&self, person: Person) -> State {
        let token = self.town.token_of(person).await;
        look(&self.town, &token, &person.account().to_string()).await
    }

    async fn missed(&self) -> Vec<(Event, Image)> {
        let workspace = self.town.team.workspace;
        let service = &self.town.node.service;
        service.events(workspace, Freshness::Newest, self.position, 1_000).await.expect("read").value
    }

    /// As a gateway knows them: their role and seat as they are now.
    async fn sees(&self, watcher: &Watcher, event: &Event) -> bool {
        let person = watcher.person;
        let (workspace, account) = (self.town.team.workspace, person.account());
        let Some(member) = row::<Member>(&self.town, MEMBER, values![&workspace, &account]).await else {
            return false;
        };
        let itself = row::<WorkspaceSelf>(&self.town, ITSELF, values![&workspace]).await.expect("itself");
        let seat = match event.channel {
            Some(channel) => self.seat(channel, person).await,
            None => None,
        };
        // Everyone they hold is on the screen; a guest holds whom they share a seat with.
        let held = |account: AccountId| watcher.state.people.contains_key(&account.to_string());
        let looking = event.channel.is_none() && event.account.is_some_and(held);
        let may_invite = Right::Invite.held_by(&member, &itself.settings.0);
        let viewer = Viewer { account, role: member.role, may_invite, seat, looking };
        let here = member.is_active() || event.position <= member.changed;
        here && may_see(event, &viewer)
    }

    async fn seat(&self, channel: ChannelId, person: Person) -> Option<Position> {
        let seat = row::<Seat>(&self.town, SEAT, values![&channel, &person.account()]).await;
        seat.and_then(|seat| seat.held_since())
    }

    /// One thing is asked for; whoever watches is told, and looks again.
    async fn step(&mut self, who: Person, verb: &str) {
        self.town.node.clock.advance(Stamp::SECOND);
        let outcome = self.cast.does(&self.town, who, verb).await;
        let events = self.missed().await;
        assert!(outcome.is_ok() || events.is_empty(), "{verb} was refused and yet told of");
        let Some((last, _)) = events.last() else { return };
        self.position = last.position;
        // Whoever signs in from now on signed in after it.
        self.town.node.clock.advance(Stamp::SECOND);
        self.kinds.extend(events.iter().map(|(event, _)| event.kind));
        for at in 0..self.watchers.len() {
            let person = self.watchers[at].person;
            let mut told = Vec::new();
            for (event, image) in &events {
                if self.sees(&self.watchers[at], event).await {
                    told.push((
                        event.kind,
                        serde_json::to_value(protocol::Event::of(event, image)).expect("JSON"),
                    ));
                }
            }
            let now = self.looks(person).await;
            let context = format!("{verb} by {}: {told:#?}", who.account());
            let (before, after) = self.watchers[at].hears(&told, now, &context);
            self.record(&before, &told, &after);
        }
    }

    fn record(&mut self, before: &State, told: &[(EventKind, Value)], after: &State) {
        let events: Vec<_> = told.iter().map(|(_, event)| event).collect();
        for (kind, event) in told {
            let mine = event["account"] == json!(before.me);
            let name = if mine { format!("{}.me", kind.word()) } else { kind.word().to_owned() };
            let case = || {
                let (before, after) = trimmed(before, after, &events);
                json!({ "before": before, "events": events, "after": after })
            };
            self.cases.entry(name).or_insert_with(case);
        }
    }
}

fn is_narrow(state: &State) -> bool {
    state.people.get(&state.me).is_none_or(|me| me["role"] == "guest")
}

impl Watcher {
    /// What they held and what became of it, held against what they see now.
    fn hears(&mut self, told: &[(EventKind, Value)], now: State, context: &str) -> (State, State) {
        let fold = |state: State| told.iter().fold(state, |state, (_, event)| apply(state, event));
        let before = std::mem::replace(&mut self.state, now.clone());
        let after = fold(before.clone());
        self.narrow |= is_narrow(&now);
        // Let back in, one loads everything anew.
        if before.workspace.is_null() {
            self.told = now;
            return (before, after);
        }
        same(&after, &now, self.narrow, context);
        self.told = reopened(fold(std::mem::take(&mut self.told)), &now);
        same(&self.told, &now, self.narrow, context);
        (before, after)
    }
}

/// Of what the events leave alone only a little, where that changes nothing.
fn trimmed(before: &State, after: &State, events: &[&Value]) -> (State, State) {
    const UNTOUCHED: usize = 3;
    let mut small = before.clone();
    let mut left = UNTOUCHED;
    small.messages.retain(|key, row| {
        let touched = after.messages.get(key) != Some(row);
        let kept = touched || left > 0;
        left = left.saturating_sub(usize::from(!touched));
        kept
    });
    let end = events.iter().fold(small.clone(), |state, event| apply(state, event));
    let same = end.messages.iter().all(|(key, row)| after.messages.get(key) == Some(row));
    if same { (small, end) } else { (before.clone(), after.clone()) }
}

/// A channel that came by an event is opened, and then held whole.
fn reopened(mut told: State, now: &State) -> State {
    let partly: Vec<_> =
        told.channels.iter().filter(|(_, held)| !held.whole).map(|(id, _)| id.clone()).collect();
    for id in partly {
        let Some(held) = now.channels.get(&id) else { continue };
        told.channels.insert(id.clone(), held.clone());
        let of = |key: &String| key.split('.').next() == Some(&id);
        told.messages.extend(
            now.messages.iter().filter(|(key, _)| of(key)).map(|(key, row)| (key.clone(), row.clone())),
        );
        told.seats
            .extend(now.seats.iter().filter(|(key, _)| of(key)).map(|(key, row)| (key.clone(), row.clone())));
    }
    told
}

fn same(told: &State, now: &State, narrow: bool, context: &str) {
    if let Some(parting) = parting(told, now, narrow) {
        panic!("{parting}, after {context}");
    }
}

/// What has a place in what a client holds, or ends it.
fn is_told_in_the_tour(kind: EventKind) -> bool {
    kind.code() < 100 && kind != EventKind::WorkspaceCreated
}

on_every_engine! {
    async fn an_old_snapshot_and_events_with_images_are_the_new_snapshot_for_every_verb(ground: Ground) {
        let mut stage = Stage::new(&ground, 7).await;
        let owner = stage.cast.people[0];
        // Once through everything, so that no kind is left to chance; then whoever does whatever.
        for verb in VERBS {
            for _ in 0..6 {
                stage.step(owner, verb).await;
            }
        }
        let rounds = if ground.backend == Backend::Sqlite { 60 } else { 20 };
        for _ in 0..rounds {
            let who = stage.cast.somebody();
            let verb = VERBS[stage.cast.chance.random_range(0..VERBS.len())];
            stage.step(who, verb).await;
        }
        for verb in RARE {
            for _ in 0..2 {
                stage.step(owner, verb).await;
                let who = stage.cast.somebody();
                stage.step(who, verb).await;
            }
        }
        let all: Vec<_> = EventKind::ALL.iter().copied().filter(|kind| is_told_in_the_tour(*kind)).collect();
        let missing: Vec<_> = all.iter().filter(|kind| !stage.kinds.contains(kind)).map(|kind| kind.word()).collect();
        assert_eq!(missing, [""; 0], "every kind of event was told of");
        if ground.backend == Backend::Sqlite && std::env::var_os("UPDATE_GOLDEN").is_some() {
            write(&stage.cases);
        }
    }
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases/apply.jsonl")
}

fn write(cases: &BTreeMap<String, Value>) {
    let mut text = String::new();
    for (name, case) in cases {
        let mut case = case.clone();
        case["name"] = json!(name);
        writeln!(text, "{case}").expect("a line");
    }
    std::fs::write(file(), text).expect("written");
}

/// The same file the web client's `apply` passes.
#[test]
fn every_recorded_case_still_applies() {
    let text = std::fs::read_to_string(file()).expect("UPDATE_GOLDEN=1 on SQLite records the cases");
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let state = |name: &str| serde_json::from_value::<State>(case[name].clone()).expect("a state");
        let events = case["events"].as_array().expect("events");
        let after = events.iter().fold(state("before"), apply);
        assert_eq!(after, state("after"), "{}", case["name"]);
        names.insert(case["name"].as_str().expect("a name").to_owned());
    }
    for kind in EventKind::ALL.iter().filter(|kind| is_told_in_the_tour(**kind)) {
        let told = names.contains(kind.word()) || names.contains(&format!("{}.me", kind.word()));
        assert!(told, "no case of {}", kind.word());
    }
}
