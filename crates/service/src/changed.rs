//! What moved while somebody was away; without a position, all that is theirs.

use domain::changed::Part;
use domain::{By, ChannelId, Epoch, Member, Position, Role, WorkspaceSelf};
use reading::changed::{self, Asked};
use reading::entry::Entry;
use store::{Freshness, NotDone, Seen};

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
        let since = away.since.map(|(_, position)| position);
        let asked = Asked { since, after: away.after.map(|(_, _, channel)| channel) };
        let seen = self.look(by.workspace, away.fresh(fresh), &changed::queries(by, asked)).await?;
        let entry = Entry::of(by, seen.value.first().unwrap_or(&Vec::new())).map_err(corrupt)?;
        let me = entry.member()?.clone();
        let rows = changed::rows_in(&seen.value).map_err(corrupt)?;
        let mut part = rows.found.part(since);
        let newer = |changed: Position| since.is_none_or(|since| changed > since);
        let mut workspace = None;
        if away.after.is_none() {
            workspace = rows.itself.filter(|itself| newer(itself.changed));
            part.left.extend(rows.hidden);
            if newer(me.changed) {
                part.left.extend(self.lost_as_guest(by, &me, &away).await?);
                part.people.push(me);
            }
        }
        part.left.sort_unstable();
        part.left.dedup();
        let position = away.after.map_or(seen.position, |(_, first, _)| first);
        Ok(Seen { epoch: seen.epoch, position, value: Changed { workspace, part } })
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
