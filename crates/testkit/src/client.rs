//! What a client holds of a workspace, and what an event does to it: the same pure function the web client has, kept
//! true by the same recorded cases.

pub mod look;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One member's view: their channels, what is said there, who sits there, who there is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct State {
    pub me: String,
    pub workspace: Value,
    pub channels: BTreeMap<String, Held>,
    /// By channel, thread and number, as `C….0.41`.
    pub messages: BTreeMap<String, Value>,
    /// By channel and account: role and `changed`.
    pub seats: BTreeMap<String, Value>,
    pub people: BTreeMap<String, Value>,
}

/// A channel where I sit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Held {
    pub image: Value,
    pub role: String,
    pub last_position: u64,
    pub last_number: u64,
    /// Its history and its seats are held from the beginning; else it is opened when looked at.
    pub whole: bool,
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or(0)
}

/// Whether the row in hand is older.
fn is_newer(known: Option<&Value>, row: &Value) -> bool {
    known.is_none_or(|known| number(known, "changed") < number(row, "changed"))
}

/// An event of my audience, as it came over the wire. Rows are kept where they are newer; what ends my right to see
/// ends what I hold.
#[must_use]
pub fn apply(mut state: State, event: &Value) -> State {
    let kind = text(event, "kind").unwrap_or_default();
    let (channel, account) = (text(event, "channel"), text(event, "account"));
    let about_me = account == Some(&state.me);
    match (kind, channel) {
        ("member.left", _) if about_me => return State { me: state.me, ..State::default() },
        ("seat.left", Some(channel)) if about_me => {
            state.drop_channel(channel);
            return state;
        }
        ("channel.hidden", Some(channel)) if !state.channels.contains_key(channel) => return state,
        ("channel.created", Some(channel)) if text(event, "actor") == Some(&state.me) => {
            state.make(channel, event);
        }
        ("seat.joined", Some(channel)) if about_me => state.sit(channel, event),
        _ => {}
    }
    state.take(event);
    if let Some(channel) = channel {
        state.move_tip(channel, event);
    }
    state
}

impl State {
    fn drop_channel(&mut self, channel: &str) {
        self.channels.remove(channel);
        let gone = |key: &String| key.split('.').next() == Some(channel);
        self.messages.retain(|key, _| !gone(key));
        self.seats.retain(|key, _| !gone(key));
    }

    /// Whoever makes a channel sits in it, and looks after it unless it is direct.
    fn make(&mut self, channel: &str, event: &Value) {
        let image = event["image"]["channel"].clone();
        let role = if image["kind"] == "direct" { "member" } else { "manager" };
        let seat = json!({ "role": role, "changed": event["position"] });
        self.seats.insert(format!("{channel}.{}", self.me), seat);
        let held = Held { image, role: role.into(), whole: true, ..Held::default() };
        self.channels.insert(channel.to_owned(), held);
    }

    fn sit(&mut self, channel: &str, event: &Value) {
        let image = event["image"]["channel"].clone();
        self.channels.entry(channel.to_owned()).or_insert(Held { image, ..Held::default() });
    }

    fn take(&mut self, event: &Value) {
        let image = &event["image"];
        let mine =
            |state: &Self, row: &Value| text(row, "channel").is_some_and(|c| state.channels.contains_key(c));
        for row in ["message", "row"].into_iter().filter_map(|name| image.get(name)) {
            if mine(self, row) {
                let key = format!(
                    "{}.{}.{}",
                    row["channel"].as_str().unwrap_or_default(),
                    row["thread"],
                    row["number"]
                );
                if is_newer(self.messages.get(&key), row) {
                    self.messages.insert(key, row.clone());
                }
            }
        }
        if let Some(root) = image.get("root") {
            self.take_root(text(event, "channel").unwrap_or_default(), root);
        }
        if let Some(channel) = image.get("channel") {
            self.take_channel(channel);
        }
        if let Some(seat) = image.get("seat") {
            self.take_seat(seat);
        }
        if let (Some("seat.left"), Some(channel), Some(account)) =
            (text(event, "kind"), text(event, "channel"), text(event, "account"))
        {
            self.seats.remove(&format!("{channel}.{account}"));
        }
        if let Some(member) = image.get("member") {
            let account = text(member, "account").unwrap_or_default();
            if member.get("left").is_some() {
                self.people.remove(account);
            } else if is_newer(self.people.get(account), member) {
                self.people.insert(account.to_owned(), member.clone());
            }
        }
        if let Some(workspace) = image.get("workspace").filter(|row| is_newer(Some(&self.workspace), row)) {
            self.workspace = workspace.clone();
        }
    }

