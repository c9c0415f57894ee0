//! A view read anew over HTTP, as a client that holds nothing reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Held, State};
use crate::town::Town;

/// Nothing, for who may not enter.
pub async fn look(town: &Town, token: &str, me: &str) -> State {
    let mut state = State { me: me.to_owned(), ..State::default() };
    let first = town.get(token, &town.path("/changed")).await;
    if matches!(first.status.as_u16(), 401 | 404) {
        return state;
    }
    let changed = first.ok();
    assert!(changed.get("more").is_none(), "a small workspace comes in one part");
    state.workspace = changed["workspace"].clone();
    for told in list(&changed["channels"]) {
        read(town, token, told, &mut state).await.expect("what is mine can be read");
        agrees(told, &state);
    }
    people(town, token, &mut state).await.expect("who enters sees who is there");
    state
}

/// What moved while one was away, as a client takes it: dropped, or read anew. What cannot be read any more is told
/// of, too.
pub async fn catch_up(town: &Town, token: &str, changed: &Value, state: &mut State) {
    for gone in list(&changed["left"]) {
        state.drop_channel(gone.as_str().expect("an id"));
    }
    if let Some(workspace) = changed.get("workspace") {
        state.workspace = workspace.clone();
    }
    for told in list(&changed["channels"]) {
        read(town, token, told, state).await;
    }
    state.people.clear();
    people(town, token, state).await;
}

/// A channel that came by an event, read from its beginning.
pub async fn open(town: &Town, token: &str, channel: &str, state: &mut State) {
    let changed = town.get(token, &town.path("/changed")).await;
    let mine = changed.body["channels"].as_array().into_iter().flatten();
    if let Some(told) = mine.into_iter().find(|told| told["channel"] == channel) {
        read(town, token, told, state).await;
    }
}

/// All of a channel; what was held of it is forgotten. Nothing, where one sits there no longer.
async fn read(town: &Town, token: &str, told: &Value, state: &mut State) -> Option<()> {
    let id = told["channel"].as_str().expect("an id");
    let known = state.channels.get(id).map(|held| held.image.clone());
    state.drop_channel(id);
    let image = told.get("image").cloned().or(known).unwrap_or_default();
    state.channels.insert(id.to_owned(), Held { whole: false, ..held(told, image) });
    seats(town, token, id, state).await?;
    let run = format!("/channels/{id}/messages");
    for root in messages(town, token, &run, state).await? {
        messages(town, token, &format!("{run}/{root}/replies"), state).await?;
    }
    state.channels.get_mut(id)?.whole = true;
    Some(())
}

/// A page, for who may read it.
async fn page(town: &Town, token: &str, path: &str) -> Option<Value> {
    let answer = town.get(token, &town.path(path)).await;
    let gone = matches!(answer.status.as_u16(), 401 | 404);
    (!gone).then(|| answer.ok())
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn held(told: &Value, image: Value) -> Held {
    Held {
        image,
        role: told["role"].as_str().expect("a role").to_owned(),
        last_position: told["last_position"].as_u64().expect("a position"),
        last_number: told["last_number"].as_u64().expect("a number"),
        whole: true,
    }
}

async fn seats(town: &Town, token: &str, channel: &str, state: &mut State) -> Option<()> {
    let page = page(town, token, &format!("/channels/{channel}/members?limit=200")).await?;
    for seat in list(&page["items"]) {
        let key = format!("{channel}.{}", seat["account"].as_str().expect("an account"));
        state.seats.insert(key, json!({ "role": seat["role"], "changed": seat["changed"] }));
    }
    Some(())
}

/// All of a run; gives the numbers that have a thread.
async fn messages(town: &Town, token: &str, run: &str, state: &mut State) -> Option<Vec<u64>> {
    let (mut after, mut roots) = (0, Vec::new());
    loop {
        let page = page(town, token, &format!("{run}?after={after}&limit=200")).await?;
        let Some(last) = list(&page["messages"]).last() else { return Some(roots) };
        after = last["number"].as_u64().expect("a number");
        for message in list(&page["messages"]) {
            if message.get("replies").is_some() {
                roots.push(message["number"].as_u64().expect("a number"));
            }
            let (key, row) = plain(message);
            state.messages.insert(key, row);
        }
    }
}

/// Without what depends on who reads, and without the reply, which stands in its thread.
fn plain(message: &Value) -> (String, Value) {
    let mut row = message.clone();
    let members = row.as_object_mut().expect("a message");
    members.remove("reply");
    for reaction in members.get_mut("reactions").and_then(Value::as_array_mut).into_iter().flatten() {
        reaction.as_object_mut().expect("a reaction").remove("mine");
    }
    let channel = message["channel"].as_str().expect("a channel");
    (format!("{channel}.{}.{}", message["thread"], message["number"]), row)
}

/// As an event shows them: without what travels otherwise.
async fn people(town: &Town, token: &str, state: &mut State) -> Option<()> {
    let mut cursor = String::new();
    loop {
        let page = page(town, token, &format!("/members?limit=200{cursor}")).await?;
        for member in list(&page["items"]) {
            let account = member["account"].as_str().expect("an account").to_owned();
            let shown = ["account", "name", "picture", "role", "kind", "changed"];
            let row = shown.into_iter().filter_map(|name| Some((name, member.get(name)?)));
            state.people.insert(account, json!(row.collect::<BTreeMap<_, _>>()));
        }
        let Some(next) = page["next"].as_str() else { return Some(()) };
        cursor = format!("&cursor={next}");
    }
}

/// A badge is a function of what is held: the unread numbers that name me or call everyone.
fn agrees(told: &Value, state: &State) {
    let channel = told["channel"].as_str().expect("an id");
    let read = told["read"].as_u64().expect("a number");
    let calls = |row: &&Value| {
        let mentions = &row["mentions"];
        let named = mentions["people"].as_array().is_some_and(|people| people.contains(&json!(state.me)));
        (named || mentions.get("all").is_some()) && row["author"] != json!(state.me)
    };
    let unread = |row: &&Value| row["number"].as_u64().is_some_and(|number| number > read);
    let prefix = format!("{channel}.0.");
    let rows = state.messages.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(_, row)| row);
    let mut numbers: Vec<_> =
        rows.filter(unread).filter(calls).filter_map(|row| row["number"].as_u64()).collect();
    numbers.sort_unstable();
    assert_eq!(told["mentions"], json!(numbers), "the calls of {channel} for {}", state.me);
}
