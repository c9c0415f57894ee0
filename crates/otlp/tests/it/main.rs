//! The exporter and what befalls its collector: away, late, busy, unwilling, sealed.
#![allow(clippy::disallowed_methods, reason = "a test owns what it starts: it ends with its runtime")]

mod collector;

use std::time::Duration;

use otlp::{Exporter, Resource, Settings};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use traces::{Finished, Kind};

use crate::collector::{Collector, answering, sealed};

fn span(name: &'static str) -> Finished {
    Finished {
        trace: [7; 16],
        span: [9; 8],
        parent: [0; 8],
        from_afar: false,
        kind: Kind::Server,
        name: name.into(),
        began: Duration::from_secs(1),
        took: Duration::from_millis(1),
        values: Vec::new(),
        failed: false,
    }
}

fn to(url: &str) -> Settings {
    let resource = Resource(vec![("service.name", "rookery".to_owned())]);
    Settings { url: url.to_owned(), resource, ..Settings::default() }
}

/// An exporter at work, what brings it spans, and how it is stopped.
struct Running {
    spans: mpsc::Sender<Finished>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    fn with(settings: &Settings) -> Running {
        let (spans, taken) = mpsc::channel(64);
        let (stop, stopped) = oneshot::channel::<()>();
        let exporter = Exporter::new(taken, settings).expect("settings that fit");
        let task = tokio::spawn(exporter.run(async move { drop(stopped.await) }));
        Running { spans, stop, task }
    }

    async fn ends(self) {
        drop(self.stop);
        self.task.await.expect("it ends");
    }
}

#[tokio::test]
async fn what_gathers_goes_together_and_the_line_is_kept() {
    let mut collector = Collector::new(answering(&["200 OK", "200 OK"])).await;
    let settings = Settings { token: Some("s3cret".into()), ..to(&collector.url) };
    let running = Running::with(&settings);
    for name in ["first span", "second span"] {
        running.spans.send(span(name)).await.expect("room");
    }
    let heard = collector.hears().await;
    assert!(heard.head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{}", heard.head);
    assert!(heard.head.to_lowercase().contains("authorization: bearer s3cret"), "{}", heard.head);
    assert!(heard.head.to_lowercase().contains("content-type: application/x-protobuf"), "{}", heard.head);
    assert!(heard.tells_of("first span") && heard.tells_of("second span") && heard.tells_of("service.name"));
    running.spans.send(span("third span")).await.expect("room");
    let next = collector.hears().await;
    assert!(next.tells_of("third span") && !next.tells_of("first span"));
    assert_eq!((heard.line, next.line), (0, 0), "both came by one line");
    running.ends().await;
}

#[tokio::test]
async fn what_is_not_taken_now_is_sent_again_until_it_is() {
    let mut collector = Collector::new(answering(&["503 Busy", "hang up", "429 Slow", "200 OK"])).await;
    let running = Running::with(&to(&collector.url));
    running.spans.send(span("once")).await.expect("room");
    for _ in 0..4 {
        assert!(collector.hears().await.tells_of("once"));
    }
    running.spans.send(span("after it")).await.expect("room");
    let next = collector.hears().await;
    assert!(next.tells_of("after it") && !next.tells_of("once"));
    running.ends().await;
}

#[tokio::test]
async fn what_will_never_be_taken_is_let_go() {
    let mut collector = Collector::new(answering(&["400 No", "200 OK"])).await;
    let running = Running::with(&to(&collector.url));
    running.spans.send(span("unwanted")).await.expect("room");
    assert!(collector.hears().await.tells_of("unwanted"));
    running.spans.send(span("wanted")).await.expect("room");
    let next = collector.hears().await;
    assert!(next.tells_of("wanted") && !next.tells_of("unwanted"));
    running.ends().await;
}

#[tokio::test]
async fn a_collector_that_comes_later_hears_of_what_was_before() {
    let place = Collector::place().await;
    let running = Running::with(&to(&format!("http://{place}")));
    running.spans.send(span("before it came")).await.expect("room");
    // All that comes later has a place while there is one, and nobody waits.
    while running.spans.try_send(span("meanwhile")).is_ok() {}
    let mut collector = Collector::at(place, answering(&["200 OK"])).await;
    assert!(collector.hears().await.tells_of("before it came"));
    running.ends().await;
}

#[tokio::test]
async fn a_stop_sends_what_is_left() {
    let mut collector = Collector::new(answering(&["200 OK"])).await;
    let running = Running::with(&to(&collector.url));
    running.spans.send(span("the last")).await.expect("room");
    running.ends().await;
    assert!(collector.hears().await.tells_of("the last"));
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let running = Running::with(&to(&format!("http://{}", Collector::place().await)));
    running.spans.send(span("for nobody")).await.expect("room");
    running.ends().await;
}

#[tokio::test]
async fn a_sealed_line_is_spoken_to_whom_the_certificate_names() {
    let files = sealed::files();
    let mut collector = Collector::sealed(&files, answering(&["200 OK"])).await;
    let settings = Settings { ca: Some(files.certificate.clone()), ..to(&collector.url) };
    let running = Running::with(&settings);
    running.spans.send(span("under seal")).await.expect("room");
    assert!(collector.hears().await.tells_of("under seal"));
    running.ends().await;
}
