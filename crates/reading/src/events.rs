//! The journal after a position, and what its rows look like now: for who missed it while it was live.

use std::collections::BTreeSet;

use domain::cell::{Corrupt, Value};
use domain::row::Row;
use domain::{
    Channel, ChannelTip, Epoch, Event, Head, Image, InWorld, Member, Message, Needs, Position, Seat, Stamp,
    WorkspaceId, WorkspaceSelf, World,
};
use store::{Answer, Query};

use crate::people;
use crate::standing::fill;
use crate::take::rows;

const AFTER: &str =
    "SELECT workspace, position, kind, audience, at_us, actor, channel, thread, number, account, body
    FROM event WHERE workspace = $1 AND position > $2 ORDER BY position LIMIT $3";

const MESSAGES: &str = "SELECT channel, thread, number, at_us, author, text, extra, edited_us, deleted_us, last_reply,
        position, changed
    FROM message WHERE (channel = $1 AND thread = $2 AND number = $3) OR (channel = $4 AND thread = $5 AND number = $6)
        OR (channel = $7 AND thread = $8 AND number = $9) OR (channel = $10 AND thread = $11 AND number = $12)
        OR (channel = $13 AND thread = $14 AND number = $15) OR (channel = $16 AND thread = $17 AND number = $18)
        OR (channel = $19 AND thread = $20 AND number = $21) OR (channel = $22 AND thread = $23 AND number = $24)
        OR (channel = $25 AND thread = $26 AND number = $27) OR (channel = $28 AND thread = $29 AND number = $30)
        OR (channel = $31 AND thread = $32 AND number = $33) OR (channel = $34 AND thread = $35 AND number = $36)
        OR (channel = $37 AND thread = $38 AND number = $39) OR (channel = $40 AND thread = $41 AND number = $42)
        OR (channel = $43 AND thread = $44 AND number = $45) OR (channel = $46 AND thread = $47 AND number = $48)
        OR (channel = $49 AND thread = $50 AND number = $51) OR (channel = $52 AND thread = $53 AND number = $54)
        OR (channel = $55 AND thread = $56 AND number = $57) OR (channel = $58 AND thread = $59 AND number = $60)";

const SEATS: &str = "SELECT channel, account, workspace, role, since, read_number, read_version, changed
    FROM channel_member WHERE (channel = $1 AND account = $2) OR (channel = $3 AND account = $4) OR (channel = $5 AND account = $6)
        OR (channel = $7 AND account = $8) OR (channel = $9 AND account = $10) OR (channel = $11 AND account = $12)
        OR (channel = $13 AND account = $14) OR (channel = $15 AND account = $16) OR (channel = $17 AND account = $18)
        OR (channel = $19 AND account = $20) OR (channel = $21 AND account = $22) OR (channel = $23 AND account = $24)
        OR (channel = $25 AND account = $26) OR (channel = $27 AND account = $28) OR (channel = $29 AND account = $30)
        OR (channel = $31 AND account = $32) OR (channel = $33 AND account = $34) OR (channel = $35 AND account = $36)
        OR (channel = $37 AND account = $38) OR (channel = $39 AND account = $40)";

const CHANNELS: &str = "SELECT c.workspace, c.id, c.kind, c.name, c.name_key, c.direct_key, c.profile, c.state, c.hidden,
        c.changed,
        t.workspace, t.channel, t.last_number, t.last_us, t.last_position, t.members, t.pins, t.holes
    FROM channel c JOIN channel_tip t ON t.workspace = c.workspace AND t.channel = c.id
    WHERE c.workspace = $1 AND c.id IN (
            $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45,
            $46, $47, $48, $49, $50, $51)";

const ITSELF: &str = "SELECT workspace, name, picture, settings, state, owners, members, channels, changed
    FROM workspace_self WHERE workspace = $1";

pub const QUERIES: &[&str] = &[AFTER, CHANNELS, ITSELF, MESSAGES, SEATS];

/// Keys asked for in one statement; it is one text for any number up to it.
const KEYS: usize = 20;
const IDS: usize = 50;

pub fn after(workspace: WorkspaceId, after: Position, max: u32) -> Query {
    // No event stands behind a position that no column holds.
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    Query { sql: AFTER, values: vec![Value::of(&workspace), Value::Int(after), Value::Int(i64::from(max))] }
}

