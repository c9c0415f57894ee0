//! A house from outside: strangers and browsers at its door, before and after anybody lives there.

use std::net::IpAddr;

use api::face::{Face, FaceOptions};
use api::health::Health;
use api::peer::PeerAddress;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower_service::Service as _;

use super::Answer;
use crate::ground::Ground;
use crate::node::Node;

pub const HOME: &str = "https://chat.example.org";

/// A node behind its router, where perhaps nothing is set up yet.
pub struct Street {
    pub node: Node,
    router: axum::Router,
}

/// Who knocks, and what they carry.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    pub token: Option<String>,
    /// As a browser sends it back.
    pub cookie: Option<String>,
    pub origin: Option<&'static str>,
    pub address: Option<IpAddr>,
    pub key: Option<String>,
}

impl Visitor {
    pub fn with_token(token: &Value) -> Self {
        Self { token: token.as_str().map(str::to_owned), ..Self::default() }
    }
    /// A page of ours, signed in by the cookie of an answer.
    pub fn browser(answer: &Answer) -> Self {
        let set = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok());
        let pair = set.and_then(|text| text.split(';').next()).expect("a cookie was set");
        Self { cookie: Some(pair.to_owned()), ..Self::page() }
    }
    /// A page of ours, signed out.
    pub fn page() -> Self {
        Self { origin: Some(HOME), ..Self::default() }
    }
    pub fn from(address: &str) -> Self {
        Self { address: Some(address.parse().expect("an address")), ..Self::default() }
    }
    #[must_use]
    pub fn under(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }
}

impl Street {
    pub async fn on(ground: &Ground) -> Self {
        Self::with(ground.node().await, |_| {})
    }

    pub fn with(node: Node, turn: impl FnOnce(&mut FaceOptions)) -> Self {
        let mut options = FaceOptions::at(HOME);
        options.slowed_max = std::time::Duration::from_millis(1);
        turn(&mut options);
        let health = Health::of(Vec::new(), std::sync::Arc::new(|| std::time::UNIX_EPOCH));
        let v1 = api::v1::router(Face::with(node.service.clone(), options));
        Self { node, router: api::main_router(v1, health, &api::limits::Limits::default()) }
    }

    /// Ada's house, set up by her own request; she is signed in.
    pub async fn of_ada(ground: &Ground) -> (Self, Visitor, Value) {
        let street = Self::on(ground).await;
        let (ada, welcome) = street.set_up().await;
        (street, ada, welcome)
    }

    pub async fn set_up(&self) -> (Visitor, Value) {
        let welcome = self.post(&Visitor::default(), "/setup", self.first_owner()).await.ok();
        (Visitor::with_token(&welcome["token"]), welcome)
    }

    pub fn first_owner(&self) -> Value {
        json!({
            "code": self.node.service.set_up_code(), "email": "ada@example.org", "password": "correct horse",
            "name": "Ada", "workspace": "Rooks",
        })
    }

    /// A code into Ada's workspace.
    pub async fn invites(&self, by: domain::By, role: domain::Role, uses: Option<i64>) -> String {
        let new = service::NewInvite { role, uses, expires_s: None, channels: Vec::new() };
        let made = self.node.service.invite(by, self.node.new_key(), new).await;
        let (code, _) = made.expect("an invitation is made");
        code.text()
    }

    /// Bob comes by a link of Ada's.
    pub async fn bob(&self, code: &str) -> (Visitor, Value) {
        let body = json!({ "email": "bob@example.org", "password": "battery staple", "name": "Bob" });
        let path = format!("/invitations/{code}/accept");
        let welcome = self.post(&Visitor::default(), &path, body).await.ok();
        (Visitor::with_token(&welcome["token"]), welcome)
    }

    pub async fn signs_in(&self, visitor: &Visitor, email: &str, password: &str) -> Answer {
        self.post(visitor, "/session", json!({ "email": email, "password": password })).await
    }

    pub async fn get(&self, visitor: &Visitor, path: &str) -> Answer {
        self.asks("GET", visitor, path, None).await
    }
    pub async fn post(&self, visitor: &Visitor, path: &str, body: Value) -> Answer {
        self.asks("POST", visitor, path, Some(body)).await
    }
    pub async fn patch(&self, visitor: &Visitor, path: &str, body: Value) -> Answer {
        self.asks("PATCH", visitor, path, Some(body)).await
    }
    pub async fn delete(&self, visitor: &Visitor, path: &str) -> Answer {
        self.asks("DELETE", visitor, path, None).await
    }

    pub async fn asks(&self, method: &str, visitor: &Visitor, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let bearer = visitor.token.as_ref().map(|token| format!("Bearer {token}"));
        let headers = [
            ("authorization", bearer.as_deref()),
            ("cookie", visitor.cookie.as_deref()),
            ("origin", visitor.origin),
            ("idempotency-key", visitor.key.as_deref()),
            ("content-type", body.as_ref().map(|_| "application/json")),
            ("user-agent", Some("a test")),
        ];
        for (name, value) in headers.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            request = request.header(name, value);
        }
        if let Some(address) = visitor.address {
            request = request.extension(PeerAddress(address));
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let request = request.body(body).expect("a request");
        let response: Response = self.router.clone().call(request).await.expect("a router never fails");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, bytes: bytes.into() }
    }
}
