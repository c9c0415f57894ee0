//! What is one member's own.

use domain::limits::PRIVATE_ROWS_MAX;
use domain::{AccountId, By, Epoch, Private, PrivateItem, WorkspaceId};
use reading::entry::{self, Entry};
use reading::mine::{self, Marks, VERSIONS_MAX};
use store::{Answer, Freshness, NotDone, Query, Seen, StoreError};

use crate::Service;
use crate::reads::{corrupt, unseen};

/// Statements of one look at versions.
const VERSIONS_TOGETHER: usize = 20;

/// What is newer than a version, marks too; without one, all rows.
pub(crate) fn newer(by: By, since: Option<u64>) -> Vec<Query> {
    let mut queries = vec![mine::since(by, since.unwrap_or(0), PRIVATE_ROWS_MAX)];
    if let Some(version) = since {
        queries.extend(mine::marks(by, version, None));
    }
    queries
}

/// Private rows newer than a version, and where that leaves their owner.
#[derive(Debug)]
pub struct Kept {
    /// Everything up to here has been told.
    pub version: u64,
    /// Those removed among them; not when everything was asked for.
    pub rows: Vec<Private>,
    /// How far they have read and what they follow, where that is newer; not when everything was asked for, since it
    /// stands with the channels then.
    pub marks: Vec<PrivateItem>,
    /// Ask on from `version`.
    pub more: bool,
}

impl Service {
    /// My rows, or those newer than a version of a history. From the primary: a private write moves no position that
    /// a replica could be held to.
    pub async fn mine(&self, by: By, since: Option<(Epoch, u64)>) -> Result<Seen<Kept>, NotDone> {
        let version = since.map(|(_, version)| version);
        let queries = [vec![entry::query(by)], newer(by, version)].concat();
        let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
        if since.is_some_and(|(epoch, _)| epoch != seen.epoch) {
            return Err(unseen(StoreError::OtherEpoch));
        }
        let entry = Entry::of(by, &seen.value[0]).map_err(corrupt)?;
        let value = self.newer_of(by, version, entry.member()?.private, &seen.value[1..]).await?;
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// What the answers to `newer` tell, read in one snapshot with the newest version.
    pub(crate) async fn newer_of(
        &self,
        by: By,
        since: Option<u64>,
        newest: u64,
        answers: &[Answer],
    ) -> Result<Kept, NotDone> {
        let [rows, marks @ ..] = answers else { return Err(NotDone::Failed("an answer is missing".into())) };
        let version = since.unwrap_or(0);
        let mut rows = mine::since_in(rows).map_err(corrupt)?;
        let more = rows.len() >= PRIVATE_ROWS_MAX as usize;
        let told = rows.last().map_or(newest, |row| row.version);
        if version == 0 {
            rows.retain(|row| row.value.is_some());
        }
        let marks = if marks.is_empty() { Vec::new() } else { self.marks(by, version, marks).await? };
        Ok(Kept { version: if more { told } else { newest }, rows, marks, more })
    }

    /// The first of them were read with the version; those read after it may be newer, and come again.
    async fn marks(&self, by: By, version: u64, first: &[Answer]) -> Result<Vec<PrivateItem>, NotDone> {
        let Marks { mut items, mut more } = mine::marks_in(first).map_err(corrupt)?;
        while let Some(after) = more {
            let queries = mine::marks(by, version, Some(after));
            let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
            let page = mine::marks_in(&seen.value).map_err(corrupt)?;
            items.extend(page.items);
            more = page.more;
        }
        Ok(items)
    }

    /// How new each one's private rows are, for whoever told them of some: a private write moves no position that would
    /// show a lost one.
    pub async fn private_versions(
        &self,
        workspace: WorkspaceId,
        accounts: &[AccountId],
    ) -> Result<Vec<(AccountId, u64)>, NotDone> {
        let mut versions = Vec::with_capacity(accounts.len());
        for some in accounts.chunks(VERSIONS_MAX * VERSIONS_TOGETHER) {
            let queries: Vec<_> =
                some.chunks(VERSIONS_MAX).map(|some| mine::versions(workspace, some)).collect();
            let seen = self.look(workspace, Freshness::Newest, &queries).await?;
            for answer in &seen.value {
                versions.extend(mine::versions_in(answer).map_err(corrupt)?);
            }
        }
        Ok(versions)
    }
}
