//! Work for later: made once, claimed by one, tried again a little later, and laid aside where somebody can read why.
//!
//! All by the database's clock. Who runs a job holds it for 30 seconds and renews that; one that was given up by a
//! holder that died is taken over, three times.

use std::time::Duration;

use domain::cell::{Cell, Corrupt, Value};
use domain::{Key, Position, Stamp, WorkspaceId};

use crate::answer::Record;
use crate::port::{Engine, Query, StoreError};
use crate::statement::Dialect;

/// Tries before a job that fails is a dead letter.
pub const ATTEMPTS_MAX: u32 = 3;
/// Before the second try; twice as long before each after it.
pub const BACKOFF: Duration = Duration::from_secs(2);
/// How long a claim holds unless it is renewed.
pub const LEASE: Duration = Duration::from_secs(30);
/// How often a job is taken over from a holder that was not heard of any more.
pub const STRIKES_MAX: u32 = 3;
/// Jobs made in one transaction.
const MADE_TOGETHER: usize = 200;
/// Counted no further.
const COUNTED_MAX: i64 = 100_000;
/// Of an error, as it is kept.
const ERROR_CHARS_MAX: usize = 500;

/// What a follower wants done. Its id is `queue/workspace/position/n`: made twice is made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The follower's name.
    pub queue: &'static str,
    pub workspace: WorkspaceId,
    /// Of the event that asks for it.
    pub position: Position,
    /// Which of those the event asks for.
    pub n: String,
    pub body: String,
    pub due: Stamp,
}

impl NewJob {
    pub fn id(&self) -> String {
        format!("{}/{}/{}/{}", self.queue, self.workspace, self.position, self.n)
    }
}

/// A job, and the right to run it until its lease is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: String,
    pub workspace: WorkspaceId,
    pub position: Position,
    pub body: String,
    /// Tries that failed before this one.
    pub attempts: u32,
    /// How often it was taken over.
    pub strikes: u32,
    holder: Key,
}

/// What became of a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Tried again then.
    Again(Stamp),
    /// A dead letter.
    Dead,
    /// Somebody else has taken it over: it is theirs to say.
    Lost,
}

/// What nobody could do, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    pub id: String,
    pub queue: String,
    pub body: String,
    pub attempts: u32,
    pub strikes: u32,
    pub error: Option<String>,
}

/// How a queue stands; counted to 100,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Length {
    pub due: u64,
    /// Not due yet.
    pub later: u64,
}

/// What two nodes reach for at once is passed by where it is held: PostgreSQL has a word for it, SQLite one writer.
#[derive(Debug, Clone, Copy)]
struct Reaching {
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! reaching {
    ($what:literal, $which:literal, $gives:literal) => {
        Reaching {
            sqlite: concat!($what, " WHERE id IN (", $which, ")", $gives),
            // An array is made once; a list in its place may be asked for again and again, and then takes more.
            postgres: concat!($what, " WHERE id = ANY(ARRAY(", $which, " FOR UPDATE SKIP LOCKED))", $gives),
        }
    };
}

const CLAIM: Reaching = reaching!(
    "UPDATE job SET state = 'running', holder = $1, until_us = $2",
    "SELECT j.id FROM job j WHERE j.queue = $3 AND j.state = 'waiting' AND j.due_us <= $4 ORDER BY j.due_us LIMIT $5",
    " AND state = 'waiting' RETURNING id, workspace, position, body, attempts, strikes"
);
const TAKE_OVER: Reaching = reaching!(
    "UPDATE job SET state = 'waiting', strikes = strikes + 1, due_us = $1, holder = NULL, until_us = NULL",
    "SELECT j.id FROM job j WHERE j.state = 'running' AND j.until_us <= $2 AND j.strikes < $3
        ORDER BY j.until_us LIMIT 1000",
    " AND state = 'running'"
);
const BURY: Reaching = reaching!(
    "UPDATE job SET state = 'dead', holder = NULL, until_us = NULL,
        error = coalesce(error, 'whoever ran it was not heard of any more')",
    "SELECT j.id FROM job j WHERE j.state = 'running' AND j.until_us <= $1 AND j.strikes >= $2
        ORDER BY j.until_us LIMIT 1000",
    " AND state = 'running'"
);

const MAKE: &str = "INSERT INTO job (id, queue, workspace, position, body, due_us, state, attempts, strikes)
    VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, 0) ON CONFLICT (id) DO NOTHING";