pub fn after_in(answer: &Answer) -> Result<Vec<Event>, Corrupt> {
    rows(answer)
}

/// Messages by their keys, each once.
pub fn messages(keys: &BTreeSet<<Message as Row>::Key>) -> Vec<Query> {
    by_key::<Message>(MESSAGES, keys)
}

/// The workspace's own row.
pub fn itself(workspace: WorkspaceId) -> Query {
    Query { sql: ITSELF, values: vec![Value::of(&workspace)] }
}

/// What is left of the slots asks for the last one again.
fn padded<T: Clone>(some: &[T], slots: usize) -> impl Iterator<Item = T> {
    some.iter().chain(some.last().into_iter().cycle()).take(slots).cloned()
}

fn by_key<R: Row>(sql: &'static str, keys: &BTreeSet<R::Key>) -> Vec<Query> {
    let keys: Vec<_> = keys.iter().cloned().collect();
    let asked = |some: &[R::Key]| {
        let mut values = Vec::new();
        padded(some, KEYS).for_each(|key| R::put_key(&key, &mut values));
        Query { sql, values }
    };
    keys.chunks(KEYS).map(asked).collect()
}

/// The rows that images are made of: how they are asked for, and how they become images.
#[derive(Debug)]
pub struct Repair {
    workspace: WorkspaceId,
    needs: Needs,
    world: World,
}

impl Repair {
    pub fn of(workspace: WorkspaceId, events: &[Event]) -> Self {
        let mut needs = Needs::default();
        events.iter().for_each(|event| Image::needs(event, &mut needs));
        let world = World::new(Head::new(workspace, Epoch(0)), Stamp(0));
        Self { workspace, needs, world }
    }

    /// None, once everything is there.
    pub fn queries(&self) -> Vec<Query> {
        let mut queries = messages(&self.needs.message.keys);
        queries.extend(by_key::<Seat>(SEATS, &self.needs.seat.keys));
        let channels: Vec<_> = self.needs.channel.keys.iter().map(|(_, channel)| *channel).collect();
        queries.extend(channels.chunks(IDS).map(|some| {
            let ids = padded(some, IDS).map(|channel| Value::of(&channel));
            Query { sql: CHANNELS, values: std::iter::once(Value::of(&self.workspace)).chain(ids).collect() }
        }));
        let members: Vec<_> = self.needs.member.keys.iter().map(|(_, account)| *account).collect();
        queries.extend(people::named(self.workspace, &members));
        queries.extend(self.needs.workspace_self.keys.iter().map(|(workspace,)| itself(*workspace)));
        queries
    }

    /// What the queries were answered with, in their order. What it names besides is asked for next.
    pub fn learn(&mut self, queries: &[Query], answers: &[Answer]) -> Result<(), Corrupt> {
        for (query, answer) in queries.iter().zip(answers) {
            match query.sql {
                MESSAGES => self.fill::<Message>(answer)?,
                SEATS => self.fill::<Seat>(answer)?,
                ITSELF => self.fill::<WorkspaceSelf>(answer)?,
                CHANNELS => {
                    for row in answer {
                        let mut cells = row;
                        fill::<Channel>(&mut cells, &mut self.world)?;
                        fill::<ChannelTip>(&mut cells, &mut self.world)?;
                    }
                }
                _ => self.fill::<Member>(answer)?,
            }
        }
        let asked = std::mem::take(&mut self.needs);
        for (channel, thread, number) in asked.message.keys.into_iter().filter(|(_, thread, _)| *thread > 0) {
            let key = (channel, thread, number);
            let shown = self.world.get::<Message>(&key).and_then(|reply| reply.extra().in_channel);
            shown.into_iter().for_each(|number| self.needs.row::<Message>((channel, 0, number)));
        }
        Ok(())
    }

    /// As the writer makes it, from rows that may be newer.
    pub fn image(&self, event: &Event) -> Image {
        Image::of(event, &self.world)
    }

    fn fill<R: InWorld>(&mut self, answer: &Answer) -> Result<(), Corrupt> {
        for row in answer {
            R::rows_mut(&mut self.world.tables).fill(R::take(&mut row.columns())?);
        }
        Ok(())
    }
}
