//! What holds on one process holds on a fleet of them, in front of which stands the nginx we ship: the same stories, and then one
//! node after the other goes away.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Heard, Phone};

use crate::harness::{self, Answer, get};
use crate::story;

/// `make fleet` in a folder of its own, gone after it.
struct Fleet {
    /// Held for what dropping it does.
    _folder: TempDir,
    home: PathBuf,
    address: String,
    words: String,
}

impl Fleet {
    fn up() -> Fleet {
        // Other users' servers must reach it, and sockets in it need short names.
        let folder = tempfile::Builder::new().prefix("rookery-fleet.").tempdir_in("/tmp").expect("a folder");
        let home = folder.path().to_owned();
        let everyone = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&home, everyone).expect("permissions");
        // Killed outright we leave it behind; the next one sees by this that nobody needs it.
        std::fs::write(home.join("owner"), std::process::id().to_string()).expect("written");
        let mut fleet = Fleet { _folder: folder, home, address: String::new(), words: String::new() };
        let up = fleet.does(&["up"]);
        fleet.words = String::from_utf8_lossy(&up.stderr).into_owned();
        fleet.at("URL").strip_prefix("http://").expect("a URL").clone_into(&mut fleet.address);
        fleet
    }

    fn command(&self, args: &[&str]) -> Output {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/fleet");
        let mut command = Command::new(script);
        command.env("ROOKERY", env!("CARGO_BIN_EXE_rookery")).env("ROOKERY_FLEET_DIR", &self.home);
        command.args(args).output().expect("bash runs")
    }

    fn does(&self, args: &[&str]) -> Output {
        let done = self.command(args);
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        done
    }

    /// As `scripts/fleet env` says it.
    fn at(&self, name: &str) -> String {
        let told = String::from_utf8(self.does(&["env"]).stdout).expect("text");
        let line = told.lines().find_map(|line| line.strip_prefix(&format!("export ROOKERY_FLEET_{name}=")));
        line.unwrap_or_else(|| panic!("no {name} in {told}")).trim_matches('"').to_owned()
    }

    fn socket(&self, name: &str) -> SocketAddr {
        self.at(name).parse().expect("an address")
    }

    /// By its one address.
    fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        harness::send(&self.address, method, path, token, body)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.command(&["down"]);
    }
}

/// Somebody signed in, with the channel of the story.
struct Person {
    token: String,
    channel: String,
}

impl Person {
    fn signs_in(fleet: &Fleet, email: &str, password: &str) -> Person {
        let signed = fleet.send("POST", "/session", "", &json!({ "email": email, "password": password }));
        let token = signed.json()["token"].as_str().unwrap_or_else(|| panic!("{}", signed.0)).to_owned();
        let channels = fleet.send("GET", "/workspaces/rooks/channels?mine=true", &token, &json!({})).json();
        let items = channels["items"].as_array().unwrap_or_else(|| panic!("{channels}"));
        let towers = items.iter().find(|channel| channel["name"] == "towers").expect("the story's channel");
        let channel = towers["id"].as_str().expect("an id").to_owned();
        Person { token, channel }
    }

    fn path(&self) -> String {
        format!("/workspaces/rooks/channels/{}/messages", self.channel)
    }

    /// By HTTP, as a program would: under one key until somebody answers. Gives its number.
    fn says(&self, fleet: &Fleet, text: &str) -> u64 {
        let (key, body) = (key(), json!({ "text": text }).to_string());
        loop {
            let answer = harness::ask(
                &fleet.address,
                &format!(
                    "POST /api/v1{} HTTP/1.1\r\nHost: rookery\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
                     Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    self.path(),
                    self.token,
                    body.len()
                ),
            );
            match answer.status() {
                200 => return answer.json()["number"].as_u64().expect("a number"),
                503 => assert_eq!(answer.json()["error"]["code"], "busy", "{}", answer.0),
                _ => panic!("{}", answer.0),
            }
        }
    }

