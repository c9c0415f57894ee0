//! What moved while somebody was away; without a position, all that is theirs.

use domain::changed::Part;
use domain::{By, ChannelId, Epoch, Member, Position, Role, WorkspaceSelf};
use reading::changed::{self, Asked};
use reading::entry::Entry;
use store::{Answer, Freshness, NotDone, Seen};

use crate::Service;
use crate::reads::corrupt;

/// Where somebody was, and which part of the answer they ask for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Away {
    pub since: Option<(Epoch, Position)>,
    /// The moment of the first part, and the last channel of the part before.
    pub after: Option<(Epoch, Position, ChannelId)>,
}

/// One part.
#[derive(Debug)]
pub struct Changed {
    /// Where it is newer.
    pub workspace: Option<WorkspaceSelf>,
    pub part: Part,
}

impl Away {
    pub(crate) fn asked(&self) -> Asked {
        let since = self.since.map(|(_, position)| position);
        Asked { since, after: self.after.map(|(_, _, channel)| channel) }
    }

    /// No part is older than the first, and none of another history.
    fn fresh(&self, fresh: Freshness) -> Freshness {
        match (self.after, self.since) {
            (Some((epoch, position, _)), _) | (None, Some((epoch, position))) => match fresh {
                Freshness::AtLeast(same, asked) if same == epoch => {
                    Freshness::AtLeast(epoch, asked.max(position))
                }
                _ => Freshness::AtLeast(epoch, position),
            },
            (None, None) => fresh,
        }
    }
}

impl Service {
    /// Read in one snapshot. All parts answer with the moment of the first: what moved in between comes again as an
    /// event, or the next time.
    pub async fn changed(&self, by: By, fresh: Freshness, away: Away) -> Result<Seen<Changed>, NotDone> {
        let queries = changed::queries(by, away.asked());
        let seen = self.look(by.workspace, away.fresh(fresh), &queries).await?;
        let [entry, itself, lists @ ..] = &seen.value[..] else {
            return Err(NotDone::Failed("an answer is missing".into()));
        };
        let me = Entry::of(by, entry).map_err(corrupt)?.member()?.clone();
        let itself = changed::itself_in(itself).map_err(corrupt)?;
        let value = self.moved(by, away, (me, itself), lists).await?;
        let position = away.after.map_or(seen.position, |(_, first, _)| first);
        Ok(Seen { epoch: seen.epoch, position, value })
    }

    /// What the answers to the lists tell a member, read in one snapshot with them and their workspace.
    pub(crate) async fn moved(
        &self,
        by: By,
        away: Away,
        (me, itself): (Member, Option<WorkspaceSelf>),
        lists: &[Answer],
    ) -> Result<Changed, NotDone> {
        let since = away.since.map(|(_, position)| position);
        let rows = changed::rows_in(lists).map_err(corrupt)?;
        let mut part = rows.found.part(since);
        let newer = |changed: Position| since.is_none_or(|since| changed > since);
        let mut workspace = None;
        if away.after.is_none() {
            workspace = itself.filter(|itself| newer(itself.changed));
            part.left.extend(rows.hidden);
            if newer(me.changed) {
                part.left.extend(self.lost_as_guest(by, &me, &away).await?);
                part.people.push(me);
            }
        }
        part.left.sort_unstable();
        part.left.dedup();
        Ok(Changed { workspace, part })
    }

    /// Made a guest, one sees only where one sits.
    async fn lost_as_guest(&self, by: By, me: &Member, away: &Away) -> Result<Vec<ChannelId>, NotDone> {
        if me.role != Role::Guest || away.since.is_none() {
            return Ok(Vec::new());
        }
        let seen = self.look(by.workspace, Freshness::Newest, &[changed::without_seat(by)]).await?;
        changed::ids_in(&seen.value[0]).map_err(corrupt)
    }
}
