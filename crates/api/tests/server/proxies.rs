//! What a request learns of who sent it.

use std::sync::Arc;

use api::limits::Limits;
use api::peer::{PeerAddress, Proxies, Sealed};
use api::server::Door;
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::listener;

async fn heard(proxies: &[&str], said: &str) -> String {
    let (listener, address) = listener().await;
    let seen = |PeerAddress(address): PeerAddress, request: Request| async move {
        let sealed = if Sealed::of(request.extensions()) { "sealed" } else { "open" };
        format!("{address} {sealed}")
    };
    let networks = proxies.iter().map(|text| text.parse().expect("a network")).collect();
    let door =
        Door { proxies: Arc::new(Proxies::new(networks)), limits: Limits::default(), ..Door::default() };
    let router = Router::new().route("/", get(seen));
    tokio::spawn(api::server::serve(listener, router, door, std::future::pending()));
    let mut ada = TcpStream::connect(address).await.expect("a connection");
    let head = format!("GET / HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n{said}\r\n");
    ada.write_all(head.as_bytes()).await.expect("written");
    let mut answer = String::new();
    ada.read_to_string(&mut answer).await.expect("an answer");
    answer.rsplit("\r\n").next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_stranger_cannot_say_that_they_are_somebody_else() {
    let said = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n";
    assert_eq!(heard(&[], said).await, "127.0.0.1 open");
    assert_eq!(heard(&["10.0.0.0/8"], said).await, "127.0.0.1 open");
}

#[tokio::test]
async fn a_proxy_of_ours_says_who_called_it_and_how() {
    let said = "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Proto: https\r\n";
    assert_eq!(heard(&["127.0.0.0/8"], said).await, "203.0.113.9 sealed");
}
