//! A socket comes in: who it is here, and where they sit.

use domain::{
    AccountId, By, ChannelId, CredentialKind, Epoch, Key, Member, Position, Right, Role, Stamp, WorkspaceId,
    WorkspaceSelf,
};
use reading::{changed, entering, membership};
use store::{Answer, Freshness, NotDone, Query, Seen};

use crate::Service;
use crate::changed::{Away, Changed};
use crate::door::Who;
use crate::mine::{Kept, newer};
use crate::reads::corrupt;
use crate::scopes::Scopes;

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

/// Answers before those to what else is asked.
const WHO: usize = 2;

fn who(by: By) -> Vec<Query> {
    vec![membership::query(by.workspace, by.account), entering::seats(by)]
}

impl Service {
    pub async fn enter(&self, by: By, waiting: &[Key]) -> Result<Entered, NotDone> {
        let asked = [who(by), entering::receipts(by, waiting)].concat();
        let seen = self.look(by.workspace, Freshness::Newest, &asked).await?;
        let (entered, ..) = entered(by, &seen, &seen.value[WHO..])?;
        Ok(entered)
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
    let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
    let (member, itself) = (rows.member()?, rows.itself()?);
    let seats = entering::seats_in(&seen.value[1]).map_err(corrupt)?;
    let entered = Entered {
        epoch: seen.epoch,
        position: seen.position,
        role: member.role,
        may_invite: Right::Invite.held_by(member, &itself.settings.0),
        private: member.private,
        seats: seats.iter().map(|seat| (seat.channel, seat.since)).collect(),
        happened: entering::receipts_in(receipts).map_err(corrupt)?,
    };
    Ok((entered, member.clone(), itself.clone()))
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
        }
    }
}

impl Service {
    /// Whether what somebody came in with still opens the door.
    pub async fn still_opens(&self, who: &Who) -> Result<bool, NotDone> {
        let asked = [entering::opened(who.credential)];
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &asked).await?;
        let known = entering::opened_in(&seen.value[0]).map_err(corrupt)?;
        let now = self.now();
        Ok(known.is_some_and(|known| known.account == who.account && known.is_live_at(now)))
    }
}
