//! A view read anew over HTTP, as a client that holds nothing reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Held, State};
use crate::town::Town;

/// Nothing, for who may not enter.
pub async fn look(town: &Town, token: &str, me: &str) -> State {
    let mut state = State { me: me.to_owned(), ..State::default() };
    let first = town.get(token, &town.path("/changed")).await;
    if first.status == 404 {
        return state;
    }
    let changed = first.ok();
    assert!(changed.get("more").is_none(), "a small workspace comes in one part");
    state.workspace = changed["workspace"].clone();
    for told in list(&changed["channels"]) {
        let id = told["channel"].as_str().expect("an id").to_owned();
        state.channels.insert(id.clone(), held(told));
        seats(town, token, &id, &mut state).await;
        let run = format!("/channels/{id}/messages");
        let roots = messages(town, token, &run, &mut state).await;
        for root in roots {
            messages(town, token, &format!("{run}/{root}/replies"), &mut state).await;
        }
        agrees(told, &state);
    }
    people(town, token, &mut state).await;
    state
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn held(told: &Value) -> Held {
    Held {
        image: told["image"].clone(),
        role: told["role"].as_str().expect("a role").to_owned(),
        last_position: told["last_position"].as_u64().expect("a position"),
        last_number: told["last_number"].as_u64().expect("a number"),
        whole: true,
    }
}

async fn seats(town: &Town, token: &str, channel: &str, state: &mut State) {
    let page = town.get(token, &town.path(&format!("/channels/{channel}/members?limit=200"))).await.ok();
    for seat in list(&page["items"]) {
        let key = format!("{channel}.{}", seat["account"].as_str().expect("an account"));
        state.seats.insert(key, json!({ "role": seat["role"], "changed": seat["changed"] }));
    }
}

/// All of a run; gives the numbers that have a thread.
async fn messages(town: &Town, token: &str, run: &str, state: &mut State) -> Vec<u64> {
    let (mut after, mut roots) = (0, Vec::new());
    loop {
        let page = town.get(token, &town.path(&format!("{run}?after={after}&limit=200"))).await.ok();
        let Some(last) = list(&page["messages"]).last() else { return roots };
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
async fn people(town: &Town, token: &str, state: &mut State) {
    let mut cursor = String::new();
    loop {
        let page = town.get(token, &town.path(&format!("/members?limit=200{cursor}"))).await.ok();
        for member in list(&page["items"]) {
            let account = member["account"].as_str().expect("an account").to_owned();
            let shown = ["account", "name", "picture", "role", "kind", "changed"];
            let row = shown.into_iter().filter_map(|name| Some((name, member.get(name)?)));
            state.people.insert(account, json!(row.collect::<BTreeMap<_, _>>()));
        }
        let Some(next) = page["next"].as_str() else { return };
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
