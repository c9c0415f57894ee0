//! A resume ticket: the way back in without asking the directory, for a quarter of an hour.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use protocol::{AccountId, Key, Stamp, WorkspaceId};
use service::{CredentialKind, Service, Who};

const GOOD_US: i64 = 15 * Stamp::MINUTE;
/// Account, credential, workspace, when the session began, when the ticket was made.
const BODY_BYTES: usize = 16 * 3 + 8 * 2;
const SEAL_BYTES: usize = 16;

#[derive(Clone)]
pub(crate) struct Tickets {
    service: Service,
    /// Accounts whose sessions ended lately: what was made before is void.
    ended: Arc<Mutex<HashMap<AccountId, Stamp>>>,
    /// Since when this process hears of ends; what was made before may have ended unheard.
    heard_from: Arc<Mutex<Option<Stamp>>>,
}

/// Whom a ticket names.
pub(crate) struct Named {
    pub who: Who,
    /// Made before this process heard of ends: the directory is asked once.
    pub is_old: bool,
}

impl Tickets {
    pub fn new(service: Service) -> Self {
        Self { service, ended: Arc::default(), heard_from: Arc::default() }
    }

    /// Only for sessions: a token comes with every hello. Empty for those.
    pub fn write(&self, who: &Who, workspace: WorkspaceId, now: Stamp) -> String {
        if who.kind != CredentialKind::Session {
            return String::new();
        }
        let mut ticket = Vec::with_capacity(BODY_BYTES + SEAL_BYTES);
        ticket.extend_from_slice(who.account.bytes());
        ticket.extend_from_slice(&who.credential.0);
        ticket.extend_from_slice(workspace.bytes());
        ticket.extend_from_slice(&who.signed_us.0.to_be_bytes());
        ticket.extend_from_slice(&now.0.to_be_bytes());
        ticket.extend_from_slice(&self.seal(&ticket));
        BASE64_URL_SAFE_NO_PAD.encode(ticket)
    }

    fn seal(&self, body: &[u8]) -> [u8; SEAL_BYTES] {
        let seal = self.service.places().directory().derive("ticket", &[body]);
        std::array::from_fn(|at| seal[at])
    }

    pub fn read(&self, ticket: &str, workspace: WorkspaceId, now: Stamp) -> Option<Named> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(ticket).ok()?;
        let (body, seal) = bytes.split_at_checked(BODY_BYTES)?;
        // Every byte is looked at, whatever the first ones are.
        let wrong = self.seal(body).iter().zip(seal).fold(0, |wrong, (ours, theirs)| wrong | (ours ^ theirs));
        if wrong != 0 || seal.len() != SEAL_BYTES {
            return None;
        }
        let part = |at: usize| body.get(at..at + 16)?.try_into().ok();
        let number = |at: usize| Some(i64::from_be_bytes(body.get(at..at + 8)?.try_into().ok()?));
        let account = AccountId::from_bytes(part(0)?).ok()?;
        let (credential, place) = (Key(part(16)?), WorkspaceId::from_bytes(part(32)?).ok()?);
        let (signed_us, made) = (Stamp(number(48)?), Stamp(number(56)?));
        let fits = place == workspace && made <= now && now < made.plus(GOOD_US);
        let ended = self.ended.lock().get(&account).is_some_and(|ended| made <= *ended);
        let is_old = self.heard_from.lock().is_none_or(|from| made <= from);
        (fits && !ended).then(|| Named { who: Who::by_ticket(account, credential, signed_us), is_old })
    }

    /// From now on every end is heard.
    pub fn hear_from(&self, now: Stamp) {
        self.heard_from.lock().get_or_insert(now);
    }

    pub fn end(&self, account: AccountId, now: Stamp) {
        let mut ended = self.ended.lock();
        ended.retain(|_, at| now < at.plus(GOOD_US));
        ended.insert(account, now);
    }
}
