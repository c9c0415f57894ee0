//! The accept loop over real sockets: what a stop does to who is being served, what a flood meets, and what is spoken.
#![allow(clippy::disallowed_methods, reason = "each test is the owner of its server and callers")]

mod families;
mod idle;
mod pinged;
mod proxies;
mod spoken;
mod tls;

use std::sync::Arc;

use api::limits::Limits;
use api::peer::Proxies;
use api::server::Door;
use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

const ASK: &[u8] = b"GET /slow HTTP/1.1\r\nHost: rookery\r\n\r\n";

struct Slow {
    asked: Arc<Notify>,
    answer: Arc<Notify>,
    router: Router,
}

/// A face whose one answer waits until the test lets it go.
fn slow() -> Slow {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (asked.clone(), answer.clone());
    let handler = move || async move {
        tell.notify_one();
        wait.notified().await;
        "at last"
    };
    Slow { asked, answer, router: Router::new().route("/slow", get(handler)) }
}

async fn listener() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

#[tokio::test]
async fn who_was_being_served_at_the_stop_gets_the_answer_and_nobody_new_is_let_in() {
    let (listener, address) = listener().await;
    let slow = slow();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    let served = tokio::spawn(api::server::serve(listener, slow.router, Limits::default(), stopped));

    let mut ada = TcpStream::connect(address).await.expect("a connection");
    ada.write_all(ASK).await.expect("written");
    slow.asked.notified().await;
    stop.send(()).expect("still serving");
    // Refused only once the listener is gone, which is after the stop was seen.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    slow.answer.notify_one();

    let mut answer = String::new();
    ada.read_to_string(&mut answer).await.expect("an answer, then the end");
    assert!(answer.ends_with("at last"), "{answer}");
    served.await.expect("the server ends when its last caller is gone");
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_a_stop() {
    let (listener, address) = listener().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    let served = tokio::spawn(api::server::serve(listener, slow().router, Limits::default(), stopped));
    let mut idle = TcpStream::connect(address).await.expect("a connection");
    idle.write_all(b"GET /nowhere HTTP/1.1\r\nHost: rookery\r\n\r\n").await.expect("written");
    idle.readable().await.expect("answered, and kept alive");
    stop.send(()).expect("still serving");
    served.await.expect("the server does not wait for who asks nothing");
    drop(idle);
}

#[tokio::test]
async fn a_caller_over_the_limit_waits_for_a_place_and_gets_it() {
    let (listener, address) = listener().await;
    let slow = slow();
    let limits = Limits { connections_max: 1, ..Limits::default() };
    tokio::spawn(api::server::serve(listener, slow.router, limits, std::future::pending()));

    let mut ada = TcpStream::connect(address).await.expect("a connection");
    ada.write_all(ASK).await.expect("written");
    slow.asked.notified().await;
    let mut bob = TcpStream::connect(address).await.expect("the kernel's queue takes him");
    bob.write_all(ASK).await.expect("written");
    slow.answer.notify_one();
    drop(ada);
    slow.asked.notified().await;
}

#[tokio::test]
async fn one_address_holds_only_its_share_of_the_places_and_a_proxy_of_ours_holds_any() {
    let limits = Limits { address_connections_max: 2, ..Limits::default() };
    let ours = Arc::new(Proxies::new(vec!["127.0.0.0/8".parse().expect("a network")]));
    for (proxies, served) in [(Arc::default(), false), (ours, true)] {
        let (listener, address) = listener().await;
        let slow = slow();
        let door = Door { limits: limits.clone(), proxies, ..Door::default() };
        tokio::spawn(api::server::serve(listener, slow.router, door, std::future::pending()));
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut ada = TcpStream::connect(address).await.expect("a connection");
            ada.write_all(ASK).await.expect("written");
            slow.asked.notified().await;
            held.push(ada);
        }
        let mut third = TcpStream::connect(address).await.expect("the kernel takes it");
        third.write_all(ASK).await.ok();
        let mut byte = [0];
        tokio::select! {
            () = slow.asked.notified() => assert!(served, "a third is not served"),
            read = third.read(&mut byte) => assert!(!served && !matches!(read, Ok(1)), "it is hung up on"),
        }
        if served {
            continue;
        }
        slow.answer.notify_one();
        drop(held.remove(0));
        // Its place is there again once the server saw it go.
        loop {
            let mut again = TcpStream::connect(address).await.expect("a connection");
            again.write_all(ASK).await.ok();
            tokio::select! {
                () = slow.asked.notified() => break,
                _ = again.read(&mut byte) => {}
            }
        }
    }
}

#[tokio::test]
async fn nonsense_ends_its_own_connection_only() {
    let (listener, address) = listener().await;
    let slow = slow();
    tokio::spawn(api::server::serve(listener, slow.router, Limits::default(), std::future::pending()));
    let huge = format!("GET /slow HTTP/1.1\r\nHost: {}\r\n\r\n", "h".repeat(1024 * 1024));
    let crowd = format!("GET /slow HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(500));
    for nonsense in ["\0\0\0\r\n\r\n", "GET\r\n\r\n", huge.as_str(), crowd.as_str()] {
        let mut stranger = TcpStream::connect(address).await.expect("a connection");
        // The server may close before it has read all: both are its right.
        stranger.write_all(nonsense.as_bytes()).await.ok();
        let mut answer = Vec::new();
        stranger.read_to_end(&mut answer).await.ok();
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
            "{:?}",
            String::from_utf8_lossy(&answer)
        );
    }
    let mut ada = TcpStream::connect(address).await.expect("a connection");
    ada.write_all(ASK).await.expect("written");
    slow.asked.notified().await;
}
