//! The workspaces of an account, and what one shows of itself to its members.

use domain::{AccountKind, By, Code, Key, Member, Refusal, WorkspaceId, WorkspaceSelf};
use futures_util::future::try_join_all;
use reading::workspaces::{self, Waiting};
use reading::{directory, membership};
use store::{Freshness, NotDone, Query, Seen};

use crate::reads::corrupt;
use crate::{NewWorkspace, Service, Who};

/// A workspace and the member who looks at it.
#[derive(Debug, Clone)]
pub struct Home {
    pub slug: String,
    pub itself: WorkspaceSelf,
    pub member: Member,
}

/// One of somebody's workspaces, as the rail shows it.
#[derive(Debug, Clone)]
pub struct Room {
    pub home: Home,
    /// None where they must sign in again to enter it.
    pub waiting: Option<Waiting>,
}

/// Workspaces looked into at once for one list.
const LOOKS_MAX: usize = 8;

impl Service {
    /// After one of them, in the order of their ids; a bot's token knows its own alone. Gives where to go on.
    pub async fn workspaces(
        &self,
        who: &Who,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<(Vec<Room>, Option<WorkspaceId>), NotDone> {
        let after = after.unwrap_or(WorkspaceId::INSTALLATION);
        let query = workspaces::placed(who.account, after, limit + 1);
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &[query]).await?;
        let mut placed = workspaces::placed_in(&seen.value[0]).map_err(corrupt)?;
        let more = placed.len() > limit as usize;
        placed.truncate(limit as usize);
        let next = placed.last().map(|(last, _)| *last).filter(|_| more);
        placed.retain(|(workspace, _)| who.workspace.is_none_or(|bound| bound == *workspace));
        let mut rooms = Vec::with_capacity(placed.len());
        for some in placed.chunks(LOOKS_MAX) {
            let looks = some.iter().map(|(workspace, slug)| self.room(who.in_(*workspace), slug));
            rooms.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok((rooms, next))
    }

    /// None where the directory is behind, and they are no member any more.
    async fn room(&self, by: By, slug: &str) -> Result<Option<Room>, NotDone> {
        let mut queries = vec![membership::query(by.workspace, by.account)];
        queries.extend(workspaces::waiting(by.workspace, by.account));
        let seen = match self.look(by.workspace, Freshness::MayLag, &queries).await {
            Err(NotDone::Refused(Refusal { code: Code::NotFound, .. })) => return Ok(None),
            seen => seen?,
        };
        let lets_in = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        let anyhow =
            membership::Rows::of(By::new(by.workspace, by.account), &seen.value[0]).map_err(corrupt)?;
        let Ok(member) = anyhow.member() else { return Ok(None) };
        let home = Home { slug: slug.to_owned(), itself: anyhow.itself()?.clone(), member: member.clone() };
        let waiting = match lets_in.member() {
            Ok(_) => Some(Waiting::of(&seen.value[1..]).map_err(corrupt)?),
            Err(_) => None,
        };
        Ok(Some(Room { home, waiting }))
    }

    /// A workspace, for its members.
    pub async fn workspace(&self, by: By, fresh: Freshness) -> Result<Seen<Home>, NotDone> {
        let address = [workspaces::address(by.workspace)];
        let placed = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &address).await?;
        let place = workspaces::placed_in(&placed.value[0]).map_err(corrupt)?.pop();
        let (_, slug) = place.ok_or_else(|| Refusal::not_found("workspace"))?;
        let seen = self.look(by.workspace, fresh, &[membership::query(by.workspace, by.account)]).await?;
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        let home = Home { slug, member: rows.member()?.clone(), itself: rows.itself()?.clone() };
        Ok(Seen { epoch: seen.epoch, position: seen.position, value: home })
    }

    /// One more, owned by a person who has an account, under the name their account has.
    pub async fn open_workspace(
        &self,
        who: &Who,
        key: Key,
        name: String,
        slug: Option<String>,
    ) -> Result<Seen<Home>, NotDone> {
        let query: Query = directory::account(who.account);
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &[query]).await?;
        let account = directory::account_in(&seen.value[0]).map_err(corrupt)?;
        let account = account.ok_or_else(|| Refusal::not_found("account"))?;
        if account.kind == AccountKind::Bot || who.workspace.is_some() {
            let words = "a bot lives in its workspace and opens no other";
            return Err(Refusal::not_allowed("person", words).into());
        }
        let new = NewWorkspace { name, slug, owner: account.id, owner_name: account.name };
        let (making, done) = self.create_workspace(key, new).await?;
        let fresh = Freshness::AtLeast(done.epoch, done.position);
        self.workspace(who.in_(making.workspace), fresh).await
    }
}
