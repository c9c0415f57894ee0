//! Sessions, tokens and links: begun, used, ended. Only hashes of secrets are kept.

use serde_json::json;

use super::account::active;
use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{CREDENTIALS_MAX, LABEL_BYTES_MAX, SESSIONS_MAX, TOKENS_MAX, TOUCH_SECONDS};
use crate::permission::{CREDENTIAL_BY_ID, CREDENTIALS_OF};
use crate::rows::{Account, Credential, CredentialKind};
use crate::text::Line;
use crate::{
    AccountId, By, Changes, Code, Command, Key, Needs, Refusal, Reply, Stamp, WorkspaceId, World, values,
};

pub(super) fn needs_credentials(account: AccountId, needs: &mut Needs) {
    needs.find::<Credential>(&CREDENTIALS_OF, values![&account], CREDENTIALS_MAX);
}

/// Those not yet ended.
pub(super) fn credentials_of(account: AccountId, world: &World) -> Vec<Credential> {
    let values = values![&account];
    let all = world.find::<Credential>(&CREDENTIALS_OF, &values);
    all.filter(|known| known.revoked_us.is_none()).cloned().collect()
}

/// Every node drops what it holds of them; the event names their ids, since a revoked row may be swept.
pub(super) fn end(by: By, account: AccountId, ending: &[Credential], changes: &mut Changes) {
    if ending.is_empty() {
        return;
    }
    let ids: Vec<_> = ending.iter().map(|known| known.id.to_string()).collect();
    changes.tell(
        Tell::of(EventKind::SessionsEnded, Audience::Nodes)
            .by(by.account)
            .about(account)
            .with(json!(ids).to_string()),
    );
    for known in ending {
        changes.put(Credential { revoked_us: Some(changes.stamp()), ..known.clone() });
    }
}

/// A sign-in, a new token, or a link. What is dead already is swept on the way, so that an account's rows stay few.
#[derive(Debug)]
pub struct BeginCredential {
    pub hash: Vec<u8>,
    pub id: Key,
    pub account: AccountId,
    pub kind: CredentialKind,
    /// What a bot's token is bound to.
    pub workspace: Option<WorkspaceId>,
    pub scopes: String,
    pub label: String,
    pub agent: String,
    pub address: String,
    pub expires_us: Option<Stamp>,
}

impl Command for BeginCredential {
    fn name(&self) -> &'static str {
        "begin_credential"
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Account>((self.account,));
        needs_credentials(self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        active(self.account, world)?;
        for (name, text) in [("label", &self.label), ("agent", &self.agent), ("address", &self.address)] {
            Line::new(name, text, LABEL_BYTES_MAX)?;
        }
        Line::new("scopes", &self.scopes, LABEL_BYTES_MAX)?;
        let mut changes = Changes::begin(world);
        let now = changes.stamp();
        let values = values![&self.account];
        let (live, dead): (Vec<Credential>, Vec<Credential>) = world
            .find::<Credential>(&CREDENTIALS_OF, &values)
            .cloned()
            .partition(|known| known.is_live_at(now));
        let mut alike: Vec<_> = live.into_iter().filter(|known| known.kind == self.kind.word()).collect();
        alike.sort_by_key(|known| known.seen_us);
        let ending = match self.kind {
            CredentialKind::Token if alike.len() >= TOKENS_MAX => {
                let message = format!("an account has at most {TOKENS_MAX} tokens; end one first");
                return Err(Refusal::new(Code::Conflict, message));
            }
            CredentialKind::Token => &[][..],
            CredentialKind::Session => &alike[..(alike.len() + 1).saturating_sub(SESSIONS_MAX)],
            CredentialKind::Link => &alike[..],
        };
        for known in &dead {
            changes.remove::<Credential>((known.hash.clone(),));
        }
        end(by, self.account, ending, &mut changes);
        changes.put(self.row(now));
        Ok(changes.answering(Reply::of(&json!({ "id": self.id.to_string() }))))
    }
    /// The secret is minted for this try.
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.workspace.as_ref().map_or(&[][..], |workspace| workspace.bytes()));
        for text in [self.kind.word(), &self.scopes, &self.label] {
            field(into, text.as_bytes());
        }
    }
}

impl BeginCredential {
    fn row(&self, now: Stamp) -> Credential {
        Credential {
            hash: self.hash.clone(),
            id: self.id,
            account: self.account,
            kind: self.kind.word().to_owned(),
            workspace: self.workspace,
            scopes: self.scopes.clone(),
            label: self.label.clone(),
            agent: self.agent.clone(),
            address: self.address.clone(),
            created_us: now,
            seen_us: now,
            expires_us: self.expires_us,
            revoked_us: None,
        }
    }
}

/// One of one's own, or by an operator. Ended already: nothing happens.
#[derive(Debug)]
pub struct EndCredential {
    pub id: Key,
}

impl Command for EndCredential {
    fn name(&self) -> &'static str {
        "end_credential"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Account>((by.account,));
        needs.find::<Credential>(&CREDENTIAL_BY_ID, values![&self.id], 1);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let values = values![&self.id];
        let known = world.find::<Credential>(&CREDENTIAL_BY_ID, &values).next();
        let operates = world.get::<Account>(&(by.account,)).is_some_and(|account| account.operator);
        let known = known
            .filter(|known| known.account == by.account || operates)
            .ok_or_else(|| Refusal::not_found("session"))?;
        let mut changes = Changes::begin(world);
        if known.revoked_us.is_none() {
            end(by, known.account, std::slice::from_ref(known), &mut changes);
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.id.0);
    }
}

/// All of an account but one: by itself, by the owner of the bot, or by an operator.
#[derive(Debug)]
pub struct EndCredentials {
    pub account: AccountId,
    pub stays: Option<Key>,
    /// Otherwise sessions and links only.
    pub tokens: bool,
}

impl Command for EndCredentials {
    fn name(&self) -> &'static str {
        "end_credentials"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Account>((by.account,));
        needs.row::<Account>((self.account,));
        needs_credentials(self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let operates = world.get::<Account>(&(by.account,)).is_some_and(|account| account.operator);
        let whose = world
            .get::<Account>(&(self.account,))
            .filter(|whose| whose.id == by.account || whose.owner == Some(by.account) || operates)
            .ok_or_else(|| Refusal::not_found("account"))?;
        let mut ending = credentials_of(whose.id, world);
        ending.retain(|known| {
            Some(known.id) != self.stays && (self.tokens || known.kind != CredentialKind::Token.word())
        });
        let mut changes = Changes::begin(world);
        end(by, whose.id, &ending, &mut changes);
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.stays.as_ref().map_or(&[][..], |key| &key.0));
        field(into, &[u8::from(self.tokens)]);
    }
}

/// Seen now: without event, and seldom enough to cost nothing.
#[derive(Debug)]
pub struct Touch {
    pub hash: Vec<u8>,
    pub address: String,
}

impl Command for Touch {
    fn name(&self) -> &'static str {
        "touch"
    }
    fn keeps_receipt(&self) -> bool {
        false
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Credential>((self.hash.clone(),));
    }
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        let now = changes.stamp();
        let Some(known) = world.get::<Credential>(&(self.hash.clone(),)) else { return Ok(changes) };
        if known.is_live_at(now) && now >= known.seen_us.plus(TOUCH_SECONDS * Stamp::SECOND) {
            let address: String = self.address.chars().take(LABEL_BYTES_MAX / 4).collect();
            changes.put(Credential { seen_us: now, address, ..known.clone() });
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.hash);
    }
}
