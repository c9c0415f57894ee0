//! The workspaces of an account, what one shows of itself, and how much waits in it.

use std::collections::BTreeSet;

use domain::cell::{Cell, Corrupt, Json, Value};
use domain::limits::{MENTIONS_UNSEEN_MAX, PAGE_MAX};
use domain::{AccountId, ChannelId, Holes, WorkspaceId, values};
use store::{Answer, Query, Record};

const PLACED: &str = "SELECT w.id, w.slug FROM membership p JOIN workspace w ON w.id = p.workspace
    WHERE p.account = $1 AND p.workspace > $2 AND p.state = 'active' AND w.state = 'active'
    ORDER BY p.workspace LIMIT $3";

const ADDRESS: &str = "SELECT id, slug FROM workspace WHERE id = $1 AND state = 'active'";

const UNREAD: &str = "SELECT s.channel, s.read_number, t.last_number, t.holes
    FROM channel_member s JOIN channel_tip t ON t.workspace = s.workspace AND t.channel = s.channel
    WHERE s.workspace = $1 AND s.account = $2 AND s.role <> 'left' AND t.last_number > s.read_number
    ORDER BY s.channel LIMIT $3";

const MUTED: &str = "SELECT subject FROM private
    WHERE workspace = $1 AND account = $2 AND kind = 'mute' AND value IS NOT NULL ORDER BY subject LIMIT $3";

const NAMED: &str = "SELECT n.channel, n.thread, n.number
    FROM mention n JOIN channel_member s ON s.channel = n.channel AND s.account = n.account
    WHERE n.workspace = $1 AND n.account = $2 AND n.seen = 0 AND s.role <> 'left'
    ORDER BY n.channel, n.position LIMIT $3";

const SHOUTED: &str = "SELECT h.channel, h.thread, h.number
    FROM channel_member s JOIN channel_tip t ON t.workspace = s.workspace AND t.channel = s.channel
    JOIN shout h ON h.channel = s.channel AND h.thread = 0 AND h.number > s.read_number
    WHERE s.workspace = $1 AND s.account = $2 AND s.role <> 'left' AND t.last_number > s.read_number
    LIMIT $3";

pub const QUERIES: &[&str] = &[PLACED, ADDRESS, UNREAD, MUTED, NAMED, SHOUTED];

/// Of the directory: an account's workspaces after one, in the order of their ids.
pub fn placed(account: AccountId, after: WorkspaceId, limit: u32) -> Query {
    Query { sql: PLACED, values: values![&account, &after, &limit] }
}

/// Of the directory: where a workspace is found.
pub fn address(workspace: WorkspaceId) -> Query {
    Query { sql: ADDRESS, values: values![&workspace] }
}

pub fn placed_in(answer: &Answer) -> Result<Vec<(WorkspaceId, String)>, Corrupt> {
    let place = |row: Record<'_>| {
        let mut source = row.columns();
        Ok((Cell::take_present(&mut source)?, Cell::take_present(&mut source)?))
    };
    answer.iter().map(place).collect()
}

/// How much waits for somebody in a workspace, as far as a badge shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Channels with something unread, muted ones left out.
    pub unread: u32,
    /// Unseen messages that name them or call everyone.
    pub mentions: u32,
}

/// Each bounded by what a badge shows: asked in one look, of which [`Waiting::of`] reads the answers.
pub fn waiting(workspace: WorkspaceId, account: AccountId) -> [Query; 4] {
    // A muted channel is found unread as well and then left out.
    let asked = |sql, most: u32| Query { sql, values: values![&workspace, &account, &most] };
    [
        asked(UNREAD, MENTIONS_UNSEEN_MAX + PAGE_MAX),
        asked(MUTED, PAGE_MAX),
        asked(NAMED, MENTIONS_UNSEEN_MAX),
        asked(SHOUTED, MENTIONS_UNSEEN_MAX),
    ]
}

impl Waiting {
    pub fn of(answers: &[Answer]) -> Result<Self, Corrupt> {
        let [unread, muted, named, shouted] = answers else { return Err(Corrupt("an answer is missing")) };
        let muted: BTreeSet<&str> = muted.iter().filter_map(|row| row.text(0)).collect();
        let mut channels = 0;
        for row in unread {
            let mut source = row.columns();
            let channel = ChannelId::take_present(&mut source)?;
            let (read, last) = (u64::take_present(&mut source)?, u64::take_present(&mut source)?);
            let Json(holes) = Json::<Holes>::take_present(&mut source)?;
            let rings = holes.unread(read, last) > 0 && !muted.contains(channel.to_string().as_str());
            channels += u32::from(rings);
        }
        // One message may do both.
        let calls: BTreeSet<Vec<Value>> = named.iter().chain(shouted).map(Record::values).collect();
        Ok(Self {
            unread: channels.min(MENTIONS_UNSEEN_MAX),
            mentions: (calls.len() as u32).min(MENTIONS_UNSEEN_MAX),
        })
    }
}
