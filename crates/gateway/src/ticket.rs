//! A resume ticket: the way back in without asking the directory, for a quarter of an hour.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use protocol::{AccountId, Key, Stamp, WorkspaceId};
use service::{CredentialKind, Service, Who};

const GOOD_US: i64 = 15 * Stamp::MINUTE;
/// So near to an end nothing is believed without asking: clocks of nodes differ, and who was recognised lately is recognised for
/// a moment longer.
const NEAR_US: i64 = 5 * Stamp::SECOND;
/// Account, credential, workspace, when the session began, when it was last known to be good.
const BODY_BYTES: usize = 16 * 3 + 8 * 2;
const SEAL_BYTES: usize = 16;

#[derive(Clone)]
pub(crate) struct Tickets {
    service: Service,
    ends: Arc<Mutex<Ends>>,
}

/// Whom a ticket names.
pub(crate) struct Named {
    pub who: Who,
    /// Whether an end was missed is not known: the directory is asked once.
    pub is_old: bool,
}

/// What this process heard of sessions that ended.
#[derive(Default)]
struct Ends {
    /// Accounts whose sessions ended lately: what was made before is void.
    ended: HashMap<AccountId, Stamp>,
    /// Since when every end is heard; what was made before may have ended unheard.
    heard_from: Option<Stamp>,
}

/// What a ticket of some moment is worth.
#[derive(Debug, PartialEq, Eq)]
enum Worth {
    Good,
    Old,
    Void,
}

impl Ends {
    /// Made by any node, by its own clock.
    fn judge(&self, account: AccountId, made: Stamp) -> Worth {
        let ended = self.ended.get(&account);
        let is_near = |at: &Stamp| made <= at.plus(NEAR_US);
        if ended.is_some_and(|ended| made <= *ended) {
            Worth::Void
        } else if ended.is_some_and(is_near) || self.heard_from.as_ref().is_none_or(is_near) {
            Worth::Old
        } else {
            Worth::Good
        }
    }

    fn may_have_ended(&self, account: AccountId, known: Stamp) -> bool {
        let ended = self.ended.get(&account).is_some_and(|ended| known <= ended.plus(NEAR_US));
        ended || self.heard_from.is_none_or(|from| known <= from)
    }

    /// Kept as long as a ticket that was made before, or by a clock ahead of this one, could open anything.
    fn end(&mut self, account: AccountId, now: Stamp) {
        self.ended.retain(|_, at| now < at.plus(GOOD_US + NEAR_US));
        let at = self.ended.entry(account).or_insert(now);
        *at = now.max(*at);
    }
}

impl Tickets {
    pub fn new(service: Service) -> Self {
        Self { service, ends: Arc::default() }
    }

    /// For who was known to be good then. Only for sessions: a token comes with every hello. Empty for those.
    pub fn write(&self, who: &Who, workspace: WorkspaceId, known: Stamp) -> String {
        if who.kind != CredentialKind::Session {
            return String::new();
        }
        let mut ticket = Vec::with_capacity(BODY_BYTES + SEAL_BYTES);
        ticket.extend_from_slice(who.account.bytes());
        ticket.extend_from_slice(&who.credential.0);
        ticket.extend_from_slice(workspace.bytes());
        ticket.extend_from_slice(&who.signed_us.0.to_be_bytes());
        ticket.extend_from_slice(&known.0.to_be_bytes());
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
        if place != workspace || !is_in_time(made, now) {
            return None;
        }
        let worth = self.ends.lock().judge(account, made);
        let who = Who::by_ticket(account, credential, signed_us);
        (worth != Worth::Void).then(|| Named { who, is_old: worth == Worth::Old })
    }

    /// Whether a session of somebody who was known to be good then may have ended since, unheard by who read that.
    pub fn may_have_ended(&self, account: AccountId, known: Stamp) -> bool {
        self.ends.lock().may_have_ended(account, known)
    }

    /// From now on every end is heard.
    pub fn hear_from(&self, now: Stamp) {
        self.ends.lock().heard_from.get_or_insert(now);
    }

    /// Ends were missed: again they are heard from now on.
    pub fn missed(&self, now: Stamp) {
        self.ends.lock().heard_from = Some(now);
    }

    pub fn end(&self, account: AccountId, now: Stamp) {
        self.ends.lock().end(account, now);
    }
}

/// Who made it may have a clock ahead of ours.
fn is_in_time(made: Stamp, now: Stamp) -> bool {
    made <= now.plus(NEAR_US) && now < made.plus(GOOD_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Stamp = Stamp(1_000 * Stamp::SECOND);

    fn after(seconds: i64) -> Stamp {
        BEGAN.plus(seconds * Stamp::SECOND)
    }
    fn account(number: u8) -> AccountId {
        AccountId::new(Key::new(Stamp(0), [number; 10]))
    }
    fn heard() -> Ends {
        Ends { heard_from: Some(BEGAN), ..Ends::default() }
    }

    #[test]
    fn soon_after_an_end_the_directory_is_asked_since_clocks_differ() {
        let mut ends = heard();
        ends.end(account(1), after(60));
        let worth = [59, 60, 61, 65, 66].map(|at| ends.judge(account(1), after(at)));
        assert_eq!(worth, [Worth::Void, Worth::Void, Worth::Old, Worth::Old, Worth::Good]);
        assert_eq!(ends.judge(account(2), after(61)), Worth::Good, "nobody else's");
        ends.end(account(1), after(59));
        assert_eq!(
            ends.judge(account(1), after(60)),
            Worth::Void,
            "a clock that was set back takes nothing back"
        );
    }

    #[test]
    fn what_may_be_from_before_ends_were_heard_is_old() {
        assert_eq!(Ends::default().judge(account(1), BEGAN), Worth::Old);
        let worth = [0, 5, 6].map(|at| heard().judge(account(1), after(at)));
        assert_eq!(worth, [Worth::Old, Worth::Old, Worth::Good]);
    }

    #[test]
    fn an_end_is_kept_for_as_long_as_a_ticket_made_before_it_by_a_clock_ahead() {
        let mut ends = heard();
        ends.end(account(1), after(60));
        let quarter = GOOD_US / Stamp::SECOND;
        assert!(is_in_time(after(65), after(60)), "a ticket of a node whose clock goes ahead");
        assert!(!is_in_time(after(66), after(60)));
        assert!(is_in_time(after(65), after(64 + quarter)) && !is_in_time(after(65), after(65 + quarter)));
        ends.end(account(2), after(64 + quarter));
        assert_eq!(ends.judge(account(1), after(65)), Worth::Old);
        ends.end(account(2), after(65 + quarter));
        assert!(!ends.ended.contains_key(&account(1)));
    }

    #[test]
    fn who_was_known_before_an_end_was_heard_may_have_ended() {
        let mut ends = heard();
        assert!(!ends.may_have_ended(account(1), after(1)), "nothing was heard");
        ends.end(account(1), after(60));
        assert!(ends.may_have_ended(account(1), after(59)));
        assert!(ends.may_have_ended(account(1), after(62)), "by what was remembered a moment longer");
        assert!(!ends.may_have_ended(account(1), after(66)));
        assert!(!ends.may_have_ended(account(2), after(59)));
        ends.heard_from = Some(after(70));
        assert!(ends.may_have_ended(account(2), after(69)), "ends were missed");
        assert!(!ends.may_have_ended(account(2), after(71)));
    }
}