    async fn enters(&self, at: SocketAddr, more: Value) -> Device {
        // Who comes when nobody is known to be there is told to come back, and does.
        let mut phone = loop {
            match Phone::dial(at, &[]).await {
                Ok(phone) => break phone,
                Err(head) => assert!(head.starts_with("HTTP/1.1 503"), "{head}"),
            }
        };
        let mut hello = json!({ "workspace": "rooks", "token": self.token, "device": "phone" });
        hello.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        phone.say(&json!({ "hello": hello })).await;
        let welcome = phone.hears("welcome").await;
        let level = phone.hears("at").await;
        let missed = phone.kept();
        Device { phone, welcome, level, missed }
    }
}

struct Device {
    phone: Phone,
    welcome: Value,
    level: Value,
    missed: Vec<Value>,
}

impl Device {
    async fn says(&mut self, person: &Person, key: &str, text: &str) -> u64 {
        self.phone.say(&json!({ "send": { "key": key, "channel": person.channel, "text": text } })).await;
        self.phone.hears("done").await["number"].as_u64().expect("a number")
    }

    async fn hears(&mut self) -> String {
        text_of(&self.phone.event("message.sent").await)
    }
}

fn text_of(event: &Value) -> String {
    event["image"]["message"]["text"].as_str().expect("a text").to_owned()
}