const RENEW: &str = "UPDATE job SET until_us = $1
    WHERE id = $2 AND holder = $3 AND strikes = $4 AND attempts = $5 AND state = 'running'";
const SETTLE: &str =
    "UPDATE job SET state = $1, attempts = $2, due_us = $3, error = $4, holder = NULL, until_us = NULL
    WHERE id = $5 AND holder = $6 AND strikes = $7 AND attempts = $8 AND state = 'running'";
const FINISH: &str = "UPDATE job SET state = 'done', error = NULL, holder = NULL, until_us = NULL
    WHERE id = $1 AND holder = $2 AND strikes = $3 AND attempts = $4 AND state = 'running'";
const DEAD: &str = "SELECT id, queue, body, attempts, strikes, error FROM job
    WHERE state = 'dead' AND id > $1 ORDER BY id LIMIT $2";
const RETRY: &str = "UPDATE job SET state = 'waiting', attempts = 0, strikes = 0, due_us = $1
    WHERE id = $2 AND state = 'dead'";
const COUNT_DUE: &str = "SELECT count(*) FROM (SELECT 1 FROM job
    WHERE queue = $1 AND state = 'waiting' AND due_us <= $2 LIMIT $3) q";
const COUNT_LATER: &str = "SELECT count(*) FROM (SELECT 1 FROM job
    WHERE queue = $1 AND state = 'waiting' AND due_us > $2 LIMIT $3) q";

/// For the test that prepares every statement.
pub const QUERIES: &[&str] = &[MAKE, RENEW, SETTLE, FINISH, DEAD, RETRY, COUNT_DUE, COUNT_LATER];

/// Those that are not the same on both engines.
pub fn queries_of(dialect: Dialect) -> [&'static str; 3] {
    [CLAIM, TAKE_OVER, BURY].map(|reaching| reaching.text(dialect))
}

