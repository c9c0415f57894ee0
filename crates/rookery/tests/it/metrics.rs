//! What operators read after people did things: by the contract's names, with labels from small sets, and requests found in the log.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tempfile::tempdir;
use testkit::Phone;

use crate::harness::{Server, get, run};

/// `name{labels}` and its value.
fn scraped(operators: &str) -> BTreeMap<String, f64> {
    let answer = get(operators, "/metrics");
    assert_eq!(answer.status(), 200);
    let lines = answer.0.lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    lines.filter_map(pair).collect()
}

/// The sum over all labels.
fn sum(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    let ours = metrics.iter().filter(|(key, _)| key.split('{').next() == Some(name));
    ours.map(|(_, value)| value).sum()
}

/// A server that prints JSON, set up; its line, and the owner's token.
fn set_up(server: &Server) -> (Value, String) {
    let line: Value = serde_json::from_str(&server.line).expect("JSON");
    let listen = line["listen"].as_str().expect("an address");
    let owner = json!({
        "code": line["set_up_code"], "email": "ada@example.org", "password": "correct horse",
        "name": "Ada", "workspace": "Rooks",
    });
    let welcome = crate::harness::send(listen, "POST", "/setup", "", &owner).json();
    (line.clone(), welcome["token"].as_str().expect("a token").to_owned())
}

#[tokio::test]
async fn what_people_did_is_counted_by_the_contracts_names() {
    let home = tempdir().expect("a folder");
    let server = Server::start_with(home.path(), &["--json"]);
    let (line, token) = set_up(&server);
    let (listen, operators) = (line["listen"].as_str().expect("one"), line["metrics"].as_str().expect("one"));
    let mut phone = Phone::dial(listen.parse().expect("an address"), &[]).await.expect("an upgrade");
    phone.say(&json!({ "hello": { "workspace": "rooks", "token": token } })).await;
    phone.hears("at").await;
    let opening = phone.kept();
    let changed = opening.iter().find_map(|frame| frame.get("changed")).expect("the first load");
    let general = changed["channels"][0]["channel"].as_str().expect("a channel").to_owned();
    let before = scraped(operators);
    let key = store::clock::new_key(&store::clock::SystemClock).to_string();
    phone.say(&json!({ "send": { "key": key, "channel": general, "text": "by socket" } })).await;
    phone.hears("done").await;
    phone.say(&json!({ "send": { "key": key, "channel": general, "text": "by socket" } })).await;
    phone.hears("done").await;
    let path = format!("/workspaces/rooks/channels/{general}/messages");
    let sent = crate::harness::send(listen, "POST", &path, &token, &json!({ "text": "by HTTP" }));
    assert_eq!(sent.status(), 200, "{}", sent.0);
    for _ in 0..2 {
        phone.event("message.sent").await;
    }
    for made_up in 0..20 {
        get(listen, &format!("/made/up/{made_up}"));
        get(listen, &format!("/api/v1/workspaces/rooks/channels/{made_up}"));
    }
    // Who was recognised is known again once the installation's journal is followed.
    let rate = |metrics: &BTreeMap<String, f64>| metrics[r#"cache_hit_rate{cache="secrets"}"#];
    let after = loop {
        crate::harness::send(listen, "GET", "/workspaces", &token, &json!({}));
        let now = scraped(operators);
        if rate(&now) > 0.0 {
            break now;
        }
    };
    let grown = |name: &str| sum(&after, name) - sum(&before, name);
    assert_eq!(grown("messages_sent_total") as u64, 2, "sent again under its key it is the same message");
    assert_eq!(after["websocket_connections_active"] as u64, 1);
    assert!(after.contains_key("active_connections"));
    let posts = r#"http_requests_total{method="POST",endpoint="/api/v1/workspaces/{w}/channels/{c}/messages",status="200"}"#;
    assert_eq!(after[posts] as u64, 1);
    for grows in [
        "http_request_duration_seconds_count",
        "database_query_duration_seconds_count",
        "store_answer_seconds_count",
        "store_batch_commands_count",
        "rookery_delivery_delay_seconds_count",
        "rookery_feed_events_total",
        "rookery_gateway_lines_total",
        "rookery_cache_questions_total",
    ] {
        assert!(grown(grows) > 0.0, "{grows}: {}", grown(grows));
    }
    for query in ["open", "commit", "look"] {
        assert!(
            after.contains_key(&format!("database_query_duration_seconds_count{{query=\"{query}\"}}")),
            "{query}"
        );
    }
    assert!(rate(&after) <= 1.0);
    assert_eq!(after[r#"rookery_gateway_hello_seconds_count{outcome="level"}"#] as u64, 1);
    assert!(after["process_cpu_seconds_total"] > 0.0);
    assert!(after["rookery_data_disk_free_bytes"] <= after["rookery_data_disk_bytes"]);
    labels_are_few(&after);
}

#[test]
fn what_is_remembered_is_counted_and_dropped_when_an_operator_wants_it() {
    let home = tempdir().expect("a folder");
    let server = Server::start_with(home.path(), &["--json"]);
    let (line, token) = set_up(&server);
    let (listen, operators) = (line["listen"].as_str().expect("one"), line["metrics"].as_str().expect("one"));
    let rate = r#"cache_hit_rate{cache="endpoints"}"#;
    let hits = || scraped(operators).get(rate).copied().unwrap_or_default();
    while hits() == 0.0 {
        let members = crate::harness::send(listen, "GET", "/workspaces/rooks/members", &token, &json!({}));
        assert_eq!(members.status(), 200, "{}", members.0);
    }
    assert!(hits() < 1.0, "the first was read");
    let drops =
        |pattern: &str| run(home.path(), &["admin", "drop-cache", pattern, "--data", "data", "--json"]);
    assert_eq!(drops("*:endpoints:*").json(), json!({ "dropped": 1 }));
    assert_eq!(drops("*:endpoints:*").json(), json!({ "dropped": 0 }));
    assert_eq!(drops("[a-z]").code(), 2, "no such pattern");
}

/// Paths, ids and numbers of callers are no labels.
fn labels_are_few(metrics: &BTreeMap<String, f64>) {
    let mut endpoints = BTreeSet::new();
    for name in metrics.keys() {
        assert!(!name.contains("made") && !name.contains("rooks"), "{name}");
        endpoints.extend(name.split("endpoint=\"").nth(1).and_then(|rest| rest.split('"').next()));
    }
    assert!(endpoints.contains("unknown"), "{endpoints:?}");
    assert!(endpoints.len() < 10, "{endpoints:?}");
}

#[test]
fn a_request_is_found_in_the_log_by_its_id() {
    let home = tempdir().expect("a folder");
    std::fs::write(home.path().join("rookery.toml"), "[log]\nfilter = \"info,api=debug\"\n")
        .expect("written");
    let server = Server::start_with(home.path(), &["--log", "json"]);
    server.ask(
        "GET /api/v1/nowhere HTTP/1.1\r\nHost: rookery\r\nX-Request-Id: ada-7\r\nConnection: close\r\n\r\n",
    );
    server.signal("TERM");
    let (_, log) = server.ended();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let ours: Vec<Value> = lines.filter(|line| line["span"]["request_id"] == "ada-7").collect();
    let answered = ours.iter().find(|line| line["status"] == 404).unwrap_or_else(|| panic!("{log}"));
    assert_eq!(answered["span"]["path"], "/api/v1/nowhere");
    assert!(answered["ms"].is_number(), "{answered}");
}
