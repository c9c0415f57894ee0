//! What somebody may take with them, in pages: who they are first, then everything they said, channel by channel.

use domain::limits::{EXPORT_LOOKS_MAX, EXPORT_SCANNED_MAX, PAGE_MAX, PRIVATE_ROWS_MAX};
use domain::{Account, ChannelId, Credential, Member, WorkspaceId, WorkspaceSelf};
use reading::export::{self, Kept, Said, Seated};
use reading::membership;
use serde::{Deserialize, Serialize};
use store::{Freshness, NotDone};

use crate::reads::corrupt;
use crate::{Service, Who};

/// The last message looked at.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Mark {
    workspace: WorkspaceId,
    channel: ChannelId,
    thread: u64,
    number: u64,
}

/// Everything but what was said.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: Account,
    pub sessions: Vec<Credential>,
    pub tokens: Vec<Credential>,
    pub homes: Vec<OwnRows>,
}

/// Somebody's rows of one workspace.
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
        let mut homes = self.every_home(who).await?;
        homes.retain(|workspace| after.is_none_or(|after| *workspace >= after.workspace));
        let person = match after {
            None => Some(self.person(who, &homes).await?),
            Some(_) => None,
        };
        let mut budget = Budget { looks: EXPORT_LOOKS_MAX, rows: EXPORT_SCANNED_MAX };
        let mut export = Export { person, said: Vec::new(), next: None };
        for workspace in homes {
            let from = after.filter(|after| after.workspace == workspace);
            if self.said_in(who, workspace, from, &mut budget, &mut export).await? {
                break;
            }
        }
        Ok(export)
    }

    /// True where the page is full and goes on here.
    async fn said_in(
        &self,
        who: &Who,
        workspace: WorkspaceId,
        after: Option<Mark>,
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
                        export.next = Some(Mark { workspace, channel: seat.channel, thread, number });
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
                    from = Some(Mark { workspace, channel, thread: i64::MAX as u64, number: 0 });
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

    async fn person(&self, who: &Who, homes: &[WorkspaceId]) -> Result<Person, NotDone> {
        let mut rows = Vec::new();
        for workspace in homes {
            let by = who.in_(*workspace);
            let queries = [
                membership::query(*workspace, by.account),
                export::seats(by, None, PRIVATE_ROWS_MAX),
                export::kept(by, PRIVATE_ROWS_MAX),
            ];
            let seen = self.look(*workspace, Freshness::MayLag, &queries).await?;
            let known = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
            let (Ok(member), Ok(itself)) = (known.member(), known.itself()) else { continue };
            rows.push(OwnRows {
                member: member.clone(),
                itself: itself.clone(),
                seats: export::seats_in(&seen.value[1]).map_err(corrupt)?,
                kept: export::kept_in(&seen.value[2]).map_err(corrupt)?,
            });
        }
        Ok(Person {
            account: self.account(who.account).await?,
            sessions: self.sessions(who.account).await?,
            tokens: self.tokens(who.account).await?,
            homes: rows,
        })
    }
}
