//! Somebody's program while nodes die: it asks one API node, and another where that one does not answer.

use std::sync::Arc;
use std::time::Duration;

use load::http::Caller;
use serde_json::Value;
use tokio::time::timeout;

use super::world::{Phase, World};

const ANSWER_MAX: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(50);

pub struct Asker {
    world: Arc<World>,
    token: String,
    /// Which of the nodes is asked now.
    at: usize,
    caller: Option<Caller>,
}

impl Asker {
    pub fn new(world: Arc<World>, token: String, at: usize) -> Self {
        Self { world, token, at, caller: None }
    }

    /// Inside the workspace; what is written goes under a key.
    pub fn request(&self, method: &str, path: &str, key: Option<&str>, body: Option<&Value>) -> Vec<u8> {
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let body = body.map(Value::to_string).unwrap_or_default();
        format!(
            "{method} /api/v1/workspaces/{}{path} HTTP/1.1\r\nhost: rookery\r\nauthorization: Bearer {}\r\n{key}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.world.founded.workspace,
            self.token,
            body.len()
        )
        .into_bytes()
    }

    /// Until a node answers and does not put it off; nothing, once nobody waits for it any more.
    pub async fn until_answered(&mut self, request: &[u8]) -> Option<(u16, Value)> {
        while *self.world.phase.borrow() != Phase::Abandoned {
            match timeout(ANSWER_MAX, self.asks(request)).await.ok().flatten() {
                Some((status, answer)) if status < 500 && status != 429 => return Some((status, answer)),
                Some(_) => {}
                None => (self.caller, self.at) = (None, self.at + 1),
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    /// One try.
    async fn asks(&mut self, request: &[u8]) -> Option<(u16, Value)> {
        if self.caller.is_none() {
            let address = self.world.apis[self.at % self.world.apis.len()];
            self.caller = Some(Caller::connect(&address.to_string()).await.ok()?);
        }
        let (status, body) = self.caller.as_mut()?.ask(request).await.ok()?;
        Some((status, serde_json::from_slice(body).unwrap_or_default()))
    }
}
