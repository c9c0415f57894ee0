//! Who says nothing, or says it a byte at a time, does not keep a place. Time jumps as soon as everyone waits.

use std::sync::Arc;
use std::time::Duration;

use api::limits::Limits;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::spoken::{greeting, serving};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const NO_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

async fn is_let_go(said: &[u8]) {
    let address = serving(greeting(), Limits::default()).await;
    let mut stranger = TcpStream::connect(address).await.expect("a connection");
    stranger.write_all(said).await.expect("written");
    let mut answer = Vec::new();
    // Ends only if the server closes.
    stranger.read_to_end(&mut answer).await.ok();
}

#[tokio::test(start_paused = true)]
async fn who_never_says_a_word_is_let_go() {
    is_let_go(b"").await;
}

#[tokio::test(start_paused = true)]
async fn who_never_ends_their_head_is_let_go() {
    is_let_go(b"GET / HTTP/1.1\r\nHost: rookery\r\nA: ").await;
}

#[tokio::test(start_paused = true)]
async fn who_never_says_which_version_they_speak_is_let_go() {
    is_let_go(&PREFACE[..20]).await;
}

#[tokio::test(start_paused = true)]
async fn who_greets_in_http_2_and_asks_nothing_is_let_go() {
    is_let_go(&[PREFACE, NO_SETTINGS].concat()).await;
}

#[tokio::test(start_paused = true)]
async fn who_never_ends_their_head_in_http_2_is_let_go() {
    // HEADERS of stream 1 without END_HEADERS, and nothing after it.
    let headers = [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82];
    is_let_go(&[PREFACE, NO_SETTINGS, &headers].concat()).await;
}

#[tokio::test]
async fn who_waits_long_for_an_answer_is_not_let_go_before_it() {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (heard, told) = (asked.clone(), answer.clone());
    let handler = move || async move {
        heard.notify_one();
        told.notified().await;
        "at last"
    };
    let address = serving(Router::new().route("/slow", get(handler)), Limits::default()).await;
    let mut ada = TcpStream::connect(address).await.expect("a connection");
    ada.write_all(b"GET /slow HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n\r\n")
        .await
        .expect("written");
    // Until then time goes as it does: the request may be on its way for a moment.
    asked.notified().await;
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(600)).await;
    answer.notify_one();
    let mut answer = String::new();
    ada.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with("at last"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_of_their_answer_is_let_go() {
    let endless = || async { Body::from(vec![7_u8; 64 * 1024 * 1024]) };
    let address = serving(Router::new().route("/", get(endless)), Limits::default()).await;
    let mut stranger = TcpStream::connect(address).await.expect("a connection");
    stranger.write_all(b"GET / HTTP/1.1\r\nHost: rookery\r\n\r\n").await.expect("written");
    tokio::time::sleep(Duration::from_secs(600)).await;
    let mut answer = Vec::new();
    stranger.read_to_end(&mut answer).await.ok();
    assert!(answer.len() < 64 * 1024 * 1024, "what was left of it is gone");
}
