//! What people were told, held against what the journal says.

use std::collections::BTreeMap;

use domain::cell::Value;
use domain::{ChannelId, Key, WorkspaceId};
use parking_lot::Mutex;
use store::{Done, Engine, Freshness, NotDone, Query};

/// How far a message came, as its author knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing came back: it may have happened.
    Nothing,
    /// Durable, under this number.
    Sent(u64),
    /// It did not happen.
    Refused,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Key,
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
    pub told: Told,
}

/// Every message anybody tried to send, by its text; texts are unique.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<BTreeMap<String, Entry>>,
}

/// What a journal got wrong. All zero is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wrongs {
    pub lost: usize,
    pub doubled: usize,
    pub reordered: usize,
    pub holes: usize,
}

const MESSAGES: &str = "SELECT text, number, position, at_us, thread FROM message WHERE channel = $1 \
    ORDER BY thread, number LIMIT 1000000";
const EVENTS: &str = "SELECT position, at_us FROM event WHERE workspace = $1 ORDER BY position LIMIT 1000000";

impl Ledger {
    pub fn tries(&self, text: &str, key: Key, workspace: WorkspaceId, channel: ChannelId) {
        let entry = Entry { key, workspace, channel, told: Told::Nothing };
        self.entries.lock().entry(text.into()).or_insert(entry);
    }
    pub fn hears(&self, text: &str, outcome: &Result<Done, NotDone>) {
        let told = match outcome {
            Ok(done) => Told::Sent(crate::team::number(done)),
            Err(NotDone::Refused(_)) => Told::Refused,
            // A try that failed says nothing of those before it under the same key.
            Err(_) => return,
        };
        self.told(text, told);
    }
    /// As another process had it from its server.
    pub fn told(&self, text: &str, told: Told) {
        if let Some(entry) = self.entries.lock().get_mut(text) {
            match (entry.told, told) {
                // The same key answers the same; anything else is a double.
                (Told::Sent(before), Told::Sent(now)) if before != now => {
                    panic!("{text} was {before} and is {now}")
                }
                // An acknowledgement stands, whatever a later try under its key hears.
                (Told::Sent(_), _) => {}
                _ => entry.told = told,
            }
        }
    }
    /// Those whose author does not know.
    pub fn unanswered(&self) -> Vec<(String, Entry)> {
        let entries = self.entries.lock();
        entries
            .iter()
            .filter(|(_, entry)| entry.told == Told::Nothing)
            .map(|(text, entry)| (text.clone(), entry.clone()))
            .collect()
    }
    pub fn told_of_each(&self) -> Vec<Told> {
        self.entries.lock().values().map(|entry| entry.told).collect()
    }
    pub fn len(&self) -> usize {
        self.entries.lock().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the journals back and counts what differs.
    pub async fn judge(&self, engine: &dyn Engine) -> Wrongs {
        let entries = self.entries.lock().clone();
        let mut wrongs = Wrongs::default();
        let channels: BTreeMap<ChannelId, WorkspaceId> =
            entries.values().map(|entry| (entry.channel, entry.workspace)).collect();
        let mut found: BTreeMap<(ChannelId, String), Vec<u64>> = BTreeMap::new();
        for (channel, workspace) in &channels {
            let rows = ask(engine, *workspace, MESSAGES, vec![Value::of(channel)]).await;
            let neighbours = rows.windows(2).filter(|pair| pair[0][4] == pair[1][4]);
            wrongs.reordered += neighbours
                .filter(|pair| int(&pair[0][2]) >= int(&pair[1][2]) || int(&pair[0][3]) >= int(&pair[1][3]))
                .count();
            let mut last = (0, 0);
            for row in &rows {
                let (thread, number) = (int(&row[4]), int(&row[1]));
                let expected = if thread == last.0 { last.1 + 1 } else { 1 };
                wrongs.holes += usize::from(number != expected);
                last = (thread, number);
                found.entry((*channel, text(&row[0]))).or_default().push(int(&row[1]) as u64);
            }
        }
        for (text, entry) in &entries {
            let numbers = found.remove(&(entry.channel, text.clone())).unwrap_or_default();
            wrongs.doubled += numbers.len().saturating_sub(1);
            match entry.told {
                Told::Sent(number) => wrongs.lost += usize::from(!numbers.contains(&number)),
                Told::Refused => wrongs.doubled += numbers.len().min(1),
                Told::Nothing => {}
            }
        }
        let workspaces: std::collections::BTreeSet<_> = channels.values().copied().collect();
        for workspace in workspaces {
            wrongs.holes += holes(engine, workspace).await;
        }
        wrongs
    }
}

/// Positions that are missing, doubled or out of time order in one journal.
pub async fn holes(engine: &dyn Engine, workspace: WorkspaceId) -> usize {
    let query = Query { sql: EVENTS, values: vec![Value::of(&workspace)] };
    let seen = engine.read(workspace, Freshness::Newest, &query).await.expect("the journal reads");
    let rows = seen.value.values();
    let dense = rows.iter().enumerate().filter(|(at, row)| int(&row[0]) != *at as i64 + 1).count();
    let fell = rows.windows(2).filter(|pair| int(&pair[0][1]) > int(&pair[1][1])).count();
    let end = usize::from(seen.position.0 != rows.len() as u64);
    dense + fell + end
}

async fn ask(
    engine: &dyn Engine,
    workspace: WorkspaceId,
    sql: &'static str,
    values: Vec<Value>,
) -> Vec<Vec<Value>> {
    engine
        .read(workspace, Freshness::Newest, &Query { sql, values })
        .await
        .expect("the journal reads")
        .value
        .values()
}

fn int(value: &Value) -> i64 {
    match value {
        Value::Int(value) => *value,
        other => panic!("a number, not {other:?}"),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(value) => value.clone(),
        other => panic!("a text, not {other:?}"),
    }
}