fn key() -> String {
    store::clock::new_key(&store::clock::SystemClock).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stories_hold_on_a_fleet_and_outlive_its_nodes() {
    let fleet = Fleet::up();
    let code = fleet.words.split("set-up code: ").nth(1).and_then(|rest| rest.lines().next());
    story::is_told(&format!("http://{}/api/v1", fleet.address), code.expect("the code of the first time"));
    let ada = Person::signs_in(&fleet, "ada@example.com", "correct horse");
    let bob = Person::signs_in(&fleet, "bob@example.com", "battery staple");
    what_is_said_on_one_gateway_is_heard_on_the_other(&fleet, &ada, &bob).await;
    what_is_said_goes_by_redis_to_both_gateways(&fleet, &ada, &bob).await;
    who_was_on_a_killed_gateway_resumes_on_the_other(&fleet, &ada, &bob).await;
    a_gateway_that_is_stopped_softly_sends_its_people_to_the_other(&fleet, &ada).await;
    people_go_on_while_an_api_node_hangs(&fleet, &ada);
    people_go_on_while_each_node_is_started_anew(&fleet, &ada);
    each_node_is_seen_and_the_operators_read_them_all(&fleet);
}

async fn what_is_said_on_one_gateway_is_heard_on_the_other(fleet: &Fleet, ada: &Person, bob: &Person) {
    let mut here = ada.enters(fleet.socket("GATEWAY_1"), json!({})).await;
    let mut there = bob.enters(fleet.socket("GATEWAY_2"), json!({})).await;
    assert_ne!(here.welcome["node"], there.welcome["node"]);
    for text in ["from here to there", "once more"] {
        here.says(ada, &key(), text).await;
        assert_eq!(there.hears().await, text);
        assert_eq!(here.hears().await, text);
    }
    there.says(bob, &key(), "and back").await;
    assert_eq!(here.hears().await, "and back");
    ada.says(fleet, "by HTTP, whichever node it was");
    for device in [&mut here, &mut there] {
        loop {
            if device.hears().await == "by HTTP, whichever node it was" {
                break;
            }
        }
    }
}

/// A stranger who listens on the Redis of the fleet hears it pass, on a channel that both gateways hear.
async fn what_is_said_goes_by_redis_to_both_gateways(fleet: &Fleet, ada: &Person, bob: &Person) {
    let _here = ada.enters(fleet.socket("GATEWAY_1"), json!({})).await;
    let mut there = bob.enters(fleet.socket("GATEWAY_2"), json!({})).await;
    let mut passes = Wire::to(&fleet.at("REDIS"));
    passes.say("PSUBSCRIBE rookery:*");
    assert_eq!(passes.until("psubscribe").trim(), "psubscribe");
    ada.says(fleet, "a needle that passes");
    while there.hears().await != "a needle that passes" {}
    // Kind, pattern and channel stand before what was said, each with its length.
    let mut channel = String::new();
    let said = loop {
        let line = passes.until("");
        if line.contains("a needle that passes") {
            break line;
        }
        if let Some(name) = line.strip_prefix("rookery:").filter(|name| !name.starts_with('*')) {
            channel = format!("rookery:{}", name.trim());
        }
    };
    assert!(!said.is_empty() && channel.len() > "rookery:".len(), "{channel}");
    let mut asks = Wire::to(&fleet.at("REDIS"));
    asks.say(&format!("PUBSUB NUMSUB {channel}"));
    let listening: u32 = asks.until(":").trim().trim_start_matches(':').parse().expect("a number");
    assert!(listening >= 2, "{listening} hear {channel}");
    for node in ["API_1", "API_2", "GATEWAY_1", "GATEWAY_2", "WORKER_1"] {
        let metrics = get(&fleet.at(&format!("{node}_METRICS")), "/metrics").0;
        assert!(metrics.contains("rookery_redis_up 1"), "{node}");
    }
}

/// A line to a Redis, a word after the other.
struct Wire(BufReader<TcpStream>);

impl Wire {
    fn to(url: &str) -> Wire {
        let address = url.strip_prefix("redis://").expect("a URL");
        Wire(BufReader::new(TcpStream::connect(address).expect("it is there")))
    }
    fn say(&mut self, words: &str) {
        self.0.get_mut().write_all(format!("{words}\r\n").as_bytes()).expect("written");
    }
    /// The next line that begins so.
    fn until(&mut self, begins: &str) -> String {
        loop {
            let mut line = Vec::new();
            assert!(self.0.read_until(b'\n', &mut line).expect("it goes on") > 0, "it ended");
            let line = String::from_utf8_lossy(&line).into_owned();
            if line.starts_with(begins) {
                return line;
            }
        }
    }
}

/// Nothing is lost, nothing is twice: not what others said meanwhile, and not what was on its way.
async fn who_was_on_a_killed_gateway_resumes_on_the_other(fleet: &Fleet, ada: &Person, bob: &Person) {
    let front = fleet.address.parse().expect("an address");
    let mut elsewhere = ada.enters(fleet.socket("GATEWAY_2"), json!({})).await;
    let mut device = bob.enters(fleet.socket("GATEWAY_1"), json!({})).await;
    let on_its_way = key();
    let said = device.says(bob, &on_its_way, "just before").await;
    elsewhere.hears().await;
    fleet.does(&["kill", "gateway-1"]);
    while device.phone.next().await != Heard::Gone {}
    for text in ["you missed this", "and this"] {
        ada.says(fleet, text);
        elsewhere.hears().await;
    }
    let place = json!({
        "epoch": device.welcome["epoch"], "position": device.level["position"], "waiting": [on_its_way],
    });
    let mut back = bob.enters(front, place).await;
    assert_eq!(back.welcome["node"], elsewhere.welcome["node"], "it is the other one");
    assert_eq!(
        back.welcome["done"][0]["number"], said,
        "what was sent is known to have happened: {}",
        back.welcome
    );
    let missed: Vec<_> = back.missed.iter().filter_map(|frame| frame.get("event")).map(text_of).collect();
    assert_eq!(missed, ["just before", "you missed this", "and this"], "from the tail, in order, once");
    assert_eq!(back.says(bob, &on_its_way, "just before").await, said, "sent again it is the same message");
    fleet.does(&["start", "gateway-1"]);
    let mut again = bob.enters(fleet.socket("GATEWAY_1"), json!({})).await;
    back.says(bob, &key(), "all here").await;
    while again.hears().await != "all here" {}
}

async fn a_gateway_that_is_stopped_softly_sends_its_people_to_the_other(fleet: &Fleet, ada: &Person) {
    let front = fleet.address.parse().expect("an address");
    let mut device = ada.enters(fleet.socket("GATEWAY_2"), json!({})).await;
    fleet.does(&["stop", "gateway-2"]);
    let goodbye = device.phone.hears("goodbye").await;
    assert_eq!(goodbye["code"], 4, "{goodbye}");
    assert_eq!(device.phone.closed().await, Some(4004));
    let mut back = ada.enters(front, json!({ "ticket": device.welcome["ticket"] })).await;
    assert_ne!(back.welcome["node"], device.welcome["node"]);
    back.says(ada, &key(), "from the other").await;
    fleet.does(&["start", "gateway-2"]);
}

fn people_go_on_while_an_api_node_hangs(fleet: &Fleet, ada: &Person) {
    let own = fleet.at("API_1");
    fleet.does(&["kill", "api-1", "STOP"]);
    let mut said = Vec::new();
    for number in 0..5 {
        said.push(ada.says(fleet, &format!("nobody notices {number}")));
        let page = fleet.send("GET", &format!("{}?limit=5", ada.path()), &ada.token, &json!({}));
        assert_eq!(page.status(), 200, "{}", page.0);
    }
    assert!(said.windows(2).all(|two| two[1] == two[0] + 1), "each once: {said:?}");
    fleet.does(&["kill", "api-1", "CONT"]);
    assert_eq!(get(&own, "/health/live").status(), 200, "it is back");
    let path = format!("{}?limit=10", ada.path());
    let page = harness::send(&own, "GET", &path, &ada.token, &json!({})).json();
    let texts = page["messages"].as_array().expect("messages").iter().map(|message| &message["text"]);
    let ours = texts.filter(|text| text.as_str().is_some_and(|text| text.starts_with("nobody notices")));
    assert_eq!(ours.count(), 5, "also what it was asked before it hung is there once: {page}");
}

/// As a roll-out does it: one after the other, softly.
fn people_go_on_while_each_node_is_started_anew(fleet: &Fleet, ada: &Person) {
    let over = AtomicBool::new(false);
    let said = std::thread::scope(|scope| {
        let talk = scope.spawn(|| {
            let mut said = Vec::new();
            while !over.load(Ordering::Relaxed) {
                said.push(ada.says(fleet, "on and on"));
            }
            said
        });
        for node in ["api-1", "api-2", "worker-1"] {
            fleet.does(&["stop", node]);
            fleet.does(&["start", node]);
        }
        over.store(true, Ordering::Relaxed);
        talk.join().expect("nobody was sent away")
    });
    assert!(said.windows(2).all(|two| two[1] == two[0] + 1), "each once, in order: {said:?}");
}

fn each_node_is_seen_and_the_operators_read_them_all(fleet: &Fleet) {
    let told = fleet.does(&["rookery", "admin", "level", "--json"]);
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let mut roles: Vec<_> =
        told["nodes"].as_array().expect("nodes").iter().map(|node| node["roles"].as_str()).collect();
    roles.sort_unstable();
    // The killed gateway is remembered until its silence was long enough.
    roles.dedup();
    assert_eq!(roles, [Some("api"), Some("gateway"), Some("worker")]);
    let doctor: Value =
        serde_json::from_slice(&fleet.does(&["rookery", "doctor", "--json"]).stdout).expect("JSON");
    assert_eq!(doctor["ok"], true, "{doctor}");
    let checked =
        ["pooler", "quorum", "durability", "replica", "clock", "connections", "port", "nodes", "redis"];
    for well in checked {
        let findings = doctor["findings"].as_array().expect("findings");
        let found = findings.iter().find(|finding| finding["name"] == well);
        assert_eq!(found.map(|found| &found["state"]), Some(&json!("well")), "{well}: {doctor}");
    }
    let sockets = get(&fleet.at("GATEWAY_1_METRICS"), "/metrics").0;
    assert!(sockets.contains("websocket_connections_active "), "{sockets}");
    // Started anew a moment ago, it counts from nothing once it has taken over and read what was said.
    let worker = fleet.at("WORKER_1_METRICS");
    while !get(&worker, "/metrics").0.contains("rookery_follower_events_total") {
        std::thread::yield_now();
    }
    assert_eq!(get(&fleet.at("API_2_METRICS"), "/health").json()["components"]["quorum"]["status"], "ok");
}
