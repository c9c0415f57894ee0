//! A socket comes in: who it is here, and where they sit.

use std::collections::{BTreeSet, HashMap};

use domain::{
    AccountId, By, ChannelId, Credential, CredentialKind, Epoch, Key, Member, Position, Right, Role, Stamp,
    WorkspaceId, WorkspaceSelf,
};
use reading::membership::{self, Rows};
use reading::{changed, entering, events, people};
use store::{Answer, Freshness, NotDone, Query, Seen};

use crate::Service;
use crate::changed::{Away, Changed};
use crate::door::Who;
use crate::mine::{Kept, newer};
use crate::reads::corrupt;
use crate::scopes::Scopes;
use crate::together::Together;

/// Somebody at a moment of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    pub epoch: Epoch,
    pub position: Position,
    pub role: Role,
    pub may_invite: bool,
    /// The version of their private rows.
    pub private: u64,
    /// Channels, each with the position from which on its events are theirs.
    pub seats: Vec<(ChannelId, Position)>,
    /// Which of the commands they wait for happened, and what it answered.
    pub happened: Vec<(Key, Position, String)>,
}

/// Where somebody was: of the journal, and of their own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Was {
    pub at: Option<(Epoch, Position)>,
    pub private: Option<(Epoch, u64)>,
}

/// Somebody who comes in, and what brings them level from the state, all of one moment. What they asked for since a place
/// that moment knows nothing of is not there.
#[derive(Debug)]
pub struct Arrived {
    pub entered: Entered,
    pub moved: Option<Changed>,
    pub kept: Option<Kept>,
}

/// Who comes in, and which of their commands they wait for.
type Entrant = (By, Vec<Key>);
pub(crate) type Entrants = Together<WorkspaceId, Entrant, Result<Entered, NotDone>>;
/// By the ids of what they came in with.
pub(crate) type Returning = Together<(), Key, Option<Credential>>;

/// Answers before those to what else is asked.
const WHO: usize = 2;

fn who(by: By) -> Vec<Query> {
    vec![membership::query(by.workspace, by.account), entering::seats(by)]
}

impl Service {
    /// Many who come at once are looked up together: a node that dies sends everybody on it to the next one.
    pub async fn enter(&self, by: By, waiting: &[Key]) -> Result<Entered, NotDone> {
        let service = self.clone();
        let read = move |entrants| service.clone().enter_together(by.workspace, entrants);
        self.entrants.ask(by.workspace, (by, waiting.to_vec()), read).await?
    }

    async fn enter_together(
        self,
        workspace: WorkspaceId,
        entrants: Vec<Entrant>,
    ) -> Result<Vec<Result<Entered, NotDone>>, NotDone> {
        if let [(by, waiting)] = entrants.as_slice() {
            let asked = [who(*by), entering::receipts(*by, waiting)].concat();
            let seen = self.look(workspace, Freshness::Newest, &asked).await?;
            return Ok(vec![entered(*by, &seen, &seen.value[WHO..]).map(|(entered, ..)| entered)]);
        }
        let accounts: BTreeSet<_> = entrants.iter().map(|(by, _)| by.account).collect();
        let accounts: Vec<_> = accounts.into_iter().collect();
        let (named, seats) = (people::named(workspace, &accounts), entering::seats_of(workspace, &accounts));
        let receipts: Vec<_> =
            entrants.iter().map(|(by, waiting)| entering::receipts(*by, waiting)).collect();
        let ends = [1, 1 + named.len(), 1 + named.len() + seats.len()];
        let asked = [vec![events::itself(workspace)], named, seats, receipts.concat()].concat();
        let seen = self.look(workspace, Freshness::Newest, &asked).await?;
        let itself = changed::itself_in(&seen.value[0]).map_err(corrupt)?;
        let members = people::named_in(&seen.value[ends[0]..ends[1]]).map_err(corrupt)?;
        let members: HashMap<_, _> = members.into_iter().map(|member| (member.account, member)).collect();
        let mut sitting: HashMap<_, Vec<_>> = HashMap::new();
        for answer in &seen.value[ends[1]..ends[2]] {
            for seat in entering::seats_in(answer).map_err(corrupt)? {
                sitting.entry(seat.account).or_default().push((seat.channel, seat.since));
            }
        }
        let mut answers = &seen.value[ends[2]..];
        let one = |((by, _), receipts): (&Entrant, Vec<Query>)| {
            let own;
            (own, answers) = answers.split_at(receipts.len());
            let rows = Rows::together(*by, members.get(&by.account).cloned(), itself.clone());
            let seats = sitting.get(&by.account).cloned().unwrap_or_default();
            entered_as(&rows, (seen.epoch, seen.position), seats, own)
        };
        Ok(entrants.iter().zip(receipts).map(one).collect())
    }

