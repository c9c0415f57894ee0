//! Synapse: the one complete chat server of the package registries. It runs over the PostgreSQL beside us, without limits, and is
//! asked for the same: a text of as many bytes into one of as many rooms, and pages of fifty of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bench::services::{POSTGRES, ask_postgres};
use load::closed::Closed;
use load::counters::Counters;
use load::http::Caller;
use load::run::Answer;
use load::trouble::Trouble;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::ours::{PAGE, PAGE_BYTES, Requests, WARM_UP, answer, callers, charged, refused};
use crate::town::{BODY_BYTES, CHANNELS};
use crate::turn::Outcome;

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/.peers/synapse/bin/python");
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/peers/synapse.yaml.in");
/// It brings its database to its shape first.
const PATIENCE: Duration = Duration::from_secs(120);
/// Pages begin at so many places, each full.
const PLACES: usize = 20;

pub struct Synapse {
    child: Child,
    address: String,
    token: String,
    rooms: Vec<String>,
    /// The first process of its PostgreSQL.
    pub database: u32,
    /// No two events of one sender have the same.
    transactions: Arc<AtomicU64>,
}

pub fn is_installed() -> bool {
    Path::new(PYTHON).exists()
}

impl Synapse {
    pub async fn start(folder: &Path) -> Result<Option<Self>, Trouble> {
        if !is_installed() {
            return Ok(None);
        }
        let server = std::env::var(POSTGRES).map_err(Trouble::at(POSTGRES))?;
        let folder = folder.join("synapse");
        std::fs::create_dir_all(&folder).map_err(Trouble::at("a folder for Synapse"))?;
        let port = free_port().map_err(Trouble::at("a free port"))?;
        let config = configured(&folder, &server, port)?;
        let run = |flags: &[&str]| {
            let mut command = Command::new(PYTHON);
            command.args(["-m", "synapse.app.homeserver", "-c"]).arg(&config).args(flags);
            command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let made = run(&["--generate-keys"]).status().map_err(Trouble::at("Synapse's key"))?;
        if !made.success() {
            return Err(Trouble::new("Synapse takes no such configuration"));
        }
        let child = run(&[]).spawn().map_err(Trouble::at("Synapse"))?;
        let lock = ask_postgres(&server, "SELECT pg_read_file('postmaster.pid')")?;
        let database = lock.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or_default();
        let (address, transactions) = (format!("127.0.0.1:{port}"), Arc::default());
        let mut synapse =
            Self { child, address, token: String::new(), rooms: Vec::new(), database, transactions };
        synapse.found().await?;
        Ok(Some(synapse))
    }

    /// Somebody with as many rooms as ours has channels.
    async fn found(&mut self) -> Result<(), Trouble> {
        let mut caller = self.first_answer().await?;
        let who = json!({
            "username": "ada", "password": "a long enough password", "auth": { "type": "m.login.dummy" },
        });
        let account = caller.json(&self.request("POST", "/register", Some(&who))).await?;
        self.token = text(&account["access_token"])?;
        for _ in 0..CHANNELS {
            let room = json!({ "preset": "private_chat" });
            let made = caller.json(&self.request("POST", "/createRoom", Some(&room))).await?;
            self.rooms.push(text(&made["room_id"])?.replace('!', "%21").replace(':', "%3A"));
        }
        Ok(())
    }

    async fn first_answer(&self) -> Result<Caller, Trouble> {
        const VERSIONS: &[u8] = b"GET /_matrix/client/versions HTTP/1.1\r\nhost: synapse\r\n\r\n";
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Ok(mut caller) = Caller::connect(&self.address).await
                && let Ok((200, _)) = caller.ask(VERSIONS).await
            {
                return Ok(caller);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(Trouble::new("Synapse does not answer"))
    }

    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
        request(&self.token, method, path, body)
    }

    /// Every event that was acknowledged is found in its room, once.
    pub async fn sends(&self, connections: usize, measure: Duration) -> Result<Outcome, Trouble> {
        let before = self.events().await?;
        let callers = callers(&self.address, connections).await?;
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let (rooms, token, told) = (self.rooms.clone(), self.token.clone(), heard.clone());
        let transactions = self.transactions.clone();
        let body = json!({ "msgtype": "m.text", "body": "x".repeat(BODY_BYTES) });
        let load = Closed { callers: connections, warm_up: WARM_UP, measure };
        let asking = load.run(move |call| {
            let room = &rooms[(call.caller + call.turn as usize) % CHANNELS];
            let number = transactions.fetch_add(1, Ordering::Relaxed);
            let path = format!("/rooms/{room}/send/m.room.message/{number}");
            let (request, callers, told) =
                (request(&token, "PUT", &path, Some(&body)), callers.clone(), told.clone());
            async move {
                match callers[call.caller].lock().await.ask(&request).await {
                    Ok((200, body)) => {
                        let sent: Value = serde_json::from_slice(body).unwrap_or_default();
                        told.lock().push(sent["event_id"].as_str().unwrap_or_default().to_owned());
                        Answer::Acknowledged
                    }
                    Ok(_) => Answer::Refused,
                    Err(_) => Answer::Unknown,
                }
            }
        });
        let (run, outcome) = charged(self.child.id(), asking).await;
        let after = self.events().await?;
        let mut counters = run.counters;
        counters.merge(&held_against(&heard.lock(), &before, &after));
        counters.verdict().map_err(Trouble::at(format!("sends of {connections} to Synapse")))?;
        refused(&run)?;
        Ok(outcome)
    }

    pub async fn pages(&self, connections: usize, measure: Duration) -> Result<Outcome, Trouble> {
        let (callers, requests) = (callers(&self.address, connections).await?, self.places().await?);
        let load = Closed { callers: connections, warm_up: WARM_UP, measure };
        let asking = load.run(move |call| {
            let (callers, requests) = (callers.clone(), requests.clone());
            async move {
                let at = (call.caller * 7 + call.turn as usize) % requests.len();
                answer(&mut *callers[call.caller].lock().await, &requests[at], PAGE_BYTES).await
            }
        });
        let (run, outcome) = charged(self.child.id(), asking).await;
        refused(&run)?;
        Ok(outcome)
    }

    /// Requests for full pages, going back through the first room; where it holds too little, more is said first.
    async fn places(&self) -> Result<Requests, Trouble> {
        let mut caller = Caller::connect(&self.address).await?;
        loop {
            let (mut requests, mut from) = (Vec::new(), String::new());
            while requests.len() < PLACES {
                let asked = self.request("GET", &page(&self.rooms[0], &from, PAGE), None);
                let told = caller.json(&asked).await?;
                if messages(&told).count() < PAGE as usize {
                    break;
                }
                requests.push(asked);
                from = text(&told["end"])?;
            }
            if !requests.is_empty() {
                return Ok(Arc::new(requests));
            }
            self.sends(8, Duration::from_secs(1)).await?;
        }
    }

    /// Every message of every room, by its name; one may stand on two pages, where several were written at once.
    async fn events(&self) -> Result<BTreeSet<String>, Trouble> {
        let (mut caller, mut all) = (Caller::connect(&self.address).await?, BTreeSet::new());
        for room in &self.rooms {
            let mut from = String::new();
            loop {
                let told = caller.json(&self.request("GET", &page(room, &from, 500), None)).await?;
                all.extend(messages(&told).map(str::to_owned));
                let Some(end) = told["end"].as_str() else { break };
                end.clone_into(&mut from);
            }
        }
        Ok(all)
    }
}

impl Drop for Synapse {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn request(token: &str, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len();
    // Whoever registers must not have one.
    let token = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    format!(
        "{method} /_matrix/client/v3{path} HTTP/1.1\r\nhost: synapse\r\n{token}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn page(room: &str, from: &str, limit: u64) -> String {
    let from = if from.is_empty() { String::new() } else { format!("&from={from}") };
    format!("/rooms/{room}/messages?dir=b&limit={limit}{from}")
}

fn messages(page: &Value) -> impl Iterator<Item = &str> {
    let events = page["chunk"].as_array().into_iter().flatten();
    events.filter(|event| event["type"] == "m.room.message").filter_map(|event| event["event_id"].as_str())
}

fn held_against(told: &[String], before: &BTreeSet<String>, after: &BTreeSet<String>) -> Counters {
    let once: BTreeSet<&String> = told.iter().collect();
    Counters {
        lost: once.iter().filter(|event| !after.contains(**event)).count() as u64,
        doubled: (told.len() - once.len()) as u64,
        holes: (after.len() - before.len()).abs_diff(once.len()) as u64,
        ..Counters::default()
    }
}

fn text(value: &Value) -> Result<String, Trouble> {
    value.as_str().map(str::to_owned).ok_or_else(|| Trouble::new(format!("Synapse said {value}")))
}

fn free_port() -> std::io::Result<u16> {
    std::net::TcpListener::bind("127.0.0.1:0")?.local_addr().map(|address| address.port())
}

/// Its configuration over a fresh database, which goes with the server it is in.
fn configured(folder: &Path, server: &str, port: u16) -> Result<PathBuf, Trouble> {
    let name = format!("synapse_{}", std::process::id());
    ask_postgres(server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"))?;
    let part = |name: &str| {
        let found = server.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.ok_or_else(|| Trouble::new(format!("{POSTGRES} names no {name}")))
    };
    let text = std::fs::read_to_string(CONFIG).map_err(Trouble::at(CONFIG))?;
    let text = text
        .replace("@FOLDER@", &folder.display().to_string())
        .replace("@PORT@", &port.to_string())
        .replace("@DATABASE@", &name)
        .replace("@DATABASE_HOST@", part("host")?)
        .replace("@DATABASE_PORT@", part("port")?)
        .replace("@DATABASE_USER@", part("user")?);
    let file = folder.join("homeserver.yaml");
    std::fs::write(&file, text).map_err(Trouble::at(file.display().to_string()))?;
    let log = "version: 1\nhandlers: {quiet: {class: logging.NullHandler}}\nroot: {level: ERROR, handlers: [quiet]}\n";
    std::fs::write(folder.join("log.yaml"), log).map_err(Trouble::at("Synapse's log.yaml"))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events<All: FromIterator<String>>(names: &[&str]) -> All {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_was_acknowledged_is_there_once_and_nothing_else_is() {
        let (before, told): (BTreeSet<_>, Vec<_>) = (events(&["a"]), events(&["b", "c"]));
        assert_eq!(held_against(&told, &before, &events(&["a", "b", "c"])), Counters::default());
        assert_eq!(held_against(&told, &before, &events(&["a", "b", "d"])).lost, 1);
        let twice: Vec<_> = events(&["b", "b"]);
        assert_eq!(held_against(&twice, &before, &events(&["a", "b"])).doubled, 1);
        assert_eq!(held_against(&told, &before, &events(&["a", "b", "c", "d"])).holes, 1);
    }

    #[test]
    fn only_messages_count_on_a_page() {
        let page = json!({ "chunk": [
            { "type": "m.room.message", "event_id": "$1" }, { "type": "m.room.create", "event_id": "$0" },
        ]});
        assert_eq!(messages(&page).collect::<Vec<_>>(), ["$1"]);
    }
}
