//! What somebody may take with them, in pages: who they are first, then everything they said, channel by channel.

use domain::limits::{EXPORT_LOOKS_MAX, EXPORT_SCANNED_MAX, PAGE_MAX, PRIVATE_ROWS_MAX};
use domain::{Account, ChannelId, Credential, Member, WorkspaceId, WorkspaceSelf};
use reading::export::{self, Kept, Said, Seated};
use reading::membership;
use serde::{Deserialize, Serialize};
use store::{Freshness, NotDone};

use crate::reads::corrupt;
use crate::{Service, Who};

/// Where the next page begins: among somebody's rows, and after those among what they said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Mark {
    Said(Place),
    Rows(RowsMark),
}

/// The last message looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    workspace: WorkspaceId,
    channel: ChannelId,
    thread: u64,
    number: u64,
}

/// The last row given of a workspace: a seat, and when all of those are given what was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsMark {
    home: WorkspaceId,
    seat: Option<ChannelId>,
    kept: Option<(String, String)>,
}

/// Who they are.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: Account,
    pub sessions: Vec<Credential>,
    pub tokens: Vec<Credential>,
}

/// Somebody's rows of one workspace; where there are many, the page after it gives more of them.
#[derive(Debug, Clone)]
pub struct OwnRows {
    pub member: Member,
    pub itself: WorkspaceSelf,
    pub seats: Vec<Seated>,
    pub kept: Vec<Kept>,
}

#[derive(Debug, Clone)]
pub struct Utterance {
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
    pub said: Said,
}

#[derive(Debug, Clone)]
pub struct Export {
    /// On the first page.
    pub person: Option<Person>,
    pub homes: Vec<OwnRows>,
    pub said: Vec<Utterance>,
    pub next: Option<Mark>,
}

/// How much one page may still cost.
struct Budget {
    looks: u32,
    rows: u32,
}

impl Service {
    pub async fn export(&self, who: &Who, after: Option<Mark>) -> Result<Export, NotDone> {
        let homes = self.every_home(who).await?;
        let person = match after {
            None => Some(self.person(who).await?),
            Some(_) => None,
        };
        let mut budget = Budget { looks: EXPORT_LOOKS_MAX, rows: EXPORT_SCANNED_MAX };
        let mut export = Export { person, homes: Vec::new(), said: Vec::new(), next: None };
        let (rows, said) = match after {
            None => (Some(None), None),
            Some(Mark::Rows(rows)) => (Some(Some(rows)), None),
            Some(Mark::Said(place)) => (None, Some(place)),
        };
        if let Some(from) = rows
            && self.rows_of(who, &homes, from, &mut budget, &mut export).await?
        {
            return Ok(export);
        }
        for workspace in homes.into_iter().filter(|home| said.is_none_or(|after| *home >= after.workspace)) {
            let from = said.filter(|after| after.workspace == workspace);
            if self.said_in(who, workspace, from, &mut budget, &mut export).await? {
                break;
            }
        }
        Ok(export)
    }

    /// True where the page is full before all of them are given.
    async fn rows_of(
        &self,
        who: &Who,
        homes: &[WorkspaceId],
        from: Option<RowsMark>,
        budget: &mut Budget,
        export: &mut Export,
    ) -> Result<bool, NotDone> {
        let begin = from.as_ref().map_or(WorkspaceId::INSTALLATION, |from| from.home);
        for home in homes.iter().copied().filter(|home| *home >= begin) {
            let first = RowsMark { home, seat: None, kept: None };
            let mut mark = from.clone().filter(|from| from.home == home).unwrap_or(first);
            loop {
                if budget.looks == 0 {
                    export.next = Some(Mark::Rows(mark));
                    return Ok(true);
                }
                budget.looks -= 1;
                match self.some_rows(who, mark, export).await? {
                    Some(next) => mark = next,
                    None => break,
                }
            }
        }
        Ok(false)
    }

