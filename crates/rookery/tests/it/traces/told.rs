//! The binary and a real collector.

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use testkit::Phone;

use super::collector::{Collector, Span, until};
use crate::harness::{Server, ask, get, send};

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const CALLERS_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SECRET: &str = "correct horse";

/// A server that traces, with Ada in it.
struct Town {
    server: Server,
    listen: String,
    operators: String,
    token: String,
    general: String,
    _home: TempDir,
}

impl Town {
    fn tracing(to: &Collector, more: &str) -> Town {
        let home = tempdir().expect("a folder");
        let config = format!("[traces]\nendpoint = \"{}\"\n{more}", to.url);
        std::fs::write(home.path().join("rookery.toml"), config).expect("written");
        let server = Server::start_with(home.path(), &["--json"]);
        let line: Value = serde_json::from_str(&server.line).expect("JSON");
        let listen = line["listen"].as_str().expect("an address").to_owned();
        let owner = json!({
            "code": line["set_up_code"], "email": "ada@example.org", "password": SECRET,
            "name": "Ada", "workspace": "Rooks",
        });
        let welcome = send(&listen, "POST", "/setup", "", &owner).json();
        Town {
            operators: line["metrics"].as_str().expect("an address").to_owned(),
            token: welcome["token"].as_str().expect("a token").to_owned(),
            general: welcome["workspace"]["default_channels"][0].as_str().expect("a channel").to_owned(),
            server,
            listen,
            _home: home,
        }
    }

    /// Says something, under an id of the caller's own.
    fn says(&self, text: &str, id: &str, traceparent: Option<&str>) {
        let body = json!({ "text": text }).to_string();
        let parent = traceparent.map(|parent| format!("traceparent: {parent}\r\n")).unwrap_or_default();
        let answer = ask(
            &self.listen,
            &format!(
                "POST /api/v1/workspaces/rooks/channels/{}/messages HTTP/1.1\r\nHost: rookery\r\n\
                 Authorization: Bearer {}\r\nX-Request-Id: {id}\r\n{parent}Content-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                self.general,
                self.token,
                body.len()
            ),
        );
        assert_eq!(answer.status(), 200, "{}", answer.0);
    }

    /// A metric of one line, over all its labels; nothing where there is none yet.
    fn metric(&self, name: &str) -> f64 {
        let page = get(&self.operators, "/metrics").0;
        let lines = page.lines().filter(|line| line.starts_with(name));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
    }
}

fn of_request<'a>(spans: &'a [Span], id: &str) -> Option<&'a Span> {
    spans.iter().find(|span| span.said("rookery.request_id") == id)
}

fn below<'a>(spans: &'a [Span], above: &Span, name: &str) -> Option<&'a Span> {
    spans.iter().find(|span| span.parent() == above.id() && span.name() == name)
}

/// A command as it was carried out below whoever asked: it waited, was written, was told of.
fn carried_out(spans: &[Span], asked: &Span) -> Option<()> {
    let command = below(spans, asked, "store.execute")?;
    for part in ["store.wait", "store.transaction", "bus.publish"] {
        assert_eq!(below(spans, command, part)?.trace(), asked.trace());
    }
    assert_eq!(command.said("rookery.command"), "send");
    Some(())
}

#[tokio::test]
async fn a_request_and_a_send_of_a_socket_are_told_with_what_they_were_made_of() {
    let collector = Collector::start();
    let proxies = "share = 1.0\nenvironment = \"rehearsal\"\n[server]\ntrusted_proxies = [\"127.0.0.1\"]\n";
    let town = Town::tracing(&collector, proxies);
    town.says("by HTTP, between us", "req-of-ada", Some(CALLER));
    let mut phone = Phone::dial(town.listen.parse().expect("an address"), &[]).await.expect("an upgrade");
    phone.say(&json!({ "hello": { "workspace": "rooks", "token": town.token } })).await;
    phone.hears("at").await;
    let key = store::clock::new_key(&store::clock::SystemClock).to_string();
    let message = json!({ "key": key, "channel": town.general, "text": "by socket, between us" });
    phone.say(&json!({ "send": message })).await;
    phone.hears("done").await;

    let request = collector
        .until("the request is told whole", |spans| {
            let request = of_request(spans, "req-of-ada")?;
            carried_out(spans, request)?;
            spans.iter().find(|span| span.trace() == request.trace() && span.name() == "store.look")?;
            Some(request.clone())
        })
        .await;
    assert_eq!(
        (request.trace(), request.parent()),
        (CALLERS_TRACE, "00f067aa0ba902b7"),
        "it goes on with the caller's"
    );
    assert_eq!(request.name(), "POST /api/v1/workspaces/{w}/channels/{c}/messages");
    assert_eq!(request.said("http.response.status_code"), "200");
    let socket = collector
        .until("the send of the socket is told whole", |spans| {
            let socket = of_request(spans, &key)?;
            carried_out(spans, socket)?;
            Some(socket.clone())
        })
        .await;
    assert_eq!((socket.name(), socket.parent()), ("socket send", ""));
    assert_ne!(socket.trace(), CALLERS_TRACE);

    let text = collector.text();
    assert!(text.contains("rehearsal") && text.contains("service.version"), "who tells it");
    for private in ["between us", SECRET, &town.token, "ada@example.org"] {
        assert!(!text.contains(private), "{private} is nobody's business");
    }
    let (exit, log) = town.stops();
    assert!(exit && log.contains("the collector takes spans"), "{log}");
}

