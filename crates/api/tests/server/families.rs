//! A listener of both families, which hears who comes by IPv4 at an address of IPv6.

use std::net::SocketAddr;
use std::sync::Arc;

use api::limits::Limits;
use api::peer::Proxies;
use api::server::Door;
use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::spoken::greeting;

const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: rookery\r\n\r\n";

/// Where each address has one place.
async fn serving(router: Router, proxies: Proxies) -> SocketAddr {
    let listener = TcpListener::bind("[::]:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let limits = Limits { address_connections_max: 1, ..Limits::default() };
    let door = Door { limits, proxies: Arc::new(proxies), ..Door::default() };
    tokio::spawn(api::server::serve(listener, router, door, std::future::pending()));
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The connection, if somebody who comes from there is answered.
async fn answered(address: SocketAddr, from: &str) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("an address of ours");
    let mut stream = socket.connect(address).await.expect("the kernel takes it");
    stream.write_all(ASK).await.ok();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.ok()?;
    (&answer == b"HTTP/1.1 200").then_some(stream)
}

#[tokio::test]
async fn those_who_come_by_ipv4_have_each_a_share_of_their_own() {
    let address = serving(greeting(), Proxies::default()).await;
    let _ada = answered(address, "127.0.0.2").await.expect("the first is served");
    assert!(answered(address, "127.0.0.2").await.is_none(), "their share is taken");
    assert!(answered(address, "127.0.0.3").await.is_some(), "which is nobody else's");
}

#[tokio::test]
async fn a_proxy_of_ours_is_known_there_too_and_holds_any() {
    let ours = Proxies::new(vec!["127.0.0.2".parse().expect("a network")]);
    let address = serving(greeting(), ours).await;
    let mut held = Vec::new();
    for number in 1..=3 {
        held.push(answered(address, "127.0.0.2").await.unwrap_or_else(|| panic!("{number} is served")));
    }
}