    /// Only what the thread did to it.
    fn take_root(&mut self, channel: &str, root: &Value) {
        let key = format!("{channel}.0.{}", root["number"]);
        let Some(known) = self.messages.get_mut(&key).filter(|known| is_newer(Some(*known), root)) else {
            return;
        };
        known["changed"] = root["changed"].clone();
        if let Some(replies) = root.get("replies") {
            known["replies"] = replies.clone();
        }
    }

    fn take_channel(&mut self, image: &Value) {
        let Some(held) = text(image, "id").and_then(|id| self.channels.get_mut(id)) else { return };
        if !is_newer(Some(&held.image), image) {
            return;
        }
        // Of a seat that was left only the count comes.
        for (name, value) in image.as_object().into_iter().flatten() {
            held.image[name] = value.clone();
        }
    }

    fn take_seat(&mut self, seat: &Value) {
        let (Some(channel), Some(account)) = (text(seat, "channel"), text(seat, "account")) else { return };
        let Some(held) = self.channels.get_mut(channel) else { return };
        if account == self.me {
            text(seat, "role").unwrap_or_default().clone_into(&mut held.role);
        }
        let key = format!("{channel}.{account}");
        let row = json!({ "role": seat["role"], "changed": seat["changed"] });
        if is_newer(self.seats.get(&key), &row) {
            self.seats.insert(key, row);
        }
    }

    fn move_tip(&mut self, channel: &str, event: &Value) {
        let Some(held) = self.channels.get_mut(channel) else { return };
        held.last_position = held.last_position.max(number(event, "position"));
        for row in ["message", "row"].into_iter().filter_map(|name| event["image"].get(name)) {
            if row["thread"] == 0 {
                held.last_number = held.last_number.max(number(row, "number"));
            }
        }
    }

    /// What both hold from the beginning: of a channel that came by an event the history is read when it is opened.
    #[must_use]
    pub fn comparable(mut self, other: &Self) -> Self {
        let partly: Vec<String> = [&self, other]
            .into_iter()
            .flat_map(|state| state.channels.iter().filter(|(_, held)| !held.whole).map(|(id, _)| id.clone()))
            .collect();
        for (id, held) in &mut self.channels {
            if partly.contains(id) {
                held.whole = false;
                held.last_number = 0;
            }
        }
        let whole = |key: &String| !partly.iter().any(|id| key.split('.').next() == Some(id));
        self.messages.retain(|key, _| whole(key));
        self.seats.retain(|key, _| whole(key));
        self
    }
}

/// Where two views of the same moment part; `narrow` where their owner was a guest, who is told of nobody they do not sit
/// with, and never forgets who they sat with.
pub fn parting(told: &State, now: &State, narrow: bool) -> Option<String> {
    let (mut told, mut now) = (told.clone().comparable(now), now.clone().comparable(told));
    if narrow {
        let both: Vec<_> = told.people.keys().filter(|id| now.people.contains_key(*id)).cloned().collect();
        told.people.retain(|id, _| both.contains(id));
        now.people.retain(|id, _| both.contains(id));
    }
    let parts = [
        ("channels", json!(told.channels), json!(now.channels)),
        ("seats", json!(told.seats), json!(now.seats)),
        ("messages", json!(told.messages), json!(now.messages)),
        ("people", json!(told.people), json!(now.people)),
        ("workspace", told.workspace, now.workspace),
    ];
    let apart = parts.into_iter().find(|(_, told, now)| told != now)?;
    let (name, told, now) = apart;
    Some(format!("{name}: told of {told:#}, read anew {now:#}"))
}
