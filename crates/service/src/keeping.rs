//! What those who look after a workspace read of it: its invitations, and what was done.

use std::collections::BTreeSet;

use domain::rights::{Right, admin};
use domain::{AccountId, Audit, By, Invitation, Key, Member, Position};
use reading::{keeping, membership};
use store::{Freshness, NotDone, Query, Seen};

use crate::Service;
use crate::reads::corrupt;

/// A page of something, newest first, and the people it names.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    pub items: Vec<T>,
    pub more: bool,
    pub people: Vec<Member>,
}

impl Service {
    /// For who may invite.
    pub async fn invitations(
        &self,
        by: By,
        fresh: Freshness,
        before: Option<Key>,
        limit: u32,
    ) -> Result<Seen<Kept<Invitation>>, NotDone> {
        let query = keeping::invitations(by.workspace, before, limit + 1);
        let (rows, seen) = self.look_after(by, fresh, query).await?;
        Right::Invite.required(rows.member()?, &rows.itself()?.settings.0)?;
        let items = keeping::invitations_in(&seen.value).map_err(corrupt)?;
        self.kept(by, seen, items, limit, |invitation| Some(invitation.maker)).await
    }

    /// For owners and admins.
    pub async fn audit(
        &self,
        by: By,
        fresh: Freshness,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Seen<Kept<Audit>>, NotDone> {
        let query = keeping::audit(by.workspace, before, limit + 1);
        let (rows, seen) = self.look_after(by, fresh, query).await?;
        admin(rows.member()?)?;
        let items = keeping::audit_in(&seen.value).map_err(corrupt)?;
        self.kept(by, seen, items, limit, |row| row.actor).await
    }

    async fn look_after(
        &self,
        by: By,
        fresh: Freshness,
        query: Query,
    ) -> Result<(membership::Rows, Seen<store::Answer>), NotDone> {
        let mut seen =
            self.look(by.workspace, fresh, &[membership::query(by.workspace, by.account), query]).await?;
        let answer = seen.value.pop().unwrap_or_default();
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        Ok((rows, Seen { epoch: seen.epoch, position: seen.position, value: answer }))
    }

    async fn kept<T>(
        &self,
        by: By,
        seen: Seen<store::Answer>,
        mut items: Vec<T>,
        limit: u32,
        names: impl Fn(&T) -> Option<AccountId>,
    ) -> Result<Seen<Kept<T>>, NotDone> {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let named: BTreeSet<AccountId> = items.iter().filter_map(names).collect();
        let Seen { epoch, position, .. } = seen;
        let people = self.people(by.workspace, (epoch, position), named).await?;
        Ok(Seen { epoch, position, value: Kept { items, more, people } })
    }
}
