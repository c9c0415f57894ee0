//! Where somebody stands towards a channel: asked beside whatever of it they read.

use domain::cell::Corrupt;
use domain::permission::{Standing, standing};
use domain::row::Row;
use domain::{
    By, Channel, ChannelId, ChannelTip, Head, InWorld, Member, Refusal, Seat, Stamp, World, values,
};
use store::{Answer, Query, Record};

const STANDING: &str =
    "SELECT m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private,
        m.signed_after_us, m.changed,
        c.workspace, c.id, c.kind, c.name, c.name_key, c.direct_key, c.profile, c.state, c.hidden, c.changed,
        t.workspace, t.channel, t.last_number, t.last_us, t.last_position, t.members, t.pins, t.holes,
        s.channel, s.account, s.workspace, s.role, s.since, s.read_number, s.read_version, s.changed
    FROM member m
    LEFT JOIN channel c ON c.workspace = m.workspace AND c.id = $1
    LEFT JOIN channel_tip t ON t.workspace = m.workspace AND t.channel = $1
    LEFT JOIN channel_member s ON s.channel = $1 AND s.account = m.account
    WHERE m.workspace = $2 AND m.account = $3";

pub const QUERIES: &[&str] = &[STANDING];

pub fn query(by: By, channel: ChannelId) -> Query {
    Query { sql: STANDING, values: values![&channel, &by.workspace, &by.account] }
}

/// The rows a standing is judged by, as they were in one snapshot.
#[derive(Debug)]
pub struct Rows {
    by: By,
    channel: ChannelId,
    world: World,
}

impl Rows {
    pub fn of(by: By, channel: ChannelId, answer: &Answer) -> Result<Self, Corrupt> {
        let mut world = World::new(Head::new(by.workspace, domain::Epoch(0)), Stamp(0));
        if let Some(row) = answer.first() {
            let mut cells = row;
            fill::<Member>(&mut cells, &mut world)?;
            fill::<Channel>(&mut cells, &mut world)?;
            fill::<ChannelTip>(&mut cells, &mut world)?;
            fill::<Seat>(&mut cells, &mut world)?;
        }
        Ok(Self { by, channel, world })
    }

    /// The same judge as before a write.
    pub fn standing(&self) -> Result<Standing<'_>, Refusal> {
        standing(self.by, self.channel, &self.world)
    }
}

/// Takes one table's columns off the front; all NULL where the join found nothing.
pub(crate) fn fill<R: InWorld>(cells: &mut Record<'_>, world: &mut World) -> Result<(), Corrupt> {
    let (own, rest) = cells.split(R::COLUMNS.len())?;
    *cells = rest;
    if !own.is_null(0) {
        R::rows_mut(&mut world.tables).fill(<R as Row>::take(&mut own.columns())?);
    }
    Ok(())
}
