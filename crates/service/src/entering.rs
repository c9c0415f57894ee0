//! A socket comes in: who it is here, and where they sit.

use domain::{
    AccountId, By, ChannelId, CredentialKind, Epoch, Key, Position, Right, Role, Stamp, WorkspaceId,
};
use reading::{entering, membership};
use store::{Freshness, NotDone};

use crate::Service;
use crate::door::Who;
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

impl Service {
    pub async fn enter(&self, by: By, waiting: &[Key]) -> Result<Entered, NotDone> {
        let mut asked = vec![membership::query(by.workspace, by.account), entering::seats(by)];
        asked.extend(entering::receipts(by, waiting));
        let seen = self.look(by.workspace, Freshness::Newest, &asked).await?;
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        let (member, itself) = (rows.member()?, rows.itself()?);
        let seats = entering::seats_in(&seen.value[1]).map_err(corrupt)?;
        Ok(Entered {
            epoch: seen.epoch,
            position: seen.position,
            role: member.role,
            may_invite: Right::Invite.held_by(member, &itself.settings.0),
            private: member.private,
            seats: seats.iter().map(|seat| (seat.channel, seat.since)).collect(),
            happened: entering::receipts_in(&seen.value[2..]).map_err(corrupt)?,
        })
    }
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
