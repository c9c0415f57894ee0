//! The first flight of a batch: begin, lock the heads, read the clock, load what was named.

use domain::cell::Kind;
use domain::row::Row;
use domain::{Head, Needs, World};

use super::codec::{Batch, Call, Cells, fly};
use super::history::Moment;
use super::load::Questions;
use super::texts::AllTexts;
use super::trouble::failed;
use crate::clock::new_epoch;
use crate::pg::{Answer, Connection, PgError};
use crate::port::{Ask, StoreError, Wait};

/// What the flight is made of besides its asks.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub texts: &'a AllTexts,
    /// The role does not carry the writer's settings.
    pub settings: bool,
    pub skew_us: i64,
}

/// Why there is no transaction.
pub(super) enum NotOpened {
    /// The connection was gone before anything was asked: another one may do.
    Stale(PgError),
    Failed(StoreError),
}

impl From<StoreError> for NotOpened {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Opening<'_> {
    pub async fn fly(
        self,
        connection: &mut Connection,
        asks: &[Ask],
        wait: Wait,
    ) -> Result<Vec<World>, NotOpened> {
        let needs: Vec<&Needs> = asks.iter().map(|ask| &ask.needs).collect();
        let questions = Questions::of(&needs, self.texts);
        let (calls, lock) = self.before(asks, wait);
        let statements: Vec<&Call> = calls.iter().chain(&questions.calls).collect();
        let answers = fly(connection, &statements).await.map_err(|error| match error {
            PgError::Closed(_) => NotOpened::Stale(error),
            error => NotOpened::Failed(failed(error)),
        })?;
        let moment = Moment::read(&answers[lock + 1], self.skew_us)?;
        moment.must_be_recorded()?;
        let mut worlds = heads(&answers[lock], &moment)?;
        let to: Vec<_> = asks
            .iter()
            .map(|ask| worlds.iter().position(|world| world.workspace() == ask.workspace))
            .collect();
        let mut filled: Vec<_> = worlds.iter_mut().collect();
        questions.fill(&needs, &answers[calls.len()..], &mut filled, &to)?;
        Ok(worlds)
    }

    /// Up to the lock and the moment after it; gives the place of the lock.
    fn before(self, asks: &[Ask], wait: Wait) -> (Vec<Call>, usize) {
        let texts = self.texts;
        let mut calls = vec![Call::plain(&texts.begin)];
        if self.settings {
            calls.push(Call::plain(&texts.settings));
        }
        let mut founding = Batch::new([Kind::Blob, Kind::Big]);
        let mut heads = Batch::new([Kind::Blob]);
        for ask in asks {
            domain::cell::Sink::blob(&mut heads, ask.workspace.bytes());
            if ask.founding {
                domain::cell::Sink::blob(&mut founding, ask.workspace.bytes());
                // The time is the database's; only the bits of chance come from here.
                domain::cell::Sink::int(&mut founding, new_epoch(domain::Stamp(0)).0 as i64);
            }
        }
        if founding.rows() > 0 {
            calls.push(Call::of(&texts.found, founding));
        }
        let lock = match wait {
            Wait::Skip => &texts.lock_free,
            Wait::Wait => &texts.lock_waiting,
        };
        calls.push(Call::of(lock, heads));
        calls.push(Call::plain(&texts.moment));
        let at = calls.len() - 2;
        (calls, at)
    }
}

fn heads(answer: &Answer, moment: &Moment) -> Result<Vec<World>, StoreError> {
    let world = |row| Ok(World::new(Head::take(&mut Cells::from(row, 0))?, moment.clock));
    answer.rows().map(world).collect()
}
