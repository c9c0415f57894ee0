//! What was read is used again while nothing touched it: never for who may not see it, never older than what they saw.

use std::sync::Arc;

use domain::{ChannelId, Role};
use live::Bus;
use serde_json::Value;
use service::{MemberChange, NewChannel};
use testkit::bus::{Mood, MoodyBus};
use testkit::{Faulty, Ground, Node, Person, Town, on_every_engine};

const NAMES: &str = "FROM member WHERE workspace = $1 AND account IN";
const DIRECTORY: &str = "FROM member\n    WHERE workspace = $1 AND state = 'active' AND name_key";
const SEATS: &str = "s.read_version, s.changed,\n        m.workspace";

/// A town whose node remembers, and the bus by which it hears of others.
async fn town_that_remembers(ground: &Ground) -> (Town, Arc<MoodyBus>) {
    let bus = Arc::new(MoodyBus::default());
    let heard: Arc<dyn Bus> = bus.clone();
    let node = ground.node().await.remembers(&heard, None);
    (Town::of(node).await, bus)
}

/// Another server on the same database, whom the first one does not hear.
async fn unheard(ground: &Ground) -> Node {
    Node::start(Faulty::over(ground.engine().await), ground.clock.clone()).await
}

/// Asks until the answer costs no statement with these words.
async fn is_remembered(town: &Town, token: &str, path: &str, words: &str) -> Value {
    loop {
        let before = town.node.faults.asked(words);
        let answer = town.get(token, path).await.ok();
        if town.node.faults.asked(words) == before {
            return answer;
        }
        tokio::task::yield_now().await;
    }
}

async fn renames(node: &Node, person: Person, name: &str) -> String {
    let change = MemberChange { name: Some(name.into()), ..MemberChange::default() };
    let done = node.service.change_member(person.by, node.new_key(), person.account(), change).await;
    let done = done.expect("renamed");
    format!("at_least={}&epoch={}", done.position.0, done.epoch.0)
}

async fn opens_private(town: &Town, person: Person) -> ChannelId {
    let new = NewChannel { name: "secret".into(), private: true, ..NewChannel::default() };
    let done = town.node.service.create_channel(person.by, town.node.new_key(), new).await.expect("made");
    testkit::town::id(&done.reply.read::<Value>().expect("an answer")["id"])
}

on_every_engine! {
    async fn what_is_remembered_is_never_older_than_what_its_reader_saw(ground: Ground) {
        let (town, bus) = town_that_remembers(&ground).await;
        let bob = town.welcomes("Bob").await;
        let general = town.team.general;
        bob.says(&town.node, general, "hello").await.expect("said");
        let token = town.token_of(town.team.owner).await;
        let messages = town.path(&format!("/channels/{general}/messages"));
        let (members, seats) = (town.path("/members"), town.path(&format!("/channels/{general}/members")));
        for (path, words) in [(&messages, NAMES), (&members, DIRECTORY), (&seats, SEATS)] {
            let page = is_remembered(&town, &token, path, words).await;
            assert!(page.to_string().contains("\"Bob\""), "{path}: {page}");
        }
        // Nobody tells this node, whether the bus is gone or says nothing.
        let other = unheard(&ground).await;
        for (mood, name) in [(Mood::Silent, "Robert"), (Mood::Gone, "Rob")] {
            bus.is(mood);
            let saw = renames(&other, bob, name).await;
            for path in [&messages, &members, &seats] {
                let page = town.get(&token, &format!("{path}?{saw}")).await.ok();
                assert!(page.to_string().contains(&format!("\"{name}\"")), "{path}: {page}");
                assert!(!page.to_string().contains("\"Bob\""), "{path}: {page}");
            }
        }
        // And what this node does itself is seen by the very next request, whatever was heard of it.
        let saw = renames(&town.node, bob, "Bobby").await;
        let page = town.get(&token, &format!("{messages}?{saw}")).await.ok();
        assert!(page.to_string().contains("\"Bobby\""), "{page}");
        other.stop().await;
    }

    async fn what_others_read_is_not_shown_to_who_may_not_see_it(ground: Ground) {
        let (town, _) = town_that_remembers(&ground).await;
        let (ada, bob, eve) = (town.team.owner, town.welcomes("Bob").await, town.welcomes("Eve").await);
        let gus = town.welcomes_as("Gus", Role::Guest).await;
        let stranger = town.meets("Mallory").await;
        let secret = opens_private(&town, ada).await;
        let add = town.node.service.add_to_channel(ada.by, town.node.new_key(), secret, bob.account()).await;
        add.expect("brought in");
        bob.says(&town.node, secret, "a needle").await.expect("said");
        let seats = town.path(&format!("/channels/{secret}/members"));
        let (messages, members) = (town.path(&format!("/channels/{secret}/messages")), town.path("/members"));
        let token = town.token_of(bob).await;
        for (path, words) in [(&seats, SEATS), (&messages, NAMES), (&members, DIRECTORY)] {
            is_remembered(&town, &token, path, words).await;
        }
        let (of_eve, of_gus) = (town.token_of(eve).await, town.token_of(gus).await);
        let of_stranger = town.token_of(stranger).await;
        for path in [&seats, &messages] {
            for other in [&of_eve, &of_gus, &of_stranger] {
                assert_eq!(town.get(other, path).await.code(), "not_found", "{path}");
            }
        }
        assert_eq!(town.get(&of_stranger, &members).await.code(), "not_found");
        // Once more everything is warm, and another server sends Bob away, unheard.
        for (path, words) in [(&seats, SEATS), (&members, DIRECTORY)] {
            is_remembered(&town, &token, path, words).await;
        }
        let other = unheard(&ground).await;
        other.service.remove_from_channel(ada.by, other.new_key(), secret, bob.account()).await.expect("sent away");
        for path in [&seats, &messages] {
            assert_eq!(town.get(&token, path).await.code(), "not_found", "{path}");
        }
        other.service.remove_member(ada.by, other.new_key(), bob.account(), false).await.expect("removed");
        for path in [&seats, &messages, &members] {
            assert_eq!(town.get(&token, path).await.code(), "not_found", "{path}");
        }
        other.stop().await;
    }
}

