//! A team made over HTTP, as anybody would make it.

use serde_json::{Value, json};

use crate::server::Server;
use load::http::{Caller, request};
use load::trouble::Trouble;

pub const CHANNELS: usize = 4;
pub const BODY_BYTES: usize = 200;
const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "a long enough password";

pub struct Town {
    pub address: String,
    pub token: String,
    pub workspace: String,
    pub account: String,
    pub channels: Vec<String>,
}

impl Town {
    pub async fn found(server: &Server) -> Result<Self, Trouble> {
        let mut ada = Caller::connect(&server.address).await?;
        let setup = json!({
            "code": server.code, "email": EMAIL, "password": PASSWORD, "name": "Ada", "workspace": "Rooks",
        });
        let made = post(&mut ada, "/setup", None, &setup).await?;
        let mut town = Self {
            address: server.address.clone(),
            token: text(&made["token"])?,
            workspace: text(&made["workspace"]["id"])?,
            account: text(&made["account"]["id"]).or_else(|_| text(&made["account"]))?,
            channels: Vec::new(),
        };
        for number in 0..CHANNELS {
            let new = json!({ "kind": "public", "name": format!("channel {number}") });
            let made = post(&mut ada, &town.path("/channels"), Some(&town.token), &new).await?;
            town.channels.push(text(&made["id"])?);
        }
        Ok(town)
    }

    /// As often as said, one after the other: what a hundred people do in the morning. An account has only so many sessions
    /// at once, so the last one is what goes on.
    pub async fn sign_in(&mut self, times: usize) -> Result<(), Trouble> {
        let mut ada = Caller::connect(&self.address).await?;
        let who = json!({ "email": EMAIL, "password": PASSWORD });
        for _ in 0..times {
            let signed_in = post(&mut ada, "/session", None, &who).await?;
            self.token = text(&signed_in["token"])?;
        }
        Ok(())
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/workspaces/{}{rest}", self.workspace)
    }

    pub fn messages(&self, channel: usize) -> String {
        self.path(&format!("/channels/{}/messages", self.channels[channel]))
    }

    /// How far a channel is.
    pub async fn last(&self, caller: &mut Caller, channel: usize) -> Result<u64, Trouble> {
        let asked = request("GET", &format!("{}?limit=1", self.messages(channel)), Some(&self.token), None);
        let page = caller.json(&asked).await?;
        page["last"].as_u64().ok_or_else(|| Trouble::new("a page without its last number"))
    }
}

async fn post(caller: &mut Caller, path: &str, token: Option<&str>, body: &Value) -> Result<Value, Trouble> {
    caller.json(&request("POST", path, token, Some(&body.to_string()))).await
}

fn text(value: &Value) -> Result<String, Trouble> {
    value.as_str().map(str::to_owned).ok_or_else(|| Trouble::new(format!("text was expected: {value}")))
}