impl Reaching {
    fn text(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Durable when it returns. Gives how many are new.
pub async fn make(engine: &dyn Engine, jobs: &[NewJob]) -> Result<u64, StoreError> {
    let mut queries: Vec<_> = jobs.iter().map(made).collect();
    // In one order, so that two who make the same wait for each other and never in a circle.
    queries.sort_by(|one, other| one.values.first().cmp(&other.values.first()));
    let mut new = 0;
    for some in queries.chunks(MADE_TOGETHER) {
        new += engine.run_together(some).await?.iter().map(|(_, touched)| touched).sum::<u64>();
    }
    Ok(new)
}

fn made(job: &NewJob) -> Query {
    let values = vec![
        Value::Text(job.id()),
        Value::Text(job.queue.to_owned()),
        Value::of(&job.workspace),
        Value::of(&job.position),
        Value::Text(job.body.clone()),
        Value::of(&job.due),
    ];
    Query { sql: MAKE, values }
}

/// What is due, earliest first, at most so many; among it what was taken over from who is gone.
pub async fn claim(
    engine: &dyn Engine,
    queue: &str,
    holder: Key,
    most: usize,
) -> Result<Vec<Claim>, StoreError> {
    let now = engine.now().await?;
    let (dialect, strikes) = (engine.dialect(), Value::of(&STRIKES_MAX));
    let until = Value::of(&now.plus(micros(LEASE)));
    let now = Value::of(&now);
    let queue = Value::Text(queue.to_owned());
    let query = |reaching: Reaching, values| Query { sql: reaching.text(dialect), values };
    let queries = [
        query(BURY, vec![now.clone(), strikes.clone()]),
        query(TAKE_OVER, vec![now.clone(), now.clone(), strikes]),
        query(CLAIM, vec![Value::of(&holder), until, queue, now, Value::Int(most as i64)]),
    ];
    let answers = engine.run_together(&queries).await?;
    let claimed = answers.last().into_iter().flat_map(|(rows, _)| rows);
    let mut claims: Vec<_> = claimed.map(|row| take_claim(row, holder)).collect::<Result<_, _>>()?;
    claims.sort_by(|one: &Claim, other| one.id.cmp(&other.id));
    Ok(claims)
}

impl Claim {
    /// Longer, from now. False: somebody else has taken it over.
    pub async fn renew(&self, engine: &dyn Engine) -> Result<bool, StoreError> {
        let until = engine.now().await?.plus(micros(LEASE));
        self.settle(engine, RENEW, vec![Value::of(&until)]).await
    }
    /// False: somebody else has taken it over, and will find it done.
    pub async fn finish(&self, engine: &dyn Engine) -> Result<bool, StoreError> {
        self.settle(engine, FINISH, Vec::new()).await
    }
    /// It was not to be done now, and that is nobody's fault: due again after a while, and no try is counted.
    pub async fn put_back(&self, engine: &dyn Engine, after: Duration) -> Result<bool, StoreError> {
        let due = engine.now().await?.plus(micros(after));
        let said =
            vec![Value::Text("waiting".into()), Value::of(&self.attempts), Value::of(&due), Value::Null];
        self.settle(engine, SETTLE, said).await
    }
    /// Counts the try: later again, or no more.
    pub async fn fail(&self, engine: &dyn Engine, error: &str) -> Result<Fate, StoreError> {
        let now = engine.now().await?;
        let attempts = self.attempts + 1;
        let fate = match attempts < ATTEMPTS_MAX {
            true => Fate::Again(now.plus(micros(BACKOFF) << self.attempts)),
            false => Fate::Dead,
        };
        let (state, due) = match fate {
            Fate::Again(due) => ("waiting", due),
            _ => ("dead", now),
        };
        let error: String = error.chars().filter(|c| *c != '\0').take(ERROR_CHARS_MAX).collect();
        let said = vec![Value::Text(state.into()), Value::of(&attempts), Value::of(&due), Value::Text(error)];
        Ok(if self.settle(engine, SETTLE, said).await? { fate } else { Fate::Lost })
    }

    async fn settle(
        &self,
        engine: &dyn Engine,
        sql: &'static str,
        mut values: Vec<Value>,
    ) -> Result<bool, StoreError> {
        let mine = [
            Value::Text(self.id.clone()),
            Value::of(&self.holder),
            Value::of(&self.strikes),
            Value::of(&self.attempts),
        ];
        values.extend(mine);
        Ok(engine.run(&Query { sql, values }).await?.1 == 1)
    }
}

/// In the order of their ids, after this one.
pub async fn dead(engine: &dyn Engine, after: &str, most: u32) -> Result<Vec<DeadLetter>, StoreError> {
    let values = vec![Value::Text(after.to_owned()), Value::of(&most)];
    let (rows, _) = engine.run(&Query { sql: DEAD, values }).await?;
    Ok(rows.iter().map(take_dead).collect::<Result<_, _>>()?)
}

/// A dead letter is due again, with all its tries. False: there is no such one.
pub async fn retry(engine: &dyn Engine, id: &str) -> Result<bool, StoreError> {
    let values = vec![Value::of(&engine.now().await?), Value::Text(id.to_owned())];
    Ok(engine.run(&Query { sql: RETRY, values }).await?.1 == 1)
}

pub async fn length(engine: &dyn Engine, queue: &str) -> Result<Length, StoreError> {
    let values =
        vec![Value::Text(queue.to_owned()), Value::of(&engine.now().await?), Value::Int(COUNTED_MAX)];
    let count = |sql| Query { sql, values: values.clone() };
    let answers = engine.run_together(&[count(COUNT_DUE), count(COUNT_LATER)]).await?;
    let number =
        |at: usize| answers.get(at).and_then(|(rows, _)| rows.first()?.int(0)).map_or(0, i64::unsigned_abs);
    Ok(Length { due: number(0), later: number(1) })
}

fn take_claim(row: Record<'_>, holder: Key) -> Result<Claim, Corrupt> {
    let mut source = row.columns();
    Ok(Claim {
        id: String::take_present(&mut source)?,
        workspace: WorkspaceId::take_present(&mut source)?,
        position: Position::take_present(&mut source)?,
        body: String::take_present(&mut source)?,
        attempts: u32::take_present(&mut source)?,
        strikes: u32::take_present(&mut source)?,
        holder,
    })
}

fn take_dead(row: Record<'_>) -> Result<DeadLetter, Corrupt> {
    let mut source = row.columns();
    Ok(DeadLetter {
        id: String::take_present(&mut source)?,
        queue: String::take_present(&mut source)?,
        body: String::take_present(&mut source)?,
        attempts: u32::take_present(&mut source)?,
        strikes: u32::take_present(&mut source)?,
        error: Option::take_present(&mut source)?,
    })
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