/// A guest's directory is not everyone's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_is_not_answered_with_the_directory_of_members() {
    let ground = Ground::quick();
    let (town, _) = town_that_remembers(&ground).await;
    let gus = town.welcomes_as("Gus", Role::Guest).await;
    let club = town.team.opens(&town.node, "club").await;
    let (ada, key) = (town.team.owner, town.node.new_key());
    town.node.service.add_to_channel(ada.by, key, club, gus.account()).await.expect("brought in");
    town.node
        .service
        .remove_from_channel(ada.by, town.node.new_key(), town.team.general, gus.account())
        .await
        .ok();
    town.welcomes("Bob").await;
    let members = town.path("/members");
    let token = town.token_of(ada).await;
    let all = is_remembered(&town, &token, &members, DIRECTORY).await;
    assert!(all.to_string().contains("\"Bob\""), "{all}");
    let of_gus = town.token_of(gus).await;
    for _ in 0..3 {
        let page = town.get(&of_gus, &members).await.ok();
        assert!(!page.to_string().contains("\"Bob\""), "they share no channel: {page}");
    }
}

/// What it is for: round trips and statements of a page, read each time and remembered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_remembered_costs_no_round_trip() {
    let ground = Ground::quick();
    let (town, _) = town_that_remembers(&ground).await;
    let general = town.team.general;
    for at in 0..30 {
        let person = town.welcomes(&format!("P{at}")).await;
        person.says(&town.node, general, "hello").await.expect("said");
    }
    let token = town.token_of(town.team.owner).await;
    let forgets = Town::behind(unheard(&ground).await, town.team);
    let cost = async |town: &Town, path: &str| {
        let before = town.node.faults.looked();
        town.get(&token, path).await.ok();
        let after = town.node.faults.looked();
        (after.0 - before.0, after.1 - before.1)
    };
    for (path, words, saved) in [
        (format!("/channels/{general}/messages"), NAMES, (1, 1)),
        ("/members".to_owned(), DIRECTORY, (1, 2)),
        (format!("/channels/{general}/members"), SEATS, (0, 1)),
    ] {
        let path = town.path(&path);
        is_remembered(&town, &token, &path, words).await;
        cost(&forgets, &path).await;
        let (each_time, remembered) = (cost(&forgets, &path).await, cost(&town, &path).await);
        println!("{path}: {each_time:?} looks and statements, remembered {remembered:?}");
        assert_eq!((each_time.0 - remembered.0, each_time.1 - remembered.1), saved, "{path}");
    }
}
