//! The whole HTTP face on a node in the test's own process: requests without a network.

pub mod street;

use std::str::FromStr;

use api::face::{Face, FaceOptions};
use api::health::Health;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use domain::verbs::{BeginCredential, SyncMembership};
use domain::{AccountId, CredentialKind, MembershipState, Role, WorkspaceId};
use http_body_util::BodyExt;
use serde_json::Value;
use service::{Scopes, Secret};
use tower_service::Service as _;

use crate::ground::Ground;
use crate::node::Node;
use crate::team::{Person, Team};

/// A set-up installation with its first team, behind its router.
pub struct Town {
    pub node: Node,
    pub team: Team,
    router: axum::Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Null where there was no JSON.
    pub body: Value,
    /// As it came.
    pub bytes: Vec<u8>,
}

impl Town {
    pub async fn on(ground: &Ground) -> Self {
        Self::of(ground.node().await).await
    }
    pub async fn of(node: Node) -> Self {
        let team = Team::set_up(&node).await;
        let router = router(&node);
        Self { node, team, router }
    }

    /// One that was set up before, by whoever left its database behind.
    pub fn behind(node: Node, team: Team) -> Self {
        let router = router(&node);
        Self { node, team, router }
    }

    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// A token for somebody, as a sign-in would give it.
    pub async fn token_of(&self, person: Person) -> String {
        let secret = Secret::mint();
        let session = self.credential(person, &secret, CredentialKind::Session, None);
        let done = self.node.service.begin_credential(person.account(), self.node.new_key(), session).await;
        done.expect("a session begins");
        secret.text()
    }

    /// What opens the door for somebody, yet to be begun.
    pub fn credential(
        &self,
        person: Person,
        secret: &Secret,
        kind: CredentialKind,
        workspace: Option<WorkspaceId>,
    ) -> BeginCredential {
        BeginCredential {
            hash: secret.hash().to_vec(),
            id: self.node.new_key(),
            account: person.account(),
            kind,
            workspace,
            scopes: Scopes::ALL.text(),
            label: String::new(),
            agent: String::new(),
            address: String::new(),
            expires_us: None,
        }
    }

    /// Somebody with an account who is no member of the team.
    pub async fn meets(&self, name: &str) -> Person {
        let key = self.node.new_key();
        let account = AccountId::new(key);
        let new = domain::verbs::CreateAccount {
            id: account,
            name: domain::text::Name::new(name).expect("a name"),
            email_key: Some(format!("{}@example.com", key.to_string().to_lowercase())),
            password: None,
            owner: None,
        };
        self.node.service.create_account(key, new).await.expect("an account is made");
        Person { by: domain::By::new(self.team.workspace, account) }
    }

    /// A member with an account in the directory, so that they can sign in.
    pub async fn welcomes(&self, name: &str) -> Person {
        self.welcomes_as(name, Role::Member).await
    }

    pub async fn welcomes_as(&self, name: &str, role: Role) -> Person {
        let person = self.meets(name).await;
        let general = vec![self.team.general];
        let admitted = self.node.service.admit(person.by, self.node.new_key(), name, role, general).await;
        let known = SyncMembership {
            account: person.account(),
            workspace: self.team.workspace,
            state: MembershipState::Active,
            position: admitted.expect("a newcomer is admitted").position,
        };
        let by = domain::By::new(WorkspaceId::INSTALLATION, person.account());
        self.node.execute(by, self.node.new_key(), known).await.expect("the directory knows them");
        person
    }

    /// A path inside the team's workspace.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}{rest}", self.team.workspace)
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(bearer("GET", path, token).body(Body::empty()).expect("a request")).await
    }

    /// With a header of one's own.
    pub async fn with(&self, token: &str, path: &str, (name, value): (&str, &str)) -> Answer {
        self.ask(bearer("GET", path, token).header(name, value).body(Body::empty()).expect("a request")).await
    }

    /// Under a key of one's own.
    pub async fn keyed(&self, key: &str, method: &str, token: &str, path: &str, body: Value) -> Answer {
        let request = bearer(method, path, token)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.ask(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// Without a body.
    pub async fn bare(&self, method: &str, token: &str, path: &str) -> Answer {
        self.ask(bearer(method, path, token).body(Body::empty()).expect("a request")).await
    }

    pub async fn send(&self, method: &str, token: &str, path: &str, body: Value) -> Answer {
        let request = bearer(method, path, token).header("content-type", "application/json");
        self.ask(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// A body that is no JSON.
    pub async fn uploads(&self, token: &str, path: &str, media: &str, bytes: Vec<u8>) -> Answer {
        let request = bearer("PUT", path, token).header("content-type", media);
        self.ask(request.body(Body::from(bytes)).expect("a request")).await
    }

    /// Any request, as a stranger or with headers of one's own.
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response: Response = self.router.clone().call(request).await.expect("a router never fails");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, bytes: bytes.into() }
    }
}

impl Answer {
    /// The body of a success; anything else ends the test with its words.
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }
    /// The code of a refusal.
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("no error")
    }
}

/// An id out of an answer.
pub fn id<T: FromStr>(value: &Value) -> T {
    value.as_str().and_then(|text| text.parse().ok()).expect("an id")
}

fn bearer(method: &str, path: &str, token: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"))
}

fn router(node: &Node) -> axum::Router {
    let health = Health::of(Vec::new(), std::sync::Arc::new(|| std::time::UNIX_EPOCH));
    let mut options = FaceOptions::at("http://localhost:7665");
    // A clock that stands still gives nothing back, and one that goes gives less the quicker a machine is; how often one may ask
    // has tests of its own.
    options.rates.costly = 0;
    (options.rates.account, options.rates.address) = (1_000_000, 10_000_000);
    let v1 = api::v1::router(Face::with(node.service.clone(), options));
    api::main_router(v1, health, &api::limits::Limits::default())
}
