//! HTTP/1.1 and HTTP/2 on the same listener.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::limits::Limits;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, Version};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::{listener, slow};

pub fn greeting() -> Router {
    Router::new()
        .route("/", get(|request: Request<Body>| async move { format!("{:?}", request.version()) }))
        .route("/echo", post(|body: Bytes| async move { body }))
}

pub async fn serving(router: Router, limits: Limits) -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(api::server::serve(listener, router, limits, std::future::pending()));
    address
}

/// A caller who speaks HTTP/2 from the first byte.
pub async fn caller<T>(stream: T) -> SendRequest<Body>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (caller, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2 is spoken");
    tokio::spawn(connection);
    caller
}

pub fn ask(path: &str) -> Request<Body> {
    Request::get(format!("http://rookery{path}")).body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn a_caller_speaks_the_version_they_like() {
    let address = serving(greeting(), Limits::default()).await;
    let mut old = TcpStream::connect(address).await.expect("a connection");
    old.write_all(b"GET / HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n\r\n").await.expect("written");
    let mut answer = String::new();
    old.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with("HTTP/1.1"), "{answer}");

    let mut new = caller(TcpStream::connect(address).await.expect("a connection")).await;
    let answer = new.send_request(ask("/")).await.expect("an answer");
    assert_eq!(answer.version(), Version::HTTP_2);
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(body, "HTTP/2.0");
}

#[tokio::test]
async fn a_body_larger_than_a_window_arrives_whole() {
    let address = serving(greeting(), Limits::default()).await;
    let mut ada = caller(TcpStream::connect(address).await.expect("a connection")).await;
    let sent = Bytes::from(vec![7_u8; 1_000_000]);
    let request = Request::post("http://rookery/echo").body(Body::from(sent.clone())).expect("a request");
    let answer = ada.send_request(request).await.expect("an answer");
    assert_eq!(answer.into_body().collect().await.expect("a body").to_bytes(), sent);
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused_in_both_versions() {
    let address = serving(greeting(), Limits::default()).await;
    let long = "h".repeat(20_000);
    let mut old = TcpStream::connect(address).await.expect("a connection");
    let head = format!("GET / HTTP/1.1\r\nHost: rookery\r\nX: {long}\r\n\r\n");
    old.write_all(head.as_bytes()).await.ok();
    let mut answer = Vec::new();
    old.read_to_end(&mut answer).await.ok();
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&answer));

    let mut new = caller(TcpStream::connect(address).await.expect("a connection")).await;
    let mut request = ask("/");
    request.headers_mut().insert("x", long.parse().expect("a value"));
    let refused = match new.send_request(request).await {
        Ok(answer) => answer.status() == StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Err(_) => true,
    };
    assert!(refused);
}

#[tokio::test]
async fn one_connection_has_no_more_requests_at_once_than_it_may() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (now.clone(), most.clone());
    let handler = move || async move {
        seen.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        counted.fetch_sub(1, Ordering::SeqCst);
    };
    let limits = Limits { streams_max: 2, ..Limits::default() };
    let address = serving(Router::new().route("/", get(handler)), limits).await;
    let mut ada = caller(TcpStream::connect(address).await.expect("a connection")).await;
    // The server's settings are read with the first answer.
    ada.send_request(ask("/")).await.expect("an answer");
    let asked: Vec<_> = (0..10).map(|_| ada.send_request(ask("/"))).collect();
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.expect("an answer").status(), StatusCode::OK);
    }
    assert_eq!((now.load(Ordering::SeqCst), most.load(Ordering::SeqCst)), (0, 2));
}

#[tokio::test]
async fn a_stop_answers_what_was_asked_over_http_2() {
    let (listener, address) = listener().await;
    let slow = slow();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    let served = tokio::spawn(api::server::serve(listener, slow.router, Limits::default(), stopped));
    let mut ada = caller(TcpStream::connect(address).await.expect("a connection")).await;
    let asked = tokio::spawn(ada.send_request(ask("/slow")));
    slow.asked.notified().await;
    stop.send(()).expect("still serving");
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    slow.answer.notify_one();
    let answer = asked.await.expect("asked").expect("an answer");
    assert_eq!(answer.into_body().collect().await.expect("a body").to_bytes(), "at last");
    served.await.expect("the server ends when its last caller is answered");
}