    /// The same with all they missed, in one look.
    pub async fn arrive(&self, by: By, waiting: &[Key], was: Was) -> Result<Arrived, NotDone> {
        let away = Away { since: was.at, after: None };
        let version = was.private.map(|(_, version)| version);
        let (moved, own) = (changed::lists(by, away.asked()), newer(by, version));
        let (lists, kept) = (WHO + moved.len(), WHO + moved.len() + own.len());
        let asked = [who(by), moved, own, entering::receipts(by, waiting)].concat();
        let seen = self.look(by.workspace, Freshness::Newest, &asked).await?;
        let (entered, member, itself) = entered(by, &seen, &seen.value[kept..])?;
        let moved = match was.at {
            Some((epoch, position)) if epoch != seen.epoch || position > seen.position => None,
            _ => Some(self.moved(by, away, (member, Some(itself)), &seen.value[WHO..lists]).await?),
        };
        let kept = match was.private {
            Some((epoch, _)) if epoch != seen.epoch => None,
            _ => Some(self.newer_of(by, version, entered.private, &seen.value[lists..kept]).await?),
        };
        Ok(Arrived { entered, moved, kept })
    }
}

fn entered(
    by: By,
    seen: &Seen<Vec<Answer>>,
    receipts: &[Answer],
) -> Result<(Entered, Member, WorkspaceSelf), NotDone> {
    let rows = Rows::of(by, &seen.value[0]).map_err(corrupt)?;
    let seats = entering::seats_in(&seen.value[1]).map_err(corrupt)?;
    let seats = seats.iter().map(|seat| (seat.channel, seat.since)).collect();
    let entered = entered_as(&rows, (seen.epoch, seen.position), seats, receipts)?;
    Ok((entered, rows.member()?.clone(), rows.itself()?.clone()))
}

fn entered_as(
    rows: &Rows,
    (epoch, position): (Epoch, Position),
    seats: Vec<(ChannelId, Position)>,
    receipts: &[Answer],
) -> Result<Entered, NotDone> {
    let (member, itself) = (rows.member()?, rows.itself()?);
    Ok(Entered {
        epoch,
        position,
        role: member.role,
        may_invite: Right::Invite.held_by(member, &itself.settings.0),
        private: member.private,
        seats,
        happened: entering::receipts_in(receipts).map_err(corrupt)?,
    })
}

impl Who {
    /// As a ticket of ours says, which was written for this session.
    pub fn by_ticket(account: AccountId, credential: Key, signed_us: Stamp) -> Self {
        Self {
            account,
            credential,
            kind: CredentialKind::Session,
            workspace: None,
            scopes: Scopes::ALL,
            operator: false,
            signed_us,
            // A session ends by being ended or idle.
            expires_us: None,
        }
    }
}

impl Service {
    /// Whether what somebody came in with still opens the door. Many who ask at once are looked up together: to a node that
    /// was just started every ticket is an old one.
    pub async fn still_opens(&self, who: &Who) -> Result<bool, NotDone> {
        let service = self.clone();
        let read = |credentials| service.known_together(credentials);
        let known = self.returning.ask((), who.credential, read).await?;
        let now = self.now();
        Ok(known.is_some_and(|known| known.account == who.account && known.is_live_at(now)))
    }

    async fn known_together(self, credentials: Vec<Key>) -> Result<Vec<Option<Credential>>, NotDone> {
        let asked = entering::opened(&credentials);
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &asked).await?;
        let mut known = HashMap::new();
        for answer in &seen.value {
            let found = entering::opened_in(answer).map_err(corrupt)?;
            known.extend(found.into_iter().map(|found| (found.id, found)));
        }
        Ok(credentials.iter().map(|credential| known.get(credential).cloned()).collect())
    }
}