    /// The next of a workspace's; none where that was all.
    async fn some_rows(
        &self,
        who: &Who,
        mut mark: RowsMark,
        export: &mut Export,
    ) -> Result<Option<RowsMark>, NotDone> {
        let by = who.in_(mark.home);
        // From the last one on, which was given already.
        let wanted = PRIVATE_ROWS_MAX + u32::from(mark.seat.is_some());
        let queries = [
            membership::query(mark.home, by.account),
            export::seats(by, mark.seat, if mark.kept.is_none() { wanted } else { 0 }),
            export::kept(by, mark.kept.as_ref(), PRIVATE_ROWS_MAX),
        ];
        let seen = self.look(mark.home, Freshness::MayLag, &queries).await?;
        let known = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        // Where they must sign in again first, there is nothing to take.
        let (Ok(member), Ok(itself)) = (known.member(), known.itself()) else { return Ok(None) };
        let mut seats = export::seats_in(&seen.value[1]).map_err(corrupt)?;
        let more_seats = seats.len() >= wanted as usize;
        seats.retain(|seat| Some(seat.channel) != mark.seat);
        // What was kept follows once all seats are given.
        let kept = if more_seats { Vec::new() } else { export::kept_in(&seen.value[2]).map_err(corrupt)? };
        let more_kept = kept.len() >= PRIVATE_ROWS_MAX as usize;
        mark.seat = seats.last().map(|seat| seat.channel).or(mark.seat);
        mark.kept = kept.last().map(|row| (row.kind.clone(), row.subject.clone())).or(mark.kept);
        match export.homes.last_mut().filter(|home| home.itself.workspace == mark.home) {
            Some(home) => {
                home.seats.extend(seats);
                home.kept.extend(kept);
            }
            None => {
                export.homes.push(OwnRows { member: member.clone(), itself: itself.clone(), seats, kept });
            }
        }
        Ok((more_seats || more_kept).then_some(mark))
    }

    /// True where the page is full and goes on here.
    async fn said_in(
        &self,
        who: &Who,
        workspace: WorkspaceId,
        after: Option<Place>,
        budget: &mut Budget,
        export: &mut Export,
    ) -> Result<bool, NotDone> {
        let by = who.in_(workspace);
        let mut from = after;
        loop {
            let queries = [
                membership::query(workspace, by.account),
                export::seats(by, from.map(|from| from.channel), PAGE_MAX),
            ];
            let seen = self.look(workspace, Freshness::MayLag, &queries).await?;
            // Where they must sign in again first, there is nothing to take.
            if membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?.member().is_err() {
                return Ok(false);
            }
            let seats = export::seats_in(&seen.value[1]).map_err(corrupt)?;
            let last = seats.last().map(|seat| seat.channel);
            for seat in &seats {
                let start = from.filter(|from| from.channel == seat.channel);
                let mut place = start.map_or((0, 0), |start| (start.thread, start.number));
                loop {
                    if budget.looks == 0 || budget.rows == 0 {
                        let (thread, number) = place;
                        let channel = seat.channel;
                        export.next = Some(Mark::Said(Place { workspace, channel, thread, number }));
                        return Ok(true);
                    }
                    budget.looks -= 1;
                    let asked = budget.rows;
                    let query = export::said(who.account, seat.channel, place, asked);
                    let seen = self.look(workspace, Freshness::MayLag, &[query]).await?;
                    let rows = export::said_in(&seen.value[0]).map_err(corrupt)?;
                    let Some(end) = rows.last() else { break };
                    place = (end.thread, end.number);
                    let whole = rows.len() < asked as usize;
                    budget.rows -= rows.len() as u32;
                    let own =
                        rows.into_iter().filter(|said| said.author == who.account && said.deleted.is_none());
                    let channel = seat.channel;
                    export.said.extend(own.map(|said| Utterance { workspace, channel, said }));
                    if whole {
                        break;
                    }
                }
            }
            match last {
                // The last seat is looked at once more, from its end on, to find those after it.
                Some(channel) if seats.len() >= PAGE_MAX as usize => {
                    from = Some(Place { workspace, channel, thread: i64::MAX as u64, number: 0 });
                }
                _ => return Ok(false),
            }
        }
    }

    async fn every_home(&self, who: &Who) -> Result<Vec<WorkspaceId>, NotDone> {
        let all = self.every_membership(who.account).await?;
        let active = all.into_iter().filter(|(_, state)| *state == domain::MembershipState::Active);
        Ok(active.map(|(workspace, _)| workspace).collect())
    }

    async fn person(&self, who: &Who) -> Result<Person, NotDone> {
        Ok(Person {
            account: self.account(who.account).await?,
            sessions: self.sessions(who.account).await?,
            tokens: self.tokens(who.account).await?,
        })
    }
}
