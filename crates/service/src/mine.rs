//! What is one member's own.

use domain::limits::PRIVATE_ROWS_MAX;
use domain::{By, Epoch, Private};
use reading::entry::{self, Entry};
use reading::mine;
use store::{Freshness, NotDone, Seen, StoreError};

use crate::Service;
use crate::reads::{corrupt, unseen};

/// Private rows newer than a version, and where that leaves their owner.
#[derive(Debug)]
pub struct Kept {
    /// Everything up to here has been told.
    pub version: u64,
    /// Those removed among them; not when everything was asked for.
    pub rows: Vec<Private>,
    /// Ask on from `version`.
    pub more: bool,
}

impl Service {
    /// My rows, or those newer than a version of a history. From the primary: a private write moves no position that
    /// a replica could be held to.
    pub async fn mine(&self, by: By, since: Option<(Epoch, u64)>) -> Result<Seen<Kept>, NotDone> {
        let version = since.map_or(0, |(_, version)| version);
        let queries = [entry::query(by), mine::since(by, version, PRIVATE_ROWS_MAX)];
        let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
        if since.is_some_and(|(epoch, _)| epoch != seen.epoch) {
            return Err(unseen(StoreError::OtherEpoch));
        }
        let entry = Entry::of(by, &seen.value[0]).map_err(corrupt)?;
        let member = entry.member()?;
        let mut rows = mine::since_in(&seen.value[1]).map_err(corrupt)?;
        let more = rows.len() >= PRIVATE_ROWS_MAX as usize;
        let told = rows.last().map_or(member.private, |row| row.version);
        if version == 0 {
            rows.retain(|row| row.value.is_some());
        }
        let version = if more { told } else { member.private };
        Ok(Seen { epoch: seen.epoch, position: seen.position, value: Kept { version, rows, more } })
    }
}