#[tokio::test]
async fn a_job_is_told_with_what_it_read_and_wrote() {
    let collector = Collector::start();
    let town = Town::tracing(&collector, "share = 1.0\n[worker]\nnotify_after = \"0s\"\n");
    let made = send(&town.listen, "POST", "/workspaces/rooks/invitations", &town.token, &json!({})).json();
    let path = format!("/invitations/{}/accept", made["code"].as_str().expect("a code"));
    let bob = json!({ "email": "bob@example.org", "password": SECRET, "name": "Bob" });
    let bob = send(&town.listen, "POST", &path, "", &bob).json();
    town.says(&format!("hello <@{}>", bob["account"]["id"].as_str().expect("Bob")), "calls-bob", None);
    collector
        .until("the job is told whole", |spans| {
            let told = |job: &Span| {
                let command = below(spans, job, "store.execute")?;
                below(spans, command, "store.transaction")?;
                Some(job.said("rookery.outcome") == "done" && job.parent().is_empty())
            };
            spans.iter().filter(|span| span.name() == "job notify").find_map(told)?.then_some(())
        })
        .await;
    let path = made["code"].as_str().expect("a code");
    assert!(!collector.text().contains(path), "a code that opens something is nobody's business");
}

#[tokio::test]
async fn a_collector_that_comes_later_hears_of_what_was_before() {
    let collector = Collector::away();
    let town = Town::tracing(&collector, "share = 1.0\n");
    town.says("hello", "before-it-came", None);
    until("the exporter found nobody", || {
        let page = get(&town.operators, "/metrics").0;
        page.contains("rookery_traces_collector_up 0").then_some(())
    })
    .await;
    collector.comes();
    collector.until("what was before", |spans| of_request(spans, "before-it-came").map(drop)).await;
    until("the metric says so", || (town.metric("rookery_traces_collector_up") > 0.0).then_some(())).await;
    assert!(town.metric("rookery_traces_exported_total") > 0.0);
}

#[tokio::test]
async fn where_nobody_takes_spans_they_are_dropped_and_counted_and_nobody_waits() {
    let collector = Collector::away();
    let town = Town::tracing(&collector, "share = 1.0\nqueue_max = 4\n[server]\ndrain = \"30s\"\n");
    until("the queue is full", || {
        town.says("hello", "one-of-many", None);
        (town.metric(r#"rookery_traces_dropped_total{why="full"}"#) > 0.0).then_some(())
    })
    .await;
    let (exit, log) = town.stops();
    assert!(exit && log.contains("everything under way was finished"), "{log}");
    assert!(log.contains("spans were not sent"), "{log}");
}

#[tokio::test]
async fn only_what_is_sampled_is_told_and_a_stranger_does_not_decide_that() {
    let collector = Collector::start();
    let town = Town::tracing(&collector, "share = 0\n");
    town.says("hello", "a-strangers", Some(CALLER));
    assert!(town.stops().0);
    assert_eq!(collector.text(), "", "nothing is sampled");

    let town = Town::tracing(&collector, "share = 1\n[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    town.says("hello", "not-kept-there", Some(&CALLER.replace("-01", "-00")));
    town.says("hello", "kept-here", None);
    // What is there at a stop is sent before the end.
    assert!(town.stops().0);
    let spans = collector.spans();
    assert!(of_request(&spans, "kept-here").is_some_and(|span| span.parent().is_empty()));
    assert!(of_request(&spans, "not-kept-there").is_none() && of_request(&spans, "a-strangers").is_none());
    assert!(spans.iter().all(|span| span.trace() != CALLERS_TRACE));
}

impl Town {
    /// Softly; whether that went well, and what was logged.
    fn stops(self) -> (bool, String) {
        self.server.signal("TERM");
        let (exit, log) = self.server.ended();
        (exit.success(), log)
    }
}
